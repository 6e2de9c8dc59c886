"""The review loop: what is asked of a plan, the plan that follows, and what came back from whoever draws the maps."""

from areaplan.review.answering import changes_from_comments
from areaplan.review.asking import COLUMN_WORDS, are_changes, changes_from_rows, wanted_rows
from areaplan.review.change import KIND_WORDS, KINDS, LOCKS, Change
from areaplan.review.diff import AreaDiff, PlanDiff, diff_plans
from areaplan.review.issuing import LEVEL_WORDS, issue_plan, last_issue, sign_plan
from areaplan.review.register import (
    STATES,
    OpinionItem,
    Register,
    answered,
    next_round,
    read_register,
    register_text,
)
from areaplan.review.revise import Made, Refusal, Revision, replay, revise
from areaplan.review.standing import STEPS, Standing, current_plan, standing_of, worst_first

__all__ = [
    "COLUMN_WORDS",
    "KINDS",
    "KIND_WORDS",
    "LEVEL_WORDS",
    "LOCKS",
    "STATES",
    "STEPS",
    "AreaDiff",
    "Change",
    "Made",
    "OpinionItem",
    "PlanDiff",
    "Refusal",
    "Register",
    "Revision",
    "Standing",
    "answered",
    "are_changes",
    "changes_from_comments",
    "changes_from_rows",
    "current_plan",
    "diff_plans",
    "issue_plan",
    "last_issue",
    "next_round",
    "read_register",
    "register_text",
    "replay",
    "revise",
    "sign_plan",
    "standing_of",
    "wanted_rows",
    "worst_first",
]
