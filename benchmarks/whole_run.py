"""Time a whole run of a real town, files to proof, beside the geometry nobody can avoid: ``python -m benchmarks.whole_run``.

Each of three fresh processes compiles or loads the engine, then plans Liechtenstein with two workers and makes the proof; after that, in the
same process, it reads and cuts the town again on one thread and adds up what is spent in reading, noding, polygonising and Voronoi
(Delaunay) alone. The medians stand beside a fixed calibration loop. ``--jobs 1`` times one thread.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import shapely

from benchmarks.towns import RUNS, calibration_s, data, settings_text

TOWN = "liechtenstein 72–88"
MANY_VERTICES = 1000
"""A union of fewer vertices than this nodes no village."""


def main() -> None:
    """Print the medians of three runs, or make one of them."""
    words = argparse.ArgumentParser()
    words.add_argument("--once", action="store_true")
    words.add_argument("--jobs", type=int, default=2)
    chosen = words.parse_args()
    if chosen.once:
        print(json.dumps(once(chosen.jobs)))
        return
    command = [sys.executable, "-m", "benchmarks.whole_run", "--once", "--jobs", str(chosen.jobs)]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(3)]
    row = {k: statistics.median(r[k] for r in runs) for k in runs[0] if k != "hash"}
    print(
        f"calibration loop {calibration_s():.2f} s, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, {chosen.jobs} jobs"
    )
    for name, value in row.items():
        print(f"{name:24s} {value:8.2f}")
    print("same plan three times:", len({r["hash"] for r in runs}) == 1)


def once(jobs: int) -> dict[str, Any]:
    """Make one run and return its figures."""
    from areaplan.delineation import warm_up
    from areaplan.settings import read_settings

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "areaplan.toml"
        file.write_text(settings_text(RUNS[TOWN], data()), encoding="utf-8")
        settings = read_settings(file)
        warm_up(lambda *_: None)
        stages, certificate = planned(settings, jobs)
        peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
        floor = unavoidable(settings)
    total, least = sum(stages.values()), sum(floor.values())
    return {**stages, "total_s": total, **floor, "unavoidable_s": least, "ratio": total / least, "peak_mb": peak,
            "hash": certificate["content_hash"]}  # fmt: skip


def planned(settings: Any, jobs: int) -> tuple[dict[str, float], dict[str, Any]]:
    """Plan and prove; return the seconds of each stage and the certificate."""
    from areaplan.cells import build_cells
    from areaplan.delineation import delineate
    from areaplan.files import read_territory
    from areaplan.households import estimate_households
    from areaplan.pipeline import prove_plan

    spent: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        result = work()
        spent[name] = time.perf_counter() - begun
        return result

    territory = timed("reading_s", lambda: read_territory(settings))
    counted = timed("households_s", lambda: estimate_households(territory, settings))
    cells = timed("cells_s", lambda: build_cells(counted, settings, jobs=jobs))
    plan = timed("areas_s", lambda: delineate(cells, settings, jobs=jobs))
    town = timed("proof_and_rules_s", lambda: prove_plan(plan, jobs=jobs))
    return spent, town.certificate


def unavoidable(settings: Any) -> dict[str, float]:
    """Return the seconds of reading, and of noding, polygonising and Voronoi while the town is cut on one thread."""
    from areaplan.cells import build_cells, ridges
    from areaplan.files import read_territory
    from areaplan.households import estimate_households

    begun = time.perf_counter()
    territory = read_territory(settings)
    reading = time.perf_counter() - begun
    counted = estimate_households(territory, settings)
    with (
        clock(
            shapely, "union_all", lambda shapes: shapely.get_num_coordinates(np.asarray(shapes)).sum() >= MANY_VERTICES
        ) as noding,
        clock(shapely, "polygonize") as polygonising,
        clock(ridges, "Delaunay") as voronoi,
    ):
        build_cells(counted, settings, jobs=1)
    return {
        "floor_reading_s": reading,
        "floor_noding_s": noding[0],
        "floor_polygonising_s": polygonising[0],
        "floor_voronoi_s": voronoi[0],
    }


@contextmanager
def clock(module: Any, name: str, counts: Callable[[Any], bool] = lambda _: True) -> Iterator[list[float]]:
    """Add up the seconds spent in a function of a module."""
    own, spent = getattr(module, name), [0.0]

    def timed(first: Any, *others: Any, **more: Any) -> Any:
        begun = time.perf_counter()
        result = own(first, *others, **more)
        took = time.perf_counter() - begun
        spent[0] += took if counts(first) else 0.0
        return result

    with mock.patch.object(module, name, timed):
        yield spent


if __name__ == "__main__":
    main()
