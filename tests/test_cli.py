"""The command line as a process: exit codes, one clear message, nothing half-written."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from towns import box, town_layers, write_town

SETTINGS = """
title = "Small town"

[input.villages]
path = "town.gpkg"
layer = "villages"
code = "code"
name = "name"
households = "hh"

[[input.lines]]
path = "town.gpkg"
layer = "streets"
kind = "street"
class = "highway"
name = "name"

[input.buildings]
path = "town.gpkg"
layer = "buildings"
households = "hh"

[areas]
target_households = 40
min_households = 30
max_households = 50
"""

Layers = dict[str, gpd.GeoDataFrame]


def run(folder: Path, *arguments: str, lang: str = "en") -> subprocess.CompletedProcess[str]:
    """Run areaplan as a user does, in ``folder``."""
    environment = {**os.environ, "LANGUAGE": "", "LC_ALL": "C.UTF-8", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "areaplan", *arguments, "--lang", lang]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=600
    )


def fingerprint(folder: Path) -> dict[str, str]:
    """Return the hash of every file below a folder."""
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()
    }


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a good town and its settings, planned once."""
    folder = tmp_path_factory.mktemp("town")
    write_town(folder)
    (folder / "areaplan.toml").write_text(SETTINGS, encoding="utf-8")
    done = run(folder, "plan", "areaplan.toml")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


class TestPlan:
    """`areaplan plan` on a good town."""

    def test_writes_plan_proof_summary_and_page(self, town: Path) -> None:
        """Everything an office needs stands in the folder, and nothing else."""
        names = {p.name for p in (town / "out").iterdir() if not p.name.startswith(".")}
        assert names == {"plan.gpkg", "certificate.json", "summary.json", "review.html", "checklist.docx",
                         "comments_form.xlsx", "pages.json"}  # fmt: skip

    def test_plan_has_the_promised_layers(self, town: Path) -> None:
        """Other people's scripts read these layers and columns."""
        layers = set(gpd.list_layers(town / "out" / "plan.gpkg")["name"])
        assert {
            "villages",
            "lines",
            "buildings",
            "cells",
            "cell_borders",
            "areas",
            "boundaries",
            "findings",
            "meta",
        } <= layers
        areas = gpd.read_file(town / "out" / "plan.gpkg", layer="areas")
        assert areas["ea_code"].tolist() == [f"35030210100{v}00{n}" for v in (1, 2) for n in (1, 2)]
        assert areas["households"].sum() == 160
        assert areas["name"][0] == "第001普查小区"

    def test_same_input_same_plan(self, town: Path, tmp_path: Path) -> None:
        """Another run, with another number of processes and another language on screen, has the same content hash."""
        hashes = [json.loads((town / "out" / "summary.json").read_text(encoding="utf-8"))["content_hash"]]
        for jobs, lang in (("1", "zh"), ("2", "en")):
            done = run(town, "plan", "areaplan.toml", "--out", str(tmp_path / jobs), "--jobs", jobs, lang=lang)
            assert done.returncode == 0, done.stderr
            hashes.append(json.loads((tmp_path / jobs / "summary.json").read_text(encoding="utf-8"))["content_hash"])
        assert len(set(hashes)) == 1

    def test_json_is_json(self, town: Path, tmp_path: Path) -> None:
        """With --json standard output holds the summary and nothing else."""
        done = run(town, "plan", "areaplan.toml", "--out", str(tmp_path), "--json")
        assert json.loads(done.stdout)["households"]["areas"] == 160

    def test_speaks_chinese(self, town: Path, tmp_path: Path) -> None:
        """The screen speaks the language asked for."""
        done = run(town, "plan", "areaplan.toml", "--out", str(tmp_path), lang="zh")
        assert "个普查小区" in done.stdout


class TestOtherVerbs:
    """The verbs that take a plan work from the plan alone."""

    def test_check_agrees(self, town: Path) -> None:
        """The judge finds nothing in a fresh plan, alone and against the original inputs."""
        for more in ([], ["--config", "areaplan.toml"]):
            done = run(town, "check", "out/plan.gpkg", *more)
            assert done.returncode == 0, done.stdout + done.stderr

    def test_verify_holds_and_breaks(self, town: Path, tmp_path: Path) -> None:
        """The certificate holds for its plan, and not for one with a household more."""
        assert run(town, "verify", "out/certificate.json", "out/plan.gpkg").returncode == 0
        import shutil
        import sqlite3

        other = tmp_path / "plan.gpkg"
        shutil.copy(town / "out" / "plan.gpkg", other)
        with sqlite3.connect(other) as base:
            for name in ("IsEmpty", "MinX", "MaxX", "MinY", "MaxY"):  # the spatial index asks for them
                base.create_function(f"ST_{name}", 1, lambda _: 0)
            base.execute("UPDATE cells SET households = households + 1 WHERE fid = 1")
        done = run(town, "verify", "out/certificate.json", str(other))
        assert done.returncode == 1
        assert done.stdout

    def test_maps_of_a_village(self, town: Path, tmp_path: Path) -> None:
        """A page for a village is named by its code."""
        done = run(town, "maps", "out/plan.gpkg", "--village", "350302101001", "--out", str(tmp_path))
        assert done.returncode == 0, done.stderr
        assert [p.name for p in tmp_path.glob("*.html")] == ["350302101001.html"]

    def test_export_opens_again(self, town: Path, tmp_path: Path) -> None:
        """A village as GeoJSON has its areas."""
        command = [
            "export",
            "out/plan.gpkg",
            "--format",
            "geojson",
            "--village",
            "350302101002",
            "--out",
            str(tmp_path),
        ]
        done = run(town, *command)
        assert done.returncode == 0, done.stderr
        assert any(
            len(gpd.read_file(p)) == 2 for p in tmp_path.rglob("*.geojson") if "areas" in p.name or p.stem.isdigit()
        )

    def test_init_then_plan(self, tmp_path: Path) -> None:
        """What `init` writes can be planned."""
        write_town(tmp_path)
        assert run(tmp_path, "init", ".").returncode == 0
        done = run(tmp_path, "plan", "areaplan.toml")
        assert done.returncode in (0, 1), done.stderr
        assert (tmp_path / "out" / "plan.gpkg").exists()

    def test_help_and_version(self, tmp_path: Path) -> None:
        """Help and version come back at once, with exit 0."""
        assert run(tmp_path, "--help").returncode == 0
        assert "areaplan" in run(tmp_path, "--version").stdout


def _settings(old: str, new: str) -> Callable[[Layers], str]:
    def change(_: Layers) -> str:
        assert old in SETTINGS
        return SETTINGS.replace(old, new)

    return change


def _layer(name: str, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> Callable[[Layers], str]:
    def changed(layers: Layers) -> str:
        layers[name] = change(layers[name])
        return SETTINGS

    return changed


def _shape(row: int, shape: shapely.Geometry | None) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    def change(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        shapes = table.geometry.to_list()
        shapes[row] = shape
        return table.set_geometry(gpd.GeoSeries(shapes, crs=table.crs))

    return change


BAD: dict[str, tuple[Callable[[Layers], str], str]] = {
    "missing file": (_settings('path = "town.gpkg"\nlayer = "villages"', 'path = "twon.gpkg"\nlayer = "villages"'), "town.gpkg"),
    "missing layer": (_settings('layer = "villages"', 'layer = "vilages"'), "villages"),
    "missing column": (_settings('code = "code"', 'code = "cod"'), "code"),
    "unknown key": (_settings("target_households", "target_housholds"), "target_households"),
    "target outside": (_settings("target_households = 40", "target_households = 400"), "400"),
    "no CRS": (_layer("villages", lambda t: t.set_crs(None, allow_override=True)), "crs"),
    "degrees": (_layer("villages", lambda t: t.to_crs("EPSG:4326").translate(-100).to_frame("geometry").assign(
        code=t["code"], name=t["name"], hh=t["hh"])), "degrees"),
    "duplicate code": (_layer("villages", lambda t: t.assign(code="350302101001")), "350302101001"),
    "blank code": (_layer("villages", lambda t: t.assign(code=["350302101001", " "])), "row"),
    "no geometry": (_layer("villages", _shape(1, None)), "row"),
    "empty geometry": (_layer("villages", _shape(1, shapely.Polygon())), "row"),
    "bow tie": (_layer("villages", _shape(1, shapely.Polygon([*box(200, 0, 400, 200).exterior.coords[:2],
        *box(200, 0, 400, 200).exterior.coords[3:1:-1]]))), "row"),
    "overlap": (_layer("villages", _shape(1, box(150, 0, 400, 200))), "m²"),
    "negative households": (_layer("buildings", lambda t: t.assign(hh=-1)), "row"),
    "households in words": (_layer("buildings", lambda t: t.assign(hh="five")), "five"),
    "too many areas": (_layer("buildings", lambda t: t.assign(hh=4000)), "899"),
}  # fmt: skip


class TestBadInput:
    """Each fault has one clear message, exit 2, nothing written, the old output intact."""

    @pytest.mark.parametrize("fault", BAD)
    def test_is_said_and_nothing_is_written(self, fault: str, tmp_path: Path) -> None:
        """What, where, what to do; no traceback."""
        change, said = BAD[fault]
        layers = town_layers()
        (tmp_path / "areaplan.toml").write_text(change(layers), encoding="utf-8")
        write_town(tmp_path, layers)
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "plan.gpkg").write_text("the old plan", encoding="utf-8")
        before = fingerprint(tmp_path)
        done = run(tmp_path, "plan", "areaplan.toml")
        assert done.returncode == 2, done.stdout + done.stderr
        assert said in done.stderr
        assert "Traceback" not in done.stderr
        assert fingerprint(tmp_path) == before

    def test_settings_that_do_not_exist(self, tmp_path: Path) -> None:
        """The message says which verb writes them."""
        done = run(tmp_path, "plan", "areaplan.toml")
        assert done.returncode == 2
        assert "areaplan init" in done.stderr

    def test_an_output_folder_that_cannot_be_written(self, town: Path) -> None:
        """A file stands where the folder should be; said before the work begins."""
        (town / "in_the_way").write_text("a file", encoding="utf-8")
        done = run(town, "plan", "areaplan.toml", "--out", "in_the_way")
        assert done.returncode == 2
        assert "in_the_way" in done.stderr
        assert (town / "in_the_way").read_text(encoding="utf-8") == "a file"

    @pytest.mark.parametrize("verb", ["check", "maps", "sheets"])
    def test_a_plan_that_is_none(self, verb: str, tmp_path: Path) -> None:
        """Verbs that take a plan refuse another file by name."""
        (tmp_path / "plan.gpkg").write_text("not a plan", encoding="utf-8")
        done = run(tmp_path, verb, "plan.gpkg")
        assert done.returncode == 2
        assert "plan.gpkg" in done.stderr
        assert "Traceback" not in done.stderr


def test_what_is_read_is_not_written_over_and_that_is_said_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any work: nothing is read, nothing is planned, the file is what it was."""
    import areaplan.pipeline
    from here import run_here

    write_town(tmp_path)
    (tmp_path / "town.gpkg").rename(tmp_path / "plan.gpkg")
    before = (tmp_path / "plan.gpkg").read_bytes()
    settings = tmp_path / "areaplan.toml"
    settings.write_text('[input.villages]\npath = "plan.gpkg"\nlayer = "villages"\n', encoding="utf-8")

    def never(*_args: object, **_keys: object) -> None:
        raise AssertionError

    monkeypatch.setattr(areaplan.pipeline, "plan_town", never)
    done = run_here(["plan", str(settings), "--out", str(tmp_path)])
    assert (done.code, done.trace) == (2, "")
    assert "plan.gpkg: is read for this and would be written over" in done.err
    (tmp_path / "plan.gpkg").rename(tmp_path / "findings.gpkg")
    done = run_here(["check", str(tmp_path / "findings.gpkg"), "--layer", "villages", "--out", str(tmp_path)])
    assert (done.code, done.trace) == (2, "")
    assert "findings.gpkg: is read for this and would be written over" in done.err
    assert (tmp_path / "findings.gpkg").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["areaplan.toml", "findings.gpkg"]
