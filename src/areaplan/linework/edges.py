"""The edges of many polygons as arrays: which are shared, by whom, and which are not.

Cells come out of one polygonizing with bit-identical vertices, so edges are compared exactly; no tolerance hides a fault here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = [
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

    @property
    def lengths(self) -> Floats:
        """Length of each edge in metres."""
        d = self.xy[self.ends[:, 0]] - self.xy[self.ends[:, 1]]
        return np.hypot(d[:, 0], d[:, 1])

    def lines(self, which: NDArray[Any]) -> Geoms:
        """Return the chosen edges as LineStrings."""
        return two_point_lines(self.xy[self.ends[which]])


def vertex_ids(xy: Floats) -> tuple[Ints, Ints]:
    """Give a number to each distinct point: the number of each row, and the first row of each number.

    Examples
    --------
    >>> import numpy as np
    >>> ids, first = vertex_ids(np.array([[0.0, 1.0], [2.0, 3.0], [0.0, 1.0]]))
    >>> bool(ids[0] == ids[2] != ids[1]), len(first)
    (True, 2)
    """
    xy = np.ascontiguousarray(xy) + 0.0  # makes -0.0 and 0.0 the same bits
    bits = xy.view(np.uint64).reshape(-1, 2)
    key = (bits[:, 0] * _MIX_X) ^ ((bits[:, 1] ^ (bits[:, 1] >> np.uint64(29))) * _MIX_Y)
    ids, first = _numbered(key, np.argsort(key))
    if not np.array_equal(
        xy[first][ids], xy
    ):  # two points with one key: never seen, but the proof must not rest on luck
        _, first, ids = np.unique(xy, axis=0, return_index=True, return_inverse=True)
    return ids.reshape(-1).astype(np.int64), first.astype(np.int64)


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
    key = ends[:, 0] * max(len(xy), 1) + ends[:, 1]
    order = np.argsort(key, kind="stable")  # owners come in order
    start = np.flatnonzero(np.diff(key[order], prepend=-1))
    crowd = np.diff(np.append(start, len(key)))
    pair = np.minimum(start + 1, max(len(key) - 1, 0))
    right = np.where(crowd > 1, owner[order[pair]], -1) if len(key) else np.empty(0, dtype=np.int64)
    return EdgeTable(xy, ends[order[start]], owner[order[start]], right, crowd.astype(np.int64))


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
