"""Cut a connected part in two along an edge of a random spanning tree, again and again.

A tree that holds on to costly borders has its cuts on cheap ones: the keys of Kruskal's tree are random numbers times ``Graph.pull``.
Any edge of a tree divides it into two connected sides, so connectedness never has to be checked here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from areaplan.partition.compiling import jit
from areaplan.partition.kernels import (
    COLUMNS,
    HOUSEHOLDS,
    LOWER,
    PERIMETER,
    TARGET,
    UPPER,
    W_BORDER,
    W_OUTSIDE,
    Floats,
    Graph,
    Ints,
    State,
    area_energy,
    below,
    draw,
    row_energy,
)

__all__ = ["Wood", "divide", "resplit", "wood"]


class Wood(NamedTuple):
    """Hold the scratch space of the trees of one graph."""

    inside: Ints  # stamp of the part a cell is in; the last entry is the stamp itself
    place: Ints  # cell -> place in the part
    edges: Ints
    keys: Ints
    root: Ints
    head: Ints
    after: Ints
    to: Ints
    order: Ints
    parent: Ints
    size: Ints
    below: Floats  # households of the subtree
    best: Ints  # cells of the best side found
    side: Floats  # sums of a side
    rest: Floats
    whole: Floats


def wood(cells: int, half_edges: int) -> Wood:
    """Return scratch space for a graph."""

    def ints(size: int) -> Ints:
        return np.zeros(size, dtype=np.int64)

    return Wood(
        ints(cells + 1), ints(cells), ints(half_edges), ints(half_edges), ints(cells), ints(cells), ints(2 * cells),
        ints(2 * cells), ints(cells), ints(cells), ints(cells), np.zeros(cells), ints(cells), np.zeros(COLUMNS),
        np.zeros(COLUMNS), np.zeros(COLUMNS),
    )  # fmt: skip


@jit
def _find(root: Ints, i: int) -> int:
    while root[i] != i:
        root[i] = root[root[i]]
        i = root[i]
    return i


@jit
def _enter(g: Graph, nodes: Ints, t: Wood) -> int:
    """Mark the part, sum it up, list its inner borders; return how many."""
    stamp = t.inside[-1] + 1
    t.inside[-1] = stamp
    for i in range(nodes.size):
        t.inside[nodes[i]] = stamp
        t.place[nodes[i]] = i
    t.whole[:] = 0.0
    m = 0
    for i in range(nodes.size):
        u = nodes[i]
        for c in range(COLUMNS):
            t.whole[c] += g.sums[u, c]
        for h in range(g.first[u], g.first[u + 1]):
            w = g.near[h]
            if t.inside[w] == stamp:
                t.whole[PERIMETER] -= g.length[h]
                if g.link[h] and u < w:
                    t.edges[m] = h
                    m += 1
    return m


@jit
def _grow(g: Graph, nodes: Ints, m: int, rng: Ints, t: Wood) -> None:
    """Grow a random tree over the part: ``order`` is depth first from a random root, ``parent``, ``size``, ``below`` by place."""
    n = nodes.size
    keys = t.keys[:m]
    for e in range(m):
        # the place of the edge makes keys unique: equal keys could be sorted either way
        keys[e] = (int(draw(rng) * g.pull[t.edges[e]]) << 30) + e
    keys.sort()
    for i in range(n):
        t.root[i] = i
        t.head[i] = -1
    links = 0
    e = m - 1
    while e >= 0 and links < 2 * (n - 1):
        h = t.edges[keys[e] & 0x3FFFFFFF]
        i = t.place[g.source[h]]
        j = t.place[g.near[h]]
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
        e -= 1
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
        seen += 1
        t.size[i] = 1
        t.below[i] = g.sums[nodes[i], HOUSEHOLDS]
        x = t.head[i]
        while x >= 0:
            if t.to[x] != t.parent[i]:
                t.parent[t.to[x]] = i
                t.root[top] = t.to[x]
                top += 1
            x = t.after[x]
    for s in range(seen - 1, 0, -1):
        i = t.order[s]
        t.size[t.parent[i]] += t.size[i]
        t.below[t.parent[i]] += t.below[i]


@jit
def _side_energy(s: Floats, k: int, p: Floats) -> float:
    """Return the energy of a side that ``k`` areas are yet to be cut out of: equal ones, with the outline of the side itself."""
    if k == 1:
        return row_energy(s, p)
    q = 1.0 / k
    return k * area_energy(s[0] * q, s[1] * q, s[2] * q, s[3] * q, s[4] * q, 0.0, 0.0, 0.0, p)


@jit
def _misfit(h: float, k: int, p: Floats) -> float:
    if h < k * p[LOWER]:
        return (k * p[LOWER] - h) / p[TARGET]
    if h > k * p[UPPER]:
        return (h - k * p[UPPER]) / p[TARGET]
    return 0.0


@jit
def _cut_value(g: Graph, nodes: Ints, lo: int, hi: int, k1: int, k: int, p: Floats, t: Wood) -> float:
    """Return the energy of the cut that puts ``order[lo:hi]`` on one side (exact where both sides are one area)."""
    stamp = t.inside[-1]
    t.side[:] = 0.0
    cut = 0.0
    shared = 0.0
    for s in range(lo, hi):
        t.inside[nodes[t.order[s]]] = -stamp
    for s in range(lo, hi):
        u = nodes[t.order[s]]
        for c in range(COLUMNS):
            t.side[c] += g.sums[u, c]
        for h in range(g.first[u], g.first[u + 1]):
            w = t.inside[g.near[h]]
            if w == -stamp:
                t.side[PERIMETER] -= g.length[h]
            elif w == stamp:
                shared += g.length[h]
                cut += g.cost[h]
    for s in range(lo, hi):
        t.inside[nodes[t.order[s]]] = stamp
    for c in range(COLUMNS):
        t.rest[c] = t.whole[c] - t.side[c]
    t.rest[PERIMETER] += 2.0 * shared
    return p[W_BORDER] * cut + _side_energy(t.side, k1, p) + _side_energy(t.rest, k - k1, p)


@jit
def cut_in_two(
    g: Graph, nodes: Ints, k: int, trees: int, tries: int, p: Floats, rng: Ints, t: Wood
) -> tuple[int, int, float]:
    """Find the best cut over random trees; its side stands in ``best``. Return its size, its number of areas, its energy."""
    n = nodes.size
    m = _enter(g, nodes, t)
    total = t.whole[HOUSEHOLDS]
    best_size, best_k, best_value = 0, 0, np.inf
    slack = max(1, k // 3)
    for _ in range(trees):
        _grow(g, nodes, m, rng, t)
        evaluated = 0
        offset = below(rng, n)
        for step in range(n):
            s = (offset + step) % n
            if s == 0:
                continue
            i = t.order[s]
            near = int(t.below[i] * k / total + 0.5) if total > 0.0 else 1
            for k1 in range(near - 1, near + 2):
                if k1 < 1 or k1 > k - 1 or (k > 3 and (k1 < slack or k1 > k - slack)) or (k1 != near and k > 4):
                    continue
                floor = p[W_OUTSIDE] * (_misfit(t.below[i], k1, p) + _misfit(total - t.below[i], k - k1, p))
                if floor >= best_value or (evaluated >= tries and n > 500):
                    continue
                evaluated += 1
                value = _cut_value(g, nodes, s, s + t.size[i], k1, k, p, t)
                if value < best_value:
                    best_size, best_k, best_value = t.size[i], k1, value
                    for x in range(best_size):
                        t.best[x] = nodes[t.order[s + x]]
    if best_size == 0:  # no cut near the middle (a star): any edge that leaves an area on either side
        best_size, best_k = 1, 1
        t.best[0] = nodes[t.order[n - 1]]
    return best_size, best_k, best_value


@jit
def divide(g: Graph, cells: Ints, k: int, trees: int, p: Floats, rng: Ints, t: Wood, label: Ints, name: int) -> None:
    """Label the connected part ``cells`` with ``k`` areas ``name`` … ``name + k - 1`` by recursive cuts. ``k`` <= cells."""
    nodes = cells.copy()
    starts = np.zeros(k + 1, dtype=np.int64)
    ends = np.zeros(k + 1, dtype=np.int64)
    parts = np.zeros(k + 1, dtype=np.int64)
    ends[0], parts[0] = nodes.size, k
    top = 1
    while top > 0:
        top -= 1
        a, b, k = starts[top], ends[top], parts[top]
        n = b - a
        k = min(k, n)
        if k <= 1:
            for i in range(a, b):
                label[nodes[i]] = name
            name += 1
            continue
        several = max(1, min(trees, 6000 // n))
        size, k1, _value = cut_in_two(g, nodes[a:b], k, several, 6, p, rng, t)
        k1 = min(k1, size)
        k1 = max(k1, k - (n - size))
        stamp = t.inside[-1]
        for x in range(size):
            t.inside[t.best[x]] = -stamp
        w = a + size
        spare = nodes[a:b].copy()
        for i in range(n):
            if t.inside[spare[i]] == stamp:
                nodes[w] = spare[i]
                w += 1
        for x in range(size):
            nodes[a + x] = t.best[x]
        starts[top], ends[top], parts[top] = a, a + size, k1
        starts[top + 1], ends[top + 1], parts[top + 1] = a + size, b, k - k1
        top += 2


@jit
def _join(g: Graph, st: State, u: int, v: int, nodes: Ints) -> int:
    """Write the cells of the areas of ``u`` and ``v``, which touch, into ``nodes``; return how many."""
    a, b = st.label[u], st.label[v]
    stamp = st.mark[-1] + 2
    st.mark[-1] = stamp
    nodes[0] = u
    st.mark[u] = stamp
    head, tail = 0, 1
    while head < tail:
        x = nodes[head]
        head += 1
        for h in range(g.first[x], g.first[x + 1]):
            w = g.near[h]
            if g.link[h] and st.mark[w] != stamp and (st.label[w] == a or st.label[w] == b):
                st.mark[w] = stamp
                nodes[tail] = w
                tail += 1
    return tail


@jit
def resplit(g: Graph, st: State, pairs: int, trees: int, p: Floats, rng: Ints, t: Wood) -> int:
    """Merge random pairs of neighbours and cut each anew; keep what lowers the energy. Return how many did."""
    better = 0
    nodes = np.zeros(st.label.size, dtype=np.int64)
    for _ in range(pairs):
        h = below(rng, g.near.size)
        u, v = g.source[h], g.near[h]
        a, b = st.label[u], st.label[v]
        if a == b or not g.link[h]:
            continue
        n = _join(g, st, u, v, nodes)
        old = st.energy[a] + st.energy[b]
        cut = 0.0
        for i in range(n):
            x = nodes[i]
            if st.label[x] == a:
                for e in range(g.first[x], g.first[x + 1]):
                    if st.label[g.near[e]] == b:
                        cut += g.cost[e]
        old += p[W_BORDER] * cut
        size, _k1, value = cut_in_two(g, nodes[:n], 2, trees, 1000, p, rng, t)
        if value >= old - 1e-7:
            continue
        better += 1
        relabel(g, st, nodes[:n], t.best[:size], a, b, p)
    return better


@jit
def relabel(g: Graph, st: State, nodes: Ints, side: Ints, a: int, b: int, p: Floats) -> None:
    """Give ``side`` to ``a`` and the rest of ``nodes`` to ``b``, and sum both areas anew."""
    for i in range(nodes.size):
        st.label[nodes[i]] = b
    for i in range(side.size):
        st.label[side[i]] = a
    st.members[a], st.members[b] = side.size, nodes.size - side.size
    st.sums[a] = 0.0
    st.sums[b] = 0.0
    for i in range(nodes.size):
        u = nodes[i]
        c = st.label[u]
        for x in range(COLUMNS):
            st.sums[c, x] += g.sums[u, x]
        for h in range(g.first[u], g.first[u + 1]):
            if st.label[g.near[h]] == c:
                st.sums[c, PERIMETER] -= g.length[h]
    st.energy[a] = row_energy(st.sums[a], p)
    st.energy[b] = row_energy(st.sums[b], p)
