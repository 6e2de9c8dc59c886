"""Spreadsheets that show what was put in: no cell is ever a formula, whatever a name looks like.

A village may be called ``=HYPERLINK(…)`` by someone who means harm. In XLSX such text is stored as text and marked as quoted, so that it stays text when a
person edits the cell; in CSV, which has no types, it gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from unicodedata import east_asian_width

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from areaplan.files.staged import staged_file
from areaplan.files.zips import timeless

__all__ = ["finished", "put_value", "safe_csv", "shown_text", "write_xlsx", "xlsx_bytes"]

_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ACTIVE: Final = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)  # full-width forms count as the narrow ones
_LONGEST, _EXACT = 32_767, 2**53
_HEAD_FONT, _HEAD_FILL = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="2F4B6E")
_DATE = datetime(2000, 1, 1)  # noqa: DTZ001 - one of many equal dates; the format knows no zone


def shown_text(value: object) -> str:
    r"""Return the text of ``value`` as a cell can hold it: without characters that XML forbids, at most 32,767 long.

    Examples
    --------
    >>> shown_text("=1+1\x00\r\n东村")
    '=1+1\n东村'
    """
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return _ILLEGAL.sub("", text)[:_LONGEST]


def write_xlsx(
    path: str | Path, sheets: Mapping[str, pd.DataFrame], *, widths: Mapping[str, float] | None = None
) -> None:
    """Write tables as the sheets of a workbook, whole or not at all; the same tables give the same bytes.

    Parameters
    ----------
    path
        A file name ending in ``.xlsx``.
    sheets
        Table by name of sheet; names are cut to what the format allows. The first row is the head, frozen and filtered; null is an empty cell, text is text.
    widths
        Width in characters of columns by name; others are as wide as their content, within reason.

    Raises
    ------
    OutputError
        When the place cannot be written.
    """
    data = xlsx_bytes(sheets, widths=widths)
    with staged_file(path) as beside:
        beside.write_bytes(data)


def xlsx_bytes(sheets: Mapping[str, pd.DataFrame], *, widths: Mapping[str, float] | None = None) -> bytes:
    """Return the workbook of :func:`write_xlsx`."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, table in sheets.items():
        sheet = book.create_sheet(_sheet_name(name, book.sheetnames))
        _fill(sheet, table, widths or {})
    if not book.worksheets:
        book.create_sheet(_sheet_name("", []))
    return finished(book)


def finished(book: Workbook) -> bytes:
    """Return the bytes of a workbook, which do not tell when it was made."""
    book.properties.creator = "areaplan"
    book.properties.created = book.properties.modified = _DATE
    raw = io.BytesIO()
    book.save(raw)
    return timeless(raw.getvalue(), {"docProps/core.xml": _with_fixed_date})


def _with_fixed_date(core: bytes) -> bytes:
    """Put the fixed date where saving has put the present."""
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + _DATE.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), core)


def _sheet_name(name: str, taken: Sequence[str]) -> str:
    r"""Return a name that the format allows: no ``[]:*?/\``, 31 characters, no twin that differs in case only."""
    base = re.sub(r"[\[\]:*?/\\]", " ", shown_text(name)).strip().strip("'")[:31] or "Sheet"
    used, chosen, number = {t.casefold() for t in taken}, base, 1
    while chosen.casefold() in used:
        number += 1
        chosen = f"{base[: 30 - len(str(number))]} {number}"
    return chosen


def _fill(sheet: Worksheet, table: pd.DataFrame, widths: Mapping[str, float]) -> None:
    columns = [str(c) for c in table.columns]
    for number, name in enumerate(columns, 1):
        head = sheet.cell(1, number)
        put_value(head, name)
        head.font, head.fill = _HEAD_FONT, _HEAD_FILL
        head.alignment = Alignment(vertical="center", wrap_text=True)
        values = table.iloc[:, number - 1].tolist()
        for row, value in enumerate(values, 2):
            put_value(sheet.cell(row, number), value)
        sheet.column_dimensions[get_column_letter(number)].width = widths.get(name) or _width([name, *values[:500]])
    sheet.freeze_panes = "A2"
    if columns:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(table) + 1}"


def put_value(cell: Any, value: object) -> None:
    """Put a value into a cell: nothing, a number, a yes or no, else text that stays text."""
    if isinstance(value, np.generic):
        value = value.item()
    if _is_null(value):
        return
    if isinstance(value, bool) or (isinstance(value, (int, float)) and math.isfinite(value) and abs(value) <= _EXACT):
        cell.value = value
        return
    text = shown_text(value)
    if not text:  # an empty text and an empty cell look the same
        return
    cell.value = text
    cell.data_type = "s"  # after the value, which would make a formula of "=…" and an error of "#N/A"
    cell.quotePrefix = text.startswith(_ACTIVE)


def _is_null(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def _width(values: Sequence[object]) -> float:
    """Return the width of the longest line, a Chinese character counting two; between 8 and 60."""
    lines = (line for v in values if not _is_null(v) for line in shown_text(v).split("\n"))
    longest = max((sum(2 if east_asian_width(c) in "WF" else 1 for c in line) for line in lines), default=0)
    return float(min(max(longest + 2, 8), 60))


def safe_csv(path: str | Path, table: pd.DataFrame, *, encoding: str = "utf-8-sig") -> None:
    """Write a table as CSV that spreadsheet programs open as Chinese and take no formula from; whole or not at all.

    Text that begins with ``= + - @``, a tab or a line end gets an apostrophe in front; numbers stay numbers; null is empty.

    Raises
    ------
    OutputError
        When the place cannot be written.
    """
    with staged_file(path) as beside, beside.open("w", encoding=encoding, newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([_guarded(str(c)) for c in table.columns])
        writer.writerows([_guarded(v) for v in row] for row in table.itertuples(index=False, name=None))


def _guarded(value: object) -> object:
    if _is_null(value):
        return ""
    if isinstance(value, (bool, int, float)):
        return value
    text = shown_text(value)
    return f"'{text}" if text.startswith(_ACTIVE) or str(value).startswith(_ACTIVE) else text
