"""Where labels have room, and what short numbers they carry."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely

from areaplan.maps.encode import Frame, pack

__all__ = ["label_spots", "short_code", "short_codes"]


def label_spots(geometry: gpd.GeoSeries, frame: Frame) -> dict[str, str]:
    """Return where a label has most room: centre (packed deltas) and radius (decimetres) of the largest inscribed circle."""
    shapes = geometry.to_numpy()
    tolerance = np.sqrt(np.maximum(shapely.area(shapes), 1.0)) / 40
    circles = shapely.maximum_inscribed_circle(shapes, tolerance=tolerance)
    centre = shapely.get_coordinates(shapely.get_point(circles, 0))
    return {"at": frame.points(centre), "room": pack(np.rint(shapely.length(circles) * 10).astype(np.int64))}


def short_code(code: str, village: str) -> str:
    """Return the number of an area within its village, as text.

    Examples
    --------
    >>> short_code("350302101003002", "350302101003")
    '002'
    """
    rest = code.removeprefix(village) if village else code
    return rest if 0 < len(rest) < len(code) else code[-3:]


def short_codes(codes: Sequence[str], villages: Sequence[str]) -> list[str]:
    """Return :func:`short_code` of each."""
    return [short_code(code, village) for code, village in zip(codes, villages, strict=True)]
