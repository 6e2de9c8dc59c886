"""Other libraries on the same problems, each through its own public call with the settings a careful user would choose.

A peer takes (problem, number of areas, seed) and returns labels; what it raises is shown as its result. Install them with
``pip install -e ".[peers]"``; one that is missing is left out.
"""

from __future__ import annotations

import importlib.util
import multiprocessing as mp
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array

from areaplan.partition import Problem, partition, warm_up

__all__ = ["PEERS", "Result", "available", "run_peer"]

CAP_S = 120
CAP_MB = 4096

Labels = np.ndarray
Peer = Callable[[Problem, int, int], Labels]


def _areaplan(preset: str) -> Peer:
    def peer(p: Problem, _areas: int, seed: int) -> Labels:
        return partition(p, preset=preset, seed=seed).labels  # type: ignore[arg-type]

    return peer


def _metis(p: Problem, areas: int, seed: int) -> Labels:
    """METIS k-way, contiguous, households as weights, border costs as edge weights, 5 % imbalance."""
    import pymetis

    a, b = p.edges.T
    weight = np.maximum(1, np.round(10 * p.cost / max(p.cost.mean(), 1e-9))).astype(int)
    half = coo_array((np.tile(weight, 2), (np.r_[a, b], np.r_[b, a])), shape=(p.cells, p.cells)).tocsr()
    options = pymetis.Options(contig=1, ufactor=50, seed=seed, ncuts=4)
    adjacency = pymetis.CSRAdjacency(half.indptr, half.indices)
    _, label = pymetis.part_graph(
        areas, adjacency=adjacency, vweights=p.households.tolist(), eweights=half.data.tolist(), recursive=False,
        options=options,
    )  # fmt: skip
    return np.asarray(label)


def _gerrychain(p: Problem, areas: int, seed: int) -> Labels:
    """GerryChain's start by recursive trees, inside the bounds it is given."""
    import random

    import networkx as nx
    from gerrychain import Graph
    from gerrychain.tree import recursive_tree_part

    random.seed(seed)
    g = nx.Graph()
    g.add_nodes_from((i, {"households": int(h)}) for i, h in enumerate(p.households))
    g.add_edges_from(map(tuple, p.edges.tolist()))
    epsilon = min(p.upper - p.target, p.target - p.lower) / p.target
    graph = Graph.from_networkx(g)
    found = recursive_tree_part(graph, range(areas), p.households.sum() / areas, "households", epsilon)
    return np.array([found[i] for i in range(p.cells)])


def _agglomerative(p: Problem, areas: int, _seed: int) -> Labels:
    """scikit-learn's Ward clustering of positions, joined along borders only."""
    from sklearn.cluster import AgglomerativeClustering

    a, b = p.edges.T
    links = coo_array((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, a])), shape=(p.cells, p.cells)).tocsr()
    return AgglomerativeClustering(areas, connectivity=links).fit_predict(np.column_stack([p.x, p.y]))


def _k_means(p: Problem, areas: int, seed: int) -> Labels:
    """k-means of positions weighed by households, as field tools divide buildings."""
    from sklearn.cluster import KMeans

    positions = np.column_stack([p.x, p.y])
    return KMeans(areas, n_init=3, random_state=seed).fit_predict(positions, sample_weight=p.households + 1e-3)


PEERS: dict[str, tuple[str, Peer]] = {
    "areaplan field": ("areaplan", _areaplan("field")),
    "areaplan balance": ("areaplan", _areaplan("balance")),
    "METIS (pymetis)": ("pymetis", _metis),
    "GerryChain trees": ("gerrychain", _gerrychain),
    "scikit-learn Ward": ("sklearn", _agglomerative),
    "scikit-learn k-means": ("sklearn", _k_means),
}


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
    pipe.send(Result(labels, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, failed))
