"""Streets, rivers, railways and walls on a map, from the least to the most important, all of one look in one path, so that crossings join."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.maps.sheets.ground import Ground
from areaplan.maps.sheets.ink import Ink
from areaplan.maps.sheets.signs import draw_feature, river_width, street_width
from areaplan.maps.sheets.view import View

__all__ = ["draw_features", "stretches"]

_RANKS = {"other": 0, "ridge": 0, "wall": 1, "path": 2, "river": 3, "street": 4, "railway": 5}


def draw_features(
    ink: Ink, ground: Ground, view: View, rows: Iterable[int], unit: float, *, thin: float = 1.0
) -> set[str]:
    """Draw some of the lines, streets ``thin`` times as wide as on area sheets; return the signs that occur."""
    lines, groups = ground.lines, defaultdict[tuple[int, str, float], list[int]](list)
    for i in rows:
        kind = lines["kind"][i] or "other"
        width = street_width(lines["class"][i], view.scale) * unit * thin if kind == "street" else 0.0
        kind = "path" if kind == "street" and width == 0 else kind
        width = river_width(view.scale) * unit if kind == "river" else width
        groups[_RANKS.get(kind, 0), kind, width].append(int(i))
    used = set[str]()
    for (_, kind, width), same in sorted(groups.items()):
        drawn = view.lines(lines.shapes[same])
        if drawn:
            used.add(kind)
            draw_feature(ink, kind, drawn, width=width)
    return used


def stretches(ground: Ground, view: View, rows: Iterable[int]) -> dict[str, list[NDArray[np.float64]]]:
    """Return the named lines in the window, joined by name, in page coordinates: by name in order, the longest stretch first."""
    lines = ground.lines
    named = np.array([i for i in rows if lines["name"][i]], dtype=np.int64)
    if not len(named):
        return {}
    names, which = np.unique(lines["name"][named].astype(str), return_inverse=True)
    order = np.argsort(which, kind="stable")
    seen, at = shapely.get_parts(shapely.clip_by_rect(lines.shapes[named[order]], *view.window), return_index=True)
    shown, each = np.unique(which[order][at], return_inverse=True)
    merged = shapely.line_merge(shapely.multilinestrings(seen, indices=each)) if len(seen) else seen
    parts, of = shapely.get_parts(merged, return_index=True)
    paths, come_from = view.paths(parts)
    out: dict[str, list[NDArray[np.float64]]] = {str(names[k]): [] for k in shown}
    longest_first = np.argsort(-shapely.length(parts[come_from]), kind="stable")
    for k in longest_first.tolist():
        out[str(names[shown[of[come_from[k]]]])].append(paths[k])
    return out
