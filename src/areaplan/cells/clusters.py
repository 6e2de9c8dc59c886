"""Which footprints belong together (rule C2): overlapping ones are one cluster and so one cell; touching ones part along the wall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from areaplan.linework.edges import Geoms, Ints

__all__ = ["OVERLAP_M2", "TOUCH_M", "Clusters", "find_clusters"]

OVERLAP_M2 = 0.01
"""Footprints that share more than this overlap; less is the careless drawing of a common wall."""

TOUCH_M = 0.05
"""Footprints closer than this touch: no ridge can be drawn between them, the wall itself is the border."""


CRUMB_M2 = 1.0
"""A piece this small that the village border cuts off a footprint need not stay with it."""


@dataclass(frozen=True)
class Clusters:
    """Hold what is one building for the purpose of cutting.

    Parameters
    ----------
    whole
        (c,) footprints of each cluster, unioned; points where buildings are points.
    inside
        (c,) the part inside the village.
    of
        (b,) cluster of each building, -1 for buildings without a place in the village.
    touching
        (c,) True where another footprint touches.
    """

    whole: Geoms
    inside: Geoms
    of: Ints
    touching: Geoms

    def __len__(self) -> int:
        return len(self.whole)


def find_clusters(footprints: Geoms, ground: BaseGeometry) -> Clusters:
    """Cluster the footprints (polygons or points) of one village.

    Examples
    --------
    >>> import shapely
    >>> c = find_clusters(shapely.box([1, 2, 5], 1, [3, 4, 6], 2), shapely.box(0, 0, 9, 9))
    >>> len(c), c.of.tolist()
    (2, [0, 0, 1])
    """
    n = len(footprints)
    inside = footprints.copy()
    shapely.prepare(ground)
    crossing = np.flatnonzero(~shapely.covers(ground, footprints))
    inside[crossing] = [_solid(g) for g in shapely.intersection(footprints[crossing], ground)]
    there = ~shapely.is_empty(inside)
    i, j = shapely.STRtree(footprints).query(footprints, predicate="dwithin", distance=TOUCH_M)
    keep = (i < j) & there[i] & there[j]
    i, j = i[keep], j[keep]
    points = (shapely.get_dimensions(footprints[i]) == 0) | (shapely.get_dimensions(footprints[j]) == 0)
    overlap = points | (shapely.area(shapely.intersection(footprints[i], footprints[j])) > OVERLAP_M2)
    graph = coo_matrix((np.ones(overlap.sum()), (i[overlap], j[overlap])), shape=(n, n))
    _, label = connected_components(graph, directed=False)
    label = label.astype(np.int64)
    label[~there] = -1
    kept, first, of = np.unique(label[there], return_index=True, return_inverse=True)
    number = np.full(n, -1)
    number[there] = of
    members = np.flatnonzero(there)
    whole, within = footprints[members[first]].copy(), inside[members[first]].copy()
    for c in np.flatnonzero(np.bincount(of, minlength=len(kept)) > 1):
        own = np.flatnonzero(number == c)
        whole[c], within[c] = _one(footprints[own]), _one(inside[own])
    touching = np.zeros(len(kept), dtype=bool)
    near = ~overlap & (number[i] != number[j])
    touching[number[i[near]]] = touching[number[j[near]]] = True
    return Clusters(whole, within, number, touching)


def _one(geoms: Geoms) -> BaseGeometry:
    """Union footprints; among points and polygons the polygons count."""
    solid = geoms[shapely.get_dimensions(geoms) == 2]
    return shapely.union_all(solid) if len(solid) else geoms[0]


def _solid(geometry: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a footprint cut by the village border, crumbs left out, or the point of a point building."""
    parts = shapely.get_parts(geometry)
    solid = parts[shapely.get_dimensions(parts) == 2]
    if len(solid):
        area = shapely.area(solid)
        solid = solid[(area > CRUMB_M2) | (area == area.max())]
        return solid[0] if len(solid) == 1 else MultiPolygon(list(solid))
    points = parts[shapely.get_type_id(parts) == 0]
    return points[0] if len(points) else shapely.Point()
