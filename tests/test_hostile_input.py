"""Input that means harm: addresses, disguises, bombs, endless rows, and names that want to be more than names."""

from __future__ import annotations

import json
import os
import sqlite3
import unicodedata
import zipfile
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from areaplan.certificate import content_hash
from areaplan.check import check_plan
from areaplan.errors import InputError
from areaplan.files import guess_settings, read_layer, read_territory, write_plan
from areaplan.files.reading import limits
from areaplan.reports import Occasion, checklist, opinion
from areaplan.reports.page import report_page
from here import run_here
from hostile import HOSTILE, hostile_findings, hostile_plan
from test_reports import _texts
from towns import box, town_input, town_layers, town_settings, write_town
from toys import toy_plan

VRT = '<OGRVRTDataSource><OGRVRTLayer name="villages"><SrcDataSource>secret.geojson</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'

ADDRESSES = [
    "http://example.org/v.geojson", "https://example.org/v.gpkg", "ftp://h/v.shp", "/vsicurl/http://example.org/v.geojson", "/vsizip/a.zip/v.shp",
    "/vsistdin/", "PG:host=h dbname=d", "MYSQL:d,user=u", "GPKG:v.gpkg:villages", "ESRI:v", "\\\\server\\share\\v.gpkg", VRT, '{"type": "FeatureCollection", "features": []}',
    "v.vrt", "v.xml", "v.pdf", "v.zip", "v.tar.gz", "v.py", "v", ".", "..", "/dev/zero", "/etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("path", ADDRESSES)
def test_only_local_files_of_known_kinds(tmp_path: Path, path: str) -> None:
    """Addresses, connection strings, virtual files and other kinds of file are refused before any library sees them."""
    for name in ("v.vrt", "v.xml", "v.pdf", "v.zip", "v.tar.gz", "v.py", "v"):
        (tmp_path / name).write_text(VRT)
    given = town_input()
    given["villages"]["path"] = path
    with pytest.raises(
        InputError,
        match=r"is not a file on this computer|is not a kind of file|is an archive|no such file|a folder stands",
    ):
        read_territory(town_settings(tmp_path, given))
    with pytest.raises(InputError):
        read_layer(path)
    done = run_here(["check", str(tmp_path / path) if path[0] == "v" else path])
    assert (done.code, done.trace) == (2, "")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_pipes_and_devices_are_not_waited_for(tmp_path: Path) -> None:
    """A pipe, a device behind a link and a link to itself are refused at once, under any name."""
    os.mkfifo(tmp_path / "pipe.gpkg")
    (tmp_path / "zeros.geojson").symlink_to("/dev/zero")
    (tmp_path / "loop.gpkg").symlink_to("loop.gpkg")
    write_town(tmp_path)
    assert "town.gpkg" in guess_settings(tmp_path)
    for name, said in (("pipe.gpkg", "a pipe"), ("zeros.geojson", "a pipe"), ("loop.gpkg", "no such file")):
        given = town_input()
        given["villages"]["path"] = name
        with pytest.raises(InputError, match=said):
            read_territory(town_settings(tmp_path, given))


def test_a_broken_prj_is_said(tmp_path: Path) -> None:
    """What no library can read as a CRS is called that."""
    town_layers()["villages"].to_file(tmp_path / "v.shp", encoding="UTF-8")
    (tmp_path / "v.prj").write_text('PROJCS["junk')
    with pytest.raises(InputError, match=r"take the \.prj away"):
        read_layer(tmp_path / "v.shp")


@pytest.mark.parametrize("name", ["v.geojson", "v.json", "v.gpkg", "v.shp", "v.fgb", "v.parquet"])
def test_a_virtual_file_in_disguise(tmp_path: Path, name: str) -> None:
    """A virtual file does not read others under a known name."""
    (tmp_path / name).write_text(VRT)
    for suffix in (".shx", ".dbf"):
        (tmp_path / "v").with_suffix(suffix).write_bytes(b"")
    (tmp_path / "secret.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(InputError, match="its content is not that of"):
        read_layer(tmp_path / name)


class TestLimits:
    """Bombs are refused by what their own index says, before they unpack."""

    def test_a_workbook_that_unpacks_to_a_gigabyte(self, tmp_path: Path) -> None:
        """A megabyte of zip that holds a gigabyte of noughts is not opened, and memory is not touched."""
        pd.DataFrame({"code": ["1"], "hh": [2]}).to_excel(tmp_path / "t.xlsx", index=False)
        with zipfile.ZipFile(tmp_path / "t.xlsx", "a", zipfile.ZIP_DEFLATED) as bomb:
            bomb.writestr("xl/worksheets/sheet9.xml", bytes(60_000_000))
        given = town_input() | {"totals": {"path": "t.xlsx", "code": "code", "households": "hh"}}
        write_town(tmp_path)
        with pytest.raises(InputError, match="would unpack to 60 MB"):
            read_territory(town_settings(tmp_path, given))

    def test_too_many_rows(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """No more rows than the bound are ever read."""
        write_town(tmp_path)
        monkeypatch.setattr(limits.Limits, "rows", 20)
        with pytest.raises(InputError, match="more than 20 rows"):
            read_territory(town_settings(tmp_path))

    def test_too_many_vertices(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The message says how many there are and how many may be."""
        write_town(tmp_path)
        monkeypatch.setattr(limits.Limits, "vertices", 100)
        with pytest.raises(InputError, match="160 vertices, more than 100"):
            read_territory(town_settings(tmp_path))

    @pytest.mark.filterwarnings("ignore:Field hh")
    @pytest.mark.parametrize("suffix", ["gpkg", "geojson", "parquet", "gdb"])
    def test_too_large_a_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
        """A file above the bound is not opened, whatever its kind; of a folder the files are added up."""
        villages = town_layers()["villages"]
        path = tmp_path / f"v.{suffix}"
        if suffix == "parquet":
            villages.to_parquet(path)
        else:
            villages.to_file(path, driver="OpenFileGDB" if suffix == "gdb" else None)
        monkeypatch.setattr(limits.Limits, "file_bytes", 500)
        with pytest.raises(InputError, match="GB"):
            read_layer(path)

    def test_a_parquet_file_that_unpacks_to_much(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Parquet packs a million equal rows into nothing; its index tells how large they are."""
        rows = pd.DataFrame({"code": ["x" * 200] * 20_000})
        gpd.GeoDataFrame(rows, geometry=[box(0, 0, 1, 1)] * 20_000, crs=4549).to_parquet(tmp_path / "v.parquet")
        size = (tmp_path / "v.parquet").stat().st_size
        monkeypatch.setattr(limits.Limits, "file_bytes", 2 * size)
        monkeypatch.setattr(limits.Limits, "rows", 10_000)
        with pytest.raises(InputError, match=r"would unpack|more than 10,000 rows"):
            read_layer(tmp_path / "v.parquet")

    def test_a_query_without_end(self, tmp_path: Path) -> None:
        """A layer that is a stored query, here an endless one, is refused without being asked."""
        path = write_town(tmp_path)
        with closing(sqlite3.connect(path)) as db, db:
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f'DROP TRIGGER "{name}"')
            db.execute("ALTER TABLE villages RENAME TO v0")
            db.execute(
                "CREATE VIEW villages AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                "SELECT n.i AS fid, v0.geom, v0.code, v0.name, v0.hh FROM n, v0"
            )
        with pytest.raises(InputError, match="stored query"):
            read_territory(town_settings(tmp_path))


def _visible(text: str) -> bool:
    """Tell whether a text holds only characters that a terminal shows."""
    return not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") and c != "\n" for c in text)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_names_are_text_in_the_report(text: str) -> None:
    """In the report page a hostile name is text."""
    plan = hostile_plan(toy_plan(), text)
    report = check_plan(plan)
    page = report_page(report, title=text, lang="en", certificate={"title": text, "villages": [{text: text}]})
    assert page.lower().count("<script") == page.lower().count("<iframe") == page.lower().count("<img") == 0
    assert page.count("<svg") == 1


@pytest.mark.parametrize("text", HOSTILE[::5], ids=lambda t: repr(t)[:12])
def test_names_are_text_in_documents(text: str) -> None:
    """In the checklist and the opinion a hostile name is text."""
    plan = hostile_plan(toy_plan(), text)
    report = check_plan(plan)
    found = [*report.findings, *hostile_findings(plan, text)]
    documents = (
        checklist(plan, report, {"title": text}, findings=found),
        opinion(found, Occasion(title=text, addressee=text)),
    )
    assert all(_visible(_texts(d)) for d in documents)


@pytest.mark.parametrize("text", HOSTILE[::9], ids=lambda t: repr(t)[:12])
def test_names_are_text_on_the_screen(tmp_path: Path, text: str) -> None:
    """What is printed and what is written as JSON obeys no name; files are called by what they are."""
    plan = hostile_plan(toy_plan(), text)
    write_plan(plan, tmp_path / "plan.gpkg", content_hash=content_hash(plan))
    done = run_here(
        ["check", str(tmp_path / "plan.gpkg"), "--out", str(tmp_path / "out"), "--json", "--opinion", "--to", text]
    )
    assert done.trace == ""
    assert done.code in (0, 1)
    assert _visible(done.out + done.err)
    json.loads(done.out)
    named = {
        "findings.gpkg", "findings.geojson", "certificate.json", "checklist.docx", "report.html", "opinion.docx",
        "opinion_register.json", "opinion_register.xlsx",
    }  # fmt: skip
    assert {p.name for p in (tmp_path / "out").iterdir()} - {".areaplan-manifest.json"} == named


def test_the_screen_is_not_repainted(tmp_path: Path) -> None:
    """Escape sequences in a file's own words (layer, column and village names) reach no terminal."""
    layers = town_layers()
    layers["villages"].loc[0, "name"] = "\x1b[2J\x1b]0;owned\x07\u202eevil"
    layers["villages"].loc[0, "code"] = "\x1b[31m1"
    layers["villages"]["geometry"] = [shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, 1)]
    path = write_town(tmp_path, layers)
    for arguments in (
        ["check", str(path), "--layer", "villages", "--code", "code", "--name", "name"],
        ["check", str(path), "--layer", "\x1b[2Jx"],
    ):
        done = run_here(arguments)
        assert done.code in (1, 2)
        assert _visible(done.out + done.err)
