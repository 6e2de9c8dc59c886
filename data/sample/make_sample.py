"""Make the invented town of 月港镇: ``python data/sample/make_sample.py [FOLDER]`` writes ``town.gpkg`` and ``村居户数表.xlsx``.

One seed; the same content every time. The place is off the coast, in open water; names, codes and counts are invented.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import drawing as town
import fabric
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import shapely
from numpy.random import Generator
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

SEED = 20100701
CRS = "EPSG:4549"
UNIT = 0.63
"""Metres of one drawing unit."""
ORIGIN = np.array([430_000.0, 2_677_000.0])
"""Where the drawing's origin lies in EPSG:4549: some 100 km off the nearest shore."""
WIDTH = {
    "国道": 22.0,
    "主干路": 16.0,
    "次干路": 11.0,
    "支路": 7.5,
    "乡道": 6.0,
    "村道": 4.5,
    "巷": 3.0,
    "小区路": 5.0,
    "机耕路": 2.6,
    "小路": 1.6,
}
INVENTED = "虚构数据，与任何真实地点无关 / invented data, no real place"
M2_PER_HOME = 120.0


@dataclass
class Town:
    """Hold what has been drawn so far, in drawing metres."""

    lines: dict[str, LineString]
    villages: list[Polygon]
    streets: list[dict[str, object]]
    buildings: list[dict[str, object]] = field(default_factory=list)

    def build(self, shapes: list[Polygon], levels: list[int], use: str, gap: float = 0.6, **more: object) -> None:
        """Add the buildings that keep clear of everything that stands already."""
        taken = [b["geometry"] for b in self.buildings]
        for k in fabric.clear_of(shapes, taken, gap):
            self.buildings.append({"用途": use, "层数": levels[k], "geometry": shapes[k], **more})


def at(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Turn drawing units into metres."""
    return [(x * UNIT, y * UNIT) for x, y in points]


def ground() -> Town:
    """Draw shores, borders, rivers, railway and the named streets, with shared vertices, and let the villages tile the town."""
    rng = np.random.default_rng(SEED)
    lines = {
        "coast": fabric.roughen(fabric.curve(at(town.COAST), 12), 2.2, rng),
        "inland": fabric.roughen(fabric.curve(at(town.INLAND), 25), 3.0, rng),
        "island": fabric.roughen(fabric.curve(at(town.ISLAND), 10), 2.0, rng),
        "exclave": fabric.curve(at(town.EXCLAVE), 20),
        "east": fabric.curve(at(town.EAST_BORDER), 20),
        "river": fabric.curve(at(town.RIVER), 20),
        "ditch": fabric.curve(at(town.DITCH), 20),
        "canal": fabric.curve(at(town.CANAL), 20),
        "railway": fabric.curve(at(town.RAILWAY), 30),
    }
    names = list(lines)
    courses = [fabric.curve(at(s.course)) for s in town.STREETS]
    reach = {"机耕路": 45, "小路": 20}
    firm = [c for c, s in zip(courses, town.STREETS, strict=True) if s.grade not in reach]
    seen = shapely.union_all([*lines.values(), *firm])
    courses = [
        fabric.drawn_up(c, seen, reach[s.grade]) if s.grade in reach else c
        for c, s in zip(courses, town.STREETS, strict=True)
    ]
    woven = fabric.weave([*lines.values(), *courses])
    lines = dict(zip(names, woven, strict=False))
    streets = [
        {"名称": s.name, "等级": s.grade, "geometry": g} for s, g in zip(town.STREETS, woven[len(names) :], strict=True)
    ]
    return Town(lines, tile(lines, streets), streets)


def tile(lines: dict[str, LineString], streets: list[dict[str, object]]) -> list[Polygon]:
    """Return the faces between the borders, one multipart polygon a village; neighbours share every vertex."""
    ring_road = next(s["geometry"] for s in streets if s["名称"] == "东环路")
    corner = Point(lines["east"].coords[0])
    north = fabric.substretch(ring_road, Point(ring_road.coords[0]), corner)
    borders = [lines[k] for k in ("coast", "inland", "island", "exclave", "east", "river", "ditch", "railway")]
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all([*borders, north])]))
    out = []
    for village in town.VILLAGES:
        own = [next(f for f in faces if f.contains(Point(p))) for p in at(village.inside)]
        out.append(shapely.union_all(own))
    if len(faces) != sum(len(v.inside) for v in town.VILLAGES):
        raise RuntimeError("the borders leave a piece without a village")
    return [shapely.transform(v, lambda p: np.round(p, fabric.MM)) for v in out]


def keep_out(t: Town) -> BaseGeometry:
    """Return where nothing is built: carriageways, water, track, and a strip along the village borders."""
    strips = [shapely.buffer(s["geometry"], WIDTH[s["等级"]] / 2 + 0.8) for s in t.streets]
    strips += [
        t.lines["river"].buffer(19),
        t.lines["ditch"].buffer(5),
        t.lines["canal"].buffer(5),
        t.lines["railway"].buffer(11),
    ]
    strips += [v.boundary.buffer(4.0) for v in t.villages]
    strips += [fabric.curve(at(w), 15).buffer(1.5) for _, w in town.WALLS]
    return shapely.union_all(strips)


def landmarks(t: Town) -> None:
    """Place the towers and the single buildings that are known by name."""
    for name, (x, y), homes, floors in town.TOWERS:
        plan = fabric.tower(x * UNIT, y * UNIT, homes / town.VILLAGES[0].occupied * M2_PER_HOME / floors, 38)
        t.build([plan], [floors], "住宅", 4, 名称=name, 单元=2)
    for m in town.LANDMARKS:
        shape = fabric.box(m.at[0] * UNIT, m.at[1] * UNIT, m.length, m.width, m.turn)
        t.build([shape], [m.levels], m.use, 3, 名称=m.name)


def arcade(t: Town, rng: Generator) -> None:
    """Build the two rows of shop-houses (骑楼) that share their side walls; a row stops where a side street opens."""
    name, start, end = town.ARCADE
    street = next(s["geometry"] for s in t.streets if s["名称"] == name)
    stretch = fabric.substretch(street, *(Point(p) for p in at([start, end])))
    closed = [s["geometry"].buffer(7) for s in t.streets if s["名称"] != name] + [b["geometry"] for b in t.buildings]
    for side in (1, -1):
        row = [h for h in fabric.terrace(stretch, side, rng, setback=WIDTH["次干路"] / 2 + 0.5) if h.is_valid]
        free = [h for h in row if not any(h.dwithin(c, 0.6) for c in closed)]
        t.buildings += [{"用途": "商住", "层数": int(rng.choice([2, 3, 3])), "geometry": h} for h in free]


def oddities(t: Town) -> None:
    """Build the house that stands across a village border; see the README for what else is hidden."""
    p = t.lines["east"].interpolate(0.42, normalized=True)
    t.build([fabric.box(p.x + 1.5, p.y, 13, 10.5, 24)], [3], "住宅")


def passage(t: Town) -> None:
    """Build the house that a lane runs through (过街楼), in place of what stands beside the lane there."""
    i = max(
        range(len(t.streets)),
        key=lambda k: t.streets[k]["geometry"].length if t.streets[k]["名称"] in town.LANE_NAMES else 0,
    )
    lane = t.streets[i]["geometry"]
    others = shapely.union_all([s["geometry"] for k, s in enumerate(t.streets) if k != i])
    a = max((lane.interpolate(s, normalized=True) for s in np.linspace(0.1, 0.9, 41)), key=others.distance)
    b = lane.interpolate(lane.project(a) + 3)
    turn = float(np.degrees(np.arctan2(b.y - a.y, b.x - a.x)))
    over = fabric.box(a.x, a.y, 9, 16, turn)
    t.buildings = [b for b in t.buildings if not over.dwithin(b["geometry"], 0.6)]
    t.buildings.append({"用途": "商住", "层数": 3, "名称": "过街楼", "geometry": over})


STYLE = {
    # style: largest block m², plot m², gap m, chance of a court, floors, chance that a plot is built on
    "old": (3600, 180, 0.45, 0.45, [1, 1, 1, 2, 2], 0.74),
    "ring": (6500, 205, 0.9, 0.1, [2, 2, 2, 3, 4], 0.52),
    "self-built": (6000, 190, 1.0, 0.0, [2, 2, 3, 3, 4], 0.58),
    "hamlet": (4200, 235, 1.2, 0.35, [1, 2, 2, 2, 3, 3, 4], 0.7),
    "harbour": (2800, 170, 0.7, 0.2, [1, 2, 2, 3, 3], 0.85),
}


def quarter(t: Town, q: town.Quarter, rng: Generator, names: list[str]) -> None:
    """Fill a quarter: lanes first, then plots, then houses."""
    taken = [Polygon(at(w)).buffer(3) for _, w in town.WALLS] if q.style != "estate" else []
    taken += [b["geometry"].buffer(2.5) for b in t.buildings if b["geometry"].dwithin(Point(at(q.outline)[0]), 1000)]
    site = shapely.difference(  # clockwise: the order of the streets, and so the sample, hang on it
        shapely.orient_polygons(Polygon(fabric.curve(at([*q.outline, q.outline[0]]), 25)), exterior_cw=True),
        shapely.union_all(taken),
    )
    inside = [s["geometry"] for s in t.streets if s["geometry"].intersects(site)]
    net = shapely.union_all([site.boundary, *inside])
    blocks = [b for b in shapely.get_parts(shapely.polygonize([net])) if site.contains(b.representative_point())]
    if q.style in ("estate", "walkup"):
        estate(t, q.style, blocks, rng)
        return
    largest, size, gap, court, floors, built = STYLE[q.style]
    small: list[Polygon] = []
    for block in blocks:
        parts, lanes = fabric.cut_lanes(block, rng, largest=largest)
        small += parts
        for lane in lanes:
            name = names.pop(0) if q.style == "old" and names and lane.length > 45 else None
            t.streets.append({"名称": name, "等级": "巷", "geometry": lane})
    streets = shapely.union_all([s["geometry"] for s in t.streets if s["geometry"].dwithin(site, 5)])
    for block in small:
        blind = fabric.dead_end(block, streets, rng) if block.area > 0.6 * largest and rng.random() < 0.4 else None
        if blind is not None:
            t.streets.append({"名称": None, "等级": "巷", "geometry": blind})
    out = shapely.intersection(keep_out(t), site.buffer(30))
    for block in small:
        for piece in shapely.get_parts(shapely.difference(block, out)):
            plots = fabric.parcels(piece, rng, size=size) if piece.geom_type == "Polygon" and piece.area > 60 else []
            shapes = [fabric.house(p, rng, gap=gap, court=court) for p in plots]
            shapes = [s for s in shapes if s is not None and s.area < 620 and rng.random() < built]
            t.build(shapes, [int(rng.choice(floors)) for _ in shapes], "住宅", min(gap, 0.6))


def estate(t: Town, style: str, blocks: list[Polygon], rng: Generator) -> None:
    """Lay out slab blocks in rows that face the sun; the gated one gets a wall with a gate."""
    for block in blocks:
        yard = shapely.difference(block.buffer(-6), keep_out(t).buffer(3))
        if yard.is_empty:
            continue
        length, depth, apart = (38, 12, 19) if style == "estate" else (34, 11, 15)
        shapes = fabric.slabs(
            yard, rng, length=length, depth=depth, apart=apart, degrees=-14 if style == "estate" else 9
        )
        floors = [6 if style == "estate" else int(rng.choice([5, 6, 6, 7])) for _ in shapes]
        t.build(shapes, floors, "住宅", 3, 单元=3 if style == "estate" else 2)


def countryside(t: Town, rng: Generator) -> None:
    """Scatter houses along the country roads, and a few sheds in the hamlets."""
    out = keep_out(t)
    for s in list(t.streets):
        if s["名称"] in town.ROADSIDE:
            row = fabric.roadside(
                s["geometry"], rng, setback=WIDTH[s["等级"]] / 2 + 2.5, chance=town.ROADSIDE[s["名称"]]
            )
            row = [h for h in row if not h.intersects(out) and any(v.contains(h) for v in t.villages)]
            t.build(row, [int(rng.choice([2, 2, 3, 3, 4])) for _ in row], "住宅", 3.0)
    homes = [b["geometry"] for b in t.buildings if b["用途"] == "住宅" and b["层数"] <= 3]
    for i in rng.choice(len(homes), 240, replace=False):
        p = homes[i].exterior.interpolate(rng.uniform(0, homes[i].length))
        shed = fabric.box(
            p.x + rng.uniform(-7, 7),
            p.y + rng.uniform(-7, 7),
            rng.uniform(3.2, 4.6),
            rng.uniform(2.6, 3.6),
            rng.uniform(0, 90),
        )
        if not shed.intersects(out) and any(v.contains(shed) for v in t.villages):
            t.build([shed], [1], "附属", 0.8)


def draw() -> Town:
    """Return the whole town, in drawing metres."""
    rng = np.random.default_rng(SEED + 1)
    t = ground()
    landmarks(t)
    oddities(t)
    arcade(t, rng)
    names = list(town.LANE_NAMES)
    for q in town.QUARTERS:
        quarter(t, q, rng, names)
    countryside(t, rng)
    passage(t)
    return t


def cut_streets(t: Town) -> list[dict[str, object]]:
    """Return the streets with junctions as vertices, the bridges and the underpass as pieces of their own."""
    woven = fabric.weave([s["geometry"] for s in t.streets])
    out = []
    for s, line in zip(t.streets, woven, strict=True):
        spans = [(line.project(p), 24.0, "桥梁") for p in crossings(line, t.lines["river"])]
        spans += [(line.project(p), 6.0, "桥梁") for w in ("ditch", "canal") for p in crossings(line, t.lines[w])]
        if s["名称"] == town.UNDERPASS:
            spans += [(line.project(p), 9.0, "隧道") for p in crossings(line, t.lines["railway"])]
        start = 0.0
        for where, half, kind in sorted(spans):
            out.append(_piece(s, line, start, where - half))
            out.append(_piece(s, line, where - half, where + half, **{kind: 1, "层": 1 if kind == "桥梁" else -1}))
            start = where + half
        out.append(_piece(s, line, start, line.length))
    return out


def crossings(line: LineString, other: LineString) -> list[Point]:
    """Return the points where two lines cross, not those where one ends on the other."""
    points = [p for p in shapely.get_parts(shapely.intersection(line, other)) if p.geom_type == "Point"]
    return [p for p in points if 5 < line.project(p) < line.length - 5]


def _piece(street: dict[str, object], line: LineString, start: float, end: float, **marks: int) -> dict[str, object]:
    part = fabric.substring(line, start, end)
    return {
        **street,
        "桥梁": 0,
        "隧道": 0,
        "层": 0,
        **marks,
        "geometry": shapely.transform(part, lambda p: np.round(p, 3)),
    }


def place(shape: BaseGeometry) -> BaseGeometry:
    """Move a shape from the drawing to its coordinates in EPSG:4549."""
    return shapely.transform(shape, lambda p: np.round(p + ORIGIN, fabric.MM))


def layer(rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    """Return rows as a layer, every shape in its place and starting at its least vertex."""
    table = gpd.GeoDataFrame(rows, crs=CRS)
    return table.set_geometry(gpd.GeoSeries([place(g) for g in table.geometry], crs=CRS)).reset_index(drop=True)


def layers(t: Town) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of ``town.gpkg``."""
    land = shapely.union_all(t.villages)
    water = [("river", "月溪"), ("ditch", "西沟"), ("canal", "溪头渠")]
    grades = {"river": "河流", "ditch": "沟渠", "canal": "沟渠"}
    order = sorted(t.buildings, key=lambda b: (-(b["geometry"].centroid.y // 60), b["geometry"].centroid.x))
    columns = ["编号", "名称", "用途", "层数", "单元"]
    buildings = layer([{**dict.fromkeys(columns), **b, "编号": f"F{i:05d}"} for i, b in enumerate(order, 1)])
    return {
        "villages": layer(
            [
                {"代码": v.code, "名称": v.name, "乡镇": town.TOWNSHIP, "备注": INVENTED, "geometry": g}
                for v, g in zip(town.VILLAGES, t.villages, strict=True)
            ]
        ),
        "streets": layer(cut_streets(t)),
        "rivers": layer([{"name": n, "class": grades[k], "geometry": _ashore(t.lines[k], land)} for k, n in water]),
        "railway": layer([{"name": "月港支线", "class": "铁路", "geometry": t.lines["railway"]}]),
        "walls": layer([{"name": n, "geometry": fabric.curve(at(w), 15)} for n, w in town.WALLS]),
        "buildings": buildings[[*columns, "geometry"]].astype({"单元": "Int64"}),
    }


def _ashore(line: LineString, land: BaseGeometry) -> LineString:
    """Cut off what runs into the sea; upstream a river goes on beyond the town."""
    sea_end = shapely.intersection(line, land)
    last = Point(max(shapely.get_parts(sea_end), key=lambda g: g.length).coords[-1])
    return fabric.substring(line, 0, line.project(last))


def register(tables: dict[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Return the register totals: homes by floor space, of which a share is lived in; 2.6 to 3.1 persons each."""
    homes = tables["buildings"].query("用途 in ('住宅', '商住') and geometry.area >= 20")
    inside = tables["villages"].sindex.query(homes.representative_point(), predicate="within")[1]
    space = (homes.area * homes["层数"]).groupby(inside).sum()
    share = pd.Series([v.occupied for v in town.VILLAGES])
    households = (space / M2_PER_HOME * share).round().astype(int)
    size = [2.62, 2.71, 3.05, 2.98, 3.11, 2.87]
    named = tables["villages"][["代码", "名称"]]
    return named.assign(户数=households, 人口=(households * size).round().astype(int))


def write_register(table: pd.DataFrame, path: Path) -> None:
    """Write the totals as a workbook; codes stay text."""
    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = datetime(2010, 7, 1)  # noqa: DTZ001 (a workbook knows no zones)
    book.properties.title, book.properties.creator = "月港镇村居户数表（虚构）", INVENTED
    sheet = book.active
    sheet.title = "户数表"
    for row in [list(table.columns), *table.to_numpy().tolist()]:
        sheet.append(row)
    for letter, width in zip("ABCD", (16, 26, 8, 8), strict=True):
        sheet.column_dimensions[letter].width = width
    book.create_sheet("说明").append([INVENTED])
    book.save(path)


def main(folder: Path) -> None:
    """Write the files into ``folder``."""
    tables = layers(draw())
    package = folder / "town.gpkg"
    package.unlink(missing_ok=True)
    for name, table in tables.items():
        table.to_file(package, layer=name, engine="pyogrio", DESCRIPTION=INVENTED, layer_metadata={"note": INVENTED})
    write_register(register(tables), folder / "村居户数表.xlsx")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
