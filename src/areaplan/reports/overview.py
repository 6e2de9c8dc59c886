"""The judged ground on one page with its findings, numbered as in the list beside it: as SVG for the report, as PNG for Word.

A mark says how grave a finding is by its shape as well as its colour (disc: error, triangle: warning), for paper is often black and white.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from shapely.geometry.base import BaseGeometry

from areaplan.maps.thinning import thinned
from areaplan.messages import Lang, plain
from areaplan.model import Finding, Severity
from areaplan.reports.marks import Mark, number_places
from areaplan.reports.sketches import scale_length

__all__ = ["Overview", "overview"]

_WIDE, _EDGE, _BAR = 1000.0, 24.0, 60.0  # pixels: width, white rim, strip below for scale and north
_MOST_MARKS = 2000
_COLOURS = {Severity.ERROR: "#b00000", Severity.WARNING: "#b06000"}


class Overview(NamedTuple):
    """Hold what is drawn, in pixels: outlines of the judged units, of their parents, faulty ground, marks, and the scale."""

    high: float
    outlines: list[NDArray[np.float64]]
    parents: list[NDArray[np.float64]]
    ground: list[NDArray[np.float64]]
    marks: list[Mark]
    scale_m: float
    scale_px: float

    def svg(self) -> str:
        """Return it as SVG; each mark leads to its finding ``#f…`` of the page it stands in."""
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="map" viewBox="0 0 {_WIDE:g} {self.high:.0f}" role="img">',
            f'<path class="ground" d="{_path(self.ground)}"/>',
            f'<path class="unit" d="{_path(self.outlines)}"/>',
            f'<path class="parent" d="{_path(self.parents)}"/>',
            *(_svg_mark(m) for m in self.marks),
            _svg_scale(self),
            "</svg>",
        ]
        return "\n".join(lines)

    def png(self) -> bytes:
        """Return it as PNG, twice as fine; the same overview gives the same bytes."""
        fine = 2
        image = Image.new("RGB", (int(_WIDE) * fine, int(self.high) * fine), "white")
        draw = ImageDraw.Draw(image)
        for ring in self.ground:
            if len(ring) > 2:
                draw.polygon([tuple(p) for p in ring * fine], "#f3b0b0")
        for rings, width, colour in ((self.outlines, 1, "#555555"), (self.parents, 3, "#000000")):
            for ring in rings:
                draw.line([tuple(p) for p in ring * fine], colour, width * fine)
        font = ImageFont.load_default(13 * fine)
        for mark in reversed(self.marks):
            _png_mark(draw, mark, fine, font)
        y = (self.high - 20) * fine
        draw.line([(_EDGE * fine, y), ((_EDGE + self.scale_px) * fine, y)], "black", 3 * fine)
        draw.text((_EDGE * fine, y - 4 * fine), f"{self.scale_m:g} m", "black", font, "lb")
        tip = np.array([_WIDE - _EDGE, self.high - 54]) * fine
        arrow = [tuple(tip + np.array(p) * fine) for p in ((0, 0), (7, 22), (0, 17), (-7, 22))]
        draw.polygon(arrow, "black")
        draw.text((tip[0], tip[1] + 24 * fine), "N", "black", font, "mt")
        out = io.BytesIO()
        image.quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
        return out.getvalue()


def overview(
    units: gpd.GeoDataFrame, parents: gpd.GeoDataFrame | None, findings: Sequence[Finding], lang: Lang
) -> Overview | None:
    """Return the overview, or ``None`` where nothing has a place.

    Parameters
    ----------
    units, parents
        The judged polygons and what they were held against, in metres.
    findings
        In the order of the list; they are numbered from 1. Notes are not marked.
    lang
        The language of the texts under the marks.
    """
    shapes, above = _usable(units), _usable(parents)
    located = [(n, f) for n, f in enumerate(findings, 1) if f.geometry is not None and not f.geometry.is_empty]
    every = [*shapes, *above, *(f.geometry for _, f in located)]
    if not every:
        return None
    west, south, east, north = shapely.total_bounds(np.array(every, dtype=object))
    wide, tall = max(east - west, 1.0), max(north - south, 1.0)
    per_px = max(wide / (_WIDE - 2 * _EDGE), tall / 1250.0)
    high = tall / per_px + 2 * _EDGE + _BAR
    left = (_WIDE - wide / per_px) / 2

    def pixels(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        out: NDArray[np.float64] = (xy - (west, north)) / (per_px, -per_px) + (left, _EDGE)
        return out

    bad = [f.geometry for _, f in located if f.severity != Severity.NOTE and f.geometry.geom_type.endswith("Polygon")]  # type: ignore[union-attr]
    scale_m = scale_length(200 * per_px)
    return Overview(
        high, _rings(shapes, per_px, pixels), _rings(above, per_px, pixels), _rings(bad, 0.0, pixels),
        _marks(located, pixels, lang), scale_m, scale_m / per_px,
    )  # fmt: skip


def _usable(table: gpd.GeoDataFrame | None) -> list[BaseGeometry]:
    if table is None:
        return []
    shapes = table.geometry.to_numpy()
    usable = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    finite = np.array([bool(np.isfinite(s.bounds).all()) for s in shapes[usable]], dtype=bool)
    return list(shapes[usable][finite])


def _rings(shapes: Iterable[BaseGeometry | None], least_m: float, pixels: Any) -> list[NDArray[np.float64]]:
    """Return the rings of polygons in pixels, without bends too small to be seen."""
    rings = shapely.get_rings(shapely.get_parts(np.array(list(shapes), dtype=object)))
    if least_m:
        rings = thinned(rings, least_m / 2, preserve_topology=False)
    return [pixels(shapely.get_coordinates(r)) for r in rings]


def _marks(located: list[tuple[int, Finding]], pixels: Any, lang: Lang) -> list[Mark]:
    shown = [(n, f) for n, f in located if f.severity != Severity.NOTE][:_MOST_MARKS]
    points = [shapely.get_coordinates(f.geometry.representative_point()) for _, f in shown]  # type: ignore[union-attr]
    marked = [(n, f, pixels(at)[0]) for (n, f), at in zip(shown, points, strict=True) if np.isfinite(at).all()]
    places = number_places([(float(at[0]), float(at[1]), n) for n, _, at in marked], _WIDE)
    return [
        Mark(float(at[0]), float(at[1]), n, f.severity, place, plain(f.message.text(lang)))
        for (n, f, at), place in zip(marked, places, strict=True)
    ]


def _path(rings: Iterable[NDArray[np.float64]]) -> str:
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) for ring in rings if len(ring) > 1)


def _svg_mark(mark: Mark) -> str:
    kind, x, y = str(mark.severity), mark.x, mark.y
    if mark.severity == Severity.ERROR:
        shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
    else:
        shape = f'<path d="M{x:.1f} {y - 6:.1f}l6 10h-12z"/>'
    at = mark.number_at
    label = lead = ""
    if at:
        lead = f'<path class="lead" d="M{x:.1f} {y:.1f}L{at[0]:.1f} {at[1]:.1f}"/>'
        label = f'<text x="{at[0]:.1f}" y="{at[1] + 4:.1f}" text-anchor="middle">{mark.number}</text>'
    return f'<a href="#f{mark.number}" class="{kind}"><title>{mark.number}. {escape(mark.text)}</title>{lead}{shape}{label}</a>'


def _svg_scale(view: Overview) -> str:
    y, right = view.high - 20, _EDGE + view.scale_px
    return (
        f'<path class="scale" d="M{_EDGE:g} {y - 6:.1f}V{y:.1f}H{right:.1f}V{y - 6:.1f}"/>'
        f'<text x="{(_EDGE + right) / 2:.1f}" y="{y - 8:.1f}" text-anchor="middle">{view.scale_m:g} m</text>'
        f'<path class="north" d="M{_WIDE - _EDGE:g} {y - 34:.1f}l7 22l-7 -5l-7 5z"/>'
        f'<text x="{_WIDE - _EDGE:g}" y="{y + 4:.1f}" text-anchor="middle">N</text>'
    )


def _png_mark(draw: ImageDraw.ImageDraw, mark: Mark, fine: int, font: Any) -> None:
    x, y, r, colour = mark.x * fine, mark.y * fine, 5 * fine, _COLOURS[mark.severity]
    at = (mark.number_at[0] * fine, mark.number_at[1] * fine) if mark.number_at else None
    if at:
        draw.line([(x, y), at], colour, fine)
    if mark.severity == Severity.ERROR:
        draw.ellipse((x - r, y - r, x + r, y + r), colour, "white", fine)
    else:
        draw.polygon([(x, y - r - fine), (x + r + fine, y + r), (x - r - fine, y + r)], colour, "white", fine)
    if at:
        draw.text(at, str(mark.number), colour, font, "mm", stroke_width=3 * fine, stroke_fill="white")
