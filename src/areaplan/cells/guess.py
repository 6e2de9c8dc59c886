"""Households of blocks where there are neither buildings nor base areas (rule C13): a guess, and said to be one."""

from __future__ import annotations

import numpy as np
import shapely

from areaplan.households import largest_remainder
from areaplan.linework.edges import Floats, Geoms, Ints

__all__ = ["spread"]


def spread(total: int, blocks: Geoms, settlement: Geoms) -> Ints:
    """Spread a village total over blocks by settled ground, or settled points, else by area.

    Parameters
    ----------
    total
        Households (or persons) of the village.
    blocks
        (n,) its blocks.
    settlement
        Polygons or points of where people live; where none lies in the village, area decides.
    """
    return largest_remainder(_weights(blocks, settlement), total)


def _weights(blocks: Geoms, settlement: Geoms) -> Floats:
    weight = np.zeros(len(blocks))
    s, b = shapely.STRtree(blocks).query(settlement, predicate="intersects")
    flat = shapely.get_dimensions(settlement[s]) == 2
    np.add.at(weight, b[flat], shapely.area(shapely.intersection(settlement[s[flat]], blocks[b[flat]])))
    if not (weight > 0).any():
        s, b = s[~flat], b[~flat]
        first = np.unique(s, return_index=True)[1]
        np.add.at(weight, b[first], 1.0)
    return weight if (weight > 0).any() else shapely.area(blocks)
