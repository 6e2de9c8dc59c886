"""Small towns as files, for tests that read.

::

    y=200 +---------+---------+
          | # # # # | # # # # |     two villages, 200 m x 200 m each; # are houses of 10 m x 10 m, 16 to a village
    y=100 +--MAIN STREET------+---  a street along y=100 from end to end and 500 m beyond
          | # # # # | # # # # |
    y=0   +---------+---------+
          0        200       400
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from areaplan.settings import Settings, settings_from

CRS = "EPSG:4549"
EAST, NORTH = 480_000.0, 2_800_000.0
CODES = ("350302101001", "350302101002")

__all__ = ["CODES", "CRS", "at", "box", "town_input", "town_layers", "town_settings", "write_town"]


def at(x: float, y: float) -> tuple[float, float]:
    """Return a place of the drawing in the CRS of the town."""
    return EAST + x, NORTH + y


def box(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    """Return a rectangle of the drawing in the CRS of the town."""
    return shapely.box(*at(x0, y0), *at(x1, y1))


def town_layers() -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of the drawing: villages, streets, buildings (5 households each), blocks (20 households each)."""
    grounds = [box(0, 0, 200, 200), box(200, 0, 400, 200)]
    villages = {"code": CODES, "name": ["东村", "西村"], "hh": [80, 80]}
    places = [(25 + 50 * c, 25 + 50 * r) for r in range(4) for c in range(8)]
    houses = [box(x - 5, y - 5, x + 5, y + 5) for x, y in places]
    blocks = [box(100 * c, 100 * r, 100 * c + 100, 100 * r + 100) for c in range(4) for r in range(2)]
    street = shapely.LineString([at(-500, 100), at(900, 100)])
    return {
        "villages": gpd.GeoDataFrame(villages, geometry=grounds, crs=CRS),
        "streets": gpd.GeoDataFrame({"name": ["Main Street"], "highway": ["primary"]}, geometry=[street], crs=CRS),
        "buildings": gpd.GeoDataFrame({"hh": [5] * 32, "levels": [2] * 32}, geometry=houses, crs=CRS),
        "blocks": gpd.GeoDataFrame(
            {"block": [f"K{i}" for i in range(8)], "village": [CODES[i // 4] for i in range(8)], "hh": [20] * 8},
            geometry=blocks,
            crs=CRS,
        ),
    }


def town_input() -> dict[str, Any]:
    """Return the [input] table for the layers of :func:`town_layers` in ``town.gpkg``, without the blocks."""
    return {
        "villages": {"path": "town.gpkg", "layer": "villages", "code": "code", "name": "name", "households": "hh"},
        "lines": [{"path": "town.gpkg", "layer": "streets", "kind": "street", "class": "highway", "name": "name"}],
        "buildings": {"path": "town.gpkg", "layer": "buildings", "households": "hh"},
    }


def write_town(folder: Path, layers: dict[str, gpd.GeoDataFrame] | None = None, name: str = "town.gpkg") -> Path:
    """Write layers into one GeoPackage and return its path."""
    path = folder / name
    for layer, table in (layers or town_layers()).items():
        table.to_file(path, layer=layer, driver="GPKG")
    return path


def town_settings(folder: Path, given: dict[str, Any] | None = None, **tables: Any) -> Settings:
    """Return settings that read from ``folder``; ``given`` stands for [input], ``tables`` for the other tables."""
    return settings_from({"title": "Small town", "input": given or town_input(), **tables}, folder=folder)
