"""Locks that die with their process, on every system: a kill -9 cannot leave one behind."""

from __future__ import annotations

import sys
from typing import IO

__all__ = ["lock"]

if sys.platform == "win32":
    import msvcrt

    def lock(handle: IO[bytes]) -> bool | None:
        """Lock an open file until it is closed; False when another holds it, None where the file system knows no locks."""
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        except OSError:
            return None
        return True

else:
    import fcntl

    def lock(handle: IO[bytes]) -> bool | None:
        """Lock an open file until it is closed; False when another holds it, None where the file system knows no locks."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True
