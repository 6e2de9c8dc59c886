"""What a reviewer does on the page, in a real browser: decide, write, sketch, leave, come back, export, import, merge."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely

from areaplan.certificate import content_hash
from areaplan.comments import ASKS, DECISIONS, REASONS, Comment, merge_comments
from areaplan.files import read_comments, write_comments
from areaplan.maps import review_page
from areaplan.model import Findings
from browser import PROOF, Opened
from hostile import HOSTILE
from toys import EAST, NORTH, toy_plan

pytestmark = pytest.mark.browser

FIRST, SECOND = "350302101001001", "350302101001002"
HASH = PROOF["content_hash"]


def export(shown: Opened, folder: Path, form: str = "geojson") -> Path:
    """Press the button and keep what comes down."""
    shown.page.click("#tab-comments")
    with shown.page.expect_download() as waiting:
        shown.page.click(f".files .quiet >> nth={0 if form == 'geojson' else 1}")
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def take(shown: Opened, *paths: Path) -> None:
    """Import files and wait until they are in."""
    shown.page.evaluate("document.getElementById('toast').textContent = ''")
    shown.page.set_input_files("#import-file", [str(p) for p in paths])
    shown.wait("document.getElementById('toast').textContent !== ''")
    shown.page.wait_for_timeout(150)


def sign(shown: Opened, name: str) -> None:
    shown.page.click("#tab-comments")
    shown.page.fill("#reviewer", name)
    shown.page.keyboard.press("Tab")


def spot(shown: Opened, x: float, y: float) -> tuple[float, float]:
    """Return where a place of the ground (metres from the origin) stands on the screen."""
    at = shown.page.evaluate(
        f"(() => {{ const r = map_review.getContainer().getBoundingClientRect(), p = map_review.latLngToContainerPoint([{y}, {x}]);"
        " return [r.left + p.x, r.top + p.y]; })()"
    )
    return tuple(at)


def said(reviewer: str, decision: str, code: str = FIRST, **more: object) -> Comment:
    return replace(Comment(HASH, code, code[:12], decision, reviewer=reviewer, time="2026-11-27T08:30:00Z"), **more)


def test_decide_write_sketch_export(open_page: Callable[..., Opened], tmp_path: Path) -> None:
    """A day's work: approve one, ask for a revision of another with reason, words, demand and sketches; the file says exactly that."""
    plan = toy_plan()
    shown = open_page(plan, lang="en")
    page, keys = shown.page, shown.page.keyboard
    keys.press("n")
    keys.press("a")
    assert shown.texts("#progress b")[0] == "1 of 6 decided"
    keys.press("n")
    shown.settle()
    keys.press("r")
    page.select_option(".reasons select", "border_wrong")
    page.select_option(".reasons select", "crosses_river")
    page.fill(".words", '=1+1 "quoted", 应沿溪\nsecond line')
    page.select_option(".asks select", "redraw")
    page.select_option(".asks select >> nth=1", FIRST)
    page.click(".draw >> nth=1")
    drawn = [(55.0, 10.0), (60.0, 40.0), (58.0, 55.0)]
    for x, y in drawn:
        page.mouse.click(*spot(shown, x, y))
    keys.press("Backspace")
    page.mouse.click(*spot(shown, *drawn[-1]))
    keys.press("Enter")
    page.click(".draw >> nth=0")
    keys.press(" ")
    assert shown.texts("#progress b")[0] == "2 of 6 decided"
    assert "2 only in this browser" in shown.texts("#progress")[0]
    sign(shown, "林")
    (path, table) = export(shown, tmp_path), export(shown, tmp_path, "csv")
    assert "all exported" in shown.texts("#progress")[0]
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::4549"
    approved, revised = sorted(read_comments(path, crs=plan.crs), key=lambda c: c.ea_code)
    assert (approved.ea_code, approved.decision, approved.reviewer, approved.plan_hash) == (
        FIRST,
        "approve",
        "林",
        HASH,
    )
    assert (revised.decision, revised.reasons) == ("revise", ("border_wrong", "crosses_river"))
    assert revised.text == '=1+1 "quoted", 应沿溪\nsecond line'
    assert (revised.ask, revised.ask_with, revised.village_code) == ("redraw", FIRST, FIRST[:12])
    line, point = revised.sketches
    wanted = shapely.LineString([(EAST + x, NORTH + y) for x, y in drawn])
    assert line.hausdorff_distance(wanted) < 1.0
    assert shapely.box(*plan.areas.total_bounds).buffer(100).contains(point)
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", revised.time)
    assert read_comments(table) == read_comments(path)
    assert "'=1+1" in table.read_text(encoding="utf-8-sig")
    assert shown.quiet()


def test_comments_stay_for_this_plan_only(open_page: Callable[..., Opened]) -> None:
    """After a reload everything is there, words half written too; another version of the plan starts empty."""
    shown = open_page(toy_plan(), lang="en")
    shown.page.keyboard.press("n")
    shown.page.keyboard.press("r")
    shown.page.type(".words", "half writ")
    shown.again()
    assert shown.texts("#progress b")[0] == "1 of 6 decided"
    shown.page.click(".row.area >> nth=0")
    assert shown.page.input_value(".words") == "half writ"
    assert "1 only in this browser" in shown.texts("#progress")[0]
    other = open_page(toy_plan(), None, PROOF | {"content_hash": "beef" * 16}, lang="en")
    assert other.texts("#progress b")[0] == "0 of 6 decided"


def test_where_nothing_can_be_kept_it_is_said_and_leaving_asks(open_page: Callable[..., Opened]) -> None:
    """A browser without storage: said in red, and the page does not close without a question."""
    shown = open_page(toy_plan(), lang="en")
    shown.page.add_init_script("Storage.prototype.setItem = function () { throw new Error('full'); };")
    shown.again()
    shown.page.keyboard.press("n")
    shown.page.keyboard.press("a")
    assert "keeps nothing: export before you close" in shown.texts("#progress")[0]
    shown.page.click("#tab-comments")
    shown.page.evaluate("setTimeout(() => location.reload(), 0)")
    shown.page.wait_for_timeout(300)
    assert len(shown.dialogs) == 1


def test_without_a_name_nothing_is_exported(open_page: Callable[..., Opened]) -> None:
    """The page asks for the reviewer's name and goes to the field."""
    shown = open_page(toy_plan(), lang="en")
    shown.page.keyboard.press("n")
    shown.page.keyboard.press("a")
    shown.page.click("#progress .export")
    assert "Write your name first" in shown.texts("#toast")[0]
    assert shown.page.evaluate("document.activeElement.id") == "reviewer"
    assert shown.texts("#live")[0] == shown.texts("#toast")[0]


def test_the_whole_way_by_keys_alone(open_page: Callable[..., Opened]) -> None:
    """Next undecided, approve, revise, write, draw with the middle of the map, finish, take back."""
    shown = open_page(toy_plan(), None, PROOF | {"content_hash": "1234" * 16}, lang="en")
    keys = shown.page.keyboard
    for key in ("u", "a", "u"):
        keys.press(key)
    shown.settle()
    assert shown.texts("#facts .full-code") == [SECOND]
    keys.press("r")
    keys.press("c")
    keys.type("by keys")
    keys.press("Escape")
    shown.page.focus(".draw >> nth=2")
    keys.press("Enter")
    for move in (None, "ArrowRight", "ArrowDown"):
        if move:
            keys.press(move)
            shown.page.wait_for_timeout(400)
        keys.press(" ")
    keys.press("Enter")
    kept = json.loads(shown.page.evaluate(f"localStorage.getItem('areaplan/comments/{'1234' * 16}')"))
    second = next(c for c in kept["comments"] if c["code"] == SECOND)
    assert (second["text"], second["decision"], second["sketches"][0]["kind"]) == ("by keys", "revise", "polygon")
    assert len(second["sketches"][0]["xy"]) == 3
    assert shown.quiet()


def test_several_reviewers_come_together(open_page: Callable[..., Opened], tmp_path: Path) -> None:
    """Two files: conflicts are listed with both names, stale and unknown comments stand apart and go on with the next export."""
    plan = toy_plan()
    shown = open_page(plan, None, PROOF | {"content_hash": "77aa" * 16}, lang="en")
    here = "77aa" * 16
    one = [said("林", "approve", plan_hash=here), said("林", "revise", SECOND, plan_hash=here, text="x")]
    two = [
        said("陈", "revise", plan_hash=here),
        said("陈", "revise", plan_hash="beef" * 16, text="old words"),
        said("陈", "approve", "999999999999999", plan_hash=here),
    ]
    for name, comments in (("a", one), ("b", two)):
        write_comments(tmp_path / f"{name}.geojson", comments, crs=plan.crs, plan_hash=here)
    take(shown, tmp_path / "a.geojson", tmp_path / "b.geojson")
    conflict = shown.texts(".conflict")
    assert len(conflict) == 1
    assert all(word in conflict[0] for word in ("one approves, another asks for revision", "林", "陈", "东村 001"))
    heads = shown.texts(".remarks h3")
    assert [h for h in heads if "another version" in h] == ["On another version of the plan (1)"]
    assert [h for h in heads if "not on this page" in h] == ["On areas that are not on this page (1)"]
    assert "old words" in shown.texts(".remarks")[0]
    back = read_comments(export(shown, tmp_path), crs=plan.crs)
    assert set(back) == {*one, *two}
    take(shown, tmp_path / "a.geojson")
    assert "nothing new" in shown.texts("#toast")[0]
    shown.page.click("#tab-areas")
    shown.page.select_option("#filter", "conflicts")
    assert shown.texts(".row.area .code") == ["001"]
    assert shown.quiet()


@pytest.mark.parametrize("seed", range(3))
def test_the_page_merges_as_the_library_does(open_page: Callable[..., Opened], tmp_path: Path, seed: int) -> None:
    """Sixty random comments of three reviewers on two versions: page and library hold the same ones and see as many conflicts."""
    plan, chance, here = toy_plan(), random.Random(seed), f"{seed:04x}" * 16  # noqa: S311 - which ones does not matter
    codes = [*plan.areas["ea_code"][:3], "999", ""]
    comments = [
        Comment(
            chance.choice([here, "beef" * 16]), chance.choice(codes), "", chance.choice(list(DECISIONS)),
            tuple(chance.sample(list(REASONS), chance.randint(0, 2))), chance.choice(["", "a", "b"]), chance.choice(["", *ASKS]),
            chance.choice(["", FIRST]), (), chance.choice(["A", "B", "C"]), f"2026-11-2{chance.randint(1, 4)}T00:00:00Z",
        )
        for _ in range(60)
    ]  # fmt: skip
    write_comments(tmp_path / "all.geojson", comments, crs=plan.crs, plan_hash=here)
    shown = open_page(plan, None, PROOF | {"content_hash": here}, lang="en")
    take(shown, tmp_path / "all.geojson")
    merged = merge_comments(comments, plan_hash=here, codes=set(plan.areas["ea_code"]))
    back = read_comments(export(shown, tmp_path), crs=plan.crs)
    assert set(back) == {*merged.comments, *merged.stale, *merged.unknown}
    assert len(shown.texts(".conflict")) == len(merged.conflicts)


def test_hostile_comments_are_shown_and_never_run(open_page: Callable[..., Opened], tmp_path: Path) -> None:
    """Whatever a file of comments holds: 0 requests, 0 executions, every text shown letter by letter."""
    plan, here = toy_plan(), "6666" * 16
    texts = [t.strip() for t in HOSTILE if t.strip()]
    comments = [
        Comment(here, code, t, "revise", (), t, "rename", t, (), f"{t}{i}", "2026-11-27T08:30:00Z")
        for i, t in enumerate(texts)
        for code in ([FIRST] if i % 2 else [t])
    ]
    write_comments(tmp_path / "h.geojson", comments, crs=plan.crs, plan_hash=here)
    shown = open_page(plan, None, PROOF | {"content_hash": here}, lang="en")
    take(shown, tmp_path / "h.geojson")
    assert set(texts) <= set(shown.texts(".said bdi"))
    assert {f"{t}{i}" for i, t in enumerate(texts)} <= set(shown.texts(".remark b bdi"))
    shown.page.click("#tab-areas")
    shown.page.click(".row.area >> nth=0")
    shown.again()
    shown.page.click("#tab-comments")
    assert set(texts) <= set(shown.texts(".said bdi"))
    assert shown.quiet()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [("x.geojson", "{", "not a file of comments"), ("x.geojson", '{"type":"FeatureCollection","features":[{}, null, {"properties":{"decision":"perhaps"}}]}', "3 rows"),
     ("x.csv", "a,b\n1,2\n", "not a file of comments"), ("x.csv", "ea_code,decision\n1,perhaps\n", "1 rows"), ("x.json", "[]", "not a file of comments")],
)  # fmt: skip
def test_what_is_no_file_of_comments_is_said(
    open_page: Callable[..., Opened], tmp_path: Path, name: str, content: str, says: str
) -> None:
    """Nothing is taken over in silence, nothing breaks."""
    (tmp_path / name).write_text(content, encoding="utf-8")
    shown = open_page(toy_plan(), lang="en")
    take(shown, tmp_path / name)
    assert says in shown.texts("#toast")[0]
    assert shown.quiet()


def test_the_last_wish_is_where_the_map_goes(open_page: Callable[..., Opened]) -> None:
    """N pressed quickly: the map ends at the last area, not at the first."""
    plan = toy_plan()
    shown = open_page(plan)
    for _ in range(5):
        shown.page.keyboard.press("n")
    shown.page.wait_for_timeout(900)
    shown.settle()
    x, y, _ = shown.view()
    assert plan.areas.geometry.iloc[4].buffer(40).contains(shapely.Point(EAST + x, NORTH + y))


def test_a_finger_chooses_and_draws(chromium: Any, tmp_path: Path) -> None:
    """On a tablet: a tap chooses an area, taps draw a line, a button ends it."""
    plan = toy_plan()
    path = tmp_path / "review.html"
    path.write_text(
        review_page(plan, Findings(crs=plan.crs), PROOF | {"content_hash": "f1f1" * 16}, lang="en"), encoding="utf-8"
    )
    context = chromium.browser.new_context(has_touch=True)
    page = context.new_page()
    shown = Opened(page, path, 1024, 768)
    page.touchscreen.tap(*spot(shown, 75, 30))
    shown.page.wait_for_timeout(400)
    assert shown.texts("#facts .full-code") == [SECOND]
    page.tap(".decision.revise")
    page.tap(".draw >> nth=1")
    for x, y in ((55, 20), (70, 40)):
        page.touchscreen.tap(*spot(shown, x, y))
        shown.page.wait_for_timeout(400)
    page.tap("#drawing .primary")
    assert len(shown.texts(".sketches .chip")) == 1
    assert shown.quiet()
    context.close()


def test_without_a_certificate_comments_still_know_their_plan() -> None:
    """The page computes the plan's hash where no certificate names it."""
    plan = toy_plan()
    assert content_hash(plan) in review_page(plan, Findings(crs=plan.crs), None)
