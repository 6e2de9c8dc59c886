"""A plan in a notebook, on a folium map that asks no network for anything.

Folium loads ten scripts and styles from four hosts; without them its map is blank. All that a plan needs is Leaflet, which is put into the map from the installed wheel,
as into the review page. Folium's tooltips take text for HTML, so whatever comes from data is escaped here. There are no tiles: a census plan need not tell a map server
which town is being looked at.
"""

from __future__ import annotations

from html import escape

import folium
import geopandas as gpd
import pandas as pd
from branca.element import Element

from areaplan.maps import assets
from areaplan.maps.bare_map import BareMap
from areaplan.maps.colours import PALETTE, colour_areas, neighbour_pairs
from areaplan.maps.thinning import thinned
from areaplan.model import AreaPlan

__all__ = ["explore"]

_WGS84 = 4326
_DETAIL_M = 0.5

_BORDERS = {
    "none": {"color": "#c62828", "weight": 2.5, "dashArray": "6 5"},
    "river": {"color": "#1565c0", "weight": 2.5},
    "railway": {"color": "#222222", "weight": 2.5, "dashArray": "9 4"},
}
_VISIBLE_BORDER = {"color": "#555555", "weight": 2}


def explore(plan: AreaPlan, *, tiles: str | None = None) -> folium.Map:
    """Return an interactive map of a plan: areas by colour, borders by what they follow, facts on hover.

    Parameters
    ----------
    plan
        What to show.
    tiles
        A folium tile set to put beneath, from its server, and with it folium's scripts from theirs; None (the default) asks nobody for anything.
    """
    west, south, east, north = (float(v) for v in plan.areas.to_crs(_WGS84).total_bounds)
    kind = folium.Map if tiles else BareMap
    shown = kind(tiles=tiles, prefer_canvas=True, location=((south + north) / 2, (west + east) / 2))
    _areas(plan).add_to(shown)
    if len(plan.boundaries):
        _boundaries(plan).add_to(shown)
    shown.fit_bounds(((south, west), (north, east)))
    if not tiles:
        _inline_leaflet(shown)
    return shown


def _inline_leaflet(shown: folium.Map) -> None:
    """Put Leaflet into the head of a map's page, between marks that neither folium nor its template engine reads."""
    head = shown.get_root().header
    style, script = assets.leaflet_style(), assets.leaflet_script()
    licence = f"<!-- {assets.leaflet_licence()} -->"
    text = f"{licence}<style>{style}</style><script>{script}</script>"
    head.add_child(Element(f"{{% raw %}}{text}{{% endraw %}}"), name="leaflet")


def _areas(plan: AreaPlan) -> folium.GeoJson:
    areas = plan.areas
    colour = colour_areas(len(areas), neighbour_pairs(areas, plan.boundaries))
    table = gpd.GeoDataFrame(
        {
            "code": _safe(areas["ea_code"]),
            "name": _safe(areas["name"]),
            "households": _safe(areas["households"]),
            "buildings": _safe(areas["buildings"]),
            "hectares": [f"{v / 1e4:.2f}" for v in areas.geometry.area],
            "fill": [PALETTE[c % len(PALETTE)] for c in colour],
        },
        geometry=thinned(areas.geometry.to_numpy(), _DETAIL_M),
        crs=areas.crs,
    ).to_crs(_WGS84)
    facts = ["code", "name", "households", "buildings", "hectares"]
    return folium.GeoJson(
        table.to_json(),
        name="areas",
        style_function=lambda f: {
            "fillColor": f["properties"]["fill"],
            "fillOpacity": 0.6,
            "color": "#888",
            "weight": 0.5,
        },
        highlight_function=lambda _f: {"weight": 3, "color": "#111"},
        tooltip=folium.GeoJsonTooltip(facts, aliases=[f"{f}:" for f in facts]),
    )


def _boundaries(plan: AreaPlan) -> folium.GeoJson:
    rows = plan.boundaries
    table = gpd.GeoDataFrame(
        {"kind": _safe(rows["kind"])}, geometry=thinned(rows.geometry.to_numpy(), _DETAIL_M), crs=rows.crs
    ).to_crs(_WGS84)
    return folium.GeoJson(
        table.to_json(),
        name="borders",
        style_function=lambda f: _BORDERS.get(f["properties"]["kind"], _VISIBLE_BORDER),
        interactive=False,
    )


def _safe(column: pd.Series) -> list[str]:
    """Return values as text that HTML, a template and a script take for text."""
    return [escape("" if pd.isna(v) else str(v)).replace("`", "&#96;").replace("{", "&#123;") for v in column]
