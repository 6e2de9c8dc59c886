"""The official list of codes, held against whatever units are judged: part of R11 and R12."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd

from areaplan.check.case import Case
from areaplan.check.spots import spot
from areaplan.messages import msg
from areaplan.model import Finding

__all__ = ["codes_off_the_list", "names_off_the_list"]


def codes_off_the_list(case: Case) -> Iterator[Finding]:
    """Name codes that are not on the official list, and units of the list that are not there (R11).

    A list of a whole city serves one township: only units of the parents that occur are missed (their codes begin alike).
    """
    official = _official(case)
    if not official:
        return
    table, column = _units(case)
    codes = [c for c in table[column] if isinstance(c, str)]
    for row, code in enumerate(table[column]):
        if isinstance(code, str) and code not in official:
            text = msg("the code {code} is not on the official list; give the official code", code=code)
            yield case.finding("R11", code, text, village=code, geometry=spot(table.geometry.iloc[row]))
    known = [c for c in codes if c in official]
    stems = {c[:-3] for c in known}
    for code in sorted(set(official) - set(codes)):
        if code[:-3] in stems:
            text = msg("{code} {name} is on the official list, but has no ground here; draw it, or say why it has none",
                       code=code, name=official[code] or "")  # fmt: skip
            yield case.finding("R11", code, text)


def names_off_the_list(case: Case) -> Iterator[Finding]:
    """Name units that are called otherwise than on the official list (R12)."""
    official = _official(case)
    table, column = _units(case)
    for row, (code, name) in enumerate(zip(table[column], table["name"], strict=True)):
        asked = official.get(code) if isinstance(code, str) else None
        if asked and isinstance(name, str) and name.strip() and name.strip() != asked:
            text = msg("{code} is called {name!r}, on the official list {asked!r}; give the official name",
                       code=code, name=name.strip(), asked=asked)  # fmt: skip
            yield case.finding("R12", str(code), text, village=code, geometry=spot(table.geometry.iloc[row]))


def _official(case: Case) -> dict[str, str | None]:
    listed = case.evidence.code_list
    return {} if listed is None else dict(zip(listed["code"], listed["name"], strict=True))


def _units(case: Case) -> tuple[gpd.GeoDataFrame, str]:
    """Return what a list of codes speaks of: the villages of a plan, the units of a layer."""
    if case.plan is not None and case.villages is not None:
        return case.villages, "village_code"
    return case.areas, "ea_code"
