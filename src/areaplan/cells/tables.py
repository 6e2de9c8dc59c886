"""The layers ``cells`` and ``buildings`` of cut villages (rules C13, C14, C16)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from areaplan.cells.guess import spread
from areaplan.cells.slices import Slice
from areaplan.cells.units import units_of_cells
from areaplan.cells.village import VillageCut
from areaplan.codes import is_unnamed
from areaplan.linework.edges import Geoms, Ints, with_none
from areaplan.messages import Lang, Message, msg
from areaplan.model import Finding, Severity, Territory
from areaplan.schema import conform

__all__ = ["building_table", "cell_ids", "cell_table", "size_findings", "slice_findings"]


def cell_table(
    territory: Territory,
    cuts: list[VillageCut],
    polygons: Geoms,
    village: Ints,
    cell_of: Ints,
    slices: list[Slice],
    lang: Lang,
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Return layer ``cells`` with labels in ``lang``, and the findings about guessed counts."""
    n = len(polygons)
    households, persons = (_counted(territory.buildings[c], cell_of, n, slices) for c in ("households", "persons"))
    households = households.fillna(0)
    findings: list[Finding] = []
    taken = territory.base_areas
    for cut, here in _spans(cuts):
        if cut.base_rows is not None:
            households.iloc[here] = taken["households"].iloc[cut.base_rows].fillna(0).to_numpy()
            persons.iloc[here] = taken["persons"].iloc[cut.base_rows].to_numpy()
        elif len(cut.cell_of) == 0:
            findings += _guessed(territory, cut, polygons[here], households, persons, here)
    codes = territory.villages["village_code"].to_numpy()[village]
    columns = {
        "cell_id": cell_ids(territory, cuts), "village_code": codes, "households": households, "persons": persons,
    }  # fmt: skip
    columns |= _slice_columns(territory.buildings, slices, n, lang)
    columns["unit"] = units_of_cells(territory, polygons, cell_of, _units_given(territory, cuts))
    return conform(gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(polygons, crs=territory.crs)), "cells"), findings


def cell_ids(territory: Territory, cuts: list[VillageCut]) -> list[str]:
    """Return the codes of all cells: those of base areas where each of a village has one of its own, else village and number."""
    taken = territory.base_areas["base_code"]
    ids: list[str] = []
    for cut in cuts:
        own = None if cut.base_rows is None else taken.iloc[cut.base_rows]
        named = own is not None and taken.is_unique and bool(own.notna().all())
        numbers = range(1, len(cut.polygons) + 1)
        ids += [str(c) for c in own] if own is not None and named else [f"{cut.code}-{i:05d}" for i in numbers]
    return ids


def _spans(cuts: list[VillageCut]) -> Iterator[tuple[VillageCut, slice]]:
    """Yield each cut with the rows of its cells in the town."""
    first = 0
    for cut in cuts:
        yield cut, slice(first, first := first + len(cut.polygons))


def _units_given(territory: Territory, cuts: list[VillageCut]) -> list[str | None]:
    """Return the unit each cell has by its base area."""
    units = territory.base_areas["unit"]
    given = ([None] * len(c.polygons) if c.base_rows is None else units.iloc[c.base_rows].tolist() for c in cuts)
    return [unit for cut in given for unit in cut]


def _counted(counts: pd.Series, cell_of: Ints, n: int, slices: list[Slice]) -> pd.Series:
    """Return the sums of households or persons by cell; a sliced building counts in its slices, not in the cell of its largest part."""
    whole = counts.copy()
    sliced = sorted({s.building for s in slices})
    whole.iloc[sliced] = whole.iloc[sliced].where(whole.iloc[sliced].isna(), 0)
    out = _summed(whole, cell_of, n)
    for s in slices:
        own = s.households if counts.name == "households" else s.persons
        out.iloc[s.cell] = out.iloc[s.cell] + own if own >= 0 else pd.NA
    return out


def _slice_columns(buildings: gpd.GeoDataFrame, slices: list[Slice], n: int, lang: Lang) -> dict[str, Any]:
    """Return the columns that say which cells are parts of which building."""
    columns: dict[str, Any] = {c: np.full(n, None, dtype=object) for c in ("building_id", "part", "parts", "label")}
    for s in slices:
        columns["building_id"][s.cell] = str(buildings["building_id"].iloc[s.building])
        columns["part"][s.cell], columns["parts"][s.cell] = s.part, s.parts
        columns["label"][s.cell] = s.label.text(lang)
    return columns | {c: pd.array(columns[c], dtype="Int64") for c in ("part", "parts")}


def _summed(counts: pd.Series, cell_of: Ints, n: int) -> pd.Series:
    """Add up buildings' counts by cell.

    Null where a building of the cell has none; a cell without buildings has nought, unless nothing at all was counted.
    """
    known = counts.notna().to_numpy()
    placed = cell_of >= 0
    total = np.bincount(cell_of[known & placed], counts[known & placed].to_numpy(dtype=np.float64), n)[:n]
    out = pd.Series(np.rint(total).astype(np.int64)).astype("Int64")
    lacking = np.bincount(cell_of[~known & placed], minlength=n)[:n] > 0
    out[lacking if known.any() else np.ones(n, dtype=bool)] = pd.NA
    return out


def _guessed(
    territory: Territory, cut: VillageCut, polygons: Geoms, households: pd.Series, persons: pd.Series, here: slice
) -> list[Finding]:
    """Spread a village's totals over its blocks, in place, and say that this is a guess (C13)."""
    row = territory.villages.loc[territory.villages["village_code"] == cut.code].iloc[0]
    settlement = np.asarray(territory.settlement.geometry.to_numpy(), dtype=object)
    for column, into in (("households", households), ("persons", persons)):
        if pd.notna(row[column]):
            into.iloc[here] = spread(int(row[column]), polygons, settlement)
    if pd.isna(row["households"]) or not int(row["households"]):
        return []
    total = int(row["households"])
    text = msg(
        "the {count} households of village {code} are spread over its {blocks} blocks by a guess: there are no buildings and no base areas",
        count=total, code=cut.code, blocks=len(polygons),
    )  # fmt: skip
    return [Finding("R08", Severity.NOTE, cut.code, text, cut.code, float(total), "households", row["geometry"])]


def building_table(territory: Territory, table: gpd.GeoDataFrame, home: Ints, cell_of: Ints) -> gpd.GeoDataFrame:
    """Return layer ``buildings`` with the village and the cell of each; null for those outside."""
    out = territory.buildings.copy()
    cells = with_none(table["cell_id"])
    codes = with_none(territory.villages["village_code"])
    out["cell_id"], out["village_code"] = cells[cell_of], codes[home]
    return conform(out, "buildings")


def slice_findings(buildings: gpd.GeoDataFrame, slices: list[Slice]) -> list[Finding]:
    """Name every building that was divided, and into what (C16)."""
    parts: dict[int, list[Slice]] = {}
    for s in slices:
        parts.setdefault(s.building, []).append(s)
    out = []
    for b, own in sorted(parts.items()):
        row = buildings.iloc[b]
        name, counts = str(row["building_id"]), [s.households for s in own]
        values = {"building": name, "count": sum(counts), "parts": len(own), "low": min(counts), "high": max(counts)}
        text = msg("building {building} holds {count} households, too many for one area: it is divided into {parts} parts of {low}–{high}", **values)  # fmt: skip
        if is_unnamed(own[0].label.text()):
            text = msg(
                "building {building} holds {count} households, too many for one area: it is divided into {parts} parts of {low}–{high} by "
                "counts alone; find out its entrances, or write on the ground which part is which",
                **values,
            )
        out.append(
            Finding(
                "R07", Severity.NOTE, name, text, row["village_code"], float(sum(counts)), "households", row.geometry
            )
        )
    return out


def size_findings(
    table: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, cuts: list[VillageCut], bounds: Ints
) -> list[Finding]:
    """Name every cell with more households than an area of its village may have (C14)."""
    ready = {cut.code for cut in cuts if cut.base_rows is not None}
    out = []
    over = np.flatnonzero(table["households"].fillna(0).to_numpy(dtype=np.int64) > bounds)
    for row, most in zip(table.iloc[over].itertuples(index=False), bounds[over].tolist(), strict=True):
        inside = buildings[(buildings["cell_id"] == row.cell_id) & (buildings["households"].fillna(0) > 0)]
        names = [] if row.village_code in ready else inside["building_id"].astype(str).tolist()
        subject, text = _too_big(str(row.cell_id), names, int(row.households), most, row.village_code in ready)
        measure = float(row.households)
        out.append(Finding("R09", Severity.NOTE, subject, text, row.village_code, measure, "households", row.geometry))
    return out


def _too_big(cell: str, names: list[str], count: int, most: int, ready: bool) -> tuple[str, Message]:
    if ready:
        return cell, msg(
            "base area {cell} holds {count} households, more than the {most} of an area",
            cell=cell, count=count, most=most,
        )  # fmt: skip
    if not names:
        return cell, msg(
            "block {cell} is guessed to hold {count} households, more than the {most} of an area",
            cell=cell, count=count, most=most,
        )  # fmt: skip
    return names[0], msg(
        "building {building} holds {count} households, more than the {most} of an area; it is a cell by itself",
        building=", ".join(names), count=count, most=most,
    )  # fmt: skip
