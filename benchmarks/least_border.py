"""How little border is possible at all: ``python -m benchmarks.least_border [BLOCKS]`` (221 by default).

All connected sets of blocks inside the bounds are listed (1.3 million at 2164), and a linear program says what any division, into however many areas, must pay for
borders at least. Below that bound nobody comes, whatever the method: a ratio to a peer that asks for less cannot be reached on this town.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack

from areaplan.partition import Problem, partition, warm_up
from benchmarks import problems

__all__ = ["connected_sets", "least_border", "main"]

TINY = 1e-9
"""What a set must be cheaper than its cells to pay, beside the dearest set."""


def connected_sets(p: Problem) -> Iterator[tuple[list[int], int]]:
    """Yield every connected set of cells of at most ``upper`` households, and its households; each once, from its lowest cell."""
    near = [0] * p.cells
    for a, b in p.edges.tolist():
        near[a] |= 1 << b
        near[b] |= 1 << a
    people = p.households.tolist()

    def grow(taken: list[int], open_: int, refused: int, held: int) -> Iterator[tuple[list[int], int]]:
        while open_:
            bit = open_ & -open_
            open_ ^= bit
            refused |= bit
            u = bit.bit_length() - 1
            if held + people[u] <= p.upper:
                now = [*taken, u]
                yield now, held + people[u]
                yield from grow(now, (open_ | near[u]) & ~refused, refused, held + people[u])

    for root in range(p.cells):
        below = (1 << root) - 1
        if people[root] <= p.upper:
            yield [root], people[root]
            yield from grow([root], near[root] & ~below, below | 1 << root, people[root])


def least_border(p: Problem) -> tuple[float, int]:
    """Return a border cost that no division inside the bounds goes below, and how many sets were looked at."""
    sets = [cells for cells, held in connected_sets(p) if held >= p.lower]
    column = np.repeat(np.arange(len(sets)), [len(s) for s in sets])
    row = np.concatenate(sets)
    holds = csr_array((np.ones(len(row)), (row, column)), shape=(p.cells, len(sets)))
    a, b = p.edges.T
    one, other = holds[a], holds[b]
    inside = one.multiply(other)  # borders inside a set
    around = (one + other - 2 * inside).T @ p.cost
    return _cheapest_cover(around / 2, holds), len(sets)


def _cheapest_cover(cost: np.ndarray, holds: csr_array) -> float:
    """Return the least cost of covering every cell once by shares of sets: a linear program over sets that pay, with more of them until none does.

    A cell may stay alone at a price no set has, so that every program has a solution; that can only make the bound lower.
    """
    cells = holds.shape[0]
    alone = np.full(cells, 2 * cost.max())
    chosen = np.argsort(cost / np.diff(holds.tocsc().indptr), kind="stable")[: 20 * cells]
    while True:
        solved = linprog(
            np.append(cost[chosen], alone),
            A_eq=hstack([holds[:, chosen], eye_array(cells)]).tocsc(),
            b_eq=np.ones(cells),
            method="highs",
        )
        if solved.status != 0:
            raise RuntimeError(solved.message)
        left_over = cost - holds.T @ solved.eqlin.marginals
        left_over[chosen] = 0.0
        if left_over.min() > -TINY * cost.max():
            return float(solved.fun)
        chosen = np.union1d(chosen, np.argsort(left_over, kind="stable")[: 5 * cells])


def main() -> None:
    """Print the bound, and how far above it each preset is."""
    blocks = int(sys.argv[1]) if len(sys.argv) > 1 else 221
    p = problems.street_town(blocks)
    warm_up(print)
    begun = time.perf_counter()
    bound, sets = least_border(p)
    print(f"street town of {blocks}: border at least {bound:.0f}, by {sets} sets, {time.perf_counter() - begun:.0f} s")
    for preset in ("field", "balance", "borders"):
        for effort in ("normal", "thorough"):
            cost = problems.metrics(p, partition(p, preset=preset, effort=effort).labels)["cost"]
            print(f"{preset}, {effort}: {cost:.0f}, {cost / bound - 1:+.1%}")


if __name__ == "__main__":
    main()
