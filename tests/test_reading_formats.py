"""Formats, encodings, coordinate systems: the same town comes out, whatever file it was delivered in."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from areaplan.errors import InputError
from areaplan.files import read_territory
from areaplan.files.reading.encodings import shapefile_encoding
from areaplan.model import Territory
from shapefiles import shapefile
from towns import CODES, town_input, town_layers, town_settings, write_town


def _villages(folder: Path, path: str, **keys: Any) -> Territory:
    given = {"villages": {"path": path, "code": "code", "name": "name", "households": "hh"} | keys}
    return read_territory(town_settings(folder, given))


@pytest.mark.parametrize(
    ("name", "driver"),
    [("v.gpkg", "GPKG"), ("v.shp", "ESRI Shapefile"), ("v.geojson", "GeoJSON"), ("v.fgb", "FlatGeobuf"), ("v.gdb", "OpenFileGDB"), ("v.parquet", None)],
)  # fmt: skip
def test_every_format_gives_the_same_villages(tmp_path: Path, name: str, driver: str | None) -> None:
    """Codes, names, counts and grounds are the same from all six formats."""
    villages = town_layers()["villages"]
    if driver is None:
        villages.to_parquet(tmp_path / name)
    elif driver == "GeoJSON":
        villages.to_crs(4326).to_file(tmp_path / name, driver=driver, COORDINATE_PRECISION=11)
    else:
        villages.to_file(tmp_path / name, driver=driver)
    town = _villages(tmp_path, name)
    assert sorted(town.villages["village_code"]) == list(CODES)
    assert set(town.villages["name"]) == {"东村", "西村"}
    assert town.villages["households"].tolist() == [80, 80]
    assert town.villages.geometry.area.sum() == pytest.approx(80_000, abs=1)
    assert town.crs.to_epsg() == 4549


@pytest.mark.parametrize("claim", [-7, 0, 1, 90_000])
def test_rows_are_read_whatever_number_the_file_claims(tmp_path: Path, claim: int) -> None:
    """A GeoPackage whose own count of rows is wrong, by little or by thousands, gives all of them."""
    square = town_layers()["villages"]
    many = gpd.GeoDataFrame({"n": range(2_500)}, geometry=[shapely.Point(480_000 + i, 2_800_000) for i in range(2_500)])
    square.to_file(tmp_path / "v.gpkg", layer="villages")
    many.set_crs(square.crs).to_file(tmp_path / "v.gpkg", layer="houses")
    with closing(sqlite3.connect(tmp_path / "v.gpkg")) as db, db:
        db.execute("UPDATE gpkg_ogr_contents SET feature_count = ?", (claim,))
    spec = {"path": "v.gpkg", "layer": "houses"}
    town = read_territory(
        town_settings(
            tmp_path, {"villages": {"path": "v.gpkg", "layer": "villages", "code": "code"}, "buildings": spec}
        )
    )
    assert (len(town.villages), len(town.buildings)) == (2, 2_500)


def test_degrees_in_china_become_gauss_krueger(tmp_path: Path) -> None:
    """Villages in degrees at 119° east are worked in zone 120° (EPSG:4549), and that is said."""
    layers = {k: t.to_crs(4490) for k, t in town_layers().items()}
    write_town(tmp_path, layers)
    town = read_territory(town_settings(tmp_path))
    assert town.crs.to_epsg() == 4549
    assert town.villages.geometry.area.tolist() == pytest.approx([40_000, 40_000], abs=1)
    assert [(f.rule, f.severity) for f in town.findings] == [("R00", "note")]


def test_layers_in_another_crs_are_moved(tmp_path: Path) -> None:
    """Buildings in degrees and streets in UTM land on the villages, to the millimetre."""
    layers = town_layers()
    here = layers["buildings"].geometry[0].centroid
    layers["buildings"] = layers["buildings"].to_crs(4326)
    layers["streets"] = layers["streets"].to_crs(32650)
    write_town(tmp_path, layers)
    town = read_territory(town_settings(tmp_path))
    assert town.buildings.geometry[0].centroid.distance(here) < 0.001
    assert town.lines.crs == town.crs
    assert len(town.findings) == 0


def test_moving_tears_no_border_apart(tmp_path: Path) -> None:
    """A corner of one village on the long edge of another, exact in degrees, is a shared vertex in metres: no gap of decimetres."""
    corner = (119.015, 25.405)
    north = shapely.Polygon([(119, 25.4), (119.03, 25.41), (119.03, 25.44), (119, 25.44)])
    west = shapely.Polygon([(119, 25.4), corner, (119.015, 25.38), (119, 25.38)])
    east = shapely.Polygon([corner, (119.03, 25.41), (119.03, 25.38), (119.015, 25.38)])
    gpd.GeoDataFrame({"code": list("ABC")}, geometry=[north, west, east], crs=4490).to_file(tmp_path / "v.gpkg")
    grounds = read_territory(town_settings(tmp_path, {"villages": {"path": "v.gpkg"}})).villages.geometry
    assert grounds.boundary[0].distance(shapely.Point(grounds[2].exterior.coords[0])) == 0
    assert shapely.coverage_is_valid(grounds.to_numpy())


def test_feet_are_worked_in_metres_when_told(tmp_path: Path) -> None:
    """[input] crs takes villages in feet to metres."""
    ground = [shapely.box(3_100_000, 1_700_000, 3_101_000, 1_701_000)]
    gpd.GeoDataFrame({"code": ["1"]}, geometry=ground, crs="EPSG:2232").to_file(tmp_path / "v.gpkg")
    settings = town_settings(tmp_path, {"crs": "EPSG:32613", "villages": {"path": "v.gpkg"}})
    assert read_territory(settings).villages.geometry.area[0] == pytest.approx((1000 * 0.3048006) ** 2, rel=0.001)


def test_an_old_datum_is_said_aloud(tmp_path: Path) -> None:
    """Streets in Beijing 1954 are moved, with a warning that nobody knows how well."""
    layers = town_layers()
    layers["streets"] = layers["streets"].set_crs("EPSG:2437", allow_override=True)
    write_town(tmp_path, layers)
    found = read_territory(town_settings(tmp_path)).findings
    assert [(f.rule, f.severity) for f in found] == [("R00", "warning")]
    assert "only roughly" in str(found[0].message)


@pytest.mark.parametrize(
    "codes",
    [["007", "008"], [350302101001, 350302101002], [350302101001.0, 350302101002.0], ["350302101001.0", " 350302101002 "], [1, 2]],
)  # fmt: skip
def test_codes_are_text(tmp_path: Path, codes: list[Any]) -> None:
    """Leading zeros stay, numbers lose no digit and gain no .0."""
    villages = town_layers()["villages"]
    villages["code"] = codes
    villages.to_file(tmp_path / "v.gpkg")
    wanted = [str(c).strip().removesuffix(".0") for c in codes]
    assert _villages(tmp_path, "v.gpkg").villages["village_code"].tolist() == wanted


def test_the_row_number_can_be_the_code(tmp_path: Path) -> None:
    """The key column of a file (fid, OBJECTID) can be named like any other."""
    town_layers()["villages"].to_file(tmp_path / "v.gpkg")
    assert _villages(tmp_path, "v.gpkg", code="fid").villages["village_code"].tolist() == ["1", "2"]


def _chinese_shapefile(folder: Path, encoding: str, *, cpg: str | None) -> None:
    """Write the villages with Chinese column names as a shapefile of the given encoding, language byte 0."""
    villages = town_layers()["villages"].rename(columns={"code": "村代码", "name": "村名称", "hh": "户数"})
    villages["村名称"] = (
        ["東興社區居民委員會", "西湖社區居民委員會"] if encoding == "BIG5" else ["东兴社区居民委员会", "西湖村民委员会"]
    )
    villages = (
        villages.rename(columns={"户数": "戶數", "村代码": "村代碼", "村名称": "村名稱"})
        if encoding == "BIG5"
        else villages
    )
    shapefile(folder, villages, encoding, cpg)


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK", "BIG5"])
@pytest.mark.parametrize("cpg", [None, "UTF-8", "GBK", "1252"])
def test_chinese_shapefiles_are_read_right(tmp_path: Path, encoding: str, cpg: str | None) -> None:
    """Names of columns and villages come out right, with a right .cpg, a wrong one, or none; a wrong one is a warning."""
    if encoding == "BIG5" and cpg == "GBK":
        pytest.skip("Big5 text is also valid GBK: the file is believed")
    _chinese_shapefile(tmp_path, encoding, cpg=cpg)
    code, name = ("村代碼", "村名稱") if encoding == "BIG5" else ("村代码", "村名称")
    town = _villages(tmp_path, "v.shp", code=code, name=name, households=None)
    assert town.villages["village_code"].tolist() == list(CODES)
    assert town.villages["name"][0] in {"東興社區居民委員會", "东兴社区居民委员会"}
    right = cpg == encoding
    assert [f.severity for f in town.findings] == ([] if right else ["warning" if cpg else "note"])


def test_a_given_encoding_wins_or_is_refused(tmp_path: Path) -> None:
    """Encoding = is obeyed; one that cannot be right is a fault."""
    _chinese_shapefile(tmp_path, "GBK", cpg=None)
    keys = {"code": "村代码", "name": "村名称", "households": None}
    assert len(_villages(tmp_path, "v.shp", encoding="GB18030", **keys).findings) == 0
    with pytest.raises(InputError, match="does not fit its text"):
        _villages(tmp_path, "v.shp", encoding="UTF-8", **keys)
    for unknown in ("klingon", "rot13"):  # Python knows the second, but it decodes no text
        with pytest.raises(InputError, match="is not known; write UTF-8"):
            _villages(tmp_path, "v.shp", encoding=unknown, **keys)


def test_western_text_is_left_alone(tmp_path: Path) -> None:
    """A French or German table that says so is not taken for Chinese."""
    villages = town_layers()["villages"].assign(name=["Élysée-Grüße", "Mühlegässli"])
    villages.to_file(tmp_path / "v.shp", driver="ESRI Shapefile", encoding="CP1252")
    town = _villages(tmp_path, "v.shp")
    assert town.villages["name"].tolist() == ["Élysée-Grüße", "Mühlegässli"]
    assert len(town.findings) == 0


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_totals_stand_in_for_the_households_column(tmp_path: Path, suffix: str, encoding: str) -> None:
    """A table of totals gives villages their households by code, leading zeros included; groundless villages are listed."""
    layers, given = town_layers(), town_input()
    layers["villages"]["code"] = ["007", "008"]
    del given["villages"]["households"]
    given["totals"] = {"path": f"t{suffix}", "code": "代码", "households": "户数", "persons": "人口"}
    table = pd.DataFrame({"代码": ["007", "008", "009"], "户数": [90, 70, 12], "人口": ["250", "200", ""]})
    table.to_csv(tmp_path / "t.csv", index=False, encoding=encoding)
    table.to_excel(tmp_path / "t.xlsx", index=False)
    write_town(tmp_path, layers)
    town = read_territory(town_settings(tmp_path, given))
    assert town.villages["households"].tolist() == [90, 70]
    assert town.villages["persons"].tolist() == [250, 200]
    assert [(f.rule, f.severity, f.subject, f.measure) for f in town.findings] == [("R08", "warning", "009", 12.0)]


def test_totals_that_differ_or_lack_a_village_are_findings(tmp_path: Path) -> None:
    """The table wins over the layer; both the difference and the missing village are said."""
    given = town_input()
    given["totals"] = {"path": "t.csv", "code": "code", "households": "hh"}
    (tmp_path / "t.csv").write_text(f"code;hh\n{CODES[0]};90\n", encoding="utf-8")
    write_town(tmp_path)
    town = read_territory(town_settings(tmp_path, given))
    assert town.villages["households"].tolist() == [90, 80]
    assert [(f.subject, f.measure) for f in town.findings] == [(CODES[0], 10.0), (CODES[1], None)]


def test_faults_of_a_table_name_rows(tmp_path: Path) -> None:
    """Blank and double codes, and words for numbers, are refused with the row numbers a spreadsheet shows."""
    given = town_input()
    given["totals"] = {"path": "t.csv", "code": "code", "households": "hh"}
    (tmp_path / "t.csv").write_text("code,hh\n1,5\n1,x\n,7\n", encoding="utf-8")
    write_town(tmp_path)
    with pytest.raises(InputError) as raised:
        read_territory(town_settings(tmp_path, given))
    text = raised.value.text()
    for part in (
        "t.csv, row 4: blank village code",
        "t.csv, rows 2, 3: the village code 1 stands 2 times",
        "t.csv, row 3: hh is not a whole number ('x')",
    ):
        assert part in text


def test_a_sheet_as_offices_write_it(tmp_path: Path) -> None:
    """A title above the header, a row of sums, empty rows at the end: all are understood."""
    given = town_input()
    given["totals"] = {"path": "t.xlsx", "layer": "户数", "code": "代码", "households": "户数"}
    rows = [
        ["华亭镇户数表", None, None],
        ["代码", "名称", "户数"],
        [int(CODES[0]), "东村", 90],
        [CODES[1], "西村", 70.0],
    ]
    rows += [["合 计", None, 160], [None] * 3, [None] * 3]
    pd.DataFrame(rows).to_excel(tmp_path / "t.xlsx", sheet_name="户数", index=False, header=False)
    write_town(tmp_path)
    town = read_territory(town_settings(tmp_path, given))
    assert town.villages["households"].tolist() == [90, 70]
    assert [f.measure for f in town.findings] == [10.0, -10.0]


@pytest.mark.parametrize("name", ["t.xlsx", "t.csv", "town.gpkg", "v.parquet", "v.fgb", "v.geojson", "v.shp"])
def test_damaged_files_are_refused(tmp_path: Path, name: str) -> None:
    """A file cut off in the middle, or with its middle turned to noise, is a message that names it."""
    villages = town_layers()["villages"]
    villages.to_parquet(tmp_path / "v.parquet")
    villages.to_file(tmp_path / "v.fgb", driver="FlatGeobuf")
    villages.to_file(tmp_path / "v.geojson", driver="GeoJSON")
    villages.to_file(tmp_path / "v.shp", driver="ESRI Shapefile")
    table = pd.DataFrame({"code": CODES, "hh": [80, 80]})
    table.to_excel(tmp_path / "t.xlsx", index=False)
    (tmp_path / "t.csv").write_bytes(b"code,hh\n\xff\xfe\x81,80\n")
    write_town(tmp_path)
    given = town_input()
    if name.startswith("t."):
        given["totals"] = {"path": name, "households": "hh"}
    else:
        given["villages"] = {"path": name, "layer": "villages"} if name == "town.gpkg" else {"path": name}
        del given["buildings"], given["lines"]
    data = (tmp_path / name).read_bytes()
    half = len(data) // 2
    if name != "t.csv":
        (tmp_path / name).write_bytes(data[: half - 40] + b"\0" * 30)
    with pytest.raises(InputError) as raised:
        read_territory(town_settings(tmp_path, given))
    assert name in raised.value.text()


@pytest.mark.parametrize(
    ("suffix", "spoil", "words"),
    [
        (".dbf", lambda b: b[:4] + b"\1\0\0\0" + b[8:], r"\.shx has 2 shapes, but \.dbf 1 rows"),
        (".shx", lambda b: b[:27] + bytes([b[27] - 4]) + b[28:-8], r"\.shx has 1 shapes, but \.dbf 2 rows"),
        (".dbf", lambda b: b[:4] + b"\0\0\0\x3b" + b[8:], r"\.dbf is cut off"),
        (".dbf", lambda b: b[:-40], r"\.dbf is cut off"),
        (".shx", lambda b: b[:-8], r"\.shx is cut off"),
        (".shx", lambda _: b"", r"\.shx is cut off"),
        (".shp", lambda b: b[:-20], r"\.shp is cut off"),
    ],
)
def test_no_row_vanishes_with_a_part_of_a_shapefile(
    tmp_path: Path, suffix: str, spoil: Callable[[bytes], bytes], words: str
) -> None:
    """Where .shp, .shx and .dbf are of different lengths, GDAL reads what all have and says nothing; here it is refused."""
    town_layers()["villages"].to_file(tmp_path / "v.shp", driver="ESRI Shapefile")
    part = tmp_path / f"v{suffix}"
    part.write_bytes(spoil(part.read_bytes()))
    with pytest.raises(InputError, match=words):
        _villages(tmp_path, "v.shp")


@pytest.mark.real
def test_real_encodings(real_data: Path) -> None:
    """GBK without .cpg, GBK with its language byte, Big5 with .cpg: all found."""
    folder = real_data / "messy_encodings"
    found = [shapefile_encoding(folder / n) for n in ("gbk_only.dbf", "chinese_encoding.dbf", "big5_cpg.dbf")]
    assert [(e.name, e.guessed) for e in found if e] == [("GB18030", True), ("GB18030", False), ("BIG5", False)]
    given = {
        "villages": {
            "path": "messy_kinmen_gbk_noprj/villages.shp",
            "crs": "EPSG:3825",
            "code": "村代码",
            "name": "村名称",
        }
    }
    town = read_territory(town_settings(real_data, given))
    assert town.villages["name"][0] == "大坵村"
