"""R19 and R21: what was locked does not change, and numbers stay."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import shapely

from areaplan.check.case import Case
from areaplan.check.ruling import Ruling, judged, not_judged
from areaplan.check.spots import spot
from areaplan.check.words import amount
from areaplan.messages import msg
from areaplan.model import Finding

__all__ = ["r19_frozen", "r21_numbers_stay"]


def r19_frozen(case: Case) -> Ruling:
    """R19 frozen: an area locked in the previous plan keeps its counts, its borders, or both, as its lock says."""
    if case.previous is None:
        return not_judged("R19", msg("no previous plan given"))
    locked = case.previous.areas[case.previous.areas["locked"].notna()]
    return judged("R19", len(locked), [f for row in locked.itertuples() for f in _changes(case, row)])


def _changes(case: Case, old: object) -> Iterator[Finding]:
    code, lock = str(old.ea_code), str(old.locked)  # type: ignore[attr-defined]
    rows = case.areas[case.areas["ea_code"] == code]
    village, shape = old.village_code, old.geometry  # type: ignore[attr-defined]
    if not len(rows):
        text = msg("area {code} is locked, but is no longer in the plan; put it back", code=code)
        yield case.finding("R19", code, text, village=village, geometry=shape)
        return
    new = rows.iloc[0]
    if lock in ("borders", "both") and isinstance(new.geometry, shapely.Geometry):
        moved = float(shapely.area(shapely.symmetric_difference(shapely.make_valid(new.geometry), shape)))
        if moved > float(shape.length) * case.tolerance_m:
            text = msg(
                "the borders of area {code} are locked, but {m2} m² changed; put them back, or have the county approve in writing",
                code=code,
                m2=amount(moved),
            )
            yield case.finding("R19", code, text, village=village, measure=moved, unit="m2", geometry=new.geometry)
    for count in ("households", "persons") if lock in ("counts", "both") else ():
        before, now = getattr(old, count), new[count]
        if pd.notna(before) and (pd.isna(now) or int(before) != int(now)):
            what = msg("households") if count == "households" else msg("persons")
            text = msg("the counts of area {code} are locked, but {before} {what} became {now}; put them back",
                       code=code, before=int(before), what=what, now="-" if pd.isna(now) else int(now))  # fmt: skip
            yield case.finding(
                "R19",
                code,
                text,
                village=village,
                measure=None if pd.isna(now) else float(abs(int(now) - int(before))),
                unit=count,
                geometry=spot(shape),
            )


def r21_numbers_stay(case: Case) -> Ruling:
    """R21 numbers stay: building numbers are unique in their area, and a building keeps its number."""
    if case.buildings is None or case.buildings["number"].isna().all():
        return not_judged("R21", msg("no building numbers given"))
    numbered = case.buildings[case.buildings["number"].notna()]
    return judged("R21", len(numbered), [*_twice(case, numbered), *_renumbered(case, numbered)])


def _twice(case: Case, numbered: pd.DataFrame) -> Iterator[Finding]:
    repeated = numbered[numbered.duplicated(["ea_code", "number"], keep="first")]
    for row in repeated.itertuples():
        text = msg(
            "building {building}: number {number} is taken in area {code}; give the next free one",
            building=row.building_id,
            number=int(row.number),
            code=row.ea_code,
        )
        yield case.finding("R21", str(row.building_id), text, village=row.village_code, geometry=spot(row.geometry))


def _renumbered(case: Case, numbered: pd.DataFrame) -> Iterator[Finding]:
    if case.previous is None:
        return
    old = case.previous.cells.buildings
    before = {
        (b, e): int(n) for b, e, n in zip(old["building_id"], old["ea_code"], old["number"], strict=True) if pd.notna(n)
    }
    for row in numbered.itertuples():
        was = before.get((row.building_id, row.ea_code))
        if was is not None and was != int(row.number):
            text = msg(
                "building {building} had number {old} and has now {new}; numbers stay",
                building=row.building_id,
                old=was,
                new=int(row.number),
            )
            yield case.finding("R21", str(row.building_id), text, village=row.village_code, geometry=spot(row.geometry))
