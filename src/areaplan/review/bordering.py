"""A border drawn anew along a line, and which cells a line parts."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.messages import msg
from areaplan.review.change import Change, Refused
from areaplan.review.demands import pieces_of, require_area, require_neighbours, require_same_village
from areaplan.review.draft import Draft
from areaplan.review.effect import Effect
from areaplan.review.moving import divided, with_pieces

__all__ = ["along", "border"]

_ON_M = 0.001


def border(draft: Draft, change: Change) -> Effect:
    """Draw the border of two areas along a line: what the line cuts off one area on the other's side goes over.

    Raises
    ------
    Refused
        As :func:`areaplan.review.resolve.resolve`.
    """
    a, b, line = change.area, change.to, change.shape
    for code in (a, b):
        require_area(draft, code)
    if a == b:
        raise Refused(msg("it takes two areas to have a border"))
    require_same_village(draft, (a, b))
    require_neighbours(draft, a, b)
    if line is None or shapely.get_dimensions(line) != 1:
        raise Refused(msg("no line is drawn"))
    after, division = divided(draft, {*draft.cells_of(a), *draft.cells_of(b)}, line)
    parted = along(after, division.line)
    given = {cell: to for giver, to in ((a, b), (b, a)) for cell in _cut_off(after, giver, to, parted)}
    if not given:
        raise Refused(msg("the line cuts nothing off areas {a} and {b}: it must run from border to border", a=a, b=b))
    return Effect(cuts=division.cuts, points=division.points, cells=with_pieces(draft, division, given))


def along(draft: Draft, line: BaseGeometry) -> set[tuple[str, str]]:
    """Return the pairs of cells whose whole common border runs along a line."""
    borders = draft.cells.borders
    near = shapely.dwithin(borders.geometry.to_numpy(), line, _ON_M)
    pairs = list(zip(borders["left_cell"], borders["right_cell"], strict=True))
    asked = {pairs[i] for i in np.flatnonzero(near)}
    strip = shapely.buffer(line, _ON_M)
    free = dict.fromkeys(asked, 0.0)
    for i, pair in enumerate(pairs):
        if pair in asked:
            shape = borders.geometry.iloc[i]
            free[pair] += float((shapely.difference(shape, strip) if near[i] else shape).length)
    return {pair for pair, metres in free.items() if metres < 10 * _ON_M}


def _cut_off(draft: Draft, giver: str, to: str, parted: set[tuple[str, str]]) -> list[str]:
    """Return the cells of ``giver`` that the line parts from the rest of it on the side of ``to``.

    Of the parts of what hung together those that touch ``to`` go; where all do, the largest stays.
    """
    cells = draft.cells_of(giver)
    whole, part = pieces_of(draft, cells), pieces_of(draft, cells, without=parted)
    m2 = np.bincount(part, weights=_square_metres(draft, cells))
    going: set[int] = set()
    for piece in range(int(whole.max()) + 1):
        parts = sorted({int(p) for p in part[whole == piece]}, key=lambda p: -m2[p])
        touching = [p for p in parts if _touches(draft, [c for c, q in zip(cells, part, strict=True) if q == p], to)]
        going |= set(touching if len(touching) < len(parts) else touching[1:])
    return [c for c, p in zip(cells, part, strict=True) if p in going]


def _square_metres(draft: Draft, cells: list[str]) -> np.ndarray:
    table = draft.cells.table
    rows = table["cell_id"].isin(cells).to_numpy()
    return np.asarray(shapely.area(table.geometry.to_numpy()[rows]))


def _touches(draft: Draft, cells: list[str], other: str) -> bool:
    borders, own, theirs = draft.cells.borders, set(cells), set(draft.cells_of(other))
    one = borders["left_cell"].isin(own) & borders["right_cell"].isin(theirs)
    return bool((one | borders["left_cell"].isin(theirs) & borders["right_cell"].isin(own)).any())
