"""Hold a division that is mended in places, and take windows of neighbouring areas out of it."""

from __future__ import annotations

import numpy as np

from areaplan.compiling import jit
from areaplan.partition.graphs import subgraph
from areaplan.partition.kernels import Graph, Ints, below

__all__ = ["Patchwork"]


class Patchwork:
    """Hold a division so that a window of it costs time by its own size only."""

    def __init__(self, g: Graph, label: Ints) -> None:
        self.g = g
        self.label = label.copy()
        order = np.argsort(label, kind="stable")
        cuts = np.flatnonzero(np.diff(label[order])) + 1
        self.cells: dict[int, Ints] = dict(enumerate(np.split(order, cuts)))
        self.fresh = len(self.cells)

    def beside(self, area: int) -> list[int]:
        """Return the areas linked to ``area``, ascending."""
        return _labels_beside(self.g, self.label, self.cells[area]).tolist()

    def around(self, area: int, most: int, rng: Ints | None = None) -> list[int]:
        """Return up to ``most`` areas in the order in which a window grows from ``area``: ring by ring, or at random with ``rng``."""
        order, open_ = [area], self.beside(area)
        while open_ and len(order) < most:
            taken = open_.pop(0 if rng is None else below(rng, len(open_)))
            order.append(taken)
            open_ += [a for a in self.beside(taken) if a not in order and a not in open_]
        return order

    def window(self, areas: list[int]) -> tuple[Graph, Ints, Ints]:
        """Return the graph of some areas, its cells (ascending) and their labels, 0 and up."""
        cells = np.sort(np.concatenate([self.cells[a] for a in areas]))
        label = np.unique(self.label[cells], return_inverse=True)[1].ravel().astype(np.int64)
        return subgraph(self.g, cells), cells, label

    def put(self, areas: list[int], cells: Ints, found: Ints) -> None:
        """Replace the areas of a window by new ones."""
        for area in areas:
            del self.cells[area]
        self.label[cells] = self.fresh + found
        for a in range(int(found.max()) + 1):
            self.cells[self.fresh + a] = cells[found == a]
        self.fresh += int(found.max()) + 1

    def labels(self) -> Ints:
        """Return labels without holes in their numbers."""
        return np.unique(self.label, return_inverse=True)[1].ravel().astype(np.int64)


@jit
def _labels_beside(g: Graph, label: Ints, cells: Ints) -> Ints:
    """Return the labels linked to an area of some cells, ascending."""
    met = np.zeros(16, dtype=np.int64)
    own, found = label[cells[0]], 0
    for u in cells:
        for h in range(g.first[u], g.first[u + 1]):
            a = label[g.near[h]]
            if not g.link[h] or a == own or (met[:found] == a).any():
                continue
            if found == met.size:
                met = np.append(met, met)
            met[found] = a
            found += 1
    return np.sort(met[:found])
