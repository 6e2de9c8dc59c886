"""One small TrueType face with exactly the characters of one plan.

reportlab embeds TrueType outlines only, good Chinese faces have cubic (CFF) ones, and whole faces weigh 19 MB: so the glyphs that are needed are drawn
into a new face. A character without a glyph stops the work: a box in place of a rare character makes a name wrong, and nobody notices on screen.
"""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, TTLibError

from areaplan.errors import InputError, OutputError
from areaplan.maps.sheets.silhouettes import Contour, ContourPen, silhouettes
from areaplan.messages import Message, msg

__all__ = ["Face", "build_face", "find_fonts"]

_UNITS = 1000
_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "C:/Windows/Fonts",
            "/System/Library/Fonts", "/Library/Fonts")  # fmt: skip
_FILES = ("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.otf", "NotoSansSC-Regular.ttf", "SourceHanSansSC-Regular.otf",
          "SourceHanSansCN-Regular.otf", "wqy-zenhei.ttc", "wqy-microhei.ttc", "msyh.ttc", "simhei.ttf", "simsun.ttc", "PingFang.ttc")  # fmt: skip
_RARE = (
    "HanaMinB.ttf",
    "HanaMinA.ttf",
    "simsunb.ttf",
    "SimSunExtG.ttf",
    "NotoSerifCJK-Regular.ttc",
    "NotoSans-Regular.ttf",
    "DejaVuSans.ttf",
)
"""Faces that lend the characters which the first one lacks: rare Chinese ones, and letters of other scripts."""


@dataclass(frozen=True)
class Face:
    """Hold a face made for one plan.

    Parameters
    ----------
    name
        What reportlab knows it by; made from its content.
    widths
        Advance width of each character, in parts of the type size.
    silhouettes
        Each character's silhouette as PDF operators, 1 unit = 1/1000 of the type size: for halos, which must not be text again.
    """

    name: str
    widths: Mapping[str, float]
    silhouettes: Mapping[str, str]
    _measured: dict[str, float] = field(default_factory=dict, repr=False, compare=False)

    def width(self, text: str, size: float) -> float:
        """Return the width of ``text`` in points at ``size`` points."""
        known = self._measured.get(text)
        if known is None:  # the same words are measured at several sizes and on many sheets
            known = self._measured[text] = sum(self.widths[c] for c in text)
        return known * size


def find_fonts(font: str | Path | Sequence[str | Path] | None = None) -> tuple[Path, ...]:
    """Return the font files to draw from: those asked for, in order of preference, else the known Chinese faces of this machine.

    Raises
    ------
    OutputError
        When an asked font is not there, or no known face is installed; the message says what to install.
    """
    if font is not None and font != ():
        asked = [Path(font)] if isinstance(font, str | Path) else [Path(f) for f in font]
        gone = [f for f in asked if not f.is_file()]
        if gone:
            raise OutputError([msg("{path}: no such font file", path=f) for f in gone])
        return tuple(asked)
    found = _installed()
    if not found:
        raise OutputError(
            msg("no Chinese font is installed: `apt install fonts-noto-cjk` brings one, or name a file with --font")
        )
    return found


@lru_cache(maxsize=1)
def _installed() -> tuple[Path, ...]:
    """Return the best known Chinese face of this environment or machine, and after it those that have rare characters."""
    folders = [Path(sys.prefix) / "share" / "fonts", *(Path(f).expanduser() for f in _FOLDERS)]
    every = {
        p.name: p
        for f in reversed(folders)
        if f.is_dir()
        for p in sorted(f.rglob("*"))
        if p.suffix in (".ttc", ".otf", ".ttf")
    }
    main = next((every[n] for n in _FILES if n in every), None)
    return (main, *(every[n] for n in _RARE if n in every)) if main else ()


def build_face(texts: Iterable[tuple[str, str]], fonts: Sequence[Path]) -> Face:
    """Make a face for all characters of ``texts`` and register it with reportlab.

    Parameters
    ----------
    texts
        Pairs of where a text stands (for the message) and the text.
    fonts
        Font files; a character is taken from the first that has it.

    Raises
    ------
    InputError
        Naming every character no font has a glyph for, and where it stands.
    """
    where: dict[str, str] = {}
    for place, text in texts:
        for c in text:
            where.setdefault(c, place)
    sources = _opened(fonts, where)
    missing = sorted(c for c in where if all(ord(c) not in s.getBestCmap() for s in sources))
    if missing:
        raise InputError([_no_glyph(c, where[c], fonts) for c in missing])
    return _made("".join(dict.fromkeys([*where, " "])), sources)


def _opened(fonts: Sequence[Path], wanted: Iterable[str]) -> list[Any]:
    """Open fonts until every character has a glyph: most plans need one, and opening takes time."""
    sources: list[Any] = []
    left = {ord(c) for c in wanted}
    for path in fonts:
        if left or not sources:
            sources.append(_open(path))
            left -= sources[-1].getBestCmap().keys()
    return sources


def _no_glyph(character: str, place: str, fonts: Sequence[Path]) -> Message:
    return msg(
        "{place}: no glyph for {character} (U+{number}) in {fonts}; name a font that has it with --font",
        place=place, character=character, number=f"{ord(character):04X}", fonts=", ".join(p.name for p in fonts),
    )  # fmt: skip


@lru_cache(maxsize=4)
def _open(path: Path) -> Any:
    """Open a font; of a collection the simplified Chinese face, for the others have other forms of the same characters."""
    try:
        if path.suffix.lower() not in (".ttc", ".otc"):
            return TTFont(path, lazy=True)
        names = [str(f["name"].getDebugName(4)) for f in TTCollection(path, lazy=True).fonts]
        wanted = (
            i for key in (" SC", "YaHei", "SimSun", "") for i, n in enumerate(names) if key in n and "Mono" not in n
        )
        return TTFont(path, fontNumber=next(wanted, 0), lazy=True)
    except (OSError, TTLibError) as e:
        raise OutputError(msg("{path}: cannot be read as a font ({reason})", path=path, reason=e)) from None


def _made(characters: str, sources: Sequence[Any]) -> Face:
    glyphs, advances = {".notdef": TTGlyphPen(None).glyph()}, {".notdef": (_UNITS, 0)}
    contours: dict[str, list[Contour]] = {}
    sets = [s.getGlyphSet() for s in sources]
    for c in characters:
        at = next((i for i, s in enumerate(sources) if ord(c) in s.getBestCmap()), None)
        if at is None:  # only the blank can be missing here
            glyphs[_glyph(c)], advances[_glyph(c)], contours[c] = TTGlyphPen(None).glyph(), (_UNITS // 4, 0), []
            continue
        drawn, scale = sets[at][sources[at].getBestCmap()[ord(c)]], _UNITS / sources[at]["head"].unitsPerEm
        quadratic, flat = TTGlyphPen(None), ContourPen(sets[at])
        drawn.draw(
            TransformPen(Cu2QuPen(quadratic, 1.0, reverse_direction=_is_cubic(sources[at])), (scale, 0, 0, scale, 0, 0))
        )
        drawn.draw(TransformPen(flat, (scale, 0, 0, scale, 0, 0)))
        glyphs[_glyph(c)] = quadratic.glyph()
        advances[_glyph(c)], contours[c] = (round(drawn.width * scale), 0), flat.contours
    # reportlab takes two faces of one name for the same face, so the name says what is inside
    inside = hashlib.sha256(repr([characters, contours, advances]).encode("utf-8", "surrogatepass"))
    name = f"areaplan-{inside.hexdigest()[:12]}"
    _register(name, _file(name, characters, glyphs, advances), characters)
    return Face(name, {c: advances[_glyph(c)][0] / _UNITS for c in characters}, silhouettes(contours))


def _is_cubic(font: Any) -> bool:
    return "CFF " in font or "CFF2" in font


def _glyph(character: str) -> str:
    return f"u{ord(character):05X}"


def _file(name: str, characters: str, glyphs: dict[str, Any], advances: dict[str, tuple[int, int]]) -> bytes:
    """Assemble a TrueType file with fixed dates, so that the same characters give the same bytes."""
    builder = FontBuilder(_UNITS, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({ord(c): _glyph(c) for c in characters})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({g: (w, getattr(glyphs[g], "xMin", 0)) for g, (w, _) in advances.items()})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120, sCapHeight=733)
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = 0
    out = io.BytesIO()
    builder.font.recalcTimestamp = False
    builder.save(out)
    return out.getvalue()


def _register(name: str, data: bytes, characters: str) -> None:
    from reportlab.pdfbase import pdfmetrics

    from areaplan.maps.sheets.print_font import PrintFont

    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(PrintFont(name, data, characters))
