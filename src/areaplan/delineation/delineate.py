"""From cells to a plan: pose each village, let the engine solve it, and say of every area out of the bounds why.

1. Villages are posed and solved one by one, the largest first, in any number of processes; the answer depends on the village and the seed
   only.
2. Areas of a village are numbered in map order, north-west to south-east, from 001 (R11).
3. An area out of the bounds gets a note with its cause and the choices left (R09).
4. An area made of parts that do not touch is declared (R05), and one that takes in people from behind a barrier is named (R14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from areaplan.codes import MAX_AREAS, ea_code, map_order
from areaplan.delineation.assemble import assemble_plan, dissolved
from areaplan.delineation.causes import cause_findings, exclave_findings
from areaplan.delineation.pose import Homes, Village, VillageTask, bounds_of, find_homes, pose_village, split_by_village
from areaplan.delineation.steering import Pinned, covered_cells
from areaplan.delineation.straddling import barrier_findings
from areaplan.errors import InputError
from areaplan.messages import Message, msg
from areaplan.model import AreaPlan, Cells, Finding, Severity
from areaplan.partition import Partition, partition
from areaplan.settings import EngineSettings, Settings
from areaplan.workers import in_processes

__all__ = ["delineate", "pose_villages"]

Progress = Callable[[str, int, int], None]


def delineate(cells: Cells, settings: Settings, *, jobs: int = 1, progress: Progress | None = None) -> AreaPlan:
    """Divide every village into enumeration areas.

    Parameters
    ----------
    cells
        The smallest pieces and their borders.
    settings
        ``areas`` (bounds) and ``engine`` (preset, effort, seed).
    jobs
        Processes; changes the time, not the plan.
    progress
        Told ``(what, done, total)`` as villages are finished.

    Raises
    ------
    InputError
        When a village would need more than 899 areas (R11).
    """
    homes = find_homes(cells)
    pins = covered_cells(cells, np.column_stack([homes.x, homes.y]))
    solved = _solved(cells, settings, homes, pins, jobs, progress)
    _refuse_too_many({s.task.code: s.result.areas for s in solved})
    assignment = pd.concat(
        [pd.Series(s.codes[s.result.labels], index=cells.table["cell_id"].to_numpy()[s.task.rows]) for s in solved]
    )
    # the cells' own R09 notes name what is too large for an area; here the area itself says so
    findings = cells.territory.findings + (f for f in cells.findings if f.rule != "R09")
    shape_of = {code: shape for s in solved for code, shape in zip(s.codes, s.shapes, strict=True)}
    plan = _marked(assemble_plan(cells, assignment, settings, findings=findings, shapes=shape_of), solved)
    return plan.with_findings(findings + _explanations(plan, solved) + _idle_pins(pins))


@dataclass(frozen=True)
class _Solved:
    task: VillageTask
    result: Partition
    shapes: NDArray[np.object_]
    codes: NDArray[np.object_]


def _solved(
    cells: Cells, settings: Settings, homes: Homes, pins: list[Pinned], jobs: int, progress: Progress | None
) -> list[_Solved]:
    """Solve all villages, the largest first and each as soon as it is posed; return them in the order of the table of villages."""
    villages = sorted(split_by_village(cells), key=lambda village: -len(village[1]))
    posed = _posed(cells, settings, homes, pins, villages)
    found: dict[str, _Solved] = {}
    for task, result in in_processes(partial(_solve, settings.engine), posed, min(jobs, len(villages))):
        shapes = _shapes(task, result, cells)
        found[task.code] = _Solved(task, result, shapes, _codes(task, shapes))
        if progress:
            progress("areas", len(found), len(villages))
    return [found[code] for code in cells.territory.villages["village_code"] if code in found]


def pose_villages(cells: Cells, settings: Settings) -> list[VillageTask]:
    """Pose each village as a problem of the engine; ``task.problem`` is what any other library may be given too.

    Raises
    ------
    InputError
        Naming every pin that cannot be followed, or the villages that would need more than 899 areas (R11).
    """
    homes = find_homes(cells)
    pins = covered_cells(cells, np.column_stack([homes.x, homes.y]))
    return list(_posed(cells, settings, homes, pins, split_by_village(cells)))


def _posed(
    cells: Cells, settings: Settings, homes: Homes, pins: list[Pinned], villages: list[Village]
) -> Iterator[VillageTask]:
    """Pose one village after the other; behind the last one refuse what cannot be followed, or coded after the work."""
    outer = cells.outer.groupby("left_cell")["length_m"].sum()
    outer_m = outer.reindex(cells.table["cell_id"], fill_value=0.0).to_numpy(np.float64)
    targets = cells.territory.villages.set_index("village_code")["target_households"]
    faults: list[Message] = []
    fewest: dict[str, int] = {}
    for code, rows, borders in villages:
        target = None if pd.isna(targets[code]) else int(targets[code])
        task = pose_village(
            code,
            cells.table.iloc[rows],
            borders,
            outer_m[rows],
            homes[rows],
            bounds_of(settings.areas, target),
            rows=rows,
            max_persons=settings.areas.max_persons,
            pins=pins,
            faults=faults,
        )
        fewest[code] = int(task.problem.households.sum()) // task.problem.upper
        yield task
    if faults:
        raise InputError(faults)
    _refuse_too_many(fewest)


def _solve(engine: EngineSettings, task: VillageTask) -> Partition:
    return partition(task.problem, preset=engine.preset, seed=engine.seed, effort=engine.effort)


def _shapes(task: VillageTask, result: Partition, cells: Cells) -> NDArray[np.object_]:
    """Return the ground of each label."""
    try:
        return dissolved(cells.table.geometry.to_numpy()[task.rows], result.labels)
    except shapely.errors.GEOSException:
        raise InputError(
            msg(
                "village {code}: its pieces do not fit together at their borders; its outline is drawn finer than can be worked with: simplify it",
                code=task.code,
            )
        ) from None


def _codes(task: VillageTask, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the code of each label: numbers run over the map from north-west to south-east."""
    points = shapely.get_coordinates(shapely.point_on_surface(shapes))
    codes = np.empty(len(shapes), dtype=object)
    for number, label in enumerate(map_order(points), 1):
        codes[label] = ea_code(task.code, number)
    return codes


def _refuse_too_many(areas: dict[str, int]) -> None:
    counts = {code: n for code, n in areas.items() if n > MAX_AREAS}
    if counts:
        raise InputError(
            [
                msg(
                    "village {code} would need {count} areas; codes have room for {most} (R11): "
                    "divide the village, or raise target_households",
                    code=code, count=count, most=MAX_AREAS,
                )
                for code, count in counts.items()
            ]
        )  # fmt: skip


def _marked(plan: AreaPlan, solved: list[_Solved]) -> AreaPlan:
    """Mark the areas that the office had finished: their borders are locked, or they are special."""
    areas = plan.areas.copy()
    row = {code: i for i, code in enumerate(areas["ea_code"])}
    for s in solved:
        for number, (kind, name) in enumerate(s.task.finished):
            assert s.task.problem.locked is not None  # noqa: S101 - finished areas are locked
            cell = int(np.flatnonzero(s.task.problem.locked == number)[0])
            at = row[str(s.codes[s.result.labels[cell]])]
            column, value = ("locked", "borders") if kind == "locked" else ("special", name)
            areas.iloc[at, areas.columns.get_loc(column)] = value
    return replace(plan, areas=areas)


def _idle_pins(pins: list[Pinned]) -> list[Finding]:
    """Name pins that cover no cell."""
    found = []
    for pin in pins:
        if not pin.cells and pin.kind != "complex":
            text = msg("pin {name} ({kind}) covers no cell and steers nothing; put it where people live", name=pin.name or pin.group, kind=pin.kind)  # fmt: skip
            found.append(Finding("R00", Severity.WARNING, pin.name or pin.group, text))
    return found


def _explanations(plan: AreaPlan, solved: list[_Solved]) -> list[Finding]:
    found: list[Finding] = []
    for s in solved:
        found += cause_findings(plan, s.task, s.result, s.codes)
        found += exclave_findings(plan, s.task, s.result, s.codes)
        found += barrier_findings(plan, s.task, s.result, s.codes)
    return found
