"""Sheets of a whole plan: one PDF per area, or one atlas with bookmarks."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from areaplan.maps.sheets.fonts import Face, build_face, find_fonts
from areaplan.maps.sheets.ground import Ground
from areaplan.maps.sheets.pages import page_of
from areaplan.maps.sheets.sheet import State, draw_area
from areaplan.maps.sheets.words import fixed_texts
from areaplan.messages import Lang, plain
from areaplan.model import AreaPlan

__all__ = ["area_atlas", "area_sheets"]

Fonts = str | Path | Sequence[str | Path] | None
Progress = Callable[[str, int, int], None] | None


def area_sheets(  # noqa: PLR0913  (options are keyword-only, each named by its caller)
    plan: AreaPlan, *,
    state: State = "draft", paper: str = "A4", village: str | None = None, area: str | None = None,
    lang: Lang | None = None, font: Fonts = None, content_hash: str | None = None, progress: Progress = None,
) -> Iterator[tuple[str, bytes]]:  # fmt: skip
    """Draw the sheet of every area (普查小区图), or of those of one village, or of one area.

    Parameters
    ----------
    plan
        The plan.
    state
        ``draft`` (底样: provisional numbers, a page for corrections) or ``final`` (成图).
    paper
        A4, A3, A2, A1 or A0.
    village, area
        Codes; without either, all areas.
    lang
        Language of the fixed texts; default: the plan's own.
    font
        One font file or several in order of preference; default: a Chinese face of this machine.
    content_hash
        The plan's hash, for the facts and the QR code.

    Yields
    ------
    The area's code and its PDF; the same plan gives the same bytes.

    Raises
    ------
    InputError
        When there is no such village, area or paper, or characters have no glyph in the fonts (all of them, and where they stand).
    OutputError
        When no usable font is installed.
    """
    ground, face = _prepared(plan, paper, lang, font, content_hash)
    codes = ground.codes(village, area)
    for done, code in enumerate(codes):
        if progress:
            progress("sheets", done, len(codes))
        with _binary_streams():
            out = io.BytesIO()
            canvas = _canvas(out, ground.full_name(code), paper)
            draw_area(canvas, face, ground, code, state=state, paper=paper)
            canvas.save()
        yield code, out.getvalue()
    if progress:
        progress("sheets", len(codes), len(codes))


def area_atlas(
    plan: AreaPlan, *,
    state: State = "draft", paper: str = "A4", village: str | None = None,
    lang: Lang | None = None, font: Fonts = None, content_hash: str | None = None, progress: Progress = None,
) -> bytes:  # fmt: skip
    """Draw the sheets of all areas, or of one village, as one PDF with a bookmark per village and area; arguments as for :func:`area_sheets`."""
    ground, face = _prepared(plan, paper, lang, font, content_hash)
    codes = ground.codes(village)
    out = io.BytesIO()
    canvas = _canvas(out, plain(plan.territory.title), paper)
    last = None
    for done, code in enumerate(codes):
        if progress:
            progress("sheets", done, len(codes))
        _bookmark(canvas, ground, code, last)
        last = code
        with _binary_streams():
            draw_area(canvas, face, ground, code, state=state, paper=paper)
    with _binary_streams():
        canvas.save()
    return out.getvalue()


def _prepared(
    plan: AreaPlan, paper: str, lang: Lang | None, font: Fonts, content_hash: str | None
) -> tuple[Ground, Face]:
    page_of(paper, lying=False)
    ground = Ground(plan, lang or plan.settings.output.lang, content_hash)
    face = build_face([*fixed_texts(ground.lang), *ground.texts()], find_fonts(font))
    return ground, face


def _canvas(out: io.BytesIO, title: str, paper: str) -> Any:
    from reportlab.pdfgen.canvas import Canvas

    page = page_of(paper, lying=False)
    canvas = Canvas(out, pagesize=(page.width, page.height), invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setCreator("areaplan")
    canvas.setAuthor("areaplan")
    return canvas


@contextmanager
def _binary_streams() -> Iterator[None]:
    """Keep reportlab from writing every stream as ASCII text: that takes a third of the time and a quarter of the file."""
    from reportlab import rl_config

    before = rl_config.useA85
    rl_config.useA85 = 0
    try:
        yield
    finally:
        rl_config.useA85 = before


def _bookmark(canvas: Any, ground: Ground, code: str, last: str | None) -> None:
    rows = dict(zip(ground.areas["ea_code"], ground.areas["village_code"], strict=True))
    village = rows[code]
    canvas.bookmarkPage(code)
    if last is None or rows[last] != village:
        name = ground.villages["name"][ground.village_row(village)] or ""
        canvas.bookmarkPage(f"village {village}")
        canvas.addOutlineEntry(f"{village} {name}".strip(), f"village {village}", level=0, closed=True)
    canvas.addOutlineEntry(f"{code[-3:]} {ground.full_name(code)}", code, level=1)
