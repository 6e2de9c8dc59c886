"""Grow random spanning trees, and sum up at once what lies below each of their edges.

A tree that holds on to costly borders has its cuts on cheap ones: the keys of Kruskal's tree are random numbers times ``Graph.pull``.
Any edge of a tree divides it into two connected sides, so connectedness never has to be checked here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from areaplan.compiling import jit
from areaplan.partition.kernels import COLUMNS, HOUSEHOLDS, LOAD, PERIMETER, Floats, Graph, Ints, below, draw

__all__ = ["Wood", "enter", "grow", "sum_one", "sum_up", "wood"]


LEAST_BUCKETS, MOST_BUCKETS = 16, 65_536
"""Keys are sorted by counting how many fall into each of so many buckets; 32 bits of a key are cut down to that."""


class Wood(NamedTuple):
    """Hold the scratch space of the trees of one graph. A cell of the part that is cut has a place 0, 1, … in it."""

    inside: Ints  # stamp of the part a cell is in; the last entry is the stamp itself
    place: Ints  # cell -> place in the part
    first: Ints  # the part's own rows: where the borders of a place with other places begin,
    near: Ints  # which places those are, and how long and how dear they are
    length: Floats
    cost: Floats
    edges: Ints  # places on both sides of each border that connects, and how strongly trees hold on to it
    pull: Floats
    keys: Ints
    sorted: Ints  # edges, the highest key first
    counts: Ints
    root: Ints
    head: Ints
    after: Ints
    to: Ints
    order: Ints  # places, depth first: what lies below a place follows it
    turn: Ints  # place -> where it stands in ``order``
    parent: Ints
    size: Ints  # cells, households and load of what lies below a place, itself included
    held: Floats
    load: Floats
    sums: Floats  # all sums of it, as one area
    out_m: Floats  # length and cost of the borders between it and the rest of the part
    out_cost: Floats
    best: Ints  # cells of the best side found
    rest: Floats
    whole: Floats


def wood(cells: int, half_edges: int) -> Wood:
    """Return scratch space for a graph."""

    def ints(size: int) -> Ints:
        return np.zeros(size, dtype=np.int32)  # places and borders of one part: half the memory to walk through

    return Wood(
        np.zeros(cells + 1, dtype=np.int64), ints(cells), ints(cells + 1), ints(half_edges), np.zeros(half_edges), np.zeros(half_edges),
        ints(half_edges), np.zeros(half_edges // 2), ints(half_edges // 2), ints(half_edges // 2), ints(MOST_BUCKETS),
        ints(cells), ints(cells), ints(2 * cells), ints(2 * cells), ints(cells), ints(cells), ints(cells), ints(cells),
        np.zeros(cells), np.zeros(cells), np.zeros((cells, COLUMNS)), np.zeros(cells), np.zeros(cells), np.zeros(cells, dtype=np.int64),
        np.zeros(COLUMNS), np.zeros(COLUMNS),
    )  # fmt: skip


@jit
def _find(root: Ints, i: int) -> int:
    while root[i] != i:
        root[i] = root[root[i]]
        i = root[i]
    return i


@jit
def enter(g: Graph, nodes: Ints, t: Wood) -> int:
    """Mark the part, sum it up, write rows of its own; return how many of its inner borders connect."""
    stamp = t.inside[-1] + 1
    t.inside[-1] = stamp
    for i in range(nodes.size):
        t.inside[nodes[i]] = stamp
        t.place[nodes[i]] = i
    t.whole[:] = 0.0
    m, x = 0, 0
    for i in range(nodes.size):
        u = nodes[i]
        t.first[i] = x
        for c in range(COLUMNS):
            t.whole[c] += g.sums[u, c]
        for h in range(g.first[u], g.first[u + 1]):
            w = g.near[h]
            if t.inside[w] == stamp:
                t.near[x], t.length[x], t.cost[x] = t.place[w], g.length[h], g.cost[h]
                x += 1
                t.whole[PERIMETER] -= g.length[h]
                if g.link[h] and u < w:
                    t.edges[2 * m], t.edges[2 * m + 1], t.pull[m] = i, t.place[w], g.pull[h]
                    m += 1
    t.first[nodes.size] = x
    return m


@jit
def grow(g: Graph, nodes: Ints, m: int, rng: Ints, t: Wood) -> None:
    """Grow a random tree over the part and walk it depth first from a random root; fill ``order`` … ``load``."""
    n = nodes.size
    _choose_links(n, m, rng, t)
    start = below(rng, n)
    t.parent[start] = -1
    # `root` is free now: it is the stack of the walk
    t.root[0] = start
    top = 1
    seen = 0
    while top > 0:
        top -= 1
        i = t.root[top]
        t.order[seen] = i
        t.turn[i] = seen
        seen += 1
        t.size[i], t.held[i], t.load[i] = 1, g.sums[nodes[i], HOUSEHOLDS], g.sums[nodes[i], LOAD]
        x = t.head[i]
        while x >= 0:
            if t.to[x] != t.parent[i]:
                t.parent[t.to[x]] = i
                t.root[top] = t.to[x]
                top += 1
            x = t.after[x]
    for s in range(seen - 1, 0, -1):
        i = t.order[s]
        up = t.parent[i]
        t.size[up] += t.size[i]
        t.held[up] += t.held[i]
        t.load[up] += t.load[i]


@jit
def _choose_links(n: int, m: int, rng: Ints, t: Wood) -> None:
    """Choose the links of a tree (Kruskal, keys drawn at random), as lists that start at ``head``."""
    _sort_by_key(m, rng, t)
    for i in range(n):
        t.root[i] = i
        t.head[i] = -1
    links = 0
    e = 0
    while e < m and links < 2 * (n - 1):
        h = t.sorted[e]
        i = t.edges[2 * h]
        j = t.edges[2 * h + 1]
        a = _find(t.root, i)
        b = _find(t.root, j)
        if a != b:
            t.root[a] = b
            t.to[links] = j
            t.after[links] = t.head[i]
            t.head[i] = links
            t.to[links + 1] = i
            t.after[links + 1] = t.head[j]
            t.head[j] = links + 1
            links += 2
        e += 1


@jit
def _sort_by_key(m: int, rng: Ints, t: Wood) -> None:
    """Give each edge a random key and sort by it, the highest first; edges of one bucket keep their order."""
    buckets, shift = LEAST_BUCKETS, 28
    while buckets < 4 * m and buckets < MOST_BUCKETS:
        buckets *= 2
        shift -= 1
    t.counts[:buckets] = 0
    for e in range(m):
        bucket = buckets - 1 - (int(draw(rng) * t.pull[e]) >> shift)
        t.keys[e] = bucket
        t.counts[bucket] += 1
    begin = 0
    for b in range(buckets):
        begin, t.counts[b] = begin + t.counts[b], begin
    for e in range(m):
        b = t.keys[e]
        t.sorted[t.counts[b]] = e
        t.counts[b] += 1


@jit
def sum_up(g: Graph, nodes: Ints, t: Wood) -> None:
    """Fill ``sums``, ``out_m`` and ``out_cost`` for every place of the tree, in nearly linear time.

    A border between two cells lies inside what is below their lowest common ancestor, and inside nothing lower: it is taken off there.
    Ancestors are found while the walk is gone backwards (Tarjan 1979): what is done hangs together below the places still to come.
    """
    n = nodes.size
    t.sums[:n] = 0.0
    t.out_m[:n] = 0.0
    t.out_cost[:n] = 0.0
    for s in range(n - 1, -1, -1):
        i = t.order[s]
        u = nodes[i]
        t.root[i] = i
        x = t.head[i]
        while x >= 0:
            if t.to[x] != t.parent[i]:
                t.root[t.to[x]] = i
            x = t.after[x]
        for c in range(COLUMNS):
            t.sums[i, c] += g.sums[u, c]
        for x in range(t.first[i], t.first[i + 1]):
            t.out_m[i] += t.length[x]
            t.out_cost[i] += t.cost[x]
            j = t.near[x]
            if t.turn[j] > s:
                top = _find(t.root, j)
                meet = i if top == i else t.parent[top]
                t.sums[meet, PERIMETER] -= 2.0 * t.length[x]
                t.out_m[meet] -= 2.0 * t.length[x]
                t.out_cost[meet] -= 2.0 * t.cost[x]
        up = t.parent[i]
        if up >= 0:
            for c in range(COLUMNS):
                t.sums[up, c] += t.sums[i, c]
            t.out_m[up] += t.out_m[i]
            t.out_cost[up] += t.out_cost[i]


@jit
def sum_one(g: Graph, nodes: Ints, i: int, most: float, t: Wood) -> bool:
    """Fill ``sums``, ``out_m`` and ``out_cost`` of one place, walking through the smaller of the two sides.

    Return False, and leave it, as soon as the borders between the sides cost ``most``.
    """
    n, begin = nodes.size, t.turn[i]
    end = begin + t.size[i]
    below_it = 2 * t.size[i] <= n
    count, s = (end - begin, begin) if below_it else (n - end + begin, end % n)
    out_m, out_cost, within = 0.0, 0.0, 0.0
    for x in range(COLUMNS):
        t.sums[i, x] = 0.0
    for y in range(s, s + count):
        j = t.order[y if y < n else y - n]
        for x in range(t.first[j], t.first[j + 1]):
            if (begin <= t.turn[t.near[x]] < end) == below_it:
                within += t.length[x]
            else:
                out_m += t.length[x]
                out_cost += t.cost[x]
        if out_cost >= most:
            return False
    for y in range(s, s + count):
        u = nodes[t.order[y if y < n else y - n]]
        for c in range(COLUMNS):
            t.sums[i, c] += g.sums[u, c]
    t.sums[i, PERIMETER] -= within
    if not below_it:
        for c in range(COLUMNS):
            t.sums[i, c] = t.whole[c] - t.sums[i, c]
        t.sums[i, PERIMETER] += 2.0 * out_m
    t.out_m[i], t.out_cost[i] = out_m, out_cost
    return True
