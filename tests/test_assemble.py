"""The plan derived from an assignment."""

from __future__ import annotations

import pytest

from toys import toy_cells, toy_plan, toy_settings


def test_areas_are_sums_of_their_cells() -> None:
    """Households, buildings and square metres of an area are those of its cells."""
    plan = toy_plan()
    assert plan.areas["households"].tolist() == [40] * 6
    assert plan.areas["buildings"].tolist() == [2] * 6
    assert plan.areas["area_m2"].tolist() == [10_000.0] * 6
    assert plan.areas["ea_code"].tolist()[0] == "350302101001001"


def test_boundaries_say_what_they_follow() -> None:
    """The border between areas 002 and 003 follows the river; inside village A the others follow nothing."""
    inner = toy_plan().boundaries.dropna(subset="right_ea")
    rows = {
        (r.left_ea[-3:], r.right_ea[-3:]): (r.kind, r.length_m) for r in inner.itertuples() if "101001" in r.left_ea
    }
    assert rows == {("001", "002"): ("none", 200.0), ("002", "003"): ("river", 200.0), ("003", "004"): ("none", 200.0)}


def test_outline_is_kept_as_boundary() -> None:
    """The village outline is in the boundaries, once, without a right side."""
    outline = toy_plan().boundaries
    outline = outline[outline["right_ea"].isna()]
    assert outline["length_m"].sum() == pytest.approx(2 * (200 + 200) + 2 * (100 + 200))


def test_areas_keep_every_vertex_of_their_outline() -> None:
    """Dissolving keeps the junctions, so neighbours stay matched vertex for vertex."""
    plan = toy_plan()
    village = plan.territory.villages.geometry[0]
    assert len(village.exterior.coords) == 13
    assert {len(g.exterior.coords) for g in plan.areas.geometry} == {7}


def test_a_cell_without_area_is_refused() -> None:
    """Nothing is dropped in silence."""
    cells = toy_cells()
    from areaplan.delineation import assemble_plan

    with pytest.raises(KeyError):
        assemble_plan(cells, toy_plan().assignment.iloc[1:], toy_settings())
