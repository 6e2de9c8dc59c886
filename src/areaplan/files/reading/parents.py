"""Read what frames or weighs the villages: townships, counties, where people live, and grounds that are kept whole."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from areaplan.files.reading.columns import as_text
from areaplan.files.reading.crs import project
from areaplan.files.reading.geometry import absent, polygon_faults, within_village
from areaplan.files.reading.layers import Layer
from areaplan.files.reading.record import Record
from areaplan.files.reading.strict import code_faults
from areaplan.messages import msg
from areaplan.model import Finding, Severity
from areaplan.schema import conform, empty_layer
from areaplan.settings import ComplexInput, ParentInput

__all__ = ["complexes_from", "parents_from", "settlement_from", "with_parent_names"]

LEVEL_CODES = {"township": msg("township code"), "county": msg("county code")}


def parents_from(
    layers: Sequence[tuple[str, Layer, ParentInput]], crs: pyproj.CRS | None, record: Record
) -> gpd.GeoDataFrame:
    """Return townships and counties as one table; ``layers`` are (level, layer, spec)."""
    tables = []
    for level, layer, spec in layers:
        codes = code_faults(layer, spec.code, LEVEL_CODES[level], record)
        names = as_text(layer.column(spec.name)) if spec.name else [None] * len(layer)
        geometry = project(layer, crs, record)
        if geometry is None:
            continue
        polygon_faults(layer, geometry, record)
        columns = {"level": level, "code": codes, "name": names}
        tables.append(conform(gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(geometry, crs=crs)), "parents"))
    if not tables:
        return empty_layer("parents", crs)
    return conform(gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), geometry="geometry", crs=crs), "parents")


def with_parent_names(villages: gpd.GeoDataFrame, parents: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the villages with the names (else codes) of the parents they lie in, where they name none themselves."""
    out = villages.copy()
    for level in ("township", "county"):
        of_level = parents[parents["level"] == level]
        if len(of_level) == 0 or out[level].notna().any():
            continue
        names = [n or c for n, c in zip(of_level["name"], of_level["code"], strict=True)]
        out[level] = pd.Series(
            within_village(out.geometry.to_numpy(), of_level.geometry.to_numpy(), names), dtype=object
        )
    return out


def settlement_from(
    layer: Layer, villages: gpd.GeoDataFrame | None, crs: pyproj.CRS | None, record: Record
) -> gpd.GeoDataFrame:
    """Return where people live, polygons or points, with the village of each; what lies outside is left out."""
    geometry = project(layer, crs, record)
    if geometry is None or villages is None:
        return empty_layer("settlement", crs)
    gone = absent(geometry) | np.isin(shapely.get_type_id(geometry), (1, 2, 5))
    if gone.any():
        message = msg(
            "{where}, {rows}: neither polygon nor point; set aside",
            where=layer.where,
            rows=layer.rows(np.flatnonzero(gone)),
        )
        record.find(
            [Finding("R00", Severity.WARNING, str(layer.where), message, measure=float(gone.sum()), unit="rows")]
        )
    kept = shapely.make_valid(geometry[~gone])
    codes = within_village(kept, villages.geometry.to_numpy(), villages["village_code"].tolist())
    inside = np.array([c is not None for c in codes], dtype=bool)
    table = gpd.GeoDataFrame({"village_code": codes}, geometry=gpd.GeoSeries(kept, crs=crs))
    return conform(table[inside], "settlement")


def complexes_from(layer: Layer, spec: ComplexInput, crs: pyproj.CRS | None, record: Record) -> gpd.GeoDataFrame:
    """Return the grounds of complexes; what is no polygon is set aside and named."""
    geometry = project(layer, crs, record)
    if geometry is None:
        return empty_layer("complexes", crs)
    gone = absent(geometry) | ~np.isin(shapely.get_type_id(geometry), (3, 6))
    if gone.any():
        message = msg(
            "{where}, {rows}: not a polygon; set aside", where=layer.where, rows=layer.rows(np.flatnonzero(gone))
        )
        record.find(
            [Finding("R00", Severity.WARNING, str(layer.where), message, measure=float(gone.sum()), unit="rows")]
        )
    columns = {key: as_text(layer.column(column)) if column else [None] * len(layer)
               for key, column in (("use", spec.use), ("name", spec.name))}  # fmt: skip
    shapes = geometry.copy()
    shapes[~gone] = shapely.make_valid(shapes[~gone])
    table = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs=crs))
    return conform(table[~gone], "complexes")
