"""Join faces that share edges into polygons."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.linework.edges import Geoms, Ints

__all__ = ["dissolve"]


def dissolve(faces: Geoms, label: Ints) -> Geoms:
    """Union the faces of each label 0 … k-1; every vertex on their outlines stays.

    Examples
    --------
    >>> import shapely
    >>> joined = dissolve(shapely.box([0, 1, 2], 0, [1, 2, 3], 1), np.array([0, 0, 1]))
    >>> [float(p.area) for p in joined]
    [2.0, 1.0]
    """
    order = np.argsort(label, kind="stable")
    bounds = np.searchsorted(label[order], np.arange(int(label.max(initial=-1)) + 2))
    out = np.empty(len(bounds) - 1, dtype=object)
    for k, (i, j) in enumerate(pairwise(bounds)):
        own = faces[order[i:j]]
        out[k] = own[0] if len(own) == 1 else _single(shapely.coverage_union_all(own))
    return out


def _single(geometry: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(geometry)
    return parts[0] if len(parts) == 1 else geometry
