"""Fewer bends for a drawing, in bounded time and depth whatever an outline looks like."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

__all__ = ["thinned"]

_MOST_BENDS, _FEW_BENDS = 10_000, 200
"""GEOS halves a line where it bends most, and the halves again: an outline of teeth is halved tooth by tooth, in squared time and so deep that the
process dies (at 100,000 vertices). Where spikes lie side by side, asking whether they cross costs even more: a footprint of 4,000 takes a minute."""
_WILD = 8.0
"""An outline this many times as long as its hull runs to and fro; coasts and rivers stay below."""
_STRETCH = 1_000
"""Vertices of a stretch of such a line."""


def thinned(shapes: ArrayLike | BaseGeometry, tolerance_m: float, *, preserve_topology: bool = True) -> NDArray[Any]:
    """Return shapes without bends smaller than ``tolerance_m``, by Douglas and Peucker; what has very many bends by Visvalingam or in stretches.

    Parameters
    ----------
    shapes
        Geometries of any kind, or one; ``None`` stays.
    tolerance_m
        How far a line may move, metres.
    preserve_topology
        Whether polygons stay valid and rings closed, at the price of time.

    Examples
    --------
    >>> thinned([shapely.LineString([(0, 0), (5, 0.1), (9, 0)])], 1.0)[0].wkt
    'LINESTRING (0 0, 9 0)'
    """
    flat = np.array(shapes, dtype=object).reshape(-1)
    many = _costly(flat)
    out = flat.copy()
    out[~many] = shapely.simplify(flat[~many], tolerance_m, preserve_topology=preserve_topology)
    for i in np.flatnonzero(many):
        out[i] = _of_many_bends(flat[i], tolerance_m)
    return out


def _costly(shapes: NDArray[Any]) -> NDArray[np.bool_]:
    bends = shapely.get_num_coordinates(shapes)
    some = np.flatnonzero(bends > _FEW_BENDS)
    bends[some[shapely.length(shapes[some]) > _WILD * shapely.length(shapely.convex_hull(shapes[some]))]] = (
        _MOST_BENDS + 1
    )
    return np.asarray(bends > _MOST_BENDS, dtype=bool)


def _of_many_bends(shape: Any, tolerance_m: float) -> Any:
    kind = shape.geom_type
    if kind.endswith("Polygon"):
        return shapely.coverage_simplify([shape], tolerance_m)[0]
    if kind in {"LineString", "LinearRing"}:
        return _in_stretches(shape, tolerance_m)
    parts = [thinned(p, tolerance_m)[0] for p in shapely.get_parts(shape)]
    return shapely.multilinestrings(parts) if kind == "MultiLineString" else shapely.geometrycollections(parts)


def _in_stretches(line: Any, tolerance_m: float) -> Any:
    """Thin a line stretch by stretch; where two stretches meet its vertex stays."""
    xy = shapely.get_coordinates(line)
    stretches = [xy[a : a + _STRETCH] for a in range(0, len(xy) - 1, _STRETCH - 1)]
    coarse = [
        shapely.get_coordinates(shapely.simplify(shapely.LineString(s), tolerance_m, preserve_topology=False))
        for s in stretches
    ]
    joined = np.concatenate([coarse[0], *(c[1:] for c in coarse[1:])])
    closed = line.geom_type == "LinearRing" and len(joined) > 3
    return shapely.LinearRing(joined) if closed else shapely.LineString(joined)
