"""From cells to a plan."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from areaplan.delineation import delineate
from areaplan.delineation.pose import Bounds, bounds_of
from areaplan.errors import InputError
from areaplan.model import Cells
from areaplan.settings import AreaSettings
from toys import toy_cells, toy_settings


def with_households(cells: Cells, households: dict[int, int]) -> Cells:
    """Return the cells with other counts in some rows."""
    counts = cells.table["households"].copy()
    for row, count in households.items():
        counts.iloc[row] = count
    return replace(cells, table=cells.table.assign(households=counts))


def without_borders(cells: Cells, *cut: int) -> Cells:
    """Return the cells with some rows cut off from all others, as if they were islands."""
    ids = set(cells.table["cell_id"].iloc[list(cut)])
    borders = cells.borders
    crossing = borders["left_cell"].isin(ids) ^ borders["right_cell"].isin(ids)
    return replace(cells, borders=borders[~crossing].reset_index(drop=True))


def test_every_cell_has_one_area_of_its_own_village() -> None:
    """Codes are the village's code and three digits; all cells have one."""
    plan = delineate(toy_cells(), toy_settings())
    table = plan.cells.table
    assert table["ea_code"].notna().all()
    assert (table["ea_code"].str[:-3] == table["village_code"]).all()
    assert plan.areas["households"].tolist() == [40] * 6


def test_numbers_run_over_the_map() -> None:
    """The first area lies in the north-west, the last in the south-east."""
    plan = delineate(toy_cells(), toy_settings())
    first = plan.areas.geometry[plan.areas["ea_code"] == "350302101001001"].iloc[0].representative_point()
    last = plan.areas.geometry[plan.areas["ea_code"] == "350302101001004"].iloc[0].representative_point()
    assert first.x <= last.x
    assert first.y >= last.y or first.x < last.x


def test_jobs_change_nothing() -> None:
    """Two processes make the same plan as one."""
    one, two = (delineate(toy_cells(), toy_settings(), jobs=jobs) for jobs in (1, 2))
    pd.testing.assert_series_equal(one.assignment, two.assignment)


def test_a_village_too_small_says_so() -> None:
    """A village with fewer households than an area needs becomes one area, with its cause."""
    cells = with_households(toy_cells(), {4: 3, 5: 2, 10: 4, 11: 1})
    plan = delineate(cells, toy_settings())
    (finding,) = plan.findings.under("R09")
    assert finding.subject == "350302101002001"
    assert "10 households here: one area, below the minimum of 30" in str(finding.message)


def test_a_tower_is_an_area_by_itself() -> None:
    """A building above the maximum is its own area and is named with its choices."""
    cells = with_households(toy_cells(), {0: 130})
    plan = delineate(cells, toy_settings())
    (finding,) = [f for f in plan.findings.under("R09") if f.measure == 130]
    assert "building B000001 holds 130 households, above the maximum of 50" in str(finding.message)


def test_a_small_island_joins_the_nearest_area_and_is_declared() -> None:
    """A part with too few people is enumerated with the nearest area of its village."""
    cells = without_borders(with_households(toy_cells(), {0: 5, 1: 35}), 0)
    plan = delineate(cells, toy_settings())
    (finding,) = plan.findings.under("R05")
    assert finding.unit == "m2"
    assert finding.measure == pytest.approx(5000)
    area = plan.assignment["350302101001-00001"]
    assert plan.assignment["350302101001-00002"] == area


def test_an_inhabited_exclave_is_divided_by_itself() -> None:
    """A part with enough people needs no ferry."""
    cells = without_borders(toy_cells(), 0, 6)
    plan = delineate(cells, toy_settings())
    assert len(plan.findings.under("R05")) == 0
    assert plan.areas["households"].tolist() == [40] * 6


def test_an_archipelago_gathers_islands_until_they_are_enough() -> None:
    """Islands of one household group each join their nearest neighbours; no area is left below the minimum without need."""
    cells = without_borders(without_borders(toy_cells(), 4), 5)
    plan = delineate(cells, toy_settings())
    assert plan.areas["households"].min() >= 30


def test_too_many_areas_are_refused_before_the_work() -> None:
    """Three digits have room for 899 areas (R11)."""
    cells = with_households(toy_cells(), dict.fromkeys(range(12), 60_000))
    with pytest.raises(InputError, match=r"350302101001 would need .* room for 899"):
        delineate(cells, toy_settings())


def test_a_village_target_scales_the_bounds() -> None:
    """A village with its own target keeps the proportions of the band."""
    assert bounds_of(AreaSettings(), 160) == Bounds(120, 160, 200)
    assert bounds_of(AreaSettings(), None) == Bounds(60, 80, 100)
