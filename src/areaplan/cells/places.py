"""Which village a building belongs to (rule C1)."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from shapely import MultiPoint

from areaplan.linework.edges import Geoms, Ints
from areaplan.messages import msg
from areaplan.model import Finding, Severity, Territory

__all__ = ["place_buildings", "sound_footprints"]

CUT_M2 = 1.0
"""A footprint that reaches less than this into another village is not worth a note."""


def place_buildings(territory: Territory, grounds: Geoms, near_m: float) -> tuple[Ints, list[Finding]]:
    """Return the village of each building (row of ``territory.villages``, -1 for outside), and what a person should look at.

    A building belongs to its own ``village_code`` when that village is within ``near_m``, else to the village of its interior point.
    """
    buildings = territory.buildings
    footprints = sound_footprints(buildings)
    here = _located(footprints, grounds)
    codes = territory.villages["village_code"].tolist()
    number = {code: i for i, code in enumerate(codes)}
    wished = np.array([number.get(c, -2 if c is not None else -1) for c in buildings["village_code"]], dtype=np.int64)
    elsewhere = np.flatnonzero((wished >= 0) & (wished != here))
    near = shapely.dwithin(footprints[elsewhere], grounds[wished[elsewhere]], near_m)
    home = here.copy()
    home[elsewhere[near]] = wished[elsewhere[near]]
    findings = [
        *_followed(buildings, elsewhere[near], here, codes),
        *_unfollowed(buildings, elsewhere[~near], home, codes, near_m),
        *_unknown(buildings, np.flatnonzero((wished == -2) & (home >= 0)), home, codes),
        *_on_border(buildings, footprints, grounds, home, codes),
        *_outside(buildings, np.flatnonzero(home < 0)),
    ]
    return home, findings


def sound_footprints(buildings: gpd.GeoDataFrame) -> Geoms:
    """Return the footprints, bow ties and the like mended; reading does that too, but not everybody reads files."""
    footprints = np.array(buildings.geometry.to_numpy(), dtype=object)
    odd = np.flatnonzero(~shapely.is_valid(footprints) & ~shapely.is_missing(footprints))
    footprints[odd] = shapely.make_valid(footprints[odd], method="structure", keep_collapsed=False)
    return footprints


def _located(footprints: Geoms, grounds: Geoms) -> Ints:
    found = np.full(len(footprints), -1)
    there = np.flatnonzero(~shapely.is_empty(footprints) & ~shapely.is_missing(footprints))
    shapely.prepare(grounds)
    points = shapely.point_on_surface(footprints[there])
    v, p = shapely.STRtree(points).query(grounds, predicate="intersects")
    order = np.lexsort((v, p))
    first = order[np.unique(p[order], return_index=True)[1]]
    found[there[p[first]]] = v[first]
    return found


def _name(buildings: gpd.GeoDataFrame, i: int) -> str:
    value = buildings["building_id"].iloc[i]
    return str(i + 1) if value is None else str(value)


def _followed(buildings: gpd.GeoDataFrame, rows: Ints, here: Ints, codes: list[str]) -> list[Finding]:
    out = []
    for i in rows.tolist():
        own, at = buildings["village_code"].iloc[i], codes[here[i]] if here[i] >= 0 else None
        text = (
            msg(
                "building {building} stands in village {at} but is listed under {own}, which it follows",
                building=_name(buildings, i),
                at=at,
                own=own,
            )
            if at is not None
            else msg(
                "building {building} stands outside every village but is listed under {own}, which it follows",
                building=_name(buildings, i),
                own=own,
            )
        )
        out.append(
            Finding("R07", Severity.NOTE, _name(buildings, i), text, own, None, None, buildings.geometry.iloc[i])
        )
    return out


def _unfollowed(buildings: gpd.GeoDataFrame, rows: Ints, home: Ints, codes: list[str], near_m: float) -> list[Finding]:
    out = []
    for i in rows[home[rows] >= 0].tolist():
        text = msg(
            "building {building} is listed under village {own}, whose ground is more than {far:g} m away; it is counted in {at}, where it stands",
            building=_name(buildings, i), own=buildings["village_code"].iloc[i], far=near_m, at=codes[home[i]],
        )  # fmt: skip
        out.append(
            Finding(
                "R08",
                Severity.WARNING,
                _name(buildings, i),
                text,
                codes[home[i]],
                None,
                None,
                buildings.geometry.iloc[i],
            )
        )
    return out


def _unknown(buildings: gpd.GeoDataFrame, rows: Ints, home: Ints, codes: list[str]) -> list[Finding]:
    out = []
    for i in rows.tolist():
        text = msg(
            "building {building} is listed under village {own}, which is not among the villages; it is counted in {at}, where it stands",
            building=_name(buildings, i), own=buildings["village_code"].iloc[i], at=codes[home[i]],
        )  # fmt: skip
        out.append(
            Finding(
                "R08",
                Severity.WARNING,
                _name(buildings, i),
                text,
                codes[home[i]],
                None,
                None,
                buildings.geometry.iloc[i],
            )
        )
    return out


def _on_border(
    buildings: gpd.GeoDataFrame, footprints: Geoms, grounds: Geoms, home: Ints, codes: list[str]
) -> list[Finding]:
    """List footprints that a village border cuts; they are no fault of the plan."""
    out = []
    _, b = shapely.STRtree(footprints).query(shapely.boundary(grounds), predicate="intersects")
    for i in np.unique(b[home[b] >= 0]).tolist():
        beyond = float(footprints[i].area - shapely.intersection(footprints[i], grounds[home[i]]).area)
        if beyond > CUT_M2 and footprints[i].area - beyond > CUT_M2:
            text = msg(
                "the border of village {code} cuts building {building}; it is counted in {code}, {beyond:.0f} m² of it lie beyond",
                code=codes[home[i]], building=_name(buildings, i), beyond=beyond,
            )  # fmt: skip
            out.append(
                Finding("R07", Severity.NOTE, _name(buildings, i), text, codes[home[i]], beyond, "m2", footprints[i])
            )
    return out


def _outside(buildings: gpd.GeoDataFrame, rows: Ints) -> list[Finding]:
    """Sum up what lies outside: offices deliver footprints of a whole county."""
    households = buildings["households"].fillna(0).to_numpy(dtype=np.int64)[rows]
    out = []
    for full in (True, False):
        own = rows[(households > 0) == full]
        if len(own) == 0:
            continue
        points = shapely.point_on_surface(np.asarray(buildings.geometry.to_numpy()[own], dtype=object))
        where = MultiPoint(points[~(shapely.is_missing(points) | shapely.is_empty(points))])
        count, some = len(own), ", ".join(_name(buildings, i) for i in own[:5].tolist())
        if full:
            people = int(households.sum())
            text = msg(
                "{count} buildings with {households} households lie outside every village and are in no area: {some} …",
                count=count, households=people, some=some,
            )  # fmt: skip
            out.append(Finding("R08", Severity.ERROR, "buildings", text, None, float(people), "households", where))
        else:
            text = msg(
                "{count} buildings without households lie outside every village and are in no area: {some} …",
                count=count,
                some=some,
            )
            out.append(Finding("R07", Severity.WARNING, "buildings", text, None, float(count), "buildings", where))
    return out
