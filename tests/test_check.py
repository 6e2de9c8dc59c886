"""The judge on plans: what it may not say, what it may excuse, what packs change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from areaplan.check import RULES, check_plan, load_pack, pack_names
from areaplan.errors import SettingsError
from areaplan.messages import msg
from areaplan.model import AreaPlan, Finding, Findings, Severity
from areaplan.schema import conform, empty_layer
from defects import grid_town
from toys import toy_plan


@pytest.fixture(scope="module")
def plan() -> AreaPlan:
    return grid_town(1)


def test_every_rule_has_a_verdict(plan: AreaPlan) -> None:
    """R00 to R23 each come to passed, failed or not judged, and what is not judged says why."""
    report = check_plan(plan)
    assert [v.rule for v in report] == [f"R{i:02d}" for i in range(24)] == sorted(RULES)
    assert {v.verdict for v in report} <= {"passed", "failed", "not judged"}
    assert all(v.reason for v in report if v.verdict == "not judged")
    assert report.passed


def test_not_judged_is_never_passed(plan: AreaPlan) -> None:
    """Without lines, buildings, counts or a previous plan the rules that need them say so."""
    territory = replace(plan.territory, lines=empty_layer("lines", plan.crs))
    bare = replace(plan, cells=replace(plan.cells, territory=territory, buildings=empty_layer("buildings", plan.crs)))
    report = check_plan(bare)
    assert {r: report[r].verdict for r in ("R07", "R13", "R19", "R21")} == dict.fromkeys(
        ("R07", "R13", "R19", "R21"), "not judged"
    )


def test_findings_do_not_depend_on_order(plan: AreaPlan) -> None:
    """Rows in another order, the same findings."""
    broken = replace(plan, areas=plan.areas.drop(index=4).reset_index(drop=True))
    turned = replace(broken, areas=broken.areas.iloc[::-1].reset_index(drop=True))
    tell = lambda p: sorted((f.rule, f.subject, str(f.message)) for f in check_plan(p).found)  # noqa: E731
    assert tell(broken) == tell(turned) != []


def test_a_finding_tells_what_where_and_how_large() -> None:
    """The words of a gap name village, m², neighbours and what to do; the geometry is the gap."""
    plan = toy_plan()
    lost = replace(plan, areas=plan.areas.drop(index=1).reset_index(drop=True))
    gap = check_plan(lost)["R01"].findings[0]
    assert str(gap.message) == "village 350302101001: 10,000 m² between 001 and 003 lie in no area; give them to one"
    assert gap.village_code == "350302101001"
    assert (gap.measure, gap.unit) == (10_000.0, "m2")
    assert gap.geometry is not None
    assert gap.geometry.equals(plan.areas.geometry.iloc[1])


def _said(plan: AreaPlan, rule: str, subject: str) -> AreaPlan:
    note = Finding(rule, Severity.NOTE, subject, msg("it is an island"))
    return plan.with_findings(Findings((note,), plan.crs))


def test_a_cause_excuses_size(plan: AreaPlan) -> None:
    """An area outside the bounds is an error without its cause and counted with it."""
    small = replace(
        plan,
        settings=plan.settings.model_copy(
            update={"areas": plan.settings.areas.model_copy(update={"min_households": 41, "target_households": 42})}
        ),
    )
    outside = check_plan(small)["R09"]
    assert outside.count > 0
    first = outside.findings[0].subject
    said = check_plan(_said(small, "R09", first))
    assert said["R09"].count == outside.count - 1
    assert first in {f.subject for f in said.findings.of("note")}


def test_a_village_target_scales_the_bounds(plan: AreaPlan) -> None:
    """A village that asks for areas twice as large has bounds twice as large."""
    villages = plan.territory.villages.copy()
    villages["target_households"] = pd.array([160, None], dtype="Int64")
    scaled = replace(plan, cells=replace(plan.cells, territory=replace(plan.territory, villages=villages)))
    assert {f.village_code for f in check_plan(scaled)["R09"].findings} == {"350302101001"}


def _two_pieces() -> AreaPlan:
    """Return the toy town with the corner areas of village A made one."""
    plan = toy_plan()
    a, d = plan.areas.geometry.iloc[0], plan.areas.geometry.iloc[3]
    areas = plan.areas.drop(index=3).reset_index(drop=True)
    areas["geometry"] = gpd.GeoSeries([shapely.union(a, d), *areas.geometry.iloc[1:]], crs=plan.crs)
    return replace(plan, areas=areas)


def test_pieces_are_faults_unless_declared() -> None:
    """Two pieces in one village ground are a fault; declared, they are not."""
    plan = _two_pieces()
    assert check_plan(plan)["R05"].count == 1
    assert check_plan(_said(plan, "R05", "350302101001001"))["R05"].count == 0


def test_islands_of_the_village_are_no_fault() -> None:
    """An area on both pieces of a village that itself has two is normal."""
    plan = _two_pieces()
    villages = plan.territory.villages.copy()
    ground = shapely.union_all(plan.areas.geometry.iloc[[0]].to_numpy())
    villages["geometry"] = gpd.GeoSeries([ground, villages.geometry.iloc[1]], crs=plan.crs)
    island = replace(plan, cells=replace(plan.cells, territory=replace(plan.territory, villages=villages)))
    assert check_plan(island)["R05"].count == 0


def test_corner_touch_is_no_connection() -> None:
    """Two pieces that touch at a corner are two pieces."""
    plan = toy_plan()
    cells = plan.cells.table.geometry
    areas = plan.areas.copy()
    areas["geometry"] = gpd.GeoSeries(
        [shapely.MultiPolygon([cells.iloc[0], cells.iloc[7]]), *areas.geometry.iloc[1:]], crs=plan.crs
    )
    assert check_plan(replace(plan, areas=areas))["R05"].count == 1


def _in_township(plan: AreaPlan, ground: shapely.Polygon) -> AreaPlan:
    rows = {"level": ["township"], "code": ["350302101"], "name": ["镇"]}
    parents = conform(gpd.GeoDataFrame(rows, geometry=[ground], crs=plan.crs), "parents")
    return replace(plan, cells=replace(plan.cells, territory=replace(plan.territory, parents=parents)))


def test_stitch_test_of_the_upper_levels() -> None:
    """Villages must make up their township; a strip left over is named."""
    plan = toy_plan()
    whole = shapely.union_all(plan.territory.villages.geometry.to_numpy())
    assert check_plan(_in_township(plan, whole))["R06"].verdict == "passed"
    west, south, east, north = whole.bounds
    wider = check_plan(_in_township(plan, shapely.box(west, south, east + 10, north)))["R06"]
    assert [f.measure for f in wider.findings] == [2000.0]


def test_a_village_left_out_of_the_inputs_is_a_gap() -> None:
    """The original layer is trusted over the plan: a village that the plan lacks is named."""
    plan = toy_plan()
    villages = plan.territory.villages.iloc[[0]]
    territory = replace(plan.territory, villages=villages)
    fewer = replace(
        plan,
        areas=plan.areas.iloc[:4],
        cells=replace(
            plan.cells, territory=territory, table=plan.cells.table[plan.cells.table["village_code"] == "350302101001"]
        ),
    )
    assert check_plan(fewer)["R01"].count == 0
    assert [f.subject for f in check_plan(fewer, inputs=plan.territory)["R01"].findings] == ["350302101002"]


def test_packs_change_demands() -> None:
    """The same plan under another pack is asked other things."""
    plan = toy_plan()
    assert check_plan(plan, pack="cn-population-2010")["R10"].verdict == "passed"
    short = replace(plan, areas=plan.areas.assign(name=[f"EA {c[-3:]}" for c in plan.areas["ea_code"]]))
    assert check_plan(short)["R12"].count == 0
    assert check_plan(short, pack="cn-population")["R12"].count == 6
    digits = plan.territory.villages.assign(village_code=["1", "2"])
    assert not check_plan(plan, pack="cn-population")["R11"].count
    other = replace(plan, cells=replace(plan.cells, territory=replace(plan.territory, villages=digits)))
    assert {"1", "2"} <= {f.subject for f in check_plan(other, pack="cn-population")["R11"].findings}


@pytest.mark.parametrize("name", pack_names())
def test_every_pack_loads(name: str) -> None:
    """Every pack that comes with areaplan is sound and weighs every rule."""
    pack = load_pack(name)
    assert set(pack.severities) == {f"R{i:02d}" for i in range(24)}
    assert pack.size.target_households


def test_own_packs(tmp_path: Path) -> None:
    """An office writes its own pack over another; faults of the file and of the name are told."""
    own = tmp_path / "own.toml"
    own.write_text(
        'extends = "cn-population"\nname = "own"\ntitle = "t"\n[severities]\nR13 = "error"\n[codes]\nvillage_digits = 9\n',
        encoding="utf-8",
    )
    pack = load_pack("own.toml", folder=tmp_path)
    assert (pack.severity("R13"), pack.severity("R01"), pack.codes.village_digits) == (
        Severity.ERROR,
        Severity.ERROR,
        9,
    )
    own.write_text("extends = 'generic'\nwhat = 1", encoding="utf-8")
    for name, told in {
        "own.toml": "rule pack own.toml: `what`: there is no such key",
        "none.toml": "cannot be read",
    }.items():
        with pytest.raises(SettingsError, match=told):
            load_pack(name, folder=tmp_path)
    with pytest.raises(SettingsError, match="did you mean 'kenya'"):
        load_pack("kenia")


def test_findings_keep_what_the_plan_said(plan: AreaPlan) -> None:
    """The report hands back the plan's own notes beside what it found, each once, however often it is judged."""
    said = _said(plan, "R09", plan.areas["ea_code"].iloc[0])
    report = check_plan(said)
    assert len(report.findings) == 1
    assert len(report.found) == 0
    assert len(check_plan(said.with_findings(report.findings)).findings) == 1


def test_reads_well(plan: AreaPlan) -> None:
    """Report and table say the same in short."""
    report = check_plan(plan)
    assert repr(report).startswith("Report under generic: ")
    assert report.rows()[0] == {
        "rule": "R00",
        "verdict": "passed",
        "checked": 20,
        "errors": 0,
        "warnings": 0,
        "notes": 0,
        "reason": None,
    }
    assert report["R01"].title.text() == "gap"


def test_large_files_are_warned_about(plan: AreaPlan) -> None:
    """Under a pack with a limit, more ground than that in one piece is named; without one the rule is not judged."""
    assert check_plan(plan)["R22"].verdict == "not judged"
    narrow = load_pack("cn-population")
    narrow = narrow.model_copy(update={"thresholds": narrow.thresholds.model_copy(update={"open_file_km2": 0.01})})
    assert [f.unit for f in check_plan(plan, pack=narrow)["R22"].findings] == ["km2"]
    assert check_plan(plan, pack="cn-population")["R22"].findings == ()


def test_a_street_across_joins_the_banks() -> None:
    """An area on both sides of a river is fine while a street runs across in it, and named when there is none."""
    plan = toy_plan()
    west, east = plan.areas.geometry.iloc[1], plan.areas.geometry.iloc[2]
    areas = plan.areas.drop(index=2).reset_index(drop=True)
    areas["geometry"] = gpd.GeoSeries(
        [areas.geometry.iloc[0], shapely.union(west, east), *areas.geometry.iloc[2:]], crs=plan.crs
    )
    both = replace(plan, areas=areas)
    assert not check_plan(both)["R14"].findings
    lines = plan.territory.lines.iloc[[1]].reset_index(drop=True)
    cut = replace(both, cells=replace(plan.cells, territory=replace(plan.territory, lines=lines)))
    assert [(f.subject, f.measure) for f in check_plan(cut)["R14"].findings] == [("350302101001002", 2.0)]


def test_originals_are_trusted_over_the_plan(plan: AreaPlan) -> None:
    """Against the originals it was made from a plan is clean; a village, a building or a count changed since is named."""
    original = plan.territory
    assert list(check_plan(plan, inputs=original).found) == []
    wider = original.villages.copy()
    west, south, _, north = wider.total_bounds
    grown = shapely.union(wider.geometry.iloc[0], shapely.box(west - 5, south, west + 5, north))
    wider["geometry"] = gpd.GeoSeries([grown, wider.geometry.iloc[1]], crs=wider.crs)
    assert {f.rule for f in check_plan(plan, inputs=replace(original, villages=wider)).found} == {"R01"}
    smaller = original.villages.copy()
    smaller["geometry"] = gpd.GeoSeries(
        [shapely.buffer(smaller.geometry.iloc[0], -1), smaller.geometry.iloc[1]], crs=wider.crs
    )
    assert {f.rule for f in check_plan(plan, inputs=replace(original, villages=smaller)).found} == {"R03"}
    swapped = original.villages.assign(village_code=list(original.villages["village_code"])[::-1])
    assert {f.rule for f in check_plan(plan, inputs=replace(original, villages=swapped)).found} == {"R06", "R08"} - (
        set() if swapped["households"].nunique() > 1 else {"R08"}
    )
    richer = original.buildings.copy()
    richer.loc[0, "households"] += 1
    more = pd.concat([richer, richer.iloc[[1]].assign(building_id="new")], ignore_index=True)
    said = check_plan(
        plan, inputs=replace(original, buildings=conform(gpd.GeoDataFrame(more, crs=plan.crs), "buildings"))
    )
    assert [f.subject for f in said["R08"].findings] == ["B00001", "new"]


def test_areas_are_counted_again_from_base_areas(plan: AreaPlan) -> None:
    """Where the originals are base areas, each area is the sum of those that stand in it."""
    rows = plan.cells.table.rename(columns={"cell_id": "base_code"})
    base = conform(rows, "base_areas")
    assert check_plan(plan, inputs=replace(plan.territory, base_areas=base))["R08"].count == 0
    base.loc[0, "households"] += 4
    assert [f.measure for f in check_plan(plan, inputs=replace(plan.territory, base_areas=base))["R08"].findings] == [
        4.0
    ]


def test_another_basis_excuses_just_its_difference(plan: AreaPlan) -> None:
    """A village total of another basis is no fault when the plan says by how much, and only then."""
    villages = plan.territory.villages.copy()
    code = villages["village_code"].iloc[0]
    villages.loc[0, "households"] += 7
    off = replace(plan, cells=replace(plan.cells, territory=replace(plan.territory, villages=villages)))
    note = Finding("R08", Severity.WARNING, code, msg("the register has more"), measure=-7.0, unit="households")
    assert check_plan(off)["R08"].count == 1
    assert check_plan(off.with_findings(Findings((note,))))["R08"].count == 0
    assert check_plan(off.with_findings(Findings((replace(note, measure=6.0),))))["R08"].count == 1
