"""Write a plan as one self-contained GeoPackage (``docs/plan-format.md``).

Features go through GDAL; tables, styles and dates through SQLite, which is quicker and exact. The same plan, meta and date give the same bytes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
from pyogrio.errors import DataSourceError, FeatureError

from areaplan import __version__
from areaplan.errors import OutputError
from areaplan.files.geopackage import register_table, unsynced, write_layer, write_styles
from areaplan.files.staged import staged_file
from areaplan.messages import msg
from areaplan.model import AreaPlan
from areaplan.schema import SCHEMA_VERSION, TABLES, Kind, conform, typed
from areaplan.settings import settings_text

__all__ = ["plan_layers", "plan_meta", "write_plan"]

_SQL: Final[dict[Kind, str]] = {"text": "TEXT", "integer": "INTEGER", "real": "REAL", "flag": "BOOLEAN"}
_WRITTEN_ANEW: Final = {
    "schema_version", "lang", "areaplan_version", "settings", "rule_pack", "seed", "content_hash", "created", "title", "estimated",
}  # fmt: skip


def write_plan(
    plan: AreaPlan,
    path: str | Path,
    *,
    content_hash: str | None = None,
    created: datetime | str | None = None,
    meta: Mapping[str, str] | None = None,
) -> None:
    """Write ``plan`` to ``path``, whole or not at all; an old file there stays until the new one is complete.

    Parameters
    ----------
    plan
        What to write. Messages of findings are stored in the language of its settings.
    path
        A file name ending in ``.gpkg``.
    content_hash
        The certificate's hash of this plan, to be stored with it.
    created
        The date that the file bears (a text in ISO form with an offset is fine too); default: now. Nothing else differs between two runs.
    meta
        More rows of the table ``meta``.

    Raises
    ------
    OutputError
        When the place cannot be written or the disk is full.
    """
    path = Path(path)
    stamp = _moment(created)
    extra = dict(meta or {}) | ({"content_hash": content_hash} if content_hash else {})
    layers = plan_layers(plan)
    with staged_file(path) as beside, _write_faults(path):
        with unsynced():
            for layer, table in layers.items():
                write_layer(beside, layer, table)
        with closing(sqlite3.connect(beside)) as db, db:
            db.execute("PRAGMA synchronous = OFF")
            for name, columns in TABLES.items():
                rows = plan_meta(plan, extra, stamp) if name == "meta" else _rows(plan.tables.get(name), columns)
                _write_table(db, name, columns, rows)
            write_styles(db, layers)
            moment = stamp.strftime("%Y-%m-%dT%H:%M:%S.000Z")
            db.execute("UPDATE gpkg_contents SET last_change = ?", (moment,))


def _moment(created: datetime | str | None) -> datetime:
    given = datetime.fromisoformat(created) if isinstance(created, str) else created
    return (given or datetime.now(UTC)).astimezone(UTC)


def plan_layers(plan: AreaPlan) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of ``plan`` as the plan file holds them, by name; input layers only where they have rows."""
    territory, cells = plan.territory, plan.cells
    always = {
        "villages": territory.villages,
        "lines": territory.lines,
        "buildings": cells.buildings,
        "cells": cells.table,
        "cell_borders": cells.borders,
        "outer_borders": cells.outer,
        "areas": plan.areas,
        "boundaries": plan.boundaries,
        "findings": replace(plan.findings, crs=plan.crs).to_gdf(plan.settings.output.lang),
    }
    given = {
        "base_areas": territory.base_areas,
        "settlement": territory.settlement,
        "parents": territory.parents,
        "complexes": territory.complexes,
        "pins": territory.pins,
    }
    chosen = always | {name: table for name, table in given.items() if len(table)}
    return {name: conform(table, name) for name, table in chosen.items()}


def plan_meta(plan: AreaPlan, meta: Mapping[str, str], created: datetime) -> list[tuple[str, str]]:
    """Return the rows of the table ``meta``, sorted by key.

    Rows that later work added to ``plan.tables["meta"]`` stay; what describes the file itself is written anew.
    """
    kept = plan.tables.get("meta", pd.DataFrame({"key": [], "value": []}))
    pairs = {k: v for k, v in zip(kept["key"], kept["value"], strict=True) if k not in _WRITTEN_ANEW}
    pairs |= {
        "schema_version": str(SCHEMA_VERSION),
        "lang": plan.settings.output.lang,
        "areaplan_version": __version__,
        "settings": settings_text(plan.settings),
        "rule_pack": plan.settings.rules,
        "seed": str(plan.settings.engine.seed),
        "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "title": plan.territory.title,
        "estimated": str(plan.territory.estimated).lower(),
    }
    return sorted((pairs | dict(meta)).items())


def _rows(table: pd.DataFrame | None, columns: Mapping[str, Kind]) -> list[tuple[object, ...]]:
    if table is None or not len(table):
        return []
    values = [
        [None if pd.isna(v) else v for v in typed(table.get(c), k, len(table)).tolist()] for c, k in columns.items()
    ]
    return list(zip(*values, strict=True))


def _write_table(
    db: sqlite3.Connection,
    name: str,
    columns: Mapping[str, Kind],
    rows: list[tuple[str, str]] | list[tuple[object, ...]],
) -> None:
    """Add a table without geometry, registered as the standard wants it."""
    fields = ", ".join(f'"{c}" {_SQL[k]}' for c, k in columns.items())
    db.execute(f'CREATE TABLE "{name}" ("fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, {fields})')
    names, marks = ", ".join(f'"{c}"' for c in columns), ", ".join("?" * len(columns))
    db.executemany(f'INSERT INTO "{name}" ({names}) VALUES ({marks})', rows)  # noqa: S608 - our own names, no values
    register_table(db, name)


@contextmanager
def _write_faults(path: Path) -> Iterator[None]:
    try:
        yield
    except (DataSourceError, FeatureError, sqlite3.OperationalError) as e:
        raise OutputError(
            msg(
                "{path}: the plan cannot be written ({reason}); an older file there is unchanged",
                path=path.name,
                reason=e,
            )
        ) from e
