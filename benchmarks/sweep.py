"""Compare weights of the presets: ``python -m benchmarks.sweep [field|balance …] [--write]``; the rows behind ``docs/engine.md``.

Every row divides Liechtenstein's municipalities at 72–88, Chiayi West's villages and an invented street town once, with one weight halved or
doubled (or left out), and measures the divisions. ``--write`` puts the table into ``docs/benchmarks.md``.

``python -m benchmarks.sweep efforts`` does the same for how long ``normal`` looks: energy and seconds of processor, mean of four seeds.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

from areaplan.partition import presets, warm_up
from benchmarks import problems
from benchmarks.__main__ import put
from benchmarks.engine import divide_town

__all__ = ["main"]

EFFORTS: list[dict[str, int]] = [
    {}, {"starts": 4, "rounds": 6, "bold": 4}, {"starts": 2}, {"starts": 4}, {"rounds": 6}, {"bold": 1}, {"bold": 4}, {"trees": 10},
    {"tries": 60}, {"stretches": 3}, {"cycles": 0}, {"polished": False},
]  # fmt: skip

FACTORS = {"border": (0.5, 2.0), "shape": (0.5, 2.0), "balance": (0.25, 4.0), "reach": (0.0, 4.0), "hidden": (0.5, 2.0)}


def main(words: list[str]) -> None:
    """Print, and where asked write, a row per set of weights and town."""
    warm_up(print)
    if "efforts" in words:
        efforts()
        return
    towns = {
        "Liechtenstein": problems.liechtenstein(),
        "Chiayi West": problems.chiayi_west(),
        "street town of 2000": [("town", problems.street_town(2000))],
    }
    rows = [
        "| preset | weights | town | inside | ±5 % | CV | visible | Polsby-Popper | border cost |",
        "|---" * 9 + "|",
    ]
    print(*rows, sep="\n")
    for name in [w for w in words if w in presets.PRESETS] or ["field", "balance"]:
        usual = presets.PRESETS[name]  # type: ignore[index]
        for said, weights in variants(usual):
            presets.PRESETS[name] = weights  # type: ignore[index]
            for town, several in towns.items():
                m, _ = divide_town(several, name)
                rows.append(
                    f"| {name} | {said} | {town} | {1 - m['out'] / m['areas']:.3f} | {m['within5']:.3f} | {m['cv']:.3f} "
                    f"| {m['visible']:.3f} | {m['pp']:.3f} | {m['cost']:.0f} |"
                )
                print(rows[-1], flush=True)
        presets.PRESETS[name] = usual  # type: ignore[index]
    if "--write" in words:
        put("sweep", rows)


def efforts() -> None:
    """Print a row per change of the effort: energy and seconds of processor of each town, mean of four seeds."""
    towns = {
        "Liechtenstein 72–88, `balance`": (problems.liechtenstein(), "balance"),
        "Liechtenstein 60–100, `field`": (problems.liechtenstein(lower=60, upper=100), "field"),
        "street town of 2164, `field`": ([("town", problems.street_town(2164))], "field"),
        "Providence, `field`": (problems.providence(), "field"),
    }
    print("| changed |", " | ".join(f"{town}: energy, s" for town in towns), "|\n" + "|---" * 5 + "|")
    usual = presets.EFFORTS["normal"]
    for changed in EFFORTS:
        presets.EFFORTS["normal"] = replace(usual, **changed)  # type: ignore[arg-type]
        cells = []
        for several, preset in towns.values():
            begun, runs = time.process_time(), [divide_town(several, preset, seed=seed)[0] for seed in range(4)]
            cells.append(f"{sum(m['energy'] for m in runs) / 4:.1f}, {(time.process_time() - begun) / 4:.1f}")
        said = ", ".join(f"{k} {v}" for k, v in changed.items()) or "as it is"
        print("|", " | ".join([said, *cells]), "|", flush=True)
    presets.EFFORTS["normal"] = usual


def variants(usual: presets.Weights) -> list[tuple[str, presets.Weights]]:
    """Return the weights as they are, then with one of them changed."""
    changed = [
        (f"{weight} × {factor:g}", replace(usual, **{weight: factor * getattr(usual, weight)}))
        for weight, factors in FACTORS.items()
        for factor in factors
    ]
    return [("as they are", usual), *changed]


if __name__ == "__main__":
    main(sys.argv[1:])
