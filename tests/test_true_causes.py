"""An area out of the bounds has a true cause: no move of one cell and no merging of two areas would mend it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from areaplan.partition import CauseKind, Partition, Problem, partition
from test_partition import check, grid


def outside(p: Problem, labels: np.ndarray) -> int:
    """Return how many areas are out of the bounds."""
    h = np.bincount(labels, weights=p.households)
    there = np.bincount(labels) > 0
    return int((there & ((h < p.lower) | (h > p.upper))).sum())


def connected(p: Problem, labels: np.ndarray) -> bool:
    """Tell whether every area is one piece."""
    same = labels[p.edges[:, 0]] == labels[p.edges[:, 1]]
    a, b = p.edges[same].T
    parts = connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(p.cells, p.cells)), directed=False)[0]
    return parts == len(np.unique(labels))


def mended_by_hand(p: Problem, found: Partition) -> str:
    """Return the move or merge that leaves fewer areas out of the bounds; empty when there is none."""
    labels, worst = found.labels, outside(p, found.labels)
    pairs = {(int(labels[a]), int(labels[b])) for a, b in p.edges if labels[a] != labels[b]}
    for one, other in pairs:
        if outside(p, np.where(labels == one, other, labels)) < worst:
            return f"merge {one} with {other}"
    for a, b in np.concatenate([p.edges, p.edges[:, ::-1]]):
        if labels[a] != labels[b]:
            moved = labels.copy()
            moved[a] = labels[b]
            if outside(p, moved) < worst and connected(p, moved):
                return f"move cell {a} to {labels[b]}"
    return ""


@given(st.integers(0, 10_000), st.sampled_from(["field", "balance", "fewest"]))
@settings(max_examples=12, deadline=None)
def test_no_move_and_no_merge_mends_what_is_said_to_be_impossible(seed: int, preset: str) -> None:
    """Towns of 120 cells, some large: too many for listing all sets, so windows have to do it."""
    rng = np.random.default_rng(seed)
    h = rng.choice([0, 0, 5, 10, 20, 30, 45, 55, 70], 120)
    p = grid(10, 12, h.tolist())
    found = partition(p, preset=preset, effort="quick")
    check(p, found)
    assert mended_by_hand(p, found) == ""


@given(st.integers(0, 10_000))
@settings(max_examples=12, deadline=None)
def test_what_is_proved_impossible_is_impossible(seed: int) -> None:
    """On parts small enough to list, 'none found' is never said: a division is found, or it is proved that there is none."""
    rng = np.random.default_rng(seed)
    p = grid(4, 5, rng.choice([0, 10, 30, 45, 55, 70], 20).tolist())
    found = partition(p, effort="quick")
    check(p, found)
    assert not [c for c in found.causes if c.kind == CauseKind.NONE_FOUND]
    assert mended_by_hand(p, found) == ""
