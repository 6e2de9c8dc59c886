"""Bounds on what is opened: a file made to harm, or by mistake the whole country's, is refused in a sentence instead of filling the memory.

The bounds lie far above a county (Fujian had 5,000,000 buildings in 2010, a town has thousands): whoever meets one has the wrong file.
"""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from areaplan.messages import Message, msg

__all__ = [
    "LIMITS",
    "Limits",
    "long_texts",
    "many_rows",
    "many_vertices",
    "parquet_fault",
    "size_fault",
    "stored_query",
    "workbook_fault",
]


class Limits:
    """Hold the bounds: rows of a layer, vertices of a layer, characters of one text, bytes of a file, and of an archive once unpacked."""

    rows = 5_000_000
    vertices = 200_000_000
    characters = 10_000
    file_bytes = 4_000_000_000
    unpacked_bytes = 300_000_000
    unpacked_ratio = 100  # office workbooks unpack to 5 to 20 times their size


LIMITS = Limits()


def size_fault(given: str, path: Path) -> Message | None:
    """Return why a file is too large to be opened, or ``None``; a folder (``.gdb``) is as large as its files."""
    files = [p for p in path.rglob("*") if p.is_file()] if path.is_dir() else [path]
    size = sum(p.stat().st_size for p in files)
    if size > LIMITS.file_bytes:
        return msg("{path}: has {size} GB, more than the {most} GB that are opened; deliver it county by county",
                   path=given, size=f"{size / 1e9:.1f}", most=f"{LIMITS.file_bytes / 1e9:g}")  # fmt: skip
    return None


def many_rows(where: object, rows: int) -> Message | None:
    """Return why a layer has too many rows, or ``None``."""
    if rows <= LIMITS.rows:
        return None
    return msg("{where}: has more than {most} rows; deliver it county by county", where=where, most=f"{LIMITS.rows:,}")


def many_vertices(where: object, geometry: NDArray[Any]) -> Message | None:
    """Return why a layer has too many vertices, or ``None``."""
    count = int(np.sum(shapely.get_num_coordinates(geometry), dtype=np.int64))
    if count <= LIMITS.vertices:
        return None
    return msg("{where}: has {count} vertices, more than {most}; simplify it, or deliver it county by county",
               where=where, count=f"{count:,}", most=f"{LIMITS.vertices:,}")  # fmt: skip


def long_texts(where: object, table: pd.DataFrame) -> Message | None:
    """Return which column holds a text that is no name or code, for a megabyte of it would go into every message and map; or ``None``."""
    for column in table.columns:
        if table[column].dtype != object and not pd.api.types.is_string_dtype(table[column]):
            continue
        lengths = np.array(
            [len(v) if isinstance(v, (str, bytes)) else 0 for v in table[column].tolist()], dtype=np.int64
        )
        row = int(lengths.argmax()) if len(lengths) else 0
        if len(lengths) and lengths[row] > LIMITS.characters:
            return msg("{where}, row {row}: the text in column {column} has {count} characters, more than {most}; shorten it",
                       where=where, row=row + 1, column=column, count=f"{lengths[row]:,}", most=f"{LIMITS.characters:,}")  # fmt: skip
    return None


def stored_query(path: Path, layer: str) -> bool:
    """Tell whether a layer of a GeoPackage is a view: a query that runs whatever its maker wrote, perhaps without end."""
    if path.suffix.lower() != ".gpkg":
        return False
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            row = db.execute("SELECT type FROM sqlite_master WHERE lower(name) = lower(?)", (layer,)).fetchone()
    except (sqlite3.Error, UnicodeDecodeError):
        return False  # whoever opens it says what is wrong
    return row is not None and row[0] == "view"


def parquet_fault(where: object, path: Path) -> Message | None:
    """Return why a Parquet file is too large once unpacked, by what its own index says, or ``None``."""
    import pyarrow.parquet as pq

    index = pq.read_metadata(path)
    unpacked = sum(index.row_group(i).total_byte_size for i in range(index.num_row_groups))
    if unpacked > LIMITS.file_bytes:
        return _unpacks(where, unpacked)
    return many_rows(where, index.num_rows)


def workbook_fault(given: object, path: Path) -> Message | None:
    """Return why an XLSX file (a zip archive) is not opened: too large unpacked, or packed as no office packs; or ``None``."""
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(i.file_size for i in archive.infolist())
    packed = max(path.stat().st_size, 1)
    if unpacked > LIMITS.unpacked_bytes or (unpacked > 10_000_000 and unpacked > LIMITS.unpacked_ratio * packed):
        return _unpacks(given, unpacked)
    return None


def _unpacks(where: object, size: int) -> Message:
    return msg("{where}: would unpack to {size} MB; it is not opened", where=where, size=f"{size / 1e6:,.0f}")
