"""Judge a division by numbered rules, whoever made it.

The judge recomputes from geometry and sums; it believes nothing that a planner says of a plan except declared causes. Each rule is one
function under its number (``docs/rules.md``); a rule that the data do not allow to be judged says so and is never passed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from areaplan.check.barriers import r14_barrier
from areaplan.check.basemap import r23_base_map
from areaplan.check.case import Case
from areaplan.check.circulation import r22_circulation
from areaplan.check.complexes import r17_complexes
from areaplan.check.evidence import Evidence
from areaplan.check.history import r19_frozen, r21_numbers_stay
from areaplan.check.layer import as_areas, as_villages, tolerance_between, with_counts, with_parent_by_code
from areaplan.check.ledger import r07_whole_buildings, r08_every_household_once
from areaplan.check.naming import r11_codes, r12_names
from areaplan.check.nesting import r05_one_piece, r06_nesting
from areaplan.check.outside import OUTSIDE
from areaplan.check.reach import r15_reachable
from areaplan.check.report import Report
from areaplan.check.ruling import Ruling
from areaplan.check.shape import r13_visible_boundary, r16_compact
from areaplan.check.sizes import r09_size, r10_cap
from areaplan.check.spots import grid_for
from areaplan.check.staffing import r18_staff
from areaplan.check.tiling import r00_form, r01_gap, r02_overlap, r03_spill, r04_one_line
from areaplan.model import AreaPlan, Findings, Territory
from areaplan.packs import RulePack, load_pack, pack_names
from areaplan.settings import Settings
from areaplan.workers import at_once

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "RULES",
    "Evidence",
    "Report",
    "RulePack",
    "Ruling",
    "check_layer",
    "check_plan",
    "load_pack",
    "pack_names",
]

RULES: dict[str, Callable[[Case], Ruling]] = {
    "R00": r00_form,
    "R01": r01_gap,
    "R02": r02_overlap,
    "R03": r03_spill,
    "R04": r04_one_line,
    "R05": r05_one_piece,
    "R06": r06_nesting,
    "R07": r07_whole_buildings,
    "R08": r08_every_household_once,
    "R09": r09_size,
    "R10": r10_cap,
    "R11": r11_codes,
    "R12": r12_names,
    "R13": r13_visible_boundary,
    "R14": r14_barrier,
    "R15": r15_reachable,
    "R16": r16_compact,
    "R17": r17_complexes,
    "R18": r18_staff,
    "R19": r19_frozen,
    "R21": r21_numbers_stay,
    "R22": r22_circulation,
    "R23": r23_base_map,
    **OUTSIDE,
}
"""The rules by number."""

_LONGEST = ("R15", "R13", "R00", "R14", "R08", "R07")
"""Rules that take the longest: begun first where several run at once."""


def check_plan(
    plan: AreaPlan,
    *,
    pack: RulePack | str | None = None,
    previous: AreaPlan | None = None,
    inputs: Territory | None = None,
    evidence: Evidence | None = None,
    tolerance_m: float = 0.001,
    jobs: int = 1,
) -> Report:
    """Judge a plan by every rule its data allow.

    Parameters
    ----------
    plan
        What is judged.
    pack
        Rule pack or its name; default: the one of the plan's settings.
    previous
        The plan before this one, for R11, R19 and R21.
    inputs
        The original layers, read again: they are trusted over the plan's.
    evidence
        What the office lays beside it: staff, an issued base map, the official list of codes.
    tolerance_m
        How far a vertex may lie off a line and still be on it.
    jobs
        How many rules are judged at once; changes the time, not what is found.

    Raises
    ------
    SettingsError
        When there is no such rule pack.
    """
    villages = plan.territory.villages
    case = Case(
        pack=_pack(pack if pack is not None else plan.settings.rules, plan),
        areas=plan.areas,
        villages=villages,
        grid_m=grid_for(villages, plan.areas),
        tolerance_m=tolerance_m,
        settings=plan.settings,
        plan=plan,
        previous=previous,
        inputs=inputs,
        evidence=_in_crs(evidence, plan.crs),
        declared=plan.findings,
    )
    return _judge(case, plan.crs, jobs)


def check_layer(  # noqa: PLR0913 - one keyword per column a foreign layer may call its own way
    children: gpd.GeoDataFrame,
    parents: gpd.GeoDataFrame | None = None,
    *,
    code: str | None = None,
    parent: str | None = None,
    parent_code: str | None = None,
    name: str | None = None,
    households: str | None = None,
    persons: str | None = None,
    pack: RulePack | str | None = None,
    inputs: Territory | None = None,
    settings: Settings | None = None,
    evidence: Evidence | None = None,
    tolerance_m: float | None = None,
    jobs: int = 1,
) -> Report:
    """Judge any polygon layer, against its parent layer where one is given.

    Parameters
    ----------
    children
        The layer: a contractor's areas, another tool's result, villages in a township. Degrees are projected to metres first.
    parents
        The level above.
    code, parent, name, households, persons
        Columns of ``children``: their code, the code of the parent they name, and so on; ``None`` where there is none.
    parent_code
        Column of ``parents`` that ``parent`` refers to.
    pack
        Rule pack or its name; default that of ``settings``, else ``generic`` without its sizes, since nobody asked the layer for any.
    inputs, settings
        The original layers and what they are planned with: villages (the parents, where none are given), lines, buildings, bounds.
    evidence
        What the office lays beside it: staff, an issued base map, the official list of codes.
    tolerance_m
        How far a vertex may lie off a line and still be on it. Default 1 mm; for layers in degrees what their digits and the sag of straight
        edges allow (:func:`areaplan.check.layer.tolerance_for`).
    jobs
        How many rules are judged at once; changes the time, not what is found.

    Raises
    ------
    InputError
        When a layer has no CRS, or a column is not there.
    SettingsError
        When there is no such rule pack.
    """
    areas, tolerance = as_areas(
        children, code=code, parent=parent, name=name, households=households, persons=persons,
        crs=inputs.crs if inputs is not None else None,
    )  # fmt: skip
    villages = inputs.villages if inputs is not None else None
    if villages is not None:
        tolerance = max(tolerance, tolerance_between(villages, children.crs))
    if parents is not None:
        villages, coarser = as_villages(parents, code=parent_code, crs=areas.crs)
        tolerance = max(tolerance, coarser)
    areas = with_counts(with_parent_by_code(areas, villages), inputs)
    case = Case(
        pack=_layer_pack(pack, settings),
        areas=areas,
        villages=villages,
        grid_m=grid_for(areas, villages),
        tolerance_m=tolerance if tolerance_m is None else tolerance_m,
        settings=settings,
        inputs=inputs,
        evidence=_in_crs(evidence, areas.crs),
    )
    return _judge(case, areas.crs, jobs)


def _layer_pack(pack: RulePack | str | None, settings: Settings | None) -> RulePack:
    if pack is not None:
        return _pack(pack, None)
    if settings is not None:
        return load_pack(settings.rules, folder=settings.folder)
    return load_pack("generic").without_sizes()


def _in_crs(evidence: Evidence | None, crs: object) -> Evidence:
    """Bring an issued base map into the CRS of what is judged."""
    if evidence is None or evidence.base_map is None:
        return evidence or Evidence()
    return replace(evidence, base_map=evidence.base_map.to_crs(crs))


def _judge(case: Case, crs: object, jobs: int) -> Report:
    rulings = _rulings(case, min(jobs, len(_LONGEST)))
    declared = Findings(case.declared.items, crs)
    return Report(rulings, case.proof, case.pack.name, declared, case.areas, case.villages, case.beside)


def _rulings(case: Case, jobs: int) -> tuple[Ruling, ...]:
    """Return the ruling of every rule in the order of their numbers, however many are judged at once.

    Rules ask the case, which makes what they share once (:mod:`areaplan.check.once`); GEOS and sorting leave other threads their turn.
    """
    rules = sorted(RULES)
    _ = case.suspects  # nearly every rule waits for it
    first = sorted(rules, key=lambda rule: _LONGEST.index(rule) if rule in _LONGEST else len(_LONGEST))
    rulings = dict(zip(first, at_once(jobs, *(partial(RULES[rule], case) for rule in first)), strict=True))
    return tuple(rulings[rule] for rule in rules)


def _pack(pack: RulePack | str, plan: AreaPlan | None) -> RulePack:
    return pack if isinstance(pack, RulePack) else load_pack(pack, folder=plan.settings.folder if plan else None)
