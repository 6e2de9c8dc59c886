"""The review loop: what is asked of a plan, the plan that follows, and what came back from whoever draws the maps."""

from areaplan.review.asking import COLUMN_WORDS, changes_from_rows, wanted_rows
from areaplan.review.change import KIND_WORDS, KINDS, LOCKS, Change
from areaplan.review.diff import AreaDiff, PlanDiff, diff_plans
from areaplan.review.issuing import LEVEL_WORDS, issue_plan, last_issue, sign_plan
from areaplan.review.revise import Made, Refusal, Revision, replay, revise

__all__ = [
    "COLUMN_WORDS",
    "KINDS",
    "KIND_WORDS",
    "LEVEL_WORDS",
    "LOCKS",
    "AreaDiff",
    "Change",
    "Made",
    "PlanDiff",
    "Refusal",
    "Revision",
    "changes_from_rows",
    "diff_plans",
    "issue_plan",
    "last_issue",
    "replay",
    "revise",
    "sign_plan",
    "wanted_rows",
]
