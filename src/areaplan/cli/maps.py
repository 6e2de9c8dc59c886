"""``areaplan maps``: the review pages of one plan or of many."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from areaplan.cli.base import Verb, option
from areaplan.errors import InputError
from areaplan.messages import msg

if TYPE_CHECKING:
    from areaplan.maps import Earlier
    from areaplan.model import AreaPlan


@click.command(
    "maps",
    cls=Verb,
    says=msg(
        "Write the review page of each PLAN: HTML files that open without a network.\n\n"
        "Above 300 areas every village has a page, too; an index leads to them. Beside them an opinion form as XLSX, and pages.json, which says what "
        "each page holds."
    ),
)
@click.argument("plans", metavar="PLAN...", type=click.Path(path_type=Path), nargs=-1, required=True)
@option("--out", type=click.Path(path_type=Path), says=msg("folder for the pages (else the plan's own)"))
@option("--village", "villages", multiple=True, says=msg("only this village; may be given several times"))
@option("--before", type=click.Path(path_type=Path), says=msg("an earlier plan, or a layer of areas, to show beside"))
@option("--before-layer", says=msg("which layer of --before, where it has several"))
@option("--before-code", default="ea_code", show_default=True, says=msg("its column with the area codes"))
@option(
    "--staff",
    type=click.Path(path_type=Path),
    says=msg("staffing table, CSV or XLSX: the ground of each supervisor is drawn and listed"),
)
@option(
    "--profile", type=click.Choice(["internal", "public"]), default="internal", show_default=True,
    says=msg("public: without buildings, findings, persons, and household numbers below --least"),
)  # fmt: skip
@option(
    "--least",
    type=click.IntRange(min=2),
    default=10,
    show_default=True,
    says=msg("smallest number of households that a public page shows"),
)
def verb(  # noqa: PLR0913, PLR0917  (one argument per option)
    plans: tuple[Path, ...],
    out: Path | None,
    villages: tuple[str, ...],
    before: Path | None,
    before_layer: str | None,
    before_code: str,
    staff: Path | None,
    profile: Literal["internal", "public"],
    least: int,
) -> None:
    """Write review pages."""
    from areaplan.files import read_plan, read_staff
    from areaplan.maps import Edition
    from areaplan.reports import with_supervisors, write_maps

    if out is None and len(plans) > 1:
        raise InputError(msg("several plans need --out, the folder to write to"))
    if before is not None and profile == "public":
        raise InputError(msg("a public page shows nothing beside the plan; leave out --before"))
    read = [read_plan(p) for p in plans]
    if staff is not None:
        people = read_staff(staff)
        read = [with_supervisors(plan, people) for plan in read]
    earlier = _earlier(before, before_layer, before_code, read[0]) if before else None
    edition = Edition(profile, least)
    for path in write_maps(read, out or plans[0].parent, villages=villages, edition=edition, before=earlier):
        click.echo(path)


def _earlier(path: Path, layer: str | None, code: str, plan: AreaPlan) -> Earlier:
    """Read what was before: a plan of areaplan, else any layer of areas."""
    from areaplan.files import is_plan, read_layer, read_plan
    from areaplan.reports import earlier_layer, earlier_plan

    if is_plan(path):
        old = read_plan(path)
        if old.crs != plan.crs:
            raise InputError(msg("{path}: another CRS than the plan's; plan both in the same", path=path))
        return earlier_plan(old, title=path.parent.name or path.stem)
    table = read_layer(path, layer=layer, columns=[code])
    return earlier_layer(table, title=path.stem, crs=plan.crs, code=code)


__all__ = ["verb"]
