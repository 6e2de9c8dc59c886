"""Measure the judge: planted faults x found, beside other tools; false alarms; speed; real layers.

Run ``python benchmarks/judge.py`` from the repository's root (``--quick`` for a short run); ``--write`` puts the tables into docs/judge.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from areaplan.check import check_layer, check_plan  # noqa: E402 - the path comes first
from areaplan.files import read_layer  # noqa: E402
from areaplan.model import AreaPlan, Finding, Severity  # noqa: E402
from areaplan.pipeline import plan_town  # noqa: E402
from areaplan.proof import prove  # noqa: E402
from areaplan.settings import read_settings  # noqa: E402
from defects import DEFECTS, Defect, grid_town  # noqa: E402
from resaved import VARIANTS, save_again  # noqa: E402

PAGE = ROOT / "docs" / "judge.md"


# --- other tools: do they see that something is wrong? -----------------------------------------------------------------------------


def by_coverage(plan: AreaPlan) -> bool:
    """Ask ``shapely.coverage_is_valid``."""
    return not shapely.coverage_is_valid(plan.areas.geometry.to_numpy())


def by_gap_width(plan: AreaPlan) -> bool:
    """Ask ``shapely.coverage_is_valid`` with ``gap_width`` of 1 m."""
    return not shapely.coverage_is_valid(plan.areas.geometry.to_numpy(), gap_width=1.0)


def by_overlay(plan: AreaPlan) -> bool:
    """Overlay every pair of areas, and their union with the villages; speak from 1 cm² on, for less is rounding."""
    shapes = _sound(plan)
    if _pairs_overlap(shapes, 1e-4):
        return True
    held, whole = shapely.union_all(shapes), shapely.union_all(plan.territory.villages.geometry.to_numpy())
    return bool(shapely.area(shapely.symmetric_difference(held, whole)) > 1e-4)


def by_desktop(plan: AreaPlan) -> bool:
    """Check as a desktop GIS does: validity, duplicates, overlaps, holes in the union."""
    every = plan.areas.geometry.to_numpy()
    if not shapely.is_valid(every).all() or shapely.is_empty(every).any():
        return True
    shapes = _sound(plan)
    if len({s.normalize().wkb for s in shapes}) < len(shapes) or _pairs_overlap(shapes, 1e-4):
        return True
    parts = shapely.get_parts(shapely.union_all(shapes))
    return bool((shapely.get_num_interior_rings(parts) > 0).any())


def _sound(plan: AreaPlan) -> np.ndarray:
    shapes = plan.areas.geometry.to_numpy()
    shapes = shapes[np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)]
    return shapely.make_valid(shapes)


def _pairs_overlap(shapes: np.ndarray, least_m2: float) -> bool:
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    apart = left < right
    return bool((shapely.area(shapely.intersection(shapes[left[apart]], shapes[right[apart]])) > least_m2).any())


OTHERS: dict[str, Callable[[AreaPlan], bool]] = {
    "coverage_is_valid": by_coverage,
    "… gap_width=1": by_gap_width,
    "pairwise overlay": by_overlay,
    "desktop checks": by_desktop,
}


# --- tables ------------------------------------------------------------------------------------------------------------------------


def faults_table(seeds: range) -> Iterator[str]:
    """Plant every kind once a seed and count who sees it."""
    times = len(seeds)
    yield "| fault planted | rules it must raise | areaplan: exactly these, at the place | " + " | ".join(OTHERS) + " |"
    yield "|---|---|---|" + "---|" * len(OTHERS)
    right = planted_in_all = 0
    for defect in DEFECTS:
        exact, seen = 0, dict.fromkeys(OTHERS, 0)
        for seed in seeds:
            planted = defect.plant(_good_town(seed), np.random.default_rng(seed))
            found = [f for f in planted.judged().found if f.severity != Severity.NOTE]
            at_place = planted.place is None or any(
                f.geometry is not None and shapely.distance(f.geometry, planted.place) <= 2 for f in found
            )
            exact += {f.rule for f in found} == defect.rules and at_place
            for name, sees in OTHERS.items():
                seen[name] += sees(planted.plan)
        right, planted_in_all = right + exact, planted_in_all + times
        cells = " | ".join(f"{seen[n]}/{times}" for n in OTHERS)
        yield f"| {defect.name} | {' '.join(sorted(defect.rules))} | {exact}/{times} | {cells} |"
        print(defect.name, exact, times, flush=True)
    yield f"| **{len(DEFECTS)} kinds** | | **{right}/{planted_in_all}** | " + " | ".join("" for _ in OTHERS) + " |"


IN_ANY_PLAN = """
area missing; area without geometry; area empty; line instead of polygon; gap of 1 m; overlap of 1 m; gap of 1 cm; overlap of 1 cm; gap of 2 mm;
overlap of 2 mm; spill of 1 m; spill of 1 cm; area shrunk by 3 m; inner area shifted by 5 m; inner area shifted by 2 mm; area twice; bow tie;
line not noded; area across two villages; area in the wrong village; village unknown; villages overlap; household lost in an area;
household doubled in an area; village total wrong; number left out; retired code used again; name of another area; village name twice;
locked borders changed; locked counts changed; school split between two areas; barracks with their name; area without enumerator;
village without supervisor; areas of one enumerator apart; village not on the official list; village called otherwise than on the official list
"""
"""Kinds that need nothing but areas, villages and a book; the others are made of the grid town's own streets, houses and numbers."""


def real_faults_table(towns: dict[str, AreaPlan], seeds: range) -> Iterator[str]:
    """Plant the kinds in plans of real ground, and count where exactly the written rules speak anew, at the place."""
    yield "| plan | areas | kinds | faults planted | exactly the written rules, at the place |"
    yield "|---|---|---|---|---|"
    for name, plan in towns.items():
        before = {_said(f) for f in check_plan(plan).found}
        wanted = {" ".join(kind.split()) for kind in IN_ANY_PLAN.split(";")}
        kinds = [d for d in DEFECTS if d.name in wanted]
        assert len(kinds) == len(wanted)
        right = [_exactly(d, plan, seed, before) for d in kinds for seed in seeds]
        yield f"| {name} | {len(plan.areas)} | {len(kinds)} | {len(right)} | {sum(right)} |"


def _said(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.subject, str(finding.message)


def _exactly(defect: Defect, plan: AreaPlan, seed: int, before: set[tuple[str, str, str]]) -> bool:
    planted = defect.plant(plan, np.random.default_rng(seed))
    anew = [f for f in planted.judged().found if f.severity != Severity.NOTE and _said(f) not in before]
    at_place = planted.place is None or any(
        f.geometry is not None and shapely.distance(f.geometry, planted.place) <= 2 for f in anew
    )
    right = {f.rule for f in anew} == defect.rules and at_place
    if not right:
        print("NOT AS WRITTEN", defect.name, seed, {f.rule for f in anew}, at_place, flush=True)
    return right


@lru_cache(maxsize=64)
def _good_town(seed: int) -> AreaPlan:
    return grid_town(seed, columns=3 + seed % 2, rows=3 + seed % 3)


def clean_table(times: int) -> Iterator[str]:
    """Judge ``times`` good plans."""
    alarms, others = 0, dict.fromkeys(OTHERS, 0)
    for seed in range(times):
        plan = grid_town(1000 + seed, columns=2 + seed % 4, rows=2 + seed % 5)
        alarms += len(check_plan(plan).found) > 0
        for name, sees in OTHERS.items():
            others[name] += sees(plan)
    yield (
        f"{times} good plans: areaplan raised {alarms} false alarms; "
        + ", ".join(f"{n} {v}" for n, v in others.items())
        + "."
    )


def wiggly(side: int, bends: int = 10) -> tuple[np.ndarray, shapely.Polygon]:
    """Return ``side``² areas with ``bends`` vertices on each border (45 vertices an area), and their outline."""
    rng = np.random.default_rng(0)
    nodes = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0), indexing="xy"), -1) * 100
    nodes += rng.uniform(-20, 20, nodes.shape)
    t = np.linspace(0, 1, bends + 2)[:-1, None]

    def bent(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        line = a[..., None, :] * (1 - t) + b[..., None, :] * t
        line[..., 1:, :] += rng.uniform(-2, 2, line[..., 1:, :].shape)
        return line

    across, along = bent(nodes[:, :-1], nodes[:, 1:]), bent(nodes[:-1], nodes[1:])
    back = lambda line, end: np.concatenate([end[..., None, :], line[..., :0:-1, :]], axis=-2)  # noqa: E731
    rings = np.concatenate(
        [across[:-1], along[:, 1:], back(across[1:], nodes[1:, 1:]), back(along[:, :-1], nodes[1:, :-1])], axis=2
    )
    areas = shapely.polygons(rings.reshape(side * side, -1, 2))
    outline = [
        across[0].reshape(-1, 2), along[:, -1].reshape(-1, 2),
        back(across[-1], nodes[-1, 1:])[::-1].reshape(-1, 2), back(along[:, 0], nodes[1:, 0])[::-1].reshape(-1, 2),
    ]  # fmt: skip
    return areas, shapely.Polygon(np.vstack(outline))


def speed_table(sides: tuple[int, ...]) -> Iterator[str]:
    """Time the proof beside ``shapely.coverage_is_valid`` on the same polygons, the best of five each, taken in turn."""
    yield "| areas | vertices | proof, s | coverage_is_valid, s | ratio | µs per vertex |"
    yield "|---|---|---|---|---|---|"
    for side in sides:
        areas, parent = wiggly(side)
        vertices = int(shapely.get_num_coordinates(areas).sum())
        ours, theirs = [], []
        for _ in range(5):
            ours.append(_seconds(lambda a=areas, p=parent: prove(a, [p], [0] * len(a)).tiles))
            theirs.append(_seconds(lambda a=areas: shapely.coverage_is_valid(a)))
        a, b = min(ours), min(theirs)
        yield f"| {len(areas):,} | {vertices:,} | {a:.2f} | {b:.2f} | {a / b:.2f} | {a / vertices * 1e6:.2f} |"


def _seconds(call: Callable[[], bool]) -> float:
    start = time.perf_counter()
    assert call()
    return time.perf_counter() - start


def real_table(data: Path) -> Iterator[str]:
    """Judge layers nobody here made."""
    yield "| layer | polygons | what the judge says | s |"
    yield "|---|---|---|---|"
    for town, name in (("taiwan_kinmen", "Kinmen"), ("taiwan_chiayi_city", "Chiayi")):
        path = data / town / "zones.gpkg"
        zones, villages = gpd.read_file(path, layer="code1_official"), gpd.read_file(path, layer="villages_from_base")
        start = time.perf_counter()
        report = check_layer(zones, villages, code="CODE1", parent_code="VILLCODE")
        nest = 1 - len(report["R06"].findings) / len(zones)
        said = f"tiles {report.proof.tiles}; {nest:.1%} lie in one village, {len(report['R06'].findings)} named"
        yield f"| official zones of {name} against their villages | {len(zones)} | {said} | {time.perf_counter() - start:.1f} |"
    path = data / "kathmandu_osm" / "layers.gpkg"
    split, outline = gpd.read_file(path, layer="fmtm_splitter_result"), gpd.read_file(path, layer="aoi")
    yield _layer_row("another tool's split of Kathmandu against its outline", split, outline)
    yield _layer_row(
        "small areas of Tottori against each other", gpd.read_file(data / "japan_tottori" / "small_areas.gpkg"), None
    )


def resaved_table(towns: dict[str, AreaPlan]) -> Iterator[str]:
    """Save proved plans again as others do, and judge what was saved; every gap, overlap or spill would be a false alarm."""
    yield "| plan | saved again | areas | false alarms (R00–R03, R05, R06) | lines not noded (R04) | tolerance, mm | s |"
    yield "|---|---|---|---|---|---|---|"
    for town, plan in towns.items():
        for variant in VARIANTS:
            with tempfile.TemporaryDirectory() as folder:
                areas, villages = save_again(plan, variant, Path(folder))
                start = time.perf_counter()
                report = check_layer(
                    read_layer(areas, columns=["code", "village"]), read_layer(villages, columns=["code"]),
                    code="code", parent="village", parent_code="code",
                )  # fmt: skip
                seconds = time.perf_counter() - start
            alarms = sum(len(report[r].findings) for r in ("R00", "R01", "R02", "R03", "R05", "R06"))
            unnoded, mm = len(report["R04"].findings), report.proof.tolerance_m * 1000
            yield f"| {town} | {variant} | {len(report.areas)} | {alarms} | {unnoded} | {mm:.1f} | {seconds:.1f} |"


@lru_cache(maxsize=1)
def _towns(data: str | None) -> dict[str, AreaPlan]:
    """Plan the sample, and Kinmen Jinhu and Liechtenstein where the real towns are."""
    places = {"the sample": ROOT / "data" / "sample" / "areaplan.toml"}
    if data:
        places["Kinmen Jinhu"] = Path(data) / "configs" / "ready_kinmen_jinhu.toml"
        places["Liechtenstein"] = Path(data) / "configs" / "ready_liechtenstein.toml"
    return {name: plan_town(read_settings(path)).plan for name, path in places.items()}


def _layer_row(name: str, layer: gpd.GeoDataFrame, parents: gpd.GeoDataFrame | None) -> str:
    start = time.perf_counter()
    report = check_layer(layer, parents)
    said = "; ".join(
        f"{v.rule} {v.title}: {len(v.findings):,} ({sum(f.measure or 0 for f in v.findings):,.0f} {v.findings[0].unit or ''})"
        for v in report
        if v.findings
    )
    return f"| {name} | {len(layer):,} | {said} | {time.perf_counter() - start:.1f} |"


def main() -> None:
    """Print the tables, and write them into the page if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", nargs="*", help="faults, planted, clean, speed, resaved, real")
    args = parser.parse_args()
    times = 2 if args.quick else 17
    tables = {
        "faults": faults_table(range(times)),
        "clean": clean_table(10 if args.quick else 200),
        "speed": speed_table((32, 100) if args.quick else (32, 100, 316)),
    }
    data = os.environ.get("AREAPLAN_DATA")
    planned = None if args.quick else data
    if args.only is None or "planted" in args.only:
        tables["planted"] = real_faults_table(_towns(planned), range(1 if args.quick else 2))
    if args.only is None or "resaved" in args.only:
        tables["resaved"] = resaved_table(_towns(planned))
    if data:
        tables["real"] = real_table(Path(data))
    for name, lines in tables.items():
        if args.only is not None and name not in args.only:
            continue
        text = "\n".join(lines)
        print(f"\n## {name}\n{text}", flush=True)
        if args.write:
            _put(name, text)


def _put(name: str, text: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    opens, closes = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, rest = page.split(opens)
    _, after = rest.split(closes)
    PAGE.write_text(f"{before}{opens}\n{text}\n{closes}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
