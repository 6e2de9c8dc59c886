"""From cells to a plan: pose each village as a problem, solve it, and dissolve the answer into areas."""

from areaplan.delineation.assemble import area_rows, assemble_plan, boundary_rows
from areaplan.delineation.causes import exclave_note
from areaplan.delineation.delineate import delineate, pose_villages
from areaplan.delineation.warm import warm_up

__all__ = ["area_rows", "assemble_plan", "boundary_rows", "delineate", "exclave_note", "pose_villages", "warm_up"]
