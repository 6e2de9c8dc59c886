"""Where buildings stand: the one overlay that several rules share."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["Standing", "standing"]


class Standing(NamedTuple):
    """Hold building row, area row and shared m² of every pair that meets, sorted by building."""

    building: NDArray[np.int64]
    area: NDArray[np.int64]
    shared_m2: NDArray[np.float64]


def standing(buildings: gpd.GeoDataFrame | None, polygons: NDArray[np.object_]) -> Standing:
    """Return which buildings stand in which areas; a building that meets one area only is not measured and shares 1 m² with it."""
    if buildings is None:
        return Standing(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))
    shapes = buildings.geometry.to_numpy()
    unsound = ~shapely.is_valid(shapes)
    shapes = shapes.copy()
    mendable = unsound & np.isin(shapely.get_type_id(shapes), (3, 6))
    shapes[mendable] = shapely.make_valid(shapes[mendable])
    shapes[unsound & ~mendable] = None  # a point of no place stands nowhere
    areas, rows = shapely.STRtree(shapes).query(
        polygons, predicate="intersects"
    )  # prepares the areas, which are few and long
    many = np.bincount(rows, minlength=len(shapes))[rows] > 1
    shared = np.ones(len(rows))
    shared[many] = shapely.area(shapely.intersection(shapes[rows[many]], polygons[areas[many]]))
    real = shared > 1e-6
    order = np.lexsort((areas[real], rows[real]))
    return Standing(rows[real][order], areas[real][order], shared[real][order])
