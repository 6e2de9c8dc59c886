"""A large invented town for benchmarks: areas, streets and buildings in any number, the same every time."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from areaplan.delineation import assemble_plan
from areaplan.messages import msg
from areaplan.model import AreaPlan, Cells, Finding, Findings, Severity, Territory
from areaplan.schema import conform, empty_layer
from areaplan.settings import settings_from

CRS = "EPSG:4549"
EAST, NORTH = 480_000.0, 2_800_000.0
AREA_SIDE_M = 180.0
FIRST = "东西南北上下新旧前后大小清溪石桥林山龙凤"
LAST = "门头街湖埔厝坑亭洋店塘坂岭港尾墩"

__all__ = ["big_town", "some_findings"]


def big_town(areas: int = 1500, buildings: int = 50_000, villages: int = 12, seed: int = 7) -> AreaPlan:
    """Return a plan whose areas are crooked Voronoi cells, each border a street, a river, a railway or nothing."""
    rng = np.random.default_rng(seed)
    width = AREA_SIDE_M * np.sqrt(areas * 1.6)
    height = width / 1.6
    seeds = _even_points(areas, width, height, rng)
    faces, borders, sides = _crooked_faces(seeds, width, height, rng)
    village = _village_of(seeds, villages, width, height, rng)
    order = np.lexsort((np.arange(areas), village))
    codes = _codes(order, village)
    footprints, owner = _footprints(faces, buildings, rng)
    households = rng.integers(0, max(2, round(2 * 80 * areas / buildings)) + 1, len(owner))
    cells = _cells(faces, codes, village, np.bincount(owner, weights=households, minlength=areas).astype(int))
    lines = _lines(borders, rng)
    territory = _territory(
        cells, pd.concat([lines, _lanes(faces, 3 * areas - int((lines["kind"] != "none").sum()))]), village
    )
    table = pd.DataFrame({"cell_id": [f"c{c}" for c in codes[owner]], "village_code": [c[:-3] for c in codes[owner]]})
    built = gpd.GeoDataFrame(
        table.assign(building_id=[f"B{i:06d}" for i in range(len(owner))], households=households, levels=2.0),
        geometry=footprints,
        crs=CRS,
    )
    parts = _borders(lines, sides, codes)
    whole = Cells(
        territory=territory,
        table=cells,
        borders=conform(parts[parts["right_cell"].notna()], "cell_borders"),
        outer=conform(parts[parts["right_cell"].isna()], "outer_borders"),
        buildings=conform(built, "buildings"),
    )
    return assemble_plan(whole, pd.Series(dict(zip(cells["cell_id"], codes, strict=True))), _settings())


def some_findings(plan: AreaPlan, every: int = 9) -> Findings:
    """Return findings of all severities here and there, as the judge would place them."""
    out = []
    for i, row in enumerate(plan.areas.itertuples()):
        low, high = plan.settings.areas.min_households, plan.settings.areas.max_households
        if not low <= row.households <= high:
            text = msg(
                "area {code} has {n} households, outside {low}–{high}",
                code=row.ea_code,
                n=row.households,
                low=low,
                high=high,
            )
            out.append(
                Finding(
                    "R09",
                    Severity.ERROR,
                    row.ea_code,
                    text,
                    row.village_code,
                    float(row.households),
                    "households",
                    row.geometry,
                )
            )
        elif i % every == 0:
            text = msg("area {code} has a long thin part", code=row.ea_code)
            out.append(Finding("R16", Severity.NOTE, row.ea_code, text, row.village_code, 0.2, None, row.geometry))
    hidden = plan.boundaries[(plan.boundaries["kind"] == "none") & plan.boundaries["right_ea"].notna()]
    for row in hidden.itertuples():
        text = msg("{m} m of border follow nothing that can be seen", m=round(row.length_m))
        village = row.left_ea[:-3]
        out.append(Finding("R13", Severity.WARNING, village, text, village, row.length_m, "m", row.geometry))
    return Findings(tuple(out), plan.crs)


def _settings():
    return settings_from({"title": "莆阳镇（虚构）", "input": {"villages": {"path": "none.gpkg"}}})


def _even_points(n: int, width: float, height: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return points spread evenly but not regularly (a few rounds of Lloyd's algorithm)."""
    points = rng.random((n, 2)) * (width, height)
    frame = shapely.box(0, 0, width, height)
    for _ in range(3):
        cells = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame, ordered=True)
        points = shapely.get_coordinates(shapely.centroid(shapely.intersection(shapely.get_parts(cells), frame)))
    return points


def _crooked_faces(seeds, width, height, rng):
    """Return faces, their borders, and for each border the faces on its sides (-1 outside)."""
    frame = shapely.box(0, 0, width, height)
    cells = shapely.intersection(
        shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=frame, ordered=True)), frame
    )
    edges: dict[tuple, list[int]] = {}
    for i, cell in enumerate(cells):
        ring = np.round(shapely.get_coordinates(shapely.get_exterior_ring(cell)), 3)
        for a, b in pairwise(ring):
            if (a != b).any():
                edges.setdefault(tuple(sorted([tuple(a), tuple(b)])), []).append(i)
    lines = [_crooked(np.array(e), (width, height), rng) for e in edges]
    faces = shapely.get_parts(shapely.polygonize(lines))
    tree = shapely.STRtree(faces)
    of_seed, face = tree.query(shapely.points(seeds), predicate="within")
    assert len(faces) == len(seeds) == len(np.unique(face)), "a border crossed another"
    by_seed = faces[face[np.argsort(of_seed)]]
    sides = [(s[0], s[1] if len(s) > 1 else -1) for s in edges.values()]
    return by_seed, np.array(lines, dtype=object), sides


def _crooked(ends: NDArray[np.float64], size: tuple[float, float], rng: np.random.Generator):
    """Bend a border, but not on the outline of the town."""
    (x0, y0), (x1, y1) = ends
    length = float(np.hypot(x1 - x0, y1 - y0))
    if any(
        abs(a - w) < 0.01 and abs(b - w) < 0.01
        for a, b, w in ((x0, x1, 0), (x0, x1, size[0]), (y0, y1, 0), (y0, y1, size[1]))
    ):
        return shapely.LineString(ends)
    steps = max(2, round(length / 14))
    t = np.linspace(0, 1, steps + 1)
    bend = np.sin(np.pi * t) * length * rng.uniform(-0.07, 0.07) + np.sin(3 * np.pi * t) * length * 0.015
    normal = np.array([y0 - y1, x1 - x0]) / max(length, 1e-9)
    points = ends[0] + t[:, None] * (ends[1] - ends[0]) + bend[:, None] * normal
    points[0], points[-1] = ends
    return shapely.LineString(points)


def _village_of(seeds, villages, width, height, rng):
    centres = _even_points(villages, width, height, rng)
    return np.argmin(np.hypot(*(seeds[:, None] - centres[None]).transpose(2, 0, 1)), axis=1)


def _codes(order, village):
    codes = np.empty(len(order), dtype=object)
    number: dict[int, int] = {}
    for i in order:
        number[village[i]] = number.get(village[i], 0) + 1
        codes[i] = f"350302101{village[i] + 1:03d}{number[village[i]]:03d}"
    return codes


def _footprints(faces, buildings, rng):
    """Return rectangles and L-shapes inside the faces, and whose they are."""
    per_face = np.full(len(faces), buildings // len(faces))
    per_face[: buildings % len(faces)] += 1
    shapes, owner = [], []
    for i, face in enumerate(faces):
        core = face.buffer(-16)
        west, south, east, north = core.bounds
        turn, tries = rng.uniform(0, 90), 0
        wanted = per_face[i]
        while wanted and tries < 4000:
            tries += 1
            x, y = rng.uniform(west, east), rng.uniform(south, north)
            if not core.contains(shapely.Point(x, y)):
                continue
            w, h = rng.uniform(7, 16), rng.uniform(7, 12)
            outline = (
                [(0, 0), (w, 0), (w, h), (0, h)]
                if rng.random() < 0.7
                else [(0, 0), (w, 0), (w, h / 2), (w / 2, h / 2), (w / 2, h), (0, h)]
            )
            c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
            shapes.append(shapely.Polygon([(EAST + x + c * u - s * v, NORTH + y + s * u + c * v) for u, v in outline]))
            owner.append(i)
            wanted -= 1
    return shapes, np.array(owner)


def _shift(geometry):
    return shapely.transform(geometry, lambda xy: np.add(xy, (EAST, NORTH)))


def _cells(faces, codes, village, households):
    rows = gpd.GeoDataFrame(
        {
            "cell_id": [f"c{c}" for c in codes],
            "village_code": [f"350302101{v + 1:03d}" for v in village],
            "households": households,
        },
        geometry=_shift(faces),
        crs=CRS,
    )
    return conform(rows, "cells")


def _lines(borders, rng):
    kinds = rng.choice(
        ["street", "street", "street", "street", "street", "street", "street", "none"], len(borders)
    ).astype(object)
    middle = shapely.get_coordinates(shapely.centroid(borders))
    size = middle.max(axis=0)
    bank = 0.45 * size[1] + 0.12 * size[1] * np.sin(middle[:, 0] / size[0] * 6)
    kinds[np.abs(middle[:, 1] - bank) < 55] = "river"
    kinds[np.abs(middle[:, 0] - 0.62 * size[0] - 0.15 * middle[:, 1]) < 50] = "railway"
    classes = np.where(
        kinds == "street",
        rng.choice(["primary", "residential", "residential", "residential", "footway"], len(borders)),
        kinds,
    )
    names = [
        {"river": "木兰溪", "railway": "福厦铁路"}.get(
            k, rng.choice(list(FIRST)) + rng.choice(list(LAST)) + rng.choice(["路", "街", "巷"])
        )
        for k in kinds
    ]
    rows = gpd.GeoDataFrame({"kind": kinds, "class": classes, "name": names}, geometry=_shift(borders), crs=CRS)
    rows["tunnel"] = rows["bridge"] = False
    return conform(rows, "lines")


def _lanes(faces, count: int):
    """Return dead ends inside the first areas, so that there are as many streets as asked."""
    rows = []
    for i, face in enumerate(faces[: max(count, 0)]):
        ring = shapely.get_coordinates(shapely.get_exterior_ring(face))
        middle = shapely.get_coordinates(shapely.centroid(face))[0]
        inside = shapely.LineString([ring[0], (ring[0] + middle) / 2 + (3, -2), middle])
        rows.append(
            {
                "kind": "street",
                "class": "residential",
                "name": f"{FIRST[i % len(FIRST)]}里{i}弄",
                "geometry": _shift(inside),
            }
        )
    lanes = gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)
    lanes["tunnel"] = lanes["bridge"] = False
    return conform(lanes, "lines")


def _territory(cells, lines, village):
    outlines = cells.dissolve("village_code", as_index=False)
    names = [
        FIRST[i % len(FIRST)] + LAST[(i * 5 + 2) % len(LAST)] + ("村" if i % 3 else "社区")
        for i in range(len(outlines))
    ]
    sums = cells.groupby("village_code")["households"].sum()
    villages = gpd.GeoDataFrame(
        {"village_code": outlines["village_code"], "name": names, "households": sums.to_numpy()},
        geometry=outlines.geometry,
        crs=CRS,
    )
    return Territory(
        villages=conform(villages, "villages"),
        lines=lines[lines["kind"] != "none"].reset_index(drop=True),
        buildings=empty_layer("buildings", CRS),
        base_areas=empty_layer("base_areas", CRS),
        settlement=empty_layer("settlement", CRS),
        parents=empty_layer("parents", CRS),
        title="莆阳镇（虚构）",
        estimated=True,
    )


def _borders(lines, sides, codes):
    rows = lines.rename(columns={"name": "feature_name"})[["kind", "class", "feature_name", "geometry"]].copy()
    hidden = rows["kind"] == "none"
    rows.loc[hidden, ["class", "feature_name"]] = None
    rows["length_m"] = rows.geometry.length
    rows["cost"] = rows["length_m"]
    village = [c[:-3] for c in codes]
    out = []
    for row, (a, b) in zip(rows.to_dict("records"), sides, strict=True):
        if b >= 0 and village[a] == village[b]:
            out.append(row | {"left_cell": f"c{codes[a]}", "right_cell": f"c{codes[b]}"})
            continue
        out += [row | {"left_cell": f"c{codes[side]}", "right_cell": None} for side in (a, b) if side >= 0]
    return gpd.GeoDataFrame(out, geometry="geometry", crs=CRS)
