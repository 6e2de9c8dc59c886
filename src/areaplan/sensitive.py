"""Which buildings no map may show: barracks, prisons and what an office marks (R17: covered, drawn as blank land, never named)."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.check.complexes import is_use
from areaplan.errors import SettingsError
from areaplan.model import AreaPlan
from areaplan.packs import RulePack, load_pack

__all__ = ["hidden_buildings"]


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


def _pack(plan: AreaPlan) -> RulePack:
    """Return the plan's rule pack; an office's own, whose file is not at hand, hides what every pack hides."""
    try:
        return load_pack(plan.settings.rules)
    except SettingsError:
        return load_pack("generic")
