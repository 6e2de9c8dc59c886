"""One difference between a plan and what was returned, with its place and its size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shapely.geometry.base import BaseGeometry

from areaplan.messages import Message, msg
from areaplan.model import Finding, Severity

__all__ = ["DIFFERENCE_WORDS", "Difference"]

DIFFERENCE_WORDS: Final[dict[str, Message]] = {
    "border": msg("border moved"),
    "gap": msg("ground in no area"),
    "overlap": msg("ground in two areas"),
    "spill": msg("ground outside the plan"),
    "missing": msg("area missing"),
    "joined": msg("areas joined"),
    "divided": msg("area divided"),
    "new": msg("area added"),
    "code": msg("code different"),
    "name": msg("name different"),
    "households": msg("households different"),
    "persons": msg("persons different"),
    "column": msg("column lost"),
    "shape": msg("shape cannot be used"),
}

_RULES: Final[dict[str, tuple[str, Severity]]] = {
    "border": ("R23", Severity.WARNING),
    "gap": ("R01", Severity.ERROR),
    "overlap": ("R02", Severity.ERROR),
    "spill": ("R03", Severity.ERROR),
    "missing": ("R01", Severity.ERROR),
    "joined": ("R23", Severity.WARNING),
    "divided": ("R23", Severity.WARNING),
    "new": ("R23", Severity.WARNING),
    "code": ("R11", Severity.ERROR),
    "name": ("R12", Severity.WARNING),
    "households": ("R08", Severity.ERROR),
    "persons": ("R08", Severity.ERROR),
    "column": ("R00", Severity.WARNING),
    "shape": ("R00", Severity.ERROR),
}


@dataclass(frozen=True)
class Difference:
    """Hold one difference.

    Parameters
    ----------
    kind
        A key of :data:`DIFFERENCE_WORDS`.
    areas
        Codes of the plan's areas it is about; for a moved border first the one that lost most, then the one that gained.
    village_code
        Where it lies.
    message
        What it is, in one sentence.
    place
        Where on the map, in the plan's CRS.
    moved_m, area_m2, households
        How far a border moved at most, how much ground, how many households.
    gives
        Moved borders: the ground that went from an area to another, one entry a direction.
    breaks
        What rules the change would break, were it accepted.
    line, value
        Divided areas: the line; names: the other name.
    """

    kind: str
    areas: tuple[str, ...]
    village_code: str | None
    message: Message
    place: BaseGeometry | None
    moved_m: float | None = None
    area_m2: float | None = None
    households: int | None = None
    gives: tuple[tuple[str, str, BaseGeometry], ...] = ()
    breaks: tuple[Finding, ...] = ()
    line: BaseGeometry | None = None
    value: str = ""

    @property
    def rule(self) -> str:
        """The rule that the opinion names."""
        return _RULES[self.kind][0]

    def finding(self) -> Finding:
        """Return the difference as a finding, for documents and registers.

        An accepted change that would break a rule weighs as much as that.
        """
        rule, severity = _RULES[self.kind]
        worse = [f for f in self.breaks if f.severity == Severity.ERROR]
        text = self.message
        if self.breaks:
            said = [f.message for f in self.breaks]
            text = msg("{what}; {more}", what=text, more=_joined(said))
        measure, unit = (self.area_m2, "m2") if self.area_m2 is not None else (None, None)
        subject = " ".join(self.areas) or "-"
        return Finding(
            rule, Severity.ERROR if worse else severity, subject, text, self.village_code, measure, unit, self.place
        )


def _joined(said: list[Message]) -> Message:
    return said[0] if len(said) == 1 else msg("{first}; {rest}", first=said[0], rest=_joined(said[1:]))
