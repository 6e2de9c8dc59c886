r"""Tilings that several hands have drawn: each village's outline digitised apart from its neighbours'.

::

    +------+-------+        +--_---+,------+
    |      |       |        |     /\       |     every vertex is moved by up to `metres`, for each village anew;
    +---+--+---+---+   ->   +-,_+'- +--_+--+     borders have vertices of their own between the corners
    |   |      |   |        |   |    | |   |
    +---+------+---+        +---'---'+-+---+
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import shapely

__all__ = ["clean_tiling", "codes_of", "jittered"]

EAST, NORTH = 480_000.0, 2_800_000.0


def clean_tiling(rng: np.random.Generator, bands: int, most: int, side_m: float = 120.0) -> np.ndarray[Any, Any]:
    """Return rectangles in horizontal bands, each band cut at its own places."""
    out = []
    wide = side_m * most
    for band in range(bands):
        inner = rng.choice(np.arange(1, 2 * most), size=rng.integers(0, most), replace=False) * side_m / 2
        cuts = [0.0, *sorted(inner.tolist()), wide]
        for west, east in pairwise(cuts):
            box = shapely.box(west, band * side_m, east, (band + 1) * side_m)
            out.append(shapely.transform(box, lambda xy: xy + np.array([EAST, NORTH])))
    return np.array(out, dtype=object)


def jittered(
    rng: np.random.Generator, polygons: np.ndarray[Any, Any], metres: float, step_m: float = 25.0
) -> np.ndarray[Any, Any]:
    """Return the polygons with more vertices, each moved by up to ``metres``; rings may cross themselves."""
    finer = shapely.segmentize(polygons, step_m)

    def moved(polygon: Any) -> Any:
        xy = shapely.get_coordinates(polygon)[:-1]
        xy = xy + rng.uniform(-metres, metres, xy.shape)
        return shapely.Polygon(xy)

    return np.array([moved(p) for p in finer], dtype=object)


def codes_of(count: int) -> list[str]:
    """Return village codes that count up from the south-west."""
    return [f"350302101{i + 1:03d}" for i in range(count)]
