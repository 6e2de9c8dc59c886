"""Silhouettes of characters, for the white rim around a text: outer contours only, coarse, for the rim is wider than any detail of a character."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import shapely
from fontTools.pens.basePen import BasePen
from numpy.typing import NDArray

__all__ = ["Contour", "ContourPen", "silhouettes"]

_COARSE: Final = 12.0  # thousandths of the type size: a tenth of a point at 8 points
_STEPS: Final = (1 / 3, 2 / 3, 1.0)  # of a curve, which becomes so many straight pieces

Contour = list[tuple[float, float]]


class ContourPen(BasePen):  # type: ignore[misc]
    """Collect the closed contours of a glyph as points; quadratic curves arrive as cubic ones."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.contours: list[Contour] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802  (the pen protocol's name)
        self.contours.append([pt])

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.contours[-1].append(pt)

    def _curveToOne(self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]) -> None:  # noqa: N802
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = self.contours[-1][-1], pt1, pt2, pt3
        for t in _STEPS:
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            self.contours[-1].append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))


def silhouettes(contours: Mapping[str, Sequence[Contour]]) -> dict[str, str]:
    """Return the silhouette of each character as PDF operators that fill it and stroke its rim; of a blank nothing.

    Parameters
    ----------
    contours
        Of each character; those of holes run the other way round than the largest one, and are left out.
    """
    rings = [(c, np.array(ring)) for c, found in contours.items() for ring in found if len(ring) > 2]
    coarse = shapely.simplify([shapely.LinearRing(ring) for _, ring in rings], _COARSE)
    areas = [_signed_area(ring) for _, ring in rings]
    largest: dict[str, float] = {}
    for (c, _), area in zip(rings, areas, strict=True):
        largest[c] = max(largest.get(c, 0.0), area, key=abs)
    out = dict.fromkeys(contours, "")
    for (c, _), ring, area in zip(rings, coarse, areas, strict=True):
        if area * largest[c] > 0:
            out[c] += _operators(ring)
    return {c: f"{path}B" if path else "" for c, path in out.items()}


def _signed_area(ring: NDArray[np.float64]) -> float:
    (x, y), (next_x, next_y) = ring.T, np.roll(ring, -1, axis=0).T
    return float((x * next_y - next_x * y).sum()) / 2


def _operators(ring: shapely.LinearRing) -> str:
    points = [f"{x:.0f} {y:.0f}" for x, y in shapely.get_coordinates(ring)[:-1].tolist()]
    return f"{points[0]} m {' l '.join(points[1:])} l h "
