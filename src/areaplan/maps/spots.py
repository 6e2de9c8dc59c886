"""Where labels have room, and what short numbers they carry."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely

from areaplan.maps.encode import Frame, pack

__all__ = ["label_spots", "short_code", "short_codes"]


def label_spots(geometry: gpd.GeoSeries, frame: Frame) -> dict[str, str]:
    """Return where a label has most room: centre (packed deltas) and radius (decimetres) of the largest inscribed circle.

    What has no ground has no room, and is said to stand where the first shape with ground does.
    """
    shapes = geometry.to_numpy()
    held = shapely.area(shapes) > 0
    tolerance = np.sqrt(np.maximum(shapely.area(shapes[held]), 1.0)) / 40
    circles = shapely.maximum_inscribed_circle(shapes[held], tolerance=tolerance)
    found = shapely.get_coordinates(shapely.get_point(circles, 0))
    centre, room = (
        np.tile(found[:1] if held.any() else [[frame.east, frame.north]], (len(shapes), 1)),
        np.zeros(len(shapes)),
    )
    centre[held], room[held] = found, shapely.length(circles)
    return {"at": frame.points(centre), "room": pack(np.rint(room * 10).astype(np.int64))}


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
