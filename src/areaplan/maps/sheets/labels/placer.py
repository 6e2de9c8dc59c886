"""Remember which parts of a window are taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from areaplan.maps.sheets.labels.boxes import covering, first_free, is_free
from areaplan.maps.sheets.measures import Box

__all__ = ["Placer"]

Spot = tuple[float, float, float]
_NOTHING: Final = np.empty((0, 4))


class Placer:
    """Remember which parts of a box are taken.

    Examples
    --------
    >>> placer = Placer((0, 0, 100, 100))
    >>> placer.try_text(10, 10, 30, 8), placer.try_text(20, 12, 30, 8)
    (True, False)
    """

    def __init__(self, box: Box) -> None:
        self.limits = np.array(box, dtype=float)
        self._boxes = np.empty((256, 4))
        self._count = 0

    def copy(self) -> Placer:
        """Return a placer of its own with the same parts taken."""
        other = Placer((0, 0, 0, 0))
        other.limits, other._boxes, other._count = self.limits, self._boxes.copy(), self._count
        return other

    @property
    def taken(self) -> NDArray[np.float64]:
        """The boxes that are taken (n, 4)."""
        return self._boxes[: self._count]

    def is_free(self, boxes: Sequence[Box]) -> bool:
        """Tell whether all ``boxes`` (left, bottom, right, top) lie inside and touch nothing that is taken."""
        return bool(is_free(self._boxes, self._count, self.limits, np.array(boxes, dtype=float)))

    def take(self, boxes: ArrayLike) -> None:
        """Mark ``boxes`` (n, 4) as taken."""
        more = np.asarray(boxes, dtype=float)
        while self._count + len(more) > len(self._boxes):
            self._boxes = np.concatenate([self._boxes, np.empty_like(self._boxes)])
        self._boxes[self._count : self._count + len(more)] = more
        self._count += len(more)

    def try_text(self, x: float, y: float, width: float, size: float, angle: float = 0.0) -> bool:
        """Take the room of a text whose base line starts at (x, y), if it is free."""
        return self.first([(x, y, angle)], width, size) is not None

    def first(self, spots: ArrayLike, width: float, size: float, *, off: NDArray[np.float64] = _NOTHING) -> Spot | None:
        """Take the first free place of a text.

        Parameters
        ----------
        spots
            (n, 3) starts of base lines and angles, the best first.
        width, size
            Of the text, points.
        off
            (m, 4) boxes that it should not touch either, if there is a choice.

        Returns
        -------
        The place, or ``None`` where none is free.
        """
        every = np.asarray(spots, dtype=float).reshape(-1, 3)
        found = first_free(self._boxes, self._count, self.limits, every, float(width), float(size), off)
        if found < 0:
            return None
        x, y, angle = every[found].tolist()
        self.take(covering(x, y, float(width), float(size), angle))
        return x, y, angle
