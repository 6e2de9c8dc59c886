"""What is laid beside a plan on its page: an earlier plan, a returned layer, whose areas a supervisor guides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from areaplan.certificate import content_hash
from areaplan.check.layer import as_areas
from areaplan.maps import Earlier
from areaplan.model import AreaPlan

__all__ = ["earlier_layer", "earlier_plan", "with_supervisors"]


def earlier_plan(plan: AreaPlan, *, title: str) -> Earlier:
    """Return an earlier plan in the form that a page shows beside the present one."""
    return Earlier(title, plan.areas, content_hash=content_hash(plan))


def earlier_layer(layer: Any, *, title: str, crs: Any, code: str, tolerance_m: float = 1.0) -> Earlier:
    """Return a layer of areas, such as a contractor's return, in the form that a page shows beside the present plan.

    Parameters
    ----------
    layer
        As :func:`areaplan.files.read_layer` returns it.
    crs
        The present plan's CRS, to which it is projected.
    code
        Its column with the area codes.
    tolerance_m
        Outlines nearer than this count as the same.
    """
    areas, _ = as_areas(layer, code=code, parent=None, name=None, households=None, persons=None)
    areas = areas.to_crs(crs)
    areas["ea_code"] = [None if c is None else str(c).strip() for c in areas["ea_code"]]
    return Earlier(title, areas, tolerance_m=tolerance_m)


def with_supervisors(plan: AreaPlan, staff: pd.DataFrame) -> AreaPlan:
    """Return the plan with the supervisor of each area, as a staffing table names them, in ``areas.supervisor_area``; pages draw their ground."""
    named = staff.dropna(subset=["supervisor"]).drop_duplicates("ea_code").set_index("ea_code")["supervisor"]
    return replace(plan, areas=plan.areas.assign(supervisor_area=plan.areas["ea_code"].map(named)))
