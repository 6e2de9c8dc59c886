"""Areas, villages and buildings as a DXF drawing, for surveyors whose program is CAD.

DXF knows no coordinate system: units are metres in the plan's own CRS, which the sheet beside the file names.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import shapely

__all__ = ["DXF_LAYERS", "write_dxf"]

DXF_LAYERS: Final = {
    "villages": ("VILLAGES", 5),
    "areas": ("AREAS", 1),
    "boundaries": ("BOUNDARIES", 6),
    "lines": ("LINES", 8),
    "buildings": ("BUILDINGS", 9),
}
"""Layer of the delivery -> name in the drawing, and its colour number."""

_LABELS: Final = {"villages": ("name", 12.0), "areas": ("ea_code", 6.0), "buildings": ("number", 2.0)}


def write_dxf(path: Path, layers: Mapping[str, gpd.GeoDataFrame]) -> int:
    """Write layers as polylines, closed where they are outlines, with codes as text; return how many polylines were written.

    The same layers give the same bytes.
    """
    import ezdxf
    from ezdxf.enums import TextEntityAlignment

    ezdxf.options.write_fixed_meta_data_for_testing = True  # no dates, no new identifiers
    document = ezdxf.new("R2010", units=6)
    document.styles.add("CENSUS", font="simsun.ttc")
    space, count = document.modelspace(), 0
    for name, (layer, colour) in DXF_LAYERS.items():
        if name not in layers:
            continue
        document.layers.add(layer, color=colour)
        for shape in layers[name].geometry:
            count += _polylines(space, shape, layer)
        if name in _LABELS:
            column, height = _LABELS[name]
            document.layers.add(f"{layer}_TEXT", color=colour)
            for text, at in _texts(layers[name], column):
                added = space.add_text(text, height=height, dxfattribs={"layer": f"{layer}_TEXT", "style": "CENSUS"})
                added.set_placement((at.x, at.y), align=TextEntityAlignment.MIDDLE_CENTER)
    document.saveas(path)
    return count


def _polylines(space: Any, shape: Any, layer: str) -> int:
    count = 0
    for part in shapely.get_parts(shape):
        if part.geom_type == "Point":
            space.add_point((part.x, part.y), dxfattribs={"layer": layer})
            count += 1
            continue
        closed = part.geom_type == "Polygon"
        for line in [part.exterior, *part.interiors] if closed else [part]:
            points = shapely.get_coordinates(line)
            space.add_lwpolyline(points[:-1] if closed else points, close=closed, dxfattribs={"layer": layer})
            count += 1
    return count


def _texts(table: gpd.GeoDataFrame, column: str) -> list[tuple[str, shapely.Point]]:
    """Return labels and places; a text of a drawing has no control characters (``%%`` begins one, and so does ``^``)."""
    known = table[table[column].notna()] if column in table else table[:0]
    spots = shapely.point_on_surface(known.geometry.to_numpy())
    plain = [str(v).replace("%%", "%").replace("^", " ").replace("\n", " ") for v in known[column]]
    return list(zip(plain, spots, strict=True))
