"""Small towns made by hand, for tests that want a whole plan without reading a file.

::

    y=200 +----+----+----+----+====+====+
          | a1 | a2 | a3 | a4 | b1 | b2 |     village A: 4 x 2 cells, 50 m wide, 100 m high
    y=100 +----+----+--MAIN STREET-+----+     village B: 2 x 2 cells
          | a5 | a6 | a7 | a8 | b3 | b4 |     Main Street along y=100, a river along x=100
    y=0   +----+----+----+----+====+====+
          0         100       200       300
"""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from areaplan.delineation import assemble_plan
from areaplan.model import AreaPlan, Cells, Territory
from areaplan.schema import conform, empty_layer
from areaplan.settings import Settings, settings_from

CRS = "EPSG:4549"
EAST, NORTH = 480_000.0, 2_800_000.0
WIDE, HIGH = 50.0, 100.0

__all__ = ["toy_cells", "toy_plan", "toy_settings", "toy_territory"]


def toy_settings(**areas: int) -> Settings:
    """Return settings whose target is one column of the toy town (two cells of 20 households)."""
    bounds = {"target_households": 40, "min_households": 30, "max_households": 50} | areas
    return settings_from({"title": "Toy town", "input": {"villages": {"path": "toy.gpkg"}}, "areas": bounds})


def _box(column: float, row: float, columns: float = 1, rows: float = 1) -> shapely.Polygon:
    x, y = EAST + column * WIDE, NORTH + row * HIGH
    return shapely.box(x, y, x + columns * WIDE, y + rows * HIGH)


def _frame(layer: str, rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    return conform(gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS), layer) if rows else empty_layer(layer, CRS)


def _noded(polygon: shapely.Polygon) -> shapely.Polygon:
    """Give the outline of a village the junctions of its cells."""
    return shapely.Polygon(_with_steps(polygon))


def _with_steps(polygon: shapely.Polygon) -> list[tuple[float, float]]:
    out: list[tuple[float, float]] = []
    ring = shapely.get_coordinates(polygon)
    for (x0, y0), (x1, y1) in pairwise(ring):
        steps = round(abs(x1 - x0) / WIDE + abs(y1 - y0) / HIGH)
        out += [(x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(steps)]
    return out


def toy_territory() -> Territory:
    """Return the town of the drawing: two villages, a street, a river, one building of 20 households in each cell."""
    villages = [
        {"village_code": "350302101001", "name": "东村", "households": 160, "geometry": _noded(_box(0, 0, 4, 2))},
        {"village_code": "350302101002", "name": "西村", "households": 80, "geometry": _noded(_box(4, 0, 2, 2))},
    ]
    lines = [
        {"kind": "street", "class": "primary", "name": "Main Street", "tunnel": False, "bridge": False,
         "geometry": shapely.LineString([(EAST - 50, NORTH + 100), (EAST + 350, NORTH + 100)])},
        {"kind": "river", "class": "river", "name": "木兰溪", "tunnel": False, "bridge": False,
         "geometry": shapely.LineString([(EAST + 100, NORTH - 50), (EAST + 100, NORTH + 250)])},
    ]  # fmt: skip
    buildings = [
        {"building_id": f"B{i:06d}", "village_code": v, "households": 20, "levels": 2.0,
         "geometry": shapely.box(*(np.add(_box(c, r).bounds, (15, 30, -15, -30))))}
        for i, (c, r, v) in enumerate(_places(), 1)
    ]  # fmt: skip
    return Territory(
        villages=_frame("villages", villages),
        lines=_frame("lines", lines),
        buildings=_frame("buildings", buildings),
        base_areas=empty_layer("base_areas", CRS),
        settlement=empty_layer("settlement", CRS),
        parents=empty_layer("parents", CRS),
        title="Toy town",
    )


def _places() -> list[tuple[int, int, str]]:
    return [(c, r, "350302101001" if c < 4 else "350302101002") for r in (1, 0) for c in range(6)]


def toy_cells() -> Cells:
    """Return the twelve cells of the drawing, with their borders."""
    territory = toy_territory()
    cells, by_place = [], {}
    for i, (c, r, v) in enumerate(_places(), 1):
        by_place[c, r] = (f"{v}-{i:05d}", v)
        cells.append({"cell_id": f"{v}-{i:05d}", "village_code": v, "households": 20, "geometry": _box(c, r)})
    inner, outer = [], []
    for (c, r), (cell, village) in by_place.items():
        west, south, east, north = _box(c, r).bounds
        sides = {
            (c + 1, r): [(east, south), (east, north)], (c, r + 1): [(west, north), (east, north)],
            (c - 1, r): [(west, south), (west, north)], (c, r - 1): [(west, south), (east, south)],
        }  # fmt: skip
        for place, ends in sides.items():
            other, other_village = by_place.get(place, (None, None))
            row = _border(cell, other if other_village == village else None, ends)
            if row["right_cell"] is None:
                outer.append(row)
            elif row["right_cell"] > cell:
                inner.append(row)
    buildings = territory.buildings.assign(cell_id=[c["cell_id"] for c in cells])
    return Cells(
        territory=territory,
        table=_frame("cells", cells),
        borders=_frame("cell_borders", inner),
        outer=_frame("outer_borders", outer),
        buildings=conform(buildings, "buildings"),
    )


def _border(left: str, right: str | None, ends: list[tuple[float, float]]) -> dict[str, object]:
    (x0, y0), (x1, y1) = ends
    kind, clas, name, weight = "none", None, None, 5.0
    if y0 == y1 == NORTH + 100:
        kind, clas, name, weight = "street", "primary", "Main Street", 1.0
    if x0 == x1 == EAST + 100:
        kind, clas, name, weight = "river", "river", "木兰溪", 0.6
    length = abs(x1 - x0) + abs(y1 - y0)
    return {
        "left_cell": left, "right_cell": right, "kind": kind, "class": clas, "feature_name": name,
        "length_m": length, "cost": weight * length, "geometry": shapely.LineString(ends),
    }  # fmt: skip


def toy_plan(settings: Settings | None = None) -> AreaPlan:
    """Return the toy town divided into columns of two cells: four areas in village A, two in B, 40 households each."""
    cells = toy_cells()
    codes = {}
    for i, (c, _r, v) in enumerate(_places(), 1):
        codes[f"{v}-{i:05d}"] = f"{v}{(c if c < 4 else c - 4) + 1:03d}"
    return assemble_plan(cells, pd.Series(codes), settings or toy_settings())
