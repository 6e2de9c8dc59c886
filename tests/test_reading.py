"""Reading: from the files an office has to a territory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from areaplan.files import read_territory
from areaplan.model import Territory
from areaplan.schema import SCHEMA
from areaplan.settings import read_settings
from towns import CODES, CRS, at, box, town_input, town_layers, town_settings, write_town


def test_a_town_is_read_as_its_tables(tmp_path: Path) -> None:
    """Every layer has exactly the columns of the schema, in the villages' own metre CRS; nothing is found wrong."""
    write_town(tmp_path)
    territory = read_territory(town_settings(tmp_path))
    for layer in ("villages", "lines", "buildings", "base_areas", "settlement", "parents"):
        assert list(getattr(territory, layer).columns) == [*SCHEMA[layer], "geometry"]
    assert territory.crs.to_epsg() == 4549
    assert territory.villages["village_code"].tolist() == list(CODES)
    assert territory.buildings["village_code"].value_counts().to_dict() == dict.fromkeys(CODES, 16)
    assert len(territory.findings) == 0


def test_lines_are_clipped_with_a_margin(tmp_path: Path) -> None:
    """A street that runs far out is kept for 250 m beyond the villages."""
    write_town(tmp_path)
    (line,) = read_territory(town_settings(tmp_path)).lines.geometry
    assert line.length == pytest.approx(400 + 2 * 250)


@pytest.mark.real
@pytest.mark.parametrize(
    ("town", "villages", "buildings", "base_areas", "households"),
    [("liechtenstein", 11, 8960, 0, 16016), ("kinmen_jinhu", 8, 0, 186, 8806), ("chiayi_west", 45, 0, 773, 52857)],
)
def test_ready_towns_are_read(
    real_data: Path, town: str, villages: int, buildings: int, base_areas: int, households: int
) -> None:
    """The three towns as an office would hand them over are read whole, without a finding."""
    territory = read_territory(read_settings(real_data / "configs" / f"ready_{town}.toml"))
    sizes = (len(territory.villages), len(territory.buildings), len(territory.base_areas))
    assert sizes == (villages, buildings, base_areas)
    assert int(territory.villages["households"].sum()) == households
    assert len(territory.findings) == 0


def _with(folder: Path, layer: str, table: gpd.GeoDataFrame, **keys: Any) -> Territory:
    """Read the small town with another ``layer``; ``keys`` go to its table of the settings."""
    layers, given = town_layers() | {layer: table}, town_input()
    spec = given["lines"][0] if layer == "streets" else given[layer]
    spec.update(keys)
    write_town(folder, layers)
    return read_territory(town_settings(folder, given))


def _streets(geometry: list[Any], **columns: list[Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": [None] * len(geometry), "highway": None} | columns, geometry=geometry, crs=CRS)


def _line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([at(*p) for p in points])


def test_lines_are_single_flat_and_real(tmp_path: Path) -> None:
    """Multi-lines come apart, polygons give their outline, Z goes; points, empty and None rows are set aside and said."""
    multi = shapely.MultiLineString([_line((0, 10), (50, 10)), _line((0, 20), (50, 20))])
    flat = shapely.LineString([(*at(0, 30), 5.0), (*at(50, 30), 6.0)])
    rows = [
        multi,
        flat,
        box(10, 40, 20, 60),
        shapely.Point(at(5, 5)),
        None,
        shapely.LineString(),
        _line((1, 1), (1, 1)),
    ]
    town = _with(tmp_path, "streets", _streets(rows))
    assert town.lines.geometry.geom_type.tolist() == ["LineString"] * 4
    assert not town.lines.geometry.has_z.any()
    assert town.lines.geometry.length.round().tolist() == [50, 50, 50, 60]
    assert [(f.rule, f.severity, f.measure) for f in town.findings] == [("R00", "warning", 3.0)]


@pytest.mark.parametrize(
    ("columns", "tunnel", "bridge"),
    [
        ({"tunnel": ["yes", "no", None]}, [True, False, False], [False] * 3),
        ({"tunnel": ["T", "F", "0"], "bridge": ["1", "viaduct", ""]}, [True, False, False], [True, True, False]),
        ({"layer": ["-1", "1", None]}, [True, False, False], [False, True, False]),
        ({"layer": ["-1", "1", None], "tunnel": ["no"] * 3}, [False] * 3, [False, True, False]),
    ],
)
def test_tunnels_and_bridges(
    tmp_path: Path, columns: dict[str, list[Any]], tunnel: list[bool], bridge: list[bool]
) -> None:
    """tunnel=no is no tunnel; without such a column the level speaks."""
    table = _streets([_line((0, y), (90, y)) for y in (10, 20, 30)], **columns)
    lines = _with(tmp_path, "streets", table).lines
    assert lines["tunnel"].tolist() == tunnel
    assert lines["bridge"].tolist() == bridge


def test_covered_water_is_a_tunnel(tmp_path: Path) -> None:
    """A river under a slab cannot be seen; a covered street can."""
    table = _streets([_line((0, y), (90, y)) for y in (10, 20)], covered=["yes", None])
    assert _with(tmp_path, "streets", table, kind="river").lines["tunnel"].tolist() == [True, False]


def _houses(geometry: list[Any], **columns: list[Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"hh": [5] * len(geometry)} | columns, geometry=geometry, crs=CRS)


def test_broken_footprints_are_mended(tmp_path: Path) -> None:
    """A bow tie becomes two triangles with an R00 note of the m² it changed by; nothing is lost."""
    tie = shapely.Polygon([at(10, 10), at(20, 20), at(20, 10), at(10, 20)])
    ring = shapely.LinearRing([at(50, 50), at(60, 50), at(60, 60), at(50, 60)])
    town = _with(tmp_path, "buildings", _houses([tie, shapely.LineString(ring)]))
    assert town.buildings.geometry.is_valid.all()
    assert town.buildings.geometry.area.round().tolist() == [50, 100]
    assert [(f.rule, f.severity, f.unit) for f in town.findings] == [("R00", "note", "m2")] * 2


def test_footprints_beyond_mending_are_set_aside(tmp_path: Path) -> None:
    """Rows without ground are left out: a warning, or an error when households are lost with them."""
    rows = [box(10, 10, 20, 20), None, shapely.Polygon()]
    assert len(_with(tmp_path, "buildings", _houses(rows, hh=[5, 0, 0])).buildings) == 1
    lost = _with(tmp_path, "buildings", _houses(rows, hh=[5, 3, 0]))
    assert [(f.rule, f.severity, f.measure) for f in lost.findings] == [("R08", "error", 3.0)]


def test_building_ids_are_text_and_unique(tmp_path: Path) -> None:
    """A double id gets a number, said as a finding; rows without id are named by their row."""
    rows = [box(x, 10, x + 9, 20) for x in (10, 30, 50, 70)]
    town = _with(tmp_path, "buildings", _houses(rows, no=["7", "7", None, "B000003"]), id="no")
    assert town.buildings["building_id"].tolist() == ["7", "7-2", "B000003-2", "B000003"]
    assert [(f.rule, f.measure) for f in town.findings] == [("R00", 1.0)]


def test_buildings_outside_every_village_are_kept(tmp_path: Path) -> None:
    """County-wide footprints are no fault: what lies in no village has none, and keeps its households for the finding."""
    rows = [box(x, 900, x + 9, 910) for x in (0, 20, 40)] + [shapely.Point(at(9, 9))]
    town = _with(tmp_path, "buildings", _houses(rows, hh=[0, 0, 4, 5]))
    assert town.buildings["village_code"].tolist() == [None, None, None, CODES[0]]
    assert town.buildings["households"].tolist() == [0, 0, 4, 5]


def test_a_building_on_a_border(tmp_path: Path) -> None:
    """It belongs to the village of its interior point, or to its own column's where that is near."""
    rows = [box(190, 10, 240, 20), box(190, 50, 240, 60), box(10, 10, 20, 20), box(10, 50, 20, 60)]
    town = _with(tmp_path, "buildings", _houses(rows, v=[None, CODES[0], CODES[1], "X"]), village="v")
    assert town.buildings["village_code"].tolist() == [CODES[1], CODES[0], CODES[0], CODES[0]]
    assert [(f.rule, f.severity, f.subject) for f in town.findings] == [
        ("R07", "warning", "B000003"),
        ("R07", "warning", "B000004"),
    ]


def test_a_building_half_outside_belongs_to_the_village_it_touches(tmp_path: Path) -> None:
    """A footprint whose middle lies outside every village is of the one it overlaps most."""
    town = _with(tmp_path, "buildings", _houses([box(-30, 150, 10, 160)]))
    assert town.buildings["village_code"].tolist() == [CODES[0]]


def test_lakes_are_no_gaps(tmp_path: Path) -> None:
    """A wide hole among villages is accepted and listed with its m²; a border digitised twice within 1 mm is one border."""
    layers = town_layers()
    layers["villages"] = layers["villages"].set_geometry(
        gpd.GeoSeries([box(0, 0, 200, 200).difference(box(50, 50, 100, 100)), box(200.0005, 0, 400, 200)], crs=CRS)
    )
    write_town(tmp_path, layers)
    found = read_territory(town_settings(tmp_path)).findings.under("R01")
    assert [(f.severity, f.subject, f.measure) for f in found] == [("note", CODES[0], 2500.0)]


def test_exclaves_and_islands_are_normal(tmp_path: Path) -> None:
    """A village of several parts, one of them inside its neighbour, is read without a finding."""
    layers, enclave = town_layers(), box(300, 50, 350, 100)
    grounds = [shapely.union(box(0, 0, 200, 200), enclave), box(200, 0, 400, 200).difference(enclave)]
    layers["villages"] = layers["villages"].set_geometry(gpd.GeoSeries(grounds, crs=CRS))
    write_town(tmp_path, layers)
    town = read_territory(town_settings(tmp_path))
    assert shapely.get_num_geometries(town.villages.geometry.array).tolist() == [2, 1]
    assert len(town.findings) == 0


def test_parents_name_the_villages(tmp_path: Path) -> None:
    """Townships and counties become parents, and villages without their own column take their names by location."""
    layers, given = town_layers(), town_input()
    layers["towns"] = gpd.GeoDataFrame(
        {"code": ["350302101"], "name": ["华亭镇"]}, geometry=[box(0, 0, 400, 200)], crs=CRS
    )
    layers["counties"] = gpd.GeoDataFrame(
        {"code": ["350302"], "name": ["城厢区"]}, geometry=[box(-9, -9, 900, 900)], crs=CRS
    )
    for key, layer in (("townships", "towns"), ("counties", "counties")):
        given[key] = {"path": "town.gpkg", "layer": layer, "name": "name"}
    write_town(tmp_path, layers)
    town = read_territory(town_settings(tmp_path, given))
    assert town.parents[["level", "code"]].to_numpy().tolist() == [["township", "350302101"], ["county", "350302"]]
    assert town.villages["township"].tolist() == ["华亭镇"] * 2
    assert town.villages["county"].tolist() == ["城厢区"] * 2


def test_settlement_knows_its_village(tmp_path: Path) -> None:
    """Where people live is read with the village of each place; what lies outside is left out."""
    layers, given = town_layers(), town_input()
    places = [box(10, 10, 90, 90), shapely.Point(at(300, 100)), box(900, 900, 950, 950)]
    layers["living"] = gpd.GeoDataFrame(geometry=places, crs=CRS)
    given["settlement"] = {"path": "town.gpkg", "layer": "living"}
    write_town(tmp_path, layers)
    assert read_territory(town_settings(tmp_path, given)).settlement["village_code"].tolist() == list(CODES)


def test_row_order_changes_nothing(tmp_path: Path) -> None:
    """Villages and buildings delivered in reverse give the same territory, but for the order of rows."""
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, step in ((one, 1), (two, -1)):
        folder.mkdir()
        write_town(folder, {k: t.iloc[::step].reset_index(drop=True) for k, t in town_layers().items()})
    a, b = (read_territory(town_settings(f)) for f in (one, two))
    assert sorted(a.villages["village_code"]) == sorted(b.villages["village_code"])
    assert a.buildings["village_code"].tolist() == b.buildings["village_code"].tolist()[::-1]
