"""Read what people decided about disputes between villages: a table that came back, filled in and signed for."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pandas as pd

from areaplan.files.reading.columns import as_code, as_text
from areaplan.files.reading.record import Record, listed
from areaplan.files.reading.totals import read_table
from areaplan.messages import msg
from areaplan.repair import NOBODY, Decision
from areaplan.settings import Settings

__all__ = ["NOBODY_WORDS", "read_decisions"]

NOBODY_WORDS = frozenset({"none", "nobody", "outside", "no village", "无", "無", "不属任何村", "不属于任何村"})
"""What may stand in the column of villages for water and foreign ground."""


def read_decisions(settings: Settings, record: Record) -> tuple[Decision, ...]:
    """Return the decisions of ``[input.decisions]``; rows without a village are still open and are passed over.

    Every fault of the table is noted: a row without number, name or date; a dispute decided twice in two ways.
    """
    spec = settings.input.decisions
    if spec is None:
        return ()
    wanted: dict[str, str | None] = {k: getattr(spec, k) for k in ("dispute", "village", "name", "date")}
    layer = read_table(settings, spec, wanted, record)
    if layer is None:
        return ()
    places, villages = as_code(layer.column(spec.dispute)), as_code(layer.column(spec.village))
    names, dates = as_text(layer.column(spec.name)), _dates(layer.column(spec.date))
    decided = [i for i, v in enumerate(villages) if v is not None]
    columns = ((spec.dispute, places), (spec.name, names), (spec.date, dates))
    for column, values in columns:
        blank = [i for i in decided if values[i] is None]
        if blank:
            record.fault(
                msg(
                    "{where}, {rows}: a decision without {column}; who decided what, and when, must be on record",
                    where=layer.where, rows=layer.rows(blank), column=column,
                )
            )  # fmt: skip
    out = [
        Decision(str(places[i]), _village(str(villages[i])), str(names[i]), str(dates[i]))
        for i in decided
        if places[i] is not None
    ]
    _contradictions(Path(spec.path).name, out, record)
    return tuple({d.place: d for d in out}.values())


def _dates(column: pd.Series) -> list[str | None]:
    """Return dates as text; a spreadsheet's date loses its time of day."""
    return [
        v if v is None else v.removesuffix(" 00:00:00").removesuffix("T00:00:00")
        for v in as_text(column.astype(object).map(lambda v: v.isoformat() if isinstance(v, pd.Timestamp) else v))
    ]


def _village(text: str) -> str:
    return NOBODY if text.lower() in NOBODY_WORDS else text


def _contradictions(name: str, decisions: list[Decision], record: Record) -> None:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for d in decisions:
        found[d.place].add(d.village)
    twice = [p for p, villages in found.items() if len(villages) > 1]
    if twice:
        record.fault(
            msg("{path}: decided twice, in different ways: {values}; keep one row", path=name, values=listed(twice))
        )
