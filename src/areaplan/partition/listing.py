"""List all connected sets of cells that could be an area, for parts of at most 65 cells.

A set is a bit mask in two whole numbers: cells below 62 in the first, the others in the second, so that neither needs its sign. Each set is
met once: from its lowest cell, by taking or refusing one candidate after the other.
"""

from __future__ import annotations

import numpy as np

from areaplan.compiling import jit
from areaplan.partition import kernels as at
from areaplan.partition.kernels import LOWER, MAX_PERSONS, PERIMETER, UPPER, W_BORDER, Floats, Graph, Ints, row_energy

__all__ = ["MOST_CELLS", "PLACE_OF_BIT", "WORD", "all_of", "list_sets", "lowest", "neighbour_masks"]

MOST_CELLS = 65

WORD = 62
"""Bits used of a whole number."""

PLACE_OF_BIT = np.zeros(67, dtype=np.int64)
"""2**i modulo 67 is different for every i below 66: the place of a single bit, without a logarithm."""
for _i in range(WORD):
    PLACE_OF_BIT[(1 << _i) % 67] = _i


def neighbour_masks(g: Graph) -> Ints:
    """Return for each cell the (n, 2) mask of the cells it is linked to."""
    masks = np.zeros((len(g.sums), 2), dtype=np.int64)
    word, bit = np.divmod(g.near[g.link], WORD)
    np.bitwise_or.at(masks, (g.source[g.link], word), 1 << bit)
    return masks


@jit
def lowest(low: int, high: int, place: Ints) -> tuple[int, int, int]:
    """Return the lowest cell of a mask, and the mask of it alone."""
    if low:
        bit = low & -low
        return place[bit % 67], bit, 0
    bit = high & -high
    return WORD + place[bit % 67], 0, bit


@jit
def all_of(n: int) -> tuple[int, int]:
    """Return the mask of ``n`` cells."""
    return (1 << min(n, WORD)) - 1, (1 << max(n - WORD, 0)) - 1


@jit
def _rest_can_fit(
    low: int, high: int, near: Ints, capped: Floats, p: Floats, big_low: int, big_high: int, place: Ints
) -> bool:
    """Tell whether every piece that a mask leaves over could by its total be shared out (pieces with a big cell are not judged)."""
    left, left_high = all_of(len(near))
    left &= ~low
    left_high &= ~high
    while left or left_high:
        _u, piece, piece_high = lowest(left, left_high, place)
        edge, edge_high = piece, piece_high
        total = 0.0
        while edge or edge_high:
            u, bit, bit_high = lowest(edge, edge_high, place)
            total += capped[u]
            grown = near[u, 0] & left & ~piece
            grown_high = near[u, 1] & left_high & ~piece_high
            piece |= grown
            piece_high |= grown_high
            edge = (edge ^ bit) | grown
            edge_high = (edge_high ^ bit_high) | grown_high
        judged = not (piece & big_low or piece_high & big_high)
        if judged and np.ceil(total / p[UPPER]) * p[LOWER] > total:
            return False
        left &= ~piece
        left_high &= ~piece_high
    return True


@jit
def _taken_in(g: Graph, u: int, low: int, high: int, row: Floats) -> float:
    """Add a cell to the sums of a set that does not hold it yet; return by how much dearer its border is then."""
    for c in range(at.COLUMNS):
        row[c] += g.sums[u, c]
    cut = 0.0
    for h in range(g.first[u], g.first[u + 1]):
        v = g.near[h]
        if (low >> v) & 1 if v < WORD else (high >> (v - WORD)) & 1:
            row[PERIMETER] -= 2.0 * g.length[h]
            cut -= g.cost[h]
        else:
            cut += g.cost[h]
    return cut


@jit
def list_sets(
    g: Graph, near: Ints, p: Floats, cap: float, strict: bool, steps: int, masks: Ints, energies: Floats, place: Ints
) -> int:
    """Write the (m, 2) sets and their energies; return how many, or -1 when there are more than fit or ``steps`` were not enough.

    A cell above the maximum counts as the maximum. With ``strict`` only sets inside the bounds are written that leave nothing over
    which cannot be shared out; else all of at most ``cap`` households.
    """
    n = len(near)
    capped = np.minimum(g.sums[:, at.HOUSEHOLDS], p[UPPER])
    people = np.minimum(g.sums[:, at.PERSONS], p[MAX_PERSONS])
    big = np.zeros(2, dtype=np.int64)
    for u in range(n):
        if g.sums[u, at.HOUSEHOLDS] > p[UPPER] or g.sums[u, at.PERSONS] > p[MAX_PERSONS]:
            big[u // WORD] |= 1 << (u % WORD)
    taken = np.zeros((n + 2, 2), dtype=np.int64)
    open_ = np.zeros((n + 2, 2), dtype=np.int64)
    refused = np.zeros((n + 2, 2), dtype=np.int64)
    total = np.zeros(n + 2)
    persons = np.zeros(n + 2)
    rows = np.zeros((n + 2, at.COLUMNS))
    cut = np.zeros(n + 2)
    found = 0
    for root in range(n):
        top = 0
        taken[0] = 0
        open_[0] = 0
        open_[0, root // WORD] = 1 << (root % WORD)
        refused[0, 0], refused[0, 1] = all_of(root)
        total[0] = 0.0
        persons[0] = 0.0
        while top >= 0:
            if not (open_[top, 0] or open_[top, 1]) or (top == 0 and (taken[0, 0] or taken[0, 1])):
                top -= 1
                continue
            u, bit, bit_high = lowest(open_[top, 0], open_[top, 1], place)
            open_[top, 0] ^= bit
            open_[top, 1] ^= bit_high
            refused[top, 0] |= bit
            refused[top, 1] |= bit_high
            h = total[top] + capped[u]
            q = persons[top] + people[u]
            if top == 0:
                open_[0] = 0
            if h > cap or (strict and q > p[MAX_PERSONS]):
                continue
            steps -= 1
            if steps < 0:
                return -1
            low, high = taken[top, 0] | bit, taken[top, 1] | bit_high
            top += 1
            taken[top, 0], taken[top, 1] = low, high
            for w in range(2):
                refused[top, w] = refused[top - 1, w]
                open_[top, w] = (open_[top - 1, w] | near[u, w]) & ~refused[top, w] & ~taken[top, w]
            total[top] = h
            persons[top] = q
            rows[top] = rows[top - 1]
            cut[top] = cut[top - 1] + _taken_in(g, u, low ^ bit, high ^ bit_high, rows[top])
            if strict and (h < p[LOWER] or not _rest_can_fit(low, high, near, capped, p, big[0], big[1], place)):
                continue
            if found == len(masks):
                return -1
            masks[found, 0], masks[found, 1] = low, high
            energies[found] = row_energy(rows[top], p) + p[W_BORDER] * cut[top] / 2.0
            found += 1
    return found
