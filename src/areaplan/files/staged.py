"""Write beside, verify, move into place: results appear whole or not at all.

Everything is written into a hidden folder beside the target, on the same file system, and moved by ``os.replace`` once the block ends well. A
crash, a kill or an exception before that leaves the target as it was. The moving itself is a list of renames of whole files: an error in the middle puts
every old file back; a kill in the middle leaves a journal, and the next run finishes the move before it begins its own.

A run may name its owner (the verb). What it wrote is then listed in ``.areaplan-manifest.json`` inside the target; a file of the owner's earlier run
that the new run no longer makes is removed, but only while its content is still what was written. Files of others are never touched.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO

from areaplan.errors import OutputError
from areaplan.files.locks import lock
from areaplan.messages import Message, msg
from areaplan.reasons import system_reason

__all__ = ["MANIFEST", "replace_text", "require_writable", "staged", "staged_file"]

MANIFEST = ".areaplan-manifest.json"
_LOCK, _JOURNAL, _NEW, _OLD = "lock", "journal.json", "new", "old"
_YOUNG_S = 60.0  # a folder without a lock file may be one that another run is just making
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if hasattr(errno, "EDQUOT") else {errno.ENOSPC, errno.EFBIG}


@contextmanager
def staged(
    folder: str | Path, *, owner: str | None = None, inputs: Iterable[Path] = (), filled_in: Iterable[str] = ()
) -> Iterator[Path]:
    """Yield an empty folder; what is written there moves into ``folder`` when the block ends without an exception.

    Verify inside the block: whatever raises there keeps the old output.

    Parameters
    ----------
    folder
        Where the results belong. It need not exist; files of others in it are kept.
    owner
        Whose results they are: earlier files of the same owner that are no longer made are removed. Without one, nothing is removed.
    inputs
        Files that were read for this; none of them is written over.
    filled_in
        Names of files that people fill in; none that was changed since the same owner wrote it is written over.

    Raises
    ------
    OutputError
        When the target is no folder, may not be written, is being written by another run, or the disk is full, and where a file would be lost.

    Examples
    --------
    >>> import tempfile
    >>> out = Path(tempfile.mkdtemp()) / "out"
    >>> with staged(out) as beside:
    ...     _ = (beside / "a.txt").write_text("whole")
    >>> (out / "a.txt").read_text()
    'whole'
    """
    target = Path(folder).resolve()
    with _stage(target, folder=True) as stage:
        (stage / _NEW).mkdir()
        yield stage / _NEW
        _spare_inputs([target / p.relative_to(stage / _NEW) for p in (stage / _NEW).rglob("*")], inputs)
        if owner:
            _spare_filled_in(stage / _NEW, target, owner, filled_in)
        _commit(stage, target, owner)


@contextmanager
def staged_file(path: str | Path) -> Iterator[Path]:
    """Yield the place of one file to write; it replaces ``path`` when the block ends without an exception.

    Raises
    ------
    OutputError
        As :func:`staged`.
    """
    target = Path(path).resolve()
    with _stage(target, folder=False) as stage:
        yield stage / target.name
        _sync(stage / target.name)
        _replace(stage / target.name, target)


def replace_text(path: str | Path, text: str) -> None:
    """Write ``text`` to ``path`` as UTF-8 with plain line ends, whole or not at all.

    Raises
    ------
    OutputError
        As :func:`staged`.
    """
    with staged_file(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")


def require_writable(folder: str | Path, *, inputs: Iterable[Path] = (), writes: Iterable[str] = ()) -> None:
    """Say early, before long work, that ``folder`` cannot be written, or that a file which will be read lies where one will be written.

    Parameters
    ----------
    folder
        Where the results belong.
    inputs
        Files that will be read.
    writes
        Names of the files that will be written in any case.

    Raises
    ------
    OutputError
        As :func:`staged`.
    """
    target = Path(folder).resolve()
    with _stage(target, folder=True):
        _spare_inputs([target / name for name in writes], inputs)


@contextmanager
def _stage(target: Path, *, folder: bool) -> Iterator[Path]:
    """Yield a hidden, locked folder on the file system of ``target``; remove it, and what was made for it, at the end."""
    made: list[Path] = []
    handle: IO[bytes] | None = None
    stage: Path | None = None
    try:
        _check_kind(target, folder=folder)
        made = _make_parents(target.parent)
        _sweep(target)
        stage = _make_stage(target)
        handle = (stage / _LOCK).open("w+b")
        if lock(handle) is False:
            raise _busy(target)
        yield stage
    except OSError as e:
        if stage is None or _is_ours(e, stage, target):
            raise OutputError(_fault(target, e, writing=stage is not None)) from e
        raise
    finally:
        if handle:
            handle.close()
        if stage:
            shutil.rmtree(stage, ignore_errors=True)
        for parent in reversed(made):
            with suppress(OSError):  # it is in use: the move succeeded
                parent.rmdir()


def _check_kind(target: Path, *, folder: bool) -> None:
    if folder and target.exists() and not target.is_dir():
        raise OutputError(msg("{path}: is a file; the output needs a folder", path=target))
    if not folder and target.is_dir():
        raise OutputError(msg("{path}: is a folder; name a file in it", path=target))


def _make_parents(folder: Path) -> list[Path]:
    missing = [p for p in (folder, *folder.parents) if not p.exists()][::-1]
    for path in missing:
        path.mkdir(exist_ok=True)
    return missing


def _make_stage(target: Path) -> Path:
    """Make the hidden folder beside ``target``, or inside it where beside is another file system or forbidden."""
    last: OSError = PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    if target.is_dir() and not os.access(target, os.W_OK):
        raise last
    for home in _homes(target):
        try:
            return Path(tempfile.mkdtemp(prefix=_prefix(target), dir=home))
        except OSError as e:
            last = e
    raise last


def _homes(target: Path) -> list[Path]:
    if not target.is_dir():
        return [target.parent]
    same = target.stat().st_dev == target.parent.stat().st_dev
    return [target.parent, target] if same else [target]


def _prefix(target: Path) -> str:
    """Name the hidden folder after the target, shortly: 80 Chinese characters already fill a file name."""
    return f".areaplan-{hashlib.sha256(target.name.encode()).hexdigest()[:8]}-"


def _sweep(target: Path) -> None:
    """Clear what dead runs left beside ``target``, finishing moves that were cut short."""
    for home in _homes(target):
        for stage in sorted(home.glob(_prefix(target) + "*")):
            try:
                with (stage / _LOCK).open("r+b") as handle:
                    free = lock(handle)
                    if free is False:
                        raise _busy(target)
                    if free and (stage / _JOURNAL).exists():
                        _finish(stage, target)
            except FileNotFoundError:
                free = time.time() - stage.stat().st_mtime > _YOUNG_S
            if free:
                shutil.rmtree(stage, ignore_errors=True)


def _busy(target: Path) -> OutputError:
    return OutputError(msg("{path}: another run is writing there; wait for it, or end it and try again", path=target))


def _spare_inputs(written: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Refuse to write over what is read."""
    read = [p for p in inputs if os.path.isfile(p)]  # noqa: PTH113 - a path no disk bears is no file, either
    lost = [w for w in written if w.is_file() and any(w.samefile(r) for r in read)]
    if lost:
        text = msg(
            "{path}: is read for this and would be written over; choose another folder, or move the file", path=lost[0]
        )
        raise OutputError(text)


def _spare_filled_in(new: Path, target: Path, owner: str, names: Iterable[str]) -> None:
    """Refuse to write over what a person filled in."""
    before = _manifest(target).get(owner, {})
    for name in names:
        path = target / name
        if (new / name).is_file() and path.is_file() and name in before and _digest(path) != before[name]:
            text = msg(
                "{path}: has been changed since it was written, and would be written over; move it first", path=path
            )
            raise OutputError(text)


def _commit(stage: Path, target: Path, owner: str | None) -> None:
    """Move the staged files into ``target``, all or none."""
    new = stage / _NEW
    digests = {p.relative_to(new).as_posix(): _digest(p) for p in sorted(new.rglob("*")) if p.is_file()}
    for name in digests:
        _sync(new / name)
    names, gone = [*digests], _list_for(target, new, owner, digests) if owner else []
    if owner:
        names.append(MANIFEST)
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


def _list_for(target: Path, new: Path, owner: str, digests: dict[str, str]) -> list[str]:
    """Write the new list of what areaplan made; return the owner's files that are to go."""
    manifest = _manifest(target)
    before = manifest.get(owner, {})
    manifest = {o: {n: d for n, d in files.items() if n not in digests} for o, files in manifest.items()}
    manifest[owner] = digests
    _write_synced(new / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False))
    return [n for n, digest in before.items() if n not in digests and _still_ours(target, n, digest)]


def _move(stage: Path, target: Path, names: Iterable[str], gone: Iterable[str]) -> None:
    """Replace file by file; at every moment each name holds a whole file, old or new."""
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        _set_aside(target / name, stage / _OLD / name)
        _replace(stage / _NEW / name, target / name)
    for name in gone:
        (stage / _OLD / name).parent.mkdir(parents=True, exist_ok=True)
        _replace(target / name, stage / _OLD / name)
        _remove_empty((target / name).parent, target)


def _replace(source: Path, target: Path) -> None:
    os.replace(source, target)  # noqa: PTH105 - kept in one place, where the tests make it fail


def _set_aside(path: Path, old: Path) -> None:
    if not os.path.lexists(path):
        return
    old.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, old)
    except OSError:  # no hard links here (FAT, some network shares), or `path` is a folder, which then fails aloud
        shutil.copy2(path, old)


def _restore(stage: Path, target: Path, names: Iterable[str], gone: Iterable[str]) -> None:
    for name in names:
        if (stage / _OLD / name).exists():
            _replace(stage / _OLD / name, target / name)
            continue
        if not (stage / _NEW / name).exists():  # it was moved, and replaced nothing
            (target / name).unlink(missing_ok=True)
        _remove_empty((target / name).parent, target)
    for name in gone:
        if (stage / _OLD / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            _replace(stage / _OLD / name, target / name)


def _finish(stage: Path, target: Path) -> None:
    """Carry out the rest of a move that a kill interrupted; everything staged had been verified."""
    journal = json.loads((stage / _JOURNAL).read_text(encoding="utf-8"))
    for name in journal["names"]:
        if (stage / _NEW / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            _replace(stage / _NEW / name, target / name)
    for name in journal["gone"]:
        (target / name).unlink(missing_ok=True)
        _remove_empty((target / name).parent, target)


def _remove_empty(folder: Path, target: Path) -> None:
    while folder != target:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _manifest(target: Path) -> dict[str, dict[str, str]]:
    """Return what earlier runs wrote; an unreadable list counts as none, so that nothing is removed on its word."""
    try:
        data = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
        return {str(o): {str(n): str(d) for n, d in files.items()} for o, files in data.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _still_ours(target: Path, name: str, digest: str) -> bool:
    """Tell whether ``name`` lies inside ``target`` (a list may come from anywhere) and holds what was written."""
    pure = PurePosixPath(name)
    path = target / pure
    if pure.is_absolute() or ".." in pure.parts or path.is_symlink() or not path.is_file():
        return False
    return path.resolve().is_relative_to(target) and _digest(path) == digest


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _write_synced(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    _sync(path)


def _sync(path: Path) -> None:
    """Bring the content to the disk before its name: else a power cut can leave an empty file under a new name."""
    with suppress(PermissionError), path.open("r+b") as handle:  # a file its maker set read-only stays so
        os.fsync(handle.fileno())


def _is_ours(error: OSError, stage: Path, target: Path) -> bool:
    """Tell a fault of writing from one of whatever else the block does."""
    if error.errno in _FULL or error.errno == errno.EROFS:
        return True
    names = [Path(str(n)) for n in (error.filename, error.filename2) if n]
    return any(n.is_relative_to(p) for n in names for p in (stage, target))


def _fault(target: Path, error: OSError, *, writing: bool) -> Message:
    if error.errno in _FULL:
        return msg("{path}: the disk is full; nothing was changed", path=target)
    places = [Path(str(n)) for n in (error.filename2, error.filename) if n]
    name = next((n.relative_to(target) for n in places if n.is_relative_to(target) and n != target), None)
    if writing and name and isinstance(error, PermissionError):
        return msg(
            "{path}: {name} cannot be replaced; close the program that has it open; nothing was changed",
            path=target,
            name=name,
        )
    return msg("{path}: cannot be written ({reason}); nothing was changed", path=target, reason=system_reason(error))
