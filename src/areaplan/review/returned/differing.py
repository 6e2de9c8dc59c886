"""Name the differences between a plan and a map that lies on it, kind by kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.linework.edges import Geoms
from areaplan.messages import msg
from areaplan.model import AreaPlan
from areaplan.review.returned.columns import Columns, plain_code
from areaplan.review.returned.difference import Difference
from areaplan.review.returned.ground import Strip, dividing_line, gaps, overlaps, spills, strips, together
from areaplan.review.returned.judging import Judge, people_in
from areaplan.review.returned.matching import Match, match_areas

__all__ = ["Differing"]


@dataclass(frozen=True)
class Differing:
    """Name the differences between a plan and a map that lies on it.

    Parameters
    ----------
    plan
        What was issued.
    table, shapes, codes
        The returned rows, their polygons on the plan, their plain codes.
    columns
        What its columns are called.
    tolerance_m
        Below it a strip is noise.
    """

    plan: AreaPlan
    table: gpd.GeoDataFrame
    shapes: Geoms
    codes: list[str]
    columns: Columns
    tolerance_m: float

    @cached_property
    def areas(self) -> Geoms:
        """The plan's areas, by row."""
        return np.asarray(self.plan.areas.geometry.to_numpy(), dtype=object)

    @cached_property
    def known(self) -> list[str]:
        """Their codes."""
        return list(self.plan.areas["ea_code"])

    @cached_property
    def judge(self) -> Judge:
        """Who says what a moved border breaks."""
        return Judge(self.plan)

    @cached_property
    def match(self) -> Match:
        """Which polygon stands for which area."""
        return match_areas(self.areas, self.known, self.shapes, self.codes)

    def differences(self) -> Iterator[Difference]:
        """Yield every difference, the largest kinds first."""
        yield from self._missing()
        yield from self._joined()
        yield from self._divided()
        yield from self._new()
        yield from self._borders()
        yield from self._faults()
        yield from self._codes()
        yield from self._values()
        yield from self._lost_columns()

    def _village(self, row: int) -> str:
        return str(self.plan.areas["village_code"].iloc[row])

    def _households(self, row: int) -> int | None:
        value = self.plan.areas["households"].iloc[row]
        return None if pd.isna(value) else int(value)

    def _missing(self) -> Iterator[Difference]:
        for row in self.match.missing:
            m2, people = float(self.areas[row].area), self._households(row)
            text = msg("area {code} is not in the returned map: {m2:.0f} m² and {households} households lie in no area",
                       code=self.known[row], m2=m2, households="-" if people is None else people)  # fmt: skip
            yield Difference(
                "missing", (self.known[row],), self._village(row), text, self.areas[row], area_m2=m2, households=people
            )

    def _joined(self) -> Iterator[Difference]:
        for j, rows in self.match.joined.items():
            codes = tuple(self.known[i] for i in rows)
            text = msg("areas {codes} were joined to one, {code}", codes=", ".join(codes), code=self.codes[j] or "-")
            ground = shapely.coverage_union_all(self.areas[list(rows)])
            yield Difference("joined", codes, self._village(rows[0]), text, ground, area_m2=float(ground.area))

    def _divided(self) -> Iterator[Difference]:
        for row, parts in self.match.divided.items():
            names = ", ".join(self.codes[j] or "-" for j in parts)
            text = msg(
                "area {code} was divided into {count}: {names}", code=self.known[row], count=len(parts), names=names
            )
            knife = dividing_line(self.areas[row], [self.shapes[j] for j in parts], self.tolerance_m)
            m2 = float(self.areas[row].area)
            yield Difference(
                "divided", (self.known[row],), self._village(row), text, self.areas[row], area_m2=m2, line=knife
            )

    def _new(self) -> Iterator[Difference]:
        for j in self.match.new:
            shape = self.shapes[j]
            text = msg(
                "polygon {code} of {m2:.0f} m² stands for no area of the plan",
                code=self.codes[j] or f"#{j + 1}",
                m2=float(shape.area),
            )
            yield Difference("new", (), None, text, shape, area_m2=float(shape.area))

    def _borders(self) -> Iterator[Difference]:
        found = list(strips(self.areas, self.shapes, self.match, self.tolerance_m))
        for several in together(found, self.tolerance_m):
            yield self._border(several)

    def _border(self, several: list[Strip]) -> Difference:
        people = [people_in(self.plan, self.known[s.giver], s.ground, self.judge.footprints) for s in several]
        m2: dict[int, float] = {}
        for s in several:
            m2[s.giver] = m2.get(s.giver, 0.0) + float(s.ground.area)
        first = max(sorted(m2), key=lambda r: m2[r])
        other = next(r for s in several for r in (s.giver, s.taker) if r != first)
        moved = max(
            float(shapely.distance(shapely.points(shapely.get_coordinates(s.ground)), self.areas[s.taker]).max())
            for s in several
        )
        net: dict[int, int | None] = {first: 0, other: 0}
        for s, n in zip(several, people, strict=True):
            for row, sign in ((s.giver, -1), (s.taker, 1)):
                so_far = net[row]
                net[row] = None if n is None or so_far is None else so_far + sign * n
        a, b, gain = self.known[first], self.known[other], net[other]
        text = msg(
            "the border of {a} and {b} moved by up to {metres} m: {m2:.0f} m² and {households} households went from {a} to {b}",
            a=a, b=b, metres=f"{moved:.1f}", m2=m2[first] - m2.get(other, 0.0), households="-" if gain is None else gain,
        )  # fmt: skip
        place = shapely.union_all([s.ground for s in several])
        gives = tuple((self.known[s.giver], self.known[s.taker], s.ground) for s in several)
        breaks = self.judge.breaks(several, net)
        return Difference(
            "border", (a, b), self._village(first), text, place, moved, sum(m2.values()), gain, gives, breaks
        )

    def _faults(self) -> Iterator[Difference]:
        for row, ground in gaps(self.areas, self.shapes, self.match, self.tolerance_m):
            text = msg(
                "{m2:.0f} m² of area {code} lie in no returned area", m2=float(ground.area), code=self.known[row]
            )
            yield Difference("gap", (self.known[row],), self._village(row), text, ground, area_m2=float(ground.area))
        for i, j, ground in overlaps(self.shapes, self.tolerance_m):
            codes = tuple(self._name(k) for k in (i, j))
            text = msg("{m2:.0f} m² lie in {a} and in {b}", m2=float(ground.area), a=codes[0], b=codes[1])
            yield Difference("overlap", codes, self._home(ground), text, ground, area_m2=float(ground.area))
        for j, ground in spills(self.areas, self.shapes, self.tolerance_m):
            text = msg("{m2:.0f} m² of {code} lie outside the plan", m2=float(ground.area), code=self._name(j))
            yield Difference("spill", (self._name(j),), None, text, ground, area_m2=float(ground.area))

    def _name(self, j: int) -> str:
        """Return what a returned polygon is called: the area it stands for, else its own code."""
        owners = sorted(self.match.owners[j])
        return self.known[owners[0]] if owners else self.codes[j] or f"#{j + 1}"

    def _home(self, ground: BaseGeometry) -> str | None:
        inside = shapely.STRtree(self.areas).query(ground.representative_point(), predicate="intersects")
        return self._village(int(inside[0])) if len(inside) else None

    def _codes(self) -> Iterator[Difference]:
        for j, row in self.match.wrong_code.items():
            text = msg(
                "area {code} has the code {theirs} in the returned map",
                code=self.known[row],
                theirs=self.codes[j] or "-",
            )
            yield Difference("code", (self.known[row],), self._village(row), text, self.areas[row])

    def _values(self) -> Iterator[Difference]:
        """Name texts and counts that differ, of areas that one polygon stands for."""
        for column in ("name", "households", "persons"):
            theirs = getattr(self.columns, column)
            if theirs is None:
                continue
            for j, owners in enumerate(self.match.owners):
                if len(owners) != 1 or any(j in parts for parts in self.match.divided.values()):
                    continue
                (row,) = owners
                ours, value = plain_code(self.plan.areas[column].iloc[row]), plain_code(self.table[theirs].iloc[j])
                if ours and ours != value:
                    yield self._value(column, row, value)

    def _value(self, column: str, row: int, theirs: str) -> Difference:
        ours = self.plan.areas[column].iloc[row]
        values = {"code": self.known[row], "ours": ours, "theirs": theirs or "-"}
        text = {
            "name": msg("area {code} is called {ours} in the plan and {theirs} in the returned map", **values),
            "households": msg(
                "area {code} has {ours} households in the plan and {theirs} in the returned map", **values
            ),
            "persons": msg("area {code} has {ours} persons in the plan and {theirs} in the returned map", **values),
        }[column]
        return Difference(column, (self.known[row],), self._village(row), text, self.areas[row], value=theirs)

    def _lost_columns(self) -> Iterator[Difference]:
        for column, label in (("code", msg("codes")), ("name", msg("names")), ("households", msg("households"))):
            lacking = getattr(self.columns, column) is None
            ours = "ea_code" if column == "code" else column
            if lacking and self.plan.areas[ours].notna().any():
                text = msg("the returned map has no column with the {what} of the areas", what=label)
                yield Difference("column", (), None, text, None)
