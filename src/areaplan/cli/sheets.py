"""``areaplan sheets``: printable maps of areas."""

from __future__ import annotations

from pathlib import Path

import click

from areaplan.cli.base import Verb, option
from areaplan.messages import msg


@click.command(
    "sheets", cls=Verb, says=msg("Write the area sheets (普查小区图) of PLAN as PDF, one atlas per village.")
)
@click.argument("plan", type=click.Path(path_type=Path))
@option("--village", says=msg("only this village"))
@option("--area", says=msg("only this area"))
@option("--paper", type=click.Choice(["A4", "A3"]), default="A4", show_default=True, says=msg("size of the paper"))
@option(
    "--font",
    type=click.Path(path_type=Path),
    says=msg("font file with Chinese characters (else Noto CJK is looked for)"),
)
@option("--out", type=click.Path(path_type=Path), says=msg("folder for the sheets (else `sheets` beside the plan)"))
def verb(plan: Path, village: str | None, area: str | None, paper: str, font: Path | None, out: Path | None) -> None:
    """Write draft sheets."""
    from areaplan.files import read_plan
    from areaplan.reports import write_sheets

    folder = out or plan.parent / "sheets"
    for path in write_sheets(read_plan(plan), folder, village=village, area=area, paper=paper, font=font):
        click.echo(path)


__all__ = ["verb"]
