"""Which natural unit (villagers' group, grid, estate) each cell belongs to (rule C18)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely

from areaplan.linework.edges import Geoms, Ints
from areaplan.model import Territory

__all__ = ["units_of_cells"]


def units_of_cells(
    territory: Territory, polygons: Geoms, cell_of: Ints, given: Sequence[str | None]
) -> list[str | None]:
    """Return the unit of each cell, None where there is none.

    Parameters
    ----------
    territory
        Its buildings may name their unit; else ``units`` says on whose ground they stand.
    polygons, cell_of
        Cells, and the cell of each building (-1: none).
    given
        What base areas say of their own; it stands.

    Notes
    -----
    A cell belongs where most of its households do; one without buildings where its inner point lies.
    """
    buildings = territory.buildings
    if not len(territory.units) and buildings["unit"].isna().all():
        return list(given)
    standing = _ground(territory, shapely.point_on_surface(buildings.geometry.to_numpy()))
    unit = buildings["unit"].where(buildings["unit"].notna(), standing)
    weight = buildings["households"].fillna(0).to_numpy(dtype=np.float64) + 1e-3  # where nobody lives, buildings count
    votes = pd.DataFrame({"cell": cell_of, "unit": unit.to_numpy(), "weight": weight})[cell_of >= 0].dropna()
    sums = votes.groupby(["cell", "unit"], as_index=False)["weight"].sum()
    first = sums.sort_values(["cell", "weight", "unit"], ascending=[True, False, True]).drop_duplicates("cell")
    out = _ground(territory, shapely.point_on_surface(polygons))
    out[np.unique(cell_of[cell_of >= 0])] = None
    out[first["cell"].to_numpy(dtype=np.int64)] = first["unit"].to_numpy()
    return [own if own is not None else found for own, found in zip(given, out, strict=True)]


def _ground(territory: Territory, points: Geoms) -> Geoms:
    """Return the name of the unit each point lies in, the first where units overlap."""
    out = np.full(len(points), None, dtype=object)
    p, u = shapely.STRtree(territory.units.geometry.to_numpy()).query(points, predicate="intersects")
    order = np.lexsort((u, p))
    first = order[np.unique(p[order], return_index=True)[1]]
    out[p[first]] = territory.units["name"].to_numpy()[u[first]]
    return out
