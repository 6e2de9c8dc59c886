"""Columns that must hold: codes, each its own, and counts, whole and not below zero; what does not is named by row and value."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from areaplan.files.reading.columns import as_code, as_count
from areaplan.files.reading.layers import Layer
from areaplan.files.reading.record import LISTED, Record, listed
from areaplan.messages import Message, msg
from areaplan.model import Finding, Severity

__all__ = ["cells_of", "code_faults", "counts_of"]

_EXACT = 2.0**53
"""Whole numbers beyond this are not all floats: the last digits of a longer code are made up."""
OFFICIAL_DIGITS = 9
"""Codes of townships have nine digits, those of villages twelve; a shorter number is somebody's own numbering."""
_SCIENTIFIC = re.compile(r"^\d([.,]\d+)?[eE]\+?\d+$")


def code_faults(layer: Layer, column: str, what: Message, record: Record) -> list[str | None]:
    """Return codes as text; note blank ones and those that stand twice, with their rows."""
    codes = as_code(layer.column(column))
    _spoilt(layer, column, what, record)
    record.find(_as_numbers(layer, column, what, codes))
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


def _spoilt(layer: Layer, column: str, what: Message, record: Record) -> None:
    """Note codes that a program took for numbers and wrote back with digits lost."""
    values = layer.column(column)
    lost = [i for i, v in enumerate(values) if _lost_digits(v)]
    if lost:
        record.fault(
            msg(
                "{where}, {rows}: the {what} was taken for a number and lost digits ({values}); store column {column} as text and fill it again",
                what=what,
                **cells_of(layer, column, lost, values),
            )
        )


def _as_numbers(layer: Layer, column: str, what: Message, codes: list[str | None]) -> list[Finding]:
    """Say that codes long enough to be official ones are numbers in the file, where a 0 at their beginning cannot stand."""
    known = [c for c in codes if c is not None]
    numbers = pd.api.types.is_numeric_dtype(layer.column(column))
    if not numbers or max(map(len, known), default=0) < OFFICIAL_DIGITS:
        return []
    text = msg(
        "{where}: column {column} holds the {what} as numbers, such as {code}; if they begin with 0, those zeros are lost: store it as text",
        where=layer.where,
        column=column,
        what=what,
        code=known[0],
    )
    return [Finding("R00", Severity.NOTE, column, text)]


def _lost_digits(value: object) -> bool:
    if isinstance(value, (float, np.floating)):
        return bool(np.isfinite(value)) and abs(float(value)) >= _EXACT
    return isinstance(value, str) and bool(_SCIENTIFIC.match(value.strip()))


def counts_of(layer: Layer, column: str, record: Record) -> list[int | None]:
    """Return whole numbers; note what is none and what is below zero, with rows and values."""
    values = layer.column(column)
    counts, odd, negative = as_count(values)
    if odd.any():
        told = cells_of(layer, column, np.flatnonzero(odd), values)
        record.fault(msg("{where}, {rows}: {column} is not a whole number ({values})", **told))
    if negative.any():
        told = cells_of(layer, column, np.flatnonzero(negative), values)
        record.fault(msg("{where}, {rows}: {column} is below zero ({values})", **told))
    return counts


def cells_of(layer: Layer, column: str, rows: Sequence[int] | NDArray[np.int64], values: pd.Series) -> dict[str, Any]:
    """Return what a message says of the cells of a column: ``where``, ``rows``, ``column`` and the ``values`` that stand there."""
    return {
        "where": layer.where,
        "rows": layer.rows(rows),
        "column": column,
        "values": listed(values.iloc[list(rows)]),
    }
