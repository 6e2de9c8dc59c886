"""R15: an enumerator reaches every building without leaving the area for a long way round."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components, dijkstra

from areaplan.check.barriers import straddles
from areaplan.check.case import Case, Ruling, judged, not_judged
from areaplan.check.walking import Walks, walks_between
from areaplan.check.words import amount
from areaplan.messages import msg
from areaplan.model import Finding

__all__ = ["r15_reachable"]

_ON_BORDER_M = 1.0
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
    parts, owner = _parts(case)
    reach = shapely.buffer(parts, _ON_BORDER_M, quad_segs=2)
    houses = _by_part(shapely.STRtree(walks.houses).query(parts, predicate="intersects"), len(parts))
    edges = _by_part(shapely.STRtree(walks.lines).query(reach, predicate="covers"), len(parts))
    for row, mine, inside in zip(owner, houses, edges, strict=True):
        if len(mine) > 1:
            yield from _judge(case, int(row), walks, np.unique(mine), inside)


def _by_part(pairs: NDArray[np.int64], parts: int) -> list[NDArray[np.int64]]:
    part, found = pairs
    return np.split(found, np.searchsorted(part, np.arange(1, parts))) if parts else []


def _parts(case: Case) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return the pieces of the areas whose ground is not at fault, and the row of each."""
    rows = [r for r, p in enumerate(case.polygons) if p is not None and r not in case.suspects]
    pieces, owner = shapely.get_parts(case.polygons[rows], return_index=True)
    return pieces, np.array(rows, dtype=np.int64)[owner]


def _judge(
    case: Case, row: int, walks: Walks, houses: NDArray[np.int64], edges: NDArray[np.int64]
) -> Iterator[Finding]:
    inside = walks.inside(edges, houses)
    hub = _hub(walks, houses, inside)
    asked, near = case.pack.thresholds.detour, case.pack.thresholds.open_ground_m
    own = dijkstra(inside, directed=False, indices=hub)[: len(houses)]
    if own.max() <= asked * near:
        return
    limit = own.max() / asked  # a way that is no shorter than this is no reason to speak
    free = np.maximum(dijkstra(walks.whole, indices=houses[hub], limit=limit)[houses], 1e-9)
    far = np.isfinite(free) & (own > asked * np.maximum(free, near))
    if far.any() and not straddles(case, row):
        yield _finding(case, row, walks.houses[houses[far]], own[far], free[far])


def _hub(walks: Walks, houses: NDArray[np.int64], inside: object) -> int:
    """Return which of ``houses`` is nearest the middle of the largest group that the inside graph connects."""
    label = connected_components(inside, directed=False)[1][: len(houses)]
    group = np.flatnonzero(label == np.bincount(label).argmax())
    xy = shapely.get_coordinates(walks.houses[houses[group]])
    return int(group[np.argmin(((xy - xy.mean(axis=0)) ** 2).sum(axis=1))])


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
