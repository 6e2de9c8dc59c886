"""Borders between cells as tables: who adjoins whom, how long, along what (rules C10, C11, C17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.cells.crossings import Barriers, barred_borders
from areaplan.cells.features import Features, follow
from areaplan.linework.chains import chained
from areaplan.linework.edges import EdgeTable, Geoms, Ints, groups_of, with_none
from areaplan.schema import conform, empty_layer
from areaplan.workers import at_once

__all__ = ["border_tables"]


def border_tables(
    table: EdgeTable,
    village: Ints,
    cell_ids: Any,
    features: Features,
    barriers: Barriers,
    *,
    within_m: float,
    crs: Any,
    jobs: int = 1,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return layers ``cell_borders`` and ``outer_borders``.

    Parameters
    ----------
    table
        Edges of the cells of the whole town, matched.
    village
        (n,) number of the village of each.
    cell_ids
        (n,) their codes.
    features, barriers, within_m
        Lines a border may follow, those that bar the way, and how close is on them.
    jobs
        Threads.
    """
    pair = table.right >= 0
    inner = np.flatnonzero(pair & (village[table.left] == village[table.right]))
    outer = np.flatnonzero(~pair | (village[table.left] != village[table.right]))
    followed = np.full(len(table.left), -1)
    barred = np.zeros(len(table.left), dtype=bool)
    followed[inner], followed[outer], barred[inner] = at_once(
        jobs,
        lambda: follow(table, inner, features, within_m),
        lambda: follow(table, outer, features, within_m),
        lambda: barred_borders(table, inner, barriers, within_m),
    )
    beyond = outer[table.right[outer] >= 0]
    both = np.concatenate([outer, beyond])
    left = np.concatenate([table.left[outer], table.right[beyond]])
    rows = _Rows(table, followed, barred, features, with_none(cell_ids), crs)
    inside, outside = at_once(
        jobs,
        lambda: rows.of("cell_borders", inner, table.left[inner], table.right[inner]),
        lambda: rows.of("outer_borders", both, left, np.full(len(both), -1)),
    )
    return inside, outside


@dataclass(frozen=True)
class _Rows:
    """Write rows from edges: one per left cell, right cell and feature."""

    table: EdgeTable
    followed: Ints
    barred: NDArray[np.bool_]
    features: Features
    cell_ids: Geoms
    crs: Any

    def of(self, layer: str, edges: Ints, left: Ints, right: Ints) -> gpd.GeoDataFrame:
        if len(edges) == 0:
            return empty_layer(layer, self.crs)
        group, first = groups_of(left, right, self.followed[edges])
        geometry = _as_one(*chained(self.table.xy, self.table.ends[edges], group))
        length = np.bincount(group, self.table.lengths[edges])
        what = self.followed[edges[first]]
        names = [*self.features.names, ("none", None, None)]
        columns = {
            "left_cell": self.cell_ids[left[first]],
            "right_cell": self.cell_ids[right[first]],
            "kind": [names[i][0] for i in what],
            "class": [names[i][1] for i in what],
            "feature_name": [names[i][2] for i in what],
            "length_m": length,
            "barrier": self.barred[edges[first]],
            "cost": length * np.array([*self.features.weights, self.features.none])[what],
        }
        return conform(gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(geometry, crs=self.crs)), layer)


def _as_one(lines: Geoms, group: Ints) -> Geoms:
    """Return the one line of each group, or its lines as a MultiLineString."""
    start = np.flatnonzero(np.diff(group, prepend=-1))
    count = np.diff(np.append(start, len(group)))
    out = lines[start]
    many = np.flatnonzero(count > 1)
    rows = np.flatnonzero(np.repeat(count, count) > 1)
    if len(many):
        out[many] = shapely.multilinestrings(lines[rows], indices=np.repeat(np.arange(len(many)), count[many]))
    return out
