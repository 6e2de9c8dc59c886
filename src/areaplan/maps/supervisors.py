"""The ground of each supervisor (指导区) on a review page, where a staffing table names them."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.maps.encode import Frame
from areaplan.maps.spots import label_spots

__all__ = ["SUPERVISOR", "outlines_once", "supervisor_data"]

SUPERVISOR = "supervisor_area"
"""A column of ``areas`` that a staffing table adds."""


def supervisor_data(areas: gpd.GeoDataFrame, shapes: NDArray[np.object_], frame: Frame) -> dict[str, Any] | None:
    """Return names, borders and labels of the supervisors' ground, and whose each area is (-1: nobody's); None where nobody is named.

    Parameters
    ----------
    areas
        With a column ``supervisor_area`` or without.
    shapes
        Their outlines as the page draws them, neighbours alike.
    """
    if SUPERVISOR not in areas.columns or areas[SUPERVISOR].isna().all():
        return None
    named = areas[SUPERVISOR].astype(object)
    names = list(dict.fromkeys(named.dropna()))
    of = np.array([names.index(n) if isinstance(n, str) else -1 for n in named])
    ground = gpd.GeoSeries([shapely.coverage_union_all(shapes[of == i]) for i in range(len(names))])
    return {
        "name": [str(n) for n in names],
        "of": of.tolist(),
        "border": frame.lines([outlines_once(ground.to_numpy())]),
        "label": label_spots(ground, frame),
    }


def outlines_once(shapes: NDArray[np.object_]) -> Any:
    """Return outlines with shared stretches only once: a dashed line drawn twice is not dashed."""
    return shapely.line_merge(shapely.union_all(shapely.boundary(shapes)))
