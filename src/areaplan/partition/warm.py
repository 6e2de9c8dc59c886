"""Compile the engine before the work starts, and tell the user that the first time takes longer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from areaplan.compiling import is_cached, is_compiling
from areaplan.messages import Message, msg
from areaplan.partition.annealing import anneal
from areaplan.partition.cuts import divide, resplit
from areaplan.partition.kernels import tally
from areaplan.partition.problem import Problem
from areaplan.partition.solve import partition

__all__ = ["warm_up"]


def warm_up(tell: Callable[[Message], None] | None = None) -> None:
    """Compile the engine now, once per machine and version; ``tell`` hears of it before, when it will take a while.

    Without numba, or where compiling is switched off, nothing is done and ``tell`` hears that the work will be slow.
    """
    kernels = (anneal, divide, resplit, tally)
    if not all(map(is_compiling, kernels)):
        if tell is not None:
            tell(msg("numba is missing or switched off: dividing villages takes about a hundred times longer"))
        return
    if tell is not None and not all(map(is_cached, kernels)):
        tell(msg("compiling the engine, 10–30 s, only this once"))
    partition(small_problem(), effort="quick")


def small_problem() -> Problem:
    """Return a row of cells that makes every loop run."""
    n = 12
    ones = np.ones(n)
    left = np.arange(n - 1)
    return Problem(
        households=np.full(n, 20), area_m2=ones, outer_m=ones, edges=np.column_stack([left, left + 1]), shared_m=ones[1:],
        cost=ones[1:], lower=60, target=80, upper=100,
    )  # fmt: skip
