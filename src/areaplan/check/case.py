"""What is put before the judge, in one form for plans and for layers of any origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from areaplan.check.evidence import Evidence
from areaplan.check.once import once
from areaplan.check.parting import Behind, behind_barriers
from areaplan.check.spots import GRID_M, grid_for, is_somewhere, places
from areaplan.check.standing import Standing, standing
from areaplan.messages import Message, msg
from areaplan.model import AreaPlan, Finding, Findings, Severity, Territory
from areaplan.packs import RulePack, bars_the_way
from areaplan.proof import Fault, Proof, prove
from areaplan.schema import empty_layer
from areaplan.settings import Settings

__all__ = ["Case"]


@dataclass(frozen=True)
class Case:
    """Hold what is judged.

    Parameters
    ----------
    pack
        The demands.
    areas
        Layer ``areas`` (or the children of any layer, in that form).
    villages
        Layer ``villages`` (or the parents); None where none are given.
    tolerance_m, grid_m
        How exactly the proof is made.
    settings
        What the plan was made with; None for a layer.
    plan
        The whole plan; None for a layer.
    previous
        The plan before this one.
    inputs
        The original layers, read again, which are trusted over the plan.
    evidence
        What an office lays beside it: staff, base map, code list.
    declared
        What the plan says of itself: causes of areas out of bounds (R09), exclaves (R05), totals of another basis (R08).
    """

    pack: RulePack
    areas: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame | None
    grid_m: float = GRID_M
    tolerance_m: float = 0.001
    settings: Settings | None = None
    plan: AreaPlan | None = None
    previous: AreaPlan | None = None
    inputs: Territory | None = None
    evidence: Evidence = field(default_factory=Evidence)
    declared: Findings = field(default_factory=Findings)

    @property
    def beside(self) -> tuple[str, ...]:
        """What is laid beside the plan or layer, by name."""
        laid = {"previous": self.previous, "inputs": self.inputs, **vars(self.evidence)}
        return tuple(sorted(name for name, what in laid.items() if what is not None))

    @once
    def codes(self) -> list[str]:
        """What each area is called: its code, or its row number where it has none."""
        return [str(c) if c else f"#{i + 1}" for i, c in enumerate(self.areas["ea_code"])]

    @once
    def village_codes(self) -> list[str]:
        """What each village is called."""
        if self.villages is None:
            return []
        return [str(c) if c else f"#{i + 1}" for i, c in enumerate(self.villages["village_code"])]

    @once
    def parent_of(self) -> list[int] | None:
        """Row of the village each area names, -1 where there is no such village; None where areas name none."""
        if self.villages is None or self.areas["village_code"].isna().all():
            return None
        row = {code: i for i, code in reversed(list(enumerate(self.village_codes)))}
        return [row.get(v, -1) for v in self.areas["village_code"]]

    @once
    def proof(self) -> Proof:
        """The proof of the areas against the villages."""
        above = [] if self.villages is None else list(self.villages.geometry)
        return prove(list(self.areas.geometry), above, self.parent_of, grid_m=self.grid_m, tolerance_m=self.tolerance_m)

    @once
    def village_proof(self) -> Proof:
        """The proof of the villages among themselves: overlaps and enclosed holes."""
        shapes = [] if self.villages is None else list(self.villages.geometry)
        return prove(shapes, grid_m=self.grid_m, tolerance_m=self.tolerance_m)

    @once
    def faults(self) -> tuple[Fault, ...]:
        """All faults of the ground.

        Where villages overlap, areas that do the same cancel against them; the areas are then held against each other as well.
        """
        found = self.proof.faults
        if any(f.kind == "overlap" for f in self.village_proof.faults):
            among = prove(list(self.areas.geometry), grid_m=self.grid_m, tolerance_m=self.tolerance_m)
            known = {f.areas for f in found if f.kind == "overlap"}
            found += tuple(self._housed(f) for f in among.faults if f.kind == "overlap" and f.areas not in known)
        return found

    def _housed(self, fault: Fault) -> Fault:
        """Add the villages that hold the ground of a fault found among areas alone."""
        place = shapely.point_on_surface(fault.geometry)
        above = self.proof.table.polygons[len(self.areas) :]
        return replace(fault, parents=tuple(int(p) for p in np.flatnonzero(shapely.intersects(above, place))))

    @once
    def suspects(self) -> frozenset[int]:
        """Rows of areas whose form or ground is at fault; rules that build on the ground pass over them."""
        rows = {f.row for f in self.proof.form if f.side == "area"}
        for fault in self.faults:
            rows.update(fault.areas)
            rows.update(fault.neighbours if fault.kind == "gap" else ())
        return frozenset(rows)

    @once
    def cells(self) -> gpd.GeoDataFrame | None:
        """Layer ``cells`` of a plan."""
        return None if self.plan is None or not len(self.plan.cells.table) else self.plan.cells.table

    @once
    def known_rows(self) -> list[int]:
        """Rows of the areas that can be held against cells: those with a code, the first where a code repeats."""
        first: dict[str, int] = {}
        for row, code in enumerate(self.areas["ea_code"]):
            if isinstance(code, str) and code not in first:
                first[code] = row
        return list(first.values())

    @once
    def given_cells(self) -> list[tuple[int, int]]:
        """Rows of the cells that are given to an area there is, each with its place in ``known_rows``."""
        number = {self.codes[row]: i for i, row in enumerate(self.known_rows)}
        given = [] if self.cells is None else self.cells["ea_code"].tolist()
        return [(cell, number[code]) for cell, code in enumerate(given) if code in number]

    @once
    def cell_proof(self) -> Proof:
        """The proof of ``given_cells`` against ``known_rows`` of the areas."""
        every = [] if self.cells is None else self.cells.geometry.to_numpy()
        shapes = [every[cell] for cell, _ in self.given_cells]
        above = [self.polygons[row] for row in self.known_rows]
        given = [area for _, area in self.given_cells]
        grid_m = grid_for(self.cells, self.areas)
        return prove(shapes, above, given, grid_m=grid_m, tolerance_m=self.tolerance_m)

    @once
    def buildings(self) -> gpd.GeoDataFrame | None:
        """Layer ``buildings`` of a plan; for a layer the original one, where it was read."""
        if self.plan is not None:
            return self.plan.cells.buildings if len(self.plan.cells.buildings) else None
        return self.inputs.buildings if self.inputs is not None and len(self.inputs.buildings) else None

    @once
    def lines(self) -> gpd.GeoDataFrame | None:
        """Layer ``lines``: what people see on the ground."""
        town = self.inputs if self.plan is None else self.plan.territory
        return town.lines if town is not None and len(town.lines) else None

    @once
    def houses(self) -> np.ndarray:
        """A point in each building with households, or in each building where none has counts."""
        if self.buildings is None:
            return np.empty(0, dtype=object)
        counts = pd.to_numeric(self.buildings["households"])
        rows = self.buildings if counts.isna().all() else self.buildings[counts.fillna(0) > 0]
        return places(rows)

    @once
    def barring(self) -> np.ndarray:
        """Which lines bar the way: by kind and class, as the pack says; a river or railway of no class does, a bridge or tunnel does not."""
        if self.lines is None:
            return np.zeros(0, dtype=bool)
        return bars_the_way(self.lines, self.pack.barriers)

    @once
    def behind(self) -> dict[int, Behind]:
        """What lies behind a barrier in the areas that straddle one, by row; where the ground is at fault nobody asks."""
        if self.lines is None:
            return {}
        lines, street = self.lines.geometry.to_numpy(), (self.lines["kind"] == "street").to_numpy()
        ways = lines[~self.barring & street]
        return behind_barriers(self.polygons, lines[self.barring], ways, self.houses, self.suspects)

    @once
    def complexes(self) -> gpd.GeoDataFrame:
        """Layer ``complexes``: hospitals, schools, barracks and their like; the original one where it was read again."""
        towns = [t for t in (self.inputs, self.plan.territory if self.plan is not None else None) if t is not None]
        given = [t.complexes for t in towns if len(t.complexes)]
        return given[0] if given else empty_layer("complexes", self.areas.crs)

    @once
    def polygons(self) -> np.ndarray:
        """The usable polygons of the areas, None where a row has none."""
        return self.proof.table.polygons[: len(self.areas)]

    @once
    def tree(self) -> shapely.STRtree:
        """The areas by place."""
        return shapely.STRtree(self.polygons)

    @once
    def standing(self) -> Standing:
        """Which buildings stand in which areas."""
        return standing(self.buildings, self.polygons)

    def short(self, row: int) -> str:
        """Return the last three digits of an area's code where its village makes up the rest, else the whole code."""
        code, village = self.codes[row], self.areas["village_code"].iloc[row]
        return code[-3:] if isinstance(village, str) and code == village + code[-3:] else code

    def village_at(self, fault: Fault) -> str | None:
        """Return the village a fault lies in, else the one of its first area."""
        if fault.parents:
            return self.village_codes[fault.parents[0]]
        for row in fault.areas:
            village = self.areas["village_code"].iloc[row]
            if isinstance(village, str):
                return village
        return None

    def declares(self, rule: str, subject: str) -> bool:
        """Return whether the plan itself explains ``subject`` under ``rule``."""
        return (rule, subject) in self._explained

    @once
    def _explained(self) -> frozenset[tuple[str, str]]:
        return frozenset((f.rule, f.subject) for f in self.declared if f.severity != Severity.ERROR)

    def finding(
        self,
        rule: str,
        subject: str,
        message: Message,
        *,
        severity: Severity | None = None,
        village: Any = None,
        measure: float | None = None,
        unit: str | None = None,
        geometry: Any = None,
    ) -> Finding:
        """Return a finding that weighs what the pack says."""
        weight = self.pack.severity(rule) if severity is None else severity
        code = village if isinstance(village, str) else None
        if isinstance(geometry, shapely.Geometry) and not is_somewhere(geometry):
            geometry = None  # nobody can go there, and no file can hold it
        return Finding(rule, weight, subject.strip() or "-", message, code, measure, unit, geometry)

    def place(self, rows: Sequence[int]) -> Message:
        """Say between which areas something lies."""
        names = sorted(self.short(r) for r in rows)[:4]
        if not names:
            return msg("with no area beside it")
        if len(names) == 1:
            return msg("beside {area}", area=names[0])
        first, last = ", ".join(names[:-1]), names[-1]
        return msg("between {areas} and {last}", areas=first, last=last)
