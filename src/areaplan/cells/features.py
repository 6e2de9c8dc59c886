"""Which line a border follows, and what a metre of it costs (rules C10, C11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np

from areaplan.linework.edges import EdgeTable, Floats, Geoms, Ints, segments_of
from areaplan.linework.near import first_along
from areaplan.settings import BorderSettings

__all__ = ["CLASS_FACTORS", "Features", "border_weight", "features_of", "follow"]

CLASS_FACTORS: Final[dict[str, dict[str, float]]] = {
    "street": {
        "motorway": 0.6, "motorway_link": 0.7, "trunk": 0.6, "trunk_link": 0.7, "primary": 0.7, "primary_link": 0.8,
        "secondary": 0.8, "secondary_link": 0.9, "tertiary": 0.9, "tertiary_link": 1.0, "unclassified": 1.0, "residential": 1.0,
        "living_street": 1.1, "pedestrian": 1.1, "road": 1.2, "service": 1.3, "busway": 1.0, "track": 1.6, "cycleway": 2.0,
        "bridleway": 2.5, "footway": 2.2, "path": 2.5, "steps": 2.2, "corridor": 4.0, "construction": 2.0, "proposed": 5.0,
    },
    "river": {"river": 1.0, "canal": 1.0, "stream": 1.6, "brook": 1.6, "drain": 2.0, "ditch": 2.2, "riverbank": 1.0},
    "railway": {
        "rail": 1.0, "light_rail": 1.0, "narrow_gauge": 1.0, "preserved": 1.2, "tram": 2.0, "monorail": 2.0, "funicular": 1.5,
        "disused": 2.0, "construction": 2.0, "abandoned": 4.0, "platform": 3.0, "subway": 6.0, "proposed": 9.0,
    },
}  # fmt: skip
"""Cost of the known OpenStreetMap classes, as a multiple of their kind's weight in ``[borders]``."""


@dataclass(frozen=True)
class Features:
    """Hold the lines a border may follow: their geometry, the weight of a metre, and the feature (kind, class, name) of each."""

    lines: Geoms
    weight: Floats
    feature: Ints
    names: tuple[tuple[str, str | None, str | None], ...]
    weights: tuple[float, ...]
    none: float


def border_weight(kind: str, class_: str | None, borders: BorderSettings) -> float:
    """Return the cost of a metre of border along a line; never dearer than following nothing.

    Examples
    --------
    >>> border_weight("street", "residential", BorderSettings()), border_weight("river", "river", BorderSettings())
    (1.0, 0.6)
    """
    if class_ is not None and class_ in borders.classes:
        return min(borders.classes[class_], borders.none)
    factor = CLASS_FACTORS.get(kind, {}).get(class_ or "", 1.0)
    return float(min(getattr(borders, kind) * factor, borders.none))


def features_of(lines: gpd.GeoDataFrame, borders: BorderSettings) -> Features:
    """Take the visible lines (no tunnels) of layer ``lines``; features are numbered in the order of kind, class and name."""
    seen = lines[~lines["tunnel"].to_numpy(dtype=bool)]
    rows = [
        (str(k), None if c is None else str(c), None if n is None else str(n))
        for k, c, n in zip(seen["kind"], seen["class"], seen["name"], strict=True)
    ]
    names = sorted(set(rows), key=_sortable)
    number = {row: i for i, row in enumerate(names)}
    weights = tuple(border_weight(k, c, borders) for k, c, _ in names)
    feature = np.array([number[row] for row in rows], dtype=np.int64)
    geometry = np.asarray(seen.geometry.to_numpy(), dtype=object)
    return Features(
        geometry, np.array(weights)[feature] if rows else np.empty(0), feature, tuple(names), weights, borders.none
    )


def _sortable(row: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(x or "" for x in row) + tuple("1" if x is None else "0" for x in row)


def follow(table: EdgeTable, which: Ints, features: Features, within_m: float) -> Ints:
    """Return the feature each chosen edge follows, -1 for none.

    An edge follows a line when both its ends and its middle lie within ``within_m`` of it; of several lines the cheapest counts, then the
    first in order of kind, class and name (C10).
    """
    if len(which) == 0 or len(features.lines) == 0:
        return np.full(len(which), -1)
    order = np.lexsort((features.feature, features.weight))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    segments, of = segments_of(features.lines)
    line = first_along(table.xy[table.ends[which]], segments, of, rank, within_m)
    return np.where(line >= 0, features.feature[line], -1)
