"""Segments that follow one another become lines, walked on numbers of vertices in compiled loops.

A line runs from a place where not exactly two segments meet to the next such place; what is left are rings, each begun at its most western
(then most southern) vertex. Lines come in the order of where they begin, from the west, and at one place counter-clockwise from the east;
each runs the way most of its segments run.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.compiling import jit
from areaplan.linework.edges import Floats, Geoms, Ints, groups_of, vertex_ids

__all__ = ["LOOPS", "chained", "merged_lines"]


def merged_lines(segments: Floats) -> Geoms:
    """Return the lines that (s, 2, 2) segments form.

    Examples
    --------
    >>> import numpy as np
    >>> lines = merged_lines(np.array([[[0.0, 0.0], [1.0, 0.0]], [[2.0, 0.0], [1.0, 0.0]], [[2.0, 0.0], [3.0, 1.0]]]))
    >>> [line.wkt for line in lines]
    ['LINESTRING (0 0, 1 0, 2 0, 3 1)']
    """
    ids, first = vertex_ids(segments.reshape(-1, 2))
    xy = segments.reshape(-1, 2)[first]
    return chained(xy, ids.reshape(-1, 2), np.zeros(len(segments), dtype=np.int64))[0]


def chained(xy: Floats, ends: Ints, group: Ints) -> tuple[Geoms, Ints]:
    """Return the lines that edges form, group by group, and the group of each line.

    Parameters
    ----------
    xy
        (v, 2) vertices.
    ends
        (e, 2) vertices of each edge; two different ones.
    group
        (e,) a number of 0 … for each.
    """
    if len(ends) == 0:
        return np.empty(0, dtype=object), np.empty(0, dtype=np.int64)
    used, ends = _in_use(ends, len(xy))
    xy = xy[used]
    order = np.lexsort((xy[:, 1], xy[:, 0]))
    place = np.empty(len(xy), dtype=np.int64)
    place[order] = np.arange(len(xy))
    tail, head = ends.T.ravel(), ends[:, ::-1].T.ravel()  # every edge leaves both of its ends
    both = np.concatenate([group, group])
    node, first = groups_of(both, place[tail])
    start = np.concatenate([[0], np.cumsum(np.bincount(node))])
    leaving = np.empty(len(node), dtype=np.int64)
    _sort_by_turn(node, _turns(xy[head] - xy[tail]), start, leaving)
    walk, bounds = np.empty(2 * len(ends), dtype=np.int64), np.empty(len(ends) + 1, dtype=np.int64)
    n = int(_walk(node, leaving, start, walk, bounds))
    bounds = bounds[: n + 1]
    walk = walk[: bounds[-1]]
    lines = shapely.linestrings(xy[tail[first]][walk], indices=np.repeat(np.arange(n), np.diff(bounds)))
    of = both[first][walk[bounds[:-1]]]
    order = np.argsort(of, kind="stable")
    return np.atleast_1d(np.asarray(lines, dtype=object))[order], of[order]


def _in_use(ends: Ints, n: int) -> tuple[Ints, Ints]:
    """Return the vertices that edges have, and the edges with these numbered from 0."""
    seen = np.zeros(n, dtype=bool)
    seen[ends] = True
    used = np.flatnonzero(seen)
    number = np.cumsum(seen) - 1
    return used, number[ends]


def _turns(d: Floats) -> Floats:
    """Return for each direction a number 0 ≤ t < 4 that grows with its angle, counter-clockwise from the east.

    It takes a division instead of an arc tangent, whose last bit differs between machines.
    """
    east = d[:, 0] / np.abs(d).sum(axis=1)
    return np.where(d[:, 1] >= 0.0, 1.0 - east, 3.0 + east)


@jit
def _sort_by_turn(node: Ints, turn: Floats, start: Ints, leaving: Ints) -> None:
    """Write the half edges that leave each node, by the angle they leave at."""
    filled = start.copy()
    for half in range(len(node)):
        at = filled[node[half]]
        filled[node[half]] += 1
        while at > start[node[half]] and turn[leaving[at - 1]] > turn[half]:
            leaving[at] = leaving[at - 1]
            at -= 1
        leaving[at] = half


@jit
def _walk(node: Ints, leaving: Ints, start: Ints, walk: Ints, bounds: Ints) -> int:
    """Write the nodes of every line, one line behind the other, and where each begins; return how many there are.

    Half ``h`` of an edge leaves ``node[h]``; the other half of edge h is h ± e.
    """
    e = len(node) // 2
    used = np.zeros(e, dtype=np.bool_)
    n, at = 0, 0
    bounds[0] = 0
    for rings in range(2):  # first what begins at a junction or an end, then what is left
        for k in range(len(start) - 1):
            if rings == 0 and start[k + 1] - start[k] == 2:
                continue
            for i in range(start[k], start[k + 1]):
                half = leaving[i]
                if used[half % e]:
                    continue
                begin, forward, here = at, 0, k
                walk[at] = k
                at += 1
                while half >= 0:
                    used[half % e] = True
                    forward += 1 if half < e else -1
                    here = node[(half + e) % (2 * e)]
                    walk[at] = here
                    at += 1
                    half = _next(here, leaving, start, used)
                if forward < 0:
                    for j in range((at - begin) // 2):
                        walk[begin + j], walk[at - 1 - j] = walk[at - 1 - j], walk[begin + j]
                n += 1
                bounds[n] = at
    return n


@jit
def _next(here: int, leaving: Ints, start: Ints, used: NDArray[np.bool_]) -> int:
    """Return the half edge by which a line goes on from a node, -1 where it ends."""
    if start[here + 1] - start[here] == 2:
        for i in range(start[here], start[here + 1]):
            half = leaving[i]
            if not used[half % len(used)]:
                return half
    return -1


LOOPS: Final = (_sort_by_turn, _walk)
"""What is compiled when first called."""
