"""What a partition returns: labels, and for every area out of the bounds the cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["Cause", "CauseKind", "Partition"]


class CauseKind(StrEnum):
    """Say why an area is out of the bounds, or not as the office asked.

    ``values`` of a :class:`Cause` hold ``households`` of the area always, and what is named here in brackets.
    """

    PART_TOO_SMALL = "part_too_small"  # its connected part has fewer households than an area needs [part]
    CELL_ABOVE_MAXIMUM = "cell_above_maximum"  # one cell alone is above the maximum [cell, cell_households]
    NO_NUMBER_FITS = (
        "no_number_fits"  # the part cannot be shared out: n areas are too many, n - 1 too few [part, fewer, more]
    )
    PINS_ABOVE_MAXIMUM = "pins_above_maximum"  # cells pinned together are above it [cell, cell_households]
    LOCKED = "locked"  # the area was locked as it is
    NOT_APART = "not_apart"  # holds two cells that were to be kept apart [cell, other]
    CUT_OFF = "cut_off"  # what lies between cells above the maximum cannot be shared out [part]
    GIVEN_NUMBER = "given_number"  # the number of areas asked for does not fit [part, asked]
    PROVED_IMPOSSIBLE = "proved_impossible"  # all divisions of the part were looked at that leave its ``large`` cells alone [part, cells, large]
    NONE_FOUND = "none_found"  # searched and not found; another division may exist [part, cells]


@dataclass(frozen=True)
class Cause:
    """Say why the area ``area`` (a label) is out of the bounds; ``values`` are the figures for the sentence."""

    kind: CauseKind
    area: int
    values: Mapping[str, int | float]


@dataclass(frozen=True)
class Partition:
    """Hold a division of a :class:`~areaplan.partition.problem.Problem`.

    Parameters
    ----------
    labels
        Area of each cell, 0 … ``areas`` - 1, numbered by their first cell.
    areas
        Number of areas.
    energy
        What the preset makes of it (``docs/engine.md``); lower is better, comparable within one problem and preset only.
    status
        ``optimal``: no division into as many areas of each connected part, natural units whole, has a lower energy, proved.
        ``feasible``: every area is inside the bounds. ``infeasible``: some are not, and ``causes`` says why of each.
    causes
        One per area out of the bounds.
    bound
        Proved lower bound of the energy, where there is one.
    """

    labels: npt.NDArray[np.int64]
    areas: int
    energy: float
    status: Literal["optimal", "feasible", "infeasible"]
    causes: tuple[Cause, ...] = ()
    bound: float | None = None
    households: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64), repr=False)

    def __repr__(self) -> str:
        span = f", {self.households.min()}–{self.households.max()} households" if len(self.households) else ""
        return (
            f"Partition: {self.areas} areas{span}, {self.status}, energy {self.energy:.3f}, {len(self.causes)} causes"
        )
