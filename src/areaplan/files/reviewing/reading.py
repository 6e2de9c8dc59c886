"""Read comments, whatever form they come in; all faults of a file in one message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from areaplan.comments import Comment
from areaplan.errors import InputError
from areaplan.files.reviewing.csv_rows import csv_rows
from areaplan.files.reviewing.form_rows import form_rows
from areaplan.files.reviewing.geojson_rows import geojson_rows
from areaplan.files.reviewing.rows import RawComment, as_comments
from areaplan.messages import msg

__all__ = ["read_comments"]

_MOST_BYTES = 64 * 1024 * 1024

_READERS: dict[str, Callable[[Path, Any], list[RawComment]]] = {
    ".geojson": geojson_rows,
    ".json": geojson_rows,
    ".csv": csv_rows,
    ".xlsx": form_rows,
}


def read_comments(path: str | Path, *, crs: Any = None) -> list[Comment]:
    """Return the comments in a ``.geojson``, ``.csv`` or ``.xlsx`` file as described in ``docs/review-format.md``.

    Parameters
    ----------
    path
        What a reviewer exported, or the form that came back.
    crs
        The plan's CRS; sketches that a program has turned into degrees or another CRS are projected to it. Without it coordinates stay as they are.

    Raises
    ------
    InputError
        When the file is none of these, cannot be read, or has rows that make no comment: all of them in one message.
    """
    place = Path(path)
    reader = _READERS.get(place.suffix.lower())
    if reader is None:
        raise InputError(
            msg(
                "{file}: comments are read from .geojson, .csv and .xlsx, not from {kind}",
                file=place.name,
                kind=place.suffix or "-",
            )
        )
    if not place.is_file():
        raise InputError(msg("{file}: there is no such file", file=str(place)))
    if place.stat().st_size > _MOST_BYTES:
        raise InputError(msg("{file}: larger than 64 MB; that is no file of comments", file=place.name))
    return as_comments(reader(place, crs), place.name)
