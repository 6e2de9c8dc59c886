"""Count households on buildings: H1–H3 of the package."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from areaplan.households.spread import largest_remainder, spread_persons
from areaplan.households.uses import is_residential
from areaplan.messages import msg
from areaplan.model import Finding, Severity, Territory
from areaplan.settings import HouseholdSettings

__all__ = ["count_buildings", "register_differences"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def count_buildings(territory: Territory, settings: HouseholdSettings) -> Territory:
    """Return the territory with households and persons on every building, and a finding for each village that disagrees."""
    buildings, villages = territory.buildings, territory.villages
    given = buildings["households"]
    known = given.notna().to_numpy()
    weights = _weights(buildings, settings)
    counts = np.where(known, given.fillna(0), 0).astype(np.int64)
    findings: list[Finding] = []
    totals = []
    rows_of = buildings.groupby("village_code", sort=False).indices
    for village in villages.itertuples(index=False):
        rows = np.asarray(rows_of.get(village.village_code, []), dtype=np.intp)
        total = None if pd.isna(village.households) else int(village.households)
        if len(rows) == 0:
            totals.append(0 if total is None else total)
            continue
        counts[rows] = _village_counts(counts[rows], known[rows], weights[rows], total, settings)
        before = int(np.where(known[rows], given.iloc[rows].fillna(0), 0).sum())
        findings += register_differences(
            village, total, int(counts[rows].sum()), before, bool(known[rows].all()), settings
        )
        totals.append(int(counts[rows].sum()))
    guessed = int((~known).sum())
    if guessed:
        findings.append(_estimate_finding(buildings, known, counts, villages))
    counted = buildings.assign(households=pd.array(counts, dtype="Int64"))
    counted["persons"] = spread_persons(counted, villages)
    return replace(
        territory,
        buildings=counted,
        villages=villages.assign(households=pd.array(totals, dtype="Int64")),
        estimated=territory.estimated or guessed > 0,
        findings=territory.findings + findings,
    )


def _weights(buildings: gpd.GeoDataFrame, settings: HouseholdSettings) -> Floats:
    """Return estimated households of each building: (n, 2), by H3, and without H3 for villages where nothing else stands."""
    geometry = buildings.geometry.to_numpy()
    area = shapely.area(geometry)
    levels = buildings["levels"].to_numpy(dtype=np.float64)
    levels = np.where(levels > 0, levels, settings.default_levels)
    is_point = shapely.get_dimensions(geometry) == 0
    # A point shows no footprint: it counts as a building of usual height with one household.
    floor_m2 = np.where(is_point, settings.m2_per_household / settings.default_levels, area) * levels
    any_use = floor_m2 / settings.m2_per_household
    uses = buildings["use"].tolist()
    known = {u: is_residential(u) for u in set(uses)}
    lived_in = np.array([known[u] for u in uses], dtype=bool)
    lived_in &= is_point | (area >= settings.min_footprint_m2)
    return np.column_stack([np.where(lived_in, any_use, 0.0), any_use])


def _village_counts(
    counts: Ints, known: NDArray[np.bool_], weights: Floats, total: int | None, settings: HouseholdSettings
) -> Ints:
    """Return the counts of one village's buildings (H1, H2)."""
    out = counts.copy()
    left = None if total is None else max(total - int(counts.sum()), 0)
    if not known.all():
        usual, any_use = weights[~known].T
        if left is None:
            left = round(float(usual.sum()))
        # Sheds take households only where the village has no other place for them.
        share = any_use if usual.sum() == 0 and counts.sum() == 0 else usual
        out[~known] = largest_remainder(share, left) if share.sum() > 0 else 0
    if total is not None and settings.total == "register" and out.sum() != total:
        share = out.astype(np.float64) if out.sum() else weights[:, 0]
        share = share if share.sum() > 0 else weights[:, 1]
        out = largest_remainder(share, total) if share.sum() > 0 else out
    return out


def register_differences(
    village: Any, total: int | None, now: int, given: int, all_given: bool, settings: HouseholdSettings
) -> list[Finding]:
    """Return a finding where the register and the pieces disagree (H5)."""
    code = str(village.village_code)
    place = village.geometry.representative_point()
    if total is None:
        return []
    if now != total:
        text = msg(
            "village {village}: its pieces hold {pieces} households, the register {total}; planned with {pieces}",
            village=code,
            pieces=now,
            total=total,
        )
        return [Finding("R08", Severity.WARNING, code, text, code, float(now - total), "households", place)]
    if settings.total == "register" and given != total and (all_given or given > total):
        text = msg(
            "village {village}: its pieces held {pieces} households and were scaled to the {total} of the register",
            village=code,
            pieces=given,
            total=total,
        )
        return [Finding("R08", Severity.WARNING, code, text, code, float(given - total), "households", place)]
    return []


def _estimate_finding(
    buildings: gpd.GeoDataFrame, known: NDArray[np.bool_], counts: Ints, villages: gpd.GeoDataFrame
) -> Finding:
    without = set(villages.loc[villages["households"].isna(), "village_code"])
    loose = int(sum(v in without for v in buildings.loc[~known, "village_code"]))
    number, sum_ = int((~known).sum()), int(counts[~known].sum())
    if loose:
        text = msg(
            "{count} buildings carry no count: their {households} households are estimated from footprint and levels, for {loose} of them without any village total",
            count=number, households=sum_, loose=loose,
        )  # fmt: skip
        return Finding("R08", Severity.WARNING, "buildings", text, measure=float(sum_), unit="households")
    text = msg(
        "{count} buildings carry no count: {households} households of the village totals are spread over them by footprint and levels",
        count=number, households=sum_,
    )  # fmt: skip
    return Finding("R08", Severity.NOTE, "buildings", text, measure=float(sum_), unit="households")
