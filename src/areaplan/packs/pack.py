"""What a rule pack says, and where it is read from."""

from __future__ import annotations

import difflib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from areaplan.errors import SettingsError
from areaplan.messages import Message, msg
from areaplan.model import Severity
from areaplan.reasons import WrongValue, ordinary_text, read_toml, system_reason, value_reason

__all__ = ["BarrierRules", "RulePack", "load_pack", "pack_names"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Thresholds(_Part):
    """``[thresholds]``: where a rule begins to speak."""

    building_cut_m2: Annotated[float, Field(ge=0)] = 1.0
    visible_share: Annotated[float, Field(ge=0, le=1)] = 0.80
    visible_m: Annotated[float, Field(gt=0)] = 1.0
    nesting_m2: Annotated[float, Field(ge=0)] = 1.0
    detour: Annotated[float, Field(ge=1)] = 3.0
    open_ground_m: Annotated[float, Field(ge=0)] = 100.0
    compactness: Annotated[float, Field(ge=0, le=1)] = 0.15
    enumerators_per_supervisor: Annotated[int, Field(gt=0)] = 5
    base_map_share: Annotated[float, Field(ge=0)] = 0.001
    open_file_km2: float | None = None


class BarrierRules(_Part):
    """``[barriers]``: classes of lines that cannot be crossed but by a bridge or underpass."""

    river: tuple[str, ...] = ("river", "canal")
    railway: tuple[str, ...] = ("rail", "light_rail", "narrow_gauge")
    street: tuple[str, ...] = ("motorway",)


class ComplexRules(_Part):
    """``[complexes]``: uses of buildings and grounds that are kept whole, and those that are never named."""

    whole: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()
    near_m: Annotated[float, Field(ge=0)] = 100.0
    share: Annotated[float, Field(ge=0, le=1)] = 0.05


class CodeRules(_Part):
    """``[codes]``: how long a village code is; None where any length will do."""

    village_digits: int | None = None


class NameRules(_Part):
    """``[names]``: patterns a full name must match; empty where any name will do."""

    area: tuple[str, ...] = ()
    village: tuple[str, ...] = ()


class SizeRules(_Part):
    """``[size]``: what the census asks of an area, for information and for layers that carry no settings; None where it asks nothing."""

    target_households: int | None = None
    min_households: int | None = None
    max_households: int | None = None
    max_persons: int | None = None
    max_forms: int | None = None
    max_building_persons: int | None = None


class RulePack(_Part):
    """Hold the demands of one census.

    Examples
    --------
    >>> load_pack("generic").severity("R01")
    <Severity.ERROR: 'error'>
    """

    name: str
    title: str
    source: str = ""
    severities: dict[str, Severity] = Field(default_factory=dict)
    thresholds: Thresholds = Thresholds()
    barriers: BarrierRules = BarrierRules()
    complexes: ComplexRules = ComplexRules()
    codes: CodeRules = CodeRules()
    names: NameRules = NameRules()
    size: SizeRules = SizeRules()

    def severity(self, rule: str) -> Severity:
        """Return how much a finding of ``rule`` weighs."""
        return self.severities.get(rule, Severity.ERROR)

    def without_sizes(self) -> RulePack:
        """Return the same pack, asking nothing of the size of areas."""
        return self.model_copy(update={"size": SizeRules()})


_ALIASES = {"cn-population": "cn-population-2020"}


def pack_names() -> list[str]:
    """Return the names of the packs that come with areaplan."""
    found = [p.name.removesuffix(".toml") for p in files("areaplan.packs").iterdir() if p.name.endswith(".toml")]
    return sorted([*found, *_ALIASES])


def load_pack(name: str, *, folder: Path | None = None) -> RulePack:
    """Return the pack called ``name``, or read one from a path ending in ``.toml`` (relative to ``folder``).

    Raises
    ------
    SettingsError
        When there is no such pack, or the file is no pack.
    """
    if name.endswith(".toml"):
        path = (folder or Path()) / name
        try:
            text = ordinary_text(path)
        except (OSError, UnicodeDecodeError) as e:
            raise SettingsError(
                msg("rule pack {path}: cannot be read ({reason})", path=path, reason=system_reason(e))
            ) from None
        return _parse(text, name, path.parent)
    known = pack_names()
    if name not in known:
        near = difflib.get_close_matches(name, known, 1, 0.3)
        raise SettingsError(
            msg("rules = {name!r}: no such rule pack; did you mean {near!r}? Known: {known}", name=name,
                near=(near or ["generic"])[0], known=", ".join(known))
        )  # fmt: skip
    file = files("areaplan.packs") / f"{_ALIASES.get(name, name)}.toml"
    return _parse(file.read_text(encoding="utf-8"), name)


def _parse(text: str, name: str, folder: Path | None = None) -> RulePack:
    try:
        data = read_toml(text)
        base = data.pop("extends", None)
        if base is not None:
            data = _merged(load_pack(str(base), folder=folder).model_dump(), data)
        return RulePack.model_validate(data)
    except ValidationError as e:
        raise SettingsError([_fault(name, error) for error in e.errors()]) from None
    except WrongValue as e:
        raise SettingsError(msg("rule pack {path}: cannot be read ({reason})", path=name, reason=e.message)) from None
    except RecursionError:
        raise SettingsError(msg("rule pack {path}: extends itself; name another in `extends`", path=name)) from None


def _fault(name: str, error: Any) -> Message:
    key = ".".join(str(part) for part in error["loc"])
    return msg("rule pack {path}: `{key}`: {reason}", path=name, key=key, reason=value_reason(error))


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Lay one table over another, key by key."""
    both = {
        k: _merged(base[k], v) if isinstance(v, dict) and isinstance(base.get(k), dict) else v for k, v in over.items()
    }
    return {**base, **both}
