"""``areaplan check``: judge a plan of ours, or any polygon layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from areaplan.cli.base import EXIT_ERRORS, Verb, option
from areaplan.messages import msg


@click.command(
    "check",
    cls=Verb,
    says=msg("Judge FILE rule by rule: a plan of areaplan, or any polygon layer against the layer of its parents."),
)
@click.argument("file", type=click.Path(path_type=Path))
@option(
    "--config", type=click.Path(path_type=Path), says=msg("also prove against the original inputs these settings name")
)
@option("--layer", says=msg("layer of FILE to judge, when it is not a plan of areaplan"))
@option(
    "--against", type=click.Path(path_type=Path), says=msg("file with the layer of the parents (villages, townships …)")
)
@option("--against-layer", says=msg("layer of the parents"))
@option("--code", says=msg("column with the codes"))
@option("--households", says=msg("column with the households"))
@option("--previous", type=click.Path(path_type=Path), says=msg("the plan issued before (R11, R19, R21)"))
@option("--out", type=click.Path(path_type=Path), says=msg("folder for findings, certificate and checklist"))
@option("--opinion", is_flag=True, says=msg("also write the opinion document (needs --out)"))
@option("--json", "as_json", is_flag=True, says=msg("print the verdicts as JSON"))
def verb(file: Path, **options: Any) -> None:
    """Judge a plan or a layer."""
    from areaplan.cli.judging import judge

    errors = judge(file, **options)
    click.get_current_context().exit(EXIT_ERRORS if errors else 0)


__all__ = ["verb"]
