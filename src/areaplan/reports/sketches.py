"""Small pictures of the place a finding speaks of.

Not maps: a reader of an opinion document must find the spot again, so a sketch shows borders, streets and rivers, buildings, the codes around,
the spot in red with a ring where it is too small to be seen, and a scale bar. Codes only, for a picture carries no names.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from PIL import Image, ImageDraw, ImageFont
from shapely.geometry.base import BaseGeometry

from areaplan.maps.thinning import thinned
from areaplan.model import AreaPlan

__all__ = ["Ground", "ground_of", "ground_of_layer", "scale_length", "sketch"]

_WIDE, _HIGH, _FINE = 900, 600, 2  # pixels of the picture, and how much finer it is drawn
_LEAST_M, _ROOM = 60.0, 1.6  # least half-width of a sketch, and its size over the finding's
_RED, _GREY, _BLACK, _BLUE = (200, 0, 0), (150, 150, 150), (0, 0, 0), (60, 110, 190)
_STYLES = {"street": ((185, 185, 185), 12), "river": ((140, 180, 225), 14), "railway": ((90, 90, 90), 6)}


@dataclass(frozen=True)
class Ground:
    """Hold what sketches are drawn on.

    Parameters
    ----------
    polygons
        The judged polygons; their outlines are the borders.
    codes
        What to write into each polygon.
    lines, buildings
        Layers of those names, when there are any.
    parents
        The units above the polygons; their outlines are drawn thicker.
    """

    polygons: gpd.GeoDataFrame
    codes: tuple[str, ...] = ()
    lines: gpd.GeoDataFrame | None = None
    buildings: gpd.GeoDataFrame | None = None
    parents: gpd.GeoDataFrame | None = None


def ground_of(plan: AreaPlan) -> Ground:
    """Return what sketches of a plan are drawn on: areas with the last three digits of their codes, lines and buildings."""
    codes = tuple(str(c)[-3:] for c in plan.areas["ea_code"])
    return Ground(plan.areas, codes, plan.territory.lines, plan.cells.buildings, plan.territory.villages)


def ground_of_layer(areas: gpd.GeoDataFrame, parents: gpd.GeoDataFrame | None = None) -> Ground:
    """Return what sketches of a judged layer are drawn on: its polygons, with the ends of their codes where these all differ, and its parents."""
    shapes = areas.geometry.to_numpy()
    usable = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    codes = tuple(c if isinstance(c, str) else "" for c in areas["ea_code"][usable])
    return Ground(areas[usable].reset_index(drop=True), tuple(c[_common(codes) :] for c in codes), parents=parents)


def _common(codes: tuple[str, ...]) -> int:
    """Return how many characters all codes begin with, but never so many that fewer than three are left."""
    given = [c for c in codes if c]
    if len(given) < 2:
        return 0
    shortest = min(map(len, given))
    alike = next((i for i in range(shortest) if len({c[i] for c in given}) > 1), shortest)
    return max(0, min(alike, shortest - 3))


def scale_length(width_m: float) -> float:
    """Return a round length (1, 2 or 5 times a power of ten) of at most ``width_m`` metres.

    Examples
    --------
    >>> scale_length(730.0)
    500.0
    """
    power = 10.0 ** np.floor(np.log10(max(width_m, 1e-6)))
    return float(max(f * power for f in (1, 2, 5) if f * power <= max(width_m, 1e-6) * (1 + 1e-9)))


class _View:
    """Turn metres into pixels, and draw."""

    def __init__(self, place: BaseGeometry) -> None:
        west, south, east, north = place.bounds
        half = max((east - west) / 2 * _ROOM, (north - south) / 2 * _ROOM * _WIDE / _HIGH, _LEAST_M)
        self.centre = np.array([(west + east) / 2, (south + north) / 2])
        self.per_px = 2 * half / (_WIDE * _FINE)
        self.image = Image.new("RGB", (_WIDE * _FINE, _HIGH * _FINE), "white")
        self.draw = ImageDraw.Draw(self.image)
        reach = np.array([half, half * _HIGH / _WIDE])
        self.window = shapely.box(*(self.centre - reach), *(self.centre + reach))

    def pixels(self, xy: np.ndarray) -> list[tuple[float, float]]:
        moved = (xy - self.centre) / self.per_px
        return [(float(x) + _WIDE * _FINE / 2, _HIGH * _FINE / 2 - float(y)) for x, y in moved]

    def seen(self, layer: gpd.GeoDataFrame | None) -> np.ndarray:
        """Return the row numbers of a layer that touch the window."""
        if layer is None or len(layer) == 0:
            return np.empty(0, dtype=int)
        return np.sort(layer.sindex.query(self.window))

    def stroke(self, geometry: BaseGeometry | None, colour: tuple[int, int, int], width: int) -> None:
        for part in _lines_of(geometry, self.window, self.per_px):
            joint = "curve" if width > 4 else None  # thin lines show no gaps at their bends
            self.draw.line(self.pixels(shapely.get_coordinates(part)), colour, width * _FINE, joint)

    def fill(self, polygon: BaseGeometry, colour: tuple[int, int, int], outline: tuple[int, int, int]) -> None:
        for part in shapely.get_parts(polygon):
            if isinstance(part, shapely.Polygon) and not part.is_empty:
                self.draw.polygon(self.pixels(shapely.get_coordinates(part.exterior)), colour, outline, _FINE)


def _lines_of(geometry: BaseGeometry | None, window: BaseGeometry, least: float) -> list[BaseGeometry]:
    """Return what of a geometry's lines or outlines lies in the window, without bends too small to be seen."""
    if geometry is None or geometry.is_empty:
        return []
    lines = geometry.boundary if geometry.geom_type.endswith("Polygon") else geometry
    west, south, east, north = window.bounds
    rim = (east - west) / 50
    parts = shapely.get_parts(shapely.clip_by_rect(lines, west - rim, south - rim, east + rim, north + rim))
    return [p for p in thinned(parts, least, preserve_topology=False) if p.geom_type in ("LineString", "LinearRing")]


def sketch(place: BaseGeometry, ground: Ground) -> bytes:
    """Return a PNG (900 x 600 pixels, north up) of ``place`` and what lies around it; the same place gives the same bytes.

    Parameters
    ----------
    place
        Where the finding is, in the CRS of ``ground``, in metres; not empty.
    ground
        What is drawn below it.
    """
    view = _View(place)
    _draw_ground(view, ground, place)
    _draw_place(view, place)
    _draw_codes(view, ground)
    _draw_scale(view)
    image = view.image.reduce(_FINE).quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _draw_ground(view: _View, ground: Ground, place: BaseGeometry) -> None:
    """Draw what lies on the ground; the spot is tinted first, so that everything stays readable across it."""
    view.fill(place, (250, 190, 190), _RED)
    if ground.lines is not None:
        kinds, shapes = ground.lines["kind"].to_numpy(), ground.lines.geometry.to_numpy()
        broad = float(
            np.clip(8 / (view.per_px * _FINE) / 12, 0.25, 1)
        )  # about eight metres of street, as far as the picture can show them
        for i in view.seen(ground.lines):
            colour, width = _STYLES.get(kinds[i], (_GREY, 6))
            view.stroke(shapes[i], colour, max(1, round(width * broad)))
    if ground.buildings is not None:
        shapes = ground.buildings.geometry.to_numpy()
        for i in view.seen(ground.buildings):
            view.fill(shapes[i], (225, 225, 225), (140, 140, 140))
    shapes = ground.polygons.geometry.to_numpy()
    for i in view.seen(ground.polygons):
        view.stroke(shapes[i], _BLACK, 3)
    above = ground.parents.geometry.to_numpy() if ground.parents is not None else ()
    for i in view.seen(ground.parents):
        view.stroke(above[i], _BLACK, 6)


def _draw_place(view: _View, place: BaseGeometry) -> None:
    for part in shapely.get_parts(place):
        if not isinstance(part, shapely.Point):
            view.stroke(part, _RED, 3)
        elif place.geom_type == "MultiPoint":
            (x, y) = view.pixels(shapely.get_coordinates(part))[0]
            dot = 7 * _FINE
            view.draw.ellipse((x - dot, y - dot, x + dot, y + dot), fill=_RED, outline="white", width=_FINE)
    (x, y), *_ = view.pixels(shapely.get_coordinates(place.representative_point()))
    west, south, east, north = place.bounds
    if max(east - west, north - south) / view.per_px < 60 * _FINE:
        reach = 45 * _FINE
        view.draw.ellipse((x - reach, y - reach, x + reach, y + reach), outline=_RED, width=4 * _FINE)


def _draw_codes(view: _View, ground: Ground) -> None:
    font = _font(26 * _FINE)
    taken: list[tuple[float, float, float, float]] = []
    shapes = ground.polygons.geometry.to_numpy()
    for i in view.seen(ground.polygons) if ground.codes else ():
        code = "".join(c for c in ground.codes[i] if c.isascii())
        shown = shapely.clip_by_rect(shapely.make_valid(shapes[i]), *view.window.bounds)
        if not code or shown.area == 0:
            continue
        at = view.pixels(shapely.get_coordinates(shown.representative_point()))[0]
        box = view.draw.textbbox(at, code, font, "mm", stroke_width=4 * _FINE)
        inside = box[0] >= 0 and box[1] >= 0 and box[2] <= _WIDE * _FINE and box[3] <= _HIGH * _FINE
        if inside and all(box[0] >= b[2] or box[2] <= b[0] or box[1] >= b[3] or box[3] <= b[1] for b in taken):
            view.draw.text(at, code, _BLACK, font, "mm", stroke_width=4 * _FINE, stroke_fill="white")
            taken.append(box)


@lru_cache(maxsize=4)
def _font(pixels: int) -> Any:
    return ImageFont.load_default(pixels)


def _draw_scale(view: _View) -> None:
    length = scale_length(_WIDE * _FINE * view.per_px / 4)
    px = length / view.per_px
    x, y = 24 * _FINE, (_HIGH - 24) * _FINE
    view.draw.rectangle((x - 12 * _FINE, y - 46 * _FINE, x + px + 12 * _FINE, y + 14 * _FINE), "white")
    view.draw.line([(x, y - 10 * _FINE), (x, y), (x + px, y), (x + px, y - 10 * _FINE)], _BLACK, 3 * _FINE)
    font = _font(22 * _FINE)
    view.draw.text((x + px / 2, y - 8 * _FINE), f"{length:g} m", _BLACK, font, "mb")
    top = (_WIDE - 40) * _FINE
    points = [(top, 16 * _FINE), (top - 14 * _FINE, 60 * _FINE), (top, 50 * _FINE), (top + 14 * _FINE, 60 * _FINE)]
    view.draw.rectangle((top - 24 * _FINE, 0, _WIDE * _FINE, 92 * _FINE), "white")
    view.draw.polygon(points, _BLACK)
    view.draw.text((top, 64 * _FINE), "N", _BLACK, font, "mt")
    view.draw.rectangle((0, 0, _WIDE * _FINE - 1, _HIGH * _FINE - 1), outline=_BLACK, width=2 * _FINE)
