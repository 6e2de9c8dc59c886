"""The layers that receivers get, column by column: what they work with and nothing they should not have.

Households and persons of single buildings stay in the office, and so does what no map may show (:func:`areaplan.sensitive.shown_plan`).
"""

from __future__ import annotations

from typing import Final

import geopandas as gpd

from areaplan.messages import Message, msg
from areaplan.model import AreaPlan
from areaplan.numbering import number_buildings

__all__ = ["COLUMNS", "LAYER_TITLES", "MEANINGS", "given_layers"]

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "villages": ("village_code", "name", "township", "county"),
    "areas": ("ea_code", "village_code", "name", "buildings", "households", "area_m2"),
    "boundaries": ("left_ea", "right_ea", "kind", "class", "feature_name", "length_m"),
    "lines": ("kind", "class", "name"),
    "buildings": ("building_id", "ea_code", "village_code", "number", "levels", "use", "name"),
}
"""Columns of each layer beside the geometry."""

LAYER_TITLES: Final[dict[str, Message]] = {
    "villages": msg("villages"), "areas": msg("enumeration areas"), "boundaries": msg("boundaries of enumeration areas"),
    "lines": msg("streets, rivers and other features"), "buildings": msg("buildings"),
}  # fmt: skip

MEANINGS: Final[dict[str, Message]] = {
    "village_code": msg("code of the village (普查区)"), "name": msg("name"), "township": msg("name of the township"), "county": msg("name of the county"),
    "ea_code": msg("code of the enumeration area: village code and three digits"), "buildings": msg("number of buildings"),
    "households": msg("number of households"), "area_m2": msg("ground in square metres"), "left_ea": msg("code of the area on one side"),
    "right_ea": msg("code of the area on the other side; empty on the border of the village"),
    "kind": msg("what it is: street, river, railway, wall, ridge, other, none"), "class": msg("class of the feature in the source"),
    "feature_name": msg("name of the feature that the border follows"), "length_m": msg("length in metres"),
    "building_id": msg("identifier of the building"), "number": msg("number of the building in its enumeration area"),
    "levels": msg("number of floors"), "use": msg("what the building is used for"),
}  # fmt: skip
"""What a column means, for field lists."""


def given_layers(plan: AreaPlan, village: str | None = None) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of a plan, or of one village, as receivers get them; those without rows are left out."""
    numbered = number_buildings(plan)
    own = dict(zip(zip(numbered["ea_code"], numbered["row"], strict=True), numbered["number"], strict=True))
    buildings = plan.cells.buildings
    numbers = [own.get((code, i)) for i, code in enumerate(buildings["ea_code"])]
    tables = {
        "villages": plan.territory.villages, "areas": plan.areas, "boundaries": plan.boundaries, "lines": plan.territory.lines,
        "buildings": buildings.assign(number=numbers).astype({"number": "Int64"}),
    }  # fmt: skip
    if village is not None:
        tables = _of_village(tables, village)
    return {
        name: table[[*COLUMNS[name], "geometry"]].reset_index(drop=True) for name, table in tables.items() if len(table)
    }


def _of_village(tables: dict[str, gpd.GeoDataFrame], village: str) -> dict[str, gpd.GeoDataFrame]:
    """Return what lies in one village, and the lines on its ground."""
    out = {n: tables[n][tables[n]["village_code"] == village] for n in ("villages", "areas", "buildings")}
    codes = set(out["areas"]["ea_code"])
    out["boundaries"] = tables["boundaries"][tables["boundaries"][["left_ea", "right_ea"]].isin(codes).any(axis=1)]
    ground = out["villages"].geometry.union_all().buffer(50)
    out["lines"] = tables["lines"][tables["lines"].intersects(ground)]
    return out
