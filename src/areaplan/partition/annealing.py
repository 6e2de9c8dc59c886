"""Simulated annealing by moves of one cell and swaps of two, each judged in the time of looking at its neighbours."""

from __future__ import annotations

import numpy as np

from areaplan.compiling import jit
from areaplan.partition.kernels import (
    COLUMNS,
    PERIMETER,
    W_BORDER,
    Floats,
    Graph,
    Ints,
    State,
    area_energy,
    below,
    draw,
    stays_connected,
)

__all__ = ["LUCK", "anneal"]

LUCK = -np.log((np.arange(4096) + 0.5) / 4096)
"""Exponential deviates by table: a logarithm inside the loop may differ in its last bit between compilers."""


@jit
def _after(st: State, a: int, sign: float, node: Floats, per: float, p: Floats) -> float:
    """Return the energy area ``a`` would have with (+1) or without (-1) a cell, its perimeter being ``per`` then."""
    s = st.sums[a]
    return area_energy(
        s[0] + sign * node[0], s[1] + sign * node[1], s[2] + sign * node[2], s[3] + sign * node[3], per,
        s[5] + sign * node[5], s[6] + sign * node[6], s[7] + sign * node[7], p,
    )  # fmt: skip


@jit
def _try_move(g: Graph, st: State, u: int, b: int, heat: float, p: Floats) -> bool:
    """Move ``u`` to the area ``b`` beside it when that costs less than ``heat``."""
    a = st.label[u]
    if st.members[a] == 1:
        return False
    len_a, len_b, cost_a, cost_b = 0.0, 0.0, 0.0, 0.0
    for h in range(g.first[u], g.first[u + 1]):
        c = st.label[g.near[h]]
        if c == a:
            len_a += g.length[h]
            cost_a += g.cost[h]
        elif c == b:
            len_b += g.length[h]
            cost_b += g.cost[h]
    node = g.sums[u]
    per_a = st.sums[a, PERIMETER] - node[PERIMETER] + 2.0 * len_a
    per_b = st.sums[b, PERIMETER] + node[PERIMETER] - 2.0 * len_b
    new_a = _after(st, a, -1.0, node, per_a, p)
    new_b = _after(st, b, 1.0, node, per_b, p)
    change = new_a + new_b - st.energy[a] - st.energy[b] + p[W_BORDER] * (cost_a - cost_b)
    if change > heat or not stays_connected(g, st, u):
        return False
    _hand_over(st, u, a, b, node, per_a, per_b)
    st.energy[a], st.energy[b] = new_a, new_b
    return True


@jit
def _hand_over(st: State, u: int, a: int, b: int, node: Floats, per_a: float, per_b: float) -> None:
    for c in range(COLUMNS):
        st.sums[a, c] -= node[c]
        st.sums[b, c] += node[c]
    st.sums[a, PERIMETER] = per_a
    st.sums[b, PERIMETER] = per_b
    st.members[a] -= 1
    st.members[b] += 1
    st.label[u] = b


@jit
def _try_swap(g: Graph, st: State, u: int, v: int, heat: float, p: Floats) -> bool:
    """Exchange ``u`` and ``v`` between their areas when that costs less than ``heat``."""
    a, b = st.label[u], st.label[v]
    ua, ub, va, vb, uv = 0.0, 0.0, 0.0, 0.0, 0.0
    cut = 0.0
    u_held, v_held = st.members[b] == 1, st.members[a] == 1
    for h in range(g.first[u], g.first[u + 1]):
        w = g.near[h]
        c = st.label[w]
        if c == a:
            ua += g.length[h]
            cut += g.cost[h]
        elif c == b:
            ub += g.length[h]
            cut -= g.cost[h]
            if w == v:
                uv = g.length[h]
                cut += 2.0 * g.cost[h]
            elif g.link[h]:
                u_held = True
    for h in range(g.first[v], g.first[v + 1]):
        w = g.near[h]
        c = st.label[w]
        if c == b:
            vb += g.length[h]
            cut += g.cost[h]
        elif c == a:
            va += g.length[h]
            cut -= g.cost[h]
            if w != u and g.link[h]:
                v_held = True
    if not (u_held and v_held):
        return False
    x, y, s, q = g.sums[u], g.sums[v], st.sums[a], st.sums[b]
    per_a = s[4] - x[4] + 2.0 * ua + y[4] - 2.0 * (va - uv)
    per_b = q[4] - y[4] + 2.0 * vb + x[4] - 2.0 * (ub - uv)
    new_a = area_energy(
        s[0] - x[0] + y[0], s[1] - x[1] + y[1], s[2] - x[2] + y[2], s[3] - x[3] + y[3], per_a, s[5] - x[5] + y[5],
        s[6] - x[6] + y[6], s[7] - x[7] + y[7], p,
    )  # fmt: skip
    new_b = area_energy(
        q[0] - y[0] + x[0], q[1] - y[1] + x[1], q[2] - y[2] + x[2], q[3] - y[3] + x[3], per_b, q[5] - y[5] + x[5],
        q[6] - y[6] + x[6], q[7] - y[7] + x[7], p,
    )  # fmt: skip
    change = new_a + new_b - st.energy[a] - st.energy[b] + p[W_BORDER] * cut
    if change > heat or not stays_connected(g, st, u) or not stays_connected(g, st, v):
        return False
    for c in range(COLUMNS):
        d = x[c] - y[c]
        s[c] -= d
        q[c] += d
    s[4], q[4] = per_a, per_b
    st.label[u], st.label[v] = b, a
    st.energy[a], st.energy[b] = new_a, new_b
    return True


@jit
def anneal(g: Graph, st: State, heats: Floats, tries: int, swaps: int, luck: Floats, p: Floats, rng: Ints) -> int:
    """Try ``tries`` changes at each of the temperatures ``heats``; of 256 tries ``swaps`` are swaps. Return how many were made."""
    made = 0
    half_edges = g.near.size
    for heat in heats:
        for _ in range(tries):
            h = below(rng, half_edges)
            u, v = g.source[h], g.near[h]
            a, b = st.label[u], st.label[v]
            if a == b or not g.link[h]:
                continue
            bits = draw(rng)
            limit = heat * luck[bits >> 20]
            if (bits & 255) < swaps:
                # half of the swaps reach past the border: the partner is a neighbour of the neighbour
                if bits & 256:
                    h = g.first[v] + below(rng, g.first[v + 1] - g.first[v])
                    if st.label[g.near[h]] != b:
                        continue
                    v = g.near[h]
                if _try_swap(g, st, u, v, limit, p):
                    made += 1
            elif _try_move(g, st, u, b, limit, p):
                made += 1
    return made
