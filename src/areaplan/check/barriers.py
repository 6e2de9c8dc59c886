"""R14: no area straddles what cannot be crossed inside it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from areaplan.check.case import Case, Ruling, judged, not_judged
from areaplan.check.words import amount
from areaplan.messages import msg
from areaplan.model import Finding

__all__ = ["r14_barrier", "straddles"]

ON_BORDER_M = 1.0
"""A way along the area's own border is a way of the area: the border follows it, but not to the last bit."""


def r14_barrier(case: Case) -> Ruling:
    """R14 barrier: an area's built-up parts either side of a river, railway or motorway are joined by a way inside the area.

    The area is cut along barriers (bridges and tunnels of the barrier itself do not cut). Any street, bridge or footpath that runs from one part
    into another joins them, also along the area's border. Parts without buildings are nobody's way.
    """
    if case.lines is None:
        return not_judged("R14", msg("no lines (streets, rivers, railways) given"))
    if case.buildings is None:
        return not_judged("R14", msg("no buildings given"))
    return judged("R14", len(case.areas), _straddling(case, case.polygons))


def straddles(case: Case, row: int) -> bool:
    """Return whether an area straddles a barrier: then R14 has spoken of it."""
    alone = np.full(len(case.areas), None, dtype=object)
    alone[row] = case.polygons[row]
    return any(True for _ in _straddling(case, alone))


def _straddling(case: Case, polygons: NDArray[np.object_]) -> Iterator[Finding]:
    assert case.lines is not None  # noqa: S101 - the callers looked
    lines, blocks = case.lines.geometry.to_numpy(), case.barring
    barriers, ways = lines[blocks], lines[~blocks & (case.lines["kind"] == "street").to_numpy()]
    area, line = shapely.STRtree(barriers).query(polygons, predicate="intersects")
    if not len(area):
        return
    way_tree, houses = shapely.STRtree(ways), case.houses
    house_tree = shapely.STRtree(houses)
    for row in np.unique(area).tolist():
        if row in case.suspects:
            continue
        apart, count = np.empty(0, dtype=object), 0
        for piece in shapely.get_parts(case.polygons[row]):  # exclaves and islands are R05's
            behind, buildings = _behind(
                piece, barriers[line[area == row]], ways, way_tree, houses[house_tree.query(piece, "intersects")]
            )
            apart, count = np.concatenate([apart, behind]), count + buildings
        if count:
            yield _finding(case, row, apart, count)


def _behind(
    piece: BaseGeometry,
    barriers: NDArray[np.object_],
    ways: NDArray[np.object_],
    way_tree: shapely.STRtree,
    houses: NDArray[np.object_],
) -> tuple[NDArray[np.object_], int]:
    """Return the parts of one piece of an area that nobody can walk to from where most of its buildings are, and the buildings there."""
    parts = _cut(piece, barriers)
    if len(parts) < 2 or not len(houses):
        return np.empty(0, dtype=object), 0
    reach = shapely.buffer(piece, ON_BORDER_M)
    near = shapely.get_parts(shapely.intersection(ways[way_tree.query(reach, predicate="intersects")], reach))
    group = _joined(parts, shapely.difference(near, shapely.union_all(shapely.buffer(barriers, ON_BORDER_M))))
    part = shapely.STRtree(parts).query(houses, predicate="intersects")[1]
    counts = np.bincount(group[part], minlength=len(parts))
    lived_in = np.flatnonzero(counts)
    behind = lived_in[lived_in != np.argmax(counts)]
    return parts[np.isin(group, behind)], int(counts[behind].sum())


def _cut(shape: BaseGeometry, barriers: NDArray[np.object_]) -> NDArray[np.object_]:
    lines = shapely.union_all([shapely.boundary(shape), *barriers])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    return faces[shapely.intersects(shape, shapely.point_on_surface(faces))]


def _joined(parts: NDArray[np.object_], ways: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return a group number per part; a way that runs a metre or more in two parts, off the banks, puts them in one group."""
    group = np.arange(len(parts))
    reach = shapely.buffer(parts, ON_BORDER_M)
    for way in ways:
        met = np.flatnonzero(shapely.length(shapely.intersection(reach, way)) >= 1.0)
        if len(met) > 1:
            group[np.isin(group, group[met])] = group[met].min()
    return group


def _finding(case: Case, row: int, apart: NDArray[np.object_], buildings: int) -> Finding:
    code, village = case.codes[row], case.areas["village_code"].iloc[row]
    m2 = float(shapely.area(apart).sum())
    text = msg("area {code}: {count} buildings ({m2} m²) lie behind a river, railway or motorway with no way across inside the area; give them to the area they are reached from",
               code=code, count=buildings, m2=amount(m2))  # fmt: skip
    ground = shapely.MultiPolygon(list(apart))
    return case.finding("R14", code, text, village=village, measure=float(buildings), unit="buildings", geometry=ground)
