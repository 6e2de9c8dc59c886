"""What is settled before the search: locked areas, pins, natural units, barriers. The search sees a smaller graph and knows nothing of it.

1. Cells of locked areas are taken out; what borders on them is outline.
2. Cells pinned together become one.
3. A pair to be kept apart is a border without length that pays when it is cut.
4. A natural unit that fits the band becomes one cell; borders inside larger units are dearer.
5. A part of the ground that barriers cut off and that cannot be inside the bounds by itself is opened to the neighbour it shares most
   border with: bounds go before barriers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from areaplan.partition import kernels as at
from areaplan.partition.graphs import contract, graph_of, parts_of, subgraph
from areaplan.partition.kernels import Flags, Floats, Graph, Ints
from areaplan.partition.numbers import Bounds
from areaplan.partition.problem import Problem, pinned

__all__ = ["UNIT", "Steered", "steer"]

APART = 600.0
"""What a pair in one area that was to be kept apart costs, in units of the energy: as much as two areas out of the bounds."""

UNIT = 4.0
"""How many times dearer a border is inside a natural unit (rule E5)."""


@dataclass(frozen=True)
class Steered:
    """Hold what is left to be divided.

    Parameters
    ----------
    free
        Cells that are not locked.
    group
        For each of ``free`` its cell in ``graph``.
    graph
        Free cells, pins joined.
    unit
        For each cell of ``graph`` its cell in ``whole``.
    whole
        The same with natural units joined; ``graph`` itself where there are none.
    """

    free: Ints
    group: Ints
    graph: Graph
    unit: Ints
    whole: Graph

    @property
    def has_units(self) -> bool:
        """Tell whether natural units were joined."""
        return len(self.whole.sums) < len(self.graph.sums)


def steer(problem: Problem, bounds: Bounds, p: Floats) -> Steered:
    """Settle what the office has settled."""
    plain = graph_of(problem, apart_cost=APART / p[at.W_BORDER] if p[at.W_BORDER] else 0.0, unit_factor=UNIT)
    locked = problem.locked if problem.locked is not None else np.full(problem.cells, -1)
    free = np.flatnonzero(locked < 0).astype(np.int64)
    g = plain if len(free) == problem.cells else subgraph(plain, free)
    _, group = np.unique(pinned(problem)[free], return_inverse=True)
    group = group.ravel().astype(np.int64)
    if len(group) and int(group.max()) + 1 < len(free):
        g = contract(g, group)
    g = _open_barriers(g, bounds)
    unit = _units(problem, free, group, g, bounds)
    whole = contract(g, unit) if len(unit) and int(unit.max()) + 1 < len(unit) else g
    return Steered(free, group, g, unit, whole)


def _units(problem: Problem, free: Ints, group: Ints, g: Graph, bounds: Bounds) -> Ints:
    """Return the grouping of the cells of ``g`` into natural units that hang together and are no larger than an area may be."""
    n = len(g.sums)
    unit = np.arange(n)
    if problem.keep is None:
        return unit
    named = np.full(n, -1, dtype=np.int64)
    named[group] = problem.keep[free]
    for name in np.unique(named[named >= 0]).tolist():
        for cells in parts_of(g, named == name):
            h, q = g.sums[cells, at.HOUSEHOLDS].sum(), g.sums[cells, at.PERSONS].sum()
            if h <= bounds.upper and (bounds.max_persons is None or q <= bounds.max_persons):
                unit[cells] = cells[0]
    return np.unique(unit, return_inverse=True)[1].ravel().astype(np.int64)


def _open_barriers(g: Graph, bounds: Bounds) -> Graph:
    """Return the graph with barriers opened around parts that cannot be inside the bounds by themselves."""
    barrier = ~g.link & (g.length > 0.0)
    if not barrier.any():
        return g
    link = g.link.copy()
    refused: set[int] = set()
    while True:
        parts = parts_of(g._replace(link=link))
        part = np.zeros(len(g.sums), dtype=np.int64)
        for i, cells in enumerate(parts):
            part[cells] = i
        wrong = [i for i, cells in enumerate(parts) if int(cells[0]) not in refused and not _fits(g, cells, bounds)]
        if not wrong or len(parts) == 1:
            return g._replace(link=link)
        smallest = min(wrong, key=lambda i: (g.sums[parts[i], at.HOUSEHOLDS].sum(), i))
        opened = _opening(g, part, smallest, barrier & ~link)
        if opened is None:
            refused.add(int(parts[smallest][0]))
        else:
            link |= opened


def _fits(g: Graph, cells: Ints, bounds: Bounds) -> bool:
    return len(bounds.fitting(int(g.sums[cells, at.HOUSEHOLDS].sum()), int(g.sums[cells, at.PERSONS].sum()))) > 0


def _opening(g: Graph, part: Ints, one: int, barrier: Flags) -> Flags | None:
    """Return the barrier between a part and the neighbour it shares most of it with; None where there is no neighbour."""
    mine = barrier & (part[g.source] == one) & (part[g.near] != one)
    if not mine.any():
        return None
    shared = np.bincount(part[g.near[mine]], weights=g.length[mine])
    other = int(shared.argmax())
    ends = np.stack([part[g.source], part[g.near]])
    chosen: Flags = barrier & (np.sort(ends, axis=0) == np.sort([one, other])[:, None]).all(axis=0)
    return chosen
