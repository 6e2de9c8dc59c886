"""Mend the villages while they are read, when ``[repair]`` asks for it: what comes out is one tiling, or a list of open disputes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyproj
import shapely

from areaplan.files.reading.columns import as_code
from areaplan.files.reading.crs import project
from areaplan.files.reading.decisions import read_decisions
from areaplan.files.reading.geometry import Geometries, absent, polygons_of, shapeless
from areaplan.files.reading.layers import Layer, open_layer
from areaplan.files.reading.record import Record
from areaplan.messages import Message, msg
from areaplan.model import Finding, Severity
from areaplan.repair import Decision, Mended, mend, open_disputes, repair_findings, sound_rings, squares
from areaplan.settings import RepairSettings, Settings

__all__ = ["Means", "means_of", "mended_from", "unsettled", "without_doubles"]

_SHOWN = 5


@dataclass(frozen=True)
class Means:
    """Hold what a repair needs beside the villages: footprints (``None`` without buildings), declared ground, decisions."""

    settings: RepairSettings
    footprints: Geometries | None = None
    outside: Geometries | None = None
    decisions: tuple[Decision, ...] = ()


def means_of(settings: Settings, buildings: Layer | None, crs: pyproj.CRS | None, record: Record) -> Means | None:
    """Return the means of repair, or ``None`` where ``[repair]`` does not stand in the settings."""
    if settings.repair is None:
        return None
    decisions = read_decisions(settings, record)
    outside = None
    if settings.input.outside is not None:
        layer = open_layer(settings, settings.input.outside, {}, record)
        drawn = project(layer, crs, record) if layer is not None else None
        outside = None if layer is None or drawn is None else _declared(layer, drawn, record)
    # what is wrong with the buildings is said where they are read; here they only stand somewhere
    drawn = project(buildings, crs, Record()) if buildings is not None else None
    return Means(settings.repair, None if drawn is None else _footprints(drawn), outside, decisions)


def _footprints(drawn: Geometries) -> Geometries:
    kept = drawn[~absent(drawn)]
    bad = ~shapely.is_valid(kept)
    kept[bad] = shapely.make_valid(kept[bad])
    return kept


def _declared(layer: Layer, drawn: Geometries, record: Record) -> Geometries:
    """Return the polygons of the layer of water and foreign ground; what is no polygon is set aside, with a finding."""
    flat = ~absent(drawn) & (shapely.get_dimensions(drawn) == 2)
    if not flat.all():
        message = msg(
            "{where}, {rows}: no polygons; set aside", where=layer.where, rows=layer.rows(np.flatnonzero(~flat))
        )
        record.find(
            [Finding("R00", Severity.WARNING, str(layer.where), message, measure=float((~flat).sum()), unit="rows")]
        )
    return sound_rings(drawn[flat])


def without_doubles(layer: Layer, column: str, record: Record) -> Layer:
    """Return the layer without rows that repeat another's code and geometry; each one left out is a finding."""
    codes = as_code(layer.column(column))
    seen: dict[tuple[str | None, bytes], int] = {}
    double = []
    wkb = shapely.to_wkb(shapely.normalize(layer.geometry))
    for row, key in enumerate(zip(codes, wkb, strict=True)):
        if key[0] is not None and key[1] is not None and seen.setdefault(key, row) != row:
            double.append(row)
    if not double:
        return layer
    message = msg(
        "{where}, {rows}: the same village drawn the same way again; left out",
        where=layer.where, rows=layer.rows(double),
    )  # fmt: skip
    record.find([Finding("R00", Severity.WARNING, str(layer.where), message, measure=float(len(double)), unit="rows")])
    keep = np.setdiff1d(np.arange(len(layer)), double)
    return Layer(layer.where, layer.table.iloc[keep], layer.geometry[keep], layer.crs, layer.first_row)


def mended_from(
    layer: Layer, geometry: Geometries, codes: list[str | None], means: Means, record: Record
) -> Mended | None:
    """Return the mended villages, with findings of what was done; ``None`` after noting rows that are beyond mending."""
    drawn = _polygonal(layer, geometry, record)
    if drawn is None or None in codes or len(set(codes)) < len(codes):
        return None
    known = [str(c) for c in codes]
    mended = mend(
        drawn, known, means.settings,
        footprints=means.footprints, outside=means.outside, decisions=means.decisions,
    )  # fmt: skip
    if mended.emptied:
        record.fault(
            msg("decisions leave villages without ground: {codes}; decide otherwise", codes=", ".join(mended.emptied))
        )
    record.find(repair_findings(mended, known))
    return mended


def _polygonal(layer: Layer, geometry: Geometries, record: Record) -> Geometries | None:
    """Return the polygons of every row; collections keep theirs, with a finding; rows without any are faults."""
    gone = shapeless(layer, geometry, record)
    out = geometry.copy()
    mixed = np.flatnonzero(~gone & (shapely.get_type_id(geometry) == 7))
    for row in mixed:
        out[row] = polygons_of(geometry[row])
    lost = np.array([g is None or shapely.get_dimensions(g) != 2 for g in out], dtype=bool) & ~gone
    sound = ~gone & ~lost
    flat = np.zeros(len(out), dtype=bool)
    flat[sound] = shapely.area(sound_rings(out[sound])) == 0
    for rows, kinds in ((lost, _kinds(geometry[lost])), (flat, msg("outlines that enclose nothing"))):
        if rows.any():
            record.fault(
                msg(
                    "{where}, {rows}: {kinds} where polygons are needed",
                    where=layer.where, rows=layer.rows(np.flatnonzero(rows)), kinds=kinds,
                )
            )  # fmt: skip
    kept = [r for r in mixed.tolist() if not lost[r]]
    if kept:
        message = msg(
            "{where}, {rows}: lines or points beside polygons; only the polygons were kept",
            where=layer.where,
            rows=layer.rows(kept),
        )
        record.find(
            [Finding("R00", Severity.WARNING, str(layer.where), message, measure=float(len(kept)), unit="rows")]
        )
    return None if gone.any() or lost.any() or flat.any() else out


def _kinds(geometry: Geometries) -> str:
    return ", ".join(sorted({g.geom_type for g in geometry}))


def unsettled(where: Message, mended: Mended, record: Record) -> None:
    """Note open disputes as faults, the largest first: a town cannot be planned on ground that two villages claim, or none."""
    if not mended.open:
        if not mended.tiles:
            record.fault(msg("{where}: the mended villages do not tile their ground; please report this", where=where))
        return
    first = open_disputes(mended)[:_SHOWN]
    record.fault(
        msg(
            "{where}: {count} disputes between villages are open, {m2} m². `areaplan repair` writes forms for them; name the decisions under "
            "[input.decisions], or use --accept-proposals for a trial plan",
            where=where, count=len(mended.open), m2=squares(sum(p.m2 for p in mended.open)),
        )
    )  # fmt: skip
    for finding in first:
        record.fault(finding.message)
    for decision in mended.unused:
        record.fault(msg("the decision {number} fits no dispute", number=decision.place))
