"""One area's sheet: the map, its details where there are too many houses for one page, and in a draft a page for corrections."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import shapely

from areaplan.maps.sheets import mapping, words
from areaplan.maps.sheets.details import Detail, details_of, is_legible
from areaplan.maps.sheets.fonts import Face
from areaplan.maps.sheets.ground import AreaGround, Ground
from areaplan.maps.sheets.ink import MM, Ink
from areaplan.maps.sheets.labels import SIZES, Number, Placer
from areaplan.maps.sheets.mapping import Drawing
from areaplan.maps.sheets.pages import Page, page_of
from areaplan.maps.sheets.panel import draw_facts, draw_legend, draw_locator, draw_rim, draw_scale
from areaplan.maps.sheets.view import View, fit
from areaplan.messages import Message

__all__ = ["State", "draw_area"]

State = Literal["draft", "final"]
_FAR, _FEW = 13.0, 4  # points between a house and its number; so many may stand farther off
_RIM = 10 * MM  # around the area, for the neighbours' codes


def draw_area(canvas: Any, face: Face, ground: Ground, code: str, *, state: State, paper: str) -> Ink:
    """Draw all pages of one area on a reportlab canvas.

    Returns
    -------
    Ink
        With every text that was drawn and its box.
    """
    ink = Ink(canvas, face)
    area = ground.area(code)
    page, view = _best_page(area, paper)
    drawing = _drawing(ink, ground, area, view, page.unit)
    details = _details(drawing, page)
    members = _rest(area, details)
    placed, _ = mapping.place_members(drawing, members)
    pages = 1 + len(details) + (state == "draft")
    _start(ink, page)
    draw_rim(ink, page, ground, area, state, (1, pages))
    _draw_window(drawing, members, placed, details)
    draw_scale(ink, page, view, _crs_name(ground.plan.crs))
    neighbours = [ground.short_code(c, area.village_code) for c in words.neighbours_of(ground, area)]
    draw_facts(ink, page, words.facts(ground, area, neighbours, len(details), state))
    draw_legend(ink, page, ground, drawing.used)
    draw_locator(ink, page, ground, area)
    ink.next_page()
    for i, detail in enumerate(details, 1):
        _draw_detail(ink, page, ground, area, detail, (i, len(details)), state, pages)
    if state == "draft":
        _start(ink, page)
        draw_rim(ink, page, ground, area, state, (pages, pages))
        _draw_corrections(ink, page, ground)
        ink.next_page()
    return ink


def _start(ink: Ink, page: Page) -> None:
    ink.canvas.setPageSize((page.width, page.height))


def _best_page(area: AreaGround, paper: str) -> tuple[Page, View]:
    """Return the page, upright or lying, that shows the area larger; upright when they are equal."""
    pages = [page_of(paper, lying=lying) for lying in (False, True)]
    views = [fit(area.shape.bounds, p.map, _RIM) for p in pages]
    best = int(views[1].scale < views[0].scale)
    return pages[best], views[best]


def _drawing(ink: Ink, ground: Ground, area: AreaGround, view: View, unit: float) -> Drawing:
    """Return a window with the corner of the north arrow taken."""
    rim = 1.5
    x0, y0, x1, y1 = view.box
    placer = Placer((x0 + rim, y0 + rim, x1 - rim, y1 - rim))
    placer.take(np.array([_north_box(area, view, unit)]))
    return Drawing(ink, ground, area, view, unit, placer)


def _north_box(area: AreaGround, view: View, unit: float) -> tuple[float, float, float, float]:
    return mapping.corner_for(area, view, (9 * MM * unit, 15 * MM * unit))


def _details(drawing: Drawing, page: Page) -> list[Detail]:
    """Return the details of the buildings that are too small, or whose numbers find no room, on the area sheet."""
    area, every = drawing.area, list(range(len(drawing.area.houses)))
    bounds = shapely.bounds(drawing.ground.buildings.shapes[area.houses]).reshape(-1, 4)

    def left_over(view: View, members: Sequence[int]) -> list[int]:
        return mapping.place_members(_copy(drawing, view), members, sizes=SIZES[-1:])[1]

    crowded = _crowded(_copy(drawing, drawing.view), every)
    if not crowded and is_legible(bounds, drawing.view):
        return []
    return details_of(bounds, crowded, drawing.view, _detail_box(page), left_over)


def _crowded(trial: Drawing, every: Sequence[int]) -> list[int]:
    """Return the houses whose numbers find no room, and, when they are more than a few, those whose numbers had to stand far off."""
    placed, left = mapping.place_members(trial, every)
    far = [
        every[n.index]
        for n in placed
        if n.lead and math.hypot(n.lead[2] - n.lead[0], n.lead[3] - n.lead[1]) > _FAR * trial.unit
    ]
    return sorted({*left, *far}) if len(far) > _FEW or left else []


def _copy(drawing: Drawing, view: View) -> Drawing:
    return _drawing(drawing.ink, drawing.ground, drawing.area, view, drawing.unit)


def _rest(area: AreaGround, details: Sequence[Detail]) -> list[int]:
    elsewhere = {m for d in details for m in d.members}
    return [i for i in range(len(area.houses)) if i not in elsewhere]


def _detail_box(page: Page) -> tuple[float, float, float, float]:
    """Return the map of a detail page: it needs no panel."""
    left, bottom, right, top = page.frame[0], page.signs[3], page.frame[2], page.title[1]
    return left, bottom + 7 * MM * page.unit, right, top


def _draw_window(drawing: Drawing, members: Sequence[int], placed: Sequence[Number], details: Sequence[Detail]) -> None:
    mapping.draw_map(drawing, members, placed, details)
    mapping.draw_north(drawing, _north_box(drawing.area, drawing.view, drawing.unit))


def _draw_detail(
    ink: Ink,
    page: Page,
    ground: Ground,
    area: AreaGround,
    detail: Detail,
    number: tuple[int, int],
    state: State,
    pages: int,
) -> None:
    _start(ink, page)
    draw_rim(ink, page, ground, area, state, (1 + number[0], pages))
    drawing = _drawing(ink, ground, area, detail.view, page.unit)
    left, bottom, _, _ = detail.view.box
    text = Message(words.DETAIL.template, {"number": number[0]}).text(ground.lang)
    placed, _ = mapping.place_members(drawing, detail.members)
    _draw_window(drawing, detail.members, placed, ())
    bar = (left, bottom - 7 * MM * page.unit, page.frame[2], bottom)
    draw_scale(ink, _with_bar(page, bar), detail.view, text)
    ink.next_page()


def _with_bar(page: Page, bar: tuple[float, float, float, float]) -> Page:
    from dataclasses import replace

    return replace(page, bar=bar)


def _draw_corrections(ink: Ink, page: Page, ground: Ground) -> None:
    """Draw a page to sketch and write on: a faint 5 mm grid, and a table."""
    left, bottom, right, top = page.frame[0], page.signs[3], page.frame[2], page.title[1]
    unit, lang = page.unit, ground.lang
    ink.text(left + 3 * MM, top - 12 * unit, words.CORRECTIONS.text(lang), 9 * unit, bold=True)
    rows, height = 8, 8 * MM * unit
    table = bottom + (rows + 1) * height
    step = 5 * MM
    xs, ys = np.arange(left + step, right - 1, step), np.arange(table + step, top - 16 * unit, step)
    grid = [np.array([(x, table), (x, top - 16 * unit)]) for x in xs] + [np.array([(left, y), (right, y)]) for y in ys]
    ink.path(grid, width=0.25, gray=0.82)
    cuts = [left, left + 22 * MM * unit, left + 75 * MM * unit, right]
    for i in range(rows + 1):
        ink.line(left, bottom + (i + 1) * height, right, bottom + (i + 1) * height, 0.5)
    for x in cuts[1:-1]:
        ink.line(x, bottom, x, table, 0.5)
    for x, head in zip(cuts, (words.NUMBER_COLUMN, words.CHANGE, words.REMARK), strict=False):
        ink.text(x + 2 * MM, table - height / 2 - 3, head.text(lang), 7.5 * unit)


def _crs_name(crs: Any) -> str:
    return "" if crs is None else ":".join(crs.to_authority() or ("",))
