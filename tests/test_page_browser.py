"""The review page in a real browser: nothing asked for, nothing executed, everything shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from areaplan.delineation import assemble_plan
from areaplan.maps import assets
from areaplan.messages import msg
from areaplan.model import AreaPlan, Finding, Findings, Severity
from browser import PROOF, Opened
from hostile import HOSTILE, hostile_findings, hostile_plan
from toys import EAST, NORTH, toy_cells, toy_plan, toy_settings

pytestmark = pytest.mark.browser


def town_findings(plan: AreaPlan) -> Findings:
    area = plan.areas.iloc[2]
    return Findings(
        (
            Finding("R13", Severity.WARNING, area["village_code"], msg("a stretch follows nothing"), area["village_code"], 100.0, "m",
                    plan.boundaries.geometry.iloc[0]),
            Finding("R09", Severity.ERROR, area["ea_code"], msg("area {code} is odd", code=area["ea_code"]), area["village_code"], 40.0,
                    "households", area.geometry),
            Finding("R08", Severity.NOTE, "town", msg("nowhere in particular")),
        ),
        plan.crs,
    )  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_shown_and_never_run(open_page: Callable[..., Opened], text: str) -> None:
    """In every field: 0 requests, 0 executions, and the text stands there letter by letter."""
    plan = hostile_plan(toy_plan(), text)
    shown = open_page(plan, hostile_findings(plan, text), lang="en")
    page = shown.page
    assert shown.texts("#title") == [text]
    assert shown.texts(".row.area .where") == [text] * 6
    page.evaluate("document.querySelector('.row.area').click()")
    assert shown.texts("#facts h2") == [text]
    assert text in shown.texts(".fact-finding bdi")
    shown.settle()
    page.mouse.move(800, 400)
    page.wait_for_timeout(30)
    page.click("#tab-findings")
    assert shown.texts(".row.finding .message") == [text, text]
    page.evaluate("document.querySelector('.row.finding').click()")
    page.click("#lang-button")
    assert page.evaluate("document.querySelectorAll('a[href], iframe, object, img, link').length") == 0
    assert shown.quiet()


def test_the_list_starts_with_what_needs_a_look(open_page: Callable[..., Opened]) -> None:
    """An area with an error comes first; the counts, totals and the proof stand on the page."""
    plan = toy_plan()
    shown = open_page(plan, town_findings(plan))
    assert shown.texts(".row.area .code") == ["003", "001", "002", "004", "001", "002"]
    assert shown.texts("#count-findings") == ["3"]
    assert "240" in shown.texts("#totals")[0]
    assert "已证明" in shown.texts("#integrity")[0]
    assert "漏 0 m²" in shown.texts("#integrity")[0]
    assert "240 → 240" in shown.texts("#integrity")[0]
    assert "0af3" in shown.texts("#integrity")[0]
    assert shown.quiet()


def test_what_is_not_proved_is_not_called_proved(open_page: Callable[..., Opened]) -> None:
    """A gap, households lost, no proof in the certificate, no certificate at all: each is said."""
    plan = toy_plan()
    broken = PROOF | {"proof": {"tiles": False, "gap_m2": 2.5}}
    shown = open_page(plan, None, broken, lang="en")
    assert "Not proved" in shown.texts("#integrity")[0]
    assert "gaps 2.5 m²" in shown.texts("#integrity")[0]
    lost = PROOF | {"totals": {"households_in": 240, "households_out": 239}}
    assert "Not proved" in open_page(plan, None, lost, lang="en").texts("#integrity")[0]
    assert "gaps unknown" in open_page(plan, None, {}, lang="en").texts("#integrity")[0]
    assert "No certificate" in open_page(plan, None, None, lang="en").texts("#integrity")[0]


def test_choosing_an_area_shows_its_facts_and_goes_there(open_page: Callable[..., Opened]) -> None:
    """Facts: households, deviation, border by kind in metres, visible share, neighbours, also across the village border."""
    shown = open_page(toy_plan(), lang="en")
    before = shown.view()
    shown.page.click(".row.area >> nth=3")
    shown.settle()
    after = shown.view()
    assert after[2] >= before[2]
    assert abs(after[0] - 175) < 60
    facts = shown.texts("#facts")[0]
    assert "40households" in facts
    assert "0 % of the inner border can be seen" in facts
    assert "200 m" in facts
    assert shown.texts("#facts .chip") == ["003", "西村 001"]
    shown.page.click("#facts .chip >> nth=1")
    assert "350302101002001" in shown.texts("#facts")[0]
    assert shown.quiet()


def test_visible_share_counts_inner_borders_only(open_page: Callable[..., Opened]) -> None:
    """Area 2 has a river on one inner side and nothing on the other: half can be seen."""
    shown = open_page(toy_plan(), lang="en")
    shown.page.click(".row.area >> nth=1")
    assert "50 % of the inner border" in shown.texts("#facts .share")[0]


def test_the_four_sides_in_words(open_page: Callable[..., Opened]) -> None:
    """East, south, west, north: what is followed, how far, and who is beyond; an invisible stretch is called so."""
    shown = open_page(toy_plan(), lang="en")
    shown.page.click(".row.area >> nth=1")
    east, south, west, _ = shown.texts("#facts .sides tr")
    assert "木兰溪" in east + west
    assert "200 m" in east + west
    assert "no visible feature" in east + west
    assert "beside 001" in west
    assert "beside 003" in east
    assert "village border" in south or "Main Street" in south


def test_findings_lead_to_their_place(open_page: Callable[..., Opened]) -> None:
    """A click zooms to the finding's own geometry; one without a place says so and moves nothing."""
    plan = toy_plan()
    shown = open_page(plan, town_findings(plan))
    shown.page.click("#tab-findings")
    assert [t[:3] for t in shown.texts(".row.finding .head")] == ["R09", "R13", "R08"]
    shown.page.click(".row.finding >> nth=1")
    shown.settle()
    place = plan.boundaries.geometry.iloc[0].centroid
    x, y, _ = shown.view()
    assert abs(x - (place.x - EAST)) < 40
    assert abs(y - (place.y - NORTH)) < 40
    shown.page.click(".row.finding >> nth=2")
    shown.settle()
    assert shown.view()[:2] == pytest.approx([x, y], abs=1)
    assert shown.quiet()


def test_search_and_village_filter(open_page: Callable[..., Opened]) -> None:
    """By code, by number, by village name; nothing found is said."""
    shown = open_page(toy_plan(), lang="en")
    for wanted, rows in (("350302101002", 2), ("003", 1), ("西", 2), ("no such", 0), ("", 6)):
        shown.page.fill("#search", wanted)
        shown.wait(f"document.querySelectorAll('.row.area').length === {rows}")
    shown.page.select_option("#village", "1")
    shown.wait("document.querySelectorAll('.row.area').length === 2")
    shown.page.fill("#search", "no such")
    shown.page.wait_for_selector(".empty")
    assert shown.quiet()


def test_the_language_changes_everywhere(open_page: Callable[..., Opened]) -> None:
    """The page opens in the language of the settings and turns to the other and back."""
    shown = open_page(toy_plan())
    assert shown.page.evaluate("document.documentElement.lang") == "zh-CN"
    assert "普查小区" in shown.texts("#tab-areas")[0]
    shown.page.click(".row.area >> nth=0")
    shown.page.click("#lang-button")
    assert shown.page.evaluate("document.documentElement.lang") == "en"
    assert "Areas" in shown.texts("#tab-areas")[0]
    assert "Neighbours" in shown.texts("#facts")[0]
    assert "gaps 0 m²" in shown.texts("#integrity")[0]
    shown.page.keyboard.press("l")
    assert "相邻小区" in shown.texts("#facts")[0]
    assert shown.quiet()


def test_keys_walk_through_the_list(open_page: Callable[..., Opened]) -> None:
    """N and P step through the list, / searches, Escape clears, ? helps."""
    plan = toy_plan()
    shown = open_page(plan, town_findings(plan))
    keys = shown.page.keyboard
    for key, code in (("n", "001003"), ("n", "001001"), ("p", "001003"), ("p", "002002")):
        keys.press(key)
        assert shown.texts("#facts .full-code")[0].endswith(code)
    keys.press("Escape")
    assert shown.page.is_hidden("#facts")
    keys.press("/")
    assert shown.page.evaluate("document.activeElement.id") == "search"
    keys.press("n")
    assert shown.page.input_value("#search") == "n"
    keys.press("Escape")
    keys.press("?")
    assert shown.page.is_visible("#help")
    keys.press("Escape")
    assert shown.page.is_hidden("#help")
    assert shown.quiet()


def test_a_click_on_the_map_chooses_the_area_under_it(open_page: Callable[..., Opened]) -> None:
    """Ground and list mean the same thing."""
    shown = open_page(toy_plan())
    spot = shown.page.evaluate("(p => { const r = map_review.getContainer().getBoundingClientRect(); return [r.left + p.x, r.top + p.y]; })"
                               "(map_review.latLngToContainerPoint([40, 225]))")  # fmt: skip
    shown.page.mouse.click(*spot)
    assert "350302101002001" in shown.texts("#facts")[0]
    assert shown.page.get_attribute(".row.area >> nth=4", "aria-current") == "true"
    assert shown.quiet()


def test_an_exclave_and_a_hole(open_page: Callable[..., Opened]) -> None:
    """A click in the hole is not a click on the area around it; a click on the exclave is a click on its area."""
    plan = toy_plan()
    areas = plan.areas.copy()
    whole = areas.geometry.iloc[0]
    hole = shapely.box(EAST + 10, NORTH + 5, EAST + 40, NORTH + 25)
    exclave = shapely.box(EAST + 320, NORTH, EAST + 360, NORTH + 40)
    areas.loc[0, "geometry"] = gpd.GeoSeries([shapely.MultiPolygon([whole.difference(hole), exclave])]).iloc[0]
    shown = open_page(replace(plan, areas=areas), lang="en")
    at = "areaplan => { map_review.fire('click', {latlng: L.latLng(areaplan), containerPoint: L.point(-99, -99)}); return document.getElementById('facts').hidden ? '' : document.querySelector('#facts .full-code').textContent }"
    assert shown.page.evaluate(at, [15, 25]) == ""
    assert shown.page.evaluate(at, [20, 340]).endswith("001001")
    assert "in 2 pieces" in shown.texts("#facts")[0]
    assert shown.quiet()


def test_the_smallest_town(open_page: Callable[..., Opened]) -> None:
    """One area, no inner border, no findings: the page says so."""
    cells = toy_cells()
    kept = cells.table[cells.table["village_code"] == "350302101002"].reset_index(drop=True)
    names = set(kept["cell_id"])
    small = replace(
        cells,
        territory=replace(cells.territory, villages=cells.territory.villages.iloc[[1]].reset_index(drop=True)),
        table=kept,
        borders=cells.borders[cells.borders["left_cell"].isin(names)].reset_index(drop=True),
        outer=cells.outer[cells.outer["left_cell"].isin(names)].reset_index(drop=True),
        buildings=cells.buildings[cells.buildings["cell_id"].isin(names)].reset_index(drop=True),
    )
    plan = assemble_plan(small, pd.Series("350302101002001", index=list(kept["cell_id"])), toy_settings())
    shown = open_page(plan, lang="en")
    shown.page.click(".row.area")
    assert "the area is the whole village" in shown.texts("#facts")[0]
    shown.page.click("#tab-findings")
    assert "Nothing here asks for a second look" in shown.texts("#list")[0]
    assert shown.quiet()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (683, 384), (390, 844)])
def test_nothing_is_covered_or_cut(open_page: Callable[..., Opened], width: int, height: int) -> None:
    """At office, large, 200 % and phone size: no sideways scrolling, the map has room, header, list and map do not overlap."""
    plan = toy_plan()
    shown = open_page(plan, town_findings(plan), width=width, height=height)
    box = {
        s: shown.page.locator(s).bounding_box() for s in (".top", ".plane", ".panel", "#integrity", ".list", ".legend")
    }
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width
    assert box[".plane"]["width"] >= min(width, 900) * 0.7
    assert box[".plane"]["height"] >= min(height, 800) * 0.35
    shapes = {s: shapely.box(b["x"], b["y"], b["x"] + b["width"], b["y"] + b["height"]) for s, b in box.items()}
    for a, b in (
        (".top", ".plane"),
        (".plane", ".panel"),
        (".plane", ".legend"),
        (".top", ".panel"),
        (".panel", ".legend"),
    ):
        assert shapes[a].intersection(shapes[b]).area < 2, (a, b)
    assert shown.quiet()


def test_every_control_has_a_name_and_can_be_reached(open_page: Callable[..., Opened]) -> None:
    """Buttons, fields and zoom controls have a text or a label, and the keyboard reaches them."""
    shown = open_page(toy_plan())
    nameless = shown.page.evaluate(
        "Array.from(document.querySelectorAll('button, select, input, [role=button]')).filter(n => n.offsetParent && "
        "!(n.textContent.trim() || n.getAttribute('aria-label') || n.title || (n.labels && n.labels.length))).length"
    )
    assert nameless == 0
    reached = set()
    for _ in range(30):
        shown.page.keyboard.press("Tab")
        reached.add(shown.page.evaluate("document.activeElement.id || document.activeElement.className.split(' ')[0]"))
    assert {"lang-button", "search", "village", "tab-areas", "tab-findings", "order", "row"} <= reached


def test_the_map_is_painted(open_page: Callable[..., Opened]) -> None:
    """The canvas shows the colours of the areas, not an empty sheet."""
    shown = open_page(toy_plan())
    colours = shown.page.evaluate(
        "(() => { const c = document.querySelector('canvas.sheet'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        "const seen = new Set(); for (let i = 0; i < d.length; i += 4 * 97) { seen.add(d[i] + ',' + d[i + 1] + ',' + d[i + 2]); } return Array.from(seen); })()"
    )
    assert {"181,216,242", "248,232,176"} <= set(colours)


def test_printing_shows_the_whole_list(open_page: Callable[..., Opened], tmp_path: Path) -> None:
    """On paper the controls go and the list stays."""
    plan = toy_plan()
    shown = open_page(plan, town_findings(plan))
    shown.page.emulate_media(media="print")
    assert shown.page.is_hidden("#search")
    assert shown.page.is_hidden("#lang-button")
    assert shown.page.is_visible(".row.area >> nth=5")
    shown.page.pdf(path=str(tmp_path / "page.pdf"))
    assert (tmp_path / "page.pdf").stat().st_size > 10_000
    assert shown.quiet()


def test_the_notebook_map_is_drawn_without_a_network(chromium: Any, tmp_path: Path) -> None:
    """`plan.explore()` as a notebook shows it, in a frame: areas in colour on the canvas, facts on hover, not one request."""
    plan = toy_plan()
    path = tmp_path / "notebook.html"
    path.write_text(f"<meta charset='utf-8'>{plan.explore()._repr_html_()}", encoding="utf-8")
    page, asked = chromium.new_page(), []
    page.route(
        "**/*", lambda r: r.continue_() if r.request.url == path.as_uri() else (asked.append(r.request.url), r.abort())
    )
    page.goto(path.as_uri())
    frame = next(f for f in page.frames if f is not page.main_frame)
    frame.wait_for_selector("canvas.leaflet-zoom-animated")
    page.wait_for_timeout(300)
    colours = frame.evaluate(
        """() => { const c = document.querySelector('canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, s = new Set();
        for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 100) s.add(d[i] + ',' + d[i + 1] + ',' + d[i + 2]); return s.size; }"""
    )
    box = frame.query_selector("canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2 - 40, box["y"] + box["height"] / 2 - 30)
    frame.wait_for_selector(".leaflet-tooltip")
    assert "350302101" in frame.inner_text(".leaflet-tooltip")
    assert colours >= 4
    assert [u for u in asked if not u.startswith(("data:", "about:"))] == []
    page.close()


def test_a_slow_page_is_not_called_too_old_for_good(open_page: Callable[..., Opened]) -> None:
    """Where no script comes to its end, the page says so after a while; should it come to its end after all, the word is taken back."""
    page = open_page(toy_plan(), Findings()).page.context.new_page()
    page.set_content(f'<p id="too-old" class="hidden">x</p><script>{assets.own("guard.js")}</script>')
    page.wait_for_selector("#too-old.too-old")
    page.evaluate("window.areaplanReady = true")
    page.wait_for_selector("#too-old.hidden")
