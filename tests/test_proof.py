"""The proof on shapes one can draw, and its laws."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon, box

from areaplan.proof import prove, shared_borders

FOUR = [box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 1, 2), box(1, 1, 2, 2)]
WHOLE = Polygon([(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1)])


def kinds(proof: object) -> list[tuple[str, tuple[int, ...], float]]:
    return [(f.kind, f.areas, round(f.area_m2, 6)) for f in proof.faults]  # type: ignore[attr-defined]


def test_tiles() -> None:
    """Four squares tile the square around them, and every edge cancels."""
    proof = prove(FOUR, [WHOLE])
    assert proof.tiles
    assert proof.left == 0
    assert proof.doubled_area() == ([2_000_000] * 4, [8_000_000])


def test_missing_area_is_a_gap_with_neighbours() -> None:
    """A square left out is found as its polygon, between the ones beside it."""
    fault = prove(FOUR[:3], [WHOLE]).faults[0]
    assert (fault.kind, fault.area_m2, fault.parents) == ("gap", 1.0, (0,))
    assert fault.geometry.equals(FOUR[3])
    assert set(fault.neighbours) == {0, 1, 2}  # the one at the corner touches too


def test_overlap_names_both() -> None:
    """Ground held twice is named with its holders; what lies beyond the parent is a spill."""
    assert kinds(prove([*FOUR, box(0.5, 0.25, 1.5, 0.75)], [WHOLE])) == [
        ("overlap", (0, 4), 0.25),
        ("overlap", (1, 4), 0.25),
    ]
    assert kinds(prove([*FOUR, box(2, 0, 3, 1)], [WHOLE])) == [("spill", (4,), 1.0)]


def test_astray() -> None:
    """An area in another parent than its own is astray, though nothing is missing on the whole."""
    parents = [box(0, 0, 1, 2), box(1, 0, 2, 2)]
    assert prove(FOUR, parents, [0, 1, 0, 1]).tiles
    assert kinds(prove(FOUR, parents, [0, 1, 0, 0])) == [("astray", (3,), 1.0)]
    assert prove(FOUR, parents).tiles  # any parent will do


def test_hole_without_parents() -> None:
    """Without parents an enclosed hole is found, the outline is not a fault."""
    ring = [box(i, j, i + 1, j + 1) for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    proof = prove(ring)
    assert kinds(proof) == [("hole", (), 1.0)]
    assert prove(FOUR).tiles


def test_same_line_other_vertices() -> None:
    """A line with a vertex more on one side is no gap; the pair is named."""
    more = Polygon([(0, 0), (1, 0), (1, 0.3), (1, 1), (0, 1)])
    proof = prove([more, *FOUR[1:]], [WHOLE])
    assert proof.tiles
    assert [(u.areas, u.missing) for u in proof.unnoded] == [((1, 0), 1)]


def test_parent_without_junctions() -> None:
    """A parent that does not know the junctions of its areas is tiled all the same, and nobody is blamed."""
    proof = prove(FOUR, [box(0, 0, 2, 2)])
    assert proof.tiles
    assert proof.unnoded == ()


def test_near_equal_vertices_across_a_rounding_boundary() -> None:
    """A coordinate computed twice, a hair apart on either side of half a millimetre, is one vertex."""
    x = 1.0005
    left, right = box(0, 0, x - 1e-9, 1), box(x + 1e-9, 0, 2, 1)
    proof = prove([left, right], [box(0, 0, 2, 1)])
    assert proof.left > 0
    assert proof.tiles
    assert proof.unnoded == ()


@pytest.mark.parametrize("width", [0.002, 0.003, 0.01, 1.0])
@pytest.mark.parametrize("turn", [0.0, 0.3, 0.7854])
def test_gap_and_overlap_from_two_millimetres(width: float, turn: float) -> None:
    """A strip of 2 mm or more is found in any direction, with its size."""
    c, s = np.cos(turn), np.sin(turn)
    turned = lambda g: shapely.transform(g, lambda p: p @ np.array([[c, s], [-s, c]]) + (5e5, 3e6))  # noqa: E731
    whole = turned(box(0, 0, 200, 100))
    gap = prove([turned(box(0, 0, 100 - width, 100)), turned(box(100, 0, 200, 100))], [whole])
    assert [f.kind for f in gap.faults] == ["gap"]
    assert gap.faults[0].area_m2 == pytest.approx(100 * width, abs=0.15)
    both = prove([turned(box(0, 0, 100 + width, 100)), turned(box(100, 0, 200, 100))], [whole])
    assert [f.kind for f in both.faults] == ["overlap"]


def test_form() -> None:
    """What is no polygon is named by row and never counted as ground."""
    rows = [
        None,
        Polygon(),
        shapely.LineString([(0, 0), (1, 1)]),
        Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),
        "no geometry",
    ]
    found = {(f.row, f.kind) for f in prove(rows, [WHOLE]).form}
    assert found == {(0, "missing"), (1, "empty"), (2, "not a polygon"), (3, "invalid"), (4, "not a polygon")}
    assert [f.kind for f in prove([box(0, 0, 0.0002, 0.0002), *FOUR], [WHOLE]).form] == ["vanishes"]
    assert [f.kind for f in prove([Polygon([(0, 0), (1, float("nan")), (1, 1)])]).form] == ["not finite"]


def test_enclaves_islands_and_points() -> None:
    """Holes filled by others, parts apart and corners touching are all ordinary ground."""
    ring = Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    island = box(20, 20, 21, 21)
    corner = box(9, 9, 12, 12)
    assert prove(
        [ring, box(3, 3, 6, 6), MultiPolygon([island, corner])], [MultiPolygon([box(0, 0, 9, 9), island, corner])]
    ).tiles


def test_two_faults_that_touch_stay_two() -> None:
    """Ground with different holders is told apart, ground with the same holders is one fault."""
    assert kinds(prove([box(0, 0, 3, 1), box(1, 0, 4, 1), box(2, 0, 4, 1)], [box(0, 0, 4, 1)])) == [
        ("overlap", (0, 1), 1.0),
        ("overlap", (0, 1, 2), 1.0),
        ("overlap", (1, 2), 1.0),
    ]


def test_borders() -> None:
    """Neighbours share positive length; corners do not connect; perimeters are whole."""
    borders = shared_borders(prove(FOUR, [WHOLE]).table)
    assert list(zip(borders.left.tolist(), borders.right.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 3), (2, 3)]
    assert borders.length_m.tolist() == [1.0] * 4
    assert borders.perimeter_m.tolist() == [4.0] * 4


def test_extent_that_does_not_fit() -> None:
    """A grid too fine for the extent is refused with the way out."""
    with pytest.raises(ValueError, match="larger grid_m"):
        prove([box(0, 0, 3e6, 1)])
    with pytest.raises(ValueError, match="parent_of"):
        prove([box(0, 0, 1, 1)], [], [0, 1])


def test_nothing() -> None:
    """No areas in a parent are one gap; nothing at all is no fault."""
    assert kinds(prove([], [WHOLE])) == [("gap", (), 4.0)]
    assert prove([], []).tiles
    assert prove([Point(0, 0)], []).form[0].kind == "not a polygon"
