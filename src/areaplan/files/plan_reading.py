"""Read a plan back from its GeoPackage alone.

Faults of form (what stops a program) come all together in one exception; faults of content (an invalid polygon, a code twice) are left for the
judge, who makes findings of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from shapely.errors import GEOSException

from areaplan.errors import InputError, SettingsError
from areaplan.files.reading.record import row_list
from areaplan.messages import Message, msg
from areaplan.model import AreaPlan, Cells, Finding, Findings, Severity, Territory
from areaplan.reasons import WrongValue, library_reason, read_toml, system_reason
from areaplan.schema import SCHEMA, SCHEMA_VERSION, TABLES, Kind, conform, empty_layer, typed
from areaplan.settings import Settings, settings_from

__all__ = ["read_plan", "read_plan_meta"]

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
        layers, faults = _present(db, path)
        settings, more = _settings(meta, path)
        if faults or more or settings is None:
            raise InputError([*faults, *more])
        tables = {name: _read_table(db, name, path) for name in TABLES}
        read = {layer: _read_layer(path, layer) for layer in layers}
    _require_places(read, path)
    return _assemble(_same_crs(read, path), settings, meta, tables)


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
    if "meta" not in _columns_by_table(db):
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


def _columns_by_table(db: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """Return the columns of every registered table, and their declared types without lengths."""
    names = [str(n) for (n,) in db.execute("SELECT table_name FROM gpkg_contents")]
    return {
        name: {row[1]: str(row[2]).upper().partition("(")[0] for row in db.execute("SELECT * FROM pragma_table_info(?)", (name,))}
        for name in names
    }  # fmt: skip


def _present(db: sqlite3.Connection, path: Path) -> tuple[list[str], list[Message]]:
    """Return the layers to read, and what is wrong with their form."""
    found, faults = _columns_by_table(db), []
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
    _require_types(table, SCHEMA[layer], layer, path)
    return conform(table, layer)


def _require_types(table: pd.DataFrame, columns: Mapping[str, Kind], layer: str, path: Path) -> None:
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


def _require_places(layers: Mapping[str, gpd.GeoDataFrame], path: Path) -> None:
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


def _read_table(db: sqlite3.Connection, name: str, path: Path) -> pd.DataFrame:
    columns, found = TABLES[name], _columns_by_table(db).get(name)
    if found is None:
        return pd.DataFrame({c: typed(None, k, 0) for c, k in columns.items()})
    names = ", ".join(f'"{c}"' if c in found else f'NULL AS "{c}"' for c in columns)
    rows = db.execute(f'SELECT {names} FROM "{name}" ORDER BY rowid').fetchall()  # noqa: S608 - our own names
    values = zip(*rows, strict=True) if rows else [()] * len(columns)
    series = {c: pd.Series(list(v), dtype=object) for c, v in zip(columns, values, strict=True)}
    _require_types(pd.DataFrame(series), columns, name, path)
    return pd.DataFrame({c: typed(series[c], k, len(rows)) for c, k in columns.items()})


def _same_crs(layers: dict[str, gpd.GeoDataFrame], path: Path) -> dict[str, gpd.GeoDataFrame]:
    """Hold every layer to the CRS of the villages, which must be projected."""
    crs = layers["villages"].crs
    if crs is None or not crs.is_projected:
        raise InputError(msg("{path}: the layer `villages` has no projected CRS", path=path))
    odd = [name for name, table in layers.items() if table.crs != crs]
    if odd:
        raise InputError(
            [msg("{path}: the CRS of `{layer}` is not that of `villages`", path=path, layer=name) for name in odd]
        )
    return layers


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
