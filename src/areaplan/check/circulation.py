"""R22: how much ground one file may show."""

from __future__ import annotations

import shapely

from areaplan.check.case import Case
from areaplan.check.ruling import Ruling, judged, not_judged
from areaplan.check.words import amount
from areaplan.messages import msg

__all__ = ["r22_circulation"]


def r22_circulation(case: Case) -> Ruling:
    """R22 circulation: a file with all buildings and roads of a large contiguous ground is warned about."""
    limit = case.pack.thresholds.open_file_km2
    if limit is None:
        return not_judged("R22", msg("the rule pack names no limit"))
    if case.villages is None or case.buildings is None or case.lines is None:
        return not_judged("R22", msg("no villages with buildings and lines given"))
    above = case.proof.table.polygons[len(case.areas) :]
    parts = shapely.get_parts(shapely.union_all(above))
    marks = msg("class and review number are checked when files are written")
    found = []
    for part in parts[shapely.area(parts) > limit * 1e6]:
        km2 = float(part.area) / 1e6
        text = msg("the file shows the buildings and roads of {km2} km² in one piece, more than {limit}; handle it as classified, or split it",
                   km2=amount(km2), limit=amount(limit))  # fmt: skip
        title = case.plan.territory.title if case.plan is not None else "-"
        found.append(case.finding("R22", title or "-", text, measure=km2, unit="km2", geometry=part))
    return judged("R22", len(parts), found, reason=marks)
