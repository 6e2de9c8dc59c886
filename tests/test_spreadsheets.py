"""What is put into a sheet is what is read from it, as text or number, never as a formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from areaplan.errors import OutputError
from areaplan.files import safe_csv, write_xlsx
from areaplan.files.spreadsheets import shown_text, xlsx_bytes

HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\")", "#N/A", "#REF!", "TRUE", "12", "0012", "2026-01-01", "＝1",
    "<b>&amp;</b>", "]]>", "a\x00b\x0bc\ufffe", "\ud800x", "line\nline\r\nline", "𡒄𤆵㘰", " blank ", "'quoted", "", "350302101001001", "x" * 40_000,
]  # fmt: skip


def _cells(data: bytes, column: int = 1) -> list[openpyxl.cell.Cell]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [sheet.cell(row, column) for row in range(2, sheet.max_row + 1)]


def test_hostile_texts_come_back_as_shown() -> None:
    """No text becomes a formula, an error, a number or a date; each reads back as it is shown."""
    data = xlsx_bytes({"s": pd.DataFrame({"name": pd.Series(HOSTILE, dtype=object), "n": range(len(HOSTILE))})})
    for text, cell in zip(HOSTILE, _cells(data), strict=True):
        assert (cell.value or "") == shown_text(text)
        assert cell.data_type == "s" or cell.value is None


@budget(max_examples=30)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=20))
def test_any_text_comes_back_as_shown(texts: list[str]) -> None:
    """Whatever a name holds, the cell reads back as the text that is shown."""
    data = xlsx_bytes({"s": pd.DataFrame({"name": pd.Series(texts, dtype=object), "n": range(len(texts))})})
    cells = _cells(data)
    assert [c.value or "" for c in cells] == [shown_text(t) for t in texts]
    assert all(c.data_type in "sn" for c in cells)
    assert not any(isinstance(c.value, (int, float)) for c in cells)


def test_text_stays_text_when_edited() -> None:
    """Cells that begin like a formula carry the mark that keeps them text in the hands of a person."""
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes({"s": pd.DataFrame({"a": ["=1", "b"]})}))).worksheets[0]
    assert [sheet["A2"].quotePrefix, sheet["A3"].quotePrefix] == [True, False]


def test_numbers_are_numbers_and_null_is_empty() -> None:
    """Counts add up in the sheet; unknown counts are empty cells; whole numbers beyond what a sheet can hold are text."""
    table = pd.DataFrame(
        {"a": pd.array([1, None, 2**60], dtype="Int64"), "b": [0.5, float("nan"), float("inf")], "c": [True, None, "x"]}
    )
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes({"s": table}))).worksheets[0]
    assert [[c.value for c in row] for row in sheet["A2:C4"]] == [
        [1, 0.5, True],
        [None, None, None],
        [str(2**60), "inf", "x"],
    ]


def test_the_head_is_frozen_and_columns_are_readable(tmp_path: Path) -> None:
    """First row bold, frozen and filtered; widths follow the content, Chinese counting double, or what is asked."""
    path = tmp_path / "r.xlsx"
    write_xlsx(
        path,
        {"名录": pd.DataFrame({"code": ["350302101001001"], "名称": ["第一普查小区第一普查小区"], "x": ["y" * 500]})},
        widths={"code": 33},
    )
    sheet = openpyxl.load_workbook(path)["名录"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:C2"
    assert sheet["A1"].font.bold
    assert [sheet.column_dimensions[c].width for c in "ABC"] == [33, 26, 60]


def test_sheet_names_are_made_to_fit() -> None:
    """Names with forbidden characters, too long, blank or alike but for case become allowed and different."""
    names = ["a/b", "x" * 40, "x" * 40 + "y", "", "Sum", "SUM", "'q'"]
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes({n: pd.DataFrame({"a": [1]}) for n in names})))
    assert len({n.casefold() for n in book.sheetnames}) == len(names)
    assert all(len(n) <= 31 and not set(n) & set("[]:*?/\\") for n in book.sheetnames)


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    """No date of the day enters the file."""
    tables = {"s": pd.DataFrame({"a": ["x"]})}
    write_xlsx(tmp_path / "1.xlsx", tables)
    assert (tmp_path / "1.xlsx").read_bytes() == xlsx_bytes(tables)
    assert b"2000-01-01" in openpyxl.load_workbook(tmp_path / "1.xlsx").properties.modified.isoformat().encode()


def test_no_tables_give_an_empty_book() -> None:
    """A workbook needs a sheet: without tables it has an empty one."""
    assert len(openpyxl.load_workbook(io.BytesIO(xlsx_bytes({}))).sheetnames) == 1


def test_csv_takes_no_formula(tmp_path: Path) -> None:
    """In CSV, text that begins like a formula has an apostrophe; numbers, negative ones too, stay as they are."""
    path = tmp_path / "t.csv"
    safe_csv(path, pd.DataFrame({"=name": ["=1+1", "-", "东村", "\t=1", None], "n": [-1, 2.5, 3, 4, float("nan")]}))
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))
    assert rows == [["'=name", "n"], ["'=1+1", "-1.0"], ["'-", "2.5"], ["东村", "3.0"], ["'\t=1", "4.0"], ["", ""]]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_an_impossible_place_is_an_output_error(tmp_path: Path) -> None:
    """A folder in place of the file."""
    with pytest.raises(OutputError):
        write_xlsx(tmp_path, {})
