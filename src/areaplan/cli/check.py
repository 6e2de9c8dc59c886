"""``areaplan check``: judge a plan of ours, or any polygon layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from areaplan.cli.base import EXIT_ERRORS, Verb, option
from areaplan.messages import msg

PATH = click.Path(path_type=Path)


@click.command(
    "check",
    cls=Verb,
    says=msg("Judge FILE rule by rule: a plan of areaplan, or any polygon layer against the layer of its parents."),
)
@click.argument("file", type=PATH)
@option("--config", type=PATH, says=msg("also prove against the original inputs these settings name"))
@option("--previous", type=PATH, says=msg("the plan issued before (R11, R19, R21)"))
@option("--layer", says=msg("layer of FILE to judge, when it is not a plan of areaplan"))
@option("--against", type=PATH, says=msg("file with the layer of the parents (villages, townships …)"))
@option("--against-layer", says=msg("layer of the parents"))
@option("--code", says=msg("column with the codes"))
@option("--name", says=msg("column with the names"))
@option("--parent", says=msg("column with the code of the parent; else its place in the code, or its ground, tells"))
@option("--parent-code", says=msg("column of the parents with their codes"))
@option("--households", says=msg("column with the households"))
@option("--persons", says=msg("column with the persons"))
@option("--crs", says=msg("coordinate system of layers that do not say theirs, such as EPSG:4549"))
@option("--encoding", says=msg("encoding of the text of FILE, such as GBK; else it is found out"))
@option("--rules", says=msg("rule pack: a name, or a file of your own ending in .toml"))
@option("--codes", type=PATH, says=msg("official list of codes and names, CSV or XLSX (R11, R12)"))
@option("--base-map", type=PATH, says=msg("issued base map, or last census's layer, to compare with (R23)"))
@option("--base-map-layer", says=msg("layer of the base map"))
@option("--staff", type=PATH, says=msg("staffing table, CSV or XLSX: area, enumerator, supervisor (R18)"))
@option("--out", type=PATH, says=msg("folder for findings, certificate, checklist and report"))
@option("--opinion", is_flag=True, says=msg("also write the opinion document (needs --out)"))
@option("--to", "addressee", says=msg("whom the opinion is addressed to"))
@option("--due", default="", says=msg("by when"))
@option("--register", type=PATH, says=msg("opinion_register.json of the last round (needs --opinion)"))
@option("--json", "as_json", is_flag=True, says=msg("print the verdicts as JSON"))
def verb(file: Path, **options: Any) -> None:
    """Judge a plan or a layer."""
    from areaplan.cli.judging import Asked, judge

    errors = judge(Asked(file, **options))
    click.get_current_context().exit(EXIT_ERRORS if errors else 0)


__all__ = ["verb"]
