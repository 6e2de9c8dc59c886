"""``areaplan replay``: make a plan again from an earlier one and its log."""

from __future__ import annotations

from pathlib import Path

import click

from areaplan.cli.base import EXIT_ERRORS, Verb, option, word
from areaplan.messages import msg


@click.command(
    "replay",
    cls=Verb,
    says=msg("Make the plan LAST again from the plan FIRST and the log inside LAST, and compare the two to the bit."),
)
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("last", type=click.Path(path_type=Path))
@option("--until", type=click.IntRange(1), says=msg("only up to this revision; then nothing is compared (needs --out)"))
@option("--out", type=click.Path(path_type=Path), says=msg("file to write the plan to that was made again"))
@click.pass_context
def verb(ctx: click.Context, first: Path, last: Path, until: int | None, out: Path | None) -> None:
    """Replay a log."""
    from areaplan.certificate import content_hash
    from areaplan.errors import InputError
    from areaplan.files import read_plan, write_plan
    from areaplan.pipeline import prove_plan, usual_jobs
    from areaplan.review import replay

    if until is not None and out is None:
        raise InputError(msg("--until needs --out, the file to write the earlier plan to"))
    wanted = read_plan(last)
    made = replay(read_plan(first), wanted, until=until)
    own = content_hash(made)
    if out:
        write_plan(prove_plan(made, jobs=usual_jobs()).plan, out, content_hash=own)
        click.echo(out)
    if until is not None:
        return
    theirs = content_hash(wanted)
    count = len(made.tables.get("revisions", ()))
    if own == theirs:
        click.echo(word(msg("{count} revisions give the same plan again: {hash}", count=count, hash=own)))
        return
    click.echo(
        word(msg("the log does not give this plan: {own} from the log, {theirs} in the file", own=own, theirs=theirs))
    )
    ctx.exit(EXIT_ERRORS)


__all__ = ["verb"]
