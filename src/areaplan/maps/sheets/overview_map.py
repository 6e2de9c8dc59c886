"""The map window of an overview: its parts told apart by fill, border and code, what lies around pale, streets and rivers by importance."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.levels import Level
from areaplan.maps.colours import PALETTE, colour_areas
from areaplan.maps.sheets import words
from areaplan.maps.sheets.features import draw_features, stretches
from areaplan.maps.sheets.ground import Ground
from areaplan.maps.sheets.ink import Ink
from areaplan.maps.sheets.labels import Placer, along
from areaplan.maps.sheets.lettering import corners_of
from areaplan.maps.sheets.mapping import north_arrow
from areaplan.maps.sheets.measures import MM, Box
from areaplan.maps.sheets.signs import BORDER_WIDTHS, FEATURES, is_important
from areaplan.maps.sheets.supervision import BORDER, draw_supervision, supervisor_areas
from areaplan.maps.sheets.view import View
from areaplan.maps.sheets.window import COARSE
from areaplan.messages import Message, msg

__all__ = ["OVERVIEW_SIGNS", "OverviewMap"]

_HOUSEHOLDS = msg("{count} hh")
OVERVIEW_SIGNS: Final[dict[Level, Message]] = {
    "area": msg("border of an enumeration area"), "village": msg("border of a village"), "township": msg("border of a township"),
    "county": msg("border of a county"),
}  # fmt: skip
"""What the borders on overviews mean."""

_BELOW: Final[dict[Level, Level]] = {"village": "area", "township": "village", "county": "township"}
_SIZES: Final = (10.0, 9.0, 8.0, 7.0, 6.0, 5.0)
_FILLS: Final = (
    *PALETTE[:4],
    "#c4bcae",
    *PALETTE[5:],
)  # on paper the page's palest fill would look like no area at all
_TINT = 0.45  # how much of its colour a part has; the rest is white, so that black reads well on it


@dataclass
class OverviewMap:
    """Draw one overview.

    ``unplaced`` are the labels that found no room even beside the map's parts; ``labelled`` the rows that are labelled here (default all), ``detail`` the ground
    (metres) that a detail shows larger.
    """

    ink: Ink
    ground: Ground
    view: View
    unit: float
    level: Level
    outline: BaseGeometry
    parts: gpd.GeoDataFrame
    used: set[str] = field(default_factory=set)
    unplaced: list[str] = field(default_factory=list)
    labelled: set[int] | None = None
    detail: Box | None = None

    def draw(self) -> None:
        """Draw everything from the fills up to the labels."""
        x0, y0, x1, y1 = self.view.box
        placer = Placer((x0 + 2, y0 + 2, x1 - 2, y1 - 2))
        arrow = (x1 - 12 * MM * self.unit, y1 - 18 * MM * self.unit, x1 - 3 * MM * self.unit, y1 - 3 * MM * self.unit)
        placer.take(np.array([arrow]))
        with self.ink.clip(self.view.box):
            self._fills()
            self._surroundings()
            self._features()
            if self.view.scale <= 15_000:
                self._buildings()
            self._borders()
            self._mark_detail(placer)
            self._labels(placer)
            draw_supervision(self.ink, self.view, placer, self.supervised, self.unit, self.ground)
            self._names(placer)
        north_arrow(self.ink, arrow, self.unit, self.ground.lang)

    def legend(self) -> list[tuple[str, str]]:
        """Return the signs that were used and what they mean."""
        lang = self.ground.lang
        out = [(f"level {k}", OVERVIEW_SIGNS[k].text(lang)) for k in (_BELOW[self.level], self.level)]
        if self.supervised:
            out.append(("supervisor", BORDER.text(lang)))
        return out + [(k, m.text(lang)) for k, m in FEATURES.items() if k in self.used]

    @cached_property
    def supervised(self) -> dict[str, BaseGeometry]:
        """The supervisor areas inside, by code."""
        return supervisor_areas(self.ground, self.outline)

    def _fills(self) -> None:
        shapes = self.parts.geometry.to_numpy()
        left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=0.5)
        pairs = np.column_stack([left, right])[left < right]
        for colour, row in zip(colour_areas(len(shapes), pairs), range(len(shapes)), strict=True):
            self.ink.path(self.view.rings(shapes[row]), fill=_tint(_FILLS[colour % len(_FILLS)]), close=True)

    def _surroundings(self) -> None:
        """Draw the villages around with their names, pale."""
        villages = self.ground.villages
        near = villages.near(self.view.window)
        self.ink.path(self.view.lines(villages.shapes[near]), width=0.6 * self.unit, gray=0.7, dash=(6, 2))

    def _features(self) -> None:
        self.used |= draw_features(self.ink, self.ground, self.view, self._lines(), self.unit, thin=0.7)

    def _lines(self) -> list[int]:
        """Return the lines to draw and to name: at small scales the important ones."""
        lines, near = self.ground.lines, self.ground.lines.near(self.view.window).tolist()
        if self.view.scale <= COARSE:
            return near
        return [i for i in near if is_important(lines["kind"][i] or "other", lines["class"][i], lines["name"][i])]

    def _buildings(self) -> None:
        layer = self.ground.buildings
        near = layer.near(self.view.window)
        self.ink.path(self.view.rings(layer.shapes[near]), fill=0.62, close=True)

    def _borders(self) -> None:
        own = self.view.lines(self.parts.geometry.to_numpy())
        self.ink.path(own, width=BORDER_WIDTHS[_BELOW[self.level]] * self.unit)
        self.ink.path(self.view.lines(self.outline), width=BORDER_WIDTHS[self.level] * self.unit)

    def _mark_detail(self, placer: Placer) -> None:
        if self.detail is None:
            return
        west, south, east, north = self.detail
        (x0, y0), (x1, y1) = self.view.points(np.array([(west, south), (east, north)])).tolist()
        self.ink.rect((x0, y0, x1, y1), width=0.9 * self.unit, dash=(2, 1.4))
        text = Message(words.DETAIL.template, {"number": 1}).text(self.ground.lang)
        size = 8 * self.unit
        width = self.ink.face.width(text, size)
        spot = placer.first(corners_of((x0, y0, x1, y1), width, size), width, size)
        if spot:
            self.ink.text(spot[0], spot[1], text, size, halo=1.2, bold=True)

    def _labels(self, placer: Placer) -> None:
        """Write code and households into every part: in its widest place, else beside it with a leader."""
        order = np.argsort(-shapely.area(self.parts.geometry.to_numpy()), kind="stable").tolist()
        rows = list(self.parts.itertuples())
        mine = order if self.labelled is None else [i for i in order if i in self.labelled]
        later = [i for i in mine if not self._inside(placer, rows[i])]
        for i in sorted(later):
            if not self._beside(placer, rows[i]):
                self.unplaced.append(self._short(rows[i]))

    def crowded(self) -> list[int]:
        """Return the rows whose ground is too small for their label at 6 points."""
        size = 6.0 * self.unit
        reach = [np.hypot(self.ink.face.width(self._short(r), size) / 2, size * 0.45) for r in self.parts.itertuples()]
        room = [self._room(r)[2] for r in self.parts.itertuples()]
        return [i for i, (needed, given) in enumerate(zip(reach, room, strict=True)) if needed > given * 0.97]

    def shown(self) -> set[int]:
        """Return the rows whose widest place lies in the window."""
        x0, y0, x1, y1 = self.view.box
        places = [self._room(r)[:2] for r in self.parts.itertuples()]
        return {i for i, (x, y) in enumerate(places) if x0 < x < x1 and y0 < y < y1}

    def _room(self, part: object) -> tuple[float, float, float]:
        """Return the middle of a part's widest place and its radius, in page points."""
        shape: BaseGeometry = part.geometry  # type: ignore[attr-defined]
        largest = max(shapely.get_parts(shape), key=shapely.area)
        circle = shapely.maximum_inscribed_circle(largest, tolerance=4 / self.view.per_m)
        (cx, cy), (rx, ry) = shapely.get_coordinates(circle)
        [(x, y)] = self.view.points(np.array([(cx, cy)])).tolist()
        return x, y, float(np.hypot(rx - cx, ry - cy)) * self.view.per_m

    def _short(self, part: object) -> str:
        code: str = part.code  # type: ignore[attr-defined]
        return code[-3:] if self.level == "village" else str(part.name)  # type: ignore[attr-defined]

    def _inside(self, placer: Placer, part: object) -> bool:
        x, y, radius = self._room(part)
        text, below = self._short(part), self._count(part)
        for size in (s * self.unit for s in _SIZES):
            width = self.ink.face.width(text, size)
            if np.hypot(width / 2, size * 0.45) > radius * 0.97:
                continue
            low = size * 0.72
            second = below and np.hypot(self.ink.face.width(below, low) / 2, size * 1.1) <= radius
            base = y + (0.15 * size if second else -0.36 * size)
            if not placer.try_text(x - width / 2, base, width, size):
                continue
            self.ink.text(x, base, text, size, anchor=0.5, bold=True, halo=1.0, kind="code")
            wide = self.ink.face.width(below, low)
            if second and placer.try_text(x - wide / 2, base - size * 1.02, wide, low):
                self.ink.text(x, base - size * 1.02, below, low, anchor=0.5, halo=0.8)
            return True
        return False

    def _count(self, part: object) -> str:
        households = part.households  # type: ignore[attr-defined]
        if pd.isna(households):
            return ""
        return Message(_HOUSEHOLDS.template, {"count": int(households)}).text(self.ground.lang)

    def _beside(self, placer: Placer, part: object) -> bool:
        [(x, y)] = self.view.points(shapely.get_coordinates(shapely.point_on_surface(part.geometry))).tolist()  # type: ignore[attr-defined]
        text, size = self._short(part), 6.0 * self.unit
        width = self.ink.face.width(text, size)
        angles = [
            (off, a) for off in range(1, 14) for a in np.linspace(0, 2 * np.pi, 8 + 4 * off, endpoint=False).tolist()
        ]
        reach = 7 * self.unit
        ends = [(x + off * reach * np.cos(a), y + off * reach * np.sin(a)) for off, a in angles]
        spot = placer.first([(a - width / 2, b - size * 0.36, 0.0) for a, b in ends], width, size)
        if spot is None:
            return False
        self.ink.path([np.array([(x, y), (spot[0] + width / 2, spot[1] + size * 0.36)])], width=0.4)
        self.ink.text(spot[0], spot[1], text, size, bold=True, halo=1.2, kind="code")
        return True

    def _names(self, placer: Placer) -> None:
        """Write names of streets and rivers where they follow their lines and touch nothing."""
        size = 6.5 * self.unit
        for name, paths in stretches(self.ground, self.view, self._lines()).items():
            width = self.ink.face.width(name, size)
            spots = np.concatenate([np.empty((0, 3)), *(along(path, width, size) for path in paths[:3])])
            spot = placer.first(spots, width, size)
            if spot:
                self.ink.text(spot[0], spot[1], name, size, angle=spot[2], halo=1.1, gray=0.15)


def _tint(colour: str) -> tuple[float, float, float]:
    red, green, blue = (1 - _TINT * (1 - int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return red, green, blue
