"""From metres on the ground to points on paper."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from areaplan.maps.sheets.measures import MM, Box
from areaplan.maps.thinning import thinned

__all__ = ["View", "fit", "shows_better"]

_STEPS = (1, 1.2, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 8)
_SCALES = np.array([s * 10**p for p, s in product(range(2, 7), _STEPS)])
_LEAST = 500  # larger scales show a cadastre's detail that no office has
Geometries = NDArray[np.object_]


@dataclass(frozen=True)
class View:
    """Show a piece of ground, north up, in a box of the page.

    Parameters
    ----------
    box
        On the page, in points.
    east, north
        What stands in the middle of the box, metres.
    scale
        Denominator of the numeric scale.
    """

    box: Box
    east: float
    north: float
    scale: float

    @property
    def per_m(self) -> float:
        """Points on paper per metre on the ground."""
        return 1000 * MM / self.scale

    @property
    def window(self) -> Box:
        """The ground that is shown, in metres."""
        x0, y0, x1, y1 = self.box
        half = (x1 - x0) / 2 / self.per_m, (y1 - y0) / 2 / self.per_m
        return (self.east - half[0], self.north - half[1], self.east + half[0], self.north + half[1])

    def points(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the page coordinates of (n, 2) ground coordinates."""
        x0, y0, x1, y1 = self.box
        return (xy - (self.east, self.north)) * self.per_m + ((x0 + x1) / 2, (y0 + y1) / 2)

    def ground(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the ground coordinates of (n, 2) page coordinates."""
        x0, y0, x1, y1 = self.box
        return (points - ((x0 + x1) / 2, (y0 + y1) / 2)) / self.per_m + (self.east, self.north)

    def around(self, margin: float) -> Box:
        """Return the ground shown, and ``margin`` points more on each side, in metres."""
        west, south, east, north = self.window
        rim = margin / self.per_m
        return west - rim, south - rim, east + rim, north + rim

    def lines(self, geometries: Geometries | BaseGeometry) -> list[NDArray[np.float64]]:
        """Return the lines of ``geometries`` (outlines of polygons) inside the window, thinned to what print can show, in page coordinates."""
        lines = _as_lines(np.atleast_1d(np.asarray(geometries, dtype=object)))
        shown = shapely.clip_by_rect(lines, *self.around(20))
        return self.paths(shapely.get_parts(shown))[0]

    def rings(self, geometries: Geometries | BaseGeometry) -> list[NDArray[np.float64]]:
        """Return the rings of polygons, whole, thinned, in page coordinates."""
        parts = shapely.get_parts(np.atleast_1d(np.asarray(geometries, dtype=object)))
        return self.paths(shapely.get_rings(parts[shapely.get_dimensions(parts) == 2]))[0]

    def paths(self, lines: Geometries) -> tuple[list[NDArray[np.float64]], NDArray[np.int64]]:
        """Return simple lines thinned, in page coordinates, and the row that each comes from."""
        thin = thinned(lines, 0.12 / self.per_m, preserve_topology=False)
        xy, at = shapely.get_coordinates(thin, return_index=True)
        if len(xy) == 0:
            return [], at
        starts = np.flatnonzero(np.diff(at, prepend=-1))
        points = self.points(xy)
        ends = [*starts[1:].tolist(), len(xy)]
        return [points[a:b] for a, b in zip(starts.tolist(), ends, strict=True)], at[starts]


def _as_lines(geometries: Geometries) -> Geometries:
    flat = geometries[shapely.get_dimensions(geometries) == 2]
    rest = geometries[shapely.get_dimensions(geometries) == 1]
    return np.concatenate([shapely.boundary(flat), rest])


def fit(bounds: Box, box: Box, padding: float, *, least: float = _LEAST) -> View:
    """Return the view of the largest round scale that shows ``bounds`` (metres) in ``box`` (points) with ``padding`` points around."""
    west, south, east, north = bounds
    room = box[2] - box[0] - 2 * padding, box[3] - box[1] - 2 * padding
    needed = max((east - west) / room[0], (north - south) / room[1]) * 1000 * MM
    fitting = _SCALES[(needed * (1 - 1e-9) <= _SCALES) & (least <= _SCALES)]
    scale = float(fitting[0]) if len(fitting) else float(np.ceil(needed))
    return View(box, (west + east) / 2, (south + north) / 2, scale)


def shows_better(bounds: Box, upright: View, lying: View) -> bool:
    """Tell whether the lying page shows ``bounds`` better: at a larger scale, or at the same one what is wider than high."""
    west, south, east, north = bounds
    return lying.scale < upright.scale or (lying.scale == upright.scale and east - west > 1.15 * (north - south))
