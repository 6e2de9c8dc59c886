"""The room that draws: the review page, and maps for notebooks."""

from areaplan.maps.notebook import explore
from areaplan.maps.page import review_page

__all__ = ["explore", "review_page"]
