"""Read a village layer in order to mend it: all its columns, for what comes out is the office's layer again."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from areaplan.files.reading.crs import project
from areaplan.files.reading.geometry import Geometries, absent
from areaplan.files.reading.record import Record
from areaplan.files.reading.territory import building_layer, read_lines, trial_title, village_reading
from areaplan.model import Findings
from areaplan.repair import Mended, open_disputes
from areaplan.settings import RepairSettings, Settings

__all__ = ["VillageRepair", "read_village_repair"]


@dataclass(frozen=True)
class VillageRepair:
    """Hold a mended village layer and what a form about it shows.

    Parameters
    ----------
    mended
        The repair itself.
    villages
        The villages with the columns of the schema, mended; what is in open dispute as drawn.
    rows
        All columns of the file, row by row.
    drawn
        The polygons as delivered, in the working CRS.
    lines, footprints
        Lines people see, and buildings (``None`` where none are known), to find a place again.
    findings
        What was done, and an error for each open dispute.
    title
        What documents call the place; a trial says so.
    """

    mended: Mended
    villages: gpd.GeoDataFrame
    rows: pd.DataFrame
    drawn: Geometries
    lines: gpd.GeoDataFrame
    footprints: Geometries | None
    findings: Findings
    title: str


def read_village_repair(settings: Settings) -> VillageRepair:
    """Read and mend the villages that the settings name; ``[repair]`` has its defaults where it does not stand there.

    Raises
    ------
    InputError
        With every fault that cannot be mended: no geometry, no polygons, codes blank or twice, no CRS …
    """
    chosen = settings if settings.repair else settings.model_copy(update={"repair": RepairSettings()})
    record = Record()
    buildings = building_layer(chosen, record)
    read, crs = village_reading(chosen, buildings, record, whole=True)
    lines = read_lines(chosen, read.table if read is not None else None, crs, record)
    record.stop_if_faulty()
    if read is None or read.mended is None:  # cannot be: what keeps villages from being read is a fault
        raise AssertionError
    shapes = project(buildings, crs, Record()) if buildings is not None else None
    return VillageRepair(
        mended=read.mended,
        villages=read.table,
        rows=read.layer.table.reset_index(drop=True),
        drawn=read.drawn,
        lines=lines,
        footprints=None if shapes is None else np.asarray(shapes[~absent(shapes)], dtype=object),
        findings=Findings((*record.findings, *open_disputes(read.mended)), crs=crs),
        title=trial_title(chosen, read.mended),
    )
