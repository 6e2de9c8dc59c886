"""Maps as contractors return them: seeded changes, digitising noise everywhere, and the formats that offices see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.model import AreaPlan
from areaplan.review.returned import Comparison, Difference

__all__ = ["FORMS", "KINDS", "Score", "Seed", "Town", "score", "seeded", "write_return"]

KINDS = ("border", "border", "border", "joined", "divided", "missing", "name", "code", "households")
NOISE_M = 0.2


@dataclass(frozen=True)
class Seed:
    """Hold a change that was made: its kind, the areas, where, and how far a border moved."""

    kind: str
    areas: frozenset[str]
    place: BaseGeometry
    metres: float = 0.0


class Town:
    """A plan's areas under change; areas near a change are not changed again, so that every change can be told apart."""

    def __init__(self, plan: AreaPlan, rng: np.random.Generator) -> None:
        self.rng = rng
        self.shape = dict(zip(plan.areas["ea_code"], plan.areas.geometry, strict=True))
        self.row = {c: {"code": c, "name": n, "hh": int(h)} for c, n, h in
                    zip(plan.areas["ea_code"], plan.areas["name"], plan.areas["households"], strict=True)}  # fmt: skip
        b = plan.boundaries[plan.boundaries["right_ea"].notna()]
        self.beside: dict[str, set[str]] = {c: set() for c in self.shape}
        for a, c in zip(b["left_ea"], b["right_ea"], strict=True):
            self.beside[a].add(c)
            self.beside[c].add(a)
        self.common = b.groupby(["left_ea", "right_ea"])["geometry"].agg(
            lambda g: shapely.line_merge(shapely.union_all(g.to_numpy()))
        )
        self.free = sorted(self.shape)
        self.crs = plan.crs

    def take(self, *codes: str) -> None:
        """Let nothing else happen to these areas and their neighbours."""
        near = set(codes).union(*(self.beside[c] for c in codes))
        self.free = [c for c in self.free if c not in near]

    def pick(self) -> str | None:
        """Return a free area by lot."""
        return str(self.rng.choice(self.free)) if self.free else None

    def pick_pair(self) -> tuple[str, str] | None:
        """Return two free neighbours by lot."""
        pairs = [(a, b) for a, b in self.common.index if a in self.free and b in self.free]
        return pairs[int(self.rng.integers(len(pairs)))] if pairs else None


def seeded(plan: AreaPlan, count: int, seed: int) -> tuple[gpd.GeoDataFrame, list[Seed]]:
    """Return a plan's areas with up to ``count`` changes, without noise yet, and the changes."""
    rng = np.random.default_rng(seed)
    town, seeds = Town(plan, rng), list[Seed]()
    tries = 0
    while len(seeds) < count and tries < 20 * count and town.free:
        tries += 1
        made = _MAKERS[KINDS[int(rng.integers(len(KINDS)))]](town)
        if made is not None:
            seeds.append(made)
    rows = [{**town.row[c], "geometry": s} for c, s in sorted(town.shape.items())]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=town.crs), seeds


def _border(town: Town) -> Seed | None:
    pair = town.pick_pair()
    if pair is None:
        return None
    parts = [p for p in shapely.get_parts(town.common[pair]) if p.length > 40]
    if not parts:
        return None
    line = max(parts, key=lambda p: p.length)
    metres = float(town.rng.choice([town.rng.uniform(1, 3), town.rng.uniform(3, 50)]))
    begin = float(town.rng.uniform(0, line.length - 30))
    end = min(line.length, begin + float(town.rng.uniform(30, 200)))
    stretch = shapely.ops.substring(line, begin, end)
    side = float(town.rng.choice([-1, 1]))
    strip = shapely.buffer(stretch, side * metres, single_sided=True)
    for giver, taker in (pair, pair[::-1]):
        ground = shapely.intersection(strip, town.shape[giver])
        left, more = shapely.difference(town.shape[giver], ground), shapely.union(town.shape[taker], ground)
        whole = ground.geom_type == left.geom_type == more.geom_type == "Polygon" and left.is_valid and more.is_valid
        if whole and ground.area > 20 * metres and left.area > 0.4 * town.shape[giver].area and not left.interiors:
            town.shape[giver], town.shape[taker] = left, more
            town.take(*pair)
            return Seed("border", frozenset(pair), ground, metres)
    return None


def _joined(town: Town) -> Seed | None:
    pair = town.pick_pair()
    if pair is None:
        return None
    a, b = pair
    place = shapely.union(town.shape[a], town.shape[b])
    town.take(a, b)
    town.shape[a] = place
    del town.shape[b]
    if town.rng.random() < 0.5:
        town.row[a] = {**town.row[a], "code": a[:-3] + str(int(town.rng.integers(700, 899)))}
    return Seed("joined", frozenset(pair), place)


def _divided(town: Town) -> Seed | None:
    code = town.pick()
    if code is None:
        return None
    shape = town.shape[code]
    x, y = shape.representative_point().coords[0]
    angle, far = float(town.rng.uniform(0, np.pi)), shape.length
    step = np.array([np.cos(angle), np.sin(angle)]) * far
    knife = shapely.LineString([(x - step[0], y - step[1]), (x + step[0], y + step[1])])
    parts = list(shapely.ops.split(shape, knife).geoms) if shape.geom_type == "Polygon" else []
    if len(parts) != 2 or min(p.area for p in parts) < 0.1 * shape.area:
        return None
    fresh = f"{code[:-3]}{int(town.rng.integers(700, 899))}"
    if fresh in town.row:
        return None
    town.take(code)
    town.shape[code], town.shape[fresh] = parts
    town.row[fresh] = {"code": fresh, "name": f"新{fresh[-3:]}", "hh": 1}
    if town.rng.random() < 0.5:
        town.row[code] = {**town.row[code], "code": f"{code[:-3]}{int(town.rng.integers(600, 699))}"}
    return Seed("divided", frozenset({code}), shape)


def _missing(town: Town) -> Seed | None:
    code = town.pick()
    if code is None:
        return None
    town.take(code)
    return Seed("missing", frozenset({code}), town.shape.pop(code))


def _value(kind: str) -> Callable[[Town], Seed | None]:
    def make(town: Town) -> Seed | None:
        code = town.pick()
        if code is None:
            return None
        town.take(code)
        row = dict(town.row[code])
        if kind == "name":
            row["name"] = f"{row['name']}改"
        elif kind == "households":
            row["hh"] = int(row["hh"]) + int(town.rng.integers(1, 30))
        else:
            at = int(town.rng.integers(len(code) - 3))
            row["code"] = str(
                town.rng.choice([code[:at] + "O" + code[at + 1 :], code + "9", code[:-1] + "x", "", code[:-3] + "999"])
            )
        town.row[code] = row
        return Seed(kind, frozenset({code}), town.shape[code])

    return make


_MAKERS: dict[str, Callable[[Town], Seed | None]] = {
    "border": _border, "joined": _joined, "divided": _divided, "missing": _missing,
    "name": _value("name"), "code": _value("code"), "households": _value("households"),
}  # fmt: skip


def noisy(table: gpd.GeoDataFrame, rng: np.random.Generator, *, apart: bool, gauss: bool = False) -> gpd.GeoDataFrame:
    """Move every vertex by up to 0.2 m (with ``gauss`` by 0.2 m in the mean square on either axis), neighbours alike or each on its own."""
    moves: dict[tuple[float, float], tuple[float, float]] = {}

    def moved(xy: np.ndarray) -> np.ndarray:
        angle, reach = rng.uniform(0, 2 * np.pi, len(xy)), NOISE_M * np.sqrt(rng.random(len(xy)))
        step = (
            rng.normal(0, NOISE_M, (len(xy), 2))
            if gauss
            else np.column_stack([np.cos(angle), np.sin(angle)]) * reach[:, None]
        )
        fresh = xy + step
        if not apart:
            for old, new in zip(map(tuple, xy.tolist()), map(tuple, fresh.tolist()), strict=True):
                moves.setdefault(old, new)
            fresh = np.array([moves[p] for p in map(tuple, xy.tolist())])
        return fresh

    def polygon(part: BaseGeometry) -> BaseGeometry:
        rings = []
        for ring in shapely.get_rings(part):
            xy = moved(shapely.get_coordinates(ring)[:-1])
            rings.append(np.vstack([xy, xy[:1]]))
        return shapely.Polygon(rings[0], rings[1:])

    shapes = [
        shapely.MultiPolygon([polygon(p) for p in shapely.get_parts(g)])
        if g.geom_type == "MultiPolygon"
        else polygon(g)
        for g in table.geometry
    ]
    return table.set_geometry(gpd.GeoSeries(shapes, crs=table.crs))


def _spaced(table: gpd.GeoDataFrame, names: dict[str, str]) -> gpd.GeoDataFrame:
    out = table.rename(columns=names)
    out[names["code"]] = [f" {c[:6]} {c[6:]} " if c else "" for c in table["code"]]
    return out


def _gbk(table: gpd.GeoDataFrame, path: Path) -> Path:
    """Write a Shapefile in GBK with Chinese column names, no .cpg, no .prj."""
    place = path / "return.shp"
    out = _spaced(table, {"code": "小区代码", "name": "小区名称", "hh": "户数"}).assign(备注="x")
    pyogrio.write_dataframe(
        out, place, driver="ESRI Shapefile", encoding="GBK", geometry_type="MultiPolygon", promote_to_multi=True
    )
    for suffix in (".cpg", ".prj"):
        place.with_suffix(suffix).unlink(missing_ok=True)
    return place


def _degrees(table: gpd.GeoDataFrame, path: Path) -> Path:
    place = path / "return.geojson"
    pyogrio.write_dataframe(table.to_crs(4326), place, driver="GeoJSON", COORDINATE_PRECISION=9)
    return place


def _other_zone(table: gpd.GeoDataFrame, path: Path) -> Path:
    place = path / "return.gpkg"
    zone = table.estimate_utm_crs()
    pyogrio.write_dataframe(
        _spaced(table, {"code": "xqdm", "name": "xqmc", "hh": "hs"}).to_crs(zone), place, driver="GPKG"
    )
    return place


def _database(table: gpd.GeoDataFrame, path: Path) -> Path:
    place = path / "return.gdb"
    pyogrio.write_dataframe(
        table, place, layer="areas", driver="OpenFileGDB", geometry_type="MultiPolygon", promote_to_multi=True
    )
    return place


def _city_grid(table: gpd.GeoDataFrame, path: Path) -> Path:
    """Write a grid of its own, turned by 0.6°, 12 ppm larger, without a CRS."""
    place, turn = path / "grid.gpkg", np.radians(0.6)
    west, south, _, _ = table.total_bounds
    matrix = 1.000012 * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    shapes = shapely.transform(table.geometry.to_numpy(), lambda xy: (xy - [west, south]) @ matrix + [50_000, 20_000])
    out = gpd.GeoDataFrame(pd.DataFrame(table.drop(columns="geometry")), geometry=list(shapes))
    pyogrio.write_dataframe(out, place, driver="GPKG")
    return place


FORMS: dict[str, Callable[[gpd.GeoDataFrame, Path], Path]] = {
    "shapefile in GBK, no .prj": _gbk, "degrees": _degrees, "another zone": _other_zone, "file geodatabase": _database, "city grid": _city_grid,
}  # fmt: skip


def write_return(table: gpd.GeoDataFrame, folder: Path, form: str) -> Path:
    """Write a returned map in one of the forms."""
    folder.mkdir(parents=True, exist_ok=True)
    return FORMS[form](table, folder)


@dataclass(frozen=True)
class Score:
    """Hold what a comparison made of the seeds: found, overlooked, and reports that no seed explains."""

    found: tuple[Seed, ...]
    overlooked: tuple[Seed, ...]
    unexplained: tuple[Difference, ...]


def score(comparison: Comparison, seeds: list[Seed]) -> Score:
    """Match reports with seeds: the same kind, the same areas, and a place that meets the seed's."""
    left = list(comparison.differences)
    found, overlooked = [], []
    for seed in seeds:
        hits = [d for d in left if _explains(seed, d)]
        (found if hits else overlooked).append(seed)
        left = [d for d in left if not any(d is h for h in hits)]
    return Score(tuple(found), tuple(overlooked), tuple(left))


def _explains(seed: Seed, d: Difference) -> bool:
    if d.kind != seed.kind or set(d.areas) != set(seed.areas) or d.place is None:
        return False
    middle = shapely.point_on_surface(d.place)
    return bool(shapely.dwithin(middle, seed.place, 1.0) or shapely.dwithin(d.place.centroid, seed.place, 1.0))
