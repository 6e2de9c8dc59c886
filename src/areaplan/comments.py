"""What reviewers say of a plan: comments, their codes, and how several people's comments come together.

``docs/review-format.md`` describes the files; :mod:`areaplan.files` reads and writes them. The review page speaks of reasons and demands in
the words given here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby

from shapely.geometry.base import BaseGeometry

from areaplan.messages import Message, msg

__all__ = ["ASKS", "COLUMNS", "DECISIONS", "REASONS", "Comment", "Conflict", "Merged", "merge_comments"]

COLUMNS = (
    "plan_hash", "reviewer", "time", "ea_code", "village_code", "decision", "reason", "text", "ask", "ask_with", "sketch",
)  # fmt: skip
"""The columns of a comments file; a CSV has ``wkt`` after them."""

DECISIONS: dict[str, Message] = {"approve": msg("approve"), "revise": msg("revise"), "open": msg("open")}

REASONS: dict[str, Message] = {
    "border_not_on_ground": msg("border not found on the ground"),
    "border_wrong": msg("border in the wrong place"),
    "village_border_wrong": msg("village border wrong"),
    "too_many_households": msg("too many households"),
    "too_few_households": msg("too few households"),
    "building_missing": msg("building missing"),
    "building_gone": msg("building no longer there"),
    "building_elsewhere": msg("building belongs to another area"),
    "complex_split": msg("compound or complex split"),
    "crosses_river": msg("crosses a river"),
    "crosses_road": msg("crosses a railway or main road"),
    "hard_to_reach": msg("part hard to reach"),
    "name_wrong": msg("name wrong"),
    "code_wrong": msg("code wrong"),
    "other": msg("other reason"),
}

ASKS: dict[str, Message] = {
    "move": msg("give buildings to another area"),
    "merge": msg("join with another area"),
    "split": msg("divide this area"),
    "redraw": msg("border along the sketch"),
    "rename": msg("another name"),
}


@dataclass(frozen=True)
class Comment:
    """Hold what one reviewer says of one area of one version of a plan.

    Parameters
    ----------
    plan_hash
        Content hash of the plan that was looked at.
    ea_code, village_code
        What it is about; without an area it is about the village, without both about the plan.
    decision
        A key of :data:`DECISIONS`.
    reasons
        Keys of :data:`REASONS`.
    text
        The reviewer's own words.
    ask, ask_with
        A key of :data:`ASKS` or nothing, and what it is asked with.
    sketches
        Points, lines and polygons in the plan's CRS.
    reviewer, time
        Who, and when last changed (ISO 8601, UTC).
    """

    plan_hash: str
    ea_code: str = ""
    village_code: str = ""
    decision: str = "open"
    reasons: tuple[str, ...] = ()
    text: str = ""
    ask: str = ""
    ask_with: str = ""
    sketches: tuple[BaseGeometry, ...] = ()
    reviewer: str = ""
    time: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """What it is about: an area, or a village where there is no area."""
        return (self.ea_code, "" if self.ea_code else self.village_code)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two rows the same comment."""
        return (self.plan_hash, self.reviewer, *self.place)


@dataclass(frozen=True)
class Conflict:
    """Say that comments on one place cannot all be followed.

    Parameters
    ----------
    place
        As :attr:`Comment.place`.
    comments
        The comments, by reviewer.
    message
        What does not go together.
    """

    place: tuple[str, str]
    comments: tuple[Comment, ...]
    message: Message


@dataclass(frozen=True)
class Merged:
    """Hold what came together: what holds, what does not fit, and what is about another plan.

    Parameters
    ----------
    comments
        On this plan, one a reviewer and place, in the order of place and reviewer.
    stale
        On another version of the plan.
    unknown
        On areas that this plan does not have; empty when its codes were not given.
    conflicts
        Comments that cannot all be followed.
    replaced
        How many earlier comments of the same reviewer gave way to later ones.
    """

    comments: tuple[Comment, ...]
    stale: tuple[Comment, ...]
    unknown: tuple[Comment, ...]
    conflicts: tuple[Conflict, ...]
    replaced: int


def merge_comments(comments: Iterable[Comment], *, plan_hash: str, codes: Collection[str] | None = None) -> Merged:
    """Bring several reviewers' comments together by the rules of ``docs/review-format.md``; the order of the input does not matter.

    Parameters
    ----------
    comments
        From any number of files.
    plan_hash
        The plan they are to hold for.
    codes
        Codes of its areas; comments on others are set apart as unknown.

    Examples
    --------
    >>> a = Comment("f00", "01", decision="approve", reviewer="A")
    >>> b = Comment("f00", "01", decision="revise", reviewer="B")
    >>> len(merge_comments([a, b], plan_hash="f00").conflicts)
    1
    """
    held, replaced = _latest(comments)
    current = [c for c in held if c.plan_hash == plan_hash]
    known = [c for c in current if codes is None or not c.ea_code or c.ea_code in codes]
    conflicts = [
        conflict
        for _, group in groupby(known, key=lambda c: c.place)
        for conflict in _conflicts(tuple(group))
    ]  # fmt: skip
    return Merged(
        comments=tuple(known),
        stale=tuple(c for c in held if c.plan_hash != plan_hash),
        unknown=tuple(c for c in current if c not in known),
        conflicts=tuple(conflicts),
        replaced=replaced,
    )


def _order(comment: Comment) -> tuple[object, ...]:
    shapes = tuple(s.wkb for s in comment.sketches)
    words = (comment.decision, comment.reasons, comment.text, comment.ask, comment.ask_with)
    return (comment.place, comment.plan_hash, comment.reviewer, comment.time, words, shapes)


def _latest(comments: Iterable[Comment]) -> tuple[list[Comment], int]:
    """Return the latest comment of each reviewer on each place, both where the time does not decide, and how many gave way."""
    distinct = {_order(c): c for c in comments}
    rows = [distinct[k] for k in sorted(distinct)]
    last: dict[tuple[str, str, str, str], str] = {}
    for c in rows:
        last[c.key] = max(last.get(c.key, ""), c.time)
    held = [c for c in rows if c.time == last[c.key]]
    return held, len(rows) - len(held)


def _conflicts(comments: tuple[Comment, ...]) -> list[Conflict]:
    """Return what does not go together among the comments on one place."""
    place, out = comments[0].place, []
    decisions = {c.decision for c in comments}
    if {"approve", "revise"} <= decisions:
        out.append(Conflict(place, comments, msg("one approves, another asks for revision")))
    for exclusive in ({"merge", "split"}, {"rename"}):
        asking = tuple(c for c in comments if c.ask in exclusive)
        if len({(c.ask, c.ask_with) for c in asking}) > 1:
            out.append(Conflict(place, asking, msg("different things are asked for")))
    keys = [c.key for c in comments]
    if len(set(keys)) < len(keys) and not out:
        out.append(Conflict(place, comments, msg("one reviewer says two things at the same time")))
    return out
