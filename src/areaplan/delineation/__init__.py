"""From cells to a plan: pose each village as a problem, solve it, and dissolve the answer into areas."""

from areaplan.delineation.assemble import assemble_plan

__all__ = ["assemble_plan"]
