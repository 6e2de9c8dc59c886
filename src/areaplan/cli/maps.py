"""``areaplan maps``: the review page of a plan, or of one village of it."""

from __future__ import annotations

from pathlib import Path

import click

from areaplan.cli.base import Verb, option
from areaplan.messages import msg


@click.command("maps", cls=Verb, says=msg("Write the review page of PLAN: one HTML file that opens without a network."))
@click.argument("plan", type=click.Path(path_type=Path))
@option("--out", type=click.Path(path_type=Path), says=msg("folder for the pages (else the plan's own)"))
@option("--village", "villages", multiple=True, says=msg("only this village; may be given several times"))
def verb(plan: Path, out: Path | None, villages: tuple[str, ...]) -> None:
    """Write review pages."""
    from areaplan.files import read_plan
    from areaplan.reports import write_maps

    for path in write_maps(read_plan(plan), out or plan.parent, villages=villages):
        click.echo(path)


__all__ = ["verb"]
