"""What comparing a return leaves in its folder: the differences, the opinion, the register, and a page to look at them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from areaplan.files import staged, write_findings, write_xlsx
from areaplan.maps import Earlier, review_page
from areaplan.messages import Lang
from areaplan.reports.opinion import Occasion, opinion
from areaplan.reports.opinion_page import opinion_page
from areaplan.reports.register import write_register
from areaplan.review import Register
from areaplan.review.returned import DIFFERENCE_WORDS, Comparison

__all__ = ["difference_rows", "write_comparison"]


def write_comparison(
    found: Comparison, register: Register, folder: Path, *, title: str, lang: Lang, addressee: str | None = None
) -> None:
    """Write everything into ``folder``, whole or not at all.

    ``differences.geojson`` and ``differences.xlsx`` are the list to accept from: whoever fills the column ``accept`` hands them to ``areaplan revise``.
    """
    plan, findings = found.plan, found.findings
    rows = difference_rows(found, lang)
    with staged(folder, owner="compare") as beside:
        write_findings(findings, beside, lang=lang)
        _write_differences(rows, beside)
        on = Occasion(title, lang, plan, addressee=addressee, register=register)
        (beside / "opinion.docx").write_bytes(opinion(findings, on))
        (beside / "opinion.html").write_text(opinion_page(findings, on), encoding="utf-8", newline="\n")
        write_register(register, beside, lang=lang)
        seen = plan.with_findings(findings.ordered())
        view = review_page(seen, seen.findings, None, lang=lang, before=_as_before(found, title))
        (beside / "changes.html").write_text(view, encoding="utf-8", newline="\n")


def _as_before(found: Comparison, title: str) -> Earlier | None:
    """Return the returned map in the form that a page shows beside the plan."""
    table = found.returned
    table = table[table.geometry.notna()].reset_index(drop=True)
    village = dict(zip(found.plan.areas["ea_code"], found.plan.areas["village_code"], strict=True))
    areas = table.assign(village_code=[village.get(c, c[:12]) for c in table["ea_code"]])
    return Earlier(title, areas, tolerance_m=found.tolerance_m) if len(areas) else None


def difference_rows(found: Comparison, lang: Lang) -> gpd.GeoDataFrame:
    """Return the differences as rows that ``areaplan revise`` understands; those that change no plan have no action."""
    rows = [row for number, d in enumerate(found.differences, 1) for row in _rows(number, d, lang)]
    columns = [
        "number",
        "difference",
        "what",
        "accept",
        "action",
        "area",
        "to",
        "value",
        "reason",
        "moved_m",
        "area_m2",
        "households",
    ]
    table = pd.DataFrame([{c: r.get(c) for c in columns} for r in rows], columns=columns)
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries([r["geometry"] for r in rows], crs=found.plan.crs))


def _rows(number: int, d: object, lang: Lang) -> Iterator[dict[str, object]]:
    from areaplan.review.returned import Difference

    assert isinstance(d, Difference)  # noqa: S101 - for the type checker
    base: dict[str, object] = {
        "number": number, "difference": DIFFERENCE_WORDS[d.kind].text(lang), "what": d.finding().message.text(lang), "accept": "",
        "reason": d.message.text(lang), "moved_m": d.moved_m, "area_m2": d.area_m2, "households": d.households, "geometry": d.place,
        "area": " ".join(d.areas),
    }  # fmt: skip
    if d.kind == "border":
        for giver, taker, ground in d.gives:
            yield base | {
                "action": "move",
                "area": giver,
                "to": taker,
                "area_m2": float(ground.area),
                "geometry": ground,
            }
    elif d.kind == "joined":
        yield base | {"action": "merge"}
    elif d.kind == "divided":
        yield base | {"action": "split", "geometry": d.line}
    elif d.kind == "name":
        yield base | {"action": "rename", "value": d.value}
    else:
        yield base | {"action": None}


def _write_differences(rows: gpd.GeoDataFrame, folder: Path) -> None:
    import json

    shapes = [None if g is None else shapely.geometry.mapping(g) for g in rows.geometry]
    values = json.loads(pd.DataFrame(rows.drop(columns="geometry")).to_json(orient="records", force_ascii=False))
    features = [{"type": "Feature", "properties": v, "geometry": g} for v, g in zip(values, shapes, strict=True)]
    data: dict[str, object] = {
        "type": "FeatureCollection",
        "name": "differences",
        "areaplan": {"format": "differences", "version": 1},
    }
    authority = rows.crs.to_authority() if rows.crs is not None else None
    if authority:
        data["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{authority[0]}::{authority[1]}"}}
    text = json.dumps(data | {"features": features}, ensure_ascii=False, indent=1)
    (folder / "differences.geojson").write_text(text + "\n", encoding="utf-8", newline="\n")
    flat = pd.DataFrame(rows.drop(columns="geometry"))
    wkt = [g.wkt if g is not None and len(g.wkt) < 32_000 else None for g in rows.geometry]
    write_xlsx(folder / "differences.xlsx", {"differences": flat.assign(wkt=wkt)}, widths={"what": 60, "wkt": 20})
