"""``docs/settings.md`` lists every key of ``areaplan.toml`` with its default, and no other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from areaplan import settings
from areaplan.settings import LayerInput, Settings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \|([^|]*)\| ([^|]+) \| ([^|]+) \|$")

HEADINGS: dict[str, type[BaseModel]] = {
    "Top of the file": Settings,
    "`[input]`": settings.InputSettings,
    "Every layer": LayerInput,
    "`[input.villages]`": settings.VillageInput,
    "`[[input.lines]]`": settings.LineInput,
    "`[input.buildings]`": settings.BuildingInput,
    "`[input.base_areas]`": settings.BaseAreaInput,
    "`[input.townships]`": settings.ParentInput,
    "`[input.counties]`": settings.ParentInput,
    "`[input.complexes]`": settings.ComplexInput,
    "`[input.units]`": settings.UnitInput,
    "`[input.pins]`": settings.PinInput,
    "`[input.totals]`": settings.TotalsInput,
    "`[input.decisions]`": settings.DecisionInput,
    "`[repair]`": settings.RepairSettings,
    "`[areas]`": settings.AreaSettings,
    "`[households]`": settings.HouseholdSettings,
    "`[cells]`": settings.CellSettings,
    "`[borders]`": settings.BorderSettings,
    "`[engine]`": settings.EngineSettings,
    "`[output]`": settings.OutputSettings,
    "`[calendar]`": settings.CalendarSettings,
}


def documented() -> dict[str, dict[str, str]]:
    """Return heading -> key -> the default as written."""
    found: dict[str, dict[str, str]] = {}
    heading = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif (row := ROW.match(line)) is not None:
            found.setdefault(heading, {})[row[1]] = row[4].strip()
    return found


def expected(model: type[BaseModel]) -> dict[str, str]:
    """Return key -> the default as it should be written, without nested tables of the top and keys of every layer."""
    shared = set(LayerInput.model_fields) if issubclass(model, LayerInput) and model is not LayerInput else set()
    fields = {f.alias or k: f for k, f in model.model_fields.items() if k not in shared and not f.exclude}
    tables = {h.strip("`[]") for h in HEADINGS}
    return {
        k: written(f.get_default(call_default_factory=True))
        for k, f in fields.items()
        if model is not Settings or k not in tables
    }


def written(default: Any) -> str:
    if default is PydanticUndefined:
        return "required"
    if default is None:
        return "–"
    return "none" if default in ((), {}) else f"`{json.dumps(default)}`"


@pytest.mark.parametrize("heading", HEADINGS)
def test_every_key_stands_with_its_default(heading: str) -> None:
    """Keys and defaults of a table are those of the model, both ways."""
    assert documented().get(heading) == expected(HEADINGS[heading])


def test_every_table_is_documented() -> None:
    """A table that is added to the settings needs a section."""
    models = {m for m in vars(settings).values() if isinstance(m, type) and issubclass(m, BaseModel)}
    public = {m for m in models if not m.__name__.startswith("_") and m is not BaseModel}
    assert public == set(HEADINGS.values())


def test_every_row_is_of_a_known_table() -> None:
    """No section speaks of keys that do not exist."""
    assert set(documented()) == set(HEADINGS)
