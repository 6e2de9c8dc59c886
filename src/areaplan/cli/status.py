"""``areaplan status``: where a county stands."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from areaplan.cli.base import Verb, option, speaking, word
from areaplan.messages import Message, msg

if TYPE_CHECKING:
    from areaplan.comments import Comment
    from areaplan.files import Found, PlanFacts
    from areaplan.review import Register, Standing
    from areaplan.settings import CalendarSettings


@click.command(
    "status",
    cls=Verb,
    says=msg(
        "Say where the townships in FOLDER stand, the worst first: planned, proved, findings, opinions, issue, returns, deadlines.\n\nEach township has a folder of its own. "
        "With --out also the inspection sheet (XLSX) and an index page with a small map."
    ),
)
@click.argument("folder", type=click.Path(path_type=Path))
@option(
    "--table",
    type=click.Path(path_type=Path),
    says=msg("the office's own CSV or XLSX with a row per township: recruited, trained, printed …"),
)
@option("--out", type=click.Path(path_type=Path), says=msg("folder for status.xlsx and index.html"))
@option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), says=msg("the day that lateness is counted to (else today)")
)
def verb(folder: Path, table: Path | None, out: Path | None, day: datetime | None) -> None:
    """Show the standing of a county."""
    from areaplan.files import find_townships, read_outline
    from areaplan.review import worst_first

    today = day.date() if day else date.today()  # noqa: DTZ011 - a day on paper is a local day
    found, county = find_townships(folder)
    own = _own(table)
    rows = worst_first(_standing(one, county, own, today) for one in found)
    _show(rows)
    if out:
        from areaplan.reports import write_standing

        outlines = {s.name: read_outline(s.plan.path) for s in rows if s.plan is not None}
        write_standing(rows, outlines, out, today=today, lang=speaking())
        click.echo(out / "index.html")


def _own(table: Path | None) -> dict[str, dict[str, str]]:
    """Return the office's own columns by township."""
    from areaplan.errors import InputError
    from areaplan.files import read_wishes

    if table is None:
        return {}
    rows = [dict(w.values) for w in read_wishes(table, crs=None)]
    key = next((k for k in ("township", "乡镇", "乡级", "name") if any(k in r for r in rows)), None)
    if key is None:
        raise InputError(msg("{path}: has no column `township` (乡镇)", path=table.name))
    return {r.pop(key): r for r in rows if key in r}


def _standing(found: Found, county: CalendarSettings, own: dict[str, dict[str, str]], today: date) -> Standing:
    from areaplan.errors import AreaplanError
    from areaplan.files import plan_facts, read_comments, read_text
    from areaplan.review import current_plan, read_register, standing_of

    faults: list[Message] = list(found.faults)
    facts: list[PlanFacts] = []
    comments: list[Comment] = []
    registers: list[Register] = []
    for path in found.plans:
        try:
            facts.append(plan_facts(path))
        except AreaplanError as e:
            faults += e.faults
    for path in found.comments:
        try:
            comments += read_comments(path)
        except AreaplanError as e:
            faults += e.faults
    for path in found.registers:
        try:
            registers.append(read_register(read_text(path), name=str(path)))
        except AreaplanError as e:
            faults += e.faults
    plan = current_plan(facts)
    calendars = [c for c in (found.calendar, plan.calendar if plan else None, county) if c is not None]
    row = own.get(found.name) or (own.get(plan.title) if plan else None)
    return standing_of(
        found.name, plan, comments=comments, register=max(registers, key=lambda r: len(r.rounds), default=None),
        calendars=calendars, own=row, today=today, faults=faults,
    )  # fmt: skip


def _show(rows: list[Standing]) -> None:
    from areaplan.cli.tables import print_rows
    from areaplan.review import STEPS

    heads = [
        msg("township"), msg("next step"), msg("days late"), msg("responsible"), msg("areas"), msg("proved"), msg("errors"),
        msg("approved / to revise / undecided"), msg("issue"), msg("open opinions"),
    ]  # fmt: skip
    shown = []
    for s in rows:
        facts = ["–"] * 5
        if s.plan is not None:
            proved = {True: msg("yes"), False: msg("no"), None: msg("unknown")}[s.plan.proved]
            issue = str(s.issued["number"]) if s.issued else "–"
            opinions = f"{s.approved} / {s.to_revise} / {s.undecided}"
            facts = [str(len(s.plan.areas)), word(proved), str(s.errors), opinions, issue]
        step = "–" if s.step is None else f"{word(STEPS[s.step])} {s.due}"
        late = "" if s.late_days is None else str(max(s.late_days, 0))
        shown.append([s.name, step, late, s.responsible, *facts, str(s.open_items)])
    print_rows(heads, shown, right=(2, 4, 6, 9))
    for s in rows:
        for fault in s.faults:
            click.echo(f"{s.name}: {word(fault)}")
    late_ones = sum((s.late_days or 0) > 0 for s in rows)
    text = msg("{count} townships: {planned} planned, {issued} issued, {late} late",
               count=len(rows), planned=sum(s.plan is not None for s in rows), issued=sum(s.issued is not None for s in rows), late=late_ones)  # fmt: skip
    click.echo(word(text))


__all__ = ["verb"]
