"""Laws of cells on random little towns: whatever stands where, the cells tile the villages and keep every household."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import affinity

from areaplan.cells import insert_vertices, match_polygons
from areaplan.model import Territory
from areaplan.proof import prove
from cell_towns import EAST, NORTH, cut, cut_buildings, residual_edges, shift, street, town

place = st.tuples(st.integers(0, 240), st.integers(0, 120))
house = st.tuples(
    place, st.integers(2, 30), st.integers(2, 30), st.sampled_from([0, 0, 0, 7, 30, 45, 90]), st.integers(0, 30)
)
way = st.lists(st.tuples(st.integers(-20, 260), st.integers(-20, 140)), min_size=2, max_size=5, unique=True)


@st.composite
def towns(draw: Any) -> Territory:
    """Draw two villages of 120 m x 120 m (one with an exclave on the other side), houses that may overlap, touch and cross, and ways."""
    bend = draw(st.integers(-30, 30))
    border = [(120, 0), (120 + bend, 40), (120 - bend, 80), (120, 120)]
    west = shapely.Polygon([(0, 0), *border, (0, 120)])
    east = shapely.Polygon([(240, 0), *border, (240, 120)])
    exclave = shapely.box(200, 40, 230, 70)
    grounds = [shapely.MultiPolygon([west, exclave]), shapely.difference(east, exclave)]
    houses = []
    for (x, y), wide, high, turn, _ in (drawn := draw(st.lists(house, max_size=14))):
        houses.append(affinity.rotate(shapely.box(x, y, x + wide, y + high), turn))
    dots = draw(st.lists(place, max_size=3))
    shapes = [affinity.translate(g, EAST, NORTH) for g in [*houses, *map(shapely.Point, dots)]]
    counts = [h[4] for h in drawn] + [1] * len(dots)
    lines = [
        street(*w, kind=draw(st.sampled_from(["street", "river", "wall"]))) for w in draw(st.lists(way, max_size=5))
    ]
    return town([affinity.translate(g, EAST, NORTH) for g in grounds], shapes, lines, households=counts)


def inside(territory: Territory) -> int:
    """Return the households whose building stands in a village."""
    ground = shapely.union_all(territory.villages.geometry.to_numpy())
    points = shapely.point_on_surface(territory.buildings.geometry.to_numpy())
    return int(territory.buildings["households"][shapely.intersects(ground, points)].sum())


@given(towns())
@settings(max_examples=120)
def test_cells_tile_and_count_and_do_not_cut(territory: Territory) -> None:
    """Every town: exact tiling, no household lost or doubled, no building cut inside its village, every cell one piece."""
    cells = cut(territory)
    assert cells.table["households"].sum() == inside(territory)
    assert cut_buildings(cells) == []
    assert set(cells.table.geom_type) <= {"Polygon"}
    assert (cells.borders["length_m"] > 0).all()


@given(towns(), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_rows_changes_nothing(territory: Territory, random: Any) -> None:
    """Shuffled buildings and lines give the same cells, vertex for vertex, with the same counts."""
    shuffled = {}
    for layer in ("buildings", "lines"):
        rows = list(range(len(getattr(territory, layer))))
        random.shuffle(rows)
        shuffled[layer] = getattr(territory, layer).iloc[rows].reset_index(drop=True)
    other = cut(Territory(**{**territory.__dict__, **shuffled}))
    cells = cut(territory)
    assert cells.table["households"].tolist() == other.table["households"].tolist()
    assert shapely.to_wkb(cells.table.geometry).tolist() == shapely.to_wkb(other.table.geometry).tolist()


@given(towns())
@settings(max_examples=15)
def test_jobs_change_nothing(territory: Territory) -> None:
    """Two workers give what one gives."""
    one, two = cut(territory), cut(territory, jobs=2)
    assert shapely.to_wkb(one.table.geometry).tolist() == shapely.to_wkb(two.table.geometry).tolist()
    assert one.borders.drop(columns="geometry").equals(two.borders.drop(columns="geometry"))


@given(towns())
@settings(max_examples=25)
def test_a_shift_keeps_the_counts(territory: Territory) -> None:
    """The same town 100 km away has the same households in as many cells."""
    cells, moved = cut(territory), cut(shift(territory, 1e5, -1e5))
    assert sorted(cells.table["households"]) == sorted(moved.table["households"])


@given(st.lists(st.tuples(st.floats(0.01, 0.99), st.floats(0.01, 0.99)), min_size=1, max_size=12))
@example([(0.5, 0.5), (0.5, 0.5)])
def test_matching_makes_a_coverage(cuts: list[tuple[float, float]]) -> None:
    """Two columns of boxes cut at different heights match after matching, and their ground takes their junctions."""
    columns: list[shapely.Polygon] = []
    for side, heights in enumerate(zip(*cuts, strict=True)):
        levels = [0.0, *sorted(set(np.round(heights, 2))), 1.0]
        columns += [shapely.box(side, a, side + 1, b) for a, b in pairwise(levels)]
    matched = match_polygons(np.array([affinity.scale(c, 100, 100, origin=(0, 0)) for c in columns]))
    points = shapely.get_coordinates(matched)
    ground = insert_vertices(np.array([shapely.box(0, 0, 200, 100)]), points)
    assert not len(residual_edges(matched, ground))


def necked(width_mm: float, turn: float, *, alone: bool) -> list[shapely.Polygon]:
    """Return a village with a neck of ``width_mm`` between a corner and an edge, and its neighbour; ``alone``: the neck is the town's edge.

    The border comes up to the corner (50, 40), goes round a bulb of the western village, and comes back ``width_mm`` above that corner.
    """
    high = 40 + width_mm / 1000
    border = [(50, 0), (50, 40), (90, 20), (90, 60), (70, high), (30, high), (45, 70), (50, 100)]
    west = shapely.Polygon([*border, (0, 100), (0, 0)])
    east = shapely.Polygon([*border, (120, 100), (120, 0)])
    third = shapely.box(0, -30, 120, 0)
    shapes = [west, third] if alone else [west, east, third]
    return [affinity.translate(affinity.rotate(s, turn, origin=(0, 0)), EAST, NORTH) for s in shapes]


@given(st.floats(0.05, 3), st.floats(0, 360), st.booleans())
@example(0.3, 0, False)
@example(0.3, 0, True)
@settings(max_examples=20)
def test_a_neck_narrower_than_the_grid_stays_valid(width_mm: float, turn: float, alone: bool) -> None:
    """Villages that nearly touch themselves are valid after matching, lose no ground, and their cells still tile them."""
    grounds = necked(width_mm, turn, alone=alone)
    matched = match_polygons(np.array(grounds))
    assert shapely.is_valid(matched).all()
    assert np.abs(shapely.area(matched) - shapely.area(grounds)).max() < 0.05
    cells = cut(town(grounds))
    assert cells.territory.villages.is_valid.all()
    proof = prove(cells.table.geometry.to_numpy(), cells.territory.villages.geometry.to_numpy())
    assert proof.tiles
    assert not proof.left


@given(st.floats(0.0001, 0.002), st.floats(0, 360))
@example(0.0002, 0)
@settings(max_examples=10)
def test_corners_nearer_than_the_grid_stay_those_of_the_villages(apart_m: float, turn: float) -> None:
    """Where an outline has two corners closer than the tolerance, cells have both too: villages and cells still match."""
    a, b, far = (0, 0.0004), (0, 0.0004 + apart_m), (-170, 30)
    shapes = [
        shapely.Polygon([a, (5, -100), (100, 0), (5, 100), b]),
        shapely.Polygon([b, (5, 100), (-100, 200), far]),
        shapely.Polygon([a, b, far, (-100, -200), (5, -100)]),
    ]
    grounds = [affinity.translate(affinity.rotate(s, turn, origin=(0, 0)), EAST, NORTH) for s in shapes]
    cells = cut(town(grounds))
    proof = prove(cells.table.geometry.to_numpy(), cells.territory.villages.geometry.to_numpy())
    assert proof.tiles
    assert not proof.left
