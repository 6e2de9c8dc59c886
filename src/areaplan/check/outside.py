"""Rules that need data a plan does not carry: they say so, and are judged elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from areaplan.check.case import Case
from areaplan.check.ruling import Ruling, not_judged
from areaplan.messages import Message, msg

__all__ = ["OUTSIDE"]

_WHY: dict[str, Message] = {
    "R20": msg("map sheets are judged from their PDF"),
}


def _rule(number: str) -> Callable[[Case], Ruling]:
    def rule(_case: Case) -> Ruling:
        return not_judged(number, _WHY[number])

    return rule


OUTSIDE: dict[str, Callable[[Case], Ruling]] = {number: _rule(number) for number in _WHY}
"""What stands under the numbers of these rules."""
