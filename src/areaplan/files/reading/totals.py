"""Read village totals from a table (CSV, XLSX, or any table of a data file) and give them to the villages."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from areaplan.files.reading.asked import all_there
from areaplan.files.reading.encodings import is_encoding, unknown_encoding
from areaplan.files.reading.layers import Layer, open_table, opening
from areaplan.files.reading.paths import local_file
from areaplan.files.reading.record import Record
from areaplan.files.reading.sheets import Sheet, read_csv, read_xlsx, sheet_names
from areaplan.files.reading.strict import code_faults, counts_of
from areaplan.messages import msg
from areaplan.model import Finding, Severity
from areaplan.settings import LayerInput, Settings, TotalsInput

__all__ = ["read_table", "read_totals", "with_totals"]

SHEETS = (".csv", ".xlsx")
SUMS = {"合计", "总计", "小计", "合計", "總計", "total", "sum"}
"""What stands in the code column of a row that adds the others up."""
COUNTED = {"households": msg("households"), "persons": msg("persons")}


def read_totals(settings: Settings, spec: TotalsInput, record: Record) -> pd.DataFrame | None:
    """Return the totals table with columns village_code, households, persons (those that were asked for)."""
    wanted = {"code": spec.code, "households": spec.households, "persons": spec.persons}
    layer = read_table(settings, spec, wanted, record)
    if layer is None:
        return None
    columns: dict[str, object] = {"village_code": code_faults(layer, spec.code, msg("village code"), record)}
    for key in ("households", "persons"):
        if wanted[key]:
            columns[key] = pd.Series(counts_of(layer, str(wanted[key]), record), dtype="Int64")
    return pd.DataFrame(columns)


def read_table(settings: Settings, spec: LayerInput, wanted: dict[str, str | None], record: Record) -> Layer | None:
    """Read the wanted columns of a table (CSV, XLSX or a table of a data file), or ``None`` after noting why not."""
    path = local_file(settings, spec, record, table=True)
    if path is None:
        return None
    layer = None
    with opening(spec, record):
        layer = (
            _sheet(path, spec, wanted, record)
            if path.suffix.lower() in SHEETS
            else open_table(path, spec, wanted, record)
        )
    return layer  # noqa: RET504 - `opening` swallows, and then it is None


def _sheet(path: Path, spec: LayerInput, wanted: dict[str, str | None], record: Record) -> Layer | None:
    excel = path.suffix.lower() == ".xlsx"
    sheet = _xlsx(path, spec, record) if excel else _csv(path, spec, record)
    if sheet is None:
        return None
    where = (
        msg("{path}, layer {layer}", path=spec.path, layer=spec.layer)
        if excel and spec.layer
        else msg("{path}", path=spec.path)
    )
    if not all_there(where, wanted, [*map(str, sheet.table.columns), *sheet.doubled], record):
        return None
    first = next(c for c in wanted.values() if c is not None)
    table = sheet.table[np.array([_key(v) not in SUMS for v in sheet.table[first]], dtype=bool)]
    return Layer(where, table, np.full(len(table), None, dtype=object), None, sheet.first_row)


def _key(value: object) -> str:
    return str(value).replace(" ", "").lower()


def _csv(path: Path, spec: LayerInput, record: Record) -> Sheet | None:
    if spec.encoding and not is_encoding(spec.encoding):
        record.fault(unknown_encoding(msg("{path}", path=spec.path), spec.encoding))
        return None
    sheet = read_csv(path, spec.encoding)
    if sheet is None:
        tried = spec.encoding or "UTF-8, GB18030, BIG5"
        record.fault(
            msg(
                "{path}: its text cannot be decoded as {encoding}; write encoding = in the settings",
                path=spec.path,
                encoding=tried,
            )
        )
    return sheet


def _xlsx(path: Path, spec: LayerInput, record: Record) -> Sheet | None:
    sheets = sheet_names(path)
    if spec.layer is not None and spec.layer not in sheets:
        record.fault(
            msg(
                "{path}: no sheet {layer}; it has: {listed}", path=spec.path, layer=spec.layer, listed=", ".join(sheets)
            )
        )
        return None
    return read_xlsx(path, spec.layer or sheets[0])


def with_totals(villages: gpd.GeoDataFrame, totals: pd.DataFrame, record: Record) -> gpd.GeoDataFrame:
    """Return the villages with the totals of the table; it wins over the layer's own counts, and differences are findings.

    A village of the table without ground, such as a residents' committee on another's land, is listed; so is a village without total.
    """
    table = totals.set_index("village_code")
    out = villages.copy()
    for key in [k for k in ("households", "persons") if k in table]:
        new = table[key].reindex(villages["village_code"]).reset_index(drop=True)
        _differences(villages, key, new, record)
        out[key] = new.fillna(villages[key])
    _groundless(villages, table, record)
    return out


def _differences(villages: gpd.GeoDataFrame, key: str, new: pd.Series, record: Record) -> None:
    for code, place, old, now in zip(villages["village_code"], villages.geometry, villages[key], new, strict=True):
        if pd.isna(now):
            message = msg("village {village} has no {what} in the table of totals", village=code, what=COUNTED[key])
            record.find(
                [
                    Finding(
                        "R08", Severity.WARNING, code, message, village_code=code, geometry=place.representative_point()
                    )
                ]
            )
        elif not pd.isna(old) and old != now:
            message = msg(
                "village {village}: {what} is {old} in the layer and {now} in the table of totals; the table is used",
                village=code,
                what=COUNTED[key],
                old=int(old),
                now=int(now),
            )
            record.find(
                [
                    Finding(
                        "R08",
                        Severity.WARNING,
                        code,
                        message,
                        village_code=code,
                        measure=float(now - old),
                        unit=key,
                        geometry=place.representative_point(),
                    )
                ]
            )


def _groundless(villages: gpd.GeoDataFrame, table: pd.DataFrame, record: Record) -> None:
    known = set(villages["village_code"])
    for code in [c for c in table.index if c not in known]:
        count = table["households"].get(code) if "households" in table else None
        households = 0 if count is None or pd.isna(count) else int(count)
        message = msg(
            "village {village} stands in the table of totals but has no ground of its own; its {households} households are planned where they live",
            village=code,
            households=households,
        )
        severity = Severity.WARNING if households else Severity.NOTE
        record.find(
            [
                Finding(
                    "R08",
                    severity,
                    str(code),
                    message,
                    village_code=str(code),
                    measure=float(households),
                    unit="households",
                )
            ]
        )
