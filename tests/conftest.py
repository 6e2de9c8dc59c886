"""Fixtures for the whole house."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["browser", "spread"]

settings.register_profile("areaplan", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("areaplan")

os.environ["AREAPLAN_TRACEBACK"] = "1"  # a fault of the program is a failed test, not a polite message


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what is too long for CI to ``make soak``."""
    if os.environ.get("AREAPLAN_SOAK"):
        return
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.skip(reason="too long for CI: `make soak`"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real towns named by AREAPLAN_DATA, or skip."""
    place = os.environ.get("AREAPLAN_DATA")
    if not place:
        pytest.skip("AREAPLAN_DATA does not name a folder of real towns")
    folder = Path(place)
    assert (folder / "INDEX.md").exists(), f"AREAPLAN_DATA={place} is not the folder of real towns"
    return folder
