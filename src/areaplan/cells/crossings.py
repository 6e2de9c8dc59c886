"""Which borders nobody crosses (rule C17): they follow a river, railway or motorway, and no way leads over, under or across it there."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.linework.edges import EdgeTable, Geoms, Ints, groups_of, segments_of
from areaplan.linework.near import first_along, near_pairs
from areaplan.packs import BarrierRules, bars_the_way

__all__ = ["Barriers", "barred_borders", "barriers_of"]

OPEN_M = 1.0
"""A border that leaves the barrier for more than this can be crossed beside it."""


@dataclass(frozen=True)
class Barriers:
    """Hold the lines that bar the way, and the places where a way crosses one."""

    lines: Geoms
    crossings: Geoms


def barriers_of(lines: gpd.GeoDataFrame, rules: BarrierRules) -> Barriers:
    """Find barriers and crossings in layer ``lines``.

    Bridges and tunnels of the barrier itself do not bar. Every street that does not bar (footpaths and street tunnels too) is a way; pieces
    of one way that meet on the barrier, as at a level crossing, count as one.
    """
    bars = bars_the_way(lines, rules)
    shapes = np.asarray(lines.geometry.to_numpy(), dtype=object)
    barriers, ways = shapes[bars], shapes[~bars & (lines["kind"] == "street").to_numpy()]
    if len(barriers) == 0 or len(ways) == 0:
        return Barriers(barriers, np.empty(0, dtype=object))
    b, w = shapely.STRtree(ways).query(barriers, predicate="intersects")
    near = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(ways[np.unique(w)])))
    b, w = shapely.STRtree(near).query(barriers, predicate="crosses")
    places = shapely.get_parts(shapely.intersection(barriers[b], near[w]))
    return Barriers(barriers, places[shapely.get_type_id(places) == 0])


def barred_borders(table: EdgeTable, which: Ints, barriers: Barriers, within_m: float) -> NDArray[np.bool_]:
    """Say for each chosen edge whether the border of its two polygons, taken as a whole, bars the way.

    Parameters
    ----------
    table, which
        Edges of cells, matched, and those between two cells.
    barriers
        What bars the way, and where it is crossed.
    within_m
        How close to a line is on it.
    """
    if len(barriers.lines) == 0 or len(which) == 0:
        return np.zeros(len(which), dtype=bool)
    along = _along(table, which, barriers.lines, within_m)
    crossed = np.zeros(len(which), dtype=bool)
    if len(barriers.crossings):
        places = shapely.get_coordinates(barriers.crossings)
        crossed[near_pairs(places, table.xy[table.ends[which]], within_m)[1]] = True
    group, _ = groups_of(table.left[which], table.right[which])
    length = table.lengths[which]
    free = np.bincount(group, np.where(along, 0.0, length))
    barred = (free <= OPEN_M) & (np.bincount(group, along) > 0) & (np.bincount(group, crossed & along) == 0)
    return np.asarray(barred[group])


def _along(table: EdgeTable, which: Ints, barriers: Geoms, within_m: float) -> NDArray[np.bool_]:
    """Say which edges run along one barrier: both ends and the middle are close to it."""
    segments, of = segments_of(barriers)
    anyone = np.zeros(len(barriers), dtype=np.int64)
    return np.asarray(first_along(table.xy[table.ends[which]], segments, of, anyone, within_m) >= 0)
