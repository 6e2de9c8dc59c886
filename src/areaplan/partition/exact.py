"""Divide a small part in the best way there is, and prove it.

Every connected set that could be an area is listed, and a set partitioning problem (each cell in exactly one chosen set, as many sets as
areas are wanted) is solved: by looking at all covers where that is soon done (:mod:`areaplan.partition.covers`), else by HiGHS.

A division that search has found helps: sets whose reduced cost is above the gap to it cannot belong to a better one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds as Limits
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

from areaplan.partition import kernels as at
from areaplan.partition.covers import best_cover
from areaplan.partition.kernels import Flags, Floats, Graph, Ints
from areaplan.partition.listing import MOST_CELLS, PLACE_OF_BIT, WORD, list_sets, neighbour_masks

__all__ = ["Sets", "best_division", "possible_sets"]

MOST_SETS = 60_000
MOST_STEPS = 1_500_000
MOST_COVERS = 300_000
"""Sets looked at before HiGHS is asked: some 5 ms. On street towns of 50–65 cells all but one window in 30 are done by then, in a twentieth
of the time that HiGHS takes for them."""
MOST_NODES = 2_000
SAFETY_SECONDS = 60.0
"""Nodes bound the search, not seconds, so that a slow machine gives the same labels; this is only a last resort."""

TINY = 1e-6


@dataclass(frozen=True)
class Sets:
    """Hold all m sets of n cells that could be an area.

    Parameters
    ----------
    masks
        (m, 2) the cells of each set as bits; sets come in the order of their lowest cell.
    energies
        (m,) energy of each as an area.
    people
        (n,) households of the cells.
    """

    masks: Ints
    energies: Floats
    people: Floats

    def __len__(self) -> int:
        return len(self.energies)

    def inside(self, chosen: Ints | None = None) -> Flags:
        """Return (n, m) whether each cell is in each set, or in each of the chosen ones."""
        word, bit = np.divmod(np.arange(len(self.people)), WORD)
        masks = self.masks if chosen is None else self.masks[chosen]
        return ((masks[:, word].T >> bit[:, None]) & 1).astype(np.bool_)

    @property
    def holds(self) -> csr_array:
        """The cells of each set as a sparse matrix (cells x sets)."""
        return csr_array(self.inside().astype(np.float64))


def possible_sets(g: Graph, p: Floats, *, strict: bool, most: int = MOST_SETS, steps: int = MOST_STEPS) -> Sets | None:
    """Return the connected sets inside the bounds (``strict``), or all that may help where no division is; None if too many."""
    n = len(g.sums)
    if n > MOST_CELLS:
        return None
    masks, energies = np.zeros((most, 2), dtype=np.int64), np.zeros(most)
    cap = p[at.UPPER] if strict else p[at.UPPER] + p[at.LOWER]
    found = list_sets(g, neighbour_masks(g), p, cap, strict, steps, masks, energies, PLACE_OF_BIT)
    if found < 0:
        return None
    return Sets(masks[:found].copy(), energies[:found].copy(), g.sums[:, at.HOUSEHOLDS])


def best_division(sets: Sets, areas: int, *, known: float = np.inf) -> tuple[Ints | None, float, bool]:
    """Return the best labels with ``areas`` areas, a lower bound, and whether the search ended with a proof.

    Labels are None when there is no division better than ``known`` (with a proof: none at all when ``known`` is infinite).
    """
    if not len(sets):
        return None, np.inf, True
    if areas == 2:
        return _best_pair(sets, known)
    chosen, energy, ended = best_cover(
        sets.masks, sets.energies, sets.people, areas, known=known - TINY, steps=MOST_COVERS
    )
    label = None if chosen is None else _labels(sets, chosen)
    if ended:
        return label, known if chosen is None else energy, True
    better, bound, proved = _by_programming(sets, areas, known if chosen is None else energy)
    return label if better is None else better, bound, proved


def _by_programming(sets: Sets, areas: int, known: float) -> tuple[Ints | None, float, bool]:
    """Do the work of :func:`best_division` by linear programming, then by branching over the sets it leaves."""
    rows = vstack([sets.holds, csr_array(np.ones((1, len(sets))))]).tocsr()
    wanted = np.append(np.ones(len(sets.people)), areas)
    relaxed = linprog(sets.energies, A_eq=rows, b_eq=wanted, bounds=(0, None), method="highs")
    if relaxed.status != 0:
        none_possible = relaxed.status == 2
        return None, np.inf if none_possible else -np.inf, none_possible
    bound = float(relaxed.fun)
    if bound >= known - TINY:
        return None, known, True
    whole = relaxed.x > 0.5
    if (np.abs(relaxed.x - whole) < TINY).all():
        return _labels(sets, np.flatnonzero(whole)), bound, True
    reduced = sets.energies - rows.T @ relaxed.eqlin.marginals
    kept = np.flatnonzero(reduced <= known - bound + TINY)
    return _branch(sets, kept, rows, wanted, bound, known)


def _best_pair(sets: Sets, known: float) -> tuple[Ints | None, float, bool]:
    """Return the best division into a set and its complement: all of them are looked at."""
    held = np.ascontiguousarray(sets.inside().T)
    number = {row.tobytes(): i for i, row in enumerate(held)}
    other = np.array([number.get((~row).tobytes(), -1) for row in held], dtype=np.int64)
    energy = np.where(other >= 0, sets.energies + sets.energies[other], np.inf)
    best = int(np.argmin(energy))
    if not energy[best] < known - TINY:
        return None, known, True
    return _labels(sets, np.array([best, other[best]])), float(energy[best]), True


def _branch(
    sets: Sets, kept: Ints, rows: csr_array, wanted: Floats, bound: float, known: float
) -> tuple[Ints | None, float, bool]:
    """Solve the whole-number problem over the sets that are left."""
    solved = milp(
        sets.energies[kept],
        constraints=LinearConstraint(rows[:, kept], wanted, wanted),
        integrality=np.ones(len(kept)),
        bounds=Limits(0, 1),
        options={"node_limit": MOST_NODES, "time_limit": SAFETY_SECONDS, "mip_rel_gap": 0.0},
    )
    if solved.status == 2:
        return None, known, True
    if solved.x is None:
        return None, bound, False
    proved = solved.status == 0
    if solved.fun >= known - TINY:
        return None, known if proved else bound, proved
    chosen = kept[solved.x > 0.5]
    lower = float(solved.fun) if proved else max(bound, float(solved.mip_dual_bound or bound))
    return _labels(sets, chosen), lower, proved


def _labels(sets: Sets, chosen: Ints) -> Ints:
    """Return the labels of the chosen sets, numbered as they are chosen."""
    area, cell = np.nonzero(sets.inside(chosen).T)
    label = np.zeros(len(sets.people), dtype=np.int64)
    label[cell] = area
    return label
