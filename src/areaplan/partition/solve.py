"""Arrays in, labels out: the way from a problem to its division."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from areaplan.errors import ProblemError
from areaplan.messages import msg
from areaplan.partition import kernels as at
from areaplan.partition.causes import explain
from areaplan.partition.graphs import fresh_state, graph_of, parts_of, subgraph
from areaplan.partition.kernels import Graph, Ints, tally
from areaplan.partition.numbers import Bounds, share_out
from areaplan.partition.part import Task, Verdict, divide_part
from areaplan.partition.presets import EFFORTS, PRESETS, EffortName, PresetName, parameters
from areaplan.partition.problem import Problem
from areaplan.partition.result import Partition
from areaplan.partition.search import natural_numbers

__all__ = ["partition"]


def partition(
    problem: Problem,
    *,
    preset: PresetName = "field",
    areas: int | None = None,
    seed: int = 0,
    effort: EffortName = "normal",
) -> Partition:
    """Divide the cells of a problem into connected areas inside the bounds.

    Parameters
    ----------
    problem
        Cells, borders, bounds.
    preset
        What is preferred once the bounds are kept: ``field`` visible borders before balance, ``balance`` equal areas first,
        ``borders`` cheap borders first, ``fewest`` as few areas as can be.
    areas
        Number of areas; by default each connected part gets the number nearest to households / target that can be inside.
    seed
        Same problem, same preset, same seed: same labels, on any machine and with any number of processes.
    effort
        How long to look: ``quick``, ``normal`` or ``thorough``.

    Returns
    -------
    Partition
        Labels, and a cause for every area out of the bounds. The order of aims and the energy: ``docs/engine.md``.

    Raises
    ------
    ProblemError
        When ``preset``, ``effort``, ``seed`` or ``areas`` cannot be (fewer areas than connected parts, more than cells).

    Examples
    --------
    >>> row = Problem(households=[40, 40, 40, 40], area_m2=[1, 1, 1, 1], outer_m=[3, 2, 2, 3], edges=[[0, 1], [1, 2], [2, 3]],
    ...               shared_m=[1, 1, 1], cost=[1, 1, 1], lower=60, target=80, upper=100)
    >>> partition(row).labels
    array([0, 0, 1, 1])
    """
    g = graph_of(problem)
    parts = parts_of(g)
    _check_options(problem, preset, areas, seed, effort, len(parts))
    bounds = Bounds(problem.lower, problem.target, problem.upper, problem.max_persons)
    graphs = [g] if len(parts) == 1 else [subgraph(g, cells) for cells in parts]
    numbers = _numbers(graphs, areas, bounds, fewest=preset == "fewest")
    p = parameters(problem, sum(several[0] for several in numbers), PRESETS[preset])
    task = Task(bounds, p, EFFORTS[effort], seed)
    verdicts = [
        divide_part(part, several, task, i) for i, (part, several) in enumerate(zip(graphs, numbers, strict=True))
    ]
    label = np.zeros(problem.cells, dtype=np.int64)
    done = 0
    for cells, verdict in zip(parts, verdicts, strict=True):
        label[cells] = done + verdict.label
        done += int(verdict.label.max()) + 1
    return _result(g, _by_first_cell(label), verdicts, parts, task, asked=areas is not None)


def _check_options(problem: Problem, preset: str, areas: int | None, seed: int, effort: str, parts: int) -> None:
    faults = []
    if preset not in PRESETS:
        known = ", ".join(get_args(PresetName))
        faults.append(msg("there is no preset `{name}`; there are {known}", name=preset, known=known))
    if effort not in EFFORTS:
        known = ", ".join(get_args(EffortName))
        faults.append(msg("there is no effort `{name}`; there are {known}", name=effort, known=known))
    if seed < 0:
        faults.append(msg("`seed` is {value}, below 0", value=seed))
    if areas is not None and not parts <= areas <= problem.cells:
        faults.append(
            msg(
                "{areas} areas: at least one per connected part ({parts}) and at most one per cell ({cells})",
                areas=areas,
                parts=parts,
                cells=problem.cells,
            )
        )
    if faults:
        raise ProblemError(faults)


def _numbers(graphs: list[Graph], areas: int | None, bounds: Bounds, *, fewest: bool) -> list[list[int]]:
    if areas is None:
        return [natural_numbers(g, bounds, fewest=fewest) for g in graphs]
    households = [int(g.sums[:, at.HOUSEHOLDS].sum()) for g in graphs]
    return [[k] for k in share_out(areas, households, [len(g.sums) for g in graphs])]


def _by_first_cell(label: Ints) -> Ints:
    """Return labels that number the areas by their first cell."""
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse.ravel()]


def _result(g: Graph, label: Ints, verdicts: list[Verdict], parts: list[Ints], task: Task, *, asked: bool) -> Partition:
    state = fresh_state(label, int(label.max()) + 1)
    energy = float(tally(g, state, task.p))
    impossible = frozenset(int(cells[0]) for cells, verdict in zip(parts, verdicts, strict=True) if verdict.impossible)
    causes = explain(g, label, task.bounds, asked=asked, proved=impossible)
    status: Literal["optimal", "feasible", "infeasible"] = "infeasible" if causes else "feasible"
    bound = None
    if not causes and all(verdict.optimal for verdict in verdicts):
        status, bound = "optimal", energy
    households = state.sums[:, at.HOUSEHOLDS].astype(np.int64)
    return Partition(label, len(households), energy, status, causes, bound, households)
