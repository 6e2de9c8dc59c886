"""R09 and R10: size and cap."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from areaplan.check.case import Case
from areaplan.check.ruling import Ruling, judged, not_judged
from areaplan.messages import msg
from areaplan.model import Finding

__all__ = ["r09_size", "r10_cap"]


def r09_size(case: Case) -> Ruling:
    """R09 size: households, and persons where bounded, inside the bounds; what is outside says its cause in the plan's findings."""
    counts = _households(case)
    if counts is None:
        return not_judged("R09", msg("no household counts given"))
    if case.settings is None and case.pack.size.max_households is None:
        return not_judged("R09", msg("neither settings nor rule pack name a size"))
    found, excused = [], 0
    for row, count in enumerate(counts):
        low, high = _bounds(case, row)
        if count is None or low <= count <= high:
            continue
        if _explained(case, row):
            excused += 1
        else:
            found.append(_outside(case, row, count, low, high))
    found += _too_many_persons(case)
    reason = msg("{count} areas are outside with their cause", count=excused) if excused else None
    return judged("R09", len(case.areas), found, reason=reason)


def _households(case: Case) -> list[int | None] | None:
    """Return the households of each area, added up from its cells where there are cells."""
    own = case.areas["households"]
    if case.cells is not None:
        sums = case.cells.groupby("ea_code")["households"].agg(lambda s: s.sum(skipna=False))
        own = case.areas["ea_code"].map(sums).where(case.areas["ea_code"].isin(sums.index), own)
    return None if own.isna().all() else [None if pd.isna(v) else int(v) for v in own]


def _bounds(case: Case, row: int) -> tuple[int, int]:
    """Return the bounds of an area; a village with a target of its own scales them."""
    size = case.pack.size if case.settings is None else case.settings.areas
    low, high, target = size.min_households or 0, size.max_households or 0, size.target_households
    own = _own_target(case, row)
    if own is None or not target:
        return low, high
    return math.floor(low * own / target), math.ceil(high * own / target)


def _own_target(case: Case, row: int) -> int | None:
    if case.villages is None or case.parent_of is None or case.parent_of[row] < 0:
        return None
    target = case.villages["target_households"].iloc[case.parent_of[row]]
    return None if pd.isna(target) else int(target)


def _explained(case: Case, row: int) -> bool:
    special = case.areas["special"].iloc[row]
    return case.declares("R09", case.codes[row]) or (isinstance(special, str) and bool(special))


def _outside(case: Case, row: int, count: int, low: int, high: int) -> Finding:
    code, village = case.codes[row], case.areas["village_code"].iloc[row]
    if count > high:
        text = msg(
            "area {code} has {count} households, above {bound}; split it, or say the cause",
            code=code,
            count=count,
            bound=high,
        )
    else:
        text = msg(
            "area {code} has {count} households, below {bound}; merge it, or say the cause",
            code=code,
            count=count,
            bound=low,
        )
    return case.finding(
        "R09", code, text, village=village, measure=float(count), unit="households", geometry=case.polygons[row]
    )


def _too_many_persons(case: Case) -> Iterator[Finding]:
    bound = case.settings.areas.max_persons if case.settings is not None else case.pack.size.max_persons
    if bound is None:
        return
    for row, persons in enumerate(case.areas["persons"]):
        if pd.notna(persons) and int(persons) > bound and not _explained(case, row):
            code, village = case.codes[row], case.areas["village_code"].iloc[row]
            text = msg(
                "area {code} has {count} persons, above {bound}; split it, or say the cause",
                code=code,
                count=int(persons),
                bound=bound,
            )
            yield case.finding(
                "R09", code, text, village=village, measure=float(persons), unit="persons", geometry=case.polygons[row]
            )


def r10_cap(case: Case) -> Ruling:
    """R10 cap: never more forms than the numbering allows (2010), nor more persons than one undivided building may hold (2020)."""
    forms, persons = case.pack.size.max_forms, case.pack.size.max_building_persons
    if forms is None and persons is None:
        return not_judged("R10", msg("the rule pack names no cap"))
    found = []
    for cap, unit, counts in ((forms, "households", _households(case)), (persons, "persons", _persons(case))):
        if cap is None or counts is None:
            continue
        found += [_over(case, row, c, cap, unit) for row, c in enumerate(counts) if c is not None and c > cap]
    if forms is None and _persons(case) is None:
        return not_judged("R10", msg("no counts of persons given"))
    return judged("R10", len(case.areas), found)


def _persons(case: Case) -> list[int | None] | None:
    own = case.areas["persons"]
    return None if own.isna().all() else [None if pd.isna(v) else int(v) for v in own]


def _over(case: Case, row: int, count: int, cap: int, unit: str) -> Finding:
    code, village = case.codes[row], case.areas["village_code"].iloc[row]
    what = msg("households") if unit == "households" else msg("persons")
    text = msg(
        "area {code} has {count} {what}, more than the {cap} an area may ever have; split it",
        code=code,
        count=count,
        what=what,
        cap=cap,
    )
    return case.finding(
        "R10", code, text, village=village, measure=float(count), unit=unit, geometry=case.polygons[row]
    )
