"""R23: the division beside the issued base map, or last census's layer, in number, name, code and ground, level by level."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.check.case import Case
from areaplan.check.ruling import Ruling, judged, not_judged
from areaplan.check.spots import spot
from areaplan.check.words import amount
from areaplan.messages import Message, msg
from areaplan.model import Finding

__all__ = ["r23_base_map"]

LEVELS = {
    "area": msg("areas"), "village": msg("villages"), "township": msg("townships"), "county": msg("counties"), "unit": msg("units"),
}  # fmt: skip


class _Level(NamedTuple):
    """Hold one level of the division: what it is called, and its units by code."""

    level: str
    units: gpd.GeoDataFrame


def r23_base_map(case: Case) -> Ruling:
    """R23 base-map difference: number, names, codes and m² of each level beside the issued base map; every difference is a note to explain.

    A base map may hold several levels; a unit is compared with the level that shares most codes of its length.
    """
    base = case.evidence.base_map
    if base is None:
        return not_judged("R23", msg("no issued base map given"))
    pairs = list(_levels(case, base))
    if not pairs:
        return not_judged("R23", msg("no code of the base map is one of this division"))
    found = [f for ours, theirs in pairs for f in _compare(case, ours, theirs)]
    same = sum(len(theirs) for _, theirs in pairs)
    told = msg("compared: {levels}", levels=", ".join(f"{len(o.units)} / {len(t)}" for o, t in pairs))
    return judged("R23", same, found, reason=told)


def _levels(case: Case, base: gpd.GeoDataFrame) -> Iterator[tuple[_Level, gpd.GeoDataFrame]]:
    """Pair each level of the division with the units of the base map whose codes are as long as its own."""
    for level in _own_levels(case):
        lengths = level.units["code"].str.len()
        usual = lengths.mode()
        alike = base[base["code"].str.len().isin(usual)] if len(usual) else base.iloc[:0]
        shared = alike["code"].isin(set(level.units["code"])).sum()
        if shared and 2 * shared >= min(len(alike), len(level.units)):
            yield level, alike.drop_duplicates("code")


def _own_levels(case: Case) -> Iterator[_Level]:
    yield _level("area" if case.plan is not None else "unit", case.areas, "ea_code")
    if case.plan is not None and case.villages is not None:
        yield _level("village", case.villages, "village_code")
        parents = case.plan.territory.parents
        for name in ("township", "county"):
            yield _level(name, parents[parents["level"] == name], "code")


def _level(level: str, table: gpd.GeoDataFrame, code: str) -> _Level:
    units = gpd.GeoDataFrame(
        {"code": table[code], "name": table["name"]}, geometry=table.geometry.to_numpy(), crs=table.crs
    )
    return _Level(level, units[units["code"].notna()].drop_duplicates("code"))


def _compare(case: Case, ours: _Level, theirs: gpd.GeoDataFrame) -> Iterator[Finding]:
    what = LEVELS[ours.level]
    if len(ours.units) != len(theirs):
        text = msg("the base map has {theirs} {what}, this division {ours}; explain the difference",
                   theirs=len(theirs), what=what, ours=len(ours.units))  # fmt: skip
        off = float(abs(len(ours.units) - len(theirs)))
        yield case.finding("R23", ours.level, text, measure=off, unit="units")
    mine, base = ours.units.set_index("code"), theirs.set_index("code")
    for code in sorted({*mine.index, *base.index}):
        if code not in mine.index:
            yield _one(case, code, msg("{code} {name} of the base map is not in this division; explain where it went",
                                       code=code, name=_text(base.at[code, "name"])), base.at[code, "geometry"])  # fmt: skip
        elif code not in base.index:
            yield _one(case, code, msg("{code} {name} is not on the base map; explain where it came from",
                                       code=code, name=_text(mine.at[code, "name"])), mine.at[code, "geometry"])  # fmt: skip
        else:
            yield from _unit(case, code, mine.loc[code], base.loc[code])


def _unit(case: Case, code: str, ours: pd.Series, theirs: pd.Series) -> Iterator[Finding]:
    old, new = _text(theirs["name"]), _text(ours["name"])
    if old and new and old != new:
        yield _one(case, code, msg("{code} is called {new!r} here and {old!r} on the base map; explain the new name",
                                   code=code, new=new, old=old), ours["geometry"])  # fmt: skip
    yield from _ground(case, code, ours["geometry"], theirs["geometry"])


def _ground(case: Case, code: str, ours: object, theirs: object) -> Iterator[Finding]:
    if not isinstance(ours, BaseGeometry) or not isinstance(theirs, BaseGeometry):
        return
    mine, base = shapely.make_valid(ours), shapely.make_valid(theirs)
    gained, lost = shapely.difference(mine, base), shapely.difference(base, mine)
    least = max(case.pack.thresholds.base_map_share * float(base.area), float(base.length) * case.tolerance_m, 1.0)
    if gained.area + lost.area > least:
        text = msg("{code} has {ours} m² here and {theirs} m² on the base map: {gained} m² more, {lost} m² less; explain the difference",
                   code=code, ours=amount(float(mine.area)), theirs=amount(float(base.area)), gained=amount(float(gained.area)),
                   lost=amount(float(lost.area)))  # fmt: skip
        ground = shapely.union_all([gained, lost])
        yield case.finding(
            "R23",
            code,
            text,
            village=_village(case, code),
            measure=float(gained.area + lost.area),
            unit="m2",
            geometry=ground,
        )


def _one(case: Case, code: str, text: Message, shape: object) -> Finding:
    return case.finding("R23", code, text, village=_village(case, code), geometry=spot(shape))


def _village(case: Case, code: str) -> str | None:
    return code if code in set(case.village_codes) else None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
