"""The whole loop on real ground: plan, open, approve, comment, sketch, export, import, revise, proof, new page."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from click.testing import CliRunner

from areaplan.cli.main import areaplan
from areaplan.files import read_comments, read_plan
from areaplan.maps.embedded import page_data
from browser import Opened

pytestmark = [pytest.mark.real, pytest.mark.browser]

VILLAGES = ("LI05", "LI08")
BOUNDS = {"target_households": 80, "min_households": 40, "max_households": 200}


def run(*arguments: object) -> None:
    done = CliRunner().invoke(areaplan, [str(a) for a in arguments], obj="en", catch_exceptions=False)
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="module")
def planned(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plan two municipalities of Liechtenstein, with bounds wide enough for a merge; return the plan's folder."""
    folder = tmp_path_factory.mktemp("li")
    text = (real_data / "configs" / "ready_liechtenstein.toml").read_text(encoding="utf-8")
    source = real_data / "ready_liechtenstein" / "planner_input.gpkg"
    villages = gpd.read_file(source, layer="villages")
    villages[villages["code"].isin(VILLAGES)].to_file(folder / "villages.gpkg", layer="villages")
    buildings = gpd.read_file(source, layer="buildings")
    buildings[buildings["village_code"].isin(VILLAGES)].to_file(folder / "villages.gpkg", layer="buildings")
    given = tomllib.loads(text)["areas"]
    for key, value in given.items():
        text = text.replace(f"{key} = {value}", f"{key} = {BOUNDS[key]}")
    text = text.replace('"../ready_liechtenstein/planner_input.gpkg"', '"villages.gpkg"', 1)
    head, buildings_table, rest = text.partition("[input.buildings]")
    rest = rest.replace('"../ready_liechtenstein/planner_input.gpkg"', '"villages.gpkg"', 1)
    text = (head + buildings_table + rest).replace("../ready_liechtenstein/planner_input.gpkg", source.as_posix())
    (folder / "areaplan.toml").write_text(text, encoding="utf-8")
    CliRunner().invoke(areaplan, ["plan", str(folder / "areaplan.toml")], obj="en", catch_exceptions=False)
    return folder / "out"


def test_the_whole_loop(planned: Path, tmp_path: Path, open_file: Callable[..., Opened]) -> None:
    """What the reviewer asked for on the page stands in the next plan, proved; the old comments are stale on its page, not lost."""
    plan = read_plan(planned / "plan.gpkg")
    inner = plan.boundaries.dropna(subset=["left_ea", "right_ea"])
    merged, other = inner.iloc[0][["left_ea", "right_ea"]]
    third = next(c for c in plan.areas["ea_code"] if c not in (merged, other))
    shown = open_file(planned / "review.html")
    page = shown.page
    for code in (third, merged):
        page.fill("#search", code)
        shown.wait(f"Array.from(document.querySelectorAll('.row.area')).map(n => n.title).join() === '{code}'")
        page.click(".row.area")
        shown.settle()
        page.click(f".decision.{'approve' if code == third else 'revise'}")
    page.select_option(".reasons select", "too_few_households")
    page.fill(".words", "Zusammenlegen mit dem Nachbarn")
    page.select_option(".asks select", "merge")
    page.select_option(".asks select >> nth=1", other)
    page.click(".draw >> nth=0")
    page.mouse.click(700, 420)
    page.click("#tab-comments")
    page.fill("#reviewer", "Lin")
    page.keyboard.press("Tab")
    with page.expect_download() as waiting:
        page.click(".files .quiet >> nth=0")
    file = tmp_path / "comments.geojson"
    waiting.value.save_as(file)
    by_code = {c.ea_code: c for c in read_comments(file, crs=plan.crs)}
    assert (by_code[third].decision, by_code[merged].ask_with) == ("approve", other)
    assert plan.areas.union_all().buffer(500).contains(by_code[merged].sketches[0])
    page.set_input_files("#import-file", str(file))
    shown.wait("/nothing new|没有新内容/.test(document.getElementById('toast').textContent)")
    run("revise", planned / "plan.gpkg", file, "--out", tmp_path / "next")
    revised = read_plan(tmp_path / "next" / "plan.gpkg")
    proof = json.loads((tmp_path / "next" / "certificate.json").read_text(encoding="utf-8"))
    assert proof["proof"]["tiles"] is True
    assert proof["totals"]["households_in"] == proof["totals"]["households_out"] == int(plan.areas["households"].sum())
    assert len(revised.areas) == len(plan.areas) - 1
    run("maps", tmp_path / "next" / "plan.gpkg", "--before", planned / "plan.gpkg", "--out", tmp_path / "pages")
    found = page_data((tmp_path / "pages" / "review.html").read_text(encoding="utf-8"))
    assert {merged, other} & set(found["before"]["gone"])
    following = open_file(tmp_path / "pages" / "review.html")
    following.page.set_input_files("#import-file", str(file))
    following.page.wait_for_timeout(600)
    assert any("(2)" in h for h in following.texts(".remarks h3"))
    following.page.click("#tab-areas")
    following.page.select_option("#filter", "changed")
    assert len(following.texts(".row.area")) >= 1
    assert shown.quiet()
    assert following.quiet()
