"""Read the villages: strictly, because everything else is proved against them."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pyproj
import shapely

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

_SHORT_M, _MOST_SHORT = 0.1, 20_000
"""Two kilometres of border with a vertex every ten centimetres."""


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
    if geometry is None or _toothed(layer, geometry, record):
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


def _toothed(layer: Layer, geometry: Geometries, record: Record) -> bool:
    """Note outlines of very many edges too short for a border: teeth of millimetres, over which every later step would take minutes."""
    xy, row = shapely.get_coordinates(geometry, return_index=True)
    short = (np.hypot(*np.diff(xy, axis=0).T) < _SHORT_M) & (np.diff(row) == 0)
    rows = np.flatnonzero(np.bincount(row[1:][short], minlength=len(geometry)) > _MOST_SHORT)
    if len(rows):
        record.fault(
            msg(
                "{where}, {rows}: the outline has more than {count} edges shorter than {cm} cm, finer than any border is measured; simplify it",
                where=layer.where, rows=layer.rows(rows), count=f"{_MOST_SHORT:,}", cm=round(_SHORT_M * 100),
            )
        )  # fmt: skip
    return len(rows) > 0


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
