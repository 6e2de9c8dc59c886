"""``areaplan verify``: a stranger recomputes a certificate."""

from __future__ import annotations

import json
from pathlib import Path

import click

from areaplan.cli.base import EXIT_ERRORS, Verb, word
from areaplan.messages import msg


@click.command(
    "verify", cls=Verb, says=msg("Recompute hash, totals and proof of PLAN and compare them with CERTIFICATE.")
)
@click.argument("certificate", type=click.Path(path_type=Path))
@click.argument("plan", type=click.Path(path_type=Path))
@click.pass_context
def verb(ctx: click.Context, certificate: Path, plan: Path) -> None:
    """Verify a certificate."""
    from areaplan.certificate import verify_certificate
    from areaplan.errors import InputError
    from areaplan.files import read_plan

    try:
        claimed = json.loads(certificate.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise InputError(msg("{path}: not a certificate ({reason})", path=certificate, reason=e)) from None
    differences = verify_certificate(claimed, read_plan(plan))
    for difference in differences:
        click.echo(word(difference))
    if not differences:
        click.echo(word(msg("the certificate holds: {path}", path=plan)))
    ctx.exit(EXIT_ERRORS if differences else 0)


__all__ = ["verb"]
