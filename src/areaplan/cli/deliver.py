"""``areaplan deliver``: a folder for a receiver."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from areaplan.cli.base import Verb, option, show_progress
from areaplan.messages import msg

TO = ("contractor", "office", "enumerators", "upper")


@click.command(
    "deliver", cls=Verb,
    says=msg("Write the folder of a receiver from PLAN: GIS files and sheets for the contractor, registers for the office, sheets and forms for the "
             "enumerators, merged layers and the filled list for the superior office (上报)."),
)  # fmt: skip
@click.argument("plan", type=click.Path(path_type=Path))
@option("--to", type=click.Choice(TO), required=True, says=msg("who receives it"))
@option("--out", type=click.Path(path_type=Path), required=True, says=msg("folder of the delivery"))
@option(
    "--paper",
    type=click.Choice(["A4", "A3", "A2", "A1", "A0"]),
    default="A4",
    show_default=True,
    says=msg("size of the paper"),
)
@option(
    "--state",
    type=click.Choice(["draft", "final"]),
    default="draft",
    show_default=True,
    says=msg("draft (provisional numbers, a page for corrections) or final (the numbers of the listing)"),
)
@option(
    "--review-number",
    says=msg("number of the map review (审图号): the sheets are then open maps, else for internal use"),
)
@option("--font", type=click.Path(path_type=Path), multiple=True,
        says=msg("font file with Chinese characters, several in order of preference (else Noto CJK is looked for)"))  # fmt: skip
@option("--phone", is_flag=True, says=msg("enumerators: with a GeoPackage for field apps"))
@option(
    "--staff",
    type=click.Path(path_type=Path),
    says=msg("office: staffing table, CSV or XLSX, whose names the register bears"),
)
@option("--prices", type=click.Path(path_type=Path), says=msg("office: file of copies, prices and shares (TOML)"))
@option("--issued", type=click.Path(path_type=Path), says=msg("upper: the issued list (CSV) to fill in"))
@option("--base", type=click.Path(path_type=Path), says=msg("upper: the issued base map to compare with"))
@option("--base-layer", says=msg("upper: layer of the base map"))
@option("--fields", type=click.Path(path_type=Path), says=msg("upper: field mapping of the office's own (TOML)"))
def verb(  # noqa: PLR0913, PLR0917  (one argument per option)
    plan: Path, to: str, out: Path, paper: str, state: Literal["draft", "final"], review_number: str | None, font: tuple[Path, ...], phone: bool,
    staff: Path | None, prices: Path | None, issued: Path | None, base: Path | None, base_layer: str | None, fields: Path | None,
) -> None:  # fmt: skip
    """Write a delivery."""
    from areaplan.deliveries import Options, Prices, deliver, read_prices
    from areaplan.files import read_plan, read_staff
    from areaplan.maps.sheets import Edition

    options = Options(
        Edition(state, paper, review_number), font or None, None, phone, read_prices(prices) if prices else Prices(),
        issued, base, base_layer, fields, read_staff(staff) if staff else None,
    )  # fmt: skip
    with show_progress() as progress:
        paths = deliver(read_plan(plan), to, out, options, progress)
    for path in paths:
        click.echo(path)


__all__ = ["verb"]
