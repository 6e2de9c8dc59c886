"""Find the columns of a returned map by what stands in them: whoever draws maps calls a code what he likes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from areaplan.errors import InputError
from areaplan.messages import msg

__all__ = ["Columns", "find_columns", "plain_code"]

_LEAST_SHARE = 0.2


@dataclass(frozen=True)
class Columns:
    """Hold the names of the columns with code, name, households and persons; None where there is none."""

    code: str | None
    name: str | None
    households: str | None
    persons: str | None


def plain_code(value: Any) -> str:
    """Return a code without blanks, in narrow signs, without the ``.0`` of a number.

    Examples
    --------
    >>> plain_code(" 350302 101003　００1 "), plain_code(12.0), plain_code(None)
    ('350302101003001', '12', '')
    """
    if value is None or pd.isna(value):
        return ""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return re.sub(r"\.0+$", "", re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))


def find_columns(table: pd.DataFrame, plan: pd.DataFrame, given: Columns) -> Columns:
    """Return the columns of a returned map: those given, else the ones whose values are most often the plan's.

    Raises
    ------
    InputError
        When a given column is not there.
    """
    named = [c for c in (given.code, given.name, given.households, given.persons) if c is not None]
    missing = [c for c in named if c not in table.columns]
    if missing:
        known = ", ".join(map(str, table.columns))
        raise InputError(
            [msg("the returned map has no column {column}; it has: {known}", column=c, known=known) for c in missing]
        )
    code = given.code or _best(table, [c for c in table.columns if c not in named], set(plan["ea_code"]))
    if code is None:
        return given
    codes = table[code].map(plain_code)
    left = [c for c in table.columns if c != code and c not in named]
    found: dict[str, str | None] = {"name": given.name, "households": given.households, "persons": given.persons}
    for column in ("name", "households", "persons"):
        if found[column] is None:
            found[column] = _agreeing(table, left, codes, plan, column)
            left = [c for c in left if c != found[column]]
    return Columns(code, found["name"], found["households"], found["persons"])


def _best(table: pd.DataFrame, columns: Iterable[Any], wanted: set[str]) -> str | None:
    hits = {c: int(table[c].map(plain_code).isin(wanted).sum()) for c in columns}
    best = max(hits, key=lambda c: hits[c], default=None)
    return None if best is None or hits[best] < max(1, _LEAST_SHARE * len(table)) else str(best)


def _agreeing(table: pd.DataFrame, columns: list[Any], codes: pd.Series, plan: pd.DataFrame, column: str) -> str | None:
    """Return the column that agrees most often with the plan's, area by area; it must do so for half of them."""
    ours = dict(zip(plan["ea_code"], plan[column], strict=True))
    want = codes.map(lambda c: plain_code(ours.get(c)))
    asked = want != ""
    if not asked.any():
        return None
    agree = {c: float((table[c].map(plain_code)[asked] == want[asked]).mean()) for c in columns}
    best = max(agree, key=lambda c: agree[c], default=None)
    return None if best is None or agree[best] < 0.5 else str(best)
