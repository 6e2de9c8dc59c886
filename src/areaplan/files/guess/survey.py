"""Look into a folder and see what lies there: layers, their columns, a few rows of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from areaplan.files.reading.columns import as_code
from areaplan.files.reading.crs import crs_to_write
from areaplan.files.reading.encodings import Encoding, shapefile_encoding
from areaplan.files.reading.layers import Layer, quiet
from areaplan.files.reading.paths import LAYER_SUFFIXES, TABLE_SUFFIXES, file_fault
from areaplan.files.reading.sheets import read_csv, read_xlsx, sheet_names
from areaplan.messages import Message, msg

__all__ = ["Seen", "survey"]

SAMPLE_ROWS = 500
DEEP = 2
"""Folders below the one named that are looked into."""
PARQUET = (".parquet", ".geoparquet")


@dataclass(frozen=True)
class Seen:
    """Hold what was seen of one layer or table; ``shape`` is polygon, line, point or table."""

    path: str
    layer: str | None
    shape: str
    rows: int
    sample: pd.DataFrame
    has_crs: bool
    size_m: float
    encoding: Encoding | None = None
    crs_to_write: str | None = None

    @property
    def label(self) -> str:
        """Name the layer as the settings do."""
        return f"{self.path} [{self.layer}]" if self.layer else self.path

    @property
    def name(self) -> str:
        """The name that tells what it is: the layer's, else the file's."""
        return self.layer or Path(self.path).stem

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        return [str(c) for c in self.sample.columns]

    def unique(self, column: str) -> bool:
        """Tell whether a column can be a key, as far as the sample shows."""
        codes = as_code(self.sample[column])
        return None not in codes and len(set(codes)) == len(codes)


def survey(folder: Path) -> tuple[list[Seen], list[tuple[str, str]]]:
    """Return what can be read in a folder, sorted by path, and the files that cannot, with the reason."""
    seen: list[Seen] = []
    odd: list[tuple[str, str]] = []
    for path in sorted(_files(folder, DEEP)):
        name = path.relative_to(folder).as_posix()
        fault: Message | None = file_fault(name, path, (*LAYER_SUFFIXES, *TABLE_SUFFIXES))
        if fault is not None:
            odd.append((name, str(fault)))
            continue
        try:
            with quiet():
                seen += _look(path, name)
        except Exception as e:
            odd.append((name, " ".join(str(e).split())[:120]))
    return seen, odd


def _files(folder: Path, deep: int) -> Iterator[Path]:
    known = {*LAYER_SUFFIXES, *TABLE_SUFFIXES}
    for path in folder.iterdir():
        suffix = path.suffix.lower()
        if path.name.startswith((".", "~$")) or path.name == "plan.gpkg":
            continue
        if suffix in known and not (suffix == ".dbf" and path.with_suffix(".shp").exists()):
            yield path
        elif path.is_dir() and deep and not suffix:
            yield from _files(path, deep - 1)


def _look(path: Path, name: str) -> list[Seen]:
    suffix = path.suffix.lower()
    if suffix == ".csv":
        sheet = read_csv(path, None)
        return [] if sheet is None else [_seen(name, None, sheet.table.head(SAMPLE_ROWS), len(sheet.table))]
    if suffix == ".xlsx":
        tables = [(s, read_xlsx(path, s).table) for s in sheet_names(path)]
        return [_seen(name, s, t.head(SAMPLE_ROWS), len(t)) for s, t in tables if len(t)]
    if suffix in PARQUET:
        table = gpd.read_parquet(path)
        return [_seen(name, None, table.head(SAMPLE_ROWS), len(table))]
    return [_ogr(path, name, str(layer)) for layer, _ in pyogrio.list_layers(path)]


def _ogr(path: Path, name: str, layer: str) -> Seen:
    encoding = None
    if path.suffix.lower() in {".shp", ".dbf"}:
        encoding = shapefile_encoding(path.with_suffix(".dbf"))
    given = encoding.name if encoding else None
    table = pyogrio.read_dataframe(
        path, layer=layer, max_features=SAMPLE_ROWS, encoding=given, on_invalid="ignore", force_2d=True
    )
    rows = int(pyogrio.read_info(path, layer=layer, encoding=given)["features"])
    one = len(pyogrio.list_layers(path)) == 1 and path.suffix.lower() != ".gpkg"
    return _seen(name, None if one else layer, table, rows, encoding)


def _seen(path: str, layer: str | None, table: Any, rows: int, encoding: Encoding | None = None) -> Seen:
    if not isinstance(table, gpd.GeoDataFrame):
        return Seen(path, layer, "table", rows, table, True, 0.0, encoding)
    geometry = np.asarray(table.geometry.array, dtype=object)
    kinds = shapely.get_dimensions(geometry)
    shape = {0: "point", 1: "line", 2: "polygon"}.get(
        int(np.bincount(kinds[kinds >= 0], minlength=3).argmax()), "table"
    )
    plain = pd.DataFrame(table.drop(columns=table.geometry.name))
    crs = crs_to_write(Layer(msg("{path}", path=path), plain, geometry, table.crs)) if shape == "polygon" else None
    return Seen(path, layer, shape, rows, plain, table.crs is not None, _size_m(geometry), encoding, crs)


def _size_m(geometry: np.ndarray[Any, Any]) -> float:
    """Return the usual width of a feature in metres; coordinates small enough to be degrees are taken for degrees."""
    bounds = shapely.bounds(geometry[~shapely.is_empty(geometry) & ~shapely.is_missing(geometry)])
    if not len(bounds):
        return 0.0
    width = float(np.median(np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])))
    return width * 111_000 if np.abs(bounds).max() <= 360 else width
