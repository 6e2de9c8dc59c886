"""Say of every area out of the bounds why it is."""

from __future__ import annotations

import numpy as np

from areaplan.partition import kernels as at
from areaplan.partition.graphs import parts_of
from areaplan.partition.kernels import Graph, Ints
from areaplan.partition.numbers import Bounds
from areaplan.partition.result import Cause, CauseKind

__all__ = ["explain"]


def explain(
    g: Graph, label: Ints, bounds: Bounds, *, asked: bool = False, proved: frozenset[int] = frozenset()
) -> tuple[Cause, ...]:
    """Return one cause per area out of the bounds.

    Parameters
    ----------
    g, label, bounds
        The division of the whole problem.
    asked
        True where the caller gave the number of areas.
    proved
        First cells of the connected parts of which it is proved that no division is inside the bounds.
    """
    if not len(label):
        return ()
    areas = int(label.max()) + 1
    households = np.bincount(label, weights=g.sums[:, at.HOUSEHOLDS], minlength=areas).astype(np.int64)
    persons = np.bincount(label, weights=g.sums[:, at.PERSONS], minlength=areas).astype(np.int64)
    wrong = np.flatnonzero(bounds.outside(households, persons))
    if not len(wrong):
        return ()
    whole, rest = _part_of_cell(g), None
    big = g.sums[:, at.HOUSEHOLDS] > bounds.upper
    if bounds.max_persons is not None:
        big |= g.sums[:, at.PERSONS] > bounds.max_persons
    found = []
    for area in wrong:
        cells = np.flatnonzero(label == area)
        figures: dict[str, int | float] = {"households": int(households[area])}
        if bounds.max_persons is not None:
            figures["persons"] = int(persons[area])
        if big[cells].any():
            cell = int(cells[np.argmax(g.sums[cells, at.HOUSEHOLDS])])
            figures |= {"cell": cell, "cell_households": int(g.sums[cell, at.HOUSEHOLDS])}
            found.append(Cause(CauseKind.CELL_ABOVE_MAXIMUM, int(area), figures))
            continue
        part = whole[cells[0]]
        kind = _part_kind(g, part, bounds, figures)
        if kind is None and big[part].any():
            if rest is None:
                rest = _part_of_cell(g, ~big)
            if _part_kind(g, rest[cells[0]], bounds, dict(figures)) is not None:
                _part_kind(g, rest[cells[0]], bounds, figures)
                kind = CauseKind.CUT_OFF
        if kind is None and asked:
            kind = CauseKind.GIVEN_NUMBER
            figures["asked"] = areas
        if kind is None:
            kind = CauseKind.PROVED_IMPOSSIBLE if int(part[0]) in proved else CauseKind.NONE_FOUND
            figures |= {"cells": len(part), "large": int(big[part].sum())}
        found.append(Cause(kind, int(area), figures))
    return tuple(found)


def _part_of_cell(g: Graph, chosen: np.ndarray | None = None) -> dict[int, Ints]:
    return {int(u): cells for cells in parts_of(g, chosen) for u in cells}


def _part_kind(g: Graph, part: Ints, bounds: Bounds, figures: dict[str, int | float]) -> CauseKind | None:
    """Return the cause that plain arithmetic gives for a connected part, and write its figures."""
    total, persons = int(g.sums[part, at.HOUSEHOLDS].sum()), int(g.sums[part, at.PERSONS].sum())
    figures["part"] = total
    if total < bounds.lower:
        return CauseKind.PART_TOO_SMALL
    if not bounds.fitting(total, persons):
        fewer = total // bounds.upper
        figures |= {"fewer": max(1, fewer), "more": fewer + 1}
        return CauseKind.NO_NUMBER_FITS
    return None
