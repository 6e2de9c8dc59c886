"""Where people walk: along streets, from doors to streets, and across open ground between neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["Walks", "walks_between"]

_DOORS = 3
"""To so many of the nearest stretches of street a building has a way; behind the house there may be another street."""


@dataclass(frozen=True)
class Walks:
    """Hold a walking graph: nodes 0 … n-1 are the houses, then come points of streets.

    Parameters
    ----------
    houses
        A point per building.
    tail, head
        Nodes of each edge.
    lines
        Each edge as a line.
    nodes
        How many nodes there are.
    """

    houses: NDArray[np.object_]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    lines: NDArray[np.object_]
    nodes: int

    @cached_property
    def metres(self) -> NDArray[np.float64]:
        """How long each edge is; a step that has no length still is one."""
        return np.maximum(shapely.length(self.lines), 1e-6)

    def inside(self, edges: NDArray[np.int64], houses: NDArray[np.int64]) -> Any:
        """Return the graph of these edges alone as a sparse matrix: its first nodes are ``houses``, in their order."""
        ends = np.concatenate([self.tail[edges], self.head[edges]])
        others = np.setdiff1d(ends, houses)
        number = np.empty(self.nodes, dtype=np.int64)
        number[houses], number[others] = np.arange(len(houses)), len(houses) + np.arange(len(others))
        tail, head = np.split(number[ends], 2)
        return _matrix(tail, head, self.metres[edges], len(houses) + len(others))

    @cached_property
    def whole(self) -> Any:
        """The graph of all edges, each in both directions."""
        graph = _matrix(self.tail, self.head, self.metres, self.nodes)
        return (graph + graph.T).tocsr()


def _matrix(tail: NDArray[np.int64], head: NDArray[np.int64], metres: NDArray[np.float64], nodes: int) -> Any:
    """Return edges as a sparse matrix; where two nodes are joined twice the shorter way counts, for the matrix would add them."""
    from scipy.sparse import coo_array

    low, high = np.minimum(tail, head), np.maximum(tail, head)
    order = np.argsort(metres, kind="stable")
    _, first = np.unique((low * nodes + high)[order], return_index=True)
    kept = order[first]
    return coo_array((metres[kept], (low[kept], high[kept])), shape=(nodes, nodes)).tocsr()


def walks_between(
    houses: NDArray[np.object_], streets: NDArray[np.object_], bars: NDArray[np.object_], *, open_ground_m: float
) -> Walks:
    """Return the walking graph of a town.

    Parameters
    ----------
    houses
        A point per building.
    streets
        Lines one may walk along; those that cross or touch meet there.
    bars
        Lines that no way across open ground may cross.
    open_ground_m
        How far one walks across open ground from a building to its neighbours; to the nearest streets any distance.
    """
    pieces = _pieces(streets)
    doors, feet = _doors(houses, pieces, bars)
    pieces = _cut_at(pieces, feet)
    ends = shapely.get_coordinates(shapely.get_point(pieces, 0)), shapely.get_coordinates(shapely.get_point(pieces, -1))
    key, where = np.unique(np.round(np.concatenate([*ends, feet]), 3), axis=0, return_inverse=True)
    where = where.reshape(-1) + len(houses)
    tail, head, foot = np.split(where, [len(pieces), 2 * len(pieces)])
    left, right, across = _open_ground(houses, bars, open_ground_m)
    ways = _straight(shapely.get_coordinates(houses)[doors], feet)
    return Walks(
        houses,
        np.concatenate([tail, doors, left]),
        np.concatenate([head, foot, right]),
        np.concatenate([pieces, ways, across]),
        len(houses) + len(key),
    )


def _pieces(streets: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the streets, cut where they meet, as straight pieces."""
    lines = shapely.get_parts(shapely.union_all(shapely.get_parts(streets)))
    xy, line = shapely.get_coordinates(lines, return_index=True)
    same = line[1:] == line[:-1]
    return _straight(xy[:-1][same], xy[1:][same])


def _straight(tails: NDArray[np.float64], heads: NDArray[np.float64]) -> NDArray[np.object_]:
    return (
        np.asarray(shapely.linestrings(np.stack([tails, heads], axis=1)), dtype=object)
        if len(tails)
        else np.empty(0, dtype=object)
    )


def _doors(
    houses: NDArray[np.object_], pieces: NDArray[np.object_], bars: NDArray[np.object_]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return for each way to a street the house it begins at and the point where it ends.

    Of the pieces about as near as the nearest, three that lie on different sides; a bar between is no way.
    """
    near = shapely.STRtree(pieces)
    house, nearest = near.query_nearest(houses, all_matches=False, return_distance=True)[0]
    within = shapely.distance(houses[house], pieces[nearest]) * 2 + 20
    house, piece = near.query(houses[house], predicate="dwithin", distance=within)
    at = shapely.line_interpolate_point(pieces[piece], shapely.line_locate_point(pieces[piece], houses[house]))
    ways = shapely.distance(houses[house], at)
    order = np.lexsort((ways, house))
    house, at = house[order], at[order]
    feet, doors = shapely.get_coordinates(at), shapely.get_coordinates(houses)[house]
    rank = np.arange(len(house)) - np.searchsorted(house, house)
    open_ = (rank < _DOORS * 4) & ~_barred(_straight(doors, feet), bars)
    house, feet = house[open_], feet[open_]
    rank = np.arange(len(house)) - np.searchsorted(house, house)
    keep = rank < _DOORS
    return house[keep].astype(np.int64), feet[keep]


def _barred(ways: NDArray[np.object_], bars: NDArray[np.object_]) -> NDArray[np.bool_]:
    barred = np.zeros(len(ways), dtype=bool)
    if len(bars) and len(ways):
        barred[shapely.STRtree(bars).query(ways, predicate="intersects")[0]] = True
    return barred


def _cut_at(pieces: NDArray[np.object_], feet: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return the pieces cut at the points where doors meet them."""
    points = np.asarray(shapely.points(np.unique(feet, axis=0)) if len(feet) else [], dtype=object)
    point, piece = shapely.STRtree(pieces).query(points, predicate="dwithin", distance=1e-6)
    touched = np.unique(piece)
    at = shapely.line_locate_point(pieces[piece], points[point])
    order = np.lexsort((at, piece))
    xy = shapely.get_coordinates(points[point][order])
    rest = np.delete(pieces, touched)
    ends = shapely.get_coordinates(pieces[touched]).reshape(-1, 2, 2)
    chain = np.concatenate([ends[:, 0], xy, ends[:, 1]])
    of = np.concatenate([touched, piece[order], touched])
    place = np.concatenate([np.full(len(touched), -1.0), at[order], np.full(len(touched), np.inf)])
    sort = np.lexsort((place, of))
    chain, of = chain[sort], of[sort]
    same = (of[1:] == of[:-1]) & (np.abs(chain[1:] - chain[:-1]).sum(axis=1) > 1e-9)
    return np.concatenate([rest, _straight(chain[:-1][same], chain[1:][same])])


def _open_ground(
    houses: NDArray[np.object_], bars: NDArray[np.object_], most_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.object_]]:
    """Return the ways across open ground between neighbouring houses (edges of their Delaunay triangulation)."""
    from scipy.spatial import Delaunay, QhullError

    xy = shapely.get_coordinates(houses)
    try:
        corners = Delaunay(xy).simplices if len(xy) > 3 else np.empty((0, 3), dtype=np.int64)
    except QhullError:  # all in one line
        corners = np.empty((0, 3), dtype=np.int64)
    pairs = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1)
    if not len(pairs):
        order = np.lexsort((xy[:, 1], xy[:, 0]))
        pairs = np.stack([order[:-1], order[1:]], axis=1)
    pairs = np.unique(pairs, axis=0)
    short = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T) <= most_m
    pairs = pairs[short]
    lines = _straight(xy[pairs[:, 0]], xy[pairs[:, 1]])
    free = ~_barred(lines, bars)
    return pairs[free, 0].astype(np.int64), pairs[free, 1].astype(np.int64), lines[free]
