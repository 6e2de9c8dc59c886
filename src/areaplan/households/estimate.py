"""Choose where the counts come from, and refuse a town without any."""

from __future__ import annotations

from areaplan.codes import too_many_areas
from areaplan.errors import InputError
from areaplan.households.by_base_area import count_base_areas
from areaplan.households.by_building import count_buildings
from areaplan.messages import msg
from areaplan.model import Territory
from areaplan.settings import Settings

__all__ = ["estimate_households"]


def estimate_households(territory: Territory, settings: Settings) -> Territory:
    """Return the territory with households on every building (or base area), by the rules H1–H5 of the package.

    Parameters
    ----------
    territory
        As read; counts may be unknown.
    settings
        ``[households]`` and ``[areas]``.

    Raises
    ------
    InputError
        When nothing says how many households a village has, or when they would make more areas than codes allow.
    """
    if len(territory.base_areas):
        counted = count_base_areas(territory, settings)
    elif len(territory.buildings):
        counted = count_buildings(territory, settings.households)
    else:
        counted = territory
    _refuse_impossible(counted, settings)
    return counted


def _refuse_impossible(territory: Territory, settings: Settings) -> None:
    villages = territory.villages
    unknown = villages.loc[villages["households"].isna(), "village_code"].tolist()
    faults = []
    if unknown:
        some = ", ".join(unknown[:5]) + (" …" if len(unknown) > 5 else "")
        faults.append(
            msg(
                "{count} villages have no households from anywhere ({some}): name a households column, a table of totals, "
                "buildings or base areas",
                count=len(unknown),
                some=some,
            )
        )
    known = villages.dropna(subset="households")
    pairs = zip(known["village_code"], known["households"].astype(int), strict=True)
    faults += too_many_areas(pairs, settings.areas.target_households)
    if faults:
        raise InputError(faults)
