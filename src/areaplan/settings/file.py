"""The file ``areaplan.toml`` as a whole: read it, name all its faults at once, write it without its paths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from areaplan.errors import SettingsError
from areaplan.messages import msg
from areaplan.reasons import WrongValue, ordinary_text, read_toml, system_reason
from areaplan.settings.faults import fault_of
from areaplan.settings.inputs import InputSettings, LayerInput, _Table
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
from areaplan.settings.toml_text import toml_lines

__all__ = ["Settings", "read_calendar", "read_settings", "settings_from", "settings_from_text", "settings_text"]


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
