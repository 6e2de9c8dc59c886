"""One broken plan per kind of fault: exactly its written set of rules speaks, at the planted place; good plans raise nothing."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from areaplan.check import check_plan
from areaplan.model import Severity
from defects import DEFECTS, Defect, grid_town
from toys import toy_plan


@pytest.mark.parametrize("seed", range(10))
def test_good_towns_raise_nothing(seed: int) -> None:
    """A good plan has no finding at all."""
    report = check_plan(grid_town(seed))
    assert list(report.found) == []
    assert report.proof.tiles


def test_toy_town_raises_only_what_is_true_of_it() -> None:
    """The hand-made town divides across its streets, and the judge says that and nothing else."""
    assert {f.rule for f in check_plan(toy_plan()).found} == {"R13"}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda d: d.name)
@pytest.mark.parametrize("seed", [0, 1])
def test_planted(defect: Defect, seed: int) -> None:
    """Exactly the written set of rules speaks, and one of its findings lies at the planted place."""
    planted = defect.plant(grid_town(seed), np.random.default_rng(seed))
    findings = planted.judged().found
    spoken = {f.rule for f in findings if f.severity != Severity.NOTE}
    assert spoken == defect.rules, findings
    if planted.place is not None:
        near = [f for f in findings if f.geometry is not None and shapely.distance(f.geometry, planted.place) <= 2]
        assert near


def test_enough_kinds() -> None:
    """At least 25 kinds of fault are planted, under different names."""
    assert len({d.name for d in DEFECTS}) == len(DEFECTS) >= 25
