"""The data of a review page: a plan and its findings as one plain dictionary, ready for JSON.

Columns instead of rows, positions instead of codes, each text once: the page's script joins them again (``template/store.js``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from areaplan import __version__
from areaplan.comments import ASKS, REASONS
from areaplan.maps.colours import PALETTE, colour_areas, neighbour_pairs
from areaplan.maps.earlier import Earlier, earlier_data
from areaplan.maps.editions import Edition, for_edition
from areaplan.maps.encode import Frame, pack
from areaplan.maps.integrity import integrity
from areaplan.maps.located import areas_of_findings
from areaplan.maps.spots import label_spots, short_codes
from areaplan.maps.supervisors import outlines_once, supervisor_data
from areaplan.maps.thinning import thinned
from areaplan.messages import LANGS, Lang, Message
from areaplan.model import AreaPlan, Findings

__all__ = ["as_json", "payload"]

_DETAIL_M = 0.3
"""Outlines are drawn this much simpler than they are stored; a screen shows no difference and old computers do."""

_POINT_SIDE_M = 6.0
"""Buildings given as points are drawn as squares of this side."""

_MAJOR = {"motorway", "trunk", "primary", "secondary", "motorway_link", "trunk_link", "primary_link", "secondary_link"}
_PATHS = {"footway", "path", "steps", "cycleway", "bridleway", "track", "pedestrian", "corridor", "service"}


def payload(
    plan: AreaPlan,
    findings: Findings,
    certificate: Mapping[str, Any] | None,
    *,
    lang: Lang,
    title: str,
    plan_hash: str,
    edition: Edition,
    before: Earlier | None = None,
) -> dict[str, Any]:
    """Return everything a review page shows, and nothing that its edition may not hold.

    Raises
    ------
    ValueError
        When the plan has no area: there is nothing to show.
    """
    if not len(plan.areas):
        raise ValueError("a plan without areas cannot be drawn")
    plan, findings, hidden = for_edition(plan, findings, edition)
    west, south, east, north = _extent(plan)
    frame = Frame(float(np.floor(west)), float(np.floor(south)))
    villages, areas = plan.territory.villages, plan.areas
    names = _Names()
    pairs = neighbour_pairs(areas, plan.boundaries)
    shapes = _drawable(areas.geometry)
    return {
        "format": 2,
        "version": __version__,
        "lang": lang,
        "title": title,
        "planHash": plan_hash,
        "profile": edition.profile,
        "least": edition.least if edition.public else None,
        "reasons": _labels(REASONS),
        "asks": _labels(ASKS),
        "crs": _crs_name(plan.crs),
        "origin": [frame.east, frame.north],
        "size": [east - frame.east, north - frame.north],
        "bounds": plan.settings.areas.model_dump(include={"target_households", "min_households", "max_households"}),
        "estimated": plan.territory.estimated,
        "integrity": integrity(certificate, public=edition.public),
        "palette": list(PALETTE),
        "villages": _villages(villages, frame),
        "areas": _areas(plan, shapes, pairs, frame) | {"hidden": hidden},
        "supervisors": supervisor_data(areas, shapes.to_numpy(), frame),
        "before": None if before is None or edition.public else earlier_data(before, areas, frame),
        "neighbours": pack(pairs),
        "lines": _lines(plan.territory.lines, frame, names),
        "buildings": _buildings(plan.cells.buildings, areas, frame),
        "boundaries": _boundaries(plan.boundaries, areas, frame, names),
        "findings": _findings(findings.ordered(), plan, frame),
        "names": names.texts,
    }


def _labels(words: Mapping[str, Message]) -> list[list[str]]:
    """Return code, English and Chinese of each."""
    return [[code, *(label.text(lang) for lang in LANGS)] for code, label in words.items()]


def as_json(value: Mapping[str, Any]) -> str:
    """Return JSON that may stand inside a script element: no ``<``, ``>``, ``&``, line separators or lone surrogates as such."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return re.sub("[<>&\u2028\u2029\x7f\ud800-\udfff]", lambda m: f"\\u{ord(m.group()):04x}", text)


def _extent(plan: AreaPlan) -> tuple[float, float, float, float]:
    """Return the box of villages and areas; lines run on beyond it."""
    boxes = np.vstack([plan.territory.villages.total_bounds, plan.areas.total_bounds])
    low, high = np.nanmin(boxes[:, :2], axis=0), np.nanmax(boxes[:, 2:], axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _crs_name(crs: Any) -> str:
    return "" if crs is None else ":".join(crs.to_authority() or ()) or str(crs.name)


class _Names:
    """Keep each name once and know it by a number; 0 is no name."""

    def __init__(self) -> None:
        self.texts: list[str] = [""]
        self._number = {"": 0}

    def number(self, text: object) -> int:
        """Return the number of ``text``, giving it one if it is new."""
        name = "" if text is None or pd.isna(text) else str(text)
        if name not in self._number:
            self._number[name] = len(self.texts)
            self.texts.append(name)
        return self._number[name]


def _texts(column: pd.Series) -> list[str]:
    return ["" if pd.isna(v) else str(v) for v in column]


def _counts(column: pd.Series) -> list[int | None]:
    return [None if pd.isna(v) else int(v) for v in column]


def _drawable(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return outlines a little simpler, neighbours alike; what is no polygon (a finding says so) is left out."""
    shapes = geometry.to_numpy().copy()
    shapes[~np.isin(shapely.get_type_id(shapes), (3, 6))] = shapely.Polygon()
    return gpd.GeoSeries(shapely.coverage_simplify(shapes, _DETAIL_M), crs=geometry.crs)


def _villages(villages: gpd.GeoDataFrame, frame: Frame) -> dict[str, Any]:
    shapes = _drawable(villages.geometry)
    return {
        "code": _texts(villages["village_code"]),
        "name": _texts(villages["name"]),
        "households": _counts(villages["households"]),
        "shape": frame.polygons(shapes.to_numpy()),
        "border": frame.lines([outlines_once(shapes.to_numpy())]),
        "label": label_spots(shapes, frame),
    }


def _areas(plan: AreaPlan, shapes: gpd.GeoSeries, pairs: NDArray[np.int64], frame: Frame) -> dict[str, Any]:
    areas, villages = plan.areas, plan.territory.villages
    village_at = {code: i for i, code in enumerate(villages["village_code"])}
    own_target = dict(zip(villages["village_code"], _counts(villages["target_households"]), strict=True))
    default = plan.settings.areas.target_households
    codes, of_village = _texts(areas["ea_code"]), _texts(areas["village_code"])
    return {
        "code": codes,
        "short": short_codes(codes, of_village),
        "name": _texts(areas["name"]),
        "village": [village_at.get(v, -1) for v in of_village],
        "households": _counts(areas["households"]),
        "low": _counts(areas["households_low"]),
        "high": _counts(areas["households_high"]),
        "persons": _counts(areas["persons"]),
        "buildings": _counts(areas["buildings"]),
        "m2": [round(float(v)) for v in areas.geometry.area.fillna(0)],
        "special": _texts(areas["special"]),
        "target": [own_target.get(v) or default for v in of_village],
        "colour": colour_areas(len(areas), pairs),
        "parts": [int(n) for n in shapely.get_num_geometries(areas.geometry.to_numpy())],
        "shape": frame.polygons(shapes.to_numpy()),
        "label": label_spots(shapes, frame),
    }


def _lines(lines: gpd.GeoDataFrame, frame: Frame, names: _Names) -> dict[str, Any]:
    shown = lines[~lines["tunnel"].to_numpy()] if len(lines) else lines
    classes = shown["class"].fillna("").astype(str).str.lower()
    rank = np.select([classes.isin(_MAJOR), classes.isin(_PATHS)], [0, 2], 1)
    return {
        "kind": _kinds(shown["kind"]),
        "rank": pack(rank),
        "name": pack([names.number(n) for n in shown["name"]]),
        "shape": frame.lines(thinned(shown.geometry.to_numpy(), _DETAIL_M, preserve_topology=False)),
    }


_KINDS = ("none", "street", "river", "railway", "wall", "ridge", "other")


def _kinds(column: pd.Series) -> str:
    """Return kinds as packed positions in ``none, street, river, railway, wall, ridge, other``."""
    return pack([_KINDS.index(k) if k in _KINDS else len(_KINDS) - 1 for k in column.fillna("none")])


def _buildings(buildings: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, frame: Frame) -> dict[str, Any]:
    """Return footprints in the order of their areas, so that differences stay small."""
    position = {code: i for i, code in enumerate(areas["ea_code"])}
    of_area = np.array([position.get(c, -1) for c in buildings["ea_code"]], dtype=np.int64)
    order = np.argsort(of_area, kind="stable")
    table, of_area = buildings.iloc[order], of_area[order]
    shapes = table.geometry.to_numpy().copy()
    flat = shapely.get_dimensions(shapes) < 2
    shapes[flat] = shapely.buffer(shapes[flat], _POINT_SIDE_M / 2, cap_style="square")
    names = {str(i): n for i, n in enumerate(_texts(table["name"])) if n}
    return {
        "area": pack(np.diff(of_area, prepend=0)),
        "households": pack(table["households"].fillna(0).to_numpy(dtype=np.int64)),
        "number": pack(table["number"].fillna(0).to_numpy(dtype=np.int64)) if table["number"].notna().any() else "",
        "name": names,
        "shape": frame.polygons(thinned(shapes, _DETAIL_M / 2)),
    }


def _boundaries(boundaries: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, frame: Frame, names: _Names) -> dict[str, Any]:
    position = {code: i for i, code in enumerate(areas["ea_code"])}
    return {
        "left": pack([position.get(c, -1) for c in boundaries["left_ea"]]),
        "right": pack([position.get(c, -1) for c in boundaries["right_ea"]]),
        "kind": _kinds(boundaries["kind"]),
        "name": pack([names.number(n) for n in boundaries["feature_name"]]),
        "length": pack(np.rint(boundaries["length_m"].fillna(0.0).to_numpy(dtype=float) * 10)),
        "shape": frame.lines(thinned(boundaries.geometry.to_numpy(), _DETAIL_M, preserve_topology=False)),
    }


def _findings(findings: Findings, plan: AreaPlan, frame: Frame) -> dict[str, Any]:
    geometry = np.array([f.geometry for f in findings], dtype=object)
    dimension = np.maximum(shapely.get_dimensions(geometry), -1) if len(findings) else np.empty(0, dtype=np.int64)
    village_at = {code: i for i, code in enumerate(plan.territory.villages["village_code"])}
    return {
        "rule": [f.rule for f in findings],
        "severity": [str(f.severity) for f in findings],
        "subject": [str(f.subject) for f in findings],
        "text": {lang: [f.message.exact(lang) for f in findings] for lang in LANGS},
        "measure": [_measure(f.measure) for f in findings],
        "unit": [f.unit or "" for f in findings],
        "village": [village_at.get(f.village_code, -1) for f in findings],
        "areas": areas_of_findings(findings, plan),
        "dimension": pack(dimension),
        "shape": frame.any(geometry),
    }


def _measure(value: float | None) -> float | None:
    if value is None or not np.isfinite(value):
        return None
    return float(f"{value:.6g}")
