"""R15, R17, R18, R23 and the official list: what the judge says when it is given streets, complexes, people and papers, and when not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from areaplan.check import Evidence, check_layer, check_plan
from areaplan.check.walking import walks_between
from areaplan.files import read_base_map, read_code_list, read_staff
from areaplan.messages import msg
from areaplan.model import AreaPlan, Finding, Severity
from defects import DEFECTS, grid_town


@pytest.fixture(scope="module")
def plan() -> AreaPlan:
    return grid_town(3)


def base_map(plan: AreaPlan) -> gpd.GeoDataFrame:
    villages = plan.territory.villages
    return gpd.GeoDataFrame(
        {"code": villages["village_code"], "name": villages["name"]}, geometry=villages.geometry, crs=plan.crs
    )


def test_without_data_nothing_is_passed(plan: AreaPlan) -> None:
    """A rule that lacks its data says which, and is not passed."""
    bare = replace(
        plan, cells=replace(plan.cells, territory=replace(plan.territory, lines=plan.territory.lines.iloc[:0]))
    )
    report = check_plan(bare)
    for rule, why in (("R15", "no streets"), ("R17", "complexes"), ("R18", "staffing"), ("R23", "base map")):
        assert report[rule].verdict == "not judged"
        assert why in str(report[rule].reason)


def test_with_data_they_are_judged(plan: AreaPlan) -> None:
    """Given its data, a sound town passes them."""
    staff = pd.DataFrame({
        "ea_code": plan.areas["ea_code"], "enumerator": [f"e{i}" for i in range(len(plan.areas))],
        "supervisor": [f"s{i // 4}" for i in range(len(plan.areas))],
    })  # fmt: skip
    report = check_plan(plan, evidence=Evidence(staff=staff, base_map=base_map(plan)))
    assert [report[r].verdict for r in ("R15", "R18", "R23")] == ["passed"] * 3
    assert list(report.found) == []


class TestReach:
    """R15: the walking graph."""

    def test_a_comb(self) -> None:
        r"""Two dead ends side by side: a way across open ground joins the doors, a wall between leaves the long way by the street.

        ::

            A   B
            |   |
            +---+   100 m below
        """
        houses = shapely.points([(5.0, 100.0), (35.0, 100.0)])
        streets = np.array([shapely.LineString([(0, 100), (0, 0), (40, 0), (40, 100)])], dtype=object)
        none, wall = np.empty(0, dtype=object), np.array([shapely.LineString([(20, 10), (20, 200)])], dtype=object)
        from scipy.sparse.csgraph import dijkstra

        open_, walled = (
            dijkstra(walks_between(houses, streets, bars, open_ground_m=100).whole, indices=0)[1]
            for bars in (none, wall)
        )
        assert open_ == pytest.approx(30)
        assert walled == pytest.approx(5 + 100 + 40 + 100 + 5)

    def test_a_long_way_round_is_named(self) -> None:
        """The planted fault is told in buildings that are not reached, at their place."""
        defect = next(d for d in DEFECTS if "R15" in d.rules)
        found = defect.plant(grid_town(7), np.random.default_rng(7)).judged()["R15"].findings
        assert [f.unit for f in found] == ["buildings"]
        assert "without leaving the area" in str(found[0].message)


class TestComplexes:
    """R17."""

    def test_a_declared_split_is_no_fault(self) -> None:
        """A note R17 of the plan on the complex declares it."""
        planted = next(d for d in DEFECTS if d.name.startswith("school")).plant(grid_town(1), np.random.default_rng(1))
        note = Finding("R17", Severity.NOTE, "第一小学", msg("{text}", text="two gates"))
        declared = replace(planted.plan, findings=replace(planted.plan.findings, items=(*planted.plan.findings, note)))
        assert planted.judged()["R17"].errors == 1
        assert check_plan(declared)["R17"].errors == 0

    def test_a_strip_along_the_border_is_no_split(self, plan: AreaPlan) -> None:
        """A ground digitised a metre across the border, without buildings there, is not split."""
        shape = plan.areas.geometry.iloc[0]
        ground = shapely.buffer(shape, 0.2)
        complexes = gpd.GeoDataFrame({"use": ["school"], "name": ["x"]}, geometry=[ground], crs=plan.crs)
        town = replace(plan.territory, complexes=complexes)
        report = check_plan(replace(plan, cells=replace(plan.cells, territory=town)))
        assert report["R17"].verdict == "passed"

    def test_the_name_of_barracks_stands_in_no_finding(self) -> None:
        """What is never named is not named by the judge either."""
        planted = next(d for d in DEFECTS if d.name.startswith("barracks")).plant(
            grid_town(1), np.random.default_rng(1)
        )
        told = planted.judged().found.to_gdf("zh")
        assert not told.drop(columns="geometry").astype(str).apply(lambda c: c.str.contains("某部")).any().any()


class TestBaseMap:
    """R23: notes, level by level."""

    def test_every_difference_is_a_note(self, plan: AreaPlan) -> None:
        """A name, a unit too many, a unit too few, and ground: each is told, none is an error."""
        old = base_map(plan)
        old.loc[0, "name"] = "旧名"
        old.loc[0, "geometry"] = shapely.buffer(old.geometry.iloc[0], -4)
        gone = gpd.GeoDataFrame(
            {"code": ["350302101009"], "name": ["并村"]}, geometry=[shapely.box(0, 0, 9, 9)], crs=plan.crs
        )
        report = check_plan(plan, evidence=Evidence(base_map=gpd.GeoDataFrame(pd.concat([old, gone]), crs=plan.crs)))
        told = [str(f.message) for f in report["R23"].findings]
        assert {f.severity for f in report["R23"].findings} == {Severity.NOTE}
        assert any("旧名" in t for t in told)
        assert any("350302101009" in t and "not in this division" in t for t in told)
        assert any("base map has 3 villages" in t for t in told)
        assert any("m² more" in t for t in told)
        assert report.passed

    def test_in_degrees_too(self, plan: AreaPlan) -> None:
        """The base map may be in another CRS."""
        report = check_plan(plan, evidence=Evidence(base_map=base_map(plan).to_crs(4326)))
        assert report["R23"].findings == ()

    def test_areas_against_an_earlier_layer(self, plan: AreaPlan) -> None:
        """A layer is compared with last census's units of the same codes."""
        units = gpd.GeoDataFrame(
            {"code": plan.areas["ea_code"], "name": plan.areas["name"]}, geometry=plan.areas.geometry, crs=plan.crs
        )
        report = check_layer(plan.areas.iloc[1:], code="ea_code", evidence=Evidence(base_map=units))
        assert len(report["R23"].findings) == 2  # the number, and the unit that is gone


class TestPapers:
    """The tables an office lays beside a plan."""

    def test_code_list(self, tmp_path: Path) -> None:
        """Columns go by their usual names; text stays text."""
        (tmp_path / "list.csv").write_text("统计用区划代码,名称\n350302101001,东村\n,合计\n", encoding="gb18030")
        assert read_code_list(tmp_path / "list.csv").to_dict("list") == {"code": ["350302101001"], "name": ["东村"]}

    def test_staff(self, tmp_path: Path) -> None:
        """Several enumerators of one area are several rows."""
        (tmp_path / "staff.csv").write_text(
            "普查小区代码,普查员,普查指导员\n350302101001001,甲,乙\n350302101001001,丙,\n", encoding="utf-8-sig"
        )
        table = read_staff(tmp_path / "staff.csv")
        assert table["enumerator"].tolist() == ["甲", "丙"]
        assert table["supervisor"].tolist() == ["乙", None]

    @pytest.mark.real
    def test_putian(self, real_data: Path) -> None:
        """The official codes of a whole city are read, and judge one township without missing the others."""
        listed = read_code_list(real_data / "putian_codes" / "putian_villages_2023.csv")
        assert len(listed) == 979
        town = listed[listed["code"].str.startswith("350302101")].reset_index(drop=True)
        shapes = [shapely.box(i * 100 + 5e5, 2.8e6, i * 100 + 5e5 + 100, 2.8e6 + 100) for i in range(len(town))]
        layer = gpd.GeoDataFrame({"code": town["code"], "name": town["name"]}, geometry=shapes, crs=4549)
        sound = check_layer(layer, code="code", name="name", evidence=Evidence(code_list=listed))
        assert sound["R11"].errors == sound["R12"].errors == 0
        layer.loc[3, "name"] = "改名村"
        broken = check_layer(layer.drop(index=5), code="code", name="name", evidence=Evidence(code_list=listed))
        assert broken["R11"].errors == broken["R12"].errors == 1


def test_base_map_needs_codes(tmp_path: Path, plan: AreaPlan) -> None:
    """A base map is read by its usual column names."""
    base_map(plan).rename(columns={"code": "XZQDM", "name": "XZQMC"}).to_file(tmp_path / "old.gpkg")
    assert read_base_map(tmp_path / "old.gpkg")["code"].tolist() == plan.territory.villages["village_code"].tolist()


class TestLayerAgainstOriginals:
    """A contractor's layer judged with the office's own settings."""

    def test_sound(self, plan: AreaPlan) -> None:
        """Its villages, lines, buildings and bounds come from the originals."""
        town = replace(plan.territory, buildings=plan.cells.buildings)
        report = check_layer(plan.areas, code="ea_code", households="households", inputs=town, settings=plan.settings)
        assert list(report.found) == []
        judged = {r.rule for r in report if r.verdict == "passed"}
        assert {"R01", "R02", "R03", "R06", "R07", "R08", "R09", "R11", "R13", "R14", "R15"} <= judged

    def test_counts_are_recounted(self, plan: AreaPlan) -> None:
        """A household too many in the layer is found; a layer without counts is counted."""
        town = replace(plan.territory, buildings=plan.cells.buildings)
        more = plan.areas.assign(households=plan.areas["households"] + [1, *[0] * (len(plan.areas) - 1)])
        report = check_layer(more, code="ea_code", households="households", inputs=town, settings=plan.settings)
        assert {f.rule for f in report.found} == {"R08"}
        bare = check_layer(plan.areas[["ea_code", "geometry"]], code="ea_code", inputs=town, settings=plan.settings)
        assert bare["R09"].verdict == "passed"
        assert bare.areas["households"].tolist() == plan.areas["households"].tolist()
