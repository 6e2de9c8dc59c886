"""Choose the working CRS: projected, in metres, true to areas in the place.

Degrees have no square metres, Web Mercator stretches areas (by 23 % at 25° north) and feet would be taken for metres, so all three are
refused with what to write instead. In China degrees become CGCS2000 3-degree Gauss-Krueger: EPSG 4534 + k on the meridian 75 + 3k °E.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyproj
import shapely
from pyproj.transformer import TransformerGroup

from areaplan.files.reading.layers import Layer, quiet
from areaplan.files.reading.noding import with_neighbours_vertices
from areaplan.files.reading.record import Record
from areaplan.files.reading.whereabouts import elsewhere, looks_like
from areaplan.messages import Message, msg
from areaplan.model import Finding, Severity
from areaplan.settings import Settings

__all__ = ["contradicts", "crs_to_write", "fitting_crs", "gauss_krueger", "project", "working_crs"]

CHINA = (73.0, 17.0, 136.0, 54.5)
"""West, south, east, north of the places where CGCS2000 is chosen without asking, degrees."""

MILLIMETRE = {True: 1e-8, False: 1e-3}
"""About a millimetre on the ground, in degrees (True) and in units of a projected CRS."""
_MARGIN_DEG = 6.0
"""A working CRS may be used this far beyond its own area: neighbouring zones are."""

STRETCHING = {
    "Popular Visualisation Pseudo Mercator",
    "Mercator (variant A)",
    "Mercator (variant B)",
    "Mercator (Spherical)",
}
"""Projections whose square metres are not those of the ground."""


def working_crs(settings: Settings, villages: Layer | None, record: Record) -> pyproj.CRS | None:
    """Return the CRS to work in, or ``None`` after noting why there is none.

    It is ``[input] crs``, else the villages' own if projected in metres, else for degrees in China Gauss-Krueger of the place.
    """
    if settings.input.crs:
        return _given(settings.input.crs, villages, record)
    if villages is None or villages.crs is None:
        return None
    if villages.crs.is_geographic:
        return _from_degrees(villages, record)
    fault = _unfit(villages.crs)
    if fault is None:
        return villages.crs
    record.fault(
        msg(
            '{where}: {fault}; write [input] crs = "{fitting}"',
            where=villages.where,
            fault=fault,
            fitting=fitting_crs(villages),
        )
    )
    return None


def crs_to_write(villages: Layer) -> str | None:
    """Return what ``[input] crs`` must say for these villages, or ``None`` where it may stay away."""
    if villages.crs is None:
        return None
    fitting = fitting_crs(villages)
    if villages.crs.is_geographic:
        return None if fitting.startswith("EPSG:45") else fitting
    return None if _unfit(villages.crs) is None else fitting


def _given(text: str, villages: Layer | None, record: Record) -> pyproj.CRS | None:
    try:
        crs = pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        record.fault(msg('[input] crs = "{crs}" is not known; write for example "EPSG:4549"', crs=text))
        return None
    fault = msg("the CRS is in degrees, where metres are needed") if crs.is_geographic else _unfit(crs)
    known = villages is not None and villages.crs is not None and len(villages) > 0
    if fault is None and villages is not None and known and not contradicts(villages, Record()):
        fault = _far_off(crs, villages)
    if fault is None:
        return crs
    fitting = fitting_crs(villages) if villages is not None and known else "EPSG:4549"
    record.fault(msg('[input] crs = "{crs}": {fault}; write "{fitting}"', crs=text, fault=fault, fitting=fitting))
    return None


def _far_off(crs: pyproj.CRS, villages: Layer) -> Message | None:
    """Return why a CRS is of no use where the villages lie; a neighbouring zone is allowed."""
    area, (east, north) = crs.area_of_use, _place(villages)
    if area is None or not (-360 <= east <= 360 and -90 <= north <= 90):
        return None
    wide = (area.east - area.west) % 360 or 360
    astray = (east - (area.west + wide / 2) + 540) % 360 - 180
    if abs(astray) <= wide / 2 + _MARGIN_DEG and area.south - _MARGIN_DEG <= north <= area.north + _MARGIN_DEG:
        return None
    return msg("the CRS {crs} is made for other places than these villages", crs=crs.name)


def _unfit(crs: pyproj.CRS) -> Message | None:
    """Return why a projected CRS cannot be worked in."""
    if not crs.is_projected:
        return msg("the CRS {crs} is neither projected nor in degrees", crs=crs.name)
    operation = crs.coordinate_operation
    if operation is not None and operation.method_name in STRETCHING:
        return msg("the CRS {crs} stretches areas", crs=crs.name)
    units = {a.unit_name for a in crs.axis_info[:2]}
    if any(abs(a.unit_conversion_factor - 1) > 1e-9 for a in crs.axis_info[:2]):
        return msg("the CRS {crs} is in {unit}, where metres are needed", crs=crs.name, unit=", ".join(sorted(units)))
    return None


def _from_degrees(villages: Layer, record: Record) -> pyproj.CRS | None:
    east, north = _place(villages)
    if not (-360 <= east <= 360 and -90.001 <= north <= 90.001):
        return None  # no degrees at all: `project` says so
    if CHINA[0] <= east <= CHINA[2] and CHINA[1] <= north <= CHINA[3]:
        crs = pyproj.CRS.from_epsg(gauss_krueger(east))
        message = msg(
            "{where}: is in degrees; worked in {crs}, EPSG:{epsg}",
            where=villages.where,
            crs=crs.name,
            epsg=gauss_krueger(east),
        )
        record.find([Finding("R00", Severity.NOTE, str(villages.where), message)])
        return crs
    record.fault(
        msg(
            '{where}: is in degrees, where metres are needed; write [input] crs = "{fitting}"',
            where=villages.where,
            fitting=fitting_crs(villages),
        )
    )
    return None


def gauss_krueger(east: float) -> int:
    """Return the EPSG number of the CGCS2000 3-degree Gauss-Krueger CRS (by central meridian) at a longitude in degrees.

    Examples
    --------
    >>> gauss_krueger(119.0), gauss_krueger(75.0), gauss_krueger(134.9)
    (4549, 4534, 4554)
    """
    return 4534 + min(max(round((east - 75) / 3), 0), 20)


def fitting_crs(villages: Layer) -> str:
    """Return a CRS in metres that suits the place: Gauss-Krueger in China, else UTM."""
    east, north = _place(villages)
    if not (np.isfinite(east) and np.isfinite(north)):
        return "EPSG:4549"
    if CHINA[0] <= east <= CHINA[2] and CHINA[1] <= north <= CHINA[3]:
        return f"EPSG:{gauss_krueger(east)}"
    return f"EPSG:{(32600 if north >= 0 else 32700) + int((east + 180) // 6) % 60 + 1}"


def _place(layer: Layer) -> tuple[float, float]:
    """Return the middle of a layer in degrees east and north; ground on both sides of the 180th meridian is one place."""
    bounds = shapely.bounds(shapely.get_parts(layer.geometry))
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        return np.nan, np.nan
    east, north = np.concatenate([bounds[:, 0], bounds[:, 2]]), np.concatenate([bounds[:, 1], bounds[:, 3]])
    if layer.crs is not None and not layer.crs.is_geographic:
        east, north = pyproj.Transformer.from_crs(layer.crs, "EPSG:4326", always_xy=True).transform(east, north)
    if np.ptp(east) > 180:
        east = np.where(east < 0, east + 360, east)
    middle = (east.min() + east.max()) / 2
    return float(middle - 360 if middle > 180 else middle), float((north.min() + north.max()) / 2)


def project(
    layer: Layer, crs: pyproj.CRS | None, record: Record, *, coverage: bool = False
) -> np.ndarray[Any, Any] | None:
    """Return the geometry of a layer in the working CRS, or ``None`` after noting why that cannot be.

    A layer without CRS and coordinates that contradict the CRS are faults; a datum shift of unknown accuracy is a finding. Polygons of a
    ``coverage`` are noded with each other first, for moving would part them.
    """
    if layer.crs is None:
        record.fault(
            msg(
                '{where}: has no CRS (a shapefile needs its .prj); write crs = "EPSG:…" for this layer.{looks}',
                where=layer.where,
                looks=looks_like(layer),
            )
        )
        return None
    if contradicts(layer, record) or crs is None:
        return None
    if layer.crs == crs:
        return layer.geometry
    record.find(_datum_shift(layer, crs))
    to_crs = pyproj.Transformer.from_crs(layer.crs, crs, always_xy=True)
    geometry = (
        with_neighbours_vertices(layer.geometry, MILLIMETRE[layer.crs.is_geographic]) if coverage else layer.geometry
    )
    return shapely.transform(geometry, lambda xy: np.column_stack(to_crs.transform(xy[:, 0], xy[:, 1])))


def contradicts(layer: Layer, record: Record) -> bool:
    """Note coordinates that cannot be of the CRS the layer claims: metres called degrees, or degrees called metres."""
    if not len(layer):
        return False
    west, south, east, north = shapely.total_bounds(layer.geometry)
    if layer.crs is None or not np.isfinite([west, south, east, north]).all():
        return False
    within = west >= -360 and east <= 360 and south >= -90.001 and north <= 90.001
    if layer.crs.is_geographic and not within:
        fault = msg(
            "{where}: its CRS is in degrees, but x runs from {low} to {high} and y from {south} to {north}; write the true crs = for this layer.{looks}",
            where=layer.where,
            low=_short(west),
            high=_short(east),
            south=_short(south),
            north=_short(north),
            looks=looks_like(layer),
        )
    elif not layer.crs.is_geographic and within and _in_use(layer.crs, west, south, east, north):
        fault = msg(
            '{where}: its CRS is in metres, but its coordinates are degrees; write crs = "EPSG:4490" or "EPSG:4326" for this layer',
            where=layer.where,
        )
    elif elsewhere(layer):
        fault = msg(
            "{where}: x from {low} to {high} does not lie where {crs} is used; write the true crs = for this layer.{looks}",
            where=layer.where, low=_short(west), high=_short(east), crs=layer.crs.name, looks=looks_like(layer),
        )  # fmt: skip
    else:
        return False
    record.fault(fault)
    return True


def _short(coordinate: float) -> str:
    return f"{coordinate:.0f}" if abs(coordinate) < 1e9 else f"{coordinate:.1e}"


def _in_use(crs: pyproj.CRS, west: float, south: float, east: float, north: float) -> bool:
    """Tell whether coordinates, taken as degrees, lie where a projected CRS is used: then they are degrees."""
    area = crs.area_of_use
    return area is not None and area.west <= west <= east <= area.east and area.south <= south <= north <= area.north


def _datum_shift(layer: Layer, target: pyproj.CRS) -> list[Finding]:
    """Say how well two datums are known to each other, where that is worse than a metre (Beijing54, Xi'an80)."""
    source = layer.crs
    if source is None or source.geodetic_crs == target.geodetic_crs:
        return []
    with quiet():
        ways = TransformerGroup(source, target, always_xy=True).transformers
    unknown = not ways or "ballpark" in ways[0].description.lower()
    if unknown and _geocentric(source) and _geocentric(target):
        return []  # WGS 84, CGCS2000, TWD97, ETRS89 …: within a metre of each other
    if unknown:
        message = msg(
            "{where}: how {source} lies to {target} is known only roughly, perhaps to tens of metres; ask for the layer in {target}",
            where=layer.where, source=source.name, target=target.name,
        )  # fmt: skip
        return [Finding("R00", Severity.WARNING, str(layer.where), message)]
    if ways[0].accuracy > 1:
        message = msg(
            "{where}: shifted from {source} to {target}, good to about {metres} m",
            where=layer.where, source=source.name, target=target.name, metres=ways[0].accuracy,
        )  # fmt: skip
        return [Finding("R00", Severity.NOTE, str(layer.where), message, measure=float(ways[0].accuracy), unit="m")]
    return []


def _geocentric(crs: pyproj.CRS) -> bool:
    """Tell whether a datum is of the satellite age, by its ellipsoid: all of those have the half-axis of GRS 80."""
    return crs.ellipsoid is not None and abs(crs.ellipsoid.semi_major_metre - 6_378_137) < 0.5
