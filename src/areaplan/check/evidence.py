"""What a plan or layer may be held against besides its own tables: staff, an issued base map, the official list of codes."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

__all__ = ["Evidence"]


@dataclass(frozen=True)
class Evidence:
    """Hold what an office lays beside a plan; ``None`` where it lays nothing.

    Parameters
    ----------
    staff
        A row per enumerator and area: ``ea_code``, ``enumerator``, ``supervisor`` (R18).
    base_map
        The issued base map, or last census's layer, of any levels: ``code``, ``name``, geometry (R23).
    code_list
        The official units: ``code`` and ``name`` (R11, R12).
    """

    staff: pd.DataFrame | None = None
    base_map: gpd.GeoDataFrame | None = None
    code_list: pd.DataFrame | None = None
