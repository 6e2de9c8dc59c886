"""Ground that changes hands: given by cells, buildings, a block or a polygon; areas joined."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.codes import area_name, ea_number
from areaplan.messages import msg
from areaplan.review.change import Change, Refused
from areaplan.review.cutting import Division, divide_cells
from areaplan.review.demands import pieces_of, require_area, require_neighbours, require_same_village
from areaplan.review.draft import Draft, apply_effect
from areaplan.review.effect import Effect

__all__ = ["LEAD_M", "divided", "fresh_columns", "merge", "move", "with_pieces"]

LEAD_M = 0.5
"""How far a drawn line is led onto what is there, metres: half the drawing tolerance at 1:2,000."""


def move(draft: Draft, change: Change) -> Effect:
    """Give ground of one area (or of any) to another.

    Raises
    ------
    Refused
        As :func:`areaplan.review.resolve.resolve`.
    """
    require_area(draft, change.to)
    if change.area:
        require_area(draft, change.area)
        require_same_village(draft, (change.area, change.to))
    if change.shape is not None and shapely.get_dimensions(change.shape) == 2:
        return _ground(draft, change, change.shape)
    cells = _named_cells(draft, change)
    for cell in cells:
        require_same_village(draft, (draft.code_of[cell], change.to))
    moving = [c for c in cells if draft.code_of[c] != change.to]
    if not moving:
        raise Refused(msg("area {code} holds all of it already", code=change.to))
    return Effect(cells=dict.fromkeys(moving, change.to))


def _named_cells(draft: Draft, change: Change) -> list[str]:
    """Return the cells that are meant, each once, in the order of the table."""
    cells = {*change.cells, *_cells_of_buildings(draft, change.buildings), *_under_points(draft, change.shape)}
    if change.block:
        cells |= _block(draft, change.block)
    unknown = sorted(cells - set(draft.code_of))
    if unknown:
        raise Refused(msg("the plan has no cell {cells}", cells=", ".join(unknown[:5])))
    strange = sorted(c for c in cells if change.area and draft.code_of[c] not in (change.area, change.to))
    if strange:
        raise Refused(
            msg(
                "cell {cell} belongs to area {code}, not to {area}",
                cell=strange[0],
                code=draft.code_of[strange[0]],
                area=change.area,
            )
        )
    if not cells:
        raise Refused(msg("neither cells, buildings, a block nor a drawn shape say what is given"))
    return [c for c in draft.code_of if c in cells]


def _cells_of_buildings(draft: Draft, buildings: Iterable[str]) -> set[str]:
    wanted, table = set(buildings), draft.cells.buildings
    rows = table[table["building_id"].isin(wanted)]
    unknown = sorted(wanted - set(rows["building_id"]))
    if unknown:
        raise Refused(msg("the plan has no building {buildings}", buildings=", ".join(unknown[:5])))
    homeless = rows["building_id"][rows["cell_id"].isna()]
    if len(homeless):
        raise Refused(msg("building {building} lies in no area", building=homeless.iloc[0]))
    slices = draft.cells.table["cell_id"][draft.cells.table["building_id"].isin(wanted)]
    return {*rows["cell_id"], *slices}


def _under_points(draft: Draft, shape: BaseGeometry | None) -> set[str]:
    if shape is None or shapely.get_dimensions(shape) != 0:
        return set()
    rows = shapely.STRtree(draft.cells.table.geometry.to_numpy()).query(
        shapely.get_parts(shape), predicate="intersects"
    )[1]
    if not len(rows):
        raise Refused(msg("the drawn point lies in no area"))
    return set(draft.cells.table["cell_id"].to_numpy()[rows])


def _block(draft: Draft, cell: str) -> set[str]:
    """Return the cells of one area around ``cell`` that no visible line parts from it."""
    if cell not in draft.code_of:
        raise Refused(msg("the plan has no cell {cells}", cells=cell))
    cells = draft.cells_of(draft.code_of[cell])
    borders = draft.cells.borders
    seen = borders[borders["kind"] != "none"]
    open_ = set(
        map(frozenset, zip(*(borders[borders["kind"] == "none"][c] for c in ("left_cell", "right_cell")), strict=True))
    )
    parted = [
        (a, b) for a, b in zip(seen["left_cell"], seen["right_cell"], strict=True) if frozenset((a, b)) not in open_
    ]
    piece = pieces_of(draft, cells, without=parted)
    own = piece[cells.index(cell)]
    return {c for c, p in zip(cells, piece, strict=True) if p == own}


def _ground(draft: Draft, change: Change, ground: BaseGeometry) -> Effect:
    """Give what of an area (of any area of the village, where none is named) lies under a polygon."""
    if not shapely.is_valid(ground):
        raise Refused(msg("the drawn polygon crosses itself"))
    village = draft.villages[change.to]
    table = draft.cells.table
    givers = [change.area] if change.area else [c for c, v in draft.villages.items() if v == village and c != change.to]
    among = set(table["cell_id"][table["ea_code"].isin(givers)])
    after, division = divided(draft, among, shapely.boundary(ground))
    inside = _inside(after, among, division, ground)
    if not inside:
        raise Refused(msg("no ground of area {code} lies under the drawn polygon", code=change.area or "-"))
    return Effect(
        cuts=division.cuts,
        points=division.points,
        cells=with_pieces(draft, division, dict.fromkeys(inside, change.to)),
    )


def divided(draft: Draft, among: set[str], line: BaseGeometry) -> tuple[Draft, Division]:
    """Cut cells along a line; return the draft with the pieces, still in the areas of their cells."""
    division = divide_cells(draft.cells, among, line, taken=draft.taken, tolerance_m=LEAD_M)
    return apply_effect(draft, Effect(cuts=division.cuts, points=division.points)), division


def _inside(draft: Draft, among: set[str], division: Division, ground: BaseGeometry) -> list[str]:
    """Return the cells and pieces that lie under a polygon for more than half."""
    names = among | {p.cell_id for c in division.cuts for p in c.pieces}
    table = draft.cells.table
    rows = np.flatnonzero(table["cell_id"].isin(names).to_numpy())
    shapes = table.geometry.to_numpy()[rows]
    rows = rows[shapely.intersects(shapes, ground)]
    shapes = table.geometry.to_numpy()[rows]
    share = shapely.area(shapely.intersection(shapes, ground)) / shapely.area(shapes)
    return list(table["cell_id"].to_numpy()[rows[share > 0.5]])


def with_pieces(draft: Draft, division: Division, given: dict[str, str]) -> dict[str, str]:
    """Name every piece of a cut cell, those that stay too, so that the log says where each went."""
    stays = {p.cell_id: draft.code_of[c.cell_id] for c in division.cuts for p in c.pieces}
    return {**stays, **given}


def merge(draft: Draft, change: Change) -> Effect:
    """Join areas to one, under the next free code; the old codes end.

    Raises
    ------
    Refused
        As :func:`areaplan.review.resolve.resolve`.
    """
    codes = tuple(dict.fromkeys((*change.areas, *([change.to] if change.to else []))))
    for code in codes:
        require_area(draft, code)
    if len(codes) < 2:
        raise Refused(msg("it takes two areas to join"))
    require_same_village(draft, codes)
    cells = [c for c, code in draft.code_of.items() if code in codes]
    if pieces_of(draft, cells).max(initial=0) > max(pieces_of(draft, draft.cells_of(c)).max(initial=0) for c in codes):
        for code in codes[1:]:
            require_neighbours(draft, codes[0], code)
    (born,) = draft.next_codes(draft.villages[codes[0]], 1)
    return Effect(
        cells=dict.fromkeys(cells, born), retired=codes, born=(born,), columns={born: fresh_columns(draft, born)}
    )


def fresh_columns(draft: Draft, code: str) -> dict[str, str | None]:
    """Return the columns of an area that has just begun."""
    return {"name": area_name(ea_number(code), draft.settings.output.lang), "locked": None, "special": None}
