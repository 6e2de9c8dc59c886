"""Turn reviewers' comments into changes.

A comment that says exactly what it asks for becomes a change. One that asks in words only, contradicts another reviewer or speaks of another version of
the plan is refused with that reason, so that a person takes it up; approvals ask for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.comments import REASONS, Comment, merge_comments
from areaplan.messages import Message, msg
from areaplan.model import AreaPlan
from areaplan.review.change import Change, KindName, Refused
from areaplan.review.revise import Refusal

__all__ = ["changes_from_comments"]

_KIND: dict[str, KindName] = {
    "move": "move",
    "merge": "merge",
    "split": "split",
    "redraw": "border",
    "rename": "rename",
}


def changes_from_comments(
    comments: Iterable[Comment], plan: AreaPlan, *, plan_hash: str
) -> tuple[list[Change], list[Refusal]]:
    """Return what several reviewers ask of a plan, and what of it is no change.

    Parameters
    ----------
    comments
        From any number of files (``docs/review-format.md``).
    plan, plan_hash
        The plan they must be about.
    """
    merged = merge_comments(comments, plan_hash=plan_hash, codes=set(plan.areas["ea_code"]))
    refused = [
        _refusal(c, msg("it was made on another version of the plan")) for c in merged.stale if c.decision == "revise"
    ]
    refused += [_refusal(c, msg("the plan has no area {code}", code=c.ea_code)) for c in merged.unknown]
    disputed: dict[tuple[str, str], Message] = {}
    for conflict in merged.conflicts:
        names = ", ".join(sorted({c.reviewer or "-" for c in conflict.comments}))
        disputed[conflict.place] = msg("the reviewers {names} do not agree: {what}", names=names, what=conflict.message)
    changes: list[Change] = []
    for comment in merged.comments:
        if comment.decision != "revise":
            continue
        if comment.place in disputed:
            refused.append(_refusal(comment, disputed[comment.place]))
            continue
        try:
            changes += _changes(comment, plan)
        except Refused as e:
            refused.append(_refusal(comment, e.message))
    return changes, refused


def _refusal(comment: Comment, why: Message) -> Refusal:
    return Refusal(_blank(comment), why)


def _blank(comment: Comment) -> Change:
    kind = _KIND.get(comment.ask, "move")
    return Change(kind, _areas(comment), to=comment.ask_with if kind in ("move", "border") else "",
                  reason=_reason(comment), author=comment.reviewer, made=comment.time, where=_where(comment))  # fmt: skip


def _areas(comment: Comment) -> tuple[str, ...]:
    return (comment.ea_code,) if comment.ea_code else ()


def _where(comment: Comment) -> Message:
    return msg(
        "comment of {reviewer} on {place}",
        reviewer=comment.reviewer or "-",
        place=comment.ea_code or comment.village_code or "-",
    )


def _reason(comment: Comment) -> str:
    said = [str(REASONS[r]) if r in REASONS else r for r in comment.reasons]
    return "; ".join(filter(None, [*said, comment.text])) or comment.ask


def _changes(comment: Comment, plan: AreaPlan) -> Iterator[Change]:
    """Yield the changes of one comment.

    Raises
    ------
    Refused
        When it does not say exactly what it asks for.
    """
    said = {
        "reason": _reason(comment),
        "author": comment.reviewer or "-",
        "made": comment.time,
        "where": _where(comment),
    }
    lines = _drawn(comment, 1)
    if comment.ask == "move":
        to, area = (comment.ask_with, (comment.ea_code,)) if comment.ask_with else (comment.ea_code, ())
        cells = _covered(plan, comment)
        if not cells:
            raise Refused(msg("nothing lies under the sketch"))
        if not area:
            cells = tuple(c for c in cells if plan.assignment[c] != to)
        yield Change("move", area, to=to, cells=cells, **said)  # type: ignore[arg-type]
    elif comment.ask == "merge":
        yield Change("merge", (comment.ea_code, comment.ask_with), **said)  # type: ignore[arg-type]
    elif comment.ask == "split":
        yield Change("split", (comment.ea_code,), shape=lines, **said)  # type: ignore[arg-type]
    elif comment.ask == "redraw":
        if not comment.ask_with:
            raise Refused(msg("it does not say with which area the border is meant"))
        yield Change("border", (comment.ea_code,), to=comment.ask_with, shape=lines, **said)  # type: ignore[arg-type]
    elif comment.ask == "rename":
        yield Change("rename", (comment.ea_code,), value=comment.ask_with, **said)  # type: ignore[arg-type]
    else:
        raise Refused(msg("it asks in words only; say exactly what to change: {words}", words=_reason(comment) or "-"))


def _drawn(comment: Comment, dimension: int) -> BaseGeometry | None:
    parts = [s for s in comment.sketches if shapely.get_dimensions(s) == dimension]
    return shapely.union_all(parts) if parts else None


def _covered(plan: AreaPlan, comment: Comment) -> tuple[str, ...]:
    """Return the cells under a sketch: of a lasso those whose buildings it holds, and empty ones that it covers for more than half."""
    table, buildings = plan.cells.table, plan.cells.buildings
    found: set[str] = set()
    points, ground = _drawn(comment, 0), _drawn(comment, 2)
    shapes = table.geometry.to_numpy()
    if points is not None:
        rows = shapely.STRtree(shapes).query(shapely.get_parts(points), predicate="intersects")[1]
        found |= set(table["cell_id"].to_numpy()[rows])
    if ground is not None:
        inside = shapely.within(shapely.point_on_surface(buildings.geometry.to_numpy()), ground)
        found |= set(buildings["cell_id"].to_numpy()[inside]) - {None}
        near = np.flatnonzero(shapely.intersects(shapes, ground))
        share = shapely.area(shapely.intersection(shapes[near], ground)) / shapely.area(shapes[near])
        covered = set(table["cell_id"].to_numpy()[near[share > 0.5]])
        found |= covered - set(buildings["cell_id"].dropna())
    return tuple(c for c in table["cell_id"] if c in found)
