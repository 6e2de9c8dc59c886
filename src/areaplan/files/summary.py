"""A plan in numbers, as ``summary.json`` keeps them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from areaplan import __version__
from areaplan.files.staged import replace_text
from areaplan.model import AreaPlan, Finding, Severity
from areaplan.schema import SCHEMA_VERSION
from areaplan.settings import AreaSettings

__all__ = ["FORM", "summary", "write_json"]

FORM: Final = 1
"""Version of the summary's own form; a key that is there keeps its meaning."""


def summary(
    plan: AreaPlan, findings: Iterable[Finding] | None = None, *, content_hash: str | None = None
) -> dict[str, Any]:
    """Return what a plan came to, ready for JSON; figures that cannot be known are null.

    Parameters
    ----------
    plan
        What is counted.
    findings
        What was found; default: the plan's own.
    content_hash
        The certificate's hash of the plan.

    Returns
    -------
    dict
        ``counts``; ``households`` (register: the villages' totals; cells and areas: what they add up to); ``sizes`` of areas in households (``cv`` is the
        standard deviation over the mean); ``inside``: areas within the bounds of the settings; ``visible_share``: share by length of the borders between
        areas of one village that follow a feature; ``polsby_popper``: median of 4πA/P² (Polsby & Popper 1991; a disc is 1); the same by village;
        findings by severity and by rule.
    """
    listed = list(plan.findings if findings is None else findings)
    territory, settings = plan.territory, plan.settings
    return {
        "form": FORM,
        "areaplan": __version__,
        "schema": SCHEMA_VERSION,
        "title": territory.title,
        "crs": ":".join(plan.crs.to_authority() or ()) or plan.crs.name,
        "content_hash": content_hash,
        "seed": settings.engine.seed,
        "rules": settings.rules,
        "estimated": territory.estimated,
        "counts": {
            "villages": len(territory.villages),
            "areas": len(plan.areas),
            "cells": len(plan.cells.table),
            "buildings": len(plan.cells.buildings),
        },
        "households": {
            "register": _total(territory.villages["households"]),
            "cells": _total(plan.cells.table["households"]),
            "areas": _total(plan.areas["households"]),
        },
        "bounds": settings.areas.model_dump(mode="json"),
        **_figures(plan.areas, plan.boundaries, settings.areas),
        "villages": _by_village(plan),
        "findings": _by_severity(listed),
        "rules_found": {
            rule: _by_severity(f for f in listed if f.rule == rule) for rule in sorted({f.rule for f in listed})
        },
    }


def _by_village(plan: AreaPlan) -> list[dict[str, Any]]:
    areas = dict(iter(plan.areas.groupby("village_code", sort=False)))
    home = dict(zip(plan.areas["ea_code"], plan.areas["village_code"], strict=True))
    borders = dict(iter(plan.boundaries.groupby(plan.boundaries["left_ea"].map(home), sort=False)))
    return [
        {
            "village_code": village.village_code,
            "name": village.name,
            "areas": len(areas.get(village.village_code, ())),
            "households": _total(areas[village.village_code]["households"]) if village.village_code in areas else 0,
            **_figures(
                areas.get(village.village_code, plan.areas[:0]),
                borders.get(village.village_code, plan.boundaries[:0]),
                plan.settings.areas,
            ),
        }
        for village in sorted(plan.territory.villages.itertuples(index=False), key=lambda v: str(v.village_code))
    ]


def _figures(areas: gpd.GeoDataFrame, boundaries: gpd.GeoDataFrame, bounds: AreaSettings) -> dict[str, Any]:
    inside = _inside(areas, bounds)
    return {
        "sizes": _sizes(areas["households"].dropna().to_numpy(dtype=float)),
        "inside": {"areas": int(inside.sum()), "share": _rounded(inside.mean()) if len(inside) else None},
        "visible_share": _visible_share(boundaries),
        "polsby_popper": _polsby_popper(areas),
    }


def _sizes(sizes: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, float | None]:
    names = ("min", "p10", "median", "mean", "max", "cv")
    if not len(sizes):
        return dict.fromkeys(names)
    mean = float(sizes.mean())
    values = (
        sizes.min(),
        np.percentile(sizes, 10),
        np.median(sizes),
        mean,
        sizes.max(),
        sizes.std() / mean if mean else None,
    )
    return {name: _rounded(value) for name, value in zip(names, values, strict=True)}


def _inside(areas: gpd.GeoDataFrame, bounds: AreaSettings) -> np.ndarray[Any, np.dtype[np.bool_]]:
    inside = areas["households"].between(bounds.min_households, bounds.max_households).fillna(False)
    if bounds.max_persons is not None:
        inside &= (areas["persons"] <= bounds.max_persons).fillna(True)
    return inside.to_numpy(dtype=bool)


def _visible_share(boundaries: gpd.GeoDataFrame) -> float | None:
    inner = boundaries[boundaries["right_ea"].notna()]
    length = float(inner["length_m"].sum())
    return _rounded(float(inner.loc[inner["kind"] != "none", "length_m"].sum()) / length) if length > 0 else None


def _polsby_popper(areas: gpd.GeoDataFrame) -> float | None:
    around = areas.geometry.length
    scores = 4 * np.pi * areas.geometry.area[around > 0] / around[around > 0] ** 2
    return _rounded(scores.median()) if len(scores) else None


def _by_severity(findings: Iterable[Finding]) -> dict[str, int]:
    counts = Counter(str(f.severity) for f in findings)
    return {str(s): counts[str(s)] for s in Severity}


def _total(column: pd.Series) -> int | None:
    return int(column.sum()) if column.notna().all() else None


def _rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), 6)


def write_json(path: str | Path, data: Mapping[str, Any]) -> None:
    """Write ``data`` as JSON that is the same for the same data: sorted keys, readable Chinese, plain line ends; whole or not at all.

    Raises
    ------
    OutputError
        When the place cannot be written.
    ValueError
        For a number that JSON does not have (NaN, infinity).
    """
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False, default=_plain)
    replace_text(path, text + "\n")


def _plain(value: object) -> object:
    """Return what numpy and pandas hold as JSON knows it."""
    if isinstance(value, np.generic):
        return value.item()
    if value is pd.NA:
        return None
    return str(value)
