"""What ``areaplan check`` does: read, judge, print, and write what was asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from areaplan.cli.base import speaking, word
from areaplan.errors import InputError
from areaplan.messages import Lang, msg

if TYPE_CHECKING:
    from areaplan.check import Report
    from areaplan.model import AreaPlan, Territory

__all__ = ["judge"]


def judge(  # noqa: PLR0913 - one parameter per option of the verb
    file: Path,
    *,
    config: Path | None,
    layer: str | None,
    against: Path | None,
    against_layer: str | None,
    code: str | None,
    households: str | None,
    previous: Path | None,
    out: Path | None,
    opinion: bool,
    as_json: bool,
) -> int:
    """Judge a file; return the number of error findings."""
    from areaplan.files import is_plan

    foreign = layer or against or code or households
    if opinion and out is None:
        raise InputError(msg("--opinion needs --out, the folder to write to"))
    if is_plan(file) and not foreign:
        plan, report = _judge_plan(file, config, previous)
    elif config or previous:
        raise InputError(msg("{path}: --config and --previous go with a plan of areaplan, and this is none", path=file))
    else:
        plan, report = None, _judge_layer(file, layer, against, against_layer, code, households)
    lang = plan.settings.output.lang if plan else speaking()
    if out:
        from areaplan.reports import write_judgement

        write_judgement(report, out, title=file.stem, lang=lang, plan=plan, opinion_too=opinion)
    _show(report, as_json=as_json)
    return len(report.findings.errors)


def _judge_plan(file: Path, config: Path | None, previous: Path | None) -> tuple[AreaPlan, Report]:
    from areaplan.check import check_plan
    from areaplan.files import read_plan

    plan = read_plan(file)
    before = read_plan(previous) if previous else None
    return plan, check_plan(plan, previous=before, inputs=_inputs(config))


def _inputs(config: Path | None) -> Territory | None:
    """Read the original layers again; they are trusted over the plan's own."""
    if config is None:
        return None
    from areaplan.files import read_territory
    from areaplan.households import estimate_households
    from areaplan.settings import read_settings

    settings = read_settings(config)
    return estimate_households(read_territory(settings), settings)


def _judge_layer(
    file: Path,
    layer: str | None,
    against: Path | None,
    against_layer: str | None,
    code: str | None,
    households: str | None,
) -> Report:
    from areaplan.check import check_layer
    from areaplan.files import read_layer

    parents = read_layer(against, layer=against_layer) if against else None
    children = read_layer(file, layer=layer, columns=[code, households])
    return check_layer(children, parents, code=code, households=households)


def _show(report: Report, *, as_json: bool) -> None:
    from areaplan.cli.tables import print_findings, print_report

    lang = speaking()
    if as_json:
        click.echo(json.dumps(_as_json(report, lang), ensure_ascii=False, indent=1))
        return
    print_report(report)
    print_findings(report.findings)
    errors = len(report.findings.errors)
    said = msg("{count} findings of severity error", count=errors) if errors else msg("no finding of severity error")
    click.echo(word(said))


def _as_json(report: Report, lang: Lang) -> dict[str, Any]:
    table = report.findings.to_gdf(lang).drop(columns="geometry")
    return {"rules": report.rows(lang), "findings": json.loads(table.to_json(orient="records", force_ascii=False))}
