"""``areaplan compare``: hold what a contractor returned against the plan that was issued."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from areaplan.cli.base import EXIT_ERRORS, Verb, option, say, speaking, word
from areaplan.cli.rounds import known_register, this_round
from areaplan.messages import msg

if TYPE_CHECKING:
    from areaplan.messages import Lang
    from areaplan.review.returned import Comparison

_SHOWN = 30


@click.command(
    "compare",
    cls=Verb,
    says=msg(
        "Compare RETURNED, whatever the contractor sends, with PLAN: what changed, where, by how much, and what it breaks; below the drawing tolerance it is "
        "noise.\n\nWith --out also the opinion document, the opinion register and a page. Give the register of the last round with --register: items close "
        "by measurement. Exit code 1 when there are differences."
    ),
)
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("returned", type=click.Path(path_type=Path))
@option("--layer", says=msg("layer of RETURNED, where it has several"))
@option("--crs", says=msg("its coordinate system, where the file does not say or says it wrong"))
@option(
    "--points",
    type=click.Path(path_type=Path),
    says=msg("CSV of points to fit it by: x, y in the map and x, y in the plan"),
)
@option(
    "--scale",
    type=click.IntRange(100),
    default=2000,
    show_default=True,
    says=msg("scale of the map, 1 : this; half a millimetre is the tolerance"),
)
@option("--code", says=msg("column with the codes (else found by its values)"))
@option("--name", says=msg("column with the names"))
@option("--households", says=msg("column with the households"))
@option("--persons", says=msg("column with the persons"))
@option("--out", type=click.Path(path_type=Path), says=msg("folder for differences, opinion, register and page"))
@option("--register", "known", type=click.Path(path_type=Path), says=msg("opinion_register.json of the last round"))
@option(
    "--answers", type=click.Path(path_type=Path), says=msg("the register as XLSX or CSV with the contractor's answers")
)
@option("--to", "addressee", default="", says=msg("who is asked to mend"))
@option("--due", default="", says=msg("by when"))
@option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), says=msg("day of this round (else today)"))
@option("--json", "as_json", is_flag=True, says=msg("print the differences as JSON"))
def verb(plan: Path, returned: Path, **options: Any) -> None:
    """Compare a return."""
    from areaplan.files import read_plan, read_points, read_returned
    from areaplan.review.returned import Columns, compare_returned

    known, out, points, addressee = (options[k] for k in ("known", "out", "points", "addressee"))
    before = known_register(known, options["answers"])
    issued = read_plan(plan)
    found = compare_returned(
        issued,
        read_returned(returned, layer=options["layer"], crs=options["crs"]),
        scale=options["scale"],
        columns=Columns(*(options[k] for k in ("code", "name", "households", "persons"))),
        points=None if points is None else read_points(points),
    )
    lang = issued.settings.output.lang
    register = this_round(before, found.findings, options["day"], responsible=addressee, due=options["due"], lang=lang)
    if out:
        from areaplan.reports import write_comparison

        write_comparison(
            found, register, out, title=issued.territory.title or returned.stem, lang=lang, addressee=addressee or None
        )
    _show(found, as_json=options["as_json"])
    if known and not options["as_json"]:
        closed = sum(i.state == "closed" for i in register.items)
        click.echo(
            word(
                msg(
                    "register: {open} items open, {closed} closed by measurement",
                    open=len(register.open),
                    closed=closed,
                )
            )
        )
    click.get_current_context().exit(EXIT_ERRORS if found.differences else 0)


def _show(found: Comparison, *, as_json: bool) -> None:
    from areaplan.cli.tables import print_rows
    from areaplan.review.returned import DIFFERENCE_WORDS

    if as_json:
        click.echo(json.dumps(_as_json(found, speaking()), ensure_ascii=False, indent=1))
        return
    say(msg("placed: {how}", how=found.placement.how))
    rows = [[word(DIFFERENCE_WORDS[d.kind]), " ".join(d.areas), word(d.finding().message)] for d in found.differences]
    print_rows([msg("difference"), msg("area"), msg("what")], rows[:_SHOWN])
    if len(rows) > _SHOWN:
        click.echo(word(msg("… and {count} more; all are in the opinion (--out)", count=len(rows) - _SHOWN)))
    text = msg("{count} differences; {same} areas are the same but for drawing noise of {noise} m, tolerance {tolerance:g} m",
               count=len(rows), same=found.same, noise=f"{found.noise_m:.2f}", tolerance=found.tolerance_m)  # fmt: skip
    click.echo(word(text))


def _as_json(found: Comparison, lang: Lang) -> dict[str, Any]:
    differences = [
        {"kind": d.kind, "areas": list(d.areas), "village_code": d.village_code, "what": d.finding().message.text(lang),
         "moved_m": d.moved_m, "area_m2": d.area_m2, "households": d.households,
         "bounds": None if d.place is None else list(d.place.bounds), "breaks": [f.rule for f in d.breaks]}
        for d in found.differences
    ]  # fmt: skip
    return {
        "placement": found.placement.how.text(lang), "tolerance_m": found.tolerance_m, "noise_m": round(found.noise_m, 3),
        "same": found.same, "differences": differences,
    }  # fmt: skip


__all__ = ["verb"]
