"""Cut cells and put them together again, as an effect says; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from areaplan.linework import edge_table, insert_vertices
from areaplan.linework.edges import Floats, Geoms
from areaplan.model import Cells
from areaplan.review.borders import rebordered
from areaplan.review.effect import Cut
from areaplan.schema import conform
from areaplan.settings import Settings

__all__ = ["cut_cells", "heal_cells", "row_of"]

_ON_M = 0.0005
_KEPT = ("village_code", "households", "persons", "load_min", "building_id", "part", "parts", "label")


def row_of(table: gpd.GeoDataFrame, position: int) -> dict[str, Any]:
    """Return a row of layer ``cells`` as plain values, geometry as hexadecimal WKB, to be put back one day."""
    row = table.iloc[position]
    values = {c: None if pd.isna(row[c]) else row[c] for c in _KEPT}
    plain = {c: v.item() if isinstance(v, np.generic) else v for c, v in values.items()}
    return plain | {"wkb": shapely.to_wkb(row.geometry, hex=True)}


def cut_cells(
    cells: Cells, cuts: Sequence[Cut], points: Sequence[tuple[float, float]], settings: Settings
) -> tuple[Cells, set[str]]:
    """Put the pieces of each cut in the place of its cell, and the vertices they make into the neighbours.

    Returns
    -------
    The new cells, and the codes of all whose geometry is another now.
    """
    pieces = {
        cut.cell_id: [_piece_row(cut, p.cell_id, p.wkb, p.households, p.persons) for p in cut.pieces] for cut in cuts
    }
    place = {p.cell_id: cut.cell_id for cut in cuts for p in cut.pieces}
    homes = {b: p for cut in cuts for b, p in cut.buildings.items()}
    code_of = dict(zip(cells.table["cell_id"], cells.table["ea_code"], strict=True))
    table, noded = _with_points(cells.table, points, set(pieces))
    villages = _villages_with(cells, points)
    table = _replaced(table, pieces, {p: code_of[m] for p, m in place.items()})
    buildings = _rehoused(cells.buildings, homes)
    changed = replace(cells, territory=replace(cells.territory, villages=villages), table=table, buildings=buildings)
    return rebordered(changed, set(pieces), set(place), settings), noded | set(place)


def heal_cells(
    cells: Cells, cuts: Sequence[Cut], made: Collection[tuple[float, float]], settings: Settings
) -> tuple[Cells, set[str]]:
    """Put cut cells together again; vertices that only cuts had made go, wherever nothing else needs them.

    Parameters
    ----------
    cells, cuts, settings
        As :func:`cut_cells`; of every cut all pieces are there, in one area.
    made
        Every vertex that a cut ever put on an outline.

    Returns
    -------
    As :func:`cut_cells`.
    """
    changed: set[str] = set()
    for cut in cuts:
        cells, more = _healed(cells, cut, made, settings)
        changed |= more
    return cells, changed


def _piece_row(cut: Cut, cell_id: str, wkb: str, households: int | None, persons: int | None) -> dict[str, Any]:
    share = {"load_min": None, "building_id": None, "part": None, "parts": None, "label": None}
    kept = {"village_code": cut.row["village_code"], "households": households, "persons": persons}
    return {"cell_id": cell_id, **share, **kept, "geometry": shapely.from_wkb(wkb)}


def _replaced(
    table: gpd.GeoDataFrame, instead: Mapping[str, list[dict[str, Any]]], code_of: Mapping[str, str]
) -> gpd.GeoDataFrame:
    """Put rows where the cells named stood, in their order; an empty list takes the cell away."""
    at = np.flatnonzero(table["cell_id"].isin(list(instead)).to_numpy())
    parts, done = [], 0
    for position in at.tolist():
        parts.append(table.iloc[done:position])
        rows = instead[table["cell_id"].iloc[position]]
        if rows:
            fresh = gpd.GeoDataFrame(rows, geometry="geometry", crs=table.crs)
            parts.append(conform(fresh.assign(ea_code=[code_of[c] for c in fresh["cell_id"]]), "cells"))
        done = position + 1
    parts.append(table.iloc[done:])
    filled = [p for p in parts if len(p)]
    return conform(gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), crs=table.crs), "cells")


def _rehoused(buildings: gpd.GeoDataFrame, homes: Mapping[str, str]) -> gpd.GeoDataFrame:
    if not homes:
        return buildings
    cell = [homes.get(b, c) for b, c in zip(buildings["building_id"], buildings["cell_id"], strict=True)]
    return buildings.assign(cell_id=pd.Series(cell, dtype=object))


def _with_points(
    table: gpd.GeoDataFrame, points: Sequence[tuple[float, float]], but: Collection[str]
) -> tuple[gpd.GeoDataFrame, set[str]]:
    """Insert vertices into the cells whose outline they lie on."""
    shapes = np.asarray(table.geometry.to_numpy(), dtype=object)
    near = [i for i in _near(shapes, points) if table["cell_id"].iloc[i] not in but]
    return _with_shapes(table, near, insert_vertices(shapes[near], np.array(points)) if near else shapes[near])


def _with_shapes(table: gpd.GeoDataFrame, rows: list[int], shapes: Geoms) -> tuple[gpd.GeoDataFrame, set[str]]:
    """Set the geometry of rows, and name the cells where it differs."""
    old = np.array(table.geometry.to_numpy(), dtype=object)
    other = [
        (i, s) for i, s in zip(rows, shapes, strict=True)
        if shapely.get_num_coordinates(s) != shapely.get_num_coordinates(old[i])
    ]  # fmt: skip
    if not other:
        return table, set()
    for i, shape in other:
        old[i] = shape
    changed = table.set_geometry(gpd.GeoSeries(old, index=table.index, crs=table.crs))
    return changed, {str(table.iloc[i, 0]) for i, _ in other}


def _villages_with(cells: Cells, points: Sequence[tuple[float, float]]) -> gpd.GeoDataFrame:
    villages = cells.territory.villages
    shapes = np.asarray(villages.geometry.to_numpy(), dtype=object)
    near = _near(shapes, points)
    return _with_shapes(villages, near, insert_vertices(shapes[near], np.array(points)) if near else shapes[near])[0]


def _near(shapes: Geoms, points: Sequence[tuple[float, float]]) -> list[int]:
    if not points:
        return []
    outlines = shapely.boundary(shapes)
    places = shapely.points(np.array(points))
    found = shapely.STRtree(outlines).query(places, predicate="dwithin", distance=_ON_M)[1]
    return sorted({int(i) for i in found})


def _healed(
    cells: Cells, cut: Cut, made: Collection[tuple[float, float]], settings: Settings
) -> tuple[Cells, set[str]]:
    """Unite the pieces of one cut: their union, less the vertices between two edges of a straight line that cuts had made."""
    own = {p.cell_id for p in cut.pieces}
    rows = np.flatnonzero(cells.table["cell_id"].isin(own).to_numpy())
    whole = shapely.coverage_union_all(cells.table.geometry.to_numpy()[rows])
    extra = np.array([p for p in dict.fromkeys(map(tuple, shapely.get_coordinates(whole).tolist())) if p in made])
    row = {c: v for c, v in cut.row.items() if c != "wkb"} | {"cell_id": cut.cell_id, "geometry": whole}
    code = str(cells.table["ea_code"].iloc[rows[0]])
    instead: dict[str, list[dict[str, Any]]] = {str(cells.table["cell_id"].iloc[r]): [] for r in rows}
    instead[str(cells.table["cell_id"].iloc[rows[0]])] = [row]
    table = _replaced(cells.table, instead, {cut.cell_id: code})
    buildings = _rehoused(cells.buildings, dict.fromkeys(cut.buildings, cut.cell_id))
    united = replace(cells, table=table, buildings=buildings)
    plain, changed = _without_points(united, _needless(table, extra))
    return rebordered(plain, own, {cut.cell_id}, settings), changed | {cut.cell_id}


def _needless(table: gpd.GeoDataFrame, points: Floats) -> Floats:
    """Return the vertices at which only two edges meet, of all the cells around."""
    if not len(points):
        return points
    shapes = np.asarray(table.geometry.to_numpy(), dtype=object)
    around = edge_table(shapes[_near(shapes, list(map(tuple, points.tolist())))])
    degree = np.bincount(around.ends.ravel(), minlength=len(around.xy))
    joints = {(x, y) for (x, y), d in zip(around.xy.tolist(), degree.tolist(), strict=True) if d == 2}
    return np.array([p for p in map(tuple, points.tolist()) if p in joints]).reshape(-1, 2)


def _without_points(cells: Cells, points: Floats) -> tuple[Cells, set[str]]:
    """Take vertices out of cells and villages."""
    if not len(points):
        return cells, set()
    gone = set(map(tuple, points.tolist()))
    shapes = np.asarray(cells.table.geometry.to_numpy(), dtype=object)
    near = _near(shapes, list(gone))
    table, changed = _with_shapes(cells.table, near, np.array([_less(shapes[i], gone) for i in near], dtype=object))
    grounds = np.asarray(cells.territory.villages.geometry.to_numpy(), dtype=object)
    rows = _near(grounds, list(gone))
    fewer = np.array([_less(grounds[i], gone) for i in rows], dtype=object)
    villages = _with_shapes(cells.territory.villages, rows, fewer)[0]
    return replace(cells, table=table, territory=replace(cells.territory, villages=villages)), changed


def _less(shape: shapely.Geometry, gone: Collection[tuple[float, float]]) -> shapely.Geometry:
    """Return a polygon without some of its vertices; a ring that begins at one begins at the next."""
    parts = []
    for part in shapely.get_parts(shape):
        rings = []
        for ring in shapely.get_rings(part):
            kept = [xy for xy in map(tuple, shapely.get_coordinates(ring)[:-1].tolist()) if xy not in gone]
            rings.append([*kept, kept[0]])
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
