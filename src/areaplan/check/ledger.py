"""R07 and R08: whole buildings, and every household once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely

from areaplan.check.case import Case
from areaplan.check.originals import counts_changed
from areaplan.check.ruling import Ruling, judged, not_judged
from areaplan.check.spots import spot
from areaplan.check.words import amount
from areaplan.codes import is_unnamed
from areaplan.messages import msg
from areaplan.model import Finding, Severity

__all__ = ["r07_whole_buildings", "r08_every_household_once"]


def r07_whole_buildings(case: Case) -> Ruling:
    """R07 whole buildings: a building lies in one area, or is a declared split whose parts name themselves.

    A building on a village border is cut by the border, not by the plan: only its ground inside its own village is looked at.
    """
    if case.buildings is None:
        return not_judged("R07", msg("no buildings given"))
    found = [*_cut_buildings(case), *_unlabelled_parts(case)]
    return judged("R07", len(case.buildings), found)


def _cut_buildings(case: Case) -> Iterator[Finding]:
    assert case.buildings is not None  # noqa: S101 - the caller looked
    split = _declared_splits(case)
    rows, areas, shared = case.standing
    cut = shared > case.pack.thresholds.building_cut_m2
    rows, areas, shared = rows[cut], areas[cut], shared[cut]
    ids, homes = case.buildings["building_id"].to_numpy(), case.buildings["village_code"].to_numpy()
    villages = case.areas["village_code"].to_numpy()
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]]) if len(rows) else np.empty(0, dtype=np.int64)
    for part in np.split(np.arange(len(rows)), starts[1:]) if len(rows) else ():
        row = int(rows[part[0]])
        home = homes[row] if isinstance(homes[row], str) else villages[areas[part[np.argmax(shared[part])]]]
        mine = [int(p) for p in part if villages[areas[p]] == home]
        if len(mine) > 1 and str(ids[row]) not in split and not _overlap(case, {int(areas[p]) for p in mine}):
            yield _cut(case, row, areas[mine], shared[mine])


def _overlap(case: Case, areas: set[int]) -> bool:
    """Return whether the areas overlap each other: then R02 has said it."""
    return any(f.kind == "overlap" and areas <= set(f.areas) for f in case.faults)


def _cut(case: Case, row: int, areas: np.ndarray, shared: np.ndarray) -> Finding:
    assert case.buildings is not None  # noqa: S101 - the caller looked
    order = np.argsort(-shared, kind="stable")
    parts = ", ".join(f"{case.short(int(areas[i]))} {amount(float(shared[i]))} m²" for i in order)
    building = case.buildings.iloc[row]
    text = msg("building {building} lies in {count} areas ({parts}); lead the border round it, or declare the split by entrances or floors",
               building=building["building_id"], count=len(areas), parts=parts)  # fmt: skip
    m2 = float(np.sort(shared)[:-1].sum())
    village = case.areas["village_code"].iloc[int(areas[0])]
    return case.finding(
        "R07", str(building["building_id"]), text, village=village, measure=m2, unit="m2", geometry=building.geometry
    )


def _declared_splits(case: Case) -> set[str]:
    """Return the buildings whose slices the cells name."""
    if case.cells is None:
        return set()
    sliced = case.cells[case.cells["part"].notna() & case.cells["building_id"].notna()]
    return set(sliced["building_id"].astype(str))


def _unlabelled_parts(case: Case) -> Iterator[Finding]:
    if case.cells is None:
        return
    sliced = case.cells[case.cells["part"].notna() & case.cells["building_id"].notna()]
    for building, rows in sliced.groupby("building_id", sort=True):
        parts, whole = sorted(int(p) for p in rows["part"]), rows["parts"].max()
        where, village = spot(rows.geometry.iloc[0]), rows["village_code"].iloc[0]
        if pd.notna(whole) and parts != list(range(1, int(whole) + 1)):
            text = msg(
                "building {building}: parts {parts} of {whole} are there; complete them",
                building=building,
                parts=parts,
                whole=int(whole),
            )
            yield case.finding("R07", str(building), text, village=village, geometry=where)
        named = ~rows["label"].map(is_unnamed)
        if not named.all() and rows["ea_code"].nunique() > 1:
            blank = rows[~named.to_numpy(dtype=bool)]
            text = msg("building {building} is split, but {count} of its parts do not say which entrances or floors they are; write them on the ground",
                       building=building, count=len(blank))  # fmt: skip
            points = shapely.MultiPoint([p for g in blank.geometry if (p := spot(g)) is not None])
            yield case.finding("R07", str(building), text, severity=Severity.WARNING, village=village, geometry=points)


def r08_every_household_once(case: Case) -> Ruling:
    """R08 every household once: buildings, cells, areas and villages tell the same sums, to the unit; persons likewise."""
    if case.areas["households"].isna().all() and case.cells is None:
        return not_judged("R08", msg("no household counts given"))
    found = [
        *_areas_against_cells(case),
        *_villages_against_areas(case),
        *_cells_against_buildings(case),
        *_listed_elsewhere(case),
        *counts_changed(case),
    ]
    reason = None
    if case.villages is None or case.villages["households"].isna().all():
        reason = msg("sums per village: not judged, no village totals given")
    return judged("R08", len(case.areas), found, reason=reason)


def _areas_against_cells(case: Case) -> Iterator[Finding]:
    if case.cells is None:
        return
    cells = case.cells
    there = set(case.areas["ea_code"])
    for code, rows in cells[~cells["ea_code"].isin(there)].groupby(cells["ea_code"].fillna("-"), sort=True):
        lost = int(rows["households"].fillna(0).sum())
        text = msg("{households} households in {count} cells are counted in area {code}, which is not there; give the cells to an area",
                   households=lost, count=len(rows), code=code)  # fmt: skip
        yield case.finding(
            "R08",
            str(code),
            text,
            village=rows["village_code"].iloc[0],
            measure=lost,
            unit="households",
            geometry=spot(rows.geometry.iloc[0]),
        )
    repeated = case.areas["ea_code"].duplicated() & case.areas["ea_code"].notna()
    for row in repeated.to_numpy().nonzero()[0].tolist():
        code, twice = case.codes[row], case.areas["households"].iloc[row]
        text = msg("the households of area {code} are counted in several rows; keep one", code=code)
        village = case.areas["village_code"].iloc[row]
        measure = None if pd.isna(twice) else float(twice)
        yield case.finding(
            "R08", code, text, village=village, measure=measure, unit="households", geometry=spot(case.polygons[row])
        )
    for count in ("households", "persons"):
        sums = cells.groupby("ea_code")[count].agg(lambda s: s.sum(skipna=False))
        for row, (code, own) in enumerate(zip(case.areas["ea_code"], case.areas[count], strict=True)):
            total = sums.get(code, 0 if count == "households" else pd.NA)
            if pd.isna(own) and pd.isna(total):
                continue
            if pd.isna(own) or pd.isna(total) or int(own) != int(total):
                yield _area_sum(case, row, count, own, total)


def _area_sum(case: Case, row: int, count: str, own: object, total: object) -> Finding:
    what = msg("households") if count == "households" else msg("persons")
    text = msg("area {code} says {own} {what}, its cells add up to {total}; correct the sum",
               code=case.codes[row], own=_figure(own), what=what, total=_figure(total))  # fmt: skip
    off = None if _figure(own) == "-" or _figure(total) == "-" else float(abs(int(own) - int(total)))  # type: ignore[call-overload]
    village = case.areas["village_code"].iloc[row]
    return case.finding(
        "R08", case.codes[row], text, village=village, measure=off, unit=count, geometry=spot(case.polygons[row])
    )


def _figure(value: object) -> str:
    return "-" if value is None or value is pd.NA or value != value else str(int(value))  # type: ignore[call-overload] # noqa: PLR0124 - NaN


def _villages_against_areas(case: Case) -> Iterator[Finding]:
    """Hold each village's total against its cells, or its areas where there are no cells."""
    if case.villages is None or case.parent_of is None:
        return
    pieces = case.areas if case.cells is None else case.cells
    for count in ("households", "persons"):
        sums = pieces.groupby("village_code")[count].agg(lambda s: s.sum(skipna=False))
        for row, (code, total) in enumerate(zip(case.villages["village_code"], case.villages[count], strict=True)):
            have = sums.get(code, 0)
            if pd.isna(total) or pd.isna(have) or int(total) == int(have):
                continue
            if _declared(case, str(code), abs(int(total) - int(have))):
                continue
            what = msg("households") if count == "households" else msg("persons")
            text = msg("village {village} has {total} {what}, its areas add up to {have}; find the {off} that are lost or counted twice",
                       village=code, total=int(total), what=what, have=int(have), off=abs(int(total) - int(have)))  # fmt: skip
            place = spot(case.villages.geometry.iloc[row])
            yield case.finding(
                "R08",
                str(code),
                text,
                village=code,
                measure=float(abs(int(total) - int(have))),
                unit=count,
                geometry=place,
            )


def _declared(case: Case, village: str, off: int) -> bool:
    """Return whether the plan itself says that the village's total is of another basis, by just this difference."""
    said = (f for f in case.declared if f.rule == "R08" and f.subject == village and f.severity != Severity.ERROR)
    return any(f.measure is not None and abs(f.measure) == off for f in said)


def _cells_against_buildings(case: Case) -> Iterator[Finding]:
    """Hold cells against the buildings that name them, in villages whose households come from buildings."""
    if case.cells is None or case.buildings is None:
        return
    counted = case.buildings[case.buildings["households"].notna() & case.buildings["cell_id"].notna()]
    cells = case.cells.drop_duplicates("cell_id")
    sums = counted.groupby("cell_id")["households"].sum()
    sum_of = dict(zip(sums.index.tolist(), sums.tolist(), strict=True))
    sliced = cells[cells["part"].notna()].groupby("building_id", sort=True)
    home = cells.set_index("cell_id")["village_code"]
    fed = set(home.reindex(counted.loc[counted["households"] > 0, "cell_id"]).dropna())
    whole = cells[cells["village_code"].isin(fed) & cells["part"].isna() & cells["households"].notna()]
    columns = (whole[c].tolist() for c in ("cell_id", "village_code", "households"))
    for cell, village, own, shape in zip(*columns, whole.geometry.to_numpy(), strict=True):
        total = int(sum_of.get(cell, 0))
        if int(own) != total:
            text = msg(
                "cell {cell} says {own} households, its buildings add up to {total}; correct the sum",
                cell=cell,
                own=int(own),
                total=total,
            )
            yield case.finding(
                "R08",
                str(cell),
                text,
                village=village,
                measure=float(abs(int(own) - total)),
                unit="households",
                geometry=spot(shape),
            )
    for building, parts in sliced:
        total, own = int(parts["households"].fillna(0).sum()), int(sums.reindex(parts["cell_id"]).fillna(0).sum())
        if total != own:
            text = msg(
                "building {building} has {own} households, its parts add up to {total}; correct the sum",
                building=building,
                own=own,
                total=total,
            )
            yield case.finding(
                "R08",
                str(building),
                text,
                measure=float(abs(own - total)),
                unit="households",
                geometry=spot(parts.geometry.iloc[0]),
            )


def _listed_elsewhere(case: Case) -> Iterator[Finding]:
    """Name buildings listed in another area than their cell's, or than the one they stand in."""
    if case.buildings is None:
        return
    cells = () if case.cells is None else (case.cells["cell_id"].tolist(), case.cells["ea_code"].tolist())
    assigned = dict(zip(*cells, strict=True))
    stands = _stands_in(case)
    split = _declared_splits(case)
    columns = (case.buildings[c].tolist() for c in ("building_id", "cell_id", "ea_code", "households"))
    for row, (building, cell, listed, count) in enumerate(zip(*columns, strict=True)):
        by_cell = assigned.get(cell) if isinstance(cell, str) else None
        on_ground = stands.get(row)
        if not isinstance(listed, str) or str(building) in split:
            continue
        if isinstance(by_cell, str) and by_cell != listed:
            text = msg(
                "building {building} is listed in area {listed}, its cell is given to {other}; list it once",
                building=building,
                listed=listed,
                other=by_cell,
            )
        elif on_ground is not None and on_ground != listed:
            text = msg(
                "building {building} is listed in area {listed}, but stands in {other}; list it where it stands",
                building=building,
                listed=listed,
                other=on_ground,
            )
        else:
            continue
        households = None if pd.isna(count) else float(count)
        yield case.finding(
            "R08",
            str(building),
            text,
            measure=households,
            unit="households",
            geometry=spot(case.buildings.geometry.iloc[row]),
        )


def _stands_in(case: Case) -> dict[int, str]:
    """Return the area each building stands in, where it is one and the ground is not at fault."""
    rows, areas, _ = case.standing
    if not len(rows):
        return {}
    one = np.bincount(rows)[rows] == 1
    codes, suspects = case.codes, case.suspects
    pairs = zip(rows[one].tolist(), areas[one].tolist(), strict=True)
    return {row: codes[area] for row, area in pairs if area not in suspects}
