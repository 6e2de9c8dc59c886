"""``areaplan repair``: messy village layers become one proved tiling, as far as rules and people settle it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from areaplan.cli.base import EXIT_ERRORS, Verb, option, say, word
from areaplan.messages import Message, msg

if TYPE_CHECKING:
    from areaplan.files import VillageRepair
    from areaplan.settings import Settings


NOT_CONFIRMED = msg("This is a trial: nobody has confirmed these borders.")


@click.command(
    "repair",
    cls=Verb,
    says=msg(
        "Mend the village layer that SETTINGS names: slivers by rule; every other gap and overlap becomes a dispute, with a form to sign.\n\n"
        "Decisions come back as a table ([input.decisions]). Exit code 1 while disputes are open."
    ),
)
@click.argument("settings", type=click.Path(path_type=Path))
@option("--out", type=click.Path(path_type=Path), says=msg("folder for the results (else `repair` in [output] folder)"))
@option(
    "--accept-proposals", is_flag=True, says=msg("settle every dispute as proposed, for a trial; all outputs say so")
)
@option("--village", says=msg("forms and table of decisions only for disputes of this village"))
@option("--json", "as_json", is_flag=True, says=msg("print the summary as JSON"))
@click.pass_context
def verb(
    ctx: click.Context, settings: Path, out: Path | None, accept_proposals: bool, village: str | None, as_json: bool
) -> None:
    """Mend villages."""
    from areaplan.files import read_village_repair, require_writable
    from areaplan.reports import REPAIR_FILES, write_repair
    from areaplan.settings import read_settings

    chosen = with_repair(read_settings(settings), accept=accept_proposals)
    folder = out or chosen.folder / chosen.output.folder / "repair"
    require_writable(folder, inputs=chosen.input_files(), writes=REPAIR_FILES)
    repair = read_village_repair(chosen)
    summary = write_repair(repair, folder, lang=chosen.output.lang, village=village, inputs=chosen.input_files())
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False, sort_keys=True, indent=1))
    else:
        for line in _told(summary, folder):
            click.echo(word(line))
        for assumed in _assumed(repair):
            click.echo(word(assumed))
    if summary["trial"]:
        say(NOT_CONFIRMED)
    ctx.exit(EXIT_ERRORS if repair.findings.errors else 0)


def with_repair(settings: Settings, *, accept: bool) -> Settings:
    """Return settings that mend the villages; with ``accept`` disputes are settled as proposed."""
    from areaplan.settings import RepairSettings

    repair = settings.repair or RepairSettings()
    accepted = repair.model_copy(update={"accept_proposals": True}) if accept else repair
    return settings.model_copy(update={"repair": accepted})


def _assumed(repair: VillageRepair) -> list[Message]:
    """Return what had to be assumed of the file as a whole: encoding, coordinates, arcs; what was done to single villages stands in the ledger."""
    return [f.message for f in repair.findings if f.rule == "R00" and f.village_code is None]


def _told(summary: dict[str, Any], folder: Path) -> list[Message]:
    def count(key: str) -> dict[str, Any]:
        return {"count": summary[key]["count"], "m2": f"{summary[key]['m2']:,.0f}"}

    ledger = summary["ledger"]
    lines = [
        msg("{villages} villages; {rings} outlines were invalid", villages=summary["villages"], rings=summary["invalid_outlines"]),
        msg("{count} slivers, {m2} m², mended by rule", **count("slivers")),
        msg("{count} disputes, {m2} m²", **count("disputes")),
        msg("  {count} decided, {m2} m²", **count("decided")),
        msg("  {count} as proposed, {m2} m²", **count("accepted")),
        msg("  {count} open, {m2} m²", **count("open")),
        msg(
            "ground {before} m² + gaps filled {filled} m² = {after} m²; unexplained: {left} m²",
            before=f"{ledger['ground_before_m2']:,.2f}", filled=f"{ledger['filled_m2']:,.2f}",
            after=f"{ledger['ground_after_m2']:,.2f}", left=f"{ledger['unexplained_m2']:g}",
        ),
    ]  # fmt: skip
    if summary["proof"]:
        lines.append(msg("proved: the villages tile their ground ({edges} edges)", edges=summary["proof"]["edges"]))
    if summary["unused_decisions"]:
        lines.append(msg("decisions that fit no dispute: {places}", places=", ".join(summary["unused_decisions"])))
    return [*lines, msg("results in {folder}", folder=folder)]


__all__ = ["NOT_CONFIRMED", "verb", "with_repair"]
