"""Numbers of buildings: on the building, beside it, or aside with a leader line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from areaplan.compiling import jit
from areaplan.maps.sheets.fonts import Face
from areaplan.maps.sheets.labels.boxes import covering, is_free, is_hit
from areaplan.maps.sheets.labels.placer import Placer

__all__ = ["SIZES", "Number", "place_numbers"]

Array = NDArray[np.float64]
SIZES: Final = (8.0, 7.0, 6.0, 5.5, 5.0)
_AROUND: Final = np.array(
    [(math.cos(a), math.sin(a)) for a in (0, math.pi / 2, math.pi, -math.pi / 2, 0.8, 2.35, -2.35, -0.8)]
)
_OVERHANG: Final = 1.25  # how much larger than its building a number may be that stands on it
_HALF_HIGH: Final = 0.36  # half the height of digits, in parts of the type size
_HIGH: Final = 0.75  # the height of digits, with a little air
_REACHES: Final = np.array([0.0, 1.3, 2.2, 3.4, 5.0])  # in parts of the type size; all but the first have a leader


@dataclass(frozen=True)
class Number:
    """Hold a building's number, where its text starts, its size, and the line to its building when it stands aside."""

    index: int
    text: str
    x: float
    y: float
    size: float
    lead: tuple[float, float, float, float] | None = None


def place_numbers(
    placer: Placer,
    face: Face,
    middles: Array,
    boxes: Array,
    numbers: Sequence[int],
    *,
    unit: float = 1.0,
    sizes: Sequence[float] = SIZES,
) -> tuple[list[Number], list[int]]:
    """Place the numbers of buildings, in the largest of a few sizes that leaves none out.

    Parameters
    ----------
    placer
        What is taken already; the numbers are taken in it too.
    middles, boxes
        (n, 2) a point inside and (n, 4) the printed extent of each building, in page points.
    numbers
        The number of each.
    unit
        Size of this paper's type over A4's.
    sizes
        To try, largest first.

    Returns
    -------
    The placed numbers, and the indices of those that found no room at the smallest size.
    """
    texts = [str(n) for n in numbers]
    best = np.empty((0, 5)), 0.0
    fewest = len(texts) + 1
    for size in (s * unit for s in sizes):
        places = _places(placer, face, middles, boxes, numbers, texts, size)
        left = int(np.isnan(places[:, 0]).sum())
        if left < fewest:
            best, fewest = (places, size), left
        if not left:
            break
    return _taken(placer, face, texts, *best, middles)


def _places(
    placer: Placer, face: Face, middles: Array, boxes: Array, numbers: Sequence[int], texts: list[str], size: float
) -> Array:
    """Return the place of every number at one size (n, 5): those that fit on their buildings first, for they cannot stand better elsewhere."""
    widths = np.array([face.width(t, size) for t in texts])
    wide, high = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    on_it = (widths <= wide * _OVERHANG) & (size * _HIGH <= high * _OVERHANG)
    order = np.lexsort([np.asarray(numbers), ~on_it])
    taken = np.concatenate([placer.taken, np.empty((len(texts), 4))])
    count = len(placer.taken)
    return _filled(taken, count, placer.limits, middles, boxes, widths, size, order, on_it, _AROUND, _REACHES)


def _taken(
    placer: Placer, face: Face, texts: list[str], places: Array, size: float, middles: Array
) -> tuple[list[Number], list[int]]:
    """Take the places in the placer; return the numbers on them, and the indices of those without one."""
    placed, left, taken = [], [], []
    for i, (x, y, end_x, end_y, aside) in enumerate(places.tolist()):
        if math.isnan(x):
            left.append(i)
            continue
        taken.append(covering(x, y, face.width(texts[i], size), size, 0.0))
        lead = (*middles[i].tolist(), end_x, end_y) if aside else None
        placed.append(Number(i, texts[i], x, y, size, lead))
    if taken:
        placer.take(np.concatenate(taken))
    return placed, left


@jit
def _filled(
    taken: Array, count: int, limits: Array, middles: Array, boxes: Array, widths: Array, size: float,
    order: NDArray[np.int64], on_it: NDArray[np.bool_], around: Array, reaches: Array,
) -> Array:  # fmt: skip
    """Return x, y, end of the leader, and whether there is one, of every number; not-a-number where there is no room."""
    places = np.full((len(boxes), 5), np.nan)
    for i in order:
        x, y = middles[i, 0] - widths[i] / 2, middles[i, 1] - size * _HALF_HIGH
        box = covering(x, y, widths[i], size, 0.0)
        if on_it[i] and is_free(taken, count, limits, box):  # it may stick out a little: its owner is still plain
            places[i, 0], places[i, 1], places[i, 4] = x, y, 0.0
        else:
            _beside(places, taken, count, limits, boxes, i, widths[i], size, around, reaches)
        if not np.isnan(places[i, 0]):
            taken[count] = covering(places[i, 0], places[i, 1], widths[i], size, 0.0)[0]
            count += 1
    return places


@jit
def _beside(
    places: Array, taken: Array, count: int, limits: Array, boxes: Array, index: int, width: float, size: float,
    around: Array, reaches: Array,
) -> None:  # fmt: skip
    """Put a number next to its building, or farther off with a leader, but never on another building, whose number it would seem to be."""
    half_x, half_y = (boxes[index, 2] - boxes[index, 0]) / 2, (boxes[index, 3] - boxes[index, 1]) / 2
    mid_x, mid_y = (boxes[index, 2] + boxes[index, 0]) / 2, (boxes[index, 3] + boxes[index, 1]) / 2
    for reach in reaches:
        for k in range(len(around)):
            dx, dy = around[k, 0], around[k, 1]
            at_x = mid_x + dx * (half_x + width / 2 + 1 + reach * size)
            at_y = mid_y + dy * (half_y + size / 2 + 1 + reach * size)
            x, y = at_x - width / 2, at_y - size * _HALF_HIGH
            if not is_free(taken, count, limits, covering(x, y, width, size, 0.0)):
                continue
            if _covers_other(boxes, index, x, y, x + width, y + size * _HIGH):
                continue
            if reach == 0 and _nearest(boxes, at_x, at_y) != index:
                continue
            places[index, 0], places[index, 1] = x, y
            places[index, 2], places[index, 3] = at_x - dx * width / 2, at_y - dy * size * 0.45
            places[index, 4] = reach
            return


@jit
def _covers_other(boxes: Array, index: int, left: float, bottom: float, right: float, top: float) -> bool:
    return is_hit(boxes[:index], index, left, bottom, right, top) or is_hit(
        boxes[index + 1 :], len(boxes) - index - 1, left, bottom, right, top
    )


@jit
def _nearest(boxes: Array, x: float, y: float) -> int:
    """Return the index of the box a reader would say (x, y) belongs to."""
    best, least = 0, np.inf
    for i in range(len(boxes)):
        dx = max(boxes[i, 0] - x, x - boxes[i, 2], 0.0)
        dy = max(boxes[i, 1] - y, y - boxes[i, 3], 0.0)
        if dx * dx + dy * dy < least:
            best, least = i, dx * dx + dy * dy
    return best
