"""``areaplan issue``: freeze a version of a plan."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from areaplan.cli.base import EXIT_ERRORS, Verb, option, say, word
from areaplan.messages import msg


@click.command(
    "issue",
    cls=Verb,
    says=msg(
        "Freeze a version of PLAN: counts, borders or both are locked (R19), number, date and content hash noted inside; write the plan, its "
        "certificate and the hand-over receipt.\n\nA plan with findings of severity error is not issued, unless --despite says why."
    ),
)
@click.argument("plan", type=click.Path(path_type=Path))
@option(
    "--lock",
    type=click.Choice(["counts", "borders", "all"]),
    required=True,
    says=msg("what later plans may not change"),
)
@option("--by", "author", required=True, says=msg("who issues it"))
@option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), says=msg("day of the issue (else today)"))
@option("--despite", default="", says=msg("why it is issued in spite of findings; goes on record"))
@option(
    "--out", type=click.Path(path_type=Path), says=msg("folder for the issued plan (else `issued` beside the plan)")
)
@click.pass_context
def verb(
    ctx: click.Context, plan: Path, lock: str, author: str, day: datetime | None, despite: str, out: Path | None
) -> None:
    """Issue a plan."""
    from areaplan.files import read_plan
    from areaplan.pipeline import prove_plan, usual_jobs
    from areaplan.reports import write_issue
    from areaplan.review import issue_plan, last_issue

    town = prove_plan(read_plan(plan), jobs=usual_jobs())
    errors = town.plan.findings.errors
    if errors and not despite.strip():
        from areaplan.cli.tables import print_findings

        print_findings(errors)
        say(msg("not issued: {count} findings of severity error; mend them, or say --despite why", count=len(errors)))
        ctx.exit(EXIT_ERRORS)
    when = day.date() if day else date.today()  # noqa: DTZ011 - a day on paper is a local day
    frozen = issue_plan(town.plan, "both" if lock == "all" else lock, day=when, author=author, remark=despite)
    folder = out or (plan if plan.is_dir() else plan.parent) / "issued"
    write_issue(frozen, folder, day=when)
    row = last_issue(frozen) or {}
    click.echo(
        word(
            msg(
                "issue {number} of {date}: {hash}, in {folder}",
                number=row["number"],
                date=row["date"],
                hash=row["content_hash"],
                folder=folder,
            )
        )
    )


__all__ = ["verb"]
