"""Repair: slivers by rule, disputes with a proposal, decisions by people, and an account of every square metre."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from shapely import box

from areaplan.repair import NOBODY, Decision, Mended, mend, open_disputes, repair_findings
from areaplan.settings import RepairSettings

RULES = RepairSettings()
TRIAL = RepairSettings(accept_proposals=True)
A, B, C = "350302101001", "350302101002", "350302101003"


def shapes(*polygons: Any) -> np.ndarray[Any, Any]:
    return np.array(polygons, dtype=object)


def moved(mended: Mended) -> list[tuple[str, str, float]]:
    return [(m.from_code, m.to_code, round(m.m2, 6)) for m in mended.moves]


def test_a_sliver_goes_to_the_longest_border() -> None:
    """Both hold the strip =; it lies along A as long as along B, and ties go to the lower code.

    ::

        +-------+=+-------+
        |   A   |=|   B   |
        +-------+=+-------+
    """
    mended = mend(shapes(box(0, 0, 100, 40), box(99, 0, 200, 40)), [A, B], RULES)
    assert mended.tiles
    assert [p.sliver for p in mended.places] == [True]
    assert moved(mended) == [(B, A, 40.0)]
    first, second = mended.ledger.lines
    assert (first.before_m2, first.gained_m2, first.lost_m2, first.after_m2) == (4000, 0, 0, 4000)
    assert (second.before_m2, second.gained_m2, second.lost_m2, second.after_m2) == (4040, 0, 40, 4000)
    assert dict(second.lost_to) == {A: 40.0}


def test_a_gap_goes_to_the_longest_border() -> None:
    """A closed gap of 1 m x 60 m: A has its whole west side, B and C share the east; A gets it, from nobody."""
    a = box(0, 0, 100, 80)
    b = shapely.Polygon([(101, 10), (101, 40), (200, 40), (200, 0), (100, 0), (100, 10)])
    c = shapely.Polygon([(101, 70), (101, 40), (200, 40), (200, 80), (100, 80), (100, 70)])
    mended = mend(shapes(a, b, c), [A, B, C], RULES)
    assert mended.tiles
    assert moved(mended) == [(NOBODY, A, 60.0)]
    assert mended.ledger.filled_m2 == 60
    assert dict(mended.ledger.lines[0].gained_from) == {NOBODY: 60.0}


@pytest.mark.parametrize(
    ("west", "buildings", "why"),
    [(97.0, None, "too large"), (99.0, box(99.2, 10, 99.8, 11), "built"), (90.0, None, "too wide")],
)
def test_what_is_no_sliver_is_a_dispute(west: float, buildings: Any, why: str) -> None:
    """100 m² and more, 5 m and wider, or something built inside: a dispute with a proposal, held as drawn by both."""
    high = 9.0 if why == "too wide" else 40.0
    footprints = None if buildings is None else shapes(buildings)
    drawn = shapes(box(0, 0, 100, high), box(west, 0, 200, high))
    mended = mend(drawn, [A, B], RULES, footprints=footprints)
    (place,) = mended.open
    assert place.owners == (A, B)
    assert place.proposal == A
    assert place.buildings == (None if buildings is None else 1)
    assert mended.proof is None
    assert mended.moves == ()
    assert [g.area for g in mended.geometry] == [g.area for g in drawn]
    (finding,) = open_disputes(mended)
    assert (finding.rule, str(finding.severity)) == ("R02", "error")
    assert mend(drawn, [A, B], TRIAL, footprints=footprints).tiles


def test_a_building_that_only_touches_a_sliver_is_not_in_it() -> None:
    """Nothing is built inside a sliver along a wall."""
    drawn = shapes(box(0, 0, 100, 40), box(99, 0, 200, 40))
    assert not mend(drawn, [A, B], RULES, footprints=shapes(box(90, 10, 99, 20))).open


def test_a_lake_is_no_gap_when_declared() -> None:
    """A lake of 60 m x 60 m is a dispute, proposed as nobody's; declared, it is none, and stays a hole in the tiling.

    ::

        +-----+--+-----+
        |  A  |~~|  B  |
        +-----+--+-----+
    """
    lake = box(70, 20, 130, 80)
    drawn = shapes(shapely.difference(box(0, 0, 100, 100), lake), shapely.difference(box(100, 0, 200, 100), lake))
    (place,) = mend(drawn, [A, B], RULES).open
    assert (place.kind, place.proposal) == ("gap", NOBODY)
    assert [f.rule for f in open_disputes(mend(drawn, [A, B], RULES))] == ["R01"]
    declared = mend(drawn, [A, B], RULES, outside=shapes(lake.buffer(0.5)))
    assert declared.tiles
    assert [p.way for p in declared.places] == ["declared"]
    assert declared.ledger.filled_m2 == 0
    assert ["water or foreign ground (declared)" in str(f.message) for f in repair_findings(declared, [A, B])] == [True]
    built = mend(drawn, [A, B], RULES, footprints=shapes(box(100, 50, 110, 60)))
    assert built.open[0].proposal != NOBODY


def test_an_enclave_drawn_over_its_host_stays() -> None:
    """B lies wholly inside A, whose polygon has no hole: B keeps its ground, A gets the hole, and nobody is emptied."""
    mended = mend(shapes(box(0, 0, 100, 100), box(40, 40, 60, 60)), [A, B], TRIAL)
    assert mended.tiles
    assert moved(mended) == [(A, B, 400.0)]
    assert [g.area for g in mended.geometry] == [9600, 400]


def test_two_villages_on_the_same_ground_have_no_proposal() -> None:
    """Whoever got it, the other would be empty: nothing is proposed, and no trial can settle it."""
    mended = mend(shapes(box(0, 0, 100, 100), box(0, 0, 100, 100), box(100, 0, 200, 100)), [A, B, C], TRIAL)
    (place,) = mended.open
    assert place.proposal is None
    assert "nothing can be proposed" in str(open_disputes(mended)[0].message)


def test_bars_that_cross_have_no_proposal() -> None:
    """Either bar would fall into two if the other got the crossing."""
    mended = mend(shapes(box(0, 40, 100, 60), box(40, 0, 60, 100)), [A, B], TRIAL)
    (place,) = mended.open
    assert (place.m2, place.proposal) == (400, None)


def test_a_strip_that_would_be_cut_keeps_its_crossing() -> None:
    """A has the longer border with the strip of B that runs through it, but B would fall into two.

    ::

        +---------+
        ====B=====B
        +---------+
    """
    a = box(0, 0, 100, 100)
    b = shapely.union_all([box(-50, 0, -1, 100), box(-1, 45, 101, 55), box(101, 0, 150, 100)])
    mended = mend(shapes(a, b), [A, B], TRIAL)
    assert mended.tiles or mended.open[0].proposal is None
    assert all(line.parts_after <= line.parts_before for line in mended.ledger.lines)


def test_splinters_go_to_the_neighbour() -> None:
    """B's corner pokes through A into the outside by a hair: what comes off B goes by rule, and is in the account."""
    a = shapely.Polygon([(0, 0), (100, 0), (100, 50), (0, 50)])
    b = shapely.Polygon([(100, 0), (200, 0), (200, 50), (100, 50), (100, 50.5), (98, 50.5), (98, 49), (100, 49)])
    mended = mend(shapes(a, b), [A, B], RULES)
    assert mended.tiles
    assert not mended.torn
    assert [p.kind for p in mended.places].count("crumb") <= 1
    assert mended.ledger.unexplained_m2 == 0


def test_rings_that_cross_themselves_keep_their_ground() -> None:
    """A bow at the end of an outline stays ground of its village, and a note says what it measured as drawn."""
    bow = shapely.Polygon([(0, 0), (100, 0), (100, 50), (40, 50), (40, 53), (43, 50), (0, 50)])
    assert not bow.is_valid
    mended = mend(shapes(bow, box(100, 0, 200, 50)), [A, B], TRIAL)
    assert mended.tiles
    ((row, reason, _drawn),) = mended.rings
    assert (row, "Self-intersection" in reason) == (0, True)
    assert [f.rule for f in repair_findings(mended, [A, B])] == ["R00"]


def test_borders_that_are_not_noded_become_one_line() -> None:
    """B's corner lies on A's side without a vertex there, half a millimetre off: no place in question is left, vertices match."""
    a = box(0, 0, 100, 100)
    b, c = shapely.Polygon([(100.0005, 0), (200, 0), (200, 50), (100.0005, 50)]), box(100, 50, 200, 100)
    mended = mend(shapes(a, b, c), [A, B, C], RULES)
    assert mended.tiles
    assert shapely.coverage_is_valid(mended.geometry)
    assert mended.disputes == ()
    assert sum(m.m2 for m in mended.moves) == pytest.approx(0.025, abs=1e-3)


def test_a_slit_open_to_the_outside_is_closed() -> None:
    """Two hands drew one border, 1 m apart, from edge to edge of the town: the slit between is mended; a mere corner stays.

    ::

        +------+ +------+
        |  A   | |   B  |    open at both ends
        +------+ +------+
    """
    mended = mend(shapes(box(0, 0, 100, 80), box(101, 0, 200, 80)), [A, B], RULES)
    assert mended.tiles
    assert [(g, t) for g, t, _ in moved(mended)] == [(NOBODY, A)]
    assert mended.ledger.filled_m2 == pytest.approx(80, abs=1)
    step = shapes(box(0, 0, 100, 80), box(100, 3, 200, 80))
    assert mend(step, [A, B], RULES).places == ()


def test_people_decide_by_name_and_date() -> None:
    """A decision for B is followed and named; one for a stranger, or of another place, fits nothing and is said."""
    drawn, codes = shapes(box(0, 0, 100, 100), box(80, 0, 200, 100), box(200, 0, 300, 100)), [A, B, C]
    (place,) = mend(drawn, codes, RULES).open
    good = Decision(place.number, B, "林主任", "2026-11-20")
    mended = mend(drawn, codes, RULES, decisions=[good])
    assert mended.tiles
    assert moved(mended) == [(A, B, 2000.0)]
    (note,) = [f for f in repair_findings(mended, codes) if "by decision" in str(f.message)]
    assert "林主任, 2026-11-20" in str(note.message)
    for bad in (
        Decision(place.number, C, "x", "y"),
        Decision(place.number, NOBODY, "x", "y"),
        Decision("0000-0000", A, "x", "y"),
    ):
        again = mend(drawn, codes, RULES, decisions=[bad])
        assert again.unused == (bad,)
        assert len(again.open) == 1
        assert any("fits no dispute" in str(f.message) for f in repair_findings(again, codes))


def test_decisions_may_split_a_village_and_it_is_said() -> None:
    """People may do what a rule may not; the village that falls apart is named with the m² that came off."""
    drawn = shapes(box(0, 40, 100, 60), box(40, 0, 60, 100))
    (place,) = mend(drawn, [A, B], RULES).open
    mended = mend(drawn, [A, B], RULES, decisions=[Decision(place.number, A, "林", "2026-11-20")])
    assert mended.tiles
    assert mended.torn == ((B, 800.0),)
    assert [f.rule for f in repair_findings(mended, [A, B])].count("R05") == 1


def test_numbers_of_disputes_do_not_depend_on_other_villages() -> None:
    """A village added far away changes no number: forms that were signed stay good."""
    drawn = [box(0, 0, 100, 100), box(80, 0, 200, 100)]
    (before,) = mend(shapes(*drawn), [A, B], RULES).open
    (after,) = mend(shapes(box(300, 0, 400, 100), *drawn), [C, A, B], RULES).open
    assert before.number == after.number


def test_clean_villages_stay_bit_by_bit() -> None:
    """Nothing in question: the outlines come back with the same coordinates, also of exclaves and islands."""
    a = shapely.MultiPolygon([box(0, 0, 100, 100), box(300.123456789, 0, 310, 10)])
    b = box(100, 0, 200, 100.000000123)
    mended = mend(shapes(a, b), [A, B], RULES)
    assert mended.places == ()
    assert all(g.equals(d) and g.area == d.area for g, d in zip(mended.geometry, (a, b), strict=True))
