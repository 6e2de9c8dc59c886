"""Every face of the linework finds the cell it belongs to (rules C6, C7)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from areaplan.linework.edges import Floats, Geoms, Ints, edge_table, groups_of, segments_of
from areaplan.linework.near import near_any

__all__ = ["SETTLE", "Neighbours", "connect", "give_away", "join_close", "label_faces", "nearest_owner", "neighbours"]

SETTLE = -2
"""Label of a face that waits for a neighbour to take it."""

ON_LINE_M = 0.001
"""An edge whose middle is this close to a line lies on it."""


@dataclass(frozen=True)
class Neighbours:
    """Hold pairs of faces with a common border: ``a`` < ``b``, its length, and the part of that which does not lie on a line."""

    a: Ints
    b: Ints
    length: Floats
    free: Floats

    def merged(self, label: Ints) -> Neighbours:
        """Return the same between labels instead of faces."""
        a, b = label[self.a], label[self.b]
        return _summed(np.minimum(a, b), np.maximum(a, b), self.length, self.free)


def _summed(a: Ints, b: Ints, length: Floats, free: Floats) -> Neighbours:
    keep = a != b
    a, b, length, free = a[keep], b[keep], length[keep], free[keep]
    group, first = groups_of(a, b)
    n = len(first)
    return Neighbours(
        a[first], b[first], np.bincount(group, length, n).astype(float), np.bincount(group, free, n).astype(float)
    )


def neighbours(faces: Geoms, lines: Geoms, block: Ints, open_: NDArray[np.bool_]) -> Neighbours:
    """Tabulate which faces adjoin, and how much of their common border lies on no line.

    Only for faces of one block, one of them still ``open_`` (without a building), the lines matter; elsewhere ``free`` is 0.
    """
    table = edge_table(faces)
    shared = table.right >= 0
    a, b, length = table.left[shared], table.right[shared], table.lengths[shared]
    free = np.zeros(len(length))
    asked = np.flatnonzero((block[a] == block[b]) & (open_[a] | open_[b]))
    middle = table.xy[table.ends[np.flatnonzero(shared)[asked]]].mean(axis=1)
    free[asked] = np.where(near_any(middle, segments_of(lines)[0], ON_LINE_M), 0.0, length[asked])
    return _summed(a, b, length, free)


def nearest_owner(points: Floats, block: Ints, samples: Floats, owner: Ints, sample_block: Ints) -> Ints:
    """Return the owner of the nearest sample in the same block, -1 where the block has none."""
    found = np.full(len(points), -1)
    if len(points) == 0 or len(samples) == 0:
        return found
    span = 10 * float(
        np.ptp(np.concatenate([points, samples]), axis=0).max() + 1.0
    )  # blocks stacked so far apart that none reaches another
    tree = cKDTree(np.column_stack([samples, sample_block * span]))
    distance, at = tree.query(np.column_stack([points, block * span]))
    near = distance < span / 2
    found[near] = owner[at[near]]
    return found


def label_faces(seed: Ints, wish: Ints, block: Ints, near: Neighbours) -> Ints:
    """Give every face to a cluster of buildings (-1 where its block has none).

    Parameters
    ----------
    seed
        (f,) cluster standing in the face, -1 for none: these faces are settled.
    wish
        (f,) the nearest cluster in the face's block.
    block, near
        Block of each face; neighbouring faces.

    Notes
    -----
    A face stays with its wish where it joins that building's own faces without crossing a line (a dead end). Others go to the neighbour
    with the longest common border off the lines, then with the longest of all (C6).
    """
    n = len(seed)
    label = np.where(seed >= 0, seed, wish)
    same = (label[near.a] == label[near.b]) & (block[near.a] == block[near.b]) & (near.free > 0)
    graph = coo_matrix((np.ones(same.sum()), (near.a[same], near.b[same])), shape=(n, n))
    _, group = connected_components(graph, directed=False)
    rooted = np.zeros(group.max(initial=-1) + 1, dtype=bool)
    rooted[group[seed >= 0]] = True
    label = np.where(rooted[group] | (wish < 0), label, SETTLE)
    inside = block[near.a] == block[near.b]
    for weight in (near.free * inside, near.length * inside):
        give_away(label, near, weight)
    label[label == SETTLE] = wish[label == SETTLE]
    return label


def give_away(label: Ints, near: Neighbours, weight: Floats) -> None:
    """Settle faces marked ``SETTLE``, in place, each with the settled neighbour of greatest weight; round after round."""
    while (label == SETTLE).any():
        for_a = (label[near.a] == SETTLE) & (label[near.b] >= 0) & (weight > 0)
        for_b = (label[near.b] == SETTLE) & (label[near.a] >= 0) & (weight > 0)
        face = np.concatenate([near.a[for_a], near.b[for_b]])
        to = label[np.concatenate([near.b[for_a], near.a[for_b]])]
        if len(face) == 0:
            return
        group, first = groups_of(face, to)
        total = np.bincount(group, np.concatenate([weight[for_a], weight[for_b]]))
        face, to = face[first], to[first]
        order = np.lexsort((to, -total, face))
        best = order[np.unique(face[order], return_index=True)[1]]
        label[face[best]] = to[best]


def connect(label: Ints, settled: NDArray[np.bool_], near: Neighbours) -> tuple[Ints, list[int]]:
    """Make every label one connected piece (C7).

    Pieces without a building go to their longest neighbour. Where a building has parts that stand apart, the cells on the shortest way
    between them join it; what cannot be joined becomes a label of its own.

    Returns
    -------
    The labels, and those labels that had to swallow others or stay in pieces.
    """
    label = label.copy()
    piece = _pieces(label, near)
    homes = _homes(label, piece, settled)
    lost = ~np.isin(piece, list(homes))
    if lost.any():
        label[lost] = SETTLE
        give_away(label, near, near.length)
        stranded = label == SETTLE
        label[stranded] = label.max() + 1 + np.unique(piece[stranded], return_inverse=True)[1]
        piece = _pieces(label, near)
    parts: dict[int, list[int]] = {}
    for p in sorted({int(q) for q in piece[settled]}):
        parts.setdefault(int(label[piece == p][0]), []).append(p)
    torn = [k for k, ps in parts.items() if len(ps) > 1]
    for k in torn:
        _bridge(label, k, near)
    return label, torn


def _pieces(label: Ints, near: Neighbours) -> Ints:
    same = label[near.a] == label[near.b]
    graph = coo_matrix((np.ones(same.sum()), (near.a[same], near.b[same])), shape=(len(label), len(label)))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _homes(label: Ints, piece: Ints, settled: NDArray[np.bool_]) -> set[int]:
    """Return the pieces that stay: those with a building, else the first of their label."""
    homes = set(piece[settled].tolist())
    housed = np.unique(label[settled])
    first = np.unique(label, return_index=True)[1]
    return homes | set(piece[first[~np.isin(label[first], housed)]].tolist())


def _bridge(label: Ints, k: int, near: Neighbours) -> None:
    """Join the pieces of label ``k`` along the fewest other cells, in place; pieces out of reach get labels of their own."""
    while True:
        piece, own = _pieces(label, near), np.flatnonzero(label == k)
        goal = own[piece[own] != piece[own[0]]] if len(own) else own  # another torn label may have swallowed this one
        if len(goal) == 0:
            return
        way = _shortest(near, own[piece[own] == piece[own[0]]], set(goal.tolist()))
        if way is None:
            label[goal] = label.max() + 1
            return
        label[np.isin(label, [label[f] for f in way])] = k


def _shortest(near: Neighbours, start: Ints, goal: set[int]) -> list[int] | None:
    """Return faces on a way from ``start`` to ``goal`` with the fewest faces between, or None."""
    steps: dict[int, list[int]] = {}
    for a, b in zip(near.a.tolist(), near.b.tolist(), strict=True):
        steps.setdefault(a, []).append(b)
        steps.setdefault(b, []).append(a)
    came: dict[int, int] = {int(f): -1 for f in start}
    queue = deque(came)
    while queue:
        at = queue.popleft()
        if at in goal:
            way = []
            while at >= 0:
                way.append(at)
                at = came[at]
            return way
        for to in sorted(steps.get(at, [])):
            if to not in came:
                came[to] = at
                queue.append(to)
    return None


def join_close(seed_face: Ints, cluster: Ints, count: int) -> Ints:
    """Return a new number for each cluster: clusters standing in one face (no ridge between them) become one."""
    face, first = np.unique(seed_face, return_index=True)
    at = np.searchsorted(face, seed_face)
    graph = coo_matrix((np.ones(len(cluster)), (cluster, cluster[first][at])), shape=(count, count))
    return connected_components(graph, directed=False)[1].astype(np.int64)
