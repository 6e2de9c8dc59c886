"""Area maps as files: the right rows under the right names, readable by others, and file names from codes alone."""

from __future__ import annotations

import csv
import json
import struct
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from areaplan.errors import InputError, OutputError
from areaplan.files import export_plan
from areaplan.files.export import safe_name
from areaplan.files.formats import FORMATS, SHORT_NAMES
from areaplan.model import AreaPlan
from areaplan.schema import SCHEMA, conform
from toys import EAST, NORTH, toy_plan

VILLAGE, OTHER = "350302101001", "350302101002"
AREA = f"{VILLAGE}002"
HOSTILE = "<img src=x onerror=alert(1)> & 𡒄"


def _named(plan: AreaPlan, name: str) -> AreaPlan:
    """Return the plan with ``name`` on its first area and building."""
    areas, buildings = plan.areas.copy(), plan.cells.buildings.copy()
    areas.loc[0, "name"] = buildings.loc[0, "name"] = name
    return replace(plan, areas=areas, cells=replace(plan.cells, buildings=buildings))


def _read(paths: list[Path]) -> dict[str, gpd.GeoDataFrame]:
    """Return every exported layer by its name."""
    layers = {}
    for path in paths:
        if path.suffix == ".parquet":
            layers[path.stem.rpartition("_")[2]] = gpd.read_parquet(path)
        elif path.suffix in (".kml", ".gdb"):
            layers |= {str(n): pyogrio.read_dataframe(path, layer=n) for n, _ in pyogrio.list_layers(path)}
        elif path.suffix != ".csv":
            layers[path.stem.rpartition("_")[2]] = pyogrio.read_dataframe(path)
    return layers


def _column(name: str, format_: str) -> str:
    return SHORT_NAMES.get(name, name) if format_ == "shp" else name


@pytest.mark.parametrize("format_", sorted(FORMATS))
def test_a_village_is_exported_whole(tmp_path: Path, format_: str) -> None:
    """In every format: the village's areas with their counts and codes as text, the borders that touch them, its buildings and cells."""
    plan = _named(toy_plan(), HOSTILE)
    layers = _read(export_plan(plan, tmp_path / "out", format=format_, village=VILLAGE))
    assert sorted(layers) == ["areas", "boundaries", "buildings", "cells"]
    areas = layers["areas"]
    assert areas["ea_code"].tolist() == [f"{VILLAGE}{i:03d}" for i in range(1, 5)]
    assert areas["households"].tolist() == [40] * 4
    assert areas["households"].dtype.kind in "i" or str(areas["households"].dtype) in ("Int32", "Int64")
    assert areas[_column("village_code", format_)].tolist() == [VILLAGE] * 4
    assert len(layers["buildings"]) == len(layers["cells"]) == 8
    assert set(layers["boundaries"]["left_ea"]) <= set(areas["ea_code"])
    if format_ != "kml":
        assert areas["name"].tolist() == [HOSTILE, *(f"第{i:03d}普查小区" for i in (2, 3, 4))]
    names = [c for c in areas.columns if c != "geometry"]
    assert {_column(c, format_) for c in SCHEMA["areas"] if c != "name"} <= set(names)


@pytest.mark.parametrize("format_", sorted(FORMATS))
def test_the_ground_is_the_same(tmp_path: Path, format_: str) -> None:
    """Geometry comes back within a tenth of a millimetre, in the CRS that the format promises."""
    plan = toy_plan()
    areas = _read(export_plan(plan, tmp_path, format=format_, village=VILLAGE))["areas"]
    assert areas.crs == ("EPSG:4326" if format_ in ("geojson", "kml") else plan.crs)
    back = shapely.normalize(shapely.force_2d(areas.to_crs(plan.crs).geometry.to_numpy()))
    mine = shapely.normalize(plan.areas.geometry.to_numpy()[:4])
    back = np.array([g.geoms[0] if g.geom_type == "MultiPolygon" else g for g in back])
    assert (shapely.hausdorff_distance(back, mine) < 1e-4).all()


def test_an_area_alone(tmp_path: Path) -> None:
    """One area: its row, its borders on both sides, its buildings and cells; its code is the file name."""
    paths = export_plan(toy_plan(), tmp_path, format="geojson", area=AREA)
    assert sorted(p.name for p in paths) == [
        f"{AREA}_{n}.geojson" for n in ("areas", "boundaries", "buildings", "cells")
    ]
    layers = _read(paths)
    assert [len(layers[n]) for n in ("areas", "buildings", "cells")] == [1, 2, 2]
    ends = layers["boundaries"][["left_ea", "right_ea"]]
    assert ((ends == AREA).any(axis=1)).all()


def test_without_a_code_every_village_comes(tmp_path: Path) -> None:
    """No code: one set of files per village."""
    paths = export_plan(toy_plan(), tmp_path, format="kml")
    assert [p.name for p in paths] == [f"{VILLAGE}.kml", f"{OTHER}.kml"]


@pytest.mark.parametrize(
    ("given_code", "near"),
    [
        ({"village": "350302101003"}, VILLAGE),
        ({"area": "350302101001009"}, AREA),
        ({"area": AREA, "village": OTHER}, f"{OTHER}002"),
    ],
)
def test_an_unknown_code_names_the_nearest(tmp_path: Path, given_code: dict[str, str], near: str) -> None:
    """A code that is not there: an InputError with codes that are, and nothing written."""
    with pytest.raises(InputError, match=near):
        export_plan(toy_plan(), tmp_path / "out", format="shp", **given_code)
    assert not (tmp_path / "out").exists()


def test_a_village_without_areas_is_passed_over_or_named(tmp_path: Path) -> None:
    """A village without own ground has no map: left out of the whole, refused when asked for."""
    plan = toy_plan()
    plan = replace(plan, areas=plan.areas[plan.areas["village_code"] == VILLAGE].reset_index(drop=True))
    assert [p.name for p in export_plan(plan, tmp_path, format="gdb")] == [f"{VILLAGE}.gdb"]
    with pytest.raises(InputError, match="no areas"):
        export_plan(plan, tmp_path, format="gdb", village=OTHER)


def test_an_unknown_format_names_those_known(tmp_path: Path) -> None:
    """A wrong format is an InputError."""
    with pytest.raises(InputError, match="geojson"):
        export_plan(toy_plan(), tmp_path, format="dxf")


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_shapefile_texts_and_fields_survive(tmp_path: Path, encoding: str) -> None:
    """Chinese text comes back, the .cpg says how, and every field name is listed, unique and at most ten characters long."""
    plan = _named(toy_plan(), "第一普查小区")
    paths = export_plan(plan, tmp_path, format="shp", area=f"{VILLAGE}001", encoding=encoding)
    dbf = (tmp_path / f"{VILLAGE}001_areas.dbf").read_bytes()
    assert "第一普查小区".encode(encoding) in dbf
    assert (tmp_path / f"{VILLAGE}001_areas.cpg").read_text().strip().upper() in (encoding, "CP936")
    assert pyogrio.read_dataframe(paths[0])["name"].tolist() == ["第一普查小区"]
    with (tmp_path / "fields.csv").open(encoding="utf-8-sig") as handle:
        listed = list(csv.DictReader(handle))
    for layer in ("areas", "boundaries", "buildings", "cells"):
        mine = [r["field"] for r in listed if r["layer"] == layer]
        found = list(pyogrio.read_info(tmp_path / f"{VILLAGE}001_{layer}.shp")["fields"])
        assert found == mine
        assert len({f.lower() for f in mine}) == len(mine)
        assert max(map(len, mine)) <= 10
        assert [r["column"] for r in listed if r["layer"] == layer] == list(SCHEMA[layer])


def test_what_an_encoding_lacks_is_named(tmp_path: Path) -> None:
    """GBK cannot hold rare characters: they are named, and no file with holes in it is written."""
    with pytest.raises(OutputError, match="𡒄"):
        export_plan(_named(toy_plan(), "𡒄村"), tmp_path / "out", format="shp", encoding="GBK")
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match="no such encoding"):
        export_plan(toy_plan(), tmp_path / "out", format="shp", encoding="klingon")


def test_long_texts_are_cut_between_characters(tmp_path: Path) -> None:
    """The format holds 254 bytes; what is longer ends with a whole character."""
    (path, *_) = export_plan(_named(toy_plan(), "村" * 100), tmp_path, format="shp", area=f"{VILLAGE}001")
    assert pyogrio.read_dataframe(path)["name"].tolist() == ["村" * 84]


def test_geojson_follows_rfc_7946(tmp_path: Path) -> None:
    """Longitude and latitude, no crs member, outer rings counter-clockwise, nine decimals."""
    (path, *_) = export_plan(toy_plan(), tmp_path, format="geojson", village=VILLAGE)
    data = json.loads(path.read_text(encoding="utf-8"))
    assert "crs" not in data
    for feature in data["features"]:
        ring = feature["geometry"]["coordinates"][0]
        assert shapely.LinearRing(ring).is_ccw
        assert 119 < ring[0][0] < 120
        assert 25 < ring[0][1] < 26
    digits = {
        len(str(x).partition(".")[2]) for f in data["features"] for p in f["geometry"]["coordinates"][0] for x in p
    }
    assert max(digits) == 9


def test_a_shape_that_a_format_cannot_hold_is_said(tmp_path: Path) -> None:
    """LIBKML takes no ring whose ends were laid on one point; nothing is half-written."""
    plan = toy_plan()
    borders = plan.boundaries.copy()
    borders.loc[1, "geometry"] = shapely.Polygon([(EAST, NORTH), (EAST + 100, NORTH), (EAST, NORTH), (EAST, NORTH)])
    with pytest.raises(OutputError, match="a shape is unsound"):
        export_plan(replace(plan, boundaries=borders), tmp_path / "out", format="kml")
    assert not list((tmp_path / "out").glob("*.kml"))


def test_kml_names_are_text(tmp_path: Path) -> None:
    """A hostile name is text of the element `name`; there is no description that could be markup."""
    (path,) = export_plan(_named(toy_plan(), HOSTILE), tmp_path, format="kml", area=f"{VILLAGE}001")
    root = ET.parse(path).getroot()  # noqa: S314 - our own file
    space = "{http://www.opengis.net/kml/2.2}"
    assert f"{VILLAGE}001 {HOSTILE}" in [n.text for n in root.iter(f"{space}name")]
    assert not list(root.iter(f"{space}description"))


@pytest.mark.parametrize("format_", ["shp", "gdb"])
def test_points_and_footprints_part(tmp_path: Path, format_: str) -> None:
    """Formats of one shape a layer get buildings given as points in a layer of their own."""
    plan = toy_plan()
    buildings = plan.cells.buildings.copy()
    buildings.loc[0, "geometry"] = shapely.Point(EAST + 10, NORTH + 150)
    plan = replace(plan, cells=replace(plan.cells, buildings=conform(buildings, "buildings")))
    layers = _read(export_plan(plan, tmp_path, format=format_, area=f"{VILLAGE}001"))
    assert len(layers["buildings"]) == 1
    assert len(layers["points" if format_ == "shp" else "buildings_points"]) == 1


def test_exports_stand_beside_each_other(tmp_path: Path) -> None:
    """Another code adds its files; the same export again replaces its own and clears what it no longer makes."""
    plan = toy_plan()
    export_plan(plan, tmp_path, format="geojson", village=VILLAGE)
    export_plan(plan, tmp_path, format="geojson", village=OTHER)
    assert len(list(tmp_path.glob("*.geojson"))) == 8
    bare = replace(plan, cells=replace(plan.cells, buildings=plan.cells.buildings[:0]))
    export_plan(bare, tmp_path, format="geojson", village=OTHER)
    assert len(list(tmp_path.glob("*.geojson"))) == 7


def test_a_code_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    """A code with path pieces is a file name all the same."""
    plan = toy_plan()
    villages, areas = plan.territory.villages.copy(), plan.areas.copy()
    villages.loc[0, "village_code"] = "../../evil"
    areas.loc[areas["village_code"] == VILLAGE, "village_code"] = "../../evil"
    territory = replace(plan.territory, villages=villages)
    plan = replace(plan, areas=areas, cells=replace(plan.cells, territory=territory))
    paths = export_plan(plan, tmp_path / "a" / "b", format="parquet", village="../../evil")
    assert all(p.parent == tmp_path / "a" / "b" and p.exists() for p in paths)


@budget(max_examples=50)
@given(st.text(max_size=100), st.text(max_size=100))
def test_safe_names(one: str, two: str) -> None:
    """Any code gives a file name without a path in it, another code another name, and a plain code itself."""
    name = safe_name(one)
    assert name
    assert Path(name).name == name
    assert not name.startswith(".")
    assert len(name) <= 70
    assert (name == safe_name(two)) == (one == two)


def test_plain_codes_stay_and_device_names_do_not() -> None:
    """Codes as offices write them are kept; names that Windows keeps for devices are not."""
    assert [safe_name(c) for c in ("350302101001", "LI01-001", "村A_1")] == ["350302101001", "LI01-001", "村A_1"]
    assert safe_name("CON") != "CON"
    assert safe_name("") != ""


def test_a_shapefile_says_what_grid_it_is_on(tmp_path: Path) -> None:
    """The .prj is there, and the shape type is polygon."""
    (path, *_) = export_plan(toy_plan(), tmp_path, format="shp", village=VILLAGE)
    assert "CGCS2000" in path.with_suffix(".prj").read_text()
    assert struct.unpack("<i", path.read_bytes()[32:36]) == (5,)
