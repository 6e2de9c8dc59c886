"""The map window of a sheet: the area clear, what lies around it pale, its border by what it follows, names, numbers, neighbours' codes."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from areaplan.maps.sheets.details import Detail, is_legible
from areaplan.maps.sheets.ground import AreaGround, Ground
from areaplan.maps.sheets.ink import Ink, path_operators
from areaplan.maps.sheets.labels import SIZES, Number, Placer, along, covering, place_numbers
from areaplan.maps.sheets.measures import MM, Box
from areaplan.maps.sheets.signs import (
    TURN_RADIUS,
    draw_border,
    draw_feature,
    draw_turn,
    is_important,
    river_width,
    street_width,
)
from areaplan.maps.sheets.turning import Turn
from areaplan.maps.sheets.view import View
from areaplan.maps.sheets.words import DETAIL, NORTH, neighbours_of
from areaplan.messages import Lang, Message

__all__ = ["Drawing", "corner_for", "draw_map", "draw_north", "extents", "north_arrow", "place_members", "place_turns"]

_NAME_SIZE, _CODE_SIZE = 7.5, 8.5
_FLATS = 4  # floors from which a building is drawn as a block of flats
_COARSE = 12_000  # denominator of the scale above which the surroundings are drawn in outline only


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


def extents(view: View, shapes: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a point inside each building (n, 2), and its printed extent (n, 4), in page points."""
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    boxes = np.hstack([view.points(bounds[:, :2]), view.points(bounds[:, 2:])])
    return view.points(shapely.get_coordinates(shapely.point_on_surface(shapes))), boxes


def corner_for(area: AreaGround, view: View, size: tuple[float, float]) -> Box:
    """Return the box of ``size`` in the corner of the map that hides least of the area."""
    x0, y0, x1, y1 = view.box
    wide, high, rim = *size, 3 * MM
    corners = [
        (x1 - rim - wide, y1 - rim - high),
        (x0 + rim, y1 - rim - high),
        (x1 - rim - wide, y0 + rim),
        (x0 + rim, y0 + rim),
    ]
    hidden = []
    for x, y in corners:
        on_ground = [
            (np.array(p) - ((x0 + x1) / 2, (y0 + y1) / 2)) / view.per_m for p in ((x, y), (x + wide, y + high))
        ]
        (w, s), (e, n) = ((view.east + p[0], view.north + p[1]) for p in on_ground)
        hidden.append(shapely.clip_by_rect(area.shape, w, s, e, n).area)
    x, y = corners[int(np.argmin(np.round(hidden, 3)))]
    return x, y, x + wide, y + high


def draw_map(drawing: Drawing, numbers: Sequence[Number], details: Sequence[Detail] = ()) -> None:
    """Draw the window with the given numbers, and where the details lie."""
    with drawing.ink.clip(drawing.view.box):
        _draw_features(drawing)
        _draw_buildings(drawing)
        _draw_pale(drawing)
        _draw_borders(drawing)
        _draw_turns(drawing)
        _draw_details(drawing, details)
        _draw_codes(drawing)
        _draw_numbers(drawing, numbers)
        _draw_names(drawing)
    drawing.ink.rect(drawing.view.box, width=0.8)


def _draw_features(d: Drawing) -> None:
    """Draw lines from the least to the most important, all of one look in one path, so that crossings join."""
    lines = d.ground.lines
    groups: dict[tuple[int, str, float], list[int]] = defaultdict(list)
    for i in _lines_shown(d):
        kind = lines["kind"][i] or "other"
        width = street_width(lines["class"][i], d.view.scale) * d.unit if kind == "street" else 0.0
        kind = "path" if kind == "street" and width == 0 else kind
        width = river_width(d.view.scale) * d.unit if kind == "river" else width
        rank = {"other": 0, "ridge": 0, "wall": 1, "path": 2, "river": 3, "street": 4, "railway": 5}.get(kind, 0)
        groups[rank, kind, width].append(int(i))
    for (_, kind, width), rows in sorted(groups.items()):
        drawn = d.view.lines(lines.shapes[rows])
        if drawn:
            d.used.add(kind)
            draw_feature(d.ink, kind, drawn, width=width)


def _lines_shown(d: Drawing) -> NDArray[np.int64]:
    """Return the lines to draw: all of them at large scales; at small ones, outside the area, only the important ones."""
    lines, near = d.ground.lines, d.ground.lines.near(d.view.window)
    if d.view.scale <= _COARSE:
        return near
    own = set(lines.tree.query(d.area.shape, predicate="intersects").tolist())
    return np.array(
        [i for i in near if i in own or is_important(lines["kind"][i], lines["class"][i], lines["name"][i])],
        dtype=np.int64,
    )


def _draw_buildings(d: Drawing) -> None:
    """Draw footprints, those with households darker; the own ones that would vanish at this scale as dots."""
    layer, own = d.ground.buildings, set(d.area.houses.tolist())
    near = d.area.houses if d.view.scale > _COARSE else layer.near(d.view.window)
    if d.members is not None:
        elsewhere = own - set(d.area.houses[list(d.members)].tolist())
        d.ink.path(d.view.rings(layer.shapes[sorted(elsewhere)]), width=0.4, gray=0.72, close=True)
        near, own = np.array([i for i in near if i not in elsewhere], dtype=np.int64), own - elsewhere
    peopled = np.array([bool(layer["households"][i]) for i in near], dtype=bool)
    tall = peopled & np.array([(layer["levels"][i] or 0) >= _FLATS for i in near], dtype=bool)
    looks = ((~peopled, 1.0, 0.45, "shed"), (peopled & ~tall, 0.86, 0.45, "house"), (tall, 0.86, 1.3, "flats"))
    for rows, fill, width, sign in ((near[m], f, w, s) for m, f, w, s in looks):
        if own.intersection(rows.tolist()):
            d.used.add(sign)
        d.ink.path(d.view.rings(layer.shapes[rows]), width=width, gray=0.15, fill=fill, close=True)
    drawn = layer.shapes[sorted(own)]
    if own and not is_legible(shapely.bounds(drawn), d.view):
        middles = d.view.points(shapely.get_coordinates(shapely.centroid(drawn)))
        d.ink.path([np.array([m, m]) for m in middles], width=2.0, cap=2)
    if not len(layer.shapes):
        cells = d.ground.cells
        d.used.add("cell")
        d.ink.path(d.view.lines(cells.shapes[cells.near(d.view.window)]), width=0.4, gray=0.45, dash=(2, 1.5))


def _draw_pale(d: Drawing) -> None:
    """Cover what is not the area with a veil."""
    x0, y0, x1, y1 = d.view.box
    window = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    hole = path_operators([window, *d.view.rings(d.area.shape)], close=True)
    canvas = d.ink.canvas
    canvas.saveState()
    canvas.setFillAlpha(0.62)
    canvas.addLiteral(f"1 g {hole} f*")
    canvas.restoreState()


def _draw_borders(d: Drawing) -> None:
    """Draw the borders of others thin, a band outside the own one, and the own border by what it follows."""
    borders, own = d.ground.borders, d.area.code
    near = [i for i in borders.near(d.view.window) if own not in (borders["left_ea"][i], borders["right_ea"][i])]
    d.ink.path(d.view.lines(borders.shapes[near]), width=0.9 * d.unit, gray=0.55, dash=(5, 2))
    reach = 4.2 * d.unit / d.view.per_m
    simple = shapely.simplify(d.area.shape, reach / 20)
    band = shapely.difference(shapely.buffer(simple, reach, quad_segs=3), d.area.shape)
    d.ink.path(d.view.rings(band), fill=0.74, close=True)
    by_kind: dict[str, list[object]] = defaultdict(list)
    for border in d.area.borders:
        by_kind[border.kind].append(border.line)
    for kind, shapes in sorted(by_kind.items()):
        drawn = d.view.lines(np.array(shapes, dtype=object))
        if drawn:
            d.used.add(f"border {kind}")
            draw_border(d.ink, kind, drawn, d.unit)


def place_turns(d: Drawing, turns: Sequence[Turn]) -> None:
    """Find room for the letters of turning points beside the border, outside the area where there is any."""
    reach = 6 * MM / d.view.per_m
    for turn in turns:
        point = shapely.Point(turn.east, turn.north)
        inside = shapely.centroid(shapely.intersection(shapely.buffer(point, reach, quad_segs=4), d.area.shape))
        towards = math.atan2(turn.north - inside.y, turn.east - inside.x) if not inside.is_empty else 0.0
        [(x, y)] = d.view.points(np.array([(turn.east, turn.north)])).tolist()
        spot = _spot_beside(d, x, y, towards)
        if spot is None:  # on the border itself, where what comes later leaves it room
            d.placer.take(np.array([(x - 5, y - 5, x + 5, y + 5)]))
        d.turns.append((turn, *(spot or (x, y))))


def _spot_beside(d: Drawing, x: float, y: float, towards: float) -> tuple[float, float] | None:
    radius = TURN_RADIUS * d.unit + 0.4
    for off in (2.1, 3.0, 4.2):
        for turned in (0.0, 0.4, -0.4, 0.8, -0.8, 1.3, -1.3, 2.0, -2.0, math.pi):
            cx, cy = x + off * radius * math.cos(towards + turned), y + off * radius * math.sin(towards + turned)
            box = (cx - radius, cy - radius, cx + radius, cy + radius)
            if d.placer.is_free([box]):
                d.placer.take(np.array([box]))
                return cx, cy
    return None


def _draw_turns(d: Drawing) -> None:
    for turn, x, y in d.turns:
        d.used.add("turn")
        at = d.view.points(np.array([(turn.east, turn.north)]))
        d.ink.path([np.vstack([at, [(x, y)]])], width=0.5 * d.unit)
        d.ink.path([np.vstack([at, at])], width=3.4 * d.unit, cap=1)
        draw_turn(d.ink, turn.letter, x, y, d.unit)


def _draw_details(d: Drawing, details: Sequence[Detail]) -> None:
    for number, detail in enumerate(details, 1):
        west, south, east, north = detail.bounds
        (x0, y0), (x1, y1) = d.view.points(np.array([(west, south), (east, north)])).tolist()
        d.ink.rect((x0, y0, x1, y1), width=0.9, dash=(2, 1.4))
        text = Message(DETAIL.template, {"number": number}).text(d.ground.lang)
        size = 7.5 * d.unit
        width = d.ink.face.width(text, size)
        places = [
            (x0, y1 + 2),
            (x1 - width, y1 + 2),
            (x0, y0 - size),
            (x1 - width, y0 - size),
            (x1 + 2, y0),
            (x0 - width - 2, y0),
            (x0 + 2, y1 - size),
        ]
        for x, y in places:
            if d.placer.try_text(x, y, width, size):
                d.ink.text(x, y, text, size, halo=1.2, bold=True)
                break


def _draw_codes(d: Drawing) -> None:
    """Put each neighbour's code on its ground, as close to the border as it can stand without touching it."""
    west, south, east, north = d.view.window
    coarse = shapely.simplify(d.area.shape, 1 / d.view.per_m)
    keep_off, *rings = (shapely.buffer(coarse, mm * MM / d.view.per_m, quad_segs=2) for mm in (2, 8, 14, 25))
    for code in neighbours_of(d.ground, d.area):
        row = int(np.flatnonzero(d.ground.areas["ea_code"] == code)[0])
        seen = shapely.difference(shapely.clip_by_rect(d.ground.areas.shapes[row], west, south, east, north), keep_off)
        text = d.ground.short_code(code, d.area.village_code)
        for ring in (*rings, None):
            if _place_inside(d, seen if ring is None else shapely.intersection(seen, ring), text, keep_off):
                break


def _place_inside(d: Drawing, ground: BaseGeometry, text: str, keep_off: BaseGeometry) -> bool:
    """Write ``text`` with its middle on some ground and its box off ``keep_off``, if there is room."""
    size = _CODE_SIZE * d.unit
    half = d.ink.face.width(text, size) / 2
    parts = [p for p in shapely.get_parts(ground) if p.geom_type == "Polygon"]
    for part in sorted(parts, key=lambda p: -p.area)[:3]:
        outline = shapely.get_coordinates(shapely.segmentize(part.exterior, max(part.length / 24, 1e-3)))
        middle = shapely.get_coordinates(shapely.point_on_surface(part))
        spots = np.concatenate([middle, (outline + middle) / 2, outline])
        for (east, north), (x, y) in zip(spots.tolist(), d.view.points(spots).tolist(), strict=True):
            reach = half / d.view.per_m, size * 0.6 / d.view.per_m
            box = shapely.box(east - reach[0], north - reach[1], east + reach[0], north + reach[1])
            if shapely.intersects(box, keep_off):
                continue
            if d.placer.try_text(x - half, y - size * 0.36, 2 * half, size):
                d.ink.text(x, y - size * 0.36, text, size, anchor=0.5, halo=1.4, bold=True, gray=0.25)
                return True
    return False


def _draw_numbers(d: Drawing, numbers: Sequence[Number]) -> None:
    d.ink.path([np.array(n.lead).reshape(2, 2) for n in numbers if n.lead], width=0.35)
    for n in numbers:
        d.ink.text(n.x, n.y, n.text, n.size, halo=0.9, kind="number")


def _draw_names(d: Drawing) -> None:
    """Write each street's and river's name once, along its longest straight enough stretch; then the names of buildings that have room."""
    lines, by_name = d.ground.lines, defaultdict(list)
    for i in _lines_shown(d):
        if lines["name"][i]:
            by_name[lines["name"][i]].append(lines.shapes[i])
    window, size = d.view.window, _NAME_SIZE * d.unit
    bordering = {b.name for b in d.area.borders}
    houses = Placer(d.view.box)
    houses.take(extents(d.view, d.ground.buildings.shapes[d.area.houses])[1])
    for name, shapes in sorted(by_name.items()):
        merged = shapely.line_merge(shapely.multilinestrings(shapely.get_parts(shapely.clip_by_rect(shapes, *window))))
        paths = d.view.lines(shapely.get_parts(merged))
        width = d.ink.face.width(name, size)
        for path in sorted(paths, key=lambda p: -np.hypot(*np.diff(p, axis=0).T).sum())[:4]:
            spot = _free_spot(d, houses, _spots(d, path, width, size, beside=name in bordering), width, size)
            if spot:
                d.ink.text(spot[0], spot[1], name, size, angle=spot[2], halo=1.3, gray=0.1)
                break
    _draw_landmarks(d, size * 0.9)


def _free_spot(
    d: Drawing, houses: Placer, spots: Iterable[tuple[float, float, float]], width: float, size: float
) -> tuple[float, float, float] | None:
    """Take the first free place of a name that stands on no house of the area, else the first free one."""
    found = None
    for x, y, angle in spots:
        boxes = covering(x, y, width, size, angle)
        if d.placer.is_free(boxes):
            found = found or (x, y, angle)
            if houses.is_free(boxes):
                found = x, y, angle
                break
    if found:
        d.placer.take(np.array(covering(*found[:2], width, size, found[2])))
    return found


def _spots(
    d: Drawing, path: NDArray[np.float64], width: float, size: float, *, beside: bool
) -> Iterator[tuple[float, float, float]]:
    """Yield places along a line; ``beside`` it, the own side first, where the line bears the border's sign, which must stay whole."""
    off = (size * 0.5 + 4.5 * d.unit) if beside else 0.0
    if beside:
        first = next(along(path, width, size), None)
        if first is None:
            return
        sign = _own_side(d, first, width, off)
        for side in (sign, -sign):
            for x, y, angle in along(path, width, size):
                yield x - side * off * math.sin(angle), y + side * off * math.cos(angle), angle
    yield from along(path, width, size)


def _own_side(d: Drawing, spot: tuple[float, float, float], width: float, off: float) -> int:
    """Return 1 where the area lies to the left of a text, -1 where it lies to the right."""
    x, y, angle = spot
    dx, dy = math.cos(angle), math.sin(angle)
    middle = np.array([(x + width / 2 * dx - off * dy, y + width / 2 * dy + off * dx)])
    [(east, north)] = d.view.ground(middle).tolist()
    return 1 if shapely.intersects_xy(d.area.shape, east, north) else -1


def _draw_landmarks(d: Drawing, size: float) -> None:
    layer = d.ground.buildings
    named = [int(i) for i in d.area.houses if layer["name"][i]]
    for i, (x0, y0, x1, y1) in zip(named, extents(d.view, layer.shapes[named])[1].tolist(), strict=True):
        name = layer["name"][i]
        width = d.ink.face.width(name, size)
        for x, y in (
            ((x0 + x1 - width) / 2, y0 - size),
            ((x0 + x1 - width) / 2, y1 + 2),
            (x1 + 2, y0),
            (x0 - width - 2, y0),
        ):
            if d.placer.try_text(x, y, width, size):
                d.ink.text(x, y, name, size, halo=1.0)
                break


def draw_north(d: Drawing, box: Box) -> None:
    """Draw the north arrow; the map's top is grid north."""
    north_arrow(d.ink, box, d.unit, d.ground.lang)


def north_arrow(ink: Ink, box: Box, unit: float, lang: Lang) -> None:
    """Draw a north arrow that fills ``box``."""
    x, (y0, y1) = (box[0] + box[2]) / 2, (box[1], box[3])
    half, top = (box[2] - box[0]) / 2 * 0.7, y1 - 9 * unit
    ink.rect(box, fill=1.0)
    arrow = np.array([(x, top), (x + half, y0), (x, y0 + half), (x - half, y0)])
    ink.path([arrow], width=0.6, fill=1.0, close=True)
    ink.path([np.array([(x, top), (x - half, y0), (x, y0 + half)])], width=0.6, fill=0.0, close=True)
    ink.text(x, top + 1.5 * unit, NORTH.text(lang), 8 * unit, anchor=0.5, bold=True)


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
