"""Read tables of offices, CSV and XLSX: codes stay text, a title above the header is no harm, rows are numbered as on screen."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from areaplan.errors import InputError
from areaplan.files.reading.columns import is_blank
from areaplan.files.reading.encodings import decodes, detect
from areaplan.files.reading.limits import workbook_fault

__all__ = ["Sheet", "read_csv", "read_xlsx", "sheet_names"]

TITLE_ROWS = 10
_MARKS = {codecs.BOM_UTF8: "UTF-8-SIG", codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
"""The first bytes by which a text says how it is encoded; Excel's "Unicode text" is UTF-16."""


@dataclass(frozen=True)
class Sheet:
    """Hold the rows below the header, the number that the first of them has in the file, and names that stand over more columns than one."""

    table: pd.DataFrame
    first_row: int
    doubled: tuple[str, ...] = ()


def read_csv(path: Path, encoding: str | None) -> Sheet | None:
    """Read a CSV file with every cell as text; ``None`` when its text cannot be decoded."""
    data = path.read_bytes()
    name = encoding or next((e for mark, e in _MARKS.items() if data.startswith(mark)), None) or detect([data])
    if name is None or not decodes([data], name):
        return None
    text = data.decode(name, errors="replace")
    cells = pd.read_csv(
        io.StringIO(text), dtype=str, keep_default_na=False, sep=_separator(text), skipinitialspace=True, header=None,
        skip_blank_lines=False, names=range(_widest(text)),
    )  # fmt: skip
    return _below_header(cells)


def sheet_names(path: Path) -> list[str]:
    """Return the names of the sheets of an XLSX file.

    Raises
    ------
    InputError
        When it would unpack to more than :class:`areaplan.files.reading.limits.Limits` allow.
    """
    fault = workbook_fault(path.name, path)
    if fault:
        raise InputError(fault)
    with pd.ExcelFile(path, engine="openpyxl") as book:
        return [str(s) for s in book.sheet_names]


def read_xlsx(path: Path, sheet: str) -> Sheet:
    """Read a sheet of an XLSX file, numbers as numbers and texts as texts."""
    return _below_header(pd.read_excel(path, sheet_name=sheet, header=None, dtype=object, engine="openpyxl"))


def _below_header(cells: pd.DataFrame) -> Sheet:
    """Take the first row with two filled cells for the header: a title above it fills only one; cut empty rows at the end."""
    filled = [[not is_blank(v) for v in row] for row in cells.head(TITLE_ROWS).itertuples(index=False)]
    wanted = min(2, cells.shape[1])
    head = next((i for i, row in enumerate(filled) if sum(row) >= wanted), 0)
    rows = len(cells)
    while rows > head + 1 and all(is_blank(v) for v in cells.iloc[rows - 1]):
        rows -= 1
    if not len(cells):
        return Sheet(cells, 1)
    names = ["" if is_blank(v) else str(v).strip() for v in cells.iloc[head]]
    used = [i for i, n in enumerate(names) if n and n not in names[:i]]
    table = cells.iloc[head + 1 : rows, used].reset_index(drop=True)
    doubled = tuple(n for i, n in enumerate(names) if n and n in names[:i])
    return Sheet(table.set_axis([names[i] for i in used], axis=1), head + 2, doubled)


def _separator(text: str) -> str:
    """Return the sign that parts most cells of the first lines."""
    first = "\n".join(text.split("\n")[:TITLE_ROWS])
    return max(",;\t|", key=first.count)


def _widest(text: str) -> int:
    """Return at least how many cells the widest line has."""
    sign = _separator(text)
    return max(line.count(sign) for line in text.split("\n")) + 1
