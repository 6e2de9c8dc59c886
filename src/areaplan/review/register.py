"""The opinion register: what was asked of whom, round after round, until it is measured to be done.

1. A finding that the register knows (same rule, same subject, same place) keeps its number; a new one takes the next.
2. An item closes when a later round does not find it any more: by measurement, whatever was answered.
3. An item that comes back opens again under its old number.

It serves any findings that are sent to somebody: differences of a returned map, or what the judge says of villages and townships.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import shapely

from areaplan.errors import InputError
from areaplan.messages import Lang, Message, msg
from areaplan.model import Finding, Severity

__all__ = ["STATES", "OpinionItem", "Register", "answered", "next_round", "read_register", "register_text"]

STATES: dict[str, Message] = {"open": msg("open"), "closed": msg("closed by measurement")}
_NEAR_M = 30.0
_FORM = 1


@dataclass(frozen=True)
class OpinionItem:
    """Hold one thing that was asked.

    Parameters
    ----------
    number
        Its number for good.
    first_round, last_round
        When it was asked first, and when it was found last.
    rule, severity, subject, village_code, what, measure, unit, place
        The finding, as it was found last; ``place`` is hexadecimal WKB.
    responsible, due
        Who is to mend it, and by when.
    answer
        What whoever is responsible answered.
    state
        A key of :data:`STATES`.
    result
        What the re-check measured, round by round.
    """

    number: int
    first_round: int
    last_round: int
    rule: str
    severity: str
    subject: str
    village_code: str | None
    what: str
    measure: float | None = None
    unit: str | None = None
    place: str | None = None
    responsible: str = ""
    due: str = ""
    answer: str = ""
    state: str = "open"
    result: str = ""

    def finding(self) -> Finding:
        """Return the item as a finding."""
        place = None if self.place is None else shapely.from_wkb(self.place)
        return Finding(
            self.rule,
            Severity(self.severity),
            self.subject,
            Message(self.what),
            self.village_code,
            self.measure,
            self.unit,
            place,
        )


@dataclass(frozen=True)
class Register:
    """Hold the items, and the rounds that were made.

    Parameters
    ----------
    items
        In the order of their numbers.
    rounds
        Date of each round, the first first.
    """

    items: tuple[OpinionItem, ...] = ()
    rounds: tuple[str, ...] = field(default=())

    @property
    def open(self) -> tuple[OpinionItem, ...]:
        """What is still to be mended."""
        return tuple(i for i in self.items if i.state == "open")


def next_round(
    register: Register,
    findings: Iterable[Finding],
    *,
    day: str,
    responsible: str = "",
    due: str = "",
    lang: Lang = "zh",
) -> Register:
    """Return the register after a round of checking.

    Parameters
    ----------
    register
        As it was.
    findings
        What this round found; notes ask for nothing and stay out.
    day
        Date of the round.
    responsible, due
        For new items.
    lang
        Of the stored sentences.
    """
    number = len(register.rounds) + 1
    asked = [f for f in findings if f.severity != Severity.NOTE]
    known = list(register.items)
    taken: set[int] = set()
    fresh: list[OpinionItem] = []
    for finding in asked:
        at = _find(known, finding, taken)
        if at is None:
            fresh.append(_item(finding, 0, number, responsible, due, lang))
        else:
            taken.add(at)
            known[at] = _found_again(known[at], finding, number, lang)
    known = [
        item if i in taken or item.state == "closed" else _closed(item, number, lang) for i, item in enumerate(known)
    ]
    first = max((i.number for i in known), default=0) + 1
    return Register((*known, *(replace(f, number=first + k) for k, f in enumerate(fresh))), (*register.rounds, day))


def _find(items: Sequence[OpinionItem], finding: Finding, taken: set[int]) -> int | None:
    """Return the item that a finding is about, the nearest where there are several."""
    near = [
        (_metres(item, finding), i) for i, item in enumerate(items)
        if i not in taken and item.rule == finding.rule and set(item.subject.split()) == set(finding.subject.split())
    ]  # fmt: skip
    near = [(d, i) for d, i in near if d <= _NEAR_M]
    return min(near)[1] if near else None


def _metres(item: OpinionItem, finding: Finding) -> float:
    if item.place is None or finding.geometry is None:
        return 0.0
    return float(shapely.distance(shapely.from_wkb(item.place), finding.geometry))


def _item(finding: Finding, number: int, round_: int, responsible: str, due: str, lang: Lang) -> OpinionItem:
    place = None if finding.geometry is None else shapely.to_wkb(finding.geometry, hex=True)
    return OpinionItem(
        number, round_, round_, finding.rule, str(finding.severity), finding.subject, finding.village_code, finding.message.text(lang),
        finding.measure, finding.unit, place, responsible, due,
    )  # fmt: skip


def _found_again(item: OpinionItem, finding: Finding, round_: int, lang: Lang) -> OpinionItem:
    again = msg("round {round}: found again after it was closed", round=round_)
    still = msg("round {round}: still found", round=round_)
    said = (again if item.state == "closed" else still).text(lang)
    size = _size(finding.measure, finding.unit)
    fresh = _item(finding, item.number, round_, item.responsible, item.due, lang)
    return replace(fresh, first_round=item.first_round, answer=item.answer, result=_after(item.result, f"{said}{size}"))


def _closed(item: OpinionItem, round_: int, lang: Lang) -> OpinionItem:
    said = msg("round {round}: measured, not found any more", round=round_).text(lang)
    return replace(item, state="closed", result=_after(item.result, said))


def _size(measure: float | None, unit: str | None) -> str:
    return "" if measure is None else f" ({measure:,.1f} {'m²' if unit == 'm2' else unit or ''})"


def _after(before: str, said: str) -> str:
    return f"{before}\n{said}" if before else said


def answered(register: Register, answers: Mapping[int, str]) -> Register:
    """Return the register with answers taken in, by number; an answer closes nothing."""
    return replace(register, items=tuple(replace(i, answer=answers.get(i.number) or i.answer) for i in register.items))


def register_text(register: Register) -> str:
    """Return the register as JSON."""
    data = {"form": _FORM, "rounds": list(register.rounds), "items": [asdict(i) for i in register.items]}
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def read_register(text: str, *, name: str = "register") -> Register:
    """Read a register back.

    Raises
    ------
    InputError
        When the text is no register, or one of a newer areaplan.
    """
    try:
        data: Any = json.loads(text)
        if data["form"] > _FORM:
            raise InputError(msg("{path}: was written by a newer areaplan", path=name))
        return Register(tuple(OpinionItem(**i) for i in data["items"]), tuple(data["rounds"]))
    except (ValueError, KeyError, TypeError):
        raise InputError(msg("{path}: is no opinion register of areaplan", path=name)) from None
