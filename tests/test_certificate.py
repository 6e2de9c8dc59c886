"""The certificate says what was proved, and falls with the smallest change."""

from __future__ import annotations

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from areaplan.certificate import content_hash, make_certificate, verdicts_left_out, verify_certificate
from areaplan.check import check_plan
from areaplan.model import AreaPlan
from defects import grid_town


@pytest.fixture(scope="module")
def plan() -> AreaPlan:
    return grid_town(3)


def test_ledger_closes(plan: AreaPlan) -> None:
    """In = out, per village and in total, in whole square millimetres and households; no edge is left."""
    certificate = make_certificate(plan)
    assert certificate["proof"]["edges_left"] == 0
    assert certificate["proof"]["edges_cancelled"] == certificate["proof"]["edges"] > 0
    for row in [*certificate["villages"], certificate["totals"]]:
        assert row["twice_mm2_in"] == row["twice_mm2_out"] > 0
        assert row["households_in"] == row["households_out"] > 0


def test_stands_after_json(plan: AreaPlan) -> None:
    """What a stranger reads from the file is what is computed anew."""
    assert verify_certificate(json.loads(json.dumps(make_certificate(plan))), plan) == []


def test_falls_with_one_household_or_a_hair_of_geometry(plan: AreaPlan) -> None:
    """One household more, or one coordinate a ten-millionth off, and the certificate does not stand."""
    certificate = make_certificate(plan)
    areas = plan.areas.copy()
    areas.loc[0, "households"] += 1
    assert verify_certificate(certificate, replace(plan, areas=areas))
    moved = plan.areas.copy()
    first = shapely.transform(moved.geometry.iloc[0], lambda c: np.where(np.arange(len(c))[:, None] == 1, c + 1e-7, c))
    moved["geometry"] = gpd.GeoSeries([first, *moved.geometry.iloc[1:]], crs=moved.crs)
    assert verify_certificate(certificate, replace(plan, areas=moved))


def test_falls_when_forged(plan: AreaPlan) -> None:
    """A certificate with a figure changed, or of another form, does not stand."""
    certificate = json.loads(json.dumps(make_certificate(plan)))
    certificate["villages"][0]["households_out"] += 1
    assert len(verify_certificate(certificate, plan)) == 1
    assert verify_certificate({}, plan)


def test_what_was_laid_beside_is_said(plan: AreaPlan) -> None:
    """A verdict that rests on the plan before is given again beside it, named and left out without it; nothing else is left out."""
    made = json.loads(json.dumps(make_certificate(plan, check_plan(plan, previous=plan))))
    assert made["verdicts"]["R19"] == "passed"
    assert verdicts_left_out(made) == ["R11", "R19", "R21"]
    assert verdicts_left_out(made, ["previous"]) == []
    assert verify_certificate(made, plan) == verify_certificate(made, plan, previous=plan) == []
    forged = made | {"verdicts": made["verdicts"] | {"R19": "failed", "R03": "failed"}}
    assert [str(d).split(":")[0] for d in verify_certificate(forged, plan)] == ["verdicts.R03"]
    assert len(verify_certificate(forged, plan, previous=plan)) == 2
    alone = json.loads(json.dumps(make_certificate(plan)))
    assert verify_certificate(alone, plan, previous=plan) == []


def test_hash_is_of_the_content(plan: AreaPlan) -> None:
    """Order of rows, start of rings, polygon or multipolygon and names change nothing."""
    turned = plan.areas.iloc[::-1].reset_index(drop=True).copy()
    turned["name"] = "another"
    turned["geometry"] = gpd.GeoSeries(
        [shapely.MultiPolygon([shapely.reverse(g)]) for g in turned.geometry], crs=turned.crs
    )
    assert content_hash(replace(plan, areas=turned)) == content_hash(plan)
