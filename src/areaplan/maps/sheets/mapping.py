"""The map window of a sheet: the area clear, what lies around it pale, its border by what it follows, names, numbers, neighbours' codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import shapely

from areaplan.maps.sheets.details import Detail, is_legible
from areaplan.maps.sheets.features import draw_features
from areaplan.maps.sheets.ink import Ink
from areaplan.maps.sheets.labels import Number
from areaplan.maps.sheets.lettering import draw_codes, draw_details, draw_names, draw_numbers, draw_turns
from areaplan.maps.sheets.measures import Box
from areaplan.maps.sheets.operators import path_operators
from areaplan.maps.sheets.signs import draw_border
from areaplan.maps.sheets.window import COARSE, Drawing
from areaplan.maps.sheets.words import NORTH
from areaplan.maps.thinning import thinned
from areaplan.messages import Lang

__all__ = ["draw_map", "north_arrow"]

_BAND = 4.2  # points: the width of the grey band outside the own border


def draw_map(drawing: Drawing, numbers: Sequence[Number], details: Sequence[Detail] = ()) -> None:
    """Draw the window with the given numbers, and where the details lie."""
    d = drawing
    with d.ink.clip(d.view.box):
        d.used |= draw_features(d.ink, d.ground, d.view, d.lines, d.unit)
        _draw_buildings(d)
        _draw_pale(d)
        _draw_borders(d)
        draw_turns(d)
        draw_details(d, details)
        draw_codes(d)
        draw_numbers(d, numbers)
        draw_names(d)
    d.ink.rect(d.view.box, width=0.8)


def _draw_buildings(d: Drawing) -> None:
    """Draw footprints, those with households darker; the own ones that would vanish at this scale as dots."""
    layer, own = d.ground.buildings, set(d.area.houses.tolist())
    near = d.area.houses if d.view.scale > COARSE else layer.near(d.view.window)
    if d.members is not None:
        elsewhere = own - set(d.area.houses[list(d.members)].tolist())
        d.ink.path(d.view.rings(layer.shapes[sorted(elsewhere)]), width=0.4, gray=0.72, close=True)
        near, own = np.array([i for i in near if i not in elsewhere], dtype=np.int64), own - elsewhere
    looks = d.ground.looks[near]
    for look, fill, width, sign in ((0, 1.0, 0.45, "shed"), (1, 0.86, 0.45, "house"), (2, 0.86, 1.3, "flats")):
        rows = near[looks == look]
        if own.intersection(rows.tolist()):
            d.used.add(sign)
        d.ink.path(d.view.rings(layer.shapes[rows]), width=width, gray=0.15, fill=fill, close=True)
    drawn = layer.shapes[sorted(own)]
    if own and not is_legible(shapely.bounds(drawn), d.view):
        middles = d.view.points(shapely.get_coordinates(shapely.centroid(drawn)))
        d.ink.path([np.array([m, m]) for m in middles], width=2.0, cap=2)
    if not len(layer.shapes):
        cells = d.ground.cells
        d.used.add("cell")
        d.ink.path(d.view.lines(cells.shapes[cells.near(d.view.window)]), width=0.4, gray=0.45, dash=(2, 1.5))


def _draw_pale(d: Drawing) -> None:
    """Cover what is not the area with a veil."""
    x0, y0, x1, y1 = d.view.box
    window = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    hole = path_operators([window, *d.view.rings(d.area.shape)], close=True)
    canvas = d.ink.canvas
    canvas.saveState()
    canvas.setFillAlpha(0.62)
    canvas.addLiteral(f"1 g {hole} f*")
    canvas.restoreState()


def _draw_borders(d: Drawing) -> None:
    """Draw the borders of others thin, a band outside the own one, and the own border by what it follows."""
    borders, own = d.ground.borders, d.area.code
    near = [i for i in borders.near(d.view.window) if own not in (borders["left_ea"][i], borders["right_ea"][i])]
    d.ink.path(d.view.lines(borders.shapes[near]), width=0.9 * d.unit, gray=0.55, dash=(5, 2))
    reach = _BAND * d.unit / d.view.per_m
    shape = shapely.clip_by_rect(d.area.shape, *d.view.around(4 * _BAND * d.unit))
    simple = thinned(shape, reach / 20)[0]
    band = shapely.difference(shapely.buffer(simple, reach, quad_segs=3), shape)
    d.ink.path(d.view.rings(band), fill=0.74, close=True)
    by_kind: dict[str, list[object]] = defaultdict(list)
    for border in d.area.borders:
        by_kind[border.kind].append(border.line)
    for kind, shapes in sorted(by_kind.items()):
        drawn = d.view.lines(np.array(shapes, dtype=object))
        if drawn:
            d.used.add(f"border {kind}")
            draw_border(d.ink, kind, drawn, d.unit)


def north_arrow(ink: Ink, box: Box, unit: float, lang: Lang) -> None:
    """Draw a north arrow that fills ``box``."""
    x, (y0, y1) = (box[0] + box[2]) / 2, (box[1], box[3])
    half, top = (box[2] - box[0]) / 2 * 0.7, y1 - 9 * unit
    ink.rect(box, fill=1.0)
    arrow = np.array([(x, top), (x + half, y0), (x, y0 + half), (x - half, y0)])
    ink.path([arrow], width=0.6, fill=1.0, close=True)
    ink.path([np.array([(x, top), (x - half, y0), (x, y0 + half)])], width=0.6, fill=0.0, close=True)
    ink.text(x, top + 1.5 * unit, NORTH.text(lang), 8 * unit, anchor=0.5, bold=True)
