"""The opinion form: a row an area, reasons to choose from, for reviewers who work without the page (审核意见表)."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from areaplan.comments import ASKS, DECISIONS, REASONS
from areaplan.files.reviewing import FORM_HEAD, FORM_TOP
from areaplan.files.spreadsheets import finished, put_value
from areaplan.messages import Lang, Message, msg
from areaplan.model import AreaPlan

__all__ = ["comments_form"]

_FACTS: dict[str, tuple[Message, float]] = {
    "ea_code": (FORM_HEAD["ea_code"], 19),
    "village_code": (FORM_HEAD["village_code"], 15),
    "village": (msg("Village"), 18),
    "name": (msg("Area"), 15),
    "households": (msg("Households"), 8),
    "findings": (msg("Findings"), 34),
}
_TO_FILL: dict[str, float] = {"decision": 9, "reason": 20, "reason_2": 20, "text": 36, "ask": 18, "ask_with": 19}
_LISTS = {"decision": DECISIONS, "reason": REASONS, "reason_2": REASONS, "ask": ASKS}
_HEAD_ROW = 5
_THIN = Side(style="thin", color="B9C3CC")
_HEAD = PatternFill("solid", fgColor="2F4B6E")
_OPEN = PatternFill("solid", fgColor="FFF8E6")


def comments_form(plan: AreaPlan, *, plan_hash: str, lang: Lang) -> bytes:
    """Return an XLSX workbook as ``docs/review-format.md`` describes it; :func:`areaplan.files.read_comments` reads it back.

    Parameters
    ----------
    plan
        Whose areas are the rows, in the order of their codes.
    plan_hash
        Content hash that ties what is filled in to this version of the plan.
    lang
        Language of labels and drop-down lists; the reader takes either.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = msg("Comments").text(lang)
    _top(sheet, plan, plan_hash, lang)
    _head(sheet, lang)
    rows = _rows(plan, lang)
    styles = [_style(sheet, column) for column in range(1, len(_FACTS) + len(_TO_FILL) + 1)]
    for number, row in enumerate(rows, _HEAD_ROW + 1):
        _line(sheet, number, row, styles)
    _choices(book, sheet, _HEAD_ROW + len(rows), lang)
    _paper(sheet)
    return finished(book)


def _top(sheet: Worksheet, plan: AreaPlan, plan_hash: str, lang: Lang) -> None:
    put_value(sheet.cell(1, 1), plan.territory.title)
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    for column, (name, value) in {1: ("plan_hash", plan_hash)}.items():
        put_value(sheet.cell(2, column), FORM_TOP[name].text(lang))
        put_value(sheet.cell(2, column + 1), value)
    for column, name in ((1, "reviewer"), (3, "time")):
        put_value(sheet.cell(3, column), FORM_TOP[name].text(lang))
        sheet.cell(3, column + 1).fill = _OPEN
        sheet.cell(3, column + 1).border = Border(_THIN, _THIN, _THIN, _THIN)
    hint = msg(
        "Fill in the coloured columns of the areas you have an opinion on; rows left empty count as not looked at."
    )
    put_value(sheet.cell(4, 1), hint.text(lang))


def _head(sheet: Worksheet, lang: Lang) -> None:
    labels = [(label, width) for label, width in _FACTS.values()] + [(FORM_HEAD[n], w) for n, w in _TO_FILL.items()]
    for column, (label, width) in enumerate(labels, 1):
        cell = sheet.cell(_HEAD_ROW, column)
        put_value(cell, label.text(lang))
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEAD
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = width


def _rows(plan: AreaPlan, lang: Lang) -> list[list[object]]:
    """Return the facts of every area in the order of codes."""
    names = dict(zip(plan.territory.villages["village_code"], plan.territory.villages["name"], strict=True))
    said: dict[str, list[str]] = {}
    for finding in plan.findings.ordered():
        said.setdefault(str(finding.subject), []).append(f"{finding.rule} {finding.message.text(lang)}")
    areas = plan.areas.sort_values("ea_code", kind="stable")
    return [
        [
            r.ea_code,
            r.village_code,
            names.get(r.village_code),
            r.name,
            r.households,
            "\n".join(said.get(r.ea_code, [])[:3]),
        ]
        for r in areas.itertuples(index=False)
    ]


def _style(sheet: Worksheet, column: int) -> Any:
    """Return how the cells of a column look; to say it anew for every cell of a large plan would take seconds."""
    cell: Any = sheet.cell(_HEAD_ROW + 1, column)
    if column > len(_FACTS):
        cell.fill = _OPEN
    cell.border = Border(_THIN, _THIN, _THIN, _THIN)
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if column == len(_FACTS) + len(_TO_FILL):
        cell.number_format = "@"  # a code typed here stays text
    return copy(cell._style)


def _line(sheet: Worksheet, number: int, facts: Sequence[object], styles: Sequence[Any]) -> None:
    for column, style in enumerate(styles, 1):
        cell: Any = sheet.cell(number, column)
        cell._style = copy(style)
        if column <= len(facts):
            put_value(cell, facts[column - 1])


def _choices(book: Workbook, sheet: Worksheet, last: int, lang: Lang) -> None:
    """Put the drop-down lists on a sheet of their own and tie the columns to them; other entries are refused in a message."""
    lists = book.create_sheet(msg("Lists").text(lang))
    lists.sheet_state = "hidden"
    for column, (name, words) in enumerate(_LISTS.items(), 1):
        for row, label in enumerate(words.values(), 1):
            put_value(lists.cell(row, column), label.text(lang))
        letter = get_column_letter(column)
        title = lists.title.replace("'", "''")
        rule = DataValidation(type="list", formula1=f"'{title}'!${letter}$1:${letter}${len(words)}", allow_blank=True)
        rule.error = msg("Choose from the list.").text(lang)
        rule.showErrorMessage = True
        sheet.add_data_validation(rule)
        at = get_column_letter(len(_FACTS) + list(_TO_FILL).index(name) + 1)
        rule.add(f"{at}{_HEAD_ROW + 1}:{at}{max(last, _HEAD_ROW + 1)}")


def _paper(sheet: Worksheet) -> None:
    sheet.freeze_panes = f"B{_HEAD_ROW + 1}"
    sheet.auto_filter.ref = f"A{_HEAD_ROW}:{get_column_letter(len(_FACTS) + len(_TO_FILL))}{sheet.max_row}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{_HEAD_ROW}:{_HEAD_ROW}"
