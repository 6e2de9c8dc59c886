"""Rivers, railways and motorways between cells: what bars the way, what leads over it, and what plans make of it."""

from __future__ import annotations

import pytest

from areaplan.delineation import delineate
from areaplan.model import Territory
from areaplan.pipeline import prove_plan
from cell_towns import box, cut, line, settings_for, street, town

RIVER = {"kind": "river", "class": "river"}
SIZES = {"target_households": 40, "min_households": 30, "max_households": 50}


def barred(*lines: dict[str, object]) -> list[bool]:
    """Return for a village of two houses, parted by what runs along y = 50, whether the border between their cells bars the way.

    ::

        +-----------+
        |   [B1]    |
        +~~~~~~~~~~~+  the barrier
        |   [B2]    |
        +-----------+
    """
    cells = cut(town([box(0, 0, 100, 100)], [box(40, 70, 50, 80), box(40, 20, 50, 30)], lines))
    return cells.borders["barrier"].tolist()


def test_a_river_bars_the_way():
    """So do a railway and a motorway; a ditch, a street, and a river on a bridge do not."""
    assert barred(street((-9, 50), (109, 50), **RIVER)) == [True]
    assert barred(street((-9, 50), (109, 50), kind="railway", **{"class": "rail"})) == [True]
    assert barred(street((-9, 50), (109, 50), **{"class": "motorway"})) == [True]
    assert barred(street((-9, 50), (109, 50), kind="river", **{"class": "ditch"})) == [False]
    assert barred(street((-9, 50), (109, 50))) == [False]
    assert barred(street((-9, 50), (109, 50), bridge=True, **RIVER)) == [False]


@pytest.mark.parametrize("way", [{}, {"bridge": True}, {"tunnel": True}, {"class": "footway"}])
def test_a_way_across_joins(way: dict[str, object]):
    """A street, bridge, underpass or footpath that crosses joins both banks; one that ends at the bank does not."""
    river = street((-9, 50), (109, 50), **RIVER)
    assert not any(barred(river, street((20, -9), (20, 109), **way)))
    assert any(barred(river, street((20, -9), (20, 50), **way)))


def test_two_pieces_of_a_way_that_meet_on_the_line_cross_it():
    """A level crossing where the street is cut in two."""
    rail = street((-9, 50), (109, 50), kind="railway", **{"class": "rail"})
    assert not any(barred(rail, street((20, -9), (20, 50)), street((20, 50), (20, 109))))


def test_ground_beside_the_barrier_joins():
    """Where the river ends inside the village people walk round its end: the border leaves it for more than a metre."""
    cells = cut(
        town([box(0, 0, 100, 100)], [box(40, 70, 50, 80), box(40, 20, 50, 30)], [street((-9, 50), (60, 50), **RIVER)])
    )
    assert cells.borders["barrier"].tolist() == [False, False]


def river_town(north: int, *, bridge: bool = False) -> Territory:
    """Return a village of two rows of four houses, ``north`` households each in the northern one and 20 in the other, a river between."""
    rows = [box(x, y, x + 10, y + 10) for y in (70, 20) for x in (10, 60, 110, 160)]
    lines = [street((-9, 50), (209, 50), **RIVER)] + ([street((100, -9), (100, 109))] if bridge else [])
    return town([box(0, 0, 200, 100)], rows, lines, households=[north] * 4 + [20] * 4)


def test_areas_keep_to_their_bank():
    """Eighty households on either side become two areas a side, none across the river."""
    plan = delineate(cut(river_town(20), areas=SIZES), settings_for(areas=SIZES))
    river = line((0, 50), (200, 50))
    assert len(plan.areas) == 4
    assert not any(area.crosses(river) for area in plan.areas.geometry)


def test_too_few_people_behind_a_river_are_taken_in_and_named():
    """Eight households beyond the river fit no number of areas: an area takes them in, and a note says so."""
    town_ = prove_plan(delineate(cut(river_town(2), areas=SIZES), settings_for(areas=SIZES)))
    notes = [(str(f.severity), f.measure) for f in town_.plan.findings.under("R14")]
    assert ("note", 8.0) in notes
    assert town_.plan.areas["households"].sum() == 88


def test_a_bridge_makes_the_river_a_border_like_others():
    """With a bridge nothing is linked by force, and nothing is said."""
    plan = delineate(cut(river_town(2, bridge=True), areas=SIZES), settings_for(areas=SIZES))
    assert not plan.findings.under("R14")
