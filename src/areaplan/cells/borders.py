"""Borders between cells as tables: who adjoins whom, how long, along what (rules C10, C11)."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from areaplan.cells.edges import EdgeTable, Geoms, Ints, edge_table, groups_of
from areaplan.cells.features import Features, follow
from areaplan.schema import conform, empty_layer

__all__ = ["border_tables"]


def border_tables(
    polygons: Geoms, village: Ints, cell_ids: Any, features: Features, *, within_m: float, crs: Any
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return layers ``cell_borders`` and ``outer_borders``.

    Parameters
    ----------
    polygons
        (n,) cells of the whole town, matched.
    village
        (n,) number of the village of each.
    cell_ids
        (n,) their codes.
    features, within_m
        Lines a border may follow, and how close.
    """
    table = edge_table(polygons)
    pair = table.right >= 0
    inner = np.flatnonzero(pair & (village[table.left] == village[table.right]))
    outer = np.flatnonzero(~pair | (village[table.left] != village[table.right]))
    followed = follow(table, np.concatenate([inner, outer]), features, within_m)
    borders = _rows(
        table,
        inner,
        table.left[inner],
        table.right[inner],
        followed[: len(inner)],
        features,
        cell_ids,
        "cell_borders",
        crs,
    )
    along = followed[len(inner) :]
    both = table.right[outer] >= 0
    edges = np.concatenate([outer, outer[both]])
    left = np.concatenate([table.left[outer], table.right[outer[both]]])
    none = np.full(len(edges), -1)
    outside = _rows(
        table, edges, left, none, np.concatenate([along, along[both]]), features, cell_ids, "outer_borders", crs
    )
    return borders, outside


def _rows(
    table: EdgeTable,
    edges: Ints,
    left: Ints,
    right: Ints,
    followed: Ints,
    features: Features,
    cell_ids: Any,
    layer: str,
    crs: Any,
) -> gpd.GeoDataFrame:
    """One row per left cell, right cell and feature."""
    if len(edges) == 0:
        return empty_layer(layer, crs)
    group, first = groups_of(left, right, followed)
    order = np.argsort(group, kind="stable")
    lines = shapely.linestrings(table.xy[table.ends[edges[order]]])
    geometry = shapely.line_merge(shapely.multilinestrings(lines, indices=group[order]))
    length = np.bincount(group, table.lengths[edges])
    what = followed[first]
    names = [*features.names, ("none", None, None)]
    weight = np.array([*features.weights, features.none])[what]
    ids = np.append(np.asarray(cell_ids, dtype=object), None)
    columns = {
        "left_cell": ids[left[first]],
        "right_cell": ids[right[first]],
        "kind": [names[i][0] for i in what],
        "class": [names[i][1] for i in what],
        "feature_name": [names[i][2] for i in what],
        "length_m": length,
        "cost": length * weight,
    }
    return conform(gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(geometry, crs=crs)), layer)
