"""Hold the files of a shapefile against one another: where one is of another day or cut off, rows would vanish without a word."""

from __future__ import annotations

import struct
from pathlib import Path

from areaplan.messages import Message, msg

__all__ = ["companion", "lacking_fault", "shapefile_fault"]

_HEAD = 100
"""Bytes before the first record of .shp and .shx; a record of .shx has eight."""


def companion(path: Path, suffix: str) -> Path | None:
    """Return the file of the same name with another suffix, in small or capital letters."""
    return next((p for p in (path.with_suffix(suffix), path.with_suffix(suffix.upper())) if p.exists()), None)


def lacking_fault(given: str, path: Path) -> Message | None:
    """Return which files a shapefile lacks, whatever is in those that are there."""
    lacking = [suffix for suffix in (".shx", ".dbf") if companion(path, suffix) is None]
    if path.suffix.lower() != ".shp" or not lacking:
        return None
    missing = ", ".join(lacking)
    return msg("{path}: {missing} is missing beside it; a shapefile is several files", path=given, missing=missing)


def shapefile_fault(given: str, path: Path) -> Message | None:
    """Return why the files, all there, do not make one layer: one is cut off, or they hold different numbers of rows.

    A ``.dbf`` by itself is a table.
    """
    if path.suffix.lower() == ".dbf":
        return _cut_off(given, [".dbf"] * _short(path, _rows_end(path)))
    shx, dbf = companion(path, ".shx"), companion(path, ".dbf")
    if shx is None or dbf is None:
        return lacking_fault(given, path)
    cut = [
        suffix
        for suffix, at, own in ((".shp", path, _words), (".shx", shx, _words), (".dbf", dbf, _rows_end))
        if _short(at, own(at))
    ]
    if cut:
        return _cut_off(given, cut)
    shapes, rows = (_words(shx) - _HEAD) // 8, struct.unpack("<I", _first(dbf)[4:8])[0]
    if shapes != rows:
        return msg(
            "{path}: .shx has {shapes} shapes, but .dbf {rows} rows; they are not of one layer, or of different days: copy all its files again",
            path=given, shapes=shapes, rows=rows,
        )  # fmt: skip
    return None


def _cut_off(given: str, parts: list[str]) -> Message | None:
    if not parts:
        return None
    return msg("{path}: {cut} is cut off before its end; copy all its files again", path=given, cut=", ".join(parts))


def _short(path: Path, claimed: int) -> bool:
    return path.stat().st_size < max(claimed, 32)


def _first(path: Path) -> bytes:
    with path.open("rb") as f:
        return f.read(32).ljust(32, b"\0")


def _words(path: Path) -> int:
    """Return the length in bytes that .shp and .shx say they have, in words of two."""
    return 2 * int(struct.unpack(">I", _first(path)[24:28])[0])


def _rows_end(path: Path) -> int:
    """Return where the last row of a .dbf ends, by its own head."""
    rows, head, size = struct.unpack("<IHH", _first(path)[4:12])
    return int(head + rows * size)
