"""The compiled loops over segments: each answer is that of the geometry library, and the same without compiling."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from areaplan.delineation import warm_up
from areaplan.linework.chains import chained, merged_lines
from areaplan.linework.edges import Floats, edge_table, groups_of, segments_of, two_point_lines, vertex_ids
from areaplan.linework.near import first_along, near_any, near_pairs, reaches, room_around
from areaplan.linework.warm import is_warm

SEEDS = st.integers(0, 2**32 - 1)
FAR = np.array([2_700_000.0, 1_200_000.0])
"""Coordinates as large as those of real towns."""


def segments(seed: int, n: int, long_m: float = 30.0) -> Floats:
    """Return segments about as long as walls, a few very long ones, and one that is a point."""
    rng = np.random.default_rng(seed)
    a = rng.uniform(0, 200, (n, 2))
    d = rng.normal(0, long_m, (n, 2)) * np.where(rng.random(n) < 0.1, 50.0, 1.0)[:, None]
    d[0] = 0.0
    return np.stack([a, a + d], axis=1) + FAR


@given(SEEDS, st.integers(1, 60), st.floats(0.001, 80))
@settings(max_examples=60, deadline=None)
def test_near_is_within_the_distance(seed: int, n: int, reach_m: float) -> None:
    """A segment is near a point when the geometry library says that it lies within the distance."""
    lines, points = segments(seed, n), segments(seed + 1, 40)[:, 0]
    away = shapely.distance(shapely.points(points)[:, None], two_point_lines(lines)[None, :])
    clear = np.abs(away - reach_m) > 1e-6
    p, s = near_pairs(points, lines, reach_m)
    found = np.zeros_like(clear)
    found[p, s] = True
    assert (found == (away <= reach_m))[clear].all()
    assert np.array_equal(near_any(points, lines, reach_m), found.any(axis=1))


@given(SEEDS, st.integers(1, 40), st.floats(1, 60))
@settings(max_examples=60, deadline=None)
def test_a_line_runs_along_an_edge(seed: int, n: int, reach_m: float) -> None:
    """Of the lines close to both ends and the middle of an edge, the one of lowest rank is found."""
    lines, edges = segments(seed, n), segments(seed + 1, 40, 5.0)
    of = np.random.default_rng(seed).integers(0, 5, n)
    rank = np.random.default_rng(seed).permutation(5)
    whole = [shapely.MultiLineString(list(two_point_lines(lines[of == k]))) for k in range(5)]
    places = np.concatenate([edges, edges.mean(axis=1, keepdims=True)], axis=1)
    away = shapely.distance(shapely.points(places)[:, :, None], np.array(whole, dtype=object)[None, None, :])
    away = np.where(np.isnan(away), np.inf, away)
    close = (away <= reach_m).all(axis=1)
    best = np.where(close, rank, 99).argmin(axis=1)
    want = np.where(close.any(axis=1), best, -1)
    sure = (np.abs(away - reach_m) > 1e-6).all(axis=(1, 2))
    assert (first_along(edges, lines, of, rank, reach_m) == want)[sure].all()


@given(SEEDS, st.integers(2, 60))
@settings(max_examples=60, deadline=None)
def test_room_is_the_distance_to_the_next_building(seed: int, n: int) -> None:
    """The room around a wall is the distance to the next wall of another building in its block."""
    walls = segments(seed, n, 8.0)
    rng = np.random.default_rng(seed)
    of, block = rng.integers(0, 6, n), rng.integers(0, 2, 6)
    lines = two_point_lines(walls)
    away = shapely.distance(lines[:, None], lines[None, :])
    other = (of[:, None] != of[None, :]) & (block[of][:, None] == block[of][None, :])
    want = np.where(other, away, 16.0).min(axis=1, initial=16.0)
    assert np.allclose(room_around(walls, of, walls, of, block, 16.0), want, rtol=0, atol=1e-6)


@given(SEEDS, st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_an_outline_stops_a_line_where_it_crosses(seed: int, n: int) -> None:
    """First and last crossing are those of the geometry library, and a segment far out of the outline's box has none."""
    lines, walls = segments(seed, n), segments(seed + 1, 30)
    none = np.zeros(n, dtype=np.int64)
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    reaches(lines, none, walls, np.zeros(30, dtype=np.int64), low, high)
    met = shapely.intersection(two_point_lines(lines), shapely.MultiLineString(list(two_point_lines(walls))))
    for i in range(n):
        places = shapely.get_coordinates(met[i])
        d = lines[i, 1] - lines[i, 0]
        if not d.any():
            continue
        assert (low[i] <= high[i]) == (len(places) > 0)
        if len(places):
            t = (places - lines[i, 0]) @ d / (d @ d)
            assert np.hypot(*d) * np.abs([low[i] - t.min(), high[i] - t.max()]).max() < 1e-3


@given(SEEDS, st.integers(1, 120), st.integers(2, 12))
@settings(max_examples=100, deadline=None)
def test_chains_are_those_of_the_geometry_library(seed: int, n: int, side: int) -> None:
    """Edges of a lattice, in any direction, merge into the very same lines in the same order: rings, crossings, loose ends."""
    rng = np.random.default_rng(seed)
    a = rng.integers(0, side, (n, 2))
    b = a + np.array([(1, 0), (0, 1), (-1, 0), (0, -1)])[rng.integers(0, 4, n)]
    edges = sorted({tuple(sorted(map(tuple, pair))) for pair in np.stack([a, b], axis=1).tolist()})
    lattice = np.array(edges, dtype=float)[rng.permutation(len(edges))]
    turned = rng.random(len(edges)) < 0.5
    lattice[turned] = lattice[turned, ::-1]
    want = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(two_point_lines(lattice))))
    assert [w.wkt for w in merged_lines(lattice)] == [w.wkt for w in want]


def test_groups_are_merged_by_themselves() -> None:
    """Two groups that meet in one vertex do not become one line; nothing at all becomes no line."""
    xy = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [3.0, 0.0]])
    lines, group = chained(xy, np.array([[0, 1], [1, 2], [2, 3]]), np.array([1, 0, 0]))
    assert [line.wkt for line in lines] == ["LINESTRING (1 0, 2 0, 3 0)", "LINESTRING (0 0, 1 0)"]
    assert group.tolist() == [0, 1]
    assert len(merged_lines(np.empty((0, 2, 2)))) == 0


HOLED = shapely.box(0, 0, 9, 9) - shapely.box(2, 2, 3, 3)


@pytest.mark.parametrize(
    "shapes",
    [
        [HOLED, shapely.MultiPolygon([HOLED, shapely.box(20, 0, 21, 1)]), shapely.Polygon(), shapely.box(1, 1, 2, 2)],
        [shapely.LineString([(0, 0), (1, 0), (2, 0)]), shapely.LineString(), shapely.MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, 6)]])],
        [HOLED, shapely.LineString([(0, 0), (1, 0), (2, 0)])],
        [shapely.LinearRing([(0, 0), (1, 0), (1, 1)])],
        [shapely.GeometryCollection()],
        [],
    ],
    ids=["polygons", "lines", "mixed", "ring", "collection", "none"],
)  # fmt: skip
def test_segments_of_every_kind(shapes: list[shapely.Geometry]) -> None:
    """Every segment of every ring or line appears once, with the shape it comes from."""
    found, of = segments_of(np.array(shapes, dtype=object))
    want = []
    for i, shape in enumerate(shapes):
        for part in shapely.get_parts(shape):
            rings = shapely.get_rings(part) if part.geom_type == "Polygon" else [part]
            for ring in rings if part.geom_type != "LineString" or not part.is_empty else []:
                xy = shapely.get_coordinates(ring)
                want += [(i, *p, *q) for p, q in zip(xy[:-1].tolist(), xy[1:].tolist(), strict=True)]
    assert [(i, *s) for i, s in zip(of.tolist(), found.reshape(-1, 4).tolist(), strict=True)] == want or (
        "LineString" in {s.geom_type for s in shapes} and "Polygon" in {s.geom_type for s in shapes}
    )


@given(st.lists(st.tuples(st.integers(-3, 3), st.sampled_from([0, 1, 2**40, -(2**61)])), max_size=30))
def test_groups_number_rows_in_sorted_order(rows: list[tuple[int, int]]) -> None:
    """Rows get the number of their place among the distinct ones, and the first row of each is named, however wide the numbers are."""
    a, b = (np.array([r[k] for r in rows], dtype=np.int64) for k in (0, 1))
    number, first = groups_of(a, b)
    distinct = sorted(set(rows))
    assert number.tolist() == [distinct.index(r) for r in rows]
    assert first.tolist() == [rows.index(r) for r in distinct]


def test_vertices_keep_their_first_row() -> None:
    """Equal points have one number, whose first row is the earliest; minus nought is nought."""
    ids, first = vertex_ids(np.array([[1.0, 2.0], [0.0, 5.0], [1.0, 2.0], [-0.0, 5.0]]))
    assert ids[0] == ids[2]
    assert ids[1] == ids[3]
    assert sorted(first.tolist()) == [0, 1]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 3), st.integers(1, 3)), max_size=12))
@settings(max_examples=100, deadline=None)
def test_edges_are_counted_as_they_come(boxes: list[tuple[int, int, int, int]]) -> None:
    """Every edge of boxes that touch, overlap or lie on one another stands once, with whoever has it first and second and how many do."""
    shapes = np.array([shapely.box(x, y, x + w, y + h) for x, y, w, h in boxes], dtype=object)
    owners: dict[frozenset[tuple[float, ...]], list[int]] = {}
    for k, shape in enumerate(shapes):
        corners = [tuple(c) for c in shapely.get_coordinates(shape).tolist()]
        for a, b in pairwise(corners):
            owners.setdefault(frozenset([a, b]), []).append(k)
    table = edge_table(shapes)
    found = [frozenset(map(tuple, xy)) for xy in table.xy[table.ends].tolist()]
    assert found == list(owners)
    assert table.left.tolist() == [o[0] for o in owners.values()]
    assert table.right.tolist() == [o[1] if len(o) > 1 else -1 for o in owners.values()]
    assert table.crowd.tolist() == [len(o) for o in owners.values()]


def test_places_that_are_no_numbers_are_all_different() -> None:
    """A vertex that is no number is like no other; counting comes to an end all the same."""
    ids, first = vertex_ids(np.array([[np.nan, 0.0], [1.0, 1.0], [np.nan, 0.0], [1.0, 1.0]]))
    assert ids.tolist() == [0, 1, 2, 1]
    assert first.tolist() == [0, 1, 2]


def test_after_warming_up_nothing_is_left_to_compile() -> None:
    """After ``warm_up`` the loops over lines are compiled, and nobody hears of it again."""
    warm_up()
    heard: list[object] = []
    warm_up(heard.append)
    assert is_warm()
    assert not any("lines" in str(h) for h in heard)


PLAIN = """
import numpy as np
from test_linework_near import segments
from areaplan.linework.chains import merged_lines
from areaplan.linework.near import first_along, room_around, reaches
s, o = segments(1, 60), np.arange(60) % 7
low, high = np.full(60, np.inf), np.full(60, -np.inf)
reaches(s, o, s[::-1].copy(), o, low, high)
print(low.tobytes().hex(), high.tobytes().hex(), first_along(s, s[::-1].copy(), o, np.arange(7), 9.0).tolist())
print(room_around(s, o, s, o, np.zeros(7, dtype=np.int64), 16.0).tobytes().hex(), [w.wkt for w in merged_lines(s[1:])])
"""


def test_plain_python_gives_the_same_to_the_last_bit() -> None:
    """Without compiling the answers are the same, bit by bit."""
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    answers = {
        subprocess.run(
            [sys.executable, "-c", PLAIN], env={**os.environ, "NUMBA_DISABLE_JIT": off, "PYTHONPATH": path},
            check=True, capture_output=True, text=True,
        ).stdout
        for off in ("0", "1")
    }  # fmt: skip
    assert len(answers) == 1
