"""Make a folder from which areaplan is installed on a machine that never sees the internet: ``python tools/bundle.py --platform win_amd64``.

It holds the pinned wheels of everything with their hashes, an install script, a Chinese font and the sample town. Runs where a package index can be reached;
the folder itself needs none.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from areaplan.files import staged
from areaplan.maps.sheets.fonts import find_fonts

ROOT = Path(__file__).parents[1]
PLATFORMS = {
    "manylinux_x86_64": [f"manylinux_2_{n}_x86_64" for n in (28, 27, 26, 24, 17, 12, 5)]
    + ["manylinux2014_x86_64", "manylinux1_x86_64"],
    "win_amd64": ["win_amd64"],
}
"""Name -> the wheel tags that such a machine takes."""

WINDOWS_ONLY = ("colorama", "tzdata")
"""What packages ask for on Windows: pip resolves for the machine it runs on, and would leave these out."""

LICENCES = (Path("/usr/share/doc/fonts-noto-cjk/copyright"),)


def main() -> None:
    """Make the bundle."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", choices=PLATFORMS, required=True)
    parser.add_argument(
        "--python",
        default=f"{sys.version_info.major}.{sys.version_info.minor}",
        help="version of Python on the other machine",
    )
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    out = given.out or ROOT / "dist" / f"areaplan-{given.platform}-py{given.python}"
    with staged(out, owner="bundle") as beside:
        gather_wheels(beside / "wheels", given.platform, given.python)
        write_requirements(beside)
        copy_font(beside / "font")
        shutil.copytree(
            ROOT / "data" / "sample", beside / "sample", ignore=shutil.ignore_patterns("*.py", "__pycache__", "out")
        )
        write_scripts(beside, given.python)
        write_sums(beside)
    print(out)  # noqa: T201


def gather_wheels(folder: Path, platform: str, python: str) -> None:
    """Build the wheel of this checkout, and fetch the pinned wheels of all it needs for the other machine."""
    folder.mkdir(parents=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", str(folder), str(ROOT)], check=True)  # noqa: S603
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    if platform.startswith("win"):
        needs = [*needs, *WINDOWS_ONLY]
    tag = "cp" + python.replace(".", "")
    target = [a for p in PLATFORMS[platform] for a in ("--platform", p)]
    with tempfile.TemporaryDirectory() as cache:
        command = [
            *pip, "download", "--only-binary=:all:", "--python-version", python, "--implementation", "cp",
            *(a for abi in (tag, "abi3", "none") for a in ("--abi", abi)), *target, "-c", str(ROOT / "constraints.txt"), "-d", cache, *needs,
        ]  # fmt: skip
        subprocess.run(command, check=True)  # noqa: S603
        for wheel in Path(cache).glob("*.whl"):
            shutil.move(wheel, folder / wheel.name)


def write_requirements(folder: Path) -> None:
    """Pin every wheel by version and hash: what is installed there is what was gathered here."""
    lines = []
    for wheel in sorted((folder / "wheels").glob("*.whl")):
        name, version = wheel.name.split("-")[:2]
        lines.append(f"{name.replace('_', '-')}=={version} --hash=sha256:{_digest(wheel)}\n")
    (folder / "requirements.txt").write_text("".join(lines), encoding="utf-8", newline="\n")


def copy_font(folder: Path) -> None:
    """Copy the Chinese face that sheets are printed with, and its licence."""
    folder.mkdir()
    font = find_fonts()[0]
    shutil.copy(font, folder / font.name)
    for licence in LICENCES:
        if licence.is_file():
            shutil.copy(licence, folder / "LICENCE.txt")


def write_scripts(folder: Path, python: str) -> None:
    """Write the install scripts of both worlds, and the README."""
    templates = ROOT / "tools" / "bundle"
    version = re.search(r"areaplan-([^-]+)-", next((folder / "wheels").glob("areaplan-*.whl")).name)[1]  # type: ignore[index]
    for name in ("install.sh", "install.bat", "README.txt"):
        text = (templates / name).read_text(encoding="utf-8").replace("@PYTHON@", python).replace("@VERSION@", version)
        ends = "\n" if name == "install.sh" else "\r\n"
        mark = "\ufeff" if name == "README.txt" else ""
        (folder / name).write_bytes((mark + text).replace("\n", ends).encode("utf-8"))
    (folder / "install.sh").chmod(0o755)


def write_sums(folder: Path) -> None:
    """List every file with its hash, as ``sha256sum -c`` reads it."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    lines = [f"{_digest(p)}  {p.relative_to(folder).as_posix()}\n" for p in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


if __name__ == "__main__":
    main()
