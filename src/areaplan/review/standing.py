"""Where a county stands: a row per township, the worst first.

What can be measured is measured: the plan, its proof, its findings, the opinions, the issue, the register. What happens on paper (recruited, printed, listed) comes from
the office's own table. A step is late when its day has passed and it is not done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from areaplan.comments import Comment, merge_comments
from areaplan.files.standing import PlanFacts
from areaplan.messages import Message, msg
from areaplan.review.register import Register
from areaplan.settings import CalendarSettings

__all__ = ["STEPS", "Standing", "current_plan", "standing_of", "worst_first"]

STEPS: Final[dict[str, Message]] = {
    "division": msg("division"),
    "review": msg("review"),
    "second_review": msg("second review"),
    "counts_locked": msg("counts locked"),
    "borders_reported": msg("borders reported"),
    "sheets_printed": msg("sheets printed"),
    "listing": msg("listing"),
    "registration": msg("registration"),
}
"""Steps of the calendar, in the order of the work."""

_ON_PAPER: Final = ("sheets_printed", "listing", "registration")
_YES: Final = {"yes", "y", "true", "1", "是", "√", "✓", "已完成", "完成", "done"}


@dataclass(frozen=True)
class Standing:
    """Hold where one township stands.

    Parameters
    ----------
    name, plan
        Its folder, and its newest plan; None where nothing was planned.
    approved, to_revise, undecided
        Areas by the opinions on this version.
    rounds, open_items
        Rounds of comparing returns, and items of the register that are open.
    responsible
        Who answers for it.
    step, due, late_days
        The first step of the calendar that is not done, its day, and how many days it is late (below zero: days left); None without a calendar.
    own
        Columns of the office's own table.
    faults
        Files that could not be read.
    """

    name: str
    plan: PlanFacts | None
    approved: int = 0
    to_revise: int = 0
    undecided: int = 0
    rounds: int = 0
    open_items: int = 0
    responsible: str = ""
    step: str | None = None
    due: date | None = None
    late_days: int | None = None
    own: Mapping[str, str] | None = None
    faults: tuple[Message, ...] = ()

    @property
    def errors(self) -> int:
        """Findings of severity error."""
        return 0 if self.plan is None else self.plan.findings.get("error", 0)

    @property
    def issued(self) -> Mapping[str, object] | None:
        """The last issue."""
        return self.plan.issues[-1] if self.plan is not None and self.plan.issues else None


def current_plan(plans: Iterable[PlanFacts]) -> PlanFacts | None:
    """Return the newest of a township's plans: the longest log, then the latest issue, then the latest file."""
    return max(plans, key=lambda p: (p.revisions, len(p.issues), p.created, str(p.path)), default=None)


def standing_of(
    name: str,
    plan: PlanFacts | None,
    *,
    comments: Sequence[Comment],
    register: Register | None,
    calendars: Sequence[CalendarSettings],
    own: Mapping[str, str] | None,
    today: date,
    faults: Sequence[Message] = (),
) -> Standing:
    """Return where a township stands.

    Parameters
    ----------
    name, plan
        The township and its newest plan.
    comments, register
        Opinions of any version; the register of the last round.
    calendars
        Of the plan, of the township's folder, of the county: the first that names a day counts.
    own
        Its row of the office's own table.
    today
        The day that lateness is counted to.
    faults
        What could not be read.
    """
    opinions = Counter(_opinions(plan, comments).values()) if plan is not None else Counter[str]()
    areas = 0 if plan is None else len(plan.areas)
    decided = opinions["approve"], opinions["revise"]
    step, due = _next_step(plan, decided, own, calendars)
    return Standing(
        name=name,
        plan=plan,
        approved=decided[0],
        to_revise=decided[1],
        undecided=areas - sum(decided),
        rounds=0 if register is None else len(register.rounds),
        open_items=0 if register is None else len(register.open),
        responsible=next((c.responsible for c in calendars if c.responsible), ""),
        step=step,
        due=due,
        late_days=None if due is None else (today - due).days,
        own=own,
        faults=tuple(faults),
    )


def _opinions(plan: PlanFacts, comments: Sequence[Comment]) -> dict[str, str]:
    """Return the decision on every area: one that asks for revision outweighs those that approve."""
    merged = merge_comments(comments, plan_hash=plan.content_hash, codes=set(plan.areas))
    out: dict[str, str] = {}
    for comment in merged.comments:
        if comment.ea_code and comment.decision != "open":
            out[comment.ea_code] = "revise" if "revise" in (comment.decision, out.get(comment.ea_code)) else "approve"
    return out


def _next_step(
    plan: PlanFacts | None,
    decided: tuple[int, int],
    own: Mapping[str, str] | None,
    calendars: Sequence[CalendarSettings],
) -> tuple[str | None, date | None]:
    """Return the earliest step that has a day and is not done."""
    for step in STEPS:
        due = next((d for c in calendars if (d := getattr(c, step)) is not None), None)
        if due is not None and not _done(step, plan, decided, own or {}):
            return step, due
    return None, None


def _done(step: str, plan: PlanFacts | None, decided: tuple[int, int], own: Mapping[str, str]) -> bool:
    if step in _ON_PAPER:
        return own.get(step, "").strip().casefold() in _YES
    if plan is None:
        return False
    locks = {str(i["lock"]) for i in plan.issues}
    return {
        "division": plan.proved is True and not plan.findings.get("error", 0),
        "review": bool(plan.issues) or sum(decided) >= len(plan.areas),
        "second_review": bool(plan.issues) or decided[0] >= len(plan.areas),
        "counts_locked": bool(locks & {"counts", "both"}),
        "borders_reported": bool(locks & {"borders", "both"}),
    }[step]


def worst_first(rows: Iterable[Standing]) -> list[Standing]:
    """Return townships by need: what cannot be read, what is latest, what has no plan, what has errors, what is undecided."""
    return sorted(
        rows,
        key=lambda s: (
            not s.faults, -(s.late_days or 0) if s.late_days is not None and s.late_days > 0 else 1, s.plan is not None,
            s.plan is not None and s.plan.proved is True, -s.errors, -s.undecided, -s.open_items, s.name,
        ),
    )  # fmt: skip
