"""Measure the engine: ``python -m benchmarks.engine SET [preset] [--seed S] [--effort E]``.

SET is a number of blocks of an invented town, or ``liechtenstein`` (72–88), ``liechtenstein_60`` (60–100), ``kinmen``, ``chiayi_west``, ``chiayi_200``, ``chiayi_400``, ``providence``.
Times are after compiling.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable

import numpy as np

from areaplan.partition import Partition, Problem, partition, warm_up
from benchmarks import problems

SETS: dict[str, Callable[[], list[tuple[str, Problem]]]] = {
    "liechtenstein": problems.liechtenstein,
    "liechtenstein_60": lambda: problems.liechtenstein(lower=60, upper=100),
    "kinmen": problems.kinmen_jinhu,
    "chiayi_west": problems.chiayi_west,
    "chiayi_200": problems.chiayi_city,
    "chiayi_400": lambda: problems.chiayi_city(lower=300, target=400, upper=500),
    "providence": problems.providence,
}


def load(name: str, seed: int = 0) -> list[tuple[str, Problem]]:
    """Return the problems of a set by its name."""
    return [(name, problems.street_town(int(name), seed=seed))] if name.isdigit() else SETS[name]()


def divide_town(
    town: list[tuple[str, Problem]], preset: str, *, seed: int = 0, effort: str = "normal"
) -> tuple[dict[str, float], list[tuple[Problem, Partition]]]:
    """Divide every problem of a town; return the figures of all together, and the divisions."""
    found, spent = [], []
    for _, p in town:
        begun = time.perf_counter()
        found.append((p, partition(p, preset=preset, seed=seed, effort=effort)))
        spent.append(time.perf_counter() - begun)
    energy = sum(r.energy for _, r in found)
    row = problems.metrics(*joined(found)) | {"seconds": sum(spent), "slowest": max(spent), "energy": energy}
    return row, found


def run(name: str, preset: str, *, seed: int = 0, effort: str = "normal", verbose: bool = False) -> dict[str, float]:
    """Divide every problem of a set, measure them as one town, and print it."""
    town = load(name)
    row, found = divide_town(town, preset, seed=seed, effort=effort)
    for (code, p), (_, result) in zip(town, found, strict=True):
        if verbose:
            print(f"  {code}: {p.cells} cells {text(problems.metrics(p, result.labels))} {result.status}")
            for cause in result.causes:
                print(f"    {cause.kind} {dict(cause.values)}")
    kinds = Counter(str(c.kind) for _, r in found for c in r.causes)
    print(f"{name} {preset} seed {seed}: {text(row)}", dict(kinds), dict(Counter(r.status for _, r in found)))
    return row


def text(figures: dict[str, float]) -> str:
    """Return figures for a line on screen."""
    return " ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in figures.items())


def joined(found: list[tuple[Problem, Partition]]) -> tuple[Problem, np.ndarray]:
    """Put the problems of a town side by side, for measuring."""
    return joined_labels([p for p, _ in found], [r.labels for _, r in found])


def joined_labels(town: list[Problem], labels: list[np.ndarray]) -> tuple[Problem, np.ndarray]:
    """Put the problems of a town and their labels side by side."""
    shift = np.cumsum([0, *(p.cells for p in town)])
    first = np.cumsum([0, *(int(label.max()) + 1 for label in labels)])
    several = {
        name: np.concatenate([getattr(p, name) for p in town])
        for name in ("households", "area_m2", "outer_m", "shared_m", "cost")
    }
    edges = np.concatenate([p.edges + s for p, s in zip(town, shift, strict=False)])
    ferries = [p.ferry + s for p, s in zip(town, shift, strict=False) if p.ferry is not None]
    one = town[0]
    whole = Problem(
        edges=edges, lower=one.lower, target=one.target, upper=one.upper, ferry=np.concatenate(ferries) if ferries else None,
        **several,
    )  # fmt: skip
    return whole, np.concatenate([label + f for label, f in zip(labels, first, strict=False)])


def main() -> None:
    """Run one set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set")
    parser.add_argument("preset", nargs="?", default="field")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--effort", default="normal")
    parser.add_argument("--verbose", action="store_true")
    asked = parser.parse_args()
    warm_up(print)
    run(asked.set, asked.preset, seed=asked.seed, effort=asked.effort, verbose=asked.verbose)


if __name__ == "__main__":
    main()
