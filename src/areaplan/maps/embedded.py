"""What a page holds, read back from the page itself: whoever passes one on should know what goes with it."""

from __future__ import annotations

import json
import re
from typing import Any

from areaplan.maps.encode import unpack

__all__ = ["embedded", "page_data"]

_LAYERS = ("villages", "areas", "lines", "buildings", "boundaries", "findings", "before", "supervisors")
_MEANS = {"shape": "outline", "border": "outline", "at": "place", "text": "message"}
_PACKED = {"lines": "kind", "buildings": "households", "boundaries": "kind", "supervisors": "name"}


def page_data(page: str) -> dict[str, Any]:
    """Return the data that stand in a review page.

    Raises
    ------
    ValueError
        When the text is no review page.
    """
    found = dict(re.findall(r'<script type="application/json" id="(data|buildings)">(.*?)</script>', page, re.S))
    if found.keys() != {"data", "buildings"}:
        raise ValueError("no review page")
    data: dict[str, Any] = json.loads(found["data"])
    return data | {"buildings": json.loads(found["buildings"])}


def embedded(page: str) -> dict[str, Any]:
    """Return title, CRS and edition of a page, and for each layer its rows and the columns that hold anything."""
    data = page_data(page)
    layers = {name: _layer(name, data[name]) for name in _LAYERS if data.get(name)}
    return {
        "title": data["title"],
        "crs": data["crs"],
        "profile": data["profile"],
        "households_withheld": len(data["areas"]["hidden"]),
        "names": len(data["names"]) - 1,
        "layers": {name: layer for name, layer in layers.items() if layer["rows"]},
    }


def _layer(name: str, columns: dict[str, Any]) -> dict[str, Any]:
    first = columns[_PACKED.get(name, "rule" if name == "findings" else "code")]
    rows = len(unpack(first)) if isinstance(first, str) else len(first)
    return {"rows": rows, "columns": sorted({_MEANS.get(c, c) for c, v in columns.items() if _filled(v)})}


def _filled(column: Any) -> bool:
    """Say whether a column holds anything at all."""
    if isinstance(column, list):
        return any(v not in (None, "", []) for v in column)
    return bool(column)
