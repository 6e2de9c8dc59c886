"""Open one layer of one file: find it, find its columns, read its rows, and say what is wrong in the words of the file."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely
from numpy.typing import NDArray

from areaplan.errors import InputError
from areaplan.files.reading.asked import all_there, pick_layer
from areaplan.files.reading.curves import curves_found
from areaplan.files.reading.encodings import has_torn_names
from areaplan.files.reading.limits import LIMITS, long_texts, many_rows, many_vertices, parquet_fault, stored_query
from areaplan.files.reading.paths import local_file
from areaplan.files.reading.record import Record, row_list
from areaplan.files.reading.texts import dbf_of, decoded, text_encoding, untorn
from areaplan.messages import Message, msg
from areaplan.reasons import library_reason
from areaplan.settings import LayerInput, Settings

__all__ = ["Layer", "open_layer", "open_table", "opening", "quiet"]

PARQUET = (".parquet", ".geoparquet")


@dataclass(frozen=True)
class Layer:
    """Hold the rows of one layer as they stand in the file: row ``i`` of ``table`` is row ``first_row + i`` of the file."""

    where: Message
    table: pd.DataFrame
    geometry: np.ndarray[Any, Any]
    crs: pyproj.CRS | None
    first_row: int = 1

    def __len__(self) -> int:
        return len(self.table)

    def rows(self, positions: Sequence[int] | NDArray[np.integer[Any]]) -> Message:
        """Name rows as a person counts them in the file."""
        return row_list(
            [self.first_row + int(p) for p in np.asarray(self.table.index)[np.asarray(positions, dtype=np.intp)]]
        )

    def has(self, column: str | None) -> bool:
        """Tell whether there is such a column."""
        return column is not None and column in self.table.columns

    def column(self, name: str) -> pd.Series:
        """Return a column."""
        return self.table[name]


def open_layer(
    settings: Settings,
    spec: LayerInput,
    columns: dict[str, str | None],
    record: Record,
    *,
    maybe: Iterable[str] = (),
    whole: bool = False,
) -> Layer | None:
    """Read the named columns and the geometry of a layer; note every fault and return ``None`` if there is one.

    Parameters
    ----------
    settings, spec
        Which layer of which file.
    columns
        Settings key -> column that must be there (``None``: not asked for).
    record
        Takes faults (file, layer, columns) and findings (the encoding that was assumed).
    maybe
        Columns that are read when present.
    whole
        Read all columns, for a layer that is to be written again.
    """
    path = local_file(settings, spec, record)
    if path is None:
        return None
    layer = None
    with opening(spec, record):
        if path.suffix.lower() in PARQUET:
            layer = _parquet(path, spec, columns, record)
        else:
            layer = open_table(path, spec, columns, record, maybe, whole=whole)
    if layer is not None and layer.geometry.size == 0 and len(layer):
        record.fault(msg("{where}: has no geometry; name a layer that can be drawn", where=layer.where))
        return None
    return layer


@contextmanager
def opening(spec: LayerInput, record: Record) -> Iterator[None]:
    """Turn whatever a library says of a file it cannot read into a fault; damaged files raise nearly anything."""
    try:
        with quiet():
            yield
    except InputError as e:  # it speaks for itself
        record.faults += e.faults
    except (pyogrio.errors.CRSError, pyproj.exceptions.CRSError):
        record.fault(
            msg(
                "{path}: its coordinate system is written in no form that is known; take the .prj away and write crs = for this layer",
                path=spec.path,
            )
        )
    except Exception as e:
        record.fault(
            msg(
                "{path}: cannot be opened: {reason}",
                path=spec.path,
                reason=library_reason(e),
            )
        )


@contextmanager
def quiet() -> Iterator[None]:
    """Keep GDAL's remarks off the screen: what matters in them is said by a fault or a finding."""
    logger = logging.getLogger("pyogrio")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


def open_table(
    path: Path,
    spec: LayerInput,
    columns: dict[str, str | None],
    record: Record,
    maybe: Iterable[str] = (),
    *,
    whole: bool = False,
) -> Layer | None:
    """Read a table of a file that GDAL opens, with or without geometry."""
    name = pick_layer(path, spec, record)
    if name is None:
        return None
    where = msg("{path}, layer {layer}", path=spec.path, layer=name)
    if stored_query(path, name):
        record.fault(msg("{where}: is a stored query, not a table; save it as a layer of its own", where=where))
        return None
    encoding = text_encoding(path, spec, where, record)
    if encoding == "":
        return None
    torn = path.suffix.lower() == ".shp" and encoding is not None and has_torn_names(dbf_of(path), encoding)
    raw = "ISO-8859-1" if torn else encoding  # GDAL cannot name a column whose name ends inside a character
    info = pyogrio.read_info(path, layer=name, encoding=raw)
    row_id = str(info.get("fid_column") or "")
    fields = [decoded(str(f), encoding) if torn else str(f) for f in info["fields"]]
    stored = dict(zip(fields, map(str, info["fields"]), strict=True))
    if not all_there(where, columns, [*fields, *([row_id] if row_id else [])], record):
        return None
    wanted = {c for c in (*columns.values(), *maybe) if c is not None}
    table = _rows(
        path, int(info["features"]), layer=name, encoding=raw, columns=[stored[f] for f in stored if whole or f in wanted],
        fid_as_index=bool(row_id) and row_id in wanted,
    )  # fmt: skip
    record.find(curves_found(path, name, where, spec.path))
    if row_id and row_id in wanted:
        table = table.reset_index(names=row_id)
    return _layer(where, untorn(table, str(encoding)) if torn else table, spec, record)


def _rows(path: Path, said: int, **how: Any) -> pd.DataFrame:
    """Read the rows of a table up to one more than are allowed, whatever number the file ``said`` it has (-1: none).

    The engine takes memory for as many rows as it may read, five million at once; so it is asked for a few more than there should be first.
    """
    most = LIMITS.rows + 1
    room = min(most, 2 * said + 1000) if said >= 0 else most
    table = pyogrio.read_dataframe(path, force_2d=True, on_invalid="ignore", max_features=room, **how)
    if len(table) < room or room == most:
        return table
    return pyogrio.read_dataframe(path, force_2d=True, on_invalid="ignore", max_features=most, **how)


def _parquet(path: Path, spec: LayerInput, columns: dict[str, str | None], record: Record) -> Layer | None:
    import pyarrow.parquet as pq

    where = msg("{path}", path=spec.path)
    fields = [str(n) for n in pq.read_schema(path).names]
    too_large = parquet_fault(where, path)
    if too_large:
        record.fault(too_large)
        return None
    if not all_there(where, columns, fields, record):
        return None
    return _layer(where, gpd.read_parquet(path), spec, record)


def _layer(where: Message, table: pd.DataFrame, spec: LayerInput, record: Record) -> Layer | None:
    too_many = many_rows(where, len(table))
    drawn = isinstance(table, gpd.GeoDataFrame)
    if too_many is None and drawn:
        too_many = many_vertices(where, np.asarray(table.geometry.array, dtype=object))
    if too_many is None:
        too_many = long_texts(where, table.drop(columns=table.geometry.name) if drawn else table)
    if too_many:
        record.fault(too_many)
        return None
    if not isinstance(table, gpd.GeoDataFrame):
        return Layer(where, table.reset_index(drop=True), np.empty(0, dtype=object), None)
    crs = table.crs
    if spec.crs:
        try:
            crs = pyproj.CRS.from_user_input(spec.crs)
        except pyproj.exceptions.CRSError:
            record.fault(
                msg('{where}: crs = "{crs}" is not known; write for example "EPSG:4549"', where=where, crs=spec.crs)
            )
            return None
    geometry = shapely.force_2d(np.asarray(table.geometry.array, dtype=object))
    plain = pd.DataFrame(table.drop(columns=table.geometry.name)).reset_index(drop=True)
    return Layer(where, plain, geometry, crs)
