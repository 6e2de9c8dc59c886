"""Propose an owner for every place in question: the village with the longest border.

1. A place takes the village whose settled ground borders it longest; an overlap only one of those that hold it.
2. Places that touch no settled ground wait until a neighbour is settled; what touches none at all goes to the nearest of those that hold it.
3. What is more than half of all that a village holds stays with that village; where that is true of two, nothing is proposed.
4. A wide gap without buildings is proposed as nobody's: a lake, or foreign ground.

Ties go to the lower code.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely

from areaplan.linework.edges import Floats, Ints
from areaplan.repair.ground import Ground
from areaplan.repair.places import Spots
from areaplan.settings import RepairSettings

__all__ = ["NOBODY_ROW", "NO_PROPOSAL", "propose"]

NOBODY_ROW, WAITING, NO_PROPOSAL = -1, -2, -3


def propose(ground: Ground, spots: Spots, villages: int, settings: RepairSettings, fixed: Mapping[int, int]) -> Ints:
    """Return the village (row, :data:`NOBODY_ROW` or :data:`NO_PROPOSAL`) of each spot.

    Parameters
    ----------
    ground, spots
        The faces and what is in question.
    villages
        How many there are; their rows are in the order of their codes.
    settings
        Says from which width a gap is nobody's.
    fixed
        Spots that a person decided.
    """
    to = np.full(len(spots), WAITING, dtype=np.int64)
    to[spots.declared] = NOBODY_ROW
    gap = np.array([not h for h in spots.holders], dtype=bool)
    unbuilt = np.array([spots.built(s) == 0 for s in range(len(spots))], dtype=bool)
    to[gap & unbuilt & (spots.width_m >= settings.outside_m)] = NOBODY_ROW
    for spot, row in _more_than_half(ground, spots, villages).items():
        to[spot] = row
    for spot, row in fixed.items():
        to[spot] = row
    label = np.array([h[0] if len(h) == 1 else WAITING for h in ground.holders], dtype=np.int64)
    allowed = _allowed(spots, villages)
    while True:
        asked = spots.of_face >= 0
        label[asked] = to[spots.of_face[asked]]
        found = _longest(ground, spots, label, villages, allowed)
        if not found:
            break
        for spot, row in found.items():
            to[spot] = row
    for spot in np.flatnonzero(to == WAITING).tolist():
        to[spot] = _nearest(ground, spots, spot)
    return to


def _more_than_half(ground: Ground, spots: Spots, villages: int) -> dict[int, int]:
    """Return the spots that are more than half of a village: they stay with it."""
    whole = np.zeros(villages, dtype=object)
    np.add.at(whole, ground.holder, ground.units[ground.held_face])
    out: dict[int, int] = {}
    for spot, holders in enumerate(spots.holders):
        units = ground.sum(spots.faces[spot])
        bound = [h for h in holders if 2 * units > whole[h]]
        if bound:
            out[spot] = bound[0] if len(bound) == 1 else NO_PROPOSAL
    return out


def _allowed(spots: Spots, villages: int) -> Ints:
    """Return the sorted keys (spot, village) of those that may get an overlap."""
    keys = [s * villages + h for s, holders in enumerate(spots.holders) for h in holders]
    return np.array(sorted(keys), dtype=np.int64)


def _longest(ground: Ground, spots: Spots, label: Ints, villages: int, allowed: Ints) -> dict[int, int]:
    """Return for each waiting spot on settled ground the village with the longest border."""
    here = np.concatenate([ground.left, ground.right])
    there = np.concatenate([ground.right, ground.left])
    metres: Floats = np.concatenate([ground.length, ground.length])
    use = (label[here] == WAITING) & (label[there] >= 0)
    spot, village, metres = spots.of_face[here[use]], label[there[use]], metres[use]
    keys, number = np.unique(spot * villages + village, return_inverse=True)
    totals = np.bincount(number, weights=metres, minlength=len(keys))
    spot, village = keys // villages, keys % villages
    gap = np.array([not spots.holders[s] for s in spot.tolist()], dtype=bool)
    fit = gap | np.isin(keys, allowed)
    spot, village, totals = spot[fit], village[fit], totals[fit]
    order = np.lexsort((village, -totals, spot))
    first = order[np.unique(spot[order], return_index=True)[1]]
    return dict(zip(spot[first].tolist(), village[first].tolist(), strict=True))


def _nearest(ground: Ground, spots: Spots, spot: int) -> int:
    """Return the holder whose undisputed ground is nearest, for a place that touches none."""
    holders = spots.holders[spot]
    if not holders:
        return NOBODY_ROW
    own = {h: [f for f, held in enumerate(ground.holders) if held == (h,)] for h in holders}
    away = {h: float(shapely.distance(ground.faces[own[h]], spots.geometry[spot]).min()) for h in holders if own[h]}
    return min(away, key=lambda h: (away[h], h)) if away else NO_PROPOSAL
