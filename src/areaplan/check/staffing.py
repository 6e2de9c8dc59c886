"""R18: who counts where."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely

from areaplan.check.case import Case
from areaplan.check.ruling import Ruling, judged, not_judged
from areaplan.check.spots import spot
from areaplan.messages import msg
from areaplan.model import Finding, Severity

__all__ = ["r18_staff"]


def r18_staff(case: Case) -> Ruling:
    """R18 staff: every area has an enumerator, every village a supervisor, no supervisor too many, and areas of one person adjoin.

    Missing people and unknown areas weigh what the pack says; the number of enumerators of a supervisor, and areas of one enumerator that
    lie apart, are warnings: an office may have its reasons.
    """
    staff = case.evidence.staff
    if staff is None:
        return not_judged("R18", msg("no staffing table given"))
    found = [
        *_unstaffed(case, staff),
        *_unknown(case, staff),
        *_unsupervised(case, staff),
        *_crowded(case, staff),
        *_apart(case, staff),
    ]
    return judged("R18", len(case.areas), found)


def _unstaffed(case: Case, staff: pd.DataFrame) -> Iterator[Finding]:
    there = set(staff.loc[staff["enumerator"].notna(), "ea_code"])
    for row, code in enumerate(case.codes):
        if code not in there:
            text = msg("area {code} has no enumerator; name one", code=code)
            yield case.finding(
                "R18", code, text, village=case.areas["village_code"].iloc[row], geometry=spot(case.polygons[row])
            )


def _unknown(case: Case, staff: pd.DataFrame) -> Iterator[Finding]:
    known = set(case.codes)
    for code in sorted({str(c) for c in staff["ea_code"].dropna()} - known):
        yield case.finding(
            "R18", code, msg("the staffing table names area {code}, which is not there; correct the table", code=code)
        )


def _unsupervised(case: Case, staff: pd.DataFrame) -> Iterator[Finding]:
    led = set(staff.loc[staff["supervisor"].notna(), "ea_code"])
    areas = pd.DataFrame({"village": case.areas["village_code"], "led": [c in led for c in case.codes]})
    for village, rows in areas[areas["village"].notna()].groupby("village", sort=True):
        if not rows["led"].any():
            text = msg("village {village} has no supervisor; name one", village=village)
            yield case.finding("R18", str(village), text, village=village, geometry=spot(case.polygons[rows.index[0]]))


def _crowded(case: Case, staff: pd.DataFrame) -> Iterator[Finding]:
    most = case.pack.thresholds.enumerators_per_supervisor
    for supervisor, count in staff.groupby("supervisor", sort=True)["enumerator"].nunique().items():
        if count > most:
            text = msg("supervisor {name} leads {count} enumerators, more than {most}; name another",
                       name=supervisor, count=int(count), most=most)  # fmt: skip
            yield case.finding(
                "R18", str(supervisor), text, severity=Severity.WARNING, measure=float(count), unit="persons"
            )


def _apart(case: Case, staff: pd.DataFrame) -> Iterator[Finding]:
    """Name enumerators whose areas do not adjoin."""
    row_of = {code: row for row, code in enumerate(case.codes) if case.polygons[row] is not None}
    for name, codes in staff.groupby("enumerator", sort=True)["ea_code"]:
        rows = sorted({row_of[c] for c in codes if c in row_of})
        if len(rows) > 1 and _groups(case.polygons[rows]) > 1:
            listed = ", ".join(case.codes[r] for r in rows[:4])
            text = msg("the {count} areas of enumerator {name} do not adjoin ({areas}); give neighbours to one person",
                       count=len(rows), name=name, areas=listed)  # fmt: skip
            ground = shapely.multipoints([p for r in rows if (p := spot(case.polygons[r])) is not None])
            yield case.finding(
                "R18",
                str(name),
                text,
                severity=Severity.WARNING,
                measure=float(len(rows)),
                unit="areas",
                geometry=ground,
            )


def _groups(shapes: np.ndarray) -> int:
    """Return how many groups of adjoining shapes there are; a metre between two is no gap to walk."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=1.0)
    graph = coo_array((np.ones(len(left)), (left, right)), shape=(len(shapes), len(shapes)))
    return int(connected_components(graph, directed=False)[0])
