"""Laws of repair: whatever the hands that drew it, out comes one exact tiling, and every square metre is accounted for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from areaplan.repair import Decision, Mended, mend
from areaplan.settings import RepairSettings
from jittered import clean_tiling, codes_of, jittered

TRIAL = RepairSettings(accept_proposals=True)
towns = st.tuples(
    st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 4), st.sampled_from([0.0, 0.0004, 0.02, 0.5, 3.0, 8.0])
)
few = settings(max_examples=40, deadline=None)


def drawn(town: tuple[int, int, int, float]) -> tuple[np.ndarray[Any, Any], list[str]]:
    seed, bands, most, metres = town
    rng = np.random.default_rng(seed)
    polygons = jittered(rng, clean_tiling(rng, bands, most), metres)
    return polygons, codes_of(len(polygons))


def canonical(mended: Mended, codes: list[str]) -> dict[str, bytes]:
    shapes = shapely.to_wkb(shapely.normalize(mended.geometry))
    return dict(zip(codes, shapes, strict=True))


@few
@given(towns)
def test_a_jittered_tiling_becomes_an_exact_one(town: tuple[int, int, int, float]) -> None:
    """The villages tile their ground; as many as before, none empty, none in more pieces; the ledger closes to the last unit."""
    polygons, codes = drawn(town)
    mended = mend(polygons, codes, TRIAL)
    assert mended.tiles, mended.proof
    assert shapely.coverage_is_valid(mended.geometry)
    assert len(mended.geometry) == len(polygons)
    assert (shapely.area(mended.geometry) > 0).all()
    assert shapely.is_valid(mended.geometry).all()
    assert mended.torn == () == mended.emptied
    assert mended.ledger.unexplained_m2 == 0
    assert mended.ledger.rounding_m2 < 1e-3
    for line in mended.ledger.lines:
        assert line.parts_after <= line.parts_before


@few
@given(towns)
def test_the_ledger_tells_what_can_be_measured(town: tuple[int, int, int, float]) -> None:
    """Before and after are what the polygons measure; what one gained from another is what the other lost to it."""
    polygons, codes = drawn(town)
    mended = mend(polygons, codes, TRIAL)
    lines = {v.village_code: v for v in mended.ledger.lines}
    valid = shapely.make_valid(polygons, method="structure", keep_collapsed=False)
    for code, before, after in zip(codes, shapely.area(valid), shapely.area(mended.geometry), strict=True):
        assert lines[code].before_m2 == pytest.approx(before, abs=1e-3)
        assert lines[code].after_m2 == pytest.approx(after, abs=1e-3)
    ground = shapely.union_all(valid).area
    assert mended.ledger.ground_before_m2 == pytest.approx(ground, abs=1e-3)
    assert mended.ledger.ground_after_m2 == pytest.approx(ground + mended.ledger.filled_m2, abs=1e-3)


@few
@given(towns, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(town: tuple[int, int, int, float], random: Any) -> None:
    """Shuffled rows, other starts of rings and other directions give the same villages, places and moves."""
    polygons, codes = drawn(town)
    mended = mend(polygons, codes, TRIAL)
    order = list(range(len(codes)))
    random.shuffle(order)
    turned = [shapely.Polygon(np.roll(shapely.get_coordinates(polygons[i])[:-1], 3, axis=0)[::-1]) for i in order]
    again = mend(np.array(turned, dtype=object), [codes[i] for i in order], TRIAL)
    assert canonical(again, [codes[i] for i in order]) == canonical(mended, codes)
    assert again.moves == mended.moves
    assert [p.number for p in again.places] == [p.number for p in mended.places]


@few
@given(towns)
def test_without_consent_only_slivers_move(town: tuple[int, int, int, float]) -> None:
    """What changes hands by rule is small and narrow; all else is an open dispute, held as drawn, and there is no proof."""
    polygons, codes = drawn(town)
    mended = mend(polygons, codes, RepairSettings())
    shapes = {p.number: p for p in mended.places}
    for move in mended.moves:
        place = shapes[move.place]
        assert place.sliver
        assert place.m2 < 100 or place.width_m < 0.0015
        assert place.geometry.buffer(-2.5).is_empty
    assert (mended.proof is None) == bool(mended.open)
    assert mended.ledger.unexplained_m2 == 0
    doubled = sum(p.m2 * (len(p.owners) - 1) for p in mended.open if p.kind == "overlap")
    assert mended.ledger.doubled_after_m2 == pytest.approx(doubled, abs=1e-6)


@few
@given(towns)
def test_decisions_are_followed(town: tuple[int, int, int, float]) -> None:
    """Whoever is decided for gets the ground, by name and date; the numbers of disputes are the same the next time."""
    polygons, codes = drawn(town)
    first = mend(polygons, codes, RepairSettings())
    said = [Decision(p.number, p.owners[-1], "Lin", "2026-11-01") for p in first.disputes]
    mended = mend(polygons, codes, RepairSettings(), decisions=said)
    assert not mended.unused
    assert {p.number: p.to for p in mended.settled("decision")} == {d.place: d.village for d in said}
    assert not mended.open or mended.torn or any(p.proposal is None for p in mended.open)
    assert mended.ledger.unexplained_m2 == 0


@few
@given(towns)
def test_mending_twice_changes_nothing(town: tuple[int, int, int, float]) -> None:
    """A mended layer is clean: no place is in question any more."""
    polygons, codes = drawn(town)
    mended = mend(polygons, codes, TRIAL)
    again = mend(mended.geometry, codes, TRIAL)
    assert again.places == ()
    assert canonical(again, codes) == canonical(mended, codes)
