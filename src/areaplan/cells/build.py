"""Cut a whole territory: place buildings, cut village by village, match the villages' junctions, tabulate borders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from areaplan.cells.base import base_cells
from areaplan.cells.borders import border_tables
from areaplan.cells.crossings import barriers_of
from areaplan.cells.features import features_of
from areaplan.cells.places import place_buildings, sound_footprints
from areaplan.cells.shares import Size
from areaplan.cells.slices import People, Slice
from areaplan.cells.tables import building_table, cell_ids, cell_table, size_findings, slice_findings
from areaplan.cells.village import VillageCut, VillageTask, cut_village
from areaplan.linework.edges import EdgeTable, Geoms, Ints
from areaplan.linework.matching import follow_edges, match_polygons, matched
from areaplan.messages import msg
from areaplan.model import Cells, Finding, Severity, Territory
from areaplan.packs import load_pack
from areaplan.settings import AreaSettings, CellSettings, Settings
from areaplan.workers import at_once, in_processes

__all__ = ["build_cells"]

Progress = Callable[[str, int, int], None]

MANY_BUILDINGS = 2_000
"""From here on processes repay their start. Threads do not: half of the calls that cut a village hold Python's lock."""


def build_cells(territory: Territory, settings: Settings, *, jobs: int = 1, progress: Progress | None = None) -> Cells:
    """Cut a territory into cells along lines and between buildings, or take its base areas as cells.

    Parameters
    ----------
    territory
        Villages with lines and buildings, or with base areas; households estimated.
    settings
        ``[cells]`` and ``[borders]`` decide how; ``[areas]`` only what is too big.
    jobs
        Processes for the villages; the result is the same for any number.
    progress
        Called with (what, done, total).

    Returns
    -------
    Cells whose ``territory.villages`` carry every junction on their outlines.

    Raises
    ------
    InputError
        Where base areas do not tile their villages.

    Notes
    -----
    The rules C1 … C17 are in ``docs/cells.md``.
    """
    drawn = np.asarray(territory.villages.geometry.to_numpy(), dtype=object)
    grounds = match_polygons(drawn)
    home, findings = place_buildings(territory, grounds, settings.cells.own_village_m)
    shapes, base_village, mended = base_cells(territory, grounds)
    tasks = _tasks(territory, grounds, home, set(base_village.tolist()), settings)
    cuts = dict(_run(tasks, jobs, progress))
    for v in np.unique(base_village).tolist():
        cuts[v] = _as_they_are(territory, shapes, np.flatnonzero(base_village == v), home, v)
    cells = _joined(territory, grounds, {v: cuts[v] for v in sorted(cuts)}, home, settings, jobs)
    found = [
        *findings,
        *mended,
        *_groundless(territory, grounds),
        *_parted(territory, drawn, grounds),
        *(f for v in sorted(cuts) for f in cuts[v].findings),
    ]
    return replace(cells, findings=replace(cells.findings, items=(*found, *cells.findings.items)))


def _tasks(
    territory: Territory, grounds: Geoms, home: Ints, done: set[int], settings: Settings
) -> dict[int, VillageTask]:
    """Collect what each village is cut by; villages with base areas or without ground are left out."""
    seen = territory.lines[~territory.lines["tunnel"].to_numpy(dtype=bool)]
    lines = np.asarray(seen.geometry.to_numpy(), dtype=object)
    footprints = sound_footprints(territory.buildings)
    names = territory.buildings["building_id"].to_numpy()
    shapely.prepare(grounds)
    v, near = shapely.STRtree(lines).query(grounds, predicate="intersects")
    out: dict[int, VillageTask] = {}
    for i, code in enumerate(territory.villages["village_code"]):
        if i in done or _no_ground(grounds[i]):
            continue
        sizes = _sizes(territory, settings, i)
        own = np.flatnonzero(home == i)
        labels = tuple(str(b + 1) if names[b] is None else str(names[b]) for b in own.tolist())
        people = _people(territory.buildings, own, sizes, settings.cells)
        out[i] = VillageTask(
            str(code), grounds[i], lines[near[v == i]], footprints[own], labels, people, settings.cells
        )
    return out


def _sizes(territory: Territory, settings: Settings, village: int) -> AreaSettings:
    target = territory.villages["target_households"].iloc[village]
    return settings.areas.of_village(None if target is pd.NA else int(target))


def _people(buildings: gpd.GeoDataFrame, rows: Ints, sizes: AreaSettings, settings: CellSettings) -> People:
    """Collect who lives in the buildings of a village, and from what number on one is too big."""
    known = buildings.iloc[rows]
    above = settings.tower_households or sizes.max_households
    levels = known["levels"].to_numpy(dtype=np.float64)
    return People(
        households=known["households"].fillna(0).to_numpy(dtype=np.int64),
        persons=known["persons"].fillna(-1).to_numpy(dtype=np.int64),
        entrances=known["entrances"].fillna(0).to_numpy(dtype=np.int64),
        floors=np.where(levels > 0, levels, 0).astype(np.int64),
        size=Size(sizes.target_households, sizes.max_households),
        above=above,
        whole_persons=settings.whole_persons if settings.oversize == "whole" else None,
        blind=int(above * settings.blind_from),
    )


def _run(tasks: dict[int, VillageTask], jobs: int, progress: Progress | None) -> Iterator[tuple[int, VillageCut]]:
    """Cut the villages, each in one of ``jobs`` processes."""
    tell = progress or (lambda what, done, total: None)
    tell("cells", 0, len(tasks))
    few = sum(len(t.footprints) for t in tasks.values()) < MANY_BUILDINGS
    order = sorted(tasks, key=lambda i: -len(tasks[i].footprints))
    cuts = in_processes(cut_village, [tasks[i] for i in order], 1 if few else min(jobs, len(order)))
    for n, (i, (_, cut)) in enumerate(zip(order, cuts, strict=True), 1):
        yield i, cut
        tell("cells", n, len(tasks))


def _as_they_are(territory: Territory, shapes: Geoms, rows: Ints, home: Ints, v: int) -> VillageCut:
    """Take base areas as the cells of village ``v``; a building belongs to the one under its interior point, else the nearest."""
    footprints = sound_footprints(territory.buildings)[home == v]
    points = shapely.point_on_surface(footprints)
    cell_of = shapely.STRtree(shapes[rows]).nearest(points) if len(points) else np.empty(0, dtype=np.int64)
    return VillageCut(str(territory.villages["village_code"].iloc[v]), shapes[rows], cell_of.astype(np.int64), (), rows)


def _joined(
    territory: Territory, grounds: Geoms, cut_of: dict[int, VillageCut], home: Ints, settings: Settings, jobs: int
) -> Cells:
    """Match the cells of all villages with one another, and write the tables; ``cut_of`` is in the order of the villages."""
    crs, cuts = territory.crs, list(cut_of.values())
    village = np.repeat(np.array(list(cut_of), dtype=np.int64), [len(c.polygons) for c in cuts])
    polygons = np.concatenate([c.polygons for c in cuts]) if cuts else np.empty(0, dtype=object)
    polygons, edges = matched(polygons, fixed=shapely.get_coordinates(grounds))
    cell_of, slices = _numbered(cut_of, home)
    (table, guesses), noded, (borders, outer) = at_once(
        jobs,
        lambda: cell_table(territory, cuts, polygons, village, cell_of, slices, settings.output.lang),
        lambda: follow_edges(grounds, edges, _outline(edges, village)),
        lambda: border_tables(
            edges,
            village,
            np.array(cell_ids(territory, cuts), dtype=object),
            features_of(territory.lines, settings.borders),
            barriers_of(territory.lines, load_pack(settings.rules, folder=settings.folder).barriers),
            within_m=settings.cells.follow_m,
            crs=crs,
            jobs=jobs,
        ),
    )
    villages = territory.villages.assign(geometry=gpd.GeoSeries(noded, crs=crs))
    territory = replace(territory, villages=villages)
    buildings = building_table(territory, table, home, cell_of)
    most = np.array([_sizes(territory, settings, v).max_households for v in range(len(territory.villages))])
    found = (*guesses, *slice_findings(buildings, slices), *size_findings(table, buildings, cuts, most[village]))
    return Cells(territory, table, borders, outer, buildings, replace(territory.findings, items=found, crs=crs))


def _numbered(cut_of: dict[int, VillageCut], home: Ints) -> tuple[Ints, list[Slice]]:
    """Return the cell of each building of the town and the slices, by the numbers that cells and buildings have in the whole town."""
    cell_of = np.full(len(home), -1)
    slices: list[Slice] = []
    first = 0
    for v, cut in cut_of.items():
        own = np.flatnonzero(home == v)
        cell_of[own] = first + cut.cell_of
        slices += [replace(s, cell=first + s.cell, building=int(own[s.building])) for s in cut.slices]
        first += len(cut.polygons)
    return cell_of, slices


def _outline(table: EdgeTable, village: Ints) -> NDArray[np.bool_]:
    """Tell which edges of cells lie on the outlines of their villages."""
    return np.asarray((table.right < 0) | (village[table.left] != village[table.right]), dtype=bool)


def _no_ground(ground: BaseGeometry | None) -> bool:
    return ground is None or bool(shapely.is_empty(ground))


def _groundless(territory: Territory, grounds: Geoms) -> list[Finding]:
    out = []
    for ground, row in zip(grounds, territory.villages.itertuples(index=False), strict=True):
        if _no_ground(ground):
            text = msg(
                "village {code} has no ground of its own and so no cells; count it where its people live",
                code=row.village_code,
            )
            out.append(Finding("R05", Severity.WARNING, str(row.village_code), text, str(row.village_code)))
    return out


def _parted(territory: Territory, drawn: Geoms, grounds: Geoms) -> list[Finding]:
    """Name villages so narrow somewhere that matching their borders made parts of them, with the m² behind the narrow place."""
    out = []
    more = shapely.get_num_geometries(grounds) > shapely.get_num_geometries(drawn)
    for i in np.flatnonzero(more).tolist():
        code = str(territory.villages["village_code"].iloc[i])
        apart = float(np.sort(shapely.area(shapely.get_parts(grounds[i])))[0])
        text = msg(
            "village {code} is narrower than a millimetre somewhere; {m2:.1f} m² behind that place stand apart from the rest",
            code=code,
            m2=apart,
        )
        out.append(Finding("R05", Severity.WARNING, code, text, code, apart, "m2", grounds[i]))
    return out
