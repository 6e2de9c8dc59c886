"""Rows of a CSV file of comments."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import shapely

from areaplan.errors import InputError
from areaplan.files.reviewing.rows import RawComment
from areaplan.messages import msg

__all__ = ["csv_rows"]


def csv_rows(path: Path, _crs: Any = None) -> list[RawComment]:
    """Return the rows of the file; the apostrophe before a text that a spreadsheet would compute is taken away."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gbk", errors="replace")
    try:
        table = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as e:
        raise InputError(msg("{file}: not readable as CSV: {why}", file=path.name, why=str(e)[:120])) from None
    if not table:
        raise InputError(msg("{file}: empty", file=path.name))
    names = [n.strip() for n in table[0]]
    rows, faults = [], []
    for number, line in enumerate(table[1:], 2):
        values = {n: _plain(v) for n, v in zip(names, line, strict=False) if n}
        if not any(values.values()):
            continue
        try:
            sketch = shapely.from_wkt(values["wkt"]) if values.get("wkt") else None
        except shapely.errors.ShapelyError:
            faults.append(
                msg("{file}, row {number}: the sketch in column wkt is not readable", file=path.name, number=number)
            )
            continue
        rows.append(RawComment(msg("row {number}", number=number), values, sketch))
    if faults:
        raise InputError(faults)
    return rows


def _plain(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] in set("=+-@\t\r＝＋－＠") else text
