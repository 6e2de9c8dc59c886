"""Exact division beyond one word of bits, and windows divided anew: nothing is lost and nothing gets dearer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.problems import street_town
from hypothesis import given, settings
from hypothesis import strategies as st

from areaplan.partition import Problem, exact, kernels, partition, presets
from areaplan.partition.covers import best_cover
from areaplan.partition.exact import best_division, possible_sets
from areaplan.partition.graphs import fresh_state, graph_of, parts_of
from areaplan.partition.kernels import Floats, Graph, tally
from areaplan.partition.listing import MOST_CELLS
from areaplan.partition.numbers import Bounds
from areaplan.partition.patchwork import Patchwork
from areaplan.partition.renewal import polish, renew
from areaplan.partition.search import search
from test_partition import check, grid


def pose(p: Problem, preset: presets.PresetName = "balance") -> tuple[Graph, Floats, Bounds]:
    """Return graph, parameters and bounds of a problem, priced as the preset prices it."""
    weights = presets.PRESETS[preset]
    p = presets.priced(p, weights)
    return graph_of(p), presets.parameters(p, weights), Bounds(p.lower, p.target, p.upper, None)


def turned(p: Problem) -> Problem:
    """Return the same problem with its cells numbered from the other end: what was in the first word is now in the second."""
    return replace(
        p, households=p.households[::-1], area_m2=p.area_m2[::-1], outer_m=p.outer_m[::-1], edges=p.cells - 1 - p.edges,
        load=None, x=None if p.x is None else p.x[::-1], y=None if p.y is None else p.y[::-1],
        spread=p.spread[::-1] if isinstance(p.spread, np.ndarray) else p.spread,
    )  # fmt: skip


@pytest.mark.parametrize("cells", [61, 62, 63, MOST_CELLS])
def test_sets_do_not_know_which_word_they_stand_in(cells: int) -> None:
    """The same connected sets with the same energies are listed whichever end the cells are numbered from."""
    p = street_town(cells, seed=2, lower=72, upper=88)
    g, parameters, _ = pose(p)
    h, _, _ = pose(turned(p))
    one, two = (possible_sets(graph, parameters, strict=True) for graph in (g, h))
    assert one is not None
    assert two is not None
    there = {row.tobytes() for row in one.holds.toarray().T.astype(bool)}
    back = {row[::-1].tobytes() for row in two.holds.toarray().T.astype(bool)}
    assert len(there) == len(one) == len(two)
    assert there == back
    assert np.allclose(np.sort(one.energies), np.sort(two.energies), rtol=1e-9)


@pytest.mark.parametrize("cells", [20, MOST_CELLS])
def test_a_set_costs_what_its_area_costs(cells: int) -> None:
    """The energy of a listed set is that of its sums, half of the border around it included, summed cell by cell here."""
    g, parameters, _ = pose(street_town(cells, seed=4))
    sets = possible_sets(g, parameters, strict=True)
    assert sets is not None
    assert len(sets) > 5
    for held, energy in zip(sets.inside().T, sets.energies, strict=True):
        row = g.sums[held].sum(axis=0)
        within = held[g.source] & held[g.near]
        row[kernels.PERIMETER] -= g.length[within].sum()
        around = g.cost[held[g.source] & ~held[g.near]].sum()
        assert energy == pytest.approx(
            kernels.row_energy(row, parameters) + parameters[kernels.W_BORDER] * around / 2, rel=1e-9
        )


@given(st.integers(0, 50), st.integers(2, 9))
@settings(max_examples=15, deadline=None)
def test_a_window_is_the_graph_of_its_cells(seed: int, areas: int) -> None:
    """The neighbours of an area, and the borders inside a window, are those that a look at every border finds."""
    p = street_town(60, seed=seed)
    g, parameters, bounds = pose(p)
    label, _ = search(g, areas, bounds, parameters, presets.EFFORTS["quick"], (seed,))
    work = Patchwork(g, label)
    for area in range(areas):
        met = label[g.near[(label[g.source] == area) & g.link]]
        assert work.beside(area) == sorted(set(met.tolist()) - {area})
        window = work.around(area, 3)
        part, cells, old = work.window(window)
        assert (label[cells] == np.array(sorted(window))[old]).all()
        inside = np.isin(g.source, cells) & np.isin(g.near, cells)
        assert (cells[part.source] == g.source[inside]).all()
        assert (cells[part.near] == g.near[inside]).all()
        assert (part.cost == g.cost[inside]).all()
        assert (part.length == g.length[inside]).all()
        assert (np.diff(part.first) == np.bincount(part.source, minlength=len(cells))).all()


@pytest.mark.parametrize("cells", [62, 63, 64, MOST_CELLS])
def test_parts_up_to_the_limit_are_proved(cells: int) -> None:
    """Parts of one or two words of cells end with a proof, and the energy is that of the labels."""
    p = street_town(cells, seed=0, lower=72, upper=88)
    found = partition(p, preset="field")
    check(p, found)
    assert found.status == "optimal"
    g, parameters, _ = pose(p, "field")
    assert found.energy == pytest.approx(tally(g, fresh_state(found.labels, found.areas), parameters))


def test_a_pair_of_complements_is_found() -> None:
    """Two areas: the best set whose complement is one too, as listing all pairs finds it."""
    p = street_town(9, seed=3)
    g, parameters, _ = pose(p, "field")
    sets = possible_sets(g, parameters, strict=False)
    assert sets is not None
    label, energy, proved = best_division(sets, 2)
    held = sets.holds.toarray().T.astype(bool)
    pairs = [
        sets.energies[i] + sets.energies[j] for i in range(len(sets)) for j in range(i) if (held[i] ^ held[j]).all()
    ]
    assert proved
    assert label is not None
    assert energy == pytest.approx(min(pairs))


@given(st.integers(0, 40), st.sampled_from([40, 70, 90]))
@settings(max_examples=8, deadline=None)
def test_windows_divided_anew_cost_no_more(seed: int, cells: int) -> None:
    """Renewal and polish keep every cell, the number of areas and connectedness, cost no more, and are the same each time."""
    p = street_town(cells, seed=seed)
    g, parameters, bounds = pose(p)
    areas = round(int(p.households.sum()) / p.target)
    effort = replace(presets.EFFORTS["quick"], renewals=2)
    label, energy = search(g, areas, bounds, parameters, effort, (seed,))
    for anew in (
        lambda: renew(g, label, bounds, parameters, effort, (seed,)),
        lambda: polish(g, label, parameters, 3, (seed,)),
    ):
        better = anew()
        assert tally(g, fresh_state(better, areas), parameters) <= energy + 1e-6
        assert sorted(set(better.tolist())) == list(range(areas))
        assert sum(len(parts_of(g, better == a)) for a in range(areas)) == areas
        assert (anew() == better).all()


@pytest.mark.parametrize(("cells", "effort"), [(40, "normal"), (300, "quick"), (300, "normal")])
def test_search_says_the_energy_of_its_labels(cells: int, effort: presets.EffortName) -> None:
    """What a search says its division costs is what the division it returns costs."""
    p = street_town(cells, seed=5)
    g, parameters, bounds = pose(p)
    areas = round(int(p.households.sum()) / p.target)
    label, energy = search(g, areas, bounds, parameters, presets.EFFORTS[effort], (0,))
    assert tally(g, fresh_state(label, areas), parameters) == pytest.approx(energy, rel=1e-12)


def test_thorough_is_no_dearer_than_normal() -> None:
    """More work gives no worse division: renewal starts from what ``normal`` finds."""
    p = street_town(150, seed=1)
    normal, thorough = (partition(p, preset="balance", effort=e) for e in ("normal", "thorough"))
    check(p, thorough)
    assert thorough.energy <= normal.energy + 1e-6


def test_hidden_borders_have_a_price_of_their_own() -> None:
    """Under ``balance`` a border nobody sees counts 4.5 times, others as they are; where all are alike none is hidden."""
    p = grid(2, 4, 20)
    cost = np.where((p.edges == [1, 2]).all(axis=1), 5.0, 1.0)
    priced = presets.priced(replace(p, cost=cost), presets.PRESETS["balance"]).cost
    assert priced.tolist() == np.where(cost == 5.0, 22.5, 1.0).tolist()
    assert presets.priced(p, presets.PRESETS["balance"]).cost.tolist() == p.cost.tolist()
    assert presets.priced(replace(p, cost=cost), presets.PRESETS["field"]).cost.tolist() == cost.tolist()


@given(cells=st.integers(8, 26), seed=st.integers(0, 10_000), more=st.integers(-1, 1), tight=st.booleans())
@settings(max_examples=60, deadline=None)
def test_covers_and_programming_find_the_same(cells: int, seed: int, more: int, tight: bool) -> None:
    """Looking at all covers and linear programming agree on whether there is a division, and on the least energy."""
    p = street_town(cells, seed=seed, lower=72 if tight else 60, upper=88 if tight else 100)
    g, parameters, _ = pose(p)
    sets = possible_sets(g, parameters, strict=True)
    areas = max(3, round(int(p.households.sum()) / p.target) + more)
    if sets is None or not len(sets):
        return
    chosen, energy, ended = best_cover(sets.masks, sets.energies, sets.people, areas, known=np.inf, steps=10**8)
    label, bound, proved = exact._by_programming(sets, areas, np.inf)
    assert ended
    assert proved
    assert (chosen is None) == (label is None)
    if chosen is not None:
        assert energy == pytest.approx(bound, rel=1e-6)
        assert sets.energies[chosen].sum() == pytest.approx(energy, rel=1e-9)
        assert (sets.inside(chosen).sum(axis=1) == 1).all()
        again = best_cover(sets.masks, sets.energies, sets.people, areas, known=energy - 1e-6, steps=10**8)
        assert again[0] is None


def test_too_few_steps_prove_nothing() -> None:
    """What was not looked at to the end is not called a proof, and the division found by then is kept."""
    g, parameters, _ = pose(street_town(40, seed=1))
    sets = possible_sets(g, parameters, strict=True)
    assert sets is not None
    areas = round(sets.people.sum() / 80)
    for steps in (0, 5, 50_000):
        chosen, energy, ended = best_cover(sets.masks, sets.energies, sets.people, areas, known=np.inf, steps=steps)
        assert not ended
        assert (chosen is None) == (energy == np.inf)
    assert chosen is not None
    assert (sets.inside(chosen).sum(axis=1) == 1).all()
