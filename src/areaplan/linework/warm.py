"""Compile the loops over segments before the work starts."""

from __future__ import annotations

import numpy as np

from areaplan.compiling import is_cached, is_compiling
from areaplan.linework import chains, edges, grid, near

__all__ = ["is_warm", "warm_up"]

_LOOPS = (*edges.LOOPS, *grid.LOOPS, *near.LOOPS, *chains.LOOPS)


def is_warm() -> bool:
    """Tell whether nothing is left to compile: all is done on this machine, or compiling is switched off."""
    return not all(map(is_compiling, _LOOPS)) or all(map(is_cached, _LOOPS))


def warm_up() -> None:
    """Ask every question once, of two segments."""
    two = np.array([[[0.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [2.0, 1.0]]])
    of, block = np.arange(2), np.zeros(2, dtype=np.int64)
    near.near_any(two[:, 0], two, 1.0)
    near.near_pairs(two[:, 0], two, 1.0)
    near.first_along(two, two, of, block, 1.0)
    near.room_around(two, of, two, of, block, 1.0)
    near.reaches(two, block, two, block, np.zeros(2), np.ones(2))
    chains.merged_lines(two)
    edges.edge_table(edges.two_point_lines(two))
