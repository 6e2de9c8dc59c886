"""Cut the real towns into cells and print what came out: ``python benchmarks/cells.py [TOWN ...] [--jobs N] [--profile]``.

Needs ``AREAPLAN_DATA``. The loader here is small on purpose: the benchmark measures the cells, not the reading of files.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import resource
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from areaplan.cells import build_cells
from areaplan.model import Cells, Territory
from areaplan.schema import conform, empty_layer
from areaplan.settings import settings_from_text

TOWNS = ("ready_liechtenstein", "ready_kinmen_jinhu", "ready_chiayi_west")
SETTINGS = settings_from_text('[input.villages]\npath = "v.gpkg"')


def load(town: str) -> Territory:
    """Read a ready set without the files room."""
    path = Path(os.environ["AREAPLAN_DATA"]) / town / "planner_input.gpkg"
    villages = gpd.read_file(path, layer="villages").rename(
        columns={"code": "village_code", "households_est": "households"}
    )
    crs = villages.crs
    layers = {layer: empty_layer(layer, crs) for layer in ("lines", "buildings", "base_areas", "settlement", "parents")}
    if town == "ready_liechtenstein":
        layers["lines"] = _lines(path, villages)
        buildings = gpd.read_file(path, layer="buildings").explode(ignore_index=True)
        buildings["building_id"] = buildings["osm_way_id"].fillna(buildings["osm_id"]).astype(str)
        layers["buildings"] = conform(buildings.drop(columns="village_code"), "buildings")
    else:
        blocks = gpd.read_file(path, layer="blocks").rename(
            columns={"block_code": "base_code", "population": "persons"}
        )
        layers["base_areas"] = conform(blocks, "base_areas")
    return Territory(villages=conform(villages, "villages"), title=town, **layers)


def _lines(path: Path, villages: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    tables = []
    sources = (("streets", "street", "highway"), ("rail", "railway", "railway"), ("water_lines", "river", "waterway"))
    for layer, kind, column in sources:
        table = gpd.read_file(path, layer=layer)
        table["kind"], table["class"] = kind, table[column]
        for flag in ("tunnel", "bridge"):
            table[flag] = table[flag].notna() & (table[flag] != "no") if flag in table else False
        tables.append(table[["kind", "class", "name", "tunnel", "bridge", "geometry"]])
    lines = gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=villages.crs)
    around = villages.union_all().buffer(250)
    return conform(lines.clip(around, sort=True).explode(ignore_index=True), "lines")


def main() -> None:
    """Print one line of figures per town."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("towns", nargs="*", default=TOWNS)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    for town in args.towns:
        territory = load(town)
        profile = cProfile.Profile()
        wall, cpu = time.perf_counter(), time.process_time()
        if args.profile:
            profile.enable()
        cells = build_cells(territory, SETTINGS, jobs=args.jobs)
        profile.disable()
        seconds = f"{time.perf_counter() - wall:.2f} s, {time.process_time() - cpu:.2f} s of processor"
        print(town, seconds, report(cells), sep=", ")
        if args.profile:
            pstats.Stats(profile).sort_stats("tottime").print_stats(35)


def report(cells: Cells) -> str:
    """Return the figures of a cut town."""
    table, borders = cells.table, cells.borders
    seen = borders["kind"] != "none"
    share = borders.loc[seen, "length_m"].sum() / borders["length_m"].sum()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    vertices = np.sum(shapely.get_num_coordinates(table.geometry.to_numpy()))
    return (
        f"{cells!r}, {vertices} vertices, {share:.1%} of the inner border visible, "
        f"{len(cells.findings)} findings, peak {memory:.0f} MB"
    )


if __name__ == "__main__":
    main()
