"""The room that writes documents: what an office signs, and what it asks others to mend."""

from areaplan.reports.beside import earlier_layer, earlier_plan, with_supervisors
from areaplan.reports.checklist import RuleLine, checklist
from areaplan.reports.comments_form import comments_form
from areaplan.reports.compared import write_comparison
from areaplan.reports.opinion import Occasion, opinion
from areaplan.reports.opinion_page import opinion_page
from areaplan.reports.pages import write_maps
from areaplan.reports.receipt import receipt
from areaplan.reports.register import register_table, write_register
from areaplan.reports.repairs import REPAIR_FILES, write_repair
from areaplan.reports.results import JUDGEMENT_FILES, PLAN_FILES, write_judgement, write_results
from areaplan.reports.revised import fate_table, write_issue, write_revision
from areaplan.reports.sheets import write_sheets
from areaplan.reports.sketches import Ground, ground_of, sketch
from areaplan.reports.standing import standing_page, standing_table, write_standing

__all__ = [
    "JUDGEMENT_FILES",
    "PLAN_FILES",
    "REPAIR_FILES",
    "Ground",
    "Occasion",
    "RuleLine",
    "checklist",
    "comments_form",
    "earlier_layer",
    "earlier_plan",
    "fate_table",
    "ground_of",
    "opinion",
    "opinion_page",
    "receipt",
    "register_table",
    "sketch",
    "standing_page",
    "standing_table",
    "with_supervisors",
    "write_comparison",
    "write_issue",
    "write_judgement",
    "write_maps",
    "write_register",
    "write_repair",
    "write_results",
    "write_revision",
    "write_sheets",
    "write_standing",
]
