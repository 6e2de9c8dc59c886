"""Numbers of buildings in an area, in the order somebody might walk past them.

Numbers are promises (R21): one that was given stays, and a new building takes the next free number.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["listing_numbers", "serpentine"]


def serpentine(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return an order through ``points``: rows from north to south, the first from west to east, the next back.

    Examples
    --------
    >>> import numpy as np
    >>> serpentine(np.array([[0.0, 9.0], [9.0, 9.0], [0.0, 0.0], [9.0, 0.0]])).tolist()
    [0, 1, 3, 2]
    """
    if len(points) == 0:
        return np.empty(0, dtype=np.int64)
    x, y = points[:, 0], points[:, 1]
    wide, high = max(np.ptp(x), 1e-9), max(np.ptp(y), 1e-9)
    rows = max(1, round((len(points) * high / wide) ** 0.5))
    row = np.minimum(((y.max() - y) / high * rows).astype(np.int64), rows - 1)
    return np.lexsort((-y, np.where(row % 2 == 0, x, -x), row)).astype(np.int64)


def listing_numbers(points: NDArray[np.float64], given: Sequence[int | None]) -> list[int]:
    """Return a number for every building: the given one, else the next free one in serpentine order.

    Examples
    --------
    >>> import numpy as np
    >>> listing_numbers(np.array([[0.0, 9.0], [9.0, 9.0], [5.0, 0.0]]), [None, 4, None])
    [5, 4, 6]
    """
    numbers = {i: int(n) for i, n in enumerate(given) if n is not None}
    free = max(numbers.values(), default=0) + 1
    for i in serpentine(points).tolist():
        if i not in numbers:
            numbers[i], free = free, free + 1
    return [numbers[i] for i in range(len(points))]
