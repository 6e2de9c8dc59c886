"""Where people walk: along streets, from doors to streets, and across open ground between neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.check.strokes import Ends, as_lines, distinct, metres, strokes

__all__ = ["Inside", "Walks", "walks_between"]

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
    ends
        (e, 2, 2) where each edge begins and ends.
    nodes
        How many nodes there are.
    """

    houses: NDArray[np.object_]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    ends: Ends
    nodes: int

    @cached_property
    def xy(self) -> NDArray[np.float64]:
        """Where each house is."""
        return np.asarray(shapely.get_coordinates(self.houses), dtype=np.float64)

    @cached_property
    def metres(self) -> NDArray[np.float64]:
        """How long each edge is; a step that has no length still is one."""
        return np.maximum(metres(self.ends), 1e-6)

    @cached_property
    def whole(self) -> Any:
        """The graph of all edges, each in both directions."""
        graph = _matrix(self.tail, self.head, self.metres, self.nodes)
        return (graph + graph.T).tocsr()

    @cached_property
    def network(self) -> NDArray[np.int64]:
        """To which connected part of the whole graph each node belongs."""
        from scipy.sparse.csgraph import connected_components

        return np.asarray(connected_components(self.whole, directed=False)[1], dtype=np.int64)

    def inside(self, houses: NDArray[np.int64], edges: NDArray[np.int64]) -> Inside:
        """Return the graphs of several grounds at once, none of which leads into another.

        Parameters
        ----------
        houses, edges
            (2, k) a ground's number, and a house (an edge) in it.
        """
        own = np.unique(houses[0] * self.nodes + houses[1])
        ground = edges[0] * self.nodes
        ends = np.concatenate([ground + self.tail[edges[1]], ground + self.head[edges[1]]])
        others = np.setdiff1d(ends, own)
        known = np.concatenate([own, others])
        order = np.argsort(known, kind="stable")
        tail, head = np.split(order[np.searchsorted(known, ends, sorter=order)], 2)
        graph = _matrix(tail, head, self.metres[edges[1]], len(known))
        return Inside(own // self.nodes, own % self.nodes, graph)


@dataclass(frozen=True)
class Inside:
    """Hold the graphs of several grounds as one sparse matrix, whose first nodes are the houses, ground by ground.

    Parameters
    ----------
    ground, house
        (h,) the ground and the house that each of the first nodes stands for.
    graph
        All edges, each in one direction.
    """

    ground: NDArray[np.int64]
    house: NDArray[np.int64]
    graph: Any


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
    xy = np.asarray(shapely.get_coordinates(houses), dtype=np.float64)
    pieces, _ = strokes(np.atleast_1d(np.asarray(shapely.union_all(shapely.get_parts(streets)), dtype=object)))
    bar_tree = shapely.STRtree(as_lines(strokes(bars)[0]))
    tree = shapely.STRtree(as_lines(pieces))
    doors, feet = _doors(houses, pieces, tree, bar_tree)
    pieces = _cut_at(pieces, tree, feet)
    points = np.round(np.concatenate([pieces[:, 0], pieces[:, 1], feet]), 3)
    first, where = distinct(points)
    tail, head, foot = np.split(where + len(houses), [len(pieces), 2 * len(pieces)])
    left, right = _open_ground(xy, bar_tree, open_ground_m)
    return Walks(
        houses,
        np.concatenate([tail, doors, left]),
        np.concatenate([head, foot, right]),
        np.concatenate([pieces, _between(xy[doors], feet), _between(xy[left], xy[right])]),
        len(houses) + len(first),
    )


def _between(tails: NDArray[np.float64], heads: NDArray[np.float64]) -> Ends:
    return np.stack([tails, heads], axis=1)


def _doors(
    houses: NDArray[np.object_], pieces: Ends, near: shapely.STRtree, bars: shapely.STRtree
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return for each way to a street the house it begins at and the point where it ends.

    Of the pieces about as near as the nearest, three that lie on different sides; a bar between is no way.
    """
    (house, _), away = near.query_nearest(houses, all_matches=False, return_distance=True)
    found, piece = near.query(houses[house], predicate="dwithin", distance=away * 2 + 20)
    house = house[found]
    at = np.asarray(shapely.get_coordinates(houses), dtype=np.float64)[house]
    feet = _feet(pieces[piece], at, _along(pieces[piece], at))
    order = np.lexsort((metres(_between(at, feet)), house))
    house, at, feet = house[order], at[order], feet[order]
    rank = np.arange(len(house)) - np.searchsorted(house, house)
    first = np.flatnonzero(rank < _DOORS)
    shut = first[_barred(_between(at[first], feet[first]), bars)]
    more = np.flatnonzero((rank >= _DOORS) & (rank < _DOORS * 4) & np.isin(house, house[shut]))
    more = more[~_barred(_between(at[more], feet[more]), bars)]
    open_ = np.sort(np.concatenate([np.setdiff1d(first, shut), more]))
    house, feet = house[open_], feet[open_]
    rank = np.arange(len(house)) - np.searchsorted(house, house)
    keep = rank < _DOORS
    return house[keep].astype(np.int64), feet[keep]


def _along(pieces: Ends, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far along its piece the foot of each point lies, metres."""
    step = pieces[:, 1] - pieces[:, 0]
    dx, dy = step.T
    square = dx * dx + dy * dy
    off = points - pieces[:, 0]
    part = (off[:, 0] * dx + off[:, 1] * dy) / np.where(square > 0, square, 1.0)
    whole = np.sqrt(square)
    return np.where(part <= 0, 0.0, np.where(part <= 1, part * whole, whole))


def _feet(pieces: Ends, points: NDArray[np.float64], along: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the nearest point on its piece for each point."""
    whole = metres(pieces)
    part = (along / np.where(whole > 0, whole, 1.0))[:, None]
    tail, head = pieces[:, 0], pieces[:, 1]
    return np.asarray(np.where(part <= 0, tail, np.where(part >= 1, head, tail + part * (head - tail))))


def _barred(ways: Ends, bars: shapely.STRtree) -> NDArray[np.bool_]:
    barred = np.zeros(len(ways), dtype=bool)
    if len(bars) and len(ways):
        barred[bars.query(as_lines(ways), predicate="intersects")[0]] = True
    return barred


def _cut_at(pieces: Ends, near: shapely.STRtree, feet: NDArray[np.float64]) -> Ends:
    """Return the pieces cut at the points where doors meet them."""
    stops = feet[distinct(feet)[0]]
    points = np.asarray(shapely.points(stops) if len(stops) else [], dtype=object)
    point, piece = near.query(points, predicate="dwithin", distance=1e-6)
    touched = np.unique(piece)
    at = _along(pieces[piece], stops[point])
    rest = np.delete(pieces, touched, axis=0)
    chain = np.concatenate([pieces[touched, 0], stops[point], pieces[touched, 1]])
    of = np.concatenate([touched, piece, touched])
    place = np.concatenate([np.full(len(touched), -1.0), at, np.full(len(touched), np.inf)])
    sort = np.lexsort((place, of))
    chain, of = chain[sort], of[sort]
    same = (of[1:] == of[:-1]) & (np.abs(chain[1:] - chain[:-1]).sum(axis=1) > 1e-9)
    return np.concatenate([rest, _between(chain[:-1][same], chain[1:][same])])


def _open_ground(
    xy: NDArray[np.float64], bars: shapely.STRtree, most_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the ways across open ground between neighbouring houses (edges of their Delaunay triangulation)."""
    from scipy.spatial import Delaunay, QhullError

    try:
        corners = Delaunay(xy).simplices if len(xy) > 3 else np.empty((0, 3), dtype=np.int64)
    except QhullError:  # all in one line
        corners = np.empty((0, 3), dtype=np.int64)
    pairs = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1)
    if not len(pairs):
        order = np.lexsort((xy[:, 1], xy[:, 0]))
        pairs = np.stack([order[:-1], order[1:]], axis=1)
    pairs = pairs[np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T) <= most_m].astype(np.int64)
    pairs = pairs[distinct(pairs)[0]]
    free = ~_barred(_between(xy[pairs[:, 0]], xy[pairs[:, 1]]), bars)
    return pairs[free, 0], pairs[free, 1]
