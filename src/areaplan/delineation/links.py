"""Which parts of a village are linked although nobody walks between them: across water, and over a barrier.

L1. Ground that touches, with a border that can be crossed, is one walk. Walks behind barriers (R14) stay apart where their people fit a
    number of areas; the bounds come before barriers, so a walk they do not fit is linked to the one it shares most border with.
L2. Parts of a village that do not touch stay apart where they have people enough for an area; others are linked to the nearest (R05).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

__all__ = ["Crossing", "links_across", "links_over_barriers", "parts_by"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Crossing:
    """Hold a link over a barrier: the cell on either side, and the households of the side that is too small to be divided by itself."""

    cells: tuple[int, int]
    households: int


def parts_by(n: int, edges: Ints, households: Ints) -> Ints:
    """Return the part of each cell that ``edges`` connect; parts are numbered from the most populous down."""
    links = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(n, n))
    count, label = connected_components(links, directed=False)
    people = np.bincount(label, weights=households, minlength=count)
    rank = np.empty(count, dtype=np.int64)
    rank[np.lexsort((np.arange(count), -people))] = np.arange(count)
    return rank[label]


def links_over_barriers(
    walks: Ints, borders: Ints, length: Floats, households: Ints, bounds: tuple[int, int]
) -> tuple[Crossing, ...]:
    """Link every walk whose people no number of areas fits to the walk it shares most barrier with (L1), the smallest first.

    Parameters
    ----------
    walks
        (n,) the walk of each cell.
    borders, length
        (q, 2) pairs of cells either side of a barrier, and the metres of it.
    households
        (n,) of each cell.
    bounds
        Fewest and most households of an area.

    Examples
    --------
    >>> one_river = np.array([[1, 2]]), np.array([50.0])
    >>> links_over_barriers(np.array([0, 0, 1, 1]), *one_river, np.array([80, 80, 20, 10]), (60, 100))
    (Crossing(cells=(2, 1), households=30),)
    >>> links_over_barriers(np.array([0, 0, 1, 1]), *one_river, np.array([80, 80, 40, 40]), (60, 100))
    ()
    """
    group = walks.copy()
    people = dict(enumerate(np.bincount(walks, weights=households).astype(int).tolist()))
    stuck: set[int] = set()
    found: list[Crossing] = []
    while True:
        odd = [g for g, h in people.items() if g not in stuck and not _fits(h, *bounds)]
        if not odd:
            return tuple(found)
        small = min(odd, key=lambda g: (people[g], -g))
        pair = _widest(group, borders, length, small)
        if pair is None:
            stuck.add(small)
            continue
        other = int(group[pair[1]])
        found.append(Crossing(pair, people[small]))
        people[other] += people.pop(small)
        group[group == small] = other
        stuck.discard(other)


def _fits(households: int, lower: int, upper: int) -> bool:
    """Say whether some number of areas can hold so many households inside the bounds."""
    return households > 0 and -(-households // upper) * lower <= households


def _widest(group: Ints, borders: Ints, length: Floats, small: int) -> tuple[int, int] | None:
    """Return the pair of cells with the longest border towards the group that ``small`` shares most border with; None: it has no other."""
    mine = group[borders] == small
    out = mine[:, 0] != mine[:, 1]
    if not out.any():
        return None
    here = np.where(mine[out, 0], borders[out, 0], borders[out, 1])
    there = np.where(mine[out, 0], borders[out, 1], borders[out, 0])
    total = np.bincount(group[there], weights=length[out])
    to = group[there] == int(np.argmax(total))
    best = np.lexsort((there[to], here[to], -length[out][to]))[0]
    return int(here[to][best]), int(there[to][best])


def links_across(geometry: NDArray[np.object_], parts: Ints, households: Ints, lower: int) -> Ints:
    """Link each group of parts that is too small to the nearest other part, the smallest first (L2).

    Returns
    -------
    (q, 2) pairs of cells, each the nearest across the water between two parts.
    """
    people = np.bincount(parts, weights=households).tolist()
    group = {p: {p} for p in range(len(people))}
    links: list[tuple[int, int]] = []
    while len(group) > 1:
        small = min(group, key=lambda g: (sum(people[p] for p in group[g]), -g))
        if sum(people[p] for p in group[small]) >= max(lower, 1):
            break
        here = np.isin(parts, list(group[small]))
        a, b = _nearest(geometry, np.flatnonzero(here), np.flatnonzero(~here))
        links.append((a, b))
        other = next(g for g, members in group.items() if parts[b] in members)
        group[other] |= group.pop(small)
    return np.array(links, dtype=np.int64).reshape(-1, 2)


def _nearest(geometry: NDArray[np.object_], here: Ints, there: Ints) -> tuple[int, int]:
    tree = shapely.STRtree(geometry[there])
    (mine, theirs), distance = tree.query_nearest(geometry[here], return_distance=True, all_matches=True)
    best = np.lexsort((there[theirs], here[mine], distance))[0]
    return int(here[mine[best]]), int(there[theirs[best]])
