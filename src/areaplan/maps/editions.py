"""Two editions of a page: the office's own, and one that may leave the house.

The public edition holds no building and no household number below a limit, and nothing from which such a number could be computed: where one
area of a village is withheld, a second one is (the least of the others), so that the village's total does not give it away; where only one area of the
town remains withheld, totals that contain it go too. Findings quote numbers, uses name institutions, supervisors are persons: none of them is in it.
Buildings that no map may show are drawn in neither edition; the public one does not count their households either.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from areaplan.maps.supervisors import SUPERVISOR
from areaplan.model import AreaPlan, Findings
from areaplan.sensitive import shown_plan, undrawn

__all__ = ["INTERNAL", "Edition", "Profile", "for_edition", "withheld"]

Profile = Literal["internal", "public"]


@dataclass(frozen=True)
class Edition:
    """Say who a page is for.

    Parameters
    ----------
    profile
        ``internal``: everything; ``public``: as the module says.
    least
        Smallest number of households that the public edition shows.
    """

    profile: Profile = "internal"
    least: int = 10

    @property
    def public(self) -> bool:
        """Whether it may leave the house."""
        return self.profile == "public"


INTERNAL = Edition()


def withheld(households: pd.Series, villages: pd.Series, least: int) -> pd.Series:
    """Say for each area whether its households are withheld: below ``least``, or needed to protect another one of its village.

    Examples
    --------
    >>> withheld(pd.Series([5, 60, 80, 70]), pd.Series(["a", "a", "a", "b"]), 10).tolist()
    [True, True, False, False]
    """
    small = (households.fillna(0) < least) & households.notna()
    hidden = small.copy()
    for _, rows in households.groupby(villages, sort=False):
        if small[rows.index].sum() != 1:
            continue
        others = rows[~small[rows.index] & rows.notna()]
        if len(others):
            hidden[others.astype(float).idxmin()] = True
    return hidden


def for_edition(plan: AreaPlan, findings: Findings, edition: Edition) -> tuple[AreaPlan, Findings, list[int]]:
    """Return what a page of this edition may hold, and the positions of the areas whose households are withheld."""
    if not edition.public:
        return undrawn(plan), findings, []
    plan = shown_plan(plan)
    areas = plan.areas.copy()
    hidden = withheld(areas["households"], areas["village_code"], edition.least)
    areas.loc[hidden, "households"] = pd.NA
    for column in ("persons", "buildings", "households_low", "households_high"):
        areas[column] = pd.array([pd.NA] * len(areas), dtype="Int64")
    areas["special"] = None
    areas = areas.drop(columns=SUPERVISOR, errors="ignore")
    villages = plan.territory.villages.copy()
    alone = set(areas.loc[hidden, "village_code"]) - _guarded(areas, hidden)
    villages.loc[villages["village_code"].isin(alone), "households"] = pd.NA
    villages["persons"] = pd.array([pd.NA] * len(villages), dtype="Int64")
    cells = plan.cells
    bare = replace(
        cells,
        territory=replace(plan.territory, villages=villages, buildings=plan.territory.buildings.iloc[:0]),
        buildings=cells.buildings.iloc[:0],
    )
    return replace(plan, cells=bare, areas=areas), Findings(crs=findings.crs), [i for i, h in enumerate(hidden) if h]


def _guarded(areas: pd.DataFrame, hidden: pd.Series) -> set[str]:
    """Return the villages in which at least two areas are withheld: their total may stand."""
    counts = areas.loc[hidden, "village_code"].value_counts()
    return set(counts[counts >= 2].index)
