"""Cut messy polygons into the faces between all their outlines, and know who holds each.

Where every outline is noded with every other, each face lies wholly inside or wholly outside each polygon. Ground that one village holds is
settled; the rest is claimed by several, or enclosed and claimed by none. Nothing is moved here: the faces are the ground as it was drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.linework import edge_table
from areaplan.linework.edges import Floats, Geoms, Ints
from areaplan.repair.slits import slits

__all__ = ["M2_PER_UNIT", "Ground", "cut_ground"]

STEP_M = 2.0**-32
"""Coordinates are counted in steps of a quarter of a nanometre, finer than the last bit of a northing in metres."""
M2_PER_UNIT = STEP_M * STEP_M / 2
"""Areas are kept doubled, in whole square steps: integers of any size, so that sums are exact."""


@dataclass(frozen=True)
class Ground:
    """Hold the faces, their holders, and how they adjoin.

    Parameters
    ----------
    faces
        (f,) polygons, from north-west to south-east.
    held_face, holder
        (h,) who holds what: face and village of each pair, sorted by face, then village.
    left, right, length
        (e,) faces on both sides of a shared edge of positive length, and its metres.
    units
        (f,) area of each face, doubled, in square steps: Python integers, for no machine word holds them.
    """

    faces: Geoms
    held_face: Ints
    holder: Ints
    left: Ints
    right: Ints
    length: Floats
    units: NDArray[np.object_]

    @cached_property
    def holders(self) -> list[tuple[int, ...]]:
        """The villages that hold each face, in order."""
        bounds = np.searchsorted(self.held_face, np.arange(len(self.faces) + 1))
        holder = self.holder.tolist()
        return [tuple(holder[a:b]) for a, b in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)]

    @cached_property
    def adjoining(self) -> list[list[int]]:
        """The faces that share an edge with each face, in order."""
        near: list[set[int]] = [set() for _ in self.faces]
        for a, b in zip(self.left.tolist(), self.right.tolist(), strict=True):
            near[a].add(b)
            near[b].add(a)
        return [sorted(n) for n in near]

    def m2(self, faces: Iterable[int]) -> float:
        """Return the area of some faces in square metres."""
        return self.sum(faces) * M2_PER_UNIT

    def sum(self, faces: Iterable[int]) -> int:
        """Return the area of some faces in units, exactly."""
        return sum(self.units[f] for f in faces)


def cut_ground(polygons: Geoms, *, slit_m: float = 0.0) -> Ground:
    """Node the outlines of valid polygons, and return the faces between them; slits narrower than ``slit_m`` are faces too.

    Examples
    --------
    >>> ground = cut_ground(shapely.box([0, 2], 0, [3, 5], 1))
    >>> ground.holders, [ground.m2([f]) for f in range(3)]
    ([(0,), (0, 1), (1,)], [2.0, 1.0, 2.0])
    """
    outlines = shapely.boundary(np.concatenate([polygons, slits(polygons, slit_m)]))
    lines = shapely.union_all(outlines)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    spots = shapely.get_coordinates(shapely.point_on_surface(faces))
    order = np.lexsort((spots[:, 0], -spots[:, 1]))
    faces, spots = faces[order], spots[order]
    holder, face = shapely.STRtree(np.asarray(shapely.points(spots), dtype=object)).query(
        polygons, predicate="intersects"
    )
    by_face = np.lexsort((holder, face))
    table = edge_table(faces)
    inner = table.right >= 0
    return Ground(
        faces, face[by_face].astype(np.int64), holder[by_face].astype(np.int64),
        table.left[inner], table.right[inner], table.lengths[inner], _units(faces),
    )  # fmt: skip


def _units(faces: Geoms) -> NDArray[np.object_]:
    """Return the doubled area of each face by the shoelace formula in whole numbers, from the coordinates to their last bit."""
    rings, face = shapely.get_rings(faces, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    steps = np.rint((xy - np.floor(xy.min(axis=0))) / STEP_M).astype(np.int64).astype(object)
    on = ring[1:] == ring[:-1]
    cross = (steps[:-1, 0] * steps[1:, 1] - steps[1:, 0] * steps[:-1, 1])[on]
    areas = np.abs(np.add.reduceat(cross, np.flatnonzero(np.diff(ring[1:][on], prepend=-1))))
    outer = np.diff(face, prepend=-1) != 0
    out = np.zeros(len(faces), dtype=object)
    np.add.at(out, face, np.where(outer, areas, -areas))
    return out
