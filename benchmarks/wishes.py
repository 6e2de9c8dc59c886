"""Random things an office may ask of a plan, for tests and benchmarks: every kind, sensible and not."""

from __future__ import annotations

import numpy as np
import shapely

from areaplan.model import AreaPlan
from areaplan.review import Change

__all__ = ["random_change", "random_changes"]

_KINDS = (
    "move",
    "move",
    "ground",
    "border",
    "border",
    "split",
    "cut",
    "merge",
    "rename",
    "special",
    "lock",
    "unlock",
    "virtual",
)


def random_changes(plan: AreaPlan, count: int, seed: int) -> list[Change]:
    """Return changes that name areas of ``plan``; later ones may name what earlier ones ended, and are then refused."""
    rng = np.random.default_rng(seed)
    return [random_change(plan, rng) for _ in range(count)]


def random_change(plan: AreaPlan, rng: np.random.Generator, kinds: tuple[str, ...] = _KINDS) -> Change:
    """Return one change: kind, area, neighbour, line or ground by lot."""
    kind = str(rng.choice(kinds))
    area = plan.areas.iloc[int(rng.integers(len(plan.areas)))]
    code, other = str(area.ea_code), _neighbour(plan, str(area.ea_code), rng)
    said = {"reason": f"{kind} by lot", "author": "test", "made": "2026-11-27T00:00:00Z"}
    name = f"小区{int(rng.integers(10**9))}"
    made = {
        "move": lambda: Change("move", (code,), to=other, cells=_cells_beside(plan, code, other, rng), **said),
        "ground": lambda: Change("move", (code,), to=other, shape=_bulge(plan, code, other, rng), **said),
        "border": lambda: Change("border", (code,), to=other, shape=_shifted(plan, code, other, rng), **said),
        "split": lambda: Change("split", (code,), **said),
        "cut": lambda: Change("split", (code,), shape=_across(area.geometry, rng), **said),
        "merge": lambda: Change("merge", (code, other), **said),
        "rename": lambda: Change("rename", (code,), value=name, **said),
        "special": lambda: Change("special", (code,), value="school", **said),
        "lock": lambda: Change("lock", (code,), value=str(rng.choice(["counts", "borders", "both"])), **said),
        "unlock": lambda: Change("unlock", (code,), value="No. 7", **said),
        "virtual": lambda: Change("virtual", village=str(area.village_code), value=name, persons=12, **said),
    }  # fmt: skip
    return made[kind]()


def _neighbour(plan: AreaPlan, code: str, rng: np.random.Generator) -> str:
    b = plan.boundaries
    beside = sorted({*b["right_ea"][b["left_ea"] == code].dropna(), *b["left_ea"][b["right_ea"] == code]} - {code})
    return str(rng.choice(beside)) if beside else code


def _common(plan: AreaPlan, code: str, other: str) -> shapely.Geometry:
    b = plan.boundaries
    rows = ((b["left_ea"] == code) & (b["right_ea"] == other)) | ((b["left_ea"] == other) & (b["right_ea"] == code))
    return shapely.union_all(b.geometry[rows].to_numpy())


def _cells_beside(plan: AreaPlan, code: str, other: str, rng: np.random.Generator) -> tuple[str, ...]:
    table = plan.cells.table
    own = table[(table["ea_code"] == code) & (shapely.distance(table.geometry, _common(plan, code, other)) < 0.01)]
    if not len(own):
        own = table[table["ea_code"] == code]
    return tuple(rng.choice(own["cell_id"].to_numpy(), size=min(len(own), int(rng.integers(1, 3))), replace=False))


def _bulge(plan: AreaPlan, code: str, other: str, rng: np.random.Generator) -> shapely.Geometry:
    line = _common(plan, code, other)
    if line.is_empty:
        return shapely.box(0, 0, 1, 1)
    at = (
        line.interpolate(rng.random(), normalized=True)
        if line.geom_type == "LineString"
        else line.representative_point()
    )
    return at.buffer(float(rng.uniform(2, 60)), quad_segs=int(rng.integers(1, 5)))


def _shifted(plan: AreaPlan, code: str, other: str, rng: np.random.Generator) -> shapely.Geometry:
    line = shapely.line_merge(_common(plan, code, other))
    parts = [p for p in shapely.get_parts(line) if p.geom_type == "LineString" and not p.is_closed]
    if not parts:
        return shapely.LineString([(0, 0), (1, 1)])
    longest = max(parts, key=lambda p: p.length)
    xy = shapely.get_coordinates(longest)
    along = xy[-1] - xy[0]
    along = along / max(np.hypot(*along), 1e-9)
    far, out = float(rng.uniform(-50, 50)), 40.0
    side = np.array([-along[1], along[0]]) * far
    return shapely.LineString(np.vstack([xy[0] - along * out + side, xy + side, xy[-1] + along * out + side]))


def _across(shape: shapely.Geometry, rng: np.random.Generator) -> shapely.Geometry:
    west, south, east, north = shape.bounds
    middle = np.array([rng.uniform(west, east), rng.uniform(south, north)])
    angle, reach = rng.uniform(0, np.pi), east - west + north - south
    step = reach * np.array([np.cos(angle), np.sin(angle)])
    return shapely.LineString([middle - step, middle + rng.normal(0, 3, 2), middle + step])
