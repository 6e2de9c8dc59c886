"""The invented town: it is what its README says, and its script makes it again."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from pyproj import CRS

from areaplan.numbering import number_buildings
from areaplan.pipeline import PlannedTown, plan_town
from areaplan.settings import read_settings

FOLDER = Path(__file__).parents[1] / "data" / "sample"
LAYERS = ["villages", "streets", "rivers", "railway", "walls", "buildings"]


def layer(name: str, folder: Path = FOLDER) -> gpd.GeoDataFrame:
    return gpd.read_file(folder / "town.gpkg", layer=name)


def totals(folder: Path = FOLDER) -> pd.DataFrame:
    return pd.read_excel(folder / "村居户数表.xlsx", dtype={"代码": str})


def hidden(words: str) -> str:
    """Return the building number or the count that the README gives on the line with ``words``."""
    line = next(row for row in readme().splitlines() if words in row)
    if words == "shared walls":
        return line.split(words)[0].split()[-1]
    return next(w.strip(",") for w in line.split() if w.startswith("F0"))


def readme() -> str:
    return (FOLDER / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the files anew in another folder with the committed script."""
    folder = tmp_path_factory.mktemp("sample")
    sys.path.insert(0, str(FOLDER))
    try:
        script: ModuleType = importlib.import_module("make_sample")
        script.main(folder)
    finally:
        sys.path.remove(str(FOLDER))
        for name in ("make_sample", "drawing", "fabric"):
            sys.modules.pop(name, None)
    return folder


@pytest.mark.parametrize("name", LAYERS)
def test_script_makes_the_same_layer(again: Path, name: str) -> None:
    """Same seed, same table, same WKB."""
    old, new = layer(name), layer(name, again)
    pd.testing.assert_frame_equal(
        pd.DataFrame(old.drop(columns="geometry")), pd.DataFrame(new.drop(columns="geometry"))
    )
    assert (shapely.to_wkb(old.geometry.to_numpy()) == shapely.to_wkb(new.geometry.to_numpy())).all()
    assert old.crs == new.crs == CRS("EPSG:4549")


def test_script_makes_the_same_register(again: Path) -> None:
    """The workbook holds the same totals."""
    pd.testing.assert_frame_equal(totals(), totals(again))


def test_says_on_its_face_that_it_is_invented() -> None:
    """README, title, layer metadata, a column and the codes say so."""
    assert "虚构" in readme().splitlines()[0]
    assert "虚构" in read_settings(FOLDER / "areaplan.toml").title
    for name in LAYERS:
        assert "虚构" in pyogrio.read_info(FOLDER / "town.gpkg", layer=name)["layer_metadata"]["note"]
    villages = layer("villages")
    assert villages["备注"].str.contains("虚构").all()
    assert villages["代码"].str.fullmatch(r"999\d{9}").all()


def test_is_small() -> None:
    """The folder stays under 2 MB."""
    assert sum(f.stat().st_size for f in FOLDER.iterdir() if f.is_file()) < 2_000_000


def test_villages_tile_the_town() -> None:
    """Neighbours share every vertex; one village has an exclave, one an island."""
    shapes = layer("villages").geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    whole = shapely.union_all(shapes)
    assert np.isclose(whole.area, shapely.area(shapes).sum(), atol=1e-6)
    assert shapely.get_num_geometries(whole) == 2
    assert sum(len(p.interiors) for p in whole.geoms) == 0
    assert shapely.get_num_geometries(shapes).tolist() == [1, 1, 1, 1, 2, 2]


def test_register_names_the_same_villages() -> None:
    """Codes and names match, and about 4,000 households live here."""
    table, villages = totals(), layer("villages")
    assert table["代码"].tolist() == villages["代码"].tolist()
    assert table["名称"].tolist() == villages["名称"].tolist()
    assert 3_800 <= table["户数"].sum() <= 4_400
    assert (table["人口"] > 2 * table["户数"]).all()


def test_buildings_keep_apart() -> None:
    """Footprints are valid and overlap nowhere; only shop-houses touch."""
    buildings = layer("buildings")
    shapes = buildings.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert buildings["编号"].is_unique
    left, right = buildings.sindex.query(shapes, predicate="intersects")
    left, right = left[left < right], right[left < right]
    assert shapely.area(shapely.intersection(shapes[left], shapes[right])).max() == 0
    assert set(buildings["用途"].to_numpy()[left]) == {"商住"}
    assert str(len(left)) == hidden("shared walls")


def test_only_the_passage_is_crossed_by_a_line() -> None:
    """Streets, walls, rivers and the railway keep clear of every footprint but one."""
    buildings = layer("buildings")
    crossed: set[str] = set()
    for name in ("streets", "rivers", "railway", "walls"):
        rows = layer(name).sindex.query(buildings.geometry, predicate="intersects")[0]
        crossed |= set(buildings["编号"].to_numpy()[rows])
    assert crossed == {hidden("over 打铁巷")}


def test_one_building_on_a_village_border() -> None:
    """One home stands across a border; all others lie within one village."""
    buildings = layer("buildings")
    inside = buildings.sindex.query(layer("villages").geometry, predicate="contains")[1]
    numbers = buildings["编号"]
    assert set(numbers) - set(numbers.to_numpy()[inside]) == {hidden("between 新桥社区 and 港仔村")}


def test_towers_hold_what_the_readme_says() -> None:
    """Floor space spread to the register total gives 132 and 96 households."""
    buildings, village = layer("buildings").set_index("名称"), layer("villages").geometry[0]
    homes = buildings[buildings["用途"].isin(["住宅", "商住"]) & buildings.representative_point().within(village)]
    space = homes.area * homes["层数"]
    share = space / space.sum() * totals()["户数"][0]
    assert share[["月港华庭1号楼", "月港华庭2号楼"]].round().tolist() == [132, 96]


def test_streets_share_their_junctions() -> None:
    """Where two streets meet, both have a vertex there (3 cm)."""
    streets = layer("streets").geometry.to_numpy()
    for i, j in shapely.STRtree(streets).query(streets, predicate="intersects").T:
        if i < j:
            meet = shapely.points(shapely.get_coordinates(shapely.intersection(streets[i], streets[j])))
            for line in (streets[i], streets[j]):
                vertices = shapely.multipoints(shapely.get_coordinates(line))
                assert shapely.distance(meet, vertices).max() < 0.03


def test_bridges_and_underpass_are_marked() -> None:
    """月溪 has two bridges; one road passes under the railway, others cross it on the level."""
    streets, river, railway = layer("streets"), layer("rivers").geometry[0], layer("railway").geometry[0]
    over = streets[streets.crosses(river)]
    assert sorted(over["名称"]) == ["滨海大道", "镇海路"]
    assert (over["桥梁"] == 1).all()
    rail = streets[streets.crosses(railway)]
    assert rail.loc[rail["隧道"] == 1, "名称"].tolist() == ["溪头路"]
    assert (rail["隧道"] == 0).sum() >= 3


def test_readme_figures_are_true() -> None:
    """The table of villages in the README is the register's, and counts the buildings."""
    villages, points, table = layer("villages"), layer("buildings").representative_point(), totals()
    for i, row in table.iterrows():
        count = points.within(villages.geometry[i]).sum()
        assert f"| {row['代码']} | {row['名称']} | {row['户数']:,} | {count:,} |" in readme()
    assert f"| {table['户数'].sum():,} | {len(points):,} |" in readme()


@pytest.fixture(scope="module")
def planned() -> PlannedTown:
    return plan_town(read_settings(FOLDER / "areaplan.toml"), jobs=1)


def test_plan_is_clean(planned: PlannedTown) -> None:
    """About 50 areas, every household kept, nothing that blocks the issue."""
    assert planned.report.passed
    assert not planned.plan.findings.errors
    assert 45 <= len(planned.plan.areas) <= 55
    assert planned.plan.areas["households"].sum() == totals()["户数"].sum()


def test_what_is_hidden_is_found(planned: PlannedTown) -> None:
    """Tower, exclave, passage and the house on a village border are declared; the tower's two entrances let every area be inside."""
    plan = planned.plan
    found = {(f.rule, f.subject) for f in plan.findings}
    assert {("R07", hidden("over 打铁巷")), ("R07", hidden("between 新桥社区 and 港仔村"))} <= found
    parts = plan.cells.table[plan.cells.table["part"].notna()].sort_values("part")
    assert parts["label"].tolist() == ["第1单元（共2个单元）", "第2单元（共2个单元）"]
    assert parts["households"].tolist() == [66, 66]
    assert {("R07", b) for b in parts["building_id"]} <= found
    assert plan.areas["households"].between(60, 100).all()
    assert {f.village_code for f in plan.findings.under("R05")} == {"999999101203"}


def test_only_the_divided_building_says_which_part_it_is(planned: PlannedTown) -> None:
    """In the list of numbered buildings ``part`` is a text for the tower's two entrances and None for every other building."""
    numbered = number_buildings(planned.plan)
    said = [p for p in numbered["part"] if p is not None]
    assert sorted(said) == ["第1单元（共2个单元）", "第2单元（共2个单元）"]  # rows go by area
    assert len(numbered) > len(said)
