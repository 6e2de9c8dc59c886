"""The tables of areaplan: one place that says which columns a layer has, and of what type.

The same names serve the values in memory and the layers of the plan file (``docs/plan-format.md``). Whole numbers that may be unknown are
nullable ``Int64``; texts that may be unknown are ``None``.
"""

from __future__ import annotations

from typing import Final, Literal

import geopandas as gpd
import pandas as pd

__all__ = ["SCHEMA", "SCHEMA_VERSION", "TABLES", "Kind", "conform", "empty_layer", "typed"]

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
        "persons": "integer", "levels": "real", "use": "text", "name": "text", "number": "integer",
    },
    "base_areas": {"base_code": "text", "village_code": "text", "households": "integer", "persons": "integer"},
    "cells": {
        "cell_id": "text", "ea_code": "text", "village_code": "text", "households": "integer", "persons": "integer",
        "load_min": "real", "building_id": "text", "part": "integer", "parts": "integer", "label": "text",
    },
    "cell_borders": {
        "left_cell": "text", "right_cell": "text", "kind": "text", "class": "text", "feature_name": "text",
        "length_m": "real", "cost": "real",
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
}  # fmt: skip
"""Columns beside ``geometry``. ``base_areas`` and ``settlement`` are input only."""

TABLES: Final[dict[str, dict[str, Kind]]] = {
    "revisions": {"number": "integer", "made": "text", "author": "text", "reason": "text", "change": "text"},
    "correspondence": {"old_ea": "text", "new_ea": "text", "households": "integer", "area_m2": "real"},
    "signatures": {"level": "text", "name": "text", "date": "text", "content_hash": "text"},
    "virtual_areas": {"ea_code": "text", "village_code": "text", "name": "text", "persons": "integer"},
    "meta": {"key": "text", "value": "text"},
}
"""Tables without geometry."""

_DTYPES: Final[dict[Kind, str]] = {"text": "object", "integer": "Int64", "real": "float64", "flag": "bool"}


def empty_layer(layer: str, crs: object) -> gpd.GeoDataFrame:
    """Return a layer without rows, with the columns of :data:`SCHEMA`."""
    columns = {c: pd.Series(dtype=_DTYPES[k]) for c, k in SCHEMA[layer].items()}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=crs), crs=crs)


def conform(table: gpd.GeoDataFrame, layer: str) -> gpd.GeoDataFrame:
    """Return ``table`` with exactly the columns of ``layer``, in order, of the right types; what is missing is null.

    The index becomes 0, 1, 2 …; the order of rows stays.
    """
    columns: dict[str, pd.Series] = {}
    for name, kind in SCHEMA[layer].items():
        columns[name] = typed(table[name] if name in table.columns else None, kind, len(table))
    return gpd.GeoDataFrame(columns, geometry=table.geometry.reset_index(drop=True), crs=table.crs)


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
