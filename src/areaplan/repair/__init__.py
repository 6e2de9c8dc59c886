"""Dirty village layers become one exact tiling, with a ledger of what moved.

Software does not settle a border: only slivers are mended by rule. Everything else is a dispute with a proposal, for people to decide.
"""

from areaplan.repair.findings import code_or_nobody, is_trial, open_disputes, repair_findings, squares
from areaplan.repair.mend import mend, sound_rings
from areaplan.repair.result import NOBODY, Decision, Ledger, Line, Mended, Move, Place, Way

__all__ = [
    "NOBODY",
    "Decision",
    "Ledger",
    "Line",
    "Mended",
    "Move",
    "Place",
    "Way",
    "code_or_nobody",
    "is_trial",
    "mend",
    "open_disputes",
    "repair_findings",
    "sound_rings",
    "squares",
]
