"""Colours for areas: neighbours differ, and differ also for colour-blind readers.

The graph of neighbours is coloured greedily in ``smallest_last`` order, which on a map needs six colours at most (a planar graph always has
a place with at most five neighbours). Within a village the plan's boundaries say who touches whom; across village borders geometry does.
"""

from __future__ import annotations

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["PALETTE", "colour_areas", "neighbour_pairs"]

PALETTE = ("#b5d8f2", "#f8e8b0", "#98c5aa", "#d6b4d0", "#f7f5f0", "#e0aa7c")
"""Fills, light enough to read a code on. Told apart by lightness as well as hue; a test looks at them as colour-blind people do."""

_USUAL = 5
_TOUCH_M, _SHARED_M = 0.1, 1.0


def neighbour_pairs(areas: gpd.GeoDataFrame, boundaries: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Return the pairs of areas that share a border, as rows of two positions in ``areas``.

    Within a village two areas are neighbours where ``boundaries`` has a row for them; across village borders where their outlines run
    within 0.1 m of each other for more than 1 m.
    """
    position = {code: i for i, code in enumerate(areas["ea_code"])}
    inner = boundaries.dropna(subset=["left_ea", "right_ea"])
    rows = {
        (min(position[a], position[b]), max(position[a], position[b]))
        for a, b in zip(inner["left_ea"], inner["right_ea"], strict=True)
        if a in position and b in position and a != b
    }
    rows |= {(int(a), int(b)) for a, b in _across_villages(areas)}
    return np.array(sorted(rows), dtype=np.int64).reshape(-1, 2)


def _across_villages(areas: gpd.GeoDataFrame) -> NDArray[np.int64]:
    shapes = areas.geometry.to_numpy()
    villages = areas["village_code"].to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_TOUCH_M)
    keep = (left < right) & (villages[left] != villages[right])
    left, right = left[keep], right[keep]
    if not len(left):
        return np.empty((0, 2), dtype=np.int64)
    shared = shapely.intersection(
        shapely.buffer(shapely.boundary(shapes[left]), _TOUCH_M, quad_segs=1), shapely.boundary(shapes[right])
    )
    return np.column_stack([left, right])[shapely.length(shared) > _SHARED_M]


def colour_areas(count: int, pairs: NDArray[np.int64]) -> list[int]:
    """Return a colour number for each of ``count`` areas such that no pair has the same.

    Each takes the colour used least so far among those its neighbours left free, of the first five if it can, so that no colour rules
    the map; on a map six are always enough.

    Examples
    --------
    >>> import numpy as np
    >>> colour_areas(3, np.array([[0, 1], [1, 2], [0, 2]]))
    [2, 1, 0]
    """
    graph = nx.Graph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(pairs.tolist())
    colours: dict[int, int] = {}
    used = [0] * _USUAL
    for area in nx.algorithms.coloring.strategy_smallest_last(graph, colours):
        taken = {colours[n] for n in graph[area] if n in colours}
        free = [c for c in range(_USUAL) if c not in taken]
        colour = (
            min(free, key=lambda c: used[c])
            if free
            else next(c for c in range(count) if c >= _USUAL and c not in taken)
        )
        used[min(colour, _USUAL - 1)] += 1
        colours[area] = colour
    return [colours[i] for i in range(count)]
