"""Problems to measure the engine on: invented street towns of any size, and real towns where ``AREAPLAN_DATA`` names them.

Every loader returns a list of (name, Problem): one for each unit that an area may not cross.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from areaplan.partition import Problem

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "base_areas",
    "chiayi_city",
    "chiayi_west",
    "data",
    "kinmen_jinhu",
    "liechtenstein",
    "metrics",
    "pieces",
    "providence",
    "street_town",
]

WEIGHTS = {"main": 0.6, "street": 1.0, "none": 5.0}


def data() -> Path:
    """Return the folder of real towns."""
    return Path(os.environ["AREAPLAN_DATA"])


def street_town(blocks: int, *, seed: int = 0, lower: int = 60, target: int = 80, upper: int = 100) -> Problem:
    """Invent a town of ``blocks`` blocks, about four to an area.

    A jittered grid of streets; every sixth is a main road, one border in ten follows nothing; blocks nearest to the centre are
    denser; a twentieth holds nobody.
    """
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(blocks * 1.35))) + 1
    grid = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0)), axis=-1)
    corner = (grid + rng.uniform(-0.3, 0.3, grid.shape)) * [110.0, 80.0]
    middle = (corner[:-1, :-1] + corner[1:, :-1] + corner[:-1, 1:] + corner[1:, 1:]) / 4
    away = np.hypot(*(middle - middle.reshape(-1, 2).mean(axis=0)).transpose(2, 0, 1))
    chosen = np.zeros(side * side, dtype=bool)
    chosen[np.argsort(away.ravel() + rng.uniform(0, 1, side * side), kind="stable")[:blocks]] = True
    place = np.where(chosen, np.cumsum(chosen) - 1, -1).reshape(side, side)
    rows, cols = np.nonzero(place >= 0)
    area, sides = _measured(corner, rows, cols)
    edges, shared, is_main = _streets(place, sides)
    hidden = rng.random(len(edges)) < 0.1
    weight = np.where(is_main, WEIGHTS["main"], np.where(hidden, WEIGHTS["none"], WEIGHTS["street"]))
    outer = sides.sum(axis=1)
    np.subtract.at(outer, edges.ravel(), np.repeat(shared, 2))
    density = 1.3 - 0.6 * away.ravel()[chosen] / away.ravel()[chosen].max()
    households = rng.gamma(4.0, 5.5 * density) * (rng.random(blocks) > 0.05)
    x, y = middle.reshape(-1, 2)[chosen].T
    return Problem(
        households=households.astype(int), area_m2=area, outer_m=np.maximum(outer, 0.0), edges=edges, shared_m=shared,
        cost=shared * weight, lower=lower, target=target, upper=upper, x=x, y=y,
    )  # fmt: skip


def _measured(corner: np.ndarray, rows: np.ndarray, cols: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ground of each block and the lengths of its four sides."""
    ring = [corner[rows, cols], corner[rows, cols + 1], corner[rows + 1, cols + 1], corner[rows + 1, cols]]
    ring = np.stack(ring, axis=1)
    after = np.roll(ring, -1, axis=1)
    area = abs((ring[..., 0] * after[..., 1] - ring[..., 1] * after[..., 0]).sum(axis=1)) / 2
    return area, np.hypot(*(after - ring).transpose(2, 0, 1))


def _streets(place: np.ndarray, sides: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the borders between chosen quads: pairs, lengths, and which lie on a main road."""
    pairs, length, main = [], [], []
    lines = np.arange(1, len(place))
    for this, other, edge, line in (
        (place[:, :-1], place[:, 1:], 1, np.broadcast_to(lines[None, :], place[:, 1:].shape)),
        (place[:-1], place[1:], 2, np.broadcast_to(lines[:, None], place[1:].shape)),
    ):
        both = (this >= 0) & (other >= 0)
        pairs.append(np.stack([this[both], other[both]], axis=1))
        length.append(sides[this[both], edge])
        main.append(line[both] % 6 == 0)
    return np.concatenate(pairs), np.concatenate(length), np.concatenate(main)


def base_areas(
    table: gpd.GeoDataFrame, unit: str, households: str, *, lower: int, target: int, upper: int
) -> list[tuple[str, Problem]]:
    """Make a problem of each unit of a layer of ready-made pieces; a part without enough people ferries to the nearest piece."""
    groups = table.groupby(unit, sort=True)
    return [
        (str(code), _problem(group.reset_index(drop=True), households, lower, target, upper)) for code, group in groups
    ]


def _read(file: Path, *, layer: str) -> gpd.GeoDataFrame:
    """Return a layer; what reads it is loaded here, so that an invented town is measured without it."""
    import geopandas

    return geopandas.read_file(file, layer=layer)


def _problem(table: gpd.GeoDataFrame, households: str, lower: int, target: int, upper: int) -> Problem:
    import shapely

    geometry = table.geometry.to_numpy()
    outline = shapely.boundary(geometry)
    left, right = shapely.STRtree(geometry).query(geometry, predicate="intersects")
    left, right = left[left < right], right[left < right]
    shared = shapely.length(shapely.intersection(outline[left], outline[right]))
    touch = shared > 0.01
    edges, shared = np.stack([left[touch], right[touch]], axis=1), shared[touch]
    outer = shapely.length(outline)
    np.subtract.at(outer, edges.ravel(), np.repeat(shared, 2))
    middle = shapely.centroid(geometry)
    p = Problem(
        households=table[households].fillna(0).astype(int), area_m2=shapely.area(geometry), outer_m=np.maximum(outer, 0.0),
        edges=edges, shared_m=shared, cost=shared, lower=lower, target=target, upper=upper, x=shapely.get_x(middle),
        y=shapely.get_y(middle),
    )  # fmt: skip
    return replace(p, ferry=_ferries(p, np.column_stack([shapely.get_x(middle), shapely.get_y(middle)])))


def _ferries(p: Problem, middle: np.ndarray) -> np.ndarray:
    """Join every part that cannot be shared out by itself to the piece nearest to it."""
    from areaplan.partition.graphs import graph_of, parts_of

    parts = parts_of(graph_of(p))
    enough = [part for part in parts if p.households[part].sum() >= p.lower] or [max(parts, key=len)]
    mainland = np.concatenate(enough)
    pairs = []
    for part in parts:
        if part[0] not in mainland:
            gap = np.hypot(*(middle[part][:, None] - middle[mainland][None]).transpose(2, 0, 1))
            i, j = np.unravel_index(np.argmin(gap), gap.shape)
            pairs.append((int(part[i]), int(mainland[j])))
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def kinmen_jinhu() -> list[tuple[str, Problem]]:
    """Return the 8 villages of Jinhu."""
    table = _read(data() / "ready_kinmen_jinhu" / "planner_input.gpkg", layer="blocks")
    return base_areas(table, "village_code", "households", lower=80, target=110, upper=140)


def chiayi_west() -> list[tuple[str, Problem]]:
    """Return the 45 villages of Chiayi's West district."""
    table = _read(data() / "ready_chiayi_west" / "planner_input.gpkg", layer="blocks")
    return base_areas(table, "village_code", "households", lower=90, target=125, upper=160)


def chiayi_city(*, lower: int = 150, target: int = 200, upper: int = 250) -> list[tuple[str, Problem]]:
    """Return the 84 villages of the city of Chiayi."""
    table = _read(data() / "taiwan_chiayi_city" / "zones.gpkg", layer="base_areas")
    return base_areas(table, "VILLCODE", "H_CNT", lower=lower, target=target, upper=upper)


def providence() -> list[tuple[str, Problem]]:
    """Return the blocks of Providence with persons as households; the target is the mean of the official block groups."""
    table = _read(data() / "us_providence_blocks" / "zones.gpkg", layer="blocks").assign(city="Providence")
    target = round(table["TOTPOP"].sum() / 154)
    lower, upper = int(np.ceil(target * 0.75)), int(target * 1.25)
    return base_areas(table, "city", "TOTPOP", lower=lower, target=target, upper=upper)


def liechtenstein(*, lower: int = 72, upper: int = 88) -> list[tuple[str, Problem]]:
    """Return the 11 municipalities of Liechtenstein, their cells cut from the map as a plan cuts them."""
    return [(code, replace(p, lower=lower, upper=upper)) for code, p in _cells_of_liechtenstein()]


@cache
def _cells_of_liechtenstein() -> list[tuple[str, Problem]]:
    from areaplan.cells import build_cells
    from areaplan.delineation import pose_villages
    from areaplan.files import read_territory
    from areaplan.households import estimate_households
    from areaplan.settings import read_settings
    from benchmarks.towns import RUNS, settings_text

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "areaplan.toml"
        file.write_text(settings_text(RUNS["liechtenstein 72–88"], data()), encoding="utf-8")
        settings = read_settings(file)
    territory = estimate_households(read_territory(settings), settings)
    return [(task.code, task.problem) for task in pose_villages(build_cells(territory, settings), settings)]


def metrics(p: Problem, labels: np.ndarray) -> dict[str, float]:
    """Measure a division: bounds, balance, border, shape. Works for any labels, also those of peers."""
    areas = int(labels.max()) + 1
    h = np.bincount(labels, weights=p.households, minlength=areas)
    m2 = np.bincount(labels, weights=p.area_m2, minlength=areas)
    a, b = labels[p.edges[:, 0]], labels[p.edges[:, 1]]
    cut = a != b
    outline = np.bincount(labels, weights=p.outer_m, minlength=areas)
    outline += np.bincount(a[cut], weights=p.shared_m[cut], minlength=areas)
    outline += np.bincount(b[cut], weights=p.shared_m[cut], minlength=areas)
    length = float(p.shared_m[cut].sum())
    hidden = p.cost >= 4.5 * p.shared_m
    return {
        "areas": areas,
        "pieces": pieces(p, labels),
        "out": int(((h < p.lower) | (h > p.upper)).sum()),
        "within5": float((abs(h / p.target - 1) <= 0.05 + 1e-9).mean()),
        "cv": float(h.std() / h.mean()) if h.mean() else 0.0,
        "border": length,
        "cost": float(p.cost[cut].sum()),
        "visible": 1.0 - float(p.shared_m[cut & hidden].sum()) / length if length else 1.0,
        "pp": float(np.median(4 * np.pi * m2 / np.maximum(outline, 1e-9) ** 2)),
    }


def pieces(p: Problem, labels: np.ndarray) -> int:
    """Return the number of connected pieces of all areas; as many as areas when none is split."""
    pairs = p.edges if p.ferry is None else np.concatenate([p.edges, p.ferry])
    same = labels[pairs[:, 0]] == labels[pairs[:, 1]]
    a, b = pairs[same].T
    return int(connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(p.cells, p.cells)), directed=False)[0])
