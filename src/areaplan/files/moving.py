"""Move staged files into their folder, all or none, even where a kill comes between.

Files are renamed one by one after what they replace was set aside. An error puts every old file back; a kill leaves a journal beside the
staged files, and :func:`finish` carries out the rest.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from areaplan.files.owning import MANIFEST, digest_of, no_longer_made, with_owner

__all__ = ["NEW", "commit", "finish", "is_cut_short", "replace", "sync"]

NEW, _OLD, _JOURNAL = "new", "old", "journal.json"


def commit(stage: Path, target: Path, owner: str | None) -> None:
    """Move the staged files into ``target``, all or none."""
    new = stage / NEW
    digests = {p.relative_to(new).as_posix(): digest_of(p) for p in sorted(new.rglob("*")) if p.is_file()}
    for name in digests:
        sync(new / name)
    names, gone = [*digests], []
    if owner:
        gone = no_longer_made(target, owner, digests)
        names.append(MANIFEST)
        _write_synced(new / MANIFEST, with_owner(target, owner, digests))
    if not target.exists():
        new.rename(target)  # one step: the folder appears whole
        return
    _write_synced(stage / _JOURNAL, json.dumps({"names": names, "gone": gone}))
    try:
        _move(stage, target, names, gone)
    except BaseException:
        (stage / _JOURNAL).unlink()
        _restore(stage, target, names, gone)
        raise


def is_cut_short(stage: Path) -> bool:
    """Tell whether a kill came into the moving of these staged files."""
    return (stage / _JOURNAL).exists()


def finish(stage: Path, target: Path) -> None:
    """Carry out the rest of a move that a kill interrupted; everything staged had been verified."""
    journal = json.loads((stage / _JOURNAL).read_text(encoding="utf-8"))
    for name in journal["names"]:
        if (stage / NEW / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            replace(stage / NEW / name, target / name)
    for name in journal["gone"]:
        (target / name).unlink(missing_ok=True)
        _remove_empty((target / name).parent, target)


def _move(stage: Path, target: Path, names: Iterable[str], gone: Iterable[str]) -> None:
    """Replace file by file; at every moment each name holds a whole file, old or new."""
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        _set_aside(target / name, stage / _OLD / name)
        replace(stage / NEW / name, target / name)
    for name in gone:
        (stage / _OLD / name).parent.mkdir(parents=True, exist_ok=True)
        replace(target / name, stage / _OLD / name)
        _remove_empty((target / name).parent, target)


def _restore(stage: Path, target: Path, names: Iterable[str], gone: Iterable[str]) -> None:
    for name in names:
        if (stage / _OLD / name).exists():
            replace(stage / _OLD / name, target / name)
            continue
        if not (stage / NEW / name).exists():  # it was moved, and replaced nothing
            (target / name).unlink(missing_ok=True)
        _remove_empty((target / name).parent, target)
    for name in gone:
        if (stage / _OLD / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            replace(stage / _OLD / name, target / name)


def _set_aside(path: Path, old: Path) -> None:
    if not os.path.lexists(path):
        return
    old.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, old)
    except OSError:  # no hard links here (FAT, some network shares), or `path` is a folder, which then fails aloud
        shutil.copy2(path, old)


def replace(source: Path, target: Path) -> None:
    """Put one file in the place of another, in one step."""
    os.replace(source, target)  # noqa: PTH105 - kept in one place, where the tests make it fail


def sync(path: Path) -> None:
    """Bring the content to the disk before its name: else a power cut can leave an empty file under a new name."""
    with suppress(PermissionError), path.open("r+b") as handle:  # a file its maker set read-only stays so
        os.fsync(handle.fileno())


def _write_synced(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    sync(path)


def _remove_empty(folder: Path, target: Path) -> None:
    while folder != target:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
