"""Columns that must hold: codes, each its own, and counts, whole and not below zero; what does not is named by row and value."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from areaplan.files.reading.columns import as_code, as_count
from areaplan.files.reading.layers import Layer
from areaplan.files.reading.record import LISTED, Record, listed
from areaplan.messages import Message, msg

__all__ = ["code_faults", "counts_of"]


def code_faults(layer: Layer, column: str, what: Message, record: Record) -> list[str | None]:
    """Return codes as text; note blank ones and those that stand twice, with their rows."""
    codes = as_code(layer.column(column))
    blank = [i for i, c in enumerate(codes) if c is None]
    if blank:
        record.fault(
            msg(
                "{where}, {rows}: blank {what} (column {column})",
                where=layer.where,
                rows=layer.rows(blank),
                what=what,
                column=column,
            )
        )
    rows = defaultdict(list)
    for i, c in enumerate(codes):
        if c is not None:
            rows[c].append(i)
    twice = {c: r for c, r in rows.items() if len(r) > 1}
    for code, places in list(twice.items())[:LISTED]:
        record.fault(
            msg(
                "{where}, {rows}: the {what} {code} stands {count} times; each must be its own",
                where=layer.where,
                rows=layer.rows(places),
                what=what,
                code=code,
                count=len(places),
            )
        )
    if len(twice) > LISTED:
        record.fault(
            msg("{where}: {count} more codes stand more than once", where=layer.where, count=len(twice) - LISTED)
        )
    return codes


def counts_of(layer: Layer, column: str, record: Record) -> list[int | None]:
    """Return whole numbers; note what is none and what is below zero, with rows and values."""
    values = layer.column(column)
    counts, odd, negative = as_count(values)
    rows = np.flatnonzero(odd)
    if len(rows):
        record.fault(
            msg(
                "{where}, {rows}: {column} is not a whole number ({values})",
                where=layer.where,
                rows=layer.rows(rows),
                column=column,
                values=listed(values.iloc[rows]),
            )
        )
    rows = np.flatnonzero(negative)
    if len(rows):
        record.fault(
            msg(
                "{where}, {rows}: {column} is below zero ({values})",
                where=layer.where,
                rows=layer.rows(rows),
                column=column,
                values=listed(values.iloc[rows]),
            )
        )
    return counts
