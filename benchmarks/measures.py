"""Measure a plan from what it drew, without asking the planner: sizes, shapes, and how much border people can see."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

__all__ = ["Measures", "cut_length", "inner_border", "measure", "visible_share"]

STEP_M = 2.0
NEAR_M = 1.0


@dataclass(frozen=True)
class Measures:
    """Hold the figures of one plan; shares are between 0 and 1, lengths in metres."""

    areas: int
    households: int
    inside: float
    within_5: float
    within_10: float
    cv: float
    polsby_popper: float
    visible: float
    inner_border_m: float
    pieces: int


def measure(
    areas: gpd.GeoDataFrame, boundaries: gpd.GeoDataFrame, lines: gpd.GeoDataFrame, bounds: tuple[int, int, int]
) -> Measures:
    """Measure a plan.

    Parameters
    ----------
    areas, boundaries
        Layers of the plan.
    lines
        The lines as delivered, tunnels left out.
    bounds
        Fewest, wished and most households of an area.
    """
    lower, target, upper = bounds
    households = areas["households"].to_numpy(np.int64)
    lived_in = households[households > 0]
    shape = areas.geometry.to_numpy()
    inner = inner_border(boundaries)
    return Measures(
        areas=len(areas),
        households=int(households.sum()),
        inside=float(((households >= lower) & (households <= upper)).mean()),
        within_5=float((np.abs(households - target) <= 0.05 * target).mean()),
        within_10=float((np.abs(households - target) <= 0.1 * target).mean()),
        cv=float(lived_in.std() / lived_in.mean()),
        polsby_popper=float(np.median(4 * np.pi * shapely.area(shape) / shapely.length(shape) ** 2)),
        visible=visible_share(inner, lines),
        inner_border_m=float(shapely.length(inner).sum()),
        pieces=int(shapely.get_num_geometries(shape).sum()),
    )


def inner_border(boundaries: gpd.GeoDataFrame) -> np.ndarray:
    """Return the border lines between two areas."""
    return boundaries.geometry[boundaries["right_ea"].notna()].to_numpy()


def visible_share(borders: np.ndarray, lines: gpd.GeoDataFrame) -> float:
    """Return the share of border length within 1 m of a line, looked at every 2 m."""
    parts = shapely.get_parts(borders)
    if not len(parts) or not len(lines):
        return float("nan")
    length = shapely.length(parts)
    steps = np.maximum(1, np.round(length / STEP_M).astype(int))
    part = np.repeat(np.arange(len(parts)), steps)
    place = np.concatenate([(np.arange(s) + 0.5) / s for s in steps])
    points = shapely.line_interpolate_point(parts[part], place, normalized=True)
    tree = shapely.STRtree(lines.geometry.to_numpy())
    near = np.zeros(len(points), dtype=bool)
    near[tree.query(points, predicate="dwithin", distance=NEAR_M)[0]] = True
    weight = (length / steps)[part]
    return float(weight[near].sum() / weight.sum())


def cut_length(cell_borders: pd.DataFrame, label: pd.Series) -> float:
    """Return the metres of cell border whose two sides have different labels; both sides in one village."""
    left, right = label.reindex(cell_borders["left_cell"]), label.reindex(cell_borders["right_cell"])
    return float(cell_borders["length_m"].to_numpy()[left.to_numpy() != right.to_numpy()].sum())
