"""Cuts of random trees: a side summed up by itself is what the whole tree says of it."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.problems import street_town
from hypothesis import given, settings
from hypothesis import strategies as st

from areaplan.partition import kernels
from areaplan.partition.graphs import graph_of
from areaplan.partition.kernels import Floats, Graph, Ints
from areaplan.partition.search import generator
from areaplan.partition.trees import Wood, enter, grow, sum_one, sum_up, wood


def grown(cells: int, seed: int) -> tuple[Graph, Ints, Wood]:
    """Return a part of a street town with a random tree over it."""
    g = graph_of(street_town(cells, seed=seed))
    nodes, t = np.arange(len(g.sums)), wood(len(g.sums), len(g.near))
    grow(g, nodes, enter(g, nodes, t), generator(seed), t)
    return g, nodes, t


def side(g: Graph, nodes: Ints, t: Wood, i: int) -> tuple[Floats, float, float]:
    """Sum up what lies below place ``i``, from the cells alone: its row, and the length and cost of the borders around it."""
    own = np.zeros(len(nodes), dtype=bool)
    own[nodes[t.order[t.turn[i] : t.turn[i] + t.size[i]]]] = True
    row = g.sums[own].sum(axis=0)
    row[kernels.PERIMETER] -= g.length[own[g.source] & own[g.near]].sum()
    around = own[g.source] & ~own[g.near]
    return row, float(g.length[around].sum()), float(g.cost[around].sum())


@given(st.integers(2, 90), st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_a_side_has_the_same_sums_either_way(cells: int, seed: int) -> None:
    """Walking through the smaller side, summing up the tree, and adding its cells: three ways to the same sums, for every cut."""
    g, nodes, t = grown(cells, seed)
    n = len(nodes)
    one = []
    for s in range(1, n):
        i = int(t.order[s])
        assert sum_one(g, nodes, i, np.inf, t)
        one.append((i, t.sums[i].copy(), float(t.out_m[i]), float(t.out_cost[i])))
    sum_up(g, nodes, t)
    for i, row, out_m, out_cost in one:
        want, long, dear = side(g, nodes, t, i)
        assert np.allclose(row, want, rtol=1e-9, atol=1e-6)
        assert np.allclose(t.sums[i], want, rtol=1e-9, atol=1e-6)
        assert (out_m, out_cost) == (pytest.approx(long), pytest.approx(dear))
        assert (t.out_m[i], t.out_cost[i]) == (pytest.approx(long), pytest.approx(dear))


@given(st.integers(10, 90), st.integers(0, 40))
@settings(max_examples=20, deadline=None)
def test_a_border_too_dear_is_left(cells: int, seed: int) -> None:
    """A walk ends where the border costs as much as it may, and goes to its end where it costs less."""
    g, nodes, t = grown(cells, seed)
    for s in range(1, len(nodes)):
        i = int(t.order[s])
        dear = side(g, nodes, t, i)[2]
        assert not sum_one(g, nodes, i, dear * (1 - 1e-9), t)
        assert sum_one(g, nodes, i, dear * (1 + 1e-9), t)
