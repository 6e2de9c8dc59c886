"""Divide one connected part by search: a first cut by trees, annealing, pairs cut anew, a cold end; the best of several starts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from areaplan.partition import kernels as at
from areaplan.partition.annealing import LUCK, anneal
from areaplan.partition.clumps import clumps, fragments
from areaplan.partition.cuts import divide, resplit
from areaplan.partition.graphs import contract, fresh_state, parts_of
from areaplan.partition.kernels import Flags, Floats, Graph, Ints, State, tally
from areaplan.partition.numbers import Bounds
from areaplan.partition.patches import in_patches, other_patches, parts_for, start_in_patches
from areaplan.partition.presets import Effort, softened
from areaplan.partition.trees import Wood, wood

__all__ = ["LARGE", "first_labels", "generator", "improve", "natural_numbers", "search"]

HOT, WARM, COLD = 1.0, 0.3, 0.02
"""Temperatures in units of the energy: at first a border as long as an area's side may be lost, at last next to nothing."""

STEPS = 40
"""Temperatures of one annealing."""

BOLD = 3.0
"""A cut that ends a stretch may lose this many times what a move may, so that the search comes away from where it stands. Measured on
Liechtenstein: a twentieth less energy than with cuts that must gain."""

SMALL, LARGE, PATCH = 600, 10_000, 2_500
"""Cells up to which several starts are worth their time, and from which a part is divided in patches of so many cells."""

SAME = 1e-9
"""An area whose energy has changed by less is the same area."""

COARSE = 0.6
"""Blocks are taken first where they are at most this share of the cells."""
SWAPS = 64
"""Of 256 tries, how many are swaps."""


def generator(*numbers: int) -> Ints:
    """Return the state of a random generator that depends on all ``numbers``."""
    state = 0x9E3779B97F4A7C15
    for number in numbers:
        state = ((state ^ (number & (2**64 - 1))) * 0xBF58476D1CE4E5B9) % 2**64
        state ^= state >> 29
        state = (state * 0x94D049BB133111EB) % 2**64
        state ^= state >> 32
    return np.array([state & 0xFFFFFFFF or 1], dtype=np.int64)


def first_labels(g: Graph, areas: int, bounds: Bounds, p: Floats, trees: int, rng: Ints, t: Wood) -> Ints:
    """Divide a connected part into ``areas`` by trees: cells above the maximum by themselves, what is left between them shared out."""
    n = len(g.sums)
    label = np.full(n, -1, dtype=np.int64)
    big = g.sums[:, at.HOUSEHOLDS] > bounds.upper
    for name, u in enumerate(np.flatnonzero(big)[:areas]):
        label[u] = name
    name = min(int(big.sum()), areas)
    rest = parts_of(g, label < 0)
    for cells, k in zip(rest, rest_areas(g, rest, areas - name, bounds), strict=True):
        if k:
            divide(g, cells, k, trees, p, rng, t, label, name)
            name += k
    _fill(g, label)
    return label


def rest_areas(g: Graph, rest: list[Ints], areas: int, bounds: Bounds) -> list[int]:
    """Share ``areas`` among what is left between cells above the maximum; a scrap that cannot be an area gets none."""
    if len(rest) == 1:
        return [areas]
    households = [int(g.sums[cells, at.HOUSEHOLDS].sum()) for cells in rest]
    wish = [bounds.best(h, len(c)) if 2 * h > bounds.lower else 0 for h, c in zip(households, rest, strict=True)]
    while sum(wish) > areas:
        i = min((i for i in range(len(rest)) if wish[i]), key=lambda i: (households[i] / wish[i], i))
        wish[i] -= 1
    while sum(wish) < areas:
        i = max(
            (i for i in range(len(rest)) if wish[i] < len(rest[i])), key=lambda i: (households[i] / (wish[i] + 1), -i)
        )
        wish[i] += 1
    return wish


def _fill(g: Graph, label: Ints) -> None:
    """Give scraps without an area to the neighbour they share most border with."""
    for cells in parts_of(g, label < 0):
        shared: dict[int, float] = {}
        for u in cells:
            for h in range(g.first[u], g.first[u + 1]):
                if g.link[h] and label[g.near[h]] >= 0:
                    a = int(label[g.near[h]])
                    shared[a] = shared.get(a, 0.0) + float(g.length[h])
        label[cells] = min(shared, key=lambda a: (-shared[a], a))


def natural_numbers(g: Graph, bounds: Bounds, *, fewest: bool = False) -> list[int]:
    """Return the numbers of areas a connected part may have, the wished one first, then those nearest to it.

    Cells above the maximum are areas by themselves; what is left between them is rounded, piece by piece.
    """
    households, persons = g.sums[:, at.HOUSEHOLDS], g.sums[:, at.PERSONS]
    big = households > bounds.upper
    wish = least = most = int(big.sum())
    for cells in parts_of(g, ~big) if wish else [np.arange(len(g.sums))]:
        h, q = int(households[cells].sum()), int(persons[cells].sum())
        fitting = bounds.fitting(h, q)
        best = bounds.best(h, len(cells), q, fewest=fewest)
        scrap = bool(big.any()) and 2 * h <= bounds.lower
        wish += 0 if scrap else best
        least += 0 if scrap else (fitting[0] if fitting else best)
        most += 0 if scrap else (fitting[-1] if fitting else best)
    several = range(max(1, min(least, wish)), min(len(g.sums), max(most, wish)) + 1)
    return sorted(several, key=lambda k: (abs(k - wish), -k))


def search(
    g: Graph, areas: int, bounds: Bounds, p: Floats, effort: Effort, seed: tuple[int, ...]
) -> tuple[Ints, float]:
    """Return labels and energy of the best division found: many starts with whole blocks, the best of them worked out cell by cell."""
    n = len(g.sums)
    if n > LARGE:
        return _search_large(g, areas, bounds, p, effort, seed)
    levels = [
        group for group in clumps(g, p[at.TARGET], p[at.UPPER]) if 2 * areas <= int(group.max()) + 1 <= COARSE * n
    ]
    begun = []
    starts = effort.starts if levels or n <= SMALL else effort.kept
    for start in range(starts):
        rng = generator(*seed, start)
        label, energy = _begin(g, areas, bounds, p, effort, levels, rng)
        begun.append((energy, start, label, rng))
    begun.sort(key=lambda division: division[:2])
    found = [_work_out(g, label, p, effort, levels, rng) for _, _, label, rng in begun[: effort.kept]]
    return min(found, key=lambda division: division[1])


def _search_large(
    g: Graph, areas: int, bounds: Bounds, p: Floats, effort: Effort, seed: tuple[int, ...]
) -> tuple[Ints, float]:
    """Divide in patches, then in other patches across the borders of the first."""
    brief = replace(effort, tries=effort.tries // 4, trees=effort.trees // 4, rounds=1, stretches=2, bold=2)
    patches = parts_for(g, areas, PATCH, p, generator(*seed, 0))

    def begin(part: Graph, k: int, number: int) -> Ints:
        return _begin(part, k, bounds, p, brief, [], generator(*seed, 1, number))[0]

    def go_on(part: Graph, label: Ints, number: int) -> Ints:
        st = fresh_state(label, int(label.max()) + 1)
        settle(part, st, p, brief, generator(*seed, 2, number), wood(len(part.sums), len(part.near)))
        return st.label

    label, found = start_in_patches(g, patches, begin)
    others = other_patches(g, label, max(2, PATCH * found // len(g.sums)), p, generator(*seed, 3))
    label = in_patches(g, label, others, go_on)
    return label, float(tally(g, fresh_state(label, found), p))


def _begin(
    g: Graph, areas: int, bounds: Bounds, p: Floats, effort: Effort, levels: list[Ints], rng: Ints
) -> tuple[Ints, float]:
    """Divide whole blocks, then pieces of blocks; cells where there are no blocks. Return labels of the cells and the energy."""
    soft = softened(p)
    label: Ints | None = None
    energy = 0.0
    for group in levels or [np.arange(len(g.sums))]:
        coarse = contract(g, group) if levels else g
        t = wood(len(coarse.sums), len(coarse.near))
        first = (
            first_labels(coarse, areas, bounds, p, effort.trees, rng, t) if label is None else _on_groups(group, label)
        )
        st = fresh_state(first, areas)
        energy = improve(coarse, st, soft, effort, rng, t, HOT if label is None else WARM)
        label = st.label[group]
    assert label is not None  # noqa: S101 -- there is at least one level
    return label, energy


def _work_out(g: Graph, label: Ints, p: Floats, effort: Effort, levels: list[Ints], rng: Ints) -> tuple[Ints, float]:
    """Move single cells, then what each area holds of a block as a whole, and so on; end cold."""
    t = wood(len(g.sums), len(g.near))
    st = fresh_state(label, int(label.max()) + 1)
    if levels:
        improve(g, st, softened(p), effort, rng, t, WARM)
    for _ in range(effort.cycles if levels else 0):
        for group in levels:
            pieces = fragments(g, group, st.label)
            coarse = contract(g, pieces)
            whole = fresh_state(_on_groups(pieces, st.label), len(st.members))
            improve(coarse, whole, p, effort, rng, wood(len(coarse.sums), len(coarse.near)), WARM)
            st.label[:] = whole.label[pieces]
        improve(g, st, p, effort, rng, t, WARM / 2)
    energy = settle(g, st, p, effort, rng, t)
    return st.label.copy(), energy


def _on_groups(group: Ints, label: Ints) -> Ints:
    """Return the labels of groups whose cells all have one label."""
    found = np.zeros(int(group.max()) + 1, dtype=np.int64)
    found[group] = label
    return found


def improve(g: Graph, st: State, p: Floats, effort: Effort, rng: Ints, t: Wood, hot: float) -> float:
    """Anneal from the temperature ``hot``, between whiles cutting pairs of neighbours anew, and end cold; return the energy."""
    n, areas = len(g.sums), len(st.members)
    energy = tally(g, st, p)
    if areas < 2 or not len(g.near):
        return energy
    tries = max(64, effort.tries * n // STEPS)
    stretches = effort.stretches if hot > 4 * COLD else 1  # where it is nearly cold there is nowhere to come away from
    for heats in np.array_split(np.geomspace(hot, COLD, STEPS), stretches):
        anneal(g, st, heats, tries, SWAPS, LUCK, p, rng)
        tally(g, st, p)
        borders = _pairs(g, st.label, np.zeros(areas, dtype=np.bool_))
        resplit(g, st, borders, effort.bold, BOLD * heats[-1], LUCK, p, rng, t)
    tally(g, st, p)
    _cut_pairs(g, st, p, effort, rng, t, tries // 2)
    return tally(g, st, p)


def _cut_pairs(g: Graph, st: State, p: Floats, effort: Effort, rng: Ints, t: Wood, tries: int) -> None:
    """Cut pairs of neighbours anew and move single cells, cold, until no pair that has changed since can be cut better."""
    tried = np.full(len(st.members), np.nan)
    for _ in range(effort.rounds):
        borders = _pairs(g, st.label, np.abs(st.energy - tried) < SAME)
        tried = st.energy.copy()
        if not resplit(g, st, borders, effort.trees, 0.0, LUCK, p, rng, t):
            return
        anneal(g, st, np.geomspace(COLD * 4, COLD / 10, 6), tries, SWAPS, LUCK, p, rng)


def _pairs(g: Graph, label: Ints, tried: Flags) -> Ints:
    """Return one linked border for each pair of neighbouring areas that have not both been ``tried`` as they are."""
    a, b = label[g.source], label[g.near]
    between = np.flatnonzero(g.link & (a < b) & ~(tried[a] & tried[b]))
    return between[np.unique(a[between] * len(tried) + b[between], return_index=True)[1]]


def settle(g: Graph, st: State, p: Floats, effort: Effort, rng: Ints, t: Wood) -> float:
    """End a search with the full price of being outside the bounds; return the energy."""
    return improve(g, st, p, effort, rng, t, COLD * 4)
