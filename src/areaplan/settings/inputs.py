"""``[input]``: which files, layers and columns."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from areaplan.messages import msg
from areaplan.reasons import WrongValue

__all__ = [
    "BaseAreaInput",
    "BuildingInput",
    "Column",
    "ComplexInput",
    "DecisionInput",
    "InputSettings",
    "LayerInput",
    "LineInput",
    "LineKind",
    "ParentInput",
    "PinInput",
    "TotalsInput",
    "UnitInput",
    "VillageInput",
]

LineKind = Literal["street", "river", "railway", "wall", "ridge", "other"]


class _Table(BaseModel):
    """A table of the settings: unknown keys are an error, values are of the type that is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


def _not_blank(value: str) -> str:
    if not value.strip():
        raise WrongValue(msg("must not be blank"))
    return value


Column = Annotated[str, AfterValidator(_not_blank)]


class LayerInput(_Table):
    """A layer of a file, and what its columns are called. ``None`` means: not given."""

    path: Column
    layer: Column | None = None
    encoding: Column | None = None
    crs: Column | None = None


class VillageInput(LayerInput):
    """``[input.villages]``: the units an area may not cross."""

    code: Column = "code"
    name: Column | None = None
    households: Column | None = None
    persons: Column | None = None
    township: Column | None = None
    county: Column | None = None
    exclave: Column | None = None
    target_households: Column | None = None


class LineInput(LayerInput):
    """``[[input.lines]]``: what people see on the ground. ``tunnel``, ``bridge`` and ``level`` are used when present."""

    kind: LineKind
    class_: Column | None = Field(default=None, alias="class")
    name: Column | None = None
    tunnel: Column | None = None
    bridge: Column | None = None
    level: Column | None = None


class BuildingInput(LayerInput):
    """``[input.buildings]``: footprints or points, with households or with levels to estimate them from."""

    households: Column | None = None
    levels: Column | None = None
    id: Column | None = None
    village: Column | None = None
    persons: Column | None = None
    use: Column | None = None
    name: Column | None = None
    entrances: Column | None = None
    sensitive: Column | None = None
    unit: Column | None = None


class BaseAreaInput(LayerInput):
    """``[input.base_areas]``: ready-made smallest pieces."""

    code: Column
    village: Column | None = None
    households: Column | None = None
    persons: Column | None = None
    unit: Column | None = None


class ParentInput(LayerInput):
    """``[input.townships]`` and ``[input.counties]``: the levels above the village."""

    code: Column = "code"
    name: Column | None = None


class ComplexInput(LayerInput):
    """``[input.complexes]``: grounds of hospitals, schools, barracks and their like, which areas do not split."""

    use: Column | None = None
    name: Column | None = None


class UnitInput(LayerInput):
    """``[input.units]``: villagers' groups, grids, estates: ground that areas keep whole where it fits the bounds."""

    name: Column | None = None


class PinInput(LayerInput):
    """``[input.pins]``: what the office has decided already; ``kind`` is together, apart, locked or special."""

    kind: Column = "kind"
    group: Column | None = None
    name: Column | None = None


class TotalsInput(LayerInput):
    """``[input.totals]``: a CSV or XLSX of village totals; ``layer`` is the sheet."""

    code: Column = "code"
    households: Column | None = None
    persons: Column | None = None


class DecisionInput(LayerInput):
    """``[input.decisions]``: what people decided about disputes between villages; ``layer`` is the sheet."""

    dispute: Column = "dispute"
    village: Column = "village"
    name: Column = "name"
    date: Column = "date"


class InputSettings(_Table):
    """``[input]``: which files, layers and columns."""

    crs: str | None = None
    villages: VillageInput
    lines: tuple[LineInput, ...] = ()
    buildings: BuildingInput | None = None
    base_areas: BaseAreaInput | None = None
    settlement: LayerInput | None = None
    townships: ParentInput | None = None
    counties: ParentInput | None = None
    complexes: ComplexInput | None = None
    units: UnitInput | None = None
    pins: PinInput | None = None
    totals: TotalsInput | None = None
    outside: LayerInput | None = None
    decisions: DecisionInput | None = None
