"""Cut a connected part along edges of random spanning trees: into two, into many, and pairs or threes of neighbours anew."""

from __future__ import annotations

import numpy as np

from areaplan.compiling import jit
from areaplan.partition.kernels import (
    COLUMNS,
    HOUSEHOLDS,
    LOAD,
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
from areaplan.partition.trees import Wood, enter, grow, sum_one, sum_up

__all__ = ["MOST_TREES", "cut_in_two", "divide", "resplit"]

MOST_TREES = 6000
"""Cells times trees of one cut: a large part is cut along few trees."""

WALKS = 30
"""Cuts of a tree up to this number are summed up one by one."""

ROUNDING = 1e-6
"""What sums of the same loads in another order may differ by in energy, and far more."""


@jit
def _side_energy(s: Floats, k: int, p: Floats) -> float:
    """Return the energy of a side that ``k`` areas are yet to be cut out of: equal ones, with the outline of the side itself."""
    if k == 1:
        return row_energy(s, p)
    q = 1.0 / k
    return k * area_energy(s[0] * q, s[1] * q, s[2] * q, s[3] * q, s[4] * q, 0.0, 0.0, 0.0, p)


@jit
def _cut_value(i: int, k1: int, k: int, p: Floats, t: Wood) -> float:
    """Return the energy of the cut above place ``i`` (exact where both sides are one area)."""
    for c in range(COLUMNS):
        t.rest[c] = t.whole[c] - t.sums[i, c]
    t.rest[PERIMETER] += 2.0 * t.out_m[i]
    return p[W_BORDER] * t.out_cost[i] + _side_energy(t.sums[i], k1, p) + _side_energy(t.rest, k - k1, p)


@jit
def _least(h: float, load: float, k: int, p: Floats) -> float:
    """Return what ``k`` areas of so many households cost at least: bounds and balance, without outline, reach and border."""
    q = 1.0 / k
    return k * area_energy(h * q, load * q, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, p)


@jit
def _misfit(h: float, k: int, p: Floats) -> float:
    if h < k * p[LOWER]:
        return (k * p[LOWER] - h) / p[TARGET]
    if h > k * p[UPPER]:
        return (h - k * p[UPPER]) / p[TARGET]
    return 0.0


@jit
def _spare(i: int, k1: int, k: int, value: float, p: Floats, t: Wood) -> float:
    """Return what the borders, outlines and reach of the cut above place ``i`` may cost for less than ``value`` in all; 0 or less: never."""
    held, load = t.held[i], t.load[i]
    rest, rest_load = t.whole[HOUSEHOLDS] - held, t.whole[LOAD] - load
    if p[W_OUTSIDE] * (_misfit(held, k1, p) + _misfit(rest, k - k1, p)) >= value:
        return 0.0
    return value + ROUNDING - _least(held, load, k1, p) - _least(rest, rest_load, k - k1, p)


@jit
def _numbers(held: float, k: int, total: float) -> tuple[int, int]:
    """Return the least and the largest number of areas, below the one more, that a side with ``held`` of ``total`` is tried with."""
    if k == 2:
        return 1, 2
    near = int(held * k / total + 0.5) if total > 0.0 else 1
    slack = max(1, k // 3) if k > 3 else 1
    wide = 1 if k <= 4 else 0
    return max(near - wide, slack), min(near + wide, k - slack) + 1


@jit
def cut_in_two(
    g: Graph, nodes: Ints, k: int, trees: int, p: Floats, rng: Ints, t: Wood, below_value: float
) -> tuple[int, int, float]:
    """Find the best cut below a value over random trees; its side stands in ``best``. Return its size, its number of areas, its energy.

    A cut that cannot win by households and load alone is not looked at. The first few others of a tree are summed up one by one, each as
    long as its borders leave it a chance; where there are more, the whole tree is.
    """
    n = nodes.size
    m = enter(g, nodes, t)
    total = t.whole[HOUSEHOLDS]
    best_size, best_k, best_value = 0, 0, below_value
    for _ in range(trees):
        grow(g, nodes, m, rng, t)
        place = -1
        walks = 0
        for s in range(1, n):
            i = t.order[s]
            low, high = _numbers(t.held[i], k, total)
            for k1 in range(low, high):
                spare = _spare(i, k1, k, best_value, p, t)
                if spare <= 0.0:
                    continue
                walks += 1
                if walks <= WALKS and not sum_one(g, nodes, i, spare / p[W_BORDER], t):
                    continue
                if walks == WALKS + 1:
                    sum_up(g, nodes, t)
                value = _cut_value(i, k1, k, p, t)
                if value < best_value:
                    place, best_k, best_value = i, k1, value
        if place >= 0:
            best_size = t.size[place]
            for x in range(best_size):
                t.best[x] = nodes[t.order[t.turn[place] + x]]
    if (
        best_size == 0
    ):  # no cut near the middle (a star), or none good enough: any edge that leaves an area on either side
        best_size, best_k, best_value = 1, 1, np.inf
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
        several = max(1, min(trees, MOST_TREES // n))
        size, k1, _value = cut_in_two(g, nodes[a:b], k, several, p, rng, t, np.inf)
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
def resplit(
    g: Graph, st: State, borders: Ints, trees: int, heat: float, luck: Floats, p: Floats, rng: Ints, t: Wood
) -> int:
    """Merge the areas on both sides of each border and cut them anew; keep what lowers the energy. Return how many did."""
    better = 0
    warmest = heat * luck.max()
    nodes = np.zeros(st.label.size, dtype=np.int64)
    for x in range(borders.size - 1, -1, -1):
        y = below(rng, x + 1)
        h = borders[y]
        borders[y] = borders[x]
        u, v = g.source[h], g.near[h]
        a, b = st.label[u], st.label[v]
        if a == b:
            continue
        n = _join(g, st, u, v, nodes)
        now = st.energy[a] + st.energy[b] + p[W_BORDER] * _between(g, st, nodes[:n], a, b)
        size, _k1, value = cut_in_two(g, nodes[:n], 2, min(trees, n), p, rng, t, now + warmest)
        if value < now + (heat * luck[draw(rng) >> 20] - 1e-7):
            better += 1
            relabel(g, st, nodes[:n], t.best[:size], a, b, p)
    return better


@jit
def _between(g: Graph, st: State, nodes: Ints, a: int, b: int) -> float:
    """Return the cost of the border between two areas whose cells are ``nodes``."""
    cut = 0.0
    for i in range(nodes.size):
        u = nodes[i]
        if st.label[u] == a:
            for h in range(g.first[u], g.first[u + 1]):
                if st.label[g.near[h]] == b:
                    cut += g.cost[h]
    return cut


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
