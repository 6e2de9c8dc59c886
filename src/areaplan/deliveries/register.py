"""The register of enumeration areas (普查小区名录) and the totals above it: tables that add up."""

from __future__ import annotations

from collections import defaultdict

import geopandas as gpd
import pandas as pd

from areaplan.deliveries.delivery import Delivery
from areaplan.deliveries.printing import LEVEL_NAMES
from areaplan.levels import COUNTS, LEVELS, Level
from areaplan.maps.sheets.words import four_sides
from areaplan.messages import Lang, Message, msg, plain

__all__ = ["level_sums", "register", "totals"]

_HEADS: dict[str, Message] = {
    "code": msg("Code"), "name": msg("Name"), "parent": msg("Belongs to"), "areas": msg("Enumeration areas"), "buildings": msg("Buildings"),
    "households": msg("Households"), "persons": msg("Persons"), "area_m2": msg("Ground, m²"),
}  # fmt: skip


def register(delivery: Delivery) -> pd.DataFrame:
    """Return a row per enumeration area; columns for enumerator and supervisor are blank for the office to fill, or filled from its staffing table."""
    plan, lang = delivery.plan, delivery.lang
    villages = plan.territory.villages.set_index("village_code")
    areas = plan.areas.sort_values("ea_code")
    found = defaultdict(list)
    for finding in plan.findings:
        found[finding.subject].append(f"{finding.rule}: {finding.message.text(lang)}")
    ground = delivery.sheets.ground
    counted = len(plan.cells.buildings) > 0
    enumerators, supervisors = _people(delivery, "enumerator"), _people(delivery, "supervisor")
    rows = []
    for a in areas.itertuples():
        village = villages.loc[a.village_code]
        rows.append(
            [a.ea_code, plain(a.name or ""), a.village_code, plain(village["name"] or ""), plain(village["township"] or ""), plain(village["county"] or ""),
             four_sides(ground, ground.area(a.ea_code)), a.buildings if counted else None, a.households, a.households_low, a.households_high, a.persons,
             None if pd.isna(a.load_min) else round(a.load_min, 1), enumerators.get(a.ea_code, ""), supervisors.get(a.ea_code, ""),
             "\n".join(found.get(a.ea_code, []))]
        )  # fmt: skip
    heads = (msg("Code"), msg("Name"), msg("Village code"), msg("Village"), msg("Township"), msg("County"), msg("Bounds on four sides"), msg("Buildings"),
             msg("Households"), msg("Households, at least"), msg("Households, at most"), msg("Persons"), msg("Minutes"), msg("Enumerator"), msg("Supervisor"),
             msg("Findings"))  # fmt: skip
    return pd.DataFrame(rows, columns=[h.text(lang) for h in heads], dtype=object)


def _people(delivery: Delivery, role: str) -> dict[str, str]:
    """Return who the staffing table names for each area, several in its order."""
    staff = delivery.options.staff
    if staff is None:
        return {}
    named: dict[str, list[str]] = defaultdict(list)
    for code, name in staff[["ea_code", role]].dropna().itertuples(index=False):
        if plain(name) not in named[code]:
            named[code].append(plain(name))
    return {code: "、".join(names) if delivery.lang == "zh" else ", ".join(names) for code, names in named.items()}


def totals(delivery: Delivery, level: Level) -> pd.DataFrame:
    """Return the rows of a level, and their sum in the last one."""
    lang, table = delivery.lang, delivery.levels[level]
    rows = [[r.code, r.name, r.parent, *(_known(getattr(r, c)) for c in COUNTS)] for r in table.itertuples()]
    sums = [_known(table[c].sum()) if table[c].notna().all() else None for c in COUNTS]
    rows.append([msg("Total").text(lang), "", "", *sums])
    return pd.DataFrame(rows, columns=[h.text(lang) for h in _HEADS.values()], dtype=object)


def _known(value: object) -> int | float | None:
    """Return a count as a whole number, square metres to the centimetre's square."""
    if pd.isna(value):
        return None
    return round(float(value), 2) if isinstance(value, float) else int(value)  # type: ignore[call-overload]


def level_sums(levels: dict[Level, gpd.GeoDataFrame], lang: Lang) -> pd.DataFrame:
    """Return a row per level with the number of its units and the sums of their counts: equal from level to level."""
    rows = []
    for level in LEVELS:
        table = levels[level]
        sums = [_known(table[c].sum()) if table[c].notna().all() else None for c in COUNTS]
        rows.append([LEVEL_NAMES[level].text(lang), len(table), *sums])
    heads = [msg("Level").text(lang), msg("Units").text(lang), *(_HEADS[c].text(lang) for c in COUNTS)]
    return pd.DataFrame(rows, columns=heads, dtype=object)
