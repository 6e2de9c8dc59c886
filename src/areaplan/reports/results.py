"""Everything a run leaves in its folder, written beside and moved into place as one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from areaplan.certificate import make_certificate
from areaplan.check import Report, check_plan
from areaplan.errors import InputError
from areaplan.files import staged, summary, write_findings, write_json, write_plan
from areaplan.maps import review_page
from areaplan.messages import Lang, msg
from areaplan.model import AreaPlan
from areaplan.pipeline import PlannedTown
from areaplan.reports.checklist import checklist
from areaplan.reports.opinion import opinion

__all__ = ["put_results", "write_judgement", "write_maps", "write_results"]


def write_results(town: PlannedTown, folder: Path, *, lang: Lang) -> dict[str, Any]:
    """Write plan, summary, certificate, review page and checklist into ``folder``, whole or not at all; return the summary.

    ``lang`` is the language of the first look at the page; what is stored follows the settings.
    """
    with staged(folder) as beside:
        return put_results(town, beside, lang=lang)


def put_results(town: PlannedTown, beside: Path, *, lang: Lang) -> dict[str, Any]:
    """Write the same files into an open stage, for whoever adds more to them."""
    plan, certificate = town.plan, town.certificate
    counted = summary(plan, content_hash=certificate["content_hash"])
    created = datetime.now(UTC).isoformat(timespec="seconds")
    write_plan(plan, beside / "plan.gpkg", content_hash=certificate["content_hash"], created=created)
    write_json(beside / "summary.json", counted)
    write_json(beside / "certificate.json", certificate)
    page = review_page(plan, plan.findings, certificate, lang=lang)
    (beside / "review.html").write_text(page, encoding="utf-8", newline="\n")
    stored = plan.settings.output.lang
    (beside / "checklist.docx").write_bytes(checklist(plan, town.report, certificate, lang=stored))
    return counted


def write_judgement(
    report: Report, folder: Path, *, title: str, lang: Lang, plan: AreaPlan | None = None, opinion_too: bool = False
) -> None:
    """Write what the judge said into ``folder``: findings as GeoPackage and GeoJSON, the checklist, and the opinion if asked for."""
    certificate = make_certificate(plan, report) if plan else None
    with staged(folder, owner="check") as beside:
        write_findings(report.findings, beside, lang=lang)
        if certificate:
            write_json(beside / "certificate.json", certificate)
        (beside / "checklist.docx").write_bytes(checklist(plan or title, report, certificate, lang=lang))
        if opinion_too:
            document = opinion(report.findings, title=plan.territory.title if plan else title, lang=lang, plan=plan)
            (beside / "opinion.docx").write_bytes(document)


def write_maps(plan: AreaPlan, folder: Path, *, villages: Sequence[str] = ()) -> list[Path]:
    """Write the review page of a plan, or one page per village named; return the files.

    Raises
    ------
    InputError
        When a village is not in the plan.
    """
    known = set(plan.territory.villages["village_code"])
    unknown = [v for v in villages if v not in known]
    if unknown:
        raise InputError([msg("village {code} is not in this plan", code=v) for v in unknown])
    pages = {f"{v}.html": plan.of_village(v) for v in villages} or {"review.html": plan}
    certificate = make_certificate(plan, check_plan(plan))
    with staged(folder, owner="maps") as beside:
        for name, part in pages.items():
            page = review_page(part, part.findings, certificate)
            (beside / name).write_text(page, encoding="utf-8", newline="\n")
    return [folder / name for name in pages]
