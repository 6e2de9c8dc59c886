"""Which lines nobody crosses but by a bridge, an underpass or a level crossing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from areaplan.packs.pack import BarrierRules

__all__ = ["bars_the_way"]


def bars_the_way(lines: gpd.GeoDataFrame, rules: BarrierRules) -> NDArray[np.bool_]:
    """Say of each row of layer ``lines`` whether it bars the way: by kind and class.

    A river or railway without a class does; what runs in a tunnel or over a bridge does not (R14).

    Examples
    --------
    >>> import shapely
    >>> rows = {"kind": ["river", "river", "street"], "class": [None, "ditch", "motorway"], "tunnel": False, "bridge": False}
    >>> lines = gpd.GeoDataFrame(rows, geometry=[shapely.LineString([(0, 0), (1, 1)])] * 3)
    >>> bars_the_way(lines, BarrierRules()).tolist()
    [True, False, True]
    """
    classes = {"river": rules.river, "railway": rules.railway, "street": rules.street}
    flags = lines["tunnel"].to_numpy(dtype=bool) | lines["bridge"].to_numpy(dtype=bool)
    bars = [
        kind in classes and (cls in classes[kind] if isinstance(cls, str) and cls else kind != "street")
        for kind, cls in zip(lines["kind"], lines["class"], strict=True)
    ]
    return np.array(bars, dtype=bool) & ~flags
