"""Make the next plan from a plan and what is asked of it; and make it again from the log.

1. Changes are taken in their order; each meets the plan as the ones before it left it.
2. One that cannot be made is refused with its reason, and the others go on.
3. What was not changed stays to the bit; codes are never given twice; the judge speaks about the whole.
4. Every change is written into the plan's log with what it did, so that :func:`replay` gives the same plan whatever the engine has become.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from areaplan.errors import InputError
from areaplan.messages import Message, msg
from areaplan.model import AreaPlan
from areaplan.review.change import Change, Refused
from areaplan.review.draft import Draft, apply_effect, draft_of
from areaplan.review.effect import Effect, effect_of, log_text
from areaplan.review.finish import correspondence, finish, with_rows
from areaplan.review.resolve import resolve

__all__ = ["Made", "Refusal", "Revision", "replay", "revise"]


@dataclass(frozen=True)
class Made:
    """Hold a change that was made, its number in the log, and what it did.

    Parameters
    ----------
    number, change, effect
        Which, what was asked, what it did.
    before, after
        Households of the areas that changed: code -> households, before and after this change.
    """

    number: int
    change: Change
    effect: Effect
    before: dict[str, int | None]
    after: dict[str, int | None]


@dataclass(frozen=True)
class Refusal:
    """Hold a change that was not made, and why."""

    change: Change
    reason: Message


@dataclass(frozen=True)
class Revision:
    """Hold the next plan, not yet judged, and the fate of every change.

    Parameters
    ----------
    plan
        The plan after the changes, its log and correspondence written.
    made, refused
        Changes in their order.
    went
        Rows added to table ``correspondence``.
    """

    plan: AreaPlan
    made: tuple[Made, ...]
    refused: tuple[Refusal, ...]
    went: pd.DataFrame


def revise(plan: AreaPlan, changes: Iterable[Change]) -> Revision:
    """Make the changes that can be made.

    Parameters
    ----------
    plan
        The plan as it stands.
    changes
        What is asked, in order.

    Returns
    -------
    Revision
        Its plan is not judged yet: :func:`areaplan.pipeline.prove_plan` does that.

    Examples
    --------
    >>> from areaplan.review import Change, revise                     # doctest: +SKIP
    >>> revise(plan, [Change("merge", ("…001", "…002"), reason="too few households", author="林")]).plan   # doctest: +SKIP
    """
    draft = draft_of(plan)
    first = _last_number(plan) + 1
    made: list[Made] = []
    refused: list[Refusal] = []
    for change in changes:
        try:
            effect, after = resolve(draft, change)
        except Refused as e:
            refused.append(Refusal(change, e.message))
            continue
        before, now = _counts(draft, after, effect)
        made.append(Made(first + len(made), change, effect, before, now))
        draft = after
    rows = [
        {"number": m.number, "made": m.change.made, "author": m.change.author, "reason": m.change.reason,
         "change": log_text(m.change, m.effect)}
        for m in made
    ]  # fmt: skip
    return _revision(draft, rows, tuple(made), tuple(refused))


def _revision(
    draft: Draft, rows: list[dict[str, object]], made: tuple[Made, ...], refused: tuple[Refusal, ...]
) -> Revision:
    if not rows:
        return Revision(draft.base, made, refused, correspondence(draft))
    went = correspondence(draft)
    noted = went.assign(revision=rows[-1]["number"]).to_dict("records")
    plan = with_rows(with_rows(finish(draft), "revisions", list(rows)), "correspondence", noted)
    return Revision(plan, made, refused, went)


def _last_number(plan: AreaPlan) -> int:
    log = plan.tables.get("revisions")
    return 0 if log is None or not len(log) else int(log["number"].max())


def _counts(before: Draft, after: Draft, effect: Effect) -> tuple[dict[str, int | None], dict[str, int | None]]:
    """Return the households of the areas that a change touches, before and after it."""
    mother = {p.cell_id: c.cell_id for c in effect.cuts for p in c.pieces}
    old = {before.code_of[mother.get(c, c)] for c in effect.cells}
    new = set(effect.cells.values())
    return _households(before, old | (new - set(effect.born))), _households(after, (old - set(effect.retired)) | new)


def _households(draft: Draft, codes: set[str]) -> dict[str, int | None]:
    table = draft.cells.table
    sums = table[table["ea_code"].isin(codes)].groupby("ea_code")["households"].agg(lambda s: s.sum(skipna=False))
    return {str(code): None if pd.isna(v) else int(v) for code, v in sums.items()}


def replay(first: AreaPlan, last: AreaPlan, *, until: int | None = None) -> AreaPlan:
    """Make a plan again from an earlier one and the log of a later one.

    Parameters
    ----------
    first
        The earlier plan.
    last
        The plan whose log is replayed; it must begin with the log of ``first``.
    until
        Number of the last revision to make; all by default.

    Returns
    -------
    AreaPlan
        Not judged. Its content hash is that of the plan the log was written with.

    Raises
    ------
    InputError
        When the logs do not belong together, or an entry cannot be read.
    """
    log = last.tables.get("revisions")
    rows = [] if log is None else log.to_dict("records")
    own = first.tables.get("revisions")
    done = [] if own is None else own.to_dict("records")
    if [r["change"] for r in rows[: len(done)]] != [r["change"] for r in done]:
        raise InputError(msg("the log does not begin with the revisions of the first plan: they are not of one line"))
    wanted = [r for r in rows[len(done) :] if until is None or int(r["number"]) <= until]
    draft = draft_of(first)
    for row in wanted:
        try:
            draft = apply_effect(draft, effect_of(str(row["change"])))
        except (ValueError, KeyError, IndexError, AssertionError) as e:
            raise InputError(
                msg("revision {number} of the log does not fit the plan ({reason})", number=row["number"], reason=e)
            ) from None
    return _revision(draft, wanted, (), ()).plan
