"""Real towns, planned through the command line, held to what was promised."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from benchmarks import towns
from benchmarks.measures import Measures

pytestmark = [pytest.mark.real, pytest.mark.slow]


@dataclass(frozen=True)
class Planned:
    """Hold a plan that was written, and what was measured of it."""

    file: Path
    exit_code: int
    measures: Measures
    office: dict[str, float]

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return a layer of the plan."""
        return gpd.read_file(self.file, layer=name)

    @property
    def certificate(self) -> dict[str, object]:
        """Return the certificate."""
        return json.loads((self.file.parent / "certificate.json").read_text(encoding="utf-8"))


def planned(name: str, folder: Path) -> Planned:
    """Plan a town and measure it."""
    run = towns.RUNS[name]
    _, _, code = towns.plan(run, folder)
    office = towns.against_the_office(run, folder) if run.official else {}
    return Planned(folder / "out" / "plan.gpkg", code, towns.measured(run, folder), office)


@pytest.fixture(scope="module")
def liechtenstein(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """Eleven municipalities at 72–88, a stress test."""
    return planned("liechtenstein 72–88", tmp_path_factory.mktemp("li"))


@pytest.fixture(scope="module")
def kinmen(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """Jinhu at 80–140, real households."""
    return planned("kinmen 80–140", tmp_path_factory.mktemp("km"))


@pytest.fixture(scope="module")
def chiayi(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """Chiayi West at 90–160, real households."""
    return planned("chiayi 90–160", tmp_path_factory.mktemp("cy"))


def out_of_bounds_without_cause(plan: Planned, lower: int, upper: int) -> set[str]:
    """Return the areas out of the bounds that no R09 note explains."""
    areas, findings = plan.layer("areas"), plan.layer("findings")
    out = set(areas["ea_code"][(areas["households"] < lower) | (areas["households"] > upper)])
    explained = set(findings["subject"][(findings["rule"] == "R09") & (findings["severity"] == "note")])
    return out - explained


class TestLiechtenstein:
    """11 municipalities, 7 with exclaves, 8,960 buildings, 16,016 estimated households."""

    def test_the_proof_is_clean(self, liechtenstein: Planned) -> None:
        """No gap, overlap, spill or lost household; nothing of severity error."""
        assert liechtenstein.exit_code == 0
        findings = liechtenstein.layer("findings")
        assert findings[findings["severity"] == "error"].empty

    def test_households_are_kept(self, liechtenstein: Planned) -> None:
        """All 16,016 are in exactly one area."""
        assert liechtenstein.measures.households == 16_016

    def test_no_building_is_cut(self, liechtenstein: Planned) -> None:
        """No footprint has more than 1 m² in two areas of its village, not even the two of 95 and 105 households."""
        areas, buildings, cells = (liechtenstein.layer(name) for name in ("areas", "buildings", "cells"))
        assert cells["part"].isna().all()
        tree = shapely.STRtree(buildings.geometry.to_numpy())
        area, building = tree.query(areas.geometry.to_numpy(), predicate="intersects")
        own = areas["village_code"].to_numpy()[area] == buildings["village_code"].to_numpy()[building]
        area, building = area[own], building[own]
        shared = shapely.area(
            shapely.intersection(areas.geometry.to_numpy()[area], buildings.geometry.to_numpy()[building])
        )
        assert np.bincount(building[shared > 1.0], minlength=len(buildings)).max() <= 1

    def test_most_areas_are_inside_and_the_rest_have_a_cause(self, liechtenstein: Planned) -> None:
        """At least 97 % inside 72–88; every other has a true cause."""
        assert liechtenstein.measures.inside >= 0.97
        assert out_of_bounds_without_cause(liechtenstein, 72, 88) == set()

    def test_areas_are_one_piece(self, liechtenstein: Planned) -> None:
        """More pieces than one only where an exclave is declared (R05)."""
        areas, findings = liechtenstein.layer("areas"), liechtenstein.layer("findings")
        torn = set(areas["ea_code"][shapely.get_num_geometries(areas.geometry.to_numpy()) > 1])
        declared = set(findings["subject"][(findings["rule"] == "R05") & (findings["severity"] == "note")])
        assert torn <= declared

    def test_borders_are_visible_and_areas_compact(self, liechtenstein: Planned) -> None:
        """At least 93 % of the inner border within 1 m of a line; Polsby-Popper median at least 0.44; 199 areas."""
        assert liechtenstein.measures.visible >= 0.93
        assert liechtenstein.measures.polsby_popper >= 0.44
        assert abs(liechtenstein.measures.areas - 199) <= 4


def test_liechtenstein_at_the_usual_bounds(real_data: Path, tmp_path: Path) -> None:
    """At 60–100: all inside or with true cause, at least 96 % visible, Polsby-Popper at least 0.50."""
    plan = planned("liechtenstein 60–100", tmp_path)
    assert plan.exit_code == 0
    assert out_of_bounds_without_cause(plan, 60, 100) == set()
    assert plan.measures.visible >= 0.96
    assert plan.measures.polsby_popper >= 0.50


class TestKinmen:
    """8 villages, 186 base areas, 8,806 real households."""

    def test_the_proof_is_clean_and_households_are_kept(self, kinmen: Planned) -> None:
        """Real households to the unit."""
        assert kinmen.exit_code == 0
        assert kinmen.measures.households == 8_806

    def test_better_balanced_than_the_office(self, kinmen: Planned) -> None:
        """CV at most .26; the statistics office's own zones have .54."""
        assert kinmen.measures.cv <= 0.26 < kinmen.office["cv"]

    def test_base_areas_above_the_maximum_are_named(self, kinmen: Planned) -> None:
        """Every area out of the bounds has its cause."""
        assert out_of_bounds_without_cause(kinmen, 80, 140) == set()


def test_no_longer_border_than_the_office_at_its_number_of_areas(real_data: Path, tmp_path: Path) -> None:
    """Kinmen at a number of areas within 5 % of the office's: no more border inside villages."""
    plan = planned("kinmen, as many areas as the office", tmp_path)
    assert abs(plan.measures.areas / plan.office["zones"] - 1) <= 0.05
    assert plan.office["our_border_m"] <= plan.office["border_m"]


class TestChiayi:
    """45 villages, 773 base areas, 52,857 real households."""

    def test_the_proof_is_clean_and_households_are_kept(self, chiayi: Planned) -> None:
        """Real households to the unit."""
        assert chiayi.exit_code == 0
        assert chiayi.measures.households == 52_857

    def test_better_balanced_than_the_office_with_no_more_border(self, chiayi: Planned) -> None:
        """CV at most .26 (theirs .38), at a number of areas within 5 % of theirs, with no longer inner border."""
        assert chiayi.measures.cv <= 0.26 < chiayi.office["cv"]
        assert abs(chiayi.measures.areas / chiayi.office["zones"] - 1) <= 0.05
        assert chiayi.office["our_border_m"] <= chiayi.office["border_m"]

    def test_base_areas_above_the_maximum_are_named(self, chiayi: Planned) -> None:
        """Every area out of the bounds has its cause."""
        assert out_of_bounds_without_cause(chiayi, 90, 160) == set()
