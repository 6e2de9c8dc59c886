"""What a change does to a plan, in full: enough to do it again without working anything out.

The log of a plan holds effects, not only wishes, so that replaying it gives the same plan to the bit whatever a later engine or geometry library would
have made of the wish.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from areaplan.review.change import Change

__all__ = ["Cut", "Effect", "Piece", "effect_of", "log_text"]


@dataclass(frozen=True)
class Piece:
    """Hold a piece of a cell that was cut."""

    cell_id: str
    wkb: str
    households: int | None
    persons: int | None


@dataclass(frozen=True)
class Cut:
    """Hold a cell that was cut: its own row, as it was, and its pieces.

    Parameters
    ----------
    cell_id
        Its code.
    row
        Its values in layer ``cells`` beside the codes; its geometry as hexadecimal WKB under ``wkb``.
    pieces
        What it fell into.
    buildings
        Building -> piece of the buildings that stand in it.
    """

    cell_id: str
    row: Mapping[str, Any]
    pieces: tuple[Piece, ...]
    buildings: Mapping[str, str]


@dataclass(frozen=True)
class Effect:
    """Hold what a change does.

    Parameters
    ----------
    cuts
        Cells that are cut first.
    points
        Vertices that the cuts put on the outlines of neighbours, (x, y).
    cells
        Cell -> code of its area from now on.
    healed
        Cells that were cut earlier and whose pieces are together again.
    retired, born
        Codes that end, and codes that begin.
    columns
        Code -> columns of layer ``areas`` that are set.
    virtual
        Rows added to table ``virtual_areas``.
    """

    cuts: tuple[Cut, ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)
    healed: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    born: tuple[str, ...] = ()
    columns: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    virtual: tuple[Mapping[str, Any], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; numbers keep every bit."""
        cuts = [
            {"cell_id": c.cell_id, "row": dict(c.row), "buildings": dict(c.buildings),
             "pieces": [[p.cell_id, p.wkb, p.households, p.persons] for p in c.pieces]}
            for c in self.cuts
        ]  # fmt: skip
        every: dict[str, Any] = {
            "cuts": cuts,
            "points": [list(p) for p in self.points],
            "cells": dict(self.cells),
            "healed": list(self.healed),
            "retired": list(self.retired),
            "born": list(self.born),
            "columns": {k: dict(v) for k, v in self.columns.items()},
            "virtual": [dict(v) for v in self.virtual],
        }
        return {k: v for k, v in every.items() if v}


def log_text(change: Change, effect: Effect) -> str:
    """Return column ``change`` of table ``revisions``: what was asked, and what it did."""
    said = {"asked": change.as_dict(), "effect": effect.as_dict()}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def effect_of(text: str) -> Effect:
    """Read the effect back from the log.

    Raises
    ------
    ValueError
        When the text is no entry of a log.
    """
    try:
        told = json.loads(text)["effect"]
        cuts = tuple(
            Cut(c["cell_id"], c["row"], tuple(Piece(*p) for p in c["pieces"]), c["buildings"])
            for c in told.get("cuts", ())
        )
        return Effect(
            cuts=cuts,
            points=tuple((float(x), float(y)) for x, y in told.get("points", ())),
            cells=told.get("cells", {}),
            healed=tuple(told.get("healed", ())),
            retired=tuple(told.get("retired", ())),
            born=tuple(told.get("born", ())),
            columns=told.get("columns", {}),
            virtual=tuple(told.get("virtual", ())),
        )
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as e:
        raise ValueError(f"no entry of a log: {e!r}") from e
