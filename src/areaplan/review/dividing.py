"""One area becomes several: along a line, or as the engine finds best."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from areaplan.codes import map_order
from areaplan.delineation.pose import Bounds, bounds_of, find_homes, pose_village
from areaplan.errors import ProblemError
from areaplan.linework.edges import Ints
from areaplan.messages import msg
from areaplan.partition import partition
from areaplan.review.bordering import along
from areaplan.review.change import Change, Refused
from areaplan.review.demands import pieces_of, require_area
from areaplan.review.draft import Draft
from areaplan.review.effect import Effect
from areaplan.review.moving import divided, fresh_columns

__all__ = ["split"]


def split(draft: Draft, change: Change) -> Effect:
    """Divide an area; its code ends, the parts get the next free codes in map order.

    Raises
    ------
    Refused
        When the line does not divide it, or the engine cannot.
    """
    require_area(draft, change.area)
    if change.shape is None:
        return _by_engine(draft, change)
    if shapely.get_dimensions(change.shape) != 1:
        raise Refused(msg("no line is drawn"))
    after, division = divided(draft, set(draft.cells_of(change.area)), change.shape)
    cells = after.cells_of(change.area)
    parts = _sides(after, cells, along(after, division.line))
    born = _effect(after, change.area, cells, parts)
    return replace(born, cuts=division.cuts, points=division.points)


def _sides(draft: Draft, cells: list[str], parted: set[tuple[str, str]]) -> Ints:
    """Return the side of the line each cell lies on; pieces that lay apart before stay with the largest side."""
    whole, part = pieces_of(draft, cells), pieces_of(draft, cells, without=parted)
    sides = np.zeros(len(cells), dtype=np.int64)
    found = 0
    for piece in range(int(whole.max()) + 1):
        numbers = np.unique(part[whole == piece])
        for number in numbers[1:]:
            found += 1
            sides[part == number] = found
    if not found:
        raise Refused(msg("the line does not divide the area: it must run from border to border"))
    return sides


def _by_engine(draft: Draft, change: Change) -> Effect:
    """Let the engine divide an area by the bounds of its village."""
    code = change.area
    cells = draft.cells_of(code)
    table = draft.cells.table
    rows = np.flatnonzero((table["ea_code"] == code).to_numpy())
    own = table.iloc[rows].reset_index(drop=True)
    inner = draft.cells.borders["left_cell"].isin(cells) & draft.cells.borders["right_cell"].isin(cells)
    borders = draft.cells.borders[inner].drop(columns="geometry")
    at = draft.cells.buildings["cell_id"].isin(cells)
    small = replace(draft.cells, table=own, buildings=draft.cells.buildings[at].reset_index(drop=True))
    shared = np.zeros(len(own))
    number = {c: i for i, c in enumerate(cells)}
    for side in ("left_cell", "right_cell"):
        np.add.at(shared, [number[c] for c in borders[side]], borders["length_m"].to_numpy())
    outer_m = np.maximum(shapely.length(own.geometry.to_numpy()) - shared, 0.0)
    village, areas = draft.villages[code], draft.settings.areas
    targets = draft.base.territory.villages.set_index("village_code")["target_households"]
    bounds = bounds_of(areas, None if targets.isna()[village] else int(targets[village]))
    people = int(own["households"].fillna(0).sum())
    parts = change.parts or max(2, round(people / bounds.target))
    bounds = _fitting(bounds, people, parts)
    task = pose_village(village, own, borders, outer_m, find_homes(small), bounds,
                        rows=np.arange(len(own)), max_persons=areas.max_persons)  # fmt: skip
    engine = draft.settings.engine
    try:
        found = partition(task.problem, preset=engine.preset, areas=parts, seed=engine.seed, effort=engine.effort)
    except ProblemError as e:
        raise Refused(
            msg(
                "the engine cannot divide area {code} into {parts}: {reason}",
                code=code,
                parts=parts,
                reason=e.faults[0],
            )
        ) from None
    if found.areas < 2:
        raise Refused(msg("the engine cannot divide area {code}: it has {cells} cells", code=code, cells=len(cells)))
    return _effect(draft, code, cells, found.labels)


def _fitting(bounds: Bounds, people: int, parts: int) -> Bounds:
    """Return the bounds of the village where so many parts can keep them, else bounds around equal parts."""
    if bounds.lower * parts <= people <= bounds.upper * parts:
        return bounds
    target = max(1, round(people / parts))
    return Bounds(target * 3 // 4, target, max(target + 1, -(-target * 5 // 4)))


def _effect(draft: Draft, code: str, cells: list[str], label: Ints) -> Effect:
    """Give the parts their codes, from north-west to south-east."""
    table = draft.cells.table
    shapes = table.geometry.to_numpy()[(table["ea_code"] == code).to_numpy()]
    count = int(label.max()) + 1
    areas = np.array([shapely.coverage_union_all(shapes[label == k]) for k in range(count)], dtype=object)
    places = shapely.get_coordinates(shapely.point_on_surface(shapely.normalize(areas)))
    born = draft.next_codes(draft.villages[code], count)
    code_of = dict(zip(map_order(places).tolist(), born, strict=True))
    return Effect(
        cells={c: code_of[int(k)] for c, k in zip(cells, label, strict=True)},
        retired=(code,),
        born=tuple(born),
        columns={c: fresh_columns(draft, c) for c in born},
    )
