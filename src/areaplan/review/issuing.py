"""Freeze a version, and put on record who answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import pandas as pd

from areaplan.certificate import content_hash
from areaplan.errors import InputError
from areaplan.messages import Message, msg
from areaplan.model import AreaPlan
from areaplan.review.change import LOCKS, Change
from areaplan.review.draft import apply_effect, draft_of
from areaplan.review.effect import Effect, log_text
from areaplan.review.finish import finish, with_rows

__all__ = ["LEVEL_WORDS", "issue_plan", "last_issue", "sign_plan"]

LEVEL_WORDS: Final[dict[str, Message]] = {
    "village": msg("village"),
    "township": msg("township"),
    "county": msg("county"),
    "city": msg("city"),
}
"""Who signs, from below."""


def issue_plan(plan: AreaPlan, lock: str, *, day: date, author: str, remark: str = "") -> AreaPlan:
    """Freeze a version: lock every area, and note number, date and content hash in table ``issues``.

    Parameters
    ----------
    plan
        Already judged.
    lock
        ``counts``, ``borders`` or ``both``; a lock that was there stays and is added to.
    day, author
        When, and who issues it.
    remark
        Why it is issued in spite of findings, say.

    Raises
    ------
    InputError
        For an unknown lock.
    """
    if lock not in LOCKS:
        raise InputError(msg("{value!r} cannot be locked; say counts, borders or both", value=lock))
    draft = draft_of(plan)
    had = {c: v["locked"] for c, v in draft.columns.items()}
    columns = {c: {"locked": lock if old in (None, lock) else "both"} for c, old in had.items()}
    number = len(_rows(plan, "issues")) + 1
    effect = Effect(columns=columns)
    change = Change("lock", tuple(columns), value=lock, reason=f"issue {number}", author=author, made=day.isoformat())
    log = _rows(plan, "revisions")
    revision = {"number": max((int(r["number"]) for r in log), default=0) + 1, "made": change.made, "author": author,
                "reason": change.reason, "change": log_text(change, effect)}  # fmt: skip
    frozen = with_rows(finish(apply_effect(draft, effect)), "revisions", [revision])
    row = {
        "number": number,
        "date": day.isoformat(),
        "lock": lock,
        "content_hash": content_hash(frozen),
        "remark": remark or None,
    }
    return with_rows(frozen, "issues", [row])


def last_issue(plan: AreaPlan) -> Mapping[str, Any] | None:
    """Return the last row of table ``issues``, None where the plan was never issued."""
    rows = _rows(plan, "issues")
    return rows[-1] if rows else None


def sign_plan(plan: AreaPlan, level: str, name: str, day: date) -> AreaPlan:
    """Append a signature to the plan's record: who, at which level, when, and the hash of what was signed.

    Raises
    ------
    InputError
        For an unknown level or a name that says nothing.
    """
    if level not in LEVEL_WORDS:
        raise InputError(msg("{level}: no such level; there are {known}", level=level, known=", ".join(LEVEL_WORDS)))
    if not name.strip():
        raise InputError(msg("a signature needs a name"))
    row = {"level": level, "name": name.strip(), "date": day.isoformat(), "content_hash": content_hash(plan)}
    return with_rows(plan, "signatures", [row])


def _rows(plan: AreaPlan, name: str) -> list[Mapping[str, Any]]:
    table: pd.DataFrame | None = plan.tables.get(name)
    return [] if table is None else table.to_dict("records")
