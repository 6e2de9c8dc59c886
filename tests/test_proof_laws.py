"""Laws of the proof: it agrees with an overlay of every pair, and nothing but the ground changes its verdict."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from areaplan.proof import Proof, prove


class Town(NamedTuple):
    areas: list[BaseGeometry]
    parents: list[BaseGeometry]
    parent_of: list[int]


def town(seed: int) -> Town:
    """Return a random small town, sound or not.

    A grid of boxes on whole metres is dissolved into random areas and two villages; then areas are dropped, moved, stretched or given to the
    other village.
    """
    rng = np.random.default_rng(seed)
    wide, high = rng.integers(2, 5, 2)
    cells = {(i, j): shapely.box(i * 10, j * 10, i * 10 + 10, j * 10 + 10) for i in range(wide) for j in range(high)}
    villages = {place: int(place[0] >= wide // 2) for place in cells}
    label = {place: (villages[place], int(rng.integers(3))) for place in cells}
    keys = sorted(set(label.values()))
    areas = [shapely.union_all([cells[p] for p in cells if label[p] == k]) for k in keys]
    parents = [shapely.union_all([cells[p] for p in cells if villages[p] == v]) for v in (0, 1)]
    parent_of = [k[0] for k in keys]
    for _ in range(rng.integers(0, 3)):
        at = int(rng.integers(len(areas)))
        dx, dy = (int(v) for v in rng.integers(-7, 8, 2))
        match int(rng.integers(4)):
            case 0:
                areas[at] = shapely.transform(areas[at], lambda c, by=(dx, dy): c + np.array(by))
            case 1:
                areas[at] = shapely.union(areas[at], shapely.box(abs(dx), abs(dy), abs(dx) + 9, abs(dy) + 5))
            case 2:
                parent_of[at] = 1 - parent_of[at]
            case _:
                if len(areas) > 1:
                    del areas[at], parent_of[at]
    return Town(areas, parents, parent_of)


def by_overlay(t: Town) -> dict[str, float]:
    """Return the m² of each kind of fault by overlaying every pair."""
    whole, held = shapely.union_all(t.parents), shapely.union_all(t.areas)
    twice = shapely.union_all([shapely.intersection(a, b) for a, b in combinations(t.areas, 2)] or [shapely.Point()])
    once = shapely.difference(held, twice)
    home = [shapely.intersection(a, t.parents[p]) for a, p in zip(t.areas, t.parent_of, strict=True)]
    astray = shapely.difference(shapely.intersection(once, whole), shapely.union_all(home))
    sizes = {
        "gap": shapely.area(shapely.difference(whole, held)),
        "overlap": shapely.area(twice),
        "spill": shapely.area(shapely.difference(once, whole)),
        "astray": shapely.area(astray),
    }
    return {kind: round(float(size), 3) for kind, size in sizes.items() if size > 1e-6}


def by_proof(proof: Proof) -> dict[str, float]:
    sizes: dict[str, float] = {}
    for fault in proof.faults:
        sizes[fault.kind] = sizes.get(fault.kind, 0) + fault.area_m2
    return {kind: round(size, 3) for kind, size in sizes.items()}


@given(st.integers(0, 10_000))
@settings(max_examples=150)
def test_agrees_with_overlay_of_every_pair(seed: int) -> None:
    """Kinds of fault and their m² are those of a brute-force overlay."""
    t = town(seed)
    assert by_proof(prove(t.areas, t.parents, t.parent_of)) == by_overlay(t)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
@settings(max_examples=60)
def test_only_the_ground_counts(seed: int, shuffle: int) -> None:
    """Order of rows, start and direction of rings, and a shift by a million metres change neither verdict nor sizes."""
    t, rng = town(seed), np.random.default_rng(shuffle)
    order = rng.permutation(len(t.areas))
    shift = rng.integers(-1, 2, 2) * 1e6
    areas = [_redrawn(shapely.transform(t.areas[i], lambda c: c + shift), rng) for i in order]
    parents = [_redrawn(shapely.transform(p, lambda c: c + shift), rng) for p in t.parents]
    one = prove(t.areas, t.parents, t.parent_of)
    other = prove(areas, parents, [t.parent_of[i] for i in order])
    assert by_proof(other) == by_proof(one)
    assert other.tiles == one.tiles
    told = {(f.kind, tuple(sorted(order[list(f.areas)])), round(f.area_m2, 3)) for f in other.faults}
    assert told == {(f.kind, f.areas, round(f.area_m2, 3)) for f in one.faults}


def _redrawn(shape: BaseGeometry, rng: np.random.Generator) -> BaseGeometry:
    """Return the same ground, its rings started elsewhere and perhaps turned round."""
    parts = [
        shapely.Polygon(_turned(p.exterior, rng), [_turned(r, rng) for r in p.interiors])
        for p in shapely.get_parts(shape)
    ]
    return shapely.MultiPolygon(parts)


def _turned(ring: shapely.LinearRing, rng: np.random.Generator) -> np.ndarray:
    coords = np.roll(shapely.get_coordinates(ring)[:-1], int(rng.integers(50)), axis=0)
    return coords[::-1] if rng.integers(2) else coords


@given(st.integers(0, 10_000), st.floats(0, 6.28), st.integers(1, 4))
@settings(max_examples=60)
def test_extra_vertices_are_no_gaps(seed: int, turn: float, extra: int) -> None:
    """A sound town whose lines carry other vertices on either side still tiles, in any direction."""
    t, rng = sound(seed), np.random.default_rng(seed)
    c, s = np.cos(turn), np.sin(turn)
    spun = lambda g: shapely.transform(g, lambda p: p @ np.array([[c, s], [-s, c]]) + 4e5)  # noqa: E731
    areas = [spun(_densified(a, rng, extra)) for a in t.areas]
    proof = prove(areas, [spun(p) for p in t.parents], t.parent_of)
    assert proof.tiles, proof.faults


def sound(seed: int) -> Town:
    rng = np.random.default_rng(seed)
    boxes = [shapely.box(i * 10, j * 10, i * 10 + 10, j * 10 + 10) for i in range(4) for j in range(3)]
    label = rng.integers(0, 4, len(boxes))
    areas = [shapely.union_all([b for b, n in zip(boxes, label, strict=True) if n == k]) for k in np.unique(label)]
    return Town(areas, [shapely.box(0, 0, 40, 30)], [0] * len(areas))


def _densified(shape: BaseGeometry, rng: np.random.Generator, extra: int) -> BaseGeometry:
    """Return the same ground with vertices put on some of its edges."""

    def more(ring: shapely.LinearRing) -> np.ndarray:
        coords = shapely.get_coordinates(ring)
        rows = []
        for a, b in pairwise(coords):
            rows.append(a)
            at = np.sort(rng.random(int(rng.integers(0, extra + 1))))
            rows += [a + (b - a) * x for x in at]
        return np.array(rows)

    return shapely.MultiPolygon(
        [shapely.Polygon(more(p.exterior), [more(r) for r in p.interiors]) for p in shapely.get_parts(shape)]
    )


@given(st.integers(0, 10_000))
@settings(max_examples=100)
def test_split_into_many_files(seed: int) -> None:
    """Judged village by village, each from a file of its own, a town tiles exactly when it tiles as a whole."""
    t = town(seed)
    whole = prove(t.areas, t.parents, t.parent_of)
    parts = []
    for number, parent in enumerate(t.parents):
        mine = [a for a, p in zip(t.areas, t.parent_of, strict=True) if p == number]
        parts.append(prove(mine, [parent], [0] * len(mine)))
    assert whole.tiles == all(p.tiles for p in parts)
