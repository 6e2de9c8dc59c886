"""Gap to the proven optimum on small problems: ``python -m benchmarks.optimum``.

Street towns of 30 to 65 cells, ten seeds each, at 60–100 and at the narrower 72–88. ``proved`` counts the problems whose division is proved
to be the best of the preset's energy; ``search gap`` is what search alone, with the exact solver switched off, leaves on those. ``border`` is
the border cost of that best division above a proven minimum: of all divisions into as many areas inside the bounds, and, because evenness
comes before borders under ``balance``, of those among them that are as even, by the sum of squared deviations from the target and by the
preset's own evenness (E2, which also counts the areas beyond 5 %).
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array, csr_array, vstack

from areaplan.partition import Problem, partition, presets, warm_up
from areaplan.partition import part as divider
from areaplan.partition.exact import possible_sets
from areaplan.partition.graphs import graph_of
from areaplan.partition.kernels import Floats, Ints
from benchmarks import problems

__all__ = ["main"]

SIZES = (30, 40, 50, 65)
PATIENCE_S = 30.0
"""A minimum of borders that needs longer is left out and counted as not proved."""

ROUNDING = 1e-7
"""Room for the last bits of a sum."""

BOUNDS = ((60, 100), (72, 88))
SEEDS = range(10)


@dataclass(frozen=True)
class Choices:
    """Hold every set that may be an area of a division into a number of areas, and what each term of an energy says of it.

    ``holds`` is (cells, sets); ``terms`` gives the energies of the sets where a preset keeps one term alone.
    """

    problem: Problem
    areas: int
    holds: csc_array
    borders: Floats
    squares: Floats
    evenness: Floats

    def chosen(self, labels: Ints) -> Ints:
        """Return which sets are the areas of a division."""
        areas = {tuple(np.flatnonzero(labels == a)) for a in np.unique(labels)}
        of, start = self.holds.indices, self.holds.indptr
        return np.array([k for k in range(len(self.borders)) if tuple(np.sort(of[start[k] : start[k + 1]])) in areas])

    def gap(self, labels: Ints, no_worse: Floats | None = None) -> float:
        """Return how much dearer a division's borders are than the cheapest of as many areas, no worse by a sum over them; nan where not proved."""
        ours = self.chosen(labels)
        wanted = np.append(np.ones(self.problem.cells), self.areas)
        rows, least, most = [self.holds, csr_array(np.ones((1, len(self.borders))))], wanted, wanted
        if no_worse is not None:
            rows.append(csr_array(no_worse[None, :]))
            least, most = np.append(wanted, -np.inf), np.append(wanted, no_worse[ours].sum() + ROUNDING)
        solved = milp(
            self.borders,
            constraints=LinearConstraint(vstack(rows).tocsr(), least, most),
            integrality=np.ones(len(self.borders)),
            bounds=Bounds(0, 1),
            options={"time_limit": PATIENCE_S, "mip_rel_gap": 0.0},
        )
        return float(self.borders[ours].sum() / solved.fun - 1) if solved.status == 0 else float("nan")


def choices(p: Problem, preset: presets.PresetName, areas: int) -> Choices | None:
    """List the sets inside the bounds, or return None where there are too many."""
    nothing = {"balance": 0.0, "aim_outside": 0.0, "aim_flag": 0.0, "shape": 0.0, "reach": 0.0, "border": 0.0}
    of = presets.PRESETS[preset]
    even = {k: getattr(of, k) for k in ("balance", "aim_outside", "aim_flag")}
    listed = [
        possible_sets(graph_of(p), presets.parameters(p, replace(of, **(nothing | only)), areas), strict=True)
        for only in ({"border": 1.0}, {"balance": 1.0}, even)
    ]
    sets = [one for one in listed if one is not None]
    if len(sets) < len(listed):
        return None
    borders, squares, evenness = (np.asarray(one.energies) for one in sets)
    return Choices(p, areas, csc_array(sets[0].holds), borders, squares, evenness)


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
        "| border above the minimum, median | of divisions as even, squares: of how many, median, mean, worst | by the preset's own evenness | s, median, slowest |\n"
        + "|---" * 11
        + "|"
    )
    for preset in ("field", "balance"):
        for lower, upper in BOUNDS:
            for cells in SIZES:
                print(row(preset, lower, upper, cells), flush=True)


def row(preset: presets.PresetName, lower: int, upper: int, cells: int) -> str:
    """Measure ten problems."""
    gaps, seconds, proved, none = [], [], 0, 0
    above: dict[str, list[float]] = {"all": [], "squares": [], "evenness": []}
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
        every = choices(p, preset, best.areas)
        if every is None:
            continue
        above["all"].append(every.gap(best.labels))
        above["squares"].append(every.gap(best.labels, every.squares))
        above["evenness"].append(every.gap(best.labels, every.evenness))
    shown = f"{statistics.median(gaps):.2%}, {max(gaps):.2%}" if gaps else "–"
    dear, squares, even = (np.array(v)[np.isfinite(v)] for v in above.values())
    return (
        f"| {preset} | {lower}–{upper} | {cells} | {len(SEEDS)} | {proved} | {none} | {shown} | {np.median(dear):+.1%} "
        f"| {summed(squares)} | {summed(even)} | {statistics.median(seconds):.1f}, {max(seconds):.1f} |"
    )


def summed(gaps: Floats) -> str:
    """Write of how many problems a gap is known, its median, mean and worst."""
    return f"{len(gaps)}: {np.median(gaps):+.1%}, {gaps.mean():+.1%}, {gaps.max():+.1%}"


if __name__ == "__main__":
    main()
