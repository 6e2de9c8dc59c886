"""Choose sets that hold every cell once, at the least energy: branch and bound over bit masks, for what is small.

The set that holds the lowest cell still free is chosen next. A choice is given up where what it costs, and the least its free cells can
cost by any of the sets, is no better than what is known, or where the free cells' households cannot make the areas that are left.
"""

from __future__ import annotations

import numpy as np

from areaplan.compiling import jit
from areaplan.partition.kernels import Floats, Ints
from areaplan.partition.listing import PLACE_OF_BIT, all_of, lowest

__all__ = ["best_cover"]


def best_cover(
    masks: Ints, energies: Floats, people: Floats, areas: int, *, known: float, steps: int
) -> tuple[Ints | None, float, bool]:
    """Return the sets that hold every cell once at the least energy below ``known``, that energy, and whether all was looked at.

    Parameters
    ----------
    masks, energies
        (m, 2) cells of each set, (m,) its energy; the sets come in the order of their lowest cell.
    people
        (n,) households of the cells.
    areas, known
        Sets wanted, and the energy that must be beaten.
    steps
        Sets looked at, at most.
    """
    share = np.full(len(people), np.inf)
    reduced, held, root = _reduced(masks, energies, people, share, PLACE_OF_BIT)
    if not np.isfinite(share).all():  # a cell in no set
        return None, known, True
    order = np.lexsort((reduced, root))
    first = np.searchsorted(root, np.arange(len(people) + 1))
    chosen = np.zeros(areas, dtype=np.int64)
    range_ = np.array([held.min(), held.max(), people.sum(), share.sum()])
    energy, left = _cover(masks[order], reduced[order], held[order], range_, first, known, steps, chosen, PLACE_OF_BIT)
    found = energy < known
    return (order[chosen] if found else None), energy, left >= 0


@jit
def _reduced(masks: Ints, energies: Floats, people: Floats, share: Floats, place: Ints) -> tuple[Floats, Floats, Ints]:
    """Fill in what each cell costs at least by any set; return each set's energy above that of its cells, its households and its lowest cell."""
    sets = energies.size
    reduced, held, root = energies.copy(), np.zeros(sets), np.zeros(sets, dtype=np.int64)
    for x in range(sets):
        size = 0
        left, left_high = masks[x, 0], masks[x, 1]
        while left or left_high:
            u, bit, bit_high = lowest(left, left_high, place)
            left ^= bit
            left_high ^= bit_high
            if size == 0:
                root[x] = u
            size += 1
            held[x] += people[u]
        each = energies[x] / size
        left, left_high = masks[x, 0], masks[x, 1]
        while left or left_high:
            u, bit, bit_high = lowest(left, left_high, place)
            left ^= bit
            left_high ^= bit_high
            share[u] = min(share[u], each)
    for x in range(sets):
        left, left_high = masks[x, 0], masks[x, 1]
        while left or left_high:
            u, bit, bit_high = lowest(left, left_high, place)
            left ^= bit
            left_high ^= bit_high
            reduced[x] -= share[u]
    return reduced, held, root


@jit
def _cover(
    masks: Ints,
    reduced: Floats,
    held: Floats,
    range_: Floats,
    first: Ints,
    known: float,
    steps: int,
    chosen: Ints,
    place: Ints,
) -> tuple[float, int]:
    """Fill ``chosen`` with the best sets; return their energy and the steps left, negative where they were not enough."""
    areas = chosen.size
    fewest, most = range_[0], range_[1]
    all_low, all_high = all_of(first.size - 1)
    done = np.zeros((areas + 1, 2), dtype=np.int64)
    cost = np.zeros(areas + 1)  # of the sets chosen, and at least of the cells that are free
    free = np.zeros(areas + 1)  # households of those cells
    here = np.zeros(areas + 1, dtype=np.int64)
    last = np.zeros(areas + 1, dtype=np.int64)
    way = np.zeros(areas, dtype=np.int64)
    cost[0], free[0] = range_[3], range_[2]
    here[0], last[0] = first[0], first[1]
    depth = 0
    while depth >= 0:
        x = here[depth]
        if x >= last[depth] or cost[depth] + reduced[x] >= known:  # dearer ones come behind it
            depth -= 1
            continue
        here[depth] += 1
        steps -= 1
        if steps < 0:
            return known, steps
        low, high = done[depth, 0], done[depth, 1]
        if masks[x, 0] & low or masks[x, 1] & high:
            continue
        low |= masks[x, 0]
        high |= masks[x, 1]
        way[depth] = x
        rest = areas - depth - 1
        if rest == 0:
            if low == all_low and high == all_high:
                known = cost[depth] + reduced[x]
                chosen[:] = way
            continue
        households = free[depth] - held[x]
        if households < rest * fewest or households > rest * most or (low == all_low and high == all_high):
            continue
        u, _bit, _bit_high = lowest(all_low & ~low, all_high & ~high, place)
        depth += 1
        done[depth, 0], done[depth, 1] = low, high
        cost[depth], free[depth] = cost[depth - 1] + reduced[x], households
        here[depth], last[depth] = first[u], first[u + 1]
    return known, steps
