"""R15: an enumerator reaches every building without leaving the area for a long way round."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.check.case import Case
from areaplan.check.ruling import Ruling, judged, not_judged
from areaplan.check.strokes import as_lines
from areaplan.check.walking import Inside, Walks, walks_between
from areaplan.check.words import amount
from areaplan.messages import msg
from areaplan.model import Finding

__all__ = ["r15_reachable"]

_ON_BORDER_M = 1.0
_LEAST_WALK = 0.9
"""No walk is shorter than this part of the straight way; ends of streets are the same to the millimetre, so a walk of many may be a little."""
_FARTHEST_M = 1e8
"""No place on earth has such coordinates; GEOS fails at distances to points much farther away."""


def r15_reachable(case: Case) -> Ruling:
    """R15 reachable: the walk inside the area to each building is at most three times the walk that need not heed its border.

    People walk along streets, from a building to the nearest streets, and across open ground between neighbouring buildings, never across a
    river, railway or wall (:mod:`areaplan.check.walking`). The walk begins at the building nearest the middle of the area's largest connected
    group. Islands are judged each by itself; areas that a barrier parts are R14's.
    """
    if case.lines is None or not (case.lines["kind"] == "street").any():
        return not_judged("R15", msg("no walking graph: no streets given"))
    if case.buildings is None:
        return not_judged("R15", msg("no walking graph: no buildings given"))
    houses = case.houses
    houses = houses[(np.abs(shapely.get_coordinates(houses)) < _FARTHEST_M).all(axis=1)]
    bars = case.barring | (case.lines["kind"] == "wall").to_numpy()
    lines, kinds = case.lines.geometry.to_numpy(), case.lines["kind"].to_numpy()
    streets = lines[(kinds == "street") & ~bars]
    walks = walks_between(houses, streets, lines[bars], open_ground_m=case.pack.thresholds.open_ground_m)
    return judged("R15", len(houses), _far_round(case, walks))


def _far_round(case: Case, walks: Walks) -> Iterator[Finding]:
    from scipy.sparse.csgraph import dijkstra

    parts, owner = _parts(case)
    houses = shapely.STRtree(walks.houses).query(parts, predicate="intersects")
    several = np.bincount(houses[0], minlength=len(parts)) > 1
    houses = houses[:, several[houses[0]]]
    rows = np.flatnonzero(several)
    reach = shapely.buffer(parts[rows], _ON_BORDER_M, quad_segs=2)
    part, edges = shapely.STRtree(as_lines(walks.ends)).query(reach, predicate="covers")
    inside = walks.inside(houses, np.stack([rows[part], edges]))
    start = np.searchsorted(inside.ground, np.append(rows, len(parts)))
    group = _group_sizes(inside)
    mine = [slice(a, b) for a, b in pairwise(start.tolist())]
    hubs = np.array([m.start + _hub(walks.xy[inside.house[m]], group[m]) for m in mine], dtype=np.int64)
    if not len(hubs):
        return
    own = dijkstra(inside.graph, directed=False, indices=hubs, min_only=True)  # no ground leads into another
    for row, hub, m in zip(owner[rows], hubs, mine, strict=True):
        yield from _judge(case, int(row), walks, hub - m.start, inside.house[m], own[m])


def _parts(case: Case) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return the pieces of the areas whose ground is not at fault, and the row of each."""
    rows = [r for r, p in enumerate(case.polygons) if p is not None and r not in case.suspects]
    pieces, owner = shapely.get_parts(case.polygons[rows], return_index=True)
    return pieces, np.array(rows, dtype=np.int64)[owner]


def _group_sizes(inside: Inside) -> NDArray[np.int64]:
    """Return for each house the group that the inside graph connects, and how many houses that has."""
    from scipy.sparse.csgraph import connected_components

    label = connected_components(inside.graph, directed=False)[1][: len(inside.house)]
    return np.stack([label, np.bincount(label)[label]], axis=1)


def _judge(
    case: Case, row: int, walks: Walks, hub: int, houses: NDArray[np.int64], own: NDArray[np.float64]
) -> Iterator[Finding]:
    from scipy.sparse.csgraph import dijkstra

    asked, near = case.pack.thresholds.detour, case.pack.thresholds.open_ground_m
    straight = _LEAST_WALK * np.hypot(*(walks.xy[houses] - walks.xy[houses[hub]]).T)
    doubtful = own > asked * np.maximum(straight, near)
    if not doubtful.any():
        return
    closed = np.isinf(own)  # of these nothing is asked but whether there is a way at all
    free = np.where(closed & (walks.network[houses] == walks.network[houses[hub]]), 1e-9, np.inf)
    long = own[doubtful & ~closed]
    if len(long):
        limit = long.max() / asked  # a way that is no shorter than this is no reason to speak
        known = dijkstra(walks.whole, indices=houses[hub], limit=limit)[houses]
        free[~closed] = np.maximum(known, 1e-9)[~closed]
    far = np.isfinite(free) & (own > asked * np.maximum(free, near))
    if far.any() and row not in case.behind:
        yield _finding(case, row, walks.houses[houses[far]], own[far], free[far])


def _hub(xy: NDArray[np.float64], group: NDArray[np.int64]) -> int:
    """Return which of the houses is nearest the middle of the largest group, the first where several are as large."""
    largest = np.flatnonzero(group[:, 0] == group[np.argmax(group[:, 1]), 0])
    at = xy[largest]
    return int(largest[np.argmin(((at - at.mean(axis=0)) ** 2).sum(axis=1))])


def _finding(
    case: Case, row: int, houses: NDArray[np.object_], own: NDArray[np.float64], free: NDArray[np.float64]
) -> Finding:
    code, village = case.codes[row], case.areas["village_code"].iloc[row]
    place = shapely.multipoints(houses)
    closed = int(np.isinf(own).sum())
    if closed:
        text = msg("area {code}: {count} buildings are not reached without leaving the area; give them to the area they are reached from",
                   code=code, count=closed)  # fmt: skip
        return case.finding("R15", code, text, village=village, measure=float(closed), unit="buildings", geometry=place)
    worst = int(np.argmax(own / free))
    ratio = float(own[worst] / free[worst])
    text = msg("area {code}: {count} buildings are reached by a long way round, at worst {own} m inside the area where {free} m would do; give them to the area they are reached from",
               code=code, count=len(own), own=amount(float(own[worst])), free=amount(float(free[worst])))  # fmt: skip
    return case.finding("R15", code, text, village=village, measure=ratio, unit="ratio", geometry=place)
