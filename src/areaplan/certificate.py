"""The certificate of a plan: what was proved, in numbers a stranger can compute again.

It holds a content hash of the plan, the count of edges that cancelled, and per village the square millimetres and households that went in
and came out, as whole numbers. :func:`verify_certificate` trusts none of it and computes everything anew.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from areaplan import __version__
from areaplan.check import Report, check_plan
from areaplan.messages import Message, msg
from areaplan.model import AreaPlan, Severity
from areaplan.proof import Proof
from areaplan.schema import SCHEMA_VERSION

__all__ = [
    "content_hash",
    "make_certificate",
    "make_layer_certificate",
    "verdicts_left_out",
    "verify_certificate",
    "verify_layer_certificate",
]

FORM = 1
"""Version of the certificate's own form."""

_HASHED = {
    "villages": ("village_code", "households", "persons"),
    "areas": ("ea_code", "village_code", "households", "persons"),
    "cells": ("cell_id", "ea_code", "village_code", "households", "persons"),
}
_NOT_COMPARED = ("areaplan",)

_RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "previous": ("R11", "R19", "R21"),
    "staff": ("R18",),
    "base_map": ("R23",),
    "code_list": ("R11", "R12"),
}
"""Rules whose verdict may rest on what was laid beside the plan; on anything else, such as the original layers, all may."""


def content_hash(plan: AreaPlan) -> str:
    """Return the SHA-256 over the sorted rows of villages, areas and cells: codes, households, persons and normalised geometry.

    Names, language, findings, styles and the order of rows do not enter; a geometry is the same as a polygon and as a multipolygon of one
    part, whichever vertex its rings start at.
    """
    return _hash({"villages": plan.territory.villages, "areas": plan.areas, "cells": plan.cells.table})


def _hash(tables: Mapping[str, gpd.GeoDataFrame]) -> str:
    digest = hashlib.sha256()
    for layer in sorted(tables, key=list(_HASHED).index):
        rows = sorted(_rows(tables[layer], _HASHED[layer]))
        digest.update(struct.pack("<Q", len(rows)))
        for row in rows:
            digest.update(row)
    return digest.hexdigest()


def _rows(table: gpd.GeoDataFrame, columns: tuple[str, ...]) -> Iterator[bytes]:
    """Yield every row as bytes, each value with its length before it so that no two rows can be confused."""
    length = struct.Struct("<q").pack
    values = [[_value(v) for v in table[c].tolist()] for c in columns]
    values.append(_normalised(table.geometry.to_numpy()))
    measured = ([length(-1) if v is None else length(len(v)) + v for v in column] for column in values)
    yield from map(b"".join, zip(*measured, strict=True))


def _value(value: object) -> bytes | None:
    if type(value) is str:
        return value.encode()
    if type(value) is int:
        return b"%d" % value
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN
        return None
    return str(int(value) if isinstance(value, (float, np.floating)) else value).encode()


def _normalised(shapes: np.ndarray) -> list[bytes | None]:
    types = shapely.get_type_id(shapes)
    many, single = shapes.copy(), types == 3
    if single.any():
        many[single] = shapely.multipolygons(shapes[single], indices=np.arange(single.sum()))
    if (shapely.has_z(many) | shapely.has_m(many)).any() or _negative_zeros(many):
        many = shapely.transform(many, lambda c: c + 0.0)  # -0.0 and 0.0 are the same place
    return list(shapely.to_wkb(shapely.normalize(many), output_dimension=2, byte_order=1))


def _negative_zeros(shapes: np.ndarray) -> bool:
    coords = shapely.get_coordinates(shapes)
    return bool(np.signbit(coords[coords == 0]).any())


def make_certificate(plan: AreaPlan, report: Report | None = None, *, known_hash: str | None = None) -> dict[str, Any]:
    """Return the certificate of ``plan``, ready for JSON.

    Parameters
    ----------
    plan
        What is certified, as it stands; a plan with faults gets a certificate that says so.
    report
        Its judgement; made here if not given.
    known_hash
        Its :func:`content_hash`; made here if not given.
    """
    report = check_plan(plan) if report is None else report
    proof = report.proof
    villages = _villages(plan, report)
    return {
        "form": FORM,
        "areaplan": __version__,
        "schema": SCHEMA_VERSION,
        "title": plan.territory.title,
        "crs": _crs_text(plan.crs),
        "rules": report.pack,
        "beside": list(report.beside),
        "content_hash": content_hash(plan) if known_hash is None else known_hash,
        "proof": _proof(proof),
        "totals": {
            "twice_mm2_in": sum(v["twice_mm2_in"] for v in villages),
            "twice_mm2_out": sum(v["twice_mm2_out"] for v in villages),
            "households_in": _sum(v["households_in"] for v in villages),
            "households_out": _sum(v["households_out"] for v in villages),
            "buildings": len(plan.cells.buildings),
            "cells": len(plan.cells.table),
        },
        "verdicts": {r.rule: r.verdict for r in report},
        "findings": {str(s): len(report.findings.of(s)) for s in Severity},
        "villages": villages,
    }


def _proof(proof: Proof) -> dict[str, Any]:
    table = proof.table
    return {
        "tiles": proof.tiles,
        "grid_m": table.grid_m,
        "tolerance_m": proof.tolerance_m,
        "villages": table.parents,
        "areas": table.areas,
        "vertices": len(table.grid),
        "edges": proof.edges,
        "edges_cancelled": proof.cancelled,
        "edges_noded": proof.left - proof.residual if proof.residual <= proof.left else 0,
        "edges_left": proof.residual,
        **_square_metres(proof),
    }


def make_layer_certificate(report: Report, *, title: str, columns: Mapping[str, str | None]) -> dict[str, Any]:
    """Return the certificate of a judged layer that is no plan, ready for JSON.

    Parameters
    ----------
    report
        Its judgement.
    title
        What it is called.
    columns
        Which columns it was judged by, for whoever verifies it.
    """
    tables = {"areas": report.areas} | ({} if report.villages is None else {"villages": report.villages})
    own, above = report.proof.doubled_area()
    unit = round(report.proof.table.grid_m / 0.001) ** 2
    return {
        "form": FORM,
        "kind": "layer",
        "areaplan": __version__,
        "title": title,
        "crs": _crs_text(report.areas.crs),
        "rules": report.pack,
        "columns": dict(columns),
        "content_hash": _hash(tables),
        "proof": _proof(report.proof),
        "totals": {
            "twice_mm2_in": sum(above) * unit,
            "twice_mm2_out": sum(own) * unit,
            "households_out": _sum(_whole(h) for h in report.areas["households"]),
        },
        "verdicts": {r.rule: r.verdict for r in report},
        "findings": {str(s): len(report.findings.of(s)) for s in Severity},
    }


def verify_layer_certificate(certificate: Mapping[str, Any], report: Report) -> list[Message]:
    """Name every value of a layer's certificate that its judgement made anew does not give; verdicts beyond the proof may rest on other data.

    Parameters
    ----------
    certificate
        What was read from ``certificate.json``.
    report
        The layer judged again, by the same columns against the same parents.
    """
    columns = certificate.get("columns")
    fresh = make_layer_certificate(report, title="", columns=columns if isinstance(columns, Mapping) else {})
    compared = ("form", "kind", "crs", "content_hash", "proof", "totals")
    return _differences({k: certificate.get(k) for k in compared}, {k: fresh[k] for k in compared})


def _square_metres(proof: Proof) -> dict[str, float]:
    """Return what is missing, held twice, and held beyond the parents; nought where every edge cancelled."""
    kinds = {"gap_m2": ("gap", "hole"), "overlap_m2": ("overlap",), "spill_m2": ("spill", "astray")}
    return {
        name: round(sum((f.area_m2 for f in proof.faults if f.kind in wanted), 0.0), 6)
        for name, wanted in kinds.items()
    }


def _villages(plan: AreaPlan, report: Report) -> list[dict[str, Any]]:
    """Return the ledger: per village what went in (its own ground and total) and what came out (its areas)."""
    table = report.proof.table
    unit = round(table.grid_m / 0.001) ** 2  # grid units to square millimetres
    own, above = report.proof.doubled_area()
    homes = list(plan.areas["village_code"])
    out: dict[Any, int] = {}
    for home, doubled in zip(homes, own, strict=True):
        out[home] = out.get(home, 0) + doubled * unit
    sums = plan.areas.groupby("village_code")["households"].agg(lambda s: s.sum(skipna=False))
    cells = plan.cells.table.groupby("village_code")["households"].agg(lambda s: s.sum(skipna=False))
    buildings = plan.cells.buildings["village_code"].value_counts()
    rows = []
    for row, village in enumerate(plan.territory.villages.itertuples()):
        code = village.village_code
        rows.append({
            "village_code": code,
            "areas": homes.count(code),
            "twice_mm2_in": above[row] * unit,
            "twice_mm2_out": out.get(code, 0),
            "households_in": _whole(cells.get(code, village.households)),
            "households_out": _whole(sums.get(code, 0)),
            "households_register": _whole(village.households),
            "buildings": int(buildings.get(code, 0)),
        })  # fmt: skip
    return sorted(rows, key=lambda r: str(r["village_code"]))


def _whole(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def _sum(values: Iterator[int | None]) -> int | None:
    known = list(values)
    return None if any(v is None for v in known) else sum(v for v in known if v is not None)


def _crs_text(crs: Any) -> str | None:
    return None if crs is None else ":".join(crs.to_authority() or ()) or str(crs.to_wkt())


def verify_certificate(
    certificate: Mapping[str, Any], plan: AreaPlan, *, pack: str | None = None, previous: AreaPlan | None = None
) -> list[Message]:
    """Compute the certificate of ``plan`` anew and name every value that differs; an empty list means that it stands.

    Hash, totals, ledger and proof are always compared. A verdict that may rest on what was laid beside the plan, and is not here, is not:
    :func:`verdicts_left_out` names those rules.

    Parameters
    ----------
    certificate
        What was read from ``certificate.json``.
    plan
        What it is said to be of.
    pack
        Rule pack, where the plan was certified under another than its settings name.
    previous
        The plan before it, where it was certified beside one.
    """
    if not isinstance(certificate, Mapping) or certificate.get("form") != FORM or certificate.get("kind") == "layer":
        return [msg("this is no certificate of a plan of form {form}", form=FORM)]
    known = previous if "previous" in (certificate.get("beside") or ()) else None
    fresh = make_certificate(plan, check_plan(plan, pack=pack, previous=known))
    left_out = verdicts_left_out(certificate, fresh["beside"])
    return _differences(_comparable(certificate, left_out), _comparable(fresh, left_out))


def verdicts_left_out(certificate: Mapping[str, Any], beside: Iterable[str] = ()) -> list[str]:
    """Return the rules whose verdicts cannot be given again without what the certificate says was laid beside the plan.

    Parameters
    ----------
    certificate
        What was read from ``certificate.json``.
    beside
        What is here.

    Examples
    --------
    >>> verdicts_left_out({"beside": ["previous"], "verdicts": {"R01": "passed", "R19": "passed"}})
    ['R19']
    """
    said, verdicts = certificate.get("beside"), certificate.get("verdicts")
    missing = {str(name) for name in said} - set(beside) if isinstance(said, list) else set()
    every = [str(rule) for rule in verdicts] if isinstance(verdicts, Mapping) else []
    return sorted({rule for name in missing for rule in every if rule in _RESTS_ON.get(name, every)})


def _comparable(certificate: Mapping[str, Any], left_out: Collection[str]) -> dict[str, Any]:
    """Return a certificate without what it was made beside, and without the verdicts left out and the counts that they enter."""
    kept = {k: v for k, v in certificate.items() if k != "beside" and not (left_out and k == "findings")}
    if isinstance(kept.get("verdicts"), Mapping):
        kept["verdicts"] = {rule: v for rule, v in kept["verdicts"].items() if rule not in left_out}
    return kept


def _differences(certificate: Mapping[str, Any], fresh: Mapping[str, Any]) -> list[Message]:
    said = {k: v for k, v in _flat(certificate) if k not in _NOT_COMPARED}
    found = {k: v for k, v in _flat(json.loads(json.dumps(fresh))) if k not in _NOT_COMPARED}
    return [
        msg("{key}: the certificate says {said}, the plan gives {found}", key=key,
            said=_shown(said, key), found=_shown(found, key))
        for key in [*found, *(k for k in said if k not in found)]
        if key not in said or key not in found or said[key] != found[key]
    ]  # fmt: skip


def _shown(values: Mapping[str, Any], key: str) -> object:
    return str(values[key])[:200] if key in values else msg("nothing")


def _flat(values: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every plain value under its path; villages go by code, so that order does not matter."""
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield from _flat(value, f"{at}.{key}" if at else str(key))
    elif isinstance(values, list):
        for number, value in enumerate(values, 1):
            name = value.get("village_code", number) if isinstance(value, Mapping) else number
            yield from _flat(value, f"{at}.{name}")
    else:
        yield at, values
