"""The nouns of areaplan, as frozen values.

A territory is cut into cells along lines people can see; a plan gives every cell to exactly one area;
findings say what is wrong with a plan.

All values are frozen; each step of the flow takes values and returns new ones. The tables inside are GeoDataFrames with the columns of
:data:`areaplan.schema.SCHEMA`, in one projected CRS in metres, indexed 0, 1, 2 …; treat them as read-only.
"""

from areaplan.model.findings import Finding, Findings, Severity
from areaplan.model.ground import Cells, Territory
from areaplan.model.plan import AreaPlan

__all__ = ["AreaPlan", "Cells", "Finding", "Findings", "Severity", "Territory"]
