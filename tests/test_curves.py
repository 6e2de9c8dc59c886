"""Arcs, as CAD draws them: GDAL cannot write them here, so they are put into a GeoPackage by hand, byte for byte."""

from __future__ import annotations

import math
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from areaplan.files.reading.curves import curved_rows
from here import run_here
from towns import CODES, CRS

EAST, NORTH, WIDE = 480_000.0, 2_800_000.0, 200.0


def _ring(*pieces: tuple[int, list[tuple[float, float]]]) -> bytes:
    """Return a compound curve (9) of lines (2) and circular strings (8), in well-known binary."""
    parts = b"".join(
        struct.pack("<BII", 1, kind, len(points)) + b"".join(struct.pack("<dd", EAST + x, NORTH + y) for x, y in points)
        for kind, points in pieces
    )
    return struct.pack("<BII", 1, 9, len(pieces)) + parts


def _curve_polygon(*pieces: tuple[int, list[tuple[float, float]]]) -> bytes:
    return struct.pack("<BII", 1, 10, 1) + _ring(*pieces)


WEST = _curve_polygon(
    (8, [(200, 0), (300, 100), (200, 200)]),  # half a circle of 100 m, bulging east
    (2, [(200, 200), (0, 200), (0, 0), (200, 0)]),
)
EASTERN = _curve_polygon(
    (2, [(200, 0), (400, 0), (400, 200), (200, 200)]),
    (8, [(200, 200), (300, 100), (200, 0)]),  # the same arc, the other way round
)


def write_curved(path: Path) -> None:
    """Write two villages whose common border is an arc."""
    boxes = [shapely.box(EAST, NORTH, EAST + 200, NORTH + 200), shapely.box(EAST + 200, NORTH, EAST + 400, NORTH + 200)]
    table = gpd.GeoDataFrame({"code": list(CODES), "hh": [80, 80]}, geometry=boxes, crs=CRS)
    table.to_file(path, layer="villages")
    with closing(sqlite3.connect(path)) as db, db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f'DROP TRIGGER "{trigger}"')
        for row, shape in enumerate((WEST, EASTERN), 1):
            (blob,) = db.execute("SELECT geom FROM villages WHERE fid = ?", (row,)).fetchone()
            head = blob[:3] + bytes([blob[3] & 0xF1]) + blob[4:8]  # no envelope
            db.execute("UPDATE villages SET geom = ? WHERE fid = ?", (head + shape, row))
        db.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = 'GEOMETRY'")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_curved(tmp_path / "curved.gpkg")
    return tmp_path


def test_the_judge_reads_arcs_as_straight_pieces_and_says_so(folder: Path) -> None:
    """Both sides of an arc get the same vertices, so the layer is sound; the rows are named."""
    done = run_here(["check", str(folder / "curved.gpkg"), "--code", "code", "--out", str(folder / "out")])
    assert (done.code, done.trace) == (0, ""), done
    assert "rows 1, 2: drawn with arcs" in " ".join(done.out.split())
    assert "gap: 1" not in done.out
    said = gpd.read_file(folder / "out" / "findings.gpkg", layer="findings")
    assert said["rule"].tolist() == ["R00"]


def test_villages_with_arcs_are_planned(folder: Path) -> None:
    """The plan is proved, and the ground is that of the circle but for less than a tenth of a percent."""
    text = f'title = "Arcs"\n[input.villages]\npath = "curved.gpkg"\ncode = "code"\nhouseholds = "hh"\n[output]\nlang = "en"\nfolder = "{(folder / "out").as_posix()}"\n'
    (folder / "areaplan.toml").write_text(text, encoding="utf-8")
    done = run_here(["plan", str(folder / "areaplan.toml"), "--jobs", "1"])
    assert (done.code, done.trace) == (0, ""), done
    assert "drawn with arcs" in " ".join(done.out.split())
    west = gpd.read_file(folder / "out" / "plan.gpkg", layer="villages").geometry.area.iloc[0]
    assert west == pytest.approx(200 * WIDE + math.pi * 100**2 / 2, rel=1e-3)


def test_straight_rows_are_not_named(folder: Path) -> None:
    """Only curved kinds count, and a file of another format has none."""
    assert curved_rows(folder / "curved.gpkg", "villages") == [0, 1]
    gpd.read_file(folder / "curved.gpkg").to_file(folder / "straight.gpkg", layer="villages")
    assert curved_rows(folder / "straight.gpkg", "villages") == []
    assert curved_rows(folder / "straight.geojson", "villages") == []
