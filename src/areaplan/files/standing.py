"""Look into the plans of a county without reading them whole: counts, hashes, records."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pyogrio
import shapely

from areaplan.errors import InputError, SettingsError
from areaplan.files.plan_reading import read_plan_meta
from areaplan.messages import Message, msg
from areaplan.settings import CalendarSettings, read_calendar, settings_from_text

__all__ = ["Found", "PlanFacts", "find_townships", "plan_facts", "read_outline"]

_DEEPEST: Final = 3


@dataclass(frozen=True)
class PlanFacts:
    """Hold what stands in a plan file, without its geometry.

    Parameters
    ----------
    path, title, content_hash, created
        Which plan.
    villages, areas
        How many villages, and the codes of the areas.
    findings
        Severity -> count.
    revisions, last_change
        How many, and the day of the last one (else of the file).
    issues, signatures
        Rows of those tables.
    proved
        True where a certificate beside the plan proves this content; None where there is none.
    calendar
        ``[calendar]`` of its settings.
    """

    path: Path
    title: str
    content_hash: str
    created: str
    villages: int
    areas: tuple[str, ...]
    findings: dict[str, int]
    revisions: int
    last_change: str
    issues: tuple[dict[str, Any], ...]
    signatures: int
    proved: bool | None
    calendar: CalendarSettings


@dataclass(frozen=True)
class Found:
    """Hold the files of one township.

    Parameters
    ----------
    name
        Its folder.
    plans
        Plan files in it.
    comments, registers
        Files of reviewers' comments, and opinion registers.
    calendar
        ``[calendar]`` of an ``areaplan.toml`` in it, None without one.
    faults
        What could not be read.
    """

    name: str
    plans: tuple[Path, ...]
    comments: tuple[Path, ...]
    registers: tuple[Path, ...]
    calendar: CalendarSettings | None
    faults: tuple[Message, ...] = field(default=())


def find_townships(folder: str | Path) -> tuple[list[Found], CalendarSettings]:
    """Return the townships in a folder (its subfolders), and the county's calendar.

    Raises
    ------
    InputError
        When the folder is not there or has no subfolders.
    SettingsError
        When the county's own ``areaplan.toml`` cannot be read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(msg("{path}: no such folder", path=folder))
    places = sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    found = [one for one in map(_township, places) if one is not None]
    if not found:
        raise InputError(
            msg("{path}: no township in it: each has a folder of its own with areaplan.toml or plan.gpkg", path=folder)
        )
    own = folder / "areaplan.toml"
    return found, read_calendar(own) if own.is_file() else CalendarSettings()


def _township(place: Path) -> Found | None:
    files = [p for depth in range(1, _DEEPEST + 1) for p in sorted(place.glob("/".join("*" * depth))) if p.is_file()]
    plans = tuple(p for p in files if p.name == "plan.gpkg")
    config = place / "areaplan.toml"
    if not plans and not config.is_file():
        return None
    comments = tuple(p for p in files if p.name.startswith("comments") and p.suffix in {".geojson", ".csv", ".xlsx"})
    registers = tuple(p for p in files if p.name == "opinion_register.json")
    try:
        calendar = read_calendar(config) if config.is_file() else None
    except SettingsError as e:
        return Found(place.name, plans, comments, registers, None, e.faults)
    return Found(place.name, plans, comments, registers, calendar)


def plan_facts(path: Path) -> PlanFacts:
    """Look into one plan.

    Raises
    ------
    InputError
        When it is no plan.
    """
    meta = read_plan_meta(path)
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            villages = int(db.execute("SELECT count(*) FROM villages").fetchone()[0])
            areas = tuple(
                str(c) for (c,) in db.execute("SELECT ea_code FROM areas WHERE ea_code IS NOT NULL ORDER BY ea_code")
            )
            findings = dict(db.execute("SELECT severity, count(*) FROM findings GROUP BY severity").fetchall())
            log = _rows(db, "revisions", "number, made")
            issues = _rows(db, "issues", "number, date, lock, content_hash")
            signed = len(_rows(db, "signatures", "level"))
    except sqlite3.Error as e:
        raise InputError(msg("{path}: is damaged or not a GeoPackage ({reason})", path=path, reason=e)) from None
    own = meta.get("content_hash", "")
    return PlanFacts(
        path=path,
        title=meta.get("title", ""),
        content_hash=own,
        created=meta.get("created", ""),
        villages=villages,
        areas=areas,
        findings={str(k): int(v) for k, v in findings.items()},
        revisions=len(log),
        last_change=max([str(r["made"] or "") for r in log] or [""]) or meta.get("created", ""),
        issues=tuple(issues),
        signatures=signed,
        proved=_proved(path, own),
        calendar=_calendar(meta, path),
    )


def _rows(db: sqlite3.Connection, table: str, columns: str) -> list[dict[str, Any]]:
    names = {n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if table not in names:
        return []
    cursor = db.execute(f"SELECT {columns} FROM {table} ORDER BY rowid")  # noqa: S608 - our own names
    heads = [d[0] for d in cursor.description]
    return [dict(zip(heads, row, strict=True)) for row in cursor]


def _proved(path: Path, content_hash: str) -> bool | None:
    place = path.with_name("certificate.json")
    try:
        said = json.loads(place.read_text(encoding="utf-8"))
        return bool(said["proof"]["tiles"]) and said["content_hash"] == content_hash and bool(content_hash)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _calendar(meta: dict[str, str], path: Path) -> CalendarSettings:
    stand_in = '\n[input.villages]\npath = "plan.gpkg"\n'
    try:
        return settings_from_text(meta.get("settings", "") + stand_in, name=str(path)).calendar
    except SettingsError:
        return CalendarSettings()


def read_outline(path: Path) -> gpd.GeoSeries:
    """Return the ground of a plan's villages as one shape in degrees, coarse enough for a small map; empty where it cannot be read."""
    try:
        villages = pyogrio.read_dataframe(path, layer="villages", columns=[])
        ground = shapely.union_all(shapely.make_valid(villages.geometry.to_numpy()))
        coarse = shapely.coverage_simplify([ground], 50)  # in bounded time, whatever an outline looks like
        return gpd.GeoSeries(coarse, crs=villages.crs).to_crs("EPSG:4326")
    except Exception:  # whatever a damaged file raises: the table says what is wrong, the map does without
        return gpd.GeoSeries([], crs="EPSG:4326")
