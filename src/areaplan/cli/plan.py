"""``areaplan plan``: from files to a proved plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from areaplan.cli.base import EXIT_ERRORS, Verb, option, say, show_progress, speaking
from areaplan.messages import msg

if TYPE_CHECKING:
    from areaplan.settings import Settings


@click.command(
    "plan",
    cls=Verb,
    says=msg("Divide the town that SETTINGS (areaplan.toml) describes; write the plan, its proof and the review page."),
)
@click.argument("settings", type=click.Path(path_type=Path))
@option("--out", type=click.Path(path_type=Path), says=msg("folder for the results (else [output] folder)"))
@option("--seed", type=click.IntRange(0), says=msg("another seed, another plan; the same seed, the same plan"))
@option("--jobs", type=click.IntRange(1), says=msg("processes to use; changes the time, not the plan"))
@option("--accept-proposals", is_flag=True, says=msg("mend messy villages, disputes settled as proposed: a trial plan"))
@option("--json", "as_json", is_flag=True, says=msg("print the summary as JSON"))
@click.pass_context
def verb(
    ctx: click.Context,
    settings: Path,
    out: Path | None,
    seed: int | None,
    jobs: int | None,
    accept_proposals: bool,
    as_json: bool,
) -> None:
    """Plan a town."""
    from areaplan.settings import read_settings

    chosen = read_settings(settings)
    if seed is not None:
        chosen = chosen.model_copy(update={"engine": chosen.engine.model_copy(update={"seed": seed})})
    if accept_proposals:
        from areaplan.cli.repair import with_repair

        chosen = with_repair(chosen, accept=True)
    folder = out or chosen.folder / chosen.output.folder
    errors = plan_into(folder, chosen, jobs=jobs, as_json=as_json)
    ctx.exit(EXIT_ERRORS if errors else 0)


def plan_into(folder: Path, settings: Settings, *, jobs: int | None, as_json: bool) -> int:
    """Plan, write the results into ``folder``, print the summary; return the number of error findings."""
    from areaplan.cli.repair import NOT_CONFIRMED
    from areaplan.cli.tables import print_summary
    from areaplan.delineation import warm_up
    from areaplan.files import require_writable
    from areaplan.pipeline import plan_town, usual_jobs
    from areaplan.repair import is_trial
    from areaplan.reports import PLAN_FILES, write_results

    require_writable(folder, inputs=settings.input_files(), writes=PLAN_FILES)
    warm_up(say)
    with show_progress() as progress:
        town = plan_town(settings, jobs=jobs or usual_jobs(), progress=progress)
    summary = write_results(town, folder, lang=speaking())
    print_summary(summary, town, folder, as_json=as_json)
    if is_trial(town.plan.findings):
        say(NOT_CONFIRMED)
    return len(town.plan.findings.errors)


__all__ = ["plan_into", "verb"]
