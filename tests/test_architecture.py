"""The house keeps its shape."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import areaplan

PACKAGE = Path(areaplan.__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
ROOT = PACKAGE.parents[1]


def test_the_rooms_are_one_staircase() -> None:
    """import-linter's contracts hold, and no room is missing from them."""
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [linter, "--config", ROOT / ".importlinter"],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout


def test_help_does_not_wait_for_heavy_libraries() -> None:
    """`areaplan --help` imports neither geopandas nor numba."""
    code = (
        "import sys\nfrom areaplan.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'geopandas', 'numba', 'folium', 'sklearn', 'scipy'} & set(sys.modules)\nsys.exit(str(heavy) if heavy else 0)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_no_room_is_overcrowded() -> None:
    """A module is a chapter: under 400 lines each, 200 at the median."""
    sizes = sorted(len(p.read_text(encoding="utf-8").splitlines()) for p in PACKAGE.rglob("*.py"))
    assert sizes[-1] < 400
    assert sizes[len(sizes) // 2] < 200


def test_functions_are_sentences() -> None:
    """The median function has at most 20 lines, and none more than 80."""
    lengths = sorted(
        node.end_lineno - node.body[0].lineno + 1
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.end_lineno
    )
    assert lengths[len(lengths) // 2] <= 20
    assert lengths[-1] <= 80


def test_no_warning_is_whispered() -> None:
    """Findings and exceptions speak; `warnings.warn` and bare prints do not exist."""
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "warnings.warn" not in text, path
