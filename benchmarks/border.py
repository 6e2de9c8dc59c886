"""Border of our divisions beside the peers that keep areas in one piece: ``python -m benchmarks.border [PROBLEM ... PEER ...]``.

Borders are compared where all areas can be inside the bounds: a peer saves borders by areas that are too large. So only those villages of
a town count in which our division has no area outside; how many areas the peer has outside there is shown beside. Medians of three seeds,
one above 20,000 blocks.
"""

from __future__ import annotations

import statistics
import sys

from areaplan.partition import Problem, partition, warm_up
from areaplan.partition.presets import PresetName
from benchmarks import peers, problems
from benchmarks.__main__ import ONE_SEED_ABOVE, SETS, named
from benchmarks.engine import joined_labels

__all__ = ["main"]

CONTIGUOUS = ["METIS (pymetis)", "max-p (spopt)", "max-p (pygeoda)"]

PRESETS: tuple[PresetName, ...] = ("field", "borders")


def main(words: list[str]) -> None:
    """Print a row per problem and peer."""
    warm_up()
    print(
        "| problem | villages: all inside, of | peer | areas: theirs, outside; ours | border cost: theirs; `field`, `borders` | ratio: `field`, `borders` |\n"
        + "|---" * 6
        + "|"
    )
    for name in named(set(words), list(SETS)):
        town = [p for _, p in SETS[name]()]
        for who in named(set(words), CONTIGUOUS):
            print(f"| {name} | {row(who, town)} |", flush=True)


def row(who: str, town: list[Problem]) -> str:
    """Measure a peer and ourselves on the villages where all areas can be inside."""
    seeds = (0,) if max(p.cells for p in town) > ONE_SEED_ABOVE else (0, 1, 2)
    measured: list[list[dict[str, float]]] = []
    for seed in seeds:
        found = peers.run_peer(who, town, seed)
        if found.failed:
            return f"| {who} | fails: {found.failed} | |"
        ours = [[partition(p, preset=preset, seed=seed).labels for p in town] for preset in PRESETS]
        inside = [k for k, p in enumerate(town) if problems.metrics(p, ours[0][k])["out"] == 0]
        measured.append(
            [
                problems.metrics(*joined_labels([town[k] for k in inside], [labels[k] for k in inside]))
                for labels in (found.labels, *ours)
            ]
        )
    theirs, field, borders = (
        {k: statistics.median(run[k] for run in runs) for k in runs[0]} for runs in zip(*measured, strict=True)
    )
    cost = [m["cost"] for m in (theirs, field, borders)]
    return (
        f"{len(inside)} of {len(town)} | {who} | {theirs['areas']:.0f}, {theirs['out']:.0f}; {field['areas']:.0f} "
        f"| {cost[0]:.0f}; {cost[1]:.0f}, {cost[2]:.0f} | {cost[1] / cost[0]:.3f}, {cost[2] / cost[0]:.3f}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
