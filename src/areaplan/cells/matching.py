"""Vertex matching (rule C9): where polygons meet, each has the other's vertices.

Two villages are cut apart from each other, so a junction made on their common border is a vertex of one side only. Here every such vertex
is put into the edge it lies on. Official outlines are never snapped to a grid: a vertex moves only where two vertices lie closer than the
tolerance, and then the one that comes first in the input stays.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from areaplan.cells.edges import EdgeTable, Floats, Geoms, Ints, edge_table, two_point_lines, vertex_ids

__all__ = ["TOLERANCE_M", "insert_vertices", "match_polygons", "matched"]

TOLERANCE_M = 0.0005
"""Half of the proof's grid: what lies closer is one place."""


def match_polygons(polygons: Geoms, *, fixed: Floats | None = None, tolerance_m: float = TOLERANCE_M) -> Geoms:
    """Return ``polygons`` so that neighbours share every vertex of their common borders.

    Parameters
    ----------
    polygons
        (n,) Polygons or MultiPolygons that tile some ground up to ``tolerance_m``.
    fixed
        (m, 2) vertices that must not move (official outlines); they are matched into the polygons too.
    tolerance_m
        A vertex this close to an edge belongs to it; vertices this close to each other become one.

    Examples
    --------
    >>> import shapely
    >>> a, b, c = shapely.box(0, 0, 1, 2), shapely.box(1, 0, 2, 1), shapely.box(1, 1, 2, 2)
    >>> [shapely.get_num_coordinates(p) for p in match_polygons(np.array([a, b, c]))]
    [6, 5, 5]
    """
    return matched(polygons, fixed=fixed, tolerance_m=tolerance_m)[0]


def matched(
    polygons: Geoms, *, fixed: Floats | None = None, tolerance_m: float = TOLERANCE_M
) -> tuple[Geoms, EdgeTable]:
    """Do the work of :func:`match_polygons`, and return the table of edges with its result.

    An inserted vertex bends its edge by less than the tolerance; the next look catches what that touched.
    """
    table = edge_table(polygons)
    for _ in range(4):
        polygons, moved = _merge_close(polygons, _candidates(table, fixed), tolerance_m)
        if moved:
            table = edge_table(polygons)
        loose = table.ends[table.right < 0]
        polygons, inserted = _insert(polygons, _candidates(table, fixed), tolerance_m, only=loose, xy=table.xy)
        if not inserted:
            break
        table = edge_table(polygons)
    return polygons, table


def _candidates(table: EdgeTable, fixed: Floats | None) -> Floats:
    """Return the vertices of edges without a counterpart, behind those that must not move."""
    loose = table.xy[np.unique(table.ends[table.right < 0])]
    return loose if fixed is None else np.concatenate([fixed, loose])


def insert_vertices(polygons: Geoms, points: Floats, *, tolerance_m: float = TOLERANCE_M) -> Geoms:
    """Return ``polygons`` with every point that lies within ``tolerance_m`` of the inside of an edge inserted there.

    Examples
    --------
    >>> import shapely
    >>> square = insert_vertices(np.array([shapely.box(0, 0, 1, 1)]), np.array([[0.5, 0.0], [0.5, 0.5]]))[0]
    >>> shapely.get_num_coordinates(square)
    6
    """
    return _insert(np.asarray(polygons), points, tolerance_m)[0]


def _merge_close(polygons: Geoms, points: Floats, tolerance_m: float) -> tuple[Geoms, int]:
    """Make vertices closer than the tolerance one; the earliest among ``points`` stays."""
    _, first = vertex_ids(points)
    firsts = np.sort(first)
    distinct = points[firsts]
    pairs = (
        cKDTree(distinct).query_pairs(tolerance_m, output_type="ndarray") if len(distinct) else np.empty((0, 2), int)
    )
    if len(pairs) == 0:
        return polygons, 0
    n = len(distinct)
    _, label = connected_components(
        coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n)), directed=False
    )
    keep = np.full(n, n)
    np.minimum.at(keep, label, np.arange(n))
    target = distinct[keep[label]]
    touched = np.flatnonzero((target != distinct).any(axis=1))
    old_new = {
        (x, y): (u, v) for (x, y), (u, v) in zip(distinct[touched].tolist(), target[touched].tolist(), strict=True)
    }
    hit = np.unique(
        shapely.STRtree(polygons).query(shapely.points(distinct[touched]), predicate="dwithin", distance=tolerance_m)[1]
    )
    out = polygons.copy()
    for i in hit:
        xy = shapely.get_coordinates(polygons[i])
        new = np.array([old_new.get((x, y), (x, y)) for x, y in xy.tolist()])
        changed = shapely.remove_repeated_points(shapely.set_coordinates(polygons[i], new), 0.0)
        if changed.is_valid and not changed.is_empty:
            out[i] = changed
    return out, len(touched)


def _insert(
    polygons: Geoms, points: Floats, tolerance_m: float, only: Ints | None = None, xy: Floats | None = None
) -> tuple[Geoms, int]:
    """Insert points into edges; ``only`` limits the edges to these vertex pairs (rows of ``xy``)."""
    if len(points) == 0 or len(polygons) == 0:
        return polygons, 0
    _, first = vertex_ids(points)
    points = points[np.sort(first)]
    parts, whole = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    starts = np.flatnonzero(ring[1:] == ring[:-1])
    if only is not None and xy is not None:
        starts = starts[_among(coords, starts, only, xy)]
    at, t, which = _hits(coords, starts, points, tolerance_m)
    if len(at) == 0:
        return polygons, 0
    order = np.lexsort((t, at))
    at, which = at[order], which[order]
    changed_rings = np.unique(ring[at])
    coords = np.insert(coords, at + 1, points[which], axis=0)
    ring = np.insert(ring, at + 1, ring[at])
    new_rings = rings.copy()
    pick = np.isin(ring, changed_rings)
    compact = np.searchsorted(changed_rings, ring[pick])
    new_rings[changed_rings] = shapely.linearrings(coords[pick], indices=compact)
    return _reassemble(polygons, parts, whole, new_rings, part, np.unique(part[changed_rings])), len(at)


def _among(coords: Floats, starts: Ints, ends: Ints, xy: Floats) -> NDArray[np.bool_]:
    """Say which ring edges are among the given vertex pairs."""
    ids, _ = vertex_ids(np.concatenate([xy, coords]))
    of_xy, of_coords = ids[: len(xy)], ids[len(xy) :]
    n = int(ids.max()) + 1

    def key(a: Ints, b: Ints) -> Ints:
        return np.minimum(a, b) * n + np.maximum(a, b)

    return np.isin(key(of_coords[starts], of_coords[starts + 1]), key(of_xy[ends[:, 0]], of_xy[ends[:, 1]]))


def _hits(coords: Floats, starts: Ints, points: Floats, tolerance_m: float) -> tuple[Ints, Floats, Ints]:
    """Return (edge start, place along the edge, point) for each point strictly inside an edge."""
    segments = two_point_lines(np.stack([coords[starts], coords[starts + 1]], axis=1))
    tree = shapely.STRtree(segments)
    p, s = tree.query(shapely.points(points), predicate="dwithin", distance=tolerance_m)
    a, b, q = coords[starts[s]], coords[starts[s] + 1], points[p]
    d = b - a
    length2 = np.maximum((d**2).sum(axis=1), 1e-30)
    t = ((q - a) * d).sum(axis=1) / length2
    inside = (t > 0) & (t < 1) & (q != a).any(axis=1) & (q != b).any(axis=1)
    return starts[s[inside]], t[inside], p[inside]


def _reassemble(polygons: Geoms, parts: Geoms, whole: Ints, rings: Geoms, part: Ints, changed: Ints) -> Geoms:
    """Rebuild the changed parts from their rings, and the geometries those belong to."""
    new_parts = parts.copy()
    first = np.searchsorted(part, np.arange(len(parts) + 1))
    for i in changed:
        own = rings[first[i] : first[i + 1]]
        new_parts[i] = shapely.polygons(own[0], own[1:])
    out = polygons.copy()
    begin = np.searchsorted(whole, np.arange(len(polygons) + 1))
    for i in np.unique(whole[changed]):
        own = new_parts[begin[i] : begin[i + 1]]
        out[i] = shapely.multipolygons(own) if shapely.get_type_id(polygons[i]) == 6 else own[0]
    return out
