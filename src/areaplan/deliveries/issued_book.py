"""The issued list as a workbook: the cells of one column are written, and every other byte that the workbook holds stays.

A workbook is a zip of XML parts. Opened and saved by a library or a spreadsheet program it comes out changed all over: styles, widths, comments, shared texts. So the part of the first
visible sheet is edited as bytes, cell by cell, and all other parts are taken over as they are.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
from openpyxl.utils import get_column_letter

from areaplan.errors import InputError
from areaplan.files.reading.limits import workbook_fault
from areaplan.messages import msg

__all__ = ["IssuedBook", "read_book"]

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ROW = re.compile(rb"<row\b[^>]*?(?:/>|>.*?</row>)", re.DOTALL)
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>.*?</c>)", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_NUMBER = re.compile(rb'\br="(\d+)"')


@dataclass(frozen=True)
class IssuedBook:
    """Hold a workbook's parts and the texts of its first visible sheet, from its head on, row by row.

    ``first`` is the number that the head has in the sheet.
    """

    parts: Sequence[tuple[zipfile.ZipInfo, bytes]]
    sheet: str
    first: int
    texts: list[list[str]]

    def written(self, column: int, values: Mapping[int, int]) -> bytes:
        """Return the workbook with numbers in one column, by position in ``texts``."""
        wanted = {self.first + row: value for row, value in values.items()}
        letters = get_column_letter(column + 1).encode()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as book:
            for info, data in self.parts:
                book.writestr(info, _edited(data, letters, wanted) if info.filename == self.sheet else data)
        return out.getvalue()


def read_book(path: Path) -> IssuedBook:
    """Read an issued list that came as XLSX.

    Raises
    ------
    InputError
        When it is no workbook, would unpack to too much, or is written in a way that cannot be edited in one place.
    """
    fault = workbook_fault(path.name, path)
    if fault:
        raise InputError(fault)
    try:
        with zipfile.ZipFile(path) as book:
            parts = [(info, book.read(info)) for info in book.infolist()]
        shown, rows = _rows(path)
        sheet = _part_of(dict((i.filename, d) for i, d in parts), shown)  # noqa: C402  (dict() of pairs reads as what it is)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, ET.ParseError) as e:
        raise InputError(msg("{path}: cannot be read as a workbook ({reason})", path=path.name, reason=e)) from None
    head = next((i for i, row in enumerate(rows) if sum(map(bool, row)) > 1), 0)
    data = next(d for i, d in parts if i.filename == sheet)
    if rows and len(_ROW.findall(data)) == 0:
        raise InputError(
            msg("{path}: its sheet is written in an unusual way; save the issued list as CSV", path=path.name)
        )
    return IssuedBook(parts, sheet, head + 1, rows[head:])


def _rows(path: Path) -> tuple[int, list[list[str]]]:
    """Return which sheet is the first visible one, and its cells as texts; formulas are texts too, for they are not empty."""
    book = openpyxl.load_workbook(path)
    at = next((i for i, s in enumerate(book.worksheets) if s.sheet_state == "visible"), 0)
    rows = [
        ["" if v is None else str(v).strip() for v in row] for row in book.worksheets[at].iter_rows(values_only=True)
    ]
    while rows and not any(rows[-1]):
        rows.pop()
    return at, rows


def _part_of(parts: Mapping[str, bytes], at: int) -> str:
    """Return the name of the part that holds worksheet ``at``."""
    book, relations = parts["xl/workbook.xml"], parts["xl/_rels/workbook.xml.rels"]
    if b"<!DOCTYPE" in book or b"<!DOCTYPE" in relations:
        raise ValueError("DOCTYPE")
    targets = {r.get("Id"): r.get("Target", "") for r in ET.fromstring(relations)}  # noqa: S314
    every = [targets[s.get(_RELATION)] for s in ET.fromstring(book).iter(f"{_MAIN}sheet")]  # noqa: S314
    sheets = [t for t in every if "worksheets/" in t]
    target = sheets[at]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _edited(data: bytes, letters: bytes, wanted: Mapping[int, int]) -> bytes:
    def row(match: re.Match[bytes]) -> bytes:
        number = _NUMBER.search(match[0][: match[0].find(b">")])
        value = None if number is None else wanted.get(int(number[1]))
        return match[0] if value is None else _with_cell(match[0], letters, int(number[1]), value)  # type: ignore[index]

    return _ROW.sub(row, data)


def _with_cell(row: bytes, letters: bytes, number: int, value: int) -> bytes:
    """Return a row with a number in one cell, which keeps its style; a cell that is not there yet is put in its place."""
    place = b"%s%d" % (letters, number)
    for cell in _CELL.finditer(row):
        found = _PLACE.search(cell[1])
        if found is None:
            continue
        if found[0] == b'r="%s"' % place:
            look = re.sub(rb'\s+t="[^"]*"', b"", cell[1].rstrip())
            return row[: cell.start()] + b"<c%s><v>%d</v></c>" % (look, value) + row[cell.end() :]
        if (len(found[1]), found[1]) > (len(letters), letters):
            return row[: cell.start()] + b'<c r="%s"><v>%d</v></c>' % (place, value) + row[cell.start() :]
    if row.endswith(b"/>"):
        return row[:-2] + b'><c r="%s"><v>%d</v></c></row>' % (place, value)
    return row.removesuffix(b"</row>") + b'<c r="%s"><v>%d</v></c></row>' % (place, value)
