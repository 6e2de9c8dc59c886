"""From cells to a plan: pose each village as a problem, solve it, and dissolve the answer into areas."""

from areaplan.delineation.assemble import assemble_plan
from areaplan.delineation.delineate import delineate
from areaplan.partition import warm_up

__all__ = ["assemble_plan", "delineate", "warm_up"]
