"""Zip-based documents (DOCX, XLSX) whose bytes do not tell when they were made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

__all__ = ["timeless"]

_EPOCH = (1980, 1, 1, 0, 0, 0)


def timeless(archive: bytes, edits: Mapping[str, Callable[[bytes], bytes]] | None = None) -> bytes:
    """Return the same zip with every member dated 1980-01-01, so that the same content gives the same bytes.

    ``edits`` change members by name: some formats write the date into a member, too.
    """
    edits = edits or {}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = edits.get(name, bytes)(source.read(name))
            target.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
