"""How the households of a building too big for one area are shared among its parts (rule C16): numbers and names, no geometry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from areaplan.codes import UNNAMED_PART
from areaplan.households import largest_remainder
from areaplan.messages import Message, msg

__all__ = ["Share", "Size", "shares_of"]


@dataclass(frozen=True)
class Size:
    """Hold how many households an area should have, and how many at most."""

    target: int
    most: int


@dataclass(frozen=True)
class Share:
    """Hold the households of one part, and what it is called on paper."""

    households: int
    label: Message


@dataclass(frozen=True)
class _Run:
    """Hold neighbouring entrances (or floors) ``first`` to ``last`` and their households."""

    first: int
    last: int
    households: int


def shares_of(households: int, size: Size, *, entrances: int = 0, floors: int = 0) -> list[Share]:
    """Share a building by whole entrances; an entrance too big for an area by floors; what is not known by equal counts.

    Parameters
    ----------
    households
        Of the building, more than ``size.most``.
    size
        What an area holds.
    entrances, floors
        0 where unknown.

    Notes
    -----
    Households are taken to live evenly in the entrances and floors, in whole dwellings: nobody counted them by door yet. Parts are as few
    as the maximum allows, and then as near to the target as that leaves room.

    Examples
    --------
    >>> [(s.households, str(s.label)) for s in shares_of(105, Size(80, 88), entrances=5)]
    [(63, 'entrances 1–3 of 5'), (42, 'entrances 4–5 of 5')]
    >>> [str(s.label) for s in shares_of(105, Size(80, 88))][0]
    'part 1 of 2: entrances to be written on the ground'
    """
    if entrances > 1:
        runs = _runs(households, entrances, size)
        if runs:
            return [Share(r.households, _entrances(r, entrances)) for r in runs]
        doors = enumerate(_evenly(households, entrances), 1)
        return [share for e, n in doors for share in _of_entrance(n, e, entrances, floors, size)]
    if floors > 1 and (runs := _runs(households, floors, size)):
        return [Share(r.households, _floors(r, floors)) for r in runs]
    counts = _evenly(households, _fewest(households, size))
    return [
        Share(n, msg("part {part} of {parts}: {what}", part=k, parts=len(counts), what=UNNAMED_PART[0]))
        for k, n in enumerate(counts, 1)
    ]


def _of_entrance(households: int, entrance: int, entrances: int, floors: int, size: Size) -> list[Share]:
    """Share one entrance: whole where it fits an area, else by floors."""
    door = msg("entrance {entrance} of {entrances}", entrance=entrance, entrances=entrances)
    if households <= size.most:
        return [Share(households, door)]
    if floors > 1 and (runs := _runs(households, floors, size)):
        return [
            Share(r.households, msg("{entrance}, {floors}", entrance=door, floors=_floors(r, floors))) for r in runs
        ]
    counts = _evenly(households, _fewest(households, size))
    return [
        Share(n, msg("{entrance}, part {part} of {parts}: {what}", entrance=door, part=k, parts=len(counts), what=UNNAMED_PART[1]))
        for k, n in enumerate(counts, 1)
    ]  # fmt: skip


def _fewest(households: int, size: Size) -> int:
    return max(2, -(-households // size.most), round(households / size.target))


def _runs(households: int, units: int, size: Size) -> list[_Run]:
    """Return runs of whole units, as few as fit; none where a single unit is too big."""
    each = _evenly(households, units)
    for parts in range(_fewest(households, size), units + 1):
        last = np.cumsum(_evenly(units, parts))
        first = np.concatenate([[0], last[:-1]])
        runs = [_Run(int(a) + 1, int(b), sum(each[a:b])) for a, b in zip(first, last, strict=True)]
        if all(r.households <= size.most for r in runs):
            return runs
    return []


def _evenly(total: int, parts: int) -> list[int]:
    return [int(n) for n in largest_remainder(np.ones(parts), total)]


def _entrances(run: _Run, entrances: int) -> Message:
    if run.first == run.last:
        return msg("entrance {entrance} of {entrances}", entrance=run.first, entrances=entrances)
    return msg("entrances {first}–{last} of {entrances}", first=run.first, last=run.last, entrances=entrances)


def _floors(run: _Run, floors: int) -> Message:
    if run.first == run.last:
        return msg("floor {floor} of {floors}", floor=run.first, floors=floors)
    return msg("floors {first}–{last} of {floors}", first=run.first, last=run.last, floors=floors)
