"""Mend what is still outside the bounds: cut windows of neighbouring areas anew, exactly where they hold few cells."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from areaplan.partition import kernels as at
from areaplan.partition.exact import best_division, possible_sets
from areaplan.partition.graphs import fresh_state
from areaplan.partition.kernels import Flags, Floats, Graph, Ints
from areaplan.partition.listing import MOST_CELLS
from areaplan.partition.numbers import Bounds
from areaplan.partition.patchwork import Patchwork
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


def repair(
    g: Graph, label: Ints, bounds: Bounds, p: Floats, effort: Effort, seed: tuple[int, ...], *, as_many: bool = False
) -> Ints:
    """Return a division with fewer misfits, if windows around them can be cut so; never with more. ``as_many`` keeps their number."""
    work = Patchwork(g, label)
    wrong = set(misfits(g, label, bounds))
    tried: set[int] = set()
    while wrong - tried:
        area = min(wrong - tried)
        mended = _mend(work, area, bounds, p, effort, (*seed, int(work.cells[area][0])), as_many=as_many)
        wrong -= mended
        tried = set() if mended else tried | {area}
    return work.labels()


def _mend(
    work: Patchwork, area: int, bounds: Bounds, p: Floats, effort: Effort, seed: tuple[int, ...], *, as_many: bool
) -> set[int]:
    """Cut a window around ``area`` anew so that all of it is inside the bounds; return the areas replaced, none if that was not possible."""
    for number, window in enumerate(_windows(work, area, generator(*seed))):
        cells = np.concatenate([work.cells[a] for a in window])
        total, persons = (work.g.sums[cells, c].sum() for c in (at.HOUSEHOLDS, at.PERSONS))
        fitting = bounds.nearest(int(total), int(persons))
        if as_many:
            fitting = [k for k in fitting if k == len(window)]
        if not fitting:
            continue
        part, cells, _ = work.window(window)
        numbers = sorted(fitting, key=lambda k: abs(k - len(window)))[:3]
        found = _recut(part, numbers, bounds, p, effort, (*seed, number))
        if found is not None:
            work.put(window, cells, found)
            return set(window)
    return set()


def _recut(
    part: Graph, numbers: list[int], bounds: Bounds, p: Floats, effort: Effort, seed: tuple[int, ...]
) -> Ints | None:
    """Divide a window inside the bounds, or return None: exactly up to 65 cells, else by several searches."""
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
    orders = [work.around(area, LARGEST_WINDOW, rng if turn else None) for turn in range(ORDERS)]
    seen = set()
    for size in range(3, LARGEST_WINDOW + 1):
        for order in orders:
            window = tuple(sorted(order[:size]))
            if len(order) >= size and window not in seen:
                seen.add(window)
                yield list(window)
