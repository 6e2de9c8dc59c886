"""The tools a town is drawn with: curves, lanes that cut blocks, parcels, footprints.

Everything is plain geometry in metres; chance comes only from the generator that is passed in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split, substring

Points = NDArray[np.float64]
MM = 3
"""Decimals kept: coordinates are whole millimetres."""


def curve(points: Sequence[tuple[float, float]], step: float = 18.0) -> LineString:
    """Return a smooth line through ``points`` (centripetal Catmull-Rom), a vertex about every ``step`` metres."""
    p = np.asarray(points, dtype=float)
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    out = [p[1]]
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False):
        n = max(2, round(float(np.hypot(*(c - b))) / step))
        out.extend(_catmull(a, b, c, d, t) for t in np.linspace(0, 1, n + 1)[1:])
    return LineString(np.round(out, MM))


def _catmull(a: Points, b: Points, c: Points, d: Points, t: float) -> Points:
    t1 = max(float(np.hypot(*(b - a))), 1e-9) ** 0.5
    t2 = t1 + float(np.hypot(*(c - b))) ** 0.5
    t3 = t2 + max(float(np.hypot(*(d - c))), 1e-9) ** 0.5
    s = t1 + t * (t2 - t1)
    a1 = (t1 - s) / t1 * a + s / t1 * b
    a2 = (t2 - s) / (t2 - t1) * b + (s - t1) / (t2 - t1) * c
    a3 = (t3 - s) / (t3 - t2) * c + (s - t2) / (t3 - t2) * d
    b1 = (t2 - s) / t2 * a1 + s / t2 * a2
    b2 = (t3 - s) / (t3 - t1) * a2 + (s - t1) / (t3 - t1) * a3
    return (t2 - s) / (t2 - t1) * b1 + (s - t1) / (t2 - t1) * b2


def roughen(line: LineString, size: float, rng: Generator) -> LineString:
    """Return ``line`` with its inner vertices moved sideways by about ``size`` metres, as a surveyed shore is."""
    p = shapely.get_coordinates(line)
    along = np.gradient(p, axis=0)
    normal = np.column_stack([-along[:, 1], along[:, 0]]) / np.hypot(*along.T)[:, None]
    noise = np.convolve(rng.normal(0, size, len(p)), [0.25, 0.5, 0.25], mode="same")
    noise[[0, -1]] = 0
    return LineString(np.round(p + normal * noise[:, None], MM))


def weave(lines: Sequence[LineString]) -> list[LineString]:
    """Return the lines with a common vertex wherever two of them meet, so that they share it to the millimetre."""
    tree = shapely.STRtree(lines)
    marks: list[list[Points]] = [[] for _ in lines]
    for i, j in np.sort(tree.query(lines, predicate="dwithin", distance=0.01).T, axis=1).tolist():
        if i < j:
            meet = np.round(_meetings(lines[i], lines[j]), MM)
            marks[i].append(meet)
            marks[j].append(meet)
    return [_with_vertices(line, np.vstack(m)) if m else line for line, m in zip(lines, marks, strict=True)]


def _meetings(a: LineString, b: LineString) -> Points:
    """Return where two lines cross, and the ends of one that lie on the other within a centimetre."""
    ends = [p for one, other in ((a, b), (b, a)) for p in shapely.get_parts(one.boundary) if p.dwithin(other, 0.01)]
    if ends:
        at = shapely.get_coordinates(ends)
        crossings = shapely.get_coordinates(shapely.intersection(a, b))
        far = [c for c in crossings if np.hypot(*(at - c).T).min() > 0.02]
        return np.vstack([at, *far])
    return shapely.get_coordinates(shapely.intersection(a, b))


def _with_vertices(line: LineString, extra: Points) -> LineString:
    own = shapely.get_coordinates(line)
    steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(own, axis=0).T))])
    at = np.concatenate([steps, shapely.line_locate_point(line, shapely.points(extra))])
    rank = np.lexsort((np.arange(len(at)), at))
    merged = np.vstack([own, extra])[rank]
    keep = np.concatenate([[True], np.abs(np.diff(merged, axis=0)).max(axis=1) > 0.02])
    merged, final = merged[keep], merged[-1]
    # Where a meeting point all but coincides with an end, the meeting point wins: it is the one the other line has.
    for end in (0, -1):
        near = extra[np.abs(extra - own[end]).max(axis=1) <= 0.02]
        merged[end] = near[0] if len(near) else (own[0] if end == 0 else final)
    return LineString(merged)


def axes(polygon: Polygon) -> tuple[Points, float, Points, float]:
    """Return the long axis of the tightest rectangle, its length, the short axis and its length."""
    box = shapely.get_coordinates(shapely.minimum_rotated_rectangle(polygon))
    if len(box) < 5:
        return np.array([1.0, 0.0]), 0.0, np.array([0.0, 1.0]), 0.0
    a, b = box[1] - box[0], box[2] - box[1]
    la, lb = float(np.hypot(*a)), float(np.hypot(*b))
    if la < lb:
        a, b, la, lb = b, a, lb, la
    return a / max(la, 1e-9), la, b / max(lb, 1e-9), lb


def halve(
    polygon: Polygon, rng: Generator, *, turn: float, bend: float
) -> tuple[list[Polygon], list[LineString]] | None:
    """Cut ``polygon`` across its long axis near the middle; ``turn`` in radians and ``bend`` in metres make it uneven."""
    long, length, _, width = axes(polygon)
    centre = shapely.get_coordinates(polygon.centroid)[0] + long * rng.normal(0, 0.06) * length
    angle = np.arctan2(long[1], long[0]) + np.pi / 2 + rng.normal(0, turn)
    way, side = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    t = np.array([-1.0, -0.22, 0.12, 1.0]) * (width + 5)
    shift = np.array([0.0, rng.normal(0, 1), rng.normal(0, 1), 0.0]) * bend
    line = LineString(np.round(centre + np.outer(t, way) + np.outer(shift, side), MM))
    chords = [g for g in shapely.get_parts(shapely.intersection(line, polygon)) if g.geom_type == "LineString"]
    parts = [p for p in split(polygon, line).geoms if p.geom_type == "Polygon"]
    return (parts, chords) if len(parts) > 1 else None


def cut_lanes(block: Polygon, rng: Generator, *, largest: float) -> tuple[list[Polygon], list[LineString]]:
    """Cut ``block`` by lanes until no piece is much larger than ``largest`` m²; lanes end on lanes, as old ones do."""
    if block.area < largest * rng.uniform(0.75, 1.35):
        return [block], []
    cut = halve(block, rng, turn=0.13, bend=3.0)
    if cut is None:
        return [block], []
    blocks: list[Polygon] = []
    lanes = [c for c in cut[1] if c.length > 6]
    for part in cut[0]:
        b, more = cut_lanes(part, rng, largest=largest)
        blocks += b
        lanes += more
    return blocks, lanes


def parcels(block: Polygon, rng: Generator, *, size: float) -> list[Polygon]:
    """Cut ``block`` into building plots of about ``size`` m²."""
    if block.area < size * rng.uniform(1.0, 1.9):
        return [block]
    cut = halve(block, rng, turn=0.03, bend=0.0)
    return [block] if cut is None else [p for part in cut[0] for p in parcels(part, rng, size=size)]


def house(plot: Polygon, rng: Generator, *, gap: float, court: float = 0.0) -> Polygon | None:
    """Return a footprint on ``plot``: ``gap`` metres inside it, square to it, with a yard by the chance ``court``."""
    inner = _largest(shapely.buffer(plot, -gap * rng.uniform(0.8, 1.5), join_style="mitre"))
    if inner is None or inner.area < 24:
        return None
    long, length, short, width = axes(inner)
    if width < 3.6 or inner.area < 0.5 * length * width:
        return None
    middle = shapely.get_coordinates(inner.centroid)[0]
    body = _largest(shapely.intersection(inner, _box(middle, long, short, length, width * rng.uniform(0.86, 1.0))))
    if body is None:
        return None
    if rng.random() < court and body.area > 110:
        body = _with_yard(body, middle, rng)
    return _tidy(body)


def _with_yard(body: Polygon, middle: Points, rng: Generator) -> Polygon:
    """Open a court in the middle (天井), or cut one corner away."""
    long, length, short, width = axes(body)
    if body.area > 170 and width > 11:
        yard = _box(middle, long, short, length * rng.uniform(0.26, 0.36), width * rng.uniform(0.26, 0.36))
    else:
        corner = middle + long * length * 0.5 * rng.choice([-1, 1]) + short * width * 0.5 * rng.choice([-1, 1])
        yard = _box(corner, long, short, length * rng.uniform(0.6, 0.9), width * rng.uniform(0.6, 0.9))
    return _largest(shapely.difference(body, yard)) or body


def _box(centre: Points, long: Points, short: Points, length: float, width: float) -> Polygon:
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    return Polygon([centre + long * length / 2 * i + short * width / 2 * j for i, j in corners])


def box(x: float, y: float, length: float, width: float, degrees: float) -> Polygon:
    """Return a rectangle around (x, y), its length turned ``degrees`` from east."""
    a = np.radians(degrees)
    long, short = np.array([np.cos(a), np.sin(a)]), np.array([-np.sin(a), np.cos(a)])
    return Polygon(np.round(shapely.get_coordinates(_box(np.array([x, y]), long, short, length, width)), MM))


def tower(x: float, y: float, area: float, degrees: float) -> Polygon:
    """Return the notched plan of a residential tower of exactly about ``area`` m²."""
    plan = shapely.union_all([box(0, 0, 30, 12, 0), box(0, 0, 14, 19, 0), box(-11, 2, 8, 15, 0), box(11, 2, 8, 15, 0)])
    scale = (area / plan.area) ** 0.5
    a = np.radians(degrees)
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    return Polygon(np.round(shapely.get_coordinates(plan.exterior) * scale @ turn + [x, y], MM))


def slabs(
    ground: BaseGeometry, rng: Generator, *, length: float, depth: float, apart: float, degrees: float
) -> list[Polygon]:
    """Return rows of slab blocks that fit into ``ground``, all facing the same way, as estates are laid out."""
    a = np.radians(degrees)
    long, short = np.array([np.cos(a), np.sin(a)]), np.array([-np.sin(a), np.cos(a)])
    middle = shapely.get_coordinates(ground.centroid)[0]
    reach = float(np.ptp(shapely.get_coordinates(ground), axis=0).max())
    rows, columns = int(reach / (depth + apart)) + 1, int(reach / (length + 9)) + 1
    out = []
    for i in range(-rows, rows + 1):
        drift = rng.uniform(-4, 4)
        for j in range(-columns, columns + 1):
            at = middle + short * i * (depth + apart) + long * (j * (length + 9) + drift)
            slab = _box(at, long, short, length * rng.uniform(0.94, 1.0), depth)
            if ground.contains(slab):
                out.append(_tidy(slab))
    return [s for s in out if s is not None]


def terrace(line: LineString, side: int, rng: Generator, *, setback: float) -> list[Polygon]:
    """Return a row of narrow shop-houses along ``line`` that share their side walls, vertex for vertex."""
    steps = [0.0]
    while steps[-1] < line.length - 6:
        steps.append(steps[-1] + rng.uniform(4.2, 6.6))
    steps = [s for s in steps if s <= line.length]
    depth = [float(rng.choice([15.0, 18.0, 18.0, 21.0])) for _ in steps[1:]]
    ray = [_ray(line, s, side) for s in steps]
    walls = [sorted({*depth[max(k - 1, 0) : k + 1]}) for k in range(len(steps))]
    out = []
    for k, d in enumerate(depth):
        left = [ray[k][0] + ray[k][1] * (setback + w) for w in [0.0, *(w for w in walls[k] if w <= d)]]
        right = [ray[k + 1][0] + ray[k + 1][1] * (setback + w) for w in [0.0, *(w for w in walls[k + 1] if w <= d)]]
        out.append(Polygon(np.round([*left, *reversed(right)], MM)))
    return out


def _ray(line: LineString, at: float, side: int) -> tuple[Points, Points]:
    """Return the point ``at`` metres along and the unit normal to ``side`` (1 left, -1 right), smoothed over 16 m."""
    a, b = (shapely.get_coordinates(line.interpolate(min(max(at + d, 0), line.length)))[0] for d in (-8, 8))
    way = (b - a) / np.hypot(*(b - a))
    return shapely.get_coordinates(line.interpolate(at))[0], np.array([-way[1], way[0]]) * side


def roadside(line: LineString, rng: Generator, *, setback: float, chance: float) -> list[Polygon]:
    """Return detached houses on both sides of ``line``, square to it, here and there one missing."""
    out = []
    for side in (1, -1):
        at = rng.uniform(5, 12)
        while at < line.length - 8:
            front, depth = rng.uniform(8.5, 13), rng.uniform(9, 14)
            if rng.random() < chance:
                foot, normal = _ray(line, at + front / 2, side)
                centre = foot + normal * (setback + rng.uniform(0, 5) + depth / 2)
                turn = np.degrees(np.arctan2(-normal[0], normal[1])) + rng.normal(0, 2.5)
                out.append(box(centre[0], centre[1], front, depth, turn))
            at += front + rng.uniform(2, 9)
    return out


def _largest(shape: BaseGeometry) -> Polygon | None:
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and not p.is_empty]
    return max(parts, key=lambda p: p.area) if parts else None


def _tidy(shape: Polygon) -> Polygon | None:
    """Drop specks of edges, round to millimetres; None when nothing sound is left."""
    out = shapely.transform(shapely.simplify(shape, 0.25), lambda p: np.round(p, MM))
    return out if out.is_valid and out.geom_type == "Polygon" and out.area >= 20 else None


def clear_of(shapes: Sequence[Polygon], others: Sequence[BaseGeometry], distance: float) -> list[int]:
    """Return which shapes keep ``distance`` from all ``others`` and from those kept before them."""
    fixed = shapely.STRtree(list(others))
    blocked = (
        set(fixed.query(list(shapes), predicate="dwithin", distance=distance)[0].tolist()) if len(shapes) else set()
    )
    kept: list[int] = []
    for k, shape in enumerate(shapes):
        if k not in blocked and not any(shape.dwithin(shapes[i], distance) for i in kept):
            kept.append(k)
    return kept


def dead_end(block: Polygon, streets: BaseGeometry, rng: Generator) -> LineString | None:
    """Return a blind lane from a street on the rim of ``block`` into its middle, when there is room for one."""
    for _ in range(6):
        start = block.exterior.interpolate(rng.uniform(0, block.exterior.length))
        a, c = np.array([start.x, start.y]), shapely.get_coordinates(block.centroid)[0]
        bend = a + (c - a) * 0.5 + rng.normal(0, 1.5, 2)
        lane = LineString(np.round([a, bend, a + (c - a) * rng.uniform(0.85, 1.1)], MM))
        stays_inside = block.buffer(0.01).contains(lane) and block.boundary.distance(Point(lane.coords[-1])) > 8
        if stays_inside and lane.length > 14 and start.dwithin(streets, 0.01):
            return lane
    return None


def substretch(line: LineString, start: Point, end: Point) -> LineString:
    """Return the piece of ``line`` between the places nearest to two points."""
    a, b = sorted((line.project(start), line.project(end)))
    return substring(line, a, b)


def drawn_up(line: LineString, to: BaseGeometry, reach: float) -> LineString:
    """Return ``line`` with ends moved onto the nearest point of ``to`` where that is within ``reach`` metres."""
    p = shapely.get_coordinates(line)
    for end in (0, -1):
        near = shapely.shortest_line(Point(p[end]), to)
        if near.length <= reach:
            p[end] = np.round(near.coords[-1], MM)
    return LineString(p)
