"""Write comments as the review page does, for programs that gather them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyproj
from shapely.geometry import mapping

from areaplan.comments import Comment
from areaplan.files.staged import replace_text

__all__ = ["comments_geojson", "write_comments"]


def comments_geojson(comments: Iterable[Comment], *, crs: Any, plan_hash: str, title: str = "") -> dict[str, Any]:
    """Return the FeatureCollection of ``docs/review-format.md``; coordinates as they are, in ``crs``."""
    features = [feature for comment in comments for feature in _features(comment)]
    out: dict[str, Any] = {"type": "FeatureCollection", "name": "comments"}
    authority = None if crs is None else pyproj.CRS.from_user_input(crs).to_authority()
    if authority:
        out["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{authority[0]}::{authority[1]}"}}
    out["areaplan"] = {"format": "comments", "version": 1, "title": title, "plan_hash": plan_hash}
    return out | {"features": features}


def _features(comment: Comment) -> list[dict[str, Any]]:
    words = {
        "plan_hash": comment.plan_hash,
        "reviewer": comment.reviewer,
        "time": comment.time,
        "ea_code": comment.ea_code,
        "village_code": comment.village_code,
        "decision": comment.decision,
        "reason": ";".join(comment.reasons),
        "text": comment.text,
        "ask": comment.ask,
        "ask_with": comment.ask_with,
    }
    drawn: list[tuple[int, dict[str, Any] | None]] = [(n, mapping(s)) for n, s in enumerate(comment.sketches, 1)] or [
        (0, None)
    ]
    return [{"type": "Feature", "properties": words | {"sketch": n}, "geometry": shape} for n, shape in drawn]


def write_comments(path: str | Path, comments: Iterable[Comment], *, crs: Any, plan_hash: str, title: str = "") -> None:
    """Write comments as GeoJSON, whole or not at all.

    Raises
    ------
    OutputError
        When the place cannot be written.
    """
    data = comments_geojson(comments, crs=crs, plan_hash=plan_hash, title=title)
    replace_text(Path(path), json.dumps(data, ensure_ascii=False, indent=1) + "\n")
