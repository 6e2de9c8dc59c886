"""``areaplan demo``: the main job on the invented town that comes with the package."""

from __future__ import annotations

from pathlib import Path

import click

from areaplan.cli.base import EXIT_ERRORS, Verb, option
from areaplan.messages import msg


@click.command("demo", cls=Verb, says=msg("Plan the invented sample town that comes with areaplan."))
@option(
    "--out", type=click.Path(path_type=Path), default=Path("areaplan-demo"), show_default=True,
    says=msg("folder for the results"),
)  # fmt: skip
@option("--jobs", type=click.IntRange(1), says=msg("processes to use; changes the time, not the plan"))
@click.pass_context
def verb(ctx: click.Context, out: Path, jobs: int | None) -> None:
    """Plan the sample."""
    from areaplan.cli.plan import plan_into
    from areaplan.sample import sample_settings

    errors = plan_into(out, sample_settings(), jobs=jobs, as_json=False)
    ctx.exit(EXIT_ERRORS if errors else 0)


__all__ = ["verb"]
