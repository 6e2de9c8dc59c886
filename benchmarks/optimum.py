"""Gap to the proven optimum on small problems: ``python -m benchmarks.optimum``.

Street towns of 30 to 65 cells, ten seeds each, at 60–100 and at the narrower 72–88. ``proved`` counts the problems whose division is proved
to be the best of the preset's energy; ``search gap`` is what search alone, with the exact solver switched off, leaves on those. ``border`` is
the border cost of that best division above a proven minimum: of all divisions into as many areas inside the bounds, and, because evenness
comes before borders under ``balance``, of those among them that are as even (no larger sum of squared deviations from the target).
"""

from __future__ import annotations

import statistics
import time
from dataclasses import replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from areaplan.partition import Problem, kernels, partition, presets, warm_up
from areaplan.partition import part as divider
from areaplan.partition.exact import possible_sets
from areaplan.partition.graphs import graph_of
from areaplan.partition.kernels import Ints
from benchmarks import problems

__all__ = ["main"]

SIZES = (30, 40, 50, 65)
PATIENCE_S = 30.0
"""A minimum of borders that needs longer is left out and counted as not proved."""

BOUNDS = ((60, 100), (72, 88))
SEEDS = range(10)


def cheapest(p: Problem, areas: int, most_uneven: float = np.inf) -> float:
    """Return the least border cost of any division into ``areas`` areas inside the bounds; not a number where it is not proved."""
    only = replace(presets.PRESETS["borders"], balance=0.0, shape=0.0, reach=0.0, border=1.0)
    g, parameters = graph_of(p), presets.parameters(p, only, areas)
    sets = possible_sets(g, parameters, strict=True)
    if sets is None:
        return float("nan")
    count = csr_array(np.ones((1, len(sets))))
    uneven = csr_array(((sets.holds.T @ p.households / p.target - 1) ** 2)[None, :])
    wanted = np.append(np.ones(p.cells), areas)
    solved = milp(
        sets.energies,
        constraints=LinearConstraint(
            vstack([sets.holds, count, uneven]).tocsr(), np.append(wanted, -np.inf), np.append(wanted, most_uneven)
        ),
        integrality=np.ones(len(sets)),
        bounds=Bounds(0, 1),
        options={"time_limit": PATIENCE_S, "mip_rel_gap": 0.0},
    )
    return float(solved.fun) / parameters[kernels.W_BORDER] if solved.status == 0 else float("nan")


def unevenness(p: Problem, labels: Ints) -> float:
    """Return the sum of squared deviations of the areas from the target, with room for rounding."""
    return float(((np.bincount(labels, weights=p.households) / p.target - 1) ** 2).sum()) + 1e-9


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
        "| preset | bounds | cells | problems | proved | no division, proved | search gap: median, worst "
        "| border above the minimum | border above the minimum of divisions as even: of how many, median, mean, worst | s, median, slowest |\n"
        + "|---" * 10
        + "|"
    )
    for preset in ("field", "balance"):
        for lower, upper in BOUNDS:
            for cells in SIZES:
                print(row(preset, lower, upper, cells), flush=True)


def row(preset: presets.PresetName, lower: int, upper: int, cells: int) -> str:
    """Measure ten problems."""
    gaps, borders, as_even, seconds, proved, none = [], [], [], [], 0, 0
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
        ours = problems.metrics(p, best.labels)["cost"]
        borders.append(ours / cheapest(p, best.areas) - 1)
        as_even.append(ours / cheapest(p, best.areas, unevenness(p, best.labels)) - 1)
    shown = f"{statistics.median(gaps):.2%}, {max(gaps):.2%}" if gaps else "–"
    dear, even = (np.array(v)[np.isfinite(v)] for v in (borders, as_even))
    return (
        f"| {preset} | {lower}–{upper} | {cells} | {len(SEEDS)} | {proved} | {none} | {shown} | {np.median(dear):+.1%} "
        f"| {len(even)}: {np.median(even):+.1%}, {even.mean():+.1%}, {even.max():+.1%} | {statistics.median(seconds):.1f}, {max(seconds):.1f} |"
    )


if __name__ == "__main__":
    main()
