"""Guess which layer is what, and which column means what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from areaplan.files.guess.survey import Seen
from areaplan.files.guess.words import COLUMNS, KINDS, NOT_LINES, ROLES, hit
from areaplan.files.reading.columns import as_code, as_count

__all__ = ["Roles", "column_for", "line_kind", "roles_of", "sure"]

BUILDING_M, AREA_M = 80.0, 150.0
"""A usual building is narrower than the first, a usual village or block wider than the second."""


@dataclass(frozen=True)
class Roles:
    """Say which layer plays which part; what plays none stands in ``unused``."""

    areas: dict[str, Seen]
    lines: list[tuple[Seen, str, bool]]
    totals: Seen | None
    unused: list[Seen]


def roles_of(seen: Sequence[Seen]) -> Roles:
    """Give each part to the layer that fits it best; lines get a kind and whether that is sure."""
    areas: dict[str, Seen] = {}
    left = [s for s in seen if s.shape in {"polygon", "point"}]
    for role in ("buildings", "villages", "base_areas", "townships", "counties", "settlement"):
        best = max(left, key=lambda s, r=role: (_fit(s, r), s.rows), default=None)  # type: ignore[misc]
        if best is not None and _fit(best, role) > 0:
            areas[role] = best
            left.remove(best)
    if "villages" not in areas:
        _take_any(areas, left)
    lines = [(s, *line_kind(s)) for s in seen if s.shape == "line" and not hit(s.name, NOT_LINES)]
    totals = _totals([s for s in seen if s.shape == "table"], areas.get("villages"))
    used = {id(s) for s in (*areas.values(), *(s for s, _, _ in lines), totals)}
    return Roles(areas, lines, totals, [s for s in seen if id(s) not in used])


def _take_any(areas: dict[str, Seen], left: list[Seen]) -> None:
    """Let the widest polygons be the villages when no name says so."""
    polygons = [s for s in left if s.shape == "polygon" and not hit(s.name, KINDS["river"])]
    if polygons:
        areas["villages"] = max(polygons, key=lambda s: s.size_m)
        left.remove(areas["villages"])


def sure(layer: Seen, role: str) -> bool:
    """Tell whether the name of a layer itself says what it is."""
    return hit(layer.name, ROLES[role])


def _fit(layer: Seen, role: str) -> int:
    """Weigh how well a layer fits a role: its name, its file's name, its columns, its shape and size; at most 0 is a no."""
    if layer.shape == "point" and role not in {"buildings", "settlement"}:
        return 0
    named = 6 * hit(layer.name, ROLES[role]) + 2 * hit(Path(layer.path).stem, ROLES[role])
    if role == "settlement":
        return named
    wide, narrow = layer.size_m > AREA_M, layer.size_m < BUILDING_M
    if role == "buildings":
        columns = 2 * bool(column_for(layer, "levels")) + 2 * ("building" in map(str.lower, layer.columns))
        return (
            named
            + columns
            - 6 * (wide and layer.shape == "polygon")
            + (narrow and layer.shape == "polygon" and named + columns > 0)
        )
    other = max(hit(layer.name, words) for r, words in ROLES.items() if r != role)
    evidence = named + (role == "villages") * 2 * bool(column_for(layer, "code")) - 3 * other
    water = hit(layer.name, KINDS["river"])
    return 0 if narrow or water or not named else evidence


def line_kind(layer: Seen) -> tuple[str, bool]:
    """Return the kind of a layer of lines, and whether its name or a column says so.

    An OSM key as a column is as good as a name.
    """
    for kind, words in KINDS.items():
        if hit(layer.name, words):
            return kind, True
    keys = {"highway": "street", "railway": "railway", "waterway": "river"}
    full = {k: layer.sample[k].notna().mean() for k in keys if k in layer.columns}
    if full:
        return keys[max(full, key=lambda k: full[k])], True
    for kind, words in KINDS.items():
        if hit(Path(layer.path).stem, words):
            return kind, True
    return "other", False


def column_for(layer: Seen, meaning: str, *, key: bool = False, count: bool = False) -> str | None:
    """Return the column that goes by the surest name of a meaning; ``key`` wants unique values, ``count`` whole numbers."""
    lower = {c.lower().strip(): c for c in reversed(layer.columns)}
    for name in COLUMNS[meaning]:
        column = lower.get(name)
        if column is not None and _fits(layer, column, key, count):
            return column
    return _any_code(layer) if key and meaning == "code" else None


def _fits(layer: Seen, column: str, key: bool, count: bool) -> bool:
    if key:
        return layer.unique(column)
    return not count or not as_count(layer.sample[column])[1].any()


def _any_code(layer: Seen) -> str | None:
    """Return a column that looks like codes of six to fifteen digits, each different."""
    for column in layer.columns:
        codes = [c for c in as_code(layer.sample[column]) if c is not None]
        if codes and all(c.isdigit() and 6 <= len(c) <= 15 for c in codes) and layer.unique(column):
            return column
    return None


def _totals(tables: Iterable[Seen], villages: Seen | None) -> Seen | None:
    """Return the table whose codes are those of the villages and that has counts."""
    if villages is None:
        return None
    key = column_for(villages, "code", key=True)
    codes = set(as_code(villages.sample[key])) if key else set()
    for table in tables:
        own = column_for(table, "code", key=True)
        if own and column_for(table, "households", count=True) and codes & set(as_code(table.sample[own])):
            return table
    return None
