"""From polygons to directed edges on an integer grid.

Rounding to a grid makes equality of vertices a question of integers: no tolerance, no order of evaluation. Rings are oriented so that the
ground lies on the left; an edge shared by two areas then appears once in each direction, which is what :mod:`areaplan.proof.cancel` counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["EdgeTable", "FormFault", "Ints", "edge_table", "segments"]

Ints = NDArray[np.int64]
Side = Literal["area", "parent"]
Form = Literal["missing", "empty", "not a polygon", "not finite", "invalid", "narrow", "vanishes"]

_MOST_UNITS = 2**31
_POLYGONAL = (3, 6)


@dataclass(frozen=True)
class FormFault:
    """Say that a row is not a usable polygon: which side, which row, what is wrong, and GEOS's reason and place if it has them."""

    side: Side
    row: int
    kind: Form
    reason: str = ""


@dataclass(frozen=True)
class EdgeTable:
    """Hold the directed edges of areas and parents, in units of the grid from ``origin``.

    Parameters
    ----------
    grid_m, origin
        Unit of the grid, metres, and where its zero lies.
    areas, parents
        How many polygons there are of each; polygon numbers run over the areas, then the parents.
    xy
        (v, 2) coordinates of the vertices from ``origin``, metres, not rounded.
    grid
        (v, 2) the same in whole units.
    tail, head
        (e,) the vertices an edge runs from and to.
    owner
        (e,) polygon number of an edge.
    group
        (e,) number of the parent whose ledger the edge enters; -1 where the area names none.
    sign
        (e,) +1 where the edge counts as it runs, -1 where it counts backwards (parents, and rings digitised the other way round).
    doubled
        (areas + parents,) twice the area of each polygon in square units, exactly.
    polygons
        The usable polygons themselves, invalid ones mended for judging; None where there is none.
    nested
        True where an area must lie in the parent it names.
    """

    grid_m: float
    origin: NDArray[np.float64]
    areas: int
    parents: int
    xy: NDArray[np.float64]
    grid: Ints
    tail: Ints
    head: Ints
    owner: Ints
    group: Ints
    sign: Ints
    doubled: Ints
    polygons: NDArray[np.object_]
    nested: bool = True

    def one_ledger(self) -> EdgeTable:
        """Return the same table with a single ledger for all parents: areas may lie in any of them."""
        return replace(self, group=np.zeros_like(self.group), nested=False)

    def vertex_keys(self, grid: Ints | None = None) -> Ints:
        """Return one whole number per vertex, equal where the grid points are equal."""
        at = self.grid if grid is None else grid
        return (at[:, 0] << 32) | at[:, 1]


def edge_table(
    areas: NDArray[np.object_], parents: NDArray[np.object_], group: Ints, *, grid_m: float
) -> tuple[EdgeTable, list[FormFault]]:
    """Round, orient and take apart ``areas`` and ``parents``.

    Parameters
    ----------
    areas, parents
        Geometries; rows that are None, empty or no polygons are reported and left out; invalid ones are reported and mended for judging.
    group
        Number of the parent of each area, -1 for none.
    grid_m
        Unit of the grid, metres.

    Raises
    ------
    ValueError
        When the extent is more than 2**31 units; a larger ``grid_m`` helps.
    """
    polygons = np.concatenate([areas, parents]).astype(object)
    polygons, faults = _usable(polygons, len(areas))
    pieces, piece_of = shapely.get_parts(polygons, return_index=True)
    rings, ring_piece = shapely.get_rings(pieces, return_index=True)
    coords, ring_of = shapely.get_coordinates(rings, return_index=True)
    origin = np.floor(coords.min(axis=0)) if len(coords) else np.zeros(2)
    xy = coords - origin
    if len(xy) and xy.max() / grid_m >= _MOST_UNITS - 1:
        raise ValueError(f"an extent of {xy.max():.0f} m does not fit a grid of {grid_m} m; choose a larger grid_m")
    grid = np.rint(xy / grid_m).astype(np.int64)
    tail, head = _edges_of(ring_of)
    ring_doubled = _doubled_area(grid, tail, head, ring_of[tail], len(rings))
    exterior = np.ones(len(rings), dtype=bool)
    exterior[1:] = ring_piece[1:] != ring_piece[:-1]
    turn = np.where((ring_doubled > 0) == exterior, 1, -1)
    owner_of_ring = piece_of[ring_piece]
    doubled = np.zeros(len(polygons), dtype=np.int64)
    np.add.at(doubled, owner_of_ring, ring_doubled * turn)
    edge_ring = ring_of[tail]
    owner = owner_of_ring[edge_ring]
    moves = (grid[tail] != grid[head]).any(axis=1)
    groups = np.concatenate([group, np.arange(len(parents))]).astype(np.int64)
    sign = np.where(owner < len(areas), 1, -1) * turn[edge_ring]
    table = EdgeTable(
        grid_m, origin, len(areas), len(parents), xy, grid, tail[moves], head[moves], owner[moves],
        groups[owner[moves]] if len(groups) else owner[moves], sign[moves], doubled, polygons,
    )  # fmt: skip
    faults += _rounded_faults(
        table, pieces, piece_of, {f.row if f.side == "area" else f.row + len(areas) for f in faults}
    )
    return table, sorted(faults, key=lambda f: (f.side, f.row))


def _usable(polygons: NDArray[np.object_], areas: int) -> tuple[NDArray[np.object_], list[FormFault]]:
    """Put None where a row is no polygon, mend invalid ones, and name both."""
    faults: list[FormFault] = []
    kept = polygons.copy()

    def fault(row: int, kind: Form, reason: str = "") -> None:
        side: Side = "area" if row < areas else "parent"
        faults.append(FormFault(side, row - (0 if row < areas else areas), kind, reason))

    foreign = ~shapely.is_geometry(polygons) & ~shapely.is_missing(polygons)
    for row in np.flatnonzero(foreign):
        fault(int(row), "not a polygon", type(polygons[row]).__name__)
    kept[foreign] = None
    polygons = kept.copy()
    types = shapely.get_type_id(polygons)
    unfit = ~np.isin(types, _POLYGONAL) | shapely.is_empty(polygons)
    for row in np.flatnonzero(unfit & ~foreign):
        kind: Form = "missing" if types[row] < 0 else "empty" if shapely.is_empty(polygons[row]) else "not a polygon"
        fault(int(row), kind, "" if types[row] < 0 else str(polygons[row].geom_type))
        kept[row] = None
    for row in np.flatnonzero(~unfit & ~shapely.is_valid(polygons)):
        if not np.isfinite(shapely.get_coordinates(polygons[row])).all():
            fault(int(row), "not finite")
            kept[row] = None
            continue
        fault(int(row), "invalid", str(shapely.is_valid_reason(polygons[row])))
        kept[row] = _polygonal(shapely.make_valid(polygons[row]))
    return kept, faults


def _polygonal(geometry: shapely.Geometry) -> shapely.Geometry | None:
    """Keep the polygons of a mended geometry."""
    parts = shapely.get_parts(geometry)
    while (shapely.get_type_id(parts) > 3).any():
        parts = shapely.get_parts(parts)
    parts = parts[shapely.get_type_id(parts) == 3]
    return shapely.multipolygons(parts) if len(parts) else None


def _edges_of(ring_of: Ints) -> tuple[Ints, Ints]:
    """Return the vertices each edge runs from and to: every vertex to the next of its ring."""
    tail = np.flatnonzero(ring_of[1:] == ring_of[:-1]).astype(np.int64)
    return tail, tail + 1


def _doubled_area(grid: Ints, tail: Ints, head: Ints, ring: Ints, rings: int) -> Ints:
    """Return twice the signed area per ring.

    Sums wrap around 2**64 and come back: the result itself is below 2**63, for no extent is above 2**31 units.
    """
    cross = grid[tail, 0] * grid[head, 1] - grid[head, 0] * grid[tail, 1]
    sums = np.zeros(rings, dtype=np.int64)
    if len(cross):
        first = np.flatnonzero(np.r_[True, ring[1:] != ring[:-1]])
        sums[ring[first]] = np.add.reduceat(cross, first)
    return sums


def _rounded_faults(table: EdgeTable, pieces: NDArray[np.object_], piece_of: Ints, known: set[int]) -> list[FormFault]:
    """Name polygons that rounding takes away, or makes touch themselves where they are narrower than the grid."""
    if not len(pieces):
        return []
    rounded = shapely.set_coordinates(pieces.copy(), table.grid.astype(np.float64))
    bad = ~shapely.is_valid(rounded)
    gone = {int(p) for p in np.flatnonzero(table.doubled <= 0) if table.polygons[p] is not None} - known
    narrow = {int(p) for p in np.unique(piece_of[bad])} - known - gone

    def fault(number: int, kind: Form) -> FormFault:
        of_area = number < table.areas
        return FormFault("area" if of_area else "parent", number - (0 if of_area else table.areas), kind)

    return [fault(n, "vanishes") for n in sorted(gone)] + [fault(n, "narrow") for n in sorted(narrow)]


def segments(tails: NDArray[np.floating] | Ints, heads: NDArray[np.floating] | Ints) -> NDArray[np.object_]:
    """Return a line per pair of ends."""
    return np.asarray(shapely.linestrings(np.stack([tails, heads], axis=1).astype(np.float64)), dtype=object)
