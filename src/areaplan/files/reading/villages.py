"""Read the villages: strictly, because everything else is proved against them."""

from __future__ import annotations

from collections import defaultdict

import geopandas as gpd
import numpy as np
import pyproj

from areaplan.files.reading.columns import as_code, as_count, as_text
from areaplan.files.reading.coverage import coverage_faults
from areaplan.files.reading.crs import project
from areaplan.files.reading.geometry import polygon_faults
from areaplan.files.reading.layers import Layer
from areaplan.files.reading.record import LISTED, Record, listed
from areaplan.messages import Message, msg
from areaplan.schema import conform
from areaplan.settings import VillageInput

__all__ = ["code_faults", "counts_of", "village_columns", "villages_from"]


def village_columns(spec: VillageInput) -> dict[str, str | None]:
    """Return settings key -> column of the villages layer."""
    keys = ("code", "name", "households", "persons", "township", "county", "exclave", "target_households")
    return {k: getattr(spec, k) for k in keys}


def villages_from(layer: Layer, spec: VillageInput, crs: pyproj.CRS | None, record: Record) -> gpd.GeoDataFrame | None:
    """Return the villages in the working CRS with the columns of the schema, or ``None`` after noting every fault."""
    before = len(record.faults)
    columns: dict[str, object] = {"village_code": code_faults(layer, spec.code, msg("village code"), record)}
    for key in ("name", "township", "county", "exclave"):
        column = getattr(spec, key)
        if column:
            columns[key] = as_text(layer.column(column))
    for key in ("households", "persons", "target_households"):
        column = getattr(spec, key)
        if column:
            columns[key] = counts_of(layer, column, record)
    if not len(layer):
        record.fault(msg("{where}: has no rows", where=layer.where))
    geometry = project(layer, crs, record, coverage=True)
    if geometry is None:
        return None
    sound = polygon_faults(layer, geometry, record)
    codes = [c or "?" for c in as_code(layer.column(spec.code))]
    coverage_faults(
        layer.where, msg("villages"), geometry[sound], [c for c, ok in zip(codes, sound, strict=True) if ok], record
    )
    if len(record.faults) > before:
        return None
    return conform(gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(geometry, crs=crs)), "villages")


def code_faults(layer: Layer, column: str, what: Message, record: Record) -> list[str | None]:
    """Return codes as text; note blank ones and those that stand twice, with their rows."""
    codes = as_code(layer.column(column))
    blank = [i for i, c in enumerate(codes) if c is None]
    if blank:
        record.fault(
            msg(
                "{where}, {rows}: blank {what} (column {column})",
                where=layer.where,
                rows=layer.rows(blank),
                what=what,
                column=column,
            )
        )
    rows = defaultdict(list)
    for i, c in enumerate(codes):
        if c is not None:
            rows[c].append(i)
    twice = {c: r for c, r in rows.items() if len(r) > 1}
    for code, places in list(twice.items())[:LISTED]:
        record.fault(
            msg(
                "{where}, {rows}: the {what} {code} stands {count} times; each must be its own",
                where=layer.where,
                rows=layer.rows(places),
                what=what,
                code=code,
                count=len(places),
            )
        )
    if len(twice) > LISTED:
        record.fault(
            msg("{where}: {count} more codes stand more than once", where=layer.where, count=len(twice) - LISTED)
        )
    return codes


def counts_of(layer: Layer, column: str, record: Record) -> list[int | None]:
    """Return whole numbers; note what is none and what is below zero, with rows and values."""
    values = layer.column(column)
    counts, odd, negative = as_count(values)
    rows = np.flatnonzero(odd)
    if len(rows):
        record.fault(
            msg(
                "{where}, {rows}: {column} is not a whole number ({values})",
                where=layer.where,
                rows=layer.rows(rows),
                column=column,
                values=listed(values.iloc[rows]),
            )
        )
    rows = np.flatnonzero(negative)
    if len(rows):
        record.fault(
            msg(
                "{where}, {rows}: {column} is below zero ({values})",
                where=layer.where,
                rows=layer.rows(rows),
                column=column,
                values=listed(values.iloc[rows]),
            )
        )
    return counts
