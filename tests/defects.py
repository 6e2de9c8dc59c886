"""Plant one fault of each kind in a good plan, and say which rules must raise it.

A *defect* is a function from a good plan and a seed to a broken plan, with the set of rules that must speak (errors and warnings; notes aside) and
the place where. The good plan is :func:`grid_town`, made here: villages side by side, each a grid of cells with bent borders, streets along
every border between areas.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.check import Evidence, Report, check_plan
from areaplan.codes import map_order
from areaplan.delineation import assemble_plan
from areaplan.model import AreaPlan, Cells, Territory
from areaplan.schema import conform, empty_layer
from toys import toy_settings

__all__ = ["DEFECTS", "Defect", "Planted", "grid_town"]

CRS = "EPSG:4549"
SIZE = 60.0  # metres, side of a cell


def grid_town(
    seed: int = 0, *, villages: int = 2, columns: int = 3, rows: int = 3, east: float = 480_000.0
) -> AreaPlan:
    """Return a good plan: ``villages`` side by side, each ``columns`` x ``rows`` areas of 2 x 1 cells, with bent borders and one building a cell.

    ::

        +--+--+--+--+--+--+
        | 001 | 002 | 003 |     one village; borders between areas are streets
        +--+--+--+--+--+--+
        | 004 | 005 | 006 |
        +--+--+--+--+--+--+
    """
    rng = np.random.default_rng(seed)
    wide = 2 * columns * villages
    nodes = np.stack(np.meshgrid(np.arange(wide + 1) * SIZE, np.arange(rows + 1) * SIZE, indexing="xy"), axis=-1)
    nodes = nodes + rng.uniform(-9, 9, nodes.shape) + (east, 2_800_000.0)
    across = _bent(nodes[:, :-1], nodes[:, 1:], rng)  # [row line][column]
    along = _bent(nodes[:-1], nodes[1:], rng)  # [row][column line]
    cells, lines, buildings = [], [], []
    for c in range(wide):
        for r in range(rows):
            code = f"35030210100{c // (2 * columns) + 1}"
            ring = [*across[r][c], *along[r][c + 1][1:], *across[r + 1][c][::-1][1:], *along[r][c][::-1][1:]]
            number = len(cells) + 1
            cells.append({"cell_id": f"{code}-{number:05d}", "village_code": code, "households": 20 + int(rng.integers(0, 3)),
                          "geometry": shapely.Polygon(ring), "area": (c // 2, rows - 1 - r)})  # fmt: skip
            buildings.append(_building(cells[-1], number))
            lines += (
                [across[r][c], across[r + 1][c], along[r][c], along[r][c + 1]]
                if c % 2 == 0
                else [across[r][c], across[r + 1][c], along[r][c + 1]]
            )
            if c % 2 == 0:
                lines.remove(along[r][c]) if c == 0 else None
    return _plan(cells, buildings, lines)


def _bent(tails: np.ndarray, heads: np.ndarray, rng: np.random.Generator) -> list[list[list[tuple[float, float]]]]:
    """Bend every edge at two points, on whole millimetres."""
    t = np.array([1 / 3, 2 / 3])[:, None]
    middle = tails[:, :, None] * (1 - t) + heads[:, :, None] * t + rng.uniform(-2, 2, (*tails.shape[:2], 2, 2))
    every = np.round(np.concatenate([tails[:, :, None], middle, heads[:, :, None]], axis=2), 3)
    return [[[(float(x), float(y)) for x, y in edge] for edge in row] for row in every]


def _building(cell: dict[str, Any], number: int) -> dict[str, Any]:
    x, y = shapely.get_coordinates(shapely.centroid(cell["geometry"]))[0]
    shape = shapely.box(x - 8, y - 8, x + 8, y + 8)
    return {"building_id": f"B{number:05d}", "cell_id": cell["cell_id"], "village_code": cell["village_code"],
            "households": cell["households"], "geometry": shape}  # fmt: skip


def _frame(layer: str, rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return conform(gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS), layer)


def _plan(
    cells: list[dict[str, Any]], buildings: list[dict[str, Any]], lines: list[list[tuple[float, float]]]
) -> AreaPlan:
    table = pd.DataFrame(cells)
    villages = [
        {"village_code": code, "name": f"村{code[-1]}", "households": int(rows["households"].sum()),
         "geometry": shapely.coverage_union_all(rows["geometry"].to_numpy())}
        for code, rows in table.groupby("village_code")
    ]  # fmt: skip
    territory = Territory(
        villages=_frame("villages", villages),
        lines=_frame("lines", [{"kind": "street", "class": "residential", "tunnel": False, "bridge": False, "geometry": shapely.LineString(x)} for x in lines]),
        buildings=_frame("buildings", buildings),
        base_areas=empty_layer("base_areas", CRS),
        settlement=empty_layer("settlement", CRS),
        parents=empty_layer("parents", CRS),
        title="Grid town",
    )  # fmt: skip
    whole = Cells(
        territory,
        _frame("cells", cells),
        empty_layer("cell_borders", CRS),
        empty_layer("outer_borders", CRS),
        _frame("buildings", buildings),
    )
    return assemble_plan(whole, pd.Series(_codes(table)), toy_settings(min_households=15, max_households=70))


def _codes(table: pd.DataFrame) -> dict[str, str]:
    """Give the areas of each village their codes in map order."""
    codes: dict[str, str] = {}
    for village, rows in table.groupby("village_code"):
        groups = rows.groupby("area")
        keys = list(groups.groups)
        points = np.array([
            shapely.get_coordinates(shapely.point_on_surface(shapely.normalize(shapely.coverage_union_all(groups.get_group(k)["geometry"].to_numpy()))))[0]
            for k in keys
        ])  # fmt: skip
        for number, i in enumerate(map_order(points), 1):
            codes |= dict.fromkeys(groups.get_group(keys[i])["cell_id"], f"{village}{number:03d}")
    return codes


@dataclass(frozen=True)
class Planted:
    """Hold a broken plan, where the fault is (within two metres of it), and what it is a fault against: the plan before, the originals, other papers."""

    plan: AreaPlan
    place: BaseGeometry | None = None
    previous: AreaPlan | None = None
    inputs: Territory | None = None
    evidence: Evidence | None = None

    def judged(self) -> Report:
        """Return what the judge says of it."""
        return check_plan(self.plan, previous=self.previous, inputs=self.inputs, evidence=self.evidence)


@dataclass(frozen=True)
class Defect:
    """Name a kind of fault, the rules it must raise, and how it is planted."""

    name: str
    rules: frozenset[str]
    plant: Callable[[AreaPlan, np.random.Generator], Planted]


DEFECTS: list[Defect] = []


def _defect(
    name: str, *rules: str
) -> Callable[[Callable[[AreaPlan, np.random.Generator], Planted]], Callable[[AreaPlan, np.random.Generator], Planted]]:
    def register(
        plant: Callable[[AreaPlan, np.random.Generator], Planted],
    ) -> Callable[[AreaPlan, np.random.Generator], Planted]:
        DEFECTS.append(Defect(name, frozenset(rules), plant))
        return plant

    return register


# --- helpers -----------------------------------------------------------------------------------------------------------------------


def _areas(plan: AreaPlan, areas: gpd.GeoDataFrame) -> AreaPlan:
    return replace(plan, areas=areas.reset_index(drop=True))


def _cells(plan: AreaPlan, table: gpd.GeoDataFrame) -> AreaPlan:
    return replace(plan, cells=replace(plan.cells, table=table.reset_index(drop=True)))


def _buildings(plan: AreaPlan, table: gpd.GeoDataFrame) -> AreaPlan:
    return replace(plan, cells=replace(plan.cells, buildings=table.reset_index(drop=True)))


def _villages(plan: AreaPlan, table: gpd.GeoDataFrame) -> AreaPlan:
    territory = replace(plan.territory, villages=table.reset_index(drop=True))
    return replace(plan, cells=replace(plan.cells, territory=territory))


def _with(table: gpd.GeoDataFrame, row: int, **values: object) -> gpd.GeoDataFrame:
    new = table.copy()
    for column, value in values.items():
        changed = list(new[column])
        changed[row] = value
        new[column] = (
            gpd.GeoSeries(changed, crs=new.crs) if column == "geometry" else pd.Series(changed, dtype=new[column].dtype)
        )
    return new


def _any_area(plan: AreaPlan, rng: np.random.Generator) -> int:
    """Return an area of one piece."""
    rows = np.flatnonzero(plan.areas.geom_type == "Polygon")
    return int(rows[rng.integers(len(rows))])


def _any_pair(plan: AreaPlan, rng: np.random.Generator) -> tuple[int, int]:
    """Return an area and a neighbour of its own village, both of one piece."""
    while True:
        row = _any_area(plan, rng)
        other = _neighbour(plan, row)
        if other is not None:
            return row, other


def _inner_area(plan: AreaPlan) -> int:
    """Return the area in the middle of the first village: it touches no village border."""
    pieces = enumerate(plan.areas.geom_type)
    return next(
        i for i, kind in pieces if kind == "Polygon" and not _on_rim(plan, i) and _neighbour(plan, i) is not None
    )


def _on_rim(plan: AreaPlan, row: int) -> bool:
    village = plan.territory.villages.set_index("village_code").geometry[plan.areas["village_code"].iloc[row]]
    return bool(shapely.length(shapely.intersection(plan.areas.geometry.iloc[row], village.boundary)) > 0)


def _shape(plan: AreaPlan, row: int) -> BaseGeometry:
    return plan.areas.geometry.iloc[row]


def _reshaped(plan: AreaPlan, row: int, shape: BaseGeometry | None) -> AreaPlan:
    return _areas(plan, _with(plan.areas, row, geometry=shape))


def _edge_strip(shape: shapely.Polygon, other: shapely.Polygon, width: float) -> BaseGeometry:
    """Return a strip of ``width`` on either side of the middle of the border two areas share."""
    line = shapely.get_parts(shapely.line_merge(shapely.intersection(shape.boundary, other.boundary)))[0]
    middle = shapely.line_interpolate_point(line, 0.5, normalized=True)
    return _largest(
        shapely.intersection(
            shapely.buffer(line, width, cap_style="flat", join_style="mitre"), shapely.buffer(middle, 12)
        )
    )


def _neighbour(plan: AreaPlan, row: int, *, same_village: bool = True) -> int | None:
    shapes = plan.areas.geometry
    for other in range(len(shapes)):
        same = plan.areas["village_code"].iloc[other] == plan.areas["village_code"].iloc[row]
        if (
            other != row
            and same == same_village
            and shapes.iloc[other].geom_type == "Polygon"
            and shapely.length(shapely.intersection(shapes.iloc[row], shapes.iloc[other])) > 10
        ):
            return other
    return None


# --- ground ------------------------------------------------------------------------------------------------------------------------


@_defect("area missing", "R01", "R08")
def _missing(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = _any_area(plan, rng)
    return Planted(_areas(plan, plan.areas.drop(index=row)), _shape(plan, row))


@_defect("area without geometry", "R00", "R01")
def _none(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = _any_area(plan, rng)
    return Planted(_reshaped(plan, row, None), _shape(plan, row))


@_defect("area empty", "R00", "R01")
def _empty(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = _any_area(plan, rng)
    return Planted(_reshaped(plan, row, shapely.Polygon()), _shape(plan, row))


@_defect("line instead of polygon", "R00", "R01")
def _line(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = _any_area(plan, rng)
    return Planted(_reshaped(plan, row, shapely.LineString(_shape(plan, row).exterior.coords)), _shape(plan, row))


def _gap_of(width: float) -> Callable[[AreaPlan, np.random.Generator], Planted]:
    def plant(plan: AreaPlan, rng: np.random.Generator) -> Planted:
        row, other = _any_pair(plan, rng)
        strip = _edge_strip(_shape(plan, row), _shape(plan, other), width)
        return Planted(_reshaped(plan, row, _largest(shapely.difference(_shape(plan, row), strip))), strip)

    return plant


def _largest(shape: BaseGeometry) -> BaseGeometry:
    """Drop the specks that overlay leaves."""
    return max(shapely.get_parts(shape), key=lambda p: p.area)


def _overlap_of(width: float) -> Callable[[AreaPlan, np.random.Generator], Planted]:
    def plant(plan: AreaPlan, rng: np.random.Generator) -> Planted:
        row, other = _any_pair(plan, rng)
        both = shapely.union(_shape(plan, row), _shape(plan, other))
        strip = shapely.intersection(_edge_strip(_shape(plan, row), _shape(plan, other), width), both)
        return Planted(_reshaped(plan, row, _largest(shapely.union(_shape(plan, row), strip))), strip)

    return plant


for _width, _said in ((1.0, "1 m"), (0.01, "1 cm"), (0.002, "2 mm")):
    _defect(f"gap of {_said}", "R01")(_gap_of(_width))
    _defect(f"overlap of {_said}", "R02")(_overlap_of(_width))


def _outer_vertex(plan: AreaPlan, row: int) -> tuple[int, BaseGeometry]:
    """Return a vertex of the area that lies on the rim of the town, no junction, and the town."""
    town = shapely.coverage_union_all(plan.territory.villages.geometry.to_numpy())
    shape = _shape(plan, row)
    others = shapely.multipolygons(shapely.get_parts([g for i, g in enumerate(plan.areas.geometry) if i != row]))
    for i, (x, y) in enumerate(shape.exterior.coords[:-1]):
        point = shapely.Point(x, y)
        if shapely.distance(point, town.boundary) == 0 and shapely.distance(point, others) > 5:
            return i, town
    raise AssertionError("the area does not lie on the rim")


def _rim_area(plan: AreaPlan, rng: np.random.Generator) -> int:
    town = shapely.coverage_union_all(plan.territory.villages.geometry.to_numpy())
    shapes = plan.areas.geometry
    rows = [i for i, g in enumerate(shapes) if g.geom_type == "Polygon" and _has_outer_vertex(plan, i, town.boundary)]
    return int(rng.choice(rows))


def _has_outer_vertex(plan: AreaPlan, row: int, rim: BaseGeometry) -> bool:
    """Say whether a vertex of the area lies on the rim of the town, five metres from every other area."""
    shape = _shape(plan, row)
    if shapely.length(shapely.intersection(shape, rim)) <= 10:
        return False
    points = shapely.points(shapely.get_coordinates(shape.exterior)[:-1])
    near = [g for i, g in enumerate(plan.areas.geometry) if i != row and shapely.dwithin(g, shape, 5)]
    others = shapely.multipolygons(shapely.get_parts(near))
    return bool(((shapely.distance(points, rim) == 0) & (shapely.distance(points, others) > 5)).any())


def _spill_of(width: float) -> Callable[[AreaPlan, np.random.Generator], Planted]:
    def plant(plan: AreaPlan, rng: np.random.Generator) -> Planted:
        row = _rim_area(plan, rng)
        shape = _shape(plan, row)
        at, town = _outer_vertex(plan, row)
        coords = list(shape.exterior.coords)[:-1]
        tip = np.array(coords[at])
        # across the line, so that the spill is as wide as it says: along it a vertex may slide without leaving the village
        along = np.subtract(coords[(at + 1) % len(coords)], coords[at - 1])
        across = np.array([-along[1], along[0]]) / np.hypot(*along)
        side = 1 if not shapely.intersects_xy(town, *(tip + across)) else -1
        out = tuple(tip + side * width * across)
        coords[at] = out
        return Planted(_reshaped(plan, row, shapely.Polygon(coords)), shapely.Point(out))

    return plant


_defect("spill of 1 m", "R03")(_spill_of(1.0))
_defect("spill of 1 cm", "R03")(_spill_of(0.01))


@_defect("area shrunk by 3 m", "R01")
def _shrunk(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = _any_area(plan, rng)
    return Planted(_reshaped(plan, row, shapely.buffer(_shape(plan, row), -3, join_style="mitre")), _shape(plan, row))


@_defect("inner area shifted by 5 m", "R01", "R02")
def _shifted(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    row = _inner_area(plan)
    moved = shapely.transform(_shape(plan, row), lambda c: c + np.array([5.0, 3.0]))
    return Planted(_reshaped(plan, row, moved), _shape(plan, row))


@_defect("inner area shifted by 2 mm", "R01", "R02")
def _shifted_little(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    row = _inner_area(plan)
    moved = shapely.transform(_shape(plan, row), lambda c: c + np.array([0.002, 0.002]))
    return Planted(_reshaped(plan, row, moved), _shape(plan, row))


@_defect("area twice", "R02", "R08", "R11")
def _twice(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = _any_area(plan, rng)
    doubled = pd.concat([plan.areas, plan.areas.iloc[[row]]], ignore_index=True)
    return Planted(_areas(plan, conform(gpd.GeoDataFrame(doubled, crs=plan.crs), "areas")), _shape(plan, row))


@_defect("bow tie", "R00", "R01", "R02")
def _bow_tie(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    r"""Let the outline cross itself twice: once outside, over a neighbour, and once inside, leaving ground behind.

    ::

          c--------b        a runs to b, back to c, on to d: the loop and the triangle below it change hands
            \    /
              >X<
            /    \
          a        d
    """
    row = _inner_area(plan)
    shape = shapely.orient_polygons(_shape(plan, row))
    coords = list(shape.exterior.coords)[:-1]
    edges = sorted(
        range(len(coords) - 1), key=lambda i: -shapely.Point(coords[i]).distance(shapely.Point(coords[i + 1]))
    )
    first, second = sorted((edges[0], next(e for e in edges[1:] if abs(e - edges[0]) > 2)))
    ring = [*coords[: second + 1], *_loop(coords[second], coords[second + 1], -2.0), *coords[second + 1 :]]
    ring = [*ring[: first + 1], *_loop(coords[first], coords[first + 1], 2.0), *ring[first + 1 :]]
    return Planted(_reshaped(plan, row, shapely.Polygon(ring)), shapely.LineString(coords[first : first + 2]))


def _loop(tail: tuple[float, ...], head: tuple[float, ...], outward: float) -> list[tuple[float, float]]:
    """Return the two points that make an edge with its ground on the left cross itself."""
    a, b = np.array(tail), np.array(head)
    along = (b - a) / np.linalg.norm(b - a)
    out = outward * np.array([along[1], -along[0]])
    middle = (a + b) / 2
    return [tuple(middle + 2 * along + out), tuple(middle - 2 * along + out)]


@_defect("line not noded", "R04")
def _unnoded(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = _inner_area(plan)
    shape = _shape(plan, row)
    coords = list(shape.exterior.coords)[:-1]
    at = int(rng.integers(len(coords) - 1))
    (x0, y0), (x1, y1) = coords[at], coords[at + 1]
    extra = ((x0 + x1) / 2, (y0 + y1) / 2)
    return Planted(
        _reshaped(plan, row, shapely.Polygon([*coords[: at + 1], extra, *coords[at + 1 :]])), shapely.Point(extra)
    )


@_defect("area in two pieces", "R05")
def _split(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    """Give the middle cell of three areas in a row to the wrong side: consistently in cells, areas and buildings."""
    first, last = plan.areas["ea_code"].iloc[0], plan.areas["ea_code"].iloc[len(plan.areas) // 2 - 1]
    cells = plan.cells.table
    swap = {first: last, last: first}
    a = int(np.flatnonzero(cells["ea_code"] == first)[0])
    b = int(np.flatnonzero(cells["ea_code"] == last)[-1])
    codes = list(cells["ea_code"])
    codes[a], codes[b] = swap[codes[a]], swap[codes[b]]
    new = assemble_plan(plan.cells, pd.Series(codes, index=cells["cell_id"]), plan.settings)
    return Planted(new, shapely.multipolygons([cells.geometry.iloc[a], cells.geometry.iloc[b]]))


@_defect("area across two villages", "R02", "R06")
def _across(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    row, other = _village_pair(plan)
    strip = shapely.intersection(shapely.buffer(_shape(plan, row), 4, join_style="mitre"), _shape(plan, other))
    strip = _largest(strip)
    return Planted(_reshaped(plan, row, _largest(shapely.union(_shape(plan, row), strip))), strip)


def _village_pair(plan: AreaPlan) -> tuple[int, int]:
    """Return two areas of one piece each that touch across the border of their villages; an exclave would be lost with its village's strip."""
    for row in range(len(plan.areas)):
        other = _neighbour(plan, row, same_village=False)
        if other is not None and _shape(plan, row).geom_type == "Polygon":
            return row, other
    raise AssertionError("no two villages touch")


@_defect("area in the wrong village", "R06", "R08", "R11", "R12")
def _wrong_village(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    """Move an area with its cells to the other village's book: same code, other village."""
    row, other = _village_pair(plan)
    code, village = plan.areas["ea_code"].iloc[row], plan.areas["village_code"].iloc[other]
    cells = plan.cells.table.copy()
    cells.loc[cells["ea_code"] == code, "village_code"] = village
    return Planted(_cells(_areas(plan, _with(plan.areas, row, village_code=village)), cells), _shape(plan, row))


@_defect("village unknown", "R06", "R11")
def _unknown_village(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = _any_area(plan, rng)
    return Planted(_areas(plan, _with(plan.areas, row, village_code="350302109999")), _shape(plan, row))


@_defect("villages overlap", "R02", "R06")
def _villages_overlap(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    """Let one village, and its area along the border, take a strip of the other."""
    row, other = _village_pair(plan)
    strip = _largest(
        shapely.intersection(shapely.buffer(_shape(plan, row), 3, join_style="mitre"), _shape(plan, other))
    )
    code = plan.areas["village_code"].iloc[row]
    at = list(plan.territory.villages["village_code"]).index(code)
    village = plan.territory.villages.geometry.iloc[at]
    wide = _with(plan.territory.villages, at, geometry=shapely.union(village, strip))
    return Planted(_villages(_reshaped(plan, row, _largest(shapely.union(_shape(plan, row), strip))), wide), strip)


# --- buildings and households ------------------------------------------------------------------------------------------------------


@_defect("building cut", "R07")
def _cut(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    row = _inner_area(plan)
    other = _neighbour(plan, row)
    assert other is not None
    line = shapely.get_parts(shapely.line_merge(shapely.intersection(_shape(plan, row), _shape(plan, other))))[0]
    x, y = shapely.line_interpolate_point(line, 0.5, normalized=True).coords[0]
    house = shapely.box(x - 6, y - 6, x + 6, y + 6)
    at = int(np.flatnonzero(plan.cells.buildings["ea_code"] == plan.areas["ea_code"].iloc[row])[0])
    return Planted(_buildings(plan, _with(plan.cells.buildings, at, geometry=house)), house)


@_defect("parts of a split building unnamed", "R07")
def _unnamed(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    """Say that the two cells on either side of a border are slices of one building, and forget their labels."""
    row = _inner_area(plan)
    other = _neighbour(plan, row)
    assert other is not None
    cells, buildings = plan.cells.table.copy(), plan.cells.buildings
    pair = [int(np.flatnonzero(cells["ea_code"] == plan.areas["ea_code"].iloc[r])[0]) for r in (row, other)]
    house = buildings.index[buildings["cell_id"] == cells["cell_id"].iloc[pair[0]]][0]
    gone = buildings.index[buildings["cell_id"] == cells["cell_id"].iloc[pair[1]]][0]
    total = int(cells["households"].iloc[pair].sum())
    for part, at in enumerate(pair, 1):
        cells = _with(cells, at, building_id=buildings["building_id"].iloc[house], part=part, parts=2)
    table = _with(buildings, int(house), households=total).drop(index=gone)
    count = _with(plan.areas, other, buildings=int(plan.areas["buildings"].iloc[other]) - 1)
    return Planted(_areas(_cells(_buildings(plan, table), cells), count), cells.geometry.iloc[pair[0]])


@_defect("household lost in an area", "R08")
def _lost(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = _any_area(plan, rng)
    return Planted(
        _areas(plan, _with(plan.areas, row, households=int(plan.areas["households"].iloc[row]) - 1)), _shape(plan, row)
    )


@_defect("household doubled in an area", "R08")
def _doubled(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = _any_area(plan, rng)
    return Planted(
        _areas(plan, _with(plan.areas, row, households=int(plan.areas["households"].iloc[row]) + 1)), _shape(plan, row)
    )


@_defect("household moved between buildings", "R08")
def _moved(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    a, b = (int(i) for i in rng.choice(len(plan.cells.buildings), 2, replace=False))
    table = plan.cells.buildings
    table = _with(table, a, households=int(table["households"].iloc[a]) - 1)
    table = _with(table, b, households=int(table["households"].iloc[b]) + 1)
    return Planted(_buildings(plan, table), shapely.multipolygons([table.geometry.iloc[a], table.geometry.iloc[b]]))


@_defect("village total wrong", "R08")
def _wrong_total(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = int(rng.integers(len(plan.territory.villages)))
    table = plan.territory.villages
    return Planted(
        _villages(plan, _with(table, row, households=int(table["households"].iloc[row]) + 1)), table.geometry.iloc[row]
    )


@_defect("building listed elsewhere", "R08")
def _listed(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = int(rng.integers(len(plan.cells.buildings)))
    table = plan.cells.buildings
    other = next(c for c in plan.areas["ea_code"] if c != table["ea_code"].iloc[row])
    return Planted(_buildings(plan, _with(table, row, ea_code=other)), table.geometry.iloc[row])


@_defect("cell given to another area in the table only", "R00", "R08")
def _reassigned(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    row = _inner_area(plan)
    other = _neighbour(plan, row)
    assert other is not None
    cells = plan.cells.table
    at = int(np.flatnonzero(cells["ea_code"] == plan.areas["ea_code"].iloc[row])[0])
    return Planted(_cells(plan, _with(cells, at, ea_code=plan.areas["ea_code"].iloc[other])), cells.geometry.iloc[at])


@_defect("cell twice", "R00", "R08")
def _cell_twice(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    at = int(rng.integers(len(plan.cells.table)))
    doubled = pd.concat([plan.cells.table, plan.cells.table.iloc[[at]]], ignore_index=True)
    return Planted(
        _cells(plan, conform(gpd.GeoDataFrame(doubled, crs=plan.crs), "cells")), plan.cells.table.geometry.iloc[at]
    )


@_defect("area too small without cause", "R09")
def _too_small(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    """Take most households out of an area, in every table alike."""
    row = _any_area(plan, rng)
    code, village = plan.areas["ea_code"].iloc[row], plan.areas["village_code"].iloc[row]
    cells, buildings, villages = plan.cells.table.copy(), plan.cells.buildings.copy(), plan.territory.villages.copy()
    before = int(cells.loc[cells["ea_code"] == code, "households"].sum())
    for table in (cells, buildings):
        table.loc[table["ea_code"] == code, "households"] = 5
    after = int(cells.loc[cells["ea_code"] == code, "households"].sum())
    villages.loc[villages["village_code"] == village, "households"] += after - before
    areas = _with(plan.areas, row, households=after)
    return Planted(_areas(_villages(_buildings(_cells(plan, cells), buildings), villages), areas), _shape(plan, row))


# --- codes, names, time ------------------------------------------------------------------------------------------------------------


def _recode(plan: AreaPlan, old: str, new: str) -> AreaPlan:
    """Change an area's code in every table."""
    areas, cells, buildings = plan.areas.copy(), plan.cells.table.copy(), plan.cells.buildings.copy()
    for table in (areas, cells, buildings):
        table.loc[table["ea_code"] == old, "ea_code"] = new
    areas.loc[areas["ea_code"] == new, "name"] = f"第{new[-3:]}普查小区"
    return _areas(_buildings(_cells(plan, cells), buildings), areas)


@_defect("number left out", "R11")
def _left_out(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    spoken_of = {f.subject for f in plan.findings}  # under its new code, what is said of an area would be new
    ends = plan.areas.groupby("village_code")["ea_code"].max()
    last = next(c for c in (plan.areas["ea_code"].iloc[-1], *ends) if c not in spoken_of)
    return Planted(_recode(plan, last, f"{last[:-3]}{int(last[-3:]) + 3:03d}"))


@_defect("numbers out of order", "R11")
def _unordered(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    a, b = plan.areas["ea_code"].iloc[0], plan.areas["ea_code"].iloc[1]
    return Planted(_recode(_recode(_recode(plan, a, a[:-3] + "899"), b, a), a[:-3] + "899", b))


@_defect("code without village", "R11", "R12")
def _malformed(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = _any_area(plan, rng)
    code = plan.areas["ea_code"].iloc[row]
    new = _recode(plan, code, "X" + code[:-2])
    return Planted(_areas(new, _with(new.areas, row, name=plan.areas["name"].iloc[row])), _shape(plan, row))


@_defect("number above 899", "R11")
def _virtual(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = _any_area(plan, rng)
    code = plan.areas["ea_code"].iloc[row]
    return Planted(_recode(plan, code, code[:-3] + "901"), _shape(plan, row))


@_defect("code blank", "R00", "R08", "R12")
def _blank(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = _any_area(plan, rng)
    return Planted(_areas(plan, _with(plan.areas, row, ea_code=None)), _shape(plan, row))


@_defect("retired code used again", "R11")
def _reused(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = _any_area(plan, rng)
    code = plan.areas["ea_code"].iloc[row]
    past = pd.DataFrame({"old_ea": [code], "new_ea": [None], "households": [0], "area_m2": [0.0]})
    previous = replace(_areas(plan, plan.areas.drop(index=row)), tables={"correspondence": past})
    return Planted(plan, _shape(plan, row), previous)


@_defect("name of another area", "R12")
def _wrong_name(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = _any_area(plan, rng)
    return Planted(_areas(plan, _with(plan.areas, row, name="第777普查小区")), _shape(plan, row))


@_defect("village name twice", "R12")
def _same_name(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    table = plan.territory.villages
    return Planted(_villages(plan, _with(table, 1, name=table["name"].iloc[0])), table.geometry.iloc[1])


@_defect("border nobody sees", "R13")
def _hidden(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    lines = plan.territory.lines.copy()
    lines["geometry"] = gpd.GeoSeries(
        [shapely.transform(g, lambda c: c + np.array([5000.0, 0])) for g in lines.geometry], crs=lines.crs
    )
    return Planted(replace(plan, cells=replace(plan.cells, territory=replace(plan.territory, lines=lines))))


@_defect("locked borders changed", "R19")
def _thawed(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    row = _inner_area(plan)
    previous = _areas(plan, _with(plan.areas, row, locked="borders", geometry=shapely.buffer(_shape(plan, row), -1)))
    return Planted(plan, _shape(plan, row), previous)


@_defect("locked counts changed", "R19")
def _recounted(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    row = _inner_area(plan)
    before = int(plan.areas["households"].iloc[row]) + 2
    return Planted(plan, _shape(plan, row), _areas(plan, _with(plan.areas, row, locked="counts", households=before)))


@_defect("building number twice", "R21")
def _numbered(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    table = plan.cells.buildings.copy()
    table["number"] = (table.groupby("ea_code").cumcount() + 1).astype("Int64")
    code = str(rng.choice(plan.areas["ea_code"]))
    table.loc[table["ea_code"] == code, "number"] = 1
    return Planted(_buildings(plan, table), plan.areas.set_index("ea_code").geometry[code])


@_defect("river through an area without a bridge", "R14")
def _river(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    """Let a river run between the two cells of an area where every street has become a wall."""
    row = _inner_area(plan)
    mine = plan.cells.table[plan.cells.table["ea_code"] == plan.areas["ea_code"].iloc[row]].geometry
    bank = shapely.line_merge(shapely.intersection(mine.iloc[0], mine.iloc[1]))
    lines = plan.territory.lines.assign(kind="wall")
    lines = _with(lines, 0, geometry=bank, kind="river", **{"class": "river"})
    return Planted(replace(plan, cells=replace(plan.cells, territory=replace(plan.territory, lines=lines))), bank)


# --- ways, complexes, people, papers -----------------------------------------------------------------------------------------------


def _relined(plan: AreaPlan, lines: gpd.GeoDataFrame) -> AreaPlan:
    territory = replace(plan.territory, lines=lines.reset_index(drop=True))
    return replace(plan, cells=replace(plan.cells, territory=territory))


@_defect("half of an area reached through its neighbours only", "R15")
def _unreached(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    """Wall an area in to the north and south, and between its two houses; its streets to the west and east stay."""
    row = _inner_area(plan)
    shape = _shape(plan, row)
    lines = plan.territory.lines
    every = lines.geometry.to_numpy()
    ends = shapely.get_coordinates(shapely.get_point(every, [[0], [-1]])).reshape(2, -1, 2)
    flat = np.abs(ends[0, :, 0] - ends[1, :, 0]) > np.abs(ends[0, :, 1] - ends[1, :, 1])
    along = shapely.length(shapely.intersection(every, shapely.buffer(shape.boundary, 0.01))) > 20
    within = shapely.length(shapely.intersection(every, shapely.buffer(shape, -1))) > 20
    return Planted(_relined(plan, lines.assign(kind=np.where((flat & along) | within, "wall", "street"))), shape)


def _with_complex(plan: AreaPlan, use: str, name: str, ground: BaseGeometry) -> AreaPlan:
    complexes = _frame("complexes", [{"use": use, "name": name, "geometry": ground}])
    return replace(plan, cells=replace(plan.cells, territory=replace(plan.territory, complexes=complexes)))


@_defect("school split between two areas", "R17")
def _school(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row, other = _any_pair(plan, rng)
    houses = [shapely.centroid(_shape(plan, r)) for r in (row, other)]
    ground = shapely.buffer(shapely.LineString(houses), 30)
    return Planted(_with_complex(plan, "school", "第一小学", ground), ground)


@_defect("buildings of one hospital in two areas", "R17")
def _hospital(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row, other = _any_pair(plan, rng)
    table = plan.cells.buildings.copy()
    apart = shapely.distance(table.geometry.to_numpy()[:, None], table.geometry.to_numpy()[None, :])
    codes = table["ea_code"].to_numpy()
    a, b = next(
        (i, j) for i in np.flatnonzero(codes == plan.areas["ea_code"].iloc[row])
        for j in np.flatnonzero(codes == plan.areas["ea_code"].iloc[other]) if apart[i, j] < 99
    )  # fmt: skip
    table.loc[[a, b], "use"], table.loc[[a, b], "name"] = "医院", "县医院"
    return Planted(_buildings(plan, table), table.geometry.iloc[a])


@_defect("barracks with their name", "R17")
def _barracks(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    ground = shapely.buffer(shapely.point_on_surface(_shape(plan, _any_area(plan, rng))), 5)
    return Planted(_with_complex(plan, "军营", "某部", ground), ground)


def _staffed(plan: AreaPlan) -> pd.DataFrame:
    """Give every area an enumerator, and every village a supervisor for five of them."""
    villages = plan.areas["village_code"]
    number = plan.areas.groupby("village_code").cumcount() // 5
    return pd.DataFrame({
        "ea_code": plan.areas["ea_code"], "enumerator": [f"普查员{i}" for i in range(len(plan.areas))],
        "supervisor": [f"指导员{v}-{n}" for v, n in zip(villages, number, strict=True)],
    })  # fmt: skip


@_defect("area without enumerator", "R18")
def _unstaffed(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    row = _any_area(plan, rng)
    staff = _staffed(plan).drop(index=row)
    return Planted(plan, _shape(plan, row), evidence=Evidence(staff=staff))


@_defect("village without supervisor", "R18")
def _unsupervised(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    first = plan.areas["village_code"].iloc[0]
    staff = _staffed(plan)
    staff.loc[plan.areas["village_code"] == first, "supervisor"] = None
    return Planted(plan, plan.territory.villages.geometry.iloc[0], evidence=Evidence(staff=staff))


@_defect("areas of one enumerator apart", "R18")
def _apart(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    staff = _staffed(plan)
    shapes = plan.areas.geometry.to_numpy()
    far = int(np.argmax(shapely.distance(shapes[0], shapes)))
    staff.loc[far, "enumerator"] = staff["enumerator"].iloc[0]
    return Planted(plan, shapes[far], evidence=Evidence(staff=staff))


def _official(plan: AreaPlan) -> pd.DataFrame:
    villages = plan.territory.villages
    return pd.DataFrame({"code": villages["village_code"], "name": villages["name"]})


@_defect("village not on the official list", "R11")
def _off_the_list(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    listed = _official(plan).iloc[1:]
    return Planted(plan, plan.territory.villages.geometry.iloc[0], evidence=Evidence(code_list=listed))


@_defect("village of the official list without ground", "R11")
def _on_the_list(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    more = pd.DataFrame({"code": ["350302101777"], "name": ["居委会"]})
    return Planted(plan, evidence=Evidence(code_list=pd.concat([_official(plan), more])))


@_defect("village called otherwise than on the official list", "R12")
def _off_name(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    listed = _official(plan)
    listed.loc[0, "name"] = "新村"
    return Planted(plan, plan.territory.villages.geometry.iloc[0], evidence=Evidence(code_list=listed))


# --- against the original layers ---------------------------------------------------------------------------------------------------


def _original(plan: AreaPlan, **layers: gpd.GeoDataFrame) -> Territory:
    """Return what the plan was made from, some layers replaced: the plan then lies of them."""
    original = replace(plan.territory, buildings=plan.cells.buildings)
    return replace(original, **layers)


@_defect("village of the original layer left out", "R01")
def _left_out_village(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    villages = plan.territory.villages
    west = shapely.transform(villages.geometry.iloc[0], lambda c: c - np.array([5000.0, 0]))
    more = _frame("villages", [{"village_code": "350302101777", "name": "漏村", "geometry": west}])
    both = gpd.GeoDataFrame(pd.concat([villages, more], ignore_index=True), crs=plan.crs)
    return Planted(plan, west, inputs=_original(plan, villages=both))


@_defect("village smaller than in the original layer", "R01")
def _smaller(plan: AreaPlan, _rng: np.random.Generator) -> Planted:
    villages = plan.territory.villages
    first = villages.geometry.iloc[0]
    town = shapely.union_all(villages.geometry.to_numpy())
    wide = shapely.union(first, shapely.difference(shapely.buffer(first, 3, join_style="mitre"), town))
    return Planted(plan, first, inputs=_original(plan, villages=_with(villages, 0, geometry=wide)))


@_defect("households of a building changed since the original", "R08")
def _changed(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    table = plan.cells.buildings
    row = int(rng.integers(len(table)))
    other = _with(table, row, households=int(table["households"].iloc[row]) + 1)
    return Planted(plan, table.geometry.iloc[row], inputs=_original(plan, buildings=other))


@_defect("building of the original left out", "R08")
def _left_out_building(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    table = plan.cells.buildings
    row = int(rng.integers(len(table)))
    place = shapely.transform(table.geometry.iloc[row], lambda c: c + np.array([3.0, 0]))
    more = _with(table.iloc[[row]].reset_index(drop=True), 0, building_id="B99999", geometry=place)
    both = conform(gpd.GeoDataFrame(pd.concat([table, more], ignore_index=True), crs=plan.crs), "buildings")
    return Planted(plan, place, inputs=_original(plan, buildings=both))


@_defect("building stands elsewhere in the original", "R08")
def _stands_elsewhere(plan: AreaPlan, rng: np.random.Generator) -> Planted:
    table = plan.cells.buildings
    row = int(rng.integers(len(table)))
    other = next(i for i in range(len(table)) if table["ea_code"].iloc[i] != table["ea_code"].iloc[row])
    moved = shapely.buffer(shapely.centroid(table.geometry.iloc[other]), 3)
    return Planted(plan, moved, inputs=_original(plan, buildings=_with(table, row, geometry=moved)))
