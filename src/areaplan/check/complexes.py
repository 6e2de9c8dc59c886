"""R17: hospitals, schools, barracks and their like are not split between areas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.check.case import Case
from areaplan.check.ruling import Ruling, judged, not_judged
from areaplan.check.spots import places
from areaplan.check.words import amount
from areaplan.messages import msg
from areaplan.model import Finding, Severity

__all__ = ["is_use", "r17_complexes"]


class _Complex(NamedTuple):
    """Hold what a complex is called, its use, its ground, and a point in each of its buildings."""

    name: str
    use: str | None
    ground: BaseGeometry
    houses: np.ndarray


def r17_complexes(case: Case) -> Ruling:
    """R17 complexes: the buildings of a hospital, school, barracks, prison, home or market lie in one area.

    A complex is a polygon of the layer ``complexes``, or the buildings that share a name and a use which the pack keeps whole, near each
    other. It is split when its buildings lie in several areas, or its ground does: a strip along the border (below the pack's share) is
    digitising. A note R17 of the plan on the complex declares a split. Barracks and prisons are covered, but not named.
    """
    found_by = [*_of_layer(case), *_of_buildings(case)]
    if not found_by and not len(case.complexes):
        return not_judged("R17", msg("no layer of complexes given, and no use of buildings that names one"))
    found = [f for c in found_by for f in (*_split(case, c), *_named(case, c))]
    return judged("R17", len(found_by), found)


def _of_layer(case: Case) -> Iterator[_Complex]:
    table = case.complexes
    points = _points(case)
    tree = shapely.STRtree(points)
    for row, (use, name, shape) in enumerate(zip(table["use"], table["name"], table.geometry, strict=True), 1):
        if isinstance(shape, BaseGeometry) and shape.area:
            inside = points[np.sort(tree.query(shape, predicate="intersects"))]
            yield _Complex(_text(name) or f"#{row}", _text(use), shapely.make_valid(shape), inside)


def _points(case: Case) -> np.ndarray:
    if case.buildings is None:
        return np.empty(0, dtype=object)
    return places(case.buildings)


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _of_buildings(case: Case) -> Iterator[_Complex]:
    """Put buildings of one name and use, near each other, together."""
    if case.buildings is None:
        return
    words, near = case.pack.complexes.whole, case.pack.complexes.near_m
    table = case.buildings[["use", "name", "geometry"]]
    table = table[table["use"].map(lambda u: is_use(u, words)) & table["name"].map(lambda n: _text(n) is not None)]
    for (name, use), rows in table.groupby(["name", "use"], sort=True):
        shapes = rows.geometry.to_numpy()
        for group in _near(shapes, near):
            if len(group) > 1:
                ground = shapely.union_all(shapely.make_valid(shapes[group]))
                yield _Complex(
                    str(name), str(use), ground, np.asarray(shapely.point_on_surface(shapes[group]), dtype=object)
                )


def is_use(use: object, words: tuple[str, ...]) -> bool:
    """Tell whether a use is one of the words: Latin ones as the whole text, Chinese ones anywhere in it."""
    text = _text(use)
    return text is not None and any(text.lower() == w if w.isascii() else w in text for w in words)


def _near(shapes: np.ndarray, near_m: float) -> list[np.ndarray]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=near_m)
    graph = coo_array((np.ones(len(left)), (left, right)), shape=(len(shapes), len(shapes)))
    label = connected_components(graph, directed=False)[1]
    return [np.flatnonzero(label == n) for n in np.unique(label)]


def _split(case: Case, complex_: _Complex) -> Iterator[Finding]:
    if case.declares("R17", complex_.name):
        return
    rows = np.sort(case.tree.query(complex_.ground, predicate="intersects"))
    share = _shares(case, complex_, rows)
    if len(share) < 2:
        return
    secret = is_use(complex_.use, case.pack.complexes.unnamed)
    called = case.codes[min(share)] if secret else complex_.name
    parts = ", ".join(f"{case.short(row)} {value}" for row, value in sorted(share.items(), key=lambda p: p[0]))
    text = msg("{use} {name} lies in {count} areas ({parts}); give it whole to one, or declare the split",
               use=complex_.use or msg("the complex"), name="" if secret else complex_.name,
               count=len(share), parts=parts)  # fmt: skip
    village = case.areas["village_code"].iloc[min(share)]
    yield case.finding(
        "R17", called, text, village=village, measure=float(complex_.ground.area), unit="m2",
        geometry=complex_.ground,
    )  # fmt: skip


def _shares(case: Case, complex_: _Complex, rows: np.ndarray) -> dict[int, str]:
    """Return what each area holds of a complex: those with one of its several buildings, or with more than a strip of its ground."""
    shapes = case.polygons[rows]
    held = shapely.area(shapely.intersection(shapes, complex_.ground))
    least = max(case.pack.thresholds.building_cut_m2, case.pack.complexes.share * complex_.ground.area)
    houses = np.array([shapely.intersects(shape, complex_.houses).sum() for shape in shapes], dtype=np.int64)
    several = len(complex_.houses) > 1
    return {
        int(row): f"{amount(float(m2))} m²"
        for row, m2, inside in zip(rows, held, houses, strict=True)
        if m2 > least or (several and inside)
    }


def _named(case: Case, complex_: _Complex) -> Iterator[Finding]:
    """Name barracks and prisons that bear a name: maps show them as blank land."""
    if is_use(complex_.use, case.pack.complexes.unnamed) and not complex_.name.startswith("#"):
        text = msg("ground of the use {use} bears a name; it is covered as blank land and never named: take the name out of the layer",
                   use=complex_.use)  # fmt: skip
        place = shapely.point_on_surface(complex_.ground)
        rows = case.tree.query(place, predicate="intersects")
        village = case.areas["village_code"].iloc[int(rows[0])] if len(rows) else None
        subject = case.codes[int(rows[0])] if len(rows) else "-"
        yield case.finding("R17", subject, text, severity=Severity.WARNING, village=village, geometry=place)
