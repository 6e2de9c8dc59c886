"""Rows of an XLSX form that came back filled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from areaplan.errors import InputError
from areaplan.files.reading.sheets import sheet_names
from areaplan.files.reviewing.rows import RawComment
from areaplan.messages import LANGS, Message, msg

__all__ = ["FORM_HEAD", "FORM_TOP", "form_rows"]

FORM_TOP: dict[str, Message] = {
    "plan_hash": msg("Plan (content hash)"),
    "reviewer": msg("Reviewer"),
    "time": msg("Date"),
}
"""What stands above the table, each label with its value in the next cell."""

FORM_HEAD: dict[str, Message] = {
    "ea_code": msg("Area code"),
    "village_code": msg("Village code"),
    "decision": msg("Decision"),
    "reason": msg("Reason"),
    "reason_2": msg("Second reason"),
    "text": msg("In your own words"),
    "ask": msg("What is asked"),
    "ask_with": msg("With (area code or name)"),
}
"""The columns of the table that make a comment; others are for the eye."""

_FILLED = ("decision", "reason", "reason_2", "text", "ask", "ask_with")
_HEAD_WITHIN, _MOST_ROWS, _MOST_COLUMNS = 30, 20_000, 60


def form_rows(path: Path, _crs: Any = None) -> list[RawComment]:
    """Return the rows in which something was filled in, each with the reviewer, date and plan that stand above the table."""
    lines = _lines(path)
    head = next(
        (i for i, line in enumerate(lines[:_HEAD_WITHIN]) if {"ea_code", "decision"} <= set(_named(line, FORM_HEAD))),
        None,
    )
    if head is None:
        raise InputError(
            msg("{file}: no row with the heads of area code and decision; that is no form of comments", file=path.name)
        )
    columns = _named(lines[head], FORM_HEAD)
    above = _above(lines[:head])
    rows = []
    for number, line in enumerate(lines[head + 1 :], head + 2):
        values = {name: line[at] for name, at in columns.items() if at < len(line)}
        if not any(values.get(name) for name in _FILLED):
            continue
        reasons = [values.get(r, "") for r in ("reason", "reason_2")]
        values["reason"] = ";".join(r for r in reasons if r)
        rows.append(RawComment(msg("row {number}", number=number), above | values))
    return rows


def _lines(path: Path) -> list[list[str]]:
    from openpyxl import load_workbook

    try:
        sheet_names(path)  # refuses an archive that would unpack beyond reason
        book = load_workbook(path, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        cells = sheet.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS, values_only=True)
        lines = [[_text(v) for v in row] for row in cells]
        book.close()
    except (BadZipFile, OSError, KeyError, ValueError, IndexError, TypeError, SyntaxError, EOFError) as e:
        raise InputError(msg("{file}: not readable as XLSX: {why}", file=path.name, why=str(e)[:120])) from None
    return lines


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _named(line: list[str], words: Mapping[str, Message]) -> dict[str, int]:
    """Return which column is which: by code, or by label in either language."""
    out: dict[str, int] = {}
    for at, text in enumerate(line):
        for name, label in words.items():
            if text and text.casefold() in {name, *(label.text(lang).casefold() for lang in LANGS)}:
                out.setdefault(name, at)
    return out


def _above(lines: list[list[str]]) -> dict[str, str]:
    out: dict[str, str] = {}
    for line in lines:
        for name, at in _named(line, FORM_TOP).items():
            out[name] = next((v for v in line[at + 1 :] if v), "")
    return out
