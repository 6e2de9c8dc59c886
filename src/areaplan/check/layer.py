"""Bring a layer of any origin into the form the rules read."""

from __future__ import annotations

import difflib
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from areaplan.errors import InputError
from areaplan.messages import msg
from areaplan.schema import conform

__all__ = ["as_areas", "as_villages", "tolerance_for"]

_EXACT_M = 0.001


def as_areas(
    layer: gpd.GeoDataFrame,
    *,
    code: str | None,
    parent: str | None,
    name: str | None,
    households: str | None,
    persons: str | None,
) -> tuple[gpd.GeoDataFrame, float]:
    """Return ``layer`` as layer ``areas`` in metres, and the tolerance its coordinates ask for."""
    columns = {"ea_code": code, "village_code": parent, "name": name, "households": households, "persons": persons}
    return _renamed(layer, columns, "areas", None)


def as_villages(layer: gpd.GeoDataFrame, *, code: str | None, crs: Any) -> tuple[gpd.GeoDataFrame, float]:
    """Return ``layer`` as layer ``villages`` in ``crs``, and the tolerance its coordinates ask for."""
    return _renamed(layer, {"village_code": code}, "villages", crs)


def _renamed(
    layer: gpd.GeoDataFrame, columns: dict[str, str | None], kind: str, crs: Any
) -> tuple[gpd.GeoDataFrame, float]:
    _demand(layer, [c for c in columns.values() if c is not None])
    tolerance = tolerance_for(layer)
    metres = _in_metres(layer, crs)
    table = gpd.GeoDataFrame(geometry=metres.geometry.reset_index(drop=True), crs=metres.crs)
    for ours, theirs in columns.items():
        if theirs is not None:
            values = layer[theirs].reset_index(drop=True)
            table[ours] = _whole(values, theirs) if ours in ("households", "persons") else _text(values)
    return conform(table, kind), tolerance


def _demand(layer: gpd.GeoDataFrame, columns: list[str]) -> None:
    faults = []
    if layer.crs is None:
        faults.append(msg("the layer has no CRS; say which it is"))
    for column in columns:
        if column not in layer.columns:
            near = difflib.get_close_matches(column, [str(c) for c in layer.columns], 1, 0.3)
            faults.append(
                msg(
                    "no column {column!r}; did you mean {near!r}?",
                    column=column,
                    near=(near or [str(layer.columns[0])])[0],
                )
            )
    if faults:
        raise InputError(faults)


def _text(values: Any) -> Any:
    """Return codes as text; whole numbers lose the .0 that a float column gave them."""
    whole = values.map(lambda v: str(int(v)) if isinstance(v, float) and v == v and v.is_integer() else v)  # noqa: PLR0124 - NaN
    return whole.map(lambda v: None if v is None or v != v else str(v))  # noqa: PLR0124 - NaN


def _whole(values: Any, column: str) -> Any:
    import pandas as pd

    numbers = pd.to_numeric(values, errors="coerce")
    bad = np.flatnonzero((numbers.isna() & values.notna()) | (numbers % 1 != 0) & numbers.notna() | (numbers < 0))
    if len(bad):
        rows = ", ".join(str(i + 1) for i in bad[:5])
        raise InputError(msg("column {column!r}: rows {rows} are no whole numbers from 0", column=column, rows=rows))
    return numbers.astype("Int64")


def _in_metres(layer: gpd.GeoDataFrame, crs: Any) -> gpd.GeoDataFrame:
    if crs is not None:
        return layer if layer.crs == crs else layer.to_crs(crs)
    projected = layer.crs.is_projected and abs(layer.crs.axis_info[0].unit_conversion_factor - 1) < 1e-9
    if projected and layer.crs.to_epsg() != 3857:  # web Mercator stretches metres
        return layer
    return layer.to_crs(layer.estimate_utm_crs())


def tolerance_for(layer: gpd.GeoDataFrame) -> float:
    """Return how far, in metres, a vertex of ``layer`` may lie off a line that it was put on.

    In metres that is 1 mm. In degrees, what was straight in metres sags, and writing few digits moves vertices: the tolerance is 1 mm plus
    the last digit's half step plus the sag of the longest edge, at most 0.5 m.
    """
    if layer.crs is None or not layer.crs.is_geographic:
        return _EXACT_M
    coords = shapely.get_coordinates(layer.geometry.to_numpy())
    coords = coords[np.isfinite(coords).all(axis=1)]
    if not len(coords):
        return _EXACT_M
    step = _digit_step(coords) * 111_320.0
    longest = _longest_edge_m(layer)
    # a chord of 504 m sags by 2.4 mm and one of 2 km by 38 mm at middle latitudes: about L² / 1e8
    return float(min(0.5, _EXACT_M + step * 1.5 + longest**2 / 9e7))


def _digit_step(coords: np.ndarray) -> float:
    """Return the last decimal place in use, 0 where more than ten are."""
    sample = coords[:: max(1, len(coords) // 2000)]
    for digits in range(3, 11):
        if (np.abs(sample - np.round(sample, digits)) < 1e-11).all():
            return float(10.0**-digits)
    return 0.0


def _longest_edge_m(layer: gpd.GeoDataFrame) -> float:
    coords, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(layer.geometry.to_numpy())[_are_polygons(layer)]), return_index=True
    )
    if len(coords) < 2:
        return 0.0
    scale = np.array([np.cos(np.radians(np.clip(coords[0, 1], -89, 89))), 1.0]) * 111_320.0
    steps = np.linalg.norm(np.diff(coords, axis=0) * scale, axis=1)[ring[1:] == ring[:-1]]
    return float(steps[np.isfinite(steps)].max(initial=0.0))


def _are_polygons(layer: gpd.GeoDataFrame) -> np.ndarray:
    return np.asarray(shapely.get_type_id(shapely.get_parts(layer.geometry.to_numpy())) == 3)
