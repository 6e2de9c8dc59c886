"""What the office settles holds: pins, pairs kept apart, locked areas, natural units, barriers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from areaplan.errors import ProblemError
from areaplan.partition import CauseKind, partition
from test_partition import check, grid


@given(st.integers(0, 23), st.integers(0, 5), st.sampled_from(["field", "balance"]))
@settings(max_examples=20, deadline=None)
def test_cells_pinned_together_stay_together(cell: int, seed: int, preset: str) -> None:
    """A pin along any border of a town holds."""
    p = grid(4, 6)
    mine = p.edges[(p.edges == cell).any(axis=1)][:1]
    found = partition(replace(p, together=mine), seed=seed, preset=preset, effort="quick")
    check(p, found)
    assert found.labels[mine[0, 0]] == found.labels[mine[0, 1]]


@given(st.integers(0, 37), st.integers(0, 3))
@settings(max_examples=20, deadline=None)
def test_neighbours_are_kept_apart(border: int, seed: int) -> None:
    """A pair on either side of any border is parted where that is possible, on small problems and large ones."""
    p = grid(4, 6)
    pair = p.edges[[border]]
    found = partition(replace(p, apart=pair), seed=seed, effort="quick")
    check(p, found)
    assert found.labels[pair[0, 0]] != found.labels[pair[0, 1]]


def test_neighbours_are_kept_apart_where_no_border_has_a_length() -> None:
    """Six islands joined by ferries alone: there is no border to weigh a wish against, and it is kept."""
    p = grid(1, 6, 10, lower=20, target=30, upper=40)
    none = np.zeros((0, 2), dtype=np.int64)
    ring = np.array([[i, (i + 1) % 6] for i in range(6)])
    p = replace(p, edges=none, shared_m=[], cost=[], ferry=ring, apart=np.array([[0, 1], [3, 4]]))
    found = partition(p)
    assert not found.causes
    assert found.labels[0] != found.labels[1]
    assert found.labels[3] != found.labels[4]


def test_the_energy_counts_borders_inside_units_as_the_proof_does() -> None:
    """Of two divisions that differ by a unit alone the one that cuts it is dearer, by three more times that border."""
    p = grid(2, 4, 20)
    whole = replace(p, keep=np.array([0, 0, 1, 1, 0, 0, 1, 1]))
    torn = replace(p, keep=np.array([-1, 0, 0, -1, -1, 0, 0, -1]))
    one, other = partition(whole, areas=2), partition(replace(torn, lower=80, upper=80), areas=2)
    assert one.labels.tolist() == other.labels.tolist() == [0, 0, 1, 1, 0, 0, 1, 1]
    plain = partition(p, areas=2).energy
    assert one.energy == pytest.approx(plain)
    assert other.energy > plain + 1


def test_a_pair_that_cannot_be_parted_is_said() -> None:
    """Three cells that are one area by their number cannot be parted inside the bounds."""
    p = replace(grid(1, 3, 30), apart=np.array([[0, 1]]))
    found = partition(p, areas=1)
    assert [c.kind for c in found.causes] == [CauseKind.NOT_APART]
    assert found.status == "infeasible"


def test_a_locked_area_stays_and_the_rest_is_divided_around_it() -> None:
    """Locked cells keep their area to the cell; nothing else joins it."""
    p = grid(4, 6)
    locked = np.full(24, -1)
    locked[[8, 9, 14, 15]] = 7
    found = partition(replace(p, locked=locked))
    mine = found.labels[8]
    assert np.flatnonzero(found.labels == mine).tolist() == [8, 9, 14, 15]
    assert not found.causes
    h = np.bincount(found.labels, weights=p.households)
    assert ((h >= 60) & (h <= 100)).all()


def test_a_locked_area_out_of_the_bounds_says_so() -> None:
    """Its size is nobody's fault but the office's."""
    locked = np.full(24, -1)
    locked[[0]] = 0
    found = partition(replace(grid(4, 6), locked=locked))
    kinds = [c.kind for c in found.causes if found.labels[0] == c.area]
    assert kinds == [CauseKind.LOCKED]


def test_everything_may_be_locked() -> None:
    """Then there is nothing to do."""
    p = grid(2, 4)
    found = partition(replace(p, locked=np.array([1, 1, 0, 0, 1, 1, 0, 0])))
    assert found.labels.tolist() == [0, 0, 1, 1, 0, 0, 1, 1]
    assert found.status != "infeasible"


def test_natural_units_stay_whole_where_they_fit() -> None:
    """Columns of 80 households are areas by themselves although rows would have shorter borders."""
    p = grid(4, 6)
    keep = np.tile(np.arange(6), 4)
    found = partition(replace(p, keep=keep, cost=np.where(np.arange(p.borders) < 20, 9.0, 1.0)))
    assert not found.causes
    for unit in range(6):
        assert len(set(found.labels[keep == unit])) == 1


def test_a_unit_is_cut_only_for_the_bounds() -> None:
    """Three units of 120 households are each above the maximum: they are cut, and every area is inside."""
    p = grid(3, 6)
    found = partition(replace(p, keep=np.repeat(np.arange(3), 6)))
    check(p, found)
    assert not found.causes


def test_two_units_that_no_area_can_hold_are_cut_where_that_mends() -> None:
    """Two units of 55 households beside two of 65: whole they leave 55, so the bounds come first."""
    p = replace(grid(1, 12, 20), keep=np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]), lower=60, target=80, upper=80)
    found = partition(p)
    check(p, found)
    assert not found.causes


def test_an_area_does_not_straddle_a_barrier() -> None:
    """A railway across the town parts it where both sides can be divided."""
    p = grid(4, 6)
    across = (np.minimum(*p.edges.T) // 6 == 1) & (np.maximum(*p.edges.T) // 6 == 2)
    found = partition(replace(p, barrier=across))
    assert not set(found.labels[:12]) & set(found.labels[12:])
    assert not found.causes


def test_bounds_go_before_barriers() -> None:
    """A corner cut off with too few people is joined to what lies across its barrier."""
    p = grid(3, 4)
    off = (p.edges == 0).any(axis=1)
    found = partition(replace(p, barrier=off))
    check(p, found)
    assert not found.causes


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"together": [[0, 23]]}, "`together` joins cells that do not hang together at 0"),
        ({"together": [[0, 1]], "apart": [[0, 1]]}, "`apart` parts cells that `together` joins at 0"),
        ({"together": [[0, 99]]}, "`together` names cells that do not exist at 0"),
        ({"locked": [0] * 24, "together": [[0, 1]]}, "`together` joins cells that are locked at 0"),
        ({"locked": [-2] * 24}, "`locked` is negative at 0, 1"),
    ],
)
def test_wishes_that_cannot_be_are_named(changes: dict[str, object], words: str) -> None:
    """A pin that nothing can keep is bad input, said with its place."""
    with pytest.raises(ProblemError, match=words):
        replace(grid(4, 6), **changes)
