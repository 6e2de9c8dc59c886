"""The lines half way between buildings of one block (rule C5): Voronoi ridges of points along their walls."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from areaplan.cells.blocks import POKE_M
from areaplan.linework.chains import merged_lines
from areaplan.linework.edges import Floats, Geoms, Ints, segments_of
from areaplan.linework.near import reaches, room_around

__all__ = ["ridges_between", "smooth_ridges", "trim", "wall_points"]


def wall_points(buildings: Geoms, block: Ints, spacing_m: float) -> tuple[Floats, Ints]:
    """Return points along the walls, and the building of each.

    Corners always; between them the closer the next building of the same block, the denser: from a quarter to four times ``spacing_m``.

    Parameters
    ----------
    buildings
        (c,) Polygons, MultiPolygons or Points.
    block
        (c,) number of the block each stands in; only neighbours in the same block count.
    """
    dots = np.flatnonzero(shapely.get_dimensions(buildings) == 0)
    walls = np.flatnonzero(shapely.get_dimensions(buildings) == 2)
    long, long_of = segments_of(buildings[walls])
    places = shapely.get_coordinates(buildings[dots])
    long_of = walls[long_of]
    segments, of = _split(long, long_of, np.full(len(long), 4 * spacing_m))
    around = np.concatenate([long, np.stack([places, places], axis=1)])
    room = room_around(segments, of, around, np.concatenate([long_of, dots]), block, 4 * spacing_m)
    segments, of = _split(segments, of, np.clip(0.75 * room, spacing_m / 4, 4 * spacing_m))
    xy = np.concatenate([segments[:, 0], places])
    return xy, np.concatenate([of, dots])


def _split(segments: Floats, of: Ints, longest: Floats) -> tuple[Floats, Ints]:
    """Cut segments into equal pieces not longer than ``longest``."""
    a, d = segments[:, 0], segments[:, 1] - segments[:, 0]
    count = np.maximum(np.ceil(np.hypot(d[:, 0], d[:, 1]) / longest), 1).astype(np.int64)
    which = np.repeat(np.arange(len(count)), count)
    k = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    t0, t1 = (k / count[which])[:, None], ((k + 1) / count[which])[:, None]
    return np.stack([a[which] + t0 * d[which], a[which] + t1 * d[which]], axis=1), of[which]


def ridges_between(xy: Floats, owner: Ints, block: Ints, boxes: Floats) -> tuple[Floats, Ints]:
    """Return the ridge segments between points of different owners, block by block.

    Parameters
    ----------
    xy, owner, block
        Points, the building and the block of each.
    boxes
        (k, 4) bounds of every block.

    Returns
    -------
    (r, 2, 2) segments, and the block of each. Their ends are rounded to 1 mm so that ridges meeting in one place do so exactly.
    """
    order = np.argsort(block, kind="stable")
    xy, owner, block = xy[order], owner[order], block[order]
    numbers, start = np.unique(block, return_index=True)
    found: list[Floats] = []
    of: list[Ints] = []
    for number, i, j in zip(numbers, start, np.append(start[1:], len(block)), strict=True):
        if owner[i] != owner[i:j].max() or owner[i] != owner[i:j].min():
            segments = _ridges(xy[i:j], owner[i:j], boxes[number])
            found.append(segments)
            of.append(np.full(len(segments), number))
    if not found:
        return np.empty((0, 2, 2)), np.empty(0, dtype=np.int64)
    return np.concatenate(found), np.concatenate(of)


def _ridges(xy: Floats, owner: Ints, box: Floats) -> Floats:
    """Voronoi ridges in one block. Far points all round close the outermost cells well outside the block."""
    centre = (box[:2] + box[2:]) / 2
    far = 3 * max(float(np.hypot(*(box[2:] - box[:2]))), 1.0)
    turn = np.arange(12) * (np.pi / 6)
    around = far * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    points = np.concatenate([xy - centre, around])
    who = np.concatenate([owner, np.full(len(around), -1)])
    mesh = Delaunay(points)
    corner, beyond = mesh.simplices, mesh.neighbors
    hub = _circumcentres(points[corner])
    out = []
    for k in range(3):
        a, b = who[corner[:, (k + 1) % 3]], who[corner[:, (k + 2) % 3]]
        here = np.arange(len(corner))
        border = (a != b) & (a >= 0) & (b >= 0) & (beyond[:, k] > here)
        out.append(np.stack([hub[border], hub[beyond[border, k]]], axis=1))
    segments = np.round(np.concatenate(out) + centre, 3)
    return segments[(segments[:, 0] != segments[:, 1]).any(axis=1)]


def _circumcentres(triangles: Floats) -> Floats:
    a = triangles[:, 0]
    b, c = triangles[:, 1] - a, triangles[:, 2] - a
    double = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    double = np.where(np.abs(double) < 1e-12, np.copysign(1e-12, double), double)
    b2, c2 = b[:, 0] ** 2 + b[:, 1] ** 2, c[:, 0] ** 2 + c[:, 1] ** 2
    x = (c[:, 1] * b2 - b[:, 1] * c2) / double
    y = (b[:, 0] * c2 - c[:, 0] * b2) / double
    return a + np.stack([x, y], axis=1)


def trim(segments: Floats, of: Ints, blocks: Geoms) -> Floats:
    """Shorten ridge segments to their block, running on 2 cm beyond its outline.

    A segment that leaves a hollow block and comes back is kept between its outermost crossings: the piece outside falls into faces that are
    joined again.
    """
    if len(segments) == 0:
        return segments
    within = _within(segments, of, blocks)
    out = ~within.all(axis=1)
    low, high = _reach(segments[out], of[out], blocks, within[out])
    kept = low <= high
    part = segments[out][kept]
    d = part[:, 1] - part[:, 0]
    poke = POKE_M / np.hypot(d[:, 0], d[:, 1])
    a = np.where(within[out][kept, 0], 0.0, low[kept] - poke)[:, None]
    b = np.where(within[out][kept, 1], 1.0, high[kept] + poke)[:, None]
    return np.concatenate([segments[~out], np.stack([part[:, 0] + a * d, part[:, 0] + b * d], axis=1)])


def _within(segments: Floats, of: Ints, blocks: Geoms) -> NDArray[np.bool_]:
    """Say for both ends of each segment whether they lie in its block."""
    order = np.argsort(of, kind="stable")
    numbers, start = np.unique(of[order], return_index=True)
    inside = np.empty((len(of), 2), dtype=bool)
    for number, rows in zip(numbers, np.split(order, start[1:]), strict=True):
        shapely.prepare(blocks[number])
        x, y = segments[rows, :, 0], segments[rows, :, 1]
        inside[rows] = shapely.contains_xy(blocks[number], x, y)
    return inside


def _reach(segments: Floats, of: Ints, blocks: Geoms, within: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the first and last crossing of each segment with its block's outline, as shares of its length (inf, -inf: none)."""
    low = np.where(within[:, 0], 0.0, np.inf)
    high = np.where(within[:, 1], 1.0, -np.inf)
    used = np.unique(of)
    wall, wall_of = segments_of(blocks[used])
    reaches(segments, of, wall, used[wall_of], low, high)
    return low, high


def smooth_ridges(segments: Floats, buildings: Geoms, tolerance_m: float) -> tuple[Geoms, Ints]:
    """Join ridge segments into lines, straighten them, and keep them off the buildings.

    Returns
    -------
    The lines, and the buildings that ridges had to be cut off (their walls must join the linework).
    """
    if len(segments) == 0:
        return np.empty(0, dtype=object), np.empty(0, dtype=np.int64)
    raw = merged_lines(segments)
    lines = shapely.simplify(raw, tolerance_m, preserve_topology=False)
    tree = shapely.STRtree(buildings)
    bad = np.unique(tree.query(lines, predicate="intersects")[0])
    lines[bad] = raw[bad]
    at, which = tree.query(lines[bad], predicate="intersects")
    solid = shapely.get_dimensions(buildings[which]) == 2
    at, which = bad[at[solid]], which[solid]
    shrunk = shapely.buffer(buildings[which], -POKE_M, join_style="mitre")
    for i in np.unique(at):
        lines[i] = shapely.difference(lines[i], shapely.union_all(shrunk[at == i]))
    return lines, np.unique(which)
