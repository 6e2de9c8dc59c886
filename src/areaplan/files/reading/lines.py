"""Read streets, rivers, railways and the like: leniently, one table of single lines clipped to the villages with a margin."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from areaplan.files.reading.columns import as_flag, as_real, as_text
from areaplan.files.reading.crs import project
from areaplan.files.reading.geometry import Geometries, absent, running_wild
from areaplan.files.reading.layers import Layer
from areaplan.files.reading.record import Record
from areaplan.messages import msg
from areaplan.model import Finding, Severity
from areaplan.schema import conform, empty_layer
from areaplan.settings import LineInput

__all__ = ["line_columns", "lines_from", "usual_columns"]

POINT_TYPES = (0, 4)
POLYGON_TYPES = (3, 6)
_WILD = 8.0
"""An outline this many times as long as its hull runs to and fro; coasts and rivers stay below."""


def line_columns(spec: LineInput) -> dict[str, str | None]:
    """Return settings key -> column that must be there."""
    return {"class": spec.class_, "name": spec.name, "tunnel": spec.tunnel, "bridge": spec.bridge, "level": spec.level}


def usual_columns(spec: LineInput) -> tuple[str, ...]:
    """Return the columns that are used when present, without being named in the settings."""
    return ("tunnel", "bridge", "layer", "covered", "name")


def lines_from(
    layers: Sequence[tuple[Layer, LineInput]],
    villages: gpd.GeoDataFrame | None,
    crs: pyproj.CRS | None,
    margin_m: float,
    record: Record,
) -> gpd.GeoDataFrame:
    """Return all line layers as one table, in the order of the settings; what is no line is set aside as a finding."""
    tables = [t for layer, spec in layers if (t := _one_layer(layer, spec, crs, record)) is not None]
    if not tables or villages is None:
        return empty_layer("lines", crs)
    together = gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), geometry="geometry", crs=crs)
    return conform(_clipped(together, villages.geometry.to_numpy(), margin_m), "lines")


def _one_layer(layer: Layer, spec: LineInput, crs: pyproj.CRS | None, record: Record) -> gpd.GeoDataFrame | None:
    geometry = project(layer, crs, record)
    if geometry is None:
        return None
    gone = absent(geometry) | np.isin(shapely.get_type_id(geometry), POINT_TYPES)
    if gone.any():
        message = msg("{where}, {rows}: no line; set aside", where=layer.where, rows=layer.rows(np.flatnonzero(gone)))
        record.find(
            [Finding("R00", Severity.WARNING, str(layer.where), message, measure=float(gone.sum()), unit="rows")]
        )
    rows = np.flatnonzero(~gone)
    parts, owner = shapely.get_parts(_outlines(geometry[rows]), return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)  # a collection may hold multi-lines
    owner = rows[owner[inner]]
    real = np.isin(shapely.get_type_id(parts), (1, 2)) & (shapely.length(parts) > 0)
    wild = real & running_wild(parts)
    if wild.any():
        message = msg(
            "{where}, {rows}: runs to and fro thousands of times in one spot, as no line on the ground does; set aside",
            where=layer.where,
            rows=layer.rows(np.unique(owner[wild])),
        )
        count = float(len(np.unique(owner[wild])))
        record.find([Finding("R00", Severity.WARNING, str(layer.where), message, measure=count, unit="rows")])
        real &= ~wild
    table = gpd.GeoDataFrame(_attributes(layer, spec), geometry=gpd.GeoSeries([None] * len(layer), crs=crs))
    table = table.take(owner[real]).reset_index(drop=True)
    return table.set_geometry(gpd.GeoSeries(parts[real], crs=crs))


def _outlines(geometry: Geometries) -> Geometries:
    area = np.isin(shapely.get_type_id(geometry), POLYGON_TYPES)
    out = geometry.copy()
    out[area] = shapely.boundary(geometry[area])
    return out


def _attributes(layer: Layer, spec: LineInput) -> dict[str, object]:
    none = [None] * len(layer)
    name = spec.name or ("name" if layer.has("name") else None)
    level = _levels(layer, spec)
    tunnel = _flag(layer, spec.tunnel or "tunnel", level < 0)
    if spec.kind == "river" and layer.has("covered"):
        tunnel |= as_flag(layer.column("covered"))
    return {
        "kind": [spec.kind] * len(layer),
        "class": as_text(layer.column(spec.class_)) if spec.class_ else none,
        "name": as_text(layer.column(name)) if name else none,
        "tunnel": tunnel,
        "bridge": _flag(layer, spec.bridge or "bridge", level > 0),
    }


def _levels(layer: Layer, spec: LineInput) -> NDArray[np.float64]:
    column = spec.level or "layer"
    if not layer.has(column):
        return np.zeros(len(layer))
    return np.array([v or 0.0 for v in as_real(layer.column(column))], dtype=np.float64)


def _flag(layer: Layer, column: str, otherwise: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a flag column; a layer without it says by its level what runs below (tunnel) and above (bridge)."""
    return as_flag(layer.column(column)) if layer.has(column) else otherwise


def _clipped(lines: gpd.GeoDataFrame, villages: Geometries, margin_m: float) -> gpd.GeoDataFrame:
    """Cut lines off where they leave the villages by more than a margin; lines inside stay as they are.

    An outline that runs to and fro becomes its hull first: the time to widen it grows with the square of its bends. (To make it simple
    would not do: the usual algorithm calls itself once a bend, and 50,000 of them end the process.)
    """
    outlines = shapely.get_parts(villages)
    hulls = shapely.convex_hull(outlines)
    wild = shapely.length(outlines) > _WILD * shapely.length(hulls)
    window = shapely.union_all(shapely.buffer(np.where(wild, hulls, outlines), margin_m, quad_segs=4))
    shapely.prepare(window)
    geometry = lines.geometry.to_numpy()
    inside = shapely.contains_properly(window, geometry)
    crossing = ~inside & shapely.intersects(window, geometry)
    geometry = geometry.copy()
    geometry[crossing] = shapely.intersection(geometry[crossing], window)
    parts, owner = shapely.get_parts(geometry, return_index=True)
    keep = (inside | crossing)[owner] & (shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 0)
    out = lines.take(owner[keep]).reset_index(drop=True)
    return out.set_geometry(gpd.GeoSeries(parts[keep], crs=lines.crs))
