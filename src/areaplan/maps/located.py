"""Which areas a finding is about: by what it names, else by where it lies."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from areaplan.model import AreaPlan, Findings

__all__ = ["areas_of_findings"]

_MOST = 6
"""A finding that lies in more areas than this is the village's business, not theirs."""


def areas_of_findings(findings: Findings, plan: AreaPlan) -> list[list[int]]:
    """Return for each finding the positions in ``plan.areas`` of the areas it concerns; none when it concerns a whole village.

    A subject that is an area, a cell or a building says it; otherwise the geometry does.
    """
    position = {code: i for i, code in enumerate(plan.areas["ea_code"])}
    by_name = dict(position)
    for table, key in ((plan.cells.table, "cell_id"), (plan.cells.buildings, "building_id")):
        for name, code in zip(table[key], table["ea_code"], strict=True):
            if code in position:
                by_name.setdefault(name, position[code])
    villages = set(plan.territory.villages["village_code"])
    out = [_named(str(f.subject), by_name) for f in findings]
    placed = [
        i
        for i, f in enumerate(findings)
        if not out[i] and f.subject not in villages and f.geometry is not None and not f.geometry.is_empty
    ]
    for i, found in zip(placed, _lying_in(plan.areas, [findings[i].geometry for i in placed]), strict=True):
        out[i] = found
    return out


def _named(subject: str, by_name: dict[str, int]) -> list[int]:
    """Return the areas a subject names; two areas may be joined by a separator, as in ``A | B``."""
    if subject in by_name:
        return [by_name[subject]]
    words = [w.strip() for w in subject.replace("|", ",").replace("/", ",").split(",")]
    found = [by_name[w] for w in words if w in by_name]
    return sorted(set(found)) if len(found) == len(words) else []


def _lying_in(areas: gpd.GeoDataFrame, places: list[object]) -> list[list[int]]:
    if not places:
        return []
    shapes = np.array(places, dtype=object)
    which, area = shapely.STRtree(areas.geometry.to_numpy()).query(shapes, predicate="intersects")
    out: list[list[int]] = [[] for _ in places]
    for i, a in zip(which.tolist(), area.tolist(), strict=True):
        out[i].append(a)
    return [sorted(a) if len(a) <= _MOST else [] for a in out]
