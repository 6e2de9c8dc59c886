"""Where the numbers beside the marks of an overview stand: on no mark and on no other number, where there is room at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from areaplan.model import Severity

__all__ = ["Mark", "number_places"]

_HIGH, _DIGIT, _RADIUS, _GAP = 13.0, 7.5, 6.0, 2.0  # pixels: of a number, of a digit, of a mark, between the two
_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))  # right, left, above, below, corners
_LINES = (0.0, 16.0, 32.0)  # pixels further away, where beside the mark is no room


class Mark(NamedTuple):
    """Hold where a finding is marked in pixels, its number, and the middle of the printed number, where there is room for it."""

    x: float
    y: float
    number: int
    severity: Severity
    number_at: tuple[float, float] | None
    text: str


def number_places(marks: Sequence[tuple[float, float, int]], wide: float) -> list[tuple[float, float] | None]:
    """Return the middle of each mark's number, or ``None`` where it would cover a mark or another number.

    Parameters
    ----------
    marks
        x and y in pixels, and the number; the first are placed first.
    wide
        Width of the picture, pixels.

    Examples
    --------
    >>> number_places([(50.0, 50.0, 1), (62.0, 50.0, 2)], 100.0)
    [(38.25, 50.0), (73.75, 50.0)]
    """
    if not marks:
        return []
    xy = np.array([m[:2] for m in marks])
    boxes = np.column_stack([xy - _RADIUS, xy + _RADIUS])  # west, north, east, south of everything drawn so far
    places: list[tuple[float, float] | None] = []
    for x, y, number in marks:
        half = _DIGIT * len(str(number)) / 2
        place = next((c for c in _around(x, y, half) if _is_free(c, half, boxes, wide)), None)
        places.append(place)
        if place:
            boxes = np.vstack([boxes, _box(place, half)])
    return places


def _around(x: float, y: float, half: float) -> list[tuple[float, float]]:
    across, along = _RADIUS + _GAP + half, _RADIUS + _GAP / 2 + _HIGH / 2
    return [(x + i * (across + more), y + j * (along + more)) for more in _LINES for i, j in _SIDES]


def _box(at: tuple[float, float], half: float) -> tuple[float, float, float, float]:
    return at[0] - half, at[1] - _HIGH / 2, at[0] + half, at[1] + _HIGH / 2


def _is_free(at: tuple[float, float], half: float, boxes: np.ndarray, wide: float) -> bool:
    west, north, east, south = _box(at, half)
    if west < 0 or east > wide or north < 0:
        return False
    apart = (boxes[:, 2] <= west) | (boxes[:, 0] >= east) | (boxes[:, 3] <= north) | (boxes[:, 1] >= south)
    return bool(apart.all())
