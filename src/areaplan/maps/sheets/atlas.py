"""Sheets of a whole plan: one PDF per area, one per overview, or an atlas with contents and bookmarks."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from areaplan.errors import InputError
from areaplan.levels import Level
from areaplan.maps.sheets.contents import Contents
from areaplan.maps.sheets.edition import Edition
from areaplan.maps.sheets.fonts import Face, build_face, find_fonts
from areaplan.maps.sheets.glyphs import all_texts
from areaplan.maps.sheets.ground import Ground
from areaplan.maps.sheets.overview import Overviews
from areaplan.maps.sheets.pages import page_of
from areaplan.maps.sheets.sheet import draw_area
from areaplan.messages import Lang, msg
from areaplan.model import AreaPlan
from areaplan.sensitive import shown_plan

__all__ = ["Progress", "Sheets"]

_PACKED: Final = 4  # of zlib's 9: half the time of its usual 6, and files 4 % larger

Progress = Callable[[str, int, int], None] | None


@dataclass(frozen=True)
class Sheets:
    """Print the sheets of one plan; ground and face are made once for all of them, and the same plan gives the same bytes.

    Parameters
    ----------
    plan
        The plan.
    edition
        State, paper, class, tiles.
    lang
        Language of the fixed texts; default: the plan's own.
    font
        Font files in order of preference; default: the Chinese faces of this machine.
    content_hash
        The plan's hash, for the facts and the QR code.

    Raises
    ------
    InputError
        When there is no such paper, characters have no glyph in the fonts (all of them, and where they stand), or final sheets are asked of buildings without
        listed numbers.
    OutputError
        When no usable font is installed.

    Examples
    --------
    >>> from areaplan.files import read_plan
    >>> sheets = Sheets(read_plan("out"), Edition(paper="A3"))  # doctest: +SKIP
    >>> pdf = sheets.area("350302101003007")  # doctest: +SKIP
    """

    plan: AreaPlan
    edition: Edition = field(default_factory=Edition)
    lang: Lang | None = None
    font: Sequence[str | Path] | None = None
    content_hash: str | None = None

    def __post_init__(self) -> None:
        page_of(self.edition.paper, lying=False)
        if self.edition.state == "final":
            self._require_listing()
        _ = self.face

    def _require_listing(self) -> None:
        """Refuse final sheets where numbers are still proposals: a final map bears the listing's numbers (R20)."""
        numbered = self.ground.numbered
        unlisted = numbered[~numbered["listed"].astype(bool)].groupby("ea_code").size()
        if len(unlisted):
            raise InputError(
                msg(
                    "{buildings} buildings in {areas} areas have no number from the listing (first: {code}); a final map bears the listing's numbers: "
                    "take the listing in first, or print drafts",
                    buildings=int(unlisted.sum()), areas=len(unlisted), code=unlisted.index[0],
                )
            )  # fmt: skip

    @cached_property
    def ground(self) -> Ground:
        """What the sheets draw on: the plan as maps may show it."""
        return Ground(shown_plan(self.plan), self.lang or self.plan.settings.output.lang, self.content_hash)

    @cached_property
    def face(self) -> Face:
        """The face with all characters of the plan."""
        return build_face(all_texts(self.ground, self.edition), find_fonts(self.font))

    @cached_property
    def overviews(self) -> Overviews:
        """What draws villages, townships and counties."""
        return Overviews(self.ground, self.face, self.edition)

    def area(self, code: str) -> bytes:
        """Return the sheet of one area (普查小区图)."""
        self.ground.codes(area=code)
        return self._pdf(
            self.ground.full_name(code), lambda c: draw_area(c, self.face, self.ground, code, self.edition)
        )

    def overview(self, level: Level, code: str) -> bytes:
        """Return the map of a village, township or county, with its index of sheets."""
        return self._pdf(self.overviews.title(level, code), lambda c: self.overviews.draw(c, level, code))

    def village_atlas(self, code: str, progress: Progress = None) -> bytes:
        """Return the atlas of a village: contents, its map, the sheet of every area."""
        return self._atlas("village", code, [code], progress)

    def township_atlas(self, code: str, progress: Progress = None) -> bytes:
        """Return the atlas of a township: contents, its map, the maps of its villages, each followed by the sheets of its areas."""
        villages = self.overviews.levels["village"]
        return self._atlas("township", code, villages["code"][villages["parent"] == code].tolist(), progress)

    def _atlas(self, level: Level, code: str, villages: list[str], progress: Progress) -> bytes:
        areas = {v: self.ground.codes(village=v) for v in villages}
        title = self.overviews.title(level, code)
        done, total = 0, sum(map(len, areas.values()))

        def draw(canvas: Any) -> None:
            nonlocal done
            expected = total + len(villages) + (level != "village")
            contents = Contents(canvas, self.face, self.edition, self.ground.lang, title, code, expected)
            contents.reserve()
            if level != "village":
                contents.add(code, title, 0)
                self.overviews.draw(canvas, level, code)
            for village, codes in areas.items():
                contents.add(village, self.overviews.title("village", village), 0)
                self.overviews.draw(canvas, "village", village)
                for ea in codes:
                    contents.add(ea, self.ground.full_name(ea), 1)
                    draw_area(canvas, self.face, self.ground, ea, self.edition)
                    done += 1
                    if progress:
                        progress("sheets", done, total)
            contents.fill()

        return self._pdf(title, draw)

    def _pdf(self, title: str, draw: Callable[[Any], object]) -> bytes:
        from reportlab.pdfgen.canvas import Canvas

        out = io.BytesIO()
        page = page_of(self.edition.paper, lying=False)
        with _binary_streams():
            canvas = Canvas(
                out, pagesize=(page.width, page.height), invariant=1, pageCompression=1, initialFontName=self.face.name
            )  # else every page names Helvetica, which nobody embeds
            canvas.setTitle(title)
            canvas.setCreator("areaplan")
            canvas.setAuthor("areaplan")
            canvas.setSubject(self.edition.circulation(self.ground.lang))
            draw(canvas)
            canvas.save()
        return out.getvalue()

    def areas(self, village: str | None = None, progress: Progress = None) -> Iterator[tuple[str, bytes]]:
        """Yield the code and the sheet of every area, or of those of one village."""
        codes = self.ground.codes(village)
        for done, code in enumerate(codes):
            if progress:
                progress("sheets", done, len(codes))
            yield code, self.area(code)
        if progress:
            progress("sheets", len(codes), len(codes))


@contextmanager
def _binary_streams() -> Iterator[None]:
    """Keep reportlab from writing every stream as ASCII text, and from packing as tightly as zlib can: together they take half of the time for a few per cent."""
    from reportlab import rl_config
    from reportlab.pdfbase import pdfdoc

    before = rl_config.useA85
    rl_config.useA85 = 0
    pdfdoc.PDFZCompress.encode = lambda text: zlib.compress(text.encode() if isinstance(text, str) else text, _PACKED)
    try:
        yield
    finally:
        rl_config.useA85 = before
        del pdfdoc.PDFZCompress.encode
