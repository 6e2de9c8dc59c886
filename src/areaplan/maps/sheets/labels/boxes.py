"""The ground that a text takes, and whether it is taken already: the loops that every label runs through, compiled where numba is there."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from areaplan.compiling import jit

__all__ = ["ASCENT", "DESCENT", "covering", "first_free", "is_free", "is_hit", "text_box"]

Array = NDArray[np.float64]

ASCENT: Final = 0.78
DESCENT: Final = 0.12
"""Of Chinese characters, in parts of the type size; Latin and digits stay inside."""
_RIM: Final = 0.4  # points between two texts, at least
_UPRIGHT: Final = 0.02  # sine of the angle up to which one box covers a text


def text_box(x: float, y: float, width: float, size: float, angle: float = 0.0) -> Array:
    """Return the four corners of a text whose base line starts at (x, y), turned by ``angle`` radians."""
    c, s = math.cos(angle), math.sin(angle)
    low, high = -DESCENT * size, ASCENT * size
    corners = ((0.0, low), (width, low), (width, high), (0.0, high))
    return np.array([(x + c * a - s * b, y + s * a + c * b) for a, b in corners])


@jit
def covering(x: float, y: float, width: float, size: float, angle: float) -> Array:
    """Cover a turned text by (n, 4) upright boxes, one per about a character: a single one would waste the corners."""
    c, s = math.cos(angle), math.sin(angle)
    pieces = 1
    if abs(s) >= _UPRIGHT:
        pieces = max(1, math.ceil(width / size))
    step, low, high = width / pieces, -DESCENT * size, ASCENT * size
    left, right = min(0.0, step * c) - max(low * s, high * s), max(0.0, step * c) - min(low * s, high * s)
    bottom, top = min(0.0, step * s) + min(low * c, high * c), max(0.0, step * s) + max(low * c, high * c)
    boxes = np.empty((pieces, 4))
    for i in range(pieces):
        at_x, at_y = x + i * step * c, y + i * step * s
        boxes[i, 0], boxes[i, 1] = at_x + left - _RIM, at_y + bottom - _RIM
        boxes[i, 2], boxes[i, 3] = at_x + right + _RIM, at_y + top + _RIM
    return boxes


@jit
def is_hit(boxes: Array, count: int, left: float, bottom: float, right: float, top: float) -> bool:
    """Tell whether one of the first ``count`` boxes shares ground with the given one."""
    for i in range(count):
        if boxes[i, 0] < right and boxes[i, 2] > left and boxes[i, 1] < top and boxes[i, 3] > bottom:
            return True
    return False


@jit
def is_free(taken: Array, count: int, limits: Array, boxes: Array) -> bool:
    """Tell whether all ``boxes`` lie inside ``limits`` and share no ground with what is taken."""
    for i in range(len(boxes)):
        left, bottom, right, top = boxes[i, 0], boxes[i, 1], boxes[i, 2], boxes[i, 3]
        if left < limits[0] or bottom < limits[1] or right > limits[2] or top > limits[3]:
            return False
        if is_hit(taken, count, left, bottom, right, top):
            return False
    return True


@jit
def first_free(taken: Array, count: int, limits: Array, spots: Array, width: float, size: float, off: Array) -> int:
    """Return the first spot (x, y, angle) of a text that is free and touches no box of ``off``, else the first free one, else -1."""
    found = -1
    for i in range(len(spots)):
        boxes = covering(spots[i, 0], spots[i, 1], width, size, spots[i, 2])
        if not is_free(taken, count, limits, boxes):
            continue
        if found < 0:
            found = i
        if is_free(off, len(off), limits, boxes):
            return i
    return found
