"""What is written on the map of an area: letters of turning points, names of details, neighbours' codes, numbers, names of streets and buildings."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from areaplan.maps.sheets.details import Detail
from areaplan.maps.sheets.features import stretches
from areaplan.maps.sheets.labels import Number, along, beside_or_along
from areaplan.maps.sheets.measures import MM, Box
from areaplan.maps.sheets.signs import TURN_RADIUS, draw_turn
from areaplan.maps.sheets.turning import Turn
from areaplan.maps.sheets.window import Drawing
from areaplan.maps.sheets.words import DETAIL, neighbours_of
from areaplan.maps.thinning import thinned
from areaplan.messages import Message

__all__ = ["corners_of", "draw_codes", "draw_details", "draw_names", "draw_numbers", "draw_turns", "place_turns"]

_NAME_SIZE: Final = 7.5
_CODE_SIZE: Final = 8.5
_CLEAR_MM: Final = 2  # around the area that neighbours' codes keep free
_RINGS_MM: Final = (8, 14, 25)  # around the area, in which they should stand
_PATHS: Final = 4  # stretches of one name that are tried
_TURNED: Final = (0.0, 0.4, -0.4, 0.8, -0.8, 1.3, -1.3, 2.0, -2.0, math.pi)


def place_turns(d: Drawing, turns: Sequence[Turn]) -> None:
    """Find room for the letters of turning points beside the border, outside the area where there is any."""
    reach = 6 * MM / d.view.per_m
    for turn in turns:
        around = turn.east - reach, turn.north - reach, turn.east + reach, turn.north + reach
        inside = shapely.centroid(shapely.clip_by_rect(d.area.shape, *around))
        towards = math.atan2(turn.north - inside.y, turn.east - inside.x) if not inside.is_empty else 0.0
        [(x, y)] = d.view.points(np.array([(turn.east, turn.north)])).tolist()
        spot = _spot_beside(d, x, y, towards)
        if spot is None:  # on the border itself, where what comes later leaves it room
            d.placer.take([(x - 5, y - 5, x + 5, y + 5)])
        d.turns.append((turn, *(spot or (x, y))))


def _spot_beside(d: Drawing, x: float, y: float, towards: float) -> tuple[float, float] | None:
    radius = TURN_RADIUS * d.unit + 0.4
    for off in (2.1, 3.0, 4.2):
        for turned in _TURNED:
            cx, cy = x + off * radius * math.cos(towards + turned), y + off * radius * math.sin(towards + turned)
            box = (cx - radius, cy - radius, cx + radius, cy + radius)
            if d.placer.is_free([box]):
                d.placer.take([box])
                return cx, cy
    return None


def draw_turns(d: Drawing) -> None:
    """Draw the letters, each with a line to its point."""
    if not d.turns:
        return
    d.used.add("turn")
    ends = d.view.points(np.array([(turn.east, turn.north) for turn, _, _ in d.turns]))
    d.ink.path([np.array([end, (x, y)]) for end, (_, x, y) in zip(ends, d.turns, strict=True)], width=0.5 * d.unit)
    d.ink.path([np.array([end, end]) for end in ends], width=3.4 * d.unit, cap=1)
    for turn, x, y in d.turns:
        draw_turn(d.ink, turn.letter, x, y, d.unit)


def draw_details(d: Drawing, details: Sequence[Detail]) -> None:
    """Frame the ground of each detail, with its name where there is room."""
    for number, detail in enumerate(details, 1):
        west, south, east, north = detail.bounds
        (x0, y0), (x1, y1) = d.view.points(np.array([(west, south), (east, north)])).tolist()
        d.ink.rect((x0, y0, x1, y1), width=0.9, dash=(2, 1.4))
        text = Message(DETAIL.template, {"number": number}).text(d.ground.lang)
        size = 7.5 * d.unit
        width = d.ink.face.width(text, size)
        spot = d.placer.first(corners_of((x0, y0, x1, y1), width, size), width, size)
        if spot:
            d.ink.text(spot[0], spot[1], text, size, halo=1.2, bold=True)


def corners_of(box: Box, width: float, size: float) -> list[tuple[float, float, float]]:
    """Return places for the name of a frame, outside its corners first."""
    x0, y0, x1, y1 = box
    spots = (
        (x0, y1 + 2), (x1 - width, y1 + 2), (x0, y0 - size), (x1 - width, y0 - size), (x1 + 2, y0), (x0 - width - 2, y0),
        (x1 + 3, y1 - size), (x0 - width - 3, y1 - size), (x0 + 2, y1 - size),
    )  # fmt: skip
    return [(x, y, 0.0) for x, y in spots]


def draw_codes(d: Drawing) -> None:
    """Put each neighbour's code on its ground, as close to the border as it can stand without touching it."""
    seen = shapely.clip_by_rect(d.area.shape, *d.view.around(_RINGS_MM[-1] * MM * 1.2))
    coarse = thinned(seen, 1 / d.view.per_m)[0]
    keep_off = shapely.buffer(coarse, _CLEAR_MM * MM / d.view.per_m, quad_segs=2)
    shapely.prepare(keep_off)
    rings: dict[float | None, BaseGeometry] = {}
    for code in neighbours_of(d.ground, d.area):
        shape = shapely.clip_by_rect(d.ground.shape_of(code), *d.view.window)
        free = shapely.difference(shape, keep_off)
        if free.is_empty:
            continue
        text = d.ground.short_code(code, d.area.village_code)
        for mm in (*_RINGS_MM, None):
            if mm is not None and mm not in rings:
                rings[mm] = shapely.buffer(coarse, mm * MM / d.view.per_m, quad_segs=2)
            if _place_inside(d, free if mm is None else shapely.intersection(free, rings[mm]), text, keep_off):
                break


def _place_inside(d: Drawing, ground: BaseGeometry, text: str, keep_off: BaseGeometry) -> bool:
    """Write ``text`` with its middle on some ground and its box off ``keep_off``, if there is room."""
    size = _CODE_SIZE * d.unit
    half = d.ink.face.width(text, size) / 2
    reach = np.array([half, size * 0.6]) / d.view.per_m
    parts = shapely.get_parts(ground)
    parts = parts[shapely.get_dimensions(parts) == 2]
    for part in parts[np.argsort(-shapely.area(parts), kind="stable")[:3]]:
        middle = shapely.get_coordinates(shapely.point_on_surface(part))
        for spots in _around_middle(part, middle):
            off = ~shapely.intersects(keep_off, shapely.box(*(spots - reach).T, *(spots + reach).T))
            starts = d.view.points(spots[off]) - (half, size * 0.36)
            spot = d.placer.first(np.column_stack([starts, np.zeros(len(starts))]), 2 * half, size)
            if spot:
                d.ink.text(spot[0], spot[1], text, size, halo=1.4, bold=True, gray=0.25)
                return True
    return False


def _around_middle(part: shapely.Polygon, middle: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Yield places on a piece of ground, the best first: its middle, which is mostly free, and then those on the way to its outline."""
    yield middle
    outline = shapely.get_coordinates(shapely.segmentize(part.exterior, max(part.length / 24, 1e-3)))
    yield np.concatenate([(outline + middle) / 2, outline])


def draw_numbers(d: Drawing, numbers: Sequence[Number]) -> None:
    """Write the numbers of the houses, and their leaders."""
    d.ink.path([np.array(n.lead).reshape(2, 2) for n in numbers if n.lead], width=0.35)
    for n in numbers:
        d.ink.text(n.x, n.y, n.text, n.size, halo=0.9, kind="number")


def draw_names(d: Drawing) -> None:
    """Write each street's and river's name once, along its longest straight enough stretch; then the names of buildings that have room."""
    size = _NAME_SIZE * d.unit
    bordering = {b.name for b in d.area.borders}
    for name, paths in stretches(d.ground, d.view, d.lines).items():
        width = d.ink.face.width(name, size)
        for path in paths[:_PATHS]:
            spots = _spots(d, along(path, width, size), width, size, beside=name in bordering)
            spot = d.placer.first(spots, width, size, off=d.houses)
            if spot:
                d.ink.text(spot[0], spot[1], name, size, angle=spot[2], halo=1.3, gray=0.1)
                break
    _draw_landmarks(d, size * 0.9)


def _spots(d: Drawing, spots: NDArray[np.float64], width: float, size: float, *, beside: bool) -> NDArray[np.float64]:
    """Return the places of a name; ``beside`` its line, the own side first, where the line bears the border's sign, which must stay whole."""
    if not beside or not len(spots):
        return spots
    off = size * 0.5 + 4.5 * d.unit
    return beside_or_along(spots, off, left=_own_side(d, spots[0], width, off))


def _own_side(d: Drawing, spot: NDArray[np.float64], width: float, off: float) -> bool:
    """Tell whether the area lies to the left of a text."""
    x, y, angle = spot.tolist()
    dx, dy = math.cos(angle), math.sin(angle)
    middle = np.array([(x + width / 2 * dx - off * dy, y + width / 2 * dy + off * dx)])
    [(east, north)] = d.view.ground(middle).tolist()
    return bool(shapely.intersects_xy(d.area.shape, east, north))


def _draw_landmarks(d: Drawing, size: float) -> None:
    names = d.ground.buildings["name"][d.area.houses]
    for name, (x0, y0, x1, y1) in zip(names, d.houses.tolist(), strict=True):
        if not name:
            continue
        width = d.ink.face.width(name, size)
        middle = (x0 + x1 - width) / 2
        spots = [(middle, y0 - size, 0), (middle, y1 + 2, 0), (x1 + 2, y0, 0), (x0 - width - 2, y0, 0)]
        spot = d.placer.first(spots, width, size)
        if spot:
            d.ink.text(spot[0], spot[1], name, size, halo=1.0)
