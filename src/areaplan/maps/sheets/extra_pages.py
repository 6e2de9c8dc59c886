"""Pages without a map: room for the enumerator's corrections, and facts that the area sheet had no room for."""

from __future__ import annotations

import numpy as np

from areaplan.maps.sheets import words
from areaplan.maps.sheets.ink import Ink, wrap
from areaplan.maps.sheets.measures import MM, Box
from areaplan.maps.sheets.pages import Page
from areaplan.messages import Lang

__all__ = ["draw_continued", "draw_corrections"]

_ROWS = 8  # of the table of changes


def draw_corrections(ink: Ink, page: Page, lang: Lang, facts: list[str]) -> None:
    """Draw a page to sketch and write on: facts left over, a faint 5 mm grid, and a table."""
    left, bottom, right, top = page.frame[0], page.signs[3], page.frame[2], page.title[1]
    unit = page.unit
    top = _write(ink, (left, top - (top - bottom) / 3, right, top), unit, lang, facts)
    ink.text(left + 3 * MM, top - 12 * unit, words.CORRECTIONS.text(lang), 9 * unit, bold=True)
    height = 8 * MM * unit
    table = bottom + (_ROWS + 1) * height
    step = 5 * MM
    xs, ys = np.arange(left + step, right - 1, step), np.arange(table + step, top - 16 * unit, step)
    grid = [np.array([(x, table), (x, top - 16 * unit)]) for x in xs] + [np.array([(left, y), (right, y)]) for y in ys]
    ink.path(grid, width=0.25, gray=0.82)
    _table(ink, (left, bottom, right, table), height, unit, lang)


def _table(ink: Ink, box: Box, height: float, unit: float, lang: Lang) -> None:
    left, bottom, right, table = box
    cuts = [left, left + 22 * MM * unit, left + 75 * MM * unit, right]
    for i in range(_ROWS + 1):
        ink.line(left, bottom + (i + 1) * height, right, bottom + (i + 1) * height, 0.5)
    for x in cuts[1:-1]:
        ink.line(x, bottom, x, table, 0.5)
    for x, head in zip(cuts, (words.NUMBER_COLUMN, words.CHANGE, words.REMARK), strict=False):
        ink.text(x + 2 * MM, table - height / 2 - 3, head.text(lang), 7.5 * unit)


def draw_continued(ink: Ink, page: Page, lang: Lang, facts: list[str]) -> None:
    """Draw a page of facts."""
    left, bottom, right, top = page.frame[0], page.signs[3], page.frame[2], page.title[1]
    _write(ink, (left, bottom, right, top), page.unit, lang, facts)


def _write(ink: Ink, box: Box, unit: float, lang: Lang, facts: list[str]) -> float:
    """Write facts from the top of a box, as small as it takes to have them all; return where they end."""
    if not facts:
        return box[3]
    left, bottom, right, top = box
    for size in (8.5, 7.0, 5.5, 4.5, 3.5):
        lines = [w for said in facts for w in wrap(ink.face, said, size * unit, right - left - 6 * MM)]
        step = size * 1.4 * unit
        if len(lines) * step + 18 * unit <= top - bottom:
            break
    ink.text(left + 3 * MM, top - 12 * unit, words.CONTINUED.text(lang), 9 * unit, bold=True)
    for i, line in enumerate(lines):
        ink.text(left + 3 * MM, top - 16 * unit - step * (i + 0.8), line, size * unit)
    end = top - 20 * unit - step * len(lines)
    ink.line(left, end, right, end, 0.5)
    return end
