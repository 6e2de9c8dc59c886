"""Hold what a contractor returned against the plan that was issued.

The map is brought onto the plan, its polygons are matched with the areas, and every difference larger than the drawing tolerance is named with its place,
its size, and what it would break.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from areaplan.linework.edges import Floats, Geoms
from areaplan.messages import msg
from areaplan.model import AreaPlan, Findings
from areaplan.review.returned.columns import Columns, find_columns, plain_code
from areaplan.review.returned.difference import Difference
from areaplan.review.returned.differing import Differing
from areaplan.review.returned.placing import Placement, place

__all__ = ["Comparison", "compare_returned"]

_DRAWN_MM = 0.5
_LARGEST_RMS = 1.0
"""Residuals of a fit that are taken, in drawing tolerances."""


@dataclass(frozen=True)
class Comparison:
    """Hold what a returned map has different.

    Parameters
    ----------
    differences
        In the order of kind and code.
    placement, columns
        How the map was brought onto the plan, and what its columns were taken for.
    tolerance_m, noise_m
        The drawing tolerance, and how far the returned borders lie off the plan's where they are the same: half of their vertices lie nearer.
    same
        How many areas show no difference.
    returned
        The rows of the file on the plan's ground: ``ea_code`` without blanks, ``households``, polygon.
    """

    plan: AreaPlan = field(repr=False)
    differences: tuple[Difference, ...]
    placement: Placement
    columns: Columns
    tolerance_m: float
    noise_m: float
    same: int
    returned: gpd.GeoDataFrame = field(repr=False)

    @property
    def findings(self) -> Findings:
        """The differences as findings."""
        return Findings(tuple(d.finding() for d in self.differences), self.plan.crs)


def compare_returned(
    plan: AreaPlan,
    returned: gpd.GeoDataFrame,
    *,
    scale: int = 2000,
    columns: Columns | None = None,
    points: Floats | None = None,
) -> Comparison:
    """Compare a returned map with the plan.

    Parameters
    ----------
    plan
        What was issued.
    returned
        The rows of the returned layer as they stand in the file; its CRS may be missing.
    scale
        The scale the map was drawn at, 1 : ``scale``; half a millimetre of it is the tolerance.
    columns
        What its columns are called; what is not given is found by the values.
    points
        (n, 4) points to fit it by.

    Raises
    ------
    InputError
        When it cannot be brought onto the plan, or has no polygon.
    """
    tolerance_m = _DRAWN_MM / 1000 * scale
    found = find_columns(_plain_table(returned), plan.areas, columns or Columns(None, None, None, None))
    raw = np.asarray(returned.geometry.to_numpy(), dtype=object)
    sound = _sound(raw)
    codes = [""] * len(returned) if found.code is None else [plain_code(v) for v in returned[found.code]]
    usable = np.flatnonzero(~shapely.is_missing(sound) & ~shapely.is_empty(sound))
    at = {c: i for i, c in enumerate(plan.areas["ea_code"])}
    pairs = [(k, at[codes[r]]) for k, r in enumerate(usable.tolist()) if codes[r] in at]
    areas = np.asarray(plan.areas.geometry.to_numpy(), dtype=object)
    shapes, placement = place(
        sound[usable], returned.crs, plan_shapes=areas, plan_crs=plan.crs, pairs=pairs, points=points,
        limit_m=_LARGEST_RMS * tolerance_m,
    )  # fmt: skip
    shapes = _sound(shapes)
    work = Differing(
        plan, returned.iloc[usable].reset_index(drop=True), shapes, [codes[r] for r in usable], found, tolerance_m
    )
    broken = [int(r) for r in range(len(raw)) if r not in set(usable.tolist())]
    every = [*work.differences(), *_unusable(broken, codes)]
    touched = {c for d in every for c in d.areas}
    on_plan = np.full(len(raw), None, dtype=object)
    on_plan[usable] = shapes
    return Comparison(
        plan=plan,
        differences=tuple(every),
        placement=placement,
        columns=found,
        tolerance_m=tolerance_m,
        noise_m=_noise(areas, shapes, tolerance_m),
        same=len(areas) - len(touched & set(at)),
        returned=gpd.GeoDataFrame(
            {"ea_code": codes, "households": _counts(returned, found.households)}, geometry=on_plan, crs=plan.crs
        ),
    )


def _plain_table(returned: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(returned.drop(columns=returned.geometry.name))


def _counts(returned: gpd.GeoDataFrame, column: str | None) -> pd.Series:
    """Return the counts of a column as whole numbers; what is none is not known."""
    if column is None:
        return pd.Series([pd.NA] * len(returned), dtype="Int64")
    numbers = pd.to_numeric(returned[column], errors="coerce").reset_index(drop=True)
    return numbers.where(numbers % 1 == 0).astype("Int64")


def _sound(shapes: Geoms) -> Geoms:
    """Return the polygons of the shapes, mended; None where there is none."""
    out = np.full(len(shapes), None, dtype=object)
    for i, shape in enumerate(shapes):
        if shape is None or shape.is_empty:
            continue
        whole = shape if shape.is_valid else shapely.make_valid(shape, method="structure", keep_collapsed=False)
        parts = [p for p in shapely.get_parts(whole) if p.geom_type == "Polygon" and p.area > 0]
        out[i] = None if not parts else parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    return out


def _unusable(rows: Sequence[int], codes: Sequence[str]) -> Iterator[Difference]:
    for row in rows:
        text = msg("row {row} ({code}) of the returned map has no polygon", row=row + 1, code=codes[row] or "-")
        yield Difference("shape", (codes[row],) if codes[row] else (), None, text, None)


def _noise(areas: Geoms, shapes: Geoms, tolerance_m: float) -> float:
    """Return the median distance of returned vertices from the plan's borders, of those within the tolerance."""
    xy = np.unique(shapely.get_coordinates(shapes), axis=0)
    xy = xy[:: max(1, len(xy) // 20_000)]
    lines = shapely.STRtree(shapely.get_parts(shapely.union_all(shapely.boundary(areas))))
    off = lines.query_nearest(shapely.points(xy), max_distance=tolerance_m, return_distance=True, all_matches=False)[1]
    return float(np.median(off)) if len(off) else 0.0
