"""Sheets as files: one atlas per village, or the sheet of one area."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from areaplan.certificate import content_hash
from areaplan.errors import InputError
from areaplan.files import staged
from areaplan.maps.sheets import area_atlas, area_sheets
from areaplan.messages import Lang, msg
from areaplan.model import AreaPlan

__all__ = ["write_sheets"]


def write_sheets(  # noqa: PLR0913  (the options of a verb, each named by its caller)
    plan: AreaPlan,
    folder: Path,
    *,
    village: str | None = None,
    area: str | None = None,
    state: Literal["draft", "final"] = "draft",
    paper: str = "A4",
    font: str | Path | Sequence[str | Path] | None = None,
    lang: Lang | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[Path]:
    """Write the sheets of a plan into ``folder``, whole or not at all; return the files.

    One atlas per village, named by its code; with ``area`` the sheet of that area alone. Arguments as for
    :func:`areaplan.maps.sheets.area_sheets`, whose errors are raised too.

    Raises
    ------
    OutputError
        When the folder cannot be written.
    """
    hashed, files = content_hash(plan), list[Path]()
    villages = [village] if village else sorted(set(plan.areas["village_code"]))
    with staged(folder) as beside:
        if area:
            sheets = area_sheets(
                plan, state=state, paper=paper, village=village, area=area, lang=lang, font=font, content_hash=hashed
            )
            files += [_write(beside, code, data) for code, data in sheets]
            villages = []
        for code in villages:
            data = area_atlas(
                plan,
                state=state,
                paper=paper,
                village=code,
                lang=lang,
                font=font,
                content_hash=hashed,
                progress=progress,
            )
            files.append(_write(beside, code, data))
    return [folder / f.name for f in files]


def _write(folder: Path, code: str, data: bytes) -> Path:
    """Write a file named by a code; a code with anything but letters, digits, dash and underscore in it is no file name."""
    if not re.fullmatch(r"[\w-]+", code):
        raise InputError(msg("the code {code} cannot be a file name", code=code))
    path = folder / f"{code}.pdf"
    path.write_bytes(data)
    return path
