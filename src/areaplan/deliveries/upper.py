"""To the superior office (上报): per county the three layers merged bottom-up, the issued list filled in, counts, differences, a work note."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from areaplan.deliveries.delivery import Delivery
from areaplan.deliveries.fields import FieldMapping, mapped, read_mapping
from areaplan.deliveries.issued import filled_in
from areaplan.deliveries.office import about
from areaplan.deliveries.printing import LEVEL_NAMES
from areaplan.deliveries.register import level_sums
from areaplan.deliveries.work_note import work_note
from areaplan.files import safe_name, write_layers, xlsx_bytes
from areaplan.levels import Level
from areaplan.messages import msg

__all__ = ["for_upper"]


@dataclass(frozen=True)
class _County:
    """Hold one county's part of the plan."""

    code: str
    folder: str
    levels: dict[Level, gpd.GeoDataFrame]


def for_upper(delivery: Delivery) -> None:
    """Fill the folder of the superior office: a folder per county."""
    mapping = read_mapping(delivery.options.fields)
    issued = _issued(delivery, mapping)
    for county in _counties(delivery):
        _layers(delivery, county, mapping)
        counts = level_sums(county.levels, delivery.lang)
        delivery.put(
            f"{county.folder}/counts.xlsx",
            msg("counts per level, each the sum of the one below"),
            xlsx_bytes({msg("Counts").text(delivery.lang): counts, **about(delivery)}),
        )
        delivery.items[-1].rows.update({level: len(t) for level, t in county.levels.items()})
        found = _differences(delivery, county) if delivery.options.base else None
        if found is not None:
            says = msg("differences from the issued base map in number, name, code and ground (R23)")
            sheet = {msg("Differences").text(delivery.lang): found, **about(delivery)}
            delivery.put(f"{county.folder}/differences.xlsx", says, xlsx_bytes(sheet))
        note = work_note(delivery, county.levels, found, issued[1] if issued else None)
        delivery.put(
            f"{county.folder}/work_note.docx",
            msg("work note: what was divided, how it was proved, what differs; to be completed and signed"),
            note,
        )
    if issued:
        delivery.put(issued[0], msg("the issued list, filled in one column; every other byte is as issued"), issued[2])
    if delivery.options.base is None:
        delivery.notes.append(msg("No issued base map was given (--base): differences (R23) were not looked for."))


def _counties(delivery: Delivery) -> list[_County]:
    out = []
    for code in delivery.levels["county"]["code"]:
        part: dict[Level, gpd.GeoDataFrame] = {
            "county": delivery.levels["county"][delivery.levels["county"]["code"] == code]
        }
        above: Level = "county"
        for level in ("township", "village", "area"):
            table = delivery.levels[level]
            part[level] = table[table["parent"].isin(part[above]["code"])].reset_index(drop=True)
            above = level
        out.append(_County(code, safe_name(code) if code else "county", part))
    return out


def _differences(delivery: Delivery, county: _County) -> pd.DataFrame:
    """Return what the judge found under R23 on the units of a county, and on the numbers of units."""
    lang, codes = delivery.lang, {c for t in county.levels.values() for c in t["code"]}
    heads = [m.text(lang) for m in (msg("Subject"), msg("What"), msg("Measure"), msg("Unit"))]
    several = len(delivery.levels["county"]) > 1
    rows = [
        [f.subject, f.message.text(lang), f.measure, f.unit]
        for f in delivery.report.findings.under("R23")
        if f.subject in codes or not several or f.subject.startswith(county.code or "\0")
    ]
    return pd.DataFrame(rows, columns=heads, dtype=object)


def _layers(delivery: Delivery, county: _County, mapping: FieldMapping) -> None:
    for layer in mapping.layer:
        table = mapped(county.levels[layer.level], layer, mapping.encoding)
        folder = delivery.place(f"{county.folder}/x").parent
        if mapping.format == "gdb":
            [path] = write_layers(folder, layer.file, {layer.file: table}, format="gdb")
        else:
            [path] = write_layers(folder, "", {layer.file: table}, format="shp", encoding=mapping.encoding)
        says = msg("layer of {level}, merged from the enumeration areas", level=LEVEL_NAMES[layer.level])
        delivery.list(path, says, {layer.file: len(table)})


def _issued(delivery: Delivery, mapping: FieldMapping) -> tuple[str, tuple[int, list[str], list[str]], bytes] | None:
    """Return name, what was filled and what was not, and bytes of the issued list."""
    path = delivery.options.issued
    if path is None:
        delivery.notes.append(msg("No issued list was given (--issued): none is filled in."))
        return None
    spec = mapping.issued
    table = delivery.levels[spec.level]
    values = {c: None if pd.isna(v) else int(v) for c, v in zip(table["code"], table[spec.source], strict=True)}
    data, left, missing = filled_in(path, values, spec.key, spec.fill)
    for text, codes in (
        (msg("Left blank in the issued list, for the plan does not have them: {codes}", codes=", ".join(left)), left),
        (msg("In the plan, but not in the issued list: {codes}", codes=", ".join(missing)), missing),
    ):
        if codes:
            delivery.notes.append(text)
    return f"issued_list{path.suffix.lower()}", (len(values) - len(missing), left, missing), data
