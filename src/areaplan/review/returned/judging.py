"""What a change of a border would break, were it accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.delineation.pose import bounds_of
from areaplan.linework.edges import Geoms
from areaplan.messages import msg
from areaplan.model import AreaPlan, Finding, Severity
from areaplan.review.returned.ground import Strip

__all__ = ["Judge", "people_in"]

_CUT_M2 = 1.0
_VISIBLE = 0.8


@dataclass(frozen=True)
class Judge:
    """Judge changes of the borders of one plan."""

    plan: AreaPlan

    @cached_property
    def codes(self) -> list[str]:
        """Codes of the areas, by row."""
        return list(self.plan.areas["ea_code"])

    @cached_property
    def footprints(self) -> shapely.STRtree:
        """The buildings, to look them up by place."""
        return shapely.STRtree(self.plan.cells.buildings.geometry.to_numpy())

    @cached_property
    def lines(self) -> shapely.STRtree:
        """The visible lines, to look them up by place."""
        seen = self.plan.territory.lines
        return shapely.STRtree(seen.geometry.to_numpy()[~seen["tunnel"].to_numpy(dtype=bool)])

    def breaks(self, several: Sequence[Strip], households: Mapping[int, int | None]) -> tuple[Finding, ...]:
        """Return what a change breaks: ``households`` says what each area (row) would gain or lose."""
        rows = sorted({r for s in several for r in (s.giver, s.taker)})
        return (
            *self._locked(rows),
            *self._cut(several),
            *self._sizes(rows, households),
            *self._hidden(several),
        )

    def _locked(self, rows: Sequence[int]) -> Iterator[Finding]:
        for row in rows:
            area = self.plan.areas.iloc[row]
            if area["locked"] in ("borders", "both"):
                text = msg("the borders of area {code} are locked", code=area["ea_code"])
                yield Finding("R19", Severity.ERROR, str(area["ea_code"]), text, area["village_code"])

    def _cut(self, several: Sequence[Strip]) -> Iterator[Finding]:
        buildings = self.plan.cells.buildings
        for strip in several:
            rows = np.sort(self.footprints.query(strip.ground, predicate="intersects"))
            shapes = buildings.geometry.to_numpy()[rows]
            inside = shapely.area(shapely.intersection(shapes, strip.ground))
            left = shapely.area(shapes) - inside
            for k in np.flatnonzero((inside > _CUT_M2) & (left > _CUT_M2)):
                name = str(buildings["building_id"].iloc[rows[k]])
                text = msg("building {building} is cut, {m2:.0f} m² of it go", building=name, m2=float(inside[k]))
                yield Finding(
                    "R07", Severity.ERROR, name, text, geometry=shapes[k], measure=float(inside[k]), unit="m2"
                )

    def _sizes(self, rows: Sequence[int], households: Mapping[int, int | None]) -> Iterator[Finding]:
        targets = self.plan.territory.villages.set_index("village_code")["target_households"]
        for row in rows:
            area, change = self.plan.areas.iloc[row], households.get(row)
            if change in (None, 0) or pd.isna(area["households"]):
                continue
            own = targets.get(area["village_code"])
            bounds = bounds_of(self.plan.settings.areas, None if own is None or pd.isna(own) else int(own))
            old, new = int(area["households"]), int(area["households"]) + int(change or 0)
            if bounds.lower <= old <= bounds.upper and not bounds.lower <= new <= bounds.upper:
                text = msg("area {code} would have {count} households, outside {lower}–{upper}",
                           code=area["ea_code"], count=new, lower=bounds.lower, upper=bounds.upper)  # fmt: skip
                yield Finding(
                    "R09", Severity.WARNING, str(area["ea_code"]), text, area["village_code"], float(new), "households"
                )

    def _hidden(self, several: Sequence[Strip]) -> Iterator[Finding]:
        """Name borders that lay on something visible and would not any more (R13)."""
        within = self.plan.settings.cells.follow_m
        b = self.plan.boundaries
        for strip in several:
            pair = {self.codes[strip.giver], self.codes[strip.taker]}
            here = b[b["left_ea"].isin(pair) & b["right_ea"].isin(pair)]
            rim = shapely.boundary(strip.ground)
            old = [shapely.intersection(g, shapely.buffer(rim, within)) for g in here.geometry]
            metres = shapely.length(np.array(old, dtype=object)) if old else np.zeros(0)
            seen = here["kind"].to_numpy() != "none"
            new = shapely.difference(rim, shapely.buffer(shapely.union_all(here.geometry.to_numpy()), 2 * within))
            if metres.sum() == 0 or metres[seen].sum() / metres.sum() < _VISIBLE or new.length == 0:
                continue
            near = self.lines.geometries[self.lines.query(new, predicate="dwithin", distance=within)]
            on = shapely.intersection(new, shapely.buffer(shapely.union_all(near), within)).length if len(near) else 0.0
            if on / new.length < _VISIBLE:
                kinds = here["feature_name"].fillna(here["kind"])[seen]
                name = str(kinds.iloc[int(metres[seen].argmax())])
                text = msg("the border leaves {feature} for {metres:.0f} m", feature=name, metres=float(new.length))
                yield Finding(
                    "R13",
                    Severity.WARNING,
                    " ".join(sorted(pair)),
                    text,
                    measure=float(new.length),
                    unit="m",
                    geometry=new,
                )


def people_in(plan: AreaPlan, code: str, ground: BaseGeometry, buildings: shapely.STRtree) -> int | None:
    """Return the households of an area that live on a piece of its ground; None where that is not known.

    Buildings count where their inner point lies; cells without buildings count by square metres.
    """
    table = plan.cells.table
    own = table[(table["ea_code"] == code).to_numpy() & shapely.intersects(table.geometry.to_numpy(), ground)]
    if own["households"].isna().any():
        return None
    rows = buildings.query(ground, predicate="intersects")
    inside = plan.cells.buildings.iloc[rows]
    inside = inside[shapely.within(shapely.point_on_surface(inside.geometry.to_numpy()), ground)]
    inside = inside[inside["cell_id"].isin(own["cell_id"])]
    lived_in = set(plan.cells.buildings["cell_id"][plan.cells.buildings["cell_id"].isin(own["cell_id"])])
    empty = own[~own["cell_id"].isin(lived_in)]
    shares = _shares(empty.geometry.to_numpy(), ground) * empty["households"].to_numpy(dtype=np.float64)
    return int(inside["households"].fillna(0).sum()) + round(float(shares.sum()))


def _shares(shapes: Geoms, ground: BaseGeometry) -> np.ndarray:
    return np.asarray(shapely.area(shapely.intersection(shapes, ground)) / np.maximum(shapely.area(shapes), 1e-9))
