"""Lines taken apart into straight strokes: what asks for a place on a long line then looks at its nearest strokes alone."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["Ends", "as_lines", "distinct", "metres", "strokes"]

Ends = NDArray[np.float64]
"""(n, 2, 2) coordinates of the two ends of each stroke."""


def strokes(lines: NDArray[np.object_]) -> tuple[Ends, NDArray[np.int64]]:
    """Return the straight strokes of lines, each with the row of its line.

    Parameters
    ----------
    lines
        (n,) geometries; a missing or empty one has no strokes.

    Examples
    --------
    >>> from shapely import LineString
    >>> ends, row = strokes(np.array([LineString([(0, 0), (1, 0), (1, 1)])], dtype=object))
    >>> ends.tolist(), row.tolist()
    ([[[0.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [1.0, 1.0]]], [0, 0])
    """
    parts, row = shapely.get_parts(lines, return_index=True)
    xy, line = shapely.get_coordinates(parts, return_index=True)
    on = np.flatnonzero(line[1:] == line[:-1])
    return np.stack([xy[on], xy[on + 1]], axis=1), row[line[on]].astype(np.int64)


def as_lines(ends: Ends) -> NDArray[np.object_]:
    """Return each stroke as a line."""
    return np.asarray(shapely.linestrings(ends), dtype=object) if len(ends) else np.empty(0, dtype=object)


def metres(ends: Ends) -> NDArray[np.float64]:
    """Return how long each stroke is."""
    dx, dy = (ends[:, 1] - ends[:, 0]).T
    return np.asarray(np.sqrt(dx * dx + dy * dy), dtype=np.float64)


def distinct(rows: NDArray[np.float64] | NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each distinct row of two columns first stands, sorted by columns, and for each row which of them it is.

    As ``np.unique`` with ``axis=0``, which sorts whole rows and takes many times as long.
    """
    _, first = np.unique(rows[:, 0], return_inverse=True)
    values, second = np.unique(rows[:, 1], return_inverse=True)
    key = first.reshape(-1) * np.int64(max(len(values), 1)) + second.reshape(-1)
    _, index, inverse = np.unique(key, return_index=True, return_inverse=True)
    return index.astype(np.int64), inverse.reshape(-1).astype(np.int64)
