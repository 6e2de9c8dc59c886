"""The checklist 不重不漏检查表: one line per demand, and a place to sign.

Whoever signs answers for the final quality, so the first page says only what they must know (passed, failed, not judged); hashes and
arithmetic stand in an annex for whoever wants to check the checker. A demand that could not be judged is never printed as passed.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from docx.shared import Mm

from areaplan.check.demands import UNITS_OF_A_LAYER, demand_of
from areaplan.messages import Lang, Message, msg
from areaplan.model import AreaPlan, Finding
from areaplan.reports import word

__all__ = ["VERDICTS", "RuleLine", "checklist", "flat", "summary_of", "verdict_mark"]

VERDICTS = {"passed": msg("passed"), "failed": msg("failed"), "not judged": msg("not judged")}
_MARKS = {"passed": "✓", "failed": "✗", "not judged": "—"}
_LISTED = 60  # findings that are printed beside the map
_SMALL_PT: dict[Lang, float] = {"zh": 9, "en": 7.5}  # so that all demands and the places to sign stand on one page
_DEEP = 40  # rows of a nested table of the certificate that are printed; the file itself holds all


def verdict_mark(verdict: str) -> str:
    """Return the sign that stands for a verdict."""
    return _MARKS[verdict]


class RuleLine(Protocol):
    """Say what one rule came to: its number, one of three verdicts, how many findings, and why when it was not judged."""

    @property
    def rule(self) -> str:
        """Number of the rule, ``R01``."""

    @property
    def verdict(self) -> str:
        """``passed``, ``failed`` or ``not judged``."""

    @property
    def count(self) -> int:
        """How many findings of severity error the rule has."""

    @property
    def reason(self) -> Message | str | None:
        """Why the rule was not judged, or what the reader should know besides."""


def checklist(
    plan_or_title: AreaPlan | str,
    report: Iterable[RuleLine],
    certificate: Mapping[str, Any] | None = None,
    *,
    lang: Lang = "zh",
    picture: bytes | None = None,
    findings: Sequence[Finding] = (),
) -> bytes:
    """Return the checklist of a judged plan or layer as a DOCX.

    Parameters
    ----------
    plan_or_title
        The judged plan (its arithmetic then stands in the annex), or what the judged layer is called.
    report
        What each rule came to.
    certificate
        The judge's certificate; printed in the annex, tables in it as tables.
    lang
        Its language.
    picture
        The findings on a map, as PNG; it gets a page of its own.
    findings
        What the numbers on the map stand for, in their order.

    Raises
    ------
    ValueError
        When a verdict is none of the three.
    """
    plan = plan_or_title if isinstance(plan_or_title, AreaPlan) else None
    title = plan_or_title.territory.title if isinstance(plan_or_title, AreaPlan) else plan_or_title
    name = msg("Checklist: every place once").text(lang)
    document = word.new_document(f"{title} {name}", lang, close=True)
    word.heading(document, title, 0)
    word.heading(document, name, 0)
    lines = list(report)
    word.paragraph(document, summary_of(lines).text(lang), bold=True)
    if plan is None:
        word.paragraph(document, UNITS_OF_A_LAYER.text(lang))
    _demands(document, lines, Counter(f.rule for f in findings), lang)
    document.add_paragraph()
    roles = [msg("Checked by"), msg("Reviewed by"), msg("Head of office (stamp)")]
    word.signatures(document, roles, lang)
    if picture:
        _findings_on_map(document, picture, findings, lang)
    word.heading(document, msg("Annex: hashes and arithmetic").text(lang), new_page=True)
    if plan is not None:
        _arithmetic(document, plan, lang)
    if certificate:
        _certificate(document, certificate, lang)
    return word.as_bytes(document)


def _findings_on_map(document: Any, picture: bytes, findings: Sequence[Finding], lang: Lang) -> None:
    """Print the map and what its first numbers mean; the findings layer holds all."""
    word.heading(document, msg("Findings on the map").text(lang), new_page=True)
    document.add_picture(io.BytesIO(picture), width=Mm(160))
    legend = msg("disc: error · triangle: warning · tinted: the ground of a finding · numbers as in the list")
    word.paragraph(document, legend.text(lang))
    head = [msg("No."), msg("Rule"), msg("Subject"), msg("What")]
    numbered = list(enumerate(findings, 1))[:_LISTED]
    rows = [[str(n), f.rule, f.subject, f.message.text(lang)] for n, f in numbered]
    word.table(document, [h.text(lang) for h in head], rows, (12, 14, 40, 94))
    if len(findings) > _LISTED:
        more = msg(
            "{count} further findings stand in findings.gpkg and findings.geojson.", count=len(findings) - _LISTED
        )
        word.paragraph(document, more.text(lang))


def summary_of(lines: Sequence[RuleLine]) -> Message:
    """Say how many demands passed, failed and were not judged."""
    counts = {v: sum(line.verdict == v for line in lines) for v in VERDICTS}
    return msg(
        "{passed} demands passed, {failed} failed, {unjudged} not judged.",
        passed=counts["passed"], failed=counts["failed"], unjudged=counts["not judged"],
    )  # fmt: skip


def _demands(document: Any, lines: Iterable[RuleLine], told: Mapping[str, int], lang: Lang) -> None:
    """Print a line per demand, with the errors of its ruling, or the number of all findings listed below under its rule."""
    head = [msg("No."), msg("Rule"), msg("Demand"), msg("Result"), msg("Findings"), msg("Remarks")]
    rows = []
    for i, line in enumerate(lines, 1):
        if line.verdict not in VERDICTS:
            raise ValueError(f"verdict {line.verdict!r} of {line.rule} is none of {', '.join(VERDICTS)}")
        demand = demand_of(line.rule)
        result = f"{_MARKS[line.verdict]} {VERDICTS[line.verdict].text(lang)}"
        found = max(line.count, told.get(line.rule, 0))
        count = "—" if line.verdict == "not judged" and not found else str(found)
        named = f"{line.rule} {demand.name.text(lang)}"
        rows.append([str(i), named, demand.demand.text(lang), result, count, word.words(line.reason, lang)])
    word.table(document, [h.text(lang) for h in head], rows, (10, 25, 58, 24, 17, 31), bold=3, size_pt=_SMALL_PT[lang])


def _arithmetic(document: Any, plan: AreaPlan, lang: Lang) -> None:
    """Print, village by village, what went in beside what the areas add up to."""
    areas = plan.areas.groupby("village_code")
    summed = areas[["households", "area_m2"]].sum(min_count=1)
    numbers, rows = areas.size(), []
    for village in plan.territory.villages.sort_values("village_code").itertuples():
        code = village.village_code
        here = code in numbers.index
        rows.append([
            word.words(code, lang), word.words(village.name, lang), str(numbers[code]) if here else "0",
            _count(village.households), _count(summed.at[code, "households"]) if here else "0",
            f"{village.geometry.area:,.2f}" if village.geometry is not None else "—",
            f"{summed.at[code, 'area_m2']:,.2f}" if here else "0.00",
        ])  # fmt: skip
    head = [
        msg("Village code"), msg("Name"), msg("Areas"), msg("Households, village"), msg("Households, areas"),
        msg("m², village"), msg("m², areas"),
    ]  # fmt: skip
    word.heading(document, msg("Villages and the sums of their areas").text(lang), 2)
    word.table(document, [h.text(lang) for h in head], rows, (29, 27, 15, 22, 22, 25, 25), size_pt=9)


def _count(value: Any) -> str:
    try:
        return str(int(value))
    except (TypeError, ValueError):  # unknown counts are null in every table
        return "—"


def _certificate(document: Any, certificate: Mapping[str, Any], lang: Lang) -> None:
    plain = [(k, v) for k, v in flat(certificate) if v is not None and not isinstance(v, list)]
    word.heading(document, msg("Certificate").text(lang), 2)
    head = [msg("Key").text(lang), msg("Value").text(lang)]
    word.table(document, head, [[k, word.words(v, lang)] for k, v in plain], (55, 105))
    for key, rows in ((k, v) for k, v in flat(certificate) if isinstance(v, list)):
        _nested(document, key, rows, lang)


def flat(values: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    """Yield every value of a certificate under its path; tables stay lists, other lists become text."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        elif isinstance(value, list | tuple) and not any(isinstance(v, Mapping) for v in value):
            yield f"{prefix}{key}", ", ".join(map(str, value))
        else:
            yield f"{prefix}{key}", list(value) if isinstance(value, tuple) else value


def _nested(document: Any, key: str, rows: Sequence[Any], lang: Lang) -> None:
    flattened = [dict(flat(row)) if isinstance(row, Mapping) else {"": row} for row in rows]
    head = list(dict.fromkeys(k for row in flattened for k in row))[:7]
    word.heading(document, key, 2)
    cut = [[word.words(row.get(k), lang) for k in head] for row in flattened[:_DEEP]]
    word.table(document, head, cut, [160 / len(head)] * len(head))
    if len(flattened) > _DEEP:
        more = msg("{more} further rows stand in the certificate file.", more=len(flattened) - _DEEP)
        word.paragraph(document, more.text(lang))
