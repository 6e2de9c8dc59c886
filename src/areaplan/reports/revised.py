"""What a revision and an issue leave in their folders: the plan and its proof, and papers that say what was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from areaplan.certificate import make_certificate
from areaplan.files import safe_csv, staged, write_json, write_plan, write_xlsx
from areaplan.messages import Lang, Message, msg
from areaplan.model import AreaPlan
from areaplan.pipeline import PlannedTown
from areaplan.reports.receipt import receipt
from areaplan.reports.results import put_results
from areaplan.review import KIND_WORDS, Made, Refusal, Revision, last_issue

__all__ = ["fate_table", "write_issue", "write_revision"]


def write_revision(town: PlannedTown, revision: Revision, folder: Path, *, lang: Lang) -> dict[str, Any]:
    """Write the judged plan and ``changes.xlsx`` (made, refused, what became of which area) into ``folder``, whole or not at all.

    Returns
    -------
    The summary of the plan.
    """
    stored = town.plan.settings.output.lang
    went = _went(revision.went, stored)
    sheets = {
        msg("Made").text(stored): fate_table(revision.made, stored),
        msg("Refused").text(stored): fate_table(revision.refused, stored),
        msg("Old and new areas").text(stored): went,
    }
    with staged(folder, owner="revise") as beside:
        summary = put_results(town, beside, lang=lang)
        write_xlsx(beside / "changes.xlsx", sheets)
        safe_csv(beside / "correspondence.csv", went)
    return summary


def write_issue(plan: AreaPlan, folder: Path, *, day: date) -> None:
    """Write an issued plan, its certificate and the hand-over receipt of both into ``folder``, whole or not at all."""
    issue = last_issue(plan)
    certificate = make_certificate(plan)
    own = certificate["content_hash"]
    stamp = datetime(day.year, day.month, day.day, tzinfo=UTC)
    with staged(folder, owner="issue") as beside:
        write_plan(plan, beside / "plan.gpkg", content_hash=own, created=stamp)
        write_json(beside / "certificate.json", certificate)
        files = [beside / "plan.gpkg", beside / "certificate.json"]
        lang = plan.settings.output.lang
        paper = receipt(plan, files, folder=beside, content_hash=own, day=day, lang=lang, issue=issue)
        (beside / "receipt.docx").write_bytes(paper)


def _went(table: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    heads = {
        "old_ea": msg("old area"),
        "new_ea": msg("new area"),
        "households": msg("households"),
        "area_m2": msg("m²"),
    }
    return table.round({"area_m2": 2}).rename(columns={k: v.text(lang) for k, v in heads.items()})


def fate_table(items: Sequence[Made | Refusal], lang: Lang) -> pd.DataFrame:
    """Return a row per change: what was asked, by whom, why, and what it did or why it was refused."""
    heads = [msg("No."), msg("where"), msg("what"), msg("areas"), msg("details"), msg("reason"), msg("author")]
    heads += [msg("households before"), msg("households after"), msg("why refused")]
    rows = [_fate(i, item, lang) for i, item in enumerate(items, 1)]
    return pd.DataFrame(rows, columns=[h.text(lang) for h in heads])


def _fate(position: int, item: Made | Refusal, lang: Lang) -> list[object]:
    change = item.change
    number = item.number if isinstance(item, Made) else position
    said = [
        number, _text(change.where, lang), KIND_WORDS[change.kind].text(lang),
        " ".join(filter(None, (*change.areas, change.to, change.village))), change.text(), change.reason, change.author,
    ]  # fmt: skip
    if isinstance(item, Refusal):
        return [*said, None, None, item.reason.text(lang)]
    return [*said, _counts(item.before), _counts(item.after), None]


def _text(value: Message | None, lang: Lang) -> str:
    return "" if value is None else value.text(lang)


def _counts(households: dict[str, int | None]) -> str:
    return ", ".join(f"{code[-3:]}: {'-' if n is None else n}" for code, n in sorted(households.items()))
