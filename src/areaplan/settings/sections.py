"""The tables of ``areaplan.toml`` beside its inputs: each number, its bounds and its usual value."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from areaplan.messages import msg
from areaplan.reasons import WrongValue
from areaplan.settings.inputs import Column, _Table

__all__ = [
    "AreaSettings",
    "BorderSettings",
    "CalendarSettings",
    "CellSettings",
    "EngineSettings",
    "HouseholdSettings",
    "OutputSettings",
    "RepairSettings",
]


class RepairSettings(_Table):
    """``[repair]``: village layers are mended while they are read; without this table messy ones are refused.

    A sliver is narrower than ``sliver_m`` everywhere and smaller than ``sliver_m2``; a gap of a mean width of ``outside_m`` or more without
    buildings is proposed as nobody's.
    """

    sliver_m: Annotated[float, Field(ge=0)] = 5.0
    sliver_m2: Annotated[float, Field(ge=0, le=100)] = 100.0
    outside_m: Annotated[float, Field(gt=0)] = 30.0
    accept_proposals: bool = False


class AreaSettings(_Table):
    """``[areas]``: the size of an area, in households, and perhaps in persons; whichever binds first."""

    target_households: Annotated[int, Field(gt=0)] = 80
    min_households: Annotated[int, Field(ge=0)] = 60
    max_households: Annotated[int, Field(gt=0)] = 100
    max_persons: Annotated[int, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _target_between(self) -> AreaSettings:
        if not self.min_households <= self.target_households <= self.max_households:
            raise WrongValue(
                msg(
                    "target {target} is outside [{low}, {high}]",
                    target=self.target_households, low=self.min_households, high=self.max_households,
                )
            )  # fmt: skip
        return self

    def of_village(self, target: int | None) -> AreaSettings:
        """Return the sizes for a village; one with a target of its own has bounds in the same proportion.

        Examples
        --------
        >>> AreaSettings().of_village(160).max_households
        200
        """
        if target is None or target == self.target_households:
            return self
        scale = target / self.target_households
        sizes = {
            "min_households": round(self.min_households * scale),
            "max_households": round(self.max_households * scale),
        }
        return self.model_copy(update={"target_households": target, **sizes})


class HouseholdSettings(_Table):
    """``[households]``: how counts are made where they are not given."""

    total: Literal["register", "pieces"] = "pieces"
    m2_per_household: Annotated[float, Field(gt=0)] = 120.0
    default_levels: Annotated[float, Field(gt=0)] = 2.0
    min_footprint_m2: Annotated[float, Field(ge=0)] = 20.0


class CellSettings(_Table):
    """``[cells]``: how blocks are cut into cells."""

    spacing_m: Annotated[float, Field(gt=0)] = 2.0
    follow_m: Annotated[float, Field(gt=0)] = 1.0
    margin_m: Annotated[float, Field(ge=0)] = 250.0
    dead_end_m: Annotated[float, Field(ge=0)] = 30.0
    own_village_m: Annotated[float, Field(ge=0)] = 50.0
    oversize: Literal["slice", "whole"] = "slice"
    blind_from: Annotated[float, Field(ge=1)] = 1.25
    tower_households: Annotated[int, Field(gt=0)] | None = None
    whole_persons: Annotated[int, Field(gt=0)] = 2000


class BorderSettings(_Table):
    """``[borders]``: what a metre of border costs, by what it follows; 1 is an ordinary street.

    ``classes`` overrides single classes (OSM values or the office's own).
    """

    street: Annotated[float, Field(ge=0)] = 1.0
    river: Annotated[float, Field(ge=0)] = 0.6
    railway: Annotated[float, Field(ge=0)] = 0.6
    wall: Annotated[float, Field(ge=0)] = 1.2
    ridge: Annotated[float, Field(ge=0)] = 1.5
    other: Annotated[float, Field(ge=0)] = 2.0
    none: Annotated[float, Field(ge=0)] = 5.0
    classes: dict[str, float] = Field(default_factory=dict)


class EngineSettings(_Table):
    """``[engine]``: how hard to look, and what to prefer."""

    preset: Literal["field", "balance", "borders", "fewest"] = "field"
    effort: Literal["quick", "normal", "thorough"] = "normal"
    seed: Annotated[int, Field(ge=0)] = 0


class OutputSettings(_Table):
    """``[output]``: where results go, and the language they are stored in."""

    folder: Column = "out"
    lang: Literal["zh", "en"] = "zh"


def _day(value: object) -> object:
    """Take a day as text too: the plan file keeps it so."""
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise WrongValue(msg("must be a day, such as 2026-11-01")) from None


Day = Annotated[date, BeforeValidator(_day)]


class CalendarSettings(_Table):
    """``[calendar]``: by when what must be done, and who answers for it; ``areaplan status`` measures against it."""

    responsible: str = ""
    division: Day | None = None
    review: Day | None = None
    second_review: Day | None = None
    counts_locked: Day | None = None
    borders_reported: Day | None = None
    sheets_printed: Day | None = None
    listing: Day | None = None
    registration: Day | None = None
