"""Mend what is still outside the bounds: cut windows of neighbouring areas anew, exactly where they hold few cells."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from areaplan.partition import kernels as at
from areaplan.partition.exact import best_division, possible_sets
from areaplan.partition.graphs import fresh_state, subgraph
from areaplan.partition.kernels import Flags, Floats, Graph, Ints, below
from areaplan.partition.listing import MOST_CELLS
from areaplan.partition.numbers import Bounds
from areaplan.partition.presets import Effort
from areaplan.partition.search import HOT, first_labels, generator, improve
from areaplan.partition.trees import wood

__all__ = ["misfits", "repair"]

LARGEST_WINDOW = 11
ORDERS = 4
"""Ways in which a window grows from an area outside the bounds."""


def misfits(g: Graph, label: Ints, bounds: Bounds) -> list[int]:
    """Return the areas outside the bounds that hold no cell above the maximum: those that another division may mend."""
    areas = int(label.max()) + 1
    h = np.bincount(label, weights=g.sums[:, at.HOUSEHOLDS], minlength=areas)
    q = np.bincount(label, weights=g.sums[:, at.PERSONS], minlength=areas)
    big = _above(g, bounds)
    excused = np.bincount(label[big], minlength=areas) > 0
    return np.flatnonzero(bounds.outside(h, q) & ~excused).tolist()


def _above(g: Graph, bounds: Bounds) -> Flags:
    """Tell which cells are above the maximum by themselves."""
    return bounds.outside(np.maximum(g.sums[:, at.HOUSEHOLDS], bounds.lower), g.sums[:, at.PERSONS])


class Patchwork:
    """Hold a division that is mended in places, so that a window costs time by its own size only."""

    def __init__(self, g: Graph, label: Ints, bounds: Bounds) -> None:
        self.g, self.bounds = g, bounds
        self.label = label.copy()
        order = np.argsort(label, kind="stable")
        cuts = np.flatnonzero(np.diff(label[order])) + 1
        self.cells: dict[int, Ints] = dict(enumerate(np.split(order, cuts)))
        self.wrong = set(misfits(g, label, bounds))

    def beside(self, area: int) -> list[int]:
        """Return the areas linked to ``area``, ascending."""
        g = self.g
        near = [g.near[g.first[u] : g.first[u + 1]][g.link[g.first[u] : g.first[u + 1]]] for u in self.cells[area]]
        return [a for a in np.unique(self.label[np.concatenate(near)]).tolist() if a != area]

    def put(self, window: list[int], cells: Ints, found: Ints) -> None:
        """Replace the areas of a window by new ones."""
        fresh = max(self.cells) + 1
        for area in window:
            del self.cells[area]
            self.wrong.discard(area)
        for a in range(int(found.max()) + 1):
            self.cells[fresh + a] = cells[found == a]
        self.label[cells] = fresh + found

    def labels(self) -> Ints:
        """Return labels without holes in their numbers."""
        return np.unique(self.label, return_inverse=True)[1].ravel().astype(np.int64)


def repair(g: Graph, label: Ints, bounds: Bounds, p: Floats, effort: Effort, seed: tuple[int, ...]) -> Ints:
    """Return a division with fewer misfits, if windows around them can be cut so; never with more."""
    work = Patchwork(g, label, bounds)
    tried: set[int] = set()
    while work.wrong - tried:
        area = min(work.wrong - tried)
        if _mend(work, area, p, effort, (*seed, int(work.cells[area][0]))):
            tried.clear()
        else:
            tried.add(area)
    return work.labels()


def _mend(work: Patchwork, area: int, p: Floats, effort: Effort, seed: tuple[int, ...]) -> bool:
    """Cut a window around ``area`` anew so that all of it is inside the bounds; tell whether that was possible."""
    sums = work.g.sums
    for number, window in enumerate(_windows(work, area, generator(*seed))):
        cells = np.sort(np.concatenate([work.cells[a] for a in window]))
        total, persons = sums[cells, at.HOUSEHOLDS].sum(), sums[cells, at.PERSONS].sum()
        fitting = work.bounds.nearest(int(total), int(persons))
        if not fitting:
            continue
        numbers = sorted(fitting, key=lambda k: abs(k - len(window)))[:3]
        found = _recut(subgraph(work.g, cells), numbers, work.bounds, p, effort, (*seed, number))
        if found is not None:
            work.put(window, cells, found)
            return True
    return False


def _recut(
    part: Graph, numbers: list[int], bounds: Bounds, p: Floats, effort: Effort, seed: tuple[int, ...]
) -> Ints | None:
    """Divide a window inside the bounds, or return None: exactly up to 62 cells, else by several searches."""
    if len(part.sums) <= MOST_CELLS:
        sets = possible_sets(part, p, strict=True, most=20_000)
        if sets is not None:
            for areas in numbers:
                label, _, _ = best_division(sets, areas)
                if label is not None:
                    return label
            return None
    t = wood(len(part.sums), len(part.near))
    for areas in numbers[:2]:
        for start in range(4):
            rng = generator(*seed, areas, start)
            st = fresh_state(first_labels(part, areas, bounds, p, effort.trees, rng, t), areas)
            improve(part, st, p, effort, rng, t, HOT)
            if not misfits(part, st.label, bounds):
                return st.label.copy()
    return None


def _windows(work: Patchwork, area: int, rng: Ints) -> Iterator[list[int]]:
    """Yield windows around an area, small ones first: with each neighbour, then growing in several orders."""
    beside = work.beside(area)
    for other in beside:
        yield [area, other]
    if not beside:
        return
    orders = [_growth(work, area, rng, shuffled=turn > 0) for turn in range(ORDERS)]
    seen = set()
    for size in range(3, LARGEST_WINDOW + 1):
        for order in orders:
            window = tuple(sorted(order[:size]))
            if len(order) >= size and window not in seen:
                seen.add(window)
                yield list(window)


def _growth(work: Patchwork, area: int, rng: Ints, *, shuffled: bool) -> list[int]:
    """Return areas around ``area`` in the order in which a window takes them: ring by ring, or at random."""
    order, open_ = [area], work.beside(area)
    while open_ and len(order) < LARGEST_WINDOW:
        taken = open_.pop(below(rng, len(open_)) if shuffled else 0)
        order.append(taken)
        open_ += [a for a in work.beside(taken) if a not in order and a not in open_]
    return order
