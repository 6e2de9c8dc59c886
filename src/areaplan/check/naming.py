"""R11 and R12: codes and names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely

from areaplan.check.case import Case
from areaplan.check.nesting import scattered
from areaplan.check.official import codes_off_the_list, names_off_the_list
from areaplan.check.ruling import Ruling, judged, not_judged
from areaplan.check.spots import spot
from areaplan.codes import MAX_AREAS, map_order
from areaplan.messages import msg
from areaplan.model import Finding, Severity

__all__ = ["r11_codes", "r12_names"]

_NUMBERED = re.compile(r"^(?:第(\d{3})普查小区|EA (\d{3}))$")


def r11_codes(case: Case) -> Ruling:
    """R11 codes: village code and three digits from 001, unique, none left out, in map order in a first plan; retired ones never again."""
    if case.areas["ea_code"].isna().all():
        return not_judged("R11", msg("no codes given"))
    found = [*_repeated(case), *_malformed(case), *_reused(case), *_village_digits(case)]
    malformed = {f.subject for f in found}
    found += [*_left_out(case, malformed), *_out_of_order(case, malformed), *codes_off_the_list(case)]
    return judged("R11", len(case.areas), found)


def _repeated(case: Case) -> Iterator[Finding]:
    codes = case.areas["ea_code"]
    for code, times in Counter(c for c in codes if isinstance(c, str) and c.strip()).items():
        if times > 1:
            rows = np.flatnonzero((codes == code).to_numpy())
            text = msg("the code {code} is given to {times} areas; give each its own", code=code, times=times)
            yield _about(case, int(rows[-1]), code, text)


def _malformed(case: Case) -> Iterator[Finding]:
    """Name codes that are not their village's code and three digits from 001 to 899; a layer without village codes asks nothing."""
    for row, (code, village) in enumerate(zip(case.areas["ea_code"], case.areas["village_code"], strict=True)):
        if (
            not isinstance(code, str)
            or not isinstance(village, str)
            or (case.plan is None and not code.startswith(village))
        ):
            continue
        tail = code[len(village) :]
        if not code.startswith(village) or not re.fullmatch(r"[0-9]{3}", tail):
            text = msg(
                "the code {code} is not the village code {village} and three digits; give it the next free number",
                code=code,
                village=village,
            )
            yield _about(case, row, code, text)
        elif not 1 <= int(tail) <= MAX_AREAS:
            text = msg(
                "the code {code} ends in {number}; areas with ground are numbered 001 to 899", code=code, number=tail
            )
            yield _about(case, row, code, text)


def _village_digits(case: Case) -> Iterator[Finding]:
    digits = case.pack.codes.village_digits
    if digits is None or case.villages is None:
        return
    for row, code in enumerate(case.village_codes):
        if not re.fullmatch(rf"[0-9]{{{digits}}}", code):
            text = msg(
                "the village code {code} is not {digits} digits; give the official code", code=code, digits=digits
            )
            yield case.finding("R11", code, text, village=code, geometry=spot(case.villages.geometry.iloc[row]))


def _reused(case: Case) -> Iterator[Finding]:
    """Name codes that were retired and are in use again."""
    retired = _retired(case)
    for row, code in enumerate(case.areas["ea_code"]):
        if code in retired:
            text = msg("the code {code} was retired with an earlier area; give the next free number", code=code)
            yield _about(case, row, code, text)


def _retired(case: Case) -> set[str]:
    """Return the codes the previous plan knew but no longer had."""
    if case.previous is None:
        return set()
    past = case.previous.tables.get("correspondence")
    before = set() if past is None else set(past["old_ea"].dropna())
    return before - set(case.previous.areas["ea_code"])


def _left_out(case: Case, malformed: set[str]) -> Iterator[Finding]:
    """Name numbers left out; in a revised plan a number left out is a retired one."""
    if not _first_plan(case):
        return
    given = case.areas[["ea_code", "village_code"]]
    if case.cells is not None:  # a lost area is no number left out: R01 and R08 speak of it
        given = pd.concat([given, case.cells[["ea_code", "village_code"]]])
    given = given[given["ea_code"].notna() & given["village_code"].notna() & ~given["ea_code"].isin(malformed)]
    for village, rows in given.groupby("village_code", sort=True):
        form = re.compile(re.escape(str(village)) + r"[0-9]{3}")
        numbers = {int(c[-3:]) for c in rows["ea_code"].unique() if form.fullmatch(c)}
        missing = sorted(set(range(1, max(numbers, default=0) + 1)) - numbers)
        if missing:
            shown = ", ".join(f"{n:03d}" for n in missing[:5])
            text = msg(
                "village {village}: the numbers {numbers} are left out; number from 001 without gaps",
                village=village,
                numbers=shown,
            )
            yield case.finding(
                "R11", str(village), text, village=str(village), measure=float(len(missing)), unit="numbers"
            )


def _first_plan(case: Case) -> bool:
    if case.plan is None or case.previous is not None:
        return False
    return not any(len(case.plan.tables.get(t, ())) for t in ("revisions", "correspondence"))


def _out_of_order(case: Case, malformed: set[str]) -> Iterator[Finding]:
    """Name villages whose numbers do not run in map order; where the ground is at fault the order is not asked."""
    if not _first_plan(case):
        return
    faulty = {case.areas["village_code"].iloc[r] for r in case.suspects | scattered(case)}
    faulty |= {v for c, v in zip(case.areas["ea_code"], case.areas["village_code"], strict=True) if c in malformed}
    for village, rows in case.areas.groupby("village_code", sort=True):
        codes = rows["ea_code"].to_numpy()
        if village in faulty or len(set(codes)) < len(codes) or rows["ea_code"].isna().any():
            continue
        points = shapely.get_coordinates(shapely.point_on_surface(rows.geometry.to_numpy()))
        # sorted by code first, as when the codes were given: equal places then keep their order
        by_code = np.argsort(codes)
        order = map_order(points[by_code])
        wrong = np.flatnonzero(order != np.arange(len(order)))
        if len(wrong):
            first = int(by_code[wrong[0]])
            text = msg("village {village}: {count} numbers are not in map order (rows from north to south, each from west to east), {code} first",
                       village=village, count=len(wrong), code=codes[first])  # fmt: skip
            yield case.finding(
                "R11",
                str(village),
                text,
                severity=Severity.WARNING,
                village=village,
                measure=float(len(wrong)),
                unit="numbers",
                geometry=shapely.Point(points[first]),
            )


def _about(case: Case, row: int, code: str, text: object) -> Finding:
    village = case.areas["village_code"].iloc[row]
    return case.finding("R11", code, text, village=village, geometry=spot(case.polygons[row]))  # type: ignore[arg-type]


def r12_names(case: Case) -> Ruling:
    """R12 names: given, unique among their siblings, in the form the pack asks, and the number in the name the number in the code."""
    if case.areas["name"].isna().all() and (case.villages is None or case.villages["name"].isna().all()):
        return not_judged("R12", msg("no names given"))
    return judged("R12", len(case.areas), [*_area_names(case), *_village_names(case), *names_off_the_list(case)])


def _area_names(case: Case) -> Iterator[Finding]:
    names = case.areas["name"]
    if names.isna().all():
        return
    repeated = Counter(zip(case.areas["village_code"], names, strict=True))
    patterns = [re.compile(p) for p in case.pack.names.area]
    for row, (code, village, name) in enumerate(zip(case.codes, case.areas["village_code"], names, strict=True)):
        number = _NUMBERED.match(name) if isinstance(name, str) else None
        if not isinstance(name, str) or not name.strip():
            text = msg("area {code} has no name; give it one", code=code)
        elif number and (number[1] or number[2]) != code[-3:]:
            text = msg("area {code} is called {name!r}; the numbers differ", code=code, name=name)
        elif repeated[village, name] > 1 and _own_code(case, row):
            text = msg("area {code} shares its name {name!r} with another area of the village", code=code, name=name)
        elif patterns and not any(p.match(name) for p in patterns):
            text = msg("area {code} is called {name!r}; the form asked for is like 第001普查小区", code=code, name=name)
        else:
            continue
        yield case.finding("R12", code, text, village=village, geometry=spot(case.polygons[row]))


def _own_code(case: Case, row: int) -> bool:
    """Return whether the code is the area's alone; otherwise the code rule has spoken."""
    return int((case.areas["ea_code"] == case.areas["ea_code"].iloc[row]).sum()) == 1


def _village_names(case: Case) -> Iterator[Finding]:
    villages = case.villages
    if villages is None or villages["name"].isna().all():
        return
    repeated = Counter(zip(villages["township"].fillna(""), villages["name"], strict=True))
    for row, (code, town, name) in enumerate(
        zip(case.village_codes, villages["township"].fillna(""), villages["name"], strict=True)
    ):
        if not isinstance(name, str) or not name.strip():
            text = msg("village {village} has no name; give its full official name", village=code)
        elif (
            repeated[town, name] > 1
            and int((villages["village_code"] == villages["village_code"].iloc[row]).sum()) == 1
        ):
            text = msg(
                "village {village} shares its name {name!r} with another of the township; give the full official names",
                village=code,
                name=name,
            )
        else:
            continue
        yield case.finding("R12", code, text, village=code, geometry=spot(villages.geometry.iloc[row]))
