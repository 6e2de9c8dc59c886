"""R00 to R04 and R06: form, gaps, overlaps, spills, one line, nesting. All read one proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.check.case import Case
from areaplan.check.originals import ground_gained, ground_lost
from areaplan.check.ruling import Ruling, judged, not_judged
from areaplan.check.words import amount
from areaplan.messages import Message, msg
from areaplan.model import Finding
from areaplan.proof import Fault

__all__ = ["r00_form", "r01_gap", "r02_overlap", "r03_spill", "r04_one_line"]

_FORMS = {
    "missing": msg("has no geometry; draw it or delete the row"),
    "empty": msg("has an empty geometry; draw it or delete the row"),
    "not a polygon": msg("is not a polygon; draw its outline"),
    "not finite": msg("has coordinates that are not numbers; draw it again"),
    "invalid": msg("crosses or touches itself; redraw its outline at the place marked"),
    "vanishes": msg("has no ground once coordinates are rounded to the grid; draw it or delete the row"),
}


def r00_form(case: Case) -> Ruling:
    """R00 form: polygons that are valid and not empty, keys that are given and unique, tables that agree with each other."""
    found = [*_bad_polygons(case), *_bad_keys(case), *_bad_cells(case)]
    rows = len(case.areas) + (0 if case.villages is None else len(case.villages))
    return judged("R00", rows, found)


def _bad_polygons(case: Case) -> Iterator[Finding]:
    for fault in case.proof.form:
        of_area = fault.side == "area"
        subject = (case.codes if of_area else case.village_codes)[fault.row]
        what = msg("area {code}", code=subject) if of_area else msg("village {code}", code=subject)
        table = case.areas if of_area else case.villages
        geometry = None if table is None else table.geometry.iloc[fault.row]
        yield case.finding(
            "R00", subject, msg("{what} (row {row}) {fault}", what=what, row=fault.row + 1, fault=_FORMS[fault.kind]),
            village=table["village_code"].iloc[fault.row] if table is not None else None,
            geometry=_mark(geometry, fault.reason),
        )  # fmt: skip


def _mark(geometry: object, reason: str) -> BaseGeometry | None:
    """Return the place GEOS names in its reason, ``...[x y]``, else the geometry itself when it can be stored."""
    if "[" in reason:
        numbers = reason.split("[")[1].rstrip("]").split()
        if len(numbers) >= 2:
            return shapely.Point(float(numbers[0]), float(numbers[1]))
    if isinstance(geometry, BaseGeometry) and geometry.is_valid and not geometry.is_empty:
        return geometry
    return None


def _bad_keys(case: Case) -> Iterator[Finding]:
    villages = case.villages
    if villages is not None and (case.plan is not None or villages["village_code"].notna().any()):
        yield from _key_faults(case, villages["village_code"], "village_code", villages)
    if case.plan is not None or case.areas["ea_code"].notna().any():  # a layer may come without codes
        yield from _key_faults(case, case.areas["ea_code"], "ea_code", case.areas, blank_only=True)
    if case.cells is not None:
        yield from _key_faults(case, case.cells["cell_id"], "cell_id", case.cells)
    if case.buildings is not None:
        yield from _key_faults(case, case.buildings["building_id"], "building_id", case.buildings)


def _key_faults(
    case: Case, keys: pd.Series, column: str, table: pd.DataFrame, *, blank_only: bool = False
) -> Iterator[Finding]:
    """Name blank keys and, unless the code rule does so, repeated ones."""
    given = keys.tolist()
    for row, key in enumerate(given):
        if not isinstance(key, str) or not key.strip():
            yield case.finding(
                "R00", f"#{row + 1}", msg("row {row}: {column} is blank; give the row its key", row=row + 1, column=column),
                geometry=table.geometry.iloc[row],
            )  # fmt: skip
    for key, times in Counter(k for k in given if isinstance(k, str) and k.strip()).items():
        if times > 1 and not blank_only:
            first = int((keys == key).to_numpy().argmax())
            text = msg("{column} {key} stands in {times} rows; keep one", column=column, key=key, times=times)
            yield case.finding("R00", key, text, geometry=table.geometry.iloc[first])


def _bad_cells(case: Case) -> Iterator[Finding]:
    """Hold the cells against the areas that the assignment table gives them to; faults of the areas themselves are told once."""
    if case.cells is None:
        return
    table, proof = case.cells, case.cell_proof
    for form in proof.form:
        if form.side == "area":
            row = case.given_cells[form.row][0]
            cell = str(table["cell_id"].iloc[row])
            yield case.finding(
                "R00",
                cell,
                msg(
                    "{what} (row {row}) {fault}",
                    what=msg("cell {code}", code=cell),
                    row=row + 1,
                    fault=_FORMS[form.kind],
                ),
            )
    for fault in proof.faults:
        involved = {*fault.parents, *(case.given_cells[c][1] for c in fault.areas)}
        if case.suspects.isdisjoint(case.known_rows[p] for p in involved):
            yield _cell_finding(case, fault, [str(table["cell_id"].iloc[case.given_cells[c][0]]) for c in fault.areas])


def _cell_finding(case: Case, fault: Fault, names: list[str]) -> Finding:
    area = case.codes[case.known_rows[fault.parents[0]]] if fault.parents else ""
    size, cells = amount(fault.area_m2), ", ".join(names[:3])
    if fault.kind == "gap":
        what = msg("{m2} m² of area {area} lie in no cell that is given to it", m2=size, area=area)
    elif fault.kind == "overlap":
        what = msg("{m2} m² lie in the cells {cells} at once", m2=size, cells=cells)
    elif fault.kind == "spill":
        what = msg("{m2} m² of the cells {cells} lie in no area", m2=size, cells=cells)
    else:
        what = msg(
            "{m2} m² of the cells {cells} lie in area {area}, but the table gives them to another",
            m2=size,
            cells=cells,
            area=area,
        )
    text = msg("{what}; dissolve the areas from the assignment again", what=what)
    return case.finding("R00", area or cells, text, measure=fault.area_m2, unit="m2", geometry=fault.geometry)


def r01_gap(case: Case) -> Ruling:
    """R01 gap 漏: every square metre of the parent lies in an area."""
    found = [_gap(case, f) for f in case.faults if f.kind in ("gap", "hole")]
    found += ground_lost(case)
    if case.villages is None:
        return not_judged("R01", msg("only holes enclosed by areas are looked for: no parent layer given"), found)
    return judged("R01", len(case.villages), found)


def _gap(case: Case, fault: Fault) -> Finding:
    village = case.village_at(fault)
    where, size = case.place(fault.neighbours), amount(fault.area_m2)
    if fault.kind == "hole":
        text = msg(
            "{m2} m² {place} are enclosed by areas and lie in none; give them to one, or name what they are",
            m2=size,
            place=where,
        )
    elif not fault.neighbours:
        text = msg("village {village}: {m2} m² lie in no area; draw an area there", village=village, m2=size)
    else:
        text = msg(
            "village {village}: {m2} m² {place} lie in no area; give them to one", village=village, m2=size, place=where
        )
    subject = village or "-".join(case.short(n) for n in fault.neighbours[:2]) or "-"
    return case.finding(
        "R01", subject, text, village=village, measure=fault.area_m2, unit="m2", geometry=fault.geometry
    )


def r02_overlap(case: Case) -> Ruling:
    """R02 overlap 重: no square metre lies in two areas."""
    return judged("R02", len(case.areas), [_overlap(case, f) for f in case.faults if f.kind == "overlap"])


def _overlap(case: Case, fault: Fault) -> Finding:
    names = [case.codes[r] for r in fault.areas]
    text = msg("{m2} m² lie in {count} areas at once: {areas}; leave them to one",
               m2=amount(fault.area_m2), count=len(names), areas=", ".join(names))  # fmt: skip
    return case.finding(
        "R02",
        " ".join(names),
        text,
        village=case.village_at(fault),
        measure=fault.area_m2,
        unit="m2",
        geometry=fault.geometry,
    )


def r03_spill(case: Case) -> Ruling:
    """R03 spill 越界: nothing lies outside the parent."""
    if case.villages is None:
        return not_judged("R03", msg("no parent layer given"))
    found = [_spill(case, f, r) for f in case.faults if not f.parents for r in f.areas]
    found += ground_gained(case)
    return judged("R03", len(case.areas), found)


def _spill(case: Case, fault: Fault, row: int) -> Finding:
    village = case.areas["village_code"].iloc[row]
    text = msg(
        "{m2} m² of area {area} lie outside every village; cut them off", m2=amount(fault.area_m2), area=case.codes[row]
    )
    return case.finding(
        "R03", case.codes[row], text, village=village, measure=fault.area_m2, unit="m2", geometry=fault.geometry
    )


def r04_one_line(case: Case) -> Ruling:
    """R04 one line: two neighbours share one boundary line, vertex for vertex."""
    found = [
        case.finding(
            "R04", f"{case.codes[u.areas[0]]} {case.codes[u.areas[1]]}",
            _unnoded_words(case, u.areas, u.missing, u.length_m),
            village=case.areas["village_code"].iloc[u.areas[0]], measure=u.length_m, unit="m", geometry=u.geometry,
        )
        for u in case.proof.unnoded
        if not case.suspects.intersection(u.areas)
    ]  # fmt: skip
    return judged("R04", len(case.areas), found)


def _unnoded_words(case: Case, pair: tuple[int, int], missing: int, length: float) -> Message:
    return msg(
        "{first} lacks {count} of the vertices of {second} on the {length} m they share; the line is the same to within {mm} mm: copy the vertices",
        first=case.codes[pair[0]], second=case.codes[pair[1]], count=missing, length=amount(length), mm=f"{case.tolerance_m * 1000:.3g}",
    )  # fmt: skip
