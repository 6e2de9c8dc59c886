"""Join cells that no visible line parts, so that search can move a block as a whole before it moves single buildings.

Between two buildings of a block there is nothing to see, and a border there is dear. A search that moves one cell at a time has to pay
for such a border on its way from one side of the block to the other, and rarely does; a block that is one cell goes at once.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from areaplan.compiling import jit
from areaplan.partition import kernels as at
from areaplan.partition.kernels import Flags, Floats, Graph, Ints

__all__ = ["clumps", "fragments", "hidden_borders"]

CLEAR = 2.0
"""Borders are told apart where the dearest metre costs this many times the cheapest."""

SHARES = (0.35, 1.0)
"""Most households of a clump, in targets: from the finest level to the coarsest. Clumps of one level lie inside those of the next."""


def hidden_borders(length: Floats, cost: Floats) -> Flags:
    """Tell which borders nobody sees: those whose metre costs more than the middle between the cheapest and the dearest."""
    long = length > 0.0
    if not long.any():
        return long
    metre = np.divide(cost, length, out=np.zeros_like(cost), where=long)
    low, high = float(metre[long].min()), float(metre[long].max())
    if high < CLEAR * low or high <= 0.0:
        return np.zeros_like(long)
    return long & (metre > (low + high) / 2.0)


def clumps(g: Graph, target: float, upper: float) -> list[Ints]:
    """Return groupings of the cells, coarsest first; none where no border is hidden.

    Hidden borders are taken from the longest down, and what they part is joined as long as it is no larger than a share of the target.
    """
    hidden = hidden_borders(np.where(g.link, g.length, 0.0), g.cost) & (g.source < g.near)
    order = np.flatnonzero(hidden)
    order = order[np.argsort(-g.cost[order], kind="stable")]
    if not len(order):
        return []
    n = len(g.sums)
    root = np.arange(n)
    total = g.sums[:, at.HOUSEHOLDS].copy()
    found = []
    for share in SHARES:
        _join(g.source[order], g.near[order], root, total, min(share * target, upper))
        found.append(np.unique(root, return_inverse=True)[1].ravel().astype(np.int64))
    return found[::-1]


@jit
def _join(source: Ints, near: Ints, root: Ints, total: Floats, most: float) -> None:
    """Join the ends of the borders in turn where both together hold at most ``most``; ``root`` ends flat."""
    for e in range(source.size):
        a, b = source[e], near[e]
        while root[a] != a:
            a = root[a]
        while root[b] != b:
            b = root[b]
        if a != b and total[a] + total[b] <= most:
            a, b = min(a, b), max(a, b)
            root[b] = a
            total[a] += total[b]
    for u in range(root.size):
        while root[root[u]] != root[u]:
            root[u] = root[root[u]]


def fragments(g: Graph, group: Ints, label: Ints) -> Ints:
    """Return the grouping into what each area holds of each group, piece by piece."""
    same = g.link & (group[g.source] == group[g.near]) & (label[g.source] == label[g.near])
    n = len(group)
    matrix = coo_array((np.ones(int(same.sum()), dtype=np.int8), (g.source[same], g.near[same])), shape=(n, n))
    return connected_components(matrix, directed=False)[1].astype(np.int64)
