"""Borders of cells that were cut or put together: what the old rows say of an edge holds for it still."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from areaplan.cells.features import Features, features_of, follow
from areaplan.linework import EdgeTable, edge_table
from areaplan.linework.edges import Geoms, Ints, with_none
from areaplan.model import Cells
from areaplan.schema import conform
from areaplan.settings import Settings

__all__ = ["rebordered"]

_ON_M = 0.001
_COLUMNS = ["left_cell", "right_cell", "kind", "class", "feature_name"]


def rebordered(cells: Cells, gone: Collection[str], fresh: Collection[str], settings: Settings) -> Cells:
    """Return ``cells`` with the rows of ``cell_borders`` and ``outer_borders`` that name cells no longer there replaced.

    Parameters
    ----------
    cells
        Its table is already the new one; its borders are still the old ones.
    gone, fresh
        Cells that are no more, and those that stand in their place.
    settings
        ``borders`` and ``cells.follow_m``, for edges where no border was before.
    """
    old = [_naming(t, gone) for t in (cells.borders, cells.outer)]
    known = pd.concat([t[m] for t, m in zip((cells.borders, cells.outer), old, strict=True)], ignore_index=True)
    others = (set(known["left_cell"]) | set(known["right_cell"].dropna())) - set(gone)
    rows = np.flatnonzero(cells.table["cell_id"].isin(others | set(fresh)).to_numpy())
    ids = cells.table["cell_id"].to_numpy()[rows]
    table = edge_table(cells.table.geometry.to_numpy()[rows])
    own = np.isin(ids, list(fresh))
    edges = np.flatnonzero(own[table.left] | (own[table.right] & (table.right >= 0)))
    made = _rows(
        cells, table, edges, ids, _Known(known, features_of(cells.territory.lines, settings.borders), settings)
    )
    inner = made["right_cell"].notna()
    return replace(
        cells,
        borders=_joined(cells.borders[~old[0]], made[inner], "cell_borders"),
        outer=_joined(cells.outer[~old[1]], made[~inner], "outer_borders"),
    )


def _naming(borders: gpd.GeoDataFrame, gone: Collection[str]) -> np.ndarray:
    return np.asarray(borders["left_cell"].isin(gone) | borders["right_cell"].isin(gone))


def _joined(kept: gpd.GeoDataFrame, made: gpd.GeoDataFrame, layer: str) -> gpd.GeoDataFrame:
    return conform(gpd.GeoDataFrame(pd.concat([kept, made], ignore_index=True), crs=kept.crs), layer)


class _Known:
    """Say what an edge follows: what the old border there followed, else the line it runs along."""

    def __init__(self, rows: gpd.GeoDataFrame, features: Features, settings: Settings) -> None:
        self.rows, self.features, self.settings = rows, features, settings

    def of(self, table: EdgeTable, edges: Ints) -> pd.DataFrame:
        found = self._inherited(table, edges)
        new = found < 0
        follows = follow(table, edges[new], self.features, self.settings.cells.follow_m)
        names = [*self.features.names, ("none", None, None)]
        weights = [*self.features.weights, self.features.none]
        out = pd.DataFrame({c: np.empty(len(edges), dtype=object) for c in ("kind", "class", "feature_name")})
        weight = np.zeros(len(edges))
        old = self.rows.iloc[found[~new]]
        for c in ("kind", "class", "feature_name"):
            out.loc[~new, c] = old[c].to_numpy()
        weight[~new] = (old["cost"] / old["length_m"]).to_numpy()
        out.loc[new, ["kind", "class", "feature_name"]] = np.array([names[f] for f in follows], dtype=object).reshape(
            -1, 3
        )
        weight[new] = [weights[f] for f in follows]
        return out.assign(weight=weight)

    def _inherited(self, table: EdgeTable, edges: Ints) -> Ints:
        """Return the old row whose line each edge lies on, -1 for none."""
        found = np.full(len(edges), -1)
        if len(self.rows) == 0:
            return found
        middle = shapely.points(table.xy[table.ends[edges]].mean(axis=1))
        tree = shapely.STRtree(self.rows.geometry.to_numpy())
        (at, row), _ = tree.query_nearest(middle, max_distance=_ON_M, return_distance=True, all_matches=False)
        found[at] = row
        return found


def _rows(cells: Cells, table: EdgeTable, edges: Ints, ids: Geoms, known: _Known) -> gpd.GeoDataFrame:
    names = with_none(ids)
    rows = known.of(table, edges)
    rows["left_cell"], rows["right_cell"] = names[table.left[edges]], names[table.right[edges]]
    outside = rows["left_cell"].isna()
    assert not outside.any()  # noqa: S101 - an edge always has a polygon on its left
    rows["length_m"] = table.lengths[edges]
    rows["cost"] = rows["length_m"] * rows["weight"]
    rows["geometry"] = table.lines(edges)
    grouped = rows.groupby(_COLUMNS, dropna=False, sort=True)
    merged = grouped.agg({"length_m": "sum", "cost": "sum", "geometry": _line}).reset_index()
    for column in ("right_cell", "class", "feature_name"):
        merged[column] = merged[column].astype(object).where(merged[column].notna(), None)
    return gpd.GeoDataFrame(merged, geometry="geometry", crs=cells.table.crs)


def _line(parts: pd.Series) -> shapely.Geometry:
    lines = parts.to_numpy()
    return lines[0] if len(lines) == 1 else shapely.line_merge(shapely.multilinestrings(lines))
