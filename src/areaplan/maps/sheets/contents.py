"""The contents of an atlas: printed first, known last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from areaplan.maps.sheets.edition import Edition
from areaplan.maps.sheets.fonts import Face
from areaplan.maps.sheets.ink import Ink
from areaplan.maps.sheets.pages import page_of
from areaplan.maps.sheets.rim import draw_rim, start_page
from areaplan.maps.sheets.tables import Column, Table
from areaplan.messages import Lang, msg

__all__ = ["CONTENTS_TEXTS", "Contents", "Entry"]

_HEADING = msg("Contents")
_HEADS: Final = (msg("Sheet"), msg("Title"), msg("Page"))
CONTENTS_TEXTS: Final = (_HEADING, *_HEADS)
"""Every fixed text of the contents."""


@dataclass(frozen=True)
class Entry:
    """Hold a line of the contents: what the sheet is called, its title, and the page it begins on."""

    code: str
    title: str
    page: int


@dataclass
class Contents:
    """Keep room at the front of an atlas for its contents, and fill it when all pages are known.

    The room is a form that the front pages show and that is defined at the end, as PDF allows.
    """

    canvas: Any
    face: Face
    edition: Edition
    lang: Lang
    title: str
    code: str
    expected: int
    entries: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page = page_of(self.edition.paper, lying=False)
        heads = [h.text(self.lang) for h in _HEADS]
        columns = [Column(heads[0], 0.26), Column(heads[1], 0.62), Column(heads[2], 0.12, right=True)]
        self.table = Table(self.page, _HEADING.text(self.lang), columns)

    def reserve(self) -> None:
        """Put the front pages in."""
        ink = Ink(self.canvas, self.face, tiled=self.edition.tiled)
        pages = self.table.pages(self.expected)
        self.canvas.bookmarkPage("contents")
        self.canvas.addOutlineEntry(_HEADING.text(self.lang), "contents", level=0)
        for i in range(pages):
            start_page(ink, self.page)
            draw_rim(ink, self.page, self.edition, self.lang, title=self.title, sheet=self.code, number=(i + 1, pages))
            self.canvas.doForm(f"contents-{i}")
            ink.next_page()

    def add(self, code: str, title: str, level: int) -> None:
        """Enter a sheet that begins on the current page, with a bookmark."""
        key = f"sheet-{len(self.entries)}"
        self.entries.append(Entry(code, title, self.canvas.getPageNumber()))
        self.canvas.bookmarkPage(key)
        self.canvas.addOutlineEntry(f"{code} {title}".strip(), key, level=level, closed=level == 0)

    def fill(self) -> Ink:
        """Write the lines, now that every page is known."""
        ink = Ink(self.canvas, self.face)
        per_page = self.table.rows_per_page
        for i in range(self.table.pages(self.expected)):
            self.canvas.beginForm(f"contents-{i}", 0, 0, self.page.width, self.page.height)
            self.table.draw(ink, [_line(e) for e in self.entries[i * per_page : (i + 1) * per_page]])
            self.canvas.endForm()
            ink.page += 1
        return ink


def _line(entry: Entry) -> Sequence[str]:
    return entry.code, entry.title, str(entry.page)
