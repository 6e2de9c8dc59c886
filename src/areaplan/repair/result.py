"""What repairing says: the places in question, what was decided about them, and what every village gained and lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from shapely.geometry.base import BaseGeometry

from areaplan.linework.edges import Geoms
from areaplan.proof import Proof

__all__ = ["NOBODY", "Decision", "Ledger", "Line", "Mended", "Move", "Place", "Way"]

NOBODY: Final = ""
"""Stands for no village: water, sea, foreign ground."""

Kind = Literal["overlap", "gap", "crumb"]
Way = Literal["rule", "decision", "proposal", "declared"]


@dataclass(frozen=True)
class Decision:
    """Hold what a person decided about one dispute.

    Parameters
    ----------
    place
        Number of the dispute, as the form bears it.
    village
        Code of the village that gets the ground, or :data:`NOBODY`.
    name, date
        Who answers for it, and since when.
    """

    place: str
    village: str
    name: str
    date: str


@dataclass(frozen=True)
class Place:
    """Hold one connected piece of ground that several villages claim, or that none does.

    Parameters
    ----------
    number
        Made from the owners and the place: the same as long as the layer there is the same.
    kind
        **overlap**: several villages hold it. **gap**: villages enclose it and none holds it. **crumb**: a splinter of one village that came off
        when its neighbourhood was mended.
    owners
        Codes of the villages that hold an overlap or adjoin a gap, sorted.
    m2, width_m
        How large, and how wide on average (twice the area by the length of the outline).
    buildings
        How many buildings stand in it; ``None`` where no buildings are known.
    geometry
        Where it is.
    sliver
        True where the rule settles it: narrow, small, nothing built inside.
    proposal
        Code of the village with the longest border, or :data:`NOBODY`; ``None`` where nothing can be proposed.
    to, way
        Who got it and how; both ``None`` while it is open.
    decision
        What was decided, where somebody did.
    """

    number: str
    kind: Kind
    owners: tuple[str, ...]
    m2: float
    width_m: float
    buildings: int | None
    geometry: BaseGeometry
    sliver: bool
    proposal: str | None = None
    to: str | None = None
    way: Way | None = None
    decision: Decision | None = None

    @property
    def is_open(self) -> bool:
        """True while nobody has settled it."""
        return self.way is None


@dataclass(frozen=True)
class Move:
    """Say that ground went ``from_code`` -> ``to_code`` (:data:`NOBODY` for no village) with the settling of a place."""

    place: str
    from_code: str
    to_code: str
    m2: float
    way: Way


@dataclass(frozen=True)
class Line:
    """Hold the account of one village, in m²: ``before_m2 + gained_m2 - lost_m2 == after_m2``, exact in whole numbers before it is rounded to these.

    ``drawn_m2`` is what the file's own polygon measures; ``parts`` are connected pieces.
    """

    village_code: str
    drawn_m2: float
    before_m2: float
    gained_m2: float
    lost_m2: float
    after_m2: float
    parts_before: int
    parts_after: int
    gained_from: Mapping[str, float] = field(default_factory=dict)
    lost_to: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Ledger:
    """Hold the account of all villages.

    Parameters
    ----------
    lines
        One per village, in the order of the input.
    ground_before_m2, ground_after_m2
        Ground held by at least one village.
    filled_m2
        Gaps that got an owner.
    doubled_before_m2, doubled_after_m2
        Ground counted again beyond its first holder.
    unexplained_m2
        What the sums leave over, village by village and in all; computed in whole numbers, so that nothing hides in rounding.
    """

    lines: tuple[Line, ...]
    ground_before_m2: float
    ground_after_m2: float
    filled_m2: float
    doubled_before_m2: float
    doubled_after_m2: float
    unexplained_m2: float

    @property
    def rounding_m2(self) -> float:
        """The largest difference between a village as the file draws it and as its faces add up, in m²."""
        return max((abs(v.before_m2 - v.drawn_m2) for v in self.lines), default=0.0)


@dataclass(frozen=True)
class Mended:
    """Hold the mended villages and how they came about.

    Parameters
    ----------
    geometry
        (n,) the villages in the order of the input; ground in open dispute is still held as it was drawn.
    places
        Every place in question, the largest first.
    moves
        What went from whom to whom.
    ledger
        What each village gained and lost.
    rings
        Rows whose rings were invalid, with the reason and the m² their ring encloses as drawn.
    proof
        Of the result against the ground of the input and the gaps filled; ``None`` while disputes are open.
    unused
        Decisions that fit no place.
    torn
        Villages that decisions split: code and m² that came off.
    emptied
        Villages that decisions leave without ground.
    """

    geometry: Geoms
    places: tuple[Place, ...]
    moves: tuple[Move, ...]
    ledger: Ledger
    rings: tuple[tuple[int, str, float], ...] = ()
    proof: Proof | None = None
    unused: tuple[Decision, ...] = ()
    torn: tuple[tuple[str, float], ...] = ()
    emptied: tuple[str, ...] = ()

    @property
    def disputes(self) -> tuple[Place, ...]:
        """The places that no rule settles: what people decide, have decided, or let stand as proposed."""
        return tuple(p for p in self.places if not p.sliver and p.way != "declared")

    @property
    def open(self) -> tuple[Place, ...]:
        """The disputes that nobody has settled."""
        return tuple(p for p in self.places if p.is_open)

    @property
    def tiles(self) -> bool:
        """True when the villages tile their ground, proved."""
        return self.proof is not None and self.proof.tiles

    def settled(self, way: Way) -> tuple[Place, ...]:
        """Return the places settled in one way."""
        return tuple(p for p in self.places if p.way == way)
