"""Divide a large part patch by patch, in threads: the loops are compiled and hold no lock.

1. Recursive cuts of spanning trees part the ground into patches that know how many areas they get.
2. Each patch is searched by itself, with a random state of its own.
3. The areas found are parted into other patches, across the old borders, and each is searched on from where it stands.

What a patch finds depends on its cells and its number only, so the number of threads changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

import numpy as np

from areaplan.partition.cuts import MOST_TREES, cut_in_two
from areaplan.partition.graphs import contract, subgraph
from areaplan.partition.kernels import Floats, Graph, Ints
from areaplan.partition.trees import wood
from areaplan.workers import at_once

__all__ = ["in_patches", "other_patches", "parts_for", "start_in_patches"]


def parts_for(g: Graph, areas: int, most: int, p: Floats, rng: Ints) -> list[tuple[Ints, int]]:
    """Part a connected graph into patches of at most ``most`` cells; return the cells of each, ascending, and its number of areas."""
    t = wood(len(g.sums), len(g.near))
    open_ = [(np.arange(len(g.sums)), areas)]
    found = []
    while open_:
        cells, k = open_.pop()
        if len(cells) <= most or k < 2:
            found.append((np.sort(cells), k))
            continue
        size, k1, _ = cut_in_two(g, cells, k, max(1, MOST_TREES // len(cells)), p, rng, t, np.inf)
        side = t.best[:size].copy()
        rest = cells[np.isin(cells, side, assume_unique=True, invert=True)]
        k1 = max(min(k1, size), k - len(rest))
        open_ += [(side, k1), (rest, k - k1)]
    return found


def in_patches(g: Graph, label: Ints, patches: list[Ints], search: Callable[[Graph, Ints, int], Ints]) -> Ints:
    """Return labels after ``search(patch, its labels, its number)`` on each group of whole areas in ``patches``.

    Parameters
    ----------
    g, label
        The whole, and its areas.
    patches
        Areas of each patch.
    search
        Returns new labels of a patch, 0 … as many as before.
    """
    order = np.argsort(label, kind="stable")
    cuts = np.searchsorted(label[order], np.arange(int(label.max()) + 2))
    cells = [np.sort(np.concatenate([order[cuts[a] : cuts[a + 1]] for a in areas])) for areas in patches]

    def one(number: int) -> Ints:
        areas, inside = np.sort(patches[number]), cells[number]
        return areas[search(subgraph(g, inside), np.searchsorted(areas, label[inside]), number)]

    found = label.copy()
    for inside, now in zip(cells, _of_each(one, len(patches)), strict=True):
        found[inside] = now
    return found


def _of_each(work: Callable[[int], Ints], count: int) -> list[Ints]:
    """Return ``work(0)`` … ``work(count - 1)``, on as many threads as there are cores."""
    return at_once(os.cpu_count() or 1, *(partial(work, i) for i in range(count)))


def other_patches(g: Graph, label: Ints, most: int, p: Floats, rng: Ints) -> list[Ints]:
    """Part the areas of a division into patches of at most ``most`` areas."""
    areas = contract(g, label)
    return [cells for cells, _ in parts_for(areas, len(areas.sums), most, p, rng)]


def start_in_patches(
    g: Graph, patches: list[tuple[Ints, int]], search: Callable[[Graph, int, int], Ints]
) -> tuple[Ints, int]:
    """Return labels after ``search(patch, areas, its number)`` on each patch of cells, and the number of areas."""
    found = _of_each(lambda i: search(subgraph(g, patches[i][0]), patches[i][1], i), len(patches))
    label = np.zeros(len(g.sums), dtype=np.int64)
    done = 0
    for (cells, _), now in zip(patches, found, strict=True):
        label[cells] = done + now
        done += int(now.max()) + 1
    return label, done
