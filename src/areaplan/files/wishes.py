"""Read what is asked of a plan: a small table that an officer wrote by hand, or drawn features with the same columns.

Every cell comes out as plain text under the name that the head has for it; what the words mean is for :mod:`areaplan.review` to say.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.errors import InputError
from areaplan.files.reading.columns import is_blank
from areaplan.files.reading.layers import quiet
from areaplan.files.reading.sheets import Sheet, read_csv, read_xlsx, sheet_names
from areaplan.messages import Message, msg
from areaplan.reasons import library_reason, ordinary_text, system_reason

__all__ = ["Wish", "read_answers", "read_text", "read_wishes"]

_TABLES = (".csv", ".xlsx")
_DRAWN = (".geojson", ".json", ".gpkg", ".shp")
_SHAPE_COLUMNS = ("wkt", "图形")
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Wish:
    """Hold one row: where it stands, its texts by column, and what was drawn with it.

    Parameters
    ----------
    where
        File and row, as a person counts them.
    values
        Column (lower case, without blanks around) -> text; empty cells are left out.
    shape
        In the CRS of the plan.
    """

    where: Message
    values: Mapping[str, str]
    shape: BaseGeometry | None = None


def read_wishes(path: str | Path, *, crs: Any) -> list[Wish]:
    """Return the rows of a CSV or XLSX table, or of drawn features.

    Parameters
    ----------
    path
        ``.csv``, ``.xlsx`` (its first sheet), ``.geojson``, ``.gpkg`` or ``.shp``. A table may hold shapes as WKT in a column ``wkt``.
    crs
        The plan's CRS: drawn features are brought into it, WKT is taken to be in it.

    Raises
    ------
    InputError
        When the file is not there, of another kind, or cannot be read; all unreadable shapes in one message.
    """
    path = Path(path)
    if path.suffix.lower() not in (*_TABLES, *_DRAWN):
        known = ", ".join((*_TABLES, *_DRAWN))
        raise InputError(msg("{path}: changes are read from {known}", path=path.name, known=known))
    if not path.is_file():
        raise InputError(msg("{path}: no such file", path=path))
    if path.stat().st_size > _MOST_BYTES:
        raise InputError(msg("{path}: larger than 64 MB; that is no list of changes", path=path.name))
    rows = _drawn(path, crs) if path.suffix.lower() in _DRAWN else _written(path)
    return [wish for wish in rows if wish.values]


def _written(path: Path) -> list[Wish]:
    sheet = _sheet(path)
    wishes, faults = [], []
    for i, row in enumerate(sheet.table.to_dict("records")):
        where = msg("{path}, row {row}", path=path.name, row=sheet.first_row + i)
        values = _plain(row)
        text = next((values.pop(c) for c in _SHAPE_COLUMNS if c in values), None)
        try:
            wishes.append(Wish(where, values, shapely.from_wkt(text) if text else None))
        except shapely.errors.ShapelyError:
            faults.append(msg("{where}: the shape in column wkt cannot be read", where=where))
    if faults:
        raise InputError(faults)
    return wishes


def _sheet(path: Path) -> Sheet:
    try:
        sheet = read_csv(path, None) if path.suffix.lower() == ".csv" else read_xlsx(path, sheet_names(path)[0])
    except Exception as e:  # whatever a damaged file raises
        raise InputError(msg("{path}: cannot be opened: {reason}", path=path.name, reason=library_reason(e))) from None
    if sheet is None:
        raise InputError(msg("{path}: its text cannot be decoded; save it as UTF-8", path=path.name))
    return sheet


def _drawn(path: Path, crs: Any) -> list[Wish]:
    try:
        with quiet():
            table = pyogrio.read_dataframe(path, force_2d=True, on_invalid="ignore", fid_as_index=False)
    except Exception as e:  # whatever a damaged file raises
        raise InputError(msg("{path}: cannot be opened: {reason}", path=path.name, reason=library_reason(e))) from None
    if not isinstance(table, gpd.GeoDataFrame):
        table = gpd.GeoDataFrame(table, geometry=[None] * len(table), crs=crs)
    own = path.suffix.lower() in {".geojson", ".json"} and _in_plan_metres(path)
    if not own and table.crs is not None and crs is not None and table.crs != crs:
        table = table.to_crs(crs)
    values = table.drop(columns=table.geometry.name).to_dict("records")
    shapes = [None if s is None or s.is_empty else s for s in table.geometry]
    return [
        Wish(msg("{path}, feature {row}", path=path.name, row=i), _plain(row), shape)
        for i, (row, shape) in enumerate(zip(values, shapes, strict=True), 1)
    ]


def _in_plan_metres(path: Path) -> bool:
    """Say whether a GeoJSON that names no CRS of its own was written by areaplan, in the plan's coordinates."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError:
        return False
    return isinstance(data, dict) and "areaplan" in data and "crs" not in data


def _plain(row: Mapping[Any, Any]) -> dict[str, str]:
    """Return the filled cells as text; whole numbers lose the .0 that a spreadsheet gave them, full-width signs become narrow."""
    out = {}
    for name, value in row.items():
        if is_blank(value) or (not isinstance(value, (list, dict)) and pd.isna(value)):
            continue
        text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
        out[str(name).strip().casefold()] = unicodedata.normalize("NFKC", text).strip().removeprefix("'")
    return {k: v for k, v in out.items() if v}


_NUMBER_WORDS, _ANSWER_WORDS = ("no.", "number", "序号"), ("answer", "答复")


def read_answers(path: str | Path) -> dict[int, str]:
    """Return number -> answer from an opinion register that came back as a table; rows without an answer are left out.

    Raises
    ------
    InputError
        When it has no column for the number or the answer.
    """
    rows = [w.values for w in read_wishes(path, crs=None)]
    number = next((n for n in _NUMBER_WORDS if any(n in r for r in rows)), None)
    answer = next((a for a in _ANSWER_WORDS if any(a in r for r in rows)), None)
    if number is None:
        raise InputError(msg("{path}: has no column with the numbers of the register", path=Path(path).name))
    return {
        int(r[number]): r[answer] for r in rows if answer is not None and answer in r and r.get(number, "").isdecimal()
    }


def read_text(path: str | Path) -> str:
    """Return a text file in UTF-8.

    Raises
    ------
    InputError
        When it is not there or no text.
    """
    try:
        return ordinary_text(Path(path))
    except OSError as e:
        raise InputError(msg("{path}: cannot be read ({reason})", path=path, reason=system_reason(e))) from None
    except UnicodeDecodeError:
        raise InputError(msg("{path}: its text cannot be decoded; save it as UTF-8", path=path)) from None
