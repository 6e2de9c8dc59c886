"""The levels above the enumeration area, merged bottom-up from the areas: villages, townships, counties.

What is handed up, printed as an overview or added up in a register rests on the areas of the plan and on nothing else, so that every level is the sum of the one
below it.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.linework import dissolve
from areaplan.messages import plain
from areaplan.model import AreaPlan

__all__ = ["COUNTS", "LEVELS", "Level", "level_tables", "merged"]

Level = Literal["area", "village", "township", "county"]
LEVELS: Final[tuple[Level, ...]] = ("area", "village", "township", "county")
COUNTS: Final = ("areas", "buildings", "households", "persons", "area_m2")
"""What adds up from level to level."""

_DIGITS: Final = {"township": 9, "county": 6}  # of a Chinese village code of twelve digits


def level_tables(plan: AreaPlan) -> dict[Level, gpd.GeoDataFrame]:
    """Return every level as a table: ``code``, ``name``, ``parent`` (code of the level above), the counts, and the merged ground.

    Township and county codes are the first nine and six digits of twelve-digit village codes; else the codes of the parent layers, else the names themselves. A
    count is null where a part of it is unknown.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    dict
        ``area``, ``village``, ``township``, ``county`` -> GeoDataFrame by code.
    """
    villages = plan.territory.villages.set_index("village_code")
    town = {v: _parent(plan, v, villages.loc[v, "township"], "township") for v in villages.index}
    county = {town[v][0]: _parent(plan, v, villages.loc[v, "county"], "county") for v in villages.index}
    areas = _area_table(plan)
    names = {v: plain(villages.loc[v, "name"] or v) for v in villages.index}
    village = merged(areas, {v: (names[v], town[v][0]) for v in names})
    township = merged(village, {code: (name, county[code][0]) for code, name in town.values()})
    return {
        "area": areas, "village": village, "township": township,
        "county": merged(township, {code: (name, "") for code, name in county.values()}),
    }  # fmt: skip


def _area_table(plan: AreaPlan) -> gpd.GeoDataFrame:
    areas = plan.areas
    counted = len(plan.cells.buildings) > 0
    columns = {
        "code": areas["ea_code"], "name": [plain(n or c) for n, c in zip(areas["name"], areas["ea_code"], strict=True)],
        "parent": areas["village_code"], "areas": pd.Series(1, index=areas.index, dtype="Int64"),
        "buildings": areas["buildings"] if counted else pd.Series(pd.NA, index=areas.index, dtype="Int64"),
        "households": areas["households"], "persons": areas["persons"], "area_m2": areas.geometry.area,
    }  # fmt: skip
    table = gpd.GeoDataFrame(columns, geometry=areas.geometry, crs=areas.crs)
    return table.sort_values("code", ignore_index=True)


def _parent(plan: AreaPlan, village: str, given: object, level: Literal["township", "county"]) -> tuple[str, str]:
    """Return code and name of what a village lies in."""
    name = plain(given) if isinstance(given, str) else ""
    parents = plan.territory.parents
    known = parents[(parents["level"] == level) & (parents["name"] == given)] if name else parents[:0]
    if len(village) == 12 and village.isdecimal():
        code = village[: _DIGITS[level]]
    else:
        code = str(known["code"].iloc[0]) if len(known) else name
    return code, name or code


def merged(parts: gpd.GeoDataFrame, above: dict[str, tuple[str, str]]) -> gpd.GeoDataFrame:
    """Return the level above ``parts``, its ground and counts being theirs joined.

    Parameters
    ----------
    parts
        A level: the column ``parent`` says what each row belongs to.
    above
        Code of the level above -> its name and its own parent.
    """
    codes = sorted(set(parts["parent"]))
    label = np.searchsorted(codes, parts["parent"].to_numpy(dtype=object).astype(str))
    ground = _joined(parts.geometry.to_numpy(), label)
    columns: dict[Hashable, object] = {
        "code": codes, "name": [above[c][0] for c in codes], "parent": [above[c][1] for c in codes],
        **{c: _sums(parts[c], label, len(codes)) for c in COUNTS},
    }  # fmt: skip
    return gpd.GeoDataFrame(columns, geometry=ground, crs=parts.crs)


def _sums(column: pd.Series, label: np.ndarray[tuple[int], np.dtype[np.int64]], count: int) -> pd.Series:
    """Return sums by label; null where a part is null."""
    by_label = column.reset_index(drop=True).groupby(label)
    return by_label.sum().where(by_label.count() == by_label.size()).reindex(range(count)).astype(column.dtype)


def _joined(
    shapes: np.ndarray[tuple[int], np.dtype[np.object_]], label: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> list[BaseGeometry]:
    """Join vertex-matched pieces; where neighbours do not match or overlap (villages digitised apart), union them."""
    groups = [shapes[label == k] for k in range(int(label.max(initial=-1)) + 1)]
    return [_one(group) for group in groups]


def _one(group: np.ndarray[tuple[int], np.dtype[np.object_]]) -> BaseGeometry:
    whole = float(shapely.area(group).sum())
    try:
        joined = dissolve(group, np.zeros(len(group), dtype=np.int64))[0]
    except shapely.errors.GEOSException:
        return shapely.union_all(shapely.make_valid(group))
    sound = joined.is_valid and abs(joined.area - whole) <= 1e-9 * whole + 1e-4
    return joined if sound else shapely.union_all(shapely.make_valid(group))
