"""How many areas a connected part should have."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Bounds", "share_out"]


@dataclass(frozen=True)
class Bounds:
    """Hold the bounds as far as they decide about numbers of areas."""

    lower: int
    target: int
    upper: int
    max_persons: int | None = None

    def fitting(self, households: int, persons: int = 0) -> range:
        """Return the numbers of areas that ``households`` could be shared out to, each inside the bounds; may be empty."""
        fewest = max(1, math.ceil(households / self.upper)) if self.upper else 1
        if self.max_persons is not None:
            fewest = max(fewest, math.ceil(persons / self.max_persons))
        # at a minimum of nought areas without households are inside too
        most = households // self.lower if self.lower else max(fewest, households, persons)
        return range(fewest, max(most, fewest - 1) + 1)

    def nearest(self, households: int, persons: int = 0) -> list[int]:
        """Return the fitting numbers, nearest to households / target first; of two as near, the larger first."""
        wish = households / self.target
        return sorted(self.fitting(households, persons), key=lambda k: (abs(k - wish), -k))

    def outside(self, households: npt.NDArray[Any], persons: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        """Tell which areas are out of the bounds."""
        out = (households < self.lower) | (households > self.upper)
        return out if self.max_persons is None else out | (persons > self.max_persons)

    def best(self, households: int, cells: int, persons: int = 0, *, fewest: bool = False) -> int:
        """Return the number to aim at: the nearest that fits (or the fewest), else the nearest of all; at least one."""
        fitting = self.nearest(households, persons)
        if fewest and fitting:
            return min(cells, *fitting)
        if fitting:
            return min(cells, fitting[0])
        return min(cells, max(1, math.floor(households / self.target + 0.5)))


def share_out(areas: int, households: list[int], cells: list[int]) -> list[int]:
    """Share ``areas`` among parts: one each, then one by one where most households come on an area (Sainte-Laguë).

    A part never gets more areas than it has cells.
    """
    given = [1] * len(households)
    for _ in range(areas - len(households)):
        open_ = [i for i in range(len(given)) if given[i] < cells[i]]
        best = max(open_, key=lambda i: (households[i] / (2 * given[i] + 1), -i))
        given[best] += 1
    return given
