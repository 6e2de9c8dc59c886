"""Coordinates that are not what they say, names that were cut, codes that were spoilt: read right, or refused with what to write."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from areaplan.errors import InputError
from areaplan.files import read_territory
from areaplan.files.reading.encodings import detect, shapefile_encoding
from areaplan.files.reading.offsets import offset_of
from areaplan.model import Territory
from shapefiles import shapefile
from towns import CODES, at, town_input, town_layers, town_settings, write_town

SAMPLE = Path(__file__).parent.parent / "data" / "sample" / "town.gpkg"


def villages() -> gpd.GeoDataFrame:
    return town_layers()["villages"]


def moved(east: float, north: float = 0.0) -> gpd.GeoDataFrame:
    table = villages()
    return table.set_geometry(table.geometry.translate(east, north))


def read(folder: Path, path: str, **keys: Any) -> Territory:
    given = {"villages": {"path": path, "code": "code", "name": "name", "households": "hh"} | keys}
    return read_territory(town_settings(folder, given))


SEEN: dict[str, tuple[gpd.GeoDataFrame, str | None, str]] = {
    "zone number under a CRS without": (moved(40_000_000), "EPSG:4549", '"EPSG:4528"'),
    "no zone number under a CRS with": (villages(), "EPSG:4528", '"EPSG:4549" on 120 °E'),
    "zone number, no CRS": (moved(40_000_000), None, "zone 40 before the easting"),
    "six-degree zone, no CRS": (moved(20_000_000), None, '"EPSG:4498"'),
    "no zone number, no CRS": (villages(), None, "without a zone number"),
    "degrees, no CRS": (villages().to_crs(4490), None, '"EPSG:4490" (CGCS2000)'),
    "degrees, axes exchanged": (
        villages().to_crs(4490).set_geometry(gpd.GeoSeries(shapely.transform(villages().to_crs(4490).geometry.to_numpy(), lambda c: c[:, ::-1]))),
        "EPSG:4490",
        "x and y exchanged",
    ),
    "another zone altogether": (moved(-4_000_000), "EPSG:4549", "does not lie where CGCS2000 / 3-degree Gauss-Kruger CM 120E is used"),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_coordinates_that_are_not_what_they_say(tmp_path: Path, name: str) -> None:
    """Refused in one message that says what the coordinates look like and what to write."""
    table, crs, says = SEEN[name]
    table = table.set_crs(crs, allow_override=True)
    table.to_file(tmp_path / "v.gpkg")
    with pytest.raises(InputError) as raised:
        read(tmp_path, "v.gpkg")
    assert len(raised.value.faults) == 1
    assert says in raised.value.text()


def test_zone_numbers_are_read_under_their_own_crs(tmp_path: Path) -> None:
    """Told the CRS, the same coordinates are read, and areas are right."""
    moved(40_000_000).set_crs(None, allow_override=True).to_file(tmp_path / "v.gpkg")
    town = read(tmp_path, "v.gpkg", crs="EPSG:4528")
    assert town.crs.to_epsg() == 4528
    assert town.villages.geometry.area.sum() == pytest.approx(80_000)


def test_a_neighbouring_zone_is_no_contradiction(tmp_path: Path) -> None:
    """A town at the edge of a zone, or in the next one, is often kept in this one."""
    villages().to_crs(4550).to_file(tmp_path / "v.gpkg")
    assert len(read(tmp_path, "v.gpkg").findings) == 0


def test_rare_characters_of_four_bytes(tmp_path: Path) -> None:
    """Village names use characters that only GB18030 has; they are found and read."""
    names = ["𠮷村𠀀民委员会", "㙍坂村民委员会㸚"]
    shapefile(tmp_path, villages().assign(name=names), "GB18030", None)
    assert read(tmp_path, "v.shp").villages["name"].tolist() == names


@pytest.mark.parametrize(("encoding", "cpg"), [("BIG5", "GBK"), ("GBK", "BIG5")])
def test_chinese_under_the_other_chinese_label(tmp_path: Path, encoding: str, cpg: str) -> None:
    """Big5 text decodes as GBK and the other way round, into rubbish: such a label is not believed, with a warning."""
    names = ["東興社區", "西湖社區"] if encoding == "BIG5" else ["东兴社区居民委员会", "西湖村民委员会"]
    shapefile(tmp_path, villages().assign(name=names), encoding, cpg)
    town = read(tmp_path, "v.shp")
    assert town.villages["name"].tolist() == names
    assert [str(f.severity) for f in town.findings] == ["warning"]


def test_column_names_cut_inside_a_character(tmp_path: Path) -> None:
    """Ten bytes hold three characters and a third in UTF-8: the file opens, the whole characters are the name, and a longer one is explained."""
    shapefile(tmp_path, villages().rename(columns={"name": "村委会名称"}), "UTF-8", "UTF-8")
    town = read(tmp_path, "v.shp", name="村委会")
    assert town.villages["name"].tolist() == ["东村", "西村"]
    with pytest.raises(InputError, match="did you mean 村委会"):
        read(tmp_path, "v.shp", name="村委会名称")


def test_names_cut_to_ten_characters_are_explained(tmp_path: Path) -> None:
    """A shapefile keeps ten characters of a column's name; the one it has is named."""
    villages().rename(columns={"hh": "households_registered"}).to_file(tmp_path / "v.shp", driver="ESRI Shapefile")
    with pytest.raises(InputError, match="did you mean households"):
        read(tmp_path, "v.shp", households="households_registered")


def test_geojson_in_gbk_is_refused_by_name(tmp_path: Path) -> None:
    """GeoJSON is UTF-8 by its standard; what this one looks like is said."""
    (tmp_path / "v.geojson").write_bytes(villages().to_json(to_wgs84=True, ensure_ascii=False).encode("gbk"))
    with pytest.raises(InputError, match="not UTF-8, which GeoJSON must be; it looks like GB18030"):
        read(tmp_path, "v.geojson")


def test_columns_of_one_name(tmp_path: Path) -> None:
    """Two columns of the name that is asked for: which is meant cannot be known."""
    villages().to_file(tmp_path / "v.shp", driver="ESRI Shapefile")
    dbf = bytearray((tmp_path / "v.dbf").read_bytes())
    spot = dbf.find(b"hh\0")
    dbf[spot : spot + 11] = b"name".ljust(11, b"\0")
    (tmp_path / "v.dbf").write_bytes(dbf)
    with pytest.raises(InputError, match="2 columns are called name"):
        read(tmp_path, "v.shp", households=None)
    write_town(tmp_path)
    (tmp_path / "t.csv").write_text(f"code,hh,hh\n{CODES[0]},80,90\n{CODES[1]},80,90\n")
    given = {**town_input(), "totals": {"path": "t.csv", "code": "code", "households": "hh"}}
    with pytest.raises(InputError, match=r"t\.csv: 2 columns are called hh"):
        read_territory(town_settings(tmp_path, given))


def test_codes_that_lost_digits(tmp_path: Path) -> None:
    """18 digits do not fit a float, and a spreadsheet's 3.50302E+11 is no code: refused by row and value, never made up."""
    villages().assign(code=[350302101003000001.0, 350302101003000065.0]).to_file(tmp_path / "v.gpkg")
    with pytest.raises(InputError, match=r"rows 1, 2: the village code was taken for a number and lost digits"):
        read(tmp_path, "v.gpkg")
    write_town(tmp_path)
    (tmp_path / "t.csv").write_text(f"code,hh\n3.50302E+11,80\n{CODES[1]},80\n")
    given = {**town_input(), "totals": {"path": "t.csv", "code": "code", "households": "hh"}}
    with pytest.raises(InputError, match=r"row 2: .*'3\.50302E\+11'"):
        read_territory(town_settings(tmp_path, given))


def test_fifteen_digits_stored_as_numbers_survive(tmp_path: Path) -> None:
    """A code of 15 digits fits a float exactly."""
    villages().assign(code=[350302101003001.0, 350302101003002.0]).to_file(tmp_path / "v.gpkg")
    assert read(tmp_path, "v.gpkg").villages["village_code"].tolist() == ["350302101003001", "350302101003002"]


@pytest.mark.parametrize(
    ("codes", "said"), [([9020010001, 9020010002], True), ([7, 8], False), (["09020010001", "09020010002"], False)]
)
def test_codes_stored_as_numbers_are_said(tmp_path: Path, codes: list[Any], said: bool) -> None:
    """A number cannot begin with 0: where official codes are numbers in the file, the reader is told once, with an example."""
    villages().assign(code=codes).to_file(tmp_path / "v.gpkg")
    notes = [str(f.message) for f in read(tmp_path, "v.gpkg").findings if "as numbers" in str(f.message)]
    assert len(notes) == said
    assert all("column code holds the village code as numbers, such as 9020010001" in note for note in notes)


def test_z_and_m_are_dropped_and_rings_of_two_points_named(tmp_path: Path) -> None:
    """Heights change nothing; a ring of two points and coordinates that are no numbers are refused by row."""
    tall = villages()
    tall.set_geometry(gpd.GeoSeries(shapely.force_3d(tall.geometry.to_numpy(), 5.0), crs=tall.crs)).to_file(
        tmp_path / "z.gpkg"
    )
    assert not shapely.has_z(read(tmp_path, "z.gpkg").villages.geometry.to_numpy()).any()
    data = json.loads(villages().to_crs(4490).to_json())
    ring = data["features"][1]["geometry"]["coordinates"][0]
    data["features"][1]["geometry"]["coordinates"] = [ring[:2]]
    (tmp_path / "two.geojson").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(InputError, match="row 2: no geometry, or one that cannot be read"):
        read(tmp_path, "two.geojson")
    shapes = list(villages().geometry)
    xy = shapely.get_coordinates(shapes[0])
    xy[1, 0] = np.nan
    shapes[0] = shapely.Polygon(xy)
    tall.set_geometry(gpd.GeoSeries(shapes, crs=tall.crs)).to_file(tmp_path / "nan.gpkg")
    with pytest.raises(InputError, match="row 1: coordinates that are no numbers"):
        read(tmp_path, "nan.gpkg")


def test_mixed_types_keep_polygons_under_repair(tmp_path: Path) -> None:
    """A collection of a polygon and a line is refused by row; under [repair] its polygon is kept, and that is said."""
    table = villages()
    shapes = list(table.geometry)
    shapes[0] = shapely.GeometryCollection([shapes[0], shapely.LineString([at(0, 0), at(1, 1)])])
    table.set_geometry(gpd.GeoSeries(shapes, crs=table.crs)).to_file(tmp_path / "v.gpkg")
    with pytest.raises(InputError, match="row 1: GeometryCollection where polygons are needed"):
        read(tmp_path, "v.gpkg")
    given = {"villages": {"path": "v.gpkg", "code": "code"}}
    town = read_territory(town_settings(tmp_path, given, repair={}))
    assert town.villages.geometry.area.sum() == pytest.approx(80_000)
    assert "only the polygons were kept" in str(town.findings[0].message)


def grid_town(shift: tuple[float, float]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return crooked streets about 90 m apart and houses along them, the houses moved by ``shift``."""
    rng = np.random.default_rng(1)
    cuts = [np.cumsum(rng.uniform(60, 120, 28)) for _ in range(2)]
    far = [float(c[-1]) for c in cuts]
    streets = [shapely.LineString([(x, 0), (x, far[1])]) for x in cuts[0]] + [
        shapely.LineString([(0, y), (far[0], y)]) for y in cuts[1]
    ]
    spots = rng.uniform(0, min(far), (4000, 2))
    gap = np.minimum(*(np.abs(spots[:, [k]] - cuts[k]).min(axis=1) for k in range(2)))
    houses = shapely.points(spots[gap > 14] + np.array(shift))
    return np.array(streets, dtype=object), houses


def test_streets_and_buildings_that_do_not_fit() -> None:
    """Moved by 480 m east and 210 m south the houses fit nowhere but where they were; unmoved nothing is said."""
    assert offset_of(*grid_town((0.0, 0.0))) is None
    east, north = offset_of(*grid_town((480.0, -210.0))) or (0.0, 0.0)
    assert (east, north) == pytest.approx((-480.0, 210.0), abs=15)


def test_wide_blocks_raise_no_suspicion() -> None:
    """In the sample many shifts put the buildings into blocks about equally well; none of them is said."""
    layers = [gpd.read_file(SAMPLE, layer=name).geometry.to_numpy() for name in ("streets", "buildings")]
    assert offset_of(*layers) is None


@pytest.mark.real
def test_a_shift_between_real_layers_is_suspected(real_data: Path) -> None:
    """Real streets and buildings fit; the buildings saved 520 m off, as GCJ-02 is, are suspected, and nothing is moved."""
    path = real_data / "liechtenstein2013_osm" / "layers.gpkg"
    streets = shapely.get_parts(gpd.read_file(path, layer="streets").to_crs(2056).geometry.to_numpy())
    streets = streets[shapely.get_type_id(streets) == 1]
    buildings = gpd.read_file(path, layer="buildings").to_crs(2056).geometry
    assert offset_of(streets, buildings.to_numpy()) is None
    assert offset_of(streets, buildings.translate(420, -310).to_numpy()) == (-420.0, 310.0)


@pytest.mark.real
def test_real_names_are_never_mistaken(real_data: Path) -> None:
    """979 village names of Putian in GBK, and the villages of Kinmen in Big5 and GBK, under every label: always found."""
    putian = pd.read_csv(real_data / "putian_codes" / "putian_villages_2023.csv", dtype=str)["name"].tolist()
    kinmen = gpd.read_file(real_data / "messy_kinmen_gbk_noprj" / "villages.shp", encoding="GB18030")["村名称"].tolist()
    assert detect([n.encode("gb18030") for n in putian]) == "GB18030"
    assert detect([n.encode("gb18030") for n in kinmen]) == "GB18030"
    assert detect([n.encode("big5") for n in kinmen]) == "BIG5"


def test_a_language_byte_is_believed_when_it_fits(tmp_path: Path) -> None:
    """The byte for GBK in the file's head serves where there is no .cpg."""
    shapefile(tmp_path, villages(), "GBK", None)
    dbf = bytearray((tmp_path / "v.dbf").read_bytes())
    dbf[29:30] = struct.pack("B", 0x4D)
    (tmp_path / "v.dbf").write_bytes(dbf)
    found = shapefile_encoding(tmp_path / "v.dbf")
    assert found is not None
    assert (found.name, found.guessed) == ("GB18030", False)


@pytest.mark.parametrize(
    ("east", "epsg"),
    [((179.9, 180.1), 32701), ((179.7, -179.9), 32760), ((-180.0, -179.8), 32701), ((177.0, 177.1), 32760)],
)
def test_a_town_on_the_180th_meridian_is_one_place(tmp_path: Path, east: tuple[float, float], epsg: int) -> None:
    """The CRS proposed is that of the place, whichever sign its longitudes bear; written so, the town is read."""
    table = gpd.GeoDataFrame(
        {"code": CODES[:2], "name": ["东村", "西村"], "hh": [3, 4]},
        geometry=[shapely.box(x, -17.01, x + 0.01, -17.0) for x in east],
        crs=4326,
    )
    table.to_file(tmp_path / "v.gpkg")
    with pytest.raises(InputError, match=f"EPSG:{epsg}"):
        read(tmp_path, "v.gpkg")
    settings = town_settings(
        tmp_path,
        {"crs": f"EPSG:{epsg}", "villages": {"path": "v.gpkg", "code": "code", "name": "name", "households": "hh"}},
    )
    town = read_territory(settings)
    assert town.villages.geometry.bounds.maxx.max() - town.villages.geometry.bounds.minx.min() < 50_000
