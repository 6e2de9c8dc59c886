"""The opinion document 修整意见书: what a review asks a contractor to mend, item by item.

Counts come first, then one numbered item per finding with its level, place (words, coordinates, a sketch), what is wrong, the rule it breaks, what is asked, and
room for the answer. It needs no plan of ours: any judged layer will do.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas as gpd
from docx.shared import Mm
from shapely.geometry.base import BaseGeometry

from areaplan.check.demands import UNITS_OF_A_LAYER, demand_of
from areaplan.messages import Lang, Message, msg
from areaplan.model import AreaPlan, Finding, Findings, Severity
from areaplan.reports import word
from areaplan.reports.sketches import Ground, ground_of, sketch
from areaplan.review import OpinionItem, Register

__all__ = ["LEVELS", "Entry", "Occasion", "Places", "entries", "opening", "opinion", "size_words"]

LEVELS = {
    Severity.ERROR: msg("error: must be mended"),
    Severity.WARNING: msg("warning: look and answer"),
    Severity.NOTE: msg("note: for information"),
}


@dataclass(frozen=True)
class Occasion:
    """Say what an opinion is about and whom it is for; the Word document and the page are of the same one.

    Parameters
    ----------
    title
        What was judged, as the addressee calls it.
    plan, ground
        What sketches are drawn on; ``ground`` when the judged layer is no plan of ours. Without either, findings are drawn alone.
    addressee
        Who is asked to mend.
    register
        The opinion register these findings are in: items then bear their numbers, who is to mend them by when, what was answered and what was measured
        again, and those that are closed stand in a table at the end.
    most_sketches
        After so many sketches the items go on without, and the document says so: a Word file of a thousand pictures cannot be worked with.
    """

    title: str
    lang: Lang = "zh"
    plan: AreaPlan | None = None
    ground: Ground | None = None
    addressee: str | None = None
    register: Register | None = None
    most_sketches: int = 200

    @property
    def name(self) -> str:
        """What the document is called."""
        return msg("Opinion on the maps of {title}", title=self.title).text(self.lang)

    @property
    def to(self) -> str | None:
        """The line that says whom it is for."""
        return msg("To: {addressee}", addressee=self.addressee).text(self.lang) if self.addressee else None

    def places(self) -> Places:
        """Return what says and draws where findings are."""
        ground = self.ground or (ground_of(self.plan) if self.plan is not None else None)
        return Places(ground, self.plan, self.most_sketches)


def opinion(findings: Iterable[Finding], on: Occasion) -> bytes:
    """Return the opinion document as a DOCX.

    Parameters
    ----------
    findings
        What the judge found; errors come first, notes stand in a short table at the end.
    on
        What was judged, for whom, in which round.
    """
    lang, register = on.lang, on.register
    items = Findings(tuple(findings)).ordered()
    document = word.new_document(on.name, lang)
    word.heading(document, on.name, 0)
    if on.to:
        word.paragraph(document, on.to, bold=True)
    asked = [f for f in items if f.severity != Severity.NOTE]
    notes = [f for f in items if f.severity == Severity.NOTE]
    word.paragraph(document, opening(len(register.open) if register is not None else len(asked)).text(lang))
    if on.plan is None:
        word.paragraph(document, UNITS_OF_A_LAYER.text(lang))
    _counts(document, items, lang)
    places = on.places()
    for entry in entries(asked, places, lang, register):
        _item(document, entry, places)
    if places.left_out:
        left = msg("{count} items bear no sketch; their places stand in the findings layer.", count=places.left_out)
        word.paragraph(document, left.text(lang), bold=True)
    if notes:
        _notes(document, notes, lang)
    if register is not None:
        _closed(document, register, lang)
    document.add_paragraph()
    word.signatures(document, [msg("Drawn up by"), msg("Reviewed by"), msg("Office (stamp)"), msg("Received by")], lang)
    return word.as_bytes(document)


def opening(asked: int) -> Message:
    """Return the first sentence: how much is asked."""
    if not asked:
        return msg("The maps were judged by the rules below; nothing is asked.")
    return msg("The maps were judged by the rules below. {count} items are to be mended or answered.", count=asked)


def _counts(document: Any, items: Findings, lang: Lang) -> None:
    """Print how many findings each rule has, by level."""
    counted = Counter((f.rule, f.severity) for f in items)
    head = [msg("Rule"), msg("Demand"), msg("Errors"), msg("Warnings"), msg("Notes")]
    rows = []
    for rule in sorted({f.rule for f in items}):
        demand = demand_of(rule)
        per_level = [str(counted[rule, s]) for s in Severity]
        rows.append([f"{rule} {demand.name.text(lang)}", demand.demand.text(lang), *per_level])
    totals = [str(sum(n for (_, s), n in counted.items() if s == level)) for level in Severity]
    rows.append([msg("Total").text(lang), "", *totals])
    word.table(document, [h.text(lang) for h in head], rows, (30, 76, 18, 18, 18))


class Places:
    """Say and draw where findings are."""

    def __init__(self, ground: Ground | None, plan: AreaPlan | None, most: int) -> None:
        self.ground, self.left, self.left_out = ground, most, 0
        self.crs = plan.crs if plan is not None else (ground.polygons.crs if ground is not None else None)
        villages = plan.territory.villages if plan is not None else None
        self.names = dict(zip(villages["village_code"], villages["name"], strict=True)) if villages is not None else {}

    def words(self, finding: Finding, lang: Lang) -> str:
        """Return subject, village and coordinates of a finding."""
        village = finding.village_code
        named = f"{village} {self.names.get(village) or ''}".strip() if village else ""
        said = [named] if named and village == finding.subject else [s for s in (finding.subject, named) if s]
        place = _place(finding)
        if place is not None:
            at = place.representative_point()
            said.append(msg("E {x} N {y}", x=f"{at.x:.1f}", y=f"{at.y:.1f}").text(lang))
        return "; ".join(said)

    def picture(self, finding: Finding) -> bytes | None:
        """Return a sketch of the place of a finding, while there are any left."""
        place = _place(finding)
        if place is None:
            return None
        if self.left == 0:
            self.left_out += 1
            return None
        self.left -= 1
        empty = Ground(gpd.GeoDataFrame(geometry=[], crs=self.crs))
        return sketch(place, self.ground or empty)


def _place(finding: Finding) -> BaseGeometry | None:
    geometry = finding.geometry
    return None if geometry is None or geometry.is_empty else geometry


class Entry(NamedTuple):
    """Hold one numbered item as words: its heading, its rows of label and text, the finding."""

    heading: str
    rows: list[tuple[str, str]]
    finding: Finding


def entries(asked: Sequence[Finding], places: Places, lang: Lang, register: Register | None) -> list[Entry]:
    """Return the items of an opinion: the findings in their order, or the open items of a register under their numbers."""
    followed = [(i, i.finding()) for i in register.open] if register is not None else []
    if register is not None:
        return [_entry(i.number, f, places, lang, i) for i, f in followed]
    return [_entry(number, f, places, lang, None) for number, f in enumerate(asked, 1)]


def _entry(number: int, finding: Finding, places: Places, lang: Lang, item: OpinionItem | None) -> Entry:
    demand = demand_of(finding.rule)
    rows = [
        (msg("Level"), LEVELS[finding.severity].text(lang)),
        (msg("Place"), places.words(finding, lang)),
        (msg("What"), _what(finding, lang)),
        (msg("Why"), f"{finding.rule}: {demand.demand.text(lang)}"),
        (msg("What is asked"), demand.asked.text(lang)),
    ]
    if item is not None:
        rows += [(msg("By whom"), item.responsible), (msg("By when"), item.due)]
    rows.append((msg("Answer"), item.answer if item is not None else ""))
    if item is not None and item.result:
        rows.append((msg("Re-check"), item.result.replace("\n", "; ")))
    heading = f"{number}. {finding.rule} {demand.name.text(lang)}: {finding.subject}"
    return Entry(heading, [(label.text(lang), text) for label, text in rows], finding)


def _what(finding: Finding, lang: Lang) -> str:
    """Return the message and the size, which a message that speaks of square metres has told already."""
    said = finding.message.text(lang)
    return said if any(unit in said for unit in ("m²", "平方米")) else said + size_words(finding, lang)


def _item(document: Any, entry: Entry, places: Places) -> None:
    word.heading(document, entry.heading, 2)
    grid = word.card(document, entry.rows, (26, 134))
    picture = places.picture(entry.finding)
    if picture:
        grid.rows[1].cells[1].add_paragraph().add_run().add_picture(io.BytesIO(picture), width=Mm(110))


def _closed(document: Any, register: Register, lang: Lang) -> None:
    """Print what the rounds have closed."""
    rows = [
        [str(i.number), i.rule, i.subject, i.what, i.result.split("\n")[-1]]
        for i in register.items
        if i.state == "closed"
    ]
    if rows:
        word.heading(document, msg("Closed by measurement").text(lang))
        head = [msg("No."), msg("Rule"), msg("Subject"), msg("What"), msg("Re-check")]
        word.table(document, [h.text(lang) for h in head], rows, (10, 13, 42, 57, 38))


_UNITS = {
    "m2": msg("{number} m²"), "m": msg("{number} m"), "households": msg("{number} households"),
    "persons": msg("{number} persons"), "buildings": msg("{number} buildings"),
}  # fmt: skip


def size_words(finding: Finding, lang: Lang) -> str:
    """Return how large it is, in units that a reader can picture; shares and ratios stand in the message."""
    unit = _UNITS.get(finding.unit or "")
    if finding.measure is None or unit is None:
        return ""
    number = f"{finding.measure:,.0f}" if finding.measure >= 1000 else f"{finding.measure:.4g}"
    return f" ({Message(unit.template, {'number': number}).text(lang)})"


def _notes(document: Any, notes: list[Finding], lang: Lang) -> None:
    word.heading(document, msg("Notes").text(lang))
    head = [msg("Rule"), msg("Subject"), msg("What")]
    rows = [[f.rule, f.subject, f.message.text(lang) + size_words(f, lang)] for f in notes]
    word.table(document, [h.text(lang) for h in head], rows, (16, 44, 100))
