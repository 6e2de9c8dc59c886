"""The confirmation of a border 边界确认书: what two villages (or more) must agree on, before anybody may draw the line.

One form per set of villages that dispute ground: who they are, a sketch, each place with its m², buildings and proposal, room for the decision,
and places to sign for each village and for the township, which confirms. Software proposes; it decides nothing here.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from docx.shared import Mm

from areaplan.files import VillageRepair
from areaplan.messages import Lang, Message, msg
from areaplan.repair import NOBODY, Place, squares
from areaplan.reports import word
from areaplan.reports.sketches import Ground, sketch

__all__ = ["Form", "confirmation", "forms_of"]

KINDS = {"overlap": msg("claimed by all"), "gap": msg("claimed by none"), "crumb": msg("came off")}
_SIGNING = 4
"""Places to sign that fit side by side."""


@dataclass(frozen=True)
class Form:
    """Hold the places that one set of villages must settle, the largest first."""

    owners: tuple[str, ...]
    places: tuple[Place, ...]

    @property
    def m2(self) -> float:
        """How much ground is in dispute."""
        return sum(p.m2 for p in self.places)


def forms_of(places: Sequence[Place], *, village: str | None = None) -> list[Form]:
    """Return a form per set of owners, the largest dispute first; only those of one village if asked."""
    groups: dict[tuple[str, ...], list[Place]] = {}
    for place in places:
        if village is None or village in place.owners:
            groups.setdefault(place.owners, []).append(place)
    forms = [Form(o, tuple(sorted(p, key=lambda q: (-q.m2, q.number)))) for o, p in groups.items()]
    return sorted(forms, key=lambda f: (-f.m2, f.owners))


def confirmation(repair: VillageRepair, forms: Sequence[Form], *, lang: Lang = "zh", left_out: int = 0) -> bytes:
    """Return the forms as one DOCX, a page or more each.

    Parameters
    ----------
    repair
        The mended layer; sketches show the outlines as they were delivered.
    forms
        What to write.
    lang
        Language of the document.
    left_out
        How many more forms there would be; the document says so.
    """
    title = msg("Confirmation of borders between villages: {title}", title=repair.title).text(lang)
    document = word.new_document(title, lang)
    names = dict(zip(repair.villages["village_code"], repair.villages["name"], strict=True))
    canvas = _Canvas(repair)
    for number, form in enumerate(forms, 1):
        if number > 1:
            document.add_page_break()
        _form(document, number, form, names, canvas, repair.title, lang)
    if left_out:
        more = msg(
            "{count} more forms are not in this document; `areaplan repair SETTINGS --village CODE` writes those of one village.",
            count=left_out,
        ).text(lang)
        word.paragraph(document, more, bold=True)
    return word.as_bytes(document)


class _Canvas:
    """Draw places on the outlines as delivered."""

    def __init__(self, repair: VillageRepair) -> None:
        self.codes = repair.villages["village_code"].tolist()
        self.drawn, self.crs, self.lines = repair.drawn, repair.villages.crs, repair.lines
        self.tree = shapely.STRtree(repair.drawn)
        shapes = repair.footprints
        self.buildings = None if shapes is None else gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, crs=self.crs))

    def picture(self, form: Form) -> bytes:
        """Draw all places of a form; numbers in the picture are those of its table."""
        where = shapely.MultiPolygon(list(shapely.get_parts([p.geometry for p in form.places])))
        near = np.sort(self.tree.query(shapely.box(*_wider(where.bounds))))
        shapes = [*(p.geometry for p in form.places), *self.drawn[near]]
        codes = [*(str(k) for k in range(1, len(form.places) + 1)), *(self.codes[i] for i in near)]
        polygons = gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, crs=self.crs))
        return sketch(where, Ground(polygons, tuple(codes), self.lines, self.buildings))


def _wider(bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    west, south, east, north = bounds
    reach = max(east - west, north - south, 100.0)
    return west - reach, south - reach, east + reach, north + reach


def _form(
    document: Any, number: int, form: Form, names: Mapping[str, str | None], canvas: _Canvas, title: str, lang: Lang
) -> None:
    word.heading(document, msg("Confirmation of a border").text(lang), 0)
    head = msg("No. {number}; {title}", number=number, title=title) if title else msg("No. {number}", number=number)
    word.paragraph(document, head.text(lang))
    parties = [f"{code} {names.get(code) or ''}".strip() for code in form.owners]
    word.paragraph(document, msg("Between: {parties}", parties="; ".join(parties)).text(lang), bold=True)
    word.paragraph(document, _asked(form).text(lang))
    document.add_paragraph().add_run().add_picture(io.BytesIO(canvas.picture(form)), width=Mm(125))
    _places(document, form, names, lang)
    closing = msg(
        "The villages settle their border, the township confirms it. This form serves the census; it is no evidence for administrative boundaries."
    )
    word.paragraph(document, closing.text(lang))
    roles = [*(msg("For {party}", party=p) for p in parties), msg("Township (stamp)")]
    for first in range(0, len(roles), _SIGNING):
        word.signatures(document, roles[first : first + _SIGNING], lang)
        document.add_paragraph()


def _asked(form: Form) -> Message:
    return msg(
        "The outlines delivered for these villages do not agree ({count} in dispute, {m2} m² together). Please decide for each which village it belongs to, "
        "and write its code, or that it belongs to none (water, foreign ground).",
        count=len(form.places), m2=squares(form.m2),
    )  # fmt: skip


def _places(document: Any, form: Form, names: Mapping[str, str | None], lang: Lang) -> None:
    head = [
        msg("No."),
        msg("Dispute"),
        msg("What"),
        msg("m²"),
        msg("Buildings"),
        msg("Place"),
        msg("Proposal"),
        msg("Belongs to (decided)"),
    ]
    rows = []
    for k, place in enumerate(form.places, 1):
        at = shapely.point_on_surface(place.geometry)
        where = msg("E {x} N {y}", x=f"{at.x:.1f}", y=f"{at.y:.1f}").text(lang)
        built = msg("not known").text(lang) if place.buildings is None else str(place.buildings)
        kind = KINDS[place.kind].text(lang)
        rows.append([str(k), place.number, kind, squares(place.m2), built, where, _proposal(place, names, lang), ""])
    word.table(document, [h.text(lang) for h in head], rows, (8, 22, 13, 21, 14, 28, 30, 24), size_pt=9)
    document.add_paragraph()


def _proposal(place: Place, names: Mapping[str, str | None], lang: Lang) -> str:
    if place.proposal is None:
        return msg("none").text(lang)
    if place.proposal == NOBODY:
        return msg("no village").text(lang)
    return f"{place.proposal} {names.get(place.proposal) or ''}".strip()
