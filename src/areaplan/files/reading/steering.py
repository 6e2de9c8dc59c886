"""Read what steers a division: natural units that areas keep whole, and pins of the office."""

from __future__ import annotations

import difflib

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from areaplan.files.reading.columns import as_text
from areaplan.files.reading.crs import project
from areaplan.files.reading.geometry import Geometries, absent
from areaplan.files.reading.layers import Layer
from areaplan.files.reading.record import Record
from areaplan.messages import msg
from areaplan.model import Finding, Severity
from areaplan.schema import conform, empty_layer
from areaplan.settings import PinInput, UnitInput

__all__ = ["pins_from", "units_from"]

_KINDS = {
    "together": "together", "apart": "apart", "locked": "locked", "special": "special",
    "合并": "together", "同区": "together", "分开": "apart", "锁定": "locked", "特殊": "special",
}  # fmt: skip
_POINTS, _POLYGONS = (0, 4), (3, 6)


def units_from(layer: Layer, spec: UnitInput, crs: pyproj.CRS | None, record: Record) -> gpd.GeoDataFrame:
    """Return the grounds of natural units with their names, numbered by row where they have none; what is no polygon is set aside."""
    geometry = project(layer, crs, record)
    if geometry is None:
        return empty_layer("units", crs)
    gone = _set_aside(layer, geometry, _POLYGONS, record)
    given = as_text(layer.column(spec.name)) if spec.name else [None] * len(layer)
    names = [name or f"#{i}" for i, name in enumerate(given, 1)]
    return _layer("units", {"name": names}, geometry, gone, crs)


def pins_from(layer: Layer, spec: PinInput, crs: pyproj.CRS | None, record: Record) -> gpd.GeoDataFrame:
    """Return pins, polygons or points; an unknown kind is a fault, and a pin without a group stands alone."""
    geometry = project(layer, crs, record)
    kinds = [_KINDS.get((kind or "").lower()) for kind in as_text(layer.column(spec.kind))]
    for i in (i for i, kind in enumerate(kinds) if kind is None):
        value = str(layer.column(spec.kind).iloc[i])
        near = difflib.get_close_matches(value.lower(), _KINDS, 1, 0.4) or ["together"]
        record.fault(
            msg(
                "{where}, {rows}: {value!r} is no kind of pin; did you mean {near!r}? Known: together, apart, locked, special",
                where=layer.where, rows=layer.rows([i]), value=value, near=near[0],
            )
        )  # fmt: skip
    groups = as_text(layer.column(spec.group)) if spec.group else [None] * len(layer)
    for i in (i for i, kind in enumerate(kinds) if kind == "apart" and groups[i] is None):
        record.fault(
            msg(
                "{where}, {rows}: a pin of kind apart needs a group: from what is it kept apart?",
                where=layer.where, rows=layer.rows([i]),
            )
        )  # fmt: skip
    if geometry is None:
        return empty_layer("pins", crs)
    gone = _set_aside(layer, geometry, _POINTS + _POLYGONS, record)
    names = as_text(layer.column(spec.name)) if spec.name else [None] * len(layer)
    own = [group or f"#{i}" for i, group in enumerate(groups, 1)]
    return _layer("pins", {"kind": kinds, "group": own, "name": names}, geometry, gone, crs)


def _set_aside(layer: Layer, geometry: Geometries, types: tuple[int, ...], record: Record) -> NDArray[np.bool_]:
    """Say which rows have no geometry of these types, and name them."""
    gone: NDArray[np.bool_] = absent(geometry) | ~np.isin(shapely.get_type_id(geometry), types)
    if gone.any():
        rows = layer.rows(np.flatnonzero(gone))
        message = (
            msg("{where}, {rows}: not a polygon; set aside", where=layer.where, rows=rows)
            if types == _POLYGONS
            else msg("{where}, {rows}: neither polygon nor point; set aside", where=layer.where, rows=rows)
        )
        found = Finding("R00", Severity.WARNING, str(layer.where), message, measure=float(gone.sum()), unit="rows")
        record.find([found])
    return gone


def _layer(
    name: str, columns: dict[str, object], geometry: Geometries, gone: NDArray[np.bool_], crs: pyproj.CRS | None
) -> gpd.GeoDataFrame:
    shapes = geometry.copy()
    shapes[~gone] = shapely.make_valid(shapes[~gone])
    return conform(gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs=crs))[~gone], name)
