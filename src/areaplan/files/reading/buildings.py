"""Read buildings: mend what can be mended, set aside what cannot, and say so; only impossible counts are refused."""

from __future__ import annotations

from itertools import count

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from areaplan.files.reading.columns import as_code, as_flag, as_real, as_text
from areaplan.files.reading.crs import project
from areaplan.files.reading.geometry import Geometries, Shape, absent, polygons_of, running_wild
from areaplan.files.reading.layers import Layer
from areaplan.files.reading.placing import building_villages
from areaplan.files.reading.record import Record
from areaplan.files.reading.strict import counts_of
from areaplan.messages import msg
from areaplan.model import Finding, Severity
from areaplan.schema import conform, empty_layer
from areaplan.settings import BuildingInput

__all__ = ["building_columns", "buildings_from"]


def building_columns(spec: BuildingInput) -> dict[str, str | None]:
    """Return settings key -> column that must be there."""
    keys = ("households", "levels", "id", "village", "persons", "use", "name", "entrances", "sensitive", "unit")
    return {k: getattr(spec, k) for k in keys}


def buildings_from(
    layer: Layer, spec: BuildingInput, villages: gpd.GeoDataFrame | None, crs: pyproj.CRS | None, record: Record
) -> gpd.GeoDataFrame:
    """Return the buildings in the working CRS with the village each belongs to."""
    table = _attributes(layer, spec, record)
    geometry = project(layer, crs, record)
    if geometry is None or villages is None:
        return empty_layer("buildings", crs)
    geometry = _mended(layer, geometry, table, record)
    keep = np.array([g is not None for g in geometry], dtype=bool)
    _set_aside(layer, table, ~keep, record)
    table = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(geometry, crs=crs))[keep].reset_index(drop=True)
    table["village_code"] = building_villages(table, villages, record)
    return conform(table, "buildings")


def _attributes(layer: Layer, spec: BuildingInput, record: Record) -> gpd.GeoDataFrame:
    columns: dict[str, object] = {"building_id": _ids(layer, spec, record)}
    for key in ("households", "persons"):
        column = getattr(spec, key)
        if column:
            columns[key] = counts_of(layer, column, record)
    for key in ("use", "name", "unit"):
        column = getattr(spec, key)
        if column:
            columns[key] = as_text(layer.column(column))
    if spec.sensitive:
        columns["sensitive"] = as_flag(layer.column(spec.sensitive))
    if spec.levels:
        columns["levels"] = np.array(as_real(layer.column(spec.levels)), dtype=np.float64)
    if spec.entrances:
        columns["entrances"] = _entrances(layer.column(spec.entrances))
    claimed = as_code(layer.column(spec.village)) if spec.village else [None] * len(layer)
    columns["claimed"] = pd.Series(claimed, dtype=object)
    table = gpd.GeoDataFrame(columns, geometry=[None] * len(layer))
    return _with_counts(table)


def _entrances(column: pd.Series) -> pd.Series:
    """Return numbers of entrances; what is no number above 0 is unknown, for a wrong one must not stop a town."""
    numbers = pd.Series(as_real(column), dtype="float64")
    return pd.Series(np.floor(numbers.where(numbers >= 1))).astype("Int64")


def _with_counts(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    counts = {k: table[k].astype("Int64") for k in ("households", "persons") if k in table}
    return table.assign(**counts)


def _ids(layer: Layer, spec: BuildingInput, record: Record) -> list[str]:
    """Return an id for each row: its own, made unique where it stands twice, or B000001 … by row where it has none."""
    given = as_code(layer.column(spec.id)) if spec.id else [None] * len(layer)
    taken = {g for g in given if g is not None}
    ids: dict[str, None] = {}
    twice: list[int] = []
    for i, own in enumerate(given):
        name = own or f"B{i + 1:06d}"
        if name in ids or (own is None and name in taken):
            name = next(n for k in count(2) if (n := f"{name}-{k}") not in ids and n not in taken)
            twice += [i] if own else []
        ids[name] = None
    if twice:
        message = msg(
            "{where}, {rows}: building id used before; a number was added to it",
            where=layer.where,
            rows=layer.rows(twice),
        )
        record.find(
            [Finding("R00", Severity.WARNING, str(layer.where), message, measure=float(len(twice)), unit="rows")]
        )
    return list(ids)


def _mended(layer: Layer, geometry: Geometries, table: gpd.GeoDataFrame, record: Record) -> Geometries:
    """Return polygons and points; invalid polygons are mended, closed lines become polygons, the rest becomes None."""
    kind = shapely.get_type_id(geometry)
    gone = absent(geometry)
    out = geometry.copy()
    out[gone] = None
    wild = ~gone & running_wild(geometry)
    out[wild] = _as_points(layer, geometry, wild, table, record)
    odd = ~gone & ~wild
    odd[odd] = ~np.isin(kind[odd], (0, 3, 6)) | ~shapely.is_valid(geometry[odd])
    for i in np.flatnonzero(odd):
        out[i] = _one_mended(geometry[i])
        if out[i] is None or out[i].geom_type == "Point":
            continue
        change = abs(out[i].area - geometry[i].area)
        building = table["building_id"].iloc[i]
        message = msg(
            "{where}, {rows}: footprint of building {building} mended ({reason}); its area changed by {m2} m²",
            where=layer.where,
            rows=layer.rows([int(i)]),
            building=building,
            reason=shapely.is_valid_reason(geometry[i]),
            m2=round(change, 2),
        )
        record.find(
            [Finding("R00", Severity.NOTE, building, message, measure=float(change), unit="m2", geometry=out[i])]
        )
    return out


def _as_points(
    layer: Layer, geometry: Geometries, wild: NDArray[np.bool_], table: gpd.GeoDataFrame, record: Record
) -> Geometries:
    """Return the places of footprints that are none; their households stay where they are."""
    places = shapely.centroid(geometry[wild])
    for i, place in zip(np.flatnonzero(wild), places, strict=True):
        message = msg(
            "{where}, {rows}: footprint of building {building} runs to and fro thousands of times; it stands as a point until it is redrawn",
            where=layer.where,
            rows=layer.rows([int(i)]),
            building=table["building_id"].iloc[i],
        )
        record.find([Finding("R00", Severity.WARNING, table["building_id"].iloc[i], message, geometry=place)])
    return np.asarray(places, dtype=object)


def _one_mended(geometry: Shape) -> Shape | None:
    if geometry.geom_type == "MultiPoint":
        return shapely.point_on_surface(geometry)
    if geometry.geom_type in {"LineString", "LinearRing"}:
        if not geometry.is_closed or len(geometry.coords) < 4:
            return None
        geometry = shapely.Polygon(geometry.coords)
    return polygons_of(shapely.make_valid(geometry))


def _set_aside(layer: Layer, table: gpd.GeoDataFrame, lost: NDArray[np.bool_], record: Record) -> None:
    if not lost.any():
        return
    rows = np.flatnonzero(lost)
    households = int(table.loc[lost, "households"].fillna(0).sum()) if "households" in table else 0
    if households:
        message = msg(
            "{where}, {rows}: no usable footprint; set aside with {households} households, which are now in no area",
            where=layer.where,
            rows=layer.rows(rows),
            households=households,
        )
        record.find(
            [Finding("R08", Severity.ERROR, str(layer.where), message, measure=float(households), unit="households")]
        )
    else:
        message = msg("{where}, {rows}: no usable footprint; set aside", where=layer.where, rows=layer.rows(rows))
        record.find(
            [Finding("R00", Severity.WARNING, str(layer.where), message, measure=float(len(rows)), unit="rows")]
        )
