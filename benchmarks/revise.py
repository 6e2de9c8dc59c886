"""Revisions on plans of real towns: ``python -m benchmarks.revise PLAN …``.

First one move, timed beside dissolving the whole plan; then rounds of random changes, each proved by the judge against the plan before, bit-compared with a whole dissolving, and
replayed from the log at the end.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from areaplan.certificate import content_hash
from areaplan.check import check_plan
from areaplan.delineation import assemble_plan
from areaplan.files import read_plan
from areaplan.model import AreaPlan
from areaplan.review import Change, replay, revise
from benchmarks.wishes import random_changes

__all__ = ["main", "rounds_of", "seconds_of"]

ROUNDS, PER_ROUND = 4, 25


def seconds_of(plan: AreaPlan) -> tuple[float, float]:
    """Return the seconds of one revision that moves a cell, and of dissolving the whole plan."""
    left, right = next(
        (a, b) for a, b in zip(plan.boundaries["left_ea"], plan.boundaries["right_ea"], strict=True) if b is not None
    )
    b = plan.cells.borders
    code = plan.assignment
    beside = b[(b["left_cell"].map(code) == left) & (b["right_cell"].map(code) == right)]["left_cell"]
    changes = [
        Change("move", (left,), to=right, cells=(c,), reason="timed", author="benchmark") for c in beside.unique()
    ]
    begun = time.perf_counter()
    change = next(c for c in changes if revise(plan, [c]).made)
    begun = time.perf_counter()
    revise(plan, [change])
    middle = time.perf_counter()
    assemble_plan(plan.cells, plan.assignment, plan.settings)
    return middle - begun, time.perf_counter() - middle


def rounds_of(first: AreaPlan, rounds: int = ROUNDS, per_round: int = PER_ROUND) -> tuple[int, int]:
    """Make rounds of random changes; return how many were made and how many refused.

    Raises
    ------
    AssertionError
        When a plan is not proved, a code comes back, or the log does not give the plan again.
    """
    plan, made, refused = first, 0, 0
    ever, ended = set(plan.areas["ea_code"]), set[str]()
    for number in range(rounds):
        revision = revise(plan, random_changes(plan, per_round, 5000 + number))
        made, refused = made + len(revision.made), refused + len(revision.refused)
        report = check_plan(revision.plan, previous=plan)
        wrong = [str(f.message) for f in report.findings.errors if f.rule not in ("R09", "R19")]
        assert report.proof.tiles, "does not tile"
        assert not wrong, wrong
        whole = assemble_plan(revision.plan.cells, revision.plan.assignment, revision.plan.settings)
        assert all(a.equals(b) for a, b in zip(whole.areas.geometry, revision.plan.areas.geometry, strict=True))
        now = set(revision.plan.areas["ea_code"])
        assert now.isdisjoint(ended), "a code came back"
        ended, ever, plan = ended | (ever - now), ever | now, revision.plan
    assert content_hash(replay(first, plan)) == content_hash(plan)
    return made, refused


def main(files: list[str]) -> None:
    """Run the towns."""
    for file in files:
        plan = read_plan(Path(file))
        part, whole = seconds_of(plan)
        print(
            f"{plan.territory.title}: {len(plan.areas)} areas, {len(plan.cells.table)} cells: one move {part:.2f} s, whole dissolving {whole:.2f} s",
            flush=True,
        )
        made, refused = rounds_of(plan)
        print(f"  {made} random changes made, {refused} refused: every plan proved, replayed exactly", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
