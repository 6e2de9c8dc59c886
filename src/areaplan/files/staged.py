"""Write beside, verify, move into place: results appear whole or not at all.

Everything is written into a hidden folder beside the target, on the same file system, and moved once the block ends well (:mod:`~areaplan.files.moving`).
A crash, a kill or an exception before that leaves the target as it was; a kill within the move is made good by the next run, before it begins its own.

A run may name its owner (the verb): what it no longer makes is removed, files of others are never touched (:mod:`~areaplan.files.owning`).
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from areaplan.errors import OutputError
from areaplan.files.locks import lock
from areaplan.files.moving import NEW, commit, finish, is_cut_short, replace, sync
from areaplan.files.owning import spare_filled_in, spare_inputs
from areaplan.messages import Message, msg
from areaplan.reasons import system_reason

__all__ = ["replace_text", "require_writable", "staged", "staged_file"]

_LOCK = "lock"
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
        (stage / NEW).mkdir()
        yield stage / NEW
        spare_inputs([target / p.relative_to(stage / NEW) for p in (stage / NEW).rglob("*")], inputs)
        if owner:
            spare_filled_in(stage / NEW, target, owner, filled_in)
        commit(stage, target, owner)


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
        sync(stage / target.name)
        replace(stage / target.name, target)


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
        spare_inputs([target / name for name in writes], inputs)


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
                    if free and is_cut_short(stage):
                        finish(stage, target)
            except FileNotFoundError:
                free = time.time() - stage.stat().st_mtime > _YOUNG_S
            if free:
                shutil.rmtree(stage, ignore_errors=True)


def _busy(target: Path) -> OutputError:
    return OutputError(msg("{path}: another run is writing there; wait for it, or end it and try again", path=target))


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
