"""Whose files lie in a folder: a list of what each verb wrote there, so that nothing of anybody else's is removed or written over.

The list is ``.areaplan-manifest.json`` inside the folder: owner (the verb), file, and the digest of what was written.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from areaplan.errors import OutputError
from areaplan.messages import msg

__all__ = ["MANIFEST", "digest_of", "no_longer_made", "spare_filled_in", "spare_inputs", "with_owner"]

MANIFEST = ".areaplan-manifest.json"


def spare_inputs(written: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Refuse to write over what is read."""
    read = [p for p in inputs if os.path.isfile(p)]  # noqa: PTH113 - a path no disk bears is no file, either
    lost = [w for w in written if w.is_file() and any(w.samefile(r) for r in read)]
    if lost:
        text = msg(
            "{path}: is read for this and would be written over; choose another folder, or move the file", path=lost[0]
        )
        raise OutputError(text)


def spare_filled_in(new: Path, target: Path, owner: str, names: Iterable[str]) -> None:
    """Refuse to write over what a person filled in."""
    before = _manifest(target).get(owner, {})
    for name in names:
        path = target / name
        if (new / name).is_file() and path.is_file() and name in before and digest_of(path) != before[name]:
            text = msg(
                "{path}: has been changed since it was written, and would be written over; move it first", path=path
            )
            raise OutputError(text)


def with_owner(target: Path, owner: str, digests: dict[str, str]) -> str:
    """Return the new list of what areaplan made in ``target``, as text: files of this run belong to ``owner``."""
    manifest = {o: {n: d for n, d in files.items() if n not in digests} for o, files in _manifest(target).items()}
    return json.dumps(manifest | {owner: digests}, indent=1, sort_keys=True, ensure_ascii=False)


def no_longer_made(target: Path, owner: str, digests: dict[str, str]) -> list[str]:
    """Return the files of the owner's earlier run that this one does not make, and that are still what was written."""
    before = _manifest(target).get(owner, {})
    return [n for n, digest in before.items() if n not in digests and _still_ours(target, n, digest)]


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
    return path.resolve().is_relative_to(target) and digest_of(path) == digest


def digest_of(path: Path) -> str:
    """Return the SHA-256 of what a file holds."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
