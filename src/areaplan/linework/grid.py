"""Which segments lie near a place: a uniform grid over segments, asked in compiled loops.

A tree of geometries answers the same questions; but making half a million geometries to ask each of them once costs more than the answers.
Distances are those of plane geometry, written with the four operations and the square root alone, so compiled and plain Python agree to the
last bit.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from areaplan.compiling import jit
from areaplan.linework.edges import Floats, Ints

__all__ = ["LOOPS", "Grid", "away2", "columns_of", "grid_over", "passed_columns", "passed_rows", "rows_of"]

CELLS_A_SEGMENT = 8
"""Squares of the grid for every segment: towns are dense in some places and empty in most, so there are more squares than segments."""


class Grid(NamedTuple):
    """Hold segments by the squares they pass: those of square ``k`` are ``item[start[k] : start[k + 1]]``.

    Parameters
    ----------
    segments
        (s, 2, 2) coordinates, metres.
    west, south, size, columns, rows
        The corner of the grid, the side of a square in metres, and how many squares there are.
    start, item
        Squares row by row from the south, each row from the west.
    """

    segments: Floats
    west: float
    south: float
    size: float
    columns: int
    rows: int
    start: Ints
    item: Ints


def grid_over(segments: Floats, places: Floats, reach_m: float) -> Grid:
    """Return a grid over the part of ``segments`` that lies within ``reach_m`` of the box around ``places``.

    Examples
    --------
    >>> import numpy as np
    >>> grid = grid_over(np.array([[[0.0, 0.0], [4.0, 0.0]]]), np.array([[0.0, 0.0], [4.0, 4.0]]), 1.0)
    >>> bool(grid.rows >= 1), np.unique(grid.item).tolist()
    (True, [0])
    """
    segments = np.ascontiguousarray(segments, dtype=np.float64)
    places = places.reshape(-1, 2)
    low, high = (
        (places.min(axis=0) - reach_m, places.max(axis=0) + reach_m) if len(places) else (np.zeros(2), np.zeros(2))
    )
    width, height = (float(v) for v in np.maximum(high - low, 1e-3))
    size = max(reach_m, _fitting(segments, width, height))
    columns, rows = int(width / size) + 1, int(height / size) + 1
    west, south = float(low[0]), float(low[1])
    start = np.zeros(columns * rows + 1, dtype=np.int64)
    grid = Grid(segments, west, south, size, columns, rows, start, np.empty(0, dtype=np.int64))
    _sort(grid, start, grid.item)
    start = np.cumsum(start)
    item = np.empty(int(start[-1]), dtype=np.int64)
    if len(item):
        _sort(grid, start.copy(), item)
    return grid._replace(start=start, item=item)


def _fitting(segments: Floats, width: float, height: float) -> float:
    """Return a side of squares: neither more squares than the segments are worth, nor many squares for one segment."""
    squares = CELLS_A_SEGMENT * max(len(segments), 1)
    d = np.abs(segments[:, 1] - segments[:, 0]).sum(axis=1)
    usual = float(np.minimum(d, width + height).mean()) if len(d) else 0.0
    return max(float(np.sqrt(width * height / squares)), max(width, height) / squares, usual / CELLS_A_SEGMENT)


@jit
def columns_of(grid: Grid, west: float, east: float) -> tuple[int, int]:
    """Return the first and the last column between two x; the last is below the first for what lies beside the grid."""
    return _squares((west - grid.west) / grid.size, (east - grid.west) / grid.size, grid.columns)


@jit
def rows_of(grid: Grid, south: float, north: float) -> tuple[int, int]:
    """Return the first and the last row between two y; the last is below the first for what lies beside the grid."""
    return _squares((south - grid.south) / grid.size, (north - grid.south) / grid.size, grid.rows)


@jit
def _squares(first: float, last: float, count: int) -> tuple[int, int]:
    """Return the first and the last of ``count`` squares between two places, both in sides of a square."""
    if last < 0.0 or first > count:
        return 0, -1
    return int(max(first, 0.0)), int(min(last, count - 1.0))


@jit
def passed_rows(grid: Grid, ay: float, by: float) -> tuple[int, int]:
    """Return the first and the last row a segment passes."""
    edge = 1e-6 * grid.size
    return rows_of(grid, min(ay, by) - edge, max(ay, by) + edge)


@jit
def passed_columns(grid: Grid, k: int, ax: float, ay: float, bx: float, by: float) -> tuple[int, int]:
    """Return the first and the last column a segment passes in row ``k``."""
    edge = 1e-6 * grid.size  # more than rounding can move a crossing
    p, q = ax, bx
    if ay != by:
        below = (grid.south + k * grid.size - edge - ay) / (by - ay)
        above = (grid.south + (k + 1) * grid.size + edge - ay) / (by - ay)
        p = ax + max(min(below, above), 0.0) * (bx - ax)
        q = ax + min(max(below, above), 1.0) * (bx - ax)
    return columns_of(grid, min(p, q) - edge, max(p, q) + edge)


@jit
def _sort(grid: Grid, start: Ints, item: Ints) -> None:
    """Count the segments of every square, one square on (``item`` empty), or write them from ``start`` on."""
    counting = len(item) == 0
    for s in range(len(grid.segments)):
        ax, ay = grid.segments[s, 0, 0], grid.segments[s, 0, 1]
        bx, by = grid.segments[s, 1, 0], grid.segments[s, 1, 1]
        first, last = passed_rows(grid, ay, by)
        for k in range(first, last + 1):
            left, right = passed_columns(grid, k, ax, ay, bx, by)
            for at in range(k * grid.columns + left, k * grid.columns + right + 1):
                if counting:
                    start[at + 1] += 1
                else:
                    item[start[at]] = s
                    start[at] += 1


@jit
def away2(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> float:
    """Return the square of the distance from a point to a segment."""
    dx, dy = bx - ax, by - ay
    long2 = dx * dx + dy * dy
    t = (x - ax) * dx + (y - ay) * dy
    if t <= 0.0 or long2 == 0.0:
        return (x - ax) * (x - ax) + (y - ay) * (y - ay)
    if t >= long2:
        return (x - bx) * (x - bx) + (y - by) * (y - by)
    off = (x - ax) * dy - (y - ay) * dx
    return off * off / long2


LOOPS: Final = (_sort,)
"""What is compiled when first called."""
