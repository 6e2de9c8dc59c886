"""How a set of sheets is to be printed: what every page of it has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from areaplan.messages import Lang, Message, msg, plain

__all__ = ["DRAFT", "FINAL", "INTERNAL", "OPEN", "Edition", "State"]

State = Literal["draft", "final"]
DRAFT, FINAL = msg("DRAFT"), msg("FINAL MAP")
INTERNAL, OPEN = msg("FOR INTERNAL USE"), msg("Open map, review no. {number}")


@dataclass(frozen=True)
class Edition:
    """Hold what all sheets of one printing share.

    Parameters
    ----------
    state
        ``draft`` (底样: provisional numbers, a page for corrections) or ``final`` (成图: the listing's numbers).
    paper
        A4, A3, A2, A1 or A0.
    review_number
        The number of the map review (审图号) that makes the map open; without one it is for internal use (R22).
    tiled
        Print papers above A4 in pieces of A4, to be glued together.
    """

    state: State = "draft"
    paper: str = "A4"
    review_number: str | None = None
    tiled: bool = False

    def mark(self, lang: Lang) -> str:
        """Return what the head says of the state."""
        return (DRAFT if self.state == "draft" else FINAL).text(lang)

    def circulation(self, lang: Lang) -> str:
        """Return the class of the sheet: for internal use, or open under its review number."""
        if not self.review_number:
            return INTERNAL.text(lang)
        return Message(OPEN.template, {"number": plain(self.review_number)}).text(lang)
