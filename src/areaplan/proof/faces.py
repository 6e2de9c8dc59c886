"""From edges that did not cancel to polygons on the map.

The residual edges bound the ground on which the count of areas and the count of parents disagree. They are noded and polygonised; a face is
then asked, by winding number over the very edges that were cancelled, which areas and parents hold it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from areaplan.proof.grid import EdgeTable, Ints, segments
from areaplan.proof.noding import Pieces
from areaplan.proof.result import Fault, FaultKind

__all__ = ["locate_faults"]

_Key = tuple[FaultKind, tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True)
class _Rings:
    """The noded edges of all polygons in grid units, sorted by polygon."""

    tail: NDArray[np.float64]
    head: NDArray[np.float64]
    sign: Ints
    start: Ints
    boxes: shapely.STRtree


def locate_faults(table: EdgeTable, pieces: Pieces) -> tuple[Fault, ...]:
    """Return what the residual ``pieces`` enclose, one fault per connected piece of ground with the same holders.

    Parameters
    ----------
    table
        All edges.
    pieces
        The noded pieces of the edges that did not cancel.
    """
    rings = _noded_rings(table, pieces)
    alive = np.stack([pieces.tail[pieces.alive], pieces.head[pieces.alive]], axis=1)
    ends = pieces.points[np.unique(np.sort(alive, axis=1), axis=0)]
    faces = _polygonise(segments(ends[:, 0], ends[:, 1]))
    keys = _classify(table, rings, faces)
    bad = faces[np.array([k is not None for k in keys], dtype=bool)]
    if not len(bad):
        return ()
    finer = _split_by_all_edges(rings, bad)
    grouped: dict[_Key, list[int]] = {}
    for number, key in enumerate(_classify(table, rings, finer)):
        if key is not None:
            grouped.setdefault(key, []).append(number)
    tree = shapely.STRtree(table.polygons)
    return tuple(_fault(table, tree, key, part) for key, part in _connected(grouped, finer))


def _noded_rings(table: EdgeTable, pieces: Pieces) -> _Rings:
    whole = np.ones(len(table.tail), dtype=bool)
    whole[pieces.replaced] = False
    tail = np.concatenate([pieces.grid[table.tail[whole]], pieces.points[pieces.tail]]).astype(np.float64)
    head = np.concatenate([pieces.grid[table.head[whole]], pieces.points[pieces.head]]).astype(np.float64)
    owner = np.concatenate([table.owner[whole], pieces.owner])
    sign = np.concatenate([table.sign[whole], pieces.sign])
    # parents count -1 in the ledger; for holding ground both count +1
    sign = np.where(owner < table.areas, sign, -sign)
    order = np.argsort(owner, kind="stable")
    start = np.searchsorted(owner[order], np.arange(table.areas + table.parents + 1))
    bounds = (shapely.bounds(table.polygons) - np.tile(table.origin, 2)) / table.grid_m
    boxes = shapely.box(bounds[:, 0] - 2, bounds[:, 1] - 2, bounds[:, 2] + 2, bounds[:, 3] + 2)
    boxes[~np.isfinite(bounds).all(axis=1)] = None
    return _Rings(tail[order], head[order], sign[order], start.astype(np.int64), shapely.STRtree(boxes))


def _polygonise(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Node lines and return the faces between them; specks below a thousandth of a square unit are noise of the noding."""
    noded = shapely.get_parts(shapely.union_all(lines))
    faces = shapely.get_parts(shapely.polygonize(noded))
    return faces[shapely.area(faces) > 1e-3]


def _classify(table: EdgeTable, rings: _Rings, faces: NDArray[np.object_]) -> list[_Key | None]:
    """Return kind and holders of each face, None where exactly one area in its own parent holds it."""
    spots = shapely.get_coordinates(shapely.point_on_surface(faces))
    face, polygon = rings.boxes.query(shapely.points(spots))
    holders: list[list[int]] = [[] for _ in faces]
    order = np.argsort(polygon, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(polygon[order])) + 1) if len(order) else ():
        number = int(polygon[rows[0]])
        held = _winding(rings, number, spots[face[rows]]) > 0
        for f in face[rows[held]]:
            holders[f].append(number)
    group_of = _groups(table)
    return [_kind(sorted(h), table, group_of) for h in holders]


def _winding(rings: _Rings, number: int, spots: NDArray[np.float64]) -> Ints:
    """Return how often polygon ``number`` winds round each spot, by half-open crossings of a ray to the east."""
    part = slice(rings.start[number], rings.start[number + 1])
    tail, head, sign = rings.tail[part], rings.head[part], rings.sign[part]
    turns = np.zeros(len(spots), dtype=np.int64)
    for i, (x, y) in enumerate(spots):
        low_tail, low_head = tail[:, 1] <= y, head[:, 1] <= y
        cross = np.flatnonzero(low_tail != low_head)
        a, b = tail[cross], head[cross]
        left = (b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (x - a[:, 0]) * (b[:, 1] - a[:, 1])
        up = low_tail[cross]
        turns[i] = (sign[cross] * ((up & (left > 0)).astype(np.int64) - (~up & (left < 0)))).sum()
    return turns


def _groups(table: EdgeTable) -> dict[int, int]:
    """Return the parent each area names."""
    owners, first = np.unique(table.owner, return_index=True)
    return dict(zip(owners.tolist(), table.group[first].tolist(), strict=True))


def _kind(holders: list[int], table: EdgeTable, group_of: dict[int, int]) -> _Key | None:
    areas = tuple(h for h in holders if h < table.areas)
    parents = tuple(h - table.areas for h in holders if h >= table.areas)
    if len(areas) > 1:
        return "overlap", areas, parents
    if not areas:
        return ("gap", areas, parents) if parents else None if table.parents else ("hole", areas, parents)
    if not table.parents:
        return None
    if not parents:
        return "spill", areas, parents
    at_home = not table.nested or group_of.get(areas[0]) in parents
    return None if at_home else ("astray", areas, parents)


def _split_by_all_edges(rings: _Rings, faces: NDArray[np.object_]) -> NDArray[np.object_]:
    """Cut ``faces`` further by edges that cancelled but run through them, so that each piece has the same holders throughout."""
    _, polygons = rings.boxes.query(faces, predicate="intersects")
    rows = np.concatenate([np.arange(rings.start[p], rings.start[p + 1]) for p in np.unique(polygons)])
    lines = segments(rings.tail[rows], rings.head[rows])
    shapely.prepare(faces)
    face, line = shapely.STRtree(lines).query(faces, predicate="intersects")
    inside = ~shapely.touches(faces[face], lines[line])
    crossing = np.unique(line[inside])
    if not len(crossing):
        return faces
    pieces = _polygonise(np.concatenate([shapely.boundary(faces), lines[crossing]]))
    spots = shapely.point_on_surface(pieces)
    within, _ = shapely.STRtree(faces).query(spots, predicate="intersects")
    return pieces[np.unique(within)]


def _connected(grouped: dict[_Key, list[int]], faces: NDArray[np.object_]) -> Iterator[tuple[_Key, BaseGeometry]]:
    """Yield the connected pieces of ground per key, in the order of keys, north-west first."""
    for key in sorted(grouped):
        members = faces[grouped[key]]
        parts = shapely.get_parts(shapely.union_all(members)) if len(members) > 1 else members
        bounds = shapely.bounds(parts)
        for i in np.lexsort((bounds[:, 0], -bounds[:, 3])):
            yield key, parts[i]


def _fault(table: EdgeTable, tree: shapely.STRtree, key: _Key, part: BaseGeometry) -> Fault:
    kind, areas, parents = key
    geometry: BaseGeometry = shapely.transform(part, lambda c: c * table.grid_m + table.origin)
    near = tree.query(geometry, predicate="dwithin", distance=2 * table.grid_m)
    neighbours = tuple(sorted(int(n) for n in near if n < table.areas and n not in areas))
    area, around = float(geometry.area), float(geometry.length)
    return Fault(kind, areas, parents, neighbours, area, 2 * area / around if around else 0.0, geometry)
