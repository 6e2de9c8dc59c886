"""The opinion register from round to round, for every verb that asks somebody to mend."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from areaplan.errors import InputError
from areaplan.messages import Lang, msg

if TYPE_CHECKING:
    from areaplan.model import Finding
    from areaplan.review import Register

__all__ = ["known_register", "this_round"]


def known_register(known: Path | None, answers: Path | None = None) -> Register:
    """Return the register of the last round with the answers that came in; an empty one before the first."""
    from areaplan.files import read_answers, read_text
    from areaplan.review import Register, answered, read_register

    if known is None:
        if answers is not None:
            raise InputError(msg("--answers needs --register, the register they belong to"))
        return Register()
    register = read_register(read_text(known), name=known.name)
    return register if answers is None else answered(register, read_answers(answers))


def this_round(
    register: Register, findings: Iterable[Finding], day: datetime | None, *, responsible: str, due: str, lang: Lang
) -> Register:
    """Return the register after this round, on ``day`` or today."""
    from areaplan.review import next_round

    when = day.date() if day else date.today()  # noqa: DTZ011 - a day on paper is a local day
    return next_round(register, findings, day=when.isoformat(), responsible=responsible, due=due, lang=lang)
