"""Repair from file to file: settings, decisions that come back, forms, the ledger, and trial plans that say what they are."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import docx
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from benchmarks.tottori import set_up

from areaplan.errors import InputError
from areaplan.files import read_plan, read_territory, read_village_repair
from areaplan.reports import write_repair
from areaplan.reports.confirmation import confirmation, forms_of
from here import run_here
from test_cli import SETTINGS, fingerprint, run
from towns import CODES, at, box, town_input, town_layers, town_settings, write_town

EVIL = '=1+1<img src=x onerror="alert(1)">\x01'


def messy_layers() -> dict[str, gpd.GeoDataFrame]:
    """Return the small town with its villages 6 m into each other (1,200 m²), a sliver, more columns, and a hostile name."""
    layers = town_layers()
    grounds = [box(0, 0, 203, 200), box(197, 0, 400, 200), box(399.6, 0, 600, 200)]
    rows = {
        "code": [*CODES, "350302101003"],
        "name": ["东村", "西村", EVIL],
        "hh": [80, 80, 80],
        "Extra": ["a", "b", "c"],
    }
    layers["villages"] = gpd.GeoDataFrame(rows, geometry=grounds, crs=layers["villages"].crs)
    return layers


def write_messy(folder: Path) -> Path:
    """Write the messy town and its settings into a folder."""
    write_town(folder, messy_layers())
    (folder / "areaplan.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """Return a folder with the messy town and its settings."""
    return write_messy(tmp_path)


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Return the folder that `areaplan repair` wrote, and the summary it printed."""
    folder = write_messy(tmp_path_factory.mktemp("messy"))
    done = run(folder, "repair", "areaplan.toml", "--out", "mended", "--json", lang="zh")
    assert done.returncode == 1, done.stderr
    return folder / "mended", json.loads(done.stdout)


def test_without_the_table_messy_villages_are_refused_and_the_way_out_is_named(messy: Path) -> None:
    """The refusal stands as it was, and says that `areaplan repair` lists such places."""
    done = run(messy, "plan", "areaplan.toml")
    assert done.returncode == 2
    assert "350302101001 and 350302101002 overlap by 1,200 m²" in done.stderr
    assert "`areaplan repair`" in done.stderr
    assert not (messy / "out").exists()


def test_with_the_table_open_disputes_are_refused_by_number(messy: Path) -> None:
    """[repair] mends slivers while reading; disputes that nobody settled stop the plan, with owners and m²."""
    (messy / "areaplan.toml").write_text(SETTINGS + "\n[repair]\n", encoding="utf-8")
    done = run(messy, "plan", "areaplan.toml")
    assert done.returncode == 2
    assert "1 disputes between villages are open, 1,200 m²" in done.stderr
    assert "350302101001, 350302101002 both hold 1,200 m²" in done.stderr
    assert "--accept-proposals" in done.stderr


def test_repair_writes_layer_ledger_table_and_form(mended: tuple[Path, dict[str, Any]]) -> None:
    """Exit 1 while a dispute is open; the files hold what was found, and the layer its rows and columns in their order."""
    folder, summary = mended
    assert summary["open"] == {"count": 1, "m2": 1200.0}
    assert summary["slivers"] == {"count": 1, "m2": 80.0}
    assert summary["ledger"]["unexplained_m2"] == 0
    names = {"villages.gpkg", "ledger.xlsx", "repair.json", "decisions.xlsx", "confirmation.docx"}
    assert names <= {p.name for p in folder.iterdir()}
    villages = gpd.read_file(folder / "villages.gpkg", layer="villages")
    assert villages["code"].tolist() == [*CODES, "350302101003"]
    assert villages["Extra"].tolist() == ["a", "b", "c"]
    disputes = gpd.read_file(folder / "villages.gpkg", layer="disputes")
    assert disputes["owners"].tolist()[0] == "; ".join(CODES)
    ledger = pyogrio.read_dataframe(folder / "villages.gpkg", layer="ledger")
    assert (ledger["before_m2"] + ledger["gained_m2"] - ledger["lost_m2"] - ledger["after_m2"]).abs().max() < 1e-3
    book = openpyxl.load_workbook(folder / "ledger.xlsx")
    cells = [c for sheet in book.worksheets for row in sheet.iter_rows() for c in row]
    assert all(c.data_type != "f" for c in cells)
    assert any("=1+1<img" in str(c.value) for c in cells)


def test_the_form_names_both_villages_and_asks(mended: tuple[Path, dict[str, Any]]) -> None:
    """Both villages, a sketch, m², buildings, the proposal, an empty decision, and places to sign."""
    document = docx.Document(str(mended[0] / "confirmation.docx"))
    text = "\n".join(p.text for p in document.paragraphs)
    assert "边界确认书" in text
    assert "350302101001 东村" in text
    assert "350302101002 西村" in text
    places, signing = document.tables[0], document.tables[1]
    row = dict(zip([c.text for c in places.rows[0].cells], [c.text for c in places.rows[1].cells], strict=True))
    assert (row["平方米"], row["建筑物"], row["建议"], row["确认归属"]) == ("1,200", "0", "350302101001 东村", "")
    assert [c.text.split("\n")[0] for c in signing.rows[0].cells] == [
        "350302101001 东村 代表",
        "350302101002 西村 代表",
        "乡镇（街道）（盖章）",
    ]
    with zipfile.ZipFile(mended[0] / "confirmation.docx") as archive:
        assert len([n for n in archive.namelist() if "media/" in n]) == 1


def test_every_village_around_a_gap_signs(tmp_path: Path) -> None:
    """However many villages a dispute has, each has its place to sign, four side by side."""
    around = [(0, 200, 150), (150, 200, 150), (0, 0, 150), (150, 0, 150)]
    boxes = [shapely.box(x, y, x + wide, y + 100) for x, y, wide in around]
    boxes += [shapely.box(0, 100, 100, 200), shapely.box(200, 100, 300, 200)]
    codes = [f"35030210100{i}" for i in range(1, 7)]
    ground = shapely.transform(np.array(boxes, dtype=object), lambda xy: xy + np.array(at(0, 0)))
    gpd.GeoDataFrame({"code": codes, "name": codes}, geometry=ground, crs="EPSG:4549").to_file(tmp_path / "v.gpkg")
    repair = read_village_repair(town_settings(tmp_path, {"villages": {"path": "v.gpkg", "code": "code"}}))
    document = docx.Document(io.BytesIO(confirmation(repair, forms_of(repair.mended.disputes), lang="en")))
    signing = [c.text.split("\n")[0] for t in document.tables[1:] for c in t.rows[0].cells]
    assert signing == [*(f"For {c}" for c in codes), "Township (stamp)"]


def test_decisions_come_back_and_are_followed(messy: Path, mended: tuple[Path, dict[str, Any]]) -> None:
    """The table that repair wrote, filled in, settles the dispute by name and date; then the town can be planned."""
    table = pd.read_excel(mended[0] / "decisions.xlsx", sheet_name="decisions", dtype=object)
    table.loc[0, ["village", "name", "date"]] = [CODES[1], "林主任", pd.Timestamp("2026-11-20")]
    table.to_excel(messy / "back.xlsx", sheet_name="decisions", index=False)
    (messy / "areaplan.toml").write_text(
        SETTINGS + '\n[input.decisions]\npath = "back.xlsx"\n[repair]\n', encoding="utf-8"
    )
    done = run(messy, "repair", "areaplan.toml", "--out", "mended")
    assert done.returncode == 0, done.stderr
    assert "proved: the villages tile their ground" in done.stdout
    assert not (messy / "mended" / "confirmation.docx").exists()
    moves = gpd.read_file(messy / "mended" / "villages.gpkg", layer="moves")
    decided = moves[moves["way"] == "decision"].iloc[0]
    assert (decided["from_code"], decided["to_code"], decided["m2"]) == (CODES[0], CODES[1], 1200.0)
    assert (decided["name"], decided["date"]) == ("林主任", "2026-11-20")
    planned = run(messy, "plan", "areaplan.toml")
    assert planned.returncode in (0, 1), planned.stderr
    plan = read_plan(messy / "out" / "plan.gpkg")
    assert plan.territory.villages.geometry[1].area == pytest.approx(203 * 200, abs=150)
    assert any("林主任" in str(f.message) for f in plan.findings)
    assert "试算" not in plan.territory.title


def test_a_trial_says_so_on_every_output(messy: Path) -> None:
    """--accept-proposals gives a plan; plan, certificate, summary, page, checklist and screen all say that borders are not confirmed."""
    done = run(messy, "plan", "areaplan.toml", "--accept-proposals")
    assert done.returncode in (0, 1), done.stderr
    out = messy / "out"
    said = "试算：村界按建议处理，未经确认"
    assert said in read_plan(out / "plan.gpkg").territory.title
    for name in ("certificate.json", "summary.json"):
        assert said in json.dumps(json.loads((out / name).read_text(encoding="utf-8")), ensure_ascii=False)
    assert said in (out / "review.html").read_text(encoding="utf-8")
    checklist = docx.Document(str(out / "checklist.docx"))
    assert any(said in p.text for p in checklist.paragraphs)
    assert "nobody has confirmed these borders" in done.stderr


def test_repair_accepts_proposals_too(messy: Path) -> None:
    """All outputs of a trial repair say so; the same input gives the same files."""
    first = run(messy, "repair", "areaplan.toml", "--accept-proposals", "--out", "one")
    write_repair(read_village_repair(town_settings(messy, repair={"accept_proposals": True})), messy / "two", lang="zh")
    assert first.returncode == 0
    assert "nobody has confirmed these borders" in first.stderr
    about = pyogrio.read_dataframe(messy / "one" / "villages.gpkg", layer="about").set_index("key")["value"]
    assert "均未经确认" in about["state"]
    assert "未经确认" in about["title"]
    assert json.loads((messy / "one" / "repair.json").read_text(encoding="utf-8"))["trial"] is True
    same = [n for n, digest in fingerprint(messy / "one").items() if fingerprint(messy / "two").get(n) == digest]
    assert {"ledger.xlsx", "repair.json"} <= set(same)


def test_forms_of_one_village(messy: Path) -> None:
    """--village limits forms and table to its disputes; a village that is not there is a message, and nothing is written."""
    repair = read_village_repair(town_settings(messy))
    write_repair(repair, messy / "third", lang="zh", village="350302101003")
    assert not (messy / "third" / "confirmation.docx").exists()
    write_repair(repair, messy / "first", lang="zh", village=CODES[0])
    assert (messy / "first" / "confirmation.docx").exists()
    with pytest.raises(InputError, match="village 9 is not in this layer"):
        write_repair(repair, messy / "other", lang="zh", village="9")
    assert not (messy / "other").exists()


def test_many_forms_are_counted(messy: Path) -> None:
    """A document that leaves forms out says how many, and how to get them."""
    repair = read_village_repair(town_settings(messy))
    forms = forms_of(repair.mended.disputes)
    data = confirmation(repair, forms, lang="en", left_out=7)
    (messy / "f.docx").write_bytes(data)
    last = [p.text for p in docx.Document(str(messy / "f.docx")).paragraphs if p.text][-1]
    assert last.startswith("7 more forms")
    assert "--village CODE" in last


BAD_TABLES: dict[str, tuple[str, str]] = {
    "no name": ("dispute,village,name,date\n{n},350302101001,,2026-11-20\n", "a decision without name"),
    "no date": ("dispute,village,name,date\n{n},350302101001,林,\n", "a decision without date"),
    "twice": ("dispute,village,name,date\n{n},350302101001,林,1\n{n},350302101002,林,2\n", "decided twice"),
    "column": ("dispute,who,name,date\n{n},350302101001,林,1\n", "no column village"),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_bad_tables_of_decisions_are_refused(messy: Path, name: str) -> None:
    """Who decided what, and when, is on record or the table is refused by row."""
    number = read_village_repair(town_settings(messy)).mended.open[0].number
    text, says = BAD_TABLES[name]
    (messy / "d.csv").write_text(text.replace("{n}", number), encoding="utf-8")
    given = {**town_input(), "decisions": {"path": "d.csv"}}
    with pytest.raises(InputError, match=says):
        read_village_repair(town_settings(messy, given))


def test_rows_without_a_village_are_open_and_nobody_is_an_answer(tmp_path: Path) -> None:
    """Blank means undecided; 无 means that the ground is no village's."""
    layers = town_layers()
    lake = box(180, 80, 220, 120)
    layers["villages"] = layers["villages"].assign(geometry=[g.difference(lake) for g in layers["villages"].geometry])
    layers["lakes"] = gpd.GeoDataFrame(geometry=[lake], crs=layers["villages"].crs)
    write_town(tmp_path, layers)
    number = read_village_repair(town_settings(tmp_path)).mended.open[0].number
    given: dict[str, Any] = {**town_input(), "decisions": {"path": "d.csv"}}
    for village, tiles in (("", False), ("无", True)):
        (tmp_path / "d.csv").write_text(
            f"dispute,village,name,date\n{number},{village},林,2026-11-20\n", encoding="utf-8"
        )
        mended = read_village_repair(town_settings(tmp_path, given)).mended
        assert mended.tiles == tiles
    declared = {**town_input(), "outside": {"path": "town.gpkg", "layer": "lakes"}}
    town = read_territory(town_settings(tmp_path, declared, repair={}))
    assert any("declared" in str(f.message) for f in town.findings)


def test_the_same_village_twice(tmp_path: Path) -> None:
    """A row that repeats another is left out and said; two different grounds under one code are refused by row."""
    layers = town_layers()
    double = layers["villages"].iloc[[0]]
    layers["villages"] = gpd.GeoDataFrame(
        pd.concat([layers["villages"], double], ignore_index=True), crs=layers["villages"].crs
    )
    write_town(tmp_path, layers)
    town = read_territory(town_settings(tmp_path, repair={}))
    assert town.villages["village_code"].tolist() == list(CODES)
    assert [str(f.message) for f in town.findings] == [
        "town.gpkg, layer villages, row 3: the same village drawn the same way again; left out"
    ]
    shifted = layers["villages"].geometry.tolist()
    shifted[2] = box(400, 0, 500, 100)
    layers["villages"] = layers["villages"].set_geometry(gpd.GeoSeries(shifted, crs=layers["villages"].crs))
    write_town(tmp_path, layers)
    with pytest.raises(InputError, match="rows 1, 3: the village code 350302101001 stands 2 times"):
        read_territory(town_settings(tmp_path, repair={}))


def test_nothing_an_office_needs_is_written_over(messy: Path) -> None:
    """Neither the layer that is mended, nor a table of decisions that was filled in, whether it is named or not."""
    (messy / "town.gpkg").rename(messy / "villages.gpkg")
    settings = (messy / "areaplan.toml").read_text(encoding="utf-8").replace("town.gpkg", "villages.gpkg")
    (messy / "areaplan.toml").write_text(settings, encoding="utf-8")
    before = (messy / "villages.gpkg").read_bytes()
    done = run_here(["repair", str(messy / "areaplan.toml"), "--out", str(messy)])
    assert (done.code, done.trace) == (2, "")
    assert "is read for this and would be written over" in done.err
    assert (messy / "villages.gpkg").read_bytes() == before
    assert not (messy / "ledger.xlsx").exists()
    assert run_here(["repair", str(messy / "areaplan.toml"), "--out", str(messy / "mended")]).code == 1
    book = openpyxl.load_workbook(messy / "mended" / "decisions.xlsx")
    book["decisions"].cell(2, 1).comment = None
    book["decisions"].cell(2, 9).value = "350302101001"
    book.save(messy / "mended" / "decisions.xlsx")
    filled = (messy / "mended" / "decisions.xlsx").read_bytes()
    again = run_here(["repair", str(messy / "areaplan.toml"), "--out", str(messy / "mended")])
    assert (again.code, again.trace) == (2, "")
    assert "has been changed since it was written" in again.err
    assert (messy / "mended" / "decisions.xlsx").read_bytes() == filled


def test_a_table_of_decisions_with_a_header_alone(messy: Path) -> None:
    """Nothing is decided yet: that is no fault."""
    (messy / "none.csv").write_text("dispute,village,name,date\n", encoding="utf-8")
    with (messy / "areaplan.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[input.decisions]\npath = "none.csv"\n')
    done = run_here(["repair", str(messy / "areaplan.toml"), "--out", str(messy / "mended")])
    assert (done.code, done.trace) == (1, "")


@pytest.mark.real
def test_tottori_becomes_one_proved_tiling(real_data: Path) -> None:
    """2,486 real villages: disputes listed with owners and m²; as proposed one proved tiling, the ledger closed."""
    villages = {"path": "japan_tottori/small_areas.gpkg", "code": "KEY_CODE", "name": "label"}
    trial = {"crs": "EPSG:6673", "villages": villages}
    mended = read_village_repair(town_settings(real_data, trial, repair={"accept_proposals": True})).mended
    assert mended.tiles
    assert mended.ledger.unexplained_m2 == 0
    assert mended.ledger.rounding_m2 < 1
    assert len(mended.geometry) == 2486
    assert not mended.torn
    assert min(v.after_m2 / v.before_m2 for v in mended.ledger.lines) > 0.5
    assert len(mended.rings) == 12
    assert len(mended.disputes) > 13_000
    assert all(len(p.owners) >= 1 and p.m2 > 0 for p in mended.disputes)
    assert sum(p.m2 for p in mended.disputes) == pytest.approx(14.7e6, rel=0.01)


@pytest.mark.real
def test_a_piece_of_tottori_is_repaired_and_planned(real_data: Path, tmp_path: Path) -> None:
    """The command line's whole way on the villages around a neck narrower than the grid: ledger closed, tiling proved, plan certified."""
    neck = (-91951.0919, -62482.1626)
    set_up(real_data / "japan_tottori" / "small_areas.gpkg", tmp_path, around=neck, within_m=500)
    repaired = run(tmp_path, "repair", "areaplan.toml", "--accept-proposals", "--out", "mended", "--json")
    assert repaired.returncode == 0, repaired.stderr
    summary = json.loads(repaired.stdout)
    assert summary["villages"] > 3
    assert summary["disputes"]["count"] == summary["accepted"]["count"] > 10
    assert summary["proof"]["tiles"]
    assert summary["ledger"]["unexplained_m2"] == 0
    planned = run(tmp_path, "plan", "areaplan.toml", "--accept-proposals", "--out", "planned", "--json")
    assert planned.returncode in {0, 1}, planned.stderr
    certificate = json.loads((tmp_path / "planned" / "certificate.json").read_text(encoding="utf-8"))
    assert certificate["proof"]["tiles"]
    assert certificate["proof"]["edges_noded"] == 0
    assert certificate["verdicts"]["R00"] == "passed"
    assert certificate["totals"]["households_in"] == certificate["totals"]["households_out"] > 0


@pytest.mark.real
@pytest.mark.parametrize(
    ("path", "code", "crs", "disputes"),
    [
        ("messy_precincts_co_gap/precincts.gpkg", "PRECID", "EPSG:32613", 6),
        ("india_goa/villages.gpkg", "CEN_2001", "EPSG:32643", 3),
    ],
)
def test_other_real_layers_are_mended(real_data: Path, path: str, code: str, crs: str, disputes: int) -> None:
    """The precincts of Colorado (feet) and the villages of Goa: large gaps are proposed as nobody's, then all is one tiling."""
    given = {"crs": crs, "villages": {"path": path, "code": code}}
    repair = read_village_repair(town_settings(real_data, given, repair={"accept_proposals": True}))
    assert repair.mended.tiles
    assert len(repair.mended.disputes) == disputes
    assert repair.mended.ledger.unexplained_m2 == 0
