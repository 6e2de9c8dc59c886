"""Judge and mend single geometries: strictly for villages and base areas, leniently for buildings and lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.files.reading.layers import Layer
from areaplan.files.reading.record import LISTED, Record
from areaplan.messages import msg

__all__ = [
    "Geometries",
    "Shape",
    "absent",
    "polygon_faults",
    "polygons_of",
    "running_wild",
    "shapeless",
    "within_village",
]

Geometries: TypeAlias = "np.ndarray[Any, Any]"
"""An array of geometries."""
Shape: TypeAlias = Any
"""One geometry of any type."""

POLYGON, MULTIPOLYGON = 3, 6
_MOST_WINDING = 50
"""Work grows with the square of spikes that lie side by side; coasts and rivers stay below 10."""
_MANY_BENDS = 5_000
"""Fewer than these cost little, however they lie."""


def absent(geometry: Geometries) -> NDArray[np.bool_]:
    """Return a mask of what is None, empty, or has coordinates that are no numbers."""
    gone = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    xy, owner = shapely.get_coordinates(geometry, return_index=True)
    gone[np.unique(owner[~np.isfinite(xy).all(axis=1)])] = True
    return np.asarray(gone, dtype=bool)


def running_wild(geometry: Geometries) -> NDArray[np.bool_]:
    """Return a mask of what runs to and fro thousands of times in one spot: no street or wall does, and every overlay of it would take minutes."""
    many = shapely.get_num_coordinates(geometry) > _MANY_BENDS
    many[many] = _winding(geometry[many])
    return np.asarray(many, dtype=bool)


def _winding(geometry: Geometries) -> NDArray[np.bool_]:
    return np.asarray(
        shapely.length(geometry) > _MOST_WINDING * shapely.length(shapely.convex_hull(geometry)), dtype=bool
    )


def shapeless(layer: Layer, geometry: Geometries, record: Record) -> NDArray[np.bool_]:
    """Note rows without geometry and rows whose coordinates are no numbers; return a mask of both."""
    gone = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    unreal = absent(geometry) & ~gone
    if gone.any():
        record.fault(
            msg(
                "{where}, {rows}: no geometry, or one that cannot be read (such as a ring of two points); delete or redraw",
                where=layer.where,
                rows=layer.rows(np.flatnonzero(gone)),
            )
        )
    if unreal.any():
        record.fault(
            msg(
                "{where}, {rows}: coordinates that are no numbers (NaN, infinity); redraw",
                where=layer.where,
                rows=layer.rows(np.flatnonzero(unreal)),
            )
        )
    return np.asarray(gone | unreal, dtype=bool)


def polygon_faults(layer: Layer, geometry: Geometries, record: Record) -> NDArray[np.bool_]:
    """Note rows whose geometry is absent, no polygon or invalid; return a mask of the sound ones."""
    gone = shapeless(layer, geometry, record)
    other = ~gone & ~np.isin(shapely.get_type_id(geometry), (POLYGON, MULTIPOLYGON))
    drawn = np.flatnonzero(~gone & ~other)
    wild, bad = np.zeros(len(geometry), dtype=bool), np.zeros(len(geometry), dtype=bool)
    wild[drawn] = _winding(geometry[drawn])
    calm = drawn[~wild[drawn]]
    bad[calm] = ~shapely.is_valid(geometry[calm])
    if other.any():
        kinds = ", ".join(sorted({g.geom_type for g in geometry[other]}))
        record.fault(
            msg(
                "{where}, {rows}: {kinds} where polygons are needed",
                where=layer.where,
                rows=layer.rows(np.flatnonzero(other)),
                kinds=kinds,
            )
        )
    for i in np.flatnonzero(bad)[:LISTED]:
        record.fault(
            msg(
                "{where}, {rows}: invalid polygon ({reason}); mend it in the drawing, or see `areaplan repair`",
                where=layer.where,
                rows=layer.rows([i]),
                reason=shapely.is_valid_reason(geometry[i]),
            )
        )
    if bad.sum() > LISTED:
        record.fault(
            msg(
                "{where}, {rows}: also invalid polygons",
                where=layer.where,
                rows=layer.rows(np.flatnonzero(bad)[LISTED:]),
            )
        )
    if wild.any():
        record.fault(
            msg(
                "{where}, {rows}: the outline is more than {times} times as long as one drawn round it; it runs to and fro as no border does: simplify it",
                where=layer.where, rows=layer.rows(np.flatnonzero(wild)), times=_MOST_WINDING,
            )
        )  # fmt: skip
    return ~(gone | other | bad | wild)


def polygons_of(geometry: Shape) -> Shape | None:
    """Return the polygons in a geometry as one Polygon or MultiPolygon, or ``None`` where there are none."""
    parts = [p for p in _flat(geometry) if p.geom_type == "Polygon" and not p.is_empty]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _flat(geometry: Shape) -> list[Shape]:
    parts = list(getattr(geometry, "geoms", [geometry]))
    return [q for p in parts for q in (_flat(p) if hasattr(p, "geoms") else [p])]


def within_village(geometry: Geometries, villages: Geometries, codes: Sequence[str]) -> list[str | None]:
    """Return for each geometry the code of the village its interior point lies in, else of the one it overlaps most, else ``None``.

    A point exactly on a border belongs to the village that stands first.
    """
    out: list[str | None] = [None] * len(geometry)
    if not len(geometry) or not len(villages):
        return out
    points = shapely.STRtree(shapely.point_on_surface(geometry))
    hits, rows = points.query(villages, predicate="intersects")  # prepares the villages, which are few and long
    for row, hit in sorted(zip(rows.tolist(), hits.tolist(), strict=True), reverse=True):
        out[row] = codes[hit]
    lost = np.array([i for i, code in enumerate(out) if code is None], dtype=int)
    rows, hits = shapely.STRtree(villages).query(geometry[lost], predicate="intersects")
    if len(rows):
        shares = shapely.area(shapely.intersection(geometry[lost][rows], villages[hits]))
        for k in np.lexsort((-hits, shares)):
            if shares[k] > 0:
                out[lost[rows[k]]] = codes[hits[k]]
    return out
