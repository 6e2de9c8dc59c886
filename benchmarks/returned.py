"""Returned maps with 300 seeded changes on real towns: ``python -m benchmarks.returned [PLAN …]``.

Without arguments Kinmen and Liechtenstein are planned first. Each map carries up to 12 changes and 0.2 m of noise on every vertex, in turn in each form, with
neighbours moved alike or each on its own.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from areaplan.files import read_plan, read_returned
from areaplan.review.returned import compare_returned
from benchmarks import towns
from benchmarks.returns import FORMS, noisy, score, seeded, write_return

__all__ = ["main", "run"]

PER_TOWN, PER_MAP = 150, 12


def run(file: Path, folder: Path, *, gauss: bool = False, most: int = PER_TOWN) -> None:
    """Print what was found on one town, kind by kind."""
    plan = read_plan(file)
    made, found, seconds, maps = Counter[str](), Counter[str](), 0.0, 0
    wrong = []
    forms = list(FORMS)
    while made.total() < most:
        table, seeds = seeded(plan, min(PER_MAP, most - made.total()), 1000 + maps)
        drawn = noisy(table, np.random.default_rng(maps), apart=maps % 2 == 0, gauss=gauss)
        path = write_return(drawn, folder / f"{file.parent.name}{maps}", forms[maps % len(forms)])
        begun = time.perf_counter()
        result = score(compare_returned(plan, read_returned(path)), seeds)
        seconds += time.perf_counter() - begun
        made.update(s.kind for s in seeds)
        found.update(s.kind for s in result.found)
        for seed in result.overlooked:
            print(
                f"  overlooked, map {maps} ({forms[maps % len(forms)]}): {seed.kind} {sorted(seed.areas)} {seed.metres:.2f} m",
                flush=True,
            )
        for d in result.unexplained:
            print(
                f"  unexplained, map {maps} ({forms[maps % len(forms)]}): {d.kind} {d.areas}: {d.message}", flush=True
            )
        wrong += result.unexplained
        maps += 1
    print(
        f"{plan.territory.title}: {len(plan.areas)} areas, {maps} maps, noise {'σ ' if gauss else 'up to '}0.2 m, {seconds / maps:.1f} s a map"
    )
    for kind in sorted(made):
        print(f"  {kind:<12}{found[kind]:>5} of {made[kind]}")
    print(f"  {'all':<12}{found.total():>5} of {made.total()}; reports that nothing explains: {len(wrong)}", flush=True)


def main(arguments: list[str]) -> None:
    """Run the towns."""
    gauss = "--gauss" in arguments
    files = [Path(a) for a in arguments if not a.startswith("--")]
    with tempfile.TemporaryDirectory() as folder:
        if not files:
            for name in ("kinmen 80–140", "liechtenstein 72–88"):
                towns.plan(towns.RUNS[name], Path(folder) / name.split()[0])
                files.append(Path(folder) / name.split()[0] / "out" / "plan.gpkg")
        for file in files:
            run(file, Path(folder), gauss=gauss)


if __name__ == "__main__":
    main(sys.argv[1:])
