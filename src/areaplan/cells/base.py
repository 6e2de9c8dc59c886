"""Base areas are cells as they are (rule C12)."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.cells.blocks import faces_inside
from areaplan.cells.faces import SETTLE, give_away, neighbours
from areaplan.errors import InputError
from areaplan.linework.dissolving import dissolve
from areaplan.linework.edges import EdgeTable, Geoms, Ints, edge_table
from areaplan.linework.matching import insert_vertices, match_polygons
from areaplan.messages import Message, msg
from areaplan.model import Finding, Severity, Territory

__all__ = ["SLIVER_WIDTH_M", "base_cells"]

SLIVER_WIDTH_M = 0.05
"""A piece of disagreement narrower than this is careless drawing and goes to a neighbour; wider ones stop the work."""


def base_cells(territory: Territory, grounds: Geoms) -> tuple[Geoms, Ints, list[Finding]]:
    """Return the base areas matched with one another and the villages, the village of each, and what was mended.

    Raises
    ------
    InputError
        Naming every base area that lies in no village, or every place where base areas do not tile their village.
    """
    shapes = np.asarray(territory.base_areas.geometry.to_numpy(), dtype=object)
    if len(shapes) == 0:
        return shapes, np.empty(0, dtype=np.int64), []
    village = _village_of(territory, grounds)
    shapes = match_polygons(shapes, fixed=np.unique(shapely.get_coordinates(grounds), axis=0))
    faults: list[Message] = []
    findings: list[Finding] = []
    for v in np.unique(village).tolist():
        rows = np.flatnonzero(village == v)
        if _tiles(shapes[rows], grounds[v]):
            continue
        here = _Village(territory, grounds[v], shapes, rows, str(territory.villages["village_code"].iloc[v]))
        faults += here.faults()
        if not faults:
            shapes[rows], moved = _mended(shapes[rows], grounds[v])
            findings.append(here.finding(moved))
    if faults:
        raise InputError(faults)
    return shapes, village, findings


def _village_of(territory: Territory, grounds: Geoms) -> Ints:
    """Return the village of each base area: its own column, else where its interior point lies."""
    base = territory.base_areas
    number = {code: i for i, code in enumerate(territory.villages["village_code"])}
    points = shapely.point_on_surface(np.asarray(base.geometry.to_numpy(), dtype=object))
    p, v = shapely.STRtree(grounds).query(points, predicate="intersects")
    here = np.full(len(base), -1)
    first = np.unique(p, return_index=True)[1]
    here[p[first]] = v[first]
    own = zip(base["village_code"], here.tolist(), strict=True)
    village = np.array([number.get(c, -2) if c is not None else h for c, h in own], dtype=np.int64)
    faults = [_stranger(territory, i) for i in np.flatnonzero(village < 0).tolist()]
    if faults:
        raise InputError(faults)
    return village


def _stranger(territory: Territory, i: int) -> Message:
    code, own = territory.base_areas["base_code"].iloc[i], territory.base_areas["village_code"].iloc[i]
    if own is None:
        return msg("base area {code} (row {row}) lies in no village", code=code, row=i + 1)
    return msg(
        "base area {code} (row {row}) names village {village}, which is not among the villages",
        code=code, row=i + 1, village=own,
    )  # fmt: skip


def _tiles(shapes: Geoms, ground: BaseGeometry) -> bool:
    """Say whether the edges of pieces and village cancel: each is there exactly twice."""
    table = edge_table(shapes)
    whole = insert_vertices(np.array([ground]), _loose(table))
    both = edge_table(np.concatenate([shapes, whole]))
    return bool((both.crowd == 2).all()) and np.isclose(shapely.area(shapes).sum(), shapely.area(ground), rtol=1e-9)


def _loose(table: EdgeTable) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return table.xy[np.unique(table.ends[table.right < 0])]


def _mended(shapes: Geoms, ground: BaseGeometry) -> tuple[Geoms, float]:
    """Cut pieces to the village, give overlaps to the first and gaps to the longest neighbour; return them and the m² moved."""
    linework = shapely.union_all(np.concatenate([[shapely.boundary(ground)], shapely.boundary(shapes)]))
    faces, points = faces_inside(linework, ground)
    owner = np.full(len(faces), SETTLE)
    p, s = shapely.STRtree(shapes).query(points, predicate="intersects")
    order = np.lexsort((s, p))
    first = order[np.unique(p[order], return_index=True)[1]]
    owner[p[first]] = s[first]
    none = np.zeros(len(faces), dtype=np.int64)
    near = neighbours(faces, np.empty(0, dtype=object), none, none > 0)
    give_away(owner, near, near.length)
    kept = owner >= 0
    out = shapes.copy()
    used = np.unique(owner[kept])
    out[used] = dissolve(faces[kept], np.searchsorted(used, owner[kept]))
    return out, float(shapely.area(shapely.symmetric_difference(out, shapes)).sum())


class _Village:
    """Say where the base areas of a village do not tile it."""

    def __init__(self, territory: Territory, ground: BaseGeometry, shapes: Geoms, rows: Ints, code: str) -> None:
        self.codes = territory.base_areas["base_code"]
        self.ground, self.shapes, self.rows, self.code = ground, shapes[rows], rows, code

    def faults(self) -> list[Message]:
        return self._overlaps() or [*self._gaps(), *self._spills()]

    def finding(self, moved_m2: float) -> Finding:
        text = msg(
            "the base areas of village {village} and its outline disagreed by slivers of {m2:.2f} m² in all, "
            "which were given to the areas beside them",
            village=self.code, m2=moved_m2,
        )  # fmt: skip
        return Finding("R01", Severity.NOTE, self.code, text, self.code, moved_m2, "m2", self.ground)

    def _overlaps(self) -> list[Message]:
        i, j = shapely.STRtree(self.shapes).query(self.shapes, predicate="intersects")
        i, j = i[i < j], j[i < j]
        common = shapely.intersection(self.shapes[i], self.shapes[j])
        return [
            msg(
                "base areas {a} and {b} of village {village} overlap by {m2:.1f} m²",
                a=self.codes.iloc[self.rows[x]], b=self.codes.iloc[self.rows[y]], village=self.code, m2=float(g.area),
            )
            for x, y, g in zip(i, j, common, strict=True)
            if _wide(g)
        ]  # fmt: skip

    def _gaps(self) -> list[Message]:
        missing = shapely.get_parts(shapely.difference(self.ground, shapely.union_all(self.shapes)))
        return [
            msg(
                "{m2:.1f} m² of village {village} lie in none of its base areas, near {x:.1f}, {y:.1f}",
                m2=float(g.area), village=self.code, x=float(g.representative_point().x), y=float(g.representative_point().y),
            )
            for g in missing
            if _wide(g)
        ]  # fmt: skip

    def _spills(self) -> list[Message]:
        beyond = shapely.difference(self.shapes, self.ground)
        return [
            msg(
                "base area {code} (row {row}) reaches {m2:.1f} m² beyond its village {village}",
                code=self.codes.iloc[row], row=int(row) + 1, m2=float(g.area), village=self.code,
            )
            for row, g in zip(self.rows, beyond, strict=True)
            if any(_wide(part) for part in shapely.get_parts(g))
        ]  # fmt: skip


def _wide(piece: BaseGeometry) -> bool:
    """Say whether a piece of disagreement is more than careless drawing."""
    area, length = float(piece.area), float(piece.length)
    return area > 0 and 2 * area / length > SLIVER_WIDTH_M
