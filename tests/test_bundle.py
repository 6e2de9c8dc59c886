"""The folder for machines without the internet: pinned by hash, and installed where no network is."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import areaplan

ROOT = Path(areaplan.__file__).parents[2]
TOOL = ROOT / "tools" / "bundle.py"

pytestmark = pytest.mark.skipif(not TOOL.exists(), reason="not a checkout")


def test_requirements_pin_version_and_hash(tmp_path: Path) -> None:
    """Every wheel of the folder stands in the list by version and hash, and nothing else does."""
    sys.path.insert(0, str(TOOL.parent))
    try:
        from bundle import write_requirements
    finally:
        sys.path.pop(0)
    (tmp_path / "wheels").mkdir()
    for name in ("numpy-2.4.6-cp311-cp311-win_amd64.whl", "python_docx-1.2.0-py3-none-any.whl"):
        (tmp_path / "wheels" / name).write_bytes(name.encode())
    write_requirements(tmp_path)
    lines = (tmp_path / "requirements.txt").read_text().splitlines()
    digest = hashlib.sha256(b"numpy-2.4.6-cp311-cp311-win_amd64.whl").hexdigest()
    assert lines[0] == f"numpy==2.4.6 --hash=sha256:{digest}"
    assert lines[1].startswith("python-docx==1.2.0 --hash=sha256:")


def test_the_scripts_ask_no_network_and_the_readme_says_what_was_not_run() -> None:
    """Both scripts install from the folder alone, by hash, and say which Python they need; the README names Windows, Kylin and UOS."""
    for name in ("install.sh", "install.bat"):
        text = (TOOL.parent / "bundle" / name).read_text(encoding="utf-8")
        assert "--no-index" in text
        assert "--require-hashes" in text
        assert "@PYTHON@" in text
    readme = (TOOL.parent / "bundle" / "README.txt").read_text(encoding="utf-8")
    assert "未验证：Windows、银河麒麟、统信 UOS" in readme
    assert "nothing was run on Windows, Kylin or UOS" in readme


@pytest.mark.soak
@pytest.mark.timeout(3600)  # fetches, installs, compiles and plans
@pytest.mark.skipif(not os.environ.get("AREAPLAN_SOAK"), reason="fetches 150 MB of wheels: make soak")
def test_the_bundle_installs_and_plans_without_a_network(tmp_path: Path) -> None:
    """Made here, installed and run in a network namespace of its own, which holds nothing."""
    alone = ["unshare", "--map-root-user", "--net"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], check=False).returncode:
        pytest.skip("this system cannot cut a process off the network")
    bundle = tmp_path / "bundle"
    subprocess.run(
        [sys.executable, str(TOOL), "--platform", "manylinux_x86_64", "--out", str(bundle)], check=True, cwd=tmp_path
    )
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=bundle, check=True)
    bare = {k: v for k, v in os.environ.items() if not re.match(r"(PIP_|PYTHON|VIRTUAL_ENV)", k)}
    subprocess.run([*alone, str(bundle / "install.sh"), str(tmp_path / "there")], check=True, cwd=tmp_path, env=bare)
    program = str(tmp_path / "there" / "bin" / "areaplan")
    for command in (
        ["plan", str(bundle / "sample" / "areaplan.toml"), "--out", "out"],
        ["deliver", "out", "--to", "enumerators", "--out", "given"],
    ):
        run = subprocess.run(
            [*alone, program, *command], cwd=tmp_path, env=bare, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr
    assert len(list((tmp_path / "given").rglob("*.pdf"))) > 40
