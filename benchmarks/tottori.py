"""Take the 2,486 villages of Tottori the whole way, as a user would: ``python -m benchmarks.tottori``.

`areaplan repair --accept-proposals`, then `areaplan plan --accept-proposals`, each a process of its own, in a folder that is thrown away.
Households that the census withholds (89 villages) count as none, from a table of totals; townships are the municipalities.
``--write`` puts the table into docs/repair.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "repair.md"
SETTINGS = """title = "Tottori"

[input]
crs = "EPSG:6673"

[input.villages]
path = "villages.gpkg"
code = "KEY_CODE"
name = "label"
township = "muni_name"

[input.totals]
path = "totals.csv"
code = "KEY_CODE"
households = "households"

[repair]

[output]
folder = "out"
lang = "en"
"""


def set_up(source: Path, folder: Path, *, around: tuple[float, float] | None = None, within_m: float = 0) -> None:
    """Write villages, totals and settings into ``folder``; with ``around`` only the villages within some metres of a place."""
    villages = gpd.read_file(source)
    if around:
        near = villages.to_crs("EPSG:6673").dwithin(shapely.Point(around), within_m)
        villages = villages[near.to_numpy()]
    villages.to_file(folder / "villages.gpkg")
    totals = pd.DataFrame(
        {"KEY_CODE": villages["KEY_CODE"], "households": villages["households"].fillna(0).astype(int)}
    )
    totals.to_csv(folder / "totals.csv", index=False)
    (folder / "areaplan.toml").write_text(SETTINGS, encoding="utf-8")


def timed(folder: Path, verb: str) -> tuple[float, dict[str, Any]]:
    """Run one verb as a process; return its seconds and the summary it printed."""
    words = [sys.executable, "-m", "areaplan", verb, "areaplan.toml", "--accept-proposals", "--out", verb, "--json"]
    start = time.perf_counter()
    done = subprocess.run(
        words, cwd=folder, check=False, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}
    )
    seconds = time.perf_counter() - start
    if done.returncode not in {0, 1}:
        raise SystemExit(done.stderr.decode("utf-8", "replace"))
    return seconds, json.loads(done.stdout)


def rows(folder: Path) -> Iterator[str]:
    """Repair and plan, and say what came of it."""
    seconds, told = timed(folder, "repair")
    ledger = told["ledger"]
    yield "| Tottori, 2,486 villages | figure |"
    yield "|---|---|"
    yield f"| repair: tiling proved | {told['proof']['tiles']}, {told['proof']['cancelled']:,} of {told['proof']['edges']:,} edges cancelled |"
    yield f"| invalid outlines, slivers, disputes | {told['invalid_outlines']}; {told['slivers']['count']:,} ({told['slivers']['m2']:,.0f} m²); {told['disputes']['count']:,} ({told['disputes']['m2']:,.0f} m²) |"
    yield (
        f"| ledger, m² | {ledger['ground_before_m2']:,.1f} + {ledger['filled_m2']:,.1f} = {ledger['ground_after_m2']:,.1f};"
        f" unexplained {ledger['unexplained_m2']:g}, largest rounding {ledger['largest_rounding_m2']:g} |"
    )
    yield f"| repair, whole command with all files | {seconds:.0f} s |"
    seconds, told = timed(folder, "plan")
    certificate = json.loads((folder / "plan" / "certificate.json").read_text(encoding="utf-8"))
    proof, totals = certificate["proof"], certificate["totals"]
    errors = ", ".join(f"{rule} {n['error']}" for rule, n in told["rules_found"].items() if n["error"])
    yield f"| plan: tiling proved | {proof['tiles']}; gap {proof['gap_m2']:g}, overlap {proof['overlap_m2']:g}, spill {proof['spill_m2']:g} m²; {proof['edges_noded']} edges not noded |"
    yield f"| areas; households in, out | {told['counts']['areas']:,}; {totals['households_in']:,}, {totals['households_out']:,} |"
    yield f"| errors by rule | {errors or 'none'} |"
    yield f"| plan, whole command with page and checklist | {seconds:.0f} s |"


def main() -> None:
    """Print the table, and write it into the page if asked."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--write", action="store_true")
    chosen = words.parse_args()
    source = Path(os.environ["AREAPLAN_DATA"]) / "japan_tottori" / "small_areas.gpkg"
    with tempfile.TemporaryDirectory() as name:
        set_up(source, Path(name))
        table = "\n".join(rows(Path(name)))
    print(table)
    if chosen.write:
        before, rest = PAGE.read_text(encoding="utf-8").split("<!-- tottori -->")
        after = rest.split("<!-- end of tottori -->")[1]
        PAGE.write_text(f"{before}<!-- tottori -->\n{table}\n<!-- end of tottori -->{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
