"""What a plan file must be like: its layers, their columns and types, coordinates on earth, one coordinate system."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from areaplan.errors import InputError
from areaplan.files.reading.record import row_list
from areaplan.messages import Message, msg
from areaplan.schema import SCHEMA, TABLES, Kind, typed

__all__ = ["columns_by_table", "layers_there", "require_one_crs", "require_places", "require_types"]

_OPTIONAL_LAYERS: Final = {"outer_borders", "base_areas", "settlement", "parents", "complexes", "units", "pins"}
_OPTIONAL_COLUMNS: Final = {
    ("cells", "label"),
    ("villages", "exclave"),
    ("buildings", "entrances"),
    ("buildings", "sensitive"),
    ("buildings", "unit"),
    ("base_areas", "unit"),
    ("cells", "unit"),
    ("cell_borders", "barrier"),
    ("correspondence", "revision"),
}
_KINDS: Final[dict[Kind, tuple[str, ...]]] = {
    "text": ("TEXT", "VARCHAR", "CHAR"),
    "integer": ("INT", "MEDIUMINT", "SMALLINT", "TINYINT"),
    "real": ("REAL", "DOUBLE", "FLOAT", "INT", "MEDIUMINT"),
    "flag": ("BOOL", "INT", "MEDIUMINT", "SMALLINT", "TINYINT"),
}

_FARTHEST_M = 1e9
"""Beyond any coordinate of a projected CRS in metres; those with a zone number in front reach 5e7."""


def layers_there(db: sqlite3.Connection, path: Path) -> tuple[list[str], list[Message]]:
    """Return the layers to read, and what is wrong with their form."""
    found, faults = columns_by_table(db), []
    spatial = {str(n) for (n,) in db.execute("SELECT table_name FROM gpkg_geometry_columns")}
    for layer, columns in SCHEMA.items():
        if layer not in found:
            if layer not in _OPTIONAL_LAYERS:
                faults.append(msg("{path}: the layer `{layer}` is missing", path=path, layer=layer))
            continue
        if layer not in spatial:
            faults.append(msg("{path}: the layer `{layer}` has no geometry", path=path, layer=layer))
        faults += _column_faults(found[layer], columns, layer, path)
    for table, columns in TABLES.items():
        if table in found:
            faults += _column_faults(found[table], columns, table, path)
    return [layer for layer in SCHEMA if layer in found], faults


def _column_faults(found: Mapping[str, str], columns: Mapping[str, Kind], layer: str, path: Path) -> Iterator[Message]:
    for name, kind in columns.items():
        if name not in found:
            if (layer, name) not in _OPTIONAL_COLUMNS:
                yield msg("{path}: the layer `{layer}` has no column `{column}`", path=path, layer=layer, column=name)
        elif not found[name].startswith(_KINDS[kind]):
            yield msg(
                "{path}: the column `{column}` of `{layer}` is {found}; it must be {kind}",
                path=path,
                layer=layer,
                column=name,
                found=found[name] or "BLOB",
                kind=_KINDS[kind][0],
            )


def columns_by_table(db: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """Return the columns of every registered table, and their declared types without lengths."""
    names = [str(n) for (n,) in db.execute("SELECT table_name FROM gpkg_contents")]
    return {
        name: {row[1]: str(row[2]).upper().partition("(")[0] for row in db.execute("SELECT * FROM pragma_table_info(?)", (name,))}
        for name in names
    }  # fmt: skip


def require_types(table: pd.DataFrame, columns: Mapping[str, Kind], layer: str, path: Path) -> None:
    """Refuse values that are not of the type their column is declared to be; SQLite stores anything anywhere."""
    odd = [name for name, kind in columns.items() if name in table.columns and not _is_typed(table[name], kind)]
    if odd:
        raise InputError([
            msg("{path}: the column `{column}` of `{layer}` holds values that are no {kind}",
                path=path, layer=layer, column=name, kind=_KINDS[columns[name]][0])
            for name in odd
        ])  # fmt: skip


def _is_typed(column: pd.Series, kind: Kind) -> bool:
    try:
        typed(column, kind, len(column))
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def require_places(layers: Mapping[str, gpd.GeoDataFrame], path: Path) -> None:
    """Refuse coordinates of no place on earth: no distance, area or drawing can be made of them."""
    faults = []
    for name, table in layers.items():
        xy, row = shapely.get_coordinates(table.geometry.to_numpy(), return_index=True)
        far = np.unique(row[(np.abs(xy) > _FARTHEST_M).any(axis=1)])
        if len(far):
            faults.append(
                msg("{path}: the layer `{layer}`, {rows}: coordinates of no place on earth; write the plan again, or redraw",
                    path=path, layer=name, rows=row_list([int(r) + 1 for r in far]))
            )  # fmt: skip
    if faults:
        raise InputError(faults)


def require_one_crs(layers: Mapping[str, gpd.GeoDataFrame], path: Path) -> None:
    """Hold every layer to the CRS of the villages, which must be projected."""
    crs = layers["villages"].crs
    if crs is None or not crs.is_projected:
        raise InputError(msg("{path}: the layer `villages` has no projected CRS", path=path))
    odd = [name for name, table in layers.items() if table.crs != crs]
    if odd:
        raise InputError(
            [msg("{path}: the CRS of `{layer}` is not that of `villages`", path=path, layer=name) for name in odd]
        )
