"""Find the places in question: ground that several villages claim, and ground they enclose that none claims."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.linework import dissolve
from areaplan.linework.edges import Floats, Geoms, Ints
from areaplan.repair.ground import Ground
from areaplan.settings import RepairSettings

__all__ = ["Spots", "find_spots", "is_narrow", "number_of"]

SAME_BORDER_M = 0.0015
"""Mean width below which two borders are one, whatever their length: a vertex rounded to 1 mm on each side."""
DECLARED = 0.9
"""A gap is declared when this share of it lies in declared ground; the rest is the drawing of two hands."""
BUILT_M2 = 0.01
"""A building stands in a place when more of it than this lies inside."""


@dataclass(frozen=True)
class Spots:
    """Hold the places in question as arrays, one row each.

    Parameters
    ----------
    of_face
        (f,) the spot of each face, -1 for settled ground.
    faces
        Faces of each spot.
    holders
        Villages that hold it; none for a gap.
    geometry, m2, width_m
        Where, how large, how wide on average.
    buildings
        How many stand in it; ``None`` where none are known.
    sliver, declared
        What the rule settles; what lies in declared water or foreign ground.
    """

    of_face: Ints
    faces: list[list[int]]
    holders: list[tuple[int, ...]]
    geometry: Geoms
    m2: Floats
    width_m: Floats
    buildings: Ints | None
    sliver: NDArray[np.bool_]
    declared: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.faces)

    def built(self, spot: int) -> int:
        """Return how many buildings are known to stand in a spot."""
        return 0 if self.buildings is None else int(self.buildings[spot])


def find_spots(ground: Ground, settings: RepairSettings, footprints: Geoms | None, outside: Geoms | None) -> Spots:
    """Return the places in question, from north-west to south-east.

    A **sliver** is narrower than ``sliver_m`` everywhere (no disc of that diameter fits in), smaller than ``sliver_m2``, and nothing is
    built inside; what is thinner than the grid of the proof is one however long it is.
    """
    of_face, holders = _grouped(ground)
    faces: list[list[int]] = [[] for _ in holders]
    for face in np.flatnonzero(of_face >= 0).tolist():
        faces[of_face[face]].append(face)
    asked = np.flatnonzero(of_face >= 0)
    shapes = dissolve(ground.faces[asked], of_face[asked]) if len(asked) else np.empty(0, dtype=object)
    m2 = np.array([ground.m2(f) for f in faces])
    length = shapely.length(shapes)
    width = 2 * shapely.area(shapes) / np.where(length > 0, length, 1)
    buildings = None if footprints is None else _built(shapes, footprints)
    small = (m2 < settings.sliver_m2) & ((buildings == 0) if buildings is not None else True)
    sliver = width < SAME_BORDER_M
    sliver[small] |= is_narrow(shapes[small], settings.sliver_m)
    gap = np.array([not h for h in holders], dtype=bool)
    declared = gap & _declared(shapes, outside)
    return Spots(of_face, faces, holders, shapes, m2, width, buildings, sliver & ~declared, declared)


def is_narrow(shapes: Geoms, limit_m: float) -> NDArray[np.bool_]:
    """Tell where no disc of the given diameter fits in."""
    return np.asarray(shapely.is_empty(shapely.buffer(shapes, -limit_m / 2)), dtype=bool)


def _grouped(ground: Ground) -> tuple[Ints, list[tuple[int, ...]]]:
    """Return the spot of each face, and who holds each spot: adjoining faces with the same holders are one spot."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    kinds: dict[tuple[int, ...], int] = {}
    kind = np.array([kinds.setdefault(h, len(kinds)) for h in ground.holders], dtype=np.int64)
    asked = np.array([len(h) != 1 for h in ground.holders], dtype=bool)
    joined = asked[ground.left] & (kind[ground.left] == kind[ground.right])
    n = len(ground.faces)
    graph = coo_matrix((np.ones(int(joined.sum())), (ground.left[joined], ground.right[joined])), shape=(n, n))
    component = connected_components(graph, directed=False)[1]
    of_face = np.full(n, -1, dtype=np.int64)
    first: dict[int, int] = {}
    holders: list[tuple[int, ...]] = []
    for face in np.flatnonzero(asked).tolist():
        if component[face] not in first:
            first[component[face]] = len(holders)
            holders.append(ground.holders[face])
        of_face[face] = first[component[face]]
    return of_face, holders


def _built(shapes: Geoms, footprints: Geoms) -> Ints:
    """Return how many buildings have ground, or their point, in each shape."""
    tree = shapely.STRtree(footprints)
    shape, building = tree.query(shapes, predicate="intersects")
    share = shapely.area(shapely.intersection(shapes[shape], footprints[building]))
    flat = shapely.get_dimensions(footprints[building]) == 0
    return np.bincount(shape[flat | (share > BUILT_M2)], minlength=len(shapes)).astype(np.int64)


def _declared(shapes: Geoms, outside: Geoms | None) -> NDArray[np.bool_]:
    """Tell which shapes lie in declared ground, but for a tenth."""
    if outside is None or not len(outside) or not len(shapes):
        return np.zeros(len(shapes), dtype=bool)
    whole = shapely.union_all(outside)
    shapely.prepare(whole)
    return np.asarray(shapely.area(shapely.intersection(shapes, whole)) >= DECLARED * shapely.area(shapes), dtype=bool)


def number_of(kind: str, owners: Sequence[str], x: float, y: float) -> str:
    """Return the number of a place: the same owners at the same metre have the same number, whatever else the layer holds.

    Examples
    --------
    >>> number_of("gap", ["350302101001", "350302101002"], 480000.2, 2800000.1)
    '7E26-4FC5'
    """
    text = "|".join([kind, *owners, f"{x:.0f}", f"{y:.0f}"])
    digits = hashlib.sha256(text.encode()).hexdigest()[:8].upper()
    return f"{digits[:4]}-{digits[4:]}"
