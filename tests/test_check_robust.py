"""Whatever a plan's tables hold, the judge speaks and does not fall."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from areaplan.certificate import make_certificate, verify_certificate
from areaplan.check import check_layer, check_plan
from areaplan.model import AreaPlan
from areaplan.schema import SCHEMA, conform
from defects import grid_town

FAR_AWAY = shapely.box(1e300, 1e300, 1.1e300, 1.1e300)

ODD = [
    None, shapely.Polygon(), shapely.Point(0, 0), shapely.LineString([(0, 0), (1, 1)]), shapely.box(0, 0, 1, 1),
    shapely.GeometryCollection([shapely.Point(0, 0), shapely.box(0, 0, 9, 9)]),
    shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), shapely.Polygon([(480000, 2800000), (480000, 2800000), (480000, 2800000)]),
    shapely.MultiPolygon([shapely.box(480000, 2800000, 480050, 2800050), shapely.box(480020, 2800020, 480070, 2800070)]),
    shapely.Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)]),
]  # fmt: skip


@lru_cache(maxsize=1)
def good() -> AreaPlan:
    return grid_town(0, columns=2, rows=2)


def _spoilt(table: gpd.GeoDataFrame, layer: str, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return the table with one value, one geometry or one row changed, or none left."""
    row = int(rng.integers(len(table)))
    match int(rng.integers(5)):
        case 0:
            shapes = list(table.geometry)
            shapes[row] = ODD[rng.integers(len(ODD))]
            return conform(
                gpd.GeoDataFrame(table.drop(columns="geometry"), geometry=gpd.GeoSeries(shapes, crs=table.crs)), layer
            )
        case 1:
            column = str(rng.choice(list(SCHEMA[layer])))
            kind = SCHEMA[layer][column]
            odd = {
                "text": [None, "", "=1+1", "\u202e", "350302101001001"],
                "integer": [pd.NA, 0, 10**6],
                "real": [np.nan, -1.0],
                "flag": [True],
            }[kind]
            values = list(table[column])
            values[row] = odd[int(rng.integers(len(odd)))]
            return conform(table.assign(**{column: pd.Series(values, dtype=table[column].dtype)}), layer)
        case 2:
            return conform(table.drop(index=row), layer)
        case 3:
            return conform(gpd.GeoDataFrame(pd.concat([table, table.iloc[[row]]]), crs=table.crs), layer)
        case _:
            return conform(
                table.iloc[:0] if rng.integers(8) == 0 else table.sample(frac=1, random_state=int(rng.integers(99))),
                layer,
            )


@given(st.integers(0, 100_000))
@settings(max_examples=120)
def test_never_falls(seed: int) -> None:
    """Spoil up to four values anywhere: there is a report, a certificate, and the certificate stands for that very plan."""
    rng, plan = np.random.default_rng(seed), good()
    for _ in range(int(rng.integers(1, 5))):
        match int(rng.integers(5)):
            case 0:
                plan = replace(plan, areas=_spoilt(plan.areas, "areas", rng)) if len(plan.areas) else plan
            case 1:
                table = plan.cells.table
                plan = (
                    replace(plan, cells=replace(plan.cells, table=_spoilt(table, "cells", rng))) if len(table) else plan
                )
            case 2:
                table = plan.cells.buildings
                plan = (
                    replace(plan, cells=replace(plan.cells, buildings=_spoilt(table, "buildings", rng)))
                    if len(table)
                    else plan
                )
            case 3:
                table = plan.territory.lines
                territory = (
                    replace(plan.territory, lines=_spoilt(table, "lines", rng)) if len(table) else plan.territory
                )
                plan = replace(plan, cells=replace(plan.cells, territory=territory))
            case _:
                table = plan.territory.villages
                territory = (
                    replace(plan.territory, villages=_spoilt(table, "villages", rng)) if len(table) else plan.territory
                )
                plan = replace(plan, cells=replace(plan.cells, territory=territory))
    report = check_plan(plan, previous=good(), inputs=good().territory)
    assert len(report.verdicts) == 24
    assert all(str(f.message) and f.subject for f in report.found)
    certificate = make_certificate(plan)
    assert verify_certificate(certificate, plan) == []


def test_a_page_is_drawn_whatever_shapes_a_plan_holds() -> None:
    """A village or an area that is no polygon is left out of the page; the page is made."""
    from areaplan.maps import review_page

    plan = good()
    for odd in ODD:
        for layer in ("villages", "areas"):
            table = plan.territory.villages if layer == "villages" else plan.areas
            shapes = gpd.GeoSeries([odd, *table.geometry[1:]], crs=table.crs)
            spoilt = table.set_geometry(shapes)
            if layer == "areas":
                other = replace(plan, areas=spoilt)
            else:
                other = replace(plan, cells=replace(plan.cells, territory=replace(plan.territory, villages=spoilt)))
            assert review_page(other, plan.findings).rstrip().endswith("</html>")


def test_a_broken_area_does_not_hide_how_far_the_others_reach() -> None:
    broken = shapely.Polygon([(0, 0), (np.nan, 1), (1, 1)])
    far = shapely.box(2_900_000, 0, 2_900_100, 100)
    layer = gpd.GeoDataFrame({"code": ["1", "2", "3"]}, geometry=[shapely.box(0, 0, 100, 100), broken, far], crs=4547)
    judgement = check_layer(layer, code="code")
    assert {f.subject for f in judgement.findings if f.rule == "R00"} == {"2"}


def test_a_building_at_no_place_on_earth_is_not_walked_to() -> None:
    plan = good()
    buildings = plan.cells.buildings.copy()
    buildings.loc[buildings["households"].idxmax(), "geometry"] = FAR_AWAY
    before, after = (
        {v.rule: v for v in check_plan(p).verdicts}["R15"]
        for p in (plan, replace(plan, cells=replace(plan.cells, buildings=buildings)))
    )
    assert after.checked == before.checked - 1
