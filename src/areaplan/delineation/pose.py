"""Pose a village as a problem for the engine: arrays of cells and of the borders between them.

A village may have parts that do not touch: islands, and exclaves (飞地). A part with enough people is divided by itself. A part without
people, or with too few for an area, is linked to the nearest other part of its village, so that it joins the area there (R05: declared).
So is ground behind a barrier (R14) whose people no number of areas fits; see :mod:`areaplan.delineation.links`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from areaplan.delineation.links import Crossing, links_across, links_over_barriers, parts_by
from areaplan.delineation.steering import Pinned, keep_of, steer_village
from areaplan.messages import Message
from areaplan.model import Cells
from areaplan.partition import Problem
from areaplan.settings import AreaSettings

__all__ = ["Bounds", "Homes", "Village", "VillageTask", "bounds_of", "find_homes", "pose_village", "split_by_village"]

Village = tuple[str, NDArray[np.int64], pd.DataFrame]
"""Code of a village, the rows of its cells in the table of all cells, and the borders inside it."""


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
    """Return where households live: at their buildings; in a cell without any, or with part of a building, somewhere inside it."""
    place = pd.Series(np.arange(len(cells.table)), index=cells.table["cell_id"])
    sliced = set(cells.table.loc[cells.table["part"].notna(), "cell_id"])
    placed = cells.buildings["cell_id"].notna() & ~cells.buildings["cell_id"].isin(sliced)
    lived_in = cells.buildings[placed & (cells.buildings["households"].fillna(0) > 0)]
    cell = place[lived_in["cell_id"]].to_numpy()
    people = lived_in["households"].to_numpy(np.float64)
    at = shapely.get_coordinates(shapely.centroid(lived_in.geometry.to_numpy()))
    sums = [np.bincount(cell, weights=people * v, minlength=len(place)) for v in (np.ones(len(at)), *at.T)]
    known = sums[0] > 0
    middle = np.empty((len(place), 2))
    middle[known] = np.column_stack([s[known] / sums[0][known] for s in sums[1:]])
    middle[~known] = shapely.get_coordinates(shapely.point_on_surface(cells.table.geometry.to_numpy()[~known]))
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
    crossings
        Where ground behind a barrier had to be linked to the ground before it.
    finished
        Kind (``locked`` or ``special``) and name of each area the office has finished, by its number in ``problem.locked``.
    """

    code: str
    rows: NDArray[np.int64]
    problem: Problem
    parts: NDArray[np.int64]
    crossings: tuple[Crossing, ...] = ()
    finished: tuple[tuple[str, str], ...] = ()


def bounds_of(areas: AreaSettings, target: int | None = None) -> Bounds:
    """Return the bounds for a village; one with a target of its own has them in the same proportion.

    Examples
    --------
    >>> bounds_of(AreaSettings(), 160)
    Bounds(lower=120, target=160, upper=200)
    """
    own = areas.of_village(target)
    return Bounds(own.min_households, own.target_households, own.max_households)


def split_by_village(cells: Cells) -> list[Village]:
    """Return the villages that have cells, in the order of the table of villages."""
    village_of = dict(zip(cells.table["cell_id"], cells.table["village_code"], strict=True))
    borders = pd.DataFrame(cells.borders.drop(columns="geometry"))
    inside = dict(iter(borders.groupby(borders["left_cell"].map(village_of), sort=False)))
    rows = cells.table.groupby("village_code", sort=False).indices
    codes = [c for c in cells.territory.villages["village_code"] if c in rows]
    return [(c, np.sort(rows[c]).astype(np.int64), inside.get(c, borders.iloc[:0])) for c in codes]


def pose_village(  # noqa: PLR0913 - one parameter per fact of a village
    code: str,
    table: gpd.GeoDataFrame,
    borders: pd.DataFrame,
    outer_m: NDArray[np.float64],
    homes: Homes,
    bounds: Bounds,
    *,
    rows: NDArray[np.int64],
    max_persons: int | None = None,
    pins: Sequence[Pinned] = (),
    faults: list[Message] | None = None,
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
    pins
        Those of the town.
    faults
        Grows by the pins that contradict themselves.
    """
    pairs = borders.groupby(["left_cell", "right_cell"], sort=False).agg(
        {"length_m": "sum", "cost": "sum", "barrier": "all"}
    )
    place = pd.Index(table["cell_id"].to_numpy(dtype=object))
    ends = [place.get_indexer(pairs.index.get_level_values(side).to_numpy(dtype=object)) for side in (0, 1)]
    edges = np.column_stack(ends).astype(np.int64)
    households = table["households"].fillna(0).to_numpy(np.int64)
    shared = pairs["length_m"].to_numpy(np.float64)
    barrier = pairs["barrier"].to_numpy(dtype=bool)
    parts = parts_by(len(table), edges, households)
    walks = parts_by(len(table), edges[~barrier], households)
    crossings = links_over_barriers(walks, edges[barrier], shared[barrier], households, (bounds.lower, bounds.upper))
    across = links_across(table.geometry.to_numpy(), parts, households, bounds.lower)
    ferry = np.concatenate([np.array([c.cells for c in crossings], dtype=np.int64).reshape(-1, 2), across])
    steering = steer_village(code, pins, rows, np.concatenate([edges, ferry]), [] if faults is None else faults)
    persons = table["persons"].to_numpy(np.float64, na_value=np.nan)
    bounded = max_persons is not None and not np.isnan(persons).any()
    problem = Problem(
        households=households,
        area_m2=table.geometry.area.to_numpy(),
        outer_m=outer_m,
        edges=edges,
        shared_m=shared,
        cost=pairs["cost"].to_numpy(np.float64),
        barrier=barrier if barrier.any() else None,
        ferry=ferry,
        keep=keep_of(table["unit"]),
        lower=bounds.lower,
        target=bounds.target,
        upper=bounds.upper,
        persons=persons.astype(np.int64) if bounded else None,
        max_persons=max_persons if bounded else None,
        x=homes.x,
        y=homes.y,
        spread=homes.spread,
        together=steering.together,
        apart=steering.apart,
        locked=steering.locked,
    )
    return VillageTask(code, rows, problem, parts, crossings, steering.finished)
