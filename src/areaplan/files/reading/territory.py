"""Read all input of a town at once, and refuse it with everything that is wrong, or return it as a territory."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import pyproj

from areaplan.codes import too_many_areas
from areaplan.files.reading.base_areas import base_area_columns, base_areas_from
from areaplan.files.reading.buildings import building_columns, buildings_from
from areaplan.files.reading.crs import working_crs
from areaplan.files.reading.layers import Layer, open_layer
from areaplan.files.reading.lines import line_columns, lines_from, usual_columns
from areaplan.files.reading.mending import means_of, unsettled
from areaplan.files.reading.offsets import offset_finding
from areaplan.files.reading.parents import complexes_from, parents_from, settlement_from, with_parent_names
from areaplan.files.reading.record import Record
from areaplan.files.reading.steering import pins_from, units_from
from areaplan.files.reading.totals import read_totals, with_totals
from areaplan.files.reading.villages import Villages, village_columns, villages_from
from areaplan.messages import msg
from areaplan.model import Findings, Territory
from areaplan.repair import Mended
from areaplan.schema import empty_layer
from areaplan.settings import ParentInput, Settings
from areaplan.workers import collecting_seldom

__all__ = ["building_layer", "read_lines", "read_territory", "trial_title", "village_reading"]

Progress = Callable[[str, int, int], None]


@collecting_seldom()
def read_territory(settings: Settings, *, progress: Progress | None = None) -> Territory:
    """Read the layers of ``[input]``: projected, in metres, buildings and lines mended, every repair a finding.

    Parameters
    ----------
    settings
        Says which files, layers and columns.
    progress
        Called with (what, done, total).

    Raises
    ------
    InputError
        With every fault of every file: not there, no such layer or column, no CRS, rows that cannot be used.

    Examples
    --------
    >>> from areaplan.settings import read_settings
    >>> territory = read_territory(read_settings("areaplan.toml"))  # doctest: +SKIP
    """
    record = Record()
    say = progress or (lambda _what, _done, _total: None)
    say("villages", 0, 4)
    building_rows = building_layer(settings, record)
    villages, crs, mended = _villages(settings, building_rows, record)
    say("lines", 1, 4)
    lines = read_lines(settings, villages, crs, record)
    say("buildings", 2, 4)
    buildings = _buildings(settings, building_rows, villages, crs, record)
    base_areas = _base_areas(settings, villages, crs, record)
    record.find(offset_finding(lines, buildings))
    say("parents", 3, 4)
    parents = _parents(settings, crs, record)
    settlement = _settlement(settings, villages, crs, record)
    complexes = _complexes(settings, crs, record)
    units, pins = _units(settings, crs, record), _pins(settings, crs, record)
    record.stop_if_faulty()
    if villages is None:  # cannot be: what keeps villages from being read is a fault
        raise AssertionError
    say("parents", 4, 4)
    return Territory(
        villages=with_parent_names(villages, parents),
        lines=lines,
        buildings=buildings,
        base_areas=base_areas,
        settlement=settlement,
        parents=parents,
        complexes=complexes,
        units=units,
        pins=pins,
        title=trial_title(settings, mended),
        findings=Findings(tuple(record.findings), crs=crs),
    )


def trial_title(settings: Settings, mended: Mended | None) -> str:
    """Return the title as all outputs bear it: a trial on unconfirmed borders says so, in the language that is stored."""
    if mended is None or not mended.settled("proposal"):
        return settings.title
    message = msg("{title} (trial: borders between villages as proposed, not confirmed)", title=settings.title)
    return message.text(settings.output.lang).strip()


def building_layer(settings: Settings, record: Record) -> Layer | None:
    """Open the layer of buildings, where there is one."""
    spec = settings.input.buildings
    return open_layer(settings, spec, building_columns(spec), record) if spec else None


def village_reading(
    settings: Settings, buildings: Layer | None, record: Record, *, whole: bool = False
) -> tuple[Villages | None, pyproj.CRS | None]:
    """Read the villages and choose the working CRS; ``whole`` keeps all columns of the file."""
    spec = settings.input.villages
    layer = open_layer(settings, spec, village_columns(spec), record, whole=whole)
    crs = working_crs(settings, layer, record)
    means = means_of(settings, buildings, crs, record)
    return (villages_from(layer, spec, crs, record, means) if layer is not None else None), crs


def _villages(
    settings: Settings, buildings: Layer | None, record: Record
) -> tuple[gpd.GeoDataFrame | None, pyproj.CRS | None, Mended | None]:
    read, crs = village_reading(settings, buildings, record)
    villages, mended = (read.table, read.mended) if read is not None else (None, None)
    if read is not None and mended is not None:
        unsettled(read.layer.where, mended, record)
    if settings.input.totals is not None:
        totals = read_totals(settings, settings.input.totals, record)
        if villages is not None and totals is not None and not record.faults:
            villages = with_totals(villages, totals, record)
    if villages is not None:
        known = villages.dropna(subset="households")
        totals_of = zip(known["village_code"], known["households"].astype(int), strict=True)
        record.faults += too_many_areas(totals_of, settings.areas.target_households)
    return villages, crs, mended


def read_lines(
    settings: Settings, villages: gpd.GeoDataFrame | None, crs: pyproj.CRS | None, record: Record
) -> gpd.GeoDataFrame:
    """Read all line layers into one table."""
    opened = [
        (open_layer(settings, s, line_columns(s), record, maybe=usual_columns(s)), s) for s in settings.input.lines
    ]
    layers = [(layer, spec) for layer, spec in opened if layer is not None]
    return lines_from(layers, villages, crs, settings.cells.margin_m, record)


def _buildings(
    settings: Settings,
    layer: Layer | None,
    villages: gpd.GeoDataFrame | None,
    crs: pyproj.CRS | None,
    record: Record,
) -> gpd.GeoDataFrame:
    spec = settings.input.buildings
    if spec is None or layer is None:
        return empty_layer("buildings", crs)
    return buildings_from(layer, spec, villages, crs, record)


def _base_areas(
    settings: Settings, villages: gpd.GeoDataFrame | None, crs: pyproj.CRS | None, record: Record
) -> gpd.GeoDataFrame:
    spec = settings.input.base_areas
    layer = open_layer(settings, spec, base_area_columns(spec), record) if spec else None
    if spec is None or layer is None:
        return empty_layer("base_areas", crs)
    return base_areas_from(layer, spec, villages, crs, record)


def _parents(settings: Settings, crs: pyproj.CRS | None, record: Record) -> gpd.GeoDataFrame:
    specs: list[tuple[str, ParentInput | None]] = [
        ("township", settings.input.townships),
        ("county", settings.input.counties),
    ]
    layers: list[tuple[str, Layer, ParentInput]] = []
    for level, spec in specs:
        layer = open_layer(settings, spec, {"code": spec.code, "name": spec.name}, record) if spec else None
        if spec is not None and layer is not None:
            layers.append((level, layer, spec))
    return parents_from(layers, crs, record)


def _settlement(
    settings: Settings, villages: gpd.GeoDataFrame | None, crs: pyproj.CRS | None, record: Record
) -> gpd.GeoDataFrame:
    spec = settings.input.settlement
    layer = open_layer(settings, spec, {}, record) if spec else None
    return settlement_from(layer, villages, crs, record) if layer is not None else empty_layer("settlement", crs)


def _complexes(settings: Settings, crs: pyproj.CRS | None, record: Record) -> gpd.GeoDataFrame:
    spec = settings.input.complexes
    layer = open_layer(settings, spec, {"use": spec.use, "name": spec.name}, record) if spec else None
    return complexes_from(layer, spec, crs, record) if spec and layer is not None else empty_layer("complexes", crs)


def _units(settings: Settings, crs: pyproj.CRS | None, record: Record) -> gpd.GeoDataFrame:
    spec = settings.input.units
    layer = open_layer(settings, spec, {"name": spec.name}, record) if spec else None
    return units_from(layer, spec, crs, record) if spec and layer is not None else empty_layer("units", crs)


def _pins(settings: Settings, crs: pyproj.CRS | None, record: Record) -> gpd.GeoDataFrame:
    spec = settings.input.pins
    columns = {"kind": spec.kind, "group": spec.group, "name": spec.name} if spec else {}
    layer = open_layer(settings, spec, columns, record) if spec else None
    return pins_from(layer, spec, crs, record) if spec and layer is not None else empty_layer("pins", crs)
