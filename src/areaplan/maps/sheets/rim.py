"""What every page of every sheet has around its content: the thick frame, head, title, scale, places to sign, and the closing sentence."""

from __future__ import annotations

from typing import Final

import numpy as np

from areaplan.maps.sheets import words
from areaplan.maps.sheets.edition import Edition
from areaplan.maps.sheets.ink import Ink, wrap
from areaplan.maps.sheets.measures import MM, Box
from areaplan.maps.sheets.pages import Page
from areaplan.maps.sheets.view import View
from areaplan.messages import Lang, Message

__all__ = ["draw_rim", "draw_scale", "fitting", "start_page"]

_TITLE_SIZES: Final = (
    (17, 1),
    (15, 1),
    (13, 1),
    (11, 1),
    (11, 2),
    (10, 2),
    (9, 2),
    (8, 3),
    (7, 3),
    (6, 4),
    (5, 5),
    (4, 9),
)
"""Type sizes of the title, and the most lines each may take."""

_NARROW: Final = 100 * MM  # a box for the scale below this has no room to spare
_LONG: Final = 20 * MM  # a scale bar above this has a mark in its middle


def start_page(ink: Ink, page: Page) -> None:
    """Begin a page of the given paper."""
    left, low, right, high = page.frame
    rim = 2 * MM
    ink.begin(page.width, page.height, (left - rim, low - rim, right + rim, high + rim))


def draw_rim(
    ink: Ink, page: Page, edition: Edition, lang: Lang, *, title: str, sheet: str, number: tuple[int, int]
) -> None:
    """Draw the frame and all that stands in it at a fixed place.

    Parameters
    ----------
    title
        The full name.
    sheet
        What the sheet is called in a pile of sheets: a code.
    number
        This page, and the pages of this sheet.
    """
    unit = page.unit
    ink.rect(page.frame, width=2.6 * unit)
    left, low, right, high = page.head
    y = low + (high - low - 9 * unit) / 2 + 1.2 * unit
    ink.text(left + 2 * MM, y, edition.mark(lang), 10 * unit, bold=True)
    paged = Message(words.PAGE.template, {"page": number[0], "pages": number[1]}).text(lang)
    ink.text((left + right) / 2, y, paged, 7.5 * unit, anchor=0.5)
    said = edition.circulation(lang)
    room = (right - left) / 2 - 4 * MM - ink.face.width(paged, 7.5 * unit) / 2
    ink.text(right - 2 * MM, y, said, fitting(ink, said, 10 * unit, room), anchor=1, bold=True)
    _title(ink, page.title, title, unit)
    _signs(ink, page, lang, f"{sheet}-{number[0]}".removeprefix("-"))
    left, low, right, high = page.foot
    ink.line(left, high, right, high, 0.6)
    sentence = words.DISCLAIMER.text(lang)
    size = fitting(ink, sentence, 7 * unit, right - left - 4 * MM)
    ink.text((left + right) / 2, (low + high) / 2 - size * 0.36, sentence, size, anchor=0.5)


def _title(ink: Ink, box: Box, title: str, unit: float) -> None:
    """Write the title as large as it fits: on one line down to 11 points, then on two, then three."""
    left, low, right, high = box
    ink.line(left, low, right, low, 0.8)
    for size, most in _TITLE_SIZES:
        lines = wrap(ink.face, title, size * unit, right - left - 6 * MM)
        if len(lines) <= most:
            break
    step = size * unit * 1.12
    y = (low + high) / 2 + step * (len(lines) / 2 - 1) + size * unit * 0.22
    for i, line in enumerate(lines):
        ink.text((left + right) / 2, y - i * step, line, size * unit, anchor=0.5, bold=True)


def _signs(ink: Ink, page: Page, lang: Lang, sheet: str) -> None:
    left, low, right, high = page.signs
    unit = page.unit
    ink.line(left, high, right, high, 0.8)
    cells = (
        (words.DRAFTER, 0.17, ""), (words.DATE, 0.15, ""), (words.SHEET, 0.23, sheet),
        (words.SUPERVISOR, 0.18, ""), (words.TOWNSHIP, 0.27, words.STAMP.text(lang)),
    )  # fmt: skip
    x = left
    for label, share, text in cells:
        end = x + share * (right - left)
        ink.text(x + 1.5 * MM, high - 8.5 * unit, label.text(lang), 7 * unit)
        if text == sheet:
            size = fitting(ink, sheet, 8 * unit, end - x - 3 * MM)
            ink.text((x + end) / 2, low + 4 * MM * unit, text, size, anchor=0.5)
        else:
            ink.text(end - 1.5 * MM, low + 2 * unit, text, 7 * unit, anchor=1, gray=0.35)
        if end < right - 1:
            ink.line(end, low, end, high, 0.5)
        x = end


def draw_scale(ink: Ink, box: Box, view: View, unit: float, note: str) -> None:
    """Draw the scale bar with its numeric scale; ``note`` on the right (the CRS, or which detail it is)."""
    left, low, right, _ = box
    ink.rect(box, width=0.5)
    scale = f"1:{view.scale:,.0f}".replace(",", "\u0020")
    gap = (8 if right - left > _NARROW * unit else 3) * MM * unit
    wide = ink.face.width(scale, 10 * unit) + ink.face.width(note, 6.5 * unit) + gap + 14 * MM * unit
    length = _round_length(min(50 * MM * unit, right - left - wide) / view.per_m)
    x, y, step = left + 5 * MM, low + 2.2 * MM * unit, length * view.per_m / 4
    for i in range(4):
        ink.rect((x + i * step, y, x + (i + 1) * step, y + 3 * unit), width=0.5, fill=float(i % 2))
    marks = ((0, "0"), (2, f"{length / 2:g}"), (4, f"{length:g} m"))
    for at, text in marks if step * 4 > _LONG * unit else marks[::2]:
        ink.text(x + at * step, y + 4.6 * unit, text, 6.5 * unit, anchor=0.5)
    ink.text(x + 4 * step + gap + 2 * MM * unit, y, scale, 10 * unit, bold=True)
    ink.text(right - 2 * MM, y, note, 6.5 * unit, anchor=1, gray=0.3)


def _round_length(most: float) -> float:
    power = 10.0 ** np.floor(np.log10(most))
    return float(max(f * power for f in (1, 2, 4) if f * power <= most * (1 + 1e-9)))


def fitting(ink: Ink, text: str, size: float, width: float) -> float:
    """Return ``size``, or the smaller one at which ``text`` is no wider than ``width``."""
    return size * min(1.0, width / max(ink.face.width(text, size), 1e-6))
