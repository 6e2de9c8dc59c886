"""R05 and R06: areas in one piece, each level inside the one above."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.check.case import Case
from areaplan.check.originals import ground_moved
from areaplan.check.ruling import Ruling, judged, not_judged
from areaplan.check.words import amount
from areaplan.messages import msg
from areaplan.model import Finding, Severity
from areaplan.proof import Fault, prove

__all__ = ["r05_one_piece", "r06_nesting", "scattered"]

_SLIVER_M = 1.0
"""Holes between villages narrower than this are slivers of digitising, not lakes."""


def r05_one_piece(case: Case) -> Ruling:
    """R05 one piece: an area is connected by borders, not corners; exclaves and islands of its village, or declared, excepted.

    The measure is the village's own ground: inside one piece of the village an area may have one piece only.
    """
    found = [f for row in range(len(case.areas)) if (f := _pieces(case, row)) is not None]
    return judged("R05", len(case.areas), found)


def _pieces(case: Case, row: int) -> Finding | None:
    parts = _parts(case.polygons[row])
    mended = any(f.side == "area" and f.row == row for f in case.proof.form)  # R00 has spoken
    if len(parts) < 2 or mended or case.declares("R05", case.codes[row]):
        return None
    stray = _strays(parts, _home(case, row))
    if not stray:
        return None
    m2 = sum(float(p.area) for p in stray)
    text = msg(
        "area {code} is in {count} pieces that no border connects; give the smaller ({m2} m²) to a neighbour, or declare who enumerates it",
        code=case.codes[row], count=len(stray) + 1, m2=amount(m2),
    )  # fmt: skip
    village = case.areas["village_code"].iloc[row]
    weight = (
        Severity.WARNING if case.villages is None else None
    )  # it may be an island: nobody said where the ground ends
    ground = shapely.MultiPolygon(stray)
    return case.finding(
        "R05", case.codes[row], text, severity=weight, village=village, measure=m2, unit="m2", geometry=ground
    )


def scattered(case: Case) -> set[int]:
    """Return the rows of areas in several pieces that nothing excuses."""
    return {row for row in range(len(case.areas)) if _pieces(case, row) is not None}


def _parts(polygon: BaseGeometry | None) -> list[shapely.Polygon]:
    return [] if polygon is None else list(shapely.get_parts(polygon))


def _home(case: Case, row: int) -> BaseGeometry | None:
    """Return the ground of the village an area names, else of any."""
    above = case.proof.table.polygons[len(case.areas) :]
    if case.parent_of is not None:
        parent = case.parent_of[row]
        return above[parent] if parent >= 0 else None
    return shapely.MultiPolygon([p for a in above for p in _parts(a)]) if len(above) else None


def _strays(parts: list[shapely.Polygon], home: BaseGeometry | None) -> list[shapely.Polygon]:
    """Return all but the largest of the parts that lie in the same piece of the village, for every such piece."""
    pieces = np.array(_parts(home), dtype=object)
    by_piece: dict[int, list[shapely.Polygon]] = {}
    for part in parts:
        inside: list[int] = shapely.intersects(pieces, shapely.point_on_surface(part)).nonzero()[0].tolist()
        by_piece.setdefault(inside[0] if inside else -1, []).append(part)
    return [p for group in by_piece.values() for p in sorted(group, key=lambda p: -p.area)[1:]]


def r06_nesting(case: Case) -> Ruling:
    """R06 nesting: an area lies in the village it names; villages make up the township, townships the county."""
    if case.villages is None:
        return not_judged("R06", msg("no parent layer given"))
    found = [*_strangers(case), *_astray(case), *_cells_abroad(case), *_villages(case), *ground_moved(case)]
    reason = None
    if case.parent_of is None:
        found += _crossing(case)
    elif case.plan is None or not len(case.plan.territory.parents):
        reason = msg("townships and counties: not judged, no such layer given")
    return judged("R06", len(case.areas), found, reason=reason)


def _strangers(case: Case) -> Iterator[Finding]:
    """Name areas whose village is not there."""
    for row, parent in enumerate(case.parent_of or ()):
        if parent < 0:
            village = case.areas["village_code"].iloc[row]
            text = msg(
                "area {code} names village {village}, which is not there; correct its village_code",
                code=case.codes[row],
                village=village or "-",
            )
            yield case.finding("R06", case.codes[row], text, village=village, geometry=case.polygons[row])


def _astray(case: Case) -> Iterator[Finding]:
    """Name ground of an area that lies in a village other than its own."""
    for fault in case.faults:
        for row in fault.areas if fault.parents else ():
            parent = case.parent_of[row] if case.parent_of is not None else -1
            if parent >= 0 and parent not in fault.parents:
                yield _abroad(case, fault, row)


def _abroad(case: Case, fault: Fault, row: int) -> Finding:
    village = case.areas["village_code"].iloc[row]
    text = msg("{m2} m² of area {code} lie in village {other}, not in its own {village}; cut them off or correct its village_code",
               m2=amount(fault.area_m2), code=case.codes[row], other=case.village_codes[fault.parents[0]], village=village)  # fmt: skip
    return case.finding(
        "R06", case.codes[row], text, village=village, measure=fault.area_m2, unit="m2", geometry=fault.geometry
    )


def _crossing(case: Case) -> list[Finding]:
    """Name areas that lie in several villages, where areas name none: by ground shared, above the tolerance."""
    above = case.proof.table.polygons[len(case.areas) :]
    area, village = shapely.STRtree(above).query(case.polygons, predicate="intersects")
    shared = shapely.area(shapely.intersection(case.polygons[area], above[village]))
    edge = shapely.length(case.polygons[area]) * case.tolerance_m + case.pack.thresholds.nesting_m2
    order = np.lexsort((-shared, area))
    found = []
    for rows in np.split(order, np.flatnonzero(np.diff(area[order])) + 1) if len(order) else ():
        real = rows[shared[rows] > edge[rows]]
        if len(real) > 1:
            found.append(_across(case, int(area[real[0]]), village[real], shared[real]))
    return found


def _across(case: Case, row: int, villages: np.ndarray, shared: np.ndarray) -> Finding:
    parts = ", ".join(f"{case.village_codes[v]} {amount(float(m))} m²" for v, m in zip(villages, shared, strict=True))
    text = msg(
        "area {code} lies in {count} parents: {parts}; cut it along the border",
        code=case.codes[row],
        count=len(villages),
        parts=parts,
    )
    return case.finding(
        "R06", case.codes[row], text, measure=float(shared[1:].sum()), unit="m2", geometry=case.polygons[row]
    )


def _cells_abroad(case: Case) -> Iterator[Finding]:
    """Name areas that are given cells of another village, unless the ground has said so already."""
    if case.cells is None:
        return
    home = dict(zip(case.areas["ea_code"], case.areas["village_code"], strict=True))
    told = {case.codes[r] for f in case.faults for r in f.areas}
    table = pd.DataFrame(
        {"cell": case.cells["cell_id"], "ea": case.cells["ea_code"], "village": case.cells["village_code"]}
    )
    table = table[table["ea"].isin(list(home)) & ~table["ea"].isin(told)]
    for ea, rows in table[table["ea"].map(home) != table["village"]].groupby("ea", sort=True):
        text = msg("area {code} of village {village} is given {count} cells of another village, {cell} first; give them back",
                   code=ea, village=home[ea] or "-", count=len(rows), cell=rows["cell"].iloc[0])  # fmt: skip
        shape = case.cells.geometry.loc[rows.index[0]]
        yield case.finding("R06", str(ea), text, village=home[ea], measure=len(rows), unit="cells", geometry=shape)


def _villages(case: Case) -> Iterator[Finding]:
    """Hold the villages against each other, and against the levels above where there are any."""
    for fault in case.village_proof.faults:
        names = [case.village_codes[v] for v in (fault.areas or fault.neighbours)]
        size = amount(fault.area_m2)
        if fault.kind == "overlap":
            text = msg(
                "the villages {villages} overlap by {m2} m²; ask them where their border runs",
                villages=", ".join(names),
                m2=size,
            )
            yield case.finding(
                "R06",
                " ".join(names),
                text,
                village=names[0],
                measure=fault.area_m2,
                unit="m2",
                geometry=fault.geometry,
            )
        elif fault.width_m < _SLIVER_M:
            text = msg(
                "{m2} m² between the villages {villages} belong to none; ask them where their border runs",
                villages=", ".join(names),
                m2=size,
            )
            yield case.finding(
                "R06",
                " ".join(names),
                text,
                severity=Severity.WARNING,
                measure=fault.area_m2,
                unit="m2",
                geometry=fault.geometry,
            )
    yield from _upper_levels(case)


def _upper_levels(case: Case) -> Iterator[Finding]:
    """Hold villages against townships, and townships against counties: the stitch test."""
    if case.plan is None or case.villages is None:
        return
    parents = case.plan.territory.parents
    townships, counties = parents[parents["level"] == "township"], parents[parents["level"] == "county"]
    if len(townships):
        yield from _stitch(case, list(case.villages.geometry), case.village_codes, townships)
    if len(counties):
        below = townships if len(townships) else case.villages
        names = list(townships["code"].astype(str)) if len(townships) else case.village_codes
        yield from _stitch(case, list(below.geometry), names, counties)


def _stitch(case: Case, shapes: list[BaseGeometry], names: list[str], above: pd.DataFrame) -> Iterator[Finding]:
    proof = prove(shapes, list(above.geometry), grid_m=case.grid_m, tolerance_m=case.tolerance_m)
    for fault in proof.faults:
        if fault.kind == "overlap":
            continue  # told among the villages
        parents = ", ".join(str(above["code"].iloc[p]) for p in fault.parents)
        pieces = ", ".join(names[i] for i in (fault.areas or fault.neighbours)[:4])
        size = amount(fault.area_m2)
        if fault.kind == "gap":
            text = msg(
                "{parent}: {m2} m² lie in none of its parts, beside {pieces}; the pieces do not make up the whole",
                parent=parents,
                m2=size,
                pieces=pieces,
            )
        else:
            text = msg(
                "{m2} m² of {pieces} lie outside the level above; the pieces do not make up the whole",
                m2=size,
                pieces=pieces,
            )
        yield case.finding("R06", parents or pieces, text, measure=fault.area_m2, unit="m2", geometry=fault.geometry)
