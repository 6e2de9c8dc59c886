"""See whether polygons make one tiling: no two overlap, and no sliver is left between neighbours.

Borders digitised apart by less than a millimetre are one border; cutting cells joins their vertices. Wider faults are refused, for
software does not settle a border between villages. A hole that is no sliver, a lake or foreign ground, is accepted and listed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.files.reading.geometry import Geometries, Shape
from areaplan.files.reading.record import LISTED, Record
from areaplan.messages import Message, msg
from areaplan.model import Finding, Severity

__all__ = ["coverage_faults"]

SAME_BORDER_M = 0.0015
"""Mean width below which two borders are one: a vertex rounded to 1 mm on each side."""
SLIVER_M = 5.0
"""Mean width below which a hole between neighbours is a fault of drawing, not a lake."""
SLIVER_M2 = 100.0


def coverage_faults(
    where: Message,
    what: Message,
    geometry: Geometries,
    codes: Sequence[str],
    record: Record,
    *,
    holes: bool = True,
    way_out: Message | str = "",
) -> None:
    """Note pairs that overlap and slivers between neighbours as faults, larger holes as findings (R01 notes).

    Parameters
    ----------
    where, what
        The layer, and what its polygons are called.
    geometry, codes
        Valid polygons in metres, and their codes.
    record
        Takes the faults and findings.
    holes
        Whether holes count.
    way_out
        Added to each fault: what may help.
    """
    if len(geometry) == 0:
        return
    _overlaps(where, what, geometry, codes, record, way_out)
    if holes:
        _hole_faults(where, what, geometry, codes, record, way_out)


def _hole_faults(
    where: Message, what: Message, geometry: Geometries, codes: Sequence[str], record: Record, way_out: Message | str
) -> None:
    holes = _holes(geometry)
    width, area = _width(holes), shapely.area(holes)
    sliver = (width >= SAME_BORDER_M) & ((width < SLIVER_M) | (area < SLIVER_M2))
    lake = (width >= SLIVER_M) & (area >= SLIVER_M2)
    tree = shapely.STRtree(geometry)
    _slivers(where, holes[sliver], tree, codes, record, way_out)
    for hole in holes[lake]:
        owners = _owners(hole, tree, codes)
        message = msg(
            "{m2} m² between {owners} belong to none of the {what}: a lake or foreign ground? If not, correct the layer",
            m2=_m2(hole.area),
            owners=owners,
            what=what,
        )
        first = owners.split(", ")[0]
        record.find([Finding("R01", Severity.NOTE, first, message, first, float(hole.area), "m2", hole)])


def _overlaps(
    where: Message, what: Message, geometry: Geometries, codes: Sequence[str], record: Record, way_out: Message | str
) -> None:
    one, two = shapely.STRtree(geometry).query(geometry, predicate="intersects")
    one, two = one[one < two], two[one < two]
    apart = shapely.touches(geometry[one], geometry[two])
    one, two = one[~apart], two[~apart]
    common = shapely.intersection(geometry[one], geometry[two])
    area = shapely.area(common)
    wide = _width(common) >= SAME_BORDER_M
    order = np.argsort(-area[wide], kind="stable")
    for k in order[:LISTED]:
        a, b = codes[one[wide][k]], codes[two[wide][k]]
        record.fault(
            msg(
                "{where}: {what} {one} and {two} overlap by {m2} m²; settle the border between them{way_out}",
                where=where,
                what=what,
                one=a,
                two=b,
                m2=_m2(area[wide][k]),
                way_out=way_out,
            )
        )
    if len(order) > LISTED:
        rest = float(area[wide][order[LISTED:]].sum())
        record.fault(
            msg(
                "{where}: {count} more pairs overlap, by {m2} m² together",
                where=where,
                count=len(order) - LISTED,
                m2=_m2(rest),
            )
        )


def _slivers(
    where: Message,
    holes: Geometries,
    tree: shapely.STRtree,
    codes: Sequence[str],
    record: Record,
    way_out: Message | str,
) -> None:
    order = np.argsort(-shapely.area(holes), kind="stable")
    for k in order[:LISTED]:
        owners = _owners(holes[k], tree, codes)
        place = shapely.point_on_surface(holes[k])
        record.fault(
            msg(
                "{where}: a gap of {m2} m² at {x}, {y} between {owners}; close it{way_out}",
                where=where,
                m2=_m2(holes[k].area),
                x=round(place.x, 1),
                y=round(place.y, 1),
                owners=owners,
                way_out=way_out,
            )
        )
    if len(order) > LISTED:
        rest = float(shapely.area(holes[order[LISTED:]]).sum())
        record.fault(
            msg("{where}: {count} more gaps, of {m2} m² together", where=where, count=len(order) - LISTED, m2=_m2(rest))
        )


def _holes(geometry: Geometries) -> Geometries:
    """Return what the polygons enclose without covering it, also where they meet in single points only."""
    ground = shapely.union_all(geometry)
    outline = shapely.node(shapely.boundary(ground))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(outline)))
    shapely.prepare(ground)
    return np.asarray(faces[~shapely.intersects(ground, shapely.point_on_surface(faces))], dtype=object)


def _width(geometry: Geometries) -> NDArray[np.float64]:
    """Return mean widths: twice the area by the length of the outline."""
    length = shapely.length(geometry)
    return np.asarray(2 * shapely.area(geometry) / np.where(length > 0, length, 1), dtype=np.float64)


def _owners(hole: Shape, tree: shapely.STRtree, codes: Sequence[str]) -> str:
    near = np.unique(tree.query(hole, predicate="dwithin", distance=0.001))
    names = [codes[i] for i in near]
    return ", ".join(names[:LISTED]) + (" …" if len(names) > LISTED else "")


def _m2(area: float) -> str:
    return f"{area:,.0f}" if area >= 10 else f"{area:.4f}"
