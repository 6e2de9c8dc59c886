"""Questions to a grid of segments: is one near, which line runs along an edge, how far is the next wall, where does an outline stop a line."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from areaplan.compiling import jit
from areaplan.linework.edges import Floats, Ints
from areaplan.linework.grid import Grid, away2, columns_of, grid_over, passed_columns, passed_rows, rows_of

__all__ = ["LOOPS", "first_along", "near_any", "near_pairs", "reaches", "room_around"]


def near_any(points: Floats, segments: Floats, reach_m: float) -> NDArray[np.bool_]:
    """Say for each point whether a segment lies within ``reach_m``.

    Examples
    --------
    >>> import numpy as np
    >>> near_any(np.array([[1.0, 0.5], [1.0, 2.0]]), np.array([[[0.0, 0.0], [4.0, 0.0]]]), 1.0).tolist()
    [True, False]
    """
    found = np.zeros(len(points), dtype=np.bool_)
    if len(points) and len(segments):
        anyone = np.zeros(len(segments), dtype=np.int64)
        _near(np.ascontiguousarray(points), grid_over(segments, points, reach_m), anyone, reach_m, found)
    return found


@jit
def _near(points: Floats, grid: Grid, of: Ints, reach_m: float, found: NDArray[np.bool_]) -> None:
    for i in range(len(points)):
        found[i] = _is_near(points[i, 0], points[i, 1], 0, grid, of, reach_m)


@jit
def _is_near(x: float, y: float, line: int, grid: Grid, of: Ints, reach_m: float) -> bool:
    """Tell whether a segment of one line lies within reach of a point."""
    low, high = rows_of(grid, y - reach_m, y + reach_m)
    left, right = columns_of(grid, x - reach_m, x + reach_m)
    for k in range(low, high + 1):
        first, last = k * grid.columns + left, k * grid.columns + right
        for at in range(grid.start[first], grid.start[last + 1]):
            s = grid.item[at]
            if of[s] == line and _away2(x, y, grid.segments, s) <= reach_m * reach_m:
                return True
    return False


@jit
def _away2(x: float, y: float, segments: Floats, s: int) -> float:
    return away2(x, y, segments[s, 0, 0], segments[s, 0, 1], segments[s, 1, 0], segments[s, 1, 1])


def near_pairs(points: Floats, segments: Floats, reach_m: float) -> tuple[Ints, Ints]:
    """Return every point and segment within ``reach_m`` of each other, each pair once, in order of the points.

    Examples
    --------
    >>> import numpy as np
    >>> p, s = near_pairs(np.array([[1.0, 2.0], [1.0, 0.5]]), np.array([[[0.0, 0.0], [4.0, 0.0]]]), 1.0)
    >>> p.tolist(), s.tolist()
    ([1], [0])
    """
    if len(points) == 0 or len(segments) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    points = np.ascontiguousarray(points)
    grid = grid_over(segments, points, reach_m)
    pairs = np.empty((0, 2), dtype=np.int64)
    pairs = np.empty((_pairs(points, grid, reach_m, pairs), 2), dtype=np.int64)
    _pairs(points, grid, reach_m, pairs)
    pairs = np.unique(pairs, axis=0)
    return pairs[:, 0], pairs[:, 1]


@jit
def _pairs(points: Floats, grid: Grid, reach_m: float, pairs: Ints) -> int:
    """Count the pairs, some more than once, and write them where there is room."""
    n = 0
    for i in range(len(points)):
        x, y = points[i, 0], points[i, 1]
        low, high = rows_of(grid, y - reach_m, y + reach_m)
        left, right = columns_of(grid, x - reach_m, x + reach_m)
        for k in range(low, high + 1):
            for at in range(grid.start[k * grid.columns + left], grid.start[k * grid.columns + right + 1]):
                s = grid.item[at]
                if _away2(x, y, grid.segments, s) <= reach_m * reach_m:
                    if len(pairs):
                        pairs[n, 0], pairs[n, 1] = i, s
                    n += 1
    return n


def first_along(edges: Floats, segments: Floats, of: Ints, rank: Ints, reach_m: float) -> Ints:
    """Return for each edge the line that runs along it, of several the one of lowest rank, -1 for none.

    Parameters
    ----------
    edges
        (e, 2, 2) coordinates. A line runs along an edge when both its ends and its middle lie within ``reach_m`` of it.
    segments, of
        (s, 2, 2) segments of lines, and the line of each.
    rank
        (l,) ranks of the lines, from 0.

    Examples
    --------
    >>> import numpy as np
    >>> line = np.array([[[0.0, 0.0], [4.0, 0.0]]])
    >>> first_along(np.array([[[1.0, 0.0], [2.0, 0.5]], [[3.0, 0.0], [5.0, 0.0]]]), line, np.array([0]), np.array([0]), 0.5).tolist()
    [0, -1]
    """
    found = np.full(len(edges), -1)
    if len(edges) and len(segments):
        edges = np.ascontiguousarray(edges)
        _first_along(edges, grid_over(segments, edges, reach_m), of, rank, reach_m, found)
    return found


@jit
def _first_along(edges: Floats, grid: Grid, of: Ints, rank: Ints, reach_m: float, found: Ints) -> None:
    for e in range(len(edges)):
        ax, ay, bx, by = edges[e, 0, 0], edges[e, 0, 1], edges[e, 1, 0], edges[e, 1, 1]
        x, y = (ax + bx) / 2, (ay + by) / 2
        best = -1
        low, high = rows_of(grid, y - reach_m, y + reach_m)
        left, right = columns_of(grid, x - reach_m, x + reach_m)
        for k in range(low, high + 1):
            for at in range(grid.start[k * grid.columns + left], grid.start[k * grid.columns + right + 1]):
                s = grid.item[at]
                line = of[s]
                if best >= 0 and rank[line] >= rank[best]:
                    continue
                if (
                    _away2(x, y, grid.segments, s) <= reach_m * reach_m
                    and _is_near(ax, ay, line, grid, of, reach_m)
                    and _is_near(bx, by, line, grid, of, reach_m)
                ):
                    best = line
        found[e] = best


def room_around(segments: Floats, of: Ints, walls: Floats, wall_of: Ints, block: Ints, most_m: float) -> Floats:
    """Return the distance from each segment to the next wall of another building in its block, at most ``most_m``.

    Parameters
    ----------
    segments, of
        (s, 2, 2) pieces of walls, and the building of each.
    walls, wall_of
        (w, 2, 2) walls, and the building of each; a building that is a point is a wall without length.
    block
        (b,) block of each building.
    """
    room = np.full(len(segments), most_m)
    if len(segments) and len(walls):
        segments = np.ascontiguousarray(segments)
        _room(segments, of, grid_over(walls, segments, most_m), wall_of, block, room)
    return room


@jit
def _room(segments: Floats, of: Ints, grid: Grid, wall_of: Ints, block: Ints, room: Floats) -> None:
    """Lower ``room`` to what is found, in place."""
    for i in range(len(segments)):
        ax, ay, bx, by = segments[i, 0, 0], segments[i, 0, 1], segments[i, 1, 0], segments[i, 1, 1]
        west, east, south, north = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
        most = room[i]
        low, high = rows_of(grid, south - most, north + most)
        left, right = columns_of(grid, west - most, east + most)
        near2 = most * most
        for k in range(low, high + 1):
            for at in range(grid.start[k * grid.columns + left], grid.start[k * grid.columns + right + 1]):
                w = grid.item[at]
                if wall_of[w] == of[i] or block[wall_of[w]] != block[of[i]]:
                    continue
                px, py = grid.segments[w, 0, 0], grid.segments[w, 0, 1]
                qx, qy = grid.segments[w, 1, 0], grid.segments[w, 1, 1]
                dx = max(min(px, qx) - east, west - max(px, qx), 0.0)
                dy = max(min(py, qy) - north, south - max(py, qy), 0.0)
                if dx * dx + dy * dy < near2:
                    near2 = min(near2, _apart2(ax, ay, bx, by, px, py, qx, qy))
        if near2 < most * most:
            room[i] = np.sqrt(near2)


@jit
def _apart2(ax: float, ay: float, bx: float, by: float, px: float, py: float, qx: float, qy: float) -> float:
    """Return the square of the distance between two segments."""
    if _sides(ax, ay, bx, by, px, py, qx, qy) < 0.0 and _sides(px, py, qx, qy, ax, ay, bx, by) < 0.0:
        return 0.0
    return min(
        away2(ax, ay, px, py, qx, qy),
        away2(bx, by, px, py, qx, qy),
        away2(px, py, ax, ay, bx, by),
        away2(qx, qy, ax, ay, bx, by),
    )


@jit
def _sides(ax: float, ay: float, bx: float, by: float, px: float, py: float, qx: float, qy: float) -> float:
    """Return a number below 0 where p and q lie on different sides of the line through a and b."""
    dx, dy = bx - ax, by - ay
    return (dx * (py - ay) - dy * (px - ax)) * (dx * (qy - ay) - dy * (qx - ax))


def reaches(segments: Floats, of: Ints, walls: Floats, wall_of: Ints, low: Floats, high: Floats) -> None:
    """Widen ``low`` and ``high``, in place, to the first and last crossing of each segment with walls of its own number.

    Crossings are shares of the segment's length. What passes the end of a wall within a few units in the last place crosses it: of two walls
    that meet there at least one must count.
    """
    if len(segments) and len(walls):
        _reaches(np.ascontiguousarray(segments), of, grid_over(walls, walls, 0.0), wall_of, low, high)


@jit
def _reaches(segments: Floats, of: Ints, grid: Grid, wall_of: Ints, low: Floats, high: Floats) -> None:
    for i in range(len(segments)):
        ax, ay, bx, by = segments[i, 0, 0], segments[i, 0, 1], segments[i, 1, 0], segments[i, 1, 1]
        dx, dy = bx - ax, by - ay
        first, last = passed_rows(grid, ay, by)
        for k in range(first, last + 1):
            left, right = passed_columns(grid, k, ax, ay, bx, by)
            for at in range(grid.start[k * grid.columns + left], grid.start[k * grid.columns + right + 1]):
                w = grid.item[at]
                if wall_of[w] != of[i]:
                    continue
                px, py = grid.segments[w, 0, 0], grid.segments[w, 0, 1]
                ex, ey = grid.segments[w, 1, 0] - px, grid.segments[w, 1, 1] - py
                cross = dx * ey - dy * ex
                if abs(cross) <= 1e-12:
                    continue
                t = ((px - ax) * ey - (py - ay) * ex) / cross
                u = ((px - ax) * dy - (py - ay) * dx) / cross
                if -1e-12 <= t <= 1.0 + 1e-12 and -1e-12 <= u <= 1.0 + 1e-12:
                    low[i], high[i] = min(low[i], t), max(high[i], t)


LOOPS: Final = (_near, _pairs, _first_along, _room, _reaches)
"""What is compiled when first called."""
