"""Count households on ready-made base areas: their own, else those of their buildings, else the village total by ground."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from areaplan.errors import InputError
from areaplan.households.by_building import count_buildings, register_differences
from areaplan.households.spread import largest_remainder, spread_persons
from areaplan.messages import msg
from areaplan.model import Finding, Severity, Territory
from areaplan.settings import Settings

__all__ = ["count_base_areas"]


def count_base_areas(territory: Territory, settings: Settings) -> Territory:
    """Return the territory with counts on base areas: their own, else those of their buildings, else the village total by m²."""
    base, villages = territory.base_areas, territory.villages
    findings: list[Finding] = []
    estimated = territory.estimated
    if base["households"].isna().any():
        base, villages, findings, estimated = _filled_base_areas(territory, settings)
    sums = base.groupby("village_code")["households"].sum()
    pieces = [int(sums.get(c, 0)) for c in villages["village_code"]]
    for village, now in zip(territory.villages.itertuples(index=False), pieces, strict=True):
        total = None if pd.isna(village.households) else int(village.households)
        findings += register_differences(village, total, now, now, True, settings.households)
    base = base.assign(persons=spread_persons(base, villages))
    villages = villages.assign(households=pd.array(pieces, dtype="Int64"))
    return replace(
        territory, base_areas=base, villages=villages, estimated=estimated, findings=territory.findings + findings
    )


def _filled_base_areas(
    territory: Territory, settings: Settings
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, list[Finding], bool]:
    """Return base areas that came without counts with those of their buildings."""
    base = territory.base_areas
    if not len(territory.buildings):
        return _by_ground(territory)
    counted = count_buildings(territory, settings.households)
    places = shapely.point_on_surface(counted.buildings.geometry.to_numpy())
    rows, hits = shapely.STRtree(base.geometry.to_numpy()).query(places, predicate="intersects")
    first = pd.Series(hits).groupby(rows).min()
    households = counted.buildings["households"].to_numpy(dtype=np.int64)
    sums = np.bincount(first.to_numpy(dtype=np.intp), weights=households[first.index], minlength=len(base)).astype(
        np.int64
    )
    lost = int(households.sum() - sums.sum())
    new = list(counted.findings.items[len(territory.findings) :])
    if lost:
        text = msg(
            "{households} households live in buildings outside every base area; they are in no area", households=lost
        )
        new.append(Finding("R08", Severity.ERROR, "base areas", text, measure=float(lost), unit="households"))
    return base.assign(households=pd.array(sums, dtype="Int64")), counted.villages, new, counted.estimated


def _by_ground(territory: Territory) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, list[Finding], bool]:
    base, villages = territory.base_areas, territory.villages
    counts = np.zeros(len(base), dtype=np.int64)
    totals = dict(zip(villages["village_code"], villages["households"], strict=True))
    unknown = [c for c in totals if pd.isna(totals[c])]
    if unknown:
        some = ", ".join(unknown[:5]) + (" …" if len(unknown) > 5 else "")
        raise InputError(
            msg(
                "the base areas carry no households, and {count} villages no total ({some}): name a households column",
                count=len(unknown),
                some=some,
            )
        )
    for code, rows in base.groupby("village_code").indices.items():
        counts[rows] = largest_remainder(shapely.area(base.geometry.to_numpy()[rows]), int(totals[code]))
    text = msg("the base areas carry no households: the village totals are spread over them by ground, a mere guess")
    found = Finding("R08", Severity.WARNING, "base areas", text, measure=float(counts.sum()), unit="households")
    return base.assign(households=pd.array(counts, dtype="Int64")), villages, [found], True
