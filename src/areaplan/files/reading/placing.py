"""Say which village each building belongs to; cutting cells lists those outside every village and those that a border cuts."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from areaplan.files.reading.geometry import within_village
from areaplan.files.reading.record import Record
from areaplan.messages import msg
from areaplan.model import Finding, Severity

__all__ = ["building_villages"]

NEAR_M = 50.0
"""A building may follow its own village column when that village's ground is this close."""


def building_villages(table: gpd.GeoDataFrame, villages: gpd.GeoDataFrame, record: Record) -> list[str | None]:
    """Return the village of each building: its own column's where that is near, else by location, else ``None``.

    Parameters
    ----------
    table
        Buildings with ``building_id`` and ``claimed``, the village they say they are of, or null.
    villages
        In the same CRS.
    record
        Takes a finding (R07 warning) for each claim that cannot be followed.
    """
    geometry, grounds = table.geometry.to_numpy(), villages.geometry.to_numpy()
    codes = villages["village_code"].tolist()
    row_of = {c: i for i, c in enumerate(codes)}
    placed = within_village(geometry, grounds, codes)
    claims = table["claimed"].tolist()
    wished = np.array([-1 if c is None else row_of.get(c, -2) for c in claims], dtype=np.intp)
    here = np.array([-1 if p is None else row_of[p] for p in placed], dtype=np.intp)
    other = np.flatnonzero((wished >= 0) & (wished != here))
    near = shapely.dwithin(geometry[other], grounds[wished[other]], NEAR_M)
    for i in other[near]:
        placed[i] = claims[i]
    unfollowed = [*other[~near].tolist(), *np.flatnonzero(wished == -2).tolist()]
    record.find(_unfollowed(table, i, placed[i], known=bool(wished[i] >= 0)) for i in sorted(unfollowed))
    return placed


def _unfollowed(table: gpd.GeoDataFrame, i: int, placed: str | None, *, known: bool) -> Finding:
    building, claimed, place = table["building_id"].iloc[i], table["claimed"].iloc[i], table.geometry.iloc[i]
    where = (
        msg("it is taken as of {village}, where it stands", village=placed)
        if placed
        else msg("it stands in no village")
    )
    if known:
        message = msg(
            "building {building} is listed under village {claimed}, whose ground is far from it; {where}",
            building=building,
            claimed=claimed,
            where=where,
        )
    else:
        message = msg(
            "building {building} is listed under village {claimed}, which is not in the villages layer; {where}",
            building=building,
            claimed=claimed,
            where=where,
        )
    return Finding("R07", Severity.WARNING, building, message, village_code=placed, geometry=place)
