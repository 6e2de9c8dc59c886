"""One area's sheet: the map, an inset or details where houses are small or crowded, and in a draft a page for corrections."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from areaplan.maps.sheets import words
from areaplan.maps.sheets.details import Detail, details_of, inset_of, is_legible
from areaplan.maps.sheets.edition import Edition
from areaplan.maps.sheets.extra_pages import draw_continued, draw_corrections
from areaplan.maps.sheets.fonts import Face
from areaplan.maps.sheets.ground import Ground
from areaplan.maps.sheets.ink import Ink
from areaplan.maps.sheets.labels import SIZES, Number, Placer
from areaplan.maps.sheets.layers import AreaGround
from areaplan.maps.sheets.lettering import place_turns
from areaplan.maps.sheets.mapping import draw_map, north_arrow
from areaplan.maps.sheets.measures import MM, Box
from areaplan.maps.sheets.pages import Page, page_of
from areaplan.maps.sheets.panel import draw_facts, draw_legend, draw_locator
from areaplan.maps.sheets.rim import draw_rim, draw_scale, start_page
from areaplan.maps.sheets.turning import turning_points
from areaplan.maps.sheets.view import View, fit, shows_better
from areaplan.maps.sheets.window import Drawing, corner_for, place_members
from areaplan.messages import Message

__all__ = ["crs_name", "draw_area"]

_FAR, _FEW = 13.0, 4  # points between a house and its number; so many may stand farther off
_RIM = 10 * MM  # around the area, for the neighbours' codes


@dataclass(frozen=True)
class _Sheet:
    """Hold what the pages of one area's sheet share."""

    ink: Ink
    page: Page
    edition: Edition
    ground: Ground
    area: AreaGround
    pages: int

    def rim(self, number: int) -> None:
        """Draw what every page has, on page ``number``."""
        title, lang = self.ground.full_name(self.area.code), self.ground.lang
        draw_rim(
            self.ink, self.page, self.edition, lang, title=title, sheet=self.area.code, number=(number, self.pages)
        )


def draw_area(canvas: Any, face: Face, ground: Ground, code: str, edition: Edition) -> Ink:
    """Draw all pages of one area on a reportlab canvas.

    Returns
    -------
    Ink
        With every text that was drawn and its box.
    """
    ink = Ink(canvas, face, tiled=edition.tiled)
    area = ground.area(code)
    page, view = _best_page(area, edition.paper)
    drawing = _drawing(ink, ground, area, view, page.unit)
    place_turns(drawing, turning_points(ground, area, view))
    details, placed = _details(drawing, page)
    inset = _inset(drawing, details)
    following = [] if inset else details
    sheet = _Sheet(ink, page, edition, ground, area, 2 + len(following))
    start_page(ink, page)
    _draw_main(drawing, details, inset, placed)
    rest = _draw_panel(sheet, drawing, following)
    if edition.state == "final" and not rest:
        sheet = replace(sheet, pages=1 + len(following))
    sheet.rim(1)
    ink.next_page()
    for i, detail in enumerate(following, 1):
        _draw_detail(sheet, detail, i)
    if sheet.pages > 1 + len(following):
        start_page(ink, page)
        sheet.rim(sheet.pages)
        draw_last = draw_corrections if edition.state == "draft" else draw_continued
        draw_last(ink, page, ground.lang, rest)
        ink.next_page()
    return ink


def _best_page(area: AreaGround, paper: str) -> tuple[Page, View]:
    """Return the page, upright or lying, that shows the area better."""
    pages = [page_of(paper, lying=lying) for lying in (False, True)]
    views = [fit(area.shape.bounds, p.map, _RIM) for p in pages]
    best = int(shows_better(area.shape.bounds, *views))
    return pages[best], views[best]


def _drawing(ink: Ink, ground: Ground, area: AreaGround, view: View, unit: float, *, arrow: bool = True) -> Drawing:
    """Return a window with the corner of the north arrow taken; an inset has no arrow of its own."""
    rim = 1.5
    x0, y0, x1, y1 = view.box
    placer = Placer((x0 + rim, y0 + rim, x1 - rim, y1 - rim))
    if arrow:
        placer.take([_north_box(area, view, unit)])
    return Drawing(ink, ground, area, view, unit, placer)


def _north_box(area: AreaGround, view: View, unit: float) -> Box:
    return corner_for(area, view, (9 * MM * unit, 15 * MM * unit))


def _details(drawing: Drawing, page: Page) -> tuple[list[Detail], list[Number] | None]:
    """Return the details of the buildings that are too small, or whose numbers find no room, on the area sheet; without any, the placed numbers."""
    area, every = drawing.area, list(range(len(drawing.area.houses)))
    bounds = shapely.bounds(drawing.ground.buildings.shapes[area.houses]).reshape(-1, 4)
    trial = drawing.copy()
    placed, left = place_members(trial, every)
    crowded = _crowded(placed, left, every, drawing.unit)
    if not crowded and is_legible(bounds, drawing.view):
        drawing.placer = trial.placer
        return [], placed
    return details_of(bounds, crowded, drawing.view, _detail_box(page), _left_over(drawing)), None


def _left_over(drawing: Drawing, *, arrow: bool = True) -> Any:
    """Return a function that tries the numbers of some buildings in a view and returns those without room."""

    def left(view: View, members: Sequence[int]) -> list[int]:
        trial = _drawing(drawing.ink, drawing.ground, drawing.area, view, drawing.unit, arrow=arrow)
        return place_members(trial, members, sizes=SIZES[-1:])[1]

    return left


def _crowded(placed: Sequence[Number], left: Sequence[int], every: Sequence[int], unit: float) -> list[int]:
    """Return the houses whose numbers find no room, and, when they are more than a few, those whose numbers had to stand far off."""
    far = [
        every[n.index]
        for n in placed
        if n.lead and math.hypot(n.lead[2] - n.lead[0], n.lead[3] - n.lead[1]) > _FAR * unit
    ]
    return sorted({*left, *far}) if len(far) > _FEW or left else []


def _inset(drawing: Drawing, details: Sequence[Detail]) -> Detail | None:
    """Return the detail as an inset of the area sheet, when it is the only one and a corner has room for it off the area."""
    if len(details) != 1:
        return None
    area, left_over = drawing.area, _left_over(drawing, arrow=False)
    bounds = shapely.bounds(drawing.ground.buildings.shapes[area.houses]).reshape(-1, 4)
    inset = inset_of(details[0], bounds, area.shape, drawing.view, drawing.unit, left_over)
    if inset is None or not drawing.placer.is_free([inset.view.box]):
        return None
    drawing.placer.take(np.array([inset.view.box]))
    return inset


def _rest(area: AreaGround, details: Sequence[Detail]) -> list[int]:
    elsewhere = {m for d in details for m in d.members}
    return [i for i in range(len(area.houses)) if i not in elsewhere]


def _detail_box(page: Page) -> Box:
    """Return the map of a detail page: it needs no panel."""
    left, bottom, right, top = page.frame[0], page.signs[3], page.frame[2], page.title[1]
    return left, bottom + 7 * MM * page.unit, right, top


def _draw_main(
    drawing: Drawing, details: Sequence[Detail], inset: Detail | None, placed: Sequence[Number] | None
) -> None:
    """Draw the map of the area sheet, and its inset."""
    if placed is None:
        placed, _ = place_members(drawing, _rest(drawing.area, details))
    _draw_window(drawing, placed, details)
    if inset is None:
        return
    window = _drawing(drawing.ink, drawing.ground, drawing.area, inset.view, drawing.unit, arrow=False)
    bar = (inset.view.box[0], inset.view.box[1] - 7 * MM * drawing.unit, inset.view.box[2], inset.view.box[1])
    drawing.ink.rect((*bar[:2], *inset.view.box[2:]), fill=1.0)
    window.members = inset.members
    placed, _ = place_members(window, inset.members)
    draw_map(window, placed)
    name = Message(words.DETAIL.template, {"number": 1}).text(drawing.ground.lang)
    draw_scale(drawing.ink, bar, inset.view, drawing.unit, name)
    drawing.ink.rect((*bar[:2], *inset.view.box[2:]), width=1.4)
    drawing.used |= window.used


def _draw_window(drawing: Drawing, placed: Sequence[Number], details: Sequence[Detail]) -> None:
    draw_map(drawing, placed, details)
    north_arrow(drawing.ink, _north_box(drawing.area, drawing.view, drawing.unit), drawing.unit, drawing.ground.lang)


def _draw_panel(sheet: _Sheet, drawing: Drawing, following: Sequence[Detail]) -> list[str]:
    """Draw scale, facts, legend and locator; return the facts without room."""
    ink, page, ground, area = sheet.ink, sheet.page, sheet.ground, sheet.area
    draw_scale(ink, page.bar, drawing.view, page.unit, crs_name(ground.plan.crs))
    neighbours = [ground.short_code(c, area.village_code) for c in words.neighbours_of(ground, area)]
    turns = [t for t, _, _ in drawing.turns]
    said = words.facts(ground, area, neighbours, len(following), turns, sheet.edition.state)
    see = Message(words.SEE_PAGE.template, {"page": sheet.pages}).text(ground.lang)
    rest = draw_facts(ink, page, said, see)
    draw_legend(ink, page, ground, drawing.used)
    draw_locator(ink, page, ground, area)
    return rest


def _draw_detail(sheet: _Sheet, detail: Detail, number: int) -> None:
    start_page(sheet.ink, sheet.page)
    sheet.rim(1 + number)
    drawing = _drawing(sheet.ink, sheet.ground, sheet.area, detail.view, sheet.page.unit)
    drawing.members = detail.members
    placed, _ = place_members(drawing, detail.members)
    _draw_window(drawing, placed, ())
    left, bottom, right, _ = detail.view.box
    bar = (left, bottom - 7 * MM * sheet.page.unit, right, bottom)
    name = Message(words.DETAIL.template, {"number": number}).text(sheet.ground.lang)
    draw_scale(sheet.ink, bar, detail.view, sheet.page.unit, name)
    sheet.ink.next_page()


def crs_name(crs: Any) -> str:
    """Return the authority's code of a CRS, as maps print it."""
    return "" if crs is None else ":".join(crs.to_authority() or ("",))
