"""Where an area's border turns, and what stands there (R20): the words an enumerator finds a corner by.

Turning points are where the border begins to follow something else or meets another neighbour, and its sharp corners. Each is called by the features that meet
there, else by how far it lies from the nearest landmark or numbered building.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from areaplan.maps.sheets.ground import Ground
from areaplan.maps.sheets.layers import AreaGround
from areaplan.maps.sheets.measures import MM
from areaplan.maps.sheets.view import View
from areaplan.maps.thinning import thinned
from areaplan.messages import Message, msg

__all__ = ["TURN_TEXTS", "Turn", "turning_points"]

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which look like numbers
_MOST: Final = 10
_APART_MM, _COARSE_MM, _SHARP = 11.0, 4.0, math.radians(35)
_AT_M, _LANDMARK_M, _HOUSE_M = 8.0, 120.0, 200.0

_MEET, _ON, _BY = msg("{first} meets {second}"), msg("on {feature}"), msg("{metres} m {direction} of {landmark}")
_HOUSE, _POINT, _GRID = msg("building {number}"), msg("point {letter}"), msg("E {east} N {north}")
_DIRECTIONS: Final = (
    msg("east"), msg("north-east"), msg("north"), msg("north-west"), msg("west"), msg("south-west"), msg("south"), msg("south-east"),
)  # fmt: skip
_KINDS: Final[dict[str, Message]] = {
    "street": msg("a street"), "river": msg("a river"), "railway": msg("a railway"), "wall": msg("a wall"), "ridge": msg("a ridge"),
    "other": msg("another feature"),
}  # fmt: skip
TURN_TEXTS: Final = (_MEET, _ON, _BY, _HOUSE, _POINT, _GRID, *_DIRECTIONS, *_KINDS.values())
"""Every fixed text of a turning point."""

_Meeting = tuple[list[str], int]


@dataclass(frozen=True)
class Turn:
    """Hold a turning point: the letter it has on the sheet, where it is (metres), and what stands there."""

    letter: str
    east: float
    north: float
    text: str


def turning_points(ground: Ground, area: AreaGround, view: View) -> list[Turn]:
    """Return the turning points of an area's border, clockwise from the north-west; at most ten, those where most meets first.

    Parameters
    ----------
    ground, area
        What is drawn.
    view
        The map they are marked on: points that would stand closer than 11 mm on paper are one.
    """
    chosen: list[tuple[float, float]] = []
    apart = _APART_MM * MM / view.per_m
    for x, y in _candidates(area, _COARSE_MM * MM / view.per_m):
        if len(chosen) < _MOST and all(math.hypot(x - a, y - b) >= apart for a, b in chosen):
            chosen.append((x, y))
    turns: list[Turn] = []
    walked = _clockwise(area, chosen)
    for letter, (x, y), meeting in zip(_LETTERS, walked, _features(ground, walked), strict=False):
        turns.append(Turn(letter, x, y, _said(ground, area, x, y, meeting, turns)))
    return turns


def _candidates(area: AreaGround, coarse: float) -> list[tuple[float, float]]:
    """Return junctions of the border, those where more pieces end first, then corners, the sharpest first."""
    pieces: dict[tuple[str, str | None, str | None], list[object]] = defaultdict(list)
    for border in area.borders:
        pieces[border.kind, border.name, border.neighbour].extend(shapely.get_parts(border.line))
    ends: dict[tuple[float, float], int] = defaultdict(int)
    for lines in pieces.values():
        merged = shapely.line_merge(shapely.multilinestrings(np.array(lines, dtype=object)))
        for x, y in shapely.get_coordinates(shapely.boundary(merged)).round(2).tolist():
            ends[x, y] += 1
    corners = [c for part in shapely.get_parts(area.shape) for c in _corners(part, coarse)]
    junctions = sorted(ends, key=lambda p: (-ends[p], p))
    return junctions + [(x, y) for _, x, y in sorted(corners)]


def _corners(part: shapely.Polygon, coarse: float) -> list[tuple[float, float, float]]:
    """Return the sharp corners of a piece's outline as (minus the angle, x, y)."""
    ring = shapely.get_coordinates(thinned(part.exterior, coarse)[0])[:-1]
    if len(ring) < 3:
        return []
    into, out = ring - np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0) - ring
    cross = into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0]
    angle = np.abs(np.arctan2(cross, (into * out).sum(axis=1)))
    sharp = angle >= _SHARP
    return [(-a, x, y) for a, (x, y) in zip(angle[sharp].round(3).tolist(), ring[sharp].tolist(), strict=True)]


def _clockwise(area: AreaGround, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    if not points:
        return []
    largest = max(shapely.get_parts(area.shape), key=shapely.area)
    ring = shapely.LinearRing(largest.exterior)
    at = shapely.line_locate_point(ring, shapely.points(np.array(points)))
    order = np.argsort(at * (-1 if shapely.is_ccw(ring) else 1), kind="stable").tolist()
    walked = [points[i] for i in order]
    first = min(range(len(walked)), key=lambda i: (walked[i][0] - walked[i][1], walked[i]))
    return walked[first:] + walked[:first]


def _said(ground: Ground, area: AreaGround, x: float, y: float, meeting: _Meeting, before: list[Turn]) -> str:
    """Return what meets at a point, and, unless two named features do, where it lies from a landmark."""
    features, named = meeting
    lang = ground.lang
    if len(features) > 1:
        crossing = Message(_MEET.template, {"first": features[0], "second": features[1]}).text(lang)
        if named > 1:
            return crossing
    else:
        crossing = Message(_ON.template, {"feature": features[0]}).text(lang) if features else ""
    beside = _beside(ground, area, x, y, before)
    return ("，" if lang == "zh" else ", ").join(p for p in (crossing, beside) if p)


def _features(ground: Ground, points: Sequence[tuple[float, float]]) -> list[_Meeting]:
    """Return the features at each point, named ones first and nearest first, and how many have a name."""
    if not points:
        return []
    lines, spots = ground.lines, np.array([shapely.Point(p) for p in points], dtype=object)
    at, rows = lines.tree.query(spots, predicate="dwithin", distance=_AT_M)
    order = np.lexsort([rows, shapely.distance(spots[at], lines.shapes[rows]).round(2), at])
    near: list[list[int]] = [[] for _ in points]
    for i in order.tolist():
        near[at[i]].append(int(rows[i]))
    return [_meeting(ground, found) for found in near]


def _meeting(ground: Ground, rows: list[int]) -> _Meeting:
    lines = ground.lines
    names = list(dict.fromkeys(lines["name"][i] for i in rows if lines["name"][i]))
    kinds = dict.fromkeys(lines["kind"][i] or "other" for i in rows if not lines["name"][i])
    unnamed = [_KINDS.get(k, _KINDS["other"]).text(ground.lang) for k in kinds]
    return [*names, *unnamed], len(names)


def _beside(ground: Ground, area: AreaGround, x: float, y: float, before: list[Turn]) -> str:
    layer, point = ground.buildings, shapely.Point(x, y)
    named = ground.landmarks
    near = np.sort(named.tree.query(point, predicate="dwithin", distance=_LANDMARK_M))
    if len(near):
        i = int(near[np.argmin(shapely.distance(named.shapes[near], point).round(1))])
        return _from(ground, named["name"][i], named.shapes[i], x, y)
    gaps = shapely.distance(layer.shapes[area.houses], point)
    if len(gaps) and gaps.min() <= _HOUSE_M:
        k = int(np.argmin(gaps.round(1)))
        house = Message(_HOUSE.template, {"number": area.numbers[k]}).text(ground.lang)
        return _from(ground, house, layer.shapes[area.houses[k]], x, y)
    if before:
        last = before[-1]
        said = Message(_POINT.template, {"letter": last.letter}).text(ground.lang)
        return _from(ground, said, shapely.Point(last.east, last.north), x, y)
    return Message(_GRID.template, {"east": round(x), "north": round(y)}).text(ground.lang)


def _from(ground: Ground, landmark: str, shape: shapely.Geometry, x: float, y: float) -> str:
    middle = shapely.centroid(shape)
    towards = round(math.atan2(y - middle.y, x - middle.x) / (math.pi / 4)) % 8
    metres = max(1, round(float(shapely.distance(shape, shapely.Point(x, y)))))
    direction = _DIRECTIONS[towards].text(ground.lang)
    return Message(_BY.template, {"metres": metres, "direction": direction, "landmark": landmark}).text(ground.lang)
