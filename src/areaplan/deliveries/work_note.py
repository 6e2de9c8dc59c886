"""The written work note that goes up with the layers: facts filled in, the rest for the office to write, and places to sign."""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import pandas as pd

from areaplan.check.titles import TITLES
from areaplan.deliveries.delivery import Delivery
from areaplan.deliveries.register import level_sums
from areaplan.levels import Level
from areaplan.messages import Message, msg
from areaplan.model import Severity
from areaplan.reports import word

__all__ = ["work_note"]


def work_note(
    delivery: Delivery,
    levels: dict[Level, gpd.GeoDataFrame],
    differing: pd.DataFrame | None,
    issued: tuple[int, list[str], list[str]] | None,
) -> bytes:
    """Return the work note of one county as a DOCX."""
    lang, plan = delivery.lang, delivery.plan
    county = levels["county"].iloc[0]
    title = msg(
        "Work note on the division into enumeration areas: {name}", name=county["name"] or plan.territory.title
    ).text(lang)
    document = word.new_document(title, lang)
    word.heading(document, title, 0)
    word.paragraph(document, delivery.options.edition.circulation(lang), bold=True)

    def section(heading: Message) -> None:
        word.heading(document, heading.text(lang))

    section(msg("1. What was divided"))
    sums = level_sums(levels, lang)
    rows = [
        ["" if v is None or pd.isna(v) else f"{v:,}" if isinstance(v, int | float) else str(v) for v in r]
        for r in sums.itertuples(index=False)
    ]
    word.table(document, [str(c) for c in sums.columns], rows, [160 / len(sums.columns)] * len(sums.columns))
    section(msg("2. How it was proved"))
    _proof(delivery, document)
    section(msg("3. Compared with what was issued"))
    for said in _compared(differing, issued):
        word.paragraph(document, said.text(lang))
    for heading in (msg("4. Difficulties met, and how they were settled"), msg("5. Proposals")):
        section(heading)
        word.paragraph(document, msg("(to be written by the office)").text(lang))
        for _ in range(4):
            document.add_paragraph()
    word.signatures(document, [msg("Drawn up by"), msg("Reviewed by"), msg("Office (stamp)")], lang)
    return word.as_bytes(document)


def _proof(delivery: Delivery, document: object) -> None:
    """Say what the judge found, rule by rule; the judge does not trust the planner."""
    lang = delivery.lang
    findings = list(delivery.report.findings)
    said = msg(
        "Every area was held against its village on a grid of 1 mm by exact arithmetic; plan {hash}.",
        hash=delivery.hash[:16],
    )
    word.paragraph(document, said.text(lang))
    counted = Counter((f.rule, f.severity) for f in findings)
    rules = sorted({f.rule for f in findings})
    if not rules:
        word.paragraph(document, msg("Nothing was found.").text(lang))
        return
    rows = [[f"{r} {TITLES[r].text(lang)}", *(str(counted[r, s]) for s in Severity)] for r in rules]
    heads = [m.text(lang) for m in (msg("Rule"), msg("Errors"), msg("Warnings"), msg("Notes"))]
    word.table(document, heads, rows, (85, 25, 25, 25))


def _compared(differing: pd.DataFrame | None, issued: tuple[int, list[str], list[str]] | None) -> list[Message]:
    said = []
    if differing is None:
        said.append(msg("No issued base map was given: differences were not looked for."))
    elif differing.empty:
        said.append(msg("Number, names, codes and ground agree with the issued base map."))
    else:
        said.append(
            msg("{count} differences from the issued base map stand in differences.xlsx.", count=len(differing))
        )
    if issued is None:
        said.append(msg("No issued list was given."))
    else:
        filled, left, missing = issued
        said.append(
            msg(
                "Of the issued list {filled} rows were filled in and {left} left blank; {missing} units of the plan are not in it.",
                filled=filled,
                left=len(left),
                missing=len(missing),
            )
        )
    return said
