"""From a draft back to a plan: dissolve what was touched, keep the rest to the bit, write down what became of what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from areaplan.delineation import area_rows, boundary_rows, exclave_note
from areaplan.model import AreaPlan, Cells, Finding, Findings, Severity
from areaplan.review.demands import pieces_of
from areaplan.review.draft import Draft, draft_of
from areaplan.schema import TABLES, conform, empty_layer, typed

__all__ = ["correspondence", "finish", "with_rows"]


def finish(draft: Draft) -> AreaPlan:
    """Return the plan that a draft stands for.

    Areas that no change touched keep their rows; the others are dissolved again. Findings about touched areas go: the judge must speak anew.
    """
    base, touched = draft.base, draft.touched
    table = draft.cells.table
    codes = [draft.code_of.get(c) for c in draft.cells.buildings["cell_id"]]
    buildings = draft.cells.buildings.assign(ea_code=pd.Series(codes, dtype=object))
    cells = replace(draft.cells, buildings=conform(buildings, "buildings"))
    rows = table["ea_code"].isin(touched).to_numpy()
    here = buildings["ea_code"].isin(touched).to_numpy()
    fresh = area_rows(table[rows], buildings[here], base.settings) if rows.any() else empty_layer("areas", base.crs)
    areas = _joined(base.areas, base.areas["ea_code"].isin(touched), fresh, ["ea_code"], "areas")
    areas = _with_columns(areas, draft.columns)
    return replace(
        base,
        cells=cells,
        areas=areas,
        boundaries=_boundaries(draft, cells),
        findings=_findings(draft),
        tables={**base.tables, "virtual_areas": _table("virtual_areas", list(draft.virtual))},
    )


def _joined(
    old: gpd.GeoDataFrame, gone: pd.Series, fresh: gpd.GeoDataFrame, keys: list[str], layer: str
) -> gpd.GeoDataFrame:
    parts = [p for p in (old[~gone], fresh) if len(p)]
    if not parts:
        return empty_layer(layer, old.crs)
    every = pd.concat(parts, ignore_index=True).sort_values(keys, kind="stable", na_position="last")
    return conform(gpd.GeoDataFrame(every, crs=old.crs), layer)


def _with_columns(areas: gpd.GeoDataFrame, columns: Mapping[str, Mapping[str, str | None]]) -> gpd.GeoDataFrame:
    values = {
        name: pd.Series([columns[c][name] for c in areas["ea_code"]], dtype=object)
        for name in ("name", "locked", "special")
    }
    return areas.assign(**values)


def _boundaries(draft: Draft, cells: Cells) -> gpd.GeoDataFrame:
    """Derive anew the boundaries that a touched area has a side of."""
    touched, code_of = draft.touched, draft.code_of
    near = {c for c, code in code_of.items() if code in touched}

    def beside(borders: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        return borders[borders["left_cell"].isin(near) | borders["right_cell"].isin(near)]

    part = replace(cells, borders=beside(cells.borders), outer=beside(cells.outer))
    old = draft.base.boundaries
    gone = old["left_ea"].isin(touched) | old["right_ea"].isin(touched)
    keys = ["left_ea", "right_ea", "kind", "class", "feature_name"]
    return _joined(old, gone, boundary_rows(part, code_of), keys, "boundaries")


def _findings(draft: Draft) -> Findings:
    """Keep what was said of other things; declare exclaves of touched areas anew (R05)."""
    base = draft.base
    areas = set(base.areas["ea_code"])

    def stale(finding: Finding) -> bool:
        about = set(finding.subject.split()) & areas
        return bool(about & draft.touched) or (bool(about) and finding.severity != Severity.NOTE)

    kept = tuple(f for f in base.findings if not stale(f))
    notes = [n for code in sorted(draft.touched & set(draft.villages)) if (n := _exclave(draft, code))]
    return Findings((*kept, *notes), base.crs)


def _exclave(draft: Draft, code: str) -> Finding | None:
    cells = draft.cells_of(code)
    if pieces_of(draft, cells).max(initial=0) == 0:
        return None
    table, village = draft.cells.table, draft.villages[code]
    every = list(table["cell_id"][table["village_code"] == village])
    part_of = dict(zip(every, pieces_of(draft, every).tolist(), strict=True))
    own = table[table["ea_code"] == code]
    parts = np.array([part_of[c] for c in own["cell_id"]], dtype=np.int64)
    people = own["households"].fillna(0).to_numpy(dtype=np.int64)
    return exclave_note(code, village, own.geometry.to_numpy(), people, parts)


def _table(name: str, rows: list[Mapping[str, object]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(TABLES[name]))
    return pd.DataFrame({c: typed(table[c], k, len(table)) for c, k in TABLES[name].items()})


def with_rows(plan: AreaPlan, name: str, rows: list[Mapping[str, object]]) -> AreaPlan:
    """Return the plan with rows added at the end of one of its tables."""
    old = plan.tables.get(name)
    before = [] if old is None else old.to_dict("records")
    return replace(plan, tables={**plan.tables, name: _table(name, [*before, *rows])})


def correspondence(draft: Draft) -> pd.DataFrame:
    """Return what became of every area that was touched: old code, new code, and the households and m² that went that way."""
    rows = pd.DataFrame(_went(draft), columns=["old_ea", "new_ea", "households", "area_m2"])
    rows["households"] = rows["households"].astype("Int64")
    grouped = rows.groupby(["old_ea", "new_ea"], sort=True)
    households = grouped["households"].agg(lambda s: s.sum(skipna=False))
    table = pd.DataFrame({"households": households, "area_m2": grouped["area_m2"].sum()}).reset_index()
    return table.assign(households=table["households"].astype("Int64"))


def _went(draft: Draft) -> list[tuple[str, str, object, float]]:
    """Return old code, new code, households and m² of every smallest piece of the touched areas."""
    old_of = dict(zip(draft.base.cells.table["cell_id"], draft.base.cells.table["ea_code"], strict=True))
    up = {p.cell_id: c for c, cut in draft.cuts.items() for p in cut.pieces}
    out, lost = [], []
    for row in _touched_rows(draft.cells.table, draft.touched):
        cell = _first_known(row.cell_id, up, old_of)
        if cell is None:
            lost.append(row)
        else:
            out.append((old_of[cell], row.ea_code, row.households, row.geometry.area))
    return out + (_healed_rows(draft, lost) if lost else [])


def _touched_rows(table: gpd.GeoDataFrame, touched: Collection[str]) -> list[Any]:
    return list(table[table["ea_code"].isin(touched)].itertuples(index=False))


def _first_known(cell: str, up: Mapping[str, str], known: Mapping[str, str]) -> str | None:
    at: str | None = cell
    while at is not None and at not in known:
        at = up.get(at)
    return at


def _healed_rows(draft: Draft, lost: list[Any]) -> list[tuple[str, str, object, float]]:
    """Return the same for cells that were put together again from pieces of the old plan: those pieces went there."""
    base = draft_of(draft.base)
    new_of, up = draft.code_of, {p.cell_id: c for c, cut in base.cuts.items() for p in cut.pieces}
    wanted = {row.cell_id for row in lost}
    rows = []
    for row in draft.base.cells.table.itertuples(index=False):
        cell = _first_known(row.cell_id, up, dict.fromkeys(wanted, ""))
        if cell is not None:
            rows.append((row.ea_code, new_of[cell], row.households, row.geometry.area))
    return rows
