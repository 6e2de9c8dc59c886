"""R23: the division compared with the issued base map, in number, name, code and ground, level by level."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely

from areaplan.errors import InputError
from areaplan.files import read_layer
from areaplan.levels import Level
from areaplan.messages import Lang, Message, msg, plain

__all__ = ["base_map", "differences"]

_CODES: Final = ("village_code", "code", "dm", "代码", "普查区代码", "行政区划代码", "区划代码")
_NAMES: Final = ("name", "mc", "名称", "普查区名称", "村名")
_HEADS: Final = (msg("Level"), msg("Code"), msg("Difference"), msg("Issued"), msg("Delivered"), msg("Amount, m²"))
_NUMBER, _NEW, _GONE = msg("number of units"), msg("not in the base map"), msg("only in the base map")
_RENAMED, _GROUND = msg("name differs"), msg("ground differs")
_LEAST_M2 = 1.0


def base_map(path: Path, layer: str | None, crs: object) -> gpd.GeoDataFrame:
    """Return the issued base map: ``code``, ``name`` and ground, in the CRS of the plan.

    Raises
    ------
    InputError
        When it cannot be read, or no column is called like a code.
    """
    table = read_layer(path, layer=layer)
    by_lower = {str(c).lower(): c for c in table.columns}
    code = next((by_lower[c] for c in _CODES if c in by_lower), None)
    if code is None:
        raise InputError(
            msg("{path}: no column of codes; one of {known} is looked for", path=path.name, known=", ".join(_CODES))
        )
    name = next((by_lower[c] for c in _NAMES if c in by_lower), None)
    columns = {
        "code": [str(v).removesuffix(".0").strip() for v in table[code]],
        "name": [plain(v) if isinstance(v, str) else "" for v in (table[name] if name else [None] * len(table))],
    }
    ground = gpd.GeoDataFrame(columns, geometry=table.geometry.reset_index(drop=True), crs=table.crs)
    return ground if ground.crs is None else ground.to_crs(crs)


def differences(level: Level, own: gpd.GeoDataFrame, issued: gpd.GeoDataFrame, lang: Lang) -> pd.DataFrame:
    """Return a row per difference; grounds differ where more than a square metre lies in one of the two only."""
    said: list[list[object]] = []

    def add(code: str, what: Message, before: object, now: object, m2: float | None = None) -> None:
        said.append([level, code, what.text(lang), before, now, None if m2 is None else round(m2, 2)])

    if len(own) != len(issued):
        add("", _NUMBER, len(issued), len(own))
    mine = {r.code: r for r in own.itertuples()}
    theirs = {r.code: r for r in issued.itertuples()}
    for code in sorted(mine.keys() | theirs.keys()):
        if code not in theirs:
            add(code, _NEW, None, mine[code].name, float(mine[code].geometry.area))
        elif code not in mine:
            add(code, _GONE, theirs[code].name, None, float(theirs[code].geometry.area))
        else:
            if theirs[code].name and theirs[code].name != mine[code].name:
                add(code, _RENAMED, theirs[code].name, mine[code].name)
            there = shapely.make_valid(theirs[code].geometry)
            apart = float(shapely.symmetric_difference(there, mine[code].geometry).area)
            if apart > _LEAST_M2:
                add(code, _GROUND, round(float(there.area), 2), round(float(mine[code].geometry.area), 2), apart)
    return pd.DataFrame(said, columns=[h.text(lang) for h in _HEADS], dtype=object)
