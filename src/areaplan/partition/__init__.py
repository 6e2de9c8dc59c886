"""The engine: arrays in, labels out. It knows nothing of geometry, files or censuses.

A :class:`Problem` says what the cells are and what lies between them; :func:`partition` divides them into connected areas inside the
bounds and says of every area that is not inside why it cannot be. ``docs/engine.md`` has the order of aims and the formula.
"""

from areaplan.partition.problem import Problem
from areaplan.partition.result import Cause, CauseKind, Partition
from areaplan.partition.solve import partition
from areaplan.partition.warm import warm_up

__all__ = ["Cause", "CauseKind", "Partition", "Problem", "partition", "warm_up"]
