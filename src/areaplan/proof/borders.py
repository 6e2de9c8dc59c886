"""Neighbours, shared lengths and perimeters, from the same table of edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from areaplan.proof.cancel import net_by_key
from areaplan.proof.grid import EdgeTable, Ints

__all__ = ["SharedBorders", "shared_borders"]


@dataclass(frozen=True)
class SharedBorders:
    """Hold who borders on whom.

    Parameters
    ----------
    left, right
        (n,) row numbers of neighbouring areas, left < right; corners do not make neighbours.
    length_m
        (n,) length of the shared edges.
    perimeter_m
        (areas,) length of each area's outline, holes included.
    """

    left: Ints
    right: Ints
    length_m: NDArray[np.float64]
    perimeter_m: NDArray[np.float64]


def shared_borders(table: EdgeTable) -> SharedBorders:
    """Return the neighbours among the areas of ``table``, by edges matched vertex for vertex."""
    of_area = table.owner < table.areas
    tail, head, owner = table.tail[of_area], table.head[of_area], table.owner[of_area]
    length = np.linalg.norm((table.grid[head] - table.grid[tail]) * table.grid_m, axis=1)
    perimeter = np.bincount(owner, weights=length, minlength=table.areas).astype(np.float64)
    keys = table.vertex_keys()
    a, b = keys[tail], keys[head]
    run, count = net_by_key((np.minimum(a, b), np.maximum(a, b)), np.ones(len(a), dtype=np.int64))
    pair = count[run] == 2
    order = np.argsort(run[pair], kind="stable")
    sides, metres = owner[pair][order].reshape(-1, 2), length[pair][order][::2]
    sides = np.sort(sides, axis=1)
    apart = sides[:, 0] != sides[:, 1]
    sides, metres = sides[apart], metres[apart]
    pairs, number = np.unique(sides[:, 0] * table.areas + sides[:, 1], return_inverse=True)
    lengths = np.bincount(number, weights=metres, minlength=len(pairs)).astype(np.float64)
    return SharedBorders(pairs // max(table.areas, 1), pairs % max(table.areas, 1), lengths, perimeter)
