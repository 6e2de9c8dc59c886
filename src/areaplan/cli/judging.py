"""What ``areaplan check`` does: read, judge, print, and write what was asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from areaplan.cli.base import say, shown_json, speaking, word
from areaplan.cli.rounds import known_register, this_round
from areaplan.errors import InputError
from areaplan.messages import Lang, msg

if TYPE_CHECKING:
    import geopandas as gpd

    from areaplan.check import Evidence, Report
    from areaplan.model import AreaPlan, Finding, Territory
    from areaplan.settings import Settings

__all__ = ["Asked", "judge", "judge_layer"]


@dataclass(frozen=True)
class Asked:
    """Hold what the person at the keyboard asked for: one field per option of the verb."""

    file: Path
    config: Path | None = None
    previous: Path | None = None
    layer: str | None = None
    against: Path | None = None
    against_layer: str | None = None
    code: str | None = None
    name: str | None = None
    parent: str | None = None
    parent_code: str | None = None
    households: str | None = None
    persons: str | None = None
    crs: str | None = None
    encoding: str | None = None
    rules: str | None = None
    codes: Path | None = None
    base_map: Path | None = None
    base_map_layer: str | None = None
    staff: Path | None = None
    out: Path | None = None
    opinion: bool = False
    addressee: str | None = None
    due: str = ""
    register: Path | None = None
    as_json: bool = False

    @property
    def foreign(self) -> bool:
        """True where an option asks for a layer to be judged, not a plan."""
        return any((self.layer, self.against, self.code, self.name, self.parent, self.households, self.persons))

    def inputs(self) -> list[Path]:
        """Return the files that are read for it; none is written over."""
        given = (self.file, self.config, self.against, self.base_map, self.codes, self.staff, self.previous)
        return [path for path in given if path]


def judge(asked: Asked) -> int:
    """Judge a file; return the number of error findings."""
    from areaplan.files import is_plan, require_writable

    if asked.opinion and asked.out is None:
        raise InputError(msg("--opinion needs --out, the folder to write to"))
    if asked.register and not asked.opinion:
        raise InputError(msg("--register goes with --opinion"))
    if asked.out:  # whoever writes nothing need not wait for the room that opens nearly all others
        from areaplan.reports import JUDGEMENT_FILES

        require_writable(asked.out, inputs=asked.inputs(), writes=JUDGEMENT_FILES)
    columns: dict[str, str | None] = {}
    if is_plan(asked.file) and not asked.foreign:
        plan, report = _judge_plan(asked)
    elif asked.previous:
        raise InputError(msg("{path}: --previous goes with a plan of areaplan, and this is none", path=asked.file))
    else:
        plan, (report, columns) = None, judge_layer(asked)
    lang = plan.settings.output.lang if plan else speaking()
    if asked.out:
        _write(asked, report, plan, columns, lang)
    _show(report, as_json=asked.as_json)
    return len(report.findings.errors)


def _judge_plan(asked: Asked) -> tuple[AreaPlan, Report]:
    from areaplan.check import check_plan
    from areaplan.files import read_plan
    from areaplan.pipeline import usual_jobs

    plan = read_plan(asked.file)
    before = read_plan(asked.previous) if asked.previous else None
    _, inputs = _originals(asked.config)
    laid = _evidence(asked)
    return plan, check_plan(plan, pack=asked.rules, previous=before, inputs=inputs, evidence=laid, jobs=usual_jobs())


def _originals(config: Path | None) -> tuple[Settings | None, Territory | None]:
    """Read the original layers again; they are trusted over the plan's own."""
    if config is None:
        return None, None
    from areaplan.files import read_territory
    from areaplan.households import estimate_households
    from areaplan.settings import read_settings

    settings = read_settings(config)
    return settings, estimate_households(read_territory(settings), settings)


def _evidence(asked: Asked) -> Evidence:
    """Read what the office lays beside it."""
    from areaplan.check import Evidence
    from areaplan.files import read_base_map, read_code_list, read_staff

    return Evidence(
        staff=read_staff(asked.staff) if asked.staff else None,
        base_map=read_base_map(asked.base_map, layer=asked.base_map_layer, crs=asked.crs) if asked.base_map else None,
        code_list=read_code_list(asked.codes) if asked.codes else None,
    )


def judge_layer(asked: Asked) -> tuple[Report, dict[str, str | None]]:
    """Judge a layer; return the report and the columns it was judged by."""
    from areaplan.check import check_layer
    from areaplan.files import read_layer
    from areaplan.pipeline import usual_jobs

    settings, inputs = _originals(asked.config)
    said: list[Finding] = []
    parents = None
    if asked.against:
        parents = read_layer(
            asked.against,
            layer=asked.against_layer,
            columns={"--parent-code": asked.parent_code},
            crs=asked.crs,
            said=said,
        )
        _require_crs(parents, asked.against)
    children, code, name = _judged_layer(asked, said)
    columns = {
        "code": code, "name": name, "parent": asked.parent, "parent_code": asked.parent_code,
        "households": asked.households, "persons": asked.persons,
    }  # fmt: skip
    report = check_layer(
        children, parents, code=code, name=name, parent=asked.parent, parent_code=asked.parent_code,
        households=asked.households, persons=asked.persons, pack=asked.rules, inputs=inputs, settings=settings,
        evidence=_evidence(asked), jobs=usual_jobs(),
    )  # fmt: skip
    return replace(report, declared=report.declared + said), columns


def _require_crs(table: gpd.GeoDataFrame, path: Path) -> None:
    if table.crs is None:
        raise InputError(msg("{path}: the layer has no CRS; say which it is (--crs)", path=path))


def _judged_layer(asked: Asked, said: list[Finding]) -> tuple[gpd.GeoDataFrame, str | None, str | None]:
    """Return the layer, its column of codes and its column of names.

    Where codes are compared with a list or a base map and no column was named, the column that goes by a usual name is taken, and said.
    """
    from areaplan.files import known_column, read_layer
    from areaplan.files.guess.words import COLUMNS

    columns = {
        "--code": asked.code, "--name": asked.name, "--parent": asked.parent,
        "--households": asked.households, "--persons": asked.persons,
    }  # fmt: skip
    compared = asked.codes is not None or asked.base_map is not None
    maybe = (*COLUMNS["code"], *COLUMNS["name"]) if compared else ()
    table = read_layer(
        asked.file, layer=asked.layer, columns=columns, maybe=maybe, crs=asked.crs, encoding=asked.encoding, said=said
    )
    code, name = (
        given or (known_column(table, meaning) if compared else None)
        for given, meaning in ((asked.code, "code"), (asked.name, "name"))
    )
    _require_crs(table, asked.file)
    if not len(table):
        raise InputError(msg("{path}: the layer has no rows; there is nothing to judge", path=asked.file))
    if compared and code is None:
        raise InputError(msg("{path}: no column of codes is known; name it with --code", path=asked.file))
    if (code, name) != (asked.code, asked.name):
        say(msg("columns taken: codes from {code}, names from {name}", code=code, name=name or "–"))
    return table, code, name


def _write(asked: Asked, report: Report, plan: AreaPlan | None, columns: dict[str, str | None], lang: Lang) -> None:
    from areaplan.reports import write_judgement

    assert asked.out is not None  # noqa: S101 - the caller looked
    register = None
    if asked.opinion:
        before, whom = known_register(asked.register), asked.addressee or ""
        register = this_round(before, report.findings, None, responsible=whom, due=asked.due, lang=lang)
    write_judgement(
        report,
        asked.out,
        title=_title(asked),
        lang=lang,
        plan=plan,
        columns=columns,
        opinion_too=asked.opinion,
        addressee=asked.addressee,
        register=register,
        inputs=asked.inputs(),
    )


def _title(asked: Asked) -> str:
    """Return what the judged layer is called: its file, and its layer where the file has several."""
    return f"{asked.file.stem} · {asked.layer}" if asked.layer else asked.file.stem


def _show(report: Report, *, as_json: bool) -> None:
    from areaplan.cli.tables import print_findings, print_report

    lang = speaking()
    if as_json:
        click.echo(shown_json(_as_json(report, lang)))
        return
    print_report(report)
    print_findings(report.findings, planned=False)
    errors = len(report.findings.errors)
    said = msg("{count} findings of severity error", count=errors) if errors else msg("no finding of severity error")
    click.echo(word(said))


def _as_json(report: Report, lang: Lang) -> dict[str, Any]:
    table = report.findings.to_gdf(lang).drop(columns="geometry")
    return {"rules": report.rows(lang), "findings": json.loads(table.to_json(orient="records", force_ascii=False))}
