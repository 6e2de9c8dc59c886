"""Write a mended village layer for the office's own use: its rows and columns with new outlines, the disputes, and the account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from areaplan.files.reading.village_repair import VillageRepair
from areaplan.messages import Lang
from areaplan.model import Findings
from areaplan.repair import Place

__all__ = ["dispute_table", "ledger_table", "move_table", "write_repair_layers"]

_TAKEN = ("fid", "geom")
"""Columns that a GeoPackage makes itself."""


def write_repair_layers(repair: VillageRepair, path: Path, about: Mapping[str, str], *, lang: Lang) -> None:
    """Write a GeoPackage with layers ``villages``, ``disputes``, ``moves``, ``findings`` and tables ``ledger``, ``about``.

    The villages keep the order and all columns of the file they came from.
    """
    crs = repair.villages.crs
    villages = gpd.GeoDataFrame(_renamed(repair.rows), geometry=list(repair.mended.geometry), crs=crs)
    shapes = {p.number: p.geometry for p in repair.mended.places}
    moves = move_table(repair)
    findings = Findings(repair.findings.items, crs=crs).to_gdf(lang)
    disputes = dispute_table(repair, repair.mended.disputes)
    _layer(villages, path, "villages", "MultiPolygon")
    _layer(_placed(disputes, [p.geometry for p in repair.mended.disputes], crs), path, "disputes", "MultiPolygon")
    _layer(_placed(moves, [shapes[n] for n in moves["place"]], crs), path, "moves", "MultiPolygon")
    _layer(findings, path, "findings", "Unknown")
    for name, table in (
        ("ledger", ledger_table(repair)),
        ("about", pd.DataFrame(sorted(about.items()), columns=["key", "value"])),
    ):
        pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", append=True)


def _layer(table: gpd.GeoDataFrame, path: Path, layer: str, kind: str) -> None:
    pyogrio.write_dataframe(
        table, path, layer=layer, driver="GPKG", geometry_type=kind, promote_to_multi=kind != "Unknown", append=path.exists(),
    )  # fmt: skip


def _placed(table: pd.DataFrame, shapes: list[Any], crs: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=crs))


def _renamed(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the columns under names that a GeoPackage can hold: it takes ``a`` and ``A`` for one."""
    taken, names = set(_TAKEN), []
    for column in map(str, rows.columns):
        name = column
        while name.lower() in taken:
            name += "_"
        taken.add(name.lower())
        names.append(name)
    return rows.set_axis(names, axis=1)


def dispute_table(repair: VillageRepair, places: Iterable[Place]) -> pd.DataFrame:
    """Return disputes as a table that comes back with decisions: the last columns are for people, ``dispute`` is the key."""
    names = _names(repair)
    rows = [
        {
            "dispute": p.number,
            "kind": p.kind,
            "owners": "; ".join(p.owners),
            "owner_names": "; ".join(names.get(o) or o for o in p.owners),
            "m2": round(p.m2, 2),
            "width_m": round(p.width_m, 2),
            "buildings": p.buildings,
            **_at(p),
            "proposal": _word(p.proposal),
            "settled": p.way,
            "village": _word(p.to) if p.way == "decision" else None,
            "name": p.decision.name if p.decision else None,
            "date": p.decision.date if p.decision else None,
        }
        for p in places
    ]
    columns = ["dispute", "kind", "owners", "owner_names", "m2", "width_m", "buildings", "x", "y", "proposal", "settled", "village", "name", "date"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    texts = [c for c in columns if c not in ("m2", "width_m", "buildings", "x", "y")]
    return table.astype({"buildings": "Int64"}).astype(dict.fromkeys(texts, object))


def _at(place: Place) -> dict[str, float]:
    at = shapely.point_on_surface(place.geometry)
    return {"x": round(at.x, 2), "y": round(at.y, 2)}


def _word(code: str | None) -> str | None:
    """Return a code, ``none`` for no village, nothing where nothing is proposed."""
    return None if code is None else code or "none"


def move_table(repair: VillageRepair) -> pd.DataFrame:
    """Return what went from whom to whom: ``none`` stands for no village."""
    kinds = {p.number: p.kind for p in repair.mended.places}
    decisions = {p.number: p.decision for p in repair.mended.places if p.decision}
    rows = [
        {
            "place": m.place,
            "kind": kinds[m.place],
            "from_code": _word(m.from_code),
            "to_code": _word(m.to_code),
            "m2": round(m.m2, 4),
            "way": m.way,
            "name": decisions[m.place].name if m.place in decisions else None,
            "date": decisions[m.place].date if m.place in decisions else None,
        }
        for m in repair.mended.moves
    ]
    return pd.DataFrame(rows, columns=["place", "kind", "from_code", "to_code", "m2", "way", "name", "date"])


def ledger_table(repair: VillageRepair) -> pd.DataFrame:
    """Return the account: one row a village, m² to four decimals, and whom its changes came from and went to."""
    names = _names(repair)
    rows = [
        {
            "village_code": v.village_code,
            "name": names.get(v.village_code),
            "drawn_m2": round(v.drawn_m2, 4),
            "before_m2": round(v.before_m2, 4),
            "gained_m2": round(v.gained_m2, 4),
            "lost_m2": round(v.lost_m2, 4),
            "after_m2": round(v.after_m2, 4),
            "parts_before": v.parts_before,
            "parts_after": v.parts_after,
            "gained_from": _shares(v.gained_from),
            "lost_to": _shares(v.lost_to),
        }
        for v in repair.mended.ledger.lines
    ]
    return pd.DataFrame(rows)


def _shares(shares: Mapping[str, float]) -> str:
    ordered = sorted(shares.items(), key=lambda s: (-s[1], s[0]))
    return "; ".join(f"{_word(code)}: {m2:.2f}" for code, m2 in ordered)


def _names(repair: VillageRepair) -> dict[str, str | None]:
    return dict(zip(repair.villages["village_code"], repair.villages["name"], strict=True))
