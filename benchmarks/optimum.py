"""Gap to the proven optimum on small problems: ``python -m benchmarks.optimum``.

Street towns of 30 to 62 cells, ten seeds each, at 60–100 and at the narrower 72–88. ``proved`` counts the problems whose division is proved
to be the best of the preset's energy; ``search gap`` is what search alone, with the exact solver switched off, leaves on those; ``border``
is the border cost of that best division above the proven minimum of all divisions into as many areas inside the bounds.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import replace

from areaplan.partition import Problem, partition, presets, warm_up
from areaplan.partition import part as divider
from benchmarks import problems

__all__ = ["main"]

SIZES = (30, 40, 50, 62)
BOUNDS = ((60, 100), (72, 88))
SEEDS = range(10)


def cheapest(p: Problem, areas: int) -> float:
    """Return the least border cost of any division into ``areas`` areas inside the bounds; not a number where it is not proved."""
    usual = presets.PRESETS["borders"]
    presets.PRESETS["borders"] = replace(usual, balance=0.0, shape=0.0, reach=0.0, border=1.0)
    try:
        found = partition(p, preset="borders", areas=areas)
    finally:
        presets.PRESETS["borders"] = usual
    return problems.metrics(p, found.labels)["cost"] if found.status == "optimal" else float("nan")


def by_search_alone(p: Problem, preset: presets.PresetName) -> float:
    """Return the energy that search reaches without the exact solver."""
    exact = divider.possible_sets
    divider.possible_sets = lambda *_a, **_k: None
    try:
        return partition(p, preset=preset).energy
    finally:
        divider.possible_sets = exact


def main() -> None:
    """Print a row per preset, bounds and size."""
    warm_up(print)
    print(
        "| preset | bounds | cells | problems | proved | no division, proved | search gap: median, worst | border above the minimum | s, slowest |\n"
        + "|---" * 9
        + "|"
    )
    for preset in ("field", "balance"):
        for lower, upper in BOUNDS:
            for cells in SIZES:
                print(row(preset, lower, upper, cells), flush=True)


def row(preset: presets.PresetName, lower: int, upper: int, cells: int) -> str:
    """Measure ten problems."""
    gaps, borders, seconds, proved, none = [], [], [], 0, 0
    for seed in SEEDS:
        p = problems.street_town(cells, seed=seed, lower=lower, upper=upper)
        begun = time.perf_counter()
        best = partition(p, preset=preset)
        seconds.append(time.perf_counter() - begun)
        none += any(str(c.kind) == "proved_impossible" for c in best.causes)
        if best.status != "optimal":
            continue
        proved += 1
        gaps.append(by_search_alone(p, preset) / best.energy - 1)
        least = cheapest(p, best.areas)
        if least == least:  # noqa: PLR0124 - not a number where it is not proved
            borders.append(problems.metrics(p, best.labels)["cost"] / least - 1)
    shown = f"{statistics.median(gaps):.2%}, {max(gaps):.2%}" if gaps else "–"
    dear = f"{statistics.median(borders):+.1%}" if borders else "–"
    return f"| {preset} | {lower}–{upper} | {cells} | {len(SEEDS)} | {proved} | {none} | {shown} | {dear} | {max(seconds):.1f} |"


if __name__ == "__main__":
    main()
