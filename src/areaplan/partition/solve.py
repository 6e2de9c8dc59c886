"""Arrays in, labels out: the way from a problem to its division."""

from __future__ import annotations

from dataclasses import replace
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
from areaplan.partition.presets import EFFORTS, PRESETS, EffortName, PresetName, parameters, priced
from areaplan.partition.problem import Problem
from areaplan.partition.repair import misfits, repair
from areaplan.partition.result import Cause, CauseKind, Partition
from areaplan.partition.search import natural_numbers
from areaplan.partition.steering import UNIT, Steered, steer

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
    bounds = Bounds(problem.lower, problem.target, problem.upper, problem.max_persons)
    _check_names(preset, effort, seed)
    problem = priced(problem, PRESETS[preset])
    p = parameters(problem, PRESETS[preset], areas)
    task = Task(bounds, p, EFFORTS[effort], seed, given=areas is not None)
    steered = steer(problem, bounds, p)
    finished = _locked_areas(problem)
    parts = parts_of(steered.whole) if len(steered.free) else []
    _check_number(problem, areas, len(parts) + len(finished), len(steered.whole.sums) + len(finished))
    asked = None if areas is None else areas - len(finished)
    found, verdicts = _divide(steered.whole, parts, asked, task, fewest=preset == "fewest")
    label = _work_units_out(steered, found, task)
    impossible = frozenset(int(cells[0]) for cells, v in zip(parts, verdicts, strict=True) if v.impossible)
    causes = explain(
        steered.graph, label, bounds, asked=areas is not None, proved=frozenset() if steered.has_units else impossible
    )
    whole = np.zeros(problem.cells, dtype=np.int64)
    whole[steered.free] = label[steered.group]
    start = int(label.max()) + 1 if len(label) else 0
    for number, cells in enumerate(finished):
        whole[cells] = start + number
    causes = (*_in_cells(causes, steered), *_of_the_office(problem, whole, start, bounds))
    del steered  # the whole graph is built once more for the energy: of a large town two are 80 MB
    return _result(problem, whole, causes, task, optimal=all(v.optimal for v in verdicts))


def _locked_areas(problem: Problem) -> list[Ints]:
    """Return the cells of each locked area, by its number."""
    if problem.locked is None:
        return []
    return [np.flatnonzero(problem.locked == n) for n in np.unique(problem.locked[problem.locked >= 0])]


def _divide(g: Graph, parts: list[Ints], areas: int | None, task: Task, *, fewest: bool) -> tuple[Ints, list[Verdict]]:
    """Divide each connected part; return labels and what is known of each."""
    graphs = [g] if len(parts) == 1 else [subgraph(g, cells) for cells in parts]
    numbers = _numbers(graphs, areas, task.bounds, fewest=fewest)
    verdicts = [
        divide_part(part, several, task, i) for i, (part, several) in enumerate(zip(graphs, numbers, strict=True))
    ]
    label = np.zeros(len(g.sums), dtype=np.int64)
    done = 0
    for cells, verdict in zip(parts, verdicts, strict=True):
        label[cells] = done + verdict.label
        done += int(verdict.label.max()) + 1
    return label, verdicts


def _work_units_out(steered: Steered, found: Ints, task: Task) -> Ints:
    """Return labels of the cells of ``steered.graph``; units are cut only where an area is out of the bounds without it."""
    label = found[steered.unit] if len(found) else found
    if steered.has_units and misfits(steered.graph, label, task.bounds):
        seed = (task.seed, len(label))
        label = repair(steered.graph, label, task.bounds, task.p, task.effort, seed, as_many=task.given)
    return label


def _in_cells(causes: tuple[Cause, ...], steered: Steered) -> tuple[Cause, ...]:
    """Return the causes with the cells of the problem instead of those of the steered graph."""
    said = []
    for cause in causes:
        if "cell" in cause.values:
            cells = steered.free[steered.group == cause.values["cell"]]
            kind = CauseKind.PINS_ABOVE_MAXIMUM if len(cells) > 1 else cause.kind
            cause = Cause(kind, cause.area, {**cause.values, "cell": int(cells[0])})  # noqa: PLW2901 -- the same cause
        said.append(cause)
    return tuple(said)


def _of_the_office(problem: Problem, label: Ints, first_locked: int, bounds: Bounds) -> list[Cause]:
    """Return what is out of the bounds because it was locked, and pairs that could not be kept apart."""
    households = np.bincount(label, weights=problem.households).astype(np.int64)
    persons = np.bincount(label, weights=problem.persons) if problem.persons is not None else np.zeros(len(households))
    out = np.flatnonzero(bounds.outside(households, persons))
    found = [Cause(CauseKind.LOCKED, a, {"households": int(households[a])}) for a in out.tolist() if a >= first_locked]
    if problem.apart is not None:
        for one, other in problem.apart[label[problem.apart[:, 0]] == label[problem.apart[:, 1]]].tolist():
            values = {"households": int(households[label[one]]), "cell": one, "other": other}
            found.append(Cause(CauseKind.NOT_APART, int(label[one]), values))
    return found


def _check_names(preset: str, effort: str, seed: int) -> None:
    faults = []
    if preset not in PRESETS:
        known = ", ".join(get_args(PresetName))
        faults.append(msg("there is no preset `{name}`; there are {known}", name=preset, known=known))
    if effort not in EFFORTS:
        known = ", ".join(get_args(EffortName))
        faults.append(msg("there is no effort `{name}`; there are {known}", name=effort, known=known))
    if seed < 0:
        faults.append(msg("`seed` is {value}, below 0", value=seed))
    if faults:
        raise ProblemError(faults)


def _check_number(problem: Problem, areas: int | None, least: int, most: int) -> None:
    if areas is not None and not least <= areas <= most:
        text = msg(
            "{areas} areas: at least one per connected part ({parts}) and at most one per cell ({cells})",
            areas=areas, parts=least, cells=most,
        )  # fmt: skip
        raise ProblemError([text])


def _numbers(graphs: list[Graph], areas: int | None, bounds: Bounds, *, fewest: bool) -> list[list[int]]:
    if areas is None:
        return [natural_numbers(g, bounds, fewest=fewest) for g in graphs]
    households = [int(g.sums[:, at.HOUSEHOLDS].sum()) for g in graphs]
    return [[k] for k in share_out(areas, households, [len(g.sums) for g in graphs])]


def _result(problem: Problem, label: Ints, causes: tuple[Cause, ...], task: Task, *, optimal: bool) -> Partition:
    """Return the answer, areas numbered by their first cell."""
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    label = rank[inverse.ravel()]
    causes = tuple(sorted((replace(c, area=int(rank[c.area])) for c in causes), key=lambda c: c.area))
    state = fresh_state(label, len(first))
    energy = float(tally(graph_of(problem, unit_factor=UNIT), state, task.p))
    status: Literal["optimal", "feasible", "infeasible"] = "infeasible" if causes else "feasible"
    bound = None
    if not causes and optimal:
        status, bound = "optimal", energy
    return Partition(label, len(first), energy, status, causes, bound, state.sums[:, at.HOUSEHOLDS].astype(np.int64))
