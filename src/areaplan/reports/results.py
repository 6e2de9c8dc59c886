"""Everything a run leaves in its folder, written beside and moved into place as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from areaplan.certificate import make_certificate, make_layer_certificate
from areaplan.check import Report
from areaplan.files import staged, summary, write_findings, write_json, write_plan
from areaplan.messages import Lang
from areaplan.model import AreaPlan
from areaplan.pipeline import PlannedTown
from areaplan.reports.checklist import checklist
from areaplan.reports.opinion import Occasion, opinion
from areaplan.reports.overview import overview
from areaplan.reports.page import report_page
from areaplan.reports.pages import page_files
from areaplan.reports.register import write_register
from areaplan.reports.sketches import ground_of, ground_of_layer
from areaplan.review import Register

__all__ = ["JUDGEMENT_FILES", "PLAN_FILES", "put_results", "write_judgement", "write_results"]

PLAN_FILES = ("plan.gpkg", "summary.json", "certificate.json", "checklist.docx")
JUDGEMENT_FILES = ("findings.gpkg", "findings.geojson", "certificate.json", "checklist.docx", "report.html")
"""What every plan and every judgement writes, for whoever looks beforehand whether a file would be lost."""


def write_results(town: PlannedTown, folder: Path, *, lang: Lang) -> dict[str, Any]:
    """Write plan, summary, certificate, review pages and checklist into ``folder``, whole or not at all; return the summary.

    ``lang`` is the language of the first look at the page; what is stored follows the settings.
    """
    with staged(folder, inputs=town.plan.settings.input_files()) as beside:
        return put_results(town, beside, lang=lang)


def put_results(town: PlannedTown, beside: Path, *, lang: Lang) -> dict[str, Any]:
    """Write the same files into an open stage, for whoever adds more to them."""
    plan, certificate = town.plan, town.certificate
    counted = summary(plan, content_hash=certificate["content_hash"])
    created = datetime.now(UTC).isoformat(timespec="seconds")
    write_plan(plan, beside / "plan.gpkg", content_hash=certificate["content_hash"], created=created)
    write_json(beside / "summary.json", counted)
    write_json(beside / "certificate.json", certificate)
    for name, content in page_files([(plan, certificate)], lang=lang).items():
        (beside / name).write_bytes(content)
    stored = plan.settings.output.lang
    (beside / "checklist.docx").write_bytes(checklist(plan, town.report, certificate, lang=stored))
    return counted


def write_judgement(  # noqa: PLR0913 - one keyword per thing that goes on paper
    report: Report,
    folder: Path,
    *,
    title: str,
    lang: Lang,
    plan: AreaPlan | None = None,
    columns: Mapping[str, str | None] | None = None,
    opinion_too: bool = False,
    addressee: str | None = None,
    register: Register | None = None,
    inputs: Sequence[Path] = (),
) -> None:
    """Write what the judge said into ``folder``, whole or not at all.

    Findings as GeoPackage and GeoJSON, ``certificate.json``, the checklist (DOCX), the report (HTML), and the opinion if asked for.

    Parameters
    ----------
    report
        What the judge said.
    folder
        Where it goes.
    title
        What the judged layer is called; a plan has its own title.
    lang
        The language of all of it.
    plan
        The judged plan, when it was one.
    columns
        Columns a layer was judged by; they go into its certificate.
    opinion_too
        Also write ``opinion.docx``.
    addressee
        Whom the opinion is addressed to.
    register
        The opinion register after this round, written beside the opinion.
    inputs
        Files that were read for it; none is written over.
    """
    called = plan.territory.title or title if plan else title
    ground = ground_of(plan) if plan else ground_of_layer(report.areas, report.villages)
    certificate = (
        make_certificate(plan, report) if plan else make_layer_certificate(report, title=title, columns=columns or {})
    )
    with staged(folder, owner="check", inputs=inputs) as beside:
        write_findings(report.findings, beside, lang=lang)
        write_json(beside / "certificate.json", certificate)
        found = report.findings.ordered()
        drawn = overview(report.areas, report.villages, found.items, lang)
        picture = drawn.png() if drawn is not None and len(found) else None
        signed = checklist(plan or title, report, certificate, lang=lang, picture=picture, findings=found.items)
        (beside / "checklist.docx").write_bytes(signed)
        page = report_page(
            report, title=called, lang=lang, certificate=certificate, ground=ground, of_layer=plan is None
        )
        (beside / "report.html").write_text(page, encoding="utf-8", newline="\n")
        if opinion_too:
            on = Occasion(called, lang, plan, ground, addressee, register)
            document = opinion(report.findings, on)
            (beside / "opinion.docx").write_bytes(document)
            if register is not None:
                write_register(register, beside, lang=lang)
