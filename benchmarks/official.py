"""Hold our divisions against the official zones on the same pieces: ``python -m benchmarks.official [preset]``.

The office's zones and ours are measured by the same code: number of areas, spread of households (persons in Providence), border inside
the units.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from areaplan.partition import Problem, warm_up
from benchmarks import problems
from benchmarks.engine import divide_town, joined_labels

__all__ = ["SETS", "Figures", "compare"]


@dataclass(frozen=True)
class Official:
    """Say where pieces with their official zone lie, and what may not be crossed."""

    file: str
    layer: str
    unit: str
    households: str
    zone: str
    bounds: tuple[int, int, int]


SETS = {
    "kinmen": Official("ready_kinmen_jinhu/planner_input.gpkg", "blocks", "village_code", "households", "CODE1", (80, 110, 140)),
    "chiayi_west": Official("ready_chiayi_west/planner_input.gpkg", "blocks", "village_code", "households", "CODE1", (90, 125, 160)),
    "providence": Official("us_providence_blocks/zones.gpkg", "blocks", "city", "TOTPOP", "BG", (0, 0, 0)),
}  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """Hold what both divisions come to."""

    areas: int
    cv: float
    border_m: float
    unexplained: int
    zones: int
    zones_cv: float
    zones_border_m: float


def compare(name: str, preset: str = "field", seed: int = 0) -> Figures:
    """Divide a set and measure it beside the official zones."""
    of = SETS[name]
    table = gpd.read_file(problems.data() / of.file, layer=of.layer)
    lower, target, upper = of.bounds
    if of.unit not in table:
        table[of.unit] = name
        target = round(table[of.households].sum() / table[of.zone].nunique())
        lower, upper = int(np.ceil(target * 0.75)), int(target * 1.25)
    town = problems.base_areas(table, of.unit, of.households, lower=lower, target=target, upper=upper)
    row, found = divide_town(town, preset, seed=seed)
    explained = sum(len({c.area for c in r.causes}) for _, r in found)
    sizes = table.groupby(of.zone)[of.households].sum()
    lived_in = sizes[sizes > 0]
    border = sum(_cut(p, zones) for (_, p), zones in zip(town, _zones(table, of), strict=True))
    return Figures(
        int(row["areas"]), float(row["cv"]), float(row["border"]), int(row["out"]) - explained,
        len(sizes), float(lived_in.std(ddof=0) / lived_in.mean()), border,
    )  # fmt: skip


def _zones(table: gpd.GeoDataFrame, of: Official) -> Iterator[np.ndarray]:
    """Return the official zone of each piece, unit by unit, in the order of the problems."""
    for _, group in table.groupby(of.unit, sort=True):
        yield np.unique(group[of.zone].astype(str), return_inverse=True)[1].ravel()


def _cut(p: Problem, label: np.ndarray) -> float:
    whole, labels = joined_labels([p], [label])
    return problems.metrics(whole, labels)["border"]


def main() -> None:
    """Print a row per set."""
    warm_up(print)
    preset = sys.argv[1] if len(sys.argv) > 1 else "field"
    print(
        "| set | areas | CV | border m | out without a cause | official zones | their CV | their border m |\n"
        + "|---" * 8
        + "|"
    )
    for name in SETS:
        f = compare(name, preset)
        print(f"| {name} | {f.areas} | {f.cv:.3f} | {f.border_m:.0f} | {f.unexplained} | {f.zones} | {f.zones_cv:.3f} | {f.zones_border_m:.0f} |")  # fmt: skip


if __name__ == "__main__":
    main()
