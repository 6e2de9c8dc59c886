"""The hand-over receipt 交接单: which files, of what size and hash, what they count, and two signatures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from areaplan.messages import Lang, Message, msg
from areaplan.model import AreaPlan
from areaplan.reports import word

__all__ = ["receipt"]


def receipt(
    plan: AreaPlan,
    files: Iterable[Path],
    *,
    folder: Path,
    content_hash: str,
    day: date,
    lang: Lang = "zh",
    issue: Mapping[str, object] | None = None,
) -> bytes:
    """Return the hand-over receipt of a delivery as a DOCX.

    Parameters
    ----------
    plan
        What is handed over; its counts are printed.
    files, folder
        The files, and the folder whose names are told from.
    content_hash
        Of the plan.
    day
        Day of the hand-over.
    issue
        Row of table ``issues``, when a version is issued.
    """
    title = msg("Hand-over receipt").text(lang)
    document = word.new_document(f"{plan.territory.title} {title}", lang)
    word.heading(document, plan.territory.title, 0)
    word.heading(document, title, 0)
    word.table(
        document,
        [msg("Item").text(lang), msg("Value").text(lang)],
        _facts(plan, content_hash, day, issue, lang),
        (50, 110),
    )
    word.heading(document, msg("Files").text(lang), 2)
    head = [msg("No."), msg("File"), msg("Bytes"), msg("SHA-256")]
    rows = [[str(i), *_file(path, folder)] for i, path in enumerate(sorted(files), 1)]
    word.table(document, [h.text(lang) for h in head], rows, (10, 50, 22, 78))
    document.add_paragraph()
    word.paragraph(document, msg("Both sides compared number, size and hash of the files.").text(lang))
    word.signatures(document, [msg("Handed over by (stamp)"), msg("Received by (stamp)")], lang)
    return word.as_bytes(document)


def _facts(
    plan: AreaPlan, content_hash: str, day: date, issue: Mapping[str, object] | None, lang: Lang
) -> list[list[str]]:
    areas, villages = plan.areas, plan.territory.villages
    told: list[tuple[Message, object]] = [
        (msg("Date"), day.isoformat()),
        (msg("Villages"), len(villages)),
        (msg("Areas"), len(areas)),
        (msg("Households"), _sum(areas["households"])),
        (msg("Persons"), _sum(areas["persons"])),
        (msg("Buildings"), len(plan.cells.buildings)),
        (msg("Content hash"), content_hash),
    ]
    if issue is not None:
        told.insert(1, (msg("Issue No."), issue["number"]))
        told.insert(2, (msg("Locked"), _LOCK_WORDS[str(issue["lock"])]))
        if issue.get("remark"):
            told.append((msg("Remarks"), issue["remark"]))
    return [[label.text(lang), word.words(value, lang)] for label, value in told]


_LOCK_WORDS = {"counts": msg("counts"), "borders": msg("borders"), "both": msg("counts and borders")}


def _sum(counts: pd.Series) -> str:
    total = counts.sum(skipna=False)
    return "—" if pd.isna(total) else str(int(total))


def _file(path: Path, folder: Path) -> list[str]:
    data = path.read_bytes()
    return [path.relative_to(folder).as_posix(), f"{len(data):,}", hashlib.sha256(data).hexdigest()]
