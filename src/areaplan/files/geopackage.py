"""Layers in one GeoPackage, with the styles that QGIS looks for; what the plan file and deliveries share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import geopandas as gpd
import pyogrio

from areaplan.files.geometry_types import geometry_type, main_shape
from areaplan.files.styles import layer_styles

__all__ = ["register_table", "unsynced", "write_geopackage", "write_layer", "write_styles"]

_EMPTY_TYPES: Final = {
    "lines": "LineString", "cell_borders": "LineString", "outer_borders": "LineString", "boundaries": "LineString",
    "findings": "Unknown", "settlement": "Unknown",
}  # fmt: skip
_DATE: Final = "2000-01-01T00:00:00.000Z"  # one of many equal dates, so that the same layers give the same bytes


def write_geopackage(path: Path, layers: Mapping[str, gpd.GeoDataFrame], *, description: str = "") -> None:
    """Write layers with their styles to a new file; the same layers give the same bytes.

    Parameters
    ----------
    path
        A file that is not there yet.
    layers
        By name; those of the plan file get its styles.
    description
        What is said of every layer, for instance its class.
    """
    with unsynced():
        for layer, table in layers.items():
            write_layer(path, layer, table)
    with closing(sqlite3.connect(path)) as db, db:
        write_styles(db, layers)
        db.execute("UPDATE gpkg_contents SET last_change = ?, description = ?", (_DATE, description))


@contextmanager
def unsynced() -> Iterator[None]:
    """Let GDAL leave it to the end to wait for the disk: the file is brought there once, before it gets its name."""
    name = "OGR_SQLITE_SYNCHRONOUS"
    before = pyogrio.get_gdal_config_option(name)
    pyogrio.set_gdal_config_options({name: "OFF"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({name: before})


def write_layer(path: Path, layer: str, table: gpd.GeoDataFrame) -> None:
    """Add a layer to a GeoPackage."""
    empty = _EMPTY_TYPES.get(layer, "Polygon")
    kind = "Unknown" if layer == "findings" else geometry_type(table, empty)
    pyogrio.write_dataframe(
        table,
        path,
        layer=layer,
        driver="GPKG",
        geometry_type=kind,
        promote_to_multi=kind.startswith("Multi"),
        append=path.exists(),
    )


def register_table(db: sqlite3.Connection, name: str) -> None:
    """Register a table without geometry as the standard wants it."""
    db.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, 'attributes', ?, 0)",
        (name, name),
    )


def write_styles(db: sqlite3.Connection, layers: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Add the table in which QGIS looks for the default style of each layer."""
    db.execute(
        'CREATE TABLE layer_styles ("id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "f_table_catalog" TEXT(256), '
        '"f_table_schema" TEXT(256), "f_table_name" TEXT(256), "f_geometry_column" TEXT(256), "styleName" TEXT(30), '
        '"styleQML" TEXT, "styleSLD" TEXT, "useAsDefault" BOOLEAN, "description" TEXT, "owner" TEXT(30), "ui" TEXT(30), '
        '"update_time" DATETIME)'
    )
    shapes = {name: shape for name, table in layers.items() if (shape := main_shape(table))}
    db.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, "
        "styleSLD, useAsDefault, description, owner, ui, update_time) VALUES ('', '', ?, 'geom', ?, ?, '', 1, '', '', '', ?)",
        [(name, name, qml, _DATE) for name, qml in layer_styles(shapes).items() if name in layers],
    )
    register_table(db, "layer_styles")
