"""Every notebook runs from top to bottom, and is kept without its outputs."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def name_of(path: Path) -> str:
    return path.stem


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


@pytest.fixture
def kernel_finds_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the kernel this checkout's package and this Python, whatever kernels the machine has."""
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    )
    kernel = tmp_path / "kernels" / "python3"
    kernel.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": command, "display_name": "Python 3", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_notebook_is_kept_without_outputs(path: Path) -> None:
    """Outputs age and carry paths; the repository has none."""
    nbformat.validate(read(path))
    cells = [c for c in read(path).cells if c.cell_type == "code"]
    assert cells
    assert all(not c.outputs and c.execution_count is None for c in cells)


@pytest.mark.slow
@pytest.mark.usefixtures("kernel_finds_the_package")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_notebook_runs(path: Path) -> None:
    """No cell fails; each code cell that ends in a value shows one."""
    notebook = read(path)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    assert all(c.outputs for c in notebook.cells if c.cell_type == "code")
