"""What the documents say is true."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

import areaplan
from areaplan.cli.base import speak
from areaplan.cli.main import VERBS
from areaplan.cli.main import areaplan as group
from areaplan.messages import LANGS

ROOT = Path(areaplan.__file__).parents[2]


def pages() -> list[Path]:
    """Return every Markdown page of the project."""
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").rglob("*.md")]


def test_every_verb_has_help_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """No verb is undocumented, and Chinese help is Chinese."""
    monkeypatch.setenv("LANGUAGE", "")
    for lang in LANGS:
        speak(lang)
        for verb in VERBS:
            shown = CliRunner().invoke(group, [verb, "--help"], obj=lang)
            assert shown.exit_code == 0, shown.output
            assert len(shown.output.splitlines()) > 5
            assert (lang == "zh") == ("显示本说明并退出" in shown.output), (verb, shown.output)


def test_every_verb_stands_in_a_document() -> None:
    """A verb that no page mentions is not found by anybody."""
    text = "\n".join(p.read_text(encoding="utf-8") for p in pages())
    assert [v for v in VERBS if f"areaplan {v}" not in text] == []


def test_links_lead_somewhere() -> None:
    """Every relative link of every page names a file of the project."""
    broken = [
        (page.name, target)
        for page in pages()
        for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8"))
        if not target.startswith(("http:", "https:", "mailto:")) and not (page.parent / target).exists()
    ]
    assert broken == []


def test_both_readmes_show_the_same_commands() -> None:
    """The Chinese README is not behind."""
    blocks = [
        [
            line.split("#")[0].strip()
            for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
            if line.startswith("$ ")
        ]
        for name in ("README.md", "README.zh.md")
    ]
    assert blocks[0] == blocks[1]
    assert len(blocks[0]) >= 7


def test_nothing_names_a_machine() -> None:
    """No tracked file holds a path of a machine or the address of a package registry."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("not a checkout: there is no history to look at")
    bad = re.compile(r"(/(root/|(home|Users)/\w)|[Ii]ndex-url\s*=|registry\s*=\s*http)")
    for name in filter(None, tracked.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in {".md", ".py", ".toml", ".txt", ".yml", ".ipynb", ".cfg", ""} and path.is_file():
            found = bad.search(path.read_text(encoding="utf-8", errors="ignore"))
            assert not found, (name, found)


def test_acceptance_names_tests_that_exist() -> None:
    """Each line of docs/acceptance.md points to a test or a benchmark of the project."""
    text = (ROOT / "docs" / "acceptance.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:tests|benchmarks)/[\w/]+\.py)(?:::(\w+))?`", text))
    assert named
    for file, test in named:
        assert (ROOT / file).exists(), file
        if test:
            assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), (file, test)


def test_pins_are_pins() -> None:
    """The constraints file holds `name==version` and nothing else."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.+!-]+", line) for line in lines)
