"""The room that draws: the review page, and maps for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import folium

    from areaplan.model import AreaPlan

__all__ = ["explore"]


def explore(plan: AreaPlan) -> folium.Map:
    """Return an interactive map of the plan for a notebook."""
    import folium

    return folium.Map(tiles=None)
