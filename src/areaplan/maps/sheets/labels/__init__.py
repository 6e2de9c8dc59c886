"""Where words go: greedy, best place first, never one text on another.

Names that do not fit are left out; numbers of buildings are not, so they may step aside with a leader line, and those that still find no room are
handed back for a detail sheet. Nothing here draws: points come in, places go out.
"""

from areaplan.maps.sheets.labels.boxes import ASCENT, DESCENT, text_box
from areaplan.maps.sheets.labels.lines import along, beside_or_along
from areaplan.maps.sheets.labels.numbers import SIZES, Number, place_numbers
from areaplan.maps.sheets.labels.placer import Placer

__all__ = ["ASCENT", "DESCENT", "SIZES", "Number", "Placer", "along", "beside_or_along", "place_numbers", "text_box"]
