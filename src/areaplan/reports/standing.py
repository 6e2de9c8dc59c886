"""The inspection sheet 督查表 of a county, and its index page with a small map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from pathlib import Path

import geopandas as gpd
import pandas as pd

from areaplan.files import staged, write_xlsx
from areaplan.messages import Lang, msg, plain
from areaplan.reports.opinion_page import page_of
from areaplan.reports.standing_map import standing_map
from areaplan.review import STEPS, Standing

__all__ = ["standing_page", "standing_table", "write_standing"]

_COLOURS = {"late": "#b2182b", "faulty": "#ef8a62", "going": "#f7f7f7", "done": "#2166ac"}
_STYLE = """
body{font:14px/1.45 "Noto Sans CJK SC","Microsoft YaHei","Source Han Sans SC",sans-serif;margin:1rem;color:#111}
h1{font-size:1.3rem}table{border-collapse:collapse}td,th{border:1px solid #999;padding:.2rem .45rem;text-align:left;white-space:nowrap}
th{background:#2f4b6e;color:#fff;position:sticky;top:0}td.n{text-align:right}tr.late td.when{background:#b2182b;color:#fff}
tr.faulty td.errors{background:#ef8a62}.maps{display:flex;flex-wrap:wrap;gap:.6rem;max-width:60rem}svg{flex:1 1 16rem;max-width:44rem;max-height:32rem;height:auto;border:1px solid #999;background:#fff}
.wide{overflow-x:auto}.key span{margin-right:1.2rem}.key i{display:inline-block;width:1em;height:1em;border:1px solid #333;vertical-align:-.15em;margin-right:.3em}
.c-late{fill:#b2182b;background:#b2182b}.c-faulty{fill:#ef8a62;background:#ef8a62}.c-going{fill:#f7f7f7;background:#f7f7f7}.c-done{fill:#2166ac;background:#2166ac}
path{stroke:#333;stroke-width:1}text{font-size:13px;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:3px}
@media print{th{color:#000;background:none}}
"""


def standing_table(rows: Sequence[Standing], lang: Lang) -> pd.DataFrame:
    """Return a row per township in the order given; columns of the office's own table come last."""
    own = list(dict.fromkeys(k for s in rows for k in (s.own or {})))
    heads = [
        msg("township"), msg("title"), msg("next step"), msg("due"), msg("days late"), msg("responsible"), msg("villages"), msg("areas"),
        msg("proved"), msg("errors"), msg("approved"), msg("to revise"), msg("undecided"), msg("revisions"), msg("issue"),
        msg("rounds of returns"), msg("open opinions"), msg("signatures"), msg("last change"), msg("cannot be read"),
    ]  # fmt: skip
    table = pd.DataFrame([_row(s, lang) + [(s.own or {}).get(k) for k in own] for s in rows])
    table.columns = pd.Index([*(h.text(lang) for h in heads), *own])
    return table


def _row(s: Standing, lang: Lang) -> list[object]:
    plan, yes, no = s.plan, msg("yes").text(lang), msg("no").text(lang)
    issue = s.issued
    proved = None if plan is None or plan.proved is None else yes if plan.proved else no
    told: list[object] = [None] * 11
    if plan is not None:
        told = [
            plan.villages, len(plan.areas), proved, s.errors, s.approved, s.to_revise, s.undecided, plan.revisions,
            None if issue is None else f"{issue['number']} ({issue['date']})", plan.signatures, plan.last_change[:10],
        ]  # fmt: skip
    return [
        s.name,
        None if plan is None else plan.title,
        None if s.step is None else STEPS[s.step].text(lang),
        None if s.due is None else s.due.isoformat(),
        None if s.late_days is None else max(s.late_days, 0),
        s.responsible or None,
        *told[:9],
        s.rounds,
        s.open_items,
        *told[9:],
        "; ".join(f.text(lang) for f in s.faults) or None,
    ]


def write_standing(
    rows: Sequence[Standing], outlines: Mapping[str, gpd.GeoSeries], folder: Path, *, today: date, lang: Lang
) -> None:
    """Write ``status.xlsx`` (the inspection sheet) and ``index.html`` into ``folder``, whole or not at all."""
    table = standing_table(rows, lang)
    with staged(folder, owner="status") as beside:
        write_xlsx(beside / "status.xlsx", {msg("Inspection").text(lang): table})
        page = standing_page(rows, outlines, today=today, lang=lang)
        (beside / "index.html").write_text(page, encoding="utf-8", newline="\n")


def standing_page(rows: Sequence[Standing], outlines: Mapping[str, gpd.GeoSeries], *, today: date, lang: Lang) -> str:
    """Return the index page: a small map in the colours of the state, and the table; no script, no request."""
    table = standing_table(rows, lang)
    title = msg("Standing on {day}", day=today.isoformat()).text(lang)
    heads = "".join(f"<th>{escape(plain(h))}</th>" for h in table.columns)
    body = "".join(_line(s, values) for s, values in zip(rows, table.astype(object).to_numpy().tolist(), strict=True))
    parts = [
        f"<h1>{escape(title)}</h1>",
        standing_map({s.name: _state(s) for s in rows}, outlines, lang),
        _key(lang),
        f'<div class="wide"><table><tr>{heads}</tr>{body}</table></div>',
    ]
    return page_of(title, "\n".join(parts), lang, style=_STYLE)


def _state(s: Standing) -> str:
    if s.late_days is not None and s.late_days > 0:
        return "late"
    if s.faults or s.plan is None or s.errors or s.plan.proved is not True:
        return "faulty"
    return "done" if s.issued is not None else "going"


def _line(s: Standing, values: list[object]) -> str:
    cells = []
    for i, value in enumerate(values):
        mark = "errors" if i == 9 else "when" if i in (3, 4) else ""
        number = isinstance(value, (int, float)) and value == value  # noqa: PLR0124 - NaN
        shown = "" if value is None or pd.isna(value) else f"{value:g}" if number else escape(plain(value))
        kind = " ".join(filter(None, (mark, "n" if number else "")))
        cells.append(f'<td class="{kind}">{shown}</td>' if kind else f"<td>{shown}</td>")
    return f'<tr class="{_state(s)}">{"".join(cells)}</tr>'


def _key(lang: Lang) -> str:
    words = {
        "late": msg("late"),
        "faulty": msg("no plan, not proved, or errors"),
        "going": msg("on the way"),
        "done": msg("issued"),
    }
    spans = "".join(f'<span><i class="c-{k}"></i>{escape(v.text(lang))}</span>' for k, v in words.items())
    return f'<p class="key">{spans}</p>'
