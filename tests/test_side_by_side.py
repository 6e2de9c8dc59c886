"""The judge's rules side by side: the same findings however many run at once; and the short ways it takes give what the long ones give."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse.csgraph import dijkstra

from areaplan.check import check_plan
from areaplan.check.once import once
from areaplan.check.strokes import as_lines, distinct, metres, strokes
from areaplan.check.walking import Walks, walks_between
from areaplan.files.reading.offsets import _overlaps, _within
from areaplan.pipeline import prove_plan
from defects import DEFECTS, grid_town

SOME = ("R01", "R08", "R14", "R15")


@pytest.mark.parametrize("rule", SOME)
def test_the_same_findings_however_many_rules_at_once(rule: str) -> None:
    """Rulings, their order, findings with places and measures, and the certificate: all as from one rule after the other."""
    defect = next(d for d in DEFECTS if rule in d.rules)
    planted = defect.plant(grid_town(5), np.random.default_rng(5))
    alone, beside = (
        check_plan(planted.plan, previous=planted.previous, inputs=planted.inputs, evidence=planted.evidence, jobs=n)
        for n in (1, 4)
    )
    assert list(alone) == list(beside)
    assert prove_plan(planted.plan).certificate == prove_plan(planted.plan, jobs=3).certificate


def test_what_rules_share_is_made_once() -> None:
    """Four threads ask at the same time, one makes the value, all have it."""
    made: list[int] = []
    together = threading.Barrier(4)

    class Shared:
        @once
        def value(self) -> object:
            made.append(1)
            return object()

    def ask(shared: Shared) -> object:
        together.wait()
        return shared.value

    shared = Shared()
    with ThreadPoolExecutor(4) as threads:
        values = list(threads.map(ask, [shared] * 4))
    assert made == [1]
    assert len({id(v) for v in values}) == 1


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(0, 30), st.just(2)), elements=st.integers(-3, 3)))
def test_distinct_rows_are_those_of_numpy(rows: np.ndarray) -> None:
    """The same rows in the same order, and the same number for each row."""
    index, inverse = distinct(rows)
    expected, numbers = np.unique(rows, axis=0, return_inverse=True)
    assert rows[index].tolist() == expected.tolist()
    assert inverse.tolist() == numbers.reshape(-1).tolist()


def test_strokes_are_the_lines() -> None:
    """Every stroke lies on its line, together they are as long; a line that is missing or empty has none."""
    lines = np.array(
        [shapely.LineString([(0, 0), (3, 4), (3, 9)]), None, shapely.LineString(),
         shapely.MultiLineString([[(9, 9), (8, 9)], [(0, 1), (0, 2), (2, 2)]])], dtype=object,
    )  # fmt: skip
    ends, row = strokes(lines)
    assert row.tolist() == [0, 0, 3, 3, 3]
    assert shapely.covers(lines[row], as_lines(ends)).all()
    assert metres(ends).tolist() == [5, 5, 1, 1, 2]


def test_grounds_at_once_are_grounds_one_by_one() -> None:
    """The graph of several grounds gives each the walks that it has alone, none through another."""
    random = np.random.default_rng(3)
    houses = shapely.points(random.uniform(0, 400, (60, 2)))
    streets = np.array([shapely.LineString([(x, 0), (x, 400)]) for x in range(0, 401, 80)]
                       + [shapely.LineString([(0, y), (400, y)]) for y in range(0, 401, 100)], dtype=object)  # fmt: skip
    walks: Walks = walks_between(houses, streets, np.empty(0, dtype=object), open_ground_m=50)
    grounds = np.array([shapely.box(0, 0, 170, 400), shapely.box(150, 0, 400, 210)], dtype=object)
    house_in = shapely.STRtree(houses).query(grounds, predicate="intersects")
    edge_in = shapely.STRtree(as_lines(walks.ends)).query(grounds, predicate="covers")
    inside = walks.inside(house_in, edge_in)
    for ground in (0, 1):
        mine = np.flatnonzero(inside.ground == ground)
        lone = walks.inside(house_in[:, house_in[0] == ground], edge_in[:, edge_in[0] == ground])
        assert lone.house.tolist() == inside.house[mine].tolist()
        together = dijkstra(inside.graph, directed=False, indices=mine[0])
        assert dijkstra(lone.graph, directed=False, indices=0)[: len(mine)].tolist() == together[mine].tolist()
        assert np.isinf(np.delete(together[: len(inside.house)], mine)).all()


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3])
def test_pixels_near_a_marked_one(share: float) -> None:
    """Those within five pixels, middle to middle, as measuring every pair of pixels finds them."""
    marked = np.random.default_rng(4).random((23, 31)) < share
    every, those = (np.stack(np.nonzero(m), axis=1) for m in (np.ones_like(marked), marked))
    away = np.hypot(*(every[:, None] - those[None]).transpose(2, 0, 1))
    assert _within(marked, 5).ravel().tolist() == (away <= 5).any(axis=1).tolist()


def test_buildings_on_streets_are_counted_at_every_shift() -> None:
    """What the transform gives is the count that looking at every pixel gives."""
    random = np.random.default_rng(2)
    built, ground = random.integers(0, 3, (12, 12)).astype(np.float64), random.random((12, 12)) < 0.3
    (counts,) = _overlaps(built, [ground], 4)
    padded = np.pad(ground, 4)
    expected = [[(built * padded[i : i + 12, j : j + 12]).sum() for j in range(9)] for i in range(9)]
    assert counts.tolist() == expected
