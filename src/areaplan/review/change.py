"""What can be asked of a plan: one change at a time, with a reason and an author.

A change is a wish in the words of an office ("give block 12 from A to B"). What it does to the cells is its
:class:`~areaplan.review.effect.Effect`, which is worked out once and then written into the plan's log.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal, get_args

import shapely
from shapely.geometry.base import BaseGeometry

from areaplan.messages import Message, msg

__all__ = ["KINDS", "KIND_WORDS", "LOCKS", "Change", "KindName", "Refused"]

KindName = Literal["move", "merge", "split", "border", "rename", "lock", "unlock", "special", "virtual"]

KINDS: Final = get_args(KindName)

KIND_WORDS: Final[dict[str, Message]] = {
    "move": msg("give ground to another area"),
    "merge": msg("join areas"),
    "split": msg("divide an area"),
    "border": msg("redraw the border of two areas"),
    "rename": msg("rename an area"),
    "lock": msg("lock an area"),
    "unlock": msg("unlock an area"),
    "special": msg("declare an area special"),
    "virtual": msg("add a virtual area"),
}

LOCKS: Final = ("counts", "borders", "both")
"""What of an area may be locked (R19)."""


@dataclass(frozen=True)
class Change:
    """Hold one thing that somebody asks of a plan.

    Parameters
    ----------
    kind
        One of :data:`KINDS`.
    areas
        Codes of the areas it is about: one for most kinds, two or more for ``merge``.
    to
        ``move``: the area that receives; ``border``: the area on the other side.
    cells, buildings
        ``move``: what is given, by code.
    block
        ``move``: a cell; all cells of its area that no visible line parts from it are given.
    shape
        ``move``: the ground to give (Polygon, or Points of buildings); ``split``, ``border``: the line.
    parts
        ``split`` without a line: how many areas the engine makes of it.
    value
        ``rename``: the name; ``lock``: counts, borders or both; ``unlock``: number of the written approval; ``special``: why;
        ``virtual``: its name.
    village, persons
        ``virtual``: where it belongs, and how many live there.
    reason, author, made
        Why, who, when (ISO 8601).
    where
        What a refusal calls it: file and row.

    Examples
    --------
    >>> Change("rename", ("350302101003001",), value="东村第1小区", reason="name on the gate").text()
    'rename 350302101003001: 东村第1小区'
    """

    kind: KindName
    areas: tuple[str, ...] = ()
    to: str = ""
    cells: tuple[str, ...] = ()
    buildings: tuple[str, ...] = ()
    block: str = ""
    shape: BaseGeometry | None = None
    parts: int | None = None
    value: str = ""
    village: str = ""
    persons: int | None = None
    reason: str = ""
    author: str = ""
    made: str = ""
    where: Message | None = field(default=None, compare=False)

    @property
    def area(self) -> str:
        """The first area it is about."""
        return self.areas[0] if self.areas else ""

    def text(self) -> str:
        """Return the change as one plain line, for logs and tables."""
        said = [self.kind, "+".join(self.areas) or self.village]
        if self.to:
            said.append(f"-> {self.to}" if self.kind == "move" else f"| {self.to}")
        more = self.value or ", ".join((*self.cells, *self.buildings)) or self.block
        return " ".join(said) + (f": {more}" if more else "")

    def as_dict(self) -> dict[str, Any]:
        """Return what was asked as plain values; empty ones are left out."""
        out: dict[str, Any] = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name in {"reason", "author", "made", "where"} or value in ((), "", None):
                continue
            out[f.name] = shapely.to_wkb(value, hex=True) if isinstance(value, BaseGeometry) else value
        return {k: list(v) if isinstance(v, tuple) else v for k, v in out.items()}


class Refused(Exception):
    """Say why one change cannot be made; the others go on."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(str(message))
