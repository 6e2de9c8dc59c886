"""The room that draws: the review page, and maps for notebooks."""

from areaplan.maps.earlier import Earlier
from areaplan.maps.editions import Edition
from areaplan.maps.embedded import embedded
from areaplan.maps.index import IndexEntry, index_page
from areaplan.maps.notebook import explore
from areaplan.maps.page import review_page

__all__ = ["Earlier", "Edition", "IndexEntry", "embedded", "explore", "index_page", "review_page"]
