"""What each numbered rule demands, and what is asked of whoever must mend it, in words for documents.

The numbers are those of ``docs/rules.md``; how a rule is judged is the judge's business.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from areaplan.check.titles import TITLES
from areaplan.messages import Message, msg

__all__ = ["DEMANDS", "UNITS_OF_A_LAYER", "Demand", "demand_of"]

UNITS_OF_A_LAYER: Final = msg(
    "“Area” below means a unit of the judged layer, “village” the unit above it, at whatever level: areas in villages, villages in townships, townships in the county."
)
"""How papers on a layer, which may be of any level, are to be read: the rules are worded for areas in villages."""


class Demand(NamedTuple):
    """Hold a rule's short name, what it demands, and what is asked when it is broken."""

    name: Message
    demand: Message
    asked: Message


DEMANDS: Final[dict[str, Demand]] = {
    "R00": Demand(
        TITLES["R00"],
        msg("Layers, columns, types and unique keys are as agreed; every polygon is valid and not empty."),
        msg("Deliver the named rows again in the agreed form."),
    ),
    "R01": Demand(
        TITLES["R01"],
        msg("Every square metre of the parent lies in an enumeration area."),
        msg("Give the uncovered ground to the area it belongs to, vertex for vertex."),
    ),
    "R02": Demand(
        TITLES["R02"],
        msg("No square metre lies in two enumeration areas."),
        msg("Decide which of the two areas holds the ground, and draw their border once."),
    ),
    "R03": Demand(
        TITLES["R03"],
        msg("Nothing lies outside the parent."),
        msg("Take the area back to the outline of its parent."),
    ),
    "R04": Demand(
        TITLES["R04"],
        msg("Two neighbours share one boundary line, vertex for vertex."),
        msg("Draw the common border once and use it for both areas."),
    ),
    "R05": Demand(
        TITLES["R05"],
        msg("An area is one connected piece; exclaves and islands are declared, with who enumerates them."),
        msg("Join the pieces, or declare the exclave and say who enumerates it."),
    ),
    "R06": Demand(
        TITLES["R06"],
        msg("Areas make up their village, villages their township, townships the county."),
        msg("Move the border back so that the area lies in one parent."),
    ),
    "R07": Demand(
        TITLES["R07"],
        msg("A building lies wholly in one area, or is a declared split whose parts are named."),
        msg("Lead the border round the building, or note which entrances and floors each area holds."),
    ),
    "R08": Demand(
        TITLES["R08"],
        msg("The households of the areas add up to the village total of the same basis, to the unit."),
        msg("Find the households that are missing or counted twice, and correct the counts."),
    ),
    "R09": Demand(
        TITLES["R09"],
        msg("The households of an area lie inside the bounds; an exception states its cause."),
        msg("Split or merge the area, or state the cause of the exception."),
    ),
    "R10": Demand(
        TITLES["R10"],
        msg("No area exceeds the most forms or persons the rules allow."),
        msg("Divide the area."),
    ),
    "R11": Demand(
        TITLES["R11"],
        msg("Area codes are the village code and three digits from 001, unique, never used twice."),
        msg("Correct the code; a retired number is not used again."),
    ),
    "R12": Demand(
        TITLES["R12"],
        msg("Villages bear their full official names; names of areas are unique in their village."),
        msg("Correct the name."),
    ),
    "R13": Demand(
        TITLES["R13"],
        msg("Borders follow what people see: road, river, railway, wall, ridge."),
        msg("Move the border to a visible feature, or describe it on the ground."),
    ),
    "R14": Demand(
        TITLES["R14"],
        msg("No area straddles a river, railway or motorway that cannot be crossed inside it."),
        msg("Divide the area along the barrier, or show the crossing."),
    ),
    "R15": Demand(
        TITLES["R15"],
        msg("Every building is reached without a long way round through another area."),
        msg("Give the building to the area it is reached from, or show the way."),
    ),
    "R16": Demand(
        TITLES["R16"],
        msg("No needle, no octopus."),
        msg("Look whether a more compact border is possible."),
    ),
    "R17": Demand(
        TITLES["R17"],
        msg("A hospital, school, barracks, prison, home or market is not split."),
        msg("Give the whole complex to one area."),
    ),
    "R18": Demand(
        TITLES["R18"],
        msg("Every area has an enumerator, every village a supervisor."),
        msg("Name the missing staff."),
    ),
    "R19": Demand(
        TITLES["R19"],
        msg("What was locked does not change."),
        msg("Restore the locked state, or attach the county's written approval."),
    ),
    "R20": Demand(
        TITLES["R20"],
        msg("A map bears what the rules ask: title, frame, north arrow, legend, drafter, date, number, margins."),
        msg("Print the map again with what is missing."),
    ),
    "R21": Demand(
        TITLES["R21"],
        msg("Building numbers are unique in the area and are never renumbered."),
        msg("Restore the old number; a new building takes the next free one."),
    ),
    "R22": Demand(
        TITLES["R22"],
        msg("Every file and sheet carries its class; an open map its review number."),
        msg("Add the class, or withdraw the file."),
    ),
    "R23": Demand(
        TITLES["R23"],
        msg("The division is compared with the issued base map in number, name, code and area."),
        msg("Explain the difference, or correct it."),
    ),
}


def demand_of(rule: str) -> Demand:
    """Return the words of a rule; a rule of an office's own speaks by its number alone."""
    own = msg("rule {rule}", rule=rule)
    return DEMANDS.get(rule) or Demand(own, msg("See the rules of the office."), msg("Look, and mend or explain."))
