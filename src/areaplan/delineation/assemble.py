"""From an assignment to a plan: dissolve cells into areas, and their borders into boundaries.

The assignment (cell -> area) is the truth; whatever is drawn is derived from it here, so a plan cannot overlap itself.
"""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from areaplan.codes import area_name, ea_number
from areaplan.model import AreaPlan, Cells, Findings
from areaplan.schema import conform, empty_layer
from areaplan.settings import Settings

__all__ = ["area_rows", "assemble_plan", "boundary_rows", "dissolved"]


def assemble_plan(
    cells: Cells,
    assignment: pd.Series,
    settings: Settings,
    *,
    findings: Findings | None = None,
    shapes: dict[str, BaseGeometry] | None = None,
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
    shapes
        The areas by their codes, by who has dissolved them already (:func:`dissolved`).

    Raises
    ------
    KeyError
        When a cell has no area.
    """
    code_of = dict(zip(assignment.index.to_numpy(dtype=object), assignment.to_numpy(dtype=object), strict=True))
    table = cells.table.assign(ea_code=[code_of[c] for c in cells.table["cell_id"]])
    buildings = cells.buildings.assign(ea_code=[code_of.get(c) for c in cells.buildings["cell_id"]])
    assigned = replace(cells, table=table, buildings=buildings)
    return AreaPlan(
        cells=assigned,
        areas=area_rows(table, buildings, settings, shapes),
        boundaries=boundary_rows(assigned, code_of),
        settings=settings,
        findings=findings or Findings(crs=cells.table.crs),
    )


def area_rows(
    table: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    settings: Settings,
    shapes: dict[str, BaseGeometry] | None = None,
) -> gpd.GeoDataFrame:
    """Dissolve cells by ea_code, in the order of the codes; sums stay unknown where a cell's count is unknown."""
    code, first, number = np.unique(table["ea_code"].to_numpy(dtype=object), return_index=True, return_inverse=True)
    codes = code.tolist()
    geometry = dissolved(table.geometry.to_numpy(), number) if shapes is None else [shapes[c] for c in codes]
    rows = gpd.GeoDataFrame({"ea_code": codes}, geometry=list(geometry), crs=table.crs)
    rows["village_code"] = table["village_code"].iloc[first].to_list()
    rows["name"] = [area_name(ea_number(c), settings.output.lang) for c in codes]
    for count in ("households", "persons"):
        known = table[count].notna().to_numpy(dtype=bool)
        total = np.zeros(len(codes), dtype=np.int64)
        np.add.at(total, number, table[count].fillna(0).to_numpy(dtype=np.int64))
        rows[count] = pd.array(total, dtype="Int64")
        rows.loc[np.bincount(number[~known], minlength=len(codes)) > 0, count] = pd.NA
    per_area = buildings["ea_code"].value_counts()
    rows["buildings"] = [int(per_area.get(c, 0)) for c in codes]
    rows["area_m2"] = rows.geometry.area
    return conform(rows, "areas")


def dissolved(pieces: NDArray[np.object_], number: NDArray[np.int64]) -> NDArray[np.object_]:
    """Unite vertex-matched pieces by their numbers 0, 1, …; unlike a general union this keeps every vertex of the outline.

    Raises
    ------
    shapely.errors.GEOSException
        Where pieces do not fit together at their borders.
    """
    order = np.argsort(number, kind="stable")
    groups = np.split(pieces[order], np.flatnonzero(np.diff(number[order])) + 1)
    whole = np.array([shapely.coverage_union_all(group) for group in groups], dtype=object)
    return np.asarray(shapely.normalize(whole), dtype=object)


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
    merged = grouped.agg({"length_m": "sum"}).reset_index()
    lines = _merged(rows["geometry"].to_numpy(dtype=object), grouped.ngroup().to_numpy())
    return conform(gpd.GeoDataFrame(merged, geometry=lines, crs=cells.table.crs), "boundaries")


def _merged(lines: NDArray[np.object_], number: NDArray[np.int64]) -> NDArray[np.object_]:
    """Join the lines of each number into one, as far as they meet end to end."""
    order = np.argsort(number, kind="stable")
    parts, line = shapely.get_parts(lines[order], return_index=True)
    group = number[order][line]
    first = np.flatnonzero(np.diff(group, prepend=-1))
    several = np.diff(np.append(first, len(group))) > 1
    out = parts[first]
    many = several[group]
    out[several] = shapely.line_merge(
        shapely.multilinestrings(parts[many], indices=np.cumsum(several)[group[many]] - 1)
    )
    return np.asarray(out, dtype=object)
