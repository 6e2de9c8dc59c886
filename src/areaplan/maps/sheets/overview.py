"""Maps above the area: a village with its areas, a township with its villages, a county with its townships; each with its index of sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from areaplan.levels import Level, level_tables
from areaplan.maps.sheets import supervision, words
from areaplan.maps.sheets.edition import Edition
from areaplan.maps.sheets.fonts import Face
from areaplan.maps.sheets.ground import Ground
from areaplan.maps.sheets.ink import Ink, wrap
from areaplan.maps.sheets.measures import MM
from areaplan.maps.sheets.overview_map import OverviewMap
from areaplan.maps.sheets.pages import Page, page_of
from areaplan.maps.sheets.panel import draw_signs, qr_code
from areaplan.maps.sheets.rim import draw_rim, draw_scale, start_page
from areaplan.maps.sheets.sheet import crs_name
from areaplan.maps.sheets.tables import Column, Table
from areaplan.maps.sheets.view import View, fit, shows_better
from areaplan.messages import Message, msg, plain

__all__ = ["OVERVIEW_TEXTS", "Overviews"]

_TITLES: Final[dict[Level, Message]] = {
    "village": msg("{name}: map of enumeration areas"), "township": msg("{name}: map of villages"), "county": msg("{name}: overview"),
}  # fmt: skip
_PARTS: Final[dict[Level, Level]] = {"village": "area", "township": "village", "county": "township"}
_COUNTED: Final[dict[Level, Message]] = {
    "village": msg("Enumeration areas: {count}"), "township": msg("Villages: {count}"), "county": msg("Townships: {count}"),
}  # fmt: skip
_TOTALS: Final = (
    msg("Code: {code}"), msg("Enumeration areas: {count}"), msg("Buildings: {count}"), msg("Households: {count}"), msg("Persons: {count}"),
    msg("Ground: {km2} km²"), msg("Plan: {hash}"), msg("Too small for its code here: {codes}"),
)  # fmt: skip
_INDEX, _TOTAL = msg("Index of sheets"), msg("Total")
_HEADS: Final = (
    (msg("Code"), 0.24), (msg("Name"), 0.32), (msg("Areas"), 0.1), (msg("Buildings"), 0.11), (msg("Households"), 0.12), (msg("Persons"), 0.11),
)  # fmt: skip
OVERVIEW_TEXTS: Final = (*_TITLES.values(), *_COUNTED.values(), *_TOTALS, _INDEX, _TOTAL, *(m for m, _ in _HEADS))
"""Every fixed text of an overview."""

_RIM = 7 * MM
_FEW, _GAIN = 4, 1.6  # small parts that are worth a detail, and how much larger it must show them


@dataclass(frozen=True)
class Overviews:
    """Draw the overviews of one plan."""

    ground: Ground
    face: Face
    edition: Edition

    @cached_property
    def levels(self) -> dict[Level, gpd.GeoDataFrame]:
        """The levels of the plan, each merged from the one below."""
        return level_tables(self.ground.plan)

    def title(self, level: Level, code: str) -> str:
        """Return the title of an overview: the full name down to this level, and what the map shows."""
        lang = self.ground.lang
        return Message(_TITLES[level].template, {"name": self.full_name(level, code)}).text(lang)

    def full_name(self, level: Level, code: str) -> str:
        """Return the names of the levels from the county down to this one."""
        above: dict[Level, Level | None] = {
            "area": "village",
            "village": "township",
            "township": "county",
            "county": None,
        }
        names: list[str] = []
        at: Level | None = level
        while at is not None and code:
            table = self.levels[at]
            row = table[table["code"] == code].iloc[0]
            known = row["name"] if at == level or row["name"] != row["code"] else ""
            names, code, at = [known, *names], row["parent"], above[at]
        return ("" if self.ground.lang == "zh" else " ").join(n for n in names if n) or plain(
            self.ground.plan.territory.title
        )

    def draw(self, canvas: Any, level: Level, code: str) -> Ink:
        """Draw the map and its index on a reportlab canvas."""
        ink = Ink(canvas, self.face, tiled=self.edition.tiled)
        own = self.levels[level].set_index("code").loc[code]
        parts = self.levels[_PARTS[level]]
        parts = parts[parts["parent"] == code].reset_index(drop=True)
        page, view = _best_page(own.geometry.bounds, self.edition.paper)
        index = self._index(page, level)
        drawn = OverviewMap(ink, self.ground, view, page.unit, level, own.geometry, parts)
        detail = _detail_of(drawn, page)
        pages = 1 + (detail is not None) + index.pages(len(parts) + 1)
        start_page(ink, page)
        drawn.draw()
        self._panel(ink, page, view, level, code, own, parts, drawn)
        self._rim(ink, page, level, code, (1, pages))
        ink.next_page()
        if detail is not None:
            start_page(ink, page)
            detail.draw()
            ink.rect(detail.view.box, width=0.8)
            name = Message(words.DETAIL.template, {"number": 1}).text(self.ground.lang)
            box = detail.view.box
            draw_scale(ink, (box[0], page.signs[3], box[2], box[1]), detail.view, page.unit, name)
            self._rim(ink, page, level, code, (2, pages))
            ink.next_page()
        rows = [*map(_row, parts.itertuples()), [_TOTAL.text(self.ground.lang), str(len(parts)), *_counts(own)]]
        if level == "village":  # every part is one area; who leads it stands in the place of their number
            rows = [[*r[:2], *self._led(r[0]), *r[3:]] for r in rows]
        tables = index.pages(len(parts) + 1)
        for i in range(tables):
            start_page(ink, page)
            self._rim(ink, page, level, code, (pages - tables + 1 + i, pages))
            shown = rows[i * index.rows_per_page : (i + 1) * index.rows_per_page]
            index.draw(ink, shown, bold_last=i == tables - 1)
            ink.next_page()
        return ink

    def _rim(self, ink: Ink, page: Page, level: Level, code: str, number: tuple[int, int]) -> None:
        lang = self.ground.lang
        draw_rim(ink, page, self.edition, lang, title=self.title(level, code), sheet=code, number=number)

    def _led(self, code: str) -> list[str]:
        """Return the supervisor area of an area as a cell of the index, or no cell where the plan has none."""
        return [self.ground.supervisors.get(code, "")] if self.ground.supervisors else []

    def _index(self, page: Page, level: Level) -> Table:
        lang = self.ground.lang
        columns = [Column(h.text(lang), s, i > 1) for i, (h, s) in enumerate(_HEADS)]
        if level == "village" and self.ground.supervisors:
            columns[2] = Column(supervision.COLUMN.text(lang), columns[2].share)
        elif level == "village":
            columns = [Column(columns[0].head, columns[0].share + columns[2].share), columns[1], *columns[3:]]
        return Table(page, _INDEX.text(lang), columns)

    def _panel(
        self, ink: Ink, page: Page, view: View, level: Level, code: str, own: pd.Series, parts: gpd.GeoDataFrame, drawn: OverviewMap
    ) -> None:  # fmt: skip
        unit = page.unit
        draw_scale(ink, page.bar, view, unit, crs_name(self.ground.plan.crs))
        draw_signs(ink, page, drawn.legend(), self.ground.lang)
        left, low, right, high = page.facts
        ink.rect(page.facts, width=0.5)
        lines = [
            w
            for said in self._facts(level, code, own, parts, drawn)
            for w in wrap(ink.face, said, 8.5 * unit, right - left - 4 * MM)
        ]
        for i, line in enumerate(lines[: int((high - low) / (11.5 * unit))]):
            ink.text(left + 2 * MM, high - 1.5 * MM - 11.5 * unit * (i + 0.8), line, 8.5 * unit)
        left, low, right, high = page.inset
        ink.rect(page.inset, width=0.5)
        side = min(right - left, high - low, 30 * MM * unit) - 4 * MM
        text = f"{code} {(self.ground.content_hash or '')[:16]}".strip()
        qr_code(ink, (left + right - side) / 2, (low + high - side) / 2, side, text or "-")
        ink.text((left + right) / 2, (low + high - side) / 2 - 9 * unit, code, 7 * unit, anchor=0.5)
        ink.rect(page.map, width=0.8)

    def _facts(self, level: Level, code: str, own: pd.Series, parts: gpd.GeoDataFrame, drawn: OverviewMap) -> list[str]:
        lang = self.ground.lang
        values: list[tuple[Message, dict[str, object]]] = [(_TOTALS[0], {"code": code or "—"})]
        if level != "village":
            values.append((_COUNTED[level], {"count": len(parts)}))
        counts = (
            (_TOTALS[1], own["areas"]),
            (_TOTALS[2], own["buildings"]),
            (_TOTALS[3], own["households"]),
            (_TOTALS[4], own["persons"]),
        )
        values += [(m, {"count": _number(v)}) for m, v in counts]
        values.append((_TOTALS[5], {"km2": f"{own['area_m2'] / 1e6:,.2f}"}))
        if self.ground.content_hash:
            values.append((_TOTALS[6], {"hash": self.ground.content_hash[:16]}))
        if drawn.supervised:
            values.append((supervision.COUNT, {"count": len(drawn.supervised)}))
        if drawn.unplaced:
            values.append((_TOTALS[7], {"codes": ", ".join(drawn.unplaced)}))
        return [Message(m.template, v).text(lang) for m, v in values]


def _best_page(bounds: tuple[float, float, float, float], paper: str) -> tuple[Page, View]:
    pages = [page_of(paper, lying=lying) for lying in (False, True)]
    views = [fit(bounds, p.map, _RIM) for p in pages]
    best = int(shows_better(bounds, *views))
    return pages[best], views[best]


def _detail_of(drawn: OverviewMap, page: Page) -> OverviewMap | None:
    """Return a larger map of the parts that are too small for their codes, when there are more than a few of them close together."""
    small = drawn.crowded()
    if len(small) < _FEW:
        return None
    west, south, east, north = drawn.parts.geometry.iloc[small].total_bounds.tolist()
    left, bottom, right, top = page.frame[0], page.signs[3] + 7 * MM * page.unit, page.frame[2], page.title[1]
    view = fit((west, south, east, north), (left, bottom, right, top), _RIM)
    if view.scale * _GAIN > drawn.view.scale:
        return None
    drawn.labelled = set(range(len(drawn.parts))) - set(small)
    drawn.detail = (west, south, east, north)
    detail = OverviewMap(drawn.ink, drawn.ground, view, drawn.unit, drawn.level, drawn.outline, drawn.parts)
    detail.labelled = set(small) | detail.shown()
    return detail


def _row(part: Any) -> list[str]:
    return [part.code, part.name, *_counts(part._asdict())]


def _counts(row: Mapping[str, Any] | pd.Series) -> list[str]:
    values = [row[c] for c in ("areas", "buildings", "households", "persons")]
    return [_number(v) for v in values]


def _number(value: Any) -> str:
    return "—" if pd.isna(value) else f"{int(value):,}"
