"""Save a proved plan again as others do: in degrees, in GBK, with seven digits, with borders that are not noded; the ground stays what it was."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.model import AreaPlan

__all__ = ["VARIANTS", "save_again"]

VARIANTS = (
    "in metres, GeoPackage", "in metres, GBK shapefile", "in degrees, GeoPackage", "in degrees, GBK shapefile", "GeoJSON with 7 digits",
    "borders not noded, in metres", "borders not noded, in degrees", "borders not noded, GeoJSON with 7 digits",
)  # fmt: skip


def save_again(plan: AreaPlan, variant: str, folder: Path) -> tuple[Path, Path]:
    """Write areas and villages anew; return the two files."""
    areas = plan.areas[["ea_code", "village_code", "name", "geometry"]].rename(
        columns={"ea_code": "code", "village_code": "village"}
    )
    villages = plan.territory.villages[["village_code", "name", "geometry"]].rename(columns={"village_code": "code"})
    if "not noded" in variant:
        areas = areas.assign(geometry=gpd.GeoSeries(_not_noded(areas.geometry.to_numpy()), crs=areas.crs))
        villages = villages.assign(
            geometry=gpd.GeoSeries([_straightened(g) for g in villages.geometry], crs=villages.crs)
        )
    if "degrees" in variant or "GeoJSON" in variant:
        areas, villages = areas.to_crs(4326), villages.to_crs(4326)
    paths = []
    for name, table in (("areas", areas), ("villages", villages)):
        if "GeoJSON" in variant:
            paths.append(folder / f"{name}.geojson")
            table.to_file(paths[-1], COORDINATE_PRECISION=7)
        elif "GBK" in variant:
            paths.append(folder / f"{name}.shp")
            table.to_file(paths[-1], encoding="GBK")
        else:
            paths.append(folder / f"{name}.gpkg")
            table.to_file(paths[-1])
    return paths[0], paths[1]


def _not_noded(shapes: np.ndarray) -> list[BaseGeometry]:
    """Take the vertices on straight stretches out of every second area, so that neighbours no longer share them."""
    return [_straightened(shape) if number % 2 else shape for number, shape in enumerate(shapes)]


def _straightened(shape: BaseGeometry) -> BaseGeometry:
    """Return the same ground without vertices that lie on the line between the two beside them, to a hundredth of a millimetre."""
    parts = [shapely.Polygon(_fewer(p.exterior), [_fewer(r) for r in p.interiors]) for p in shapely.get_parts(shape)]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _fewer(ring: shapely.LinearRing) -> np.ndarray:
    xy = shapely.get_coordinates(ring)[:-1]
    keep = np.ones(len(xy), dtype=bool)
    for i in range(1, len(xy) - 1):  # one after the other: a vertex may rest only on those that stay
        before = xy[np.flatnonzero(keep[:i])[-1]]
        after = xy[i + 1]
        long = np.hypot(*(after - before))
        off = (
            abs((after - before)[0] * (xy[i] - before)[1] - (after - before)[1] * (xy[i] - before)[0]) / long
            if long
            else 1.0
        )
        keep[i] = off > 1e-5
    return xy[keep] if keep.sum() >= 3 else xy
