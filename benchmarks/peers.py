"""Run other libraries (:mod:`benchmarks.libraries`) on the same problems, each in a process of its own with caps on time and memory.

What a peer raises is shown as its result. Install them with ``pip install -e ".[peers]"``; one that is missing is left out.
"""

from __future__ import annotations

import importlib.util
import multiprocessing as mp
import resource
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from areaplan.partition import Problem, warm_up
from benchmarks.libraries import PEERS, Labels

__all__ = ["Result", "available", "run_peer"]

CAP_S = 120
CAP_MB = 4096
STARTING_S = 10
"""Seconds for a process to start and to read its problem."""


@dataclass(frozen=True)
class Result:
    """Hold what a peer returned for each problem of a town, or what it said when it failed."""

    labels: list[Labels]
    seconds: float
    peak_mb: float
    failed: str = ""


def available() -> list[str]:
    """Return the peers that are installed."""
    return [name for name, (module, _) in PEERS.items() if importlib.util.find_spec(module)]


def run_peer(name: str, town: list[Problem], seed: int) -> Result:
    """Run a peer on the problems of a town, all in one process, with caps on time and memory for them together."""
    context = mp.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_work, args=(theirs, name, town, seed))
    child.start()
    theirs.close()
    try:
        if not ours.poll(CAP_S + STARTING_S):
            return Result([], CAP_S, float("nan"), f"no result in {CAP_S} s")
        return ours.recv()  # type: ignore[no-any-return]
    except EOFError:
        return Result([], float("nan"), float("nan"), f"died (exit {child.exitcode})")
    finally:
        child.kill()
        child.join()


def _work(pipe: mp.connection.Connection, name: str, town: list[Problem], seed: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (CAP_MB * 2**20, CAP_MB * 2**20))
    if name.startswith("areaplan"):
        warm_up()
    begun = time.perf_counter()
    try:
        labels, failed = [_divided(name, p, seed) for p in town], ""
    except Exception as e:
        labels, failed = [], f"{type(e).__name__}: {str(e).splitlines()[0][:80] if str(e) else ''}"
    pipe.send(Result(labels, time.perf_counter() - begun, peak_mb(), failed))


def _divided(name: str, p: Problem, seed: int) -> Labels:
    """Let a peer divide a problem into as many areas as its households make; one cell is one area."""
    areas = min(p.cells, max(1, round(int(p.households.sum()) / p.target)))
    found = PEERS[name][1](p, areas, seed) if p.cells > 1 else np.zeros(1)
    return np.unique(found, return_inverse=True)[1].ravel()


def peak_mb() -> float:
    """Return the peak of this process alone; what ``getrusage`` says begins with the peak of the process that started it."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return int(status["VmHWM"].split()[0]) / 1024
