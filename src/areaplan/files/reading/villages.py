"""Read the villages: strictly, because everything else is proved against them."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import pyproj

from areaplan.files.reading.columns import as_text
from areaplan.files.reading.coverage import coverage_faults
from areaplan.files.reading.crs import project
from areaplan.files.reading.geometry import Geometries, polygon_faults
from areaplan.files.reading.layers import Layer
from areaplan.files.reading.mending import Means, mended_from, without_doubles
from areaplan.files.reading.record import Record
from areaplan.files.reading.strict import code_faults, counts_of
from areaplan.messages import msg
from areaplan.repair import Mended
from areaplan.schema import conform
from areaplan.settings import VillageInput

__all__ = ["Villages", "village_columns", "villages_from"]

WAY_OUT = msg("; `areaplan repair` lists all such places and mends slivers")


def village_columns(spec: VillageInput) -> dict[str, str | None]:
    """Return settings key -> column of the villages layer."""
    keys = ("code", "name", "households", "persons", "township", "county", "exclave", "target_households")
    return {k: getattr(spec, k) for k in keys}


class Villages(NamedTuple):
    """Hold the villages with the columns of the schema, the rows of the file they stand for, how those are drawn, and the repair if any."""

    table: gpd.GeoDataFrame
    layer: Layer
    drawn: Geometries
    mended: Mended | None


def villages_from(
    layer: Layer, spec: VillageInput, crs: pyproj.CRS | None, record: Record, means: Means | None = None
) -> Villages | None:
    """Return the villages in the working CRS, or ``None`` after noting every fault; with ``means`` they are mended."""
    before = len(record.faults)
    if means is not None:
        layer = without_doubles(layer, spec.code, record)
    codes = code_faults(layer, spec.code, msg("village code"), record)
    columns = {"village_code": codes, **_attributes(layer, spec, record)}
    if not len(layer):
        record.fault(msg("{where}: has no rows", where=layer.where))
    geometry = project(layer, crs, record, coverage=True)
    if geometry is None:
        return None
    mended = None
    if means is None:
        _must_tile(layer, geometry, [c or "?" for c in codes], record)
    elif len(layer):
        mended = mended_from(layer, geometry, codes, means, record)
    if len(record.faults) > before:
        return None
    shapes = geometry if mended is None else mended.geometry
    table = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs=crs))
    return Villages(conform(table, "villages"), layer, geometry, mended)


def _attributes(layer: Layer, spec: VillageInput, record: Record) -> dict[str, object]:
    columns: dict[str, object] = {}
    for key in ("name", "township", "county", "exclave"):
        column = getattr(spec, key)
        if column:
            columns[key] = as_text(layer.column(column))
    for key in ("households", "persons", "target_households"):
        column = getattr(spec, key)
        if column:
            columns[key] = counts_of(layer, column, record)
    return columns


def _must_tile(layer: Layer, geometry: Geometries, codes: list[str], record: Record) -> None:
    """Note what keeps the villages from being one tiling as they are."""
    sound = polygon_faults(layer, geometry, record)
    kept = [c for c, ok in zip(codes, sound, strict=True) if ok]
    coverage_faults(layer.where, msg("villages"), geometry[sound], kept, record, way_out=WAY_OUT)
