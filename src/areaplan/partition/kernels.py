"""The compiled ground floor: random draws, the energy of one area, connectedness.

Rules E1–E5 of ``docs/engine.md`` are written beside the lines that hold them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from areaplan.compiling import jit

__all__ = ["COLUMNS", "Graph", "State", "area_energy", "below", "draw", "stays_connected", "tally"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

COLUMNS = 8
HOUSEHOLDS, LOAD, PERSONS, AREA, PERIMETER, SUM_X, SUM_Y, SUM_SQUARE = range(COLUMNS)
"""Columns of the sums of a cell and of an area. All of them add up, except the perimeter, which loses twice the shared border."""

(
    LOWER, UPPER, TARGET, MAX_PERSONS, LOAD_TARGET, W_OUTSIDE, W_FLAG, W_BALANCE, AIM, W_AIM, W_AIM_FLAG, W_SHAPE, W_REACH,
    REACH_SCALE, W_BORDER, PARAMETERS,
) = range(16)  # fmt: skip
"""Places in the vector of parameters; :func:`areaplan.partition.presets.parameters` fills it."""

SHAPE_FULL, REACH_FULL = 40.0, 20.0
"""Shape and reach weigh less the worse they are, and never more than these many times their weight: an exclave that must be joined to
an area far away cannot be helped, and must not keep the area from its bounds."""

_MASK = 0xFFFFFFFF
_FOUR_PI = 12.566370614359172


class Graph(NamedTuple):
    """Hold cells and borders in compressed rows; each border stands twice, once from either side.

    ``link`` tells the borders that connect (not a barrier), ``pull`` in (0, 1] how strongly a spanning tree holds on to them.
    """

    first: Ints
    near: Ints
    source: Ints
    link: Flags
    length: Floats
    cost: Floats
    pull: Floats
    sums: Floats


class State(NamedTuple):
    """Hold a division while it is worked on; ``mark`` and ``queue`` are scratch, ``mark`` ending in its own stamp."""

    label: Ints
    sums: Floats
    energy: Floats
    members: Ints
    mark: Ints
    queue: Ints


@jit
def draw(rng: Ints) -> int:
    """Return 32 random bits (xorshift, multiplied; whole numbers only, so that plain Python draws the same)."""
    x = rng[0]
    x ^= (x << 13) & _MASK
    x ^= x >> 17
    x ^= (x << 5) & _MASK
    rng[0] = x
    return ((x * 0x2545F491) >> 16) & _MASK


@jit
def below(rng: Ints, n: int) -> int:
    """Return a random number 0 <= r < n; n below 2**31."""
    return (draw(rng) * n) >> 32


@jit
def area_energy(
    h: float, load: float, persons: float, m2: float, per: float, sx: float, sy: float, sq: float, p: Floats
) -> float:
    """Return the energy of one area from its sums (rules E1–E4)."""
    energy = 0.0
    out = 0.0
    if h < p[LOWER]:  # E1: outside the bounds
        out = (p[LOWER] - h) / p[TARGET]
    elif h > p[UPPER]:
        out = (h - p[UPPER]) / p[TARGET]
    if persons > p[MAX_PERSONS]:
        out += (persons - p[MAX_PERSONS]) / p[MAX_PERSONS]
    if out > 0.0:
        energy += p[W_OUTSIDE] * out + p[W_FLAG]
    d = load / p[LOAD_TARGET] - 1.0  # E2: balance
    energy += p[W_BALANCE] * d * d
    d = abs(d) - p[AIM]
    if d > 1e-9:
        energy += p[W_AIM] * d + p[W_AIM_FLAG]
    if m2 > 0.0:  # E3: shape of the outline
        d = per * per / (_FOUR_PI * m2)
        energy += p[W_SHAPE] * d / (1.0 + d / SHAPE_FULL)
    if p[W_REACH] > 0.0 and h > 0.0:  # E4: how far its households lie apart
        d = (sq - (sx * sx + sy * sy) / h) / (h * p[REACH_SCALE])
        energy += p[W_REACH] * d / (1.0 + d / REACH_FULL)
    return energy


@jit
def row_energy(s: Floats, p: Floats) -> float:
    """Return the energy of one area from its row of sums."""
    return area_energy(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], p)


@jit
def tally(g: Graph, st: State, p: Floats) -> float:
    """Fill sums, counts and energies from the labels; return the energy of the whole division (rule E5)."""
    st.sums[:] = 0.0
    st.members[:] = 0
    cut = 0.0
    for u in range(st.label.size):
        a = st.label[u]
        st.members[a] += 1
        for c in range(COLUMNS):
            st.sums[a, c] += g.sums[u, c]
        for h in range(g.first[u], g.first[u + 1]):
            if st.label[g.near[h]] == a:
                st.sums[a, PERIMETER] -= g.length[h]
            else:
                cut += g.cost[h]
    total = p[W_BORDER] * cut / 2.0
    for a in range(st.energy.size):
        st.energy[a] = row_energy(st.sums[a], p)
        total += st.energy[a]
    return total


@jit
def stays_connected(g: Graph, st: State, u: int) -> bool:
    """Tell whether the area of ``u`` stays one piece without it, walking only until all its neighbours are met."""
    a = st.label[u]
    stamp = st.mark[-1] + 2
    st.mark[-1] = stamp
    wanted = 0
    start = -1
    for h in range(g.first[u], g.first[u + 1]):
        w = g.near[h]
        if g.link[h] and st.label[w] == a and st.mark[w] != stamp - 1:
            st.mark[w] = stamp - 1
            wanted += 1
            start = w
    if wanted <= 1:
        return True
    st.mark[u] = stamp
    st.mark[start] = stamp
    st.queue[0] = start
    head = 0
    tail = 1
    wanted -= 1
    while head < tail:
        v = st.queue[head]
        head += 1
        for h in range(g.first[v], g.first[v + 1]):
            w = g.near[h]
            if g.link[h] and st.label[w] == a and st.mark[w] != stamp:
                if st.mark[w] == stamp - 1:
                    wanted -= 1
                    if wanted == 0:
                        return True
                st.mark[w] = stamp
                st.queue[tail] = w
                tail += 1
    return False
