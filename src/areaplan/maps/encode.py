"""Geometry as short text: delta-encoded whole numbers in an alphabet of 64 characters.

A page with 50,000 buildings must stay small enough for an old office computer. Coordinates become decimetres from a local origin, each point
is stored as its difference from the one before, and each difference takes as many characters as its size asks for: five bits a character,
the sixth says "more follows". The page's own script reads it back (``template/decode.js``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

__all__ = ["UNITS_PER_METRE", "Frame", "Shapes", "pack", "unpack"]

UNITS_PER_METRE = 10
"""Coordinates in a page are whole decimetres; the plan file keeps the exact ones."""

_ALPHABET = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", dtype=np.uint8)
_BITS, _MORE = 5, 32

Shapes = dict[str, str]
"""``parts`` (rings or lines per feature), ``sizes`` (points per ring or line), ``xy`` (deltas): each packed by :func:`pack`."""


def pack(values: ArrayLike) -> str:
    """Return whole numbers as text of ``A-Z a-z 0-9 - _``.

    Each number is folded so that its sign is the last bit, then written in groups of five bits, lowest first.

    Examples
    --------
    >>> pack([0, -1, 1, 15, 16])
    'ABCegB'
    >>> unpack(pack([3, -70000])).tolist()
    [3, -70000]
    """
    numbers = np.asarray(values, dtype=np.int64).ravel()
    if not len(numbers):
        return ""
    folded = ((numbers << 1) ^ (numbers >> 63)).astype(np.uint64)
    lengths = _groups(folded)
    ends = np.cumsum(lengths)
    starts = ends - lengths
    out = np.empty(int(ends[-1]), dtype=np.uint8)
    for k in range(int(lengths.max())):
        has = lengths > k
        group = (folded[has] >> np.uint64(_BITS * k)) & np.uint64(_MORE - 1)
        more = np.where(lengths[has] > k + 1, _MORE, 0)
        out[starts[has] + k] = group.astype(np.uint8) | more.astype(np.uint8)
    return _ALPHABET[out].tobytes().decode("ascii")


def _groups(folded: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return how many groups of five bits each number needs, at least one."""
    lengths = np.ones(len(folded), dtype=np.int64)
    rest = folded >> np.uint64(_BITS)
    while rest.any():
        lengths += rest > 0
        rest = rest >> np.uint64(_BITS)
    return lengths


def unpack(text: str) -> NDArray[np.int64]:
    """Return the numbers of :func:`pack`; the page's script does the same."""
    value_of = np.zeros(128, dtype=np.int64)
    value_of[_ALPHABET] = np.arange(64)
    out: list[int] = []
    number = shift = 0
    for code in value_of[np.frombuffer(text.encode("ascii"), dtype=np.uint8)].tolist():
        number |= (code & (_MORE - 1)) << shift
        shift += _BITS
        if not code & _MORE:
            out.append((number >> 1) ^ -(number & 1))
            number = shift = 0
    return np.array(out, dtype=np.int64)


@dataclass(frozen=True)
class Frame:
    """Place a town near the origin: whole decimetres from its south-west corner.

    Parameters
    ----------
    east, north
        The origin in the working CRS, metres.
    """

    east: float
    north: float

    def integers(self, xy: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return (n, 2) coordinates in metres as whole decimetres from the origin."""
        local = (np.asarray(xy, dtype=float).reshape(-1, 2) - (self.east, self.north)) * UNITS_PER_METRE
        return np.rint(local).astype(np.int64)

    def points(self, xy: NDArray[np.float64]) -> str:
        """Return (n, 2) coordinates as packed deltas, x and y in turn."""
        return pack(_deltas(self.integers(xy)))

    def polygons(self, geometries: Sequence[object] | NDArray[np.object_]) -> Shapes:
        """Return polygons as rings without their closing point; holes and parts are rings like any other (even-odd fill)."""
        pieces, feature = shapely.get_parts(np.asarray(geometries, dtype=object), return_index=True)
        areal = shapely.get_type_id(pieces) == shapely.GeometryType.POLYGON
        rings, piece = shapely.get_rings(pieces[areal], return_index=True)
        return self._shapes(rings, feature[areal][piece], len(geometries), closed=True)

    def lines(self, geometries: Sequence[object] | NDArray[np.object_]) -> Shapes:
        """Return lines as their points; a multi-line has several parts."""
        pieces, feature = shapely.get_parts(np.asarray(geometries, dtype=object), return_index=True)
        linear = np.isin(
            shapely.get_type_id(pieces), (shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING)
        )
        return self._shapes(pieces[linear], feature[linear], len(geometries), closed=False)

    def any(self, geometries: Sequence[object] | NDArray[np.object_]) -> Shapes:
        """Return geometries of any kind: rings closed by their first point, lines, points as parts of one point; None has no parts."""
        flat = np.asarray(geometries, dtype=object)
        pieces, feature = _atoms(flat)
        areal = shapely.get_type_id(pieces) == shapely.GeometryType.POLYGON
        rings, piece = shapely.get_rings(pieces[areal], return_index=True)
        whose = np.concatenate([feature[~areal], feature[areal][piece]])
        parts = np.concatenate([pieces[~areal], rings])
        order = np.argsort(whose, kind="stable")
        return self._shapes(parts[order], whose[order], len(flat), closed=False)

    def _shapes(self, parts: NDArray[np.object_], feature: NDArray[np.int64], count: int, *, closed: bool) -> Shapes:
        coordinates, part = shapely.get_coordinates(parts, return_index=True)
        xy = self.integers(coordinates)
        keep = _distinct(xy, part, closed=closed)
        sizes = np.bincount(part[keep], minlength=len(parts))
        used = sizes > 0
        per_feature = np.bincount(feature[used], minlength=count)
        return {"parts": pack(per_feature), "sizes": pack(sizes[used]), "xy": pack(_deltas(xy[keep]))}


def _atoms(geometries: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Take collections apart until only points, lines and polygons are left."""
    pieces, feature = shapely.get_parts(geometries, return_index=True)
    while (shapely.get_type_id(pieces) > shapely.GeometryType.POLYGON).any():
        pieces, inner = shapely.get_parts(pieces, return_index=True)
        feature = feature[inner]
    return pieces, feature


def _distinct(xy: NDArray[np.int64], part: NDArray[np.int64], *, closed: bool) -> NDArray[np.bool_]:
    """Say which points to keep: not those that rounding laid on the one before, not the closing point of a ring."""
    if not len(xy):
        return np.zeros(0, dtype=bool)
    same_part = part[1:] == part[:-1]
    repeats = np.r_[False, same_part & (xy[1:] == xy[:-1]).all(axis=1)]
    keep: NDArray[np.bool_] = ~repeats
    if closed:
        keep &= np.r_[same_part, False]
    return keep


def _deltas(xy: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.diff(xy, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
