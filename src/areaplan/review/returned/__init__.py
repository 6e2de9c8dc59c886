"""What came back from whoever draws the maps, held against the plan."""

from areaplan.review.returned.columns import Columns
from areaplan.review.returned.compare import Comparison, compare_returned
from areaplan.review.returned.difference import DIFFERENCE_WORDS, Difference
from areaplan.review.returned.placing import Placement

__all__ = ["DIFFERENCE_WORDS", "Columns", "Comparison", "Difference", "Placement", "compare_returned"]
