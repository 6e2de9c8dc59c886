"""Name the pairs of areas that share a line but not its vertices (R04)."""

from __future__ import annotations

import numpy as np
import shapely

from areaplan.proof.grid import EdgeTable, Ints, segments
from areaplan.proof.noding import Pieces
from areaplan.proof.result import Unnoded

__all__ = ["unnoded_pairs"]


def unnoded_pairs(table: EdgeTable, pieces: Pieces) -> tuple[Unnoded, ...]:
    """Return the pairs of areas whose shared edges cancel only after noding.

    An edge counts when all its pieces cancelled: where a piece is left, the ground itself is at fault and the vertices are its shadow.
    Outlines of parents need not know the areas' junctions and do not count.
    """
    count = np.bincount(pieces.edge, minlength=len(table.tail))
    alive = np.bincount(pieces.edge[pieces.alive], minlength=len(table.tail))
    lacking = (count[pieces.edge] > 1) & (alive[pieces.edge] == 0) & (pieces.owner < table.areas)
    if not lacking.any():
        return ()
    other = _across(pieces, table.areas)
    rows = np.flatnonzero(lacking & (other >= 0))
    found: dict[tuple[int, int], dict[int, int]] = {}
    for row in rows:
        pair = (int(pieces.owner[row]), int(other[row]))
        edges = found.setdefault(pair, {})
        edges[int(pieces.edge[row])] = edges.get(int(pieces.edge[row]), 0) + 1
    return tuple(_unnoded(table, pair, edges, count) for pair, edges in sorted(found.items()))


def _across(pieces: Pieces, areas: int) -> Ints:
    """Return the area on the other side of each area's piece, -1 where there is none."""
    size = int(max(pieces.tail.max(), pieces.head.max())) + 1
    low, high = np.minimum(pieces.tail, pieces.head), np.maximum(pieces.tail, pieces.head)
    key = low * size + high
    other = np.full(len(key), -1, dtype=np.int64)
    rows = np.flatnonzero(pieces.owner < areas)
    rows = rows[np.argsort(key[rows], kind="stable")]
    same = np.flatnonzero(key[rows][1:] == key[rows][:-1])
    a, b = rows[same], rows[same + 1]
    apart = pieces.owner[a] != pieces.owner[b]
    a, b = a[apart], b[apart]
    other[a], other[b] = pieces.owner[b], pieces.owner[a]
    return other


def _unnoded(table: EdgeTable, pair: tuple[int, int], edges: dict[int, int], count: Ints) -> Unnoded:
    numbers = np.array(sorted(edges), dtype=np.int64)
    edge = segments(table.xy[table.tail[numbers]] + table.origin, table.xy[table.head[numbers]] + table.origin)
    lines = shapely.MultiLineString(list(edge))
    return Unnoded(pair, int((count[numbers] - 1).sum()), float(lines.length), lines)
