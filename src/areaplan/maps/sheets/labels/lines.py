"""Places along lines, for the names of streets and rivers."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from areaplan.compiling import jit

__all__ = ["along", "beside_or_along"]

Array = NDArray[np.float64]
_MOST: Final = 25  # places tried on one line
_SLACK: Final = 1.05  # how much longer than the text its stretch of line is
_BASE: Final = 0.33  # of the type size: the middle of the characters lies so high above the base line


@jit
def along(line: Array, width: float, size: float) -> Array:
    """Return (n, 3) base line starts and angles at which a text of ``width`` follows ``line``, from its middle outwards.

    The text keeps straight: stretches that bend away by more than a third of the type size are passed over. It reads from left to right, or upwards.
    """
    at = np.zeros(len(line))
    for i in range(1, len(line)):
        at[i] = at[i - 1] + math.hypot(line[i, 0] - line[i - 1, 0], line[i, 1] - line[i - 1, 1])
    wide = width * _SLACK
    room = at[-1] - wide
    if room < 0:
        return np.empty((0, 3))
    places = max(1, min(_MOST, int(room / size) + 1))
    spots, found, middle = np.empty((places, 3)), 0, (places - 1) // 2
    for k in range(places):
        side = 1 if (k + places) % 2 else -1
        start = room / 2 if places == 1 else room * (middle + side * ((k + 1) // 2)) / (places - 1)
        ax, ay = _point(line, at, start)
        bx, by = _point(line, at, start + wide)
        chord = math.hypot(bx - ax, by - ay)
        if chord < width or _bend(line, at, start, start + wide, ax, ay, bx, by) > chord * size / 3:
            continue
        backwards = by < ay if abs(bx - ax) < 1e-6 else bx < ax
        if backwards:
            ax, ay, bx, by = bx, by, ax, ay
        angle, lead = math.atan2(by - ay, bx - ax), (chord - width) / 2
        spots[found, 0] = ax + lead * math.cos(angle) + _BASE * size * math.sin(angle)
        spots[found, 1] = ay + lead * math.sin(angle) - _BASE * size * math.cos(angle)
        spots[found, 2] = angle
        found += 1
    return spots[:found]


@jit
def _point(line: Array, at: Array, distance: float) -> tuple[float, float]:
    """Return the point of a line at a distance from its start."""
    i = 1
    while i < len(line) - 1 and at[i] < distance:
        i += 1
    part = min(1.0, (distance - at[i - 1]) / max(at[i] - at[i - 1], 1e-9))
    return line[i - 1, 0] + part * (line[i, 0] - line[i - 1, 0]), line[i - 1, 1] + part * (line[i, 1] - line[i - 1, 1])


@jit
def _bend(line: Array, at: Array, start: float, end: float, ax: float, ay: float, bx: float, by: float) -> float:
    """Return how far, times the chord's length, the line between two of its points leaves their chord."""
    most = 0.0
    for i in range(len(line)):
        if start < at[i] < end:
            off = abs((bx - ax) * (line[i, 1] - ay) - (by - ay) * (line[i, 0] - ax))
            most = max(most, off)
    return most


def beside_or_along(spots: Array, off: float, *, left: bool) -> Array:
    """Return the spots moved to one side by ``off`` points (the left one first, or the right one), then to the other, then as they are."""
    aside = np.column_stack([-np.sin(spots[:, 2]), np.cos(spots[:, 2]), np.zeros(len(spots))]) * off
    first, second = (spots + aside, spots - aside) if left else (spots - aside, spots + aside)
    return np.concatenate([first, second, spots])
