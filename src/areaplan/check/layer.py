"""Bring a layer of any origin into the form the rules read."""

from __future__ import annotations

import difflib
import unicodedata
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from areaplan.check.originals import recounted
from areaplan.errors import InputError
from areaplan.messages import msg
from areaplan.model import Territory
from areaplan.schema import conform

__all__ = ["as_areas", "as_villages", "tolerance_between", "tolerance_for", "with_counts", "with_parent_by_code"]

_EXACT_M = 0.001
_CODES, _COUNTS = ("ea_code", "village_code"), ("households", "persons")


def as_areas(
    layer: gpd.GeoDataFrame,
    *,
    code: str | None,
    parent: str | None,
    name: str | None,
    households: str | None,
    persons: str | None,
    crs: Any = None,
) -> tuple[gpd.GeoDataFrame, float]:
    """Return ``layer`` as layer ``areas`` in metres (in ``crs`` where one is given), and the tolerance its coordinates ask for."""
    columns = {"ea_code": code, "village_code": parent, "name": name, "households": households, "persons": persons}
    return _renamed(layer, columns, "areas", crs)


def as_villages(layer: gpd.GeoDataFrame, *, code: str | None, crs: Any) -> tuple[gpd.GeoDataFrame, float]:
    """Return ``layer`` as layer ``villages`` in ``crs``, and the tolerance its coordinates ask for."""
    return _renamed(layer, {"village_code": code}, "villages", crs)


def _renamed(
    layer: gpd.GeoDataFrame, columns: dict[str, str | None], kind: str, crs: Any
) -> tuple[gpd.GeoDataFrame, float]:
    _demand(layer, [c for c in columns.values() if c is not None])
    metres = _in_metres(layer, crs)
    tolerance = tolerance_for(layer, metres.crs)
    table = gpd.GeoDataFrame(geometry=metres.geometry.reset_index(drop=True), crs=metres.crs)
    for ours, theirs in columns.items():
        if theirs is not None:
            values = layer[theirs].reset_index(drop=True)
            read = _whole if ours in _COUNTS else _codes if ours in _CODES else _text
            table[ours] = read(values, theirs)
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


def _codes(values: Any, column: str) -> Any:
    """Return codes as people read them: without outer blanks, full-width digits as plain ones; what is blank is none."""
    plain = [
        (unicodedata.normalize("NFKC", v).strip() or None) if isinstance(v, str) else None
        for v in _text(values, column)
    ]
    return pd.Series(plain, index=values.index, dtype=object)


def _text(values: Any, _column: str) -> Any:
    """Return codes as text; whole numbers lose the .0 that a float column gave them."""
    whole = values.map(lambda v: str(int(v)) if isinstance(v, float) and v == v and v.is_integer() else v)  # noqa: PLR0124 - NaN
    return whole.map(lambda v: None if v is None or v != v else str(v))  # noqa: PLR0124 - NaN


_MOST = 2**53
"""The largest count that a column of floating numbers still holds to the unit."""


def _whole(values: Any, column: str) -> Any:
    numbers = pd.to_numeric(values, errors="coerce")
    odd = (numbers % 1 != 0) & numbers.notna() | (numbers < 0) | (numbers > _MOST)
    bad = np.flatnonzero((numbers.isna() & values.notna()) | odd)
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
    return layer.to_crs(_utm(layer))


def _utm(layer: gpd.GeoDataFrame) -> pyproj.CRS:
    """Return the UTM zone of the middle vertex: one vertex gone astray must not move the zone."""
    coords = shapely.get_coordinates(layer.geometry.to_numpy())
    coords = coords[np.isfinite(coords).all(axis=1)]
    if not len(coords):
        return pyproj.CRS.from_epsg(32650)  # there is nothing to project; any zone will do
    bring = pyproj.Transformer.from_crs(layer.crs, "EPSG:4326", always_xy=True).transform
    lon, lat = bring(*np.median(coords, axis=0))
    if not (np.isfinite([lon, lat]).all() and abs(lon) <= 180 and abs(lat) <= 90):
        x, y = np.median(coords, axis=0)
        raise InputError(
            msg("coordinates such as {x}, {y} do not fit the CRS that the layer names ({crs}); say which it is",
                x=f"{x:.6g}", y=f"{y:.6g}", crs=layer.crs.name)
        )  # fmt: skip
    return pyproj.CRS.from_epsg((32600 if lat >= 0 else 32700) + min(60, int((lon + 180) // 6) + 1))


def tolerance_for(layer: gpd.GeoDataFrame, crs: Any = None) -> float:
    """Return how far, in metres, a vertex of ``layer`` may lie off a line that it was put on, once the layer is brought into ``crs``.

    In its own metres that is 1 mm. A layer that is projected for the proof has straight edges that were straight elsewhere: they sag, in degrees
    by 2.4 mm on 504 m and 38 mm on 2 km; between two projections by much less. The sag is measured. Writing few digits of degrees moves
    vertices as well: the tolerance is 1 mm plus one and a half steps of the last digit plus the sag, at most 0.5 m.
    """
    if layer.crs is None or (not layer.crs.is_geographic and (crs is None or layer.crs == crs)):
        return _EXACT_M
    coords = shapely.get_coordinates(layer.geometry.to_numpy())
    coords = coords[np.isfinite(coords).all(axis=1)]
    if not len(coords):
        return _EXACT_M
    step = _digit_step(coords) * 111_320.0 if layer.crs.is_geographic else 0.0
    return float(min(0.5, _EXACT_M + step * 1.5 + _sag_m(layer, crs)))


def tolerance_between(villages: gpd.GeoDataFrame, crs: Any) -> float:
    """Return the tolerance for a layer in ``crs`` whose vertices were put on edges of ``villages`` there: those edges sag here."""
    return _EXACT_M if crs is None or crs == villages.crs else tolerance_for(villages.to_crs(crs), villages.crs)


def _sag_m(layer: gpd.GeoDataFrame, crs: Any) -> float:
    """Return how far the middle of an edge, brought over, lies off the straight line between its ends; the largest."""
    tails, heads = _edges(layer)
    if not len(tails):
        return 0.0
    if crs is None or crs == layer.crs:
        longest = float(np.linalg.norm((heads - tails) * 111_320.0, axis=1).max())
        return longest**2 / 9e7
    bring = pyproj.Transformer.from_crs(layer.crs, crs, always_xy=True).transform
    ends, starts, middles = (np.stack(bring(*xy.T), axis=1) for xy in (heads, tails, (tails + heads) / 2))
    off = np.linalg.norm(middles - (starts + ends) / 2, axis=1)
    along = (ends - starts) / np.maximum(np.linalg.norm(ends - starts, axis=1), 1e-9)[:, None]
    shift = ((middles - (starts + ends) / 2) * along).sum(axis=1)  # along the line a middle may slide
    sag = np.sqrt(np.maximum(off**2 - shift**2, 0.0))
    return float(sag[np.isfinite(sag)].max(initial=0.0))


def _digit_step(coords: np.ndarray) -> float:
    """Return the last decimal place in use, 0 where more than ten are."""
    sample = coords[:: max(1, len(coords) // 2000)]
    for digits in range(3, 11):
        if (np.abs(sample - np.round(sample, digits)) < 1e-11).all():
            return float(10.0**-digits)
    return 0.0


def _edges(layer: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    coords, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(layer.geometry.to_numpy())[_are_polygons(layer)]), return_index=True
    )
    same = (ring[1:] == ring[:-1]) & np.isfinite(coords[1:]).all(axis=1) & np.isfinite(coords[:-1]).all(axis=1)
    return coords[:-1][same], coords[1:][same]


def _are_polygons(layer: gpd.GeoDataFrame) -> np.ndarray:
    return np.asarray(shapely.get_type_id(shapely.get_parts(layer.geometry.to_numpy())) == 3)


def with_parent_by_code(areas: gpd.GeoDataFrame, villages: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Let each unit name the parent its code begins with, where the layer names none and the codes of nine in ten begin so.

    Chinese codes are built that way (county 6 digits, township 9, village 12, area 15); others are placed by their ground.
    """
    if villages is None or areas["village_code"].notna().any() or areas["ea_code"].isna().all():
        return areas
    above = [c for c in villages["village_code"] if isinstance(c, str)]
    lengths = {len(c) for c in above}
    if len(lengths) != 1 or len(set(above)) != len(villages):
        return areas
    known, long = set(above), lengths.pop()
    stems = [c[:long] if isinstance(c, str) and len(c) > long else None for c in areas["ea_code"]]
    if sum(s in known for s in stems) < 0.9 * len(areas):
        return areas
    return areas.assign(village_code=stems)


def with_counts(areas: gpd.GeoDataFrame, inputs: Territory | None) -> gpd.GeoDataFrame:
    """Count the households of a layer that brings no counts from the original buildings or base areas that stand in it."""
    if inputs is None or areas["households"].notna().any():
        return areas
    pieces = inputs.base_areas if len(inputs.base_areas) else inputs.buildings
    if not len(pieces) or pieces["households"].isna().any():
        return areas
    shapes = areas.geometry.to_numpy().copy()
    shapes[~np.isin(shapely.get_type_id(shapes), (3, 6))] = None
    return areas.assign(households=pd.Series(recounted(shapely.make_valid(shapes), pieces)).round().astype("Int64"))
