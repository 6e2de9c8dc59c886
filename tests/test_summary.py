"""The summary counts what the plan holds, and reads the same every time."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from areaplan.files import summary, write_json
from areaplan.messages import msg
from areaplan.model import Finding, Findings, Severity
from toys import toy_plan, toy_settings


def test_figures_of_the_toy_town() -> None:
    """Counts, totals, sizes, share inside, visible share and compactness are those computed by hand."""
    data = summary(toy_plan(), content_hash="abc")
    assert data["counts"] == {"villages": 2, "areas": 6, "cells": 12, "buildings": 12}
    assert data["households"] == {"register": 240, "cells": 240, "areas": 240}
    assert data["sizes"] == {"min": 40, "p10": 40, "median": 40, "mean": 40, "max": 40, "cv": 0}
    assert data["inside"] == {"areas": 6, "share": 1}
    # borders between areas: x=50 and 150 (invisible), x=100 (river) in A; x=250 (invisible) in B, 200 m each
    assert data["visible_share"] == 0.25
    assert data["polsby_popper"] == pytest.approx(4 * math.pi * 10_000 / 500**2, abs=1e-6)
    assert (data["content_hash"], data["seed"], data["title"], data["crs"]) == ("abc", 0, "Toy town", "EPSG:4549")
    east, west = data["villages"]
    assert (east["village_code"], east["areas"], east["households"], east["visible_share"]) == (
        "350302101001",
        4,
        160,
        0.333333,
    )
    assert (west["areas"], west["visible_share"]) == (2, 0)


def test_bounds_decide_what_is_inside() -> None:
    """Areas outside the bounds of the settings, in households or persons, are not inside; unknown persons do not count against."""
    assert summary(toy_plan(toy_settings(min_households=41, target_households=45)))["inside"] == {
        "areas": 0,
        "share": 0,
    }
    plan = toy_plan(toy_settings(max_persons=100))
    areas = plan.areas.assign(persons=pd.array([99, 100, 101, None, 0, 500], dtype="Int64"))
    assert summary(replace(plan, areas=areas))["inside"]["areas"] == 4


def test_unknown_figures_are_null() -> None:
    """A town without totals, areas or inner borders has nulls, never NaN."""
    plan = toy_plan()
    villages = plan.territory.villages.assign(households=pd.array([None, 80], dtype="Int64"))
    cells = replace(plan.cells, territory=replace(plan.territory, villages=villages))
    data = summary(replace(plan, cells=cells, areas=plan.areas[:0], boundaries=plan.boundaries[:0]))
    assert data["households"]["register"] is None
    assert set(data["sizes"].values()) == {None}
    assert (data["visible_share"], data["polsby_popper"], data["inside"]["share"]) == (None, None, None)
    json.dumps(data, allow_nan=False)


def test_findings_are_counted_by_rule_and_severity() -> None:
    """Each finding counts once under its severity, and under its rule."""
    found = [
        Finding(r, s, "x", msg("m"))
        for r, s in [("R09", Severity.NOTE), ("R09", Severity.ERROR), ("R13", Severity.WARNING)]
    ]
    data = summary(toy_plan().with_findings(Findings(tuple(found))))
    assert data["findings"] == {"error": 1, "warning": 1, "note": 1}
    assert data["rules_found"] == {
        "R09": {"error": 1, "warning": 0, "note": 1},
        "R13": {"error": 0, "warning": 1, "note": 0},
    }
    assert summary(toy_plan(), found)["findings"] == data["findings"]


def test_json_is_stable_and_readable(tmp_path: Path) -> None:
    """Sorted keys, Chinese as it is, numbers of numpy and pandas as numbers, one line end at the end; NaN is refused."""
    path = tmp_path / "s.json"
    write_json(path, {"b": np.int64(1), "a": "村", "c": pd.NA, "d": np.float64(0.5), "e": Path("x")})
    assert path.read_bytes() == '{\n "a": "村",\n "b": 1,\n "c": null,\n "d": 0.5,\n "e": "x"\n}\n'.encode()
    with pytest.raises(ValueError, match="JSON"):
        write_json(path, {"a": float("nan")})
    assert json.loads(path.read_text(encoding="utf-8"))["b"] == 1
