"""Laws of the engine: every cell labelled, areas connected, bounds kept or a true cause, same input same labels."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from areaplan.errors import ProblemError
from areaplan.partition import CauseKind, Partition, Problem, partition, warm_up


def grid(rows: int, cols: int, households: list[int] | int = 20, **changes: object) -> Problem:
    """Return a grid of unit squares, row by row, every border 1 m at cost 1."""
    n = rows * cols
    place = np.arange(n).reshape(rows, cols)
    across = np.stack([place[:, :-1].ravel(), place[:, 1:].ravel()], axis=1)
    down = np.stack([place[:-1].ravel(), place[1:].ravel()], axis=1)
    edges = np.concatenate([across, down])
    inner = np.bincount(edges.ravel(), minlength=n)
    h = [households] * n if isinstance(households, int) else households
    made = Problem(
        households=h, area_m2=np.ones(n), outer_m=4.0 - inner, edges=edges, shared_m=np.ones(len(edges)),
        cost=np.ones(len(edges)), lower=60, target=80, upper=100,
    )  # fmt: skip
    return replace(made, **changes)


def pieces(p: Problem, found: Partition) -> int:
    """Return the number of connected pieces of all areas together."""
    pairs = p.edges if p.ferry is None else np.concatenate([p.edges, p.ferry])
    same = found.labels[pairs[:, 0]] == found.labels[pairs[:, 1]]
    a, b = pairs[same].T
    matrix = coo_array((np.ones(len(a)), (a, b)), shape=(p.cells, p.cells))
    return int(connected_components(matrix, directed=False)[0])


def check(p: Problem, found: Partition) -> np.ndarray:
    """Assert what holds for every division; return the households of its areas."""
    assert found.labels.dtype == np.int64
    assert len(found.labels) == p.cells
    assert set(found.labels.tolist()) == set(range(found.areas))
    first = [int(np.flatnonzero(found.labels == a)[0]) for a in range(found.areas)]
    assert first == sorted(first)
    assert pieces(p, found) == found.areas
    h = np.bincount(found.labels, weights=p.households, minlength=found.areas).astype(int)
    assert (found.households == h).all()
    out = (h < p.lower) | (h > p.upper)
    if p.persons is not None:
        out |= np.bincount(found.labels, weights=p.persons) > p.max_persons
    assert sorted(c.area for c in found.causes) == np.flatnonzero(out).tolist()
    assert (found.status == "infeasible") == bool(out.any())
    for cause in found.causes:
        assert cause.values["households"] == h[cause.area]
    return h


@st.composite
def towns(draw: st.DrawFn) -> Problem:
    """Invent small towns: grids with holes, uneven people, now and then a cell above the maximum."""
    rows, cols = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    n = rows * cols
    h = draw(st.lists(st.sampled_from([0, 0, 3, 10, 20, 20, 30, 45, 60, 130]), min_size=n, max_size=n))
    p = grid(rows, cols, h)
    keep = np.array(draw(st.lists(st.integers(0, 9), min_size=p.borders, max_size=p.borders)), dtype=int) > 0
    length = np.array(draw(st.lists(st.floats(0.1, 9), min_size=p.borders, max_size=p.borders)))[keep]
    return replace(p, edges=p.edges[keep], shared_m=p.shared_m[keep], cost=length)


@given(towns(), st.sampled_from(["field", "balance", "borders", "fewest"]), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_every_division_is_complete_connected_and_explained(p: Problem, preset: str, seed: int) -> None:
    """Every cell has one area, areas are connected, numbered by first cell, and out of bounds only with a cause."""
    check(p, partition(p, preset=preset, seed=seed, effort="quick"))


@given(towns(), st.integers(0, 3))
@settings(max_examples=20, deadline=None)
def test_same_seed_same_labels(p: Problem, seed: int) -> None:
    """The same problem, preset and seed give the same labels."""
    one, two = (partition(p, seed=seed, effort="quick") for _ in range(2))
    assert (one.labels == two.labels).all()
    assert one.energy == two.energy


@given(st.integers(2, 6), st.integers(2, 6), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_equal_cells_share_out(rows: int, cols: int, seed: int) -> None:
    """A grid of equal cells that four fill an area is always divided inside the bounds."""
    p = grid(rows, cols)
    found = partition(p, seed=seed)
    h = check(p, found)
    if p.households.sum() >= 300:
        assert not found.causes
        assert (h >= 60).all()


def test_a_row_is_cut_in_the_middle() -> None:
    """The least example: four cells of 40 become two areas of 80."""
    found = partition(grid(1, 4, 40))
    assert found.labels.tolist() == [0, 0, 1, 1]
    assert found.status in ("feasible", "optimal")


def test_a_single_cell_is_an_area() -> None:
    """One cell inside the bounds is one area, without a cause."""
    found = partition(grid(1, 1, 80))
    assert (found.areas, found.causes) == (1, ())


def test_nobody_at_all_is_one_area_per_part() -> None:
    """Without households each connected part is one area, too small."""
    p = grid(2, 3, 0)
    found = partition(p)
    check(p, found)
    assert found.areas == 1
    assert [c.kind for c in found.causes] == [CauseKind.PART_TOO_SMALL]


def test_no_edges_is_every_cell_by_itself() -> None:
    """Cells that touch nothing stay alone: those too small or too big say so."""
    p = replace(grid(1, 3, [10, 80, 140]), edges=np.zeros((0, 2)), shared_m=[], cost=[])
    found = partition(p)
    check(p, found)
    assert found.labels.tolist() == [0, 1, 2]
    assert [(c.area, c.kind) for c in found.causes] == [
        (0, CauseKind.PART_TOO_SMALL),
        (2, CauseKind.CELL_ABOVE_MAXIMUM),
    ]


def test_parts_are_divided_by_themselves() -> None:
    """Two islands of 160 become two areas each."""
    p = grid(1, 8, 40)
    keep = np.arange(p.borders) != 3
    p = replace(p, edges=p.edges[keep], shared_m=p.shared_m[keep], cost=p.cost[keep])
    found = partition(p)
    check(p, found)
    assert found.labels.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_a_ferry_joins_an_islet_to_its_neighbour() -> None:
    """An islet of 10 households that a ferry joins to the row belongs to an area of the row."""
    p = grid(1, 5, [40, 40, 30, 40, 10])
    alone = replace(p, edges=p.edges[:3], shared_m=p.shared_m[:3], cost=p.cost[:3])
    assert [c.kind for c in partition(alone).causes] == [CauseKind.PART_TOO_SMALL]
    joined = replace(alone, ferry=[[4, 3]])
    found = partition(joined)
    check(joined, found)
    assert found.labels.tolist() == [0, 0, 1, 1, 1]


def test_a_cell_above_the_maximum_is_an_area_and_the_rest_is_rounded() -> None:
    """A tower of 130 stands alone; the 160 around it become two areas."""
    p = grid(3, 3, [20, 20, 20, 20, 130, 20, 20, 20, 20])
    found = partition(p)
    h = check(p, found)
    assert sorted(h.tolist()) == [80, 80, 130]
    (cause,) = found.causes
    assert cause.kind == CauseKind.CELL_ABOVE_MAXIMUM
    assert cause.values == {"households": 130, "cell": 4, "cell_households": 130}


def test_what_a_tower_cuts_off_says_so() -> None:
    """Forty households behind a tower have no other neighbour: they are cut off."""
    p = grid(1, 4, [40, 130, 40, 40])
    found = partition(p)
    check(p, found)
    assert [c.kind for c in found.causes] == [CauseKind.CUT_OFF, CauseKind.CELL_ABOVE_MAXIMUM]


def test_an_empty_cell_behind_a_tower_joins_it() -> None:
    """A cell without households that only touches the tower belongs to the tower's area."""
    found = partition(grid(1, 4, [0, 130, 40, 40]))
    assert found.labels.tolist() == [0, 0, 1, 1]


def test_a_total_that_no_number_fits_says_so() -> None:
    """187 households at 72–88: two areas are too few, three too many; one of them can be inside."""
    p = grid(1, 11, 17, lower=72, target=80, upper=88)
    found = partition(p)
    check(p, found)
    assert {c.kind for c in found.causes} == {CauseKind.NO_NUMBER_FITS}
    assert found.causes[0].values["part"] == 187
    assert (found.causes[0].values["fewer"], found.causes[0].values["more"]) == (2, 3)


def test_persons_bound_when_households_do_not() -> None:
    """The second bound makes areas smaller when it binds first."""
    p = grid(2, 8, 20, persons=[60] * 16, max_persons=250)
    found = partition(p)
    check(p, found)
    assert not found.causes
    assert found.areas == 4


def test_a_given_number_is_kept() -> None:
    """``areas`` is obeyed, and areas out of the bounds for its sake say so."""
    p = grid(4, 4)
    for areas in (1, 2, 4, 5, 16):
        found = partition(p, areas=areas)
        check(p, found)
        assert found.areas == areas
    assert {c.kind for c in partition(p, areas=3).causes} == {CauseKind.GIVEN_NUMBER}


@pytest.mark.parametrize(("side", "areas"), [(8, 5), (10, 4), (10, 20), (11, 6)])
def test_a_given_number_is_kept_where_the_bounds_ask_for_another(side: int, areas: int) -> None:
    """Parts too large to be looked at whole keep the number too: mending what is outside the bounds does not change it."""
    p = grid(side, side, 10, lower=60, target=100, upper=120)
    found = partition(p, areas=areas, effort="quick")
    check(p, found)
    assert found.areas == areas
    assert {c.kind for c in found.causes} == {CauseKind.GIVEN_NUMBER}


@pytest.mark.parametrize(
    ("households", "large"),
    [([37, 11, 10, 10, 83], 1), ([37, 11, 10, 10], 0), ([37, 11, 10, 10, 83, 37, 11, 10, 10, 83], 2)],
)
def test_a_proof_says_how_many_large_cells_it_leaves_alone(households: list[int], large: int) -> None:
    """Beside a cell above the maximum the proof is about divisions that leave that cell alone; beside none it is about all."""
    p = grid(1, len(households), households, lower=32, target=40, upper=48)
    found = partition(p)
    check(p, found)
    proved = [c for c in found.causes if c.kind == CauseKind.PROVED_IMPOSSIBLE]
    assert proved
    assert {c.values["large"] for c in proved} == {large}


def test_areas_without_people_are_inside_when_the_minimum_is_zero() -> None:
    """Persons alone ask for five areas here, of which four have no household."""
    p = grid(1, 5, [1, 0, 0, 0, 0], persons=[3] * 5, max_persons=4, lower=0, target=1, upper=1)
    found = partition(p)
    check(p, found)
    assert found.areas == 5
    assert found.status == "optimal"


def test_fewest_takes_fewer_areas() -> None:
    """``fewest`` fills areas to the maximum: 400 households at 60–100 are 4 areas, not 5."""
    p = grid(5, 4)
    assert partition(p).areas == 5
    found = partition(p, preset="fewest")
    check(p, found)
    assert found.areas == 4
    assert not found.causes


def test_visible_borders_are_preferred() -> None:
    """Two divisions as even as each other: the one along the cheap border is taken."""
    p = grid(2, 4, 20)
    cost = np.where((p.edges == [1, 2]).all(axis=1) | (p.edges == [5, 6]).all(axis=1), 0.1, 5.0)
    found = partition(replace(p, cost=cost))
    assert found.labels.tolist() == [0, 0, 1, 1, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"areas": 0}, "0 areas"),
        ({"areas": 10}, "10 areas"),
        ({"preset": "nice"}, "no preset `nice`"),
        ({"effort": "none", "seed": -1}, "no effort `none`"),
    ],
)
def test_options_that_cannot_be(options: dict[str, object], words: str) -> None:
    """Options that cannot be are a ProblemError that says so."""
    with pytest.raises(ProblemError, match=words):
        partition(grid(3, 3), **options)


def test_warming_up_speaks_before_it_takes_long() -> None:
    """``warm_up`` needs nobody to listen, and tells a listener at most one thing."""
    heard: list[object] = []
    warm_up()
    warm_up(heard.append)
    assert len(heard) <= 1


PLAIN = """
import numpy as np
from test_partition import grid
from areaplan.partition import partition
p = grid(6, 7, [(i * 37) % 41 for i in range(42)])
print(*partition(p, effort="quick", preset="balance").labels)
"""


def test_plain_python_gives_the_same_labels() -> None:
    """Without compiling the same labels come out."""
    folder = os.path.dirname(__file__)  # noqa: PTH120 -- joined into PYTHONPATH
    path = os.pathsep.join([folder, *sys.path])
    said = [
        subprocess.run(
            [sys.executable, "-c", PLAIN], env={**os.environ, "NUMBA_DISABLE_JIT": off, "PYTHONPATH": path},
            check=True, capture_output=True, text=True,
        ).stdout
        for off in ("0", "1")
    ]  # fmt: skip
    assert said[0] == said[1]
    assert len(said[0].split()) == 42
