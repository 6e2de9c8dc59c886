"""Bring a returned map onto the plan: by its own CRS, by one that fits, or by a 4-parameter fit where it is in a grid that has no number.

1. A declared CRS is believed when it brings the map onto the plan.
2. Without one: degrees are degrees; metres that lie on the plan are the plan's; else the Gauss-Krueger zones of CGCS2000 are tried.
3. What is left is a grid of its own (a city grid, say): shift, rotation and scale by least squares on the areas of the same code, then on the outlines, or on
   points that somebody gives. Residuals are shown; above the limit the map is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely

from areaplan.errors import InputError
from areaplan.linework.edges import Floats, Geoms
from areaplan.messages import Message, msg

__all__ = ["Placement", "fit_points", "place"]

_ON_PLAN = 0.2
"""Least share of the returned ground that must lie on the plan's for a CRS to be believed."""
_ON_BORDERS = 0.5
"""Least share of the vertices of a fitted map that must lie on borders of the plan."""
_SAMPLE = 20_000
_ZONES = range(4513, 4555)


@dataclass(frozen=True)
class Placement:
    """Say how a map was brought onto the plan.

    Parameters
    ----------
    how
        In words.
    fitted
        True for a 4-parameter fit.
    scale, rotation_deg
        Of the fit; 1 and 0 without one.
    pairs, rms_m, largest_m
        How many points the fit rests on, and their residuals.
    """

    how: Message
    fitted: bool = False
    scale: float = 1.0
    rotation_deg: float = 0.0
    pairs: int = 0
    rms_m: float = 0.0
    largest_m: float = 0.0


def place(
    shapes: Geoms,
    crs: pyproj.CRS | None,
    *,
    plan_shapes: Geoms,
    plan_crs: Any,
    pairs: Sequence[tuple[int, int]],
    points: Floats | None,
    limit_m: float,
) -> tuple[Geoms, Placement]:
    """Return the returned shapes in the plan's CRS, and how that was done.

    Parameters
    ----------
    shapes, crs
        The returned map.
    plan_shapes, plan_crs
        The plan's areas.
    pairs
        (row of ``shapes``, row of ``plan_shapes``) of the areas with the same code.
    points
        (n, 4) given points: x, y in the map and x, y in the plan.
    limit_m
        Largest root mean square of the residuals that is taken.

    Raises
    ------
    InputError
        When the map cannot be brought onto the plan.
    """
    if points is not None:
        return _fitted(shapes, fit_points(points[:, :2], points[:, 2:]), points[:, :2], points[:, 2:], limit_m)
    for moved, how in _by_crs(shapes, crs, plan_crs, plan_shapes):
        if _on_plan(moved, plan_shapes):
            return moved, Placement(how)
    if len(pairs) < 3:
        raise InputError(
            msg("the returned map does not lie on the plan, and fewer than 3 areas have codes of the plan to fit it by; "
                "say its CRS with --crs, or give points with --points")
        )  # fmt: skip
    return _fit_by_areas(shapes, plan_shapes, pairs, limit_m)


def _by_crs(
    shapes: Geoms, crs: pyproj.CRS | None, plan_crs: Any, plan_shapes: Geoms
) -> Iterator[tuple[Geoms, Message]]:
    if crs is not None:
        name = ":".join(crs.to_authority() or ()) or crs.name
        yield _projected(shapes, crs, plan_crs), msg("by its CRS, {crs}", crs=name)
    west, south, east, north = shapely.total_bounds(shapes)
    if crs is None and -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
        yield (
            _projected(shapes, pyproj.CRS.from_epsg(4490), plan_crs),
            msg("it names no CRS; its coordinates are degrees"),
        )
        return
    if crs is None or not _on_plan(_projected(shapes, crs, plan_crs), plan_shapes):
        yield shapes, msg("it names no CRS that fits; its coordinates are those of the plan")
        middle = [shapely.Point((west + east) / 2, (south + north) / 2)]
        box = shapely.box(*shapely.total_bounds(plan_shapes))
        for epsg in _ZONES:
            zone = pyproj.CRS.from_epsg(epsg)
            if shapely.intersects(_projected(np.array(middle, dtype=object), zone, plan_crs)[0], box):
                yield _projected(shapes, zone, plan_crs), msg("it names no CRS that fits; EPSG:{epsg} does", epsg=epsg)


def _projected(shapes: Geoms, crs: pyproj.CRS, target: Any) -> Geoms:
    if crs == target:
        return shapes
    transformer = pyproj.Transformer.from_crs(crs, target, always_xy=True)
    moved = shapely.transform(shapes, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))
    return np.asarray(moved, dtype=object)


def _on_plan(shapes: Geoms, plan_shapes: Geoms) -> bool:
    """Say whether enough of a map's sample points lie on the plan."""
    points = shapely.point_on_surface(shapes[~shapely.is_empty(shapes) & ~shapely.is_missing(shapes)])
    points = points[np.isfinite(shapely.get_coordinates(points)).all(axis=1)]
    if not len(points):
        return False
    hit = shapely.STRtree(plan_shapes).query(points, predicate="intersects")[0]
    return len(np.unique(hit)) >= _ON_PLAN * len(shapes)


def fit_points(ours: Floats, theirs: Floats) -> Floats:
    """Return (a, b, c, d) of x' = a·x - b·y + c, y' = b·x + a·y + d, by least squares.

    Examples
    --------
    >>> xy = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> [round(v, 6) for v in fit_points(xy, xy * 2 + 5).tolist()]
    [2.0, 0.0, 5.0, 5.0]
    """
    centre, goal = ours.mean(axis=0), theirs.mean(axis=0)
    p, q = ours - centre, theirs - goal
    size = float((p**2).sum())
    a = float((p * q).sum()) / size
    b = float((p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]).sum()) / size
    shift = goal - np.array([a * centre[0] - b * centre[1], b * centre[0] + a * centre[1]])
    return np.array([a, b, *shift])


def _moved(xy: Floats, fit: Floats) -> Floats:
    a, b, c, d = fit
    return np.column_stack([a * xy[:, 0] - b * xy[:, 1] + c, b * xy[:, 0] + a * xy[:, 1] + d])


def _fit_by_areas(
    shapes: Geoms, plan_shapes: Geoms, pairs: Sequence[tuple[int, int]], limit_m: float
) -> tuple[Geoms, Placement]:
    """Fit on the centres of areas of the same code, then on the outlines, nearer and nearer."""
    i, j = np.array(pairs).T
    ours = shapely.get_coordinates(shapely.centroid(shapes[i]))
    theirs = shapely.get_coordinates(shapely.centroid(plan_shapes[j]))
    fit = _trimmed(ours, theirs)
    vertices = np.unique(shapely.get_coordinates(shapes), axis=0)
    vertices = vertices[:: max(1, len(vertices) // _SAMPLE)]
    outline = shapely.union_all(shapely.boundary(plan_shapes))
    lines = shapely.STRtree(shapely.get_parts(outline))
    kept = (ours, theirs)
    for reach in (50.0, 20.0, 10.0, 5.0, 2.0, 2.0, 1.0, 1.0, 1.0):
        moved = _moved(vertices, fit)
        target, near = _nearest(lines, moved, reach)
        if near.sum() < 10:
            break
        kept = (vertices[near], target[near])
        fit = _trimmed(*kept)
    share = float(_nearest(lines, _moved(vertices, fit), 2 * limit_m)[1].mean())
    if share < _ON_BORDERS:
        raise InputError(
            msg("the returned map was fitted by its codes, but only {share:.0%} of its vertices come to lie on borders of the plan: "
                "say its CRS with --crs, or give points with --points", share=share)
        )  # fmt: skip
    return _fitted(shapes, fit, *kept, limit_m)


def _nearest(lines: shapely.STRtree, xy: Floats, reach: float) -> tuple[Floats, Any]:
    points = np.atleast_1d(np.asarray(shapely.points(xy), dtype=object))
    (at, line), _ = lines.query_nearest(points, max_distance=reach, return_distance=True, all_matches=False)
    target, near = xy.copy(), np.zeros(len(xy), dtype=bool)
    on = lines.geometries[line]
    foot = shapely.line_interpolate_point(on, shapely.line_locate_point(on, points[at]))
    target[at], near[at] = shapely.get_coordinates(foot), True
    return target, near


def _trimmed(ours: Floats, theirs: Floats) -> Floats:
    """Fit, and fit again without what lies farther off than three times the median: areas that were changed."""
    fit = fit_points(ours, theirs)
    for _ in range(6):
        off = np.linalg.norm(_moved(ours, fit) - theirs, axis=1)
        good = off <= max(3 * float(np.median(off)), 1e-6)
        if good.sum() < 3:
            break
        fit = fit_points(ours[good], theirs[good])
    return fit


def _fitted(shapes: Geoms, fit: Floats, ours: Floats, theirs: Floats, limit_m: float) -> tuple[Geoms, Placement]:
    off = np.linalg.norm(_moved(ours, fit) - theirs, axis=1)
    rms, largest = float(np.sqrt((off**2).mean())), float(off.max())
    scale, turned = float(np.hypot(*fit[:2])), float(np.degrees(np.arctan2(fit[1], fit[0])))
    if rms > limit_m:
        raise InputError(
            msg("the returned map was fitted on {pairs} points, but they are off by {rms:.2f} m in the mean square, more than the {limit:g} m that are taken: "
                "say its CRS with --crs, or give better points with --points", pairs=len(off), rms=rms, limit=limit_m)
        )  # fmt: skip
    how = msg("by a 4-parameter fit on {pairs} points: scale {scale}, rotation {turned}°, residuals {rms} m in the mean square, {largest} m at most",
              pairs=len(off), scale=f"{scale:.7f}", turned=f"{turned:.5f}", rms=f"{rms:.3f}", largest=f"{largest:.3f}")  # fmt: skip
    moved = np.asarray(shapely.transform(shapes, lambda xy: _moved(xy, fit)), dtype=object)
    return moved, Placement(how, True, scale, turned, len(off), rms, largest)
