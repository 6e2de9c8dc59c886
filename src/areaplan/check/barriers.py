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


def r14_barrier(case: Case) -> Ruling:
    """R14 barrier: an area's built-up parts either side of a river, railway or motorway are joined by a way inside the area.

    The area is cut along barriers (bridges and tunnels of the barrier itself do not cut). Any street, bridge or footpath that runs from one part
    into another joins them. Parts without buildings are nobody's way.
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
        shape = case.polygons[row]
        parts = _cut(shape, barriers[line[area == row]])
        if len(parts) < 2 or row in case.suspects:
            continue
        group = _joined(parts, shapely.intersection(ways[way_tree.query(shape, predicate="intersects")], shape))
        inside = houses[house_tree.query(shape, predicate="intersects")]
        part, house = shapely.STRtree(parts).query(inside, predicate="intersects")[::-1]
        counts = np.bincount(group[part], minlength=len(parts)) if len(house) else np.zeros(len(parts), dtype=np.int64)
        built = np.flatnonzero(counts)
        behind = built[built != np.argmax(counts)] if len(built) else built
        if len(behind):
            yield _finding(case, row, parts[np.isin(group, behind)], int(counts[behind].sum()))


def _cut(shape: BaseGeometry, barriers: NDArray[np.object_]) -> NDArray[np.object_]:
    lines = shapely.union_all([shapely.boundary(shape), *barriers])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    return faces[shapely.intersects(shape, shapely.point_on_surface(faces))]


def _joined(parts: NDArray[np.object_], ways: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return a group number per part; a way that runs a metre or more in two parts puts them in one group."""
    group = np.arange(len(parts))
    for way in shapely.get_parts(ways):
        met = np.flatnonzero(shapely.length(shapely.intersection(parts, way)) >= 1.0)
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
