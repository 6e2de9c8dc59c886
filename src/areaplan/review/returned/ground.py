"""Ground that changed hands between a plan and what was returned, noise left out.

Drawing is exact to half a millimetre of the map: 1 m at 1:2,000. A strip counts as moved where it is wider than three quarters of that (a line that was
moved by the whole tolerance and drawn again is known to a quarter), over more ground than four times its square. What is narrower is noise, and the plan's
line holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.linework.edges import Geoms
from areaplan.review.returned.matching import Match

__all__ = ["Strip", "dividing_line", "gaps", "overlaps", "spills", "strips", "thick_parts", "together"]

_WIDTH = 0.75
_LEAST = 4.0
_TOGETHER = 25.0
"""Strips of one border closer than this, in tolerances, are one change."""


@dataclass(frozen=True)
class Strip:
    """Hold ground that went from one area to another (rows of the plan)."""

    giver: int
    taker: int
    ground: BaseGeometry


def thick_parts(ground: BaseGeometry, tolerance_m: float) -> list[BaseGeometry]:
    """Return the parts of ``ground`` that are wide enough to be no noise, each cut down to where it is.

    Examples
    --------
    >>> [round(p.area) for p in thick_parts(shapely.union(shapely.box(0, 0, 100, 0.5), shapely.box(40, 0, 60, 3)), 1.0)]
    [60]
    """
    if ground.area < _LEAST * tolerance_m**2:
        return []
    half = _WIDTH * tolerance_m / 2
    core = shapely.buffer(ground, -half, join_style="mitre")
    if core.is_empty:
        return []
    opened = shapely.intersection(shapely.buffer(core, half * 1.02, join_style="mitre"), ground)
    parts = [p for p in shapely.get_parts(opened) if shapely.get_dimensions(p) == 2]
    return [p for p in parts if p.area >= _LEAST * tolerance_m**2]


def strips(areas: Geoms, shapes: Geoms, match: Match, tolerance_m: float) -> Iterator[Strip]:
    """Yield the ground of each area that lies in a polygon standing for another one."""
    found = match.overlap.tocoo()
    for i, j, m2 in zip(found.coords[0].tolist(), found.coords[1].tolist(), found.data.tolist(), strict=True):
        owners = match.owners[j]
        if not owners or i in owners or i in match.missing or m2 < _LEAST * tolerance_m**2:
            continue
        for part in thick_parts(shapely.intersection(areas[i], shapes[j]), tolerance_m):
            yield Strip(i, _nearest_owner(areas, owners, part), part)


def _nearest_owner(areas: Geoms, owners: frozenset[int], part: BaseGeometry) -> int:
    return min(sorted(owners), key=lambda k: float(shapely.distance(areas[k], part)))


def gaps(areas: Geoms, shapes: Geoms, match: Match, tolerance_m: float) -> Iterator[tuple[int, BaseGeometry]]:
    """Yield the ground of each area that lies in no returned polygon; areas that are missing altogether are another matter."""
    tree = shapely.STRtree(shapes)
    for i, area in enumerate(areas):
        if i in match.missing:
            continue
        near = tree.query(area, predicate="intersects")
        left = shapely.difference(area, shapely.union_all(shapes[near])) if len(near) else area
        for part in thick_parts(left, tolerance_m):
            yield i, part


def spills(areas: Geoms, shapes: Geoms, tolerance_m: float) -> Iterator[tuple[int, BaseGeometry]]:
    """Yield what of each returned polygon lies outside every area."""
    whole = shapely.coverage_union_all(areas)
    shapely.prepare(whole)
    for j, shape in enumerate(shapes):
        if not shapely.covers(whole, shape):
            for part in thick_parts(shapely.difference(shape, whole), tolerance_m):
                yield j, part


def overlaps(shapes: Geoms, tolerance_m: float) -> Iterator[tuple[int, int, BaseGeometry]]:
    """Yield the ground that two returned polygons share."""
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    a, b = a[a < b], b[a < b]
    common = shapely.intersection(shapes[a], shapes[b])
    for i, j, ground in zip(a.tolist(), b.tolist(), common, strict=True):
        for part in thick_parts(ground, tolerance_m):
            yield i, j, part


def dividing_line(area: BaseGeometry, parts: list[BaseGeometry], tolerance_m: float) -> BaseGeometry | None:
    """Return the lines that part an area, led a little beyond its outline; None where they cannot be told.

    Neighbours may be drawn apart, so the outline of all parts but the largest is taken, where it runs inside the area.
    """
    inside = shapely.buffer(area, -2 * tolerance_m)
    found = []
    for part in sorted(parts, key=lambda p: -p.area)[1:]:
        merged = shapely.line_merge(shapely.intersection(shapely.boundary(part), inside))
        lines = [p for p in shapely.get_parts(merged) if p.geom_type == "LineString" and not p.is_closed]
        if lines:
            found.append(_longer(max(lines, key=lambda p: p.length), 6 * tolerance_m))
    return shapely.union_all(found) if found else None


def _longer(line: BaseGeometry, metres: float) -> BaseGeometry:
    xy = shapely.get_coordinates(line)

    def beyond(end: np.ndarray, before: np.ndarray) -> np.ndarray:
        step = end - before
        return np.asarray(end + step / max(float(np.hypot(*step)), 1e-9) * metres)

    return shapely.LineString(np.vstack([beyond(xy[0], xy[1]), xy, beyond(xy[-1], xy[-2])]))


def together(found: list[Strip], tolerance_m: float) -> list[list[Strip]]:
    """Group the strips of one pair of areas that lie close to one another: they are one change of their border."""
    groups: list[list[Strip]] = []
    pairs: dict[tuple[int, ...], list[Strip]] = {}
    for strip in found:
        pairs.setdefault(tuple(sorted((strip.giver, strip.taker))), []).append(strip)
    for several in pairs.values():
        shapes = np.array([s.ground for s in several], dtype=object)
        near = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_TOGETHER * tolerance_m)
        groups += [[several[k] for k in members] for members in _components(len(several), near)]
    return groups


def _components(count: int, pairs: np.ndarray) -> list[list[int]]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(pairs.shape[1]), (pairs[0], pairs[1])), shape=(count, count))
    label = connected_components(links, directed=False)[1]
    return [np.flatnonzero(label == k).tolist() for k in range(int(label.max()) + 1)]
