"""``areaplan diff``: how two plans differ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from areaplan.cli.base import Verb, option, word
from areaplan.messages import Message, msg

if TYPE_CHECKING:
    from areaplan.review import AreaDiff

_STATES = {
    "new": msg("new"), "ended": msg("ended"), "ground": msg("ground changed"), "columns": msg("same ground, other values"),
    "noded": msg("vertices only"),
}  # fmt: skip


@click.command("diff", cls=Verb, says=msg("Say how the plan NEW differs from the plan OLD, area by area."))
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@option("--json", "as_json", is_flag=True, says=msg("print the differences as JSON"))
def verb(old: Path, new: Path, as_json: bool) -> None:
    """Compare two plans."""
    from areaplan.errors import InputError
    from areaplan.files import read_plan
    from areaplan.review import diff_plans

    before, after = read_plan(old), read_plan(new)
    if before.crs != after.crs:
        raise InputError(msg("the two plans are in different coordinate systems; they are not of one place"))
    found = diff_plans(before, after)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=1))
        return
    from areaplan.cli.tables import print_rows

    heads = [
        msg("area"),
        msg("state"),
        msg("m² before"),
        msg("m² after"),
        msg("households"),
        msg("came from"),
        msg("went to"),
        msg("other"),
    ]
    print_rows(heads, [_row(d) for d in found.areas])
    text = msg("{same} areas are the same to the bit, {other} are not; {count} revisions in between",
               same=found.same, other=len(found.areas), count=len(found.revisions))  # fmt: skip
    click.echo(word(text))


def _row(d: AreaDiff) -> list[str]:
    people = d.columns.get("households")
    other = {k: v for k, v in d.columns.items() if k != "households"}
    return [
        d.ea_code,
        word(_STATES[d.state]),
        _m2(d.old_m2),
        _m2(d.new_m2),
        "" if people is None else f"{people[0]} → {people[1]}",
        _flows(d.from_areas),
        _flows(d.to_areas),
        "; ".join(f"{k}: {_shown(a)} → {_shown(b)}" for k, (a, b) in other.items()),
    ]


def _m2(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _flows(flows: dict[str, float]) -> str:
    return ", ".join(f"{code} ({m2:,.0f} m²)" for code, m2 in sorted(flows.items()))


def _shown(value: object) -> object | Message:
    return "–" if value is None else value


__all__ = ["verb"]
