"""The sound files that are spoilt: a small town in every format that is read, its settings, its plan and certificate, and an office's papers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd

from defects import grid_town
from here import run_here
from towns import town_layers

__all__ = ["FORMATS", "make_corpus", "settings_text"]

FORMATS = ("gpkg", "shp", "geojson", "fgb", "parquet")


def make_corpus(folder: Path) -> None:
    """Write everything below ``folder``, flat."""
    layers = town_layers()
    for layer in ("villages", "streets", "buildings", "blocks"):
        layers[layer].to_file(folder / "town.gpkg", layer=layer)
        for suffix in FORMATS[1:]:
            _write(layers[layer], folder / f"{layer}.{suffix}")
    (folder / "town.toml").write_text(settings_text("gpkg"), encoding="utf-8")
    for suffix in FORMATS[1:]:
        (folder / f"town_{suffix}.toml").write_text(settings_text(suffix), encoding="utf-8")
    (folder / "blocks.toml").write_text(_blocks_text(), encoding="utf-8")
    totals = pd.DataFrame({"代码": layers["villages"]["code"], "户数": [80, 80]})
    totals.to_csv(folder / "totals.csv", index=False, encoding="utf-8-sig")
    totals.to_excel(folder / "totals.xlsx", index=False)
    _plan(folder)
    _papers(folder)


def _write(table: gpd.GeoDataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        table.to_parquet(path)
    elif path.suffix == ".shp":
        table.to_file(path, encoding="GBK")
    else:
        table.to_file(path)


def settings_text(suffix: str, rest: str = "") -> str:
    """Return settings that read the town from files of one format."""

    def place(layer: str) -> str:
        return f'path = "town.gpkg"\nlayer = "{layer}"' if suffix == "gpkg" else f'path = "{layer}.{suffix}"'

    totals = {"shp": '[input.totals]\npath = "totals.csv"\ncode = "代码"\nhouseholds = "户数"\n',
              "geojson": '[input.totals]\npath = "totals.xlsx"\ncode = "代码"\nhouseholds = "户数"\n'}.get(suffix, "")  # fmt: skip
    crs = 'crs = "EPSG:4549"\n' if suffix in {"shp", "geojson"} else ""
    return f"""title = "Small town"
rules = "generic"

[input]
crs = "EPSG:4549"

[input.villages]
{place("villages")}
{crs if suffix == "shp" else ""}code = "code"
name = "name"
households = "hh"

[[input.lines]]
{place("streets")}
kind = "street"
class = "highway"
name = "name"

[input.buildings]
{place("buildings")}
households = "hh"
levels = "levels"

{totals}
[areas]
target_households = 40
min_households = 30
max_households = 50

[engine]
effort = "quick"
seed = 3

[output]
folder = "out"
lang = "en"
{rest}"""


def _blocks_text() -> str:
    text = settings_text("gpkg")
    head, tail = text[: text.index("[[input.lines]]")], text[text.index("[areas]") :]
    return f'{head}[input.base_areas]\npath = "town.gpkg"\nlayer = "blocks"\ncode = "block"\nvillage = "village"\nhouseholds = "hh"\n\n{tail}'


def _plan(folder: Path) -> None:
    done = run_here(["plan", str(folder / "town.toml"), "--out", str(folder / "planned"), "--jobs", "1"])
    assert done.code in (0, 1), done
    for name in ("plan.gpkg", "certificate.json"):
        (folder / "planned" / name).rename(folder / name)
    for path in sorted((folder / "planned").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (folder / "planned").rmdir()


def _papers(folder: Path) -> None:
    plan = grid_town(0, columns=2, rows=2)
    areas = plan.areas[["ea_code", "name", "households", "geometry"]]
    areas.to_file(folder / "drawn.gpkg", layer="areas")
    plan.territory.villages[["village_code", "name", "geometry"]].to_file(folder / "drawn.gpkg", layer="villages")
    areas.to_crs(4326).to_file(folder / "drawn.geojson")
    _table(
        folder / "codes.csv",
        ("code", "name"),
        zip(plan.territory.villages["village_code"], plan.territory.villages["name"], strict=True),
    )
    _table(
        folder / "staff.csv", ("ea_code", "enumerator", "supervisor"), ((c, "甲", "乙") for c in plan.areas["ea_code"])
    )
    (folder / "own.toml").write_text(
        'extends = "generic"\nname = "own"\ntitle = "Own"\n\n[thresholds]\ndetour = 2.0\n\n[size]\nmax_households = 90\n',
        encoding="utf-8",
    )


def _table(path: Path, head: Sequence[str], rows: object) -> None:
    lines = [",".join(head), *(",".join(map(str, r)) for r in rows)]  # type: ignore[attr-defined]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
