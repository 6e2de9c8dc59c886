"""What a barrier parts inside an area: the one overlay that R14 and R15 share."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

__all__ = ["Behind", "behind_barriers"]

ON_BORDER_M = 1.0
"""A way along the area's own border is a way of the area: the border follows it, but not to the last bit."""


class Behind(NamedTuple):
    """Hold the parts of an area that nobody can walk to from where most of its buildings are, and how many buildings stand there."""

    parts: NDArray[np.object_]
    buildings: int


def behind_barriers(
    polygons: NDArray[np.object_],
    barriers: NDArray[np.object_],
    ways: NDArray[np.object_],
    houses: NDArray[np.object_],
    passed_over: Collection[int] = (),
) -> dict[int, Behind]:
    """Return what lies behind a barrier in each area that straddles one, by row.

    Parameters
    ----------
    polygons
        The areas; ``None`` where there is none.
    barriers, ways
        Lines that part, and lines that join.
    houses
        A point per building.
    passed_over
        Rows that are not asked.
    """
    area, line = shapely.STRtree(barriers).query(polygons, predicate="intersects")
    way_tree, house_tree = shapely.STRtree(ways), shapely.STRtree(houses)
    found: dict[int, Behind] = {}
    for row in np.unique(area).tolist():
        if row in passed_over:
            continue
        apart, count = np.empty(0, dtype=object), 0
        for piece in shapely.get_parts(polygons[row]):  # exclaves and islands are R05's
            inside = houses[house_tree.query(piece, "intersects")]
            behind, buildings = _behind(piece, barriers[line[area == row]], ways, way_tree, inside)
            apart, count = np.concatenate([apart, behind]), count + buildings
        if count:
            found[row] = Behind(apart, count)
    return found


def _behind(
    piece: BaseGeometry,
    barriers: NDArray[np.object_],
    ways: NDArray[np.object_],
    way_tree: shapely.STRtree,
    houses: NDArray[np.object_],
) -> Behind:
    """Return what lies behind in one piece of an area."""
    nothing = Behind(np.empty(0, dtype=object), 0)
    if not len(houses):
        return nothing
    parts = _cut(piece, barriers)
    part = shapely.STRtree(parts).query(houses, predicate="intersects")[1]
    if len(np.unique(part)) < 2:  # all live on one side
        return nothing
    reach = shapely.buffer(piece, ON_BORDER_M)
    near = _inside(ways[way_tree.query(reach, predicate="intersects")], reach)
    banks = shapely.union_all(shapely.buffer(barriers, ON_BORDER_M))
    shapely.prepare(banks)
    wet = shapely.intersects(banks, near)
    near[wet] = shapely.difference(near[wet], banks)
    group = _joined(parts, near)
    counts = np.bincount(group[part], minlength=len(parts))
    lived_in = np.flatnonzero(counts)
    behind = lived_in[lived_in != np.argmax(counts)]
    return Behind(parts[np.isin(group, behind)], int(counts[behind].sum()))


def _inside(ways: NDArray[np.object_], reach: BaseGeometry) -> NDArray[np.object_]:
    """Return what of the ways runs within ``reach``, line by line; a line that neither meets its outline nor itself stays as it is."""
    shapely.prepare(reach)
    cut = ~(shapely.contains_properly(reach, ways) & shapely.is_simple(ways))
    ways[cut] = shapely.intersection(ways[cut], reach)
    return shapely.get_parts(ways)


def _cut(shape: BaseGeometry, barriers: NDArray[np.object_]) -> NDArray[np.object_]:
    lines = shapely.union_all([shapely.boundary(shape), *barriers])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    return faces[shapely.intersects(shape, shapely.point_on_surface(faces))]


def _joined(parts: NDArray[np.object_], ways: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return a group number per part; a way that runs a metre or more in two parts, off the banks, puts them in one group."""
    group = np.arange(len(parts))
    for met in _met(shapely.buffer(parts, ON_BORDER_M), ways):
        group[np.isin(group, group[met])] = group[met].min()
    return group


def _met(reach: NDArray[np.object_], ways: NDArray[np.object_]) -> Iterator[NDArray[np.int64]]:
    """Yield for each way that runs a metre or more in several parts which those are."""
    way, part = shapely.STRtree(reach).query(ways)
    several = np.bincount(way, minlength=len(ways))[way] > 1
    way, part = way[several], part[several]
    runs = shapely.length(shapely.intersection(reach[part], ways[way])) >= 1.0
    way, part = way[runs], part[runs]
    for own in np.split(part, np.flatnonzero(np.diff(way)) + 1):
        if len(own) > 1:
            yield own
