"""Where things stand on a page: margins, frame, title, map, panel, places to sign.

35 mm on the left for the binding and 15 mm elsewhere (R20). On papers above A4 everything grows with the square root of the width, so that a wall map
is not a small map with a large rim.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from areaplan.errors import InputError
from areaplan.maps.sheets.measures import MM, Box
from areaplan.messages import msg

__all__ = ["PAPERS", "Page", "page_of", "rows_of"]

PAPERS: Final[dict[str, tuple[int, int]]] = {
    "A4": (210, 297),
    "A3": (297, 420),
    "A2": (420, 594),
    "A1": (594, 841),
    "A0": (841, 1189),
}
"""Width and height in millimetres, upright."""

BINDING_MM, MARGIN_MM = 35, 15


@dataclass(frozen=True)
class Page:
    """Hold the boxes of a page, in points, and ``unit``: how much larger type and lines are than on A4."""

    width: float
    height: float
    unit: float
    frame: Box
    head: Box
    title: Box
    map: Box
    bar: Box
    inset: Box
    facts: Box
    legend: Box
    signs: Box
    foot: Box

    @property
    def lying(self) -> bool:
        """True for landscape."""
        return self.width > self.height


def page_of(paper: str, *, lying: bool) -> Page:
    """Return the page of a paper, upright or lying.

    Raises
    ------
    InputError
        When there is no such paper.
    """
    if paper not in PAPERS:
        raise InputError(msg("no such paper: {paper}; known: {known}", paper=paper, known=", ".join(PAPERS)))
    short, long = PAPERS[paper]
    unit = (short / PAPERS["A4"][0]) ** 0.5
    width, height = (long * MM, short * MM) if lying else (short * MM, long * MM)
    left, bottom, right, top = BINDING_MM * MM, MARGIN_MM * MM, width - MARGIN_MM * MM, height - MARGIN_MM * MM
    mm = unit * MM
    head, title = top - 6 * mm, top - 18 * mm
    foot, signs = bottom + 5 * mm, bottom + 21 * mm
    boxes = {
        "frame": (left, bottom, right, top), "head": (left, head, right, top), "title": (left, title, right, head),
        "signs": (left, foot, right, signs), "foot": (left, bottom, right, foot),
    }  # fmt: skip
    body = (left, signs, right, title)
    return Page(width, height, unit, **boxes, **(_beside(body, mm) if lying else _below(body, mm)))


def _below(body: Box, mm: float) -> dict[str, Box]:
    """Put the panel below the map: legend, facts, inset from left to right."""
    left, bottom, right, top = body
    panel = bottom + 58 * mm
    bar = panel + 7 * mm
    one, two = left + 44 * mm, right - 46 * mm
    return {
        "map": (left, bar, right, top), "bar": (left, panel, right, bar),
        "legend": (left, bottom, one, panel), "facts": (one, bottom, two, panel), "inset": (two, bottom, right, panel),
    }  # fmt: skip


def _beside(body: Box, mm: float) -> dict[str, Box]:
    """Put the panel on the right of the map: inset, facts, legend from top to bottom."""
    left, bottom, right, top = body
    side = right - 60 * mm
    one, two = top - 46 * mm, bottom + 40 * mm
    return {
        "map": (left, bottom + 7 * mm, side, top), "bar": (left, bottom, side, bottom + 7 * mm),
        "inset": (side, one, right, top), "facts": (side, two, right, one), "legend": (side, bottom, right, two),
    }  # fmt: skip


def rows_of(box: Box, height: float, padding: float) -> list[tuple[float, float]]:
    """Return the (x, y) of base lines from top to bottom that fit into ``box``."""
    left, bottom, _, top = box
    count = int((top - bottom - 2 * padding) / height)
    return [(left + padding, top - padding - height * (i + 0.78)) for i in range(count)]
