"""Base areas are cells as they are (rule C12)."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.cells.edges import Geoms, Ints, edge_table
from areaplan.cells.matching import TOLERANCE_M, match_polygons
from areaplan.errors import InputError
from areaplan.messages import Message, msg
from areaplan.model import Territory

__all__ = ["SLIVER_WIDTH_M", "base_cells"]

SLIVER_WIDTH_M = 0.05
"""A piece of disagreement narrower than this is careless drawing; wider ones stop the work."""


def base_cells(territory: Territory, grounds: Geoms) -> tuple[Geoms, Ints]:
    """Return the base areas matched with one another and the villages, and the village of each.

    Raises
    ------
    InputError
        Naming every base area that lies in no village, and every village its base areas do not tile.
    """
    shapes = np.asarray(territory.base_areas.geometry.to_numpy(), dtype=object)
    if len(shapes) == 0:
        return shapes, np.empty(0, dtype=np.int64)
    village = _village_of(territory, grounds)
    outline = np.unique(shapely.get_coordinates(grounds), axis=0)
    shapes = match_polygons(shapes, fixed=outline)
    faults = [
        fault
        for v in np.unique(village)
        for fault in _untiled(territory, grounds[v], shapes, np.flatnonzero(village == v), int(v))
    ]
    if faults:
        raise InputError(faults)
    return shapes, village


def _village_of(territory: Territory, grounds: Geoms) -> Ints:
    """Return the village of each base area: its own column, else where its interior point lies."""
    base = territory.base_areas
    number = {code: i for i, code in enumerate(territory.villages["village_code"])}
    points = shapely.point_on_surface(np.asarray(base.geometry.to_numpy(), dtype=object))
    p, v = shapely.STRtree(grounds).query(points, predicate="intersects")
    here = np.full(len(base), -1)
    first = np.unique(p, return_index=True)[1]
    here[p[first]] = v[first]
    village = np.array(
        [number.get(c, -2) if c is not None else h for c, h in zip(base["village_code"], here.tolist(), strict=True)],
        dtype=np.int64,
    )
    faults: list[Message] = []
    for i in np.flatnonzero(village < 0).tolist():
        code, own = base["base_code"].iloc[i], base["village_code"].iloc[i]
        faults.append(
            msg("base area {code} (row {row}) lies in no village", code=code, row=i + 1)
            if own is None
            else msg(
                "base area {code} (row {row}) names village {village}, which is not among the villages",
                code=code,
                row=i + 1,
                village=own,
            )
        )
    if faults:
        raise InputError(faults)
    return village


def _untiled(territory: Territory, ground: BaseGeometry, shapes: Geoms, rows: Ints, v: int) -> list[Message]:
    """Say where the base areas of a village do not tile it."""
    base, code = territory.base_areas, territory.villages["village_code"].iloc[v]
    table = edge_table(shapes[rows])
    if (table.crowd > 2).any() or not shapely.coverage_is_valid(shapes[rows], gap_width=0.0):
        i, j = shapely.STRtree(shapes[rows]).query(shapes[rows], predicate="intersects")
        i, j = i[i < j], j[i < j]
        common = shapely.intersection(shapes[rows[i]], shapes[rows[j]])
        out = [
            msg(
                "base areas {a} and {b} of village {village} overlap by {m2:.1f} m²",
                a=base["base_code"].iloc[rows[x]],
                b=base["base_code"].iloc[rows[y]],
                village=code,
                m2=float(g.area),
            )
            for x, y, g in zip(i, j, common, strict=True)
            if _wide(g)
        ]
        if out:
            return out
    whole = shapely.union_all(shapes[rows])
    gap, spill = shapely.difference(ground, whole), shapely.difference(whole, ground)
    out = [
        msg(
            "{m2:.1f} m² of village {village} lie in none of its base areas, near {x:.1f}, {y:.1f}",
            m2=float(g.area),
            village=code,
            x=float(g.representative_point().x),
            y=float(g.representative_point().y),
        )
        for g in shapely.get_parts(gap)
        if _wide(g)
    ]
    for g in shapely.get_parts(spill):
        if _wide(g):
            i = rows[int(np.argmax(shapely.area(shapely.intersection(shapes[rows], g))))]
            out.append(
                msg(
                    "base area {code} (row {row}) reaches {m2:.1f} m² beyond its village {village}",
                    code=base["base_code"].iloc[i],
                    row=int(i) + 1,
                    m2=float(g.area),
                    village=code,
                )
            )
    return out


def _wide(piece: BaseGeometry) -> bool:
    """Say whether a piece of disagreement is more than the tolerance of matching explains."""
    area, length = float(shapely.area(piece)), float(shapely.length(piece))
    return area > 0 and 2 * area / length > max(TOLERANCE_M, SLIVER_WIDTH_M)
