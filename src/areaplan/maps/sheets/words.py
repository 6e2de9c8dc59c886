"""The words of a sheet: title, totals, the four sides 四至, neighbours, turning points, and every fixed text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.maps.sheets.edition import DRAFT, FINAL, INTERNAL, OPEN
from areaplan.maps.sheets.ground import Ground
from areaplan.maps.sheets.layers import AreaGround, Border
from areaplan.maps.sheets.signs import BORDERS, FEATURES
from areaplan.maps.sheets.turning import TURN_TEXTS, Turn
from areaplan.messages import Lang, Message, msg

__all__ = ["FIXED", "facts", "four_sides", "neighbours_of"]

DISCLAIMER = msg("Borders on this map are for enumeration only and are no evidence of administrative boundaries.")
LEGEND, CORRECTIONS, DETAIL, NORTH = (
    msg("Legend"),
    msg("Corrections by the enumerator"),
    msg("Detail {number}"),
    msg("N"),
)
DRAFTER, DATE, SHEET = msg("Drafter"), msg("Date"), msg("Sheet no.")
SUPERVISOR, TOWNSHIP, STAMP = msg("Supervisor"), msg("Township office"), msg("(stamp)")
HOUSE, SHED, ELSEWHERE = msg("building, number"), msg("building without households"), msg("neighbouring area")
FLATS, TURN = msg("block of flats (4 floors and more)"), msg("turning point of the border")
SEE_PAGE, CONTINUED = msg("Continued on page {page}"), msg("Continued: facts of this sheet")
CELL = msg("smallest piece")
LOCATOR = msg("Place in {village}")
NUMBER_COLUMN, CHANGE, REMARK = msg("No."), msg("new / gone / changed"), msg("households, remarks")
SIDES: Final[dict[str, Message]] = {
    "street": msg("street"), "river": msg("river"), "railway": msg("railway"), "wall": msg("wall"),
    "ridge": msg("ridge"), "other": msg("other feature"),
}  # fmt: skip
_VILLAGE_BORDER, _AREA, _OTHER_VILLAGE = msg("border of the village"), msg("area {code}"), msg("border of {village}")
_FOUR = msg("East: {east}. South: {south}. West: {west}. North: {north}.")
_FACTS = {
    "code": msg("Area code: {code}"), "counts": msg("Buildings: {buildings}   Households: {households}"),
    "persons": msg("Persons: {persons}"), "beside": msg("Neighbouring areas: {codes}"), "hash": msg("Plan: {hash}"),
    "parts": msg("Divided buildings: {parts}"), "details": msg("Details: {count} sheets follow"),
    "turns": msg("Turning points: {points}"),
}  # fmt: skip
COUNTED, PAGE = msg("provisional"), msg("page {page} of {pages}")
FIXED: Final[tuple[Message, ...]] = (
    DRAFT, FINAL, INTERNAL, OPEN, DISCLAIMER, LEGEND, FLATS, TURN, SEE_PAGE, CONTINUED, CORRECTIONS, DETAIL, NORTH, DRAFTER, DATE, SHEET, SUPERVISOR, TOWNSHIP, STAMP, HOUSE, SHED,
    ELSEWHERE, CELL, LOCATOR, NUMBER_COLUMN, CHANGE, REMARK, COUNTED, PAGE, _VILLAGE_BORDER, _AREA, _OTHER_VILLAGE, _FOUR, *_FACTS.values(),
    *SIDES.values(), *FEATURES.values(), *(m for m, _ in BORDERS.values()), *TURN_TEXTS,
)  # fmt: skip
"""Every fixed text of a sheet."""


def facts(
    ground: Ground, area: AreaGround, neighbours: list[str], details: int, turns: Sequence[Turn], state: str
) -> list[str]:
    """Return the lines of the facts panel, the most needed first."""
    lang = ground.lang
    unknown = "—"
    counts = _FACTS["counts"].template, {
        "buildings": len(area.houses) if len(ground.buildings.shapes) else unknown, "households": unknown if area.households is None else area.households,
    }  # fmt: skip
    lines = [_FACTS["code"].template, {"code": area.code}], list(counts)
    said = [Message(str(t), v).text(lang) for t, v in lines]  # type: ignore[arg-type]
    if state == "draft":
        said[1] += f" ({COUNTED.text(lang)})" if lang == "en" else f"（{COUNTED.text(lang)}）"
    return said + _more(ground, area, neighbours, details, turns)


def _more(ground: Ground, area: AreaGround, neighbours: list[str], details: int, turns: Sequence[Turn]) -> list[str]:
    values: list[tuple[str, dict[str, object]]] = []
    if area.persons is not None:
        values.append(("persons", {"persons": area.persons}))
    if neighbours:
        values.append(("beside", {"codes": ", ".join(neighbours)}))
    if area.notes:
        values.append(("parts", {"parts": "; ".join(f"{n}: {said}" for n, said in area.notes)}))
    if details:
        values.append(("details", {"count": details}))
    if ground.content_hash:
        values.append(("hash", {"hash": ground.content_hash[:16]}))
    if turns:
        colon = "：" if ground.lang == "zh" else ": "
        listed = ("；" if ground.lang == "zh" else "; ").join(f"{t.letter}{colon}{t.text}" for t in turns)
        values.append(("turns", {"points": listed}))
    said = [Message(_FACTS[k].template, v).text(ground.lang) for k, v in values]
    return [four_sides(ground, area), *said]


def neighbours_of(ground: Ground, area: AreaGround) -> list[str]:
    """Return the codes of all areas whose ground touches the area's, those of its own village first."""
    if area.code not in ground.memo:
        near = ground.areas.near(area.shape.bounds)
        shapely.prepare(area.shape)
        touching = near[shapely.dwithin(area.shape, ground.areas.shapes[near], 0.01)]
        codes = sorted(c for c in ground.areas["ea_code"][touching] if c != area.code)
        ground.memo[area.code] = sorted(codes, key=lambda c: ground.village_of(c) != area.village_code)
    return list(ground.memo[area.code])


def four_sides(ground: Ground, area: AreaGround) -> str:
    """Return what bounds the area in the east, south, west and north, the longest first."""
    lengths: dict[str, dict[str, float]] = {side: defaultdict(float) for side in ("east", "south", "west", "north")}
    west, south, east, north = area.shape.bounds
    middle = np.array([(west + east) / 2, (south + north) / 2])
    half = np.maximum([(east - west) / 2, (north - south) / 2], 1e-6)
    lines = np.array([border.line for border in area.borders], dtype=object)
    parts, of = shapely.get_parts(lines, return_index=True)
    spots = shapely.get_coordinates(shapely.line_interpolate_point(parts, 0.5, normalized=True))
    beyond = [_beyond(ground, area, area.borders[i], spot) for i, spot in zip(of.tolist(), spots, strict=True)]
    xy, at = shapely.get_coordinates(parts, return_index=True)
    same = at[:-1] == at[1:]
    long = np.hypot(*np.diff(xy, axis=0).T)[same]
    for (dx, dy), length, part in zip(
        (((xy[:-1] + xy[1:])[same] / 2 - middle) / half).tolist(), long.tolist(), at[:-1][same].tolist(), strict=True
    ):
        side = ("east" if dx > 0 else "west") if abs(dx) > abs(dy) else ("north" if dy > 0 else "south")
        lengths[side][beyond[part]] += length
    return Message(_FOUR.template, {s: _longest(found, ground.lang) for s, found in lengths.items()}).text(ground.lang)


def _beyond(ground: Ground, area: AreaGround, border: Border, spot: NDArray[np.float64]) -> str:
    """Return what a piece of border is called: its feature, else the area or village on the other side of ``spot``."""
    if border.name:
        return border.name
    if border.kind in SIDES:
        return SIDES[border.kind].text(ground.lang)
    if border.neighbour is not None:
        return Message(_AREA.template, {"code": ground.short_code(border.neighbour, area.village_code)}).text(
            ground.lang
        )
    touching = ground.villages.tree.query(shapely.Point(spot), predicate="dwithin", distance=0.05)
    others = sorted(c for c in ground.villages["village_code"][touching] if c != area.village_code)
    if not others:
        return _VILLAGE_BORDER.text(ground.lang)
    v = ground.village_row(others[0])
    return Message(_OTHER_VILLAGE.template, {"village": ground.villages["name"][v] or others[0]}).text(ground.lang)


def _longest(found: dict[str, float], lang: Lang) -> str:
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    most = [name for name, length in ranked[:2] if length >= 0.35 * ranked[0][1]]
    return ("、" if lang == "zh" else ", ").join(most) or "—"
