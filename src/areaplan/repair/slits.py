"""Find slits: narrow gaps between two villages that are open to the outside at one end.

A gap is enclosed, so the faces between outlines show it. Where a border that two hands drew reaches the edge of the town, the gap between
the two lines is open there, and only its shape tells it from the outside: it is narrow, and far deeper than its mouth is wide. Two outer borders
that merely part at an angle are none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from areaplan.linework.edges import Geoms

__all__ = ["slits"]

_DEEP = 10
"""A slit is at least so many times as deep as its mouth is wide."""
_TOUCH_M = 1e-6
_REAL_M = 1e-5
"""What is thinner is the rounding of the buffers."""


def slits(polygons: Geoms, width_m: float) -> Geoms:
    """Return the slits narrower than ``width_m`` between two or more of the polygons.

    Examples
    --------
    >>> slits(shapely.box([0, 51], 0, [50, 100], 40), 5.0).size  # 1 m wide, open at both ends
    1
    >>> slits(shapely.box([0, 50], [0, 3], [50, 100], 40), 5.0).size  # a step of 3 m
    0
    """
    if width_m <= 0:
        return np.empty(0, dtype=object)
    rings = shapely.get_exterior_ring(shapely.get_parts(shapely.union_all(polygons)))
    whole = shapely.union_all(shapely.polygons(rings))
    closed = shapely.buffer(shapely.buffer(whole, width_m / 2, quad_segs=4), -width_m / 2, quad_segs=4)
    pieces = shapely.get_parts(shapely.difference(closed, whole))
    pieces = pieces[shapely.get_dimensions(pieces) == 2]
    pieces = pieces[2 * shapely.area(pieces) > _REAL_M * shapely.length(pieces)]
    piece, village = shapely.STRtree(polygons).query(pieces, predicate="dwithin", distance=_TOUCH_M)
    several = np.bincount(piece, minlength=len(pieces))[piece] > 1
    piece, village = piece[several], village[several]
    sides = shapely.intersection(shapely.boundary(pieces[piece]), shapely.buffer(polygons[village], _TOUCH_M))
    contact = shapely.length(sides)
    return pieces[[p for p in np.unique(piece).tolist() if _is_slit(pieces[p], contact[piece == p])]]


def _is_slit(piece: Any, contacts: np.ndarray) -> bool:
    mouth = piece.length - contacts.sum()
    return bool(_DEEP * mouth <= np.sort(contacts)[-2])
