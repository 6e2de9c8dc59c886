"""``areaplan revise``: the next plan, from a plan and what is asked of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from areaplan.cli.base import EXIT_ERRORS, Verb, option, say, speaking, word
from areaplan.messages import msg

if TYPE_CHECKING:
    from areaplan.comments import Comment
    from areaplan.model import AreaPlan
    from areaplan.review import Change, Refusal, Revision


@click.command(
    "revise",
    cls=Verb,
    says=msg(
        "Make the next plan from PLAN and CHANGES: a table (CSV, XLSX), drawn features (GeoJSON, GeoPackage), accepted differences or "
        "reviewers' comments.\n\nChanges that cannot be made are refused one by one, with the reason; the others go on. Exit code 1 when "
        "any was refused or the new plan has findings of severity error."
    ),
)
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("changes", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--out", type=click.Path(path_type=Path), says=msg("folder for the new plan (else `revised` beside the old one)")
)
@option("--author", default="", says=msg("who asks, for rows that do not say"))
@option("--dry-run", is_flag=True, says=msg("show what would happen, households before and after; write nothing"))
@click.pass_context
def verb(
    ctx: click.Context, plan: Path, changes: tuple[Path, ...], out: Path | None, author: str, dry_run: bool
) -> None:
    """Revise a plan."""
    from areaplan.files import read_plan
    from areaplan.pipeline import prove_plan, usual_jobs
    from areaplan.review import revise

    before = read_plan(plan)
    asked, misread = _asked(before, changes, author)
    revision = revise(before, asked)
    _tell(revision, misread)
    refused = bool(misread or revision.refused)
    if not revision.made:
        say(msg("nothing was changed; nothing is written"))
        ctx.exit(EXIT_ERRORS if refused else 0)
    town = prove_plan(revision.plan, previous=before, jobs=usual_jobs())
    _tell_verdict(before, town.plan)
    if not dry_run:
        from dataclasses import replace

        from areaplan.reports import write_revision

        folder = out or (plan if plan.is_dir() else plan.parent) / "revised"
        whole = replace(revision, refused=(*misread, *revision.refused))
        write_revision(town, whole, folder, lang=speaking())
        click.echo(word(msg("the new plan is in {folder}", folder=folder)))
    ctx.exit(EXIT_ERRORS if refused or town.plan.findings.errors else 0)


def _asked(plan: AreaPlan, files: tuple[Path, ...], author: str) -> tuple[list[Change], tuple[Refusal, ...]]:
    """Read every file of changes; rows that make no change are refusals."""
    from areaplan.certificate import content_hash
    from areaplan.files import read_comments, read_wishes
    from areaplan.review import are_changes, changes_from_comments, changes_from_rows, wanted_rows

    made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    changes: list[Change] = []
    refused: list[Refusal] = []
    comments: list[Comment] = []
    for path in files:
        rows = read_wishes(path, crs=plan.crs)
        if not are_changes(rows):
            comments += read_comments(path, crs=plan.crs)
            continue
        wanted = wanted_rows(rows)
        if len(wanted) < len(rows):
            say(msg("{file}: {count} of {total} rows are accepted", file=path.name, count=len(wanted), total=len(rows)))
        some, odd = changes_from_rows(wanted, author=author, made=made)
        changes += some
        refused += odd
    if comments:
        some, odd = changes_from_comments(comments, plan, plan_hash=content_hash(plan))
        changes += some
        refused += odd
    return changes, tuple(refused)


def _tell(revision: Revision, misread: tuple[Refusal, ...]) -> None:
    from areaplan.cli.tables import print_rows

    lang = speaking()
    rows = [
        [str(m.number), m.change.text(), _counts(m.before), _counts(m.after), m.change.author, m.change.reason]
        for m in revision.made
    ]
    heads = [msg("No."), msg("made"), msg("households before"), msg("households after"), msg("author"), msg("reason")]
    print_rows(heads, rows)
    refused = (*misread, *revision.refused)
    rows = [
        ["" if r.change.where is None else r.change.where.text(lang), r.change.text(), r.reason.text(lang)]
        for r in refused
    ]
    print_rows([msg("where"), msg("refused"), msg("why refused")], rows)
    done = msg("{made} changes made, {refused} refused", made=len(revision.made), refused=len(refused))
    click.echo(word(done))


def _counts(households: dict[str, int | None]) -> str:
    return ", ".join(f"{code[-3:]}: {'-' if n is None else n}" for code, n in sorted(households.items()))


def _tell_verdict(before: AreaPlan, after: AreaPlan) -> None:
    from areaplan.cli.tables import print_findings

    known = {(f.rule, f.subject, f.message.template) for f in before.findings.errors}
    fresh = [f for f in after.findings.errors if (f.rule, f.subject, f.message.template) not in known]
    if fresh:
        from dataclasses import replace

        click.echo(word(msg("new findings of severity error:")))
        print_findings(replace(after.findings, items=tuple(fresh)))
    kept = len(set(before.areas["ea_code"]) & set(after.areas["ea_code"]))
    text = msg("{areas} areas, {kept} of them under a code they had; {errors} findings of severity error",
               areas=len(after.areas), kept=kept, errors=len(after.findings.errors))  # fmt: skip
    click.echo(word(text))


__all__ = ["verb"]
