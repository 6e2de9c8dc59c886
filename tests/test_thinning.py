"""Fewer bends for drawings: close to the shape, of its kind, and in bounded time whatever it looks like."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from areaplan.maps.thinning import thinned


def teeth(count: int, height: float) -> np.ndarray:
    """Return the vertices of a line of teeth."""
    i = np.arange(2 * count)
    return np.column_stack([i * 1.0, np.where(i % 2, height, -height)])


def around(xy: np.ndarray) -> shapely.Polygon:
    """Close a line to a polygon far below."""
    return shapely.Polygon([*xy, (xy[-1, 0], -1e7), (0, -1e7)])


@pytest.mark.parametrize("preserve_topology", [True, False])
def test_ordinary_shapes_are_thinned_as_ever(preserve_topology: bool) -> None:
    """One call for all of them; what is absent or empty stays."""
    shapes = [shapely.Point(0, 0).buffer(50), shapely.LineString([(0, 0), (5, 0.1), (9, 0)]), None, shapely.Point(1, 1)]
    got = thinned(shapes, 1.0, preserve_topology=preserve_topology)
    assert shapely.equals_exact(got, shapely.simplify(shapes, 1.0, preserve_topology=preserve_topology))[
        [0, 1, 3]
    ].all()
    assert got[2] is None


@pytest.mark.parametrize("height", [0.001, 40.0])
def test_twenty_thousand_teeth(height: float) -> None:
    """GEOS alone takes minutes, and from 50,000 on ends the process. Small teeth vanish, large ones stay; kind, ends and validity are kept."""
    xy = teeth(20_000, height)
    for shape in (shapely.LineString(xy), around(xy), around(xy).exterior, shapely.MultiLineString([xy, xy + 1e6])):
        got = thinned(shape, 0.3)[0]
        assert (got.geom_type, got.is_valid) == (shape.geom_type, True)
        assert np.allclose(got.bounds, shape.bounds, atol=0.31)
        few = shapely.get_num_coordinates(got) < 1000
        assert few == (height < 0.3)


def test_a_footprint_of_spikes_side_by_side() -> None:
    """Whether its 4,000 spikes cross is not asked spike by spike."""
    turn, radius = np.linspace(0, 2 * np.pi, 8000, endpoint=False), np.where(np.arange(8000) % 2, 3, 5.0)
    star = shapely.Polygon(np.column_stack([radius * np.cos(turn), radius * np.sin(turn)]))
    assert thinned(star, 0.1)[0].geom_type == "Polygon"
