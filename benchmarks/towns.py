"""Plan the real towns as an office would, through the command line, and measure: ``python -m benchmarks.towns [NAME …]``.

Real towns are found through ``AREAPLAN_DATA``. Seconds are whole processes, after compiling, beside a fixed calibration loop.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np

from benchmarks.measures import Measures, cut_length, measure

REPEATS = 3

__all__ = ["RUNS", "Run", "calibration_s", "data", "main", "plan", "read_lines"]


@dataclass(frozen=True)
class Run:
    """Say which town is planned, how, and whose zones it is held against."""

    config: str
    areas: str = ""
    engine: str = ""
    official: str | None = None

    @property
    def folder(self) -> str:
        """Folder of the town's data."""
        return self.config


RUNS: dict[str, Run] = {
    "liechtenstein 72–88": Run("ready_liechtenstein"),
    "liechtenstein 60–100": Run("ready_liechtenstein", areas="min_households = 60\nmax_households = 100"),
    "kinmen 80–140": Run("ready_kinmen_jinhu", official="official_zones_code1"),
    "liechtenstein, balance": Run("ready_liechtenstein", engine='preset = "balance"\neffort = "thorough"'),
    "kinmen, as many areas as the office": Run(
        "ready_kinmen_jinhu", official="official_zones_code1",
        areas="target_households = 46\nmin_households = 30\nmax_households = 70",
    ),
    "chiayi 90–160": Run("ready_chiayi_west", official="official_zones_code1"),
}  # fmt: skip


def data() -> Path:
    """Return the folder of real towns."""
    place = os.environ.get("AREAPLAN_DATA")
    if not place:
        sys.exit("AREAPLAN_DATA does not name a folder of real towns")
    return Path(place)


def settings_text(run: Run, folder: Path) -> str:
    """Return the town's settings, with the run's own bounds, and paths that hold in any folder."""
    text = (folder / "configs" / f"{run.config}.toml").read_text(encoding="utf-8")
    text = text.replace('path = "../', f'path = "{folder.as_posix()}/')
    for line in run.areas.splitlines():
        key = line.split(" = ")[0]
        text = "\n".join(line if old.startswith(key) else old for old in text.splitlines())
    return text + (f"\n[engine]\n{run.engine}\n" if run.engine else "")


def plan(run: Run, out: Path, *arguments: str) -> tuple[float, float, int]:
    """Plan a town through the command line; return seconds, peak MB of the largest process, exit code."""
    out.mkdir(parents=True, exist_ok=True)
    config = out / "areaplan.toml"
    config.write_text(settings_text(run, data()), encoding="utf-8")
    command = [sys.executable, "-m", "areaplan", "plan", str(config), "--out", str(out / "out"), "--json", *arguments]
    begun = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert child.stdout
    (out / "summary.stdout.json").write_bytes(child.stdout.read())
    _, status, usage = os.wait4(child.pid, 0)
    return time.perf_counter() - begun, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def calibration_s() -> float:
    """Return the seconds of a fixed piece of work, so that figures of different days can be compared."""
    begun = time.perf_counter()
    rng = np.random.default_rng(0)
    for _ in range(10):
        np.sort(rng.random(1_000_000))
    return time.perf_counter() - begun


def read_lines(run: Run) -> gpd.GeoDataFrame:
    """Return the lines as delivered, tunnels left out; none where the town has none."""
    source = data() / run.folder / "planner_input.gpkg"
    layers = [name for name in gpd.list_layers(source)["name"] if name in ("streets", "rail", "water_lines")]
    tables = [gpd.read_file(source, layer=name) for name in layers]
    kept = [t[t["tunnel"].isin([None, "no"]) | t["tunnel"].isna()] if "tunnel" in t else t for t in tables]
    geometry = [g for t in kept for g in t.geometry]
    return gpd.GeoDataFrame(geometry=geometry)


def measured(run: Run, out: Path) -> Measures:
    """Return the figures of a plan that was written."""
    file = out / "out" / "plan.gpkg"
    bounds = json.loads((out / "out" / "summary.json").read_text(encoding="utf-8"))["bounds"]
    areas, boundaries = (gpd.read_file(file, layer=name) for name in ("areas", "boundaries"))
    wished = (bounds["min_households"], bounds["target_households"], bounds["max_households"])
    return measure(areas, boundaries, read_lines(run), wished)


def against_the_office(run: Run, out: Path) -> dict[str, float]:
    """Return the office's own zones measured on the same pieces: number, CV, and border inside villages beside ours."""
    file = out / "out" / "plan.gpkg"
    blocks = gpd.read_file(data() / run.folder / "planner_input.gpkg", layer="blocks")
    borders = gpd.read_file(file, layer="cell_borders", ignore_geometry=True)
    cells = gpd.read_file(file, layer="cells", ignore_geometry=True).set_index("cell_id")
    official = blocks.set_index("block_code")["CODE1"]
    households = blocks.groupby("CODE1")["households"].sum()
    lived_in = households[households > 0]
    return {
        "zones": len(official.unique()),
        "cv": float(lived_in.std(ddof=0) / lived_in.mean()),
        "border_m": cut_length(borders, official),
        "our_border_m": cut_length(borders, cells["ea_code"]),
    }


def main(names: list[str]) -> None:
    """Print a row per run."""
    print(f"calibration loop: {calibration_s():.2f} s")
    for name in names or RUNS:
        run = RUNS[name]
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            runs = [plan(run, out) for _ in range(REPEATS)]
            row = asdict(measured(run, out)) | {
                "seconds": statistics.median(r[0] for r in runs), "peak_mb": max(r[1] for r in runs), "exit": runs[0][2],
            }  # fmt: skip
            if run.official:
                row |= {f"office_{k}": v for k, v in against_the_office(run, out).items()}
        print(name, json.dumps({k: round(v, 3) for k, v in row.items()}))


if __name__ == "__main__":
    main(sys.argv[1:])
