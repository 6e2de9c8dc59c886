"""The edges of many polygons as arrays: which are shared, by whom, and which are not.

Cells come out of one polygonizing with bit-identical vertices, so edges are compared exactly; no tolerance hides a fault here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.compiling import jit

__all__ = [
    "LOOPS",
    "EdgeTable",
    "Floats",
    "Geoms",
    "Ints",
    "edge_table",
    "groups_of",
    "segments_of",
    "two_point_lines",
    "vertex_ids",
    "with_none",
]

Geoms = NDArray[Any]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_MIX_X, _MIX_Y = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


@dataclass(frozen=True)
class EdgeTable:
    """Hold the undirected edges of polygons, each once.

    Parameters
    ----------
    xy
        (v, 2) distinct vertices, metres.
    ends
        (e, 2) vertex numbers of each edge, the lower first.
    left, right
        (e,) the one or two polygons an edge bounds, the lower first; ``right`` is -1 where there is only one.
    crowd
        (e,) how many polygons have the edge; more than 2 means that polygons overlap.
    """

    xy: Floats
    ends: Ints
    left: Ints
    right: Ints
    crowd: Ints

    @cached_property
    def lengths(self) -> Floats:
        """Length of each edge in metres."""
        d = self.xy[self.ends[:, 0]] - self.xy[self.ends[:, 1]]
        return np.hypot(d[:, 0], d[:, 1])

    def lines(self, which: NDArray[Any]) -> Geoms:
        """Return the chosen edges as LineStrings."""
        return two_point_lines(self.xy[self.ends[which]])


def vertex_ids(xy: Floats) -> tuple[Ints, Ints]:
    """Give a number to each distinct point, as they come: the number of each row, and the first row of each number.

    Examples
    --------
    >>> import numpy as np
    >>> ids, first = vertex_ids(np.array([[0.0, 1.0], [2.0, 3.0], [0.0, 1.0]]))
    >>> bool(ids[0] == ids[2] != ids[1]), len(first)
    (True, 2)
    """
    xy = np.ascontiguousarray(xy, dtype=np.float64).reshape(-1, 2) + 0.0  # makes -0.0 and 0.0 the same bits
    bits = xy.view(np.uint64)
    key = (bits[:, 0] * _MIX_X) ^ ((bits[:, 1] ^ (bits[:, 1] >> np.uint64(29))) * _MIX_Y)
    return _as_they_come(xy, key)


def _as_they_come(pairs: NDArray[Any], key: NDArray[np.uint64]) -> tuple[Ints, Ints]:
    """Return the number of each row of two, distinct rows counted as they come, and the first row of each; equal rows have equal keys.

    By a table at most half full, asked in steps of one (Knuth, vol. 3, 6.4); rows are compared, so two with one key do no harm.
    """
    size = max(1, 2 * len(key) - 1).bit_length() + 1
    slot = (((key ^ (key >> np.uint64(32))) * _MIX_X) >> np.uint64(64 - size)).astype(np.int64)
    ids, first = np.empty(len(key), dtype=np.int64), np.empty(len(key), dtype=np.int64)
    found = _number(pairs, slot, np.full(1 << size, -1, dtype=np.int64), ids, first)
    return ids, first[:found].copy()


@jit
def _number(pairs: NDArray[Any], slot: Ints, room: Ints, ids: Ints, first: Ints) -> int:
    """Write ``ids`` and ``first``; ``slot`` is where to look first in the empty ``room``. Return how many distinct rows there are."""
    found = 0
    last = len(room) - 1
    for i in range(len(slot)):
        at = slot[i]
        while True:
            j = room[at]
            if j < 0:
                room[at] = j = found
                first[j] = i
                found += 1
                break
            if pairs[first[j], 0] == pairs[i, 0] and pairs[first[j], 1] == pairs[i, 1]:
                break
            at = (at + 1) & last
        ids[i] = j
    return found


def _numbered(key: NDArray[Any], order: Ints) -> tuple[Ints, Ints]:
    """Return the number of each row, the distinct keys counted in sorted order, and the first row of each; ``order`` sorts ``key``."""
    if len(key) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    inside = key[order]
    change = np.concatenate([[True], inside[1:] != inside[:-1]])
    number = np.empty(len(key), dtype=np.int64)
    number[order] = np.cumsum(change) - 1
    return number, np.minimum.reduceat(order, np.flatnonzero(change)).astype(np.int64)


def two_point_lines(segments: Floats) -> Geoms:
    """Return (s, 2, 2) segments as LineStrings."""
    return np.atleast_1d(np.asarray(shapely.linestrings(segments), dtype=object))


def with_none(values: Any) -> NDArray[Any]:
    """Return ``values`` as objects with ``None`` behind them, so that row -1 means nothing."""
    out = np.empty(len(values) + 1, dtype=object)
    out[:-1] = values
    return out


def segments_of(geoms: Geoms) -> tuple[Floats, Ints]:
    """Return the segments of all lines and rings as (s, 2, 2) coordinates, and the geometry each comes from."""
    xy, start, owner = _runs(np.asarray(geoms))
    goes_on = np.ones(len(xy) + 1, dtype=bool)
    goes_on[start[1:] - 1] = False  # the last vertex of a line or ring, or the one before an empty line
    goes_on = goes_on[:-1]
    at = np.flatnonzero(goes_on)
    segments = np.empty((len(at), 2, 2))
    segments[:, 0], segments[:, 1] = xy[at], xy[at + 1]
    return segments, np.repeat(owner, np.diff(start))[at]


def _runs(geoms: Geoms) -> tuple[Floats, Ints, Ints]:
    """Return the vertices of all lines and rings, where each begins (and the end), and the geometry each comes from."""
    kinds = set(np.unique(shapely.get_type_id(geoms)).tolist())
    if kinds and (kinds <= {1, 5} or kinds <= {3, 6}):  # LineStrings or Polygons and their like
        _, xy, bounds = shapely.to_ragged_array(geoms, include_z=False)
        first = bounds[-1] if len(bounds) > 1 else np.arange(len(geoms) + 1)
        for inner in bounds[-2:0:-1]:
            first = inner[first]
        return xy, bounds[0].astype(np.int64), np.repeat(np.arange(len(geoms)), np.diff(first))
    parts, owner = shapely.get_parts(geoms, return_index=True)
    if len(parts) and (shapely.get_dimensions(parts) == 2).any():
        parts, of = shapely.get_rings(parts, return_index=True)
        owner = owner[of]
    counts = shapely.get_num_coordinates(parts)
    return (
        shapely.get_coordinates(parts),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        owner.astype(np.int64),
    )


def edge_table(polygons: Geoms) -> EdgeTable:
    """Tabulate the edges of ``polygons`` (Polygons or MultiPolygons).

    Examples
    --------
    >>> import shapely
    >>> t = edge_table(shapely.box([0, 1], 0, [1, 2], 1))
    >>> len(t.left), int((t.right >= 0).sum())
    (7, 1)
    """
    segments, owner = segments_of(np.asarray(polygons))
    ids, first = vertex_ids(segments.reshape(-1, 2))
    xy = segments.reshape(-1, 2)[first]
    ends = ids.reshape(-1, 2)
    ends = np.stack([np.minimum(ends[:, 0], ends[:, 1]), np.maximum(ends[:, 0], ends[:, 1])], axis=1)
    real = ends[:, 0] != ends[:, 1]
    ends, owner = ends[real], owner[real]
    ids, first = _as_they_come(ends, ends[:, 0].astype(np.uint64) * _MIX_X ^ ends[:, 1].astype(np.uint64) * _MIX_Y)
    again = np.delete(np.arange(len(ids)), first)[::-1]
    right = np.full(len(first), -1)
    right[ids[again]] = owner[again]  # backwards: of several the earliest stays
    return EdgeTable(xy, ends[first], owner[first], right, np.bincount(ids, minlength=len(first)))


def groups_of(*columns: NDArray[Any]) -> tuple[Ints, Ints]:
    """Give a number to each distinct row of integer columns, in sorted order; return that of each row, and one row of each."""
    if len(columns[0]) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    key = _one_key(columns)
    if key is not None:
        return _numbered(key, np.argsort(key))
    order = np.lexsort(columns[::-1])
    change = np.zeros(len(order), dtype=bool)
    for column in columns:
        change[1:] |= np.diff(column[order]) != 0
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.cumsum(change)
    return number, order[np.flatnonzero(np.concatenate([[True], change[1:]]))].astype(np.int64)


def _one_key(columns: tuple[NDArray[Any], ...]) -> Ints | None:
    """Return one number for each row that sorts as the columns do; None where they span too much for 62 bits."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    spanned = 1
    for column in columns:
        low = int(column.min())
        span = int(column.max()) - low + 1
        spanned *= span
        if spanned >= 2**62:
            return None
        key = key * span + (column - low)
    return key


LOOPS: Final = (_number,)
"""What is compiled when first called."""
