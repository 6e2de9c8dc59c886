"""The plan file: what is written comes back, to the bit; what is no plan file is refused with all its faults."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from areaplan.cells import build_cells
from areaplan.certificate import content_hash
from areaplan.delineation import assemble_plan
from areaplan.errors import InputError, OutputError
from areaplan.files import read_plan, read_plan_meta, read_territory, write_plan
from areaplan.files.plan_file import plan_layers
from areaplan.households import estimate_households
from areaplan.messages import msg
from areaplan.model import AreaPlan, Finding, Findings, Severity
from areaplan.schema import SCHEMA, TABLES, conform
from areaplan.settings import read_settings, settings_text
from toys import CRS, EAST, NORTH, toy_plan

CREATED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "=1+1",
    "'; DROP TABLE areas; --",
    'a\nb\t"c"',
    "𡒄𤆵㘰",
    "",
    "{n} % \\u",
    " blank ",
]


def _assert_same(left: AreaPlan, right: AreaPlan) -> None:
    """Hold every layer to equal values, types, order and WKB."""
    one, two = plan_layers(left), plan_layers(right)
    assert list(one) == list(two)
    for name, table in one.items():
        other = two[name]
        pd.testing.assert_frame_equal(
            pd.DataFrame(table.drop(columns="geometry")), pd.DataFrame(other.drop(columns="geometry")), obj=name
        )
        assert _wkb(table) == _wkb(other), name
        assert table.crs == other.crs, name


def _wkb(table: gpd.GeoDataFrame) -> list[bytes | None]:
    return list(shapely.to_wkb(np.asarray(table.geometry.array, dtype=object)))


def _rich_plan() -> AreaPlan:
    """Return the toy plan with an exclave, findings of every geometry, optional layers and tables."""
    plan = toy_plan()
    east = shapely.box(EAST + 900, NORTH, EAST + 950, NORTH + 50)
    villages = plan.territory.villages.copy()
    villages.loc[0, "geometry"] = shapely.MultiPolygon([villages.geometry[0], east])
    villages.loc[1, ["persons", "target_households", "exclave"]] = [201, 70, "host"]
    parents = conform(
        gpd.GeoDataFrame({"level": ["township"], "code": ["350302101"], "name": ["镇"]}, geometry=[east], crs=CRS),
        "parents",
    )
    places = [
        None,
        shapely.Point(EAST, NORTH),
        shapely.LineString([(EAST, NORTH), (EAST + 1, NORTH)]),
        east,
        villages.geometry[0],
    ]
    findings = [
        Finding(
            "R09", s, text, msg("{text}: {n} households", text=text, n=i), f"v{i}", i / 3 if i % 2 else None, "m", place
        )
        for i, (text, place, s) in enumerate(zip(HOSTILE, [*places, *places], [*Severity] * 3, strict=False))
    ]
    tables = {
        "revisions": pd.DataFrame({"number": pd.array([1, None], dtype="Int64"), "made": ["2026", None], "author": ["王", "x"], "reason": ["", None], "change": ["{}", "[]"]}),
        "meta": pd.DataFrame({"key": ["later", "content_hash"], "value": ["kept", "stale"]}),
    }  # fmt: skip
    territory = replace(plan.territory, villages=villages, parents=parents, estimated=True, title="镇 <b>")
    return replace(
        plan, cells=replace(plan.cells, territory=territory), findings=Findings(tuple(findings)), tables=tables
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "plan.gpkg"
    write_plan(_rich_plan(), path, content_hash="abc", created=CREATED)
    return path


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(written, tmp_path / "plan.gpkg"))


@pytest.fixture
def db(copy: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(copy)) as connection:
        yield connection
        connection.commit()


def _change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_round_trip(written: Path) -> None:
    """read(write(plan)) is plan: values, types, order, geometry to the bit, tables, title."""
    plan, back = _rich_plan(), read_plan(written)
    _assert_same(plan, back)
    assert (back.territory.title, back.territory.estimated) == ("镇 <b>", True)
    assert [f.message.text("zh") for f in back.findings] == [f.message.text("zh") for f in plan.findings]
    assert settings_text(back.settings) == settings_text(plan.settings)
    expected = plan.tables["revisions"].astype(dict.fromkeys(("made", "author", "reason", "change"), object))
    pd.testing.assert_frame_equal(
        back.tables["revisions"], expected.where(expected.notna(), None).astype({"number": "Int64"})
    )
    assert list(back.tables) == list(TABLES)


def test_round_trip_again_changes_nothing(written: Path, tmp_path: Path) -> None:
    """Writing what was read gives the same file, byte for byte."""
    again = tmp_path / "plan.gpkg"
    write_plan(read_plan(written), again, content_hash="abc", created=CREATED)
    assert again.read_bytes() == written.read_bytes()


_coordinates = st.floats(-1e7, 1e7, allow_nan=False, width=64)
_texts = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
_counts = st.none() | st.integers(0, 2**53)


@budget(max_examples=6)
@given(
    texts=st.lists(_texts, min_size=12, max_size=12),
    counts=st.lists(_counts, min_size=12, max_size=12),
    reals=st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), min_size=12, max_size=12),
    points=st.lists(st.tuples(_coordinates, _coordinates), min_size=12, max_size=12),
)
def test_any_value_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[str | None],
    counts: list[int | None],
    reals: list[float | None],
    points: list[tuple[float, float]],
) -> None:
    """Any text, whole number, real number and coordinate of any row survives, null or not."""
    plan = toy_plan()
    corners = [shapely.Polygon([p, (p[0] + 1, p[1]), (p[0], p[1] + 1)]) for p in points]
    table = plan.cells.table.assign(
        ea_code=texts,
        households=pd.array(counts, dtype="Int64"),
        load_min=pd.array(reals, dtype="float64"),
        geometry=corners,
    )
    plan = replace(plan, cells=replace(plan.cells, table=conform(table, "cells")))
    path = tmp_path_factory.mktemp("any") / "plan.gpkg"
    write_plan(plan, path, created=CREATED)
    _assert_same(plan, read_plan(path))


def test_two_runs_differ_in_the_date_only(tmp_path: Path, written: Path) -> None:
    """The same plan and date give the same bytes."""
    write_plan(_rich_plan(), tmp_path / "plan.gpkg", content_hash="abc", created=CREATED)
    assert (tmp_path / "plan.gpkg").read_bytes() == written.read_bytes()


def test_layers_columns_and_types_are_those_of_the_format(db: sqlite3.Connection) -> None:
    """Every layer and table of the schema is there, with its columns in order and types that keep whole numbers whole."""
    kinds = {"text": "TEXT", "integer": "INTEGER", "real": "REAL", "flag": "BOOLEAN"}
    for name, columns in (SCHEMA | TABLES).items():
        if name in ("base_areas", "settlement", "complexes", "units", "pins"):
            continue
        found = {r[1]: r[2] for r in db.execute(f"PRAGMA table_info('{name}')") if r[1] not in ("fid", "geom")}
        assert found == {c: kinds[k] for c, k in columns.items()}, name


def test_empty_layers_have_their_columns(tmp_path: Path) -> None:
    """A plan without lines, buildings and findings has those layers, empty; optional input layers are left out."""
    plan = toy_plan()
    empty = replace(
        plan,
        cells=replace(
            plan.cells, buildings=plan.cells.buildings[:0], outer=plan.cells.outer[:0],
            territory=replace(plan.territory, lines=plan.territory.lines[:0]),
        ),
    )  # fmt: skip
    path = tmp_path / "plan.gpkg"
    write_plan(empty, path)
    _assert_same(empty, read_plan(path))
    layers = dict(pyogrio.list_layers(path).tolist())
    assert layers["lines"] == "LineString"
    assert not {"base_areas", "settlement", "parents"} & set(layers)


def test_a_layer_has_one_geometry_type(written: Path) -> None:
    """One exclave makes its whole layer multipart; only findings mix."""
    types = dict(pyogrio.list_layers(written).tolist())
    assert types["villages"] == "MultiPolygon"
    assert types["areas"] == "Polygon"
    assert [n for n, t in types.items() if t == "Unknown"] == ["findings"]


def test_buildings_may_be_points(tmp_path: Path) -> None:
    """Points come back as points, and their style is a marker."""
    plan = toy_plan()
    points = plan.cells.buildings.set_geometry(plan.cells.buildings.representative_point())
    plan = replace(plan, cells=replace(plan.cells, buildings=points))
    path = tmp_path / "plan.gpkg"
    write_plan(plan, path)
    _assert_same(plan, read_plan(path))
    with closing(sqlite3.connect(path)) as db:
        (qml,) = db.execute("SELECT styleQML FROM layer_styles WHERE f_table_name = 'buildings'").fetchone()
    assert ET.fromstring(qml).find(".//symbol").get("type") == "marker"  # noqa: S314 - our own text


def test_a_crs_without_a_number_comes_back(tmp_path: Path) -> None:
    """A local grid that no register knows is stored whole."""
    local = pyproj.CRS("+proj=tmerc +lat_0=0 +lon_0=118.6 +k=1 +x_0=500000 +y_0=-10000 +ellps=GRS80 +units=m +no_defs")
    plan = toy_plan()
    cells = plan.cells
    moved = {n: t.set_crs(local, allow_override=True) for n, t in plan_layers(plan).items()}
    empty = {
        n: getattr(plan.territory, n).set_crs(local, allow_override=True)
        for n in ("base_areas", "settlement", "parents")
    }
    territory = replace(
        plan.territory, villages=moved["villages"], lines=moved["lines"], buildings=moved["buildings"], **empty
    )
    cells = replace(
        cells, territory=territory, table=moved["cells"], borders=moved["cell_borders"], outer=moved["outer_borders"], buildings=moved["buildings"]
    )  # fmt: skip
    path = tmp_path / "plan.gpkg"
    write_plan(replace(plan, cells=cells, areas=moved["areas"], boundaries=moved["boundaries"]), path)
    back = read_plan(path)
    assert back.crs.equals(local, ignore_axis_order=True)
    _assert_same(back, read_plan(path))


def test_meta_says_what_made_the_file(written: Path) -> None:
    """Versions, settings, seed, hash and date stand in `meta`; rows of later work stay, those about the file are new."""
    meta = read_plan_meta(written)
    assert meta["schema_version"] == "1"
    assert meta["created"] == "2026-01-02T03:04:05Z"
    assert (meta["content_hash"], meta["later"]) == ("abc", "kept")
    assert {"lang", "areaplan_version", "settings", "rule_pack", "seed", "title", "estimated"} <= set(meta)
    assert "path" not in meta["settings"]
    assert "folder" not in meta["settings"]


def test_a_stale_hash_is_not_carried_over(written: Path, tmp_path: Path) -> None:
    """A plan that is written without a hash does not keep that of the file it was read from."""
    write_plan(read_plan(written), tmp_path / "plan.gpkg")
    assert "content_hash" not in read_plan_meta(tmp_path / "plan.gpkg")


def test_no_path_of_this_machine_is_inside(written: Path) -> None:
    """The file can be handed on: it does not say where it was made."""
    assert str(written.parent).encode() not in written.read_bytes()


def test_every_layer_has_a_style_that_qgis_finds(db: sqlite3.Connection) -> None:
    """Each style is well-formed, names columns of its layer only, and is the default of layer and geometry column."""
    rows = db.execute(
        "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles WHERE f_table_catalog = '' AND f_table_schema = ''"
    ).fetchall()
    layers = dict(db.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
    assert {r[0]: r[1] for r in rows} == layers
    for name, _, qml, default in rows:
        root = ET.fromstring(qml)  # noqa: S314 - our own text
        assert default == 1
        expressions = [root.find("renderer-v2").get("attr", ""), *(t.get("fieldName") for t in root.iter("text-style"))]
        columns = {part for e in expressions for part in e.split('"')[1::2]}
        assert columns <= set(SCHEMA[name]), name
        symbols = {s.get("name") for s in root.iter("symbol")}
        assert {c.get("symbol") for c in root.iter("category")} <= symbols
    assert db.execute("SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'").fetchone() == (
        "attributes",
    )


def test_the_file_is_a_sound_geopackage(db: sqlite3.Connection) -> None:
    """SQLite finds no damage, foreign keys hold, and every registered table exists."""
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    tables = {n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {n for (n,) in db.execute("SELECT table_name FROM gpkg_contents")} <= tables


def test_all_faults_of_form_come_at_once(copy: Path) -> None:
    """A missing layer, a missing column, a code stored as a number: one exception names them all."""
    _change(
        copy,
        "DELETE FROM gpkg_contents WHERE table_name = 'boundaries'",
        "ALTER TABLE areas RENAME COLUMN households TO hh",
        "ALTER TABLE revisions RENAME COLUMN author TO who",
    )
    _change(copy, "ALTER TABLE cells DROP COLUMN village_code", "ALTER TABLE cells ADD COLUMN village_code INTEGER")
    with pytest.raises(InputError) as caught:
        read_plan(copy)
    text = "\n".join(str(m) for m in caught.value.faults)
    assert len(caught.value.faults) == 4
    assert "the layer `boundaries` is missing" in text
    assert "the layer `areas` has no column `households`" in text
    assert "the layer `revisions` has no column `author`" in text
    assert "the column `village_code` of `cells` is INTEGER; it must be TEXT" in text


def test_what_a_later_schema_added_may_be_missing(copy: Path) -> None:
    """A file without our additions to the format (outer borders, label, exclave) is read; what it lacks is empty."""
    _change(
        copy,
        "DELETE FROM gpkg_contents WHERE table_name = 'outer_borders'",
        "ALTER TABLE cells DROP COLUMN label",
        "ALTER TABLE villages DROP COLUMN exclave",
        "ALTER TABLE cells ADD COLUMN extra TEXT",
    )
    plan = read_plan(copy)
    assert list(plan.cells.table.columns) == [*SCHEMA["cells"], "geometry"]
    assert plan.cells.table["label"].isna().all()
    assert len(plan.cells.outer) == 0


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE meta SET value = '99' WHERE key = 'schema_version'", "install a newer one"),
        ("UPDATE meta SET value = 'x' WHERE key = 'schema_version'", "no schema_version"),
        ("DELETE FROM meta WHERE key = 'settings'", "no settings"),
        ("UPDATE meta SET value = '[areas' WHERE key = 'settings'", "not valid TOML"),
        ("UPDATE meta SET value = '[areas]\nmin_household = 3' WHERE key = 'settings'", "min_households"),
        ("DROP TABLE meta", "damaged"),
        ("DELETE FROM gpkg_contents WHERE table_name = 'meta'", "is not a plan file"),
        ("INSERT INTO revisions (number) VALUES ('many')", "column `number` of `revisions` holds values"),
        ("UPDATE gpkg_geometry_columns SET srs_id = 4326 WHERE table_name = 'cells'", "CRS of `cells`"),
        ("DROP TABLE gpkg_contents", "damaged or not a GeoPackage"),
    ],
)
def test_an_unusable_file_says_why(copy: Path, statement: str, words: str) -> None:
    """Each fault of the file as a whole has its own sentence."""
    _change(copy, "PRAGMA foreign_keys = OFF", statement)
    with pytest.raises(InputError, match=words):
        read_plan(copy)


@pytest.mark.parametrize("layer", ["villages", "areas", "lines", "buildings"])
def test_coordinates_of_no_place_on_earth_are_refused_by_row(tmp_path: Path, layer: str) -> None:
    """No verb can measure or draw them, so none begins; zone numbers in front of the coordinates are no harm."""
    plan = toy_plan()
    tables = {"villages": plan.territory.villages, "areas": plan.areas, "lines": plan.territory.lines, "buildings": plan.cells.buildings}  # fmt: skip
    far = tables[layer].copy()
    far.loc[0, "geometry"] = shapely.box(1e300, 1e300, 2e300, 2e300) if layer != "lines" else shapely.LineString([(0, 0), (1e300, 0)])  # fmt: skip
    territory = replace(plan.territory, **({layer: far} if layer != "areas" else {}))
    buildings = far if layer == "buildings" else plan.cells.buildings
    spoilt = replace(
        plan,
        cells=replace(plan.cells, territory=territory, buildings=buildings),
        areas=far if layer == "areas" else plan.areas,
    )
    write_plan(spoilt, tmp_path / "plan.gpkg")
    with pytest.raises(InputError, match=f"layer `{layer}`, row 1: coordinates of no place on earth"):
        read_plan(tmp_path / "plan.gpkg")


@pytest.mark.parametrize("content", [b"", b"not a plan", b"SQLite format 3\x00", b"<OGRVRTDataSource/>"])
def test_what_is_no_geopackage_is_refused(tmp_path: Path, content: bytes) -> None:
    """Other files, empty ones, and those that GDAL would gladly open are no plan."""
    path = tmp_path / "plan.gpkg"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"GeoPackage|not a plan"):
        read_plan(path)


def test_a_truncated_file_is_refused(copy: Path) -> None:
    """Half a file is an InputError, wherever it breaks."""
    whole = copy.read_bytes()
    for share in (0.02, 0.3, 0.6, 0.9):
        copy.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(InputError):
            read_plan(copy)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """No file: the path and the verb that makes one; a folder is searched for plan.gpkg."""
    with pytest.raises(InputError, match="areaplan plan"):
        read_plan(tmp_path / "none.gpkg")
    with pytest.raises(InputError, match="no such plan"):
        read_plan(tmp_path)


def test_a_folder_stands_for_its_plan(written: Path) -> None:
    """`out` means `out/plan.gpkg`."""
    assert len(read_plan(written.parent).areas) == 6


def test_odd_content_is_left_for_the_judge(copy: Path) -> None:
    """Null geometry, a code twice and an unknown severity are read, not refused."""
    with closing(sqlite3.connect(copy)) as db, db:
        for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'areas'"
        ).fetchall():
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute("UPDATE areas SET geom = NULL, ea_code = '350302101001002' WHERE fid = 1")
    _change(copy, "UPDATE meta SET value = 'x' WHERE key = 'estimated'")
    plan = read_plan(copy)
    assert plan.areas.geometry.isna().tolist() == [True] + [False] * 5
    assert plan.areas["ea_code"].duplicated().sum() == 1


def test_a_failed_write_keeps_the_old_plan(written: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in the middle of writing leaves the old file as it was, and nothing beside it."""
    import areaplan.files.plan_file as module

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(module, "_write_table", full)
    with pytest.raises(OutputError, match="full"):
        write_plan(toy_plan(), copy)
    assert copy.read_bytes() == written.read_bytes()
    assert [p.name for p in copy.parent.iterdir()] == ["plan.gpkg"]


def test_an_impossible_place_is_an_output_error(tmp_path: Path) -> None:
    """A folder where the file should go, or a file where its folder should be."""
    (tmp_path / "f").write_text("")
    for place in (tmp_path, tmp_path / "f" / "plan.gpkg"):
        with pytest.raises(OutputError):
            write_plan(toy_plan(), place)


@pytest.mark.real
def test_a_real_town_comes_back(real_data: Path, tmp_path: Path) -> None:
    """The cells of a real town with islands: equal to the bit, and of the same content hash, before and after."""
    chosen = read_settings(real_data / "configs" / "ready_kinmen_jinhu.toml")
    cells = build_cells(estimate_households(read_territory(chosen), chosen), chosen)
    codes = pd.Series((cells.table["village_code"] + "001").to_list(), index=cells.table["cell_id"])
    plan = assemble_plan(cells, codes, chosen)
    write_plan(plan, tmp_path / "plan.gpkg")
    back = read_plan(tmp_path / "plan.gpkg")
    _assert_same(plan, back)
    assert content_hash(plan) == content_hash(back)
    assert set(plan.areas.geom_type) == {"Polygon", "MultiPolygon"}
