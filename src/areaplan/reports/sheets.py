"""Sheets as files: an atlas per village or township with the overviews, or the sheet of one area."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from areaplan.certificate import content_hash
from areaplan.errors import InputError
from areaplan.files import safe_name, staged
from areaplan.maps.sheets import Edition, Sheets
from areaplan.maps.sheets.atlas import Progress
from areaplan.messages import Lang, msg
from areaplan.model import AreaPlan

__all__ = ["atlases", "write_sheets"]


def write_sheets(  # noqa: PLR0913  (the options of a verb, each named by its caller)
    plan: AreaPlan,
    folder: Path,
    *,
    edition: Edition | None = None,
    village: str | None = None,
    area: str | None = None,
    per: Literal["village", "township"] = "village",
    font: Sequence[str | Path] | None = None,
    lang: Lang | None = None,
    progress: Progress = None,
) -> list[Path]:
    """Write the sheets of a plan into ``folder``, whole or not at all; return the files.

    With neither ``village`` nor ``area``: an atlas per village (or per township), the map of every township and the overview of every county. File names are made
    of codes. Arguments as for :class:`areaplan.maps.sheets.Sheets`, whose errors are raised too.

    Raises
    ------
    InputError
        When there is no such village or area.
    OutputError
        When the folder cannot be written.
    """
    _require_known(plan, village, area)
    sheets = Sheets(plan, edition or Edition(), lang, font, content_hash(plan))
    owner = " ".join(filter(None, ["sheets", village, area]))
    with staged(folder, owner=owner) as beside:
        if area:
            files = {safe_name(area): sheets.area(area)}
        elif village:
            files = {safe_name(village): sheets.village_atlas(village, progress)}
        else:
            files = atlases(sheets, per, progress)
        for name, data in files.items():
            (beside / f"{name}.pdf").write_bytes(data)
    return [folder / f"{name}.pdf" for name in files]


def _require_known(plan: AreaPlan, village: str | None, area: str | None) -> None:
    if village is not None and village not in set(plan.areas["village_code"]):
        raise InputError(msg("the plan has no village {code}", code=village))
    if area is not None and area not in set(plan.areas["ea_code"]):
        raise InputError(msg("the plan has no area {code}", code=area))


def atlases(sheets: Sheets, per: Literal["village", "township"], progress: Progress = None) -> dict[str, bytes]:
    """Return the PDFs of a whole plan by file name: county overviews, township maps, an atlas per village or township."""
    levels = sheets.overviews.levels
    files: dict[str, bytes] = {}
    for code in levels["county"]["code"]:
        files[f"county-{safe_name(code)}" if code else "county"] = sheets.overview("county", code)
    for code in levels["township"]["code"]:
        name = f"township-{safe_name(code)}" if code else "township"
        files[name] = sheets.overview("township", code) if per == "village" else sheets.township_atlas(code, progress)
    if per == "village":
        for code in levels["village"]["code"]:
            files[safe_name(code)] = sheets.village_atlas(code, progress)
    return files
