"""Rows of any comments file become comments: codes looked up, sketches of one comment brought together, faults collected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shapely.geometry.base import BaseGeometry

from areaplan.comments import ASKS, DECISIONS, REASONS, Comment
from areaplan.errors import InputError
from areaplan.messages import LANGS, Message, msg

__all__ = ["RawComment", "as_comments"]

_NEEDED = {"ea_code", "decision", "text"}
_KINDS = {"Point", "LineString", "Polygon"}


@dataclass(frozen=True)
class RawComment:
    """Hold a row as it was read: where it stands, its texts, its sketch."""

    where: Message
    values: Mapping[str, str]
    sketch: BaseGeometry | None = None


def as_comments(rows: Sequence[RawComment], file: str) -> list[Comment]:
    """Return the comments of the rows in the order of their first row.

    Raises
    ------
    InputError
        When rows have unknown codes or times, or no row has any column of a comment.
    """
    if rows and not any(_NEEDED & set(row.values) for row in rows):
        raise InputError(msg("{file}: no column ea_code, decision or text; that is no file of comments", file=file))
    faults: list[Message] = []
    by_key: dict[tuple[object, ...], Comment] = {}
    for row in rows:
        try:
            comment = _comment(row)
        except ValueError as e:
            faults.append(msg("{file}, {where}: {what}", file=file, where=row.where, what=e.args[0]))
            continue
        words = replace(comment, sketches=())
        known = by_key.get((words,))
        by_key[words,] = replace(words, sketches=(*(known.sketches if known else ()), *comment.sketches))
    if faults:
        raise InputError(faults)
    return list(by_key.values())


def _comment(row: RawComment) -> Comment:
    def get(name: str) -> str:
        return row.values.get(name, "").strip()

    reasons = [r for r in get("reason").replace(",", ";").split(";") if r.strip()]
    if row.sketch is not None and row.sketch.geom_type not in _KINDS:
        raise ValueError(msg("a sketch is a point, a line or a polygon, not a {kind}", kind=row.sketch.geom_type))
    return Comment(
        plan_hash=get("plan_hash").lower(),
        ea_code=get("ea_code"),
        village_code=get("village_code"),
        decision=_code(get("decision") or "open", DECISIONS, "decision"),
        reasons=tuple(dict.fromkeys(_code(r, REASONS, "reason") for r in reasons)),
        text=row.values.get("text", "").strip(),
        ask=_code(get("ask"), ASKS, "ask") if get("ask") else "",
        ask_with=get("ask_with"),
        sketches=() if row.sketch is None or row.sketch.is_empty else (row.sketch,),
        reviewer=get("reviewer"),
        time=_time(get("time")),
    )


def _code(text: str, known: Mapping[str, Message], column: str) -> str:
    """Return the code of a code or of its label in either language."""
    wanted = text.strip().casefold()
    for code, label in known.items():
        if wanted in {code, *(label.text(lang).casefold() for lang in LANGS)}:
            return code
    raise ValueError(
        msg(
            "{column} is “{text}”; it must be one of {known}",
            column=column,
            text=text.strip()[:60],
            known=", ".join(known),
        )
    )


def _time(text: str) -> str:
    """Return a time in UTC to the second; one without a zone is taken for UTC."""
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise ValueError(msg("time “{text}” is none; write it like 2026-11-27T08:30:00Z", text=text[:40])) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
