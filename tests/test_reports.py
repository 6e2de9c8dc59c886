"""Checklist and opinion, read back from the DOCX they become."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import geopandas as gpd
import pytest
import shapely
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from PIL import Image

from areaplan.check.demands import DEMANDS
from areaplan.messages import Message, msg
from areaplan.model import Finding, Severity
from areaplan.reports import Occasion, checklist, ground_of, opinion, sketch
from areaplan.reports.sketches import ground_of_layer, scale_length
from toys import EAST, NORTH, toy_plan

NASTY = "=1+1 <b>东\x00村</b> \u202ebad\x1b"


@dataclass
class Line:
    rule: str
    verdict: str
    count: int = 0
    reason: Message | str | None = None


def _texts(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def _finding(severity: Severity = Severity.ERROR, **more: object) -> Finding:
    place = shapely.box(EAST + 90, NORTH + 90, EAST + 101, NORTH + 104)
    values: dict[str, object] = {"rule": "R01", "subject": "350302101001002", "village_code": "350302101001",
                                 "measure": 154.0, "unit": "m2", "geometry": place,
                                 "message": msg("gap of {m2} m2", m2=154)}  # fmt: skip
    return Finding(severity=severity, **(values | more))  # type: ignore[arg-type]


def _lines() -> list[Line]:
    return [Line("R01", "passed"), Line("R08", "failed", 3), Line("R13", "not judged", reason=msg("no streets given"))]


def test_three_states_stand_beside_their_demands() -> None:
    """Each demand has one line with its own verdict; what was not judged says why and never counts findings."""
    document = Document(io.BytesIO(checklist("Toy town", _lines(), lang="en")))
    rows = [[c.text for c in r.cells] for r in document.tables[0].rows][1:]
    assert [(r[1], r[3], r[4], r[5]) for r in rows] == [
        ("R01 gap", "✓ passed", "0", ""),
        ("R08 every household once", "✗ failed", "3", ""),
        ("R13 visible boundary", "— not judged", "—", "no streets given"),
    ]
    assert "1 demands passed, 1 failed, 1 not judged." in _texts(checklist("Toy town", _lines(), lang="en"))


def test_an_unknown_verdict_is_refused() -> None:
    """A verdict that is none of the three cannot slip onto a signed page."""
    with pytest.raises(ValueError, match="none of"):
        checklist("Toy town", [Line("R01", "ok")])


def test_annex_holds_hash_and_arithmetic() -> None:
    """The annex prints the certificate, its tables, and per village what went in beside what the areas add up to."""
    certificate = {
        "content_hash": "abc123",
        "grid_m": 0.001,
        "proof": {"gaps": 0},
        "villages": [{"code": "A", "m2": 40000}],
    }
    text = _texts(checklist(toy_plan(), _lines(), certificate, lang="en"))
    for wanted in ("abc123", "0.001", "proof.gaps", "40000", "东村", "160", "40,000.00"):
        assert wanted in text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages_are_a4_with_both_scripts_and_numbers(lang: str) -> None:
    """A4, page number fields, header rows that repeat, East Asian typefaces."""
    for data in (
        checklist("镇", _lines(), lang=lang),
        opinion([_finding()], Occasion(title="镇", lang=lang, plan=toy_plan())),
    ):  # type: ignore[arg-type]
        document = Document(io.BytesIO(data))
        section = document.sections[0]
        assert abs(section.page_width - Mm(210)) < 1000
        assert abs(section.page_height - Mm(297)) < 1000
        fields = [e.get(qn("w:instr")) for e in section.footer._element.iter(qn("w:fldSimple"))]
        assert fields == ["PAGE", "NUMPAGES"]
        assert next(document.tables[0]._tbl.iter(qn("w:tblHeader"))) is not None
        fonts = document.styles["Normal"].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == "宋体"


def test_same_values_same_bytes() -> None:
    """The same findings make the same file, byte for byte."""
    plan = toy_plan()
    assert opinion([_finding()], Occasion(title="T", plan=plan)) == opinion(
        [_finding()], Occasion(title="T", plan=plan)
    )
    assert checklist(plan, _lines()) == checklist(plan, _lines())


def test_opinion_numbers_items_and_counts_kinds() -> None:
    """Counts per rule and level on top; errors before warnings; notes only in the closing table."""
    found = [_finding(Severity.NOTE, rule="R09"), _finding(Severity.WARNING, rule="R13"), _finding()]
    data = opinion(found, Occasion(title="T", lang="en", plan=toy_plan(), addressee="Survey institute"))
    document = Document(io.BytesIO(data))
    heads = [p.text for p in document.paragraphs if re.match(r"\d+\. ", p.text)]
    assert heads == ["1. R01 gap: 350302101001002", "2. R13 visible boundary: 350302101001002"]
    counts = [[c.text for c in r.cells] for r in document.tables[0].rows]
    assert counts[-1] == ["Total", "", "1", "1", "1"]
    text = _texts(data)
    assert "To: Survey institute" in text
    assert "东村" in text
    assert "480095.5" in text
    assert len(document.inline_shapes) == 2


def test_opinion_needs_no_plan_and_no_place() -> None:
    """A finding without geometry has no sketch; without a plan the spot is drawn alone."""
    data = opinion([_finding(geometry=None), _finding()], Occasion(title="T", lang="en"))
    assert len(Document(io.BytesIO(data)).inline_shapes) == 1


def test_many_findings_stay_workable_and_say_so() -> None:
    """Beyond the most sketches every item still stands, and the document says how many bear no picture."""
    data = opinion([_finding()] * 5, Occasion(title="T", lang="en", plan=toy_plan(), most_sketches=2))
    assert len(Document(io.BytesIO(data)).inline_shapes) == 2
    assert "3 items bear no sketch" in _texts(data)


def test_hostile_text_is_only_text() -> None:
    """Control and direction characters are dropped; markup is printed as typed."""
    text = _texts(
        opinion([_finding(subject=NASTY, message=Message("{x}", {"x": NASTY}))], Occasion(title=NASTY, addressee=NASTY))
    )
    assert "=1+1 <b>东村</b> bad" in text
    assert not re.search("[\x00-\x08\x1b\u202e]", text)


def test_sketch_shows_the_place_in_red() -> None:
    """The spot is red in the middle of the picture; a spot of millimetres has a ring around it."""
    plan = toy_plan()
    big = Image.open(io.BytesIO(sketch(_finding().geometry, ground_of(plan)))).convert("RGB")  # type: ignore[arg-type]
    assert big.size == (900, 600)
    red, green, _blue = big.getpixel((455, 310))  # type: ignore[misc]
    assert red > 200 > green
    small = shapely.box(EAST + 100, NORTH + 90, EAST + 100.002, NORTH + 90.002)
    ringed = Image.open(io.BytesIO(sketch(small, ground_of(plan)))).convert("RGB")
    assert sum(r > 150 and g < 60 for r, g, _ in ringed.get_flattened_data()) > 300


def test_sketch_shows_the_border_above() -> None:
    """The border of the unit above, along which a straddling area is to be cut, runs thick across it."""
    area = gpd.GeoDataFrame({"ea_code": ["1"]}, geometry=[shapely.box(0, 0, 900, 600)], crs="EPSG:4549")
    above = area.set_geometry([shapely.box(0, 0, 450, 600)])
    inked = []
    for parents in (None, above):
        picture = sketch(area.geometry[0], ground_of_layer(area, parents))
        row = [Image.open(io.BytesIO(picture)).convert("RGB").getpixel((x, 200)) for x in range(440, 461)]
        inked.append(sum(max(p) < 60 for p in row))  # type: ignore[arg-type,type-var]
    assert inked[0] == 0
    assert inked[1] >= 5


def test_scale_length_is_round_and_fits() -> None:
    """1, 2 or 5 times a power of ten, never longer than asked."""
    assert [scale_length(w) for w in (1.0, 4.9, 5.0, 99.0, 1200.0)] == [1.0, 2.0, 5.0, 50.0, 1000.0]


def test_every_rule_of_the_book_has_words() -> None:
    """R00 to R23 each have a name, a demand and what is asked."""
    assert sorted(DEMANDS) == [f"R{i:02d}" for i in range(24)]
