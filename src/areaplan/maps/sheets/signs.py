"""The signs of the map: how streets, waters, railways and borders are drawn, on the map and in the legend alike.

All of them can be told apart in black and white: by pattern first, by tone second, by colour last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from areaplan.maps.sheets.ink import Colour, Ink
from areaplan.messages import Message, msg

__all__ = [
    "BORDERS",
    "BORDER_WIDTHS",
    "FEATURES",
    "TURN_RADIUS",
    "draw_border",
    "draw_feature",
    "draw_turn",
    "is_important",
    "river_width",
    "street_width",
]

BORDER_WIDTHS: Final = {"area": 0.9, "village": 1.8, "township": 2.4, "county": 3.0}
"""Of the borders on overviews, points."""

TURN_RADIUS: Final = 4.8
"""Of the circle around a turning point's letter, points."""

_AROUND: Final = np.arange(24) * (np.pi / 12)
_CIRCLE: Final = np.column_stack([np.cos(_AROUND), np.sin(_AROUND)])

Lines = list[NDArray[np.float64]]


@dataclass(frozen=True)
class Stroke:
    """Hold one pass of the pen."""

    width: float
    colour: Colour = 0.0
    dash: tuple[float, ...] = ()
    cap: int = 0


_WATER, _BANK = (0.72, 0.84, 0.95), (0.20, 0.42, 0.68)

BORDERS: Final[dict[str, tuple[Message, tuple[Stroke, ...]]]] = {
    "street": (msg("border along a street"), (Stroke(1.8),)),
    "river": (msg("border along a river"), (Stroke(1.8, dash=(9, 3)),)),
    "railway": (msg("border along a railway"), (Stroke(1.2), Stroke(5.0, dash=(0.8, 7)))),
    "wall": (msg("border along a wall"), (Stroke(1.0), Stroke(3.4, dash=(2, 5)))),
    "ridge": (msg("border along a ridge"), (Stroke(1.8, dash=(9, 2.5, 1.8, 2.5)),)),
    "other": (msg("border along another feature"), (Stroke(1.8, dash=(4, 2.2)),)),
    "none": (msg("border without a feature"), (Stroke(2.0, dash=(0, 3.4), cap=1),)),
}
"""How the area's own border is drawn, by what it follows."""

FEATURES: Final[dict[str, Message]] = {
    "street": msg("street"), "path": msg("path"), "river": msg("river"), "railway": msg("railway"),
    "wall": msg("wall"), "ridge": msg("ridge"), "other": msg("other feature"),
}  # fmt: skip

_MAJOR = frozenset(
    {
        "motorway",
        "trunk",
        "primary",
        "motorway_link",
        "trunk_link",
        "primary_link",
        "高速公路",
        "国道",
        "省道",
        "主干路",
        "快速路",
    }
)
_MEDIUM = frozenset({"secondary", "tertiary", "secondary_link", "tertiary_link", "县道", "乡道", "次干路"})
_PATHS = frozenset(
    {
        "footway",
        "path",
        "track",
        "steps",
        "cycleway",
        "bridleway",
        "pedestrian",
        "corridor",
        "小路",
        "机耕路",
        "步行道",
        "台阶",
    }
)


@lru_cache(maxsize=4096)
def street_width(street_class: str | None, scale: float) -> float:
    """Return the width of a street's core in points, or 0 for a path; small scales get narrower streets."""
    if street_class in _PATHS:
        return 0.0
    base = 4.6 if street_class in _MAJOR else 3.6 if street_class in _MEDIUM else 2.6
    return base * min(max((2500 / scale) ** 0.5, 0.45), 1.3)


def river_width(scale: float) -> float:
    """Return the width of a river's core in points; small scales get thinner ones."""
    return 2.6 * min(max((2500 / scale) ** 0.5, 0.2), 1.0)


def is_important(kind: str | None, line_class: str | None, name: str | None) -> bool:
    """Tell whether a line is drawn at small scales outside the area, where the rest would be a grey mesh."""
    if kind == "street":
        return line_class in _MAJOR or line_class in _MEDIUM
    return kind == "railway" or (kind == "river" and bool(name))


def draw_border(ink: Ink, kind: str, lines: Lines, unit: float = 1.0) -> None:
    """Draw border lines of one kind."""
    for stroke in BORDERS.get(kind, BORDERS["other"])[1]:
        _pass(ink, lines, stroke, unit)


def draw_feature(ink: Ink, kind: str, lines: Lines, *, width: float = 2.6) -> None:
    """Draw streets (of one width), rivers, railways, walls … ; casings are drawn with their cores, so call it once per kind and width."""
    for stroke in _feature(kind, width):
        _pass(ink, lines, stroke, 1.0)


def draw_turn(ink: Ink, letter: str, x: float, y: float, unit: float) -> None:
    """Draw the letter of a turning point in its circle."""
    ink.path([_CIRCLE * TURN_RADIUS * unit + (x, y)], width=0.7 * unit, fill=1.0, close=True)
    ink.text(x, y - 2.4 * unit, letter, 6.5 * unit, anchor=0.5, bold=True, kind="turn")


def _feature(kind: str, width: float) -> Iterable[Stroke]:
    if kind == "street":
        return (Stroke(width + 1.5, 0.3, cap=1), Stroke(width, 1.0, cap=1))
    if kind == "path":
        return (Stroke(0.7, 0.35, dash=(3, 1.6)),)
    if kind == "river":
        return (Stroke(width + 2, _BANK, cap=1), Stroke(width + 0.8, _WATER, cap=1))
    if kind == "railway":
        return (Stroke(2.2, 0.2), Stroke(1.3, 1.0, dash=(4, 4)))
    if kind == "wall":
        return (Stroke(0.8, 0.3), Stroke(2.2, 0.3, dash=(1, 5)))
    return (Stroke(0.7, 0.4, dash=(6, 2, 1, 2)),)


def _pass(ink: Ink, lines: Lines, stroke: Stroke, unit: float) -> None:
    ink.path(lines, width=stroke.width * unit, gray=stroke.colour, dash=[d * unit for d in stroke.dash], cap=stroke.cap)
