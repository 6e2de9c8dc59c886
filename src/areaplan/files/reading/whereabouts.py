"""Tell from coordinates which CRS they may be of, and whether they can be of the one a layer claims.

Chinese layers come in Gauss-Krueger with the number of the zone before the easting (40 480 000) or without it (480 000), in degrees, and with
the axes exchanged; the ``.prj`` is missing or belongs to another variant. Nothing is assumed here: what is seen is said, and a person writes it.
"""

from __future__ import annotations

import numpy as np
import pyproj
import shapely

from areaplan.files.reading.layers import Layer
from areaplan.messages import Message, msg

__all__ = ["elsewhere", "looks_like"]

_FAR_DEGREES = 10.0
"""A layer may lie this far beyond where its CRS is meant to be used; neighbours of a zone do."""
_EAST, _NORTH = (73.0, 136.0), (17.0, 54.5)
_NORTHINGS = (1_800_000.0, 6_050_000.0)
_SIX_DEGREES, _THREE_DEGREES = range(13, 24), range(25, 46)


def looks_like(layer: Layer) -> Message:
    """Return a sentence, with a blank before it, that says what the coordinates look like; the empty message where nothing is known."""
    west, south, east, north = shapely.total_bounds(layer.geometry)
    if not np.isfinite([west, south, east, north]).all():
        return Message("")
    if _within(west, east, _EAST) and _within(south, north, _NORTH):
        return msg(' The coordinates look like degrees in China: "EPSG:4490" (CGCS2000) or "EPSG:4326"')
    if _within(west, east, _NORTH) and _within(south, north, _EAST):
        return msg(
            " The coordinates look like degrees with x and y exchanged: export the layer again with the longitude first"
        )
    return _gauss_krueger(west, east) if _within(south, north, _NORTHINGS) else Message("")


def _gauss_krueger(west: float, east: float) -> Message:
    zone = int(west // 1_000_000)
    if zone == int(east // 1_000_000) and zone in (*_SIX_DEGREES, *_THREE_DEGREES):
        epsg = 4478 + zone if zone in _SIX_DEGREES else 4488 + zone
        return msg(
            " The coordinates look like Gauss-Krueger with the number of zone {zone} before the easting: "
            '"EPSG:{epsg}" if the datum is CGCS2000; Beijing 1954 and Xi\'an 1980 have others',
            zone=zone, epsg=epsg,
        )  # fmt: skip
    if _within(west, east, (200_000.0, 800_000.0)):
        return msg(
            " The coordinates look like Gauss-Krueger without a zone number: CGCS2000 is EPSG 4534 + k on the meridian 75 + 3k "
            '°E, so "EPSG:4549" on 120 °E; ask which meridian and which datum'
        )
    return Message("")


def _within(low: float, high: float, band: tuple[float, float]) -> bool:
    return band[0] <= low and high <= band[1]


def elsewhere(layer: Layer) -> bool:
    """Tell whether projected coordinates lie far from where the layer's CRS is used: then it is another CRS."""
    crs = layer.crs
    if crs is None or crs.is_geographic or crs.area_of_use is None:
        return False
    west, south, east, north = shapely.total_bounds(layer.geometry)
    if not np.isfinite([west, south, east, north]).all():
        return False
    to_degrees = pyproj.Transformer.from_crs(crs, crs.geodetic_crs or "EPSG:4326", always_xy=True)
    x, y = to_degrees.transform((west + east) / 2, (south + north) / 2)
    if not (np.isfinite(x) and np.isfinite(y)):
        return True
    use = crs.area_of_use
    over = use.west > use.east  # a CRS used across the date line
    off_east = 0.0 if over else max(use.west - x, x - use.east, 0.0)
    return max(off_east, use.south - y, y - use.north) > _FAR_DEGREES or _far_from_meridian(crs, west, east)


def _far_from_meridian(crs: pyproj.CRS, west: float, east: float) -> bool:
    """Tell whether eastings of a Transverse Mercator lie more than 2,000 km off its meridian; no such map is drawn."""
    operation = crs.coordinate_operation
    if operation is None or operation.method_name != "Transverse Mercator":
        return False
    unit = crs.axis_info[0].unit_conversion_factor
    false = next(
        (float(p.value) * p.unit_conversion_factor for p in operation.params if p.name == "False easting"), 0.0
    )
    return max(abs(west * unit - false), abs(east * unit - false)) > 2_000_000
