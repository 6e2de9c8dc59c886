"""What a plan is, as one number: a hash of its villages, areas and cells that no order of rows and no style changes."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from areaplan.model import AreaPlan

__all__ = ["content_hash", "hash_of"]

_HASHED = {
    "villages": ("village_code", "households", "persons"),
    "areas": ("ea_code", "village_code", "households", "persons"),
    "cells": ("cell_id", "ea_code", "village_code", "households", "persons"),
}


def content_hash(plan: AreaPlan) -> str:
    """Return the SHA-256 over the sorted rows of villages, areas and cells: codes, households, persons and normalised geometry.

    Names, language, findings, styles and the order of rows do not enter; a geometry is the same as a polygon and as a multipolygon of one
    part, whichever vertex its rings start at.
    """
    return hash_of({"villages": plan.territory.villages, "areas": plan.areas, "cells": plan.cells.table})


def hash_of(tables: Mapping[str, gpd.GeoDataFrame]) -> str:
    """Return the SHA-256 over the sorted rows of some of the layers ``villages``, ``areas`` and ``cells``."""
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
