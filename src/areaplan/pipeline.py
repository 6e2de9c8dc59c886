"""The whole flow for one town: files -> territory -> cells -> plan -> findings.

Villages are independent, so cells and areas are made village by village, in as many processes as wanted; their number changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from areaplan.check import Report, check_plan
from areaplan.model import AreaPlan, Territory
from areaplan.settings import Settings
from areaplan.workers import at_once, collecting_seldom

__all__ = ["PlannedTown", "plan_territory", "plan_town", "prove_plan", "usual_jobs"]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class PlannedTown:
    """Hold a plan with what the judge says of it.

    Parameters
    ----------
    plan
        The plan; its findings are those of the judge and those of the way there.
    report
        The verdict rule by rule.
    certificate
        The proof in numbers, as written to ``certificate.json``.
    """

    plan: AreaPlan
    report: Report
    certificate: dict[str, Any]


def usual_jobs() -> int:
    """Return how many processes to use when nobody says: those this process may run on."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def plan_town(settings: Settings, *, jobs: int = 1, progress: Progress | None = None) -> PlannedTown:
    """Read what the settings name, and plan it.

    With ``jobs`` above 1 villages are worked on in that many processes; a script that asks for them must stand under
    ``if __name__ == "__main__":``, as for any Python process pool.

    Raises
    ------
    InputError
        When the input cannot be used; all its faults at once.
    """
    from areaplan.files import read_territory

    return plan_territory(read_territory(settings, progress=progress), settings, jobs=jobs, progress=progress)


def plan_territory(
    territory: Territory, settings: Settings, *, jobs: int = 1, progress: Progress | None = None
) -> PlannedTown:
    """Divide a territory into areas and let the judge speak."""
    from areaplan.cells import build_cells
    from areaplan.delineation import delineate
    from areaplan.households import estimate_households

    counted = estimate_households(territory, settings)
    cells = build_cells(counted, settings, jobs=jobs, progress=progress)
    return prove_plan(delineate(cells, settings, jobs=jobs, progress=progress), jobs=jobs)


@collecting_seldom()
def prove_plan(plan: AreaPlan, *, previous: AreaPlan | None = None, jobs: int = 1) -> PlannedTown:
    """Let the judge speak about a plan, and put its findings into it.

    Parameters
    ----------
    plan
        What is judged.
    previous
        The plan that it was made from (R11, R19, R21).
    jobs
        How many rules are judged at once; changes the time, not what is found.
    """
    from areaplan.certificate import content_hash, make_certificate

    report, known_hash = at_once(
        jobs,
        lambda: check_plan(plan, previous=previous, jobs=jobs),
        lambda: content_hash(plan),  # findings do not enter it
    )
    judged = plan.with_findings(report.findings)
    return PlannedTown(judged, report, make_certificate(judged, report, known_hash=known_hash))
