"""Cut a territory into cells: the smallest pieces, and the borders they share.

Villages are independent until the very end, when the junctions on their common borders are matched. ``docs/cells.md`` numbers the rules
(C1 …); the modules repeat the numbers.
"""

from areaplan.cells.build import build_cells
from areaplan.linework.matching import insert_vertices, match_polygons

__all__ = ["build_cells", "insert_vertices", "match_polygons"]
