"""Read a plan back from its GeoPackage alone.

Faults of form (what stops a program: :mod:`~areaplan.files.plan_form`) come all together in one exception; faults of content (an invalid
polygon, a code twice) are left for the judge, who makes findings of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError
from shapely.errors import GEOSException

from areaplan.errors import InputError, SettingsError
from areaplan.files.plan_form import columns_by_table, layers_there, require_one_crs, require_places, require_types
from areaplan.messages import Message, msg
from areaplan.model import AreaPlan, Cells, Finding, Findings, Severity, Territory
from areaplan.reasons import WrongValue, library_reason, read_toml, system_reason
from areaplan.schema import SCHEMA, SCHEMA_VERSION, TABLES, conform, empty_layer, typed
from areaplan.settings import Settings, settings_from

__all__ = ["read_plan", "read_plan_meta"]


def read_plan(path: str | Path) -> AreaPlan:
    """Read a plan; no other file is needed.

    Parameters
    ----------
    path
        A plan file, or the folder that holds ``plan.gpkg``.

    Returns
    -------
    AreaPlan
        Equal, table by table and bit by bit, to the one that was written. Messages of findings are the stored sentences; the settings know no input
        but the file itself; ``territory.buildings`` and ``cells.buildings`` are one table.

    Raises
    ------
    InputError
        With every fault of the file's form: not found, no GeoPackage, of a newer areaplan, layers or columns missing or of a wrong type.
    """
    path = _plan_path(Path(path))
    with _read_faults(path), closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
        meta = _meta(db, path)
        layers, faults = layers_there(db, path)
        settings, more = _settings(meta, path)
        if faults or more or settings is None:
            raise InputError([*faults, *more])
        tables = {name: _read_table(db, name, path) for name in TABLES}
        read = {layer: _read_layer(path, layer) for layer in layers}
    require_places(read, path)
    require_one_crs(read, path)
    return _assemble(read, settings, meta, tables)


def read_plan_meta(path: str | Path) -> dict[str, str]:
    """Read only the table ``meta``: versions, settings, seed, content hash, title.

    Raises
    ------
    InputError
        When the file is no plan.
    """
    path = _plan_path(Path(path))
    with _read_faults(path), closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
        return _meta(db, path)


def _plan_path(path: Path) -> Path:
    """Find the file, and look at its first bytes: GDAL would open much that is no GeoPackage."""
    if path.is_dir() and (path / "plan.gpkg").is_file():
        path /= "plan.gpkg"
    if not path.is_file():
        raise InputError(msg("{path}: no such plan file; `areaplan plan` writes one", path=path))
    try:
        with path.open("rb") as handle:
            head = handle.read(16)
    except OSError as e:
        raise InputError(msg("{path}: cannot be read ({reason})", path=path, reason=system_reason(e))) from None
    if head != b"SQLite format 3\x00":
        raise InputError(msg("{path}: is not a GeoPackage", path=path))
    return path


@contextmanager
def _read_faults(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, DataSourceError, DataLayerError, UnicodeDecodeError, GEOSException) as e:
        raise InputError(
            msg("{path}: is damaged or not a GeoPackage ({reason})", path=path, reason=library_reason(e))
        ) from e


def _meta(db: sqlite3.Connection, path: Path) -> dict[str, str]:
    if "meta" not in columns_by_table(db):
        raise InputError(msg("{path}: is not a plan file: the table `meta` is missing", path=path))
    meta = {str(k): str(v) for k, v in db.execute('SELECT "key", "value" FROM meta') if v is not None}
    version = meta.get("schema_version", "")
    if not version.isdecimal():
        raise InputError(msg("{path}: is not a plan file: `meta` has no schema_version", path=path))
    if int(version) > SCHEMA_VERSION:
        raise InputError(
            msg(
                "{path}: was written by areaplan {writer} with schema version {version}; this areaplan reads up to {known}: install a newer one",
                path=path,
                writer=meta.get("areaplan_version", "?"),
                version=version,
                known=SCHEMA_VERSION,
            )
        )
    return meta


def _settings(meta: Mapping[str, str], path: Path) -> tuple[Settings | None, list[Message]]:
    """Return the stored settings, their input being the plan file itself."""
    villages = {
        "path": path.name,
        "layer": "villages",
        "code": "village_code",
        "name": "name",
        "households": "households",
    }
    try:
        data = read_toml(meta["settings"]) | {"input": {"villages": villages}}
        return settings_from(data, name=f"{path}: settings", folder=path.parent), []
    except KeyError:
        return None, [msg("{path}: `meta` has no settings", path=path)]
    except WrongValue as e:
        return None, [msg("{path}: the stored settings are not valid TOML: {reason}", path=path, reason=e.message)]
    except SettingsError as e:
        return None, list(e.faults)


def _read_layer(path: Path, layer: str) -> gpd.GeoDataFrame:
    table = pyogrio.read_dataframe(path, layer=layer, on_invalid="ignore")
    require_types(table, SCHEMA[layer], layer, path)
    return conform(table, layer)


def _read_table(db: sqlite3.Connection, name: str, path: Path) -> pd.DataFrame:
    columns, found = TABLES[name], columns_by_table(db).get(name)
    if found is None:
        return pd.DataFrame({c: typed(None, k, 0) for c, k in columns.items()})
    names = ", ".join(f'"{c}"' if c in found else f'NULL AS "{c}"' for c in columns)
    rows = db.execute(f'SELECT {names} FROM "{name}" ORDER BY rowid').fetchall()  # noqa: S608 - our own names
    values = zip(*rows, strict=True) if rows else [()] * len(columns)
    series = {c: pd.Series(list(v), dtype=object) for c, v in zip(columns, values, strict=True)}
    require_types(pd.DataFrame(series), columns, name, path)
    return pd.DataFrame({c: typed(series[c], k, len(rows)) for c, k in columns.items()})


def _assemble(
    layers: dict[str, gpd.GeoDataFrame], settings: Settings, meta: Mapping[str, str], tables: dict[str, pd.DataFrame]
) -> AreaPlan:
    crs = layers["villages"].crs

    def layer(name: str) -> gpd.GeoDataFrame:
        return layers[name] if name in layers else empty_layer(name, crs)

    territory = Territory(
        villages=layer("villages"),
        lines=layer("lines"),
        buildings=layer("buildings"),
        base_areas=layer("base_areas"),
        settlement=layer("settlement"),
        parents=layer("parents"),
        complexes=layer("complexes"),
        pins=layer("pins"),
        title=meta.get("title", ""),
        findings=Findings(crs=crs),
        estimated=meta.get("estimated") == "true",
    )
    cells = Cells(
        territory=territory,
        table=layer("cells"),
        borders=layer("cell_borders"),
        outer=layer("outer_borders"),
        buildings=layer("buildings"),
        findings=Findings(crs=crs),
    )
    return AreaPlan(
        cells=cells,
        areas=layer("areas"),
        boundaries=layer("boundaries"),
        settings=settings,
        findings=Findings(tuple(_findings(layer("findings"))), crs=crs),
        tables=tables,
    )


def _findings(table: gpd.GeoDataFrame) -> Iterator[Finding]:
    known = set(Severity)
    for row in table.itertuples(index=False):
        yield Finding(
            rule=row.rule or "R00",
            severity=Severity(row.severity) if row.severity in known else Severity.ERROR,
            subject=row.subject or "",
            message=Message(row.message or ""),
            village_code=row.village_code,
            measure=None if pd.isna(row.measure) else float(row.measure),
            unit=row.unit,
            geometry=row.geometry,
        )
