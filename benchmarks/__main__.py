"""Measure and write: ``python -m benchmarks`` (or ``make bench``) puts towns, engine and peers into ``docs/benchmarks.md``.

``towns`` or ``peers`` alone measures that table; ``ours`` measures our rows among the peers anew and leaves theirs, which a release
measures. Names after them take only some problems or peers: ``peers kinmen metis``.

Tables stand between markers; what other commands measure is left as it is. Seconds are medians of three, beside a calibration loop.
"""

from __future__ import annotations

import math
import os
import platform
import re
import statistics
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from areaplan.partition import Problem
from benchmarks import peers, problems, towns
from benchmarks.libraries import PEERS

__all__ = ["main"]

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
SIZES = (221, 2_164, 21_501, 215_001)
ONE_SEED_ABOVE = 20_000
TABLES = ("towns", "peers", "ours")
OURS = [who for who in PEERS if who.startswith("areaplan")]
ONE_THREAD = [["max-p (spopt)"], ["GerryChain trees", "GerryChain ReCom"], ["KaHIP strong"], ["METIS (pymetis)"]]
"""Peers that work on one thread, the slowest first; those of one list are measured one after the other."""
BEGINS_WITH = {"GerryChain ReCom": "GerryChain trees"}
TOO_LONG = f"fails: no result in {peers.CAP_S} s"
HEAD = [
    "| problem | who | areas | inside | split | ±5 % | CV | border cost | Polsby-Popper | s | peak MB |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
]


def main(chosen: list[str]) -> None:
    """Measure what is chosen (``towns``, ``peers``, ``ours``; towns and peers by default) and write the page."""
    what = {word for word in chosen if word in TABLES} or {"towns", "peers"}
    if "towns" in what:
        put("towns", [f"{datetime.now(UTC).date()}, {machine()}.", "", *town_rows()])
    if what & {"peers", "ours"}:
        names, everybody = set(chosen) - what, "peers" in what
        whom = [who for who in peers.available() if everybody or who in OURS]
        rows = standing_rows() | peer_rows(named(names, list(SETS)), named(names, whom))
        put("peers", [*HEAD, *(f"| {' | '.join([*key, row])} |" for key, row in sorted(rows.items(), key=_in_order))])
        for name in [] if names else ["peers", "ours"] if everybody else ["ours"]:
            put(f"{name}_run", [f"{datetime.now(UTC).date()}, {machine()}."])


def _known(share: float) -> str:
    """Write a share; where no street is given nothing is known of visibility."""
    return "–" if math.isnan(share) else f"{share:.3f}"


def machine() -> str:
    """Say how fast the machine is now."""
    loop = towns.calibration_s()
    return f"calibration loop {loop:.2f} s, {os.cpu_count()} cores, Python {platform.python_version()}"


def put(name: str, lines: list[str]) -> None:
    """Write lines between the markers of a table."""
    text = PAGE.read_text(encoding="utf-8")
    block = "\n".join([f"<!-- {name} -->", *lines, f"<!-- /{name} -->"])
    PAGE.write_text(_between(name).sub(lambda _: block, text), encoding="utf-8")


def standing(name: str) -> list[str]:
    """Return the lines between the markers of a table."""
    found = _between(name).search(PAGE.read_text(encoding="utf-8"))
    if not found:
        sys.exit(f"{PAGE} has no markers for {name}")
    return found[1].splitlines()


def _between(name: str) -> re.Pattern[str]:
    return re.compile(f"<!-- {name} -->(.*?)<!-- /{name} -->", re.S)


def town_rows() -> list[str]:
    """Return a row per town."""
    rows = [
        "| town | areas | inside | ±5 % | ±10 % | CV | visible | Polsby-Popper | border m | s | peak MB | the office: zones, CV, border m |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, run in towns.RUNS.items():
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            runs = [towns.plan(run, out) for _ in range(3)]
            m = asdict(towns.measured(run, out))
            office = towns.against_the_office(run, out) if run.official else None
        theirs = f"{office['zones']:.0f}, {office['cv']:.3f}, {office['border_m']:.0f}" if office else ""
        mine = f"{office['our_border_m'] if office else m['inner_border_m']:.0f}"
        seconds, peak = statistics.median(r[0] for r in runs), max(r[1] for r in runs)
        rows.append(
            f"| {name} | {m['areas']} | {m['inside']:.3f} | {m['within_5']:.3f} | {m['within_10']:.3f} | {m['cv']:.3f} | {_known(m['visible'])} "
            f"| {m['polsby_popper']:.3f} | {mine} | {seconds:.1f} | {peak:.0f} | {theirs} |"
        )
        print(rows[-1], flush=True)
    return rows


def _town(blocks: int) -> list[tuple[str, Problem]]:
    return [(str(blocks), problems.street_town(blocks))]


SETS: dict[str, Callable[[], list[tuple[str, Problem]]]] = {
    **{f"street town of {n}": partial(_town, n) for n in SIZES},
    "Liechtenstein 72–88": problems.liechtenstein,
    "Liechtenstein 60–100": partial(problems.liechtenstein, lower=60, upper=100),
    "Kinmen Jinhu": problems.kinmen_jinhu,
    "Chiayi West": problems.chiayi_west,
    "Providence": problems.providence,
}


def standing_rows() -> dict[tuple[str, str], str]:
    """Return the rows of the page, by problem and who."""
    cells = [line[2:-2].split(" | ", 2) for line in standing("peers") if line.startswith("|")][2:]
    return {(problem, who): row for problem, who, row in cells}


def _in_order(item: tuple[tuple[str, str], str]) -> tuple[int, int]:
    (problem, who), _ = item
    return list(SETS).index(problem), list(PEERS).index(who)


def named(names: set[str], those: list[str]) -> list[str]:
    """Return those with a word among the names, or all where no name means any."""
    return [one for one in those if names & set(one.lower().split())] or those


def peer_rows(towns_: list[str], whom: list[str]) -> dict[tuple[str, str], str]:
    """Return a row per problem and peer; real towns only where they are.

    What works on several threads has the machine to itself; the others are measured side by side, each on a core of its own.
    """
    there = [name for name in towns_ if name.startswith("street") or "AREAPLAN_DATA" in os.environ]
    side_by_side = [[who for who in chain if who in whom] for chain in ONE_THREAD]
    alone = [who for who in whom if not any(who in chain for chain in side_by_side)]
    rows = rows_of(alone, there)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for several in pool.map(lambda chain: rows_of(chain, there), side_by_side):
            rows |= several
    return rows


def rows_of(whom: list[str], towns_: list[str]) -> dict[tuple[str, str], str]:
    """Return the rows of some peers, one after the other, without what cannot end in time because less did not."""
    rows: dict[tuple[str, str], str] = {}
    for who in whom:
        for name in towns_:
            why = _hopeless(who, name, rows)
            rows[name, who] = f"not tried: {why} | | | | | | | |" if why else peer_row(who, SETS[name]())
            print(name, who, rows[name, who], sep=" | ", flush=True)
    return rows


def _hopeless(who: str, name: str, rows: dict[tuple[str, str], str]) -> str:
    """Tell what took a peer too long: a smaller street town, or its own beginning, which is a peer too."""
    if rows.get((name, BEGINS_WITH.get(who, "")), "").startswith(TOO_LONG):
        return f"begins as {BEGINS_WITH[who]} does"
    smaller = [town for town in SETS if town.startswith("street")]
    for town in smaller[: smaller.index(name)] if name in smaller else []:
        if rows.get((town, who), "").startswith((TOO_LONG, "not tried")):
            return f"took too long on the {town}"
    return ""


def peer_row(who: str, several: list[tuple[str, Problem]]) -> str:
    """Return the figures of a peer on the villages of a town, median of three seeds."""
    from benchmarks.engine import joined_labels

    town = [p for _, p in several]
    seeds = (0,) if max(p.cells for p in town) > ONE_SEED_ABOVE else (0, 1, 2)
    figures = []
    for seed in seeds:
        result = peers.run_peer(who, town, seed)
        if result.failed:
            return f"fails: {result.failed} | | | | | | | |"
        figures.append(problems.metrics(*joined_labels(town, result.labels)))
        figures[-1] |= {"seconds": result.seconds, "mb": result.peak_mb}
    m = {k: statistics.median(f[k] for f in figures) for k in figures[0]}
    return (
        f"{m['areas']:.0f} | {1 - m['out'] / m['areas']:.3f} | {m['pieces'] - m['areas']:.0f} | {m['within5']:.3f} | {m['cv']:.3f} "
        f"| {m['cost']:.0f} | {m['pp']:.3f} | {m['seconds']:.2f} | {m['mb']:.0f}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
