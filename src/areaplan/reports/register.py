"""The opinion register as files: the truth for the next round, and a sheet to read and to answer in."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import shapely

from areaplan.files import write_xlsx
from areaplan.messages import Lang, msg
from areaplan.review import STATES, Register, register_text

__all__ = ["register_table", "write_register"]


def write_register(register: Register, folder: Path, *, lang: Lang) -> None:
    """Write the register as ``opinion_register.json`` (the truth) and ``opinion_register.xlsx`` (to read, and to answer in)."""
    (folder / "opinion_register.json").write_text(register_text(register), encoding="utf-8", newline="\n")
    write_xlsx(folder / "opinion_register.xlsx", {msg("Opinions").text(lang): register_table(register, lang)})


def register_table(register: Register, lang: Lang) -> pd.DataFrame:
    """Return a row per item, the open ones first."""
    heads = [
        msg("No."), msg("state"), msg("first round"), msg("last round"), msg("rule"), msg("subject"), msg("what"), msg("east"), msg("north"),
        msg("by whom"), msg("by when"), msg("answer"), msg("re-check"),
    ]  # fmt: skip
    rows = []
    for item in sorted(register.items, key=lambda i: (i.state != "open", i.number)):
        at = None if item.place is None else shapely.point_on_surface(shapely.from_wkb(item.place))
        rows.append([
            item.number, STATES[item.state].text(lang), item.first_round, item.last_round, item.rule, item.subject, item.what,
            None if at is None else round(at.x, 1), None if at is None else round(at.y, 1), item.responsible, item.due, item.answer, item.result,
        ])  # fmt: skip
    return pd.DataFrame(rows, columns=[h.text(lang) for h in heads])
