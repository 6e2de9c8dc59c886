"""Collect what is wrong while files are read, so that everything is said at once.

A *fault* stops the reading, but only after every file has been looked at; a *finding* goes along with the territory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from areaplan.errors import InputError
from areaplan.messages import Message, msg
from areaplan.model import Finding

__all__ = ["Record", "listed", "row_list"]

LISTED = 5


@dataclass
class Record:
    """Hold the faults and findings of one reading; the only thing in this room that grows."""

    faults: list[Message] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def fault(self, message: Message) -> None:
        """Note a reason not to go on."""
        self.faults.append(message)

    def find(self, findings: Iterable[Finding]) -> None:
        """Note places a person should look at."""
        self.findings.extend(findings)

    def stop_if_faulty(self) -> None:
        """Raise all faults in one :class:`~areaplan.errors.InputError`, if there are any."""
        if self.faults:
            raise InputError(self.faults)


def row_list(rows: Sequence[int]) -> Message:
    """Name rows by their numbers; at most five, then how many more.

    Examples
    --------
    >>> str(row_list([3])), str(row_list([1, 5])), str(row_list(range(1, 9)))
    ('row 3', 'rows 1, 5', 'rows 1, 2, 3, 4, 5 and 3 more')
    """
    if len(rows) == 1:
        return msg("row {row}", row=rows[0])
    first = ", ".join(map(str, rows[:LISTED]))
    if len(rows) <= LISTED:
        return msg("rows {rows}", rows=first)
    return msg("rows {rows} and {more} more", rows=first, more=len(rows) - LISTED)


def listed(values: Iterable[object]) -> str:
    """Quote at most five values for a message.

    Examples
    --------
    >>> listed(["a", 2, None])
    "'a', 2, None"
    """
    shown = [_short(v) for v in values]
    return ", ".join(shown[:LISTED]) + (" …" if len(shown) > LISTED else "")


def _short(value: object) -> str:
    text = repr(value.item() if hasattr(value, "item") else value)
    return text if len(text) <= 60 else text[:59] + "…"
