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


@dataclass(frozen=True)
class Result:
    """Hold what a peer returned, or what it said when it failed."""

    labels: Labels | None
    seconds: float
    peak_mb: float
    failed: str = ""


def available() -> list[str]:
    """Return the peers that are installed."""
    return [name for name, (module, _) in PEERS.items() if importlib.util.find_spec(module)]


def run_peer(name: str, p: Problem, areas: int, seed: int) -> Result:
    """Run a peer in a process of its own, with caps on time and memory."""
    context = mp.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_work, args=(theirs, name, p, areas, seed))
    child.start()
    theirs.close()
    try:
        if not ours.poll(CAP_S + 30):
            return Result(None, CAP_S, float("nan"), f"no result in {CAP_S} s")
        return ours.recv()  # type: ignore[no-any-return]
    except EOFError:
        return Result(None, float("nan"), float("nan"), f"died (exit {child.exitcode})")
    finally:
        child.kill()
        child.join()


def _work(pipe: mp.connection.Connection, name: str, p: Problem, areas: int, seed: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (CAP_MB * 2**20, CAP_MB * 2**20))
    if name.startswith("areaplan"):
        warm_up()
    begun = time.perf_counter()
    try:
        labels, failed = np.unique(PEERS[name][1](p, areas, seed), return_inverse=True)[1].ravel(), ""
    except Exception as e:
        labels, failed = None, f"{type(e).__name__}: {str(e).splitlines()[0][:80] if str(e) else ''}"
    seconds = time.perf_counter() - begun
    pipe.send(Result(labels, seconds, peak_mb(), failed))


def peak_mb() -> float:
    """Return the peak of this process alone; what ``getrusage`` says begins with the peak of the process that started it."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return int(status["VmHWM"].split()[0]) / 1024
