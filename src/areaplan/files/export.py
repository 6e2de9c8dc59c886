"""Area maps as files: one set of layers per village or area, named by its code.

Every format (:mod:`areaplan.files.formats`) gets the same layers (areas, boundaries, buildings, cells; those without rows are left out) and the same columns.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from areaplan.errors import InputError
from areaplan.files.formats import FORMATS, field_list, narrow
from areaplan.files.spreadsheets import safe_csv
from areaplan.files.staged import staged
from areaplan.messages import Message, msg
from areaplan.model import AreaPlan

__all__ = ["export_plan", "safe_name"]

_RESERVED: Final = {"con", "prn", "aux", "nul", *(f"{d}{i}" for d in ("com", "lpt") for i in range(10))}


def export_plan(
    plan: AreaPlan,
    folder: str | Path,
    *,
    format: str,  # noqa: A002 - the word of the command line
    village: str | None = None,
    area: str | None = None,
    encoding: str = "UTF-8",
) -> list[Path]:
    """Write the maps of a village, of an area, or of every village of the plan; whole or not at all.

    Parameters
    ----------
    plan
        Whose maps.
    folder
        Where the files go; earlier exports of other codes in it stay.
    format
        ``shp``, ``geojson`` (RFC 7946: WGS 84), ``parquet``, ``kml`` (WGS 84) or ``gdb``.
    village, area
        Code of what is wanted.
    encoding
        Of the texts in Shapefiles: ``UTF-8`` or ``GBK``.

    Returns
    -------
    list of Path
        The files to open.

    Raises
    ------
    InputError
        For a code that the plan does not have (the nearest ones are named), or an unknown format.
    OutputError
        When the place cannot be written, or a text cannot be written in ``encoding``.
    """
    if format not in FORMATS:
        raise InputError(msg("{format}: no such format; known are {known}", format=format, known=", ".join(FORMATS)))
    folder, chosen = Path(folder), _chosen(plan, village, area)
    owner = " ".join(["export", format, village or "", area or ""]).strip()
    with staged(folder, owner=owner) as beside:
        places = [
            place
            for code, areas in chosen.items()
            for place in FORMATS[format](beside, safe_name(code), _layers(plan, areas), encoding)
        ]
        if format == "shp":
            safe_csv(beside / "fields.csv", field_list())
            places.append(beside / "fields.csv")
        return [folder / place.relative_to(beside) for place in places]


def _chosen(plan: AreaPlan, village: str | None, area: str | None) -> dict[str, set[str]]:
    """Return the areas of every map, by the code that names it."""
    home = dict(zip(plan.areas["ea_code"], plan.areas["village_code"], strict=True))
    villages = list(plan.territory.villages["village_code"])
    if village is not None and village not in villages:
        raise InputError(_unknown(msg("{code}: the plan has no such village", code=village), village, villages))
    if area is not None:
        inside = [a for a, v in home.items() if village in (None, v)]
        if area not in inside:
            raise InputError(_unknown(msg("{code}: the plan has no such area", code=area), area, inside))
        return {area: {area}}
    wanted = villages if village is None else [village]
    chosen = {code: {a for a, v in home.items() if v == code} for code in wanted}
    if village is not None and not chosen[village]:
        raise InputError(msg("{code}: this village has no areas", code=village))
    return {code: areas for code, areas in chosen.items() if areas}


def _unknown(fault: Message, code: str, known: Collection[str]) -> Message:
    near = difflib.get_close_matches(code, known, 3, 0.5)
    return msg("{fault}; nearest: {near}", fault=fault, near=", ".join(near)) if near else fault


def _layers(plan: AreaPlan, areas: set[str]) -> dict[str, gpd.GeoDataFrame]:
    tables = {
        "areas": plan.areas,
        "boundaries": plan.boundaries,
        "buildings": plan.cells.buildings,
        "cells": plan.cells.table,
    }
    parts = {}
    for name, table in tables.items():
        keys = ("left_ea", "right_ea") if name == "boundaries" else ("ea_code",)
        mask = pd.concat([table[k].isin(areas) for k in keys], axis=1).any(axis=1)
        if mask.any():
            parts[name] = narrow(table[mask].reset_index(drop=True))
    return parts


def safe_name(code: str) -> str:
    """Return a file name for ``code``: letters, digits, hyphen and underscore; a changed code gets a mark that keeps it apart.

    Examples
    --------
    >>> safe_name("350302101003007")
    '350302101003007'
    >>> safe_name("../etc")
    '___etc-f7f912'
    """
    kept = "".join(c if c.isalnum() or c in "-_" else "_" for c in code)[:60]
    if kept == code and code and code.lower() not in _RESERVED:
        return code
    return f"{kept}-{hashlib.sha256(code.encode('utf-8', 'replace')).hexdigest()[:6]}"
