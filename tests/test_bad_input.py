"""Bad input: each with one clear message that says file, layer, row, value, and what to do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from areaplan.errors import InputError, SettingsError
from areaplan.files import read_territory
from areaplan.settings import read_settings
from here import run_here
from towns import CODES, at, box, town_input, town_layers, town_settings, write_town

Layers = dict[str, gpd.GeoDataFrame]
Case = Callable[[Layers, dict[str, Any]], None]

CASES: dict[str, tuple[Case, tuple[str, ...]]] = {}


def case(*says: str) -> Callable[[Case], Case]:
    """Keep a way to spoil the small town, and what the message must say."""

    def keep(spoil: Case) -> Case:
        CASES[spoil.__name__.strip("_")] = (spoil, says)
        return spoil

    return keep


def put(layers: Layers, layer: str, row: int, geometry: shapely.Geometry | None) -> None:
    """Replace the geometry of a row."""
    column = list(layers[layer].geometry)
    column[row] = geometry
    layers[layer] = layers[layer].set_geometry(gpd.GeoSeries(column, crs=layers[layer].crs))


def with_blocks(given: dict[str, Any]) -> None:
    """Use the blocks as base areas."""
    given["base_areas"] = {"path": "town.gpkg", "layer": "blocks", "code": "block", "households": "hh"}


BOW_TIE = shapely.Polygon([at(0, 0), at(200, 200), at(200, 0), at(0, 200)])


@case("twon.gpkg: no such file", "did you mean town.gpkg?")
def _missing_file(_layers: Layers, given: dict[str, Any]) -> None:
    given["buildings"]["path"] = "twon.gpkg"


@case("no layer vilages", "did you mean villages?", "buildings")
def _missing_layer(_layers: Layers, given: dict[str, Any]) -> None:
    given["villages"]["layer"] = "vilages"


@case("town.gpkg: has 4 layers", "villages, streets, buildings, blocks")
def _unnamed_layer(_layers: Layers, given: dict[str, Any]) -> None:
    del given["villages"]["layer"]


@case("layer villages: has no rows")
def _no_rows(layers: Layers, _given: dict[str, Any]) -> None:
    layers["villages"] = layers["villages"].iloc[:0]


@case('[input] crs = "EPSG:2193"', "made for other places", 'write "EPSG:4549"')
def _working_crs_of_another_place(_layers: Layers, given: dict[str, Any]) -> None:
    given["crs"] = "EPSG:2193"


@case("town.gpkg, layer villages", "no column Codee (key `code`)", "did you mean code?")
def _missing_column(_layers: Layers, given: dict[str, Any]) -> None:
    given["villages"]["code"] = "Codee"


@case("no column nothing_like_it (key `households`)", "it has: hh, levels")
def _missing_column_without_likeness(_layers: Layers, given: dict[str, Any]) -> None:
    given["buildings"]["households"] = "nothing_like_it"


@case("layer villages: has no CRS", 'crs = "EPSG:')
def _no_crs(layers: Layers, _given: dict[str, Any]) -> None:
    layers["villages"] = layers["villages"].set_crs(None, allow_override=True)


@case("layer streets: has no CRS")
def _no_crs_of_streets(layers: Layers, _given: dict[str, Any]) -> None:
    layers["streets"] = layers["streets"].set_crs(None, allow_override=True)


@case("is in degrees, where metres are needed", "EPSG:32632")
def _degrees_abroad(layers: Layers, _given: dict[str, Any]) -> None:
    ground = [shapely.box(9.50, 47.1, 9.51, 47.11), shapely.box(9.51, 47.1, 9.52, 47.11)]
    layers["villages"] = gpd.GeoDataFrame(layers["villages"].drop(columns="geometry"), geometry=ground, crs="EPSG:4326")


@case('[input] crs = "EPSG:4490"', "degrees, where metres are needed", "EPSG:4549")
def _degrees_asked_for(_layers: Layers, given: dict[str, Any]) -> None:
    given["crs"] = "EPSG:4490"


@case("stretches areas", "EPSG:4549")
def _web_mercator(layers: Layers, _given: dict[str, Any]) -> None:
    layers["villages"] = layers["villages"].to_crs(3857)


@case("US survey foot", "metres are needed", "EPSG:32613")
def _feet(layers: Layers, _given: dict[str, Any]) -> None:
    ground = [
        shapely.box(3_100_000, 1_700_000, 3_101_000, 1_701_000),
        shapely.box(3_101_000, 1_700_000, 3_102_000, 1_701_000),
    ]
    layers["villages"] = gpd.GeoDataFrame(layers["villages"].drop(columns="geometry"), geometry=ground, crs="EPSG:2232")


@case('[input] crs = "EPSG:999999" is not known')
def _unknown_crs(_layers: Layers, given: dict[str, Any]) -> None:
    given["crs"] = "EPSG:999999"


@case("layer villages", "its CRS is in degrees, but x runs from 480000 to 480400")
def _metres_called_degrees(layers: Layers, _given: dict[str, Any]) -> None:
    layers["villages"] = layers["villages"].set_crs("EPSG:4490", allow_override=True)


@case("layer villages", "its coordinates are degrees")
def _degrees_called_metres(layers: Layers, _given: dict[str, Any]) -> None:
    layers["villages"] = layers["villages"].to_crs(4490).set_crs("EPSG:4549", allow_override=True)


@case("rows 1, 2: the village code 350302101001 stands 2 times")
def _duplicate_code(layers: Layers, _given: dict[str, Any]) -> None:
    layers["villages"]["code"] = CODES[0]


@case("layer villages, row 2: blank village code (column code)")
def _blank_code(layers: Layers, _given: dict[str, Any]) -> None:
    layers["villages"]["code"] = [CODES[0], "  "]


@case("layer villages, row 2: no geometry")
def _none_geometry(layers: Layers, _given: dict[str, Any]) -> None:
    put(layers, "villages", 1, None)


@case("layer villages, row 1: no geometry")
def _empty_geometry(layers: Layers, _given: dict[str, Any]) -> None:
    put(layers, "villages", 0, shapely.Polygon())


@case("layer villages, row 1: invalid polygon (Self-intersection")
def _invalid_geometry(layers: Layers, _given: dict[str, Any]) -> None:
    put(layers, "villages", 0, BOW_TIE)


@case("layer villages, row 2: LineString where polygons are needed")
def _line_as_village(layers: Layers, _given: dict[str, Any]) -> None:
    put(layers, "villages", 1, shapely.LineString([at(0, 0), at(9, 9)]))


@case(
    "layer blocks, row 3: no geometry",
    "layer blocks, row 4: invalid polygon",
    "layer blocks, rows 7, 8: the base area code K9",
)
def _bad_base_areas(layers: Layers, given: dict[str, Any]) -> None:
    with_blocks(given)
    put(layers, "blocks", 2, None)
    put(layers, "blocks", 3, BOW_TIE)
    layers["blocks"]["block"] = [*"ABCDEF", "K9", "K9"]


@case("layer blocks, row 8: outside every village")
def _base_area_outside(layers: Layers, given: dict[str, Any]) -> None:
    with_blocks(given)
    put(layers, "blocks", 7, box(900, 900, 950, 950))


@case("layer blocks, row 5: village names villages that are not in the villages layer ('X')")
def _base_area_of_unknown_village(layers: Layers, given: dict[str, Any]) -> None:
    with_blocks(given)
    given["base_areas"]["village"] = "village"
    layers["blocks"].loc[4, "village"] = "X"


@case("layer villages, row 2: hh is below zero (-4)")
def _negative_total(layers: Layers, _given: dict[str, Any]) -> None:
    layers["villages"]["hh"] = [80, -4]


@case(
    "layer buildings, rows 1, 2, 3, 4, 5 and 27 more: hh is not a whole number ('many', 'many', 'many', 'many', 'many' …)"
)
def _words_for_households(layers: Layers, _given: dict[str, Any]) -> None:
    layers["buildings"]["hh"] = "many"


@case("layer buildings, row 3: hh is not a whole number (2.5)")
def _half_a_household(layers: Layers, _given: dict[str, Any]) -> None:
    layers["buildings"]["hh"] = [5.0, 5.0, 2.5] + [5.0] * 29


@case("layer buildings, row 32: hh is below zero (-1)")
def _negative_households(layers: Layers, _given: dict[str, Any]) -> None:
    layers["buildings"]["hh"] = [5] * 31 + [-1]


@case("villages 350302101001 and 350302101002 overlap by 4,000 m²")
def _overlap(layers: Layers, _given: dict[str, Any]) -> None:
    put(layers, "villages", 0, box(0, 0, 220, 200))


@case("a gap of 50 m²", "350302101001, 350302101002")
def _gap(layers: Layers, _given: dict[str, Any]) -> None:
    notch = box(199, 50, 200, 100)
    put(layers, "villages", 0, box(0, 0, 200, 200).difference(notch))


@case("a gap of 100 m²", "350302101001, 350302101002")
def _gap_between_two_touches(layers: Layers, _given: dict[str, Any]) -> None:
    put(layers, "villages", 1, shapely.Polygon([at(200, 0), at(400, 0), at(400, 200), at(200, 200), at(201, 100)]))


@case("village 350302101001: 80000 households make 1000 areas of 80, but a village can have 899")
def _more_than_899_areas(layers: Layers, _given: dict[str, Any]) -> None:
    layers["villages"]["hh"] = [80_000, 80]


@case("is not a file on this computer")
def _address(_layers: Layers, given: dict[str, Any]) -> None:
    given["villages"]["path"] = "https://example.org/town.gpkg"


@case("is not a file on this computer")
def _inside_an_archive(_layers: Layers, given: dict[str, Any]) -> None:
    given["villages"]["path"] = "/vsizip/town.zip/town.gpkg"


@case("is not a file on this computer")
def _connection(_layers: Layers, given: dict[str, Any]) -> None:
    given["villages"]["path"] = "PG:dbname=census"


@pytest.mark.parametrize("name", CASES)
def test_each_fault_is_named(tmp_path: Path, name: str) -> None:
    """What is wrong stands in the message: where, which rows, which value, what to do."""
    spoil, says = CASES[name]
    layers, given = town_layers(), town_input()
    spoil(layers, given)
    write_town(tmp_path, layers)
    with pytest.raises(InputError) as raised:
        read_territory(town_settings(tmp_path, given))
    text = raised.value.text()
    for part in says:
        assert part in text
    assert "\n\n" not in text


@pytest.mark.parametrize("name", [n for n, (_, says) in CASES.items() if len(says) < 3 and n != "gap"])
def test_one_fault_makes_one_message(tmp_path: Path, name: str) -> None:
    """A single mistake is not said twice in other words."""
    spoil, _says = CASES[name]
    layers, given = town_layers(), town_input()
    spoil(layers, given)
    write_town(tmp_path, layers)
    with pytest.raises(InputError) as raised:
        read_territory(town_settings(tmp_path, given))
    assert len(raised.value.faults) == 1, raised.value.text()


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    """One run names everything that must be mended, across layers."""
    layers, given = town_layers(), town_input()
    layers["villages"]["code"] = [CODES[0], None]
    layers["buildings"]["hh"] = -1
    given["lines"][0]["class"] = "higway"
    given["townships"] = {"path": "towns.gpkg"}
    write_town(tmp_path, layers)
    with pytest.raises(InputError) as raised:
        read_territory(town_settings(tmp_path, given))
    faults = [str(f) for f in raised.value.faults]
    for part in ("blank village code", "hh is below zero", "did you mean highway?", "towns.gpkg: no such file"):
        assert sum(part in f for f in faults) == 1


@pytest.mark.parametrize("suffix", [".vrt", ".zip", ".txt", ".gpkg", ".geojson"])
def test_a_file_that_reads_other_files_is_refused(tmp_path: Path, suffix: str) -> None:
    """A virtual layer is refused under its own suffix and under a false one."""
    write_town(tmp_path)
    text = '<OGRVRTDataSource><OGRVRTLayer name="villages"><SrcDataSource relativeToVRT="1">town.gpkg</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    (tmp_path / f"sly{suffix}").write_text(text)
    given = town_input()
    given["villages"]["path"] = f"sly{suffix}"
    with pytest.raises(InputError, match=f"sly{suffix}"):
        read_territory(town_settings(tmp_path, given))


def test_a_torn_file_is_refused(tmp_path: Path) -> None:
    """A GeoPackage cut off in the middle is a message, not a traceback."""
    place = write_town(tmp_path)
    place.write_bytes(place.read_bytes()[:5000])
    with pytest.raises(InputError, match=r"town\.gpkg: cannot be opened"):
        read_territory(town_settings(tmp_path))


@pytest.mark.real
def test_real_messy_layers_are_refused_by_name(real_data: Path) -> None:
    """The Japanese prefecture and the precincts of Colorado are refused with rows, codes and m²; Goa asks for a CRS."""
    for given, says in (
        (
            {"villages": {"path": "japan_tottori/small_areas.gpkg", "code": "KEY_CODE"}},
            ("row 34: invalid polygon", "overlap by 29,565 m²", "more gaps"),
        ),
        (
            {"villages": {"path": "messy_precincts_co_gap/precincts.gpkg", "code": "PRECID"}},
            ("US survey foot", "EPSG:32613"),
        ),
        (
            {"crs": "EPSG:32613", "villages": {"path": "messy_precincts_co_gap/precincts.gpkg", "code": "PRECID"}},
            ("2161324005 and 2162530036 overlap",),
        ),
        ({"villages": {"path": "india_goa/villages.gpkg", "code": "CEN_2001"}}, ("is in degrees", "EPSG:32643")),
        ({"villages": {"path": "messy_kinmen_gbk_noprj/villages.shp", "code": "村代码"}}, ("has no CRS",)),
    ):
        with pytest.raises(InputError) as raised:
            read_territory(town_settings(real_data, given))
        for part in says:
            assert part in raised.value.text()


def test_an_outline_of_spikes_is_widened_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A village of 50,000 spikes, deep or shallow: what is widened has few bends, and the lines of the place are kept."""
    from areaplan.files.reading.lines import _clipped

    widened: list[int] = []
    buffer = shapely.buffer

    def counted(shapes: np.ndarray, *args: object, **keys: object) -> np.ndarray:
        widened.append(int(shapely.get_num_coordinates(shapes).sum()))
        return buffer(shapes, *args, **keys)

    monkeypatch.setattr(shapely, "buffer", counted)
    x = np.linspace(0, 400, 100_001)
    street = gpd.GeoDataFrame(geometry=[shapely.LineString([(-900, 100), (900, 100)])], crs="EPSG:4549")
    for depth in (10.0, 150.0):
        teeth = np.column_stack([x, np.where(np.arange(100_001) % 2, 200.0, 200.0 - depth)])[::-1]
        village = np.array([shapely.Polygon([*teeth, (0, 0), (400, 0)])], dtype=object)
        kept = _clipped(street, village, 250.0)
        assert 899 <= kept.geometry.length.sum() <= 901  # 400 m and the margin on both sides
    assert max(widened) < 100
    round_village = shapely.Point(0, 0).buffer(300, quad_segs=25_000)
    assert (
        1_050
        <= _clipped(
            street.translate(0, -100).to_frame("geometry"), np.array([round_village], dtype=object), 250.0
        ).geometry.length.sum()
        <= 1_150
    )


def test_a_village_of_spikes_is_refused_by_row(tmp_path: Path) -> None:
    """50,000 spikes: said before the work that would grow with their square."""
    turn = np.linspace(0, 2 * np.pi, 100_000, endpoint=False)
    reach = np.where(np.arange(100_000) % 2, 90.0, 99.9)
    star = shapely.Polygon(np.column_stack([100 + reach * np.cos(turn), 100 + reach * np.sin(turn)]) + at(0, 0))
    villages = town_layers()["villages"]
    villages.set_geometry(gpd.GeoSeries([star, villages.geometry[1]], crs=villages.crs)).to_file(tmp_path / "v.gpkg")
    with pytest.raises(InputError, match="row 1: the outline is more than 50 times as long"):
        read_territory(town_settings(tmp_path, {"villages": {"path": "v.gpkg", "code": "code", "name": "name"}}))


def test_a_border_of_millimetre_teeth_is_refused_by_row(tmp_path: Path) -> None:
    """50,000 teeth of 2 mm kept the planner busy for minutes; with 5,000 of them the village is read."""
    villages = town_layers()["villages"]
    for teeth, refused in ((50_000, True), (5_000, False)):
        x = np.linspace(0, 100, 2 * teeth + 1)
        edge = np.column_stack([x, np.where(np.arange(len(x)) % 2, 0.002, 0.0)])
        toothed = shapely.Polygon([*(edge + np.array(at(0, 0))), at(100, 200), at(0, 200)])
        villages.iloc[:1].set_geometry([toothed], crs=villages.crs).to_file(tmp_path / "v.gpkg")
        settings = town_settings(tmp_path, {"villages": {"path": "v.gpkg", "code": "code", "households": "hh"}})
        if refused:
            with pytest.raises(InputError, match=r"row 1: the outline has more than 20,000 edges shorter than 10 cm"):
                read_territory(settings)
        else:
            assert len(read_territory(settings).villages) == 1


def test_streets_and_footprints_of_spikes_are_set_aside_by_row(tmp_path: Path) -> None:
    """A street of 3,000 teeth is no street; a footprint of 3,000 spikes stands as a point, and its households stay."""
    layers = town_layers()
    i = np.arange(6000)
    teeth = np.column_stack([200 * i / 6000, np.where(i % 2, 100.0, 120.0)]) + np.array(at(0, 0))
    turn, radius = 2 * np.pi * i / 6000, np.where(i % 2, 1.0, 5.0)
    star = np.column_stack([25 + radius * np.cos(turn), 25 + radius * np.sin(turn)]) + np.array(at(0, 0))
    put(layers, "streets", 0, shapely.LineString(teeth))
    put(layers, "buildings", 0, shapely.Polygon(star))
    write_town(tmp_path, layers)
    town = read_territory(town_settings(tmp_path))
    assert town.buildings.geometry.iloc[0].geom_type == "Point"
    assert town.buildings["households"].sum() == layers["buildings"]["hh"].sum()
    assert [f.rule for f in town.findings if "row 1" in f.message.text("en") and "runs to and fro" in f.message.text("en")] == ["R00"] * 2  # fmt: skip


def test_texts_that_are_no_names_are_refused_by_row(tmp_path: Path) -> None:
    """A megabyte in a name would go into every message and map; letters spelt with other signs are told from missing columns."""
    villages = town_layers()["villages"]
    villages.assign(name=["东村", "x" * 20_000]).to_file(tmp_path / "v.gpkg")
    given = {"villages": {"path": "v.gpkg", "code": "code", "name": "name", "households": "hh"}}
    with pytest.raises(InputError, match="row 2: the text in column name has 20,000 characters"):
        read_territory(town_settings(tmp_path, given))
    villages.rename(columns={"name": "nom du cafe\u0301"}).to_file(tmp_path / "v.gpkg")
    given["villages"]["name"] = "nom du caf\u00e9"
    with pytest.raises(InputError, match="other signs for the same letters"):
        read_territory(town_settings(tmp_path, given))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_settings_from_a_pipe_or_a_device_are_not_waited_for(tmp_path: Path) -> None:
    """A pipe nobody writes into and a device without end are refused; so is a path longer than the disk bears."""
    os.mkfifo(tmp_path / "areaplan.toml")
    for path in (tmp_path / "areaplan.toml", Path("/dev/zero")):
        with pytest.raises(SettingsError, match="a pipe or a device"):
            read_settings(path)
    with pytest.raises(InputError, match="too long"):
        read_territory(town_settings(tmp_path, {"villages": {"path": "x" * 5000 + ".gpkg", "code": "code"}}))
    (tmp_path / "long.toml").write_text(f'[input.villages]\npath = "{"x" * 5000}.gpkg"\n')
    done = run_here(["plan", str(tmp_path / "long.toml"), "--out", str(tmp_path / "out")])
    assert (done.code, done.trace) == (2, "")
    assert "too long for this disk" in done.err
