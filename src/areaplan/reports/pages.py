"""Review pages in a folder: one for a township, an index over many, a page per village where a town is large, the form, and what they hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from areaplan.certificate import make_certificate
from areaplan.check import check_plan
from areaplan.errors import InputError
from areaplan.files import staged
from areaplan.maps import Earlier, Edition, IndexEntry, embedded, index_page, review_page
from areaplan.messages import Lang, msg
from areaplan.model import AreaPlan
from areaplan.reports.comments_form import comments_form

__all__ = ["page_files", "write_maps"]

MOST_ON_A_PAGE = 300
"""A town with more areas also gets a page for each village: a person reviews a village at a time, and old computers breathe."""


@dataclass(frozen=True)
class _Page:
    """A page as it will be written: its file, its text, and its line in the index."""

    name: str
    text: str
    entry: IndexEntry


def write_maps(
    plans: Sequence[AreaPlan],
    folder: Path,
    *,
    villages: Sequence[str] = (),
    edition: Edition | None = None,
    before: Earlier | None = None,
) -> list[Path]:
    """Write the review pages of plans into ``folder``, whole or not at all; return the files. See :func:`page_files` for what they are.

    Parameters
    ----------
    plans
        One a township.
    villages
        Only the pages of these villages; goes with a single plan.
    edition
        Who the pages are for; default: internal.
    before
        What to show beside; goes with a single plan.

    Raises
    ------
    InputError
        When a village is not in the plan, or two plans have the same name or content.
    """
    _demand(plans, villages, before)
    judged = [_judged(plan) for plan in plans]
    files = page_files(judged, villages=villages, edition=edition, before=before)
    with staged(folder, owner="maps") as beside:
        for name, content in files.items():
            (beside / name).write_bytes(content)
    return [folder / name for name in files]


def _judged(plan: AreaPlan) -> tuple[AreaPlan, Mapping[str, Any]]:
    """Return a plan and its certificate; what a file keeps of a finding is its words in one language, the judge says them in both."""
    report, lang = check_plan(plan), plan.settings.output.lang
    said = {(f.rule, f.subject, f.message.exact(lang)): f.message for f in report.findings}
    kept = [replace(f, message=said.get((f.rule, f.subject, f.message.exact(lang)), f.message)) for f in plan.findings]
    return plan.with_findings(replace(plan.findings, items=tuple(kept))), make_certificate(plan, report)


def page_files(
    judged: Sequence[tuple[AreaPlan, Mapping[str, Any]]],
    *,
    lang: Lang | None = None,
    villages: Sequence[str] = (),
    edition: Edition | None = None,
    before: Earlier | None = None,
) -> dict[str, bytes]:
    """Return the review pages of plans and what lies beside them, by file name.

    One plan is ``review.html``; several are named by the beginning their village codes share. Above 300 areas each village has a page beside the town's. More
    than one page has an ``index.html``. ``comments_form.xlsx`` asks for the same without a page (internal edition only), and ``pages.json`` says what each
    page holds.

    Parameters
    ----------
    judged
        Plans, one a township, each with its certificate.
    lang
        Language the pages open in; default: the settings'.
    villages, edition, before
        As for :func:`write_maps`.
    """
    edition = edition or Edition()
    plans = [plan for plan, _ in judged]
    names = ["review"] if len(plans) == 1 else [_name(p) for p in plans]
    pages = [
        page for (plan, certificate), name in zip(judged, names, strict=True)
        for page in _pages(plan, certificate, name, villages, edition, before, lang)
    ]  # fmt: skip
    stored = plans[0].settings.output.lang
    files = {page.name: page.text.encode("utf-8") for page in pages}
    if len(pages) > 1:
        files["index.html"] = index_page([p.entry for p in pages], lang=lang or stored).encode("utf-8")
    if not edition.public and not villages:
        files |= {
            _form_name(name, len(plans)): comments_form(plan, plan_hash=certificate["content_hash"], lang=stored)
            for (plan, certificate), name in zip(judged, names, strict=True)
        }
    files["pages.json"] = _manifest(pages, files, edition)
    return files


def _demand(plans: Sequence[AreaPlan], villages: Sequence[str], before: Earlier | None) -> None:
    faults = []
    known = {v for p in plans for v in p.territory.villages["village_code"]}
    faults += [msg("village {code} is not in this plan", code=v) for v in villages if v not in known]
    if len(plans) > 1 and (villages or before):
        faults.append(msg("--village and --before go with one plan, and {count} were given", count=len(plans)))
    names = [_name(p) for p in plans]
    faults += [
        msg("two plans have villages of {code}; write their pages into two folders", code=n)
        for n in sorted({n for n in names if names.count(n) > 1})
    ]
    if faults:
        raise InputError(faults)


def _name(plan: AreaPlan) -> str:
    """Return the beginning that all village codes share (a township's nine digits), in characters any file system bears."""
    codes = [str(c) for c in plan.territory.villages["village_code"]]
    first, last = min(codes), max(codes)
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    shared = first[: min(same, 9)] if first.isdigit() and same >= 6 else first[:same] or first
    return "".join(c if c.isalnum() and c.isascii() else "_" for c in shared) or "plan"


def _pages(
    plan: AreaPlan,
    certificate: Mapping[str, Any],
    name: str,
    villages: Sequence[str],
    edition: Edition,
    before: Earlier | None,
    lang: Lang | None,
) -> list[_Page]:
    pages = [] if villages else [_page(plan, f"{name}.html", None, certificate, edition, before, lang)]
    if villages or len(plan.areas) > MOST_ON_A_PAGE:
        titles = dict(zip(plan.territory.villages["village_code"], plan.territory.villages["name"], strict=True))
        wanted = villages or [c for c in titles if (plan.areas["village_code"] == c).any()]
        for village in wanted:
            title = _title(plan, titles[village] or village)
            part = plan.of_village(village)
            pages.append(_page(part, f"{_safe(village)}.html", title, certificate, edition, before, lang))
    return pages


def _safe(code: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in str(code))


def _title(plan: AreaPlan, village: str) -> str:
    return f"{plan.territory.title} · {village}" if plan.territory.title else village


def _page(
    plan: AreaPlan,
    file: str,
    title: str | None,
    certificate: Mapping[str, Any],
    edition: Edition,
    before: Earlier | None,
    lang: Lang | None,
) -> _Page:
    plan_hash = certificate["content_hash"]
    if before is not None and title is not None:
        inside = set(plan.territory.villages["village_code"])
        kept = before.areas[
            before.areas["village_code"].isin(inside) | before.areas["ea_code"].isin(set(plan.areas["ea_code"]))
        ]
        before = Earlier(before.title, kept.reset_index(drop=True), before.content_hash, before.tolerance_m)
    text = review_page(
        plan,
        plan.findings,
        certificate,
        lang=lang,
        title=title,
        plan_hash=plan_hash,
        edition=edition,
        before=before if before is None or len(before.areas) else None,
    )
    counts = None if edition.public else int(plan.areas["households"].sum())
    entry = IndexEntry(
        file=file,
        title=title or plan.territory.title,
        part=title is not None,
        villages=len(plan.territory.villages),
        codes=tuple(plan.areas["ea_code"]),
        households=counts,
        errors=0 if edition.public else len(plan.findings.of("error")),
        warnings=0 if edition.public else len(plan.findings.of("warning")),
        proved=bool(certificate["proof"]["tiles"]),
        plan_hash=plan_hash,
    )
    return _Page(file, text, entry)


def _form_name(name: str, plans: int) -> str:
    return "comments_form.xlsx" if plans == 1 else f"{name}_comments_form.xlsx"


def _manifest(pages: Sequence[_Page], files: Mapping[str, bytes], edition: Edition) -> bytes:
    """Return what each page holds, read back from the page itself, as JSON."""
    held = [
        {"file": p.name, "bytes": len(files[p.name]), "sha256": hashlib.sha256(files[p.name]).hexdigest(), "plan_hash": p.entry.plan_hash} | embedded(p.text)
        for p in pages
    ]  # fmt: skip
    out = {"profile": edition.profile, "least_households": edition.least if edition.public else None, "pages": held}
    return (json.dumps(out, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
