"""Deliveries, opened again as their receivers open them: sums agree across every file, nobody gets what they should not have."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import docx
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from areaplan.certificate import content_hash
from areaplan.deliveries import Options, Prices, deliver, read_prices
from areaplan.deliveries.fields import read_mapping
from areaplan.deliveries.issued import filled_in
from areaplan.deliveries.printing import print_order
from areaplan.errors import InputError, OutputError
from areaplan.files import write_plan
from areaplan.levels import level_tables
from areaplan.maps.sheets.fonts import find_fonts
from areaplan.model import AreaPlan
from areaplan.numbering import number_buildings
from areaplan.sensitive import shown_plan
from toys import toy_plan

VILLAGE = "350302101001"


@pytest.fixture(scope="module", autouse=True)
def _font() -> None:
    try:
        find_fonts()
    except OutputError as e:
        pytest.skip(str(e))


def _town() -> AreaPlan:
    """Return the toy plan with a barracks nobody may see and a name that GBK lacks."""
    plan = toy_plan()
    buildings = plan.cells.buildings.copy()
    buildings["name"], buildings["use"] = None, None
    buildings.loc[0, ["name", "use"]] = ["某部营房", "军营"]
    buildings.loc[1, "name"] = "𡒄楼"
    buildings["persons"] = pd.Series([50] * len(buildings), dtype="Int64")
    villages = plan.territory.villages.assign(township="月港镇", county="某县")
    cells = replace(plan.cells, buildings=buildings, territory=replace(plan.territory, villages=villages))
    areas = plan.areas.assign(persons=pd.Series([100] * len(plan.areas), dtype="Int64"))
    return replace(plan, cells=cells, areas=areas)


@pytest.fixture(scope="module")
def town() -> AreaPlan:
    return _town()


@pytest.fixture(scope="module")
def rare_font(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the fonts of this machine and one with the rare character, as an office adds its own with --font."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    for x, y, move in ((100, 0, pen.moveTo), (100, 800, pen.lineTo), (900, 800, pen.lineTo), (900, 0, pen.lineTo)):
        move((x, y))
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "rare"])
    builder.setupCharacterMap({0x21484: "rare"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "rare": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "rare": (1000, 100)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Rare", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    path = tmp_path_factory.mktemp("font") / "rare.ttf"
    builder.save(path)
    return [*map(str, find_fonts()), str(path)]


@pytest.fixture(scope="module")
def folders(town: AreaPlan, rare_font: list[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Deliver to everybody."""
    root = tmp_path_factory.mktemp("deliveries")
    issued, base = root / "issued.csv", root / "base.gpkg"
    issued.write_bytes(ISSUED)
    villages = town.territory.villages.iloc[[0]].assign(name="东头村")[["village_code", "name", "geometry"]]
    villages.to_file(base, driver="GPKG")
    options = Options(
        lang="en", font=rare_font, phone=True, issued=issued, base=base,
        prices=Prices(copies=2, price_per_page={"A4": Decimal("0.35")}, subsidy_share={"township": Decimal("0.5")}),
    )  # fmt: skip
    for to in ("contractor", "office", "enumerators", "upper"):
        deliver(town, to, root / to, options)
    return {to: root / to for to in ("contractor", "office", "enumerators", "upper")}


ISSUED = '序号,代码,名称,普查小区数,备注\r\n1,350302101001,东村,,"a,b"\r\n2,350302101002,西村,,\r\n3,350302101009,无此村,,\r\n'.encode(
    "gb18030"
)


def _sheet(path: Path, name: str | None = None) -> list[tuple[object, ...]]:
    book = load_workbook(path)
    return [tuple(c.value for c in row) for row in book[name or book.sheetnames[0]].iter_rows()]


@pytest.mark.parametrize("to", ["contractor", "office", "enumerators", "upper"])
def test_the_manifest_names_every_file_with_its_hash(folders: dict[str, Path], to: str) -> None:
    """Counts are the plan's; every file stands in the manifest and in SHA256SUMS with what it holds."""
    folder = folders[to]
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = {
        p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")
    }
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert set(found) == {*manifest["files"], "manifest.json", "SHA256SUMS"} == {*sums, "SHA256SUMS"}
    for name, held in manifest["files"].items():
        data = found[name].read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (held["bytes"], held["sha256"])
        assert sums[name] == held["sha256"]
    trusted = to in ("office", "upper")  # the others are not told of the barracks with its 20 households and 50 persons
    counted = (
        {"buildings": 12, "households": 240, "persons": 600}
        if trusted
        else {"buildings": 11, "households": 220, "persons": 550}
    )
    assert manifest["counts"] == {"areas": 6, **counted, "villages": 2, "townships": 1, "counties": 1}
    assert manifest["class"] == "FOR INTERNAL USE"
    readme = (folder / "README.txt").read_text(encoding="utf-8-sig")
    assert "内部使用" in readme
    assert "FOR INTERNAL USE" in readme
    assert "no map may show" in readme


@pytest.mark.parametrize("to", ["contractor", "office", "enumerators", "upper"])
def test_sensitive_names_are_in_no_file(folders: dict[str, Path], to: str) -> None:
    """Not as text, not in a database, not in a workbook."""
    for path in folders[to].rglob("*"):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if path.suffix in (".xlsx", ".docx"):
            import zipfile

            data = b"".join(zipfile.ZipFile(path).read(n) for n in zipfile.ZipFile(path).namelist())
        if path.suffix == ".pdf":
            data = "".join(p.extract_text() for p in PdfReader(path).pages).encode()
        for encoding in ("utf-8", "gbk", "utf-16-le"):
            assert "某部营房".encode(encoding) not in data, (path, encoding)


def test_every_format_of_the_contractor_holds_the_same(town: AreaPlan, folders: dict[str, Path]) -> None:
    """Shapefiles in both encodings, FileGDB and GeoPackage: same codes, same counts, same ground, and no household of a single building."""
    folder = folders["contractor"]
    read = {
        "gpkg": lambda layer: pyogrio.read_dataframe(folder / "qgis/plan.gpkg", layer=layer),
        "gdb": lambda layer: pyogrio.read_dataframe(folder / "filegdb/plan.gdb", layer=layer),
        "utf8": lambda layer: pyogrio.read_dataframe(folder / f"shapefile_utf8/plan_{layer}.shp"),
        "gbk": lambda layer: pyogrio.read_dataframe(folder / f"shapefile_gbk/plan_{layer}.shp"),
    }
    for name, layer in read.items():
        areas, buildings = layer("areas"), layer("buildings")
        assert sorted(areas["ea_code"]) == sorted(town.areas["ea_code"]), name
        assert int(areas["households"].sum()) == 220, (
            "the barracks and its 20 households are not the contractor's business"
        )
        assert areas.crs == town.crs
        assert abs(areas.geometry.area.sum() - town.areas.geometry.area.sum()) < 1e-3
        assert len(buildings) == 11
        assert not {"households", "persons", "hh"} & set(buildings.columns)
        assert buildings["number"].notna().all()
        assert len(layer("villages")) == 2
        spelled = "[U+21484]楼" if name == "gbk" else "𡒄楼"
        assert spelled in set(buildings["name"])
    assert "𡒄 = [U+21484]" in (folder / "README.txt").read_text(encoding="utf-8-sig")
    numbers = number_buildings(town)
    of = dict(zip(zip(numbers["ea_code"], numbers["building_id"], strict=True), numbers["number"], strict=True))
    for r in read["gpkg"]("buildings").itertuples():
        assert of[r.ea_code, r.building_id] == r.number


def test_the_qgis_project_names_layers_that_are_there_by_relative_paths(folders: dict[str, Path]) -> None:
    """Every datasource is a file beside the project and a layer in it; styles come along; nothing is absolute."""
    projects = [*folders["contractor"].rglob("*.qgs"), *folders["enumerators"].rglob("*.qgs")]
    assert len(projects) == 3
    for project in projects:
        root = ET.parse(project).getroot()  # noqa: S314 - our own file
        sources = [e.text or "" for e in root.iter("datasource")]
        assert len(sources) >= 4
        for source in sources:
            file, layer = source.split("|layername=")
            assert file.startswith("./")
            assert layer in [n for n, _ in pyogrio.list_layers(project.parent / file)]
        assert root.find("properties/Paths/Absolute").text == "false"  # type: ignore[union-attr]
        assert len(list(root.iter("renderer-v2"))) == len(sources)
        assert root.find("projectCrs/spatialrefsys/authid").text == "EPSG:4549"  # type: ignore[union-attr]
        ids = {e.text for e in root.iter("id")}
        assert {e.get("id") for e in root.iter("layer-tree-layer")} == ids


def test_the_drawing_opens_in_cad(town: AreaPlan, folders: dict[str, Path]) -> None:
    """Closed outlines of every area, codes as text, metres."""
    ezdxf = pytest.importorskip("ezdxf")
    drawing = ezdxf.readfile(folders["contractor"] / "dxf/plan.dxf")
    assert not drawing.audit().has_errors
    assert drawing.header["$INSUNITS"] == 6
    space = drawing.modelspace()
    outlines = [shapely.Polygon(p.get_points("xy")) for p in space.query('LWPOLYLINE[layer=="AREAS"]')]
    assert abs(sum(o.area for o in outlines) - town.areas.geometry.area.sum()) < 1e-3
    assert sorted(t.dxf.text for t in space.query('TEXT[layer=="AREAS_TEXT"]')) == sorted(town.areas["ea_code"])


def test_field_list_and_crs_sheet(folders: dict[str, Path]) -> None:
    """Every field of every Shapefile stands in the list with a meaning; the CRS sheet names the system in both languages."""
    listed = _sheet(folders["contractor"] / "fields.xlsx")[1:]
    for layer in ("areas", "buildings", "boundaries", "villages", "lines"):
        found = list(pyogrio.read_info(folders["contractor"] / f"shapefile_utf8/plan_{layer}.shp")["fields"])
        assert found == [r[3] for r in listed if r[0] == layer]
    assert all(r[5] for r in listed)
    text = (folders["contractor"] / "crs.txt").read_text(encoding="utf-8")
    assert "EPSG:4549" in text
    assert "坐标系" in text


def test_register_and_totals_add_up(town: AreaPlan, folders: dict[str, Path]) -> None:
    """Register = areas; totals by village, township and county end with the same sums; blank columns for people; codes are text."""
    rows = _sheet(folders["office"] / "register.xlsx")
    head, body = rows[0], rows[1:]
    at = {str(h): i for i, h in enumerate(head)}
    assert [r[0] for r in body] == sorted(town.areas["ea_code"])
    assert sum(r[at["Households"]] for r in body) == 240  # type: ignore[misc]
    assert sum(r[at["Persons"]] for r in body) == 600  # type: ignore[misc]
    assert all(r[at["Enumerator"]] is None and r[at["Supervisor"]] is None for r in body)
    assert "East: " in str(body[0][at["Bounds on four sides"]])
    book = load_workbook(folders["office"] / "totals.xlsx")
    for name, units in (("village", 2), ("township", 1), ("county", 1)):
        table = [tuple(c.value for c in row) for row in book[name].iter_rows()]
        assert len(table) == units + 2
        heads = {str(h): i for i, h in enumerate(table[0])}
        for count, total in (("Households", 240), ("Persons", 600), ("Enumeration areas", 6), ("Buildings", 12)):
            assert sum(r[heads[count]] for r in table[1:-1]) == table[-1][heads[count]] == total  # type: ignore[misc]


def test_the_print_order_counts_what_is_printed_and_who_pays(folders: dict[str, Path]) -> None:
    """Pages are those of the enumerators' and the contractor's files; cost = price x pages x copies; shares add up to the cost."""
    rows = _sheet(folders["office"] / "print_order.xlsx")
    head = {str(h): i for i, h in enumerate(rows[0])}
    areas = next(r for r in rows if r[0] == "enumeration area")
    printed = sum(len(PdfReader(p).pages) for p in folders["enumerators"].rglob("*.pdf"))
    assert areas[head["Sheets"]] == 6
    assert areas[head["Pages"]] == printed
    assert areas[head["Pages printed"]] == 2 * printed
    township = next(r for r in rows if r[0] == "township")
    assert township[head["Pages"]] == len(PdfReader(folders["contractor"] / "sheets/township-350302101.pdf").pages)
    for r in rows[1:-1]:
        assert r[head["Cost"]] == pytest.approx(0.35 * r[head["Pages printed"]])  # type: ignore[operator]
    assert rows[-1][head["Cost"]] == pytest.approx(sum(r[head["Cost"]] for r in rows[1:-1]))  # type: ignore[misc]
    borne = _sheet(folders["office"] / "print_order.xlsx", "Cost by level")
    assert borne[-1][1] == pytest.approx(rows[-1][head["Cost"]])
    assert sum(r[1] for r in borne[1:-1]) == pytest.approx(borne[-1][1])  # type: ignore[misc]


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=30),
    st.decimals("0", "9", places=3),
    st.decimals("0", "1", places=2),
    st.integers(1, 5),
)
def test_shares_always_make_up_the_cost(pages: list[int], price: Decimal, share: Decimal, copies: int) -> None:
    """Whatever the price and the subsidy, no cent is lost between the levels."""
    prices = Prices(copies=copies, price_per_page={"A4": price}, subsidy_share={"township": share, "county": share})
    order, borne = print_order({"area": pages, "village": [2], "township": [2], "county": [1]}, "A4", prices, "en")
    assert borne.iloc[-1, 1] == pytest.approx(order["Cost"].iloc[-1], abs=1e-9)
    assert borne.iloc[:-1, 1].sum() == pytest.approx(borne.iloc[-1, 1], abs=1e-9)


def test_enumerators_get_their_sheets_and_forms_with_the_same_numbers(town: AreaPlan, folders: dict[str, Path]) -> None:
    """A sheet per area; the form lists exactly the numbers of the map, and has blank rows; the field GeoPackage holds no counts."""
    for village in ("350302101001", "350302101002"):
        folder = folders["enumerators"] / village
        codes = sorted(town.areas["ea_code"][town.areas["village_code"] == village])
        assert sorted(p.stem for p in folder.glob("*.pdf")) == codes
        for code in codes:
            rows = _sheet(folder / f"listing_{village}.xlsx", code)[1:]
            numbers = [r[1] for r in rows if r[1] is not None]
            own = number_buildings(town)
            assert numbers == own["number"][own["ea_code"] == code].tolist()
            assert sum(r[1] is None for r in rows) == 10
            assert f"Buildings: {len(numbers)}" in PdfReader(folder / f"{code}.pdf").pages[0].extract_text()
        for layer, _ in pyogrio.list_layers(folder / "phone/plan.gpkg"):
            if layer != "layer_styles":
                columns = set(pyogrio.read_info(folder / "phone/plan.gpkg", layer=layer)["fields"])
                assert not columns & {"households", "persons"}, layer


def test_three_layers_go_up_and_every_level_is_the_sum_of_the_one_below(
    town: AreaPlan, folders: dict[str, Path]
) -> None:
    """Township, village and area layers of the county: same sums in every file, same ground."""
    folder = folders["upper"] / "350302"
    layers = {n: pyogrio.read_dataframe(folder / f"{n}.shp") for n in ("township", "village", "area")}
    assert [len(layers[n]) for n in ("township", "village", "area")] == [1, 2, 6]
    for table in layers.values():
        assert int(table["HS"].sum()) == 240
        assert int(table["JZWS"].sum()) == 12
        assert table.geometry.area.sum() == pytest.approx(town.areas.geometry.area.sum())
        assert table["MJ"].sum() == pytest.approx(town.areas.geometry.area.sum())
    readme = (folders["upper"] / "README.txt").read_text(encoding="utf-8-sig")
    assert all(f"layer of {level}," in readme for level in ("township", "village", "enumeration area"))
    assert layers["village"]["PQS"].tolist() == [4, 2]
    assert set(layers["area"]["SJDM"]) == set(layers["village"]["DM"])
    assert set(layers["village"]["SJDM"]) == set(layers["township"]["DM"]) == {"350302101"}
    counts = _sheet(folder / "counts.xlsx")
    at = {str(h): i for i, h in enumerate(counts[0])}
    assert [r[1] for r in counts[1:]] == [6, 2, 1, 1]
    assert {r[at["Households"]] for r in counts[1:]} == {240}


def test_the_issued_list_is_filled_and_otherwise_equal_byte_for_byte(folders: dict[str, Path]) -> None:
    """GB18030, quotes and line ends stay; two fields are filled, the unknown village stays blank and is named."""
    filled = (folders["upper"] / "issued_list.csv").read_bytes()
    assert filled == ISSUED.replace("东村,,".encode("gb18030"), "东村,4,".encode("gb18030")).replace(
        "西村,,".encode("gb18030"), "西村,2,".encode("gb18030")
    )
    assert "350302101009" in (folders["upper"] / "README.txt").read_text(encoding="utf-8-sig")


COUNTS = ["buildings", "households", "persons"]


def _figures(folders: dict[str, Path]) -> dict[str, pd.DataFrame]:
    """Return what every file that has them says of buildings, households and persons, by area."""
    contractor, upper = folders["contractor"], folders["upper"] / "350302"
    register = pd.read_excel(folders["office"] / "register.xlsx", dtype={"Code": str})
    found = {
        "gpkg": pyogrio.read_dataframe(contractor / "qgis/plan.gpkg", layer="areas"),
        "gdb": pyogrio.read_dataframe(contractor / "filegdb/plan.gdb", layer="areas"),
        "register": register.rename(columns={"Code": "ea_code", **{c.title(): c for c in COUNTS}}),
        "upper": pyogrio.read_dataframe(upper / "area.shp").rename(
            columns={"DM": "ea_code", "JZWS": "buildings", "HS": "households", "RKS": "persons"}
        ),
    }
    return {
        n: t.set_index("ea_code")[[c for c in COUNTS if c in t.columns]].astype(int).sort_index()
        for n, t in found.items()
    }


def test_every_receiver_has_the_same_figures_for_every_area(town: AreaPlan, folders: dict[str, Path]) -> None:
    """Buildings, households and persons, area by area: plan, office's register, layers handed up; contractor's layers and sheets, without what no map may show."""
    every = town.areas.set_index("ea_code")[COUNTS].astype(int).sort_index()
    barracks = town.cells.buildings.iloc[0]
    shown = every.copy()
    shown.loc[barracks["ea_code"]] -= [1, int(barracks["households"]), int(barracks["persons"])]
    assert (shown < every).any(axis=1).sum() == 1
    for name, got in _figures(folders).items():
        wanted = every if name in ("register", "upper") else shown
        assert list(got.columns) == (COUNTS if name in ("register", "upper") else COUNTS[:2]), name
        assert got.to_numpy().tolist() == wanted[got.columns].to_numpy().tolist(), name
        assert got.index.tolist() == wanted.index.tolist(), name
    for code, households in shown["households"].items():
        [sheet] = folders["enumerators"].rglob(f"{code}.pdf")
        assert f"Households: {households}" in PdfReader(sheet).pages[0].extract_text()


def test_no_receiver_can_subtract(town: AreaPlan, rare_font: list[str], tmp_path: Path) -> None:
    """What contractor and enumerators get of a plan with a barracks is, file by file, what they would get had nobody ever built it; only the plan's hash differs."""
    shown = shown_plan(town)
    never_built = replace(shown, cells=replace(shown.cells, buildings=shown.cells.buildings.assign(sensitive=False)))
    options = Options(lang="en", font=rare_font, phone=True)
    for to in ("contractor", "enumerators"):
        deliver(town, to, tmp_path / "with" / to, options)
        deliver(never_built, to, tmp_path / "without" / to, options)
        mine, theirs = (_contents(tmp_path / side / to, p) for side, p in (("with", town), ("without", never_built)))
        assert mine.keys() == theirs.keys()
        assert [name for name in mine if mine[name] != theirs[name]] == []
    assert int(shown.areas["buildings"].sum()) == len(shown.cells.buildings) == len(town.cells.buildings) - 1
    assert shown_plan(shown) is shown
    villages = shown.territory.villages.set_index("village_code")["households"]
    assert villages.to_dict() == shown.areas.groupby("village_code")["households"].sum().to_dict()


def _contents(folder: Path, plan: AreaPlan) -> dict[str, object]:
    """Return what can be read in every file of a delivery, the plan's hash left out."""
    own = content_hash(plan)[:16]
    out: dict[str, object] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".pdf":
            out[name] = [p.extract_text().replace(own, "") for p in PdfReader(path).pages]
        elif path.suffix == ".xlsx":
            book = load_workbook(path)
            out[name] = [
                [str(c.value).replace(content_hash(plan), "") for c in row] for s in book for row in s.iter_rows()
            ]
        elif path.suffix in (".gpkg", ".shp"):
            layers = [n for n, _ in pyogrio.list_layers(path) if n != "layer_styles"]
            out[name] = [pyogrio.read_dataframe(path, layer=n).to_json() for n in layers]
        elif path.name == "README.txt":
            out[name] = path.read_text(encoding="utf-8-sig").replace(content_hash(plan), "")
        elif path.name == "manifest.json":
            manifest = json.loads(path.read_text(encoding="utf-8"))
            out[name] = (manifest["counts"], manifest["rows"], sorted(manifest["files"]))
        elif path.suffix == ".qgs":
            out[name] = path.read_bytes()
    return out


def test_differences_and_work_note(folders: dict[str, Path]) -> None:
    """R23: the renamed and the new village are named; the note says so, with the counts and places to sign."""
    rows = _sheet(folders["upper"] / "350302/differences.xlsx")[1:]
    said = " ".join(str(r[1]) for r in rows)
    assert "东头村" in said
    assert "350302101002" in said
    document = docx.Document(str(folders["upper"] / "350302/work_note.docx"))
    text = "\n".join(
        [*(p.text for p in document.paragraphs), *(c.text for t in document.tables for r in t.rows for c in r.cells)]
    )
    for wanted in (
        "某县",
        "FOR INTERNAL USE",
        "240",
        f"{len(rows)} differences",
        "2 rows were filled in and 1 left blank",
        "Reviewed by",
    ):
        assert wanted in text, wanted


def test_deliveries_stand_again_the_same(town: AreaPlan, rare_font: list[str], tmp_path: Path) -> None:
    """The same plan gives the same bytes; another receiver in the same folder keeps what was there."""
    options = Options(lang="zh", font=rare_font)
    for to in ("office", "upper"):
        deliver(town, to, tmp_path / "a" / to, options)
        deliver(town, to, tmp_path / "b" / to, options)
    hashes = [
        {
            p.relative_to(tmp_path / side): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in (tmp_path / side).rglob("*")
            if p.is_file()
        }
        for side in ("a", "b")
    ]
    assert hashes[0] == hashes[1]


def test_a_fault_leaves_nothing(town: AreaPlan, tmp_path: Path) -> None:
    """An unknown receiver, a missing glyph, a bad list: one message, no folder."""
    with pytest.raises(InputError, match="no such receiver; known are contractor"):
        deliver(town, "everybody", tmp_path / "out")
    with pytest.raises(InputError, match="no glyph for 𡒄"):
        deliver(town, "enumerators", tmp_path / "out", Options(font=[str(find_fonts()[0])]))
    (tmp_path / "list.csv").write_text("a,b\n1,\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column holds codes of this plan"):
        deliver(town, "upper", tmp_path / "out", Options(issued=tmp_path / "list.csv"))
    assert not (tmp_path / "out").exists()


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs",)), max_size=12)


@given(
    st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
)  # fmt: skip
def test_filling_changes_no_other_byte(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], separator: str, end: str, encoding: str
) -> None:
    """Whatever stands in the other fields, in whatever encoding: taking the filled numbers out again gives the list back."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["code", "one", "full", "two"])
    writer.writerows([f"{350302101001 + i}", "x" + a, "", "y" + b] for i, (a, b) in enumerate(rows))
    path = tmp_path_factory.mktemp("list") / "issued.csv"
    data = out.getvalue().encode(encoding)
    path.write_bytes(data)
    values = {f"{350302101001 + i}": i + 7 for i in range(len(rows))}
    filled, left, missing = filled_in(path, values)
    assert (left, missing) == ([], [])
    text = filled.decode(encoding)
    back = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    assert [r[2] for r in back[1:]] == [str(v) for v in values.values()]
    assert len(filled) == len(data) + sum(len(str(v)) for v in values.values())
    assert Counter(filled) - Counter(data) == Counter("".join(map(str, values.values())).encode())


def test_a_workbook_is_filled_in_one_column_and_else_the_same(tmp_path: Path) -> None:
    """XLSX: title above the head, a styled empty cell and one that is not there; every other part and every other cell stays byte for byte."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["名录"], ["代码", "名称", "小区数", "备注"], ["350302101001", "东村", None, "=1+1"],
                ["350302101002", "西村", None, "x"], ["9", "别村", None, None]):  # fmt: skip
        sheet.append(row)
    sheet["C3"].fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
    sheet["B3"].comment = openpyxl.comments.Comment("stays", "office")
    book.create_sheet("说明")["A1"] = "stays too"
    path = tmp_path / "issued.xlsx"
    book.save(path)
    data, left, missing = filled_in(path, {"350302101001": 4, "350302101002": 12, "350302101003": 1})
    assert (left, missing) == (["9"], ["350302101003"])
    (tmp_path / "filled.xlsx").write_bytes(data)
    before, after = zipfile.ZipFile(path), zipfile.ZipFile(tmp_path / "filled.xlsx")
    assert before.namelist() == after.namelist()
    changed = [n for n in before.namelist() if before.read(n) != after.read(n)]
    assert changed == ["xl/worksheets/sheet1.xml"]
    without = [re.sub(rb'<c r="C[34]".*?(/>|</c>)', b"", book.read(changed[0])) for book in (before, after)]
    assert without[0] == without[1]
    again = openpyxl.load_workbook(tmp_path / "filled.xlsx")
    assert [c.value for c in again.worksheets[0]["C"]] == [None, "小区数", 4, 12, None]
    assert again.worksheets[0]["C3"].fill.fgColor.rgb == "00FFFF00"
    with pytest.raises(InputError, match="holds something already"):
        filled_in(tmp_path / "filled.xlsx", {"350302101001": 4}, fill="小区数")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("代码,数\n350302101001,5\n", "one column must be empty"),
        ("代码,甲,乙\n350302101001,,\n", "one column must be empty"),
        ("代码,甲\n350302101001,,\n", "row 2 has not as many fields"),
        ("代码,甲\n", "no rows below its head"),
    ],
)
def test_lists_that_cannot_be_filled_say_why(tmp_path: Path, text: str, said: str) -> None:
    """One message that names the file and what to do."""
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        filled_in(tmp_path / "list.csv", {VILLAGE: 4})


def test_a_wrong_field_mapping_or_price_file_names_every_fault(tmp_path: Path) -> None:
    """Unknown keys, unknown sources, names too long for a Shapefile, negative prices."""
    bad = tmp_path / "fields.toml"
    bad.write_text(
        '[[layer]]\nlevel = "area"\nfile = "a"\nfields = [{name = "x", from = "colour"}, {name = "y"}]\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_mapping(bad)
    assert len(caught.value.faults) == 2
    bad.write_text(
        '[[layer]]\nlevel = "area"\nfile = "a"\nfields = [{name = "普查小区代码", from = "code"}]\n', encoding="utf-8"
    )
    with pytest.raises(InputError, match="longer than the ten bytes"):
        read_mapping(bad)
    (tmp_path / "prices.toml").write_text("copies = 0\n[price_per_page]\nA4 = -1\nA9 = 1\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_prices(tmp_path / "prices.toml")
    assert len(caught.value.faults) == 3


def test_levels_are_merged_from_the_areas(town: AreaPlan) -> None:
    """Each level's ground and counts are those of the level below; codes by digits, names as given."""
    levels = level_tables(town)
    assert levels["township"]["code"].tolist() == ["350302101"]
    assert levels["county"][["code", "name"]].to_numpy().tolist() == [["350302", "某县"]]
    for below, above in (("area", "village"), ("village", "township"), ("township", "county")):
        for count in ("areas", "buildings", "households", "persons"):
            assert levels[below][count].sum() == levels[above][count].sum()  # type: ignore[index]
        assert levels[above].geometry.area.sum() == pytest.approx(levels[below].geometry.area.sum())  # type: ignore[index]


def test_the_command_delivers(town: AreaPlan, rare_font: list[str], tmp_path: Path) -> None:
    """`areaplan deliver` from a plan file; an unknown price file is one message and exit 2."""
    from click.testing import CliRunner

    from areaplan.cli.main import areaplan

    write_plan(town, tmp_path / "plan.gpkg")
    common = ["deliver", str(tmp_path / "plan.gpkg"), "--to", "office", "--out", str(tmp_path / "out")]
    fonts = [f"--font={f}" for f in rare_font]
    run = CliRunner().invoke(areaplan, [*common, *fonts, "--lang", "en"], obj="en")
    assert run.exit_code == 0, run.output
    assert re.search(r"register\.xlsx", run.output)
    run = CliRunner().invoke(areaplan, [*common, "--prices", str(tmp_path / "nowhere.toml")], obj="en")
    assert run.exit_code == 2
    assert "cannot be read as a price file" in run.output


@pytest.mark.slow
def test_the_sample_is_delivered_whole(tmp_path: Path) -> None:
    """The invented town, read, planned and delivered to all four: every layer, register, form and sheet tells the same sums."""
    from areaplan.pipeline import plan_town
    from areaplan.sample import sample_settings

    plan = plan_town(sample_settings()).plan
    for to in ("contractor", "office", "enumerators", "upper"):
        deliver(plan, to, tmp_path / to)
    households, areas = int(plan.areas["households"].sum()), len(plan.areas)
    said = {
        to: json.loads((tmp_path / to / "manifest.json").read_text(encoding="utf-8"))["counts"]
        for to in ("contractor", "office", "enumerators", "upper")
    }
    assert all(counts == said["office"] for counts in said.values())
    assert (said["office"]["households"], said["office"]["areas"]) == (households, areas)
    given = tmp_path / "contractor"
    for place in (
        given / "shapefile_utf8/plan_areas.shp",
        given / "shapefile_gbk/plan_areas.shp",
        given / "qgis/plan.gpkg",
        given / "filegdb/plan.gdb",
    ):
        table = pyogrio.read_dataframe(place, **({} if place.suffix == ".shp" else {"layer": "areas"}))
        assert (len(table), int(table["households"].sum())) == (areas, households), place
    register = _sheet(tmp_path / "office/register.xlsx")[1:]
    assert (len(register), sum(int(r[8]) for r in register)) == (areas, households)  # type: ignore[call-overload]
    for name in ("township", "village", "area"):
        [path] = (tmp_path / "upper").rglob(f"{name}.shp")
        assert int(pyogrio.read_dataframe(path)["HS"].sum()) == households
    buildings = len(number_buildings(plan))
    forms = [
        _sheet(p, n)
        for p in (tmp_path / "enumerators").rglob("listing_*.xlsx")
        for n in load_workbook(p).sheetnames[:-1]
    ]
    assert sum(r[1] is not None for form in forms for r in form[1:]) == buildings
    sheets = [PdfReader(p).pages[0].extract_text() for p in (tmp_path / "enumerators").rglob("*.pdf")]
    assert len(sheets) == areas
    counted = [re.search(r"建筑物：(\d+) 栋\s+户数：(\d+) 户", text) for text in sheets]
    assert sum(int(m[1]) for m in counted if m) == buildings
    assert sum(int(m[2]) for m in counted if m) == households


def test_a_staffing_table_names_people_in_the_register_and_on_overviews(
    town: AreaPlan, rare_font: list[str], tmp_path: Path
) -> None:
    """One table for all verbs: the register bears both names, several enumerators of an area too; the township map names the supervisors; an open map nobody."""
    from click.testing import CliRunner

    from areaplan.cli.main import areaplan

    write_plan(town, tmp_path / "plan.gpkg")
    codes = sorted(town.areas["ea_code"])
    lines = [f"{c},陈{i},林某" for i, c in enumerate(codes[:4])] + [f"{codes[0]},吴乙,林某"]
    (tmp_path / "staff.csv").write_text("普查小区,普查员,普查指导员\n" + "\n".join(lines), encoding="utf-8")
    fonts = [a for f in rare_font for a in ("--font", f)]
    common = [str(tmp_path / "plan.gpkg"), "--staff", str(tmp_path / "staff.csv"), *fonts]
    for args in (
        ["deliver", *common, "--to", "office", "--out", str(tmp_path / "office")],
        ["sheets", *common, "--out", str(tmp_path / "sheets")],
    ):
        run = CliRunner().invoke(areaplan, args, obj="en")
        assert run.exit_code == 0, run.output
    rows = _sheet(tmp_path / "office/register.xlsx")
    at = {str(h): i for i, h in enumerate(rows[0])}
    people = [(r[at["普查员"]], r[at["普查指导员"]]) for r in rows[1:]]
    assert people == [("陈0、吴乙", "林某"), *((f"陈{i}", "林某") for i in (1, 2, 3)), (None, None), (None, None)]
    [township] = (tmp_path / "sheets").glob("township-*.pdf")
    assert "指导区 林某" in "".join(p.extract_text() for p in PdfReader(township).pages)
    refused = CliRunner().invoke(areaplan, ["sheets", *common, "--review-number", "闽S1"], obj="en")
    assert refused.exit_code == 2
    assert "names no persons" in refused.output
