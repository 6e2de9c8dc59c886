"""Say how two plans of the same place differ, area by area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from areaplan.model import AreaPlan

__all__ = ["AreaDiff", "PlanDiff", "diff_plans"]

_COLUMNS = ("name", "households", "persons", "buildings", "locked", "special")
_LEAST_M2 = 0.01


@dataclass(frozen=True)
class AreaDiff:
    """Say how one area differs.

    Parameters
    ----------
    ea_code, village_code
        Which.
    state
        ``new``, ``ended``, ``ground`` (its ground changed), ``columns`` (its ground did not) or ``noded`` (only vertices on its outline were added or
        taken away).
    columns
        Column -> (old, new) where they differ.
    from_areas, to_areas
        Ground that came or went: code -> m².
    old_m2, new_m2
        Square metres; None where there is no such area.
    """

    ea_code: str
    village_code: str
    state: str
    columns: dict[str, tuple[Any, Any]]
    from_areas: dict[str, float]
    to_areas: dict[str, float]
    old_m2: float | None
    new_m2: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "ea_code": self.ea_code, "village_code": self.village_code, "state": self.state,
            "columns": {k: list(v) for k, v in self.columns.items()},
            "from_areas": {k: round(v, 3) for k, v in self.from_areas.items()},
            "to_areas": {k: round(v, 3) for k, v in self.to_areas.items()},
            "old_m2": self.old_m2, "new_m2": self.new_m2,
        }  # fmt: skip


@dataclass(frozen=True)
class PlanDiff:
    """Hold how two plans differ: the areas that do, how many do not, and what was logged in between."""

    areas: tuple[AreaDiff, ...]
    same: int
    revisions: tuple[dict[str, Any], ...]
    old_hash: str
    new_hash: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "old_hash": self.old_hash, "new_hash": self.new_hash, "same": self.same,
            "areas": [a.as_dict() for a in self.areas], "revisions": list(self.revisions),
        }  # fmt: skip


def diff_plans(old: AreaPlan, new: AreaPlan) -> PlanDiff:
    """Compare two plans in the same CRS by code and ground.

    Parameters
    ----------
    old, new
        The earlier and the later plan.

    Returns
    -------
    PlanDiff
        Areas in the order of their codes; those that are the same to the bit are only counted.
    """
    from areaplan.certificate import content_hash

    before, after = (p.areas.set_index("ea_code", drop=False) for p in (old, new))
    codes = sorted({*before.index, *after.index})
    shapes = [{c: shapely.normalize(g) for c, g in zip(t.index, t.geometry, strict=True)} for t in (before, after)]
    moved = [c for c in codes if not _same_bits(shapes[0].get(c), shapes[1].get(c))]
    flows = _flows(before, after, moved)
    diffs = [_area_diff(c, before, after, moved, flows) for c in codes]
    found = tuple(d for d in diffs if d is not None)
    return PlanDiff(found, len(codes) - len(found), _logged_between(old, new), content_hash(old), content_hash(new))


def _same_bits(a: shapely.Geometry | None, b: shapely.Geometry | None) -> bool:
    return a is not None and b is not None and bool(shapely.to_wkb(a) == shapely.to_wkb(b))


def _flows(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, moved: list[str]) -> dict[tuple[str, str], float]:
    """Return m² by (old code, new code) among the areas whose ground is not the same to the bit."""
    old, new = before[before.index.isin(moved)], after[after.index.isin(moved)]
    i, j = shapely.STRtree(new.geometry.to_numpy()).query(old.geometry.to_numpy(), predicate="intersects")
    m2 = shapely.area(shapely.intersection(old.geometry.to_numpy()[i], new.geometry.to_numpy()[j]))
    return {(old.index[a], new.index[b]): float(v) for a, b, v in zip(i, j, m2, strict=True) if v > _LEAST_M2}


def _area_diff(
    code: str, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, moved: list[str], flows: dict[tuple[str, str], float]
) -> AreaDiff | None:
    old = before.loc[code] if code in before.index else None
    new = after.loc[code] if code in after.index else None
    columns = {} if old is None or new is None else _column_diffs(old, new)
    came = {a: v for (a, b), v in flows.items() if b == code and a != code}
    went = {b: v for (a, b), v in flows.items() if a == code and b != code}
    if old is None:
        state = "new"
    elif new is None:
        state = "ended"
    elif came or went or (code in moved and abs(old.geometry.area - new.geometry.area) > _LEAST_M2):
        state = "ground"
    elif columns:
        state = "columns"
    elif code in moved:
        state = "noded"
    else:
        return None
    rows = [row for row in (new, old) if row is not None]
    m2 = [None if row is None else round(float(row.geometry.area), 3) for row in (old, new)]
    return AreaDiff(code, str(rows[0]["village_code"]), state, columns, came, went, *m2)


def _column_diffs(old: pd.Series, new: pd.Series) -> dict[str, tuple[Any, Any]]:
    pairs = {c: (_value(old[c]), _value(new[c])) for c in _COLUMNS}
    return {c: pair for c, pair in pairs.items() if pair[0] != pair[1]}


def _value(value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    return int(value) if isinstance(value, (int, np.integer)) else value


def _logged_between(old: AreaPlan, new: AreaPlan) -> tuple[dict[str, Any], ...]:
    """Return number, author, reason and date of the revisions that the later plan has beyond the earlier."""
    known = len(old.tables.get("revisions", ()))
    log = new.tables.get("revisions")
    rows = [] if log is None else log.drop(columns="change").to_dict("records")[known:]
    return tuple({k: _value(v) for k, v in row.items()} for row in rows)
