"""Cells of the real towns: exact, whole, complete; and what it takes to be useful to the engine."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from areaplan.cells import build_cells
from areaplan.files import read_territory
from areaplan.model import Cells
from areaplan.settings import read_settings
from cell_towns import cut_buildings, residual_edges

pytestmark = pytest.mark.real


def real(folder: Path, town: str) -> Cells:
    """Cut a real town by its own settings and prove it."""
    (config,) = (folder / "configs").glob(f"*{town}*.toml")
    settings = read_settings(config)
    cells = build_cells(read_territory(settings), settings)
    villages = cells.territory.villages
    for code, ground in zip(villages["village_code"], villages.geometry, strict=True):
        own = cells.table.geometry[cells.table["village_code"] == code]
        assert not len(residual_edges(own, [ground])), code
    assert not len(residual_edges(cells.table.geometry, villages.geometry))
    assert shapely.is_valid(cells.table.geometry.to_numpy()).all()
    return cells


@pytest.mark.slow
def test_liechtenstein(real_data: Path) -> None:
    """Eleven municipalities with exclaves: exact, 16,016 households, no building cut."""
    cells = real(real_data, "liechtenstein")
    assert cells.table["households"].sum() == 16_016
    assert cells.buildings["cell_id"].notna().all()
    assert cells.table["part"].isna().all()  # 95 and 105 households: too little above 88 for a cut that nobody can find
    assert not cut_buildings(cells)
    assert set(cells.table.geom_type) == {"Polygon"}
    seen = cells.borders["kind"] != "none"
    assert cells.borders.loc[seen, "length_m"].sum() / cells.borders["length_m"].sum() > 0.64
    assert not cells.findings.errors
    assert sorted(f.measure for f in cells.findings.under("R09")) == [95, 105]  # flagged: cells of their own


def test_outlines_stay_where_they_are(real_data: Path) -> None:
    """Junctions are put into official outlines; the outlines do not move."""
    (config,) = (real_data / "configs").glob("*kinmen*.toml")
    settings = read_settings(config)
    territory = read_territory(settings)
    cells = build_cells(territory, settings)
    before, after = (t.villages.geometry.to_numpy() for t in (territory, cells.territory))
    assert shapely.area(shapely.symmetric_difference(before, after)).max() < 1e-5


@pytest.mark.parametrize(("town", "cells", "households"), [("kinmen", 186, 8_806), ("chiayi", 773, 52_857)])
def test_base_areas(real_data: Path, town: str, cells: int, households: int) -> None:
    """Base areas come back one to one, with their codes and counts."""
    found = real(real_data, town)
    assert len(found.table) == cells
    assert found.table["households"].sum() == households
    assert set(found.table["cell_id"]) == set(found.territory.base_areas["base_code"])
