"""What a sheet is drawn with: text that can be selected, halos that are no text, and paths written in one go.

Every text that is drawn is remembered with its box, so that a test can measure what an eye would see: no text lies on another.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from unicodedata import east_asian_width

import numpy as np
from numpy.typing import NDArray

from areaplan.maps.sheets.fonts import Face
from areaplan.maps.sheets.labels import text_box
from areaplan.maps.sheets.measures import Box
from areaplan.maps.sheets.operators import path_operators
from areaplan.maps.sheets.tiles import write_tiles

__all__ = ["Colour", "Ink", "Text", "wrap"]

Colour = float | tuple[float, float, float]
"""A grey (0 black, 1 white) or red, green, blue."""


class Text(NamedTuple):
    """Hold a text as drawn on page ``page``, its base line starting at (x, y); ``kind`` says what it is (``number`` of a building)."""

    page: int
    text: str
    x: float
    y: float
    width: float
    size: float
    angle: float = 0.0
    kind: str = ""

    @property
    def corners(self) -> NDArray[np.float64]:
        """The four corners of its box."""
        return text_box(self.x, self.y, self.width, self.size, self.angle)


@dataclass
class Ink:
    """Draw on a reportlab canvas; lengths in points, (0, 0) at the lower left."""

    canvas: Any
    face: Face
    tiled: bool = False
    page: int = 1
    texts: list[Text] = field(default_factory=list)
    _shown: Box = (0.0, 0.0, 0.0, 0.0)
    _pieces: dict[int, str] = field(default_factory=dict)

    def begin(self, width: float, height: float, shown: Box) -> None:
        """Begin a page; a tiled one is drawn aside first, and what is in ``shown`` of it is then printed in pieces."""
        self._shown = shown
        if self.tiled:
            self.canvas.beginForm(self._form, 0, 0, width, height)
        else:
            self.canvas.setPageSize((width, height))

    def next_page(self) -> None:
        """Close the page."""
        if self.tiled:
            self.canvas.endForm()
            write_tiles(self.canvas, self._form, self._shown, self.face.name)
        else:
            self.canvas.showPage()
        self.page += 1

    @property
    def _form(self) -> str:
        return f"page-{self.canvas.getPageNumber()}"

    def text(  # noqa: PLR0913  (options are keyword-only, each named by its caller)
        self, x: float, y: float, text: str, size: float, *,
        anchor: float = 0.0, angle: float = 0.0, halo: float = 0.0, bold: bool = False, gray: Colour = 0.0,
        kind: str = "",
    ) -> None:  # fmt: skip
        """Draw ``text``; ``anchor`` 0, 0.5, 1 puts its start, middle or end at x. ``halo`` is the width of a white rim."""
        if not text:
            return
        width = self.face.width(text, size)
        across, up = (math.cos(angle), math.sin(angle)) if angle else (1.0, 0.0)
        x, y = x - anchor * width * across, y - anchor * width * up
        self.texts.append(Text(self.page, text, x, y, width, size, angle, kind))
        if halo:
            self._halo(text, _turned(across, up, x, y, size / 1000), size, halo)
        look = _paint(gray, "g", "rg")
        if bold:
            look += f" 2 Tr {size * 0.035:.3f} w {_paint(gray, 'G', 'RG')}"
        self.canvas.addLiteral(
            f"q {_turned(across, up, x, y)} cm BT {look} {self._glyphs(text, size)} ET Q" if angle
            else f"q BT {look} {x:.2f} {y:.2f} Td {self._glyphs(text, size)} ET Q"
        )  # fmt: skip

    def _glyphs(self, text: str, size: float) -> str:
        """Return the operators that show a text: a face is kept in pieces of 256 characters, each under a name of its own."""
        runs = self._font.runs(text)
        for piece, _ in runs:
            if piece not in self._pieces:
                self._pieces[piece] = self._font.getSubsetInternalName(piece, self.canvas._doc)
        return " ".join(f"{self._pieces[piece]} {size:.3f} Tf ({codes}) Tj" for piece, codes in runs)

    @cached_property
    def _font(self) -> Any:
        from reportlab.pdfbase.pdfmetrics import getFont

        return getFont(self.face.name)

    def _halo(self, text: str, turn: str, size: float, halo: float) -> None:
        at, parts = 0.0, []
        for c in text:
            parts.append(f"1 0 0 1 {at:.0f} 0 cm {self.face.silhouettes[c]}" if at else self.face.silhouettes[c])
            at = self.face.widths[c] * 1000
        self.canvas.addLiteral(f"q {turn} cm 1 g 1 G 1 j {2000 * halo / size:.0f} w {' '.join(parts)} Q")

    def path(
        self, lines: Iterable[NDArray[np.float64]], *,
        width: float = 0.0, gray: Colour = 0.0, fill: Colour | None = None, dash: Sequence[float] = (), cap: int = 0, close: bool = False,
    ) -> None:  # fmt: skip
        """Draw lines or rings as one path: stroked where ``width`` > 0, filled (even-odd) where ``fill`` is given."""
        operators = path_operators(lines, close=close)
        if not operators:
            return
        paint = {(True, True): "B*", (True, False): "S", (False, True): "f*"}.get((width > 0, fill is not None))
        if paint is None:
            return
        state = f"{width:.2f} w {_paint(gray, 'G', 'RG')} {cap} J 1 j [{' '.join(f'{d:g}' for d in dash)}] 0 d"
        filled = f" {_paint(fill, 'g', 'rg')}" if fill is not None else ""
        self.canvas.addLiteral(f"q {state}{filled} {operators} {paint} Q")

    def rect(
        self,
        box: Box,
        *,
        width: float = 0.0,
        gray: Colour = 0.0,
        fill: Colour | None = None,
        dash: Sequence[float] = (),
    ) -> None:
        """Draw a rectangle (left, bottom, right, top)."""
        x0, y0, x1, y1 = box
        ring = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
        self.path([ring], width=width, gray=gray, fill=fill, dash=dash, close=True)

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.5, gray: Colour = 0.0) -> None:
        """Draw a straight line."""
        self.path([np.array([(x0, y0), (x1, y1)])], width=width, gray=gray)

    def clip(self, box: Box) -> Clip:
        """Return a context in which nothing outside ``box`` is painted."""
        return Clip(self.canvas, box)


@dataclass
class Clip:
    """Keep painting inside a rectangle while the context lasts."""

    canvas: Any
    box: Box

    def __enter__(self) -> None:
        x0, y0, x1, y1 = self.box
        self.canvas.saveState()
        self.canvas.addLiteral(f"{x0:.2f} {y0:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re W n")

    def __exit__(self, *_: object) -> None:
        self.canvas.restoreState()


def _turned(across: float, up: float, x: float, y: float, scale: float = 1.0) -> str:
    """Return the matrix that turns, scales and then moves to (x, y)."""
    a, b = across * scale, up * scale
    return f"{a:.5f} {b:.5f} {-b:.5f} {a:.5f} {x:.2f} {y:.2f}"


def _paint(colour: Colour, gray: str, rgb: str) -> str:
    return " ".join(f"{v:g}" for v in colour) + f" {rgb}" if isinstance(colour, tuple) else f"{colour:g} {gray}"


def wrap(face: Face, text: str, size: float, width: float) -> list[str]:
    """Break ``text`` into lines of at most ``width`` points: at blanks, and between Chinese characters."""
    lines, line, wide = [], "", 0.0
    for word in _words(text):
        more = face.width(word, size)
        if line and wide + face.width(word.rstrip(), size) > width:
            lines.append(line.rstrip())
            line, wide = "", 0.0
        line, wide = (line + word, wide + more) if line else (word.lstrip(), face.width(word.lstrip(), size))
        while wide > width and len(line) > 1 and face.width(line.rstrip(), size) > width:
            cut = next(n for n in range(len(line) - 1, 0, -1) if n == 1 or face.width(line[:n], size) <= width)
            lines.append(line[:cut])
            line = line[cut:]
            wide = face.width(line, size)
    return [*lines, line.rstrip()] if line.strip() else lines


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    """Split into pieces between which a line may break; closing punctuation stays with what it closes."""
    pieces: list[str] = []
    for c in text:
        glued = pieces and (c in "，。；：、）》,.;:)" or (_is_narrow(c) and _is_narrow(pieces[-1][-1])))
        if glued or (pieces and c == " "):
            pieces[-1] += c
        else:
            pieces.append(c)
    return tuple(pieces)


@lru_cache(maxsize=4096)
def _is_narrow(character: str) -> bool:
    """Tell whether a character belongs to a word of letters: lines break between Chinese characters, not inside such words."""
    return character != " " and east_asian_width(character) not in "WF"
