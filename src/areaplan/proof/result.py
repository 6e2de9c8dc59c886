"""What a proof says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.proof.grid import EdgeTable, FormFault

__all__ = ["Fault", "FaultKind", "Proof", "Unnoded"]

FaultKind = Literal["gap", "overlap", "spill", "astray", "hole"]


@dataclass(frozen=True)
class Fault:
    """Say that a piece of ground is held by nobody, by too many, or by the wrong one.

    Parameters
    ----------
    kind
        **gap**: in a parent, in no area. **overlap**: in two areas or more. **spill**: in an area, in no parent. **astray**: in an area
        and in a parent, but not in the area's own. **hole**: without parents only: enclosed by areas, in none.
    areas, parents
        Row numbers of the areas and parents that hold the piece.
    neighbours
        Row numbers of the areas that touch it and do not hold it.
    area_m2
        Its size.
    width_m
        About how wide it is: twice its area over its perimeter.
    geometry
        A polygon in the coordinates given.
    """

    kind: FaultKind
    areas: tuple[int, ...]
    parents: tuple[int, ...]
    neighbours: tuple[int, ...]
    area_m2: float
    width_m: float
    geometry: BaseGeometry


@dataclass(frozen=True)
class Unnoded:
    """Say that two areas share a line but not its vertices (R04).

    Parameters
    ----------
    areas
        Row numbers of the two areas; the first lacks vertices of the second.
    missing
        How many vertices it lacks.
    length_m
        Length of the edges that lack them.
    geometry
        Those edges.
    """

    areas: tuple[int, int]
    missing: int
    length_m: float
    geometry: shapely.MultiLineString


@dataclass(frozen=True)
class Proof:
    """Hold the outcome of edge cancellation.

    Parameters
    ----------
    table
        The directed edges on the grid.
    tolerance_m
        How far a vertex may lie off a line and still count as on it.
    edges
        Directed edges that entered, areas and parents together.
    left
        Edges that did not cancel vertex for vertex.
    residual
        Edges that did not cancel after noding within the tolerance either; none of them means: the areas tile the parents.
    form
        Rows that are no usable polygons.
    narrow
        Rows that are valid, but touch themselves once rounded: somewhere they are narrower than the grid. What is proved of them holds
        outside such places.
    faults
        What the residual edges enclose.
    unnoded
        Pairs of areas that share a line but not its vertices.
    """

    table: EdgeTable
    tolerance_m: float
    edges: int
    left: int
    residual: int
    form: tuple[FormFault, ...] = ()
    faults: tuple[Fault, ...] = ()
    unnoded: tuple[Unnoded, ...] = ()
    narrow: tuple[FormFault, ...] = ()

    @property
    def tiles(self) -> bool:
        """True when the areas tile their parents and every row is a valid polygon; without parents: when nothing overlaps or is enclosed."""
        return not self.form and not self.faults and not (self.residual and self.table.parents)

    @property
    def cancelled(self) -> int:
        """Edges that found their counterpart vertex for vertex."""
        return self.edges - self.left

    def doubled_area(self) -> tuple[list[int], list[int]]:
        """Return twice the area of each area and of each parent in square grid units, exactly."""
        doubled = [int(v) for v in self.table.doubled]
        return doubled[: self.table.areas], doubled[self.table.areas :]
