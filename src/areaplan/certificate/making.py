"""Write down what was proved of a plan, or of a layer that is no plan, in whole numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from areaplan import __version__
from areaplan.certificate.hashing import content_hash, hash_of
from areaplan.check import Report, check_plan
from areaplan.model import AreaPlan, Severity
from areaplan.proof import Proof
from areaplan.schema import SCHEMA_VERSION

__all__ = ["FORM", "make_certificate", "make_layer_certificate"]

FORM = 1
"""Version of the certificate's own form."""


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
        "content_hash": hash_of(tables),
        "proof": _proof(report.proof),
        "totals": {
            "twice_mm2_in": sum(above) * unit,
            "twice_mm2_out": sum(own) * unit,
            "households_out": _sum(_whole(h) for h in report.areas["households"]),
        },
        "verdicts": {r.rule: r.verdict for r in report},
        "findings": {str(s): len(report.findings.of(s)) for s in Severity},
    }


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
