"""``areaplan verify``: a stranger recomputes a certificate."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from areaplan.cli.base import EXIT_ERRORS, Verb, option, say, word
from areaplan.messages import msg

if TYPE_CHECKING:
    from areaplan.messages import Message

PATH = click.Path(path_type=Path)


@click.command(
    "verify", cls=Verb, says=msg("Recompute hash, totals and proof of PLAN and compare them with CERTIFICATE.")
)
@click.argument("certificate", type=PATH)
@click.argument("plan", type=PATH)
@option("--previous", type=PATH, says=msg("the plan issued before (R11, R19, R21)"))
@option("--layer", says=msg("layer of FILE to judge, when it is not a plan of areaplan"))
@option("--against", type=PATH, says=msg("file with the layer of the parents (villages, townships …)"))
@option("--against-layer", says=msg("layer of the parents"))
@option("--crs", says=msg("coordinate system of layers that do not say theirs, such as EPSG:4549"))
def verb(certificate: Path, plan: Path, previous: Path | None, **layers: Any) -> None:
    """Verify a certificate."""
    claimed = _read(certificate)
    of_layer = claimed.get("kind") == "layer"
    differences = _of_layer(claimed, plan, layers) if of_layer else _of_plan(claimed, plan, previous)
    for difference in differences:
        click.echo(word(difference))
    if not differences:
        click.echo(word(msg("the certificate holds: {path}", path=plan)))
    click.get_current_context().exit(EXIT_ERRORS if differences else 0)


def _read(path: Path) -> Mapping[str, Any]:
    from areaplan.errors import InputError
    from areaplan.reasons import ordinary_text, system_reason

    try:
        claimed = json.loads(ordinary_text(path, "utf-8"))
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(msg("{path}: cannot be read ({reason})", path=path, reason=system_reason(e))) from None
    except (ValueError, RecursionError) as e:
        raise InputError(msg("{path}: not a certificate ({reason})", path=path, reason=e)) from None
    if not isinstance(claimed, dict):
        raise InputError(msg("{path}: not a certificate ({reason})", path=path, reason=type(claimed).__name__))
    return claimed


def _of_plan(claimed: Mapping[str, Any], plan: Path, previous: Path | None) -> list[Message]:
    from areaplan.certificate import verdicts_left_out, verify_certificate
    from areaplan.files import read_plan

    left_out = verdicts_left_out(claimed, ["previous"] if previous else [])
    if left_out:
        say(msg(
            "not computed again, because the certificate was made beside data that are not here ({beside}): the verdicts of {rules}",
            beside=", ".join(map(str, claimed["beside"])), rules=", ".join(left_out),
        ))  # fmt: skip
    return verify_certificate(claimed, read_plan(plan), previous=read_plan(previous) if previous else None)


def _of_layer(claimed: Mapping[str, Any], file: Path, layers: Mapping[str, Any]) -> list[Message]:
    """Judge the layer again by the columns that its certificate names."""
    from areaplan.certificate import verify_layer_certificate
    from areaplan.cli.judging import Asked, judge_layer

    named = claimed.get("columns")
    known = ("code", "name", "parent", "parent_code", "households", "persons")
    given = named if isinstance(named, dict) else {}
    columns: dict[str, Any] = {k: v for k, v in given.items() if k in known and isinstance(v, str)}
    return verify_layer_certificate(claimed, judge_layer(Asked(file, **columns, **layers))[0])


__all__ = ["verb"]
