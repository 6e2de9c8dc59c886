"""R14: no area straddles what cannot be crossed inside it."""

from __future__ import annotations

import shapely

from areaplan.check.case import Case
from areaplan.check.parting import Behind
from areaplan.check.ruling import Ruling, judged, not_judged
from areaplan.check.words import amount
from areaplan.messages import msg
from areaplan.model import Finding

__all__ = ["r14_barrier"]


def r14_barrier(case: Case) -> Ruling:
    """R14 barrier: an area's built-up parts either side of a river, railway or motorway are joined by a way inside the area.

    The area is cut along barriers (bridges and tunnels of the barrier itself do not cut). Any street, bridge or footpath that runs from one part
    into another joins them, also along the area's border. Parts without buildings are nobody's way.
    """
    if case.lines is None:
        return not_judged("R14", msg("no lines (streets, rivers, railways) given"))
    if case.buildings is None:
        return not_judged("R14", msg("no buildings given"))
    return judged("R14", len(case.areas), [_finding(case, row, behind) for row, behind in case.behind.items()])


def _finding(case: Case, row: int, behind: Behind) -> Finding:
    code, village = case.codes[row], case.areas["village_code"].iloc[row]
    m2 = float(shapely.area(behind.parts).sum())
    text = msg("area {code}: {count} buildings ({m2} m²) lie behind a river, railway or motorway with no way across inside the area; give them to the area they are reached from",
               code=code, count=behind.buildings, m2=amount(m2))  # fmt: skip
    ground = shapely.MultiPolygon(list(behind.parts))
    return case.finding(
        "R14", code, text, village=village, measure=float(behind.buildings), unit="buildings", geometry=ground
    )
