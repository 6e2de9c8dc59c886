"""The tables of areaplan: one place that says which columns a layer has, and of what type.

The same names serve the values in memory and the layers of the plan file (``docs/plan-format.md``). Whole numbers that may be unknown are
nullable ``Int64``; texts that may be unknown are ``None``.
"""

from __future__ import annotations

from typing import Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

__all__ = ["SCHEMA", "SCHEMA_VERSION", "TABLES", "Kind", "conform", "empty_layer", "simple_geometry", "typed"]

Kind = Literal["text", "integer", "real", "flag"]

SCHEMA_VERSION: Final = 1

SCHEMA: Final[dict[str, dict[str, Kind]]] = {
    "villages": {
        "village_code": "text", "name": "text", "township": "text", "county": "text",
        "households": "integer", "persons": "integer", "target_households": "integer", "exclave": "text",
    },
    "lines": {"kind": "text", "class": "text", "name": "text", "tunnel": "flag", "bridge": "flag"},
    "buildings": {
        "building_id": "text", "cell_id": "text", "ea_code": "text", "village_code": "text", "households": "integer",
        "persons": "integer", "levels": "real", "entrances": "integer", "use": "text", "name": "text", "number": "integer",
        "sensitive": "flag", "unit": "text",
    },
    "base_areas": {"base_code": "text", "village_code": "text", "households": "integer", "persons": "integer", "unit": "text"},
    "cells": {
        "cell_id": "text", "ea_code": "text", "village_code": "text", "households": "integer", "persons": "integer",
        "load_min": "real", "building_id": "text", "part": "integer", "parts": "integer", "label": "text", "unit": "text",
    },
    "cell_borders": {
        "left_cell": "text", "right_cell": "text", "kind": "text", "class": "text", "feature_name": "text",
        "length_m": "real", "cost": "real", "barrier": "flag",
    },
    "outer_borders": {
        "left_cell": "text", "right_cell": "text", "kind": "text", "class": "text", "feature_name": "text",
        "length_m": "real", "cost": "real",
    },
    "areas": {
        "ea_code": "text", "village_code": "text", "name": "text", "households": "integer", "households_low": "integer",
        "households_high": "integer", "persons": "integer", "buildings": "integer", "load_min": "real", "area_m2": "real",
        "locked": "text", "special": "text",
    },
    "boundaries": {
        "left_ea": "text", "right_ea": "text", "kind": "text", "class": "text", "feature_name": "text", "length_m": "real",
    },
    "findings": {
        "rule": "text", "severity": "text", "subject": "text", "village_code": "text", "message": "text", "measure": "real",
        "unit": "text",
    },
    "settlement": {"village_code": "text"},
    "parents": {"level": "text", "code": "text", "name": "text"},
    "complexes": {"use": "text", "name": "text"},
    "units": {"name": "text"},
    "pins": {"kind": "text", "group": "text", "name": "text"},
}  # fmt: skip
"""Columns beside ``geometry``. ``base_areas`` and ``settlement`` are input only."""

TABLES: Final[dict[str, dict[str, Kind]]] = {
    "revisions": {"number": "integer", "made": "text", "author": "text", "reason": "text", "change": "text"},
    "correspondence": {
        "old_ea": "text",
        "new_ea": "text",
        "households": "integer",
        "area_m2": "real",
        "revision": "integer",
    },
    "signatures": {"level": "text", "name": "text", "date": "text", "content_hash": "text"},
    "issues": {"number": "integer", "date": "text", "lock": "text", "content_hash": "text", "remark": "text"},
    "virtual_areas": {"ea_code": "text", "village_code": "text", "name": "text", "persons": "integer"},
    "meta": {"key": "text", "value": "text"},
}
"""Tables without geometry."""

_MULTI: Final = (4, 5, 6)  # shapely's numbers of multipoint, multilinestring, multipolygon
_EMPTY: Final = {4: shapely.Point(), 5: shapely.LineString(), 6: shapely.Polygon()}
_DTYPES: Final[dict[Kind, str]] = {"text": "object", "integer": "Int64", "real": "float64", "flag": "bool"}


def empty_layer(layer: str, crs: object) -> gpd.GeoDataFrame:
    """Return a layer without rows, with the columns of :data:`SCHEMA`."""
    columns = {c: pd.Series(dtype=_DTYPES[k]) for c, k in SCHEMA[layer].items()}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=crs), crs=crs)


def conform(table: gpd.GeoDataFrame, layer: str) -> gpd.GeoDataFrame:
    """Return ``table`` with exactly the columns of ``layer``, in order, of the right types; what is missing is null.

    The index becomes 0, 1, 2 …; the order of rows stays. Geometry becomes :func:`simple_geometry`.
    """
    columns: dict[str, pd.Series] = {}
    for name, kind in SCHEMA[layer].items():
        columns[name] = typed(table[name] if name in table.columns else None, kind, len(table))
    return gpd.GeoDataFrame(columns, geometry=simple_geometry(table.geometry), crs=table.crs)


def simple_geometry(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return the same places in two dimensions, a multipart geometry of one part (or none) as that part.

    The index becomes 0, 1, 2 … One form for one place: a file whose layer is declared multipart gives back what was put in, so hashes agree.

    Examples
    --------
    >>> one = gpd.GeoSeries([shapely.MultiPoint([(1, 2)])])
    >>> simple_geometry(one).iloc[0].wkt
    'POINT (1 2)'
    """
    shapes = np.asarray(geometry.array, dtype=object)
    tall = shapely.has_z(shapes) | shapely.has_m(shapes)
    kinds = shapely.get_type_id(shapes)
    lone = (kinds >= _MULTI[0]) & (kinds <= _MULTI[-1]) & (shapely.get_num_geometries(shapes) <= 1)
    if tall.any() or lone.any():
        shapes = shapes.copy()
        shapes[tall] = shapely.force_2d(shapes[tall])
        full = lone & ~shapely.is_empty(shapes)
        shapes[full] = shapely.get_geometry(shapes[full], 0)
        for i in np.flatnonzero(lone & ~full):
            shapes[i] = _EMPTY[kinds[i]]
    return gpd.GeoSeries(shapes, crs=geometry.crs)


def typed(column: pd.Series | None, kind: Kind, rows: int) -> pd.Series:
    """Return ``column`` as the pandas type of ``kind``, with a fresh index; all null when there is none."""
    if column is None:
        fill = False if kind == "flag" else (pd.NA if kind == "integer" else None)
        return pd.Series([fill] * rows, dtype=_DTYPES[kind])
    column = column.reset_index(drop=True)
    if kind == "text":
        values = column.astype(object)
        return values.where(values.notna(), None)
    if kind == "flag":
        return column.fillna(False).astype(bool)
    return column.astype(_DTYPES[kind])
