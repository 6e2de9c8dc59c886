"""Rows of a GeoJSON file of comments, with sketches in the plan's CRS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyproj
import shapely
from pyproj.exceptions import CRSError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from areaplan.errors import InputError
from areaplan.files.reviewing.rows import RawComment
from areaplan.messages import msg

__all__ = ["geojson_rows"]


def geojson_rows(path: Path, crs: Any) -> list[RawComment]:
    """Return the features of the file as rows."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as e:
        raise InputError(msg("{file}: not readable as GeoJSON: {why}", file=path.name, why=str(e)[:120])) from None
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list):
        raise InputError(msg("{file}: no FeatureCollection; that is no file of comments", file=path.name))
    transform = _projection(data, crs, path.name)
    rows, faults = [], []
    for number, feature in enumerate(features, 1):
        try:
            rows.append(_row(number, feature, transform))
        except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
            faults.append(msg("{file}, feature {number}: not readable", file=path.name, number=number))
    if faults:
        raise InputError(faults)
    return rows


def _row(number: int, feature: Any, transform: pyproj.Transformer | None) -> RawComment:
    values = {str(k): v if isinstance(v, str) else str(v) for k, v in feature["properties"].items() if v is not None}
    return RawComment(msg("feature {number}", number=number), values, _sketch(feature.get("geometry"), transform))


def _sketch(geometry: Any, transform: pyproj.Transformer | None) -> BaseGeometry | None:
    if geometry is None:
        return None
    drawn: BaseGeometry = shape(geometry)
    if transform is not None:
        drawn = shapely.transform(drawn, lambda xy: _project(xy, transform))
    if not shapely.is_valid(drawn) or not all(abs(v) < 1e9 for v in drawn.bounds):
        drawn = shapely.make_valid(drawn)
        parts = [p for p in shapely.get_parts(drawn) if p.geom_type in {"Polygon", "LineString", "Point"}]
        drawn = max(parts, key=lambda p: (p.area, p.length))
    return drawn


def _project(xy: Any, transform: pyproj.Transformer) -> Any:
    import numpy as np

    return np.column_stack(transform.transform(xy[:, 0], xy[:, 1]))


def _projection(data: dict[str, Any], crs: Any, file: str) -> pyproj.Transformer | None:
    """Return how to reach the plan's CRS: not at all where the file is the page's own or the CRS is the same."""
    if crs is None:
        return None
    named = ((data.get("crs") or {}).get("properties") or {}).get("name") if isinstance(data.get("crs"), dict) else None
    if named is None and "areaplan" in data:
        return None
    try:
        own = pyproj.CRS.from_user_input(named or "OGC:CRS84")
    except CRSError:
        raise InputError(msg("{file}: unknown CRS {crs}", file=file, crs=str(named)[:80])) from None
    target = pyproj.CRS.from_user_input(crs)
    return None if own == target else pyproj.Transformer.from_crs(own, target, always_xy=True)
