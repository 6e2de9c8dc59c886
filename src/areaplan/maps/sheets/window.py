"""One map window of an area's sheet: what is shown where, with which pen, and which parts of it are taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.maps.sheets.ground import Ground
from areaplan.maps.sheets.ink import Ink
from areaplan.maps.sheets.labels import SIZES, Number, Placer, place_numbers
from areaplan.maps.sheets.layers import AreaGround
from areaplan.maps.sheets.measures import MM, Box
from areaplan.maps.sheets.signs import is_important
from areaplan.maps.sheets.turning import Turn
from areaplan.maps.sheets.view import View

__all__ = ["COARSE", "Drawing", "corner_for", "extents", "place_members"]

COARSE = 12_000
"""Denominator of the scale above which the surroundings are drawn in outline only."""


@dataclass
class Drawing:
    """Hold one map window being drawn: what, where, with which pen, what is taken, and which houses (positions in ``area.houses``; default all) it numbers."""

    ink: Ink
    ground: Ground
    area: AreaGround
    view: View
    unit: float
    placer: Placer
    used: set[str] = field(default_factory=set)
    turns: list[tuple[Turn, float, float]] = field(default_factory=list)
    members: Sequence[int] | None = None

    def copy(self) -> Drawing:
        """Return the same window with a placer of its own, to try things in."""
        return replace(self, placer=self.placer.copy())

    @cached_property
    def lines(self) -> NDArray[np.int64]:
        """The lines to draw: all of them at large scales; at small ones, outside the area, only the important ones."""
        lines, near = self.ground.lines, self.ground.lines.near(self.view.window)
        if self.view.scale <= COARSE:
            return near
        own = set(lines.tree.query(self.area.shape, predicate="intersects").tolist())
        kept = [i for i in near.tolist() if i in own or is_important(*(lines[c][i] for c in ("kind", "class", "name")))]
        return np.array(kept, dtype=np.int64)

    @cached_property
    def houses(self) -> NDArray[np.float64]:
        """The printed extents of the area's houses (n, 4)."""
        return _boxes(self.view, self.ground.buildings.shapes[self.area.houses])


def extents(view: View, shapes: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a point inside each building (n, 2), and its printed extent (n, 4), in page points."""
    return view.points(shapely.get_coordinates(shapely.point_on_surface(shapes))), _boxes(view, shapes)


def _boxes(view: View, shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    return np.hstack([view.points(bounds[:, :2]), view.points(bounds[:, 2:])])


def corner_for(area: AreaGround, view: View, size: tuple[float, float]) -> Box:
    """Return the box of ``size`` in the corner of the map that hides least of the area."""
    x0, y0, x1, y1 = view.box
    wide, high, rim = *size, 3 * MM
    corners = np.array([
        (x1 - rim - wide, y1 - rim - high), (x0 + rim, y1 - rim - high), (x1 - rim - wide, y0 + rim), (x0 + rim, y0 + rim),
    ])  # fmt: skip
    low, top = view.ground(corners), view.ground(corners + np.array(size))
    hidden = [shapely.clip_by_rect(area.shape, *a, *b).area for a, b in zip(low, top, strict=True)]
    x, y = corners[int(np.argmin(np.round(hidden, 3)))].tolist()
    return x, y, x + wide, y + high


def place_members(
    d: Drawing, members: Sequence[int], *, sizes: Sequence[float] = SIZES
) -> tuple[list[Number], list[int]]:
    """Place the numbers of some houses of the area in the window; what is left over comes back as positions in ``area.houses``."""
    if not members:
        return [], []
    shapes = d.ground.buildings.shapes[d.area.houses[list(members)]]
    middles, boxes = extents(d.view, shapes)
    numbers = [d.area.numbers[m] for m in members]
    placed, left = place_numbers(d.placer, d.ink.face, middles, boxes, numbers, unit=d.unit, sizes=sizes)
    return placed, [members[i] for i in left]
