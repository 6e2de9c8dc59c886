"""What no map may show is in no sum beside a map either."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from areaplan.maps import review_page
from areaplan.maps.editions import Edition
from areaplan.maps.embedded import page_data
from areaplan.model import AreaPlan
from areaplan.sensitive import hidden_buildings, shown_plan, undrawn
from toys import toy_plan


def _with_barracks(**columns: object) -> AreaPlan:
    """Return the toy plan, its first building a barracks."""
    plan = toy_plan()
    buildings = plan.cells.buildings.assign(name=None, use=None)
    buildings.loc[0, ["name", "use"]] = ["某部营房", "军营"]
    for column, value in columns.items():
        buildings.loc[0, column] = value
    return replace(plan, cells=replace(plan.cells, buildings=buildings))


def test_nothing_withheld_is_the_same_plan() -> None:
    plan = toy_plan()
    assert shown_plan(plan) is plan
    assert undrawn(plan) is plan


def test_drawing_and_totals_lose_the_same() -> None:
    """Buildings and households of area and village go with the building; its neighbours keep theirs; the plan given is not touched."""
    plan = _with_barracks()
    shown = shown_plan(plan)
    barracks = plan.cells.buildings.iloc[0]
    counts = ["households", "buildings"]
    lost = plan.areas.set_index("ea_code")[counts] - shown.areas.set_index("ea_code")[counts]
    assert lost.loc[barracks["ea_code"]].tolist() == [int(barracks["households"]), 1]
    assert lost.drop(barracks["ea_code"]).to_numpy().sum() == 0
    sums = shown.areas.groupby("village_code")["households"].sum()
    assert sums.to_dict() == shown.territory.villages.set_index("village_code")["households"].to_dict()
    assert "某部营房" not in set(shown.cells.buildings["name"]) | set(shown.territory.buildings["name"])
    assert hidden_buildings(plan).sum() == 1
    assert int(undrawn(plan).areas["buildings"].sum()) == int(plan.areas["buildings"].sum())


def test_a_divided_building_is_taken_from_each_of_its_areas() -> None:
    """Its parts count in the areas they lie in, by their cells; the building itself in the area of its largest part only."""
    plan = _with_barracks()
    cells = plan.cells.table.copy()
    barracks = plan.cells.buildings.iloc[0]["building_id"]
    first, second = (cells.index[cells["ea_code"] == c][0] for c in plan.areas["ea_code"][:2])
    for part, row in enumerate((first, second), 1):
        cells.loc[row, ["building_id", "part", "parts"]] = [barracks, part, 2]
    plan = replace(plan, cells=replace(plan.cells, table=cells))
    lost = (plan.areas["households"] - shown_plan(plan).areas["households"]).tolist()
    assert lost == [int(cells.loc[first, "households"]), int(cells.loc[second, "households"]), 0, 0, 0, 0]
    assert (plan.areas["buildings"] - shown_plan(plan).areas["buildings"]).tolist() == [1, 0, 0, 0, 0, 0]


def test_a_page_draws_no_barracks_and_a_public_one_does_not_count_it() -> None:
    """The internal page keeps the plan's totals, by which balance is judged; the public one could be laid beside a sheet."""
    plan = _with_barracks()
    pages = {e: review_page(plan, plan.findings, edition=Edition(profile=e)) for e in ("internal", "public")}  # type: ignore[arg-type]
    assert not any("某部营房" in page for page in pages.values())
    households = {e: page_data(page)["areas"]["households"] for e, page in pages.items()}
    assert households["internal"] == plan.areas["households"].tolist()
    assert households["public"] == shown_plan(plan).areas["households"].tolist()
    assert pd.Series(households["internal"]).sum() - pd.Series(households["public"]).sum() == 20
