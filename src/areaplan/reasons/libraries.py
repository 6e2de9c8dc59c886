"""Why a library cannot read a file, for the person who has it: damaged, cut off, of another kind, in another encoding."""

from __future__ import annotations

import re

from areaplan.messages import Message, msg

__all__ = ["library_reason"]

_DAMAGED = msg("it is damaged or cut off; copy it again from where it came")
_NO_BOOK = msg("it is no Excel workbook inside; save it again as .xlsx")

_SAID: list[tuple[str, Message]] = [
    (r"At line (?P<line>\d+), character (?P<column>\d+)", msg("line {line}, character {column}: it is damaged there, or cut off before its end")),
    (r"JSON parsing error.*at offset (?P<byte>\d+)", msg("byte {byte}: it is damaged there, or cut off before its end")),
    (r"EOF inside string starting at row (?P<row>\d+)", msg("a quotation mark opened in row {row} of the text is never closed")),
    (r"codec can't decode", msg("its text is in another encoding than it says")),
    (r"[Gg]eo metadata", msg("it is a plain table without geometry; save it as GeoParquet")),
    (r"not recognized as being in a supported", msg("its content is of another kind than its name says; save it again")),
    (r"Unsupported FlatGeobuf version", msg("it is of a version that cannot be read; save it again as .gpkg")),
    (r"Content_Types|not a zip|[Zz]ip ?file|archive|workbook|worksheet", _NO_BOOK),
    (r"Unable to read geometry", msg("a row holds a geometry that cannot be read; open it in a GIS, find the row and redraw it")),
    (r"is locked", msg("another program holds it")),
    (r"not a database|disk image|no such (?:table|column)", _DAMAGED),
    (r"fread|\.shx|\.shp|DBF|entity \d|malformed|sqlite|magic bytes|deserialize|Corrupt|base64|parsing feature|GeoJSON", _DAMAGED),
]  # fmt: skip
"""What libraries write, in the order it is looked for; groups fill the places of the sentence."""


def library_reason(error: BaseException) -> Message:
    """Return why a file could not be opened; what none of the sentences fits is passed on, cut to 200 characters.

    Examples
    --------
    >>> str(library_reason(ValueError("Error in fread() reading object of size 136")))
    'it is damaged or cut off; copy it again from where it came'
    >>> str(library_reason(ValueError("out of luck")))
    'out of luck'
    """
    said = " ".join(f"{error}".split())
    for pattern, sentence in _SAID:
        found = re.search(pattern, said)
        if found:
            return Message(sentence.template, dict(found.groupdict()))
    return Message("{reason}", {"reason": said[:200] or type(error).__name__})
