"""What a rule comes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from areaplan.check.titles import TITLES
from areaplan.messages import Message
from areaplan.model import Finding, Severity

__all__ = ["Ruling", "judged", "not_judged"]


@dataclass(frozen=True)
class Ruling:
    """Say what one rule came to.

    Parameters
    ----------
    rule
        Its number.
    findings
        What it found.
    checked
        How many things were looked at.
    reason
        Why it was not judged, or what the reader should know besides.
    judged
        False where the data do not allow a verdict.
    """

    rule: str
    findings: tuple[Finding, ...] = ()
    checked: int = 0
    reason: Message | None = None
    judged: bool = True

    @property
    def verdict(self) -> str:
        """``passed``, ``failed`` (an error was found) or ``not judged``."""
        return "failed" if self.count else "passed" if self.judged else "not judged"

    @property
    def title(self) -> Message:
        """Short name of the rule."""
        return TITLES[self.rule]

    @property
    def count(self) -> int:
        """How many findings of severity error there are."""
        return self.errors

    @property
    def errors(self) -> int:
        """How many findings of severity error there are."""
        return self.counts[Severity.ERROR]

    @property
    def warnings(self) -> int:
        """How many findings of severity warning there are."""
        return self.counts[Severity.WARNING]

    @property
    def notes(self) -> int:
        """How many findings of severity note there are."""
        return self.counts[Severity.NOTE]

    @property
    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity."""
        return {s: sum(f.severity == s for f in self.findings) for s in Severity}


def judged(rule: str, checked: int, findings: Iterable[Finding], *, reason: Message | None = None) -> Ruling:
    """Return the ruling of a rule that could be judged."""
    return Ruling(rule, tuple(findings), checked, reason)


def not_judged(rule: str, reason: Message, findings: Iterable[Finding] = ()) -> Ruling:
    """Return the ruling of a rule that could not be judged, or only in part."""
    return Ruling(rule, tuple(findings), 0, reason, judged=False)
