"""Natural units, pins of the office and complexes: what steers a division, and what of it cannot be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

import towns
from areaplan.delineation import delineate
from areaplan.errors import InputError
from areaplan.files import read_plan, read_territory, write_plan
from areaplan.model import AreaPlan, Cells, Territory
from areaplan.pipeline import prove_plan
from areaplan.schema import conform
from areaplan.settings import Settings
from cell_towns import CRS, at, box, cut, settings_for, street, town

SIZES = {"target_households": 40, "min_households": 30, "max_households": 50}


def row_town(count: int = 8, *, each: int = 10, facts: list[dict[str, object]] | None = None) -> Territory:
    """Return a village of ``count`` houses in a row, 10 households each, a lane between any two.

    ::

        +----+----+----+----+
        |[B1]|[B2]|[B3]|[B4]|
        +----+----+----+----+
    """
    houses = [box(50 * i + 20, 20, 50 * i + 30, 30) for i in range(count)]
    lanes = [street((50 * i, -9), (50 * i, 59)) for i in range(1, count)]
    return town([box(0, 0, 50 * count, 50)], houses, lanes, households=[each] * count, facts=facts or [])


def layer(name: str, rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Return a layer of the drawing's CRS."""
    return conform(gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS), name)


def pin(kind: str, group: str, *houses: int, name: str | None = None) -> dict[str, Any]:
    """Return a pin over some houses: a polygon over the ground of neighbours, or a point in one."""
    if len(houses) == 1:
        shape: Any = shapely.Point(at((50 * houses[0] - 25, 25))[0])
    else:
        shape = box(50 * (min(houses) - 1), 0, 50 * max(houses), 50)
    return {"kind": kind, "group": group, "name": name, "geometry": shape}


def pinned(*pins: dict[str, Any], **more: Any) -> Cells:
    """Return the cells of the row with pins."""
    return cut(replace(row_town(**more), pins=layer("pins", list(pins))), areas=SIZES)


def plan(cells: Cells) -> AreaPlan:
    """Divide."""
    return delineate(cells, settings_for(areas=SIZES))


def areas_of(divided: AreaPlan) -> list[str]:
    """Return the area of each house, by the last digit of its code."""
    return [code[-1] for code in divided.cells.buildings["ea_code"]]


def test_units_by_column_and_by_ground():
    """A cell belongs to the unit its buildings name, else to the one on whose ground they stand."""
    facts: list[dict[str, object]] = [{"unit": "group 9"}]
    ground = layer("units", [{"name": "group 1", "geometry": box(0, 0, 150, 50)}])
    cells = cut(replace(row_town(4, facts=facts), units=ground))
    house = cells.buildings.set_index("building_id")["cell_id"]
    unit = cells.table.set_index("cell_id")["unit"]
    assert [unit[house[f"B{i}"]] for i in range(1, 5)] == ["group 9", "group 1", "group 1", None]


def test_units_that_fit_stay_whole():
    """Groups of three, two and three houses are areas where 30 to 50 households are asked for and the middle one joins a side."""
    names = ["a", "a", "a", "b", "b", "c", "c", "c"]
    divided = plan(cut(row_town(facts=[{"unit": n} for n in names]), areas=SIZES))
    areas = areas_of(divided)
    for unit in "abc":
        assert len({a for a, n in zip(areas, names, strict=True) if n == unit}) == 1


def test_a_village_with_its_own_target():
    """At a target of 80 the row is one area."""
    territory = row_town()
    territory.villages["target_households"] = [80]
    assert plan(cut(territory, areas=SIZES)).areas["households"].tolist() == [80]


def test_together_and_the_cells_between():
    """Pins on the third and the sixth house hold what lies between them, too."""
    areas = areas_of(plan(pinned(pin("together", "g", 3), pin("together", "g", 6))))
    assert len(set(areas[2:6])) == 1


def test_apart():
    """Neighbours that quarrel are in two areas."""
    areas = areas_of(plan(pinned(pin("apart", "g", 3), pin("apart", "g", 4))))
    assert areas[2] != areas[3]


def test_a_locked_area_stays_as_it_is():
    """Two houses locked are an area of 20, below the bounds, with locked borders and a cause."""
    town_ = prove_plan(plan(pinned(pin("locked", "done", 1, 2))))
    areas = town_.plan.areas.set_index("ea_code")
    code = town_.plan.cells.buildings["ea_code"].iloc[0]
    assert areas.loc[code, ["households", "locked"]].tolist() == [20, "borders"]
    assert not [f for f in town_.report.findings.errors if f.rule == "R09"]


def test_a_special_area_is_marked():
    """A campus is an area of its own, named so, and excused from the bounds."""
    town_ = prove_plan(plan(pinned(pin("special", "1", 1, 2, 3, 4, 5, 6, name="university"))))
    areas = town_.plan.areas.set_index("ea_code")
    assert areas.loc[town_.plan.cells.buildings["ea_code"].iloc[0], ["households", "special"]].tolist() == [
        60,
        "university",
    ]
    assert not [f for f in town_.report.findings.errors if f.rule == "R09"]


def test_a_complex_is_not_split():
    """A school of two houses across a lane stays in one area."""
    complexes = layer("complexes", [{"use": "school", "name": "No. 1", "geometry": box(170, 10, 230, 40)}])
    areas = areas_of(plan(cut(replace(row_town(), complexes=complexes), areas=SIZES)))
    assert areas[3] == areas[4]


def test_a_pin_on_empty_ground_is_named():
    """A pin that covers no cell is a warning."""
    far = {"kind": "together", "group": "g", "name": "far", "geometry": box(900, 900, 950, 950)}
    assert [(f.rule, f.subject) for f in plan(pinned(far)).findings.under("R00")] == [("R00", "far")]


@pytest.mark.parametrize(
    ("pins", "said"),
    [
        ([pin("locked", "a", 1, 2), pin("locked", "b", 2, 3)], "shares cells with another finished area"),
        ([pin("locked", "a", 1), pin("locked", "a", 3)], "are not one piece"),
        ([pin("locked", "a", 1, 2), pin("together", "b", 2, 3)], "holds cells of a finished area"),
        ([pin("together", "a", 1, 2), pin("apart", "b", 1), pin("apart", "b", 2)], "parts what is pinned together"),
        ([pin("locked", "x", 4), pin("together", "a", 3), pin("together", "a", 5)], "no way leads between"),
    ],
)
def test_pins_that_contradict_themselves(pins: list[dict[str, Any]], said: str) -> None:
    """Each is one sentence that names village and group; nothing is planned."""
    with pytest.raises(InputError) as error:
        plan(pinned(*pins))
    assert said in str(error.value)
    assert "V1" in str(error.value)


def files_with(folder: Path, pins: list[dict[str, Any]]) -> Settings:
    """Return settings of the small town with units and pins read from files, under Chinese column names."""
    pin_table = gpd.GeoDataFrame(pins, geometry="geometry", crs=towns.CRS)
    units = gpd.GeoDataFrame(
        {"组名": ["一组", None]}, geometry=[towns.box(0, 0, 100, 200), shapely.Point(towns.at(5, 5))], crs=towns.CRS
    )
    towns.write_town(folder, {**towns.town_layers(), "units": units, "pins": pin_table})
    steered = {
        "units": {"path": "town.gpkg", "layer": "units", "name": "组名"},
        "pins": {"path": "town.gpkg", "layer": "pins", "kind": "类型", "group": "组别"},
    }
    return towns.town_settings(folder, towns.town_input() | steered)


def test_units_and_pins_are_read(tmp_path: Path) -> None:
    """Kinds may be Chinese; a unit that is no polygon is set aside and named."""
    place = shapely.Point(towns.at(25, 25))
    territory = read_territory(files_with(tmp_path, [{"类型": "锁定", "组别": None, "geometry": place}]))
    assert territory.units["name"].tolist() == ["一组"]
    assert territory.pins[["kind", "group"]].to_numpy().tolist() == [["locked", "#1"]]
    assert [str(f.severity) for f in territory.findings.under("R00")] == ["warning"]


def test_wrong_pins_are_refused_together(tmp_path: Path) -> None:
    """An unknown kind and a pin kept apart from nothing are told at once, with their rows."""
    place = shapely.Point(towns.at(25, 25))
    wrong = [{"类型": "togther", "组别": "a", "geometry": place}, {"类型": "apart", "组别": None, "geometry": place}]
    with pytest.raises(InputError) as error:
        read_territory(files_with(tmp_path, wrong))
    assert "did you mean 'together'" in str(error.value)
    assert "needs a group" in str(error.value)


def test_a_plan_keeps_its_pins(tmp_path: Path) -> None:
    """What steered a plan stands in its file, so that it can be planned again from it."""
    town_ = prove_plan(plan(pinned(pin("locked", "done", 1, 2))))
    write_plan(town_.plan, tmp_path / "plan.gpkg", content_hash="x", created="2026-11-27")
    again = read_plan(tmp_path / "plan.gpkg")
    assert again.territory.pins["kind"].tolist() == ["locked"]
    assert again.areas["locked"].dropna().tolist() == ["borders"]
