"""Open what other people drew: any polygon layer that is to be judged, with the same care as input."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import geopandas as gpd

from areaplan.files.reading.layers import open_layer
from areaplan.files.reading.record import Record
from areaplan.settings import settings_from

__all__ = ["is_plan", "read_layer"]


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
    except sqlite3.DatabaseError:
        return path.name == "plan.gpkg"
    return {"meta", "areas", "cells"} <= tables


def read_layer(
    path: str | Path, *, layer: str | None = None, columns: Sequence[str | None] = (), crs: str | None = None
) -> gpd.GeoDataFrame:
    """Read a layer as it stands in the file: rows in their order, nothing repaired.

    Parameters
    ----------
    path
        A local file of a known kind.
    layer
        Needed where the file has several.
    columns
        Columns that must be there; ``None`` entries are passed over.
    crs
        Its coordinate system, where the file does not say.

    Raises
    ------
    InputError
        When file, layer or a column is not there, or cannot be read.
    """
    path = Path(path)
    given = {"path": path.name, **({"layer": layer} if layer else {}), **({"crs": crs} if crs else {})}
    settings = settings_from({"input": {"villages": given}}, folder=path.parent)
    record = Record()
    opened = open_layer(settings, settings.input.villages, {c: c for c in columns if c}, record)
    record.stop_if_faulty()
    assert opened is not None  # noqa: S101 - a reading without a layer has a fault
    return gpd.GeoDataFrame(opened.table, geometry=opened.geometry, crs=opened.crs)
