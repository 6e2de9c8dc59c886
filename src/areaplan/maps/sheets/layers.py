"""What sheets draw on, piece by piece: a layer as arrays with an index, a piece of border, an area."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from areaplan.messages import plain

__all__ = ["AreaGround", "Border", "Layer", "layer_of"]

Array = NDArray[np.object_]


@dataclass(frozen=True)
class Layer:
    """Hold a table as arrays with a spatial index."""

    shapes: Array
    columns: dict[str, Array]

    @cached_property
    def tree(self) -> shapely.STRtree:
        """An index of the shapes."""
        return shapely.STRtree(self.shapes)

    def near(self, window: tuple[float, float, float, float]) -> NDArray[np.int64]:
        """Return the row numbers whose boxes touch ``window``, in order."""
        return np.sort(self.tree.query(shapely.box(*window)))

    def __getitem__(self, column: str) -> Array:
        return self.columns[column]


def layer_of(table: Any, *columns: str) -> Layer:
    """Return some columns of a table as arrays; what is missing is None, and texts are tamed."""
    return Layer(table.geometry.to_numpy(), {c: _clean(table[c]) for c in columns})


def _clean(column: pd.Series) -> Array:
    return np.array([None if pd.isna(v) else plain(v) if isinstance(v, str) else v for v in column], dtype=object)


@dataclass(frozen=True)
class Border:
    """Hold a piece of an area's border: what it follows and who lies behind it (``None``: another village or nothing)."""

    line: BaseGeometry
    kind: str
    name: str | None
    neighbour: str | None
    village: bool


@dataclass(frozen=True)
class AreaGround:
    """Hold what one sheet shows.

    Parameters
    ----------
    code, name, village_code
        The area.
    shape
        Its polygon.
    households, persons
        ``None`` where unknown.
    houses
        Row numbers of its buildings in the layer of buildings.
    numbers
        The number of each of them.
    unlisted
        How many of the numbers are proposals, not the listing's.
    notes
        Which part of a divided building lies here, by number.
    borders
        Its border, piece by piece.
    """

    code: str
    name: str
    village_code: str
    shape: BaseGeometry
    households: int | None
    persons: int | None
    houses: NDArray[np.int64]
    numbers: list[int]
    unlisted: int
    notes: list[tuple[int, str]]
    borders: list[Border]
