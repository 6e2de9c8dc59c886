"""From an assignment to a plan: dissolve cells into areas, and their borders into boundaries.

The assignment (cell -> area) is the truth; whatever is drawn is derived from it here, so a plan cannot overlap itself.
"""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.codes import area_name, ea_number
from areaplan.model import AreaPlan, Cells, Findings
from areaplan.schema import conform, empty_layer
from areaplan.settings import Settings

__all__ = ["area_rows", "assemble_plan", "boundary_rows"]


def assemble_plan(
    cells: Cells, assignment: pd.Series, settings: Settings, *, findings: Findings | None = None
) -> AreaPlan:
    """Derive the areas and boundaries of a plan from the assignment of its cells.

    Parameters
    ----------
    cells
        The smallest pieces.
    assignment
        Series of ea_code indexed by cell_id; every cell once.
    settings
        What the plan is made with; ``output.lang`` decides the names that are stored.
    findings
        What the plan should say of itself; default: nothing.

    Raises
    ------
    KeyError
        When a cell has no area.
    """
    code_of = assignment.to_dict()
    table = cells.table.assign(ea_code=[code_of[c] for c in cells.table["cell_id"]])
    buildings = cells.buildings.assign(ea_code=[code_of.get(c) for c in cells.buildings["cell_id"]])
    assigned = replace(cells, table=table, buildings=buildings)
    return AreaPlan(
        cells=assigned,
        areas=area_rows(table, buildings, settings),
        boundaries=boundary_rows(assigned, code_of),
        settings=settings,
        findings=findings or Findings(crs=cells.table.crs),
    )


def area_rows(table: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, settings: Settings) -> gpd.GeoDataFrame:
    """Dissolve cells by ea_code, in the order of the codes; sums stay unknown where a cell's count is unknown."""
    groups = table.groupby("ea_code", sort=True)
    geometry = gpd.GeoSeries(groups["geometry"].apply(_dissolve), crs=table.crs)
    codes = list(geometry.index)
    rows = gpd.GeoDataFrame({"ea_code": codes}, geometry=list(geometry), crs=table.crs)
    rows["village_code"] = groups["village_code"].first().to_list()
    rows["name"] = [area_name(ea_number(c), settings.output.lang) for c in codes]
    for count in ("households", "persons"):
        rows[count] = groups[count].agg(lambda s: s.sum(skipna=False)).astype("Int64").to_list()
    per_area = buildings["ea_code"].value_counts()
    rows["buildings"] = [int(per_area.get(c, 0)) for c in codes]
    rows["area_m2"] = rows.geometry.area
    return conform(rows, "areas")


def _dissolve(pieces: gpd.GeoSeries) -> BaseGeometry:
    """Unite vertex-matched cells; unlike a general union this keeps every vertex of the outline."""
    return shapely.normalize(shapely.coverage_union_all(pieces.to_numpy()))


def boundary_rows(cells: Cells, code_of: dict[str, str]) -> gpd.GeoDataFrame:
    """Gather the cell borders between different areas, and those on the village outline, by what they follow."""
    every = pd.concat([cells.borders, cells.outer], ignore_index=True)
    left = np.array([code_of[c] for c in every["left_cell"]], dtype=object)
    right = np.array([code_of.get(c) for c in every["right_cell"]], dtype=object)
    keep = left != right
    if not keep.any():
        return empty_layer("boundaries", cells.table.crs)
    swap = np.array([r is not None and r < a for a, r in zip(left, right, strict=True)], dtype=bool)
    rows = pd.DataFrame(
        {
            "left_ea": np.where(swap, right, left),
            "right_ea": np.where(swap, left, right),
            "kind": every["kind"],
            "class": every["class"],
            "feature_name": every["feature_name"],
            "length_m": every["length_m"],
            "geometry": every.geometry,
        }
    )[keep]
    keys = ["left_ea", "right_ea", "kind", "class", "feature_name"]
    grouped = rows.groupby(keys, dropna=False, sort=True)
    merged = grouped.agg({"length_m": "sum", "geometry": _merge_lines}).reset_index()
    return conform(gpd.GeoDataFrame(merged, geometry="geometry", crs=cells.table.crs), "boundaries")


def _merge_lines(lines: pd.Series) -> BaseGeometry:
    parts = shapely.get_parts(lines.to_numpy())
    merged: BaseGeometry = shapely.line_merge(shapely.MultiLineString(list(parts))) if len(parts) > 1 else parts[0]
    return merged
