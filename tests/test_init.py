"""`areaplan init`: a folder of files becomes settings that read, with every doubt said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from areaplan.errors import InputError
from areaplan.files import guess_settings, read_territory
from areaplan.settings import Settings, read_settings, settings_from_text
from towns import CRS, at, town_layers, write_town


def _guess(folder: Path) -> tuple[str, Settings]:
    text = guess_settings(folder)
    (folder / "areaplan.toml").write_text(text, encoding="utf-8")
    return text, read_settings(folder / "areaplan.toml")


def test_the_guess_for_the_small_town_reads(tmp_path: Path) -> None:
    """Layers, kinds and columns are found, and the town reads with the guess as it stands."""
    write_town(tmp_path)
    text, settings = _guess(tmp_path)
    given = settings.input
    assert (given.villages.layer, given.villages.code, given.villages.households) == ("villages", "code", "hh")
    assert [(line.layer, line.kind, line.class_, line.name) for line in given.lines] == [
        ("streets", "street", "highway", "name")
    ]
    assert given.buildings is not None
    assert (given.buildings.layer, given.buildings.households, given.buildings.levels) == ("buildings", "hh", "levels")
    assert given.base_areas is not None
    assert (given.base_areas.code, given.base_areas.village) == ("block", "village")
    assert "普查区" in text
    assert "an area never crosses" in text
    assert len(read_territory(settings).buildings) == 32


def test_chinese_layers_and_columns_are_known(tmp_path: Path) -> None:
    """A delivery in Chinese, shapefiles in GBK without .cpg among it, is understood; so is its table of totals."""
    layers = town_layers()
    villages = layers["villages"].rename(columns={"code": "村代码", "name": "村名称"}).drop(columns="hh")
    villages.to_file(tmp_path / "华亭镇村界.shp", driver="ESRI Shapefile", encoding="GBK")
    (tmp_path / "华亭镇村界.cpg").unlink()
    layers["streets"].rename(columns={"name": "路名", "highway": "等级"}).to_file(tmp_path / "道路.geojson")
    for name in ("铁路", "水系"):
        layers["streets"][["geometry"]].to_file(tmp_path / f"{name}.gpkg")
    houses = layers["buildings"].rename(columns={"hh": "户数", "levels": "层数"})
    houses["编号"] = [str(i) for i in range(32)]
    houses.to_file(tmp_path / "房屋建筑.gpkg")
    pd.DataFrame({"代码": villages["村代码"], "总户数": [81, 82], "人口": [200, 210]}).to_excel(
        tmp_path / "户数.xlsx", index=False
    )
    text, settings = _guess(tmp_path)
    given = settings.input
    assert (given.villages.path, given.villages.code, given.villages.name) == ("华亭镇村界.shp", "村代码", "村名称")
    assert {(line.path, line.kind) for line in given.lines} == {
        ("道路.geojson", "street"),
        ("铁路.gpkg", "railway"),
        ("水系.gpkg", "river"),
    }
    assert given.buildings is not None
    assert (given.buildings.households, given.buildings.levels, given.buildings.id) == ("户数", "层数", "编号")
    assert given.totals is not None
    assert (given.totals.code, given.totals.households, given.totals.persons) == ("代码", "总户数", "人口")
    assert "GB18030" in text
    assert read_territory(settings).villages["households"].tolist() == [81, 82]


def test_doubts_are_said(tmp_path: Path) -> None:
    """Polygons without a telling name, lines of unknown kind, no codes, no CRS: each is a line to check."""
    table = gpd.GeoDataFrame({"x": [1, 1]}, geometry=town_layers()["villages"].geometry)
    table.set_crs(None, allow_override=True).to_file(tmp_path / "stuff.shp", driver="ESRI Shapefile")
    lines = gpd.GeoDataFrame({"x": [1]}, geometry=[shapely.LineString([at(0, 0), at(9, 9)])], crs=CRS)
    lines.to_file(tmp_path / "thing.geojson")
    text, settings = _guess(tmp_path)
    assert settings.input.villages.path == "stuff.shp"
    assert settings.input.lines[0].kind == "other"
    for doubt in ("shape and columns only", "no column with a code", "has no CRS", "street, river, railway"):
        assert doubt in text


def test_degrees_abroad_get_a_crs(tmp_path: Path) -> None:
    """Where a working CRS must be told, the guess tells one."""
    ground = [shapely.box(9.50, 47.1, 9.51, 47.11), shapely.box(9.51, 47.1, 9.52, 47.11)]
    gpd.GeoDataFrame({"code": ["1", "2"]}, geometry=ground, crs="EPSG:4326").to_file(tmp_path / "villages.geojson")
    _text, settings = _guess(tmp_path)
    assert settings.input.crs == "EPSG:32632"
    assert len(read_territory(settings).villages) == 2


@pytest.mark.parametrize(
    ("files", "says"),
    [({}, "holds no file that can be read"), ({"list.csv": "code,name\n1,a\n"}, "none has polygons"), ({"a.shp": "x"}, "is missing beside it")],
)  # fmt: skip
def test_folders_without_villages_are_refused(tmp_path: Path, files: dict[str, str], says: str) -> None:
    """An empty folder, tables only, a torn file: one message that says what was found."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=says):
        guess_settings(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """So is a file."""
    with pytest.raises(InputError, match="no such folder"):
        guess_settings(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ['a"b', "line\nbreak", "back\\slash", "# hash", "</script>", "\x7f\x1b[31m", "'''"])
def test_hostile_names_stay_names(tmp_path: Path, name: str) -> None:
    """Quotes, breaks and control characters in names of layers and columns cannot leave their place in the file."""
    villages = town_layers()["villages"].rename(columns={"name": "names"})
    villages.to_file(tmp_path / "town.gpkg", layer="villages")
    villages[["geometry"]].assign(name=["x", "y"]).to_file(tmp_path / "town.gpkg", layer=f"zone {name}")
    streets = town_layers()["streets"]
    streets.to_file(tmp_path / "town.gpkg", layer=f"street {name}")
    settings = settings_from_text(guess_settings(tmp_path))
    assert settings.input.villages.layer == "villages"
    assert [line.layer for line in settings.input.lines] == [f"street {name}"]


@pytest.mark.real
@pytest.mark.parametrize(
    ("town", "wanted"),
    [
        ("ready_liechtenstein", {"villages": "households_est", "buildings": "households"}),
        ("ready_kinmen_jinhu", {"villages": "households", "base_areas": "households"}),
        ("ready_chiayi_west", {"villages": "households", "base_areas": "households"}),
    ],
)
def test_ready_towns_need_no_correction(real_data: Path, town: str, wanted: dict[str, Any]) -> None:
    """The guess for each ready town names the layers and counts of its configuration, and reads."""
    settings = settings_from_text(guess_settings(real_data / town), folder=real_data / town)
    for role, households in wanted.items():
        assert getattr(settings.input, role).households == households
    assert {line.kind for line in settings.input.lines} == (
        {"street", "railway", "river"} if "liech" in town else set()
    )
    assert read_territory(settings).findings.errors.items == ()
