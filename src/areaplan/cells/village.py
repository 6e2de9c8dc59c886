"""Cut one village into cells. Nothing here knows of other villages, so villages can be cut in any order, in any process."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from areaplan.cells.blocks import Blocks, faces_inside, longest_neighbour, make_blocks
from areaplan.cells.clusters import Clusters, find_clusters
from areaplan.cells.dead_ends import links_from_tips
from areaplan.cells.faces import connect, join_close, label_faces, nearest_owner, neighbours
from areaplan.cells.ridges import ridges_between, smooth_ridges, trim, wall_points
from areaplan.cells.slices import People, Slice, slice_cells
from areaplan.codes import map_order
from areaplan.linework.dissolving import dissolve
from areaplan.linework.edges import Floats, Geoms, Ints, groups_of
from areaplan.messages import msg
from areaplan.model import Finding, Severity
from areaplan.settings import CellSettings

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
    people
        Who lives in them, and how many an area may hold.
    settings
        ``[cells]``.
    """

    code: str
    ground: BaseGeometry
    lines: Geoms
    footprints: Geoms
    names: tuple[str, ...]
    people: People
    settings: CellSettings


@dataclass(frozen=True)
class VillageCut:
    """Hold the cells of one village in map order, the cell of each building, and the slices among the cells; for base areas, their rows."""

    code: str
    polygons: Geoms
    cell_of: Ints
    findings: tuple[Finding, ...] = field(default=())
    base_rows: Ints | None = None
    slices: tuple[Slice, ...] = field(default=())


def cut_village(task: VillageTask) -> VillageCut:
    """Cut one village (rules C2 to C8, C16)."""
    order = _canonical(task.footprints)
    lines = task.lines[_canonical(task.lines)]
    clusters = find_clusters(task.footprints[order], task.ground)
    blocks = make_blocks(task.ground, lines, clusters.whole, shapely.point_on_surface(clusters.inside))
    polygons, of_cluster, torn = _cells(task, blocks, clusters, lines)
    cell_of = np.full(len(order), -1)
    inside = clusters.of >= 0
    cell_of[order[inside]] = of_cluster[clusters.of[inside]]
    cell_of = _nearest_cell(cell_of, polygons, task.footprints)
    polygons, cell_of, slices = slice_cells(polygons, cell_of, task.footprints, task.people)
    members = [order[np.flatnonzero(clusters.of == c)] for c in _listed(blocks, torn)]
    findings = tuple(_findings(task, blocks, torn, members))
    return _in_map_order(VillageCut(task.code, polygons, cell_of, findings, None, tuple(slices)))


def _in_map_order(cut: VillageCut) -> VillageCut:
    """Return the cut with its cells numbered from north-west to south-east."""
    cells = map_order(shapely.get_coordinates(shapely.point_on_surface(cut.polygons)))
    place = np.empty(len(cells), dtype=np.int64)
    place[cells] = np.arange(len(cells))
    slices = tuple(replace(s, cell=int(place[s.cell])) for s in cut.slices)
    return replace(cut, polygons=cut.polygons[cells], cell_of=place[cut.cell_of], slices=slices)


def _canonical(geoms: Geoms) -> Ints:
    """Return an order that depends on the geometries alone, so that the order of input rows changes nothing."""
    return np.argsort(shapely.to_wkb(geoms), kind="stable").astype(np.int64)


@dataclass(frozen=True)
class _Parts:
    """Hold the polygons and points buildings consist of: the cluster and the block of each, and a point inside."""

    shapes: Geoms
    cluster: Ints
    points: Geoms
    block: Ints

    def of(self, which: NDArray[np.bool_]) -> _Parts:
        return _Parts(self.shapes[which], self.cluster[which], self.points[which], self.block[which])


@dataclass(frozen=True)
class _Faces:
    """Hold faces, a point in each, links from dead ends, and the samples ridges were made of: place, cluster, block."""

    polygons: Geoms
    points: Geoms
    links: Geoms
    xy: Floats
    cluster: Ints
    block: Ints


def _cells(task: VillageTask, blocks: Blocks, clusters: Clusters, lines: Geoms) -> tuple[Geoms, Ints, Ints]:
    """Return the cells, the cell of each cluster, and the clusters whose parts stand apart."""
    parts = _parts(clusters, blocks)
    count, only = _residents(parts, len(blocks.polygons))
    faces = _faces(task, blocks, clusters, parts.of(count[parts.block] > 1))
    seed_face = _locate(parts.points, faces.polygons)
    number = join_close(seed_face, parts.cluster, len(clusters))
    seed = np.full(len(faces.polygons), -1)
    seed[seed_face] = number[parts.cluster]
    block = _locate(faces.points, blocks.polygons)
    wish = np.where(seed >= 0, seed, np.append(number, -1)[only[block]])
    asking = np.flatnonzero((seed < 0) & (count[block] > 1))
    xy = shapely.get_coordinates(faces.points[asking])
    wish[asking] = np.append(number, -1)[nearest_owner(xy, block[asking], faces.xy, faces.cluster, faces.block)]
    near = neighbours(faces.polygons, np.concatenate([lines, faces.links]), block, seed < 0)
    label = label_faces(seed, wish, block, near)
    label, torn = connect(np.where(label < 0, len(clusters) + block, label), seed >= 0, near)
    cell = np.unique(label, return_inverse=True)[1].astype(np.int64)
    polygons, cell = _absorb_slivers(dissolve(faces.polygons, cell), cell, seed)
    of_cluster = np.full(len(clusters), -1)
    of_cluster[parts.cluster] = cell[seed_face]
    return polygons, of_cluster, np.flatnonzero(np.isin(number, torn))


def _parts(clusters: Clusters, blocks: Blocks) -> _Parts:
    shapes, cluster = shapely.get_parts(clusters.inside, return_index=True)
    points = shapely.point_on_surface(shapes)
    return _Parts(shapes, cluster.astype(np.int64), points, _locate(points, blocks.polygons))


def _residents(parts: _Parts, blocks: int) -> tuple[Ints, Ints]:
    """Return how many clusters stand in each block, and one of them (-1: none)."""
    pair = groups_of(parts.block, parts.cluster)[1]
    only = np.full(blocks, -1)
    only[parts.block[pair]] = parts.cluster[pair]
    return np.bincount(parts.block[pair], minlength=blocks), only


def _locate(points: Geoms, polygons: Geoms) -> Ints:
    """Return the polygon each point lies in (the nearest one for a point that rounding put outside)."""
    found = np.full(len(points), -1)
    shapely.prepare(polygons)  # a block is asked about many points
    q, p = shapely.STRtree(points).query(polygons, predicate="intersects")
    found[p[::-1]] = q[::-1]
    lost = np.flatnonzero(found < 0)
    if len(lost):
        found[lost] = shapely.STRtree(polygons).nearest(points[lost])
    return found


def _faces(task: VillageTask, blocks: Blocks, clusters: Clusters, parts: _Parts) -> _Faces:
    """Node ridges with the blocks (rules C5, C6); ``parts`` are those that share their block."""
    none = np.empty(0, dtype=np.int64)
    if len(parts.shapes) == 0:
        points = shapely.point_on_surface(blocks.polygons)
        return _Faces(blocks.polygons, points, np.empty(0, dtype=object), np.empty((0, 2)), none, none)
    xy, part = wall_points(parts.shapes, parts.block, task.settings.spacing_m)
    owner, block = parts.cluster[part], parts.block[part]
    segments, of = ridges_between(xy, owner, block, shapely.bounds(blocks.polygons))
    ridges, cut = smooth_ridges(trim(segments, of, blocks.polygons), clusters.whole, task.settings.spacing_m / 8)
    links = links_from_tips(blocks.linework, ridges, clusters.whole, task.settings.dead_end_m)
    walls = shapely.boundary(clusters.whole[np.union1d(cut, np.flatnonzero(clusters.touching)).astype(np.int64)])
    linework = shapely.union_all(np.concatenate([[blocks.linework], ridges, links, walls]))
    return _Faces(*faces_inside(linework, task.ground), links, xy, owner, block)


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
