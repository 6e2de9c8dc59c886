"""Texts that try to be more than text, for every field a person can fill."""

from __future__ import annotations

from dataclasses import replace

from areaplan.messages import msg
from areaplan.model import AreaPlan, Finding, Findings, Severity

__all__ = ["HOSTILE", "hostile_findings", "hostile_plan"]

_RUN = "window.__pwned=1"

HOSTILE = (
    f"<script>{_RUN}</script>",
    f"</script><script>{_RUN}</script>",
    f"<img src=x onerror={_RUN}>",
    f"<img src=x onerror=\"{_RUN}\">",
    f"<svg onload={_RUN}>",
    f"<svg><script>{_RUN}</script></svg>",
    f"<iframe srcdoc='<script>parent.{_RUN}</script>'>",
    f"<body onload={_RUN}>",
    f"<details open ontoggle={_RUN}>",
    f"<input autofocus onfocus={_RUN}>",
    f"<a href=javascript:{_RUN}>x</a>",
    f"<math><mtext><img src=x onerror={_RUN}></mtext></math>",
    f"<style>@import 'http://evil.example/x.css'</style>",  # noqa: F541
    "<link rel=stylesheet href=http://evil.example/y.css>",
    "<img src=http://evil.example/z.png>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'>",
    "<base href=http://evil.example/>",
    "<object data=http://evil.example/o></object>",
    f"\" onmouseover={_RUN} x=\"",
    f"' onmouseover='{_RUN}",
    f"'-({_RUN})-'",
    f"\";{_RUN};//",
    f"\\\";{_RUN};//",
    f"`${{{_RUN}}}`",
    f"${{{_RUN}}}",
    "{{7*7}}",
    "{{ this.get_root() }}",
    "{% for x in (1,2) %}x{% endfor %}",
    "{# comment #}",
    "{0} {name} {text}",
    "%s %(name)s %n",
    "--><script>" + _RUN + "</script><!--",
    "<!--",
    "]]><script>" + _RUN + "</script>",
    "<![CDATA[x]]>",
    "&lt;b&gt; &amp; &#60;script&#62;",
    "line\u2028separator\u2029end",
    "\u202eright to left\u202c and \u2066isolate\u2069",
    "zero\u200bwidth\ufeffmark",
    "nul\x00 bell\x07 escape\x1b[31m del\x7f",
    "tab\tand\nnewline\r\nend",
    "汉" * 200,
    "W" * 200,
    "𠮷野家 👨‍👩‍👧 é",
    "__proto__",
    "constructor",
    "=1+1",
    "</title><script>" + _RUN + "</script>",
    "</textarea></style></noscript><script>" + _RUN + "</script>",
)  # fmt: skip


def hostile_plan(plan: AreaPlan, text: str) -> AreaPlan:
    """Return the plan with ``text`` in every text field: title, names, codes, lines, buildings."""
    code = {v: f"{text}{i}" for i, v in enumerate(plan.territory.villages["village_code"])}

    def village_of(column):  # type: ignore[no-untyped-def]
        return column.map(lambda v: code.get(v, v))

    def area_of(column):  # type: ignore[no-untyped-def]
        return column.map(lambda a: None if a is None else f"{code[a[:-3]]}{a[-3:]}")

    territory = plan.territory
    villages = territory.villages.assign(
        village_code=village_of(territory.villages["village_code"]), name=text, township=text, county=text
    )
    lines = territory.lines.assign(name=text)
    lines["class"] = text
    cells = plan.cells
    table = cells.table.assign(
        ea_code=area_of(cells.table["ea_code"]), village_code=village_of(cells.table["village_code"]), label=text
    )
    buildings = cells.buildings.assign(
        ea_code=area_of(cells.buildings["ea_code"]),
        village_code=village_of(cells.buildings["village_code"]),
        name=text,
        use=text,
    )
    areas = plan.areas.assign(
        ea_code=area_of(plan.areas["ea_code"]),
        village_code=village_of(plan.areas["village_code"]),
        name=text,
        special=text,
    )
    boundaries = plan.boundaries.assign(
        left_ea=area_of(plan.boundaries["left_ea"]), right_ea=area_of(plan.boundaries["right_ea"]), feature_name=text
    )
    return replace(
        plan,
        cells=replace(
            cells,
            territory=replace(territory, villages=villages, lines=lines, title=text),
            table=table,
            buildings=buildings,
        ),
        areas=areas,
        boundaries=boundaries,
    )


def hostile_findings(plan: AreaPlan, text: str) -> Findings:
    """Return two findings whose every text is ``text``: one about an area, one about nothing known."""
    first = plan.areas.iloc[0]
    return Findings(
        (
            Finding(
                text,
                Severity.ERROR,
                first["ea_code"],
                msg("{text}", text=text),
                first["village_code"],
                1.0,
                text,
                first.geometry,
            ),
            Finding(
                "R13",
                Severity.WARNING,
                text,
                msg("{text}", text=text),
                None,
                2.0,
                "m",
                plan.boundaries.geometry.iloc[0],
            ),
        ),
        plan.crs,
    )
