"""A small map of a county in the colours of where each township stands.

Townships far apart (a pilot in three counties) would be dots on an empty sheet: those that lie near one another share a frame, and each frame has
its own scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from areaplan.messages import Lang, msg, plain

__all__ = ["standing_map"]

_SIDE = 700
_RIM = 10
_NEAR = 1.5
"""Townships share a frame when no farther apart than so many times the larger one's side."""


def standing_map(states: Mapping[str, str], outlines: Mapping[str, gpd.GeoSeries], lang: Lang) -> str:
    """Return the map as SVG frames, without script; nothing where no township has an outline.

    Parameters
    ----------
    states
        Name of each township -> its state, which is a class of the page's style.
    outlines
        Name -> outline in degrees; townships without a plan have none.
    """
    shapes = {name: outlines[name].iloc[0] for name in states if name in outlines and len(outlines[name])}
    if not shapes:
        return ""
    frames = [_frame({n: shapes[n] for n in names}, states) for names in _neighbourhoods(shapes)]
    told = msg("Townships that lie far apart stand in frames of their own, each at its own scale.").text(lang)
    note = f"<p>{escape(told)}</p>" if len(frames) > 1 else ""
    return f'<div class="maps">{"".join(frames)}</div>{note}'


def _neighbourhoods(shapes: Mapping[str, BaseGeometry]) -> list[list[str]]:
    """Return names in groups that lie near one another, in the order given."""
    names = list(shapes)
    boxes = shapely.bounds(list(shapes.values()))
    side = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    group = list(range(len(names)))
    for i in range(len(names)):
        for j in range(i):
            gap = np.maximum(0, np.maximum(boxes[i, :2] - boxes[j, 2:], boxes[j, :2] - boxes[i, 2:])).max()
            if gap <= _NEAR * max(side[i], side[j]):
                group = [group[j] if g == group[i] else g for g in group]
    return [[n for n, own in zip(names, group, strict=True) if own == g] for g in dict.fromkeys(group)]


def _frame(shapes: Mapping[str, BaseGeometry], states: Mapping[str, str]) -> str:
    west, south, east, north = shapely.total_bounds(list(shapes.values()))
    stretch = float(np.cos(np.radians((south + north) / 2)))
    wide, high = max((east - west) * stretch, 1e-6), max(north - south, 1e-6)
    unit = _SIDE / max(wide, high)

    def at(shape: BaseGeometry) -> NDArray[np.float64]:
        xy = shapely.get_coordinates(shape)
        return np.column_stack([(xy[:, 0] - west) * stretch, north - xy[:, 1]]) * unit + _RIM

    parts, names = [], []
    for name, shape in shapes.items():
        path = "".join(_ring(at(ring)) for ring in shapely.get_rings(shapely.get_parts(shape)))
        parts.append(f'<path class="c-{states[name]}" fill-rule="evenodd" d="{path}"/>')
        x, y = at(shape.representative_point())[0]
        names.append(f'<text x="{x:.0f}" y="{y:.0f}">{escape(plain(name))}</text>')
    box = f"0 0 {wide * unit + 2 * _RIM:.0f} {high * unit + 2 * _RIM:.0f}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img">{"".join(parts)}{"".join(names)}</svg>'


def _ring(xy: NDArray[np.float64]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in xy.tolist()) + "Z"
