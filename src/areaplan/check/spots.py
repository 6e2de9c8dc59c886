"""Where things are: a point to go to, and the grid that a whole layer fits on."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

__all__ = ["GRID_M", "grid_for", "is_somewhere", "places", "spot"]

GRID_M = 0.001
"""The grid of the proof."""


def is_somewhere(geometry: shapely.Geometry) -> bool:
    """Return whether every coordinate is a number; bounds would pass over those that are not."""
    coords = shapely.get_coordinates(geometry)
    return bool(len(coords)) and bool(np.isfinite(coords).all())


def places(layer: gpd.GeoDataFrame) -> np.ndarray:
    """Return a point in each row that has a place; rows without are left out."""
    points = np.asarray(shapely.point_on_surface(layer.geometry.to_numpy()), dtype=object)
    there = shapely.is_geometry(points) & ~shapely.is_empty(points)
    return points[there & np.isfinite(shapely.bounds(points)).all(axis=1)]


def spot(geometry: Any) -> shapely.Point | None:
    """Return a point to zoom to."""
    if geometry is None or shapely.is_empty(geometry):
        return None
    point: shapely.Point = shapely.point_on_surface(geometry)
    return point


def grid_for(*layers: gpd.GeoDataFrame | None) -> float:
    """Return the grid of the proof: 1 mm, or the next power of ten where all layers together extend over more than 2,000 km."""
    shapes = np.concatenate(
        [layer.geometry.to_numpy() for layer in layers if layer is not None] or [np.empty(0, dtype=object)]
    )
    bounds = shapely.bounds(shapes)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]  # one broken geometry must not hide how far the others reach
    extent = float((bounds[:, 2:].max(axis=0) - bounds[:, :2].min(axis=0)).max()) if len(bounds) else 0.0
    grid = GRID_M
    while extent / grid > 2e9:
        grid *= 10
    return grid
