"""Lines that polygons share: their edges as arrays, vertices matched between neighbours, faces dissolved without losing a vertex.

Plain geometry below every step that draws: repairing villages and cutting cells use the same tools. Nothing here proves anything; that is
:mod:`areaplan.proof`, which shares no code with this room.
"""

from areaplan.linework.dissolving import dissolve
from areaplan.linework.edges import EdgeTable, edge_table
from areaplan.linework.matching import follow_edges, insert_vertices, match_polygons, matched, weld

__all__ = [
    "EdgeTable",
    "dissolve",
    "edge_table",
    "follow_edges",
    "insert_vertices",
    "match_polygons",
    "matched",
    "weld",
]
