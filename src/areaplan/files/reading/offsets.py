"""Suspect that streets and buildings were delivered in different coordinates that bear the same name.

Web maps of China are drawn in GCJ-02, 300 to 700 m off; saved "as WGS 84" nothing shows it. But streets run between buildings: where the two
layers fit, hardly a building's middle lies on a street's, and moved against each other buildings fall on streets as often as chance has it. So
the layers are laid over each other at every shift up to 900 m at once (a correlation by Fourier transform). If as delivered they fit no better than
chance and at one shift beyond 200 m nearly perfectly, that shift is said. Nothing is moved: the place of a building is not for software to guess.
"""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.messages import msg
from areaplan.model import Finding, Severity

__all__ = ["offset_finding", "offset_of"]

_PIXEL_M, _WINDOW_M, _LEAST_M, _MOST_M = 10.0, 8_000.0, 200.0, 900.0
_NEAR_M = 300.0
"""Shifts count only where the buildings stay this close to streets."""
_KEPT = 0.9
"""Shifts count only where so many of the buildings still have streets near; off the edge of the town anything fits."""
_FIT, _UNFIT = 0.42, 0.6
"""Shares of the rate of chance: below the first layers fit, above the second they do not. Measured on four real towns, shifted and not."""
_SURE, _ALONE, _BESIDE_M = 0.3, 0.8, 60.0
"""Above the first share the best shift must also stand alone: nothing farther than so many metres from it comes near its rate. Where streets leave
wide blocks, as in a small town, many shifts put buildings into them about equally well (the sample, unmoved: .35, and .37 elsewhere)."""
_FEWEST = 60
"""Buildings that chance must put on streets before anything is said."""

Raster = NDArray[np.float64]


def offset_finding(lines: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> list[Finding]:
    """Return a warning where streets and buildings seem to be drawn in different coordinates."""
    streets = lines[(lines["kind"] == "street") & ~lines["tunnel"]].geometry.to_numpy()
    shift = offset_of(streets, buildings.geometry.to_numpy())
    if shift is None:
        return []
    metres = float(np.hypot(*shift))
    message = msg(
        "streets and buildings do not fit; they would if the buildings lay {east:+.0f} m east and {north:+.0f} m north of where they are ({metres:.0f} m). "
        "One of the two layers may be in GCJ-02 (web maps of China) under another name: ask for it again in CGCS2000. Nothing was moved",
        east=float(shift[0]), north=float(shift[1]), metres=metres,
    )  # fmt: skip
    return [Finding("R00", Severity.WARNING, "buildings", message, measure=metres, unit="m")]


def offset_of(streets: np.ndarray, buildings: np.ndarray) -> tuple[float, float] | None:
    """Return the shift (east, north, metres) at which buildings fit between streets, or ``None`` where they fit or nothing can be said.

    Parameters
    ----------
    streets
        LineStrings in metres.
    buildings
        Footprints or points in metres.
    """
    if len(streets) == 0 or len(buildings) < _FEWEST:
        return None
    middle = shapely.get_coordinates(shapely.centroid(buildings))
    corner = np.median(middle, axis=0) - _WINDOW_M / 2
    size = int(_WINDOW_M / _PIXEL_M)
    dots = shapely.get_coordinates(shapely.segmentize(streets, _PIXEL_M / 2))
    street = _raster(dots, corner, size) > 0
    built = _raster(middle, corner, size)
    near = _within(street, int(_NEAR_M / _PIXEL_M))
    reach = int(_MOST_M / _PIXEL_M)
    on_street, in_reach = _overlaps(built, [street, near], reach)
    rate = on_street / np.maximum(in_reach, 1)
    east, north = np.meshgrid(*2 * [np.arange(-reach, reach + 1) * _PIXEL_M], indexing="ij")
    metres = np.hypot(east, north)
    ring = (metres >= _LEAST_M) & (metres <= _MOST_M) & (in_reach > _KEPT * built.sum())
    if not ring.any():
        return None
    chance = float(np.median(rate[ring]))
    best = np.unravel_index(int(np.argmin(np.where(ring, rate, np.inf))), rate.shape)
    as_delivered = rate[reach, reach]
    if chance * built.sum() < _FEWEST or as_delivered < _UNFIT * chance or rate[best] > _FIT * chance:
        return None
    elsewhere = ring & (np.hypot(east - east[best], north - north[best]) > _BESIDE_M)
    if rate[best] > _SURE * chance and elsewhere.any() and rate[best] > _ALONE * rate[elsewhere].min():
        return None
    return float(east[best]), float(north[best])


def _raster(xy: NDArray[np.float64], corner: NDArray[np.float64], size: int) -> Raster:
    """Count points by pixel; the first axis runs east."""
    at = np.floor((xy - corner) / _PIXEL_M).astype(np.int64)
    at = at[((at >= 0) & (at < size)).all(axis=1)]
    counts = np.bincount(at[:, 0] * size + at[:, 1], minlength=size * size)
    return counts.reshape(size, size).astype(np.float64)


def _overlaps(moved: Raster, grounds: list[NDArray[np.bool_]], reach: int) -> list[Raster]:
    """Return how many points of ``moved`` fall on each of ``grounds`` at every shift up to ``reach`` pixels each way.

    The transform is as long as the padded ground: what it wraps round at the ends falls on no shift that is asked for.
    """
    size = [n + 2 * reach for n in moved.shape]
    points = np.fft.rfft2(moved[::-1, ::-1], size)
    rows, columns = (slice(n - 1, n + 2 * reach) for n in moved.shape)
    both = (np.fft.irfft2(np.fft.rfft2(np.pad(g.astype(np.float64), reach)) * points, size) for g in grounds)
    return [np.rint(counts[rows, columns]) for counts in both]


def _within(marked: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """Return which pixels lie within ``reach`` pixels of a marked one, middle to middle.

    In whole numbers: how far the nearest marked pixel of a column is, then which columns are near enough for that.
    """
    rows, columns = marked.shape
    row = np.arange(rows, dtype=np.int32)[:, None]
    far = np.int32(rows + columns + reach)
    below = np.maximum.accumulate(np.where(marked, row, -far), axis=0)
    above = np.minimum.accumulate(np.where(marked, row, far)[::-1], axis=0)[::-1]
    away = np.minimum(row - below, above - row)
    padded = np.pad(away, ((0, 0), (reach, reach)), constant_values=far)
    near = np.zeros(marked.shape, dtype=bool)
    for aside in range(-reach, reach + 1):
        near |= padded[:, reach + aside : reach + aside + columns] <= math.isqrt(reach**2 - aside**2)
    return near
