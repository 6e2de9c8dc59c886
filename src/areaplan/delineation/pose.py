"""Pose a village as a problem for the engine: arrays of cells and of the borders between them.

A village may have parts that do not touch: islands, and exclaves (飞地). A part with enough people is divided by itself. A part without
people, or with too few for an area, is linked to the nearest other part of its village, so that it joins the area there (R05: declared).
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from areaplan.model import Cells
from areaplan.partition import Problem
from areaplan.settings import AreaSettings

__all__ = ["Bounds", "Homes", "VillageTask", "bounds_of", "find_homes", "pose_village", "split_by_village"]


@dataclass(frozen=True)
class Bounds:
    """Hold how many households an area of one village should have."""

    lower: int
    target: int
    upper: int


@dataclass(frozen=True)
class Homes:
    """Hold where the households of n cells live: their middle (m) and mean squared distance from it (m²)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    spread: NDArray[np.float64]

    def __getitem__(self, rows: NDArray[np.int64]) -> Homes:
        return Homes(self.x[rows], self.y[rows], self.spread[rows])


def find_homes(cells: Cells) -> Homes:
    """Return where households live: at their buildings; in a cell without any, somewhere inside it."""
    inside = shapely.get_coordinates(shapely.point_on_surface(cells.table.geometry.to_numpy()))
    place = pd.Series(np.arange(len(cells.table)), index=cells.table["cell_id"])
    lived_in = cells.buildings[cells.buildings["cell_id"].notna() & (cells.buildings["households"].fillna(0) > 0)]
    cell = place[lived_in["cell_id"]].to_numpy()
    people = lived_in["households"].to_numpy(np.float64)
    at = shapely.get_coordinates(shapely.centroid(lived_in.geometry.to_numpy()))
    sums = [np.bincount(cell, weights=people * v, minlength=len(place)) for v in (np.ones(len(at)), *at.T)]
    known = sums[0] > 0
    middle = inside.copy()
    middle[known] = np.column_stack([s[known] / sums[0][known] for s in sums[1:]])
    away = ((at - middle[cell]) ** 2).sum(axis=1)
    spread = np.zeros(len(place))
    spread[known] = np.bincount(cell, weights=people * away, minlength=len(place))[known] / sums[0][known]
    return Homes(middle[:, 0], middle[:, 1], spread)


@dataclass(frozen=True)
class VillageTask:
    """Hold a village's cells as the engine sees them.

    Parameters
    ----------
    code
        The village.
    rows
        Rows of the village's cells in the table of all cells; cell ``i`` of the problem is row ``rows[i]``.
    problem
        Arrays for the engine.
    parts
        (n,) the part of the village each cell lies in, by true adjacency; 0 is the most populous.
    """

    code: str
    rows: NDArray[np.int64]
    problem: Problem
    parts: NDArray[np.int64]


def bounds_of(areas: AreaSettings, target: int | None = None) -> Bounds:
    """Return the bounds for a village; one with a target of its own has them in the same proportion.

    Examples
    --------
    >>> bounds_of(AreaSettings(), 160)
    Bounds(lower=120, target=160, upper=200)
    """
    if target is None or target == areas.target_households:
        return Bounds(areas.min_households, areas.target_households, areas.max_households)
    scale = target / areas.target_households
    return Bounds(round(areas.min_households * scale), target, round(areas.max_households * scale))


def split_by_village(cells: Cells) -> list[tuple[str, NDArray[np.int64], pd.DataFrame]]:
    """Return for each village with cells its code, the rows of its cells, and the borders inside it."""
    village_of = dict(zip(cells.table["cell_id"], cells.table["village_code"], strict=True))
    borders = pd.DataFrame(cells.borders.drop(columns="geometry"))
    inside = dict(iter(borders.groupby(borders["left_cell"].map(village_of), sort=False)))
    rows = cells.table.groupby("village_code", sort=False).indices
    codes = [c for c in cells.territory.villages["village_code"] if c in rows]
    return [(c, np.sort(rows[c]).astype(np.int64), inside.get(c, borders.iloc[:0])) for c in codes]


def pose_village(
    code: str,
    table: gpd.GeoDataFrame,
    borders: pd.DataFrame,
    outer_m: NDArray[np.float64],
    homes: Homes,
    bounds: Bounds,
    *,
    rows: NDArray[np.int64],
    max_persons: int | None = None,
) -> VillageTask:
    """Pose one village.

    Parameters
    ----------
    code
        The village.
    table
        Its n cells.
    borders
        Its rows of layer ``cell_borders``.
    outer_m
        (n,) metres of each cell's outline on the village's outline.
    homes
        Where the households of each cell live.
    bounds
        Households of an area.
    rows
        (n,) where the cells stand in the table of all cells.
    max_persons
        A second upper bound, where persons are known.
    """
    number = {c: i for i, c in enumerate(table["cell_id"])}
    pairs = borders.groupby(["left_cell", "right_cell"], sort=False)[["length_m", "cost"]].sum()
    edges = np.array([(number[a], number[b]) for a, b in pairs.index], dtype=np.int64).reshape(-1, 2)
    households = table["households"].fillna(0).to_numpy(np.int64)
    parts = _parts(len(table), edges, households)
    links = _links(table.geometry.to_numpy(), parts, households, bounds.lower)
    persons = table["persons"].to_numpy(np.float64, na_value=np.nan)
    bounded = max_persons is not None and not np.isnan(persons).any()
    problem = Problem(
        households=households,
        area_m2=table.geometry.area.to_numpy(),
        outer_m=outer_m,
        edges=edges,
        shared_m=pairs["length_m"].to_numpy(np.float64),
        cost=pairs["cost"].to_numpy(np.float64),
        ferry=links,
        lower=bounds.lower,
        target=bounds.target,
        upper=bounds.upper,
        persons=persons.astype(np.int64) if bounded else None,
        max_persons=max_persons if bounded else None,
        x=homes.x,
        y=homes.y,
        spread=homes.spread,
    )
    return VillageTask(code, rows, problem, parts)


def _parts(n: int, edges: NDArray[np.int64], households: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the connected part of each cell; parts are numbered from the most populous down."""
    links = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(n, n))
    count, label = connected_components(links, directed=False)
    people = np.bincount(label, weights=households, minlength=count)
    rank = np.empty(count, dtype=np.int64)
    rank[np.lexsort((np.arange(count), -people))] = np.arange(count)
    return rank[label]


def _links(
    geometry: NDArray[np.object_], parts: NDArray[np.int64], households: NDArray[np.int64], lower: int
) -> NDArray[np.int64]:
    """Link each group of parts that is too small to the nearest other part, smallest group first.

    Returns
    -------
    (q, 2) pairs of cells, each the nearest across the water between two parts.
    """
    people = np.bincount(parts, weights=households).tolist()
    group = {p: {p} for p in range(len(people))}
    links: list[tuple[int, int]] = []
    while len(group) > 1:
        small = min(group, key=lambda g: (sum(people[p] for p in group[g]), -g))
        if sum(people[p] for p in group[small]) >= max(lower, 1):
            break
        here = np.isin(parts, list(group[small]))
        a, b = _nearest(geometry, np.flatnonzero(here), np.flatnonzero(~here))
        links.append((a, b))
        other = next(g for g, members in group.items() if parts[b] in members)
        group[other] |= group.pop(small)
    return np.array(links, dtype=np.int64).reshape(-1, 2)


def _nearest(geometry: NDArray[np.object_], here: NDArray[np.int64], there: NDArray[np.int64]) -> tuple[int, int]:
    tree = shapely.STRtree(geometry[there])
    (mine, theirs), distance = tree.query_nearest(geometry[here], return_distance=True, all_matches=True)
    best = np.lexsort((there[theirs], here[mine], distance))[0]
    return int(here[mine[best]]), int(there[theirs[best]])
