"""Sheets: one area on one piece of paper, for the enumerator who walks it (R20, R22)."""

from areaplan.maps.sheets.atlas import area_atlas, area_sheets

__all__ = ["area_atlas", "area_sheets"]
