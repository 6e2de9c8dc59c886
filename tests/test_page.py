"""The review page as text: what is in it, what is not, and how geometry travels."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from areaplan.delineation import assemble_plan
from areaplan.maps import explore, review_page
from areaplan.maps.colours import PALETTE, colour_areas, neighbour_pairs
from areaplan.maps.embedded import page_data
from areaplan.maps.encode import Frame, pack, unpack
from areaplan.maps.integrity import integrity
from areaplan.maps.payload import as_json
from areaplan.messages import msg
from areaplan.model import Finding, Findings, Severity
from hostile import HOSTILE, hostile_findings, hostile_plan
from toys import toy_cells, toy_plan, toy_settings

TEMPLATE = Path(__file__).parents[1] / "src" / "areaplan" / "maps" / "template"


def data_of(page: str) -> dict:
    return page_data(page)


def no_findings(plan) -> Findings:
    return Findings(crs=plan.crs)


@given(st.lists(st.integers(-(2**30), 2**30)))
def test_packing_loses_nothing(numbers):
    """Packed numbers come back as they were."""
    assert unpack(pack(numbers)).tolist() == numbers


@given(st.lists(st.tuples(st.floats(0, 30_000), st.floats(0, 30_000)), min_size=1, max_size=40))
def test_points_keep_their_place_to_half_a_decimetre(points):
    """A coordinate moves by at most half a unit, however long the chain of differences."""
    frame = Frame(480_000.0, 2_800_000.0)
    xy = np.add(points, (480_000.0, 2_800_000.0))
    back = np.cumsum(unpack(frame.points(xy)).reshape(-1, 2), axis=0) / 10
    assert np.abs(back - np.array(points)).max() <= 0.05 + 1e-6


def test_a_polygon_with_a_hole_and_an_island_travels_as_three_rings():
    """Holes and parts are rings like any other; closing points are left out."""
    donut = shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(3, 3), (3, 6), (6, 6)]])
    shapes = Frame(0, 0).polygons([shapely.MultiPolygon([donut, shapely.box(20, 0, 22, 2)]), shapely.box(0, 0, 1, 1)])
    assert unpack(shapes["parts"]).tolist() == [3, 1]
    assert unpack(shapes["sizes"]).tolist() == [4, 3, 4, 4]


def test_geometry_of_any_kind_or_none_keeps_its_row():
    """Findings may have a point, a line, a polygon, a collection or nothing."""
    mixed = shapely.GeometryCollection([shapely.Point(1, 1), shapely.LineString([(0, 0), (1, 0)])])
    shapes = Frame(0, 0).any([None, shapely.Point(3, 4), shapely.box(0, 0, 1, 1), mixed])
    assert unpack(shapes["parts"]).tolist() == [0, 1, 1, 2]


def test_neighbours_differ_in_colour_also_across_villages():
    """No two areas that share a border have one colour."""
    plan = toy_plan()
    pairs = neighbour_pairs(plan.areas, plan.boundaries)
    colours = colour_areas(len(plan.areas), pairs)
    assert [3, 4] in pairs.tolist()  # the last area of village A, the first of B
    assert all(colours[a] != colours[b] for a, b in pairs)


@given(st.integers(5, 60), st.integers(0, 10_000))
def test_six_colours_are_enough_for_a_map(n, seed):
    """Voronoi maps never ask for more colours than the palette has."""
    points = np.random.default_rng(seed).random((n, 2))
    triangles = shapely.delaunay_triangles(shapely.multipoints(points), only_edges=True)
    ends = np.round(shapely.get_coordinates(shapely.get_parts(triangles)).reshape(-1, 2, 2), 9)
    at = {tuple(p): i for i, p in enumerate(np.round(points, 9))}
    pairs = np.array([[at[tuple(a)], at[tuple(b)]] for a, b in ends])
    colours = colour_areas(n, pairs)
    assert max(colours) < len(PALETTE)
    assert all(colours[a] != colours[b] for a, b in pairs)


SIGHT = {
    "usual": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""Machado, Oliveira and Fernandes (2009), full severity, on linear RGB."""


@pytest.mark.parametrize("sight", SIGHT)
def test_fills_differ_for_every_kind_of_sight(sight):
    """Any two fills are 10 units of CIELAB apart, also as protans, deutans and tritans see them."""

    def lab(colour: str) -> np.ndarray:
        c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        linear = np.asarray(SIGHT[sight]) @ np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear.clip(
            0, 1
        )
        f = np.cbrt(xyz / (0.9505, 1.0, 1.089))
        return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])

    assert min(np.linalg.norm(lab(a) - lab(b)) for a, b in combinations(PALETTE, 2)) >= 10


def test_the_same_plan_gives_the_same_page():
    """No time and no random name enters a page."""
    plan = toy_plan()
    assert review_page(plan, no_findings(plan)) == review_page(plan, no_findings(plan))


def test_the_page_holds_areas_villages_borders_and_the_certificate():
    """What the page shows is in its data."""
    plan = toy_plan()
    proof = {"proof": {"tiles": True}, "totals": {"households_in": 240, "households_out": 240}, "content_hash": "ab"}
    data = data_of(review_page(plan, no_findings(plan), proof, lang="en"))
    assert data["areas"]["short"] == ["001", "002", "003", "004", "001", "002"]
    assert data["areas"]["households"] == [40] * 6
    assert data["villages"]["name"] == ["东村", "西村"]
    assert {"Main Street", "木兰溪"} <= set(data["names"])
    assert data["integrity"]["hash"] == "ab"
    assert data["lang"] == "en"


def test_without_a_certificate_nothing_is_said_to_be_proved():
    """A missing proof stays missing, and a missing figure unknown."""
    assert integrity(None) is None
    unknown = integrity({})
    assert unknown is not None
    assert unknown["gap_m2"] is None
    assert unknown["households_in"] is None
    assert unknown["tiles"] is None


def test_a_finding_knows_its_areas_by_name_or_by_place():
    """A subject that is an area or a building says where; else the geometry does; a village's finding has none."""
    plan = toy_plan()
    place = plan.areas.geometry.iloc[2].representative_point()
    village = plan.areas["village_code"].iloc[0]
    rows = [
        Finding("R09", Severity.NOTE, plan.areas["ea_code"].iloc[1], msg("x")),
        Finding("R07", Severity.NOTE, "B000001", msg("x")),
        Finding("R01", Severity.NOTE, "gap", msg("x"), geometry=place),
        Finding("R08", Severity.NOTE, village, msg("x"), village, geometry=place),
    ]
    data = data_of(review_page(plan, Findings(tuple(rows), plan.crs)))
    by_subject = dict(zip(data["findings"]["subject"], data["findings"]["areas"], strict=True))
    assert by_subject == {plan.areas["ea_code"].iloc[1]: [1], "B000001": [0], "gap": [2], village: []}


def test_messages_travel_in_both_languages():
    """The page can change its language, findings included."""
    plan = toy_plan()
    data = data_of(review_page(plan, Findings((Finding("R01", Severity.ERROR, "x", msg("plain {n}", n=3)),), plan.crs)))
    assert set(data["findings"]["text"]) == {"en", "zh"}
    assert data["findings"]["text"]["en"] == ["plain 3"]


def test_nothing_in_the_page_points_outside():
    """No address but XML namespaces, no link, no source, no import, no source map."""
    plan = toy_plan()
    page = review_page(plan, no_findings(plan))
    assert set(re.findall(r"https?://[^\"'\s)]*", page)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xhtml",
    }
    assert not re.findall(
        r"<(a|link|iframe|object|embed|img|form)\b", re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    )
    assert "url(" not in page.replace("url(#", "")
    assert "@import" not in page
    assert "sourceMappingURL" not in page


def test_the_policy_allows_exactly_the_scripts_and_styles_of_the_page():
    """Each hash belongs to a script or style, and each script or style has its hash."""
    from areaplan.maps.assets import source_hash

    page = review_page(toy_plan(), no_findings(toy_plan()))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)  # type: ignore[union-attr]
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    styles = re.findall(r"<style>(.*?)</style>", page, re.S)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert sorted(map(source_hash, scripts + styles)) == sorted(re.findall(r"'sha256-[^']*'", policy))
    assert ' style="' not in page.split("<script>")[0]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_changes_no_markup(text):
    """Whatever is in a name, the page has the same elements, and the name comes back exactly from its data."""
    plan = hostile_plan(toy_plan(), text)
    page = review_page(plan, hostile_findings(plan, text))
    calm = review_page(toy_plan(), no_findings(toy_plan()))
    page.encode("utf-8")
    assert re.findall(r"<\w+", page.split("</head>")[1]) == re.findall(r"<\w+", calm.split("</head>")[1])
    data = data_of(page)
    assert data["title"] == text
    assert data["villages"]["name"] == [text, text]
    assert text in data["names"]
    assert data["findings"]["text"]["en"] == [text, text]


@given(st.text())
def test_json_in_a_script_element_is_inert(text):
    """No markup, no line separator, no lone surrogate survives; the value does."""
    inside = as_json({"x": text})
    assert not set(inside) & set("<>&\u2028\u2029")
    inside.encode("utf-8")
    assert json.loads(inside) == {"x": text}


def test_every_word_of_the_page_is_there_in_both_languages():
    """Each word asked for exists, once in English and once in Chinese, with the same values."""
    words = (TEMPLATE / "words.js").read_text(encoding="utf-8")
    known = {k: (en, zh) for k, en, zh in re.findall(r"^  (\w+): \['(.*)', '(.*)'\],?$", words, re.M)}
    code = "\n".join(p.read_text(encoding="utf-8") for p in sorted(TEMPLATE.glob("*.js")))
    asked = set(re.findall(r"say\('(\w+)'", code))
    composed = {word for word in asked if word.endswith("_")}
    assert all(any(k.startswith(word) for k in known) for word in composed)
    asked -= composed
    asked |= set(re.findall(r'data-t(?:-\w+)?="(\w+)"', (TEMPLATE / "review.html").read_text(encoding="utf-8")))
    assert asked <= set(known)
    for en, zh in known.values():
        assert set(re.findall(r"{\w+}", en)) == set(re.findall(r"{\w+}", zh))
        assert re.search("[\u4e00-\u9fff]", zh) or "areaplan" in zh


def test_one_area_and_no_findings_make_a_page():
    """The smallest town there can be: one village, one area, no boundary."""
    cells = toy_cells()
    only = cells.table["village_code"] == "350302101002"
    kept = set(cells.table[only]["cell_id"])
    small = replace(
        cells,
        territory=replace(cells.territory, villages=cells.territory.villages.iloc[[1]].reset_index(drop=True)),
        table=cells.table[only].reset_index(drop=True),
        borders=cells.borders[cells.borders["left_cell"].isin(kept)].reset_index(drop=True),
        outer=cells.outer[cells.outer["left_cell"].isin(kept)].reset_index(drop=True),
        buildings=cells.buildings[cells.buildings["cell_id"].isin(kept)].reset_index(drop=True),
    )
    codes = pd.Series("350302101002001", index=list(small.table["cell_id"]))
    data = data_of(review_page(assemble_plan(small, codes, toy_settings()), Findings()))
    assert data["areas"]["short"] == ["001"]


def test_a_plan_without_areas_is_refused():
    """There is nothing to review in it."""
    plan = toy_plan()
    with pytest.raises(ValueError, match="without areas"):
        review_page(replace(plan, areas=plan.areas.iloc[:0]), no_findings(plan))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_the_notebook_map_escapes_what_folium_would_run(text):
    """A name in a tooltip stays a name: no tag, no backtick, no template mark reaches folium as such."""
    page = explore(hostile_plan(toy_plan(), text)).get_root().render()
    for mark in (
        "<img",
        "<svg",
        "<iframe",
        "<details",
        "<input",
        "<body o",
        "<math",
        "<object",
        "<base",
        "`$",
        "{{",
        "{%",
    ):
        assert mark not in page.split("<body>")[1] or mark not in text
    assert "<script>window.__pwned" not in page


def test_the_notebook_map_asks_no_tile_server():
    """No tiles unless asked for, and no address of any kind but the name of SVG."""
    page = explore(toy_plan()).get_root().render()
    assert "L.tileLayer(" not in page
    assert set(re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s\"']*", page)) == {"http://www.w3.org/2000/svg"}
    assert "L.tileLayer(" in explore(toy_plan(), tiles="OpenStreetMap").get_root().render()


def test_buildings_given_as_points_are_drawn():
    """A point becomes a small square."""
    plan = toy_plan()
    built = plan.cells.buildings.assign(geometry=plan.cells.buildings.geometry.centroid)
    data = data_of(
        review_page(replace(plan, cells=replace(plan.cells, buildings=gpd.GeoDataFrame(built))), no_findings(plan))
    )
    assert unpack(data["buildings"]["shape"]["sizes"]).tolist() == [4] * 12
