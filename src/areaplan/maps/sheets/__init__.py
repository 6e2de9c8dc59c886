"""Sheets: one area on one piece of paper, for the enumerator who walks it (R20, R22), and the maps of the levels above."""

from areaplan.maps.sheets.atlas import Sheets
from areaplan.maps.sheets.edition import Edition, State
from areaplan.maps.sheets.pages import PAPERS

__all__ = ["PAPERS", "Edition", "Sheets", "State"]
