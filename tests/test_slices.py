"""Buildings too big for one area: how their households are shared, how their ground is cut, what the judge says of it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import affinity

from areaplan.cells.shares import Size, shares_of
from areaplan.cells.slices import slice_across
from areaplan.codes import is_unnamed
from areaplan.delineation import delineate
from areaplan.model import Severity, Territory
from areaplan.pipeline import prove_plan
from cell_towns import EAST, NORTH, box, cut, cut_buildings, residual_edges, settings_for, street, town
from test_cells_laws import inside, towns

SIZES = {"target_households": 16, "min_households": 10, "max_households": 20}
BIG = {"target_households": 80, "min_households": 72, "max_households": 88}


def labels(households: int, **known: int) -> list[str]:
    """Return what the parts of a building are called at target 80, at most 88."""
    return [str(s.label) for s in shares_of(households, Size(80, 88), **known)]


def test_whole_entrances_first():
    """Parts are runs of whole entrances, as few as the maximum allows."""
    assert labels(105, entrances=5, floors=6) == ["entrances 1–3 of 5", "entrances 4–5 of 5"]
    assert labels(240, entrances=3) == ["entrance 1 of 3", "entrance 2 of 3", "entrance 3 of 3"]


def test_an_entrance_too_big_goes_by_floors():
    """One entrance of 100 households in 20 floors becomes two runs of floors; so does a tower with one entrance."""
    assert labels(200, entrances=2, floors=20) == [
        "entrance 1 of 2, floors 1–10 of 20", "entrance 1 of 2, floors 11–20 of 20",
        "entrance 2 of 2, floors 1–10 of 20", "entrance 2 of 2, floors 11–20 of 20",
    ]  # fmt: skip
    assert labels(100, entrances=1, floors=20) == ["floors 1–10 of 20", "floors 11–20 of 20"]


def test_what_is_not_known_is_left_to_the_ground():
    """Without entrances and floors the parts are equal counts, and say that somebody must look."""
    assert all(map(is_unnamed, labels(105)))
    assert labels(105)[0] == "part 1 of 2: entrances to be written on the ground"
    assert labels(200, entrances=2)[0] == "entrance 1 of 2, part 1 of 2: floors to be written on the ground"
    assert not any(map(is_unnamed, labels(105, floors=9)))


@given(st.integers(89, 5000), st.integers(0, 40), st.integers(0, 60))
def test_shares_keep_every_household(households: int, entrances: int, floors: int) -> None:
    """Nothing is lost, every part fits an area, and named parts are as even as whole entrances and floors allow."""
    shares = shares_of(households, Size(80, 88), entrances=entrances, floors=floors)
    counts = [s.households for s in shares]
    assert sum(counts) == households
    assert len(counts) >= 2
    assert max(counts) <= 88
    assert len({str(s.label) for s in shares}) == len(shares)


def test_the_cut_runs_across_the_long_axis():
    """A slab of 60 m by 10 m is cut across, in proportion to the households, from west to east.

    ::

        +----------------------+
        |  [   1   :  2  : 3 ] |
        +----------------------+
    """
    slab = affinity.rotate(shapely.box(10, 10, 70, 20), 20)
    cell = shapely.box(0, -20, 90, 50)
    pieces = slice_across(cell, slab, np.array([30, 20, 10]))
    assert shapely.area(shapely.intersection(pieces, slab)) == pytest.approx([300, 200, 100])
    west = [p.x for p in shapely.centroid(pieces)]
    assert west == sorted(west)
    assert shapely.length(shapely.intersection(pieces[0], pieces[2])) == 0


def test_a_courtyard_is_cut_too():
    """The ground of a hollow block is parted so that every piece is one, and nothing of it is lost."""
    hollow = shapely.difference(shapely.box(10, 10, 60, 50), shapely.box(20, 20, 50, 40))
    pieces = slice_across(shapely.box(0, 0, 70, 60), hollow, np.array([40, 40, 40]))
    assert set(shapely.get_type_id(pieces)) == {3}
    assert shapely.area(pieces).sum() == pytest.approx(4200)


def slab_town(**facts: object) -> Territory:
    """Return a village with a slab of 105 households and rows of houses with 12 each on both sides."""
    houses = [box(x, y, x + 10, y + 10) for y in (20, 80) for x in range(10, 290, 20)]
    return town(
        [box(0, 0, 300, 110)],
        [box(120, 50, 180, 60), *houses],
        [street((-9, 40), (309, 40)), street((-9, 70), (309, 70))],
        households=[105, *[12] * len(houses)],
        facts=[{"persons": 250, **facts}],
    )


def test_slices_are_cells():
    """The building's parts stand in layer cells with number and label; its households and persons are theirs."""
    cells = cut(slab_town(entrances=5), areas=BIG, output={"lang": "en"})
    parts = cells.table[cells.table["part"].notna()].sort_values("part")
    assert parts["label"].tolist() == ["entrances 1–3 of 5", "entrances 4–5 of 5"]
    assert parts["building_id"].tolist() == ["B1", "B1"]
    assert parts[["part", "parts", "households"]].to_numpy().tolist() == [[1, 2, 63], [2, 2, 42]]
    assert parts["persons"].sum() == 250
    assert cells.table["households"].sum() == 105 + 28 * 12
    assert [(f.rule, str(f.severity), f.subject) for f in cells.findings] == [("R07", "note", "B1")]


def test_a_plan_with_a_split_building_is_clean():
    """The judge takes named parts for a declared split, and the areas stay inside the bounds."""
    settings_ = settings_for(areas=BIG)
    town_ = prove_plan(delineate(cut(slab_town(entrances=5), areas=BIG), settings_))
    found = town_.report.findings
    assert [
        f
        for f in found
        if f.rule in {"R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08"} and f.severity != Severity.NOTE
    ] == []
    assert town_.plan.areas["households"].between(72, 88).all() or found.under("R09")


def test_unnamed_parts_are_a_warning():
    """Parts by counts alone are a warning in a draft."""
    blind = {"areas": BIG, "cells": {"blind_from": 1}}
    town_ = prove_plan(delineate(cut(slab_town(), **blind), settings_for(**blind)))
    assert [(str(f.severity), f.subject) for f in town_.report.findings.under("R07")] == [
        ("warning", "B1"),
        ("note", "B1"),
    ]


def test_a_building_can_be_kept_whole():
    """Under the rule of 2020 it stays one cell, up to 2,000 persons; with more it is divided."""
    whole = {"oversize": "whole"}
    assert cut(slab_town(entrances=5), areas=BIG, cells=whole).table["part"].isna().all()
    assert cut(slab_town(entrances=5, persons=2001), areas=BIG, cells=whole).table["part"].notna().any()
    assert cut(slab_town(entrances=5), areas=BIG, cells=whole | {"whole_persons": 249}).table["part"].notna().any()
    assert cut(slab_town(entrances=5), areas=BIG, cells={"tower_households": 105}).table["part"].isna().all()


@pytest.mark.parametrize(("known", "most", "parts"), [({}, 88, 0), ({}, 84, 0), ({}, 83, 2), ({"entrances": 5}, 88, 2)])
def test_a_blind_cut_is_made_only_where_it_is_worth_it(known: dict[str, int], most: int, parts: int) -> None:
    """Without entrances and floors a building is parted above 1.25 times the maximum (105 = 1.25 x 84); else it is an area by itself."""
    sizes = BIG | {"max_households": most}
    cells = cut(slab_town(**known), areas=sizes)
    assert cells.table["part"].notna().sum() == parts
    plan = delineate(cells, settings_for(areas=sizes))
    own = plan.areas[plan.areas["households"] == 105]
    assert len(own) == (parts == 0)
    assert set(own["ea_code"]) <= {f.subject for f in plan.findings.under("R09") if f.severity == Severity.NOTE}


def test_a_village_with_its_own_target_has_its_own_giants():
    """In a village that aims at 160 a building of 105 is none."""
    territory = slab_town(entrances=5)
    territory.villages["target_households"] = [160]
    assert cut(territory, areas=BIG).table["part"].isna().all()


@given(towns(), st.data())
@settings(max_examples=60)
def test_slices_tile_and_count(territory: Territory, data: Any) -> None:
    """In towns full of giants the cells tile exactly, every household stays, and parts are numbered without gaps."""
    n = len(territory.buildings)
    known = data.draw(st.lists(st.integers(0, 6), min_size=n, max_size=n))
    territory.buildings["entrances"] = [k or None for k in known]
    territory.buildings["entrances"] = territory.buildings["entrances"].astype("Int64")
    cells = cut(territory, areas=SIZES)
    assert cells.table["households"].sum() == inside(territory)
    sliced = cells.table[cells.table["part"].notna()]
    for _, parts in sliced.groupby("building_id"):
        assert sorted(parts["part"]) == list(range(1, len(parts) + 1))
        assert set(parts["parts"]) == {len(parts)}
    assert set(cut_buildings(cells)) <= set(sliced["building_id"])


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=4, max_size=9, unique=True),
    st.lists(st.integers(1, 50), min_size=2, max_size=6),
)
@settings(max_examples=80)
def test_slices_tile_any_cell(corners: list[tuple[int, int]], counts: list[int]) -> None:
    """Any shape falls into as many pieces as there are parts, which tile it exactly."""
    shape = shapely.buffer(shapely.LineString(corners), 2, join_style="mitre")
    assume(shape.is_valid and shape.area > 20 and shape.geom_type == "Polygon")
    shape = affinity.translate(shape, EAST, NORTH)
    pieces = slice_across(shape, shapely.convex_hull(shape), np.array(counts))
    assert len(pieces) == len(counts)
    assert not shapely.is_empty(pieces).any()
    ground = (
        [shapely.Polygon(_noded(shape, pieces), [h.coords for h in shape.interiors])] if not shape.interiors else None
    )
    if ground:
        assert not len(residual_edges(pieces, ground))
    assert shapely.area(pieces).sum() == pytest.approx(shape.area)


def _noded(shape: shapely.Polygon, pieces: np.ndarray) -> list[tuple[float, float]]:
    """Return the outline of ``shape`` with the corners of ``pieces`` that lie on it."""
    out: list[tuple[float, float]] = []
    corners = shapely.points(shapely.get_coordinates(pieces))
    for a, b in pairwise(shape.exterior.coords):
        side = shapely.LineString([a, b])
        on = [p for p in corners if side.distance(p) < 1e-6]
        out += sorted({(p.x, p.y) for p in on} | {a, b}, key=lambda q: np.hypot(q[0] - a[0], q[1] - a[1]))
    return out
