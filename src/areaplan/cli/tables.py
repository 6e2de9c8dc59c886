"""Results as tables on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from areaplan.cli.base import shown_json, speaking, word
from areaplan.messages import Message, msg, plain

if TYPE_CHECKING:
    from areaplan.check import Report
    from areaplan.model import Findings
    from areaplan.pipeline import PlannedTown

__all__ = ["print_findings", "print_report", "print_rows", "print_summary", "verdict_word"]

_SHOWN = 12
_STYLES = {"passed": "green", "failed": "bold red"}


def print_summary(summary: dict[str, Any], town: PlannedTown, folder: Path, *, as_json: bool) -> None:
    """Print what was planned: villages, rules, findings, and where the files are."""
    if as_json:
        click.echo(shown_json(summary, sort_keys=True))
        return
    from rich.text import Text

    columns = [
        msg("village"),
        msg("name"),
        msg("households"),
        msg("areas"),
        msg("smallest"),
        msg("mean"),
        msg("largest"),
    ]
    table = _table(columns, right=(2, 3, 4, 5, 6))
    for row in _village_rows(town):
        table.add_row(*(Text(plain(v)) for v in row))
    _console().print(table)
    print_report(town.report)
    print_findings(town.plan.findings)
    areas = town.plan.areas["households"]
    done = msg(
        "{areas} areas in {villages} villages, {households} households; results in {folder}",
        areas=len(areas), villages=len(town.plan.territory.villages), households=int(areas.sum()), folder=folder,
    )  # fmt: skip
    click.echo(word(done))
    for name in ("index.html", "review.html", "plan.gpkg", "certificate.json", "summary.json", "checklist.docx"):
        if (folder / name).exists():
            click.echo(f"  {folder / name}")


def _village_rows(town: PlannedTown) -> list[tuple[Any, ...]]:
    names = town.plan.territory.villages.set_index("village_code")["name"]
    rows = []
    for code, sizes in town.plan.areas.groupby("village_code")["households"]:
        rows.append(
            (
                code,
                names[code] or "",
                int(sizes.sum()),
                len(sizes),
                int(sizes.min()),
                f"{sizes.mean():.1f}",
                int(sizes.max()),
            )
        )
    return rows


def print_report(report: Report) -> None:
    """Print the verdict of each rule."""
    from rich.text import Text

    from areaplan.check.demands import demand_of
    from areaplan.model import Severity

    columns = [msg("rule"), msg("demand"), msg("verdict"), msg("errors"), msg("warnings"), msg("notes")]
    table = _table(columns, right=(3, 4, 5))
    judged = [r for r in report if r.verdict != "not judged"]
    for ruling in judged:
        shown = Text(verdict_word(ruling.verdict), style=_STYLES[ruling.verdict])
        if ruling.reason:
            shown.append(f" ({word(ruling.reason)})", style="dim")
        told = report.counts(ruling.rule)
        counts = [str(told[s]) for s in Severity]
        table.add_row(ruling.rule, Text(word(demand_of(ruling.rule).name)), shown, *counts)
    _console().print(table)
    for ruling in report:
        if ruling.verdict == "not judged":
            name = demand_of(ruling.rule).name
            click.echo(
                word(msg("{rule} {name}: not judged: {why}", rule=ruling.rule, name=name, why=ruling.reason or "–"))
            )


def print_findings(findings: Findings, *, planned: bool = True) -> None:
    """Print the worst findings; the rest are in the plan and on the page, or in what ``--out`` writes where a layer was judged."""
    from rich.text import Text

    worst = findings.ordered()
    if not len(worst):
        return
    table = _table([msg("rule"), msg("severity"), msg("subject"), msg("finding")])
    for finding in worst.items[:_SHOWN]:
        text = finding.message.text(speaking())
        table.add_row(
            plain(finding.rule), _severity_word(str(finding.severity)), Text(plain(finding.subject)), Text(plain(text))
        )
    _console().print(table)
    if len(worst) > _SHOWN:
        left = len(worst) - _SHOWN
        there = msg("… and {count} more findings, on the review page and in the plan", count=left)
        click.echo(word(there if planned else msg("… and {count} more findings; --out writes all of them", count=left)))


def print_rows(heads: list[Message], rows: list[list[str]], *, right: tuple[int, ...] = ()) -> None:
    """Print rows of plain text under heads; nothing where there are none."""
    from rich.text import Text

    if not rows:
        return
    table = _table(heads, right)
    for row in rows:
        table.add_row(*(Text(v) for v in row))
    _console().print(table)


def verdict_word(verdict: object) -> str:
    """Return a verdict in the language of this run."""
    words = {"passed": msg("passed"), "failed": msg("failed"), "not judged": msg("not judged")}
    return word(words[str(verdict)])


def _severity_word(severity: str) -> str:
    words = {"error": msg("error"), "warning": msg("warning"), "note": msg("note")}
    return word(words[severity])


def _table(columns: list[Message], right: tuple[int, ...] = ()) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for i, column in enumerate(columns):
        # what does not fit goes on in the next line: nothing is cut off
        table.add_column(word(column), justify="right" if i in right else "left", overflow="fold")
    return table


def _console() -> Any:
    """Return a console that leaves text from data alone: no markup, no emoji codes, no links."""
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False)
