"""What a repair leaves in a folder: the mended layer, the account, the table of decisions, and the forms to sign."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from areaplan import __version__
from areaplan.errors import InputError
from areaplan.files import (
    VillageRepair,
    dispute_table,
    ledger_table,
    move_table,
    staged,
    write_json,
    write_repair_layers,
    write_xlsx,
)
from areaplan.messages import Lang, msg
from areaplan.repair import Mended
from areaplan.reports.confirmation import confirmation, forms_of

__all__ = ["REPAIR_FILES", "repair_summary", "write_repair"]

REPAIR_FILES = ("villages.gpkg", "ledger.xlsx", "repair.json")
"""What every repair writes."""

MOST_FORMS = 100
"""A document of more forms than this cannot be worked with; an office goes village by village."""


def write_repair(
    repair: VillageRepair, folder: Path, *, lang: Lang, village: str | None = None, inputs: Sequence[Path] = ()
) -> dict[str, Any]:
    """Write the results of a repair into ``folder``, whole or not at all; return the summary.

    Forms and the table of decisions are written while disputes are open; ``village`` limits both to those it has a part in. None of the
    ``inputs`` is written over, nor a table of decisions that was filled in.

    Raises
    ------
    InputError
        When there is no such village.
    OutputError
        When the folder cannot be written, or a file would be lost.
    """
    if village is not None and village not in set(repair.villages["village_code"]):
        raise InputError(msg("village {code} is not in this layer", code=village))
    waiting = [p for p in repair.mended.open if village is None or village in p.owners]
    forms = forms_of(waiting)
    summary = repair_summary(repair.mended, repair.title)
    with staged(folder, owner="repair", inputs=inputs, filled_in=["decisions.xlsx"]) as beside:
        write_repair_layers(repair, beside / "villages.gpkg", _about(repair, lang), lang=lang)
        write_xlsx(beside / "ledger.xlsx", {
            "ledger": _with_sum(ledger_table(repair)), "moves": move_table(repair), "about": _sheet(_about(repair, lang)),
        })  # fmt: skip
        write_json(beside / "repair.json", summary)
        if waiting:
            table = dispute_table(repair, waiting)
            write_xlsx(beside / "decisions.xlsx", {"decisions": table, "about": _sheet(_how_to_decide(repair, lang))})
            left = max(len(forms) - MOST_FORMS, 0)
            (beside / "confirmation.docx").write_bytes(
                confirmation(repair, forms[:MOST_FORMS], lang=lang, left_out=left)
            )
    return summary


def repair_summary(mended: Mended, title: str) -> dict[str, Any]:
    """Return the figures of a repair: what was in question and how it was settled, the account in all, the proof."""
    ledger, proof = mended.ledger, mended.proof
    groups = {
        "slivers": [p for p in mended.places if p.sliver],
        "disputes": list(mended.disputes),
        "declared": list(mended.settled("declared")),
        "decided": list(mended.settled("decision")),
        "accepted": list(mended.settled("proposal")),
        "open": list(mended.open),
    }
    return {
        "title": title,
        "areaplan": __version__,
        "trial": bool(groups["accepted"]),
        "villages": len(ledger.lines),
        "invalid_outlines": len(mended.rings),
        **{k: {"count": len(v), "m2": round(sum(p.m2 for p in v), 4)} for k, v in groups.items()},
        "unused_decisions": [d.place for d in mended.unused],
        "ledger": {
            "ground_before_m2": round(ledger.ground_before_m2, 4),
            "filled_m2": round(ledger.filled_m2, 4),
            "ground_after_m2": round(ledger.ground_after_m2, 4),
            "doubled_before_m2": round(ledger.doubled_before_m2, 4),
            "doubled_after_m2": round(ledger.doubled_after_m2, 4),
            "unexplained_m2": ledger.unexplained_m2,
            "largest_rounding_m2": round(ledger.rounding_m2, 6),
        },
        "proof": None if proof is None else {"tiles": proof.tiles, "edges": proof.edges, "cancelled": proof.cancelled},
    }


def _with_sum(table: pd.DataFrame) -> pd.DataFrame:
    """Return the account with its sums below."""
    numbers = ["drawn_m2", "before_m2", "gained_m2", "lost_m2", "after_m2", "parts_before", "parts_after"]
    total = {c: table[c].sum() for c in numbers} | {"village_code": "total"}
    return pd.concat([table, pd.DataFrame([total])], ignore_index=True)


def _about(repair: VillageRepair, lang: Lang) -> dict[str, str]:
    """Return what a reader of the files must know first."""
    mended = repair.mended
    if mended.open:
        state = msg(
            "{count} disputes are open; their ground is held as drawn, so this is no tiling yet", count=len(mended.open)
        )
    elif mended.settled("proposal"):
        state = msg("a trial: disputes between villages stand as proposed, and nobody has confirmed these borders")
    else:
        state = msg("one tiling, proved; every dispute is decided")
    return {"title": repair.title, "state": state.text(lang), "areaplan": __version__}


def _how_to_decide(repair: VillageRepair, lang: Lang) -> dict[str, str]:
    say = msg(
        "Write into the column village the code of the village that gets the ground, or none; into name and date who decided, and when. Then name "
        'this file in the settings: [input.decisions] path = "decisions.xlsx", layer = "decisions". Rows without a village stay open.'
    )
    return {"title": repair.title, "how": say.text(lang)}


def _sheet(about: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(sorted(about.items()), columns=["key", "value"])
