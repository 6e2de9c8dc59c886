"""``areaplan export``: area maps as files."""

from __future__ import annotations

from pathlib import Path

import click

from areaplan.cli.base import Verb, option
from areaplan.messages import msg

FORMATS = ("shp", "geojson", "parquet", "kml", "gdb")


@click.command("export", cls=Verb, says=msg("Write area maps of PLAN as files named by their codes."))
@click.argument("plan", type=click.Path(path_type=Path))
@option("--format", "format_", type=click.Choice(FORMATS), required=True, says=msg("kind of file"))
@option("--village", says=msg("only this village"))
@option("--area", says=msg("only this area"))
@option("--out", type=click.Path(path_type=Path), says=msg("folder for the files (else `export` beside the plan)"))
def verb(plan: Path, format_: str, village: str | None, area: str | None, out: Path | None) -> None:
    """Export area maps."""
    from areaplan.files import export_plan, read_plan

    folder = out or plan.parent / "export"
    for path in export_plan(read_plan(plan), folder, format=format_, village=village, area=area):
        click.echo(path)


__all__ = ["verb"]
