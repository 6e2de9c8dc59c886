"""Dead-end streets lead on to the nearest ridge (rule C6), so that a border can follow them to their very end."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.cells.blocks import POKE_M
from areaplan.linework.edges import Floats, Geoms, segments_of, two_point_lines, vertex_ids

__all__ = ["links_from_tips", "tips_of"]


def tips_of(linework: BaseGeometry) -> Floats:
    """Return the loose ends of noded linework as (n, 2) places.

    Examples
    --------
    >>> import shapely
    >>> tips_of(shapely.MultiLineString([[(0, 0), (1, 0)], [(0, 0), (0, 1), (0, 2)]])).tolist()
    [[0.0, 2.0], [1.0, 0.0]]
    """
    segments, _ = segments_of(np.array([linework]))
    ends = segments.reshape(-1, 2)
    ids, first = vertex_ids(ends)
    tips = ends[first[np.bincount(ids, minlength=len(first)) == 1]]
    return tips[np.lexsort((tips[:, 1], tips[:, 0]))]


def links_from_tips(linework: BaseGeometry, ridges: Geoms, buildings: Geoms, reach_m: float) -> Geoms:
    """Return lines from dead ends to the nearest ridge within ``reach_m``, 2 cm beyond it; none crosses a building or another line."""
    tips = np.atleast_1d(np.asarray(shapely.points(tips_of(linework)), dtype=object))
    if len(tips) == 0 or len(ridges) == 0 or reach_m == 0:
        return np.empty(0, dtype=object)
    at, ridge = shapely.STRtree(ridges).query_nearest(tips, max_distance=reach_m, all_matches=False)
    way = shapely.get_coordinates(shapely.shortest_line(tips[at], ridges[ridge])).reshape(-1, 2, 2)
    length = np.hypot(*(way[:, 1] - way[:, 0]).T)
    way, length = way[length > POKE_M], length[length > POKE_M, None]
    step = POKE_M * (way[:, 1] - way[:, 0]) / length
    links = two_point_lines(np.stack([way[:, 0], way[:, 1] + step], axis=1))
    off_tip = two_point_lines(np.stack([way[:, 0] + step / 4, way[:, 1] + step], axis=1))
    stopped = np.zeros(len(links), dtype=bool)
    for obstacles in (buildings, shapely.get_parts(linework)):
        stopped[shapely.STRtree(obstacles).query(off_tip, predicate="intersects")[0]] = True
    return links[~stopped]
