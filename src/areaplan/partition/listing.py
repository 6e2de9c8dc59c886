"""List all connected sets of cells that could be an area, for parts of at most 62 cells.

A set is a bit mask in one whole number. Each set is met once: from its lowest cell, by taking or refusing one candidate after the other.
"""

from __future__ import annotations

import numpy as np

from areaplan.compiling import jit
from areaplan.partition import kernels as at
from areaplan.partition.kernels import LOWER, MAX_PERSONS, PERIMETER, UPPER, W_BORDER, Floats, Graph, Ints, row_energy

__all__ = ["MOST_CELLS", "list_sets", "neighbour_masks"]

MOST_CELLS = 62

PLACE_OF_BIT = np.zeros(67, dtype=np.int64)
"""2**i modulo 67 is different for every i below 66: the place of a single bit, without a logarithm."""
for _i in range(MOST_CELLS):
    PLACE_OF_BIT[(1 << _i) % 67] = _i


def neighbour_masks(g: Graph) -> Ints:
    """Return for each cell the mask of the cells it is linked to."""
    masks = np.zeros(len(g.sums), dtype=np.int64)
    for source, near, link in zip(g.source.tolist(), g.near.tolist(), g.link.tolist(), strict=True):
        if link:
            masks[source] |= 1 << near
    return masks


@jit
def _rest_can_fit(mask: int, near: Ints, capped: Floats, p: Floats, big: int, place: Ints) -> bool:
    """Tell whether every piece that ``mask`` leaves over could by its total be shared out (pieces with a big cell are not judged)."""
    left = ((1 << near.size) - 1) & ~mask
    while left:
        piece = left & -left
        edge = piece
        total = 0.0
        while edge:
            bit = edge & -edge
            u = place[bit % 67]
            total += capped[u]
            grown = near[u] & left & ~piece
            piece |= grown
            edge = (edge ^ bit) | grown
        if not piece & big and np.ceil(total / p[UPPER]) * p[LOWER] > total:
            return False
        left &= ~piece
    return True


@jit
def _set_energy(g: Graph, mask: int, p: Floats, row: Floats, place: Ints) -> float:
    """Return the energy of a set as an area, half of its border included."""
    row[:] = 0.0
    cut = 0.0
    left = mask
    while left:
        bit = left & -left
        left ^= bit
        u = place[bit % 67]
        for c in range(at.COLUMNS):
            row[c] += g.sums[u, c]
        for h in range(g.first[u], g.first[u + 1]):
            if (mask >> g.near[h]) & 1:
                row[PERIMETER] -= g.length[h]
            else:
                cut += g.cost[h]
    return row_energy(row, p) + p[W_BORDER] * cut / 2.0


@jit
def list_sets(
    g: Graph, near: Ints, p: Floats, cap: float, strict: bool, steps: int, masks: Ints, energies: Floats, place: Ints
) -> int:
    """Write the sets and their energies; return how many, or -1 when there are more than fit or ``steps`` were not enough.

    A cell above the maximum counts as the maximum. With ``strict`` only sets inside the bounds are written that leave nothing over
    which cannot be shared out; else all of at most ``cap`` households.
    """
    n = near.size
    capped = np.minimum(g.sums[:, at.HOUSEHOLDS], p[UPPER])
    people = np.minimum(g.sums[:, at.PERSONS], p[MAX_PERSONS])
    row = np.zeros(at.COLUMNS)
    big = 0
    for u in range(n):
        if g.sums[u, at.HOUSEHOLDS] > p[UPPER] or g.sums[u, at.PERSONS] > p[MAX_PERSONS]:
            big |= 1 << u
    taken = np.zeros(n + 2, dtype=np.int64)
    open_ = np.zeros(n + 2, dtype=np.int64)
    refused = np.zeros(n + 2, dtype=np.int64)
    total = np.zeros(n + 2)
    persons = np.zeros(n + 2)
    found = 0
    for root in range(n):
        top = 0
        taken[0] = 0
        open_[0] = 1 << root
        refused[0] = (1 << root) - 1
        total[0] = 0.0
        persons[0] = 0.0
        while top >= 0:
            if not open_[top] or (top == 0 and taken[0]):
                top -= 1
                continue
            bit = open_[top] & -open_[top]
            u = place[bit % 67]
            open_[top] ^= bit
            refused[top] |= bit
            h = total[top] + capped[u]
            q = persons[top] + people[u]
            if top == 0:
                open_[0] = 0
            if h > cap or (strict and q > p[MAX_PERSONS]):
                continue
            steps -= 1
            if steps < 0:
                return -1
            mask = taken[top] | bit
            top += 1
            taken[top] = mask
            refused[top] = refused[top - 1]
            open_[top] = (open_[top - 1] | near[u]) & ~refused[top] & ~mask
            total[top] = h
            persons[top] = q
            if strict and (h < p[LOWER] or not _rest_can_fit(mask, near, capped, p, big, place)):
                continue
            if found == masks.size:
                return -1
            masks[found] = mask
            energies[found] = _set_energy(g, mask, p, row, place)
            found += 1
    return found
