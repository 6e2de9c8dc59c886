"""Households: whole numbers on every building that add up to the total of the village."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from areaplan.errors import InputError
from areaplan.files import read_territory
from areaplan.households import estimate_households, is_residential, largest_remainder
from areaplan.model import Territory
from towns import CODES, town_input, town_layers, town_settings, write_town

weights = st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=50).filter(lambda w: sum(w) > 1e-3)


@given(weights, st.integers(0, 100_000))
def test_largest_remainder_is_exact(shares: list[float], total: int) -> None:
    """The parts add up to the total, each within one of its exact share, and zero weight gets nothing."""
    parts = largest_remainder(shares, total)
    exact = np.array(shares) / np.sum(shares) * total
    assert parts.sum() == total
    assert (np.abs(parts - exact) < 1 + 1e-6).all()
    assert (parts[np.array(shares) == 0] == 0).all()


@given(weights, st.integers(0, 1000))
def test_largest_remainder_ignores_scale(shares: list[float], total: int) -> None:
    """Only proportions count: weights in m² or in mm² share alike."""
    assert largest_remainder(shares, total).tolist() == largest_remainder([s * 1024 for s in shares], total).tolist()


def _town(
    folder: Path,
    *,
    households: list[Any] | None = None,
    total: list[int] | None = None,
    use: list[str] | None = None,
    households_table: dict[str, Any] | None = None,
) -> Territory:
    """Return the small town estimated; ``households`` on its 32 buildings (None: no such column), ``total`` of its villages."""
    layers = town_layers()
    given_ = town_input()
    if households is None:
        given_["buildings"] = {"path": "town.gpkg", "layer": "buildings", "levels": "levels", "use": "use"}
    else:
        layers["buildings"]["hh"] = pd.array(households, dtype="Int64")
    if total is None:
        del given_["villages"]["households"]
    else:
        layers["villages"]["hh"] = total
    layers["buildings"]["use"] = use or ["house"] * 32
    write_town(folder, layers)
    settings = town_settings(folder, given_, households=households_table or {})
    return estimate_households(read_territory(settings), settings)


def _sums(territory: Territory) -> list[int]:
    sums = territory.buildings.groupby("village_code")["households"].sum()
    return [int(sums[c]) for c in CODES]


def test_counts_that_add_up_stay(tmp_path: Path) -> None:
    """Given counts equal to the totals are kept, and nothing is found."""
    town = _town(tmp_path, households=[5] * 32, total=[80, 80])
    assert town.buildings["households"].tolist() == [5] * 32
    assert len(town.findings) == 0
    assert not town.estimated


def test_pieces_stay_and_the_register_is_a_finding(tmp_path: Path) -> None:
    """With total = "pieces" a register of 90 against 80 counted changes no building; the difference is R08."""
    town = _town(tmp_path, households=[5] * 32, total=[90, 80])
    assert _sums(town) == [80, 80]
    assert town.villages["households"].tolist() == [80, 80]
    (found,) = town.findings
    assert (found.rule, found.severity, found.subject, found.measure) == ("R08", "warning", CODES[0], -10.0)


def test_the_register_forces(tmp_path: Path) -> None:
    """With total = "register" the buildings add up to it, in proportion to their counts; the difference is R08."""
    town = _town(tmp_path, households=[5] * 32, total=[90, 80], households_table={"total": "register"})
    assert _sums(town) == [90, 80]
    assert set(town.buildings["households"]) <= {5, 6}
    assert [f.measure for f in town.findings.under("R08")] == [-10.0]


def test_totals_are_spread_where_nothing_was_counted(tmp_path: Path) -> None:
    """Without counts the village total is spread exactly; garages get nothing."""
    uses = ["garage", "厂房"] + ["house"] * 30
    town = _town(tmp_path, total=[83, 80], use=uses)
    assert _sums(town) == [83, 80]
    assert town.buildings["households"].tolist()[:2] == [0, 0]
    assert town.estimated
    assert [f.severity for f in town.findings] == ["note"]


def test_blank_counts_share_what_is_left(tmp_path: Path) -> None:
    """Buildings without a count get what the total leaves; the counted ones keep theirs."""
    town = _town(tmp_path, households=[None, 5] * 16, total=[80, 48])
    assert _sums(town) == [80, 48]
    assert town.buildings["households"].tolist()[1::2] == [5] * 16


def test_without_totals_the_estimate_stands(tmp_path: Path) -> None:
    """10 m x 10 m on two levels at 120 m² a household is 1.67; sixteen of them are 27, and it is said aloud."""
    town = _town(tmp_path)
    assert _sums(town) == [27, 27]
    assert town.villages["households"].tolist() == [27, 27]
    assert town.estimated
    assert [f.severity for f in town.findings.under("R08")] == ["warning"]


def test_sheds_take_households_only_when_nothing_else_stands(tmp_path: Path) -> None:
    """A village of nothing but garages still has its total somewhere."""
    town = _town(tmp_path, total=[80, 80], use=["garage"] * 32)
    assert _sums(town) == [80, 80]


def test_persons_follow_households(tmp_path: Path) -> None:
    """Persons of a village are spread over its buildings in proportion to households, exactly."""
    layers, given_ = town_layers(), town_input()
    layers["villages"]["pp"] = [201, 197]
    given_["villages"]["persons"] = "pp"
    write_town(tmp_path, layers)
    settings = town_settings(tmp_path, given_)
    town = estimate_households(read_territory(settings), settings)
    assert town.buildings.groupby("village_code")["persons"].sum().tolist() == [201, 197]


def test_a_town_without_any_count_is_refused(tmp_path: Path) -> None:
    """Villages alone, without totals, cannot be divided by households; the message names them."""
    write_town(tmp_path)
    given_ = town_input()
    del given_["buildings"], given_["villages"]["households"]
    settings = town_settings(tmp_path, given_)
    with pytest.raises(InputError, match=CODES[0]):
        estimate_households(read_territory(settings), settings)


def test_base_areas_keep_their_counts(tmp_path: Path) -> None:
    """Counts of base areas are never changed; a different village total is R08."""
    layers = town_layers()
    layers["villages"]["hh"] = [80, 85]
    write_town(tmp_path, layers)
    base = {"path": "town.gpkg", "layer": "blocks", "code": "block", "village": "village", "households": "hh"}
    given_ = {"villages": town_input()["villages"], "base_areas": base}
    settings = town_settings(tmp_path, given_)
    town = estimate_households(read_territory(settings), settings)
    assert town.base_areas["households"].tolist() == [20] * 8
    assert [(f.rule, f.subject, f.measure) for f in town.findings] == [("R08", CODES[1], -5.0)]


def test_base_areas_take_the_counts_of_their_buildings(tmp_path: Path) -> None:
    """Base areas without a households column beside buildings hold what their buildings hold."""
    write_town(tmp_path)
    given_ = town_input() | {"base_areas": {"path": "town.gpkg", "layer": "blocks", "code": "block"}}
    settings = town_settings(tmp_path, given_)
    town = estimate_households(read_territory(settings), settings)
    assert town.base_areas["households"].tolist() == [20] * 8


@pytest.mark.parametrize(
    ("use", "lived_in"),
    [("yes", True), ("apartments", True), ("GARAGE", False), ("住宅", True), ("商住楼", True), ("小学", False), (None, True), ("猪舍", False), ("员工宿舍", True)],
)  # fmt: skip
def test_uses(use: str | None, lived_in: bool) -> None:
    """Only uses known to be without dwellings count for nothing."""
    assert is_residential(use) is lived_in
