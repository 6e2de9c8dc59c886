"""Work out how cells fall apart along a line.

1. The line is led onto what is there: a vertex near a corner of a cell becomes that corner, one near an edge goes onto the edge, so that a hand-drawn line
   along an existing border leaves no slivers.
2. Outlines and line are noded together once and polygonised; a piece slimmer than the tolerance stays with the piece beside it.
3. No building is cut. Households go with the buildings; where a cell has none (a block that was guessed, a ready-made base area) they are shared
   out by square metres, to the unit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from areaplan.households.spread import largest_remainder
from areaplan.linework.edges import Floats, Geoms, edge_table
from areaplan.messages import msg
from areaplan.model import Cells
from areaplan.review.change import Refused
from areaplan.review.effect import Cut, Piece
from areaplan.review.pieces import row_of

__all__ = ["Division", "divide_cells", "lead_onto"]

_SAME_M = 1e-6
_CUT_M2 = 1.0
"""A building that loses less than this to the other side is not cut: footprints overhang their cells by drawing error (R07)."""


@dataclass(frozen=True)
class Division:
    """Hold what a line does to cells.

    Parameters
    ----------
    cuts
        Cells that fall into pieces.
    points
        New vertices on outlines.
    line
        The line as it was led.
    """

    cuts: tuple[Cut, ...]
    points: tuple[tuple[float, float], ...]
    line: BaseGeometry


def divide_cells(
    cells: Cells, among: Collection[str], line: BaseGeometry, *, taken: Collection[str], tolerance_m: float
) -> Division:
    """Return how the cells ``among`` fall apart along ``line``.

    Parameters
    ----------
    cells
        The pieces as they are.
    among
        Codes of the cells that may be cut.
    line
        LineString or MultiLineString (or the boundary of a polygon).
    taken
        Codes of cells that a piece must not get.
    tolerance_m
        How far the line may be led, and how slim a piece may be.

    Raises
    ------
    Refused
        When the line cuts a building, or a slice of one.
    """
    rows = np.flatnonzero(cells.table["cell_id"].isin(among).to_numpy())
    shapes = np.asarray(cells.table.geometry.to_numpy(), dtype=object)[rows]
    near = shapely.dwithin(shapes, line, tolerance_m)
    rows, shapes = rows[near], shapes[near]
    if not len(rows):
        return Division((), (), line)
    led = lead_onto(line, shapes, tolerance_m)
    crossed = shapely.length(shapely.intersection(shapes, led)) > 0
    faces = _faces(shapes[crossed], led)
    cuts, used = [], set(taken)
    for row, shape, own in zip(rows[crossed], shapes[crossed], faces, strict=True):
        pieces = _thick(own, tolerance_m)
        if len(pieces) > shapely.get_num_geometries(shape):
            cut = _cut(cells, int(row), pieces, used)
            used |= {p.cell_id for p in cut.pieces}
            cuts.append(cut)
    return Division(tuple(cuts), _new_points(cells.table, cuts), led)


def lead_onto(line: BaseGeometry, shapes: Geoms, tolerance_m: float) -> BaseGeometry:
    """Return ``line`` with what lies within the tolerance of the outlines of ``shapes`` led onto them: corners first, then edges.

    Examples
    --------
    >>> lead_onto(shapely.LineString([(0.2, -5), (0.3, 0.1), (5, 5.2)]), np.array([shapely.box(0, 0, 10, 10)]), 0.5).wkt
    'LINESTRING (0.2 -5, 0 0, 5 5.2)'
    """
    corners = np.unique(shapely.get_coordinates(shapes), axis=0)
    outlines = shapely.boundary(shapes)
    tree, edges = cKDTree(corners), shapely.STRtree(outlines)

    def led(xy: Floats) -> Floats:
        far, nearest = tree.query(xy)
        out = np.where((far <= tolerance_m)[:, None], corners[nearest], xy)
        loose = np.flatnonzero(far > tolerance_m)
        places = shapely.points(xy[loose])
        (which, outline), distance = edges.query_nearest(
            places, max_distance=tolerance_m, return_distance=True, all_matches=False
        )
        for i, o, d in zip(loose[which], outline, distance, strict=True):
            if d > _SAME_M:
                on = outlines[o].interpolate(outlines[o].project(shapely.Point(xy[i])))
                out[i] = (on.x, on.y)
        return out

    parts = [shapely.LineString(led(shapely.get_coordinates(p))) for p in shapely.get_parts(line)]
    kept = [p for p in parts if p.length > 0]
    return shapely.MultiLineString(kept) if len(kept) != 1 else kept[0]


def _faces(shapes: Geoms, line: BaseGeometry) -> list[Geoms]:
    """Return the faces into which outlines and line together part each shape; vertices that were there stay bit for bit."""
    if not len(shapes):
        return []
    noded = shapely.union_all([*shapely.boundary(shapes), line])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    faces = _restored(faces, shapely.get_coordinates(shapes))
    inside = shapely.point_on_surface(faces)
    face, shape = shapely.STRtree(shapes).query(inside, predicate="within")
    return [faces[face[shape == i]] for i in range(len(shapes))]


def _restored(faces: Geoms, corners: Floats) -> Geoms:
    """Give vertices that noding moved by a rounding their old place."""
    tree = cKDTree(corners)

    def back(xy: Floats) -> Floats:
        far, nearest = tree.query(xy)
        return np.where((far < _SAME_M)[:, None], corners[nearest], xy)

    return np.asarray(shapely.transform(faces, back), dtype=object)


def _thick(faces: Geoms, tolerance_m: float) -> list[BaseGeometry]:
    """Join faces slimmer than the tolerance to the face they share most border with, slimmest first."""
    left = list(faces)
    while len(left) > 1:
        width = [2 * f.area / f.length for f in left]
        slim = int(np.argmin(width))
        if width[slim] >= tolerance_m:
            break
        table = edge_table(np.array(left, dtype=object))
        shared = np.zeros(len(left))
        np.add.at(
            shared,
            table.right[(table.left == slim) & (table.right >= 0)],
            table.lengths[(table.left == slim) & (table.right >= 0)],
        )
        np.add.at(shared, table.left[table.right == slim], table.lengths[table.right == slim])
        best = int(np.argmax(shared))
        if shared[best] == 0:
            break
        joined = shapely.coverage_union_all(np.array([left[best], left[slim]], dtype=object))
        left = [f for i, f in enumerate(left) if i not in (best, slim)] + [_single(joined)]
    return sorted((shapely.normalize(f) for f in left), key=lambda f: (-f.area, f.wkb))


def _single(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shape)
    return parts[0] if len(parts) == 1 else shape


def _cut(cells: Cells, row: int, pieces: list[BaseGeometry], taken: Collection[str]) -> Cut:
    """Return the cut of one cell: codes for the pieces, buildings and counts shared out."""
    cell_id = str(cells.table["cell_id"].iloc[row])
    if isinstance(cells.table["building_id"].iloc[row], str):
        raise Refused(
            msg(
                "cell {cell} is a slice of building {building} and is not cut",
                cell=cell_id,
                building=cells.table["building_id"].iloc[row],
            )
        )
    own = cells.buildings[cells.buildings["cell_id"] == cell_id]
    home = _homes(own, pieces)
    ids = _free_codes(cell_id, len(pieces), taken)
    ground = np.array([p.area for p in pieces])
    households = _shares(cells.table["households"].iloc[row], own["households"], home, ground)
    people = np.array([h or 0 for h in households], dtype=np.float64)
    persons = _shares(cells.table["persons"].iloc[row], own["persons"], home, people if people.any() else ground)
    made = tuple(
        Piece(i, shapely.to_wkb(p, hex=True), h, n) for i, p, h, n in zip(ids, pieces, households, persons, strict=True)
    )
    buildings = {str(b): ids[k] for b, k in zip(own["building_id"], home, strict=True)}
    return Cut(cell_id, row_of(cells.table, row), made, buildings)


def _free_codes(cell_id: str, count: int, taken: Collection[str]) -> list[str]:
    out: list[str] = []
    number = 1
    while len(out) < count:
        code = f"{cell_id}.{number}"
        if code not in taken:
            out.append(code)
        number += 1
    return out


def _homes(buildings: gpd.GeoDataFrame, pieces: list[BaseGeometry]) -> list[int]:
    """Return the piece each building stands in.

    Raises
    ------
    Refused
        When one stands in two.
    """
    out = []
    every = np.array(pieces, dtype=object)
    for building, shape in zip(buildings["building_id"], buildings.geometry, strict=True):
        shared = shapely.area(shapely.intersection(every, shape))
        if not shared.any():
            out.append(int(np.argmin(shapely.distance(every, shape))))
            continue
        order = np.argsort(-shared, kind="stable")
        if shared[order[1]] > _CUT_M2:
            raise Refused(
                msg("the line cuts {m2:.0f} m² off building {building}; lead it round the building (R07)",
                    m2=float(shared[order[1]]), building=building)
            )  # fmt: skip
        out.append(int(order[0]))
    return out


def _shares(total: object, counts: pd.Series, home: Iterable[int], weights: Floats) -> list[int | None]:
    """Share a cell's count among its pieces: with the buildings where theirs add up to it, else by weight, to the unit."""
    if pd.isna(total):
        return [None] * len(weights)
    if len(counts) and counts.notna().all() and int(counts.sum()) == int(total):  # type: ignore[call-overload]
        sums = np.zeros(len(weights), dtype=np.int64)
        np.add.at(sums, list(home), counts.to_numpy(dtype=np.int64))
        return [int(v) for v in sums]
    return [int(v) for v in largest_remainder(weights, int(total))]  # type: ignore[call-overload]


def _new_points(table: gpd.GeoDataFrame, cuts: list[Cut]) -> tuple[tuple[float, float], ...]:
    """Return the vertices of pieces that lie on the outline of their cell and were not there."""
    found: dict[tuple[float, float], None] = {}
    for cut in cuts:
        before = shapely.from_wkb(cut.row["wkb"])
        known = set(map(tuple, shapely.get_coordinates(before).tolist()))
        outline = shapely.boundary(before)
        for piece in cut.pieces:
            fresh = [
                p for p in map(tuple, shapely.get_coordinates(shapely.from_wkb(piece.wkb)).tolist()) if p not in known
            ]
            on = shapely.distance(outline, shapely.points(np.array(fresh).reshape(-1, 2))) < _SAME_M
            found |= dict.fromkeys(p for p, o in zip(fresh, on, strict=True) if o)
    return tuple(found)
