"""What is preferred to what: the weights behind the presets, and how long to look.

Weights were measured, not guessed: ``benchmarks/sweep.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from areaplan.partition import kernels as at
from areaplan.partition.clumps import hidden_borders
from areaplan.partition.kernels import Floats
from areaplan.partition.problem import Problem

__all__ = ["EFFORTS", "PRESETS", "Effort", "EffortName", "PresetName", "Weights", "parameters", "priced", "softened"]

PresetName = Literal["field", "balance", "borders", "fewest"]
EffortName = Literal["quick", "normal", "thorough"]


@dataclass(frozen=True)
class Weights:
    """Weigh the terms of the energy (rules E1–E5 of ``docs/engine.md``)."""

    outside: float = 4000.0
    flag: float = 300.0
    balance: float = 16.0
    aim: float = 0.05
    aim_outside: float = 0.0
    aim_flag: float = 0.0
    shape: float = 1.0
    reach: float = 0.25
    border: float = 2.5
    hidden: float = 1.0


SOFT = 0.05

PRESETS: dict[PresetName, Weights] = {
    "field": Weights(),
    "balance": Weights(balance=1000.0, aim_outside=600.0, aim_flag=20.0, shape=8.0, border=2.0, hidden=4.5),
    "borders": Weights(balance=1.0, border=10.0, shape=0.2),
    "fewest": Weights(),
}


@dataclass(frozen=True)
class Effort:
    """Say how long to look.

    Parameters
    ----------
    starts
        Divisions of whole blocks that are begun.
    kept
        How many of them, the best, are worked out cell by cell.
    tries
        Moves tried per cell in one annealing.
    trees
        Random trees looked at for a cut.
    rounds
        Rounds, at most, of cutting pairs of neighbours anew at the end.
    stretches
        In how many stretches an annealing is gone through; after each of them all pairs are cut anew, and such a cut may lose.
    bold
        Random trees looked at for a cut that may lose: fewer, so that it is worse than the best there is.
    cycles
        Times that the way from whole blocks down to cells is gone again.
    renewals
        Times that windows of areas, all over the part, are divided once more from scratch.
    polished
        Whether windows of few cells, once all over a part, are divided in the best way there is.
    """

    starts: int
    kept: int
    tries: int
    trees: int
    rounds: int
    stretches: int
    bold: int
    cycles: int
    renewals: int
    polished: bool


_NORMAL = Effort(
    starts=3, kept=1, tries=100, trees=16, rounds=3, stretches=5, bold=2, cycles=1, renewals=0, polished=True
)

EFFORTS: dict[EffortName, Effort] = {
    "quick": Effort(
        starts=2, kept=1, tries=60, trees=6, rounds=2, stretches=2, bold=2, cycles=0, renewals=0, polished=False
    ),
    "normal": _NORMAL,
    "thorough": replace(_NORMAL, renewals=14),
}
"""Measured by ``python -m benchmarks.sweep efforts``: with 4 starts, 6 rounds and 4 bold trees a fifth more time for no less energy."""


def parameters(problem: Problem, weights: Weights, areas: int | None = None) -> Floats:
    """Return the vector of parameters for the kernels.

    A border is measured against the side of a usual area: the mean border of a cell times the square root of the cells of an area.
    """
    p = np.zeros(at.PARAMETERS)
    areas = areas or max(1, round(int(problem.households.sum()) / problem.target))
    p[at.LOWER], p[at.TARGET], p[at.UPPER] = problem.lower, problem.target, problem.upper
    p[at.MAX_PERSONS] = np.inf if problem.max_persons is None else problem.max_persons
    total = max(1, int(problem.households.sum()))
    p[at.LOAD_TARGET] = problem.target * (float(problem.weight.sum()) / total or 1.0)
    p[at.W_OUTSIDE], p[at.W_FLAG], p[at.W_BALANCE] = weights.outside, weights.flag, weights.balance
    p[at.AIM], p[at.W_AIM], p[at.W_AIM_FLAG] = weights.aim, weights.aim_outside, weights.aim_flag
    p[at.W_SHAPE] = weights.shape
    side = float(problem.shared_m.mean()) if problem.borders else 0.0
    side *= float(np.sqrt(problem.cells / max(1, areas)))
    # where no border has a length there are still pairs to be kept apart
    p[at.W_BORDER] = weights.border / (side or 1.0)
    p[at.REACH_SCALE] = 1.0
    if problem.x is not None:
        inhabited = problem.households > 0
        scale = float(np.median(problem.area_m2[inhabited])) if inhabited.any() else 1.0
        scale *= problem.cells / max(1, areas) / (2 * np.pi)
        p[at.W_REACH], p[at.REACH_SCALE] = weights.reach, max(scale, 1e-9)
    return p


def priced(problem: Problem, weights: Weights) -> Problem:
    """Return the problem with its hidden borders as many times dearer as ``weights`` say (rule E5)."""
    if weights.hidden == 1.0:
        return problem
    hidden = hidden_borders(problem.shared_m, problem.cost)
    return replace(problem, cost=np.where(hidden, weights.hidden * problem.cost, problem.cost))


def softened(p: Floats) -> Floats:
    """Return the parameters of the hot part of a search: bounds are dear but no wall, so that it can pass through what is outside."""
    soft = p.copy()
    soft[at.W_OUTSIDE] *= SOFT
    soft[at.W_FLAG] *= SOFT
    soft[at.W_AIM] *= SOFT
    soft[at.W_AIM_FLAG] *= SOFT
    return soft
