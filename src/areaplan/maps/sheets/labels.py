"""Where words go: greedy, best place first, never one text on another.

Names that do not fit are left out; numbers of buildings are not, so they may step aside with a leader line, and those that still find no room are
handed back for a detail sheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from areaplan.maps.sheets.fonts import Face
from areaplan.maps.sheets.ink import ASCENT, DESCENT
from areaplan.maps.sheets.measures import Box

__all__ = ["SIZES", "Number", "Placer", "along", "covering", "place_numbers"]

Points = NDArray[np.float64]
SIZES = (8.0, 7.0, 6.0, 5.5, 5.0)
_AROUND = tuple((math.cos(a), math.sin(a)) for a in (0, math.pi / 2, math.pi, -math.pi / 2, 0.8, 2.35, -2.35, -0.8))
_OVERHANG = 1.25  # how much larger than its building a number may be that stands on it
_HALF_HIGH = 0.36  # half the height of digits, in parts of the type size
_RIM = 0.4  # points between two texts, at least
_STEP_ASIDE = (1.3, 2.2, 3.4, 5.0)


class Placer:
    """Remember which parts of a box are taken."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self._boxes = np.empty((256, 4))
        self._count = 0

    def copy(self) -> Placer:
        """Return a placer of its own with the same parts taken."""
        other = Placer(self.box)
        other._boxes, other._count = self._boxes.copy(), self._count
        return other

    def is_free(self, boxes: Sequence[Box]) -> bool:
        """Tell whether all ``boxes`` (left, bottom, right, top) lie inside and touch nothing that is taken."""
        x0, y0, x1, y1 = self.box
        taken = self._boxes[: self._count]
        for left, bottom, right, top in boxes:
            if left < x0 or bottom < y0 or right > x1 or top > y1:
                return False
            hit = (taken[:, 0] < right) & (taken[:, 2] > left) & (taken[:, 1] < top) & (taken[:, 3] > bottom)
            if hit.any():
                return False
        return True

    def take(self, boxes: NDArray[np.float64]) -> None:
        """Mark ``boxes`` as taken."""
        while self._count + len(boxes) > len(self._boxes):
            self._boxes = np.concatenate([self._boxes, np.empty_like(self._boxes)])
        self._boxes[self._count : self._count + len(boxes)] = boxes
        self._count += len(boxes)

    def try_text(self, x: float, y: float, width: float, size: float, angle: float = 0.0) -> bool:
        """Take the room of a text whose base line starts at (x, y), if it is free."""
        boxes = covering(x, y, width, size, angle)
        if not self.is_free(boxes):
            return False
        self.take(np.array(boxes))
        return True


def covering(x: float, y: float, width: float, size: float, angle: float) -> list[Box]:
    """Cover a turned text by upright boxes, one per about a character: a single one would waste the corners."""
    c, s = math.cos(angle), math.sin(angle)
    pieces = 1 if abs(s) < 0.02 else max(1, math.ceil(width / size))
    step, low, high = width / pieces, -DESCENT * size, ASCENT * size
    left, right = min(0.0, step * c) - max(low * s, high * s), max(0.0, step * c) - min(low * s, high * s)
    bottom, top = min(0.0, step * s) + min(low * c, high * c), max(0.0, step * s) + max(low * c, high * c)
    starts = ((x + i * step * c, y + i * step * s) for i in range(pieces))
    return [(sx + left - _RIM, sy + bottom - _RIM, sx + right + _RIM, sy + top + _RIM) for sx, sy in starts]


def along(line: Points, width: float, size: float) -> Iterator[tuple[float, float, float]]:
    """Yield base line starts and angles at which a text of ``width`` follows ``line``, from its middle outwards.

    The text keeps straight: stretches that bend away by more than a third of the type size are passed over. It reads from left to right, or upwards.
    """
    steps = np.hypot(*np.diff(line, axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    room = at[-1] - width * 1.05
    if room < 0:
        return
    starts = np.linspace(0, room, max(1, min(25, int(room / size) + 1)))
    for start in starts[np.argsort(np.abs(starts - room / 2), kind="stable")].tolist():
        (ax, ay), (bx, by) = (
            np.array([np.interp(s, at, line[:, k]) for k in (0, 1)]) for s in (start, start + width * 1.05)
        )
        chord = math.hypot(bx - ax, by - ay)
        if chord < width:
            continue
        inside = line[(at > start) & (at < start + width * 1.05)]
        off = np.abs((bx - ax) * (inside[:, 1] - ay) - (by - ay) * (inside[:, 0] - ax)) / chord
        if len(off) and off.max() > size / 3:
            continue
        if (bx - ax, by - ay) < (0, 0) if abs(bx - ax) < 1e-6 else bx < ax:
            ax, ay, bx, by = bx, by, ax, ay
        angle = math.atan2(by - ay, bx - ax)
        lead = (chord - width) / 2
        # the base line lies below the middle of the characters, which should lie on the line
        x = ax + lead * math.cos(angle) + 0.33 * size * math.sin(angle)
        y = ay + lead * math.sin(angle) - 0.33 * size * math.cos(angle)
        yield x, y, angle


@dataclass(frozen=True)
class Number:
    """Hold a building's number, where its text starts, its size, and the building it is led from when it stands aside."""

    index: int
    text: str
    x: float
    y: float
    size: float
    lead: tuple[float, float, float, float] | None = None


def place_numbers(
    placer: Placer,
    face: Face,
    middles: Points,
    boxes: NDArray[np.float64],
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
    The placed numbers, and the indices of those that found no room at 5 points.
    """
    best: tuple[Placer, list[Number], list[int]] = (placer, [], list(range(len(numbers))))
    for size in sizes:
        trial = placer.copy()
        placed, left = _place_at(trial, face, middles, boxes, numbers, size * unit)
        if len(left) < len(best[2]):
            best = trial, placed, left
        if not left:
            break
    placer._boxes, placer._count = best[0]._boxes, best[0]._count
    return best[1], best[2]


def _place_at(
    placer: Placer, face: Face, middles: Points, boxes: NDArray[np.float64], numbers: Sequence[int], size: float
) -> tuple[list[Number], list[int]]:
    """Place what fits at one size: numbers that fit on their buildings first, for they cannot stand better elsewhere."""
    texts = [str(n) for n in numbers]
    widths = np.array([face.width(t, size) for t in texts])
    wide, high = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    on_it = (widths <= wide * _OVERHANG) & (size * 0.75 <= high * _OVERHANG)
    placed, left = [], []
    for i in sorted(range(len(texts)), key=lambda i: (not on_it[i], numbers[i])):
        spot = _on(placer, middles[i], float(widths[i]), size) if on_it[i] else None
        found = (*spot, None) if spot else _beside(placer, boxes, i, middles[i], float(widths[i]), size)
        if found is None:
            left.append(i)
        else:
            placed.append(Number(i, texts[i], found[0], found[1], size, found[2]))
    return placed, left


def _on(placer: Placer, middle: Points, width: float, size: float) -> tuple[float, float] | None:
    """Put a number on its building; it may stick out a little, for there its owner is still plain."""
    x, y = float(middle[0]) - width / 2, float(middle[1]) - size * _HALF_HIGH
    return (x, y) if placer.try_text(x, y, width, size) else None


def _beside(
    placer: Placer, boxes: NDArray[np.float64], index: int, middle: Points, width: float, size: float
) -> tuple[float, float, tuple[float, float, float, float] | None] | None:
    """Put a number next to its building, or farther off with a leader, but never on another building, whose number it would seem to be."""
    left, bottom, right, top = boxes[index].tolist()
    half, cx, cy = ((right - left) / 2, (top - bottom) / 2), (left + right) / 2, (bottom + top) / 2
    others = np.delete(boxes, index, axis=0)
    for reach in (0.0, *_STEP_ASIDE):
        for dx, dy in _AROUND:
            tx = cx + dx * (half[0] + width / 2 + 1 + reach * size)
            ty = cy + dy * (half[1] + size / 2 + 1 + reach * size)
            x, y = tx - width / 2, ty - size * _HALF_HIGH
            doubtful = reach == 0 and _nearest(boxes, tx, ty) != index
            if (
                doubtful
                or _covers_any(others, (x, y, x + width, y + size * 0.75))
                or not placer.try_text(x, y, width, size)
            ):
                continue
            lead = (*middle.tolist(), tx - dx * width / 2, ty - dy * size * 0.45) if reach else None
            return x, y, lead
    return None


def _covers_any(boxes: NDArray[np.float64], box: Box) -> bool:
    left, bottom, right, top = box
    hit = (boxes[:, 0] < right) & (boxes[:, 2] > left) & (boxes[:, 1] < top) & (boxes[:, 3] > bottom)
    return bool(hit.any())


def _nearest(boxes: NDArray[np.float64], x: float, y: float) -> int:
    """Return the index of the box a reader would say (x, y) belongs to."""
    off = np.maximum(np.maximum(boxes[:, :2] - (x, y), (x, y) - boxes[:, 2:]), 0)
    return int(np.argmin(np.hypot(off[:, 0], off[:, 1])))
