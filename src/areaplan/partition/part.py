"""Divide one connected part: exactly where it is small, by search and repair where it is not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from areaplan.partition import kernels as at
from areaplan.partition.exact import Sets, best_division, possible_sets
from areaplan.partition.graphs import fresh_state
from areaplan.partition.kernels import Floats, Graph, Ints, tally
from areaplan.partition.listing import MOST_CELLS
from areaplan.partition.numbers import Bounds
from areaplan.partition.presets import Effort
from areaplan.partition.renewal import POLISHES, polish, renew
from areaplan.partition.repair import misfits, repair
from areaplan.partition.search import LARGE, search

__all__ = ["Task", "Verdict", "divide_part"]


@dataclass(frozen=True)
class Task:
    """Hold what is the same for all parts of a problem."""

    bounds: Bounds
    p: Floats
    effort: Effort
    seed: int
    given: bool = False
    """Whether the number of areas was asked for, and so is kept whatever it costs."""


@dataclass(frozen=True)
class Verdict:
    """Hold the division of a part: its labels, the proved lower bound of its energy, and what is proved.

    ``optimal``: nothing better exists with this number of areas, and no number nearer to the wish is possible. ``impossible``: no
    division of any number is inside the bounds.
    """

    label: Ints
    bound: float | None = None
    optimal: bool = False
    impossible: bool = False


def divide_part(g: Graph, numbers: list[int], task: Task, index: int) -> Verdict:
    """Divide a connected part into the first of ``numbers`` that can be inside the bounds."""
    n = len(g.sums)
    if n == 1:
        return Verdict(np.zeros(1, dtype=np.int64), optimal=True)
    if n <= MOST_CELLS:
        sets = possible_sets(g, task.p, strict=True)
        if sets is not None:
            return _small(g, sets, numbers, task, index)
    label = _search(g, numbers[0], task, index)
    if misfits(g, label, task.bounds):
        label = repair(g, label, task.bounds, task.p, task.effort, (task.seed, index), as_many=task.given)
        label = _other_numbers(g, label, numbers, task, index)
    return Verdict(label)


def _search(g: Graph, areas: int, task: Task, index: int, *, for_proof: bool = False) -> Ints:
    """Return the labels of a search; ``thorough`` goes on from what ``normal`` finds, and what a proof is to stand on is polished as ``thorough`` is."""
    if areas == 1:
        return np.zeros(len(g.sums), dtype=np.int64)
    seed, effort = (task.seed, index, areas), task.effort
    label = search(g, areas, task.bounds, task.p, effort, seed)[0]
    usual = int(effort.polished and len(g.sums) <= LARGE)
    if effort.renewals:
        label = renew(g, polish(g, label, task.p, usual, seed), task.bounds, task.p, effort, seed)
    return polish(g, label, task.p, POLISHES if for_proof or effort.renewals else usual, seed)


def _other_numbers(g: Graph, label: Ints, numbers: list[int], task: Task, index: int) -> Ints:
    """Try the next two numbers of areas where the first left misfits; small parts only, for in a large one it is a local matter."""
    left = misfits(g, label, task.bounds)
    for areas in numbers[1:3] if len(g.sums) <= 600 else []:
        if not left:
            break
        other = _search(g, areas, task, index)
        if misfits(g, other, task.bounds):
            other = repair(g, other, task.bounds, task.p, task.effort, (task.seed, index, areas))
        now = misfits(g, other, task.bounds)
        if len(now) < len(left):
            label, left = other, now
    return label


def _small(g: Graph, sets: Sets, numbers: list[int], task: Task, index: int) -> Verdict:
    """Divide a part whose sets are all listed."""
    proved = True
    for areas in numbers:
        guess = _search(g, areas, task, index, for_proof=True)
        good = not misfits(g, guess, task.bounds)
        known = energy_of(g, guess, task.p) if good else np.inf
        label, bound, ended = best_division(sets, areas, known=known)
        if label is not None:
            return Verdict(label, bound, optimal=ended and proved)
        if good:
            return Verdict(guess, bound, optimal=ended and proved)
        proved &= ended
    return Verdict(_least_bad(g, numbers, task, index), impossible=proved)


def _least_bad(g: Graph, numbers: list[int], task: Task, index: int) -> Ints:
    """Return the division with the least energy where none is inside the bounds: one area more or fewer may help."""
    n = len(g.sums)
    sets = possible_sets(g, task.p, strict=False)
    tries = sorted(
        {max(1, min(n, k)) for k in (numbers[0] - 1, numbers[0], numbers[0] + 1)} if len(numbers) != 1 else numbers
    )
    best: tuple[float, int, float] | None = None
    label = np.zeros(n, dtype=np.int64)
    for areas in tries:
        other = _search(g, areas, task, index)
        if sets is not None:
            better, _, _ = best_division(sets, areas, known=energy_of(g, other, task.p))
            other = other if better is None else better
        value = (round(_penalty(g, other, task.p), 6), abs(areas - numbers[0]), energy_of(g, other, task.p))
        if best is None or value < best:
            best, label = value, other
    return label


def energy_of(g: Graph, label: Ints, p: Floats) -> float:
    """Return the energy of a division."""
    return float(tally(g, fresh_state(label, int(label.max()) + 1), p))


def _penalty(g: Graph, label: Ints, p: Floats) -> float:
    """Return the part of the energy that being outside the bounds costs."""
    only = np.zeros_like(p)
    keep = [at.LOWER, at.UPPER, at.TARGET, at.MAX_PERSONS, at.LOAD_TARGET, at.W_OUTSIDE, at.W_FLAG, at.REACH_SCALE]
    only[keep] = p[keep]
    return energy_of(g, label, only)
