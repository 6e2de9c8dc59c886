"""``areaplan check`` and ``verify`` as a person runs them: what is written, what is said, what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from areaplan.certificate import content_hash
from areaplan.files import write_plan
from areaplan.messages import msg
from areaplan.model import AreaPlan, Finding, Severity
from defects import grid_town
from here import run_here
from test_reports import _texts

REGISTER = {"opinion_register.json", "opinion_register.xlsx"}
WRITTEN = {
    "findings.gpkg",
    "findings.geojson",
    "certificate.json",
    "checklist.docx",
    "report.html",
    "opinion.docx",
    *REGISTER,
}


@pytest.fixture(scope="module")
def plan() -> AreaPlan:
    return grid_town(3)


@pytest.fixture
def folder(tmp_path: Path, plan: AreaPlan) -> Path:
    """Make a plan, its areas and villages as a contractor would draw them, a broken copy, and papers."""
    write_plan(plan, tmp_path / "plan.gpkg", content_hash=content_hash(plan))
    areas, villages = (
        plan.areas[["ea_code", "name", "households", "geometry"]],
        plan.territory.villages[["village_code", "name", "geometry"]],
    )
    areas.to_file(tmp_path / "drawn.gpkg", layer="areas")
    villages.to_file(tmp_path / "drawn.gpkg", layer="villages")
    areas.drop(index=2).to_file(tmp_path / "broken.gpkg", layer="areas")
    areas.iloc[:0].to_file(tmp_path / "empty.gpkg")
    areas[["ea_code", "geometry"]].to_file(tmp_path / "nowhere.shp")
    (tmp_path / "nowhere.prj").unlink()
    areas.to_crs(4490).set_crs(4549, allow_override=True).to_file(tmp_path / "degrees.gpkg")
    codes = "\n".join(f"{c},{n}" for c, n in zip(villages["village_code"], villages["name"], strict=True))
    (tmp_path / "codes.csv").write_text(f"code,name\n{codes}\n350302101009,旧村\n", encoding="utf-8")
    return tmp_path


def test_a_layer_against_its_parents(folder: Path) -> None:
    """A sound layer: exit 0, everything written, the certificate stands and can be verified by a stranger."""
    drawn = str(folder / "drawn.gpkg")
    levels = ["--layer", "areas", "--against", drawn, "--against-layer", "villages"]
    columns = ["--code", "ea_code", "--parent-code", "village_code", "--households", "households"]
    done = run_here(["check", drawn, *levels, *columns, "--out", str(folder / "out")])
    assert (done.code, done.trace) == (0, ""), done
    assert {p.name for p in (folder / "out").iterdir() if not p.name.startswith(".")} == WRITTEN - {
        "opinion.docx",
        *REGISTER,
    }
    certificate = str(folder / "out" / "certificate.json")
    assert run_here(["verify", certificate, drawn, *levels]).code == 0
    table = gpd.read_file(drawn, layer="areas")
    shapes = table.geometry.to_numpy()
    coords = shapely.get_coordinates(shapes[0])
    coords[1] += (0.01, 0)
    table["geometry"] = [shapely.Polygon(coords), *shapes[1:]]
    table.to_file(drawn, layer="areas")
    fallen = run_here(["verify", certificate, drawn, *levels])
    assert fallen.code == 1
    assert "content_hash" in fallen.out


def test_faults_and_opinion(folder: Path) -> None:
    """A missing area: exit 1; the findings layers hold its ground; report and opinion show it with a picture."""
    done = run_here(
        ["check", str(folder / "broken.gpkg"), "--against", str(folder / "drawn.gpkg"), "--against-layer", "villages",
         "--code", "ea_code", "--out", str(folder / "out"), "--opinion", "--to", "测绘公司"], lang="zh",
    )  # fmt: skip
    assert (done.code, done.trace) == (1, "")
    assert {p.name for p in (folder / "out").iterdir() if not p.name.startswith(".")} == WRITTEN
    for name in ("findings.gpkg", "findings.geojson"):
        found = gpd.read_file(folder / "out" / name)
        assert (found["rule"] == "R01").any()
        assert found.geometry.notna().all()
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<svg" in page
    assert 'src="data:image/png;base64,' in page
    assert "不重不漏检查表" in page
    opinion = _texts((folder / "out" / "opinion.docx").read_bytes())
    assert "测绘公司" in opinion
    for paper in (opinion, page, _texts((folder / "out" / "checklist.docx").read_bytes())):
        assert "乡镇对县" in paper  # how "area" and "village" are to be read at other levels
    assert "R01" in opinion


def test_an_opinion_needs_no_plan_and_no_parents(folder: Path) -> None:
    """Village maps alone against the official list and last census's layer."""
    done = run_here(
        ["check", str(folder / "drawn.gpkg"), "--layer", "villages", "--codes", str(folder / "codes.csv"),
         "--base-map", str(folder / "drawn.gpkg"), "--base-map-layer", "villages", "--out", str(folder / "out"), "--opinion", "--json"]
    )  # fmt: skip
    assert (done.code, done.trace) == (1, ""), done
    rules = {r["rule"]: r for r in json.loads(done.out)["rules"]}
    assert rules["R11"]["errors"] == 1  # 旧村 of the list has no ground
    assert rules["R23"]["verdict"] == "passed"
    assert rules["R01"]["verdict"] == "not judged"
    assert rules["R01"]["reason"]
    assert "旧村" in _texts((folder / "out" / "opinion.docx").read_bytes())
    assert "columns taken" in done.err


def test_papers_of_a_plan(folder: Path, plan: AreaPlan) -> None:
    """Staff, code list and base map go with a plan too."""
    rows = "\n".join(f"{c},e{i},s{i // 4}" for i, c in enumerate(plan.areas["ea_code"]) if i)
    (folder / "staff.csv").write_text(f"ea_code,enumerator,supervisor\n{rows}\n", encoding="utf-8")
    done = run_here(["check", str(folder / "plan.gpkg"), "--staff", str(folder / "staff.csv"), "--json"])
    rules = {r["rule"]: r for r in json.loads(done.out)["rules"]}
    assert done.code == 1
    assert rules["R18"]["errors"] == 1


def test_what_had_to_be_assumed_of_a_layer_is_said(folder: Path) -> None:
    """A GBK shapefile that does not say so: read right and said; another encoding can be given, and is refused where it does not fit."""
    drawn = gpd.read_file(folder / "drawn.gpkg", layer="villages").rename(columns={"village_code": "code"})
    drawn.to_file(folder / "v.shp", encoding="GBK")
    (folder / "v.cpg").unlink()
    table = bytearray((folder / "v.dbf").read_bytes())
    table[29] = 0  # the byte that names the language
    (folder / "v.dbf").write_bytes(table)
    words = ["check", str(folder / "v.shp"), "--code", "code", "--name", "name"]
    done = run_here(words)
    assert (done.code, done.trace) == (0, ""), done
    assert "does not say how its text is encoded" in " ".join(done.out.split())
    assert run_here([*words, "--encoding", "GBK"]).code == 0
    refused = run_here([*words, "--encoding", "UTF-8"])
    assert refused.code == 2
    assert "does not fit its text" in refused.err


def test_another_rule_pack(folder: Path) -> None:
    """``--rules`` holds a plan to other demands, an office's own among them."""
    (folder / "own.toml").write_text(
        'extends = "generic"\nname = "own"\ntitle = "Own"\n[severities]\nR16 = "error"\n[thresholds]\ncompactness = 0.99\n'
    )
    done = run_here(["check", str(folder / "plan.gpkg"), "--rules", str(folder / "own.toml"), "--json"])
    rules = {r["rule"]: r for r in json.loads(done.out)["rules"]}
    assert rules["R16"]["errors"] == 18
    assert run_here(["check", str(folder / "plan.gpkg"), "--rules", "generik"]).code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "no.gpkg"], "no such"),
        (["check", "drawn.gpkg", "--layer", "area"], "did you mean areas"),
        (["check", "drawn.gpkg", "--layer", "areas", "--code", "ea_cod"], "did you mean ea_code"),
        (["check", "drawn.gpkg", "--layer", "areas", "--code", "ea_cod"], "`--code`"),
        (["check", "drawn.gpkg"], "name one of them (`layer`)"),
        (["check", "nowhere.shp"], "nowhere.shp: the layer has no CRS; say which it is (--crs)"),
        (["check", "drawn.gpkg", "--layer", "areas", "--against", "nowhere.shp"], "nowhere.shp: the layer has no CRS"),
        (["check", "drawn.gpkg", "--layer", "areas", "--previous", "plan.gpkg"], "--previous"),
        (["check", "empty.gpkg", "--code", "ea_code"], "no rows"),
        (["check", "degrees.gpkg", "--code", "ea_code"], "its coordinates are degrees"),
        (["check", "plan.gpkg", "--opinion"], "--out"),
        (["check", "plan.gpkg", "--staff", "codes.csv"], "enumerators"),
        (["check", "plan.gpkg", "--codes", "plan.gpkg"], "not a kind of file"),
        (["verify", "codes.csv", "plan.gpkg"], "not a certificate"),
    ],
)  # fmt: skip
def test_is_refused_in_one_message(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    """Exit 2, the cause, nothing written."""
    monkeypatch.chdir(folder)
    before = sorted(p.name for p in folder.iterdir())
    done = run_here(
        [*arguments, *(["--out", "out"] if arguments[0] == "check" and "--opinion" not in arguments else [])]
    )
    assert (done.code, done.trace) == (2, ""), done
    assert said in done.err
    assert sorted(p.name for p in folder.iterdir()) == before


def test_the_table_counts_what_is_listed(folder: Path, plan: AreaPlan) -> None:
    """What the plan told of itself is listed among the findings, so it is counted in the table too."""
    told = Finding("R07", Severity.NOTE, "B1", msg("told"))
    write_plan(
        replace(plan, findings=replace(plan.findings, items=(*plan.findings.items, told))),
        folder / "told.gpkg",
        content_hash=content_hash(plan),
    )
    said = json.loads(run_here(["check", str(folder / "told.gpkg"), "--json"]).out)
    listed = Counter((f["rule"], f["severity"]) for f in said["findings"])
    assert listed["R07", "note"] >= 1
    assert {(r["rule"], s): r[f"{s}s"] for r in said["rules"] for s in ("error", "warning", "note")} == {
        (r["rule"], s): listed[r["rule"], s] for r in said["rules"] for s in ("error", "warning", "note")
    }


def test_a_reader_that_stops_reading_is_no_fault(folder: Path) -> None:
    """``areaplan check … | head -1``: no word of a fault of the program."""
    command = [sys.executable, "-m", "areaplan", "check", str(folder / "plan.gpkg"), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        assert run.stderr.read() == b""


@pytest.mark.real
def test_another_tools_result_is_drawn(real_data: Path, tmp_path: Path) -> None:
    """The split of Kathmandu by another tool: every fault has a place, a mark on the map, and a sketch."""
    layers = str(real_data / "kathmandu_osm" / "layers.gpkg")
    done = run_here(
        [
            "check",
            layers,
            "--layer",
            "fmtm_splitter_result",
            "--against",
            layers,
            "--against-layer",
            "aoi",
            "--out",
            str(tmp_path / "out"),
            "--opinion",
        ]
    )
    assert (done.code, done.trace) == (1, "")
    found = gpd.read_file(tmp_path / "out" / "findings.gpkg")
    assert {"R01", "R03", "R04", "R05"} <= set(found["rule"])
    assert found.geometry.notna().all()
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert page.count("<title>") - 1 == len(found)  # a mark each, beside the title of the page
    assert page.count("data:image/png") == min(len(found), 40)


def test_marks_lie_on_their_findings(folder: Path) -> None:
    """The map's mark of a gap lies inside the gap's place in the picture."""
    from areaplan.check import check_layer
    from areaplan.reports.overview import overview

    drawn = folder / "drawn.gpkg"
    areas, villages = gpd.read_file(drawn, layer="areas"), gpd.read_file(drawn, layer="villages")
    report = check_layer(areas.drop(index=4), villages, code="ea_code", parent_code="village_code")
    view = overview(report.areas, report.villages, report.findings.ordered().items, "en")
    assert view is not None
    mark = next(m for m in view.marks if "lie in no area" in m.text)
    ring = max(view.ground, key=lambda r: float(np.ptp(r[:, 0])))
    assert shapely.Polygon(ring).contains(shapely.Point(mark.x, mark.y))
    assert view.png()[:4] == b"\x89PNG"
    assert view.png() == view.png()


def test_numbers_beside_marks_cover_nothing() -> None:
    """Forty marks in a row, a few pixels apart: no number lies on a mark, on another number, or beyond the picture."""
    from areaplan.reports.marks import number_places

    marks = [(20.0 + 9.0 * n, 300.0 + 3.0 * (n % 2), n + 1) for n in range(40)]
    places = number_places(marks, 400.0)
    assert sum(p is not None for p in places) > 25
    boxes = [
        shapely.box(x - 3.5 * len(str(n)), y - 6, x + 3.5 * len(str(n)), y + 6)
        for (_, _, n), (x, y) in [(m, p) for m, p in zip(marks, places, strict=True) if p]
    ]
    discs = shapely.points([m[:2] for m in marks])
    assert all(b.bounds[0] >= 0 and b.bounds[2] <= 400 for b in boxes)
    assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert not any(shapely.dwithin(b, discs, 5).any() for b in boxes)
