"""The package as users install it: a wheel in an environment of its own, away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import areaplan

ROOT = Path(areaplan.__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    if not (ROOT / "pyproject.toml").exists():
        pytest.skip("not a checkout")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_what_the_program_needs(wheel: Path) -> None:
    """Sample, catalogue, page templates and rule packs travel with the code; the generator of the sample need not."""
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "_sample/areaplan.toml",
        "_sample/town.gpkg",
        "areaplan.mo",
        "packs/generic.toml",
        "review.html",
        "py.typed",
    ):
        assert any(n.endswith(wanted) for n in names), wanted
    assert not any("__pycache__" in n for n in names)


def test_an_installed_package_plans_its_sample(wheel: Path, tmp_path: Path) -> None:
    """`areaplan demo` works from the wheel alone, in an empty folder."""
    site = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(site), str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": str(site), "LC_ALL": "C.UTF-8"}
    run = subprocess.run(
        [sys.executable, "-m", "areaplan", "demo", "--out", "out"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert (tmp_path / "out" / "review.html").exists()
