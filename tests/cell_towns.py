"""Small territories for the tests of cells, and a proof of tiling that shares nothing with the code under test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from areaplan.cells import build_cells
from areaplan.model import Cells, Territory
from areaplan.schema import conform, empty_layer
from areaplan.settings import Settings, settings_from

CRS = "EPSG:4549"
EAST, NORTH = 480_000.0, 2_800_000.0

__all__ = ["at", "box", "cut", "cut_buildings", "line", "residual_edges", "settings_for", "shift", "street", "town"]


def at(*xy: tuple[float, float]) -> list[tuple[float, float]]:
    """Return places of a drawing in the CRS of the town."""
    return [(EAST + x, NORTH + y) for x, y in xy]


def box(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    """Return a rectangle of a drawing."""
    return shapely.box(EAST + x0, NORTH + y0, EAST + x1, NORTH + y1)


def line(*xy: tuple[float, float]) -> shapely.LineString:
    """Return a line of a drawing."""
    return shapely.LineString(at(*xy))


def street(*xy: tuple[float, float], **more: object) -> dict[str, object]:
    """Return a row of layer ``lines``: a residential street unless ``more`` says otherwise."""
    return {
        "kind": "street",
        "class": "residential",
        "name": None,
        "tunnel": False,
        "bridge": False,
        **more,
        "geometry": line(*xy),
    }


def settings_for(**tables: Any) -> Settings:
    """Return settings without files."""
    return settings_from({"input": {"villages": {"path": "none.gpkg"}}, **tables})


def town(
    grounds: Sequence[Any],
    houses: Iterable[Any] = (),
    lines: Iterable[dict[str, object]] = (),
    *,
    households: Sequence[int | None] | int = 1,
    facts: Sequence[dict[str, object]] = (),
    villages: Sequence[str | None] | None = None,
    totals: Sequence[int | None] | None = None,
    base: Sequence[dict[str, object]] = (),
    settlement: Sequence[Any] = (),
) -> Territory:
    """Make a territory: villages V1, V2 … of ``grounds``, buildings B1, B2 … of ``houses`` with further ``facts`` of the first."""
    houses = list(houses)
    facts = [*facts, *[{}] * (len(houses) - len(facts))]
    counts = [households] * len(houses) if isinstance(households, int) else list(households)
    columns: dict[str, list[dict[str, object]]] = {
        "villages": [
            {"village_code": f"V{i}", "name": f"Village {i}", "households": None if totals is None else totals[i - 1], "geometry": g}
            for i, g in enumerate(grounds, 1)
        ],
        "buildings": [
            {"building_id": f"B{i}", "village_code": None if villages is None else villages[i - 1], "households": n, "geometry": g, **more}
            for i, (g, n, more) in enumerate(zip(houses, counts, facts, strict=True), 1)
        ],
        "lines": list(lines),
        "base_areas": list(base),
        "settlement": [{"village_code": None, "geometry": g} for g in settlement],
        "parents": [],
    }  # fmt: skip
    return Territory(**{layer: _layer(layer, rows) for layer, rows in columns.items()})


def _layer(layer: str, rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    return conform(gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS), layer) if rows else empty_layer(layer, CRS)


def shift(territory: Territory, dx: float, dy: float) -> Territory:
    """Return the same territory elsewhere."""
    moved = {
        layer: getattr(territory, layer).copy()
        for layer in ("villages", "lines", "buildings", "base_areas", "settlement", "parents")
    }
    for table in moved.values():
        table["geometry"] = table.geometry.translate(dx, dy)
    return Territory(**moved)


def cut(territory: Territory, *, jobs: int = 1, **tables: Any) -> Cells:
    """Cut a territory and demand what must hold of every result."""
    cells = build_cells(territory, settings_for(**tables), jobs=jobs)
    shapes, villages = cells.table.geometry.to_numpy(), cells.territory.villages
    for code, ground in zip(villages["village_code"], villages.geometry, strict=True):
        own = shapes[(cells.table["village_code"] == code).to_numpy()]
        assert not len(residual_edges(own, [ground])), f"the cells of {code} do not tile it"
    assert not len(residual_edges(shapes, villages.geometry)), "the cells do not tile the town"
    assert shapely.is_valid(shapes).all()
    assert cells.table["cell_id"].is_unique
    assert cells.table["households"].notna().all()
    return cells


def residual_edges(pieces: Iterable[Any], parents: Iterable[Any]) -> np.ndarray:
    """Return the directed 1 mm edges of ``pieces`` that those of ``parents`` do not cancel; none means an exact tiling."""
    ledger: dict[tuple[int, int, int, int], int] = {}
    for sign, polygons in ((1, pieces), (-1, parents)):
        for ring in shapely.get_rings(shapely.orient_polygons(shapely.get_parts(list(polygons)))):
            xy = np.rint(shapely.get_coordinates(ring) * 1000).astype(int).tolist()
            for (a, b), (c, d) in pairwise(xy):
                forward, back = (a, b, c, d), (c, d, a, b)
                key, step = (forward, sign) if forward < back else (back, -sign)
                if forward != back:
                    ledger[key] = ledger.get(key, 0) + step
    return np.array([key for key, balance in ledger.items() if balance], dtype=np.int64)


def cut_buildings(cells: Cells, *, more_than_m2: float = 1.0) -> list[str]:
    """Return the buildings with more than 1 m² in a second cell of their own village."""
    shapes, table, houses = cells.table.geometry.to_numpy(), cells.table, cells.buildings
    b, c = shapely.STRtree(shapes).query(houses.geometry.to_numpy(), predicate="intersects")
    inside = shapely.area(shapely.intersection(houses.geometry.to_numpy()[b], shapes[c])) > more_than_m2
    home = houses["village_code"].to_numpy()[b] == table["village_code"].to_numpy()[c]
    foreign = houses["cell_id"].to_numpy()[b] != table["cell_id"].to_numpy()[c]
    return sorted(set(houses["building_id"].to_numpy()[b[inside & home & foreign]]))
