"""``areaplan sign``: put on record who answers for a plan."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from areaplan.cli.base import Verb, option, word
from areaplan.messages import msg

_LEVELS = ("village", "township", "county", "city")


@click.command(
    "sign",
    cls=Verb,
    says=msg("Append a signature to the record inside PLAN: level, name, date and the hash of what is signed."),
)
@click.argument("plan", type=click.Path(path_type=Path))
@option("--level", type=click.Choice(_LEVELS), required=True, says=msg("who signs"))
@option("--name", required=True, says=msg("name of whoever signs"))
@option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), says=msg("day of the signature (else today)"))
def verb(plan: Path, level: str, name: str, day: datetime | None) -> None:
    """Sign a plan."""
    from areaplan.errors import InputError
    from areaplan.files import read_plan, read_plan_meta, write_plan
    from areaplan.review import sign_plan

    path = plan / "plan.gpkg" if plan.is_dir() else plan
    before, meta = read_plan(path), read_plan_meta(path)
    when = day.date() if day else date.today()  # noqa: DTZ011 - a day on paper is a local day
    signed = sign_plan(before, level, name, when)
    row = signed.tables["signatures"].iloc[-1]
    if meta.get("content_hash", row.content_hash) != row.content_hash:
        raise InputError(
            msg(
                "{path}: the plan is not the one that was proved: its content hash is another; run `areaplan check`",
                path=path,
            )
        )
    write_plan(signed, path, content_hash=row.content_hash, created=meta.get("created"))
    click.echo(
        word(
            msg(
                "{name} signed for the {level} on {date}: {hash}",
                name=name,
                level=level,
                date=row["date"],
                hash=row.content_hash,
            )
        )
    )


__all__ = ["verb"]
