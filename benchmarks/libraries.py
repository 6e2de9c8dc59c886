"""Other libraries on a problem of ours, each through its own public call with the settings a careful user would choose.

A peer takes (problem, number of areas, seed) and returns labels. Max-p knows a minimum and no number; graph partitioners a number and an
imbalance; none knows both bounds, so each gets what it can be told.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from areaplan.partition import Problem, partition

__all__ = ["PEERS", "Labels", "Peer"]

Labels = np.ndarray
Peer = Callable[[Problem, int, int], Labels]

STEPS = 1000
"""Steps of a chain of recombinations."""


def weighted(p: Problem) -> csr_array:
    """Return the borders as a symmetric matrix of whole costs, ten a usual border; a ferry costs next to nothing."""
    ferries = np.empty((0, 2), dtype=np.int64) if p.ferry is None else p.ferry
    a, b = np.concatenate([p.edges, ferries]).T
    cost = np.maximum(1, np.round(10 * p.cost / max(p.cost.mean(), 1e-9))).astype(np.int64)
    cost = np.append(cost, np.ones(len(ferries), dtype=np.int64))
    return coo_array((np.tile(cost, 2), (np.r_[a, b], np.r_[b, a])), shape=(p.cells, p.cells)).tocsr()


def beside(p: Problem) -> list[tuple[list[int], list[int]]]:
    """Return for each cell its neighbours and what the borders to them cost, for the text formats of graphs."""
    half = weighted(p)
    spans = [slice(a, b) for a, b in pairwise(half.indptr.tolist())]
    return [(half.indices[s].tolist(), half.data[s].tolist()) for s in spans]


def _areaplan(preset: str) -> Peer:
    def peer(p: Problem, _areas: int, seed: int) -> Labels:
        return partition(p, preset=preset, seed=seed).labels  # type: ignore[arg-type]

    return peer


def _metis(p: Problem, areas: int, seed: int) -> Labels:
    """METIS k-way, contiguous where the whole is, households as weights, border costs as edge weights, 5 % imbalance."""
    import pymetis

    half = weighted(p)
    whole = (
        connected_components(half, directed=False)[0] == 1
    )  # asked for contiguous parts of a graph that is not, METIS fails
    options = pymetis.Options(contig=int(whole), ufactor=50, seed=seed, ncuts=4)
    adjacency = pymetis.CSRAdjacency(half.indptr, half.indices)
    _, label = pymetis.part_graph(
        areas, adjacency=adjacency, vweights=p.households.tolist(), eweights=half.data.tolist(), recursive=False,
        options=options,
    )  # fmt: skip
    return np.asarray(label)


def _kahip(p: Problem, areas: int, seed: int) -> Labels:
    """KaHIP's KaFFPa, mode "strong", 5 % imbalance."""
    import kahip

    half, strong = weighted(p), 2
    weights = (p.households.tolist(), half.indptr.tolist(), half.data.tolist(), half.indices.tolist())
    _, label = kahip.kaffpa(*weights, areas, 0.05, True, seed, strong)
    return np.asarray(label)


def _kaminpar(p: Problem, areas: int, seed: int) -> Labels:
    """KaMinPar, preset "strong" for few cells to a block, 5 % imbalance."""
    import kaminpar

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "town.metis"
        rows = [f"{p.cells} {len(p.edges)} 11"]
        for homes, (near, cost) in zip(p.households.tolist(), beside(p), strict=True):
            borders = " ".join(f"{v + 1} {w}" for v, w in zip(near, cost, strict=True))
            rows.append(f"{max(1, homes)} {borders}")
        path.write_text("\n".join(rows) + "\n", encoding="ascii")
        graph = kaminpar.load_graph(str(path), kaminpar.GraphFileFormat.METIS)
    kaminpar.reseed(seed)
    engine = kaminpar.KaMinPar(num_threads=2, ctx=kaminpar.largek_strong_context())
    return np.asarray(engine.compute_partition(graph, areas, 0.05))


def _mtkahypar(p: Problem, areas: int, seed: int) -> Labels:
    """Mt-KaHyPar, preset "quality", cut as objective, 5 % imbalance."""
    import mtkahypar

    machine = mtkahypar.initialize(2)
    mtkahypar.set_seed(seed)
    context = machine.context_from_preset(mtkahypar.PresetType.QUALITY)
    context.set_partitioning_parameters(areas, 0.05, mtkahypar.Objective.CUT)
    half = weighted(p)
    cost = [int(half[a, b]) for a, b in p.edges.tolist()]
    pairs = [tuple(e) for e in p.edges.tolist()]
    graph = machine.create_graph(context, p.cells, len(pairs), pairs, p.households.tolist(), cost)
    found = graph.partition(context)
    return np.array([found.block_id(u) for u in range(p.cells)])


def _chain_graph(p: Problem) -> object:
    import networkx as nx
    from gerrychain import Graph

    g = nx.Graph()
    g.add_nodes_from((i, {"households": int(h)}) for i, h in enumerate(p.households))
    g.add_edges_from(map(tuple, p.edges.tolist()))
    return Graph.from_networkx(g)


def _gerrychain(p: Problem, areas: int, seed: int) -> Labels:
    """GerryChain's start by recursive trees, inside the bounds it is given."""
    import random

    from gerrychain.tree import recursive_tree_part

    random.seed(seed)
    epsilon = min(p.upper - p.target, p.target - p.lower) / p.target
    ideal = p.households.sum() / areas
    found = recursive_tree_part(_chain_graph(p), range(areas), ideal, "households", epsilon)
    return np.array([found[i] for i in range(p.cells)])


def _recom(p: Problem, areas: int, seed: int) -> Labels:
    """GerryChain's recombination, 1,000 steps from its own start, the one with the fewest cut borders."""
    import random
    from functools import partial

    from gerrychain import MarkovChain, Partition, accept, constraints, proposals, updaters

    start = _gerrychain(p, areas, seed)
    random.seed(seed)
    graph, ideal = _chain_graph(p), p.households.sum() / areas
    epsilon = min(p.upper - p.target, p.target - p.lower) / p.target
    first = Partition(
        graph,
        dict(enumerate(start.tolist())),
        {"households": updaters.Tally("households"), "cut_edges": updaters.cut_edges},
    )
    step = partial(proposals.recom, pop_col="households", pop_target=ideal, epsilon=epsilon, node_repeats=2)
    inside = constraints.within_percent_of_ideal_population(first, epsilon, "households")
    chain = MarkovChain(step, [inside], accept.always_accept, first, STEPS)
    best = min(chain, key=lambda state: len(state["cut_edges"]))
    return np.array([best.assignment[i] for i in range(p.cells)])


def _max_p(p: Problem, _areas: int, seed: int) -> Labels:
    """Solve max-p by the heuristic of spopt: the minimum as threshold, positions as attributes."""
    import geopandas as gpd
    import libpysal
    import shapely
    from spopt.region import MaxPHeuristic

    np.random.seed(seed)  # noqa: NPY002 - what the library draws from
    table = gpd.GeoDataFrame({"x": p.x, "y": p.y, "households": p.households}, geometry=shapely.points(p.x, p.y))
    links = libpysal.weights.W({u: near for u, (near, _) in enumerate(beside(p))}, silence_warnings=True)
    model = MaxPHeuristic(table, links, ["x", "y"], "households", p.lower, 2, max_iterations_construction=99)
    model.solve()
    return np.asarray(model.labels_)


def _pygeoda(p: Problem, _areas: int, seed: int) -> Labels:
    """Solve max-p greedily by pygeoda: the minimum as bound, positions as attributes."""
    import pandas as pd
    import pygeoda

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "town.gal"
        rows = [f"0 {p.cells} town id"]
        for u, (near, _) in enumerate(beside(p)):
            rows += [f"{u} {len(near)}", " ".join(map(str, near))]
        path.write_text("\n".join(rows) + "\n", encoding="ascii")
        links = pygeoda.read_gal(str(path), [str(u) for u in range(p.cells)])
    data = pd.DataFrame({"x": p.x, "y": p.y})
    found = pygeoda.maxp_greedy(links, data, p.households.astype(float).tolist(), float(p.lower), seed=seed)
    return np.asarray(found["Clusters"])


def _agglomerative(p: Problem, areas: int, _seed: int) -> Labels:
    """scikit-learn's Ward clustering of positions, joined along borders only."""
    from sklearn.cluster import AgglomerativeClustering

    return AgglomerativeClustering(areas, connectivity=weighted(p)).fit_predict(np.column_stack([p.x, p.y]))


def _k_means(p: Problem, areas: int, seed: int) -> Labels:
    """k-means of positions weighed by households, every cell to its nearest centre (Voronoi), as field tools divide buildings."""
    from sklearn.cluster import KMeans

    positions = np.column_stack([p.x, p.y])
    return KMeans(areas, n_init=3, random_state=seed).fit_predict(positions, sample_weight=p.households + 1e-3)


PEERS: dict[str, tuple[str, Peer]] = {
    "areaplan field": ("areaplan", _areaplan("field")),
    "areaplan balance": ("areaplan", _areaplan("balance")),
    "areaplan borders": ("areaplan", _areaplan("borders")),
    "METIS (pymetis)": ("pymetis", _metis),
    "KaHIP strong": ("kahip", _kahip),
    "KaMinPar strong": ("kaminpar", _kaminpar),
    "Mt-KaHyPar quality": ("mtkahypar", _mtkahypar),
    "GerryChain trees": ("gerrychain", _gerrychain),
    "GerryChain ReCom": ("gerrychain", _recom),
    "max-p (spopt)": ("spopt", _max_p),
    "max-p (pygeoda)": ("pygeoda", _pygeoda),
    "scikit-learn Ward": ("sklearn", _agglomerative),
    "k-means and Voronoi": ("sklearn", _k_means),
}
