"""Say why an area is out of the bounds, and what choices are left, in words a person can act on (R09); declare exclaves (R05)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.delineation.pose import VillageTask
from areaplan.messages import Message, msg
from areaplan.model import AreaPlan, Finding, Severity
from areaplan.partition import Cause, CauseKind, Partition

__all__ = ["cause_findings", "exclave_findings", "exclave_note"]


def cause_findings(plan: AreaPlan, task: VillageTask, result: Partition, codes: NDArray[np.object_]) -> list[Finding]:
    """Return an R09 note for every area of a village that is out of the bounds."""
    geometry = plan.areas.set_index("ea_code").geometry
    found = []
    for cause in result.causes:
        code = str(codes[cause.area])
        found.append(
            Finding(
                rule="R09",
                severity=Severity.NOTE,
                subject=code,
                village_code=task.code,
                message=_sentence(plan, task, result, cause),
                measure=float(result.households[cause.area]),
                unit="households",
                geometry=geometry[code],
            )
        )
    return found


def _sentence(plan: AreaPlan, task: VillageTask, result: Partition, cause: Cause) -> Message:
    """Return the cause with the figures of its area."""
    values: dict[str, object] = {
        "village": task.code,
        "households": int(result.households[cause.area]),
        "lower": task.problem.lower,
        "upper": task.problem.upper,
        **_whole(cause.values),
    }
    if cause.kind == CauseKind.PART_TOO_SMALL:
        return _too_small(task, values)
    if cause.kind == CauseKind.CELL_ABOVE_MAXIMUM:
        return _too_large(plan, task, int(cause.values["cell"]), values)
    if cause.kind == CauseKind.PROVED_IMPOSSIBLE and cause.values["large"]:
        return Message(_PROVED_BESIDE_LARGE.template, values)
    return Message(_TEMPLATES[cause.kind].template, values)


_TEMPLATES = {
    CauseKind.NO_NUMBER_FITS: msg(
        "{households} households: this part of village {village} has {part} households, too many for {fewer} areas of at most "
        "{upper} and too few for {more} of at least {lower}; accept it, or widen the bounds for this village"
    ),
    CauseKind.CUT_OFF: msg(
        "{households} households: what is left of village {village} beside buildings above the maximum cannot be shared out "
        "inside {lower}–{upper}; accept it, or let one enumerator take it with a neighbouring area"
    ),
    CauseKind.PINS_ABOVE_MAXIMUM: msg(
        "{households} households: pieces pinned together hold {cell_households}, above the maximum of {upper}; "
        "take a pin away, or accept it"
    ),
    CauseKind.LOCKED: msg("{households} households, outside {lower}–{upper}: the office locked this area as it is"),
    CauseKind.NOT_APART: msg(
        "{households} households: two pieces that were to be kept apart are in one area, for nothing else was found; "
        "take the wish back, or give smaller pieces"
    ),
    CauseKind.GIVEN_NUMBER: msg(
        "{households} households: the number of areas asked for ({asked}) does not fit {part} households"
    ),
    CauseKind.PROVED_IMPOSSIBLE: msg(
        "{households} households: every division of this part of village {village} ({cells} cells, {part} households) was "
        "looked at, and none is inside {lower}–{upper}; give smaller cells (lines, footprints), or accept it"
    ),
    CauseKind.NONE_FOUND: msg(
        "{households} households: no division of this part of village {village} inside {lower}–{upper} was found "
        '({cells} cells); one may exist: try --seed or effort = "thorough", or accept it'
    ),
}

_PROVED_BESIDE_LARGE = msg(
    "{households} households: every division of this part of village {village} ({cells} cells, {part} households) that leaves what is "
    "above the maximum by itself was looked at, and none is inside {lower}–{upper}; give smaller cells (lines, footprints), or accept it"
)


def _whole(values: Mapping[str, int | float]) -> dict[str, object]:
    return {k: int(v) if float(v).is_integer() else round(float(v), 1) for k, v in values.items()}


def _too_small(task: VillageTask, values: dict[str, object]) -> Message:
    if int(task.problem.households.sum()) == 0:
        return msg("village {village} has no households: one area without people", **values)
    return msg(
        "village {village} has {part} households here: one area, below the minimum of {lower}; "
        "let its enumerator also take a neighbouring area, or accept it",
        **values,
    )


def _too_large(plan: AreaPlan, task: VillageTask, cell: int, values: dict[str, object]) -> Message:
    cell_id = plan.cells.table["cell_id"].iloc[int(task.rows[cell])]
    inside = plan.cells.buildings[plan.cells.buildings["cell_id"] == cell_id]
    values = {**values, "cell": cell_id}
    if len(inside) and not len(plan.territory.base_areas):
        return msg(
            "building {building} holds {cell_households} households, above the maximum of {upper}: it is an area by itself; "
            "send two enumerators, or divide it by entrances and floors",
            building=inside["building_id"].iloc[int(inside["households"].fillna(0).to_numpy().argmax())], **values,
        )  # fmt: skip
    return msg(
        "base area {cell} holds {cell_households} households, above the maximum of {upper}, and cannot be cut here; "
        "send two enumerators, or give building footprints",
        **values,
    )


def exclave_findings(plan: AreaPlan, task: VillageTask, result: Partition, codes: NDArray[np.object_]) -> list[Finding]:
    """Return an R05 note for every area that holds ground in more than one part of its village."""
    shapes = plan.cells.table.geometry.to_numpy()[task.rows]
    people = task.problem.households
    found = []
    for area in range(result.areas):
        inside = result.labels == area
        note = exclave_note(str(codes[area]), task.code, shapes[inside], people[inside], task.parts[inside])
        found += [note] if note else []
    return found


def exclave_note(
    code: str, village: str, shapes: NDArray[np.object_], people: NDArray[np.int64], parts: NDArray[np.int64]
) -> Finding | None:
    """Return the R05 note of an area with ground in more than one part of its village, else None.

    Parameters
    ----------
    code, village
        The area, and where it lies.
    shapes, people, parts
        (n,) ground and households of its cells, and the part of the village each lies in.
    """
    count = len(np.unique(parts))
    if count < 2:
        return None
    away = parts != _main_part(parts, people)
    ground = shapely.coverage_union_all(shapes[away])
    text = msg(
        "exclave or island of village {village}: {count} separate part(s) with {households} households, "
        "enumerated with this area",
        village=village, count=count - 1, households=int(people[away].sum()),
    )  # fmt: skip
    return Finding("R05", Severity.NOTE, code, text, village, float(shapely.area(ground)), "m2", ground)


def _main_part(parts: NDArray[np.int64], people: NDArray[np.int64]) -> int:
    """Return the part of an area where most of its people live; the village's first part where nobody does."""
    return int(np.bincount(parts, weights=people).argmax()) if people.any() else int(parts.min())
