"""Slices of buildings too big for one area (rule C16): the cell is cut across the footprint's long axis, each part a cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.cells.blocks import faces_inside
from areaplan.cells.faces import SETTLE, give_away, neighbours
from areaplan.cells.shares import Size, shares_of
from areaplan.households import largest_remainder
from areaplan.linework.dissolving import dissolve
from areaplan.linework.edges import Floats, Geoms, Ints
from areaplan.messages import Message

__all__ = ["People", "Slice", "slice_across", "slice_cells"]

BEYOND_M = 1.0
"""How far a cut runs on beyond the cell, so that noding finds the crossing."""

CUT_M2 = 1.0
"""Another building on the same cell that a cut would part by more than this keeps the cell whole."""

HALVINGS = 50
"""Steps of the search for a cut that parts the footprint in the right proportion; far below a millimetre."""


@dataclass(frozen=True)
class People:
    """Hold what is known of n buildings: households, persons (-1 unknown), entrances and floors (0 unknown).

    ``size`` is what an area of their village holds; a building with more than ``above`` households is too big. It stays whole all the same
    where it has at most ``whole_persons`` persons (None: none does), or where neither entrances nor floors are known and it has at most
    ``blind`` households: a cut that nobody can find on the ground costs more than an area that is a little too large.
    """

    households: Ints
    persons: Ints
    entrances: Ints
    floors: Ints
    size: Size
    above: int
    whole_persons: int | None = None
    blind: int = 0

    def too_big(self) -> Ints:
        """Return the buildings that are to be sliced, the biggest first."""
        known = (self.entrances > 1) | (self.floors > 1)
        big = (self.households > self.above) & (known | (self.households > self.blind))
        if self.whole_persons is not None:
            big &= self.persons > self.whole_persons
        rows = np.flatnonzero(big)
        return rows[np.argsort(-self.households[rows], kind="stable")]


@dataclass(frozen=True)
class Slice:
    """Hold part ``part`` of ``parts`` of a building: the cell it is, its own counts, what it is called."""

    cell: int
    building: int
    part: int
    parts: int
    households: int
    persons: int
    label: Message


def slice_cells(polygons: Geoms, cell_of: Ints, footprints: Geoms, people: People) -> tuple[Geoms, Ints, list[Slice]]:
    """Replace the cells of buildings too big for an area by slices.

    Parameters
    ----------
    polygons
        (n,) cells of a village.
    cell_of
        (b,) cell of each building.
    footprints
        (b,) polygons or points.
    people
        What is known of the buildings.

    Returns
    -------
    The cells, the cell of each building (a sliced one: that of its largest part), and the slices. The first slice of a building stands in
    the place of its cell, the others behind all cells.
    """
    polygons, cell_of = polygons.copy(), cell_of.copy()
    slices: list[Slice] = []
    more: list[Geoms] = []
    n, done = len(polygons), set[int]()
    for b in people.too_big().tolist():
        cell = int(cell_of[b])
        if cell in done:  # a smaller giant that overlaps it
            continue
        shares = shares_of(
            int(people.households[b]), people.size, entrances=int(people.entrances[b]), floors=int(people.floors[b])
        )
        pieces = slice_across(polygons[cell], footprints[b], np.array([s.households for s in shares]))
        mates = np.flatnonzero((cell_of == cell) & (np.arange(len(cell_of)) != b))
        if _parted(footprints[mates], pieces):
            continue
        numbers = np.concatenate([[cell], n + np.arange(len(pieces) - 1)])
        n += len(pieces) - 1
        done.update(numbers.tolist())
        polygons[cell] = pieces[0]
        more.append(pieces[1:])
        cell_of[mates] = numbers[_holding(footprints[mates], pieces)]
        cell_of[b] = numbers[_largest(footprints[b], pieces)]
        persons = _persons(int(people.persons[b]), [s.households for s in shares])
        slices += [
            Slice(int(c), b, k, len(shares), s.households, p, s.label)
            for k, (c, s, p) in enumerate(zip(numbers, shares, persons, strict=True), 1)
        ]
    return np.concatenate([polygons, *more]), cell_of, slices


def slice_across(cell: BaseGeometry, footprint: BaseGeometry, counts: Ints) -> Geoms:
    """Cut a cell across the long axis of its footprint into one piece per count, in proportion to the counts.

    Parts run from west to east, or from north to south where the axis is steeper. The pieces tile the cell exactly.

    Examples
    --------
    >>> pieces = slice_across(shapely.box(0, 0, 40, 10), shapely.box(5, 2, 35, 8), np.array([20, 10]))
    >>> [float(p.area) for p in pieces]
    [250.0, 150.0]
    """
    body = shapely.intersection(footprint, cell)
    body = body if shapely.area(body) > 0 else cell
    axis = _long_axis(body)
    cuts = _cuts(_turned(body, axis), np.cumsum(np.maximum(counts, 1))[:-1] / np.maximum(counts, 1).sum())
    linework = shapely.union_all(np.concatenate([[shapely.boundary(cell)], _across(cell, axis, cuts)]))
    faces, points = faces_inside(linework, cell)
    strip = np.searchsorted(cuts, shapely.get_coordinates(points) @ axis).astype(np.int64)
    owner = np.full(len(faces), SETTLE)
    held = shapely.area(shapely.intersection(faces, body))
    best = np.lexsort((-held, strip))
    first = best[np.unique(strip[best], return_index=True)[1]]
    owner[first] = strip[first]
    none = np.zeros(len(faces), dtype=np.int64)
    near = neighbours(faces, np.empty(0, dtype=object), none, none > 0)
    give_away(owner, near, near.length)
    owner[owner == SETTLE] = strip[owner == SETTLE]  # a part of the cell that touches no other
    return dissolve(faces, owner)


def _long_axis(body: BaseGeometry) -> Floats:
    """Return the unit vector along the longer side of the smallest box round ``body``, eastward, or southward where it is steep."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(body))
    sides = np.diff(corners[:3], axis=0) if len(corners) > 2 else np.array([[1.0, 0.0], [0.0, 0.0]])
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    axis: Floats = sides[np.argmax(lengths)] / lengths.max()
    forward = axis[0] > 0 if abs(axis[0]) >= abs(axis[1]) else axis[1] < 0
    return axis if forward else -axis


def _turned(body: BaseGeometry, axis: Floats) -> BaseGeometry:
    """Return ``body`` in coordinates along and across the axis."""
    turn = np.array([[axis[0], -axis[1]], [axis[1], axis[0]]])
    turned: BaseGeometry = shapely.transform(body, lambda xy: xy @ turn)
    return turned


def _cuts(body: BaseGeometry, shares: Floats) -> Floats:
    """Return where along the first axis ``body`` must be cut so that ``shares`` of its area lie before the cuts."""
    x0, y0, x1, y1 = shapely.bounds(body)
    whole = shapely.area(body)
    low, high = np.full(len(shares), x0), np.full(len(shares), x1)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        before = shapely.area(shapely.intersection(body, shapely.box(x0 - 1, y0 - 1, middle, y1 + 1))) / whole
        low, high = np.where(before < shares, middle, low), np.where(before < shares, high, middle)
    return (low + high) / 2


def _across(cell: BaseGeometry, axis: Floats, cuts: Floats) -> Geoms:
    """Return the lines across the axis at ``cuts``, from beyond one side of the cell to beyond the other."""
    side = np.array([-axis[1], axis[0]])
    reach = shapely.get_coordinates(cell) @ side
    ends = np.array([reach.min() - BEYOND_M, reach.max() + BEYOND_M])
    return np.asarray(shapely.linestrings(cuts[:, None, None] * axis + ends[None, :, None] * side), dtype=object)


def _parted(others: Geoms, pieces: Geoms) -> bool:
    """Tell whether a footprint beside the sliced one would lie in two pieces."""
    held = shapely.area(shapely.intersection(others[:, None], pieces[None, :])) > CUT_M2
    return bool((held.sum(axis=1) > 1).any())


def _holding(others: Geoms, pieces: Geoms) -> Ints:
    """Return the piece each of the other buildings stands in, the nearest one for those outside."""
    if len(others) == 0:
        return np.empty(0, dtype=np.int64)
    return np.asarray(shapely.STRtree(pieces).nearest(shapely.point_on_surface(others)), dtype=np.int64)


def _largest(footprint: BaseGeometry, pieces: Geoms) -> int:
    return int(np.argmax(shapely.area(shapely.intersection(pieces, footprint))))


def _persons(persons: int, households: list[int]) -> list[int]:
    """Share persons in proportion to households; -1 throughout where they are unknown."""
    if persons < 0:
        return [-1] * len(households)
    return [int(p) for p in largest_remainder(np.array(households), persons)]
