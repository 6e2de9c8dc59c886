"""Prove that areas tile their parents: exact edge cancellation on an integer grid.

The usual validity checks of polygon layers do not prove that nothing is missing. Here every coordinate is rounded to a grid of 1 mm, rings
are oriented, and the directed edges of all areas are summed against those of their parents. If every edge cancels, the areas tile the parents
(:mod:`areaplan.proof.cancel` states the theorem). What does not cancel is noded within a tolerance (:mod:`areaplan.proof.noding`), and
what still remains bounds the gaps, overlaps and spills, which are named with their holders (:mod:`areaplan.proof.faces`).

This room knows nothing of plans, tables or files: polygons in, proof out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from areaplan.proof.borders import SharedBorders, shared_borders
from areaplan.proof.cancel import residual_edges
from areaplan.proof.faces import locate_faults
from areaplan.proof.grid import EdgeTable, FormFault, edge_table, segments
from areaplan.proof.noding import node
from areaplan.proof.result import Fault, FaultKind, Proof, Unnoded
from areaplan.proof.unnoded import unnoded_pairs

__all__ = [
    "EdgeTable",
    "Fault",
    "FaultKind",
    "FormFault",
    "Proof",
    "SharedBorders",
    "Unnoded",
    "prove",
    "segments",
    "shared_borders",
]


def prove(
    areas: Sequence[object],
    parents: Sequence[object] = (),
    parent_of: Sequence[int] | None = None,
    *,
    grid_m: float = 0.001,
    tolerance_m: float | None = None,
) -> Proof:
    """Prove that ``areas`` tile ``parents``, or say where they do not.

    Parameters
    ----------
    areas
        (n,) polygons or multipolygons; rows that are none are faults of form, not errors.
    parents
        (m,) polygons they must tile; the parents must not overlap each other (prove them apart: ``prove(parents)``). Without parents only
        overlaps and enclosed holes are found.
    parent_of
        (n,) row of the parent each area must lie in, -1 where it names none; without it any parent will do.
    grid_m
        Unit of the grid, in units of the coordinates (metres).
    tolerance_m
        How far a vertex may lie off another, or off a line, and still be on it; the grid's unit if not given.

    Raises
    ------
    ValueError
        When the extent does not fit the grid, or lengths differ.

    Examples
    --------
    >>> from shapely import box
    >>> proof = prove([box(0, 0, 1, 1), box(1, 0, 2, 1)], [box(0, 0, 2, 1)])
    >>> proof.tiles
    True
    >>> [(f.kind, f.area_m2) for f in prove([box(0, 0, 1, 1)], [box(0, 0, 2, 1)]).faults]
    [('gap', 1.0)]
    """
    children, above = _objects(areas), _objects(parents)
    if parent_of is not None and len(parent_of) != len(children):
        raise ValueError(f"{len(parent_of)} entries of parent_of for {len(children)} areas")
    group = np.zeros(len(children), dtype=np.int64) if parent_of is None else np.asarray(parent_of, dtype=np.int64)
    table, faulty = edge_table(children, above, group, grid_m=grid_m)
    if parent_of is None:
        table = table.one_ledger()
    form = tuple(f for f in faulty if f.kind != "narrow")
    narrow = tuple(f for f in faulty if f.kind == "narrow")
    tolerance = grid_m if tolerance_m is None else tolerance_m
    edges, left = residual_edges(table)
    if not len(edges):
        return Proof(table, tolerance, len(table.tail), left, 0, form, narrow=narrow)
    pieces = node(table, edges, tolerance)
    faults = locate_faults(table, pieces) if pieces.residual else ()
    unnoded = unnoded_pairs(table, pieces)
    return Proof(table, tolerance, len(table.tail), left, pieces.residual, form, faults, unnoded, narrow)


def _objects(geometries: Sequence[object]) -> np.ndarray:
    array = np.empty(len(geometries), dtype=object)
    array[:] = list(geometries)
    return array
