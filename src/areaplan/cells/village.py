"""Cut one village into cells. Nothing here knows of other villages, so villages can be cut in any order, in any process."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.cells.blocks import Blocks, dissolve, faces_inside, longest_neighbour, make_blocks
from areaplan.cells.clusters import Clusters, find_clusters
from areaplan.cells.edges import Floats, Geoms, Ints
from areaplan.cells.faces import connect, join_close, label_faces, nearest_owner, neighbours
from areaplan.cells.ridges import ridges_between, smooth_ridges, trim, wall_points
from areaplan.codes import map_order
from areaplan.messages import msg
from areaplan.model import Finding, Severity

__all__ = ["VillageCut", "VillageTask", "cut_village"]

SLIVER_M2 = 1.0
"""An empty block smaller than this joins its neighbour."""


@dataclass(frozen=True)
class VillageTask:
    """What one village is cut by.

    Parameters
    ----------
    code
        Village code.
    ground
        Its polygon, matched with the neighbours'.
    lines
        LineStrings that bound, tunnels left out.
    footprints
        Buildings of this village, polygons or points, whole even where the village border cuts them.
    names
        Their identifiers, for findings.
    spacing_m
        Usual distance of sample points along walls.
    """

    code: str
    ground: BaseGeometry
    lines: Geoms
    footprints: Geoms
    names: tuple[str, ...]
    spacing_m: float


@dataclass(frozen=True)
class VillageCut:
    """Hold the cells of one village in map order, and the cell of each building; for base areas, their rows."""

    code: str
    polygons: Geoms
    cell_of: Ints
    findings: tuple[Finding, ...] = field(default=())
    base_rows: Ints | None = None


def cut_village(task: VillageTask) -> VillageCut:
    """Cut one village (rules C2 to C8)."""
    order = _canonical(task.footprints)
    lines = task.lines[_canonical(task.lines)]
    clusters = find_clusters(task.footprints[order], task.ground)
    part_polygons, part_cluster = _parts(clusters)
    points = shapely.point_on_surface(part_polygons)
    blocks = make_blocks(task.ground, lines, clusters.whole, shapely.point_on_surface(clusters.inside))
    polygons, of_cluster, torn = _cells(task, blocks, clusters, part_polygons, part_cluster, points, lines)
    cells = map_order(shapely.get_coordinates(shapely.point_on_surface(polygons)))
    place = np.empty(len(cells), dtype=np.int64)
    place[cells] = np.arange(len(cells))
    polygons = polygons[cells]
    cell_of = np.full(len(order), -1)
    inside = clusters.of >= 0
    cell_of[order[inside]] = place[of_cluster[clusters.of[inside]]]
    cell_of = _nearest_cell(cell_of, polygons, task.footprints)
    members = [order[np.flatnonzero(clusters.of == c)] for c in _listed(blocks, torn)]
    return VillageCut(task.code, polygons, cell_of, tuple(_findings(task, blocks, torn, members)))


def _canonical(geoms: Geoms) -> Ints:
    """Return an order that depends on the geometries alone, so that the order of input rows changes nothing."""
    return np.argsort(shapely.to_wkb(geoms), kind="stable").astype(np.int64)


def _parts(clusters: Clusters) -> tuple[Geoms, Ints]:
    if len(clusters) == 0:
        return clusters.inside, np.empty(0, dtype=np.int64)
    parts, of = shapely.get_parts(clusters.inside, return_index=True)
    return parts, of.astype(np.int64)


def _cells(
    task: VillageTask, blocks: Blocks, clusters: Clusters, parts: Geoms, cluster: Ints, points: Geoms, lines: Geoms
) -> tuple[Geoms, Ints, Ints]:
    """Return the cells, the cell of each cluster, and the clusters whose parts stand apart."""
    block = _locate(points, blocks.polygons)
    count = np.bincount(np.unique(np.column_stack([block, cluster]), axis=0)[:, 0], minlength=len(blocks.polygons))
    shared = count[block] > 1
    faces, face_point, samples = _faces(task, blocks, clusters, parts[shared], cluster[shared], block[shared])
    seed_face = _locate(points, faces)
    number = join_close(seed_face, cluster, len(clusters))
    seed = np.full(len(faces), -1)
    seed[seed_face] = number[cluster]
    face_block = _locate(face_point, blocks.polygons)
    wish = seed.copy()
    open_ = np.flatnonzero(seed < 0)
    only = np.full(len(blocks.polygons), -1)
    only[block] = number[cluster]
    crowded = count[face_block[open_]] > 1
    wish[open_] = only[face_block[open_]]
    asking = open_[crowded]
    xy, owner, sample_block = samples
    wish[asking] = nearest_owner(
        shapely.get_coordinates(face_point[asking]),
        face_block[asking],
        xy,
        number[owner] if len(owner) else owner,
        sample_block,
    )
    near = neighbours(faces, lines, face_block, seed < 0)
    label = label_faces(seed, wish, face_block, near)
    label = np.where(label < 0, len(clusters) + face_block, label)
    label, torn = connect(label, seed >= 0, near)
    compact = np.unique(label, return_inverse=True)[1].astype(np.int64)
    polygons = dissolve(faces, compact)
    polygons, compact = _absorb_slivers(polygons, compact, seed)
    of_cluster = np.full(len(clusters), -1)
    of_cluster[cluster] = compact[seed_face]
    return polygons, of_cluster, np.flatnonzero(np.isin(number, torn))


def _locate(points: Geoms, polygons: Geoms) -> Ints:
    """Return the polygon each point lies in (the nearest one for a point that rounding put outside)."""
    found = np.full(len(points), -1)
    tree = shapely.STRtree(polygons)
    p, q = tree.query(points, predicate="intersects")
    first = np.unique(p, return_index=True)[1]
    found[p[first]] = q[first]
    lost = np.flatnonzero(found < 0)
    if len(lost):
        found[lost] = tree.nearest(points[lost])
    return found


def _faces(
    task: VillageTask, blocks: Blocks, clusters: Clusters, parts: Geoms, cluster: Ints, block: Ints
) -> tuple[Geoms, Geoms, tuple[Floats, Ints, Ints]]:
    """Node ridges with the blocks; return faces, a point in each, and the wall samples (place, cluster, block)."""
    if len(parts) == 0:
        none = np.empty(0, dtype=np.int64)
        return blocks.polygons, shapely.point_on_surface(blocks.polygons), (np.empty((0, 2)), none, none)
    xy, part = wall_points(parts, block, task.spacing_m)
    segments, of = ridges_between(xy, cluster[part], block[part], shapely.bounds(blocks.polygons))
    ridges, cut = smooth_ridges(trim(segments, of, blocks.polygons), clusters.whole, task.spacing_m / 8)
    walls = np.union1d(cut, np.flatnonzero(clusters.touching)).astype(np.int64)
    linework = shapely.union_all(np.concatenate([[blocks.linework], ridges, shapely.boundary(clusters.whole[walls])]))
    return *faces_inside(linework, task.ground), (xy, cluster[part], block[part])


def _absorb_slivers(polygons: Geoms, compact: Ints, seed: Ints) -> tuple[Geoms, Ints]:
    """Join empty cells under 1 m² to their longest neighbour (C8)."""
    empty = np.setdiff1d(np.flatnonzero(shapely.area(polygons) < SLIVER_M2), compact[seed >= 0])
    if len(empty) == 0 or len(polygons) < 2:
        return polygons, compact
    label = longest_neighbour(polygons, empty)
    return dissolve(polygons, label), label[compact]


def _nearest_cell(cell_of: Ints, polygons: Geoms, footprints: Geoms) -> Ints:
    """Give buildings that follow their own village column from outside the village to its nearest cell (C1)."""
    lost = np.flatnonzero(cell_of < 0)
    if len(lost):
        cell_of[lost] = shapely.STRtree(polygons).nearest(footprints[lost])
    return cell_of


def _listed(blocks: Blocks, torn: Ints) -> list[int]:
    return [*np.flatnonzero(blocks.through > 0).tolist(), *torn.tolist()]


def _findings(task: VillageTask, blocks: Blocks, torn: Ints, members: list[Ints]) -> list[Finding]:
    out: list[Finding] = []
    listed = _listed(blocks, torn)
    for at, (c, own) in enumerate(zip(listed, members, strict=True)):
        name = task.names[own[0]]
        place = task.footprints[own[0]] if len(own) == 1 else shapely.union_all(task.footprints[own])
        if at < len(listed) - len(torn):
            length = float(blocks.through[c])
            text = msg(
                "a line runs {length:.1f} m through building {building}; the border goes round it",
                length=length,
                building=name,
            )
            out.append(Finding("R07", Severity.NOTE, name, text, task.code, length, "m", place))
        else:
            text = msg(
                "the parts of building {building} stand apart; the cells between them were joined to keep it whole",
                building=name,
            )
            out.append(Finding("R07", Severity.NOTE, name, text, task.code, None, None, place))
    return out
