"""The little of Word that the documents of a census office need, on A4, with both scripts set right.

Word picks a typeface per script: without ``w:eastAsia`` Chinese text falls back to whatever the reader's machine likes. Values enter as text
only, through :func:`areaplan.messages.plain`, and the same values give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from areaplan.files.zips import timeless
from areaplan.messages import Lang, Message, msg, plain

__all__ = ["add_text", "as_bytes", "card", "heading", "new_document", "paragraph", "signatures", "table", "words"]

_LATIN, _SONG, _HEI = "Times New Roman", "宋体", "黑体"


def words(value: object, lang: Lang) -> str:
    """Return a message in ``lang``, or any other value as plain text; nothing for ``None``."""
    if value is None:
        return ""
    return plain(value.text(lang) if isinstance(value, Message) else value)


def new_document(title: str, lang: Lang, *, close: bool = False) -> Any:
    """Return an empty A4 document with page numbers whose styles name a Latin and an East Asian typeface; ``close``: with narrow margins."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(15 if close else 20)
    section.top_margin, section.bottom_margin = Mm(15 if close else 25), Mm(15 if close else 20)
    section.footer_distance = Mm(8)
    _style(document, "Normal", _SONG, 10.5)
    _style(document, "Title", _HEI, 18)
    document.styles["Title"].paragraph_format.space_after = Pt(4)
    _style(document, "Heading 1", _HEI, 14)
    _style(document, "Heading 2", _HEI, 12)
    document.core_properties.title = plain(title)
    document.core_properties.author = "areaplan"
    document.core_properties.language = "zh-CN" if lang == "zh" else "en"
    _page_numbers(section.footer.paragraphs[0], lang)
    return document


def _style(document: Any, name: str, east_asian: str, size_pt: float) -> None:
    style = document.styles[name]
    style.font.name, style.font.size = _LATIN, Pt(size_pt)
    style.font.color.rgb = None
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(script), None)  # a theme typeface would win over the one named here
    fonts.set(qn("w:ascii"), _LATIN)
    fonts.set(qn("w:hAnsi"), _LATIN)
    fonts.set(qn("w:eastAsia"), east_asian)


def _page_numbers(footer: Any, lang: Lang) -> None:
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, between, after = msg("page {page} of {pages}", page="¦", pages="¦").text(lang).split("¦")
    for text, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, None)):
        footer.add_run(text)
        if field:
            simple = OxmlElement("w:fldSimple")
            simple.set(qn("w:instr"), field)
            footer._p.append(simple)


def heading(document: Any, text: str, level: int = 1, *, new_page: bool = False) -> None:
    """Add a heading; level 0 is the centred title. A page that ends just before ``new_page`` leaves no empty one."""
    paragraph_ = document.add_heading(plain(text), level)
    paragraph_.paragraph_format.page_break_before = new_page or None
    if level == 0:
        paragraph_.alignment = WD_ALIGN_PARAGRAPH.CENTER


def paragraph(document: Any, text: str, *, bold: bool = False) -> Any:
    """Add a paragraph of plain text."""
    added = document.add_paragraph()
    add_text(added, text, bold=bold)
    return added


def add_text(paragraph_: Any, text: str, *, bold: bool = False) -> None:
    """Add plain text to a paragraph."""
    paragraph_.add_run(plain(text)).bold = bold


def table(
    document: Any,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    widths_mm: Sequence[float],
    *,
    bold: int | None = None,
    size_pt: float | None = None,
) -> Any:
    """Add a ruled table whose first row repeats on every page and whose rows do not break; ``bold`` names a column."""
    grid = document.add_table(rows=1, cols=len(head), style="Table Grid")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    for column, width in zip(grid.columns, widths_mm, strict=True):
        column.width = Mm(width)
    _fill(grid.rows[0], head, widths_mm, lambda _i: True)
    _mark(grid.rows[0], "w:tblHeader")
    for row in rows:
        _fill(grid.add_row(), row, widths_mm, lambda i: i == bold)
    if size_pt:
        _set_size(grid, size_pt)
    return grid


def _set_size(grid: Any, size_pt: float) -> None:
    """Set all text of a table in one size, line below line."""
    for paragraph_ in (p for row in grid.rows for cell in row.cells for p in cell.paragraphs):
        paragraph_.paragraph_format.line_spacing = 1.0
        for run in paragraph_.runs:
            run.font.size = Pt(size_pt)


def card(document: Any, rows: Sequence[tuple[str, str]], widths_mm: tuple[float, float]) -> Any:
    """Add a ruled card of labels and texts that stays on one page."""
    grid = document.add_table(rows=0, cols=2, style="Table Grid")
    grid.autofit = False
    for column, width in zip(grid.columns, widths_mm, strict=True):
        column.width = Mm(width)
    for number, row in enumerate(rows, 1):
        added = grid.add_row()
        _fill(added, row, widths_mm, lambda i: i == 0)
        for cell in added.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = number < len(rows)
    return grid


def _fill(row: Any, texts: Sequence[str], widths_mm: Sequence[float], is_bold: Any) -> None:
    _mark(row, "w:cantSplit")
    for i, (cell, text, width) in enumerate(zip(row.cells, texts, widths_mm, strict=True)):
        cell.width = Mm(width)
        add_text(cell.paragraphs[0], text, bold=is_bold(i))


def _mark(row: Any, flag: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(flag))


def signatures(document: Any, roles: Sequence[Message], lang: Lang) -> None:
    """Add a row of places to sign, with room for a stamp and a date."""
    grid = document.add_table(rows=1, cols=len(roles), style="Table Grid")
    _mark(grid.rows[0], "w:cantSplit")
    for cell, role in zip(grid.rows[0].cells, roles, strict=True):
        add_text(cell.paragraphs[0], role.text(lang), bold=True)
        for line in ("", "", "", msg("Date: ____-__-__").text(lang)):
            cell.add_paragraph(line)


def as_bytes(document: Any) -> bytes:
    """Return the document as the bytes of a ``.docx``; the same document gives the same bytes."""
    raw = io.BytesIO()
    document.save(raw)
    return timeless(raw.getvalue())
