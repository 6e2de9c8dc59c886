"""A plan under revision: cells and their areas as they stand after each change, before anything is dissolved again.

A draft is a value; applying an effect gives another. Only cells are kept current, so a hundred changes cost one dissolving, of the areas they touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from areaplan.codes import MAX_AREAS, ea_code
from areaplan.messages import msg
from areaplan.model import AreaPlan, Cells
from areaplan.review.change import Refused
from areaplan.review.effect import Cut, Effect, effect_of
from areaplan.review.pieces import cut_cells, heal_cells
from areaplan.settings import Settings

__all__ = ["Draft", "apply_effect", "draft_of"]


@dataclass(frozen=True)
class Draft:
    """Hold a plan under revision.

    Parameters
    ----------
    base
        The plan that is revised.
    cells
        Its cells as they are now; ``ea_code`` is the truth.
    columns
        Code -> name, lock and special word of every area with ground.
    villages
        Code -> village of every area with ground.
    highest
        Village -> the highest number ever given in it, below 900.
    cuts
        Cells that are cut now, by code, with what puts them together again.
    made
        Vertices that cuts have put on outlines.
    virtual
        Rows of table ``virtual_areas``.
    taken
        Codes that cells have or ever had: a piece never gets one of them.
    touched
        Areas whose cells changed, those that ended included.
    """

    base: AreaPlan
    cells: Cells
    columns: Mapping[str, Mapping[str, str | None]]
    villages: Mapping[str, str]
    highest: Mapping[str, int]
    cuts: Mapping[str, Cut]
    made: frozenset[tuple[float, float]]
    virtual: tuple[Mapping[str, Any], ...]
    taken: frozenset[str]
    touched: frozenset[str] = field(default_factory=frozenset)

    @property
    def settings(self) -> Settings:
        """What the plan is made with."""
        return self.base.settings

    @cached_property
    def code_of(self) -> dict[str, str]:
        """Cell -> area."""
        return dict(zip(self.cells.table["cell_id"], self.cells.table["ea_code"], strict=True))

    def cells_of(self, code: str) -> list[str]:
        """Return the cells of an area, in the order of the table."""
        table = self.cells.table
        return list(table["cell_id"].to_numpy()[(table["ea_code"] == code).to_numpy()])

    def next_codes(self, village: str, count: int) -> list[str]:
        """Return the next codes of a village: behind the highest that it ever had, so none comes back.

        Raises
        ------
        Refused
            When its numbers are used up.
        """
        first = self.highest.get(village, 0) + 1
        if first + count - 1 > MAX_AREAS:
            raise Refused(msg("village {village} has no free numbers left below 900 (R11)", village=village))
        return [ea_code(village, first + i) for i in range(count)]


def draft_of(plan: AreaPlan) -> Draft:
    """Begin to revise a plan; its log says which cells are cut and which numbers were given."""
    areas = plan.areas
    columns = {
        str(c): {"name": n, "locked": k, "special": s}
        for c, n, k, s in zip(areas["ea_code"], areas["name"], areas["locked"], areas["special"], strict=True)
    }
    virtual = plan.tables.get("virtual_areas")
    draft = Draft(
        base=plan,
        cells=plan.cells,
        columns=columns,
        villages=dict(zip(areas["ea_code"], areas["village_code"], strict=True)),
        highest=_highest(plan),
        cuts={},
        made=frozenset(),
        virtual=() if virtual is None else tuple(virtual.to_dict("records")),
        taken=frozenset(plan.cells.table["cell_id"]),
    )
    cuts: dict[str, Cut] = {}
    made: set[tuple[float, float]] = set()
    taken = set(draft.taken)
    for effect in _logged(plan):
        cuts |= {c.cell_id: c for c in effect.cuts}
        taken |= _codes_in(effect)
        made |= set(effect.points)
        for cell in effect.healed:
            del cuts[cell]
    return replace(draft, cuts=cuts, made=frozenset(made), taken=frozenset(taken))


def _codes_in(effect: Effect) -> set[str]:
    return {c.cell_id for c in effect.cuts} | {p.cell_id for c in effect.cuts for p in c.pieces}


def _logged(plan: AreaPlan) -> list[Effect]:
    log = plan.tables.get("revisions")
    return [] if log is None else [effect_of(text) for text in log["change"].dropna()]


def _highest(plan: AreaPlan) -> dict[str, int]:
    """Return the highest number each village ever gave to an area with ground: now, in the correspondence, or in the log."""
    codes = {(v, c) for v, c in zip(plan.areas["village_code"], plan.areas["ea_code"], strict=True)}
    villages = list(plan.territory.villages["village_code"])
    past = plan.tables.get("correspondence")
    old = set() if past is None else {c for name in ("old_ea", "new_ea") for c in past[name].dropna()}
    old |= {c for effect in _logged(plan) for c in (*effect.retired, *effect.born)}
    codes |= {(v, c) for c in old for v in villages if c.startswith(v) and len(c) == len(v) + 3}
    out: dict[str, int] = {}
    for village, code in codes:
        number = int(code[-3:]) if code[-3:].isdecimal() else 0
        if number <= MAX_AREAS:
            out[village] = max(out.get(village, 0), number)
    return out


def apply_effect(draft: Draft, effect: Effect) -> Draft:
    """Return the draft after one effect; the same effect on the same draft gives the same bits."""
    before = draft.cells.table
    cells, changed = draft.cells, set[str]()
    if effect.cuts or effect.points:
        cells, changed = cut_cells(cells, effect.cuts, effect.points, draft.settings)
    made = draft.made | set(effect.points)
    touched = _areas_of(before, {c.cell_id for c in effect.cuts} | set(effect.cells))
    cells = _assigned(cells, effect.cells)
    cuts = {**draft.cuts, **{c.cell_id: c for c in effect.cuts}}
    if effect.healed:
        cells, more = heal_cells(cells, [cuts.pop(c) for c in effect.healed], made, draft.settings)
        changed |= more
    touched |= _areas_of(cells.table, changed) | set(effect.cells.values())
    columns = _columns_after(draft, effect)
    villages = _villages_after(draft, effect, cells)
    return replace(
        draft,
        cells=cells,
        columns=columns,
        villages=villages,
        highest=_highest_after(draft, effect, villages),
        cuts=cuts,
        made=made,
        virtual=(*draft.virtual, *effect.virtual),
        taken=draft.taken | _codes_in(effect),
        touched=draft.touched | touched | set(effect.retired),
    )


def _areas_of(table: pd.DataFrame, cells: set[str]) -> set[str]:
    return set(table["ea_code"].to_numpy()[table["cell_id"].isin(cells).to_numpy()]) if cells else set()


def _assigned(cells: Cells, code_of: Mapping[str, str]) -> Cells:
    if not code_of:
        return cells
    rows = np.flatnonzero(cells.table["cell_id"].isin(list(code_of)).to_numpy())
    codes = np.array(cells.table["ea_code"].to_numpy(), dtype=object)
    codes[rows] = [code_of[c] for c in cells.table["cell_id"].to_numpy()[rows]]
    return replace(cells, table=cells.table.assign(ea_code=pd.Series(codes, dtype=object)))


def _columns_after(draft: Draft, effect: Effect) -> dict[str, Mapping[str, str | None]]:
    columns = {code: c for code, c in draft.columns.items() if code not in effect.retired}
    blank: dict[str, str | None] = {"name": None, "locked": None, "special": None}
    for code, values in effect.columns.items():
        columns[code] = {**columns.get(code, blank), **values}
    return columns


def _villages_after(draft: Draft, effect: Effect, cells: Cells) -> dict[str, str]:
    villages = {code: v for code, v in draft.villages.items() if code not in effect.retired}
    for code in effect.born:
        row = int(np.argmax((cells.table["ea_code"] == code).to_numpy()))
        villages[code] = str(cells.table["village_code"].iloc[row])
    return villages


def _highest_after(draft: Draft, effect: Effect, villages: Mapping[str, str]) -> dict[str, int]:
    highest = dict(draft.highest)
    for code in effect.born:
        village = villages[code]
        highest[village] = max(highest.get(village, 0), int(code[-3:]))
    return highest
