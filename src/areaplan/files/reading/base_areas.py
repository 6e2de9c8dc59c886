"""Read ready-made smallest pieces: strictly, for they become cells as they are."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from areaplan.files.reading.columns import as_code, as_text
from areaplan.files.reading.coverage import coverage_faults
from areaplan.files.reading.crs import project
from areaplan.files.reading.geometry import polygon_faults, within_village
from areaplan.files.reading.layers import Layer
from areaplan.files.reading.record import Record
from areaplan.files.reading.strict import cells_of, code_faults, counts_of
from areaplan.messages import msg
from areaplan.model import Finding, Severity
from areaplan.schema import conform, empty_layer
from areaplan.settings import BaseAreaInput

__all__ = ["base_area_columns", "base_areas_from"]


def base_area_columns(spec: BaseAreaInput) -> dict[str, str | None]:
    """Return settings key -> column that must be there."""
    return {k: getattr(spec, k) for k in ("code", "village", "households", "persons", "unit")}


def base_areas_from(
    layer: Layer, spec: BaseAreaInput, villages: gpd.GeoDataFrame | None, crs: pyproj.CRS | None, record: Record
) -> gpd.GeoDataFrame:
    """Return the base areas in the working CRS with the village of each; blank counts become zero, with a finding."""
    before = len(record.faults)
    columns: dict[str, object] = {"base_code": code_faults(layer, spec.code, msg("base area code"), record)}
    for key in ("households", "persons"):
        column = getattr(spec, key)
        if column:
            columns[key] = _zeroed(layer, column, counts_of(layer, column, record), record)
    if spec.unit:
        columns["unit"] = as_text(layer.column(spec.unit))
    geometry = project(layer, crs, record, coverage=True)
    if geometry is None:
        return empty_layer("base_areas", crs)
    sound = polygon_faults(layer, geometry, record)
    codes = np.array([c or "?" for c in as_code(layer.column(spec.code))], dtype=object)
    coverage_faults(layer.where, msg("base areas"), geometry[sound], codes[sound].tolist(), record, holes=False)
    if len(record.faults) > before or villages is None:
        return empty_layer("base_areas", crs)
    known = villages["village_code"].tolist()
    placed = within_village(geometry, villages.geometry.to_numpy(), known)
    if spec.village:
        placed = _named(layer, spec.village, set(known), placed, record)
    nowhere = [i for i, p in enumerate(placed) if p is None]
    if nowhere:
        record.fault(
            msg(
                "{where}, {rows}: outside every village; add the village or take them out",
                where=layer.where,
                rows=layer.rows(nowhere),
            )
        )
    columns["village_code"] = placed
    return conform(gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(geometry, crs=crs)), "base_areas")


def _zeroed(layer: Layer, column: str, counts: list[int | None], record: Record) -> list[int]:
    blank = [i for i, c in enumerate(counts) if c is None]
    if blank:
        message = msg(
            "{where}, {rows}: {column} is blank; taken as 0", where=layer.where, rows=layer.rows(blank), column=column
        )
        record.find(
            [Finding("R08", Severity.WARNING, str(layer.where), message, measure=float(len(blank)), unit="rows")]
        )
    return [c or 0 for c in counts]


def _named(layer: Layer, column: str, known: set[str], placed: list[str | None], record: Record) -> list[str | None]:
    """Return the villages that the column names; a blank one is filled by location."""
    named = as_code(layer.column(column))
    strange = [i for i, c in enumerate(named) if c is not None and c not in known]
    if strange:
        record.fault(
            msg(
                "{where}, {rows}: {column} names villages that are not in the villages layer ({values})",
                **cells_of(layer, column, strange, pd.Series(named, dtype=object)),
            )
        )
    return [n or p for n, p in zip(named, placed, strict=True)]
