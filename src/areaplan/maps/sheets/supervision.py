"""Supervisor areas (指导区) on overviews, where the plan says which areas one supervisor leads."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from areaplan.maps.sheets.ground import Ground
from areaplan.maps.sheets.ink import Ink
from areaplan.maps.sheets.labels import Placer
from areaplan.maps.sheets.view import View
from areaplan.messages import Message, msg

__all__ = ["SUPERVISION_TEXTS", "draw_supervision", "draw_supervision_sign", "supervisor_areas"]

BORDER, NAME, COUNT, COLUMN = (
    msg("border of a supervisor area"), msg("Supervisor area {code}"), msg("Supervisor areas: {count}"), msg("Supervisor area"),
)  # fmt: skip
SUPERVISION_TEXTS: Final = (BORDER, NAME, COUNT, COLUMN)
"""Every fixed text about supervisor areas."""

_WIDTH, _DASH, _SIZE = 2.4, (9.0, 2.5, 2.0, 2.5), 7.0
Shapes = NDArray[np.object_]


def supervisor_areas(ground: Ground, outline: BaseGeometry) -> dict[str, BaseGeometry]:
    """Return the ground of every supervisor area inside ``outline``, by code in order; none where the plan has none."""
    if not ground.supervisors:
        return {}
    shapes = ground.areas.shapes
    inside = shapely.intersects(shapely.buffer(outline, 0.01), shapely.point_on_surface(shapes))
    groups: dict[str, list[BaseGeometry]] = defaultdict(list)
    for code, shape in zip(ground.areas["ea_code"][inside], shapes[inside], strict=True):
        if code in ground.supervisors:
            groups[ground.supervisors[code]].append(shape)
    return {code: shapely.union_all(groups[code]) for code in sorted(groups)}


def draw_supervision(
    ink: Ink, view: View, placer: Placer, supervised: dict[str, BaseGeometry], unit: float, ground: Ground
) -> None:
    """Draw the borders of supervisor areas, and the name of each that has room for it."""
    every = np.array(list(supervised.values()), dtype=object)
    ink.path(view.lines(every), width=_WIDTH * unit, dash=[d * unit for d in _DASH])
    size = _SIZE * unit
    for code, shape in supervised.items():
        text = Message(NAME.template, {"code": code}).text(ground.lang)
        width = ink.face.width(text, size)
        spot = placer.first(_spots(view, shape, width, size), width, size)
        if spot:
            ink.text(spot[0], spot[1], text, size, halo=1.2, bold=True, gray=0.2, kind="supervisor")


def _spots(view: View, shape: BaseGeometry, width: float, size: float) -> NDArray[np.float64]:
    """Return places for a name inside its ground: on a grid, those nearest to the middle first."""
    west, south, east, north = shape.bounds
    xs, ys = np.linspace(west, east, 15), np.linspace(south, north, 25)
    xy = np.column_stack([c.ravel() for c in np.meshgrid(xs, ys)])
    reach = np.array([width / 2, size * 0.6]) / view.per_m
    shapely.prepare(shape)
    xy = xy[shapely.covers(shape, shapely.box(*(xy - reach).T, *(xy + reach).T))]
    middle = shapely.get_coordinates(shapely.centroid(shape))
    xy = xy[np.argsort(np.hypot(*(xy - middle).T), kind="stable")]
    starts = view.points(xy) - (width / 2, size * 0.36)
    return np.column_stack([starts, np.zeros(len(starts))])


def draw_supervision_sign(ink: Ink, x: float, y: float, width: float, unit: float) -> None:
    """Draw the sign for the legend."""
    ink.path([np.array([(x, y), (x + width, y)])], width=_WIDTH * unit, dash=[d * unit for d in _DASH])
