"""Give neighbours the same vertices before they are moved to another CRS.

A straight edge in degrees is a curve in metres: 2 km of it sag by some centimetres. Where a neighbour's corner lies on such an edge, moving
both would tear a gap between them that was not in the file; with the corner as a vertex of the edge nothing tears.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import shapely

__all__ = ["with_neighbours_vertices"]

Geometries: TypeAlias = "np.ndarray[Any, Any]"
Points: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"


def with_neighbours_vertices(geometry: Geometries, tolerance: float) -> Geometries:
    """Return polygons that have a vertex wherever another's vertex lies within ``tolerance`` of their outline.

    Parameters
    ----------
    geometry
        Valid polygons; others come back as they are.
    tolerance
        In units of the coordinates; about a millimetre on the ground.
    """
    out = geometry.copy()
    sound = np.flatnonzero(shapely.is_valid(geometry) & (shapely.get_dimensions(geometry) == 2))
    if len(sound) < 2:
        return out
    xy = np.unique(shapely.get_coordinates(geometry[sound]), axis=0)
    outlines = shapely.boundary(geometry[sound])
    shapely.prepare(outlines)
    corners = np.asarray(shapely.points(xy), dtype=object)
    which, points = shapely.STRtree(corners).query(outlines, predicate="dwithin", distance=tolerance)
    order = np.argsort(which, kind="stable")
    starts = np.searchsorted(which[order], np.arange(len(sound) + 1))
    for k, row in enumerate(sound):
        near = xy[points[order[starts[k] : starts[k + 1]]]]
        strange = _not_among(near, shapely.get_coordinates(geometry[row]))
        if len(strange):
            noded: Any = shapely.snap(geometry[row], shapely.multipoints(strange), tolerance)
            out[row] = noded if noded.is_valid and noded.geom_type == geometry[row].geom_type else geometry[row]
    return out


def _not_among(points: Points, own: Points) -> Points:
    """Return the points that are not vertices already."""
    known = {(x, y) for x, y in own.tolist()}
    return np.array([p for p in points.tolist() if tuple(p) not in known])
