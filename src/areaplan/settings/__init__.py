"""Every number that can change a result, read from ``areaplan.toml``.

The keys are a contract with the people who write such files; ``docs/settings.md`` lists them. Unknown keys are an error that names the
nearest valid one. Paths are relative to the file they stand in.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from areaplan.errors import SettingsError
from areaplan.messages import msg
from areaplan.reasons import WrongValue, ordinary_text, read_toml, system_reason
from areaplan.settings.faults import fault_of
from areaplan.settings.inputs import (
    BaseAreaInput,
    BuildingInput,
    Column,
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
    _Table,
)
from areaplan.settings.toml_text import toml_lines

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


class Settings(_Table):
    r"""Hold all settings of one run.

    Examples
    --------
    >>> s = settings_from_text('[input.villages]\npath = "v.gpkg"')
    >>> s.areas.target_households
    80
    """

    title: str = ""
    rules: str = "generic"
    input: InputSettings
    repair: RepairSettings | None = None
    areas: AreaSettings = AreaSettings()
    households: HouseholdSettings = HouseholdSettings()
    cells: CellSettings = CellSettings()
    borders: BorderSettings = BorderSettings()
    engine: EngineSettings = EngineSettings()
    output: OutputSettings = OutputSettings()
    calendar: CalendarSettings = CalendarSettings()
    folder: Path = Field(default=Path(), exclude=True)

    def path_of(self, layer: LayerInput) -> Path:
        """Return the place of an input file; paths are relative to the settings file."""
        return self.folder / layer.path

    def input_files(self) -> list[Path]:
        """Return the places of all input files, so that no output is written over one."""
        given = (getattr(self.input, name) for name in InputSettings.model_fields)
        layers = (one for value in given for one in (value if isinstance(value, tuple) else (value,)))
        return [self.path_of(one) for one in layers if isinstance(one, LayerInput)]


def read_settings(path: str | Path) -> Settings:
    """Read ``areaplan.toml``.

    Raises
    ------
    SettingsError
        With every fault of the file: not found, not TOML, unknown keys (with the nearest valid name), wrong types, impossible values.
    """
    path = Path(path)
    try:
        text = ordinary_text(path)
    except FileNotFoundError:
        raise SettingsError(
            msg("{path}: no such settings file; `areaplan init FOLDER` writes one", path=path)
        ) from None
    except IsADirectoryError:
        raise SettingsError(msg("{path}: is a folder; name the settings file inside it", path=path)) from None
    except (OSError, UnicodeDecodeError) as e:
        raise SettingsError(
            msg("{path}: cannot be read as UTF-8 text ({reason})", path=path, reason=system_reason(e))
        ) from None
    return settings_from_text(text, name=str(path), folder=path.parent)


def settings_from_text(text: str, *, name: str = "areaplan.toml", folder: Path | None = None) -> Settings:
    """Read settings from TOML text; ``name`` is what messages call it, ``folder`` what paths are relative to."""
    try:
        data = read_toml(text)
    except WrongValue as e:
        raise SettingsError(msg("{path}: is not valid TOML: {reason}", path=name, reason=e.message)) from None
    return settings_from(data, name=name, folder=folder)


def settings_from(data: dict[str, Any], *, name: str = "areaplan.toml", folder: Path | None = None) -> Settings:
    """Make settings from a plain dictionary of the same shape as the file."""
    try:
        settings = Settings.model_validate(_arrays_as_tuples(data))
    except ValidationError as e:
        raise SettingsError([fault_of(name, error, Settings) for error in e.errors()]) from None
    return settings.model_copy(update={"folder": folder or Path()})


def read_calendar(path: str | Path) -> CalendarSettings:
    """Read only the table ``[calendar]`` of a settings file; other tables are left alone.

    Raises
    ------
    SettingsError
        When the file cannot be read, or a day is none.
    """
    path = Path(path)
    try:
        data = read_toml(ordinary_text(path))
        return CalendarSettings.model_validate(data.get("calendar", {}))
    except (OSError, UnicodeDecodeError) as e:
        raise SettingsError(
            msg("{path}: cannot be read as UTF-8 text ({reason})", path=path, reason=system_reason(e))
        ) from None
    except WrongValue as e:
        raise SettingsError(msg("{path}: is not valid TOML: {reason}", path=path, reason=e.message)) from None
    except ValidationError as e:
        raise SettingsError(
            [fault_of(str(path), {**error, "loc": ("calendar", *error["loc"])}, Settings) for error in e.errors()]
        ) from None


def settings_text(settings: Settings) -> str:
    """Return the settings as TOML without any path, as the plan file keeps them."""
    data = settings.model_dump(
        mode="json", by_alias=True, exclude_none=True, exclude={"input": True, "folder": True, "output": {"folder"}}
    )
    return "\n".join(toml_lines(data)) + "\n"


def _arrays_as_tuples(value: Any) -> Any:
    """Strict validation wants tuples where TOML knows only arrays."""
    if isinstance(value, dict):
        return {k: _arrays_as_tuples(v) for k, v in value.items()}
    return tuple(_arrays_as_tuples(v) for v in value) if isinstance(value, list) else value
