"""The judge on layers of any origin."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from areaplan.check import check_layer
from areaplan.errors import InputError
from areaplan.model import AreaPlan
from defects import grid_town
from here import run_here
from resaved import VARIANTS, save_again


@pytest.fixture(scope="module")
def plan() -> AreaPlan:
    return grid_town(5)


def _layers(plan: AreaPlan) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    return plan.areas[["ea_code", "village_code", "households", "geometry"]], plan.territory.villages[
        ["village_code", "geometry"]
    ]


def test_a_sound_layer_passes(plan: AreaPlan) -> None:
    """A sound layer against its parents has no finding; what the layer cannot show is not judged."""
    areas, villages = _layers(plan)
    report = check_layer(
        areas, villages, code="ea_code", parent="village_code", parent_code="village_code", households="households"
    )
    assert list(report.found) == []
    assert report["R01"].verdict == report["R06"].verdict == "passed"
    assert report["R09"].verdict == report["R13"].verdict == "not judged"


def test_without_codes_or_parents(plan: AreaPlan) -> None:
    """Polygons alone are held against each other; gaps are judged only inside."""
    areas, _ = _layers(plan)
    report = check_layer(areas[["geometry"]])
    assert list(report.found) == []
    assert report["R01"].verdict == "not judged"
    hole = check_layer(areas[["geometry"]].drop(index=4))
    assert [f.rule for f in hole.found] == ["R01"]
    assert hole["R01"].verdict == "failed"


@pytest.mark.parametrize("digits", [7, None])
@pytest.mark.parametrize("noded", [True, False])
def test_saved_again_in_degrees(plan: AreaPlan, digits: int | None, noded: bool) -> None:
    """A proved plan saved in degrees, with seven digits, its borders no longer noded, raises no gap, overlap or spill."""
    areas, villages = _layers(plan)
    if not noded:  # drop the vertices that lie on a straight line on one side only
        areas = areas.copy()
        areas["geometry"] = gpd.GeoSeries(
            [_with_middles(g) if i % 2 else g for i, g in enumerate(areas.geometry)], crs=areas.crs
        )
    saved = [layer.to_crs(4326) for layer in (areas, villages)]
    if digits:
        for layer in saved:
            layer["geometry"] = gpd.GeoSeries(
                [shapely.transform(g, lambda c: c.round(digits)) for g in layer.geometry], crs=4326
            )
    report = check_layer(*saved, code="ea_code", parent="village_code", parent_code="village_code")
    assert {f.rule for f in report.found} <= {"R04"}
    assert report.passed
    assert 0.001 <= report.proof.tolerance_m < 0.05


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_proved_plan_saved_again(plan: AreaPlan, tmp_path: Path, variant: str) -> None:
    """Read back from files as others write them, it has no gap, overlap or spill; borders not noded are warnings at most."""
    areas, villages = save_again(plan, variant, tmp_path)
    done = run_here(
        [
            "check",
            str(areas),
            "--against",
            str(villages),
            "--code",
            "code",
            "--parent",
            "village",
            "--parent-code",
            "code",
            "--json",
        ]
    )
    assert (done.code, done.trace) == (0, ""), done
    assert {f["rule"] for f in json.loads(done.out)["findings"]} <= {"R04"}


def test_long_edges_that_sag() -> None:
    """Borders of two kilometres drawn straight in degrees: junctions put on them there lie up to 4 cm off in metres, and are no gaps."""
    west, east, south, north, middle = 118.000123456789, 118.0212345678912, 25.0, 25.0212345678912, 118.0111234567891
    villages = gpd.GeoDataFrame({"code": ["1", "2"]}, geometry=[
        shapely.box(west, south, east, 25.01), shapely.box(west, 25.01, east, north),
    ], crs=4326)  # fmt: skip
    pieces = [(a, b, c, d) for c, d in ((south, 25.01), (25.01, north)) for a, b in ((west, middle), (middle, east))]
    areas = gpd.GeoDataFrame(
        {"code": list("abcd")}, geometry=[shapely.box(a, c, b, d) for a, b, c, d in pieces], crs=4326
    )
    report = check_layer(areas, villages, code="code", parent_code="code")
    assert {f.rule for f in report.found} <= {"R04"}
    assert 0.01 < report.proof.tolerance_m < 0.1


def _with_middles(shape: shapely.Polygon) -> shapely.Polygon:
    return shapely.segmentize(shape, 12.0)


def test_faults_are_found_in_degrees_too(plan: AreaPlan) -> None:
    """A gap of half a metre in a layer in degrees is a gap."""
    areas, villages = _layers(plan)
    areas = areas.copy()
    areas["geometry"] = gpd.GeoSeries(
        [shapely.buffer(areas.geometry.iloc[0], -0.5), *areas.geometry.iloc[1:]], crs=areas.crs
    )
    report = check_layer(
        areas.to_crs(4326), villages.to_crs(4326), code="ea_code", parent="village_code", parent_code="village_code"
    )
    assert {f.rule for f in report.found} == {"R01"}


def test_areas_that_name_no_parent_are_placed_by_ground(plan: AreaPlan) -> None:
    """Without a parent column an area that lies in two villages is named with its shares."""
    areas, villages = _layers(plan)
    both = areas[["geometry"]].copy()
    west = both.geometry.iloc[2]
    east = next(
        g
        for v, g in zip(areas["village_code"], areas.geometry, strict=True)
        if v.endswith("2") and g.intersection(west).length > 10
    )
    rest = [g for g in both.geometry if g is not west and g is not east]
    merged = gpd.GeoDataFrame(geometry=[shapely.union(west, east), *rest], crs=areas.crs)
    report = check_layer(merged, villages, parent_code="village_code")
    assert [f.rule for f in report.found] == ["R06"]
    assert "350302101001" in str(report["R06"].findings[0].message)


def test_codes_read_as_numbers(plan: AreaPlan) -> None:
    """A code column that was read as a float is text again."""
    areas, _ = _layers(plan)
    report = check_layer(areas.assign(ea_code=areas["ea_code"].astype(float)), code="ea_code")
    assert list(report.found) == []


def test_a_missing_code_is_a_finding(plan: AreaPlan) -> None:
    """A code that is null or blank, in any type of column, is named by its row, and no fault of the program."""
    areas, villages = _layers(plan)
    for missing in (None, float("nan"), " "):
        spoilt = areas.assign(ea_code=[missing, *areas["ea_code"][1:]])
        for column in (spoilt["ea_code"], spoilt["ea_code"].astype(object)):
            layer = spoilt.assign(ea_code=column)
            report = check_layer(layer, villages, code="ea_code", parent_code="village_code", households="households")
            assert "#1" in {f.subject for f in report.found}


@pytest.mark.parametrize("same", [" {0} ", "{0}\u3000", "３５０３０２１０１００１００１"])
def test_a_code_is_no_other_code_for_blanks_or_wide_digits(plan: AreaPlan, same: str) -> None:
    """Codes that only look different are the same code, given twice (R11)."""
    areas, _ = _layers(plan)
    codes = areas["ea_code"].tolist()
    assert codes[0] == "350302101001001"
    twice = areas.assign(ea_code=[codes[0], same.format(codes[0]), *codes[2:]])
    assert {f.subject for f in check_layer(twice, code="ea_code")["R11"].findings} >= {codes[0]}
    assert not check_layer(areas.assign(ea_code=[f" {c}" for c in codes]), code="ea_code")["R11"].count


def test_what_cannot_be_used_is_refused_at_once(plan: AreaPlan) -> None:
    """No CRS, a column that is not there (with the nearest), counts that are no whole numbers."""
    areas, _ = _layers(plan)
    with pytest.raises(InputError, match=r"(?s)no CRS.*did you mean 'ea_code'"):
        check_layer(areas.set_crs(None, allow_override=True), code="ea_codes")
    with pytest.raises(InputError, match="rows 1"):
        check_layer(areas.assign(households=[-3, *areas["households"].iloc[1:]]), households="households")


@pytest.mark.real
@pytest.mark.parametrize(
    ("town", "nest"),
    [("taiwan_kinmen", 0.96), ("taiwan_chiayi_city", 0.94), ("ready_kinmen_jinhu", 0.95), ("ready_chiayi_west", 0.95)],
)
def test_official_zones(real_data: Path, town: str, nest: float) -> None:
    """A statistics office's zones tile their town, 94 to 96 % of them inside one village; the rest are named with their shares."""
    ready = town.startswith("ready")
    path = real_data / town / ("planner_input.gpkg" if ready else "zones.gpkg")
    zones = gpd.read_file(path, layer="official_zones_code1" if ready else "code1_official")
    villages = gpd.read_file(path, layer="villages" if ready else "villages_from_base")
    report = check_layer(zones, villages, code="CODE1", parent_code="code" if ready else "VILLCODE")
    assert report.proof.tiles
    crossing = len(report["R06"].findings)
    assert nest - 0.005 <= 1 - crossing / len(zones) <= nest + 0.01
    assert all(f.measure and f.measure > 1 and f.geometry is not None for f in report["R06"].findings)


@pytest.mark.real
def test_another_tools_result(real_data: Path) -> None:
    """A split made by another tool: its spills, its gap, its un-noded lines and its scattered area are found and drawn."""
    path = real_data / "kathmandu_osm" / "layers.gpkg"
    split, outline = gpd.read_file(path, layer="fmtm_splitter_result"), gpd.read_file(path, layer="aoi")
    report = check_layer(split, outline)
    spoken = {v.rule for v in report if v.findings}
    assert {"R01", "R03", "R04", "R05"} <= spoken
    assert all(f.geometry is not None for f in report.found)
