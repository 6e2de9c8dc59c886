"""A face as reportlab prints it: every character has the same code in every document, so that its pieces are made and compressed once for all sheets."""

from __future__ import annotations

import copy
import io
import re
import zlib
from dataclasses import dataclass
from typing import Any

from reportlab.lib.rl_accel import escapePDF
from reportlab.pdfbase import pdfdoc
from reportlab.pdfbase.ttfonts import FF_NONSYMBOLIC, FF_SYMBOLIC, SUBSETN, TTFont, makeToUnicodeCMap

__all__ = ["PrintFont"]


@dataclass(frozen=True)
class _Piece:
    """Hold what a document needs of 256 characters."""

    name: str
    last: int
    widths: bytes
    length: int
    outlines: bytes
    to_unicode: bytes


class _Anything:
    """Stand for a document while codes are given."""


class PrintFont(TTFont):  # type: ignore[misc]
    """Print a face.

    Parameters
    ----------
    name
        What reportlab knows it by.
    data
        The TrueType file.
    characters
        All of its characters, those that most sheets need first: a document holds only the pieces, of 256 characters each, that it uses.
    """

    def __init__(self, name: str, data: bytes, characters: str) -> None:
        super().__init__(name, io.BytesIO(data))
        self._pieces: dict[int, _Piece] = {}
        document = _Anything()
        super().splitString(characters, document)
        self._all = self.state.pop(document)
        self._all.frozen = 1
        self._runs: dict[str, list[tuple[int, str]]] = {}

    def runs(self, text: str) -> list[tuple[int, str]]:
        """Return a text as the pieces that hold its characters, and their codes there as they stand between brackets; the same in every document."""
        known = self._runs.get(text)
        if known is None:
            parts = self.splitString(text, self)
            known = self._runs[text] = [(piece, escapePDF(codes)) for piece, codes in parts]
        return known

    def splitString(self, text: str, doc: Any, encoding: str = "utf-8") -> list[tuple[int, bytes]]:  # noqa: N802  (reportlab's name)
        """Return a text in pieces, each with the codes of its characters there."""
        self._know(doc)
        parts: list[tuple[int, bytes]] = super().splitString(text, doc, encoding)
        return parts

    def getSubsetInternalName(self, subset: int, doc: Any) -> str:  # noqa: N802  (reportlab's name)
        """Return what a document calls a piece, which it then holds."""
        self._know(doc)
        self.state[doc].used.add(subset)
        return str(super().getSubsetInternalName(subset, doc))

    def _know(self, doc: Any) -> None:
        """Give a document the codes of all characters."""
        if doc not in self.state:
            self.state[doc] = copy.copy(self._all)
            self.state[doc].used = set()

    def addObjects(self, doc: Any) -> None:  # noqa: N802  (reportlab's name)
        """Put the pieces that a document uses into it."""
        fonts = doc.idToObject["BasicFonts"].dict
        for n in sorted(self.state[doc].used):
            piece = self._pieces.get(n) or self._piece(n)
            font = pdfdoc.PDFTrueTypeFont()
            font.Name = self.getSubsetInternalName(n, doc)[1:]
            font.BaseFont, font.FirstChar, font.LastChar, font.Widths = piece.name, 0, piece.last, piece.widths
            font.ToUnicode = doc.Reference(_stream(piece.to_unicode), f"toUnicodeCMap:{piece.name}")
            font.FontDescriptor = self._descriptor(doc, piece)
            doc.Reference(font, font.Name)
            fonts[font.Name] = font
        del self.state[doc]

    def _piece(self, n: int) -> _Piece:
        subset = self._all.subsets[n]
        name = b"".join((SUBSETN(n), b"+", self.face.name, self.face.subfontNameX)).decode("pdfdoc")
        outlines = self.face.makeSubset(subset)
        widths = " ".join(f"{self.face.getCharWidth(c):g}" for c in subset)
        # characters above U+FFFF get the surrogate pairs PDF wants, so that they too can be copied and searched
        cmap = re.sub(r"<([0-9A-F]{5,6})>", _surrogates, makeToUnicodeCMap(name, subset))
        made = _Piece(
            name, len(subset) - 1, f"[ {widths} ]".encode(), len(outlines), zlib.compress(outlines, 9), zlib.compress(cmap.encode("latin-1"), 9),
        )  # fmt: skip
        self._pieces[n] = made
        return made

    def _descriptor(self, doc: Any, piece: _Piece) -> Any:
        face = self.face
        outlines = _stream(piece.outlines)
        outlines.dictionary["Length1"] = piece.length
        described = pdfdoc.PDFDictionary({
            "Type": "/FontDescriptor", "Ascent": face.ascent, "CapHeight": face.capHeight, "Descent": face.descent,
            "Flags": face.flags & ~FF_NONSYMBOLIC | FF_SYMBOLIC, "FontBBox": pdfdoc.PDFArray(face.bbox), "FontName": pdfdoc.PDFName(piece.name),
            "ItalicAngle": face.italicAngle, "StemV": face.stemV, "MissingWidth": face.defaultWidth,
            "FontFile2": doc.Reference(outlines, f"fontFile:{self.face.filename}({piece.name})"),
        })  # fmt: skip
        return doc.Reference(described, f"fontDescriptor:{piece.name}")


def _stream(compressed: bytes) -> Any:
    stream = pdfdoc.PDFStream(content=compressed)
    stream.dictionary["Filter"] = pdfdoc.PDFName("FlateDecode")
    return stream


def _surrogates(match: re.Match[str]) -> str:
    return f"<{chr(int(match[1], 16)).encode('utf-16-be').hex().upper()}>"
