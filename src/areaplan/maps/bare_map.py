"""A folium map that asks for nothing from other hosts."""

from __future__ import annotations

import folium

__all__ = ["BareMap"]


class BareMap(folium.Map):  # type: ignore[misc]
    """Make the map's element and script as folium does, and load none of its scripts and styles: whoever shows it puts Leaflet beside it."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012
    default_css: list[tuple[str, str]] = []  # noqa: RUF012
