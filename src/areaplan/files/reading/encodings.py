"""Find out in which encoding the text of a shapefile was written.

A shapefile says so in a ``.cpg`` file or in a byte of its ``.dbf``, or not at all, or wrongly: Chinese village layers come as GBK under a
``.cpg`` that says UTF-8. So what it says is believed only if the text can be decoded that way.
"""

from __future__ import annotations

import codecs
import struct
from dataclasses import dataclass
from pathlib import Path

from areaplan.messages import Message, msg

__all__ = [
    "Encoding",
    "decodes",
    "detect",
    "has_torn_names",
    "is_encoding",
    "shapefile_encoding",
    "texts_of",
    "unknown_encoding",
]

SAMPLE_BYTES = 4_000_000
FIELD_NAME_BYTES = 10
"""Texts of this length or more may have been cut off inside a character."""
LANGUAGE_BYTES = {0x4D: "GB18030", 0x4F: "BIG5", 0x57: "CP1252", 0x03: "CP1252", 0x01: "CP437", 0x02: "CP850", 0x13: "CP932", 0x4E: "CP949"}  # fmt: skip
CHINESE = ("GB18030", "BIG5")


@dataclass(frozen=True)
class Encoding:
    """Say which encoding to read a file in, what the file itself ``claimed``, and whether the answer is a guess."""

    name: str
    claimed: str | None = None
    guessed: bool = False


def shapefile_encoding(dbf: Path) -> Encoding | None:
    """Return the encoding of the names and texts of a ``.dbf``; ``None`` where all of it is ASCII or nothing fits."""
    texts = texts_of(dbf)
    if all(t.isascii() for t in texts):
        return None
    claimed = _claimed(dbf)
    if claimed and decodes(texts, claimed) and not _mistaken(texts, claimed):
        return Encoding(claimed, claimed)
    found = detect(texts)
    return Encoding(found, claimed, guessed=True) if found else None


def _mistaken(texts: list[bytes], claimed: str) -> bool:
    """Tell whether text is plainly something else than it is said to be.

    What decodes as UTF-8 is UTF-8, whatever else it might be; Western code pages can decode nearly all bytes; and Big5 read as GBK, or the other
    way round, decodes into characters that hardly anybody uses.
    """
    if claimed in {"UTF-8", "UTF-8-SIG"}:
        return False
    western = claimed.startswith(("CP125", "CP437", "CP850", "ISO8859"))
    other = {"GB18030": "BIG5", "BIG5": "GB18030"}.get(claimed)
    if other and decodes(texts, other) and _everyday(texts, other) > max(0.9, _everyday(texts, claimed) + 0.2):
        return True
    return decodes(texts, "UTF-8") or (western and max(_everyday(texts, e) for e in CHINESE) > 0.6)


def detect(texts: list[bytes]) -> str | None:
    """Return the likeliest encoding of ``texts``: UTF-8 if it fits, else the Chinese one whose everyday characters fill it.

    Nearly every Big5 text can be decoded as GBK too, but then it is full of rare characters.

    Examples
    --------
    >>> [detect(["木兰溪村民委员会".encode(e)]) for e in ("utf-8", "gb18030")] + [detect(["國語社區".encode("big5")])]
    ['UTF-8', 'GB18030', 'BIG5']
    """
    if decodes(texts, "UTF-8"):
        return "UTF-8"
    fitting = [e for e in CHINESE if decodes(texts, e)]
    return max(fitting, key=lambda e: _everyday(texts, e)) if fitting else None


def decodes(texts: list[bytes], encoding: str) -> bool:
    """Tell whether every text is valid in ``encoding``; a last character cut off by a full field is forgiven."""
    return all(_decodes(t, encoding) for t in texts)


def is_encoding(name: str) -> bool:
    """Tell whether text can be decoded by that name; Python knows others that turn letters round or unpack archives."""
    try:
        return bool(codecs.lookup(name)._is_text_encoding)
    except LookupError:
        return False


def unknown_encoding(where: Message, name: str) -> Message:
    """Say that there is no such encoding, and which there are."""
    return msg(
        '{where}: encoding = "{encoding}" is not known; write UTF-8, GB18030 or BIG5', where=where, encoding=name
    )


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(text, final=len(text) < FIELD_NAME_BYTES)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _everyday(texts: list[bytes], encoding: str) -> float:
    """Return the share of two-byte characters from the rows that hold everyday characters (GB 2312 level 1, Big5 level 1)."""
    low, high, trail = (0xB0, 0xD7, 0xA1) if encoding == "GB18030" else (0xA4, 0xC6, 0x40)
    usual = total = 0
    for text in texts:
        for a, b in _pairs(text):
            total += 1
            usual += low <= a <= high and b >= trail
    return usual / max(total, 1)


def _pairs(text: bytes) -> list[tuple[int, int]]:
    pairs, i = [], 0
    while i < len(text) - 1:
        if text[i] < 0x80:
            i += 1
            continue
        pairs.append((text[i], text[i + 1]))
        i += 2
    return pairs


def _claimed(dbf: Path) -> str | None:
    for cpg in (dbf.with_suffix(".cpg"), dbf.with_suffix(".CPG")):
        if cpg.exists():
            name = _known(cpg.read_text(encoding="ascii", errors="replace").strip())
            if name:
                return name
    with dbf.open("rb") as f:
        return LANGUAGE_BYTES.get(f.read(30)[29])


def _known(name: str) -> str | None:
    """Return the codec a .cpg file names; some write only the number of a code page."""
    for candidate in (
        name,
        name.replace(" ", "").replace("-", ""),
        f"cp{name}",
        "cp" + name.rsplit(" ", maxsplit=1)[-1],
    ):
        try:
            codec = codecs.lookup(candidate).name.upper()
        except LookupError:
            continue
        return "GB18030" if codec in {"GBK", "GB2312", "CP936"} else codec
    return None


def has_torn_names(dbf: Path, encoding: str) -> bool:
    """Tell whether a column name was cut off inside a character: ten bytes hold three Chinese characters and a third of a fourth."""
    with dbf.open("rb") as f:
        data = f.read(SAMPLE_BYTES)
    names = [data[i : i + 11].split(b"\0")[0] for i in range(32, struct.unpack("<H", data[8:10])[0] - 31, 32)]
    return any(not _whole(n, encoding) for n in names if data and n)


def _whole(name: bytes, encoding: str) -> bool:
    try:
        name.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def texts_of(dbf: Path) -> list[bytes]:
    """Return column names and different text values, as bytes, from the first few megabytes."""
    with dbf.open("rb") as f:
        data = f.read(SAMPLE_BYTES)
    if len(data) < 32:
        return []
    head, size = struct.unpack("<HH", data[8:12])
    texts, fields, at = set[bytes](), list[tuple[int, int]](), 1
    for i in range(32, min(head, len(data)) - 31, 32):
        if data[i] == 0x0D:
            break
        texts.add(data[i : i + 11].split(b"\0")[0])
        width = data[i + 16]
        if data[i + 11 : i + 12] == b"C":
            fields.append((at, at + width))
        at += width
    for start in range(head, len(data) - size + 1, max(size, 1)):
        texts.update(data[start + a : start + b].rstrip(b" \0") for a, b in fields)
    return sorted(t for t in texts if t)
