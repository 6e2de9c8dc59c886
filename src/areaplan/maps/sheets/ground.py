"""What the sheets of one plan draw on, gathered once; and what one area's sheet has to say."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from areaplan.errors import InputError
from areaplan.maps.sheets.layers import AreaGround, Border, Layer, layer_of
from areaplan.messages import Lang, msg, plain
from areaplan.model import AreaPlan
from areaplan.numbering import number_buildings

__all__ = ["Ground"]

_FLATS = 4  # floors from which a building is drawn as a block of flats


@dataclass(frozen=True)
class Ground:
    """Hold a plan's layers as arrays for drawing."""

    plan: AreaPlan
    lang: Lang
    content_hash: str | None = None
    memo: dict[Any, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def areas(self) -> Layer:
        """The areas."""
        return layer_of(self.plan.areas, "ea_code", "village_code", "name", "households", "persons", "buildings")

    @cached_property
    def villages(self) -> Layer:
        """The villages."""
        return layer_of(self.plan.territory.villages, "village_code", "name", "township", "county")

    @cached_property
    def lines(self) -> Layer:
        """Streets, rivers and what else people see; what runs in a tunnel is not seen."""
        lines = self.plan.territory.lines
        return layer_of(lines[~lines["tunnel"].astype(bool)], "kind", "class", "name")

    @cached_property
    def buildings(self) -> Layer:
        """The buildings."""
        return layer_of(self.plan.cells.buildings, "building_id", "households", "name", "levels")

    @cached_property
    def landmarks(self) -> Layer:
        """The buildings with a name, by which a corner is found."""
        named = np.array([bool(n) for n in self.buildings["name"]], dtype=bool)
        return Layer(self.buildings.shapes[named], {"name": self.buildings["name"][named]})

    @cached_property
    def supervisors(self) -> dict[str, str]:
        """Supervisor area (指导区) by area code; empty where the plan has none."""
        table = self.plan.areas
        if "supervisor_area" not in table.columns:
            return {}
        known = table[table["supervisor_area"].notna()]
        return {str(c): plain(str(s)) for c, s in zip(known["ea_code"], known["supervisor_area"], strict=True)}

    @cached_property
    def looks(self) -> NDArray[np.int8]:
        """How each building is drawn: 0 without households, 1 a house, 2 a block of flats."""
        layer = self.buildings
        peopled = np.array([bool(n) for n in layer["households"]], dtype=bool)
        tall = np.array([(n or 0) >= _FLATS for n in layer["levels"]], dtype=bool)
        return peopled.astype(np.int8) + (peopled & tall)

    @cached_property
    def borders(self) -> Layer:
        """The borders between areas, and of villages."""
        return layer_of(self.plan.boundaries, "left_ea", "right_ea", "kind", "feature_name")

    @cached_property
    def cells(self) -> Layer:
        """The cells, for areas that have no buildings to show."""
        return layer_of(self.plan.cells.table, "cell_id", "ea_code")

    def codes(self, village: str | None = None, area: str | None = None) -> list[str]:
        """Return the codes of all areas, of one village, or the one asked for, in order.

        Raises
        ------
        InputError
            When the plan has no such village or area.
        """
        table = self.plan.areas
        if village is not None:
            table = table[table["village_code"] == village]
            if table.empty:
                raise InputError(msg("the plan has no village {code}", code=village))
        if area is not None:
            if area not in self._rows:
                raise InputError(msg("the plan has no area {code}", code=area))
            return [area]
        return sorted(str(c) for c in table["ea_code"])

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {c: i for i, c in enumerate(self.areas["ea_code"])}

    @cached_property
    def numbered(self) -> pd.DataFrame:
        """The buildings of every area with their numbers, as :func:`areaplan.numbering.number_buildings` gives them."""
        return number_buildings(self.plan, self.lang)

    @cached_property
    def _houses(self) -> dict[str, list[tuple[int, int, bool, str | None]]]:
        """Row, number, whether it was given by the listing, and part of the buildings, by area."""
        by_area: dict[str, list[tuple[int, int, bool, str | None]]] = defaultdict(list)
        for r in self.numbered.itertuples(index=False):
            by_area[r.ea_code].append((r.row, r.number, r.listed, r.part))
        return by_area

    @cached_property
    def _border_rows(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = defaultdict(list)
        for i, pair in enumerate(zip(self.borders["left_ea"], self.borders["right_ea"], strict=True)):
            for code in pair:
                if code is not None:
                    rows[code].append(i)
        return rows

    def village_row(self, code: str) -> int:
        """Return the row of a village."""
        return int(np.flatnonzero(self.villages["village_code"] == code)[0])

    def shape_of(self, code: str) -> BaseGeometry:
        """Return the ground of an area."""
        return self.areas.shapes[self._rows[code]]

    def village_of(self, code: str) -> str:
        """Return the code of an area's village."""
        return str(self.areas["village_code"][self._rows[code]])

    def full_name(self, code: str) -> str:
        """Return county, township, village and area as one title; Chinese is written without blanks."""
        row = self._rows[code]
        v = self.village_row(self.areas["village_code"][row])
        county, township = self.villages["county"][v], self.villages["township"][v]
        village = self.villages["name"][v] or self.villages["village_code"][v]
        parts = [p for p in (county, township, village, self.areas["name"][row]) if p]
        return ("" if self.lang == "zh" else " ").join(parts)

    def short_code(self, code: str, village: str) -> str:
        """Return what a neighbour is called on a map: its last three digits, after its village's name when that is another one."""
        row = self._rows[code]
        if self.areas["village_code"][row] == village:
            return code[-3:]
        v = self.village_row(self.areas["village_code"][row])
        return f"{self.villages['name'][v] or self.villages['village_code'][v]} {code[-3:]}"

    def area(self, code: str) -> AreaGround:
        """Return what the sheet of one area shows."""
        row = self._rows[code]
        houses = self._houses.get(code, [])
        return AreaGround(
            code=code,
            name=self.areas["name"][row] or code,
            village_code=self.areas["village_code"][row],
            shape=self.areas.shapes[row],
            households=self.areas["households"][row],
            persons=self.areas["persons"][row],
            houses=np.array([h[0] for h in houses], dtype=np.int64),
            numbers=[h[1] for h in houses],
            unlisted=sum(not h[2] for h in houses),
            notes=[(number, part) for _, number, _, part in houses if part],
            borders=[self._border(code, i) for i in self._border_rows.get(code, [])],
        )

    def _border(self, code: str, row: int) -> Border:
        left, right = self.borders["left_ea"][row], self.borders["right_ea"][row]
        other = right if left == code else left
        kind, name = self.borders["kind"][row] or "none", self.borders["feature_name"][row]
        return Border(self.borders.shapes[row], kind, name, other, other is None)

    def texts(self) -> list[tuple[str, str]]:
        """Return every text of the plan that a sheet may print, with where it stands."""
        out = []
        for place, layer, key, columns in (
            ("villages", self.villages, "village_code", ("village_code", "name", "township", "county")),
            ("areas", self.areas, "ea_code", ("ea_code", "name")),
            ("lines", self.lines, "kind", ("name",)),
            ("boundaries", self.borders, "left_ea", ("feature_name",)),
            ("buildings", self.buildings, "building_id", ("name",)),
        ):
            for column in columns:
                out += [(f"{place} {k}", v) for k, v in zip(layer[key], layer[column], strict=True) if v]
        out += [(f"areas {c}", s) for c, s in self.supervisors.items()]
        parts = self.numbered.dropna(subset="part")
        return out + [(f"cells {c}", said) for c, said in zip(parts["ea_code"], parts["part"], strict=True)]
