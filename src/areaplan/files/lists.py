"""Read the tables an office lays beside a plan: the official list of codes, and who counts where.

Their columns go by many names; those are guessed, and a table whose columns cannot be told is refused with the names that would do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from areaplan.errors import InputError
from areaplan.files.guess.words import COLUMNS
from areaplan.files.reading.columns import as_code, as_text
from areaplan.files.reading.paths import TABLE_SUFFIXES, file_fault
from areaplan.files.reading.sheets import Sheet, read_csv, read_xlsx, sheet_names
from areaplan.messages import msg
from areaplan.reasons import library_reason

__all__ = ["read_code_list", "read_staff"]

_AREA: Final = ("ea_code", "普查小区代码", "小区代码", "普查小区", "小区编码", "area", "area_code", "code", "代码")
_ENUMERATOR: Final = ("enumerator", "普查员", "普查员姓名", "enumerator_name")
_SUPERVISOR: Final = ("supervisor", "普查指导员", "指导员", "指导员姓名", "普查指导员姓名", "supervisor_name")


def read_code_list(path: str | Path) -> pd.DataFrame:
    """Read the official units from a CSV or XLSX: columns ``code`` and ``name`` (null where the table has none).

    Raises
    ------
    InputError
        When the file cannot be read or has no column of codes.
    """
    table = _table(Path(path))
    code = _key(table) or _column(table, COLUMNS["code"], Path(path), msg("codes"))
    name = _first(table, COLUMNS["name"])
    rows = pd.DataFrame({"code": as_code(table[code]), "name": as_text(table[name]) if name else None}, dtype=object)
    if not rows["code"].notna().any():
        raise InputError(msg("{path}: lists no code at all", path=path))
    return rows[rows["code"].notna()].drop_duplicates("code").reset_index(drop=True)


def read_staff(path: str | Path) -> pd.DataFrame:
    """Read who counts where from a CSV or XLSX: a row per area and enumerator, columns ``ea_code``, ``enumerator``, ``supervisor``.

    Raises
    ------
    InputError
        When the file cannot be read, or lacks the column of areas or of enumerators.
    """
    table = _table(Path(path))
    area = _column(table, _AREA, Path(path), msg("areas"))
    enumerator = _column(table, _ENUMERATOR, Path(path), msg("enumerators"))
    supervisor = _first(table, _SUPERVISOR)
    people = {
        "enumerator": as_text(table[enumerator]),
        "supervisor": as_text(table[supervisor]) if supervisor else None,
    }
    return pd.DataFrame({"ea_code": as_code(table[area]), **people}, dtype=object)


def _table(path: Path) -> pd.DataFrame:
    fault = file_fault(str(path), path, tuple(s for s in TABLE_SUFFIXES if s != ".dbf"))
    if fault:
        raise InputError(fault)
    try:
        sheet = _sheet(path)
    except InputError:
        raise
    except Exception as e:
        raise InputError(msg("{path}: cannot be opened: {reason}", path=path, reason=library_reason(e))) from None
    if sheet is None:
        raise InputError(msg("{path}: its text cannot be decoded; save it as UTF-8", path=path))
    return sheet.table


def _sheet(path: Path) -> Sheet | None:
    return read_csv(path, None) if path.suffix.lower() == ".csv" else read_xlsx(path, sheet_names(path)[0])


def _key(table: pd.DataFrame) -> str | None:
    """Return the column of codes: the first by name that gives each row its own."""
    lower = {str(c).strip().lower(): str(c) for c in reversed(list(table.columns))}
    codes = ((lower[n], [c for c in as_code(table[lower[n]]) if c]) for n in COLUMNS["code"] if n in lower)
    return next((name for name, given in codes if given and len(set(given)) == len(given)), None)


def _first(table: pd.DataFrame, names: tuple[str, ...]) -> str | None:
    lower = {str(c).strip().lower(): str(c) for c in reversed(list(table.columns))}
    return next((lower[n] for n in names if n in lower), None)


def _column(table: pd.DataFrame, names: tuple[str, ...], path: Path, what: object) -> str:
    found = _first(table, names)
    if found is None:
        raise InputError(
            msg("{path}: no column of {what}; call one {names} (it has: {known})", path=path, what=what,
                names=" / ".join(names[:3]), known=", ".join(map(str, table.columns)) or "–")
        )  # fmt: skip
    return found
