"""Curves in a GeoPackage: which rows hold arcs, for what is read of them are short straight pieces.

GDAL hands arcs over as a vertex every four degrees, the same ones whichever way the arc runs, so neighbours still share them. The ground
inside such a chord is smaller by 0.08 % of a full circle's; that is to be known, not to be passed over.
"""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from pathlib import Path

from areaplan.files.reading.record import row_list
from areaplan.messages import Message, msg
from areaplan.model import Finding, Severity

__all__ = ["curved_rows", "curves_found"]

_CURVED = frozenset({8, 9, 10, 11, 12, 13, 14})
"""Circular string, compound curve, curve polygon, multicurve, multisurface, curve, surface (ISO 13249-3)."""
_ENVELOPE = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_HEAD = 8 + max(_ENVELOPE.values()) + 5


def curved_rows(path: Path, layer: str) -> list[int]:
    """Return the places (from 0, in the order of the file) of rows of a GeoPackage whose geometry holds arcs; none for other files."""
    if path.suffix.lower() != ".gpkg":
        return []
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            named = "SELECT table_name, column_name FROM gpkg_geometry_columns WHERE lower(table_name) = lower(?)"
            row = db.execute(named, (layer,)).fetchone()
            if row is None:
                return []
            table, column = (str(name).replace('"', '""') for name in row)
            if not _holds_curves(db, table, column):
                return []
            heads = db.execute(f'SELECT substr("{column}", 1, {_HEAD}) FROM "{table}" ORDER BY rowid')  # noqa: S608 - names are quoted
            return [i for i, (head,) in enumerate(heads) if isinstance(head, bytes) and _is_curved(head)]
    except (sqlite3.Error, UnicodeDecodeError):
        return []  # whoever opens it says what is wrong


def _holds_curves(db: sqlite3.Connection, table: str, column: str) -> bool:
    """Tell whether any geometry of a table is of a curved kind, by the few different beginnings that its geometries have."""
    begun = db.execute(f'SELECT DISTINCT substr("{column}", 1, 4) FROM "{table}"').fetchall()  # noqa: S608 - names are quoted
    for first in (first for (first,) in begun if isinstance(first, bytes) and len(first) == 4):
        at = _kind_at(first)
        kinds = db.execute(
            f'SELECT DISTINCT substr("{column}", {at + 1}, 5) FROM "{table}" WHERE substr("{column}", 1, 4) = ?',  # noqa: S608
            (first,),
        )
        if any(isinstance(kind, bytes) and _is_curved(first.ljust(at, b"\0") + kind) for (kind,) in kinds):
            return True
    return False


def _kind_at(head: bytes) -> int:
    """Return where the geometry itself begins, behind the envelope."""
    return 8 + _ENVELOPE.get((head[3] >> 1) & 7, 0)


def _is_curved(head: bytes) -> bool:
    """Tell by the first bytes of a GeoPackage's geometry whether it is of a curved kind."""
    if len(head) < 8 or head[:2] != b"GP":
        return False
    at = _kind_at(head)
    if len(head) < at + 5:
        return False
    kind = struct.unpack_from("<I" if head[at] == 1 else ">I", head, at + 1)[0] & 0x0FFFFFFF
    return kind % 1000 in _CURVED


def curves_found(path: Path, layer: str, where: Message, given: str) -> list[Finding]:
    """Return a note that names the rows with arcs, if there are any."""
    rows = curved_rows(path, layer)
    if not rows:
        return []
    message = msg(
        "{where}, {rows}: drawn with arcs; read as straight pieces, a vertex every 4 degrees of the arc",
        where=where,
        rows=row_list([i + 1 for i in rows]),
    )
    return [Finding("R00", Severity.NOTE, given, message, measure=float(len(rows)), unit="rows")]
