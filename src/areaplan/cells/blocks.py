"""Lines and a village outline become blocks (rules C3, C4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from areaplan.linework.dissolving import dissolve
from areaplan.linework.edges import Floats, Geoms, Ints, edge_table, groups_of
from areaplan.linework.matching import weld

__all__ = ["POKE_M", "Blocks", "faces_inside", "lines_around", "longest_neighbour", "make_blocks"]

POKE_M = 0.02
"""How far a clipped line runs on beyond the edge it ends at, so that noding finds the crossing; the stub is a dangle and vanishes."""

THROUGH_M = 0.1
"""A line inside a footprint for less than this only grazes it."""


@dataclass(frozen=True)
class Blocks:
    """Hold the blocks of a village.

    Parameters
    ----------
    polygons
        (k,) blocks, tiling the village.
    linework
        Everything they were made from, noded, dead ends included.
    through
        (c,) length in metres of lines inside each cluster of buildings.
    """

    polygons: Geoms
    linework: BaseGeometry
    through: Floats


def faces_inside(linework: BaseGeometry, ground: BaseGeometry) -> tuple[Geoms, Geoms]:
    """Return the faces of noded ``linework`` that lie in ``ground``, and a point inside each."""
    faces = shapely.get_parts(shapely.polygonize([linework]))
    points = shapely.point_on_surface(faces)
    shapely.prepare(ground)
    inside = shapely.intersects(ground, points)
    faces, points = faces[inside], points[inside]
    welded = weld(faces, shapely.get_coordinates(ground))
    return (faces, points) if welded is faces else (welded, shapely.point_on_surface(welded))


def lines_around(lines: Geoms, buildings: Geoms) -> tuple[Geoms, Floats]:
    """Cut out of ``lines`` what runs through a building (rule C3).

    Returns
    -------
    The lines, and for each building the length in metres that ran through it. A line still pokes 2 cm into the footprint.
    """
    through = np.zeros(len(buildings))
    solid = np.flatnonzero(shapely.get_dimensions(buildings) == 2)
    at, which = shapely.STRtree(buildings[solid]).query(lines, predicate="intersects")
    which = solid[which]
    used, at_used = np.unique(which, return_inverse=True)
    shrunk = shapely.buffer(buildings[used], -POKE_M, join_style="mitre")[
        at_used
    ]  # a line along a wall is none through it
    lengths = shapely.length(shapely.intersection(lines[at], shrunk))
    keep = lengths > THROUGH_M
    at, which, shrunk = at[keep], which[keep], shrunk[keep]
    np.add.at(through, which, lengths[keep])
    lines = lines.copy()
    for i in np.unique(at):
        lines[i] = shapely.difference(lines[i], shapely.union_all(shrunk[at == i]))
    return lines, through


def make_blocks(ground: BaseGeometry, lines: Geoms, buildings: Geoms, points: Geoms) -> Blocks:
    """Cut a village along ``lines``, going round ``buildings``.

    Parameters
    ----------
    ground
        The village.
    lines
        LineStrings that bound (no tunnels).
    buildings, points
        Clusters of footprints, and a point inside each.
    """
    lines, through = lines_around(lines, buildings)
    hit = np.flatnonzero(through > 0)
    linework = shapely.union_all(np.concatenate([[shapely.boundary(ground)], lines, shapely.boundary(buildings[hit])]))
    faces, _ = faces_inside(linework, ground)
    return Blocks(_join_passages(faces, points[hit]), linework, through)


def _join_passages(faces: Geoms, points: Geoms) -> Geoms:
    """Give the footprint a line ran through to the block it shares most wall with (rule C3)."""
    if len(points) == 0 or len(faces) < 2:
        return faces
    own = np.unique(shapely.STRtree(faces).query(points, predicate="intersects")[1])
    label = longest_neighbour(faces, own)
    return dissolve(faces, label)


def longest_neighbour(faces: Geoms, lone: Ints) -> Ints:
    """Return a label for each face: ``lone`` ones take that of the neighbour with the longest common border."""
    if len(lone) == 0:
        return np.arange(len(faces))
    around = np.unique(np.r_[lone, shapely.STRtree(faces).query(faces[lone], predicate="intersects")[1]])
    table = edge_table(faces[around])
    shared = table.right >= 0
    a, b, length = around[table.left[shared]], around[table.right[shared]], table.lengths[shared]
    face, to = np.r_[a, b], np.r_[b, a]
    group, first = groups_of(face, to)
    face, to, total = face[first], to[first], np.bincount(group, np.r_[length, length])
    order = np.lexsort((to, -total, face))
    best = order[np.unique(face[order], return_index=True)[1]]
    best = best[np.isin(face[best], lone)]
    graph = coo_matrix((np.ones(len(best)), (face[best], to[best])), shape=(len(faces), len(faces)))
    return connected_components(graph, directed=False)[1].astype(np.int64)
