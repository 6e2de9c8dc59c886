"""Draw how time and memory grow with the number of blocks: ``python -m benchmarks.growth`` writes ``docs/images/growth.svg`` and its table.

Every size is divided in a process of its own, after compiling, three times; the medians are drawn, and of the range above
``STRAIGHT_FROM`` the slope on doubly logarithmic paper is given: 1 is linear.
"""

from __future__ import annotations

import statistics
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks import problems
from benchmarks.peers import run_peer

__all__ = ["main"]

SIZES = (221, 464, 1_000, 2_164, 4_642, 10_000, 21_501, 46_416, 100_000, 215_001)
STRAIGHT_FROM = 20_000
PRESETS = ("field", "balance")
PICTURE = Path(__file__).parents[1] / "docs" / "images" / "growth.svg"

Curve = list[tuple[float, float]]


def main() -> None:
    """Measure, draw, and write the table of the page."""
    from benchmarks.__main__ import machine, put  # what a process of its own is not to load with this module

    curves = {preset: [measured(preset, n) for n in SIZES] for preset in PRESETS}
    draw(curves)
    head = f"| blocks | {' | '.join(f'{p}: s | {p}: MB' for p in PRESETS)} |"
    rows = [
        f"| {n} | {' | '.join(f'{curves[p][i][0]:.2f} | {curves[p][i][1]:.0f}' for p in PRESETS)} |"
        for i, n in enumerate(SIZES)
    ]
    slopes = ", ".join(f"`{p}` {slope(curves[p]):.2f}" for p in PRESETS)
    said = f"{datetime.now(UTC).date()}, {machine()}. Slope of the time from {STRAIGHT_FROM} blocks on: {slopes}."
    put("growth", [said, "", head, "|---" * (1 + 2 * len(PRESETS)) + "|", *rows])


def measured(preset: str, blocks: int) -> tuple[float, float]:
    """Return the seconds and the peak MB of a division, medians of three."""
    p = problems.street_town(blocks)
    runs = [run_peer(f"areaplan {preset}", [p], 0) for _ in range(3)]
    print(preset, blocks, *(f"{r.seconds:.2f} s {r.peak_mb:.0f} MB" for r in runs), flush=True)
    return statistics.median(r.seconds for r in runs), statistics.median(r.peak_mb for r in runs)


def slope(curve: Curve) -> float:
    """Return the slope of the time on doubly logarithmic paper."""
    points = [(n, s) for n, (s, _) in zip(SIZES, curve, strict=True) if n >= STRAIGHT_FROM]
    return float(np.polyfit(*np.log(np.array(points)).T, 1)[0])


def draw(curves: dict[str, Curve]) -> None:
    """Draw time and memory side by side, with what linear growth would be."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "areaplan", "svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif"}
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.2), layout="constrained")
    for axes, column, name in zip(figure.subplots(1, 2), (0, 1), ("seconds", "peak memory, MB"), strict=True):
        for (preset, curve), marker in zip(curves.items(), "os", strict=False):
            axes.plot(SIZES, [point[column] for point in curve], marker=marker, markersize=4, label=preset)
        if column == 0:
            end = curves["field"][-1][0]
            axes.plot(SIZES, [end * n / SIZES[-1] for n in SIZES], color="0.6", linestyle="--", label="linear")
            axes.set_yscale("log")
        else:
            axes.set_ylim(0, 450)
        axes.set_xscale("log")
        axes.set_xlabel("blocks")
        axes.set_title(name)
        axes.grid(color="0.9")
        axes.legend(frameon=False)
    figure.savefig(PICTURE, metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    main()
