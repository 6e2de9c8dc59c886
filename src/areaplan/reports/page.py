"""The judge's report as one page that opens offline: the checklist, the findings on a map and one by one, the arithmetic.

The page holds no script at all, and a policy that forbids any; pictures are inside it. Every text from data is escaped.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from areaplan.check import Report
from areaplan.check.demands import UNITS_OF_A_LAYER, demand_of
from areaplan.messages import Lang, Message, msg, plain
from areaplan.model import Finding, Findings, Severity
from areaplan.reports.checklist import VERDICTS, flat, summary_of, verdict_mark
from areaplan.reports.opinion import LEVELS, size_words
from areaplan.reports.overview import overview
from areaplan.reports.sketches import Ground, sketch

__all__ = ["report_page"]

_LISTED, _SKETCHED = 500, 40


def report_page(
    report: Report,
    *,
    title: str,
    lang: Lang,
    certificate: Mapping[str, Any] | None = None,
    ground: Ground | None = None,
    of_layer: bool = False,
) -> str:
    """Return the report as HTML.

    Parameters
    ----------
    report
        What the judge said.
    title
        What was judged.
    lang
        The language of the page.
    certificate
        Printed at the end.
    ground
        What sketches of the first findings are drawn on; without it there are none.
    of_layer
        Whether it was a layer, not a plan: its polygons may be units of any level, and the page says how to read "area" and "village".
    """
    style = (files("areaplan.reports") / "report.css").read_text(encoding="utf-8")
    found = report.findings.ordered()
    return "\n".join([
        "<!DOCTYPE html>",
        f'<html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(title)} – {_said(msg('Checklist: every place once'), lang)}</title><style>{style}</style></head><body>",
        f"<h1>{_text(title)}</h1><h2>{_said(msg('Checklist: every place once'), lang)}</h2>",
        f'<p class="sum">{_said(summary_of(list(report)), lang)}</p>',
        f"<p>{_said(UNITS_OF_A_LAYER, lang)}</p>" if of_layer else "",
        *_demands(report, lang),
        *_signatures(lang),
        *_map(report, found, lang),
        *_findings(found, ground, lang),
        *_annex(certificate, lang),
        "</body></html>",
        "",
    ])  # fmt: skip


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _text(value: object) -> str:
    return escape(plain(value))


def _said(message: Message, lang: Lang) -> str:
    return _text(message.text(lang))


def _table(head: Sequence[Message], rows: Iterable[Sequence[str]], lang: Lang, kind: str) -> Iterator[str]:
    """Yield a table; cells are HTML already."""
    yield f'<table class="{kind}"><thead><tr>{"".join(f"<th>{_said(h, lang)}</th>" for h in head)}</tr></thead><tbody>'
    for row in rows:
        yield f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>"
    yield "</tbody></table>"


def _demands(report: Report, lang: Lang) -> Iterator[str]:
    head = [msg("Rule"), msg("Demand"), msg("Result"), msg("Errors"), msg("Warnings"), msg("Notes"), msg("Remarks")]
    rows = []
    for ruling in report:
        demand = demand_of(ruling.rule)
        result = f"{verdict_mark(ruling.verdict)} {_said(VERDICTS[ruling.verdict], lang)}"
        told = report.counts(ruling.rule)
        counts = [str(told[s]) if ruling.judged or any(told.values()) else "—" for s in Severity]
        said = f'<b class="{ruling.verdict.replace(" ", "-")}">{result}</b>'
        remark = _said(ruling.reason, lang) if ruling.reason else ""
        rows.append([f"{ruling.rule} {_said(demand.name, lang)}", _said(demand.demand, lang), said, *counts, remark])
    yield from _table(head, rows, lang, "demands")


def _signatures(lang: Lang) -> Iterator[str]:
    roles = [msg("Checked by"), msg("Reviewed by"), msg("Head of office (stamp)")]
    date = _said(msg("Date: ____-__-__"), lang)
    yield (
        '<div class="sign">'
        + "".join(f"<div><b>{_said(r, lang)}</b><span>{date}</span></div>" for r in roles)
        + "</div>"
    )


def _map(report: Report, found: Findings, lang: Lang) -> Iterator[str]:
    picture = overview(report.areas, report.villages, found.items, lang)
    if picture is None:
        return
    legend = msg("disc: error · triangle: warning · tinted: the ground of a finding · numbers as in the list")
    yield f"<h2>{_said(msg('Findings on the map'), lang)}</h2>{picture.svg()}<p class='legend'>{_said(legend, lang)}</p>"


def _findings(found: Findings, ground: Ground | None, lang: Lang) -> Iterator[str]:
    yield f"<h2>{_said(msg('Findings'), lang)} ({len(found):,})</h2>"
    sketches = _SKETCHED if ground is not None else 0
    for number, finding in enumerate(found.items[:_LISTED], 1):
        drawn = sketches > 0 and finding.severity != Severity.NOTE and _located(finding)
        sketches -= drawn
        yield _item(number, finding, ground if drawn else None, lang)
    if len(found) > _LISTED:
        more = msg("{count} further findings stand in findings.gpkg and findings.geojson.", count=len(found) - _LISTED)
        yield f"<p><b>{_said(more, lang)}</b></p>"


def _located(finding: Finding) -> bool:
    return finding.geometry is not None and not finding.geometry.is_empty


def _item(number: int, finding: Finding, ground: Ground | None, lang: Lang) -> str:
    demand = demand_of(finding.rule)
    place = [_text(v) for v in dict.fromkeys((finding.village_code, finding.subject)) if v]
    if _located(finding):
        at = finding.geometry.representative_point()  # type: ignore[union-attr]
        place.append(_said(msg("E {x} N {y}", x=f"{at.x:.1f}", y=f"{at.y:.1f}"), lang))
    picture = ""
    if ground is not None and finding.geometry is not None:
        data = base64.b64encode(sketch(finding.geometry, ground)).decode()
        picture = f'<img alt="" src="data:image/png;base64,{data}">'
    return (
        f'<section id="f{number}" class="{finding.severity}"><h3>{number}. {_text(finding.rule)} {_said(demand.name, lang)} · '
        f"{_said(LEVELS[finding.severity], lang)}</h3><p>{_said(finding.message, lang)}{_text(size_words(finding, lang))}</p>"
        f"<p class='place'>{' · '.join(place)}</p><p>{_said(msg('What is asked'), lang)}: {_said(demand.asked, lang)}</p>{picture}</section>"
    )


def _annex(certificate: Mapping[str, Any] | None, lang: Lang) -> Iterator[str]:
    if not certificate:
        return
    yield f"<h2>{_said(msg('Annex: hashes and arithmetic'), lang)}</h2>"
    plain_rows = [[_text(k), _text(v)] for k, v in flat(certificate) if v is not None and not isinstance(v, list)]
    yield from _table([msg("Key"), msg("Value")], plain_rows, lang, "annex")
    for key, rows in ((k, v) for k, v in flat(certificate) if isinstance(v, list)):
        head = list(dict.fromkeys(k for row in rows for k in row))
        cells = [[_text(row.get(k, "")) for k in head] for row in rows]
        yield f"<h3>{_text(key)}</h3>"
        yield from _table([Message("{name}", {"name": k}) for k in head], cells, lang, "annex wide")
