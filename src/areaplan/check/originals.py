"""The original layers, read again: what the plan says of its ground and its counts is held against them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.check.case import Case
from areaplan.check.spots import spot
from areaplan.check.words import amount
from areaplan.messages import Message, msg
from areaplan.model import Finding

__all__ = ["counts_changed", "ground_gained", "ground_lost", "ground_moved", "recounted"]


def ground_lost(case: Case) -> Iterator[Finding]:
    """Name ground of the original villages that no village of the plan has (R01): whole villages, or pieces."""
    if case.inputs is None:
        return
    ours = _union(case.villages)
    have = set(case.village_codes)
    for code, original in _villages(case.inputs.villages):
        lost = shapely.difference(original, ours)
        if code not in have:
            text = msg("village {village} of the original layer is not in the plan; divide it", village=code)
            yield _ground(case, "R01", code, text, original)
        elif _real(case, lost, original):
            text = msg("village {village}: {m2} m² of the original layer are not in the plan; plan with the original outline",
                       village=code, m2=amount(float(lost.area)))  # fmt: skip
            yield _ground(case, "R01", code, text, lost)


def ground_gained(case: Case) -> Iterator[Finding]:
    """Name ground of the plan's villages that no original village has (R03)."""
    if case.inputs is None or case.villages is None:
        return
    theirs = _union(case.inputs.villages)
    for code, village in _villages(case.villages):
        gained = shapely.difference(village, theirs)
        if _real(case, gained, village):
            text = msg("village {village}: {m2} m² of the plan lie outside the original layer; plan with the original outline",
                       village=code, m2=amount(float(gained.area)))  # fmt: skip
            yield _ground(case, "R03", code, text, gained)


def ground_moved(case: Case) -> Iterator[Finding]:
    """Name ground that belongs to another village in the plan than in the original layer (R06)."""
    if case.inputs is None or case.villages is None:
        return
    originals = dict(_villages(case.inputs.villages))
    for code, village in _villages(case.villages):
        others = [g for c, g in originals.items() if c != code]
        moved = shapely.intersection(village, shapely.union_all(others)) if others else shapely.Polygon()
        moved = shapely.difference(moved, originals[code]) if code in originals else moved
        if _real(case, moved, village):
            text = msg("village {village}: {m2} m² belong to another village in the original layer; plan with the original outline",
                       village=code, m2=amount(float(moved.area)))  # fmt: skip
            yield _ground(case, "R06", code, text, moved)


def _villages(table: pd.DataFrame) -> list[tuple[str, BaseGeometry]]:
    shapes = table.geometry.to_numpy()
    usable = shapely.is_geometry(shapes) & ~shapely.is_empty(shapes)
    pairs = zip(table["village_code"].to_numpy()[usable], shapely.make_valid(shapes[usable]), strict=True)
    return [(str(code), shape) for code, shape in pairs]


def _union(table: pd.DataFrame | None) -> BaseGeometry:
    ground: BaseGeometry = shapely.union_all([g for _, g in _villages(table)] if table is not None else [])
    return ground


def _real(case: Case, piece: BaseGeometry, whole: BaseGeometry) -> bool:
    """Return whether a difference is more than the tolerance along the outline."""
    return float(piece.area) > max(0.01, float(whole.length) * case.tolerance_m)


def _ground(case: Case, rule: str, code: str, text: Message, ground: BaseGeometry) -> Finding:
    return case.finding(rule, code, text, village=code, measure=float(ground.area), unit="m2", geometry=ground)


def counts_changed(case: Case) -> Iterator[Finding]:
    """Name counts of the plan that differ from the original layers (R08): villages, buildings, and areas recounted from both."""
    if case.inputs is None:
        return
    yield from _village_counts(case)
    yield from _building_counts(case)
    yield from _buildings_elsewhere(case)
    yield from _layer_counts(case)
    yield from _base_area_counts(case)


def _village_counts(case: Case) -> Iterator[Finding]:
    assert case.inputs is not None  # noqa: S101 - the caller looked
    if case.villages is None:
        return
    ours = case.villages.drop_duplicates("village_code").set_index("village_code")
    for row in case.inputs.villages.itertuples():
        code = row.village_code
        for count in ("households", "persons"):
            original = getattr(row, count)
            if code not in ours.index or pd.isna(original) or pd.isna(ours.at[code, count]):
                continue
            if int(original) != int(ours.at[code, count]):
                text = msg("village {village} has {original} {what} in the original layers, {ours} in the plan; plan again from the originals",
                           village=code, original=int(original), what=_what(count), ours=int(ours.at[code, count]))  # fmt: skip
                off = float(abs(int(original) - int(ours.at[code, count])))
                yield case.finding(
                    "R08", str(code), text, village=code, measure=off, unit=count, geometry=spot(row.geometry)
                )


def _what(count: str) -> Message:
    return msg("households") if count == "households" else msg("persons")


def _building_counts(case: Case) -> Iterator[Finding]:
    """Hold every building of the original layer that stands in a village against the plan's."""
    assert case.inputs is not None  # noqa: S101 - the caller looked
    originals = case.inputs.buildings
    counted = originals[originals["households"].fillna(0) > 0]
    if case.plan is None or case.buildings is None or not len(counted):
        return
    ours = case.buildings.drop_duplicates("building_id").set_index("building_id")["households"]
    points = np.asarray(shapely.point_on_surface(counted.geometry.to_numpy()), dtype=object)
    stands = shapely.intersects(_union(case.villages), points)
    for building, original, point, inside in zip(
        counted["building_id"], counted["households"], points, stands, strict=True
    ):
        have = ours.get(building, pd.NA)
        if building not in ours.index and inside:
            text = msg("building {building} of the original layer, with {original} households, is not in the plan; plan again from the originals",
                       building=building, original=int(original))  # fmt: skip
        elif pd.notna(have) and int(have) != int(original):
            text = msg("building {building} has {original} households in the original layer, {ours} in the plan; plan again from the originals",
                       building=building, original=int(original), ours=int(have))  # fmt: skip
        else:
            continue
        off = float(abs(int(original) - (0 if pd.isna(have) else int(have))))
        yield case.finding("R08", str(building), text, measure=off, unit="households", geometry=point)


def _buildings_elsewhere(case: Case) -> Iterator[Finding]:
    """Name buildings that the original layer shows outside the area the plan lists them in: the plan's own layer can lie."""
    assert case.inputs is not None  # noqa: S101 - the caller looked
    if case.plan is None or case.buildings is None:
        return
    originals = case.inputs.buildings[["building_id", "geometry"]]
    listed = (
        case.buildings[["building_id", "ea_code"]].drop_duplicates("building_id").set_index("building_id")["ea_code"]
    )
    row_of = {code: row for row, code in enumerate(case.codes)}
    rows = np.array([row_of.get(listed.get(b), -1) for b in originals["building_id"]], dtype=np.int64)
    sound = np.array([r >= 0 and r not in case.suspects for r in rows], dtype=bool)
    shapes = originals.geometry.to_numpy()
    off = np.zeros(len(rows), dtype=bool)
    off[sound] = ~shapely.dwithin(shapes[sound], case.polygons[rows[sound]], case.tolerance_m)
    for at in np.flatnonzero(off):
        building, code = originals["building_id"].iloc[at], case.codes[rows[at]]
        text = msg("building {building} is listed in area {code}, but the original layer shows it elsewhere; plan again from the originals",
                   building=building, code=code)  # fmt: skip
        village = case.areas["village_code"].iloc[rows[at]]
        yield case.finding("R08", str(building), text, village=village, geometry=spot(shapes[at]))


def _layer_counts(case: Case) -> Iterator[Finding]:
    """Count the areas of a layer again from the original buildings that stand in them."""
    assert case.inputs is not None  # noqa: S101 - the caller looked
    buildings = case.inputs.buildings
    if case.plan is not None or not len(buildings) or buildings["households"].isna().any():
        return
    sums = recounted(case.polygons, buildings)
    for row, own in enumerate(case.areas["households"]):
        if pd.notna(own) and row not in case.suspects and int(own) != int(sums[row]):
            text = msg("area {code} says {own} households, the original buildings in it add up to {total}; correct the count",
                       code=case.codes[row], own=int(own), total=int(sums[row]))  # fmt: skip
            yield case.finding(
                "R08", case.codes[row], text, village=case.areas["village_code"].iloc[row],
                measure=float(abs(int(own) - int(sums[row]))), unit="households", geometry=spot(case.polygons[row]),
            )  # fmt: skip


def recounted(areas: np.ndarray, pieces: pd.DataFrame) -> np.ndarray:
    """Return the households of the buildings or base areas whose middle lies in each area; one on a line counts in the first."""
    points = np.asarray(shapely.point_on_surface(pieces.geometry.to_numpy()), dtype=object)
    piece, area = shapely.STRtree(areas).query(points, predicate="intersects")
    piece, first = np.unique(piece, return_index=True)
    weights = pieces["households"].to_numpy(dtype=np.float64)[piece]
    return np.bincount(area[first], weights=weights, minlength=len(areas))


def _base_area_counts(case: Case) -> Iterator[Finding]:
    """Count every area again from the base areas that stand in it; where the ground is at fault R01 to R06 have spoken."""
    assert case.inputs is not None  # noqa: S101 - the caller looked
    base = case.inputs.base_areas
    if not len(base) or base["households"].isna().any():
        return
    sums = recounted(case.polygons, base)
    for row, own in enumerate(case.areas["households"]):
        if pd.notna(own) and row not in case.suspects and int(own) != int(sums[row]):
            text = msg("area {code} says {own} households, the original base areas in it add up to {total}; plan again from the originals",
                       code=case.codes[row], own=int(own), total=int(sums[row]))  # fmt: skip
            village = case.areas["village_code"].iloc[row]
            off = float(abs(int(own) - int(sums[row])))
            yield case.finding(
                "R08",
                case.codes[row],
                text,
                village=village,
                measure=off,
                unit="households",
                geometry=spot(case.polygons[row]),
            )
