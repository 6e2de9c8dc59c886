"""Cancel directed edges against each other.

**The theorem.** Let every ring be oriented with its ground on the left, areas counting +1, parents -1. If each undirected edge carries the
sum 0, the winding numbers of all areas and all parents agree everywhere off the edges; with valid polygons (winding 0 or 1) that means:
every point of a parent lies in exactly one area, and no point of an area lies outside. The converse holds for edges matched vertex for
vertex. Taken per parent, the same sum proves that each area lies in the parent it names.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from areaplan.proof.grid import EdgeTable, Ints

__all__ = ["net_by_key", "residual_edges"]

_MIX = tuple(np.uint64(v) for v in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))


def residual_edges(table: EdgeTable) -> tuple[Ints, int]:
    """Return the edges whose sum is not 0 within their parent's ledger, and how many edges did not cancel."""
    keys = table.vertex_keys()
    tail, head = keys[table.tail], keys[table.head]
    forward = tail < head
    low, high = np.where(forward, tail, head), np.where(forward, head, tail)
    run, net = net_by_key((low, high, table.group), np.where(forward, table.sign, -table.sign))
    return np.flatnonzero(net[run] != 0), int(np.abs(net).sum())


def net_by_key(keys: tuple[Ints, ...], values: Ints) -> tuple[Ints, Ints]:
    """Sum ``values`` over equal keys.

    Parameters
    ----------
    keys
        Columns of the key, each (n,).
    values
        (n,) whole numbers.

    Returns
    -------
    (n,) number of the run each row belongs to, and the sum of each run.

    Notes
    -----
    Rows are sorted by a 64-bit mix of the key, which is faster than sorting by columns; where two keys share a mix, columns decide.
    """
    if not len(values):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    mixed = _mixed(keys)
    order = np.argsort(mixed, kind="stable")
    differs = _differs(keys, order)
    mixed = mixed[order]
    if (differs & (mixed[1:] == mixed[:-1])).any():
        order = np.lexsort(keys)
        differs = _differs(keys, order)
    starts = np.flatnonzero(np.r_[True, differs])
    run = np.empty(len(values), dtype=np.int64)
    run[order] = np.cumsum(np.r_[False, differs])
    return run, np.add.reduceat(values[order], starts)


def _mixed(keys: tuple[Ints, ...]) -> NDArray[np.uint64]:
    mixed = np.zeros(len(keys[0]), dtype=np.uint64)
    for column, factor in zip(keys, _MIX, strict=False):
        part = column.view(np.uint64) * factor
        mixed = (mixed ^ (part ^ (part >> np.uint64(29)))) * _MIX[0]
    return mixed


def _differs(keys: tuple[Ints, ...], order: Ints) -> NDArray[np.bool_]:
    """Return where a row in ``order`` has another key than the row before it."""
    differs = np.zeros(len(order) - 1, dtype=bool)
    for column in keys:
        in_order = column[order]
        differs |= in_order[1:] != in_order[:-1]
    return differs
