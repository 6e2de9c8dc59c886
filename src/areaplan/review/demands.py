"""What must hold for a change to be made; whatever does not is said in one sentence and refuses that change alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from areaplan.linework.edges import Ints
from areaplan.messages import msg
from areaplan.review.change import Refused
from areaplan.review.draft import Draft

__all__ = [
    "pieces_of",
    "require_area",
    "require_neighbours",
    "require_same_village",
    "require_unlocked",
    "require_whole",
    "strays",
]


def require_area(draft: Draft, code: str) -> None:
    """Refuse a code that no area with ground has."""
    if code in draft.villages:
        return
    if not code:
        raise Refused(msg("no area is named"))
    if code in {row["ea_code"] for row in draft.virtual}:
        raise Refused(msg("area {code} is virtual and has no ground", code=code))
    raise Refused(msg("the plan has no area {code}", code=code))


def require_same_village(draft: Draft, codes: Iterable[str]) -> None:
    """Refuse what would cross a village's border (R06)."""
    villages = sorted({draft.villages[c] for c in codes})
    if len(villages) > 1:
        raise Refused(
            msg("the areas lie in villages {villages}; borders of villages are settled by the villages, not here (R06)",
                villages=", ".join(villages))
        )  # fmt: skip


def require_unlocked(draft: Draft, codes: Iterable[str], *, people: bool) -> None:
    """Refuse to change the borders of areas whose borders are locked, or, where ``people`` move, whose counts are (R19)."""
    for code in codes:
        lock = draft.columns[code]["locked"]
        if lock in ("borders", "both") or (people and lock == "counts"):
            what = msg("counts") if lock == "counts" else msg("borders")
            raise Refused(
                msg(
                    "the {what} of area {code} are locked (R19); unlock it first, with the written approval",
                    what=what,
                    code=code,
                )
            )


def require_neighbours(draft: Draft, code: str, other: str) -> None:
    """Refuse two areas that share no border."""
    ends = _ends(draft, {code, other})
    if not {(code, other), (other, code)} & ends:
        raise Refused(msg("areas {code} and {other} share no border", code=code, other=other))


def _ends(draft: Draft, codes: Collection[str]) -> set[tuple[str, str]]:
    left = draft.cells.borders["left_cell"].map(draft.code_of)
    right = draft.cells.borders["right_cell"].map(draft.code_of)
    both = left.isin(codes) & right.isin(codes)
    return set(zip(left[both], right[both], strict=True))


def require_whole(before: Draft, after: Draft, codes: Iterable[str]) -> None:
    """Refuse what leaves an area without ground, or in more pieces than it had within one piece of its village (R05)."""
    for code in sorted(set(codes)):
        cells = after.cells_of(code)
        if not cells:
            raise Refused(msg("area {code} would have no ground left; join it with another instead", code=code))
        had = len(strays(before, code)) if code in before.villages else 0
        if len(strays(after, code)) > had:
            raise Refused(msg("area {code} would fall into pieces that no border connects (R05)", code=code))


def strays(draft: Draft, code: str) -> list[list[str]]:
    """Return the pieces of an area beside the largest, for every piece of the village that it has ground in."""
    cells = draft.cells_of(code)
    own = pieces_of(draft, cells)
    if own.max(initial=0) == 0:
        return []
    table = draft.cells.table
    village = table["village_code"].iloc[int(np.argmax((table["cell_id"] == cells[0]).to_numpy()))]
    every = list(table["cell_id"][table["village_code"] == village])
    ground = dict(zip(every, pieces_of(draft, every).tolist(), strict=True))
    by_ground: dict[int, list[list[str]]] = {}
    for piece in range(int(own.max()) + 1):
        members = [c for c, p in zip(cells, own, strict=True) if p == piece]
        by_ground.setdefault(ground[members[0]], []).append(members)
    return [p for group in by_ground.values() for p in sorted(group, key=len, reverse=True)[1:]]


def pieces_of(draft: Draft, cells: list[str], *, without: Collection[tuple[str, str]] = ()) -> Ints:
    """Return the connected piece of each cell, by borders of positive length; ``without`` names pairs that do not connect."""
    number = {c: i for i, c in enumerate(cells)}
    pairs = _pairs(draft.cells.borders, number)
    cut = {tuple(sorted((number[a], number[b]))) for a, b in without if a in number and b in number}
    kept = np.array([p for p in pairs if tuple(sorted(p)) not in cut], dtype=np.int64).reshape(-1, 2)
    links = coo_array((np.ones(len(kept)), (kept[:, 0], kept[:, 1])), shape=(len(cells), len(cells)))
    return connected_components(links, directed=False)[1].astype(np.int64)


def _pairs(borders: pd.DataFrame, number: Mapping[str, int]) -> list[tuple[int, int]]:
    inside = (borders["left_cell"].isin(list(number)) & borders["right_cell"].isin(list(number))).to_numpy()
    rows = zip(borders["left_cell"].to_numpy()[inside], borders["right_cell"].to_numpy()[inside], strict=True)
    return [(number[a], number[b]) for a, b in rows]
