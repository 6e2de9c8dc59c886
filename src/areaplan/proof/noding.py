"""The second pass: the same line, digitised with other vertices.

Edges that did not cancel vertex for vertex may still run on one line: a neighbour was saved without its collinear vertices, a village
outline does not know the areas' junctions, a coordinate computed twice falls on either side of a rounding boundary. Here near-equal
vertices are merged, edges are cut at the vertices that lie on them (both within the tolerance), and cancellation runs again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.proof.cancel import net_by_key
from areaplan.proof.grid import EdgeTable, Ints, segments

__all__ = ["Pieces", "node"]


@dataclass(frozen=True)
class Pieces:
    """Hold the cut edges.

    Parameters
    ----------
    grid
        (v, 2) grid point of every vertex of the table, near-equal ones merged.
    points
        (k, 2) grid points the pieces run between.
    tail, head
        (p,) numbers of points.
    owner, group, sign
        (p,) as in the edge table.
    edge
        (p,) the edge of the table a piece was cut from.
    alive
        (p,) False where the piece cancelled.
    residual
        How many pieces did not cancel.
    replaced
        The edges of the table that the pieces stand for.
    """

    grid: Ints
    points: Ints
    tail: Ints
    head: Ints
    owner: Ints
    group: Ints
    sign: Ints
    edge: Ints
    alive: NDArray[np.bool_]
    residual: int
    replaced: Ints


def node(table: EdgeTable, edges: Ints, tolerance_m: float) -> Pieces:
    """Merge, cut and cancel the given ``edges`` of ``table``; vertices within ``tolerance_m`` of each other or of an edge are on it."""
    keys = table.vertex_keys()
    edges = np.union1d(edges, _edges_below(table, edges, tolerance_m))
    replaced = edges
    ends = np.concatenate([table.tail[edges], table.head[edges]])
    _, first, number = np.unique(keys[ends], return_index=True, return_inverse=True)
    vertex = ends[first]
    xy = table.xy[vertex]
    rep = _merge(xy, tolerance_m)
    grid = _moved(table, keys, vertex, rep)
    tail, head = rep[number[: len(edges)]], rep[number[len(edges) :]]
    moves = tail != head
    edges, tail, head = edges[moves], tail[moves], head[moves]
    forward = tail < head
    low, high = np.where(forward, tail, head), np.where(forward, head, tail)
    segment, low, high = _undirected(low, high, len(vertex))
    chain_of, chain_tail, chain_head = _cut(xy, low, high, np.unique(rep), tolerance_m)
    at, piece = _expand(segment, chain_of, len(low))
    backwards = ~forward[at]
    a, b = chain_tail[piece], chain_head[piece]
    a, b = np.where(backwards, b, a), np.where(backwards, a, b)
    sign, group = table.sign[edges[at]], table.group[edges[at]]
    up = a < b
    run, net = net_by_key((np.where(up, a, b), np.where(up, b, a), group), np.where(up, sign, -sign))
    return Pieces(
        grid, table.grid[vertex], a, b, table.owner[edges[at]], group, sign, edges[at], net[run] != 0, int(np.abs(net).sum()), replaced
    )  # fmt: skip


def _edges_below(table: EdgeTable, edges: Ints, tolerance_m: float) -> Ints:
    """Return edges that cancelled, but with a vertex of ``edges`` on them: they must be cut there like the others."""
    vertex = np.concatenate([table.tail[edges], table.head[edges]])
    _, first = np.unique(table.vertex_keys()[vertex], return_index=True)
    points = np.asarray(shapely.points(table.xy[vertex[first]]), dtype=object)
    _, polygons = _boxes(table, tolerance_m).query(points)
    near = np.zeros(table.areas + table.parents, dtype=bool)
    near[polygons] = True
    near_edges = np.setdiff1d(np.flatnonzero(near[table.owner]), edges, assume_unique=True)
    lines = segments(table.xy[table.tail[near_edges]], table.xy[table.head[near_edges]])
    line, point = shapely.STRtree(points).query(lines, predicate="dwithin", distance=tolerance_m)
    keys = table.vertex_keys()
    at = keys[vertex[first[point]]]
    inside = (at != keys[table.tail[near_edges[line]]]) & (at != keys[table.head[near_edges[line]]])
    return near_edges[np.unique(line[inside])]


def _boxes(table: EdgeTable, tolerance_m: float) -> shapely.STRtree:
    bounds = shapely.bounds(table.polygons) - np.tile(table.origin, 2)
    boxes = np.asarray(
        shapely.box(*(bounds + np.array([-1, -1, 1, 1]) * (tolerance_m + 2 * table.grid_m)).T), dtype=object
    )
    boxes[~np.isfinite(bounds).all(axis=1)] = None
    return shapely.STRtree(boxes)


def _merge(xy: NDArray[np.float64], tolerance_m: float) -> Ints:
    """Return for every point the least number among the points it hangs together with, in steps within the tolerance."""
    points = np.asarray(shapely.points(xy), dtype=object)
    left, right = shapely.STRtree(points).query(points, predicate="dwithin", distance=tolerance_m)
    apart = left < right
    left, right = left[apart], right[apart]
    rep = np.arange(len(xy), dtype=np.int64)
    while len(left):
        before = rep.copy()
        np.minimum.at(rep, right, rep[left])
        np.minimum.at(rep, left, rep[right])
        rep = rep[rep]
        if (rep == before).all():
            break
    return rep


def _moved(table: EdgeTable, keys: Ints, vertex: Ints, rep: Ints) -> Ints:
    """Return the grid points of the whole table with merged vertices at their representative's place."""
    merged = np.flatnonzero(rep != np.arange(len(rep)))
    if not len(merged):
        return table.grid
    old = keys[vertex[merged]]  # sorted, since `vertex` follows np.unique of the keys
    at = np.minimum(np.searchsorted(old, keys), len(old) - 1)
    hit = old[at] == keys
    grid = table.grid.copy()
    grid[hit] = table.grid[vertex[rep[merged[at[hit]]]]]
    return grid


def _undirected(low: Ints, high: Ints, points: int) -> tuple[Ints, Ints, Ints]:
    """Return the number of the undirected segment of each edge, and the segments' ends."""
    pairs, segment = np.unique(low * points + high, return_inverse=True)
    return segment, pairs // points, pairs % points


def _cut(xy: NDArray[np.float64], low: Ints, high: Ints, nodes: Ints, tolerance_m: float) -> tuple[Ints, Ints, Ints]:
    """Cut each segment at the nodes that lie on it; return segment, tail and head of every piece, in order along the segment."""
    lines = segments(xy[low], xy[high])
    hit, line = shapely.STRtree(lines).query(shapely.points(xy[nodes]), predicate="dwithin", distance=tolerance_m)
    hit = nodes[hit]
    inside = (hit != low[line]) & (hit != high[line])
    hit, line = hit[inside], line[inside]
    along = xy[high[line]] - xy[low[line]]
    at = ((xy[hit] - xy[low[line]]) * along).sum(axis=1) / (along**2).sum(axis=1)
    inside = (at > 0) & (at < 1)
    hit, line, at = hit[inside], line[inside], at[inside]
    every = np.arange(len(low))
    segment = np.concatenate([every, line, every])
    point = np.concatenate([low, hit, high])
    place = np.concatenate([np.full(len(low), -1.0), at, np.full(len(low), 2.0)])
    order = np.lexsort((point, place, segment))
    segment, point = segment[order], point[order]
    within = segment[1:] == segment[:-1]
    return segment[1:][within], point[:-1][within], point[1:][within]


def _expand(segment: Ints, chain_of: Ints, segments: int) -> tuple[Ints, Ints]:
    """Return, for every piece of every edge, the edge's place in ``segment`` and the piece's number."""
    count = np.bincount(chain_of, minlength=segments)
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    each = count[segment]
    at = np.repeat(np.arange(len(segment)), each)
    offset = np.arange(len(at)) - np.repeat(np.cumsum(each) - each, each)
    return at, start[segment[at]] + offset
