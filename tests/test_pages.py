"""Pages in a folder: one, many under an index, a page per village, the public edition, the form, and what was before."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from areaplan.certificate import content_hash
from areaplan.cli.main import areaplan
from areaplan.comments import ASKS, DECISIONS, REASONS
from areaplan.files import read_comments, read_plan, write_plan
from areaplan.maps.editions import withheld
from areaplan.maps.embedded import page_data
from areaplan.messages import LANGS
from areaplan.model import AreaPlan
from areaplan.pipeline import prove_plan
from areaplan.reports import comments_form, pages, write_results
from browser import Opened
from hostile import HOSTILE, hostile_findings, hostile_plan
from toys import toy_plan


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small town as a plan file."""
    path = tmp_path_factory.mktemp("town") / "plan.gpkg"
    write_plan(toy_plan(), path)
    return path


def maps(*arguments: object) -> list[Path]:
    """Run the verb; return the files it names."""
    done = CliRunner().invoke(areaplan, ["maps", *map(str, arguments)], obj="en", catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return [Path(line) for line in done.output.split()]


def refused(*arguments: object) -> str:
    done = CliRunner().invoke(areaplan, ["maps", *map(str, arguments)], obj="en")
    assert done.exit_code == 2, done.output
    return done.output


def data(path: Path) -> dict[str, Any]:
    return page_data(path.read_text(encoding="utf-8"))


def with_codes(plan: AreaPlan, start: str) -> AreaPlan:
    """Return the same town with village codes that begin otherwise."""

    def other(column: pd.Series) -> pd.Series:
        return column.map(lambda v: v if v is None else start + v[len(start) :])

    cells, town = plan.cells, plan.territory
    table = cells.table.assign(ea_code=other(cells.table["ea_code"]), village_code=other(cells.table["village_code"]))
    built = cells.buildings.assign(
        ea_code=other(cells.buildings["ea_code"]), village_code=other(cells.buildings["village_code"])
    )
    villages = town.villages.assign(village_code=other(town.villages["village_code"]))
    areas = plan.areas.assign(ea_code=other(plan.areas["ea_code"]), village_code=other(plan.areas["village_code"]))
    bounds = plan.boundaries.assign(
        left_ea=other(plan.boundaries["left_ea"]), right_ea=other(plan.boundaries["right_ea"])
    )
    return replace(plan, cells=replace(cells, territory=replace(town, villages=villages), table=table, buildings=built), areas=areas, boundaries=bounds)  # fmt: skip


def test_one_plan(plan_file: Path, tmp_path: Path) -> None:
    """A page, a form, and a list of what they hold; no index over one page."""
    names = [p.name for p in maps(plan_file, "--out", tmp_path)]
    assert names == ["review.html", "comments_form.xlsx", "pages.json"]
    held = json.loads((tmp_path / "pages.json").read_text(encoding="utf-8"))
    assert held["profile"] == "internal"
    page = held["pages"][0]
    assert page["bytes"] == (tmp_path / "review.html").stat().st_size
    assert page["plan_hash"] == content_hash(read_plan(plan_file))
    assert {k: v["rows"] for k, v in page["layers"].items() if k in ("areas", "villages", "buildings")} == {"areas": 6, "villages": 2, "buildings": 12}  # fmt: skip
    assert "households" in page["layers"]["buildings"]["columns"]


def test_many_villages_have_pages_of_their_own(
    plan_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the limit: the town, each village under its code, an index; all keyed by the whole plan's hash; a smaller run takes them away again."""
    monkeypatch.setattr(pages, "MOST_ON_A_PAGE", 5)
    names = {p.name for p in maps(plan_file, "--out", tmp_path)}
    assert names == {
        "review.html",
        "350302101001.html",
        "350302101002.html",
        "index.html",
        "comments_form.xlsx",
        "pages.json",
    }
    east = data(tmp_path / "350302101001.html")
    assert len(east["areas"]["code"]) == 4
    assert east["title"].endswith("东村")
    assert east["planHash"] == data(tmp_path / "review.html")["planHash"] == content_hash(read_plan(plan_file))
    monkeypatch.undo()
    maps(plan_file, "--out", tmp_path)
    assert {p.name for p in tmp_path.iterdir() if not p.name.startswith(".")} == {
        "review.html",
        "comments_form.xlsx",
        "pages.json",
    }


def test_plan_writes_what_maps_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit a new plan, too, comes with a page a village and an index; they are the pages of ``areaplan maps``, byte for byte."""
    monkeypatch.setattr(pages, "MOST_ON_A_PAGE", 5)
    town = prove_plan(toy_plan())
    write_results(town, tmp_path / "out", lang="zh")
    maps(tmp_path / "out" / "plan.gpkg", "--out", tmp_path / "again")
    names = {p.name for p in (tmp_path / "again").iterdir() if not p.name.startswith(".")}
    assert {
        "index.html",
        "review.html",
        "350302101001.html",
        "350302101002.html",
        "comments_form.xlsx",
        "pages.json",
    } == names
    for name in names - {"comments_form.xlsx"}:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


@pytest.mark.browser
def test_the_ground_of_supervisors(plan_file: Path, tmp_path: Path, open_file: Callable[..., Opened]) -> None:
    """A staffing table names them: borders and names on the map, a list of each, the areas say whose they are; no table, nothing; never in public."""
    rows = [f"350302101001{n:03d},甲,{who}" for n, who in ((1, "<b>李"), (2, "<b>李"), (3, "王"))]
    (tmp_path / "staff.csv").write_text("ea_code,enumerator,supervisor\n" + "\n".join(rows) + "\n", encoding="utf-8")
    maps(plan_file, "--staff", tmp_path / "staff.csv", "--out", tmp_path / "out")
    drawn = data(tmp_path / "out" / "review.html")["supervisors"]
    assert (drawn["name"], drawn["of"]) == (["<b>李", "王"], [0, 0, 1, -1, -1, -1])
    shown = open_file(tmp_path / "out" / "review.html")
    assert shown.texts("#village optgroup option") == ["<b>李 (2)", "王 (1)"]
    shown.page.select_option("#village", "s0")
    assert sorted(shown.texts(".row.area .code")) == ["001", "002"]
    shown.page.click(".row.area")
    assert "<b>李" in shown.texts("#facts")[0]
    shown.page.select_option("#village", "-1")
    assert len(shown.texts(".row.area")) == 6
    ink = (
        "(() => { const c = document.querySelector('canvas.sheet'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;"
        " for (let i = 0; i < d.length; i += 4) { if (d[i] < 60 && d[i + 1] > 80 && d[i + 1] < 150 && d[i + 2] > 70 && d[i + 2] < 140) { n++; } } return n; })()"
    )
    shown.settle()
    coloured = shown.page.evaluate(ink)
    assert shown.quiet()
    maps(plan_file, "--out", tmp_path / "without")
    assert data(tmp_path / "without" / "review.html")["supervisors"] is None
    plain = open_file(tmp_path / "without" / "review.html")
    plain.settle()
    assert coloured > plain.page.evaluate(ink) + 200
    maps(plan_file, "--staff", tmp_path / "staff.csv", "--profile", "public", "--out", tmp_path / "public")
    assert "李" not in (tmp_path / "public" / "review.html").read_text(encoding="utf-8")


@pytest.mark.browser
def test_an_index_over_many_towns(plan_file: Path, tmp_path: Path, open_file: Callable[..., Opened]) -> None:
    """A line a town with its figures; a click opens it; what is decided there is progress here; nothing is asked for."""
    second = tmp_path / "second.gpkg"
    write_plan(with_codes(toy_plan(), "350302102"), second)
    maps(plan_file, second, "--out", tmp_path / "out")
    index = open_file(tmp_path / "out" / "index.html")
    rows = index.texts("#rows tr")
    assert len(rows) == 2
    assert index.texts("#sums td")[3] == "480"
    links = index.page.eval_on_selector_all("a", "nodes => nodes.map(n => n.getAttribute('href'))")
    assert links == ["350302101.html", "350302102.html"]
    page = open_file(tmp_path / "out" / links[0])
    page.page.keyboard.press("n")
    page.page.keyboard.press("a")
    index.page.wait_for_timeout(200)
    assert index.texts("#rows td:last-child") == ["1 / 6", "0 / 6"]
    index.page.click("#lang-button")
    assert index.page.evaluate("document.title") in ("Review of enumeration areas", "普查小区审核")
    assert index.quiet()
    assert page.quiet()


@pytest.mark.browser
def test_hostile_names_in_an_index(tmp_path: Path, open_file: Callable[..., Opened]) -> None:
    """A title is text, also in the index."""
    from areaplan.maps import IndexEntry, index_page

    entries = [IndexEntry("a.html", t, False, 1, (t,), 1, 0, 0, True, t) for t in HOSTILE]
    (tmp_path / "index.html").write_text(index_page(entries, lang="en"), encoding="utf-8")
    index = open_file(tmp_path / "index.html")
    assert index.texts("#rows a") == list(HOSTILE)
    assert index.quiet()


@pytest.mark.browser
def test_the_public_edition_gives_nothing_away(tmp_path: Path, open_file: Callable[..., Opened]) -> None:
    """No building, person, finding, small number, nor a total from which one could be had; it says so on its face."""
    plan = toy_plan()
    areas = plan.areas.assign(
        households=pd.array([3, 77, 40, 40, 40, 40], dtype="Int64"),
        persons=pd.array([9, 200, 100, 100, 100, 100], dtype="Int64"),
        special="barracks",
    )
    write_plan(replace(plan, areas=areas), tmp_path / "plan.gpkg")
    names = {p.name for p in maps(tmp_path / "plan.gpkg", "--profile", "public", "--out", tmp_path / "out")}
    assert names == {"review.html", "pages.json"}
    found = data(tmp_path / "out" / "review.html")
    assert found["areas"]["households"] == [None, 40, None, 40, 40, 40] or found["areas"]["households"].count(None) == 2
    assert found["areas"]["households"][0] is None
    assert found["areas"]["persons"] == [None] * 6
    assert found["areas"]["buildings"] == [None] * 6
    assert set(found["areas"]["special"]) == {""}
    assert found["buildings"]["households"] == ""
    assert found["findings"]["rule"] == []
    assert "households_in" not in found["integrity"]
    held = json.loads((tmp_path / "out" / "pages.json").read_text(encoding="utf-8"))
    assert (held["profile"], held["least_households"], held["pages"][0]["households_withheld"]) == ("public", 10, 2)
    assert "buildings" not in held["pages"][0]["layers"]
    shown = open_file(tmp_path / "out" / "review.html")
    shown.page.keyboard.press("l")
    assert (
        "Public edition" in shown.texts("#subtitle")[0] + shown.texts(".help")[0]
        or "公开版" in shown.texts("#subtitle")[0]
    )
    assert shown.quiet()


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from("abc")), min_size=1, max_size=15))
def test_what_is_withheld_cannot_be_computed(rows: list[tuple[int, str]]) -> None:
    """Every small number is withheld, and never one alone in a village that has others."""
    households, villages = pd.Series([r[0] for r in rows], dtype="Int64"), pd.Series([r[1] for r in rows])
    hidden = withheld(households, villages, 10)
    assert hidden[households < 10].all()
    for _, group in hidden.groupby(villages):
        assert group.sum() != 1 or len(group) == 1


def test_an_earlier_plan_beside(plan_file: Path, tmp_path: Path) -> None:
    """What gained, lost, is new, is gone."""
    plan = toy_plan()
    areas = plan.areas.copy()
    west, east = areas.geometry.iloc[0], areas.geometry.iloc[1]
    strip = west.intersection(east.buffer(10))
    areas.loc[0, "geometry"], areas.loc[1, "geometry"] = west.difference(strip), east.union(strip)
    areas.loc[5, "ea_code"] = "350302101002009"
    write_plan(replace(plan, areas=areas), tmp_path / "old.gpkg")
    maps(plan_file, "--before", tmp_path / "old.gpkg", "--out", tmp_path / "out")
    before = data(tmp_path / "out" / "review.html")["before"]
    assert before["changes"]["kind"] == ["moved", "moved", "same", "same", "same", "new"]
    assert before["changes"]["gained"][0] == before["changes"]["lost"][1] == round(strip.area)
    assert before["gone"] == ["350302101002009"]


def test_a_return_beside(plan_file: Path, tmp_path: Path) -> None:
    """A contractor's shapefile: digitising noise is the same, a moved border is not; codes with blanks are known."""
    areas = toy_plan().areas[["ea_code", "geometry"]].rename(columns={"ea_code": "code"})
    areas["code"] = " " + areas["code"]
    areas["geometry"] = areas.geometry.translate(0.2, 0.1)
    areas.loc[2, "geometry"] = areas.geometry.iloc[2].buffer(5)
    areas.to_file(tmp_path / "return.shp")
    maps(plan_file, "--before", tmp_path / "return.shp", "--before-code", "code", "--out", tmp_path / "out")
    before = data(tmp_path / "out" / "review.html")["before"]
    assert before["changes"]["kind"] == ["same", "same", "moved", "same", "same", "same"]


@pytest.mark.browser
def test_before_and_after_on_one_map(plan_file: Path, tmp_path: Path, open_file: Callable[..., Opened]) -> None:
    """B goes through before, both, now; the border between can be drawn with keys; the list shows what changed."""
    plan = toy_plan()
    write_plan(replace(plan, areas=plan.areas.iloc[[0, 1, 2, 4, 5]].reset_index(drop=True)), tmp_path / "old.gpkg")
    maps(plan_file, "--before", tmp_path / "old.gpkg", "--out", tmp_path / "out")
    shown = open_file(tmp_path / "out" / "review.html")
    pressed = "Array.from(document.querySelectorAll('.time')).findIndex(n => n.getAttribute('aria-pressed') === 'true')"
    seen = []
    for _ in range(3):
        shown.page.keyboard.press("b")
        seen.append(shown.page.evaluate(pressed))
        if seen[-1] == 1:
            shown.page.focus("#swipe")
            shown.page.keyboard.press("ArrowLeft")
            assert shown.page.input_value("#swipe") == "499"
    assert seen == [0, 1, 2]
    shown.page.select_option("#filter", "changed")
    assert shown.texts(".row.area .code") == ["004"]
    assert shown.quiet()


@pytest.mark.parametrize("lang", LANGS)
def test_the_form_comes_back_as_comments(tmp_path: Path, lang: Any) -> None:
    """Filled in with the labels of its lists, it reads as what was chosen; left empty, as nothing."""
    plan = toy_plan()
    book = openpyxl.load_workbook(io.BytesIO(comments_form(plan, plan_hash="ab" * 32, lang=lang)))
    sheet = book.worksheets[0]
    book.save(tmp_path / "empty.xlsx")
    assert read_comments(tmp_path / "empty.xlsx") == []
    assert len(sheet.data_validations.dataValidation) == 4
    sheet["B3"], sheet["D3"] = "林", "2026-11-27"
    sheet["G6"], sheet["G7"] = DECISIONS["approve"].text(lang), DECISIONS["revise"].text(lang)
    for cell, text in {
        "H7": REASONS["border_wrong"].text(lang),
        "I7": REASONS["other"].text(lang),
        "J7": "沿溪",
        "K7": ASKS["merge"].text(lang),
        "L7": "350302101001003",
    }.items():
        sheet[cell] = text
    book.save(tmp_path / "form.xlsx")
    one, two = read_comments(tmp_path / "form.xlsx")
    assert (one.ea_code, one.decision, one.reviewer, one.plan_hash) == ("350302101001001", "approve", "林", "ab" * 32)
    assert (two.reasons, two.text, two.ask, two.ask_with) == (
        ("border_wrong", "other"),
        "沿溪",
        "merge",
        "350302101001003",
    )
    assert two.time == "2026-11-27T00:00:00Z"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_the_form_holds_no_formula(text: str) -> None:
    """Names and findings are text in every cell."""
    plan = hostile_plan(toy_plan(), text)
    plan = plan.with_findings(hostile_findings(plan, text))
    book = openpyxl.load_workbook(io.BytesIO(comments_form(plan, plan_hash=text, lang="zh")))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert not any(
        isinstance(c.value, str) and c.data_type == "f" for row in book.worksheets[0].iter_rows() for c in row
    )


def test_what_does_not_go_together_is_refused(plan_file: Path, tmp_path: Path) -> None:
    """Each with a message and exit 2, nothing written."""
    assert "--out" in refused(plan_file, plan_file)
    assert "two folders" in refused(plan_file, plan_file, "--out", tmp_path / "x")
    assert "not in this plan" in refused(plan_file, "--village", "9", "--out", tmp_path / "x")
    assert "--before" in refused(plan_file, "--before", plan_file, "--profile", "public", "--out", tmp_path / "x")
    assert not (tmp_path / "x").exists()
