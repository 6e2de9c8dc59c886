"""Which buildings no map may show: barracks, prisons and what an office marks (R17: covered, drawn as blank land, never named).

What is drawn without them is counted without them too (:func:`shown_plan`): a total that holds a building which the map beside it leaves out says in which area it
stands. See ``docs/decisions/withheld-buildings.md``.
"""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from areaplan.check.complexes import is_use
from areaplan.errors import SettingsError
from areaplan.model import AreaPlan
from areaplan.packs import RulePack, load_pack

__all__ = ["hidden_buildings", "shown_plan", "undrawn"]

_COUNTS = ("households", "persons")


def hidden_buildings(plan: AreaPlan) -> NDArray[np.bool_]:
    """Return a mask over ``plan.cells.buildings``.

    Hidden is what the column ``sensitive`` says, what has a use that the rule pack never names, and what stands on a complex of such a use.
    """
    buildings = plan.cells.buildings
    unnamed = _pack(plan).complexes.unnamed
    hidden = buildings["sensitive"].to_numpy(dtype=bool) | np.array(
        [is_use(u, unnamed) for u in buildings["use"]], dtype=bool
    )
    secret = plan.territory.complexes[[is_use(u, unnamed) for u in plan.territory.complexes["use"]]]
    if len(secret):
        spots = shapely.point_on_surface(buildings.geometry.to_numpy())
        tree = shapely.STRtree(secret.geometry.to_numpy())
        hidden[np.unique(tree.query(spots, predicate="intersects")[0])] = True
    return hidden


def undrawn(plan: AreaPlan) -> AreaPlan:
    """Return the plan without the buildings that no map may show; its totals hold them still, as the office's own documents do."""
    hidden = hidden_buildings(plan)
    if not hidden.any():
        return plan
    cells, territory = plan.cells, plan.territory
    gone = set(cells.buildings["building_id"][hidden])
    kept = territory.buildings[~territory.buildings["building_id"].isin(gone)].reset_index(drop=True)
    return replace(
        plan,
        cells=replace(
            cells,
            buildings=cells.buildings[~hidden].reset_index(drop=True),
            territory=replace(territory, buildings=kept),
        ),
    )


def shown_plan(plan: AreaPlan) -> AreaPlan:
    """Return the plan as those see it who may not know of withheld buildings: drawn without them, and counted without them.

    Buildings, households and persons of areas and villages lose what stands in such buildings, so that in everything made from the plan sums agree and none
    differs from what is drawn. The plan itself comes back where nothing is withheld.

    Examples
    --------
    >>> shown = shown_plan(plan)  # doctest: +SKIP
    >>> int(shown.areas["buildings"].sum()) == len(shown.cells.buildings)  # doctest: +SKIP
    True
    """
    bare = undrawn(plan)
    if bare is plan:
        return plan
    withheld = _withheld(plan)
    villages = plan.territory.villages.copy()
    areas = plan.areas.copy()
    for table, key in ((areas, "ea_code"), (villages, "village_code")):
        by = withheld.groupby(key)[[*_COUNTS, "buildings"]].sum()
        for column in ("buildings", *_COUNTS, "households_low", "households_high"):
            if column in table.columns:
                less = table[key].map(by[column.split("_")[0]]).fillna(0).astype("Int64")
                table[column] = (table[column] - less).clip(lower=0)
    territory = replace(bare.territory, villages=villages)
    return replace(bare, cells=replace(bare.cells, territory=territory), areas=areas)


def _withheld(plan: AreaPlan) -> pd.DataFrame:
    """Return what no map may count, a row per building, or per part of a divided one: ``ea_code``, ``village_code``, ``buildings``, households, persons."""
    buildings = plan.cells.buildings[hidden_buildings(plan)]
    cells = plan.cells.table
    parts = cells[cells["building_id"].isin(buildings["building_id"]) & (cells["parts"].fillna(1) > 1)]
    divided = buildings["building_id"].isin(parts["building_id"])
    whole = _counted(buildings, 1)
    whole.loc[divided.to_numpy(), list(_COUNTS)] = 0  # its parts count for themselves, each in its own area
    return pd.concat([whole, _counted(parts, 0)], ignore_index=True)


def _counted(table: gpd.GeoDataFrame, buildings: int) -> pd.DataFrame:
    counts = {c: table[c].fillna(0).astype("Int64").to_numpy() for c in _COUNTS}
    return pd.DataFrame(
        {
            "ea_code": table["ea_code"].to_numpy(),
            "village_code": table["village_code"].to_numpy(),
            **counts,
            "buildings": buildings,
        }
    )


def _pack(plan: AreaPlan) -> RulePack:
    """Return the plan's rule pack; an office's own, whose file is not at hand, hides what every pack hides."""
    try:
        return load_pack(plan.settings.rules)
    except SettingsError:
        return load_pack("generic")
