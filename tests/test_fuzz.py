"""Files spoilt by chance, through the command line: 200 of them here, 5,000 in ``make soak`` (see ``fuzzing``)."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from fuzzing.__main__ import run
from fuzzing.corpus import make_corpus
from fuzzing.spoil import spoil

HERE, ALL, AT_ONCE = 200, 5_000, 300


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    make_corpus(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, HERE, 50))
def test_spoilt_files(first: int, corpus: Path, tmp_path: Path) -> None:
    """Exit 0, 1 or 2; no traceback; old output intact when refused; what is written is whole; bounded time; nothing a terminal obeys."""
    failures = run(first, 50, tmp_path, corpus)
    assert not failures, json.dumps(failures, indent=1)


@pytest.mark.soak
@pytest.mark.parametrize("first", range(HERE, ALL, AT_ONCE))
def test_many_spoilt_files(first: int, corpus: Path, tmp_path: Path) -> None:
    """The same with the rest of the seeds."""
    failures = run(first, min(AT_ONCE, ALL - first), tmp_path, corpus)
    assert not failures, json.dumps(failures, indent=1)


def test_files_are_spoilt(corpus: Path, tmp_path: Path) -> None:
    """The spoiler spoils: nearly every file differs afterwards, and the same seed spoils it the same way."""
    changed = 0
    for seed in range(60):
        files = sorted(corpus.iterdir())
        source = files[seed % len(files)]
        copies = []
        for turn in ("a", "b"):
            target = tmp_path / turn / source.name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(source.read_bytes())
            spoil(target, files, random.Random(seed))
            copies.append(target.read_bytes())
        assert copies[0] == copies[1]
        changed += copies[0] != source.read_bytes()
    assert changed >= 54
