"""Area sheets, measured as they are drawn and read back from the PDF."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ContentStream

from areaplan.errors import InputError, OutputError
from areaplan.maps.sheets import Edition, Sheets, fonts
from areaplan.maps.sheets.fonts import Face, build_face, find_fonts
from areaplan.maps.sheets.glyphs import fixed_texts
from areaplan.maps.sheets.ground import Ground
from areaplan.maps.sheets.ink import Ink, wrap
from areaplan.maps.sheets.labels import Placer, along, place_numbers
from areaplan.maps.sheets.measures import MM
from areaplan.maps.sheets.operators import path_operators
from areaplan.maps.sheets.pages import PAPERS, page_of
from areaplan.maps.sheets.sheet import draw_area
from areaplan.maps.sheets.tiles import tile_grid
from areaplan.maps.sheets.view import fit
from areaplan.maps.sheets.words import four_sides
from areaplan.model import AreaPlan
from areaplan.numbering import listing_numbers, serpentine
from areaplan.reports import write_sheets
from areaplan.schema import conform
from areaplan.settings import read_settings
from toys import EAST, NORTH, toy_plan

FIRST = "350302101001001"
HASH = "0123456789abcdef" * 4


@pytest.fixture(scope="module", autouse=True)
def _font() -> None:
    try:
        find_fonts()
    except OutputError as e:
        pytest.skip(str(e))


def _with_houses(boxes: Sequence[tuple[float, float, float, float]], *, grow: float = 1.0, **names: str) -> AreaPlan:
    """Return the toy plan, ``grow`` times as large, with these houses (metres from its corner) in its first area."""
    plan = toy_plan()
    origin = (EAST, NORTH)

    def grown(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        return table.set_geometry(table.geometry.scale(grow, grow, origin=origin))

    rows = [{"building_id": f"H{i:05d}", "ea_code": FIRST, "village_code": FIRST[:12], "households": 1,
             "geometry": shapely.box(EAST + a, NORTH + b, EAST + c, NORTH + d)} for i, (a, b, c, d) in enumerate(boxes)]  # fmt: skip
    houses = conform(gpd.GeoDataFrame(rows, geometry="geometry", crs=plan.crs), "buildings")
    territory = plan.territory
    territory = replace(territory, villages=grown(territory.villages), lines=grown(territory.lines))
    for column, value in names.items():
        territory = replace(territory, villages=territory.villages.assign(**{column: value}))
    cells = replace(plan.cells, territory=territory, buildings=houses, table=grown(plan.cells.table))
    return replace(plan, cells=cells, areas=grown(plan.areas), boundaries=grown(plan.boundaries))


def _drawn(plan: AreaPlan, code: str = FIRST, **edition: object) -> Ink:
    from reportlab.pdfgen.canvas import Canvas

    sheets = _sheets(plan, **edition)
    return draw_area(Canvas(io.BytesIO()), sheets.face, sheets.ground, code, sheets.edition)


def _sheets(plan: AreaPlan, *, font: list[str] | None = None, **edition: object) -> Sheets:
    return Sheets(plan, Edition(**edition), "en", font, HASH)  # type: ignore[arg-type]


def _listed(plan: AreaPlan) -> AreaPlan:
    """Return the plan as it is after the listing: every building has its number."""
    buildings = plan.cells.buildings
    numbers = buildings.groupby("ea_code").cumcount() + 1
    return replace(plan, cells=replace(plan.cells, buildings=buildings.assign(number=numbers.astype("Int64"))))


@lru_cache
def _face() -> Face:
    return build_face(fixed_texts("en"), find_fonts())


def _numbers(ink: Ink) -> Counter[str]:
    return Counter(t.text for t in ink.texts if t.kind == "number")


def _lies(ink: Ink) -> bool:
    return bool(ink.canvas._pagesize[0] > ink.canvas._pagesize[1])


def _overlaps(ink: Ink) -> list[tuple[str, str]]:
    found = []
    for page in {t.page for t in ink.texts}:
        texts = [t for t in ink.texts if t.page == page]
        boxes = np.array([shapely.Polygon(t.corners) for t in texts])
        left, right = shapely.STRtree(boxes).query(boxes, predicate="intersects")
        shared = shapely.area(shapely.intersection(boxes[left], boxes[right]))
        found += [
            (texts[a].text, texts[b].text) for a, b, m2 in zip(left, right, shared, strict=True) if a < b and m2 > 0.2
        ]
    return found


def _grid(columns: int, rows: int, step: float, size: float) -> list[tuple[float, float, float, float]]:
    return [
        (2 + c * step, 2 + r * step, 2 + c * step + size, 2 + r * step + size)
        for c in range(columns)
        for r in range(rows)
    ]


def _pdf(plan: AreaPlan, code: str = FIRST, **options: object) -> PdfReader:
    return PdfReader(io.BytesIO(_sheets(plan, **options).area(code)))


def _paths(page: object, reader: PdfReader) -> list[np.ndarray]:
    """Return the corner points of every path of a page."""
    paths, points = [], []
    for operands, operator in ContentStream(page["/Contents"].get_object(), reader).operations:  # type: ignore[index]
        if operator in (b"m", b"l"):
            points.append([float(v) for v in operands])
        elif operator in (b"S", b"f*", b"B*", b"n", b"f"):
            paths.append(np.array(points))
            points = []
    return [p for p in paths if len(p)]


def test_a_sheet_says_what_r20_and_r22_ask() -> None:
    """Title, code, totals, four sides, neighbours, scale, places to sign, class, sentence on borders; Chinese can be selected."""
    reader = _pdf(toy_plan())
    text = reader.pages[0].extract_text()
    for wanted in ("东村", "001", FIRST, "Buildings: 2", "Households: 40", "Neighbouring areas: 002", "DRAFT", "FOR INTERNAL USE", "no evidence",
                   "Drafter", "Date", "Sheet no.", "Supervisor", "Township office", "(stamp)", "Legend", "1:1 500", HASH[:16], "Main Street"):  # fmt: skip
        assert wanted in text, wanted
    assert len(reader.pages) == 2
    assert "Corrections" in reader.pages[1].extract_text()


def test_final_sheets_have_no_page_for_corrections() -> None:
    """A final sheet says so and is one page."""
    reader = _pdf(_listed(toy_plan()), state="final")
    assert len(reader.pages) == 1
    assert "FINAL MAP" in reader.pages[0].extract_text()


@pytest.mark.parametrize("paper", sorted(PAPERS))
def test_page_margins_and_scale_are_true(paper: str) -> None:
    """Paper of the asked size; a thick frame 35 mm from the left and 15 mm elsewhere; a house of 20 x 40 m measures so at the printed scale."""
    reader = _pdf(toy_plan(), paper=paper)
    page = reader.pages[0]
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    assert sorted((round(width / MM), round(height / MM))) == sorted(PAPERS[paper])
    paths = _paths(page, reader)
    frame = np.array([35 * MM, 15 * MM, width - 15 * MM, height - 15 * MM])
    assert any(np.abs(np.r_[p.min(axis=0), p.max(axis=0)] - frame).max() < 0.02 for p in paths)
    scale = int(re.search(r"1:([\d ]+\d)", page.extract_text())[1].replace(" ", ""))  # type: ignore[index]
    house = np.array([20, 40]) * 1000 * MM / scale
    assert any(len(p) >= 8 and np.abs(np.ptp(p[:4], axis=0) - house).max() < 0.05 for p in paths)


def test_nothing_is_written_outside_the_frame_or_on_other_text() -> None:
    """Measured on the boxes of all texts: inside the frame, none on another, map texts of 5 points at least."""
    plan = toy_plan()
    for code in plan.areas["ea_code"]:
        ink = _drawn(plan, code)
        page = page_of("A4", lying=_lies(ink))
        corners = np.vstack([t.corners for t in ink.texts])
        assert (corners.min(axis=0) >= page.frame[:2]).all()
        assert (corners.max(axis=0) <= page.frame[2:]).all()
        assert _overlaps(ink) == []
        assert min(t.size for t in ink.texts) >= 5


@pytest.mark.parametrize(
    ("houses", "grow"),
    [(_grid(1, 1, 20, 10), 1.0), (_grid(4, 18, 11, 8), 1.0), (_grid(9, 40, 5, 4), 1.0), (_grid(30, 30, 1.5, 1.2), 1.0),
     ([*_grid(3, 4, 12, 8), (4000, 9000, 4010, 9012), (1000, 15000, 1009, 15009)], 90.0)],
    ids=["one", "72", "360", "900", "villages of 81 km2"],
)  # fmt: skip
def test_every_number_stands_once_however_dense_or_wide(
    houses: list[tuple[float, float, float, float]], grow: float
) -> None:
    """From one house to 900, and in an area of 40 km2 with a hamlet: every number is there exactly once, readable, on nothing else."""
    ink = _drawn(_with_houses(houses, grow=grow))
    assert _numbers(ink) == Counter({str(i): 1 for i in range(1, len(houses) + 1)})
    assert _overlaps(ink) == []
    assert min(t.size for t in ink.texts) >= 5


@given(st.integers(1, 9), st.floats(3, 30), st.floats(0.2, 3), st.integers(1, 980))
def test_a_number_never_seems_to_be_the_neighbours(side: int, size: float, gap: float, first: int) -> None:
    """Without a leader line, a number is nearest to its own building; with one, it stands on no building."""
    at = 100 + np.arange(side) * (size + gap)
    x, y = (c.ravel() for c in np.meshgrid(at, at))
    boxes = np.column_stack([x, y, x + size, y + size])
    placer = Placer((0, 0, 600, 600))
    placed, _ = place_numbers(
        placer, _face(), (boxes[:, :2] + boxes[:, 2:]) / 2, boxes, range(first, first + len(boxes))
    )
    shapes = shapely.box(*boxes.T)
    for n in placed:
        width = _face().width(n.text, n.size)
        middle = shapely.Point(n.x + width / 2, n.y + n.size * 0.36)
        near = shapely.distance(shapes, middle)
        assert near[n.index] <= near.min() + 1e-6 if n.lead is None else near.min() > 0


def test_details_follow_where_houses_crowd() -> None:
    """An area of 900 houses continues on detail sheets, and says so on the first."""
    reader = _pdf(_with_houses(_grid(30, 30, 1.5, 1.2)))
    assert len(reader.pages) > 2
    assert f"Details: {len(reader.pages) - 2} sheets follow" in reader.pages[0].extract_text().replace("\n", " ")


def test_paper_stands_or_lies_by_the_shape_of_the_ground() -> None:
    """An area that is higher than wide stands upright, one that is wider than high lies."""
    plan = toy_plan()
    ground = plan.areas.geometry.tolist()
    ground[0] = shapely.box(EAST, NORTH, EAST + 200, NORTH + 100)
    wide = replace(plan, areas=plan.areas.set_geometry(gpd.GeoSeries(ground, crs=plan.crs)))
    assert not _lies(_drawn(plan))
    assert _lies(_drawn(wide))


def test_the_legend_says_what_the_border_follows_and_what_stands_there() -> None:
    """Signs that occur, and no others: border along the river, border without a feature, blocks of flats, houses, sheds."""
    plan = toy_plan()
    said = {t.text for t in _drawn(plan, "350302101001002").texts}
    assert {"border along a river", "border without a feature"} <= said
    assert not {"border along a railway", "building without households", "block of flats (4 floors and more)"} & said
    houses = _with_houses(_grid(3, 1, 15, 9))
    buildings = houses.cells.buildings.assign(levels=[1, 6, 2], households=[1, 30, 0])
    typed = replace(houses, cells=replace(houses.cells, buildings=conform(buildings, "buildings")))
    said = {t.text for t in _drawn(typed).texts}
    assert {"building, number", "building without households", "block of flats (4 floors and more)"} <= said


def test_a_hamlet_in_wide_ground_has_an_inset() -> None:
    """Houses that would be dots stand in a window in a free corner: no page more, every number once, and the window says its scale."""
    ink = _drawn(_with_houses(_grid(4, 3, 14, 9), grow=14.0))
    assert _numbers(ink) == Counter({str(i): 1 for i in range(1, 13)})
    assert {t.page for t in ink.texts if t.text == "Detail 1"} == {1}
    assert len({t.text for t in ink.texts if t.page == 1 and t.text.startswith("1:")}) == 2
    assert max(t.page for t in ink.texts) == 2
    assert _overlaps(ink) == []


def test_long_names_keep_their_place() -> None:
    """A title of 80 characters wraps and shrinks, whole, inside the frame and on nothing else."""
    name = "福建省莆田市" * 13 + "某村"
    ink = _drawn(_with_houses(_grid(2, 2, 20, 9), name=name, township="Township of " + "x" * 60))
    title = "".join(
        t.text for t in ink.texts if t.page == 1 and t.corners[:, 1].min() > page_of("A4", lying=_lies(ink)).title[1]
    )
    assert name in title.replace(" ", "")
    assert _overlaps(ink) == []


def test_an_area_without_houses_is_still_a_sheet() -> None:
    """Base areas have no buildings: the cells are drawn, and no number."""
    plan = toy_plan()
    plan = replace(plan, cells=replace(plan.cells, buildings=plan.cells.buildings.iloc[:0]))
    assert _numbers(_drawn(plan)) == Counter()


def test_same_plan_same_bytes() -> None:
    """Two runs give the same files, byte for byte."""
    plan = toy_plan()
    assert _sheets(plan).village_atlas(FIRST[:12]) == _sheets(plan).village_atlas(FIRST[:12])
    assert _sheets(plan).overview("township", "350302101") == _sheets(plan).overview("township", "350302101")


def test_an_atlas_has_bookmarks_per_village_and_area() -> None:
    """One PDF; its outline names every village and below it every area."""
    reader = PdfReader(io.BytesIO(_sheets(_listed(toy_plan()), state="final").township_atlas("350302101")))
    tops = [o for o in reader.outline if not isinstance(o, list)]
    nested = [o for o in reader.outline if isinstance(o, list)]
    assert [v["/Title"].split()[0] for v in tops] == ["Contents", "350302101", "350302101001", "350302101002"]
    assert [len(n) for n in nested] == [4, 2]
    contents = reader.pages[0].extract_text()
    for entry in [*tops[1:], *(e for n in nested for e in n)]:
        page = reader.get_destination_page_number(entry) + 1
        code = entry["/Title"].split()[0]
        assert re.search(rf"{code}.*\b{page}\b", contents.replace("\n", " ")), (code, page)
        assert f"{code}-1" in reader.pages[page - 1].extract_text()


def test_fonts_are_embedded_and_small() -> None:
    """No font of any page is left to the reader's machine, and a sheet stays small."""
    data = _sheets(toy_plan()).area(FIRST)
    for page in PdfReader(io.BytesIO(data)).pages:
        fonts_of = [f.get_object() for f in page["/Resources"]["/Font"].values()]
        assert fonts_of
        assert all("/FontFile2" in f["/FontDescriptor"] for f in fonts_of)
    assert len(data) < 80_000


def test_rare_characters_are_printed_and_can_be_copied() -> None:
    """Characters above U+FFFF come back from the PDF as they went in."""
    assert "坂㘰𤆵村" in _pdf(_with_houses(_grid(1, 1, 20, 9), name="坂㘰𤆵村")).pages[0].extract_text()


def test_a_missing_glyph_stops_the_work_and_is_named() -> None:
    """The message names each character, its number and where it stands."""
    with pytest.raises(InputError, match="villages 350302101001: no glyph for \u0c95") as caught:
        _sheets(_with_houses(_grid(1, 1, 20, 9), name="\u0c95\u0caf"))
    assert len(caught.value.faults) == 2


def test_no_font_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any known face, or with a wrong path, one clear message."""
    monkeypatch.setattr(fonts, "_installed", tuple)
    with pytest.raises(OutputError, match="apt install fonts-noto-cjk"):
        _sheets(toy_plan())
    with pytest.raises(OutputError, match="no such font file"):
        _sheets(toy_plan(), font=["nowhere.ttf"])


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    """An unknown village, area or paper is named, and nothing is written."""
    for options in ({"village": "nowhere"}, {"area": "nowhere"}, {"edition": Edition(paper="B5")}):
        with pytest.raises(InputError, match=r"nowhere|B5"):
            write_sheets(toy_plan(), tmp_path / "out", **options)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_a_final_map_wants_the_listing() -> None:
    """Numbers that are only proposed are no numbers of the listing: the message counts them."""
    with pytest.raises(InputError, match="12 buildings in 6 areas have no number from the listing"):
        _sheets(toy_plan(), state="final")


def test_an_open_map_bears_its_review_number() -> None:
    """R22: internal unless a review number is given, which then stands on every page."""
    for page in _pdf(toy_plan(), review_number="闽S(2026)001号").pages:
        text = page.extract_text()
        assert "Open map, review no. 闽S(2026)001号" in text
        assert "INTERNAL" not in text


def test_sensitive_buildings_are_blank_land() -> None:
    """A building marked sensitive has no number, no name, no footprint; the others are numbered as if it were not there."""
    plan = toy_plan()
    buildings = plan.cells.buildings.assign(name="兵营")
    hidden = buildings.assign(sensitive=buildings["building_id"] == "B000001")
    shown = _drawn(replace(plan, cells=replace(plan.cells, buildings=buildings)))
    blank = _drawn(replace(plan, cells=replace(plan.cells, buildings=hidden)))
    assert _numbers(shown) == Counter({"1": 1, "2": 1})
    assert _numbers(blank) == Counter({"1": 1})
    assert "兵营" in {t.text for t in shown.texts}
    assert sum("兵营" in t.text for t in blank.texts) < sum("兵营" in t.text for t in shown.texts)
    only = replace(plan, cells=replace(plan.cells, buildings=buildings.assign(sensitive=True)))
    assert not any("兵营" in t.text for t in _drawn(only).texts)


def test_turning_points_are_lettered_and_described() -> None:
    """R20: each letter of the map stands once on it and once in the facts, with what meets there."""
    ink = _drawn(toy_plan())
    letters = [t.text for t in ink.texts if t.kind == "turn"]
    assert letters[:4] == ["A", "B", "C", "D"] or letters[-1] == "A"
    said = " ".join(t.text for t in ink.texts if t.page == 1)
    assert "Turning points:" in said
    assert "meets" in said or "of building" in said
    facts = said[said.index("Turning points:") :]
    for letter in sorted(set(letters)):
        assert re.search(rf"\b{letter}: ", facts), letter


def test_the_qr_code_holds_area_and_plan(tmp_path: Path) -> None:
    """Read back from the printed picture as a phone would."""
    zxing = pytest.importorskip("zxingcpp")
    if not shutil.which("pdftoppm"):
        pytest.skip("pdftoppm is not installed")
    (tmp_path / "a.pdf").write_bytes(_sheets(toy_plan()).area(FIRST))
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-f", "1", "-l", "1", "a.pdf", "a"], cwd=tmp_path, check=True)
    [picture] = tmp_path.glob("*.png")
    found = zxing.read_barcodes(np.asarray(Image.open(picture).convert("L")))
    assert [b.text for b in found] == [f"{FIRST} {HASH[:16]}"]


def test_tiles_make_up_the_page() -> None:
    """A large paper in pieces of A4: all of the page is on some piece, neighbours share a strip, and the text is there."""
    for paper in ("A3", "A1"):
        frame = page_of(paper, lying=True).frame
        windows, _ = tile_grid(frame)
        assert shapely.union_all(shapely.box(*np.array(windows).T)).buffer(1e-6).covers(shapely.box(*frame))
    reader = _pdf(toy_plan(), paper="A2", tiled=True)
    sizes = {
        tuple(sorted((round(float(p.mediabox.width) / MM), round(float(p.mediabox.height) / MM)))) for p in reader.pages
    }
    assert sizes == {(210, 297)}
    assert len(reader.pages) == 2 * 6
    assert FIRST in reader.pages[0].extract_text()


def test_a_dense_core_has_a_detail_of_its_own() -> None:
    """A village of tiny areas beside a huge one: every code stands on the detail or on the map, no text on another."""
    from reportlab.pdfgen.canvas import Canvas

    plan = toy_plan()
    ground = plan.areas.geometry.tolist()
    ground[3] = shapely.union(ground[3], shapely.box(EAST + 200, NORTH - 9000, EAST + 9000, NORTH))
    sheets = _sheets(replace(plan, areas=plan.areas.set_geometry(gpd.GeoSeries(ground, crs=plan.crs))))
    ink = sheets.overviews.draw(Canvas(io.BytesIO()), "village", FIRST[:12])  # type: ignore[arg-type]
    codes = [t for t in ink.texts if t.kind == "code"]
    assert _overlaps(ink) == []
    assert {t.text for t in codes} == {"001", "002", "003", "004"}


def test_overviews_add_up_and_nothing_overlaps() -> None:
    """Village, township and county: the parts' codes, the totals of the level below, and no text on another."""
    from reportlab.pdfgen.canvas import Canvas

    sheets = _sheets(toy_plan())
    for level, code, parts in (("village", FIRST[:12], 4), ("township", FIRST[:9], 2), ("county", FIRST[:6], 1)):
        ink = sheets.overviews.draw(Canvas(io.BytesIO()), level, code)  # type: ignore[arg-type]
        assert _overlaps(ink) == []
        assert sum(t.kind == "code" for t in ink.texts) == parts
        said = [t.text for t in ink.texts]
        total = "160" if level == "village" else "240"
        assert said.count(total) >= 1
        assert f"Households: {total}" in said


def test_supervisor_areas_stand_on_overviews_when_there_are_any() -> None:
    """Their borders in the legend, their names on the map, their number in the facts, and who leads each area in the index; nothing of it without them."""
    from reportlab.pdfgen.canvas import Canvas

    plan = toy_plan()
    led = replace(plan, areas=plan.areas.assign(supervisor_area=["G1", "G1", "G2", "G2", "G3", None]))
    for level, code, names in (("village", FIRST[:12], ["G1", "G2"]), ("township", FIRST[:9], ["G1", "G2", "G3"])):
        ink = _sheets(led).overviews.draw(Canvas(io.BytesIO()), level, code)  # type: ignore[arg-type]
        said = [t.text for t in ink.texts]
        assert [t.text for t in ink.texts if t.kind == "supervisor"] == [f"Supervisor area {n}" for n in names]
        assert f"Supervisor areas: {len(names)}" in said
        assert "border of a supervisor area" in said
        assert _overlaps(ink) == []
        assert [said.count(n) for n in names] == ([2, 2] if level == "village" else [0, 0, 0])
        bare = _sheets(plan).overviews.draw(Canvas(io.BytesIO()), level, code)  # type: ignore[arg-type]
        assert not any("upervisor area" in t.text for t in bare.texts)


def test_four_sides_name_features_then_neighbours() -> None:
    """East is the river; the village's outline is called by the village beyond it."""
    ground = Ground(toy_plan(), "en")
    assert four_sides(ground, ground.area("350302101001002")).startswith(
        "East: 木兰溪. South: border of the village. West: area 001."
    )
    assert "East: border of 西村" in four_sides(ground, ground.area("350302101001004"))


def test_given_numbers_stay_and_new_ones_follow() -> None:
    """R21: what has a number keeps it; the next free number goes to the first without, in serpentine order."""
    points = np.array([[0.0, 5.0], [5.0, 5.0], [5.0, 0.0], [0.0, 0.0]])
    assert serpentine(points).tolist() == [0, 1, 2, 3]
    assert listing_numbers(points, [None, 7, 2, None]) == [8, 7, 2, 9]


@given(st.tuples(*[st.floats(0, 5e4)] * 4))
def test_a_view_shows_all_it_should_at_a_round_scale(box: tuple[float, float, float, float]) -> None:
    """Whatever the bounds, they lie inside the window with the padding asked for."""
    a, b, c, d = box
    bounds = (min(a, c), min(b, d), max(a, c), max(b, d))
    view = fit(bounds, (100, 100, 500, 600), 20)
    west, south, east, north = view.window
    rim = 20 / view.per_m * (1 - 1e-6)
    assert west <= bounds[0] - rim
    assert south <= bounds[1] - rim
    assert east >= bounds[2] + rim
    assert north >= bounds[3] + rim
    assert view.scale >= 500


@given(st.lists(st.tuples(st.floats(0, 90), st.floats(0, 90), st.floats(1, 30), st.floats(-3, 3)), max_size=30))
def test_placed_texts_never_overlap(texts: list[tuple[float, float, float, float]]) -> None:
    """Whatever is asked, what the placer accepts shares no area."""
    from areaplan.maps.sheets.ink import text_box

    placer = Placer((0, 0, 100, 100))
    boxes = [shapely.Polygon(text_box(x, y, w, 6, a)) for x, y, w, a in texts if placer.try_text(x, y, w, 6, a)]
    assert all(p.intersection(q).area < 1e-6 for i, p in enumerate(boxes) for q in boxes[:i])
    assert all(shapely.box(0, 0, 100, 100).covers(p) for p in boxes)


def test_names_follow_lines_and_read_from_left_to_right() -> None:
    """A text fits on a straight stretch only, never upside down."""
    line = np.array([(200.0, 0.0), (100.0, 0.0), (100.0, 30.0)])
    (x, y, angle), *_ = along(line, 60, 7)
    assert 100 < x < 140
    assert abs(angle) < 1e-9
    assert y < 0
    assert list(along(line, 140, 7)) == []


@given(st.lists(st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 2), max_size=6), max_size=4), st.booleans())
def test_paths_are_written_to_a_hundredth(lines: list[list[tuple[float, float]]], close: bool) -> None:
    """Read back, every point lies within half a hundredth of where it was; single points are no path; rings are closed."""
    operators = path_operators([np.array(points, dtype=float).reshape(-1, 2) for points in lines], close=close)
    drawn = [points for points in lines if len(points) > 1]
    rows = [row.split() for row in operators.splitlines()]
    assert [r[-1] for r in rows] == [o for p in drawn for o in ["m", *"l" * (len(p) - 1), *"h" * close]]
    read = [float(v) for r in rows for v in r[:-1]]
    assert np.allclose(read, [v for p in drawn for xy in p for v in xy], rtol=0, atol=0.00501)


def test_wrap_breaks_between_chinese_characters_and_at_blanks() -> None:
    """No line is wider than asked, words stay whole where they can, nothing is lost."""
    face = _face()
    text = "Neighbouring areas: 002, 003, Main Street and more of the same"
    lines = wrap(face, text, 8, 100)
    assert " ".join(lines) == text
    assert max(face.width(line, 8) for line in lines) <= 100


@pytest.mark.real
def test_a_real_town_gets_good_sheets(real_data: Path) -> None:
    """Areas of a real village of base areas: no text on another, nothing smaller than 4 points, the code on each sheet."""
    from areaplan.cells import build_cells
    from areaplan.delineation import delineate
    from areaplan.files import read_territory

    settings = read_settings(real_data / "configs" / "ready_kinmen_jinhu.toml")
    territory = read_territory(settings)
    codes = set(territory.villages["village_code"].iloc[:2])
    villages, bases = (
        t[t["village_code"].isin(codes)].reset_index(drop=True) for t in (territory.villages, territory.base_areas)
    )
    plan = delineate(build_cells(replace(territory, villages=villages, base_areas=bases), settings), settings)
    for code in list(plan.areas["ea_code"])[::2]:
        ink = _drawn(plan, code)
        assert _overlaps(ink) == []
        assert min(t.size for t in ink.texts) >= 4
        assert any(code in t.text for t in ink.texts)


def test_files_are_named_by_codes_and_written_whole(tmp_path: Path) -> None:
    """One atlas per village, or one sheet per area; a refused plan leaves nothing."""
    plan = toy_plan()
    made = [p.name for p in write_sheets(plan, tmp_path / "a")]
    assert made == ["county-350302.pdf", "township-350302101.pdf", "350302101001.pdf", "350302101002.pdf"]
    assert [p.name for p in write_sheets(plan, tmp_path / "d", per="township")] == made[:2]
    assert [p.name for p in write_sheets(plan, tmp_path / "e", village=FIRST[:12])] == [made[2]]
    assert [p.name for p in write_sheets(plan, tmp_path / "b", area=FIRST)] == [f"{FIRST}.pdf"]
    with pytest.raises(InputError):
        write_sheets(plan, tmp_path / "c", village="nowhere")
    assert not list(tmp_path.glob("c/*"))
