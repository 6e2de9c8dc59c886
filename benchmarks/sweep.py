"""Compare weights of a preset on real towns: ``python -m benchmarks.sweep [preset]``; the rows behind ``docs/engine.md``.

Every row divides Kinmen's and Chiayi West's villages and invented street towns once with other weights, and measures the division.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from areaplan.partition import presets, warm_up
from benchmarks import problems
from benchmarks.engine import divide_town, text

__all__ = ["main"]

CHANGES: tuple[dict[str, float], ...] = (
    {},
    {"border": 1.25},
    {"border": 5.0},
    {"shape": 0.25},
    {"shape": 1.0},
    {"balance": 1.0},
    {"balance": 30.0},
    {"reach": 0.0},
    {"reach": 1.0},
)


def main(names: list[str]) -> None:
    """Print a row per set of weights."""
    warm_up(print)
    towns = {
        "street town of 2000": [("town", problems.street_town(2000))],
        "Kinmen": problems.kinmen_jinhu(),
        "Chiayi West": problems.chiayi_west(),
    }
    for name in names or ["field"]:
        usual = presets.PRESETS[name]  # type: ignore[index]
        for change in CHANGES:
            presets.PRESETS[name] = replace(usual, **change)  # type: ignore[index]
            for town, several in towns.items():
                row, _ = divide_town(several, name)
                print(f"{name} {change or 'as it is'} | {town} | {text(row)}", flush=True)
        presets.PRESETS[name] = usual  # type: ignore[index]


if __name__ == "__main__":
    main(sys.argv[1:])
