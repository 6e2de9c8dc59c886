"""An earlier plan, or a contractor's return, to be shown beside the present one, and what became of each area since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from areaplan.maps.colours import colour_areas
from areaplan.maps.encode import Frame
from areaplan.maps.spots import label_spots, short_codes
from areaplan.maps.thinning import thinned

__all__ = ["Earlier", "earlier_data"]

_SHARED_M = 1.0
_NOISE_M2 = 1.0


@dataclass(frozen=True)
class Earlier:
    """Hold what was before.

    Parameters
    ----------
    title
        What the page calls it.
    areas
        With ``ea_code``, ``village_code``, ``households`` and geometry in the present plan's CRS.
    content_hash
        Of the earlier plan; empty for a layer.
    tolerance_m
        Outlines nearer than this are the same: 1 cm for a plan, the drawing tolerance for a digitised return.
    """

    title: str
    areas: gpd.GeoDataFrame
    content_hash: str = ""
    tolerance_m: float = 0.01


def earlier_data(before: Earlier, areas: gpd.GeoDataFrame, frame: Frame) -> dict[str, Any]:
    """Return the page's data of what was before: outlines, labels, and for each present area how it changed."""
    old = before.areas[before.areas.geometry.notna() & ~before.areas.geometry.is_empty].reset_index(drop=True)
    shapes = np.asarray(shapely.make_valid(old.geometry.to_numpy()), dtype=object)
    codes = ["" if c is None else str(c) for c in old["ea_code"]]
    households = [None if pd.isna(h) else int(h) for h in old["households"]]
    return {
        "title": before.title,
        "hash": before.content_hash,
        "code": codes,
        "short": short_codes(codes, ["" if v is None else str(v) for v in old["village_code"]]),
        "households": households,
        "colour": colour_areas(len(old), _touching(shapes)),
        "label": label_spots(gpd.GeoSeries(shapes), frame),
        "shape": frame.polygons(thinned(shapes, 0.3)),
        "changes": _changes(areas, shapes, codes, households, before.tolerance_m),
        "gone": sorted(set(codes) - set(areas["ea_code"]) - {""}),
    }


def _touching(shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_SHARED_M)
    return np.column_stack([left, right])[left < right]


def _changes(
    areas: gpd.GeoDataFrame,
    shapes: NDArray[np.object_],
    codes: list[str],
    households: list[int | None],
    tolerance_m: float,
) -> dict[str, list[Any]]:
    """Return for each present area: new, moved or same; m² gained and lost; households before."""
    at = {code: i for i, code in enumerate(codes)}
    rows = []
    for code, shape, now in zip(areas["ea_code"], areas.geometry, areas["households"], strict=True):
        i = at.get(code)
        rows.append(("new", 0, 0, None) if i is None else _change(shape, shapes[i], now, households[i], tolerance_m))
    return {name: [row[k] for row in rows] for k, name in enumerate(("kind", "gained", "lost", "households"))}


def _change(now: Any, then: Any, count: Any, was: int | None, tolerance_m: float) -> tuple[str, int, int, int | None]:
    gained, lost = _moved(now, then, tolerance_m), _moved(then, now, tolerance_m)
    same_count = was is None or pd.isna(count) or int(count) == was
    return ("same" if gained + lost == 0 and same_count else "moved", gained, lost, was)


def _moved(shape: Any, other: Any, tolerance_m: float) -> int:
    """Return the m² of ``shape`` that lie outside ``other``, nought where they are nearer to it than the tolerance."""
    beyond = shapely.difference(shape, other)
    if beyond.area < _NOISE_M2 or shapely.difference(beyond, shapely.buffer(other, tolerance_m)).area < _NOISE_M2:
        return 0
    return round(float(beyond.area))
