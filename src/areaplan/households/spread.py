"""Share a whole number among rows, in whole numbers, exactly."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

__all__ = ["largest_remainder", "spread_persons"]


def largest_remainder(weights: ArrayLike, total: int) -> NDArray[np.int64]:
    """Share ``total`` in whole numbers in proportion to ``weights``: floors first, the rest to the largest remainders.

    Parameters
    ----------
    weights
        (n,) array, not negative, not all zero unless ``total`` is.
    total
        What is shared.

    Returns
    -------
    (n,) array of whole numbers that add up to ``total``; each within 1 of its exact share. Equal remainders: the earlier row.

    Examples
    --------
    >>> largest_remainder([1.0, 1.0, 1.0], 5).tolist()
    [2, 2, 1]
    """
    shares = np.asarray(weights, dtype=np.float64)
    if total == 0 or len(shares) == 0:
        return np.zeros(len(shares), dtype=np.int64)
    exact = shares / shares.sum() * total
    # A share that is whole but for rounding must not fall by one, or rows would trade places with the order of summation.
    whole = np.floor(exact + 1e-9)
    rest = np.maximum(exact - whole, 0.0).round(9)
    order = np.lexsort((np.arange(len(shares)), -rest))
    whole[order[: int(total - whole.sum())]] += 1
    return whole.astype(np.int64)


def spread_persons(pieces: gpd.GeoDataFrame, villages: gpd.GeoDataFrame) -> pd.Series:
    """Return persons of pieces: their own; blanks share what the village's persons leave, in proportion to households."""
    own = pieces["persons"]
    known = own.notna().to_numpy()
    out = own.copy()
    totals = villages.dropna(subset="persons")
    if known.all() or not len(totals):
        return out
    households = pieces["households"].to_numpy(dtype=np.float64)
    rows_of = pieces.groupby("village_code", sort=False).indices
    for code, total in zip(totals["village_code"], totals["persons"].astype(int), strict=True):
        rows = np.asarray(rows_of.get(code, []), dtype=np.intp)
        blank = rows[~known[rows]]
        left = max(total - int(own.iloc[rows[known[rows]]].sum()), 0)
        if len(blank) and households[blank].sum() > 0:
            out.iloc[blank] = largest_remainder(households[blank], left)
        elif len(blank):
            out.iloc[blank] = 0
    return out
