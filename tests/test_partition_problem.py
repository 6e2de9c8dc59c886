"""A problem names every fault of its arrays in one error, which is also a ValueError."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from areaplan.errors import ProblemError
from areaplan.partition import Problem
from test_partition import grid


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"households": [1, 2, 3]}, "`households` has 3 entries|`area_m2` has 4 entries"),
        ({"area_m2": [1, 2, 3]}, "`area_m2` has 3 entries, not 4"),
        ({"cost": [1.0]}, "`cost` has 1 entries, not 4"),
        ({"edges": [[0, 1], [1, 9], [0, 2], [2, 3]]}, "`edges` names cells that do not exist at 1"),
        ({"edges": [[0, 1], [1, -1], [0, 2], [2, 3]]}, "`edges` names cells that do not exist at 1"),
        ({"edges": [[0, 1], [1, 0], [0, 2], [2, 3]]}, "`edges` has a pair a second time at 1"),
        ({"edges": [[0, 1], [1, 1], [0, 2], [2, 3]]}, "`edges` joins a cell to itself at 1"),
        ({"edges": [0, 1, 2]}, "`edges` has the shape"),
        ({"households": [1, -2, 3, -4]}, "`households` is negative at 1, 3"),
        ({"households": [1, 2.5, 3, 4]}, "`households` is not whole at 1"),
        ({"households": ["a", "b", "c", "d"]}, "`households` does not hold numbers"),
        ({"shared_m": [1, np.nan, 1, np.inf]}, "`shared_m` is not finite at 1, 3"),
        ({"cost": [1, 1, -1, 1]}, "`cost` is negative at 2"),
        ({"load": [1, 1, -1, 1]}, "`load` is negative at 2"),
        ({"outer_m": [1, 1e200, 1, 1]}, "`outer_m` is beyond anything on earth at 1"),
        ({"lower": 90}, "lower 90 <= target 80"),
        ({"upper": 70}, "target 80 <= upper 70"),
        ({"target": 0, "lower": 0}, "target 0"),
        ({"x": [1, 2, 3, 4]}, "`x` and `y` come together"),
        ({"max_persons": 250}, "`persons` and `max_persons` come together"),
        ({"persons": [1, 1, 1, 1], "max_persons": 0}, "`max_persons` is 0"),
        ({"ferry": [[0, 3], [3, 0]]}, "`ferry` has a pair a second time"),
        ({"barrier": [True]}, "`barrier` has 1 entries, not 4"),
        ({"keep": [0, 0, -2, 1]}, "`keep` is negative at 2"),
    ],
)
def test_each_fault_is_named(changes: dict[str, object], words: str) -> None:
    """Each kind of fault is one ProblemError that says which array and where."""
    with pytest.raises(ProblemError, match=words):
        replace(grid(2, 2), **changes)


def test_all_faults_come_at_once() -> None:
    """Faults of several arrays are named together."""
    with pytest.raises(ValueError, match="households") as caught:
        replace(grid(2, 2), households=[1, -1, 1, 1], cost=[-1, 1, 1, 1], lower=200)
    assert len(caught.value.faults) == 3


def test_no_cells_is_a_fault() -> None:
    """A problem without cells is refused."""
    with pytest.raises(ProblemError, match="no cells"):
        Problem(households=[], area_m2=[], outer_m=[], edges=[], shared_m=[], cost=[], lower=1, target=2, upper=3)


def test_a_problem_keeps_its_own_copy() -> None:
    """Changing the caller's array later changes nothing; the arrays of a problem cannot be written."""
    h = np.array([20, 20, 20, 20])
    p = replace(grid(2, 2), households=h)
    h[0] = 99
    assert p.households[0] == 20
    with pytest.raises(ValueError, match="read-only"):
        p.households[0] = 1
