"""What kind of geometry a layer holds, as one word for the file formats that want one."""

from __future__ import annotations

from collections import Counter
from typing import Final, Literal

import geopandas as gpd
import numpy as np
import shapely

__all__ = ["Shape", "by_shape", "geometry_type", "main_shape"]

Shape = Literal["marker", "line", "fill"]
"""What a feature is drawn as."""

_TYPES: Final = {0: "Point", 1: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon"}
_SHAPES: Final[dict[int, Shape]] = {0: "marker", 4: "marker", 1: "line", 5: "line", 3: "fill", 6: "fill"}


def geometry_type(table: gpd.GeoDataFrame, empty: str) -> str:
    """Return one type for all rows: multipart when a row is, ``Unknown`` (any) when shapes truly mix, ``empty`` when no row has geometry.

    Examples
    --------
    >>> geometry_type(gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1), shapely.MultiPolygon()]), "Polygon")
    'MultiPolygon'
    """
    kinds = {int(k) for k in np.unique(_kinds(table)) if k >= 0}
    if not kinds:
        return empty
    return _TYPES[max(kinds)] if kinds <= set(_TYPES) and len({_SHAPES[k] for k in kinds}) == 1 else "Unknown"


def main_shape(table: gpd.GeoDataFrame) -> Shape | None:
    """Return what most rows are; None where no row is a point, line or polygon."""
    shapes = Counter(_SHAPES[k] for k in _kinds(table).tolist() if k in _SHAPES)
    return shapes.most_common(1)[0][0] if shapes else None


def by_shape(table: gpd.GeoDataFrame) -> dict[Shape, gpd.GeoDataFrame]:
    """Return the rows apart by shape, for formats that cannot mix; rows that are none of the three are left out."""
    shapes = np.array([_SHAPES.get(k) for k in _kinds(table).tolist()], dtype=object)
    return {shape: table[shapes == shape] for shape in ("fill", "line", "marker") if (shapes == shape).any()}


def _kinds(table: gpd.GeoDataFrame) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return shapely.get_type_id(np.asarray(table.geometry.array, dtype=object))
