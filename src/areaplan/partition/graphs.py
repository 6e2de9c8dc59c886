"""Turn a problem into compressed rows, find its connected parts, and cut single parts out."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from areaplan.compiling import jit
from areaplan.partition import kernels as at
from areaplan.partition.kernels import Flags, Floats, Graph, Ints, State
from areaplan.partition.problem import Problem

__all__ = ["contract", "fresh_state", "graph_of", "parts_of", "subgraph"]


def graph_of(problem: Problem, *, apart_cost: float = 0.0, unit_factor: float = 1.0) -> Graph:
    """Return the graph of a problem: borders and ferries, each from either side; cells in order of their numbers.

    Parameters
    ----------
    problem
        Cells and borders.
    apart_cost
        What cutting a pair saves that is to be kept apart; 0 leaves such pairs out.
    unit_factor
        How many times dearer borders are inside a natural unit.
    """
    none = np.zeros((0, 2), dtype=np.int64)
    ferry = problem.ferry if problem.ferry is not None else none
    apart = problem.apart if problem.apart is not None and apart_cost else none
    cost = problem.cost
    if problem.keep is not None:
        one, other = problem.keep[problem.edges].T
        cost = np.where((one >= 0) & (one == other), unit_factor * cost, cost)
    barrier = problem.barrier if problem.barrier is not None else np.zeros(problem.borders, dtype=bool)
    extra = np.zeros(len(ferry) + len(apart))
    link = np.concatenate([~barrier, np.ones(len(ferry), dtype=bool), np.zeros(len(apart), dtype=bool)])
    return _compressed(
        np.concatenate([problem.edges, ferry, apart]),
        np.concatenate([problem.shared_m, extra]),
        np.concatenate([cost, np.zeros(len(ferry)), np.full(len(apart), -apart_cost)]),
        link,
        _sums(problem),
    )


def _sums(problem: Problem) -> Floats:
    sums = np.zeros((problem.cells, at.COLUMNS))
    sums[:, at.HOUSEHOLDS] = problem.households
    sums[:, at.LOAD] = problem.weight
    sums[:, at.AREA] = problem.area_m2
    sums[:, at.PERIMETER] = problem.outer_m
    np.add.at(sums[:, at.PERIMETER], problem.edges.ravel(), np.repeat(problem.shared_m, 2))
    if problem.persons is not None:
        sums[:, at.PERSONS] = problem.persons
    if problem.x is not None and problem.y is not None:
        # from the middle of the problem: squares of map coordinates would drown the differences
        x, y = problem.x - problem.x.mean(), problem.y - problem.y.mean()
        spread = problem.spread if problem.spread is not None else 0.0
        sums[:, at.SUM_X], sums[:, at.SUM_Y] = problem.households * x, problem.households * y
        sums[:, at.SUM_SQUARE] = problem.households * (x * x + y * y + spread)
    return sums


def _compressed(pairs: Ints, length: Floats, cost: Floats, link: Flags, sums: Floats) -> Graph:
    """Return the rows of a graph; several borders of one pair become one."""
    n = len(sums)
    source = np.concatenate([pairs[:, 0], pairs[:, 1]])
    near = np.concatenate([pairs[:, 1], pairs[:, 0]])
    order = np.lexsort((near, source))
    source, near = source[order], near[order]
    begin = np.flatnonzero(np.diff(source * n + near, prepend=-1))
    several = (np.concatenate([v, v])[order] for v in (length, cost, link))
    if len(begin) < len(source):
        source, near = source[begin], near[begin]
        several = (add.reduceat(v, begin) for add, v in zip((np.add, np.add, np.logical_or), several, strict=True))
    long, twice, linked = several
    first = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(source, minlength=n), out=first[1:])
    dear = np.maximum(twice, 0.0)
    mean = float(dear.mean()) if len(dear) and dear.any() else 1.0
    return Graph(first, near, source, linked, long, twice, 0.05 + 0.95 * dear / (dear + mean), sums)


def contract(g: Graph, group: Ints) -> Graph:
    """Return the graph whose cells are the groups 0 … k - 1 of the cells of ``g``; what lies inside a group is gone.

    An area of the new graph has the sums, the outline and the border cost of the same area in the old one.
    """
    sums = np.zeros((int(group.max()) + 1, at.COLUMNS))
    np.add.at(sums, group, g.sums)
    one_way = g.source < g.near
    pairs = np.stack([group[g.source[one_way]], group[g.near[one_way]]], axis=1)
    length, cost, link = g.length[one_way], g.cost[one_way], g.link[one_way]
    inner = pairs[:, 0] == pairs[:, 1]
    np.subtract.at(sums[:, at.PERIMETER], pairs[inner, 0], 2.0 * length[inner])
    return _compressed(pairs[~inner], length[~inner], cost[~inner], link[~inner], sums)


def parts_of(g: Graph, chosen: Flags | None = None) -> list[Ints]:
    """Return the connected parts of the chosen cells (all by default), each ascending, in order of their first cells."""
    n = len(g.sums)
    inside = g.link if chosen is None else g.link & chosen[g.source] & chosen[g.near]
    matrix = coo_array((np.ones(int(inside.sum()), dtype=np.int8), (g.source[inside], g.near[inside])), shape=(n, n))
    _, part = connected_components(matrix, directed=False)
    cells = np.arange(n) if chosen is None else np.flatnonzero(chosen)
    order = np.argsort(part[cells], kind="stable")
    cuts = np.flatnonzero(np.diff(part[cells][order])) + 1
    found = np.split(cells[order], cuts) if len(cells) else []
    return sorted((f.astype(np.int64) for f in found), key=lambda f: int(f[0]))


def subgraph(g: Graph, cells: Ints) -> Graph:
    """Return the graph of some cells, ascending; what borders the others becomes their outline. Takes time by their number only."""
    first, source, near, half = _borders_inside(g.first, g.near, cells)
    return Graph(first, near, source, g.link[half], g.length[half], g.cost[half], g.pull[half], g.sums[cells])


@jit
def _borders_inside(first: Ints, near: Ints, cells: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the compressed rows of the borders between some cells, ascending, and the places those borders had."""
    begin = np.zeros(cells.size + 1, dtype=np.int64)
    most = (first[cells + 1] - first[cells]).sum()
    source, other, half = np.zeros(most, dtype=np.int64), np.zeros(most, dtype=np.int64), np.zeros(most, dtype=np.int64)
    found = 0
    for i in range(cells.size):
        for h in range(first[cells[i]], first[cells[i] + 1]):
            j = np.searchsorted(cells, near[h])
            if j < cells.size and cells[j] == near[h]:
                source[found], other[found], half[found] = i, j, h
                found += 1
        begin[i + 1] = found
    return begin, source[:found], other[:found], half[:found]


def fresh_state(label: Ints, areas: int) -> State:
    """Return a state with these labels; sums are filled by :func:`~areaplan.partition.kernels.tally`."""
    n = len(label)

    def ints(size: int) -> Ints:
        return np.zeros(size, dtype=np.int64)

    return State(label.copy(), np.zeros((areas, at.COLUMNS)), np.zeros(areas), ints(areas), ints(n + 1), ints(n))
