"""Which parts of an area need a larger scale.

Dense areas have more numbers than room; wide ones have houses too small to be seen. Both continue on detail sheets: windows around the buildings concerned, split at the
widest gap until every number has its place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from areaplan.codes import map_order
from areaplan.maps.sheets.measures import MM, Box
from areaplan.maps.sheets.view import View, fit

__all__ = ["LEAST_HOUSE", "Detail", "details_of", "inset_of", "is_legible"]

_MOST = 24  # detail sheets of one area
_FEW = 3  # so many lonely houses stay on the area sheet, as dots
_INSET_HOUSE = 7.0  # points: what most houses measure at least in an inset
_GAIN = 1.3  # a detail must be so much larger than the sheet to be worth a page
_EMPTY = 0.4  # a detail is cut in two where empty ground between its halves is such a share of its extent,
_LARGER = 1.5  # and both are then drawn so much larger
LEAST_HOUSE = 3.0
"""Points: a house printed smaller is a dot."""

Bounds = NDArray[np.float64]
Try = Callable[[View, Sequence[int]], Sequence[int]]


@dataclass(frozen=True)
class Detail:
    """Hold a detail's view, the buildings numbered on it, and its tight bounds on the ground."""

    view: View
    members: list[int]
    bounds: Box


def is_legible(bounds: Bounds, view: View, least: float = LEAST_HOUSE) -> bool:
    """Tell whether half of the buildings, given by their extents (n, 4) in metres, are printed larger than ``least`` points."""
    sides = np.sqrt((bounds[:, 2] - bounds[:, 0]) * (bounds[:, 3] - bounds[:, 1]))
    return len(bounds) == 0 or bool(np.median(sides) * view.per_m >= least)


def details_of(bounds: Bounds, crowded: Sequence[int], main: View, box: Box, left_over: Try) -> list[Detail]:
    """Return the details an area needs, each building in one of them at most.

    Parameters
    ----------
    bounds
        (n, 4) extents of all buildings of the area, metres.
    crowded
        Buildings whose numbers find no room on the area sheet. Where most houses are dots there, the others want a detail too, unless they stand alone.
    main
        The view of the area sheet.
    box
        Where a detail is drawn, in page points.
    left_over
        Tries the numbers of some buildings in a view and returns those without room.
    """
    must = set(crowded)
    first = sorted(must) if is_legible(bounds, main) else list(range(len(bounds)))
    queue, out, taken = [first], list[Detail](), set[int]()
    while queue:
        group = [i for i in queue.pop(0) if i not in taken]
        if not group or (len(group) <= _FEW and must.isdisjoint(group)):
            continue
        around = _around(bounds[group])
        view = fit(around, box, 10 * MM, least=200)
        members = [i for i in range(len(bounds)) if i not in taken and (i in group or _is_shown(bounds[i], view))]
        full = len(out) + len(queue) + 1 >= _MOST
        poor = view.scale * _GAIN > main.scale or not is_legible(bounds[members], view)
        if len(group) > 1 and not full:
            halves = _halves(bounds, group)
            if poor or _is_hollow(bounds, halves, view) or left_over(view, members):
                queue += halves
                continue
        taken.update(members)
        out.append(Detail(view, members, _around(bounds[members])))
    middles = np.array([[(w + e) / 2, (s + n) / 2] for w, s, e, n in (d.bounds for d in out)]).reshape(-1, 2)
    return [out[i] for i in map_order(middles)]


def inset_of(
    detail: Detail, bounds: Bounds, area: BaseGeometry, main: View, unit: float, left_over: Try
) -> Detail | None:
    """Return ``detail`` in a window in a corner of the map that hides nothing of the area, or ``None`` where no corner or no scale will do.

    Parameters
    ----------
    detail
        As :func:`details_of` gives it.
    bounds
        (n, 4) extents of all buildings of the area, metres.
    area
        The area's ground.
    main
        The view of the area sheet.
    unit
        Size of this paper's type over A4's.
    left_over
        Tries the numbers of some buildings in a view and returns those without room.
    """
    x0, y0, x1, y1 = main.box
    rim, bar = 2.5 * MM, 7 * MM * unit
    for side in (80 * MM * unit, 65 * MM * unit, 52 * MM * unit):
        if side > 0.6 * min(x1 - x0, y1 - y0):
            continue
        for x in (x0 + rim, x1 - rim - side):
            for y in (y0 + rim, y1 - rim - side - bar):
                hidden = main.ground(np.array([(x - rim, y - rim), (x + side + rim, y + side + bar + rim)])).ravel()
                view = fit(detail.bounds, (x, y + bar, x + side, y + bar + side), 6 * MM, least=200)
                if view.scale * _GAIN > main.scale or not is_legible(bounds[detail.members], view, _INSET_HOUSE):
                    continue
                if shapely.intersects(shapely.box(*hidden), area):
                    continue
                if not left_over(view, detail.members):
                    return Detail(view, detail.members, detail.bounds)
    return None


def _around(bounds: Bounds) -> Box:
    (west, south), (east, north) = bounds[:, :2].min(axis=0) - 2, bounds[:, 2:].max(axis=0) + 2
    return float(west), float(south), float(east), float(north)


def _is_shown(bounds: Bounds, view: View) -> bool:
    """Tell whether a building lies wholly in the window, with room for its number."""
    west, south, east, north = view.window
    rim = 6 * MM / view.per_m
    return bool(
        west + rim <= bounds[0] and south + rim <= bounds[1] and bounds[2] <= east - rim and bounds[3] <= north - rim
    )


def _is_hollow(bounds: Bounds, halves: list[list[int]], view: View) -> bool:
    """Tell whether a detail is drawn small for the sake of empty ground between its halves, unless all its houses stand alone."""
    if max(map(len, halves)) <= _FEW:
        return False
    one, other = (_around(bounds[half]) for half in halves)
    gap = max(one[0] - other[2], other[0] - one[2], one[1] - other[3], other[1] - one[3])
    west, south, east, north = _around(bounds[[*halves[0], *halves[1]]])
    if gap < _EMPTY * max(east - west, north - south):
        return False
    return all(_LARGER * fit(around, view.box, 10 * MM, least=200).scale <= view.scale for around in (one, other))


def _halves(bounds: Bounds, group: list[int]) -> list[list[int]]:
    """Split where the ground is empty, else near the middle of the longer side."""
    middles = (bounds[group, :2] + bounds[group, 2:]) / 2
    extent = np.ptp(middles, axis=0)
    orders = [np.argsort(middles[:, axis], kind="stable") for axis in (0, 1)]
    gaps = [np.diff(middles[order, axis]) for axis, order in enumerate(orders)]
    widest = [float(g.max()) for g in gaps]
    axis = int(np.argmax(widest))
    if widest[axis] > 0.2 * extent.max():
        cut = int(np.argmax(gaps[axis])) + 1
    else:
        axis = int(np.argmax(extent))
        first, last = len(gaps[axis]) // 3, max(len(gaps[axis]) - len(gaps[axis]) // 3, len(gaps[axis]) // 3 + 1)
        cut = first + int(np.argmax(gaps[axis][first:last])) + 1
    order = orders[axis]
    return [[group[i] for i in order[:cut]], [group[i] for i in order[cut:]]]
