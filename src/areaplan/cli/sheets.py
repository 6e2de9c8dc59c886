"""``areaplan sheets``: printable maps of areas, villages, townships and counties."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from areaplan.cli.base import Verb, option, show_progress
from areaplan.errors import InputError
from areaplan.messages import msg

PAPERS = ("A4", "A3", "A2", "A1", "A0")


@click.command(
    "sheets", cls=Verb,
    says=msg("Write the area sheets (普查小区图) of PLAN as PDF: an atlas per village, the township maps and the county overview."),
)  # fmt: skip
@click.argument("plan", type=click.Path(path_type=Path))
@option("--village", says=msg("only this village"))
@option("--area", says=msg("only this area"))
@option("--state", type=click.Choice(["draft", "final"]), default="draft", show_default=True,
        says=msg("draft (provisional numbers, a page for corrections) or final (the numbers of the listing)"))  # fmt: skip
@option("--paper", type=click.Choice(PAPERS), default="A4", show_default=True, says=msg("size of the paper"))
@option("--tiled", is_flag=True, says=msg("print larger papers in pieces of A4, to be glued together"))
@option("--atlas", type=click.Choice(["village", "township"]), default="village", show_default=True,
        says=msg("one atlas per village or per township"))  # fmt: skip
@option(
    "--review-number",
    says=msg("number of the map review (审图号): the sheets are then open maps, else for internal use"),
)
@option("--font", type=click.Path(path_type=Path), multiple=True,
        says=msg("font file with Chinese characters, several in order of preference (else Noto CJK is looked for)"))  # fmt: skip
@option(
    "--staff",
    type=click.Path(path_type=Path),
    says=msg("staffing table, CSV or XLSX: overviews show the ground of each supervisor"),
)
@option("--out", type=click.Path(path_type=Path), says=msg("folder for the sheets (else `sheets` beside the plan)"))
def verb(  # noqa: PLR0913, PLR0917  (one argument per option)
    plan: Path, village: str | None, area: str | None, state: Literal["draft", "final"], paper: str, tiled: bool,
    atlas: Literal["village", "township"], review_number: str | None, font: tuple[Path, ...], staff: Path | None, out: Path | None,
) -> None:  # fmt: skip
    """Write sheets."""
    from areaplan.files import read_plan, read_staff
    from areaplan.maps.sheets import Edition
    from areaplan.reports import with_supervisors, write_sheets

    if staff is not None and review_number:
        raise InputError(msg("an open map names no persons; leave out --staff"))
    people = read_staff(staff) if staff is not None else None
    read = read_plan(plan)
    folder = out or (plan if plan.is_dir() else plan.parent) / "sheets"
    edition = Edition(state, paper, review_number, tiled)
    with show_progress() as progress:
        paths = write_sheets(
            read if people is None else with_supervisors(read, people),
            folder,
            edition=edition,
            village=village,
            area=area,
            per=atlas,
            font=font or None,
            progress=progress,
        )
    for path in paths:
        click.echo(path)


__all__ = ["verb"]
