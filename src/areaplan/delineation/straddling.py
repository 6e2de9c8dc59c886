"""Say where an area straddles a barrier because the people behind it fit no number of areas (R14)."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.delineation.pose import VillageTask
from areaplan.messages import msg
from areaplan.model import AreaPlan, Finding, Severity
from areaplan.partition import Partition

__all__ = ["barrier_findings"]


def barrier_findings(plan: AreaPlan, task: VillageTask, result: Partition, codes: NDArray[np.object_]) -> list[Finding]:
    """Return an R14 note for every area that takes in people from behind a barrier."""
    shapes = plan.cells.table.geometry.to_numpy()[task.rows]
    found = []
    for crossing in task.crossings:
        here, there = (int(result.labels[c]) for c in crossing.cells)
        if here != there or not crossing.households:
            continue
        code = str(codes[here])
        text = msg(
            "{households} households of village {village} live behind a river, railway or motorway without a way across there, and no "
            "number of areas of {lower}–{upper} fits them alone: area {area} takes in people from both sides",
            households=crossing.households, village=task.code, area=code, lower=task.problem.lower, upper=task.problem.upper,
        )  # fmt: skip
        place = shapely.intersection(*(shapes[c] for c in crossing.cells))
        found.append(
            Finding("R14", Severity.NOTE, code, text, task.code, float(crossing.households), "households", place)
        )
    return found
