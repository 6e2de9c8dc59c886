"""The panel beside the map: legend, facts, locator and QR code."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import shapely

from areaplan.maps.sheets import words
from areaplan.maps.sheets.ground import Ground
from areaplan.maps.sheets.ink import Ink, wrap
from areaplan.maps.sheets.layers import AreaGround
from areaplan.maps.sheets.measures import MM, Box
from areaplan.maps.sheets.operators import path_operators
from areaplan.maps.sheets.pages import Page
from areaplan.maps.sheets.rim import fitting
from areaplan.maps.sheets.signs import BORDER_WIDTHS, BORDERS, FEATURES, draw_border, draw_feature, draw_turn
from areaplan.maps.sheets.supervision import draw_supervision_sign
from areaplan.maps.sheets.view import View, fit
from areaplan.maps.thinning import thinned
from areaplan.messages import Lang, Message

__all__ = ["draw_facts", "draw_legend", "draw_locator", "draw_signs", "qr_code"]


_FACT_SIZES: Final = (8.5, 7.5, 6.5, 6.0, 5.5)
_QR_MASK: Final = 2


def draw_facts(ink: Ink, page: Page, lines: list[str], see_page: str) -> list[str]:
    """Write the facts, wrapped, smaller when there is much to say.

    Returns
    -------
    The lines that find no room at 5.5 points; ``see_page`` then says in their place where they stand.
    """
    left, low, right, high = page.facts
    ink.rect(page.facts, width=0.5)
    room, rows = right - left - 4 * MM, high - low - 3 * MM
    shown, rest = lines, list[str]()
    for size in _FACT_SIZES:
        if _least(ink, shown, size * page.unit, room) * size * 1.35 * page.unit > rows:
            continue  # not even without a blank at the ends of lines
        wrapped = _wrapped(ink, shown, size * page.unit, room)
        if len(wrapped) * size * 1.35 * page.unit <= rows:
            break
    else:
        wrapped = _wrapped(ink, [*shown, see_page], size * page.unit, room)
        while shown and len(wrapped) * size * 1.35 * page.unit > rows:
            shown, rest = shown[:-1], [shown[-1], *rest]
            wrapped = _wrapped(ink, [*shown, see_page], size * page.unit, room)
    step = size * 1.35 * page.unit
    for i, line in enumerate(wrapped):
        ink.text(left + 2 * MM, high - 1.5 * MM - step * (i + 0.8), line, size * page.unit)
    return rest


def _least(ink: Ink, lines: list[str], size: float, room: float) -> int:
    """Return a number of rows below which the lines cannot be had."""
    return sum(max(1, math.ceil(ink.face.width(line.replace(" ", ""), size) / room)) for line in lines)


def _wrapped(ink: Ink, lines: list[str], size: float, room: float) -> list[str]:
    return [row for line in lines for row in wrap(ink.face, line, size, room)]


def draw_legend(ink: Ink, page: Page, ground: Ground, used: set[str]) -> None:
    """Draw the signs that occur on the sheet, and what they mean."""
    lang = ground.lang
    signs: list[tuple[str, str]] = [
        (f"border {k}", m.text(lang)) for k, (m, _) in BORDERS.items() if f"border {k}" in used
    ]
    signs += [(k, m.text(lang)) for k, m in FEATURES.items() if k in used]
    signs += [
        (k, m.text(lang))
        for k, m in (
            ("house", words.HOUSE),
            ("flats", words.FLATS),
            ("shed", words.SHED),
            ("cell", words.CELL),
            ("turn", words.TURN),
        )
        if k in used
    ]
    signs.append(("neighbour", words.ELSEWHERE.text(lang)))
    draw_signs(ink, page, signs, lang)


def draw_signs(ink: Ink, page: Page, signs: list[tuple[str, str]], lang: Lang) -> None:
    """Draw the legend: each sign, and what it means."""
    left, low, right, high = page.legend
    unit = page.unit
    ink.rect(page.legend, width=0.5)
    ink.text(left + 2 * MM, high - 11 * unit, words.LEGEND.text(lang), 8.5 * unit, bold=True)
    step = min(13 * unit, (high - low - 16 * unit) / max(len(signs), 1))
    size = min(7 * unit, step * 0.8)
    for i, (sign, text) in enumerate(signs):
        y = high - 15 * unit - step * (i + 0.6)
        _sign(ink, sign, left + 2 * MM, y, 11 * MM * unit, unit)
        ink.text(
            left + 15 * MM * unit,
            y - size * 0.36,
            text,
            min(size, fitting(ink, text, size, right - left - 16 * MM * unit)),
        )


def _sign(ink: Ink, sign: str, x: float, y: float, width: float, unit: float) -> None:
    line = [np.array([(x, y), (x + width, y)])]
    if sign.startswith("border "):
        ink.rect((x, y, x + width, y + 3.2 * unit), fill=0.74)
        draw_border(ink, sign.removeprefix("border "), line, unit)
    elif sign in ("house", "shed", "flats"):
        box = (x + width / 4, y - 3.2 * unit, x + width * 3 / 4, y + 3.2 * unit)
        ink.rect(box, width=1.3 if sign == "flats" else 0.45, fill=1.0 if sign == "shed" else 0.86)
    elif sign.startswith("level "):
        ink.path(line, width=BORDER_WIDTHS[sign.removeprefix("level ")] * unit)
    elif sign == "turn":
        draw_turn(ink, "A", x + width / 2, y, unit)
    elif sign == "supervisor":
        draw_supervision_sign(ink, x, y, width, unit)
    elif sign == "cell":
        ink.path(line, width=0.4, gray=0.45, dash=(2, 1.5))
    elif sign == "neighbour":
        ink.path(line, width=0.9 * unit, gray=0.55, dash=(5, 2))
    else:
        draw_feature(ink, sign, line)


def draw_locator(ink: Ink, page: Page, ground: Ground, area: AreaGround) -> None:
    """Draw the village with its areas, this one black, and the QR code with the area's code and the plan's hash."""
    left, low, right, high = page.inset
    unit = page.unit
    ink.rect(page.inset, width=0.5)
    code = 21 * MM * unit
    beside = (right - left) < (high - low)
    box = (left, low + code, right, high) if beside else (left, low, right - code, high)
    v = ground.village_row(area.village_code)
    name = ground.villages["name"][v] or area.village_code
    room = box[2] - box[0] - 3 * MM
    caption = Message(words.LOCATOR.template, {"village": name}).text(ground.lang)
    while ink.face.width(caption, 5 * unit) > room and name:  # the whole name stands in the title
        name = name[:-1]
        caption = Message(words.LOCATOR.template, {"village": f"{name}…"}).text(ground.lang)
    size = fitting(ink, caption, 7 * unit, room)
    ink.text((box[0] + box[2]) / 2, box[3] - 9 * unit, caption, size, anchor=0.5)
    picture = (box[0], box[1], box[2], box[3] - 11 * unit)
    view, outline, borders = _village(ground, area.village_code, picture)
    with ink.clip(picture):
        ink.path(view.rings(area.shape), width=0.3, fill=0.25, close=True)
        ink.canvas.addLiteral(f"q 0.3 w 0.5 G {borders} S 0.9 w 0 G {outline} S Q")
    text = area.code if not ground.content_hash else f"{area.code} {ground.content_hash[:16]}"
    at = (left, low) if beside else (right - code, low + (high - low - code) / 2)
    qr_code(ink, at[0] + (1.5 * MM if not beside else 2 * MM), at[1] + 1.5 * MM, code - 3 * MM, text)
    if beside:
        _beside_code(ink, (left + code, low, right, low + code), area, ground)


def _beside_code(ink: Ink, box: Box, area: AreaGround, ground: Ground) -> None:
    left, low, right, high = box
    size = fitting(ink, area.code, 8.0, right - left - 3 * MM)
    ink.text(left, (low + high) / 2 + 2, area.code, size, bold=True)
    ink.text(left, (low + high) / 2 - 9, (ground.content_hash or "")[:16], size * 0.9, gray=0.3)


def _village(ground: Ground, village: str, box: Box) -> tuple[View, str, str]:
    """Return the view of a village and its outline and borders as path operators; drawn once, used for each of its areas."""
    key = ("village", village, box)
    if key not in ground.memo:
        shape = ground.villages.shapes[ground.village_row(village)]
        rows = np.flatnonzero(ground.areas["village_code"] == village)
        shapes = ground.areas.shapes[rows]
        seen = (
            shapely.union(shapely.box(*shape.bounds), shapely.box(*shapely.total_bounds(shapes)))
            if len(rows)
            else shape
        )
        view = fit(seen.bounds, box, 2 * MM)
        coarse = thinned(np.concatenate([shapes, [shape]]), 0.4 / view.per_m)
        borders = path_operators(view.rings(coarse[:-1]), close=True)
        ground.memo[key] = view, path_operators(view.rings(coarse[-1:]), close=True), borders
    found: tuple[View, str, str] = ground.memo[key]
    return found


def qr_code(ink: Ink, x: float, y: float, size: float, text: str) -> None:
    """Draw ``text`` as a QR code of ``size`` points with its lower left corner at (x, y)."""
    import segno

    # every reader reads every mask; to compare all eight would take longer than to draw the map
    matrix = np.array(segno.make(text, error="m", micro=False, boost_error=False, mask=_QR_MASK).matrix, dtype=np.int8)
    changes = np.diff(matrix, axis=1, prepend=0, append=0)
    (rows, starts), (_, ends) = np.nonzero(changes == 1), np.nonzero(changes == -1)
    bars = [
        f"{a} {-r - 1} {b - a}.01 1.01 re"  # bars that just touch would show a hair between them
        for r, a, b in zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True)
    ]
    step = size / len(matrix)
    ink.canvas.addLiteral(f"q 0 g {step:.5f} 0 0 {step:.5f} {x:.2f} {y + size:.2f} cm {' '.join(bars)} f Q")
