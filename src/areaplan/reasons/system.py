"""Why the system does not give or take a file."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from areaplan.messages import Message, msg

__all__ = ["ordinary_text", "system_reason"]

_SAID: dict[int, Message] = {
    errno.ENOENT: msg("there is no such file or folder"),
    errno.EACCES: msg("it may not be opened or written by this user"),
    errno.EPERM: msg("it may not be opened or written by this user"),
    errno.EISDIR: msg("it is a folder"),
    errno.ENOTDIR: msg("a part of the path is a file, not a folder"),
    errno.ELOOP: msg("the link leads to itself"),
    errno.ENAMETOOLONG: msg("the name is too long for this disk"),
    errno.EROFS: msg("the disk is read-only"),
    errno.EBUSY: msg("another program holds it"),
    errno.ENODEV: msg("it is a pipe or a device, not a file"),
    errno.EIO: msg("the disk or the network fails"),
    errno.EEXIST: msg("a file of that name is there already"),
}


def ordinary_text(path: Path, encoding: str = "utf-8-sig") -> str:
    """Return the text of a file; a pipe or a device, which might never end, is refused as a file that may not be read.

    Raises
    ------
    OSError, UnicodeDecodeError
        See :func:`system_reason`.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV), str(path))
    return path.read_text(encoding=encoding)


def system_reason(error: OSError | UnicodeError) -> Message:
    """Return why a file cannot be read or written.

    Examples
    --------
    >>> str(system_reason(PermissionError(13, "Permission denied")))
    'it may not be opened or written by this user'
    """
    if isinstance(error, UnicodeDecodeError):
        line = error.object.count(b"\n", 0, error.start) + 1
        return msg("it is not UTF-8: line {line}; save it as UTF-8", line=line)
    if isinstance(error, UnicodeError):
        return msg("it is not UTF-8; save it as UTF-8")
    return _SAID.get(error.errno or 0) or Message("{reason}", {"reason": error.strerror or error})
