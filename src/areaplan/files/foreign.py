"""Open what other people drew: any polygon layer that is to be judged, with the same care as input."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from areaplan.errors import InputError
from areaplan.files.guess.words import COLUMNS
from areaplan.files.reading.columns import as_code, as_text
from areaplan.files.reading.crs import contradicts
from areaplan.files.reading.layers import Layer, open_layer
from areaplan.files.reading.record import Record
from areaplan.messages import msg
from areaplan.model import Finding
from areaplan.settings import settings_from

__all__ = ["is_plan", "known_column", "read_base_map", "read_layer"]


def is_plan(path: str | Path) -> bool:
    """Tell whether a file is, or was meant to be, a plan of areaplan; a folder with ``plan.gpkg`` is one too.

    A file that is no database at all but is called ``plan.gpkg`` counts, so that reading it says what is wrong with it.
    """
    path = Path(path)
    if path.is_dir() and not path.suffix:
        return True
    if path.suffix.lower() != ".gpkg" or not path.is_file():
        return path.name == "plan.gpkg"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return path.name == "plan.gpkg"
    return {"meta", "areas", "cells"} <= tables


def read_layer(
    path: str | Path,
    *,
    layer: str | None = None,
    columns: Mapping[str, str | None] | Sequence[str | None] = (),
    maybe: Sequence[str] = (),
    crs: str | None = None,
    encoding: str | None = None,
    said: list[Finding] | None = None,
) -> gpd.GeoDataFrame:
    """Read a layer as it stands in the file: rows in their order, nothing repaired.

    Parameters
    ----------
    path
        A local file of a known kind.
    layer
        Needed where the file has several.
    columns
        Columns that must be there, by what asks for them (a message names it) or plain; ``None`` entries are passed over.
    maybe
        Columns that are read when present, whatever their case.
    crs
        Its coordinate system, where the file does not say.
    encoding
        How its text is encoded; found out where it is not given.
    said
        Grows by what had to be assumed: the encoding, arcs read as straight pieces.

    Raises
    ------
    InputError
        When file, layer or a column is not there, or cannot be read.
    """
    path = Path(path)
    given = {"path": str(path), **({"layer": layer} if layer else {}), **({"encoding": encoding} if encoding else {})}
    settings = settings_from({"input": {"villages": given}}, folder=Path())
    record = Record()
    asked = columns if isinstance(columns, Mapping) else {c: c for c in columns if c}
    wanted: dict[str, str | None] = {key: column for key, column in asked.items() if column}
    opened = open_layer(settings, settings.input.villages, wanted, record, maybe=_any_case(maybe))
    if opened is not None:
        _must_be_somewhere(opened, record)
    record.stop_if_faulty()
    assert opened is not None  # noqa: S101 - a reading without a layer has a fault
    if said is not None:
        said += record.findings
    return gpd.GeoDataFrame(opened.table, geometry=opened.geometry, crs=opened.crs or _crs(crs))


def _must_be_somewhere(layer: Layer, record: Record) -> None:
    """Note a layer whose middle cannot be of the CRS it names; a vertex gone astray is the judge's business."""
    coords = shapely.get_coordinates(layer.geometry)
    coords = coords[np.isfinite(coords).all(axis=1)]
    if len(coords):
        middle = np.median(coords, axis=0)
        contradicts(
            replace(layer, table=layer.table.iloc[:1], geometry=np.array([shapely.Point(middle)], dtype=object)), record
        )


def _any_case(names: Sequence[str]) -> list[str]:
    return [n for name in names for n in dict.fromkeys((name, name.upper(), name.capitalize()))]


def _crs(text: str | None) -> pyproj.CRS | None:
    try:
        return pyproj.CRS.from_user_input(text) if text else None
    except pyproj.exceptions.CRSError:
        raise InputError(msg('the CRS "{crs}" is not known; write for example EPSG:4549', crs=text)) from None


def read_base_map(path: str | Path, *, layer: str | None = None, crs: str | None = None) -> gpd.GeoDataFrame:
    """Read an issued base map, or last census's layer: ``code``, ``name`` (null where it has none) and geometry.

    Raises
    ------
    InputError
        When it cannot be read, has no CRS, or no column that goes by a name for codes.
    """
    table = read_layer(path, layer=layer, maybe=(*COLUMNS["code"], *COLUMNS["name"]), crs=crs)
    code, name = known_column(table, "code"), known_column(table, "name")
    if code is None:
        names = " / ".join(COLUMNS["code"][:6])
        raise InputError(msg("{path}: no column of codes; call one {names}", path=path, names=names))
    if table.crs is None:
        raise InputError(msg("{path}: the layer has no CRS; say which it is (--crs)", path=path))
    columns = {"code": as_code(table[code]), "name": as_text(table[name]) if name else None}
    out = gpd.GeoDataFrame(columns, geometry=table.geometry.to_numpy(), crs=table.crs)
    return out[out["code"].notna()].reset_index(drop=True)


def known_column(table: gpd.GeoDataFrame, meaning: str) -> str | None:
    """Return the column that goes by the surest name of a meaning (``code``, ``name`` …), or ``None``; codes that differ go first."""
    lower = {str(c).lower(): str(c) for c in reversed(list(table.columns))}
    known = [lower[n] for n in COLUMNS[meaning] if n in lower]
    unique = [c for c in known if meaning == "code" and table[c].notna().any() and table[c].dropna().is_unique]
    return next(iter([*unique, *known]), None)
