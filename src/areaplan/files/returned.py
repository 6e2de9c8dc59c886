"""Read what a contractor returned: any polygon layer with all its columns; a DXF with closed outlines and codes written inside."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from areaplan.errors import InputError
from areaplan.files.reading.layers import open_layer, quiet
from areaplan.files.reading.record import Record
from areaplan.files.reading.sheets import read_csv
from areaplan.messages import msg
from areaplan.reasons import library_reason
from areaplan.settings import settings_from

__all__ = ["read_points", "read_returned"]

_MOST_BYTES = 2_000_000_000


def read_returned(path: str | Path, *, layer: str | None = None, crs: str | None = None) -> gpd.GeoDataFrame:
    """Read a returned layer as it stands: every row, every column, its CRS or none.

    Parameters
    ----------
    path
        A file of a known kind, or ``.dxf``: there texts inside an outline become its column ``text``.
    layer
        Needed where the file has several.
    crs
        Its coordinate system, where the file does not say or says it wrong.

    Raises
    ------
    InputError
        When file or layer is not there, or cannot be read.
    """
    path = Path(path)
    if path.suffix.lower() == ".dxf":
        return _dxf(path, crs)
    given = {"path": path.name, **({"layer": layer} if layer else {}), **({"crs": crs} if crs else {})}
    settings = settings_from({"input": {"villages": given}}, folder=path.parent)
    record = Record()
    opened = open_layer(settings, settings.input.villages, {}, record, whole=True)
    record.stop_if_faulty()
    assert opened is not None  # noqa: S101 - a reading without a layer has a fault
    return gpd.GeoDataFrame(opened.table, geometry=opened.geometry, crs=opened.crs)


def _dxf(path: Path, crs: str | None) -> gpd.GeoDataFrame:
    """Close the lines of a drawing to polygons, and give each the text that is written inside it."""
    if not path.is_file():
        raise InputError(msg("{path}: no such file", path=path))
    try:
        with quiet():
            drawn = pyogrio.read_dataframe(path, force_2d=True, on_invalid="ignore")
    except Exception as e:  # whatever a damaged file raises
        raise InputError(msg("{path}: cannot be opened: {reason}", path=path.name, reason=library_reason(e))) from None
    shapes = np.asarray(drawn.geometry.to_numpy(), dtype=object)
    dimension = shapely.get_dimensions(shapes)
    lines = [*shapes[dimension == 1], *shapely.boundary(shapes[dimension == 2])]
    faces = (
        shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(lines))))
        if lines
        else np.empty(0, dtype=object)
    )
    if not len(faces):
        raise InputError(msg("{path}: has no closed outlines", path=path.name))
    texts = [None] * len(faces)
    if "Text" in drawn.columns:
        points = np.flatnonzero((dimension == 0) & drawn["Text"].notna().to_numpy())
        text, face = shapely.STRtree(faces).query(shapes[points], predicate="intersects")
        for t, f in zip(text, face, strict=True):
            texts[f] = drawn["Text"].iloc[points[t]]
    return gpd.GeoDataFrame({"text": texts}, geometry=list(faces), crs=crs)


def read_points(path: str | Path) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Read points to fit a map by: a CSV with x, y in the map and x, y in the plan, in this order.

    Raises
    ------
    InputError
        When there are fewer than two, or one is no number.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(msg("{path}: no such file", path=path))
    sheet = read_csv(path, None)
    try:
        assert sheet is not None  # noqa: S101 - told in the same message
        points = sheet.table.iloc[:, :4].astype(float).to_numpy()
    except (AssertionError, ValueError):
        raise InputError(
            msg("{path}: needs four columns of numbers: x, y in the map and x, y in the plan", path=path.name)
        ) from None
    if len(points) < 2 or points.shape[1] < 4:
        raise InputError(msg("{path}: at least two points with four numbers each are needed", path=path.name))
    return np.asarray(points, dtype=np.float64)
