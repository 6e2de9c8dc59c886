"""Every number that can change a result, read from ``areaplan.toml``.

The keys are a contract with the people who write such files; ``docs/settings.md`` lists them. Unknown keys are an error that names the
nearest valid one. Paths are relative to the file they stand in.
"""

from areaplan.settings.faults import fault_of
from areaplan.settings.file import (
    Settings,
    read_calendar,
    read_settings,
    settings_from,
    settings_from_text,
    settings_text,
)
from areaplan.settings.inputs import (
    BaseAreaInput,
    BuildingInput,
    ComplexInput,
    DecisionInput,
    InputSettings,
    LayerInput,
    LineInput,
    ParentInput,
    PinInput,
    TotalsInput,
    UnitInput,
    VillageInput,
)
from areaplan.settings.sections import (
    AreaSettings,
    BorderSettings,
    CalendarSettings,
    CellSettings,
    EngineSettings,
    HouseholdSettings,
    OutputSettings,
    RepairSettings,
)

__all__ = [
    "AreaSettings",
    "BaseAreaInput",
    "BorderSettings",
    "BuildingInput",
    "CalendarSettings",
    "CellSettings",
    "ComplexInput",
    "DecisionInput",
    "EngineSettings",
    "HouseholdSettings",
    "InputSettings",
    "LayerInput",
    "LineInput",
    "OutputSettings",
    "ParentInput",
    "PinInput",
    "RepairSettings",
    "Settings",
    "TotalsInput",
    "UnitInput",
    "VillageInput",
    "fault_of",
    "read_calendar",
    "read_settings",
    "settings_from",
    "settings_from_text",
    "settings_text",
]
