"""Every text that sheets can print, so that its glyphs are known before the first page is drawn."""

from __future__ import annotations

from areaplan.maps.sheets.contents import CONTENTS_TEXTS
from areaplan.maps.sheets.edition import Edition
from areaplan.maps.sheets.ground import Ground
from areaplan.maps.sheets.overview import OVERVIEW_TEXTS
from areaplan.maps.sheets.overview_map import OVERVIEW_SIGNS
from areaplan.maps.sheets.supervision import SUPERVISION_TEXTS
from areaplan.maps.sheets.words import FIXED
from areaplan.messages import Lang, translate

__all__ = ["all_texts", "fixed_texts"]

_ALWAYS = "".join(map(chr, range(32, 127))) + "…—–、，。；：（）·±²"


def fixed_texts(lang: Lang) -> list[tuple[str, str]]:
    """Return the fixed texts of all sheets with where they stand, for the font."""
    every = (*FIXED, *OVERVIEW_TEXTS, *SUPERVISION_TEXTS, *OVERVIEW_SIGNS.values(), *CONTENTS_TEXTS)
    return [("sheet", _ALWAYS), *(("sheet", translate(m.template, lang)) for m in every)]


def all_texts(ground: Ground, edition: Edition) -> list[tuple[str, str]]:
    """Return every text that the sheets of a plan print, with where it stands."""
    return [*fixed_texts(ground.lang), ("review number", edition.circulation(ground.lang)), *ground.texts()]
