"""Vertex matching (rule C9): where polygons meet, each has the other's vertices.

Two villages are cut apart from each other, so a junction made on their common border is a vertex of one side only. Here every such vertex
is put into the edge it lies on. Official outlines are never snapped to a grid: a vertex moves only where two vertices lie closer than the
tolerance, and then the one that comes first in the input stays. A polygon so narrow somewhere that it comes to touch itself falls into
parts there; it stays valid, and no ground is lost.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from areaplan.linework.edges import EdgeTable, Floats, Geoms, Ints, edge_table, two_point_lines, vertex_ids

__all__ = ["TOLERANCE_M", "follow_edges", "insert_vertices", "match_polygons", "matched", "weld"]

EdgeChoice = Callable[[Floats, Ints], NDArray[np.bool_]]
"""Which ring edges may take vertices, of (coordinates, where edges start)."""

TOLERANCE_M = 0.0005
"""Half of the proof's grid: what lies closer is one place."""

WELD_M = 0.00001
"""Noding in floating numbers can leave two vertices where there should be one, far closer than this."""


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
        polygons, moved = _merge_close(
            polygons, _candidates(table, fixed), tolerance_m, 0 if fixed is None else len(fixed)
        )
        if moved:
            table = edge_table(polygons)
        loose = table.right < 0
        at = np.unique(table.left[loose])  # a polygon without a loose edge takes nothing
        outer, inserted = _insert(polygons[at], _candidates(table, fixed), tolerance_m, _among(table, loose))
        if not inserted:
            break
        polygons = polygons.copy()
        polygons[at] = outer
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


def follow_edges(
    polygons: Geoms, table: EdgeTable, edges: NDArray[np.bool_], *, tolerance_m: float = TOLERANCE_M
) -> Geoms:
    """Return ``polygons`` with the ends of the chosen ``edges`` of a table in those of their own edges that are not among them.

    An edge that the table has too needs nothing, even where another vertex lies very near: what is matched stays as it is.

    Examples
    --------
    >>> import shapely
    >>> table = edge_table(shapely.box([0, 1], 0, [1, 2], 1))
    >>> shapely.get_num_coordinates(follow_edges(np.array([shapely.box(0, 0, 2, 1)]), table, table.right < 0)).tolist()
    [7]
    """
    own = _among(table, edges)
    points = table.xy[np.unique(table.ends[edges])]
    return _insert(np.asarray(polygons), points, tolerance_m, lambda coords, starts: ~own(coords, starts))[0]


def weld(faces: Geoms, fixed: Floats, *, tolerance_m: float = WELD_M) -> Geoms:
    """Return noded ``faces`` without vertices so close that only rounding tells them apart.

    Faces that collapse vanish, and faces that come to touch themselves fall into parts; all others keep every edge they share.

    Parameters
    ----------
    faces
        Polygons out of one polygonizing.
    fixed
        (m, 2) vertices that must not move.
    """
    points = np.concatenate([fixed, shapely.get_coordinates(faces)])
    moves = _moves(points, tolerance_m)
    if not moves:
        return faces
    faces = faces.copy()
    for i in _touched(faces, moves, tolerance_m):
        face = _moved(faces[i], moves)
        faces[i] = face if face.is_valid else shapely.make_valid(face, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(faces)
    return parts[(shapely.get_dimensions(parts) == 2) & (shapely.area(parts) > 0)]


def _merge_close(polygons: Geoms, points: Floats, tolerance_m: float, fixed: int) -> tuple[Geoms, int]:
    """Make vertices closer than the tolerance one; the earliest among ``points`` stays, and so do the first ``fixed`` ones.

    Where that would break a polygon, its vertices are left as they are.
    """
    moves = _moves(points, tolerance_m, fixed)
    while moves:
        touched = _touched(polygons, moves, tolerance_m)
        moved = [_moved(polygons[i], moves) for i in touched]
        broken = [i for i, g in zip(touched, moved, strict=True) if g.is_empty or not g.is_valid]
        if not broken:
            out = polygons.copy()
            out[touched] = moved
            return out, len(moves)
        for i in broken:
            for xy in map(tuple, shapely.get_coordinates(polygons[i]).tolist()):
                moves.pop(xy, None)
    return polygons, 0


def _moves(points: Floats, tolerance_m: float, fixed: int = 0) -> dict[tuple[float, float], tuple[float, float]]:
    """Return where each point goes that has an earlier one within the tolerance; the first ``fixed`` ones go nowhere."""
    from scipy.spatial import cKDTree  # half a second, for whoever reads a plan and matches nothing

    _, first = vertex_ids(points)
    first = np.sort(first)
    distinct = points[first]
    n = len(distinct)
    pairs = cKDTree(distinct).query_pairs(tolerance_m, output_type="ndarray") if n else np.empty((0, 2), dtype=np.int64)
    if len(pairs) == 0:
        return {}
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    label = connected_components(graph, directed=False)[1]
    keep = np.full(n, n)
    np.minimum.at(keep, label, np.arange(n))
    target = distinct[keep[label]]
    moving = np.flatnonzero((target != distinct).any(axis=1) & (first >= fixed))
    return {(x, y): (u, v) for (x, y), (u, v) in zip(distinct[moving].tolist(), target[moving].tolist(), strict=True)}


def _touched(polygons: Geoms, moves: dict[tuple[float, float], tuple[float, float]], tolerance_m: float) -> Ints:
    """Return the polygons near a moving vertex."""
    points = shapely.points(np.array(list(moves)))
    return np.unique(shapely.STRtree(polygons).query(points, predicate="dwithin", distance=tolerance_m)[1]).astype(
        np.int64
    )


def _moved(shape: BaseGeometry, moves: dict[tuple[float, float], tuple[float, float]]) -> BaseGeometry:
    """Move the vertices of a polygon; holes that collapse are closed, and what collapses altogether is empty."""
    parts = []
    for part in shapely.get_parts(shape):
        rings = [_moved_ring(ring, moves) for ring in shapely.get_rings(part)]
        if len(rings[0]) > 3:
            parts.append(shapely.Polygon(rings[0], [r for r in rings[1:] if len(r) > 3]))
    return shapely.MultiPolygon(parts) if len(parts) > 1 else (parts[0] if parts else shapely.Polygon())


def _moved_ring(ring: BaseGeometry, moves: dict[tuple[float, float], tuple[float, float]]) -> Floats:
    xy = np.array([moves.get((x, y), (x, y)) for x, y in shapely.get_coordinates(ring).tolist()])
    return xy[np.r_[True, (xy[1:] != xy[:-1]).any(axis=1)]]


def _insert(polygons: Geoms, points: Floats, tolerance_m: float, choice: EdgeChoice | None = None) -> tuple[Geoms, int]:
    """Insert points into edges, all or those of a choice."""
    if len(points) == 0 or len(polygons) == 0:
        return polygons, 0
    _, first = vertex_ids(points)
    points = points[np.sort(first)]
    parts, whole = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    starts = np.flatnonzero(ring[1:] == ring[:-1])
    if choice is not None:
        starts = starts[choice(coords, starts)]
    at, t, which = _hits(coords, starts, points, tolerance_m)
    plain = ~_folds(coords, ring, at, points[which])
    at, t, which = at[plain], t[plain], which[plain]
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
    changed_parts = np.unique(part[changed_rings])
    out = _reassemble(polygons, parts, whole, new_rings, part, changed_parts)
    return _parted(out, np.unique(whole[changed_parts])), len(at)


def _parted(polygons: Geoms, changed: Ints) -> Geoms:
    """Let changed polygons that touch themselves fall into parts."""
    broken = changed[~shapely.is_valid(polygons[changed])]
    polygons[broken] = shapely.make_valid(polygons[broken], method="structure", keep_collapsed=False)
    return polygons


def _among(table: EdgeTable, edges: NDArray[np.bool_]) -> EdgeChoice:
    """Return the choice of those ring edges that are among the chosen edges of a table."""

    def choice(coords: Floats, starts: Ints) -> NDArray[np.bool_]:
        chosen = table.xy[table.ends[edges]].reshape(-1, 2)
        ids, _ = vertex_ids(np.concatenate([chosen, coords]))
        ends, of_coords = ids[: len(chosen)].reshape(-1, 2), ids[len(chosen) :]
        n = int(ids.max()) + 1

        def key(a: Ints, b: Ints) -> Ints:
            return np.minimum(a, b) * n + np.maximum(a, b)

        return np.isin(key(of_coords[starts], of_coords[starts + 1]), key(ends[:, 0], ends[:, 1]))

    return choice


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


def _folds(coords: Floats, ring: Ints, at: Ints, points: Floats) -> NDArray[np.bool_]:
    """Tell which points are the vertex before or behind the edge they would be put into: the ring would run there and back."""
    first, last = np.searchsorted(ring, ring[at], "left"), np.searchsorted(ring, ring[at], "right") - 1
    before = np.where(at == first, last - 1, at - 1)
    behind = np.where(at + 1 == last, first + 1, at + 2)
    return np.asarray((points == coords[before]).all(axis=1) | (points == coords[behind]).all(axis=1), dtype=bool)


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
