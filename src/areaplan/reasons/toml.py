"""Read TOML, and say where and why a text is none."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import Any

from areaplan.messages import Message, msg
from areaplan.reasons.values import WrongValue

__all__ = ["read_toml"]

_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_TWICE = msg("a key or table stands twice")
_OPEN = msg("a bracket is not closed")
_UNQUOTED = msg("a text is not closed by its quotation mark")
_BACKSLASH = msg("a backslash inside \"…\" must be doubled; write paths with / or between '…'")
_NO_LINE = msg("this is no line of TOML; it needs key = value or [table]")
_SAID: dict[str, Message] = {
    "Cannot overwrite": _TWICE,
    "Cannot declare": _TWICE,
    "Cannot redefine": _TWICE,
    "Cannot mutate": _TWICE,
    "Duplicate inline": _TWICE,
    "Unclosed": _OPEN,
    "Expected ']": _OPEN,
    "Unescaped": _BACKSLASH,
    "Invalid hex": _BACKSLASH,
    "Escaped character": _BACKSLASH,
    "Unterminated string": _UNQUOTED,
    "Expected \"'": _UNQUOTED,
    "Expected '\"": _UNQUOTED,
    "Invalid value": msg("there is no value that TOML knows; texts stand between quotation marks"),
    "Invalid date": msg("there is no such day or time"),
    "Expected '='": msg("a key is not followed by ="),
    "Expected newline": msg("something follows what ends the line"),
    "Invalid statement": _NO_LINE,
    "Invalid initial": _NO_LINE,
    "Illegal character '\\n'": _UNQUOTED,
    "Found invalid character '\\n'": _UNQUOTED,
    "Exceeds the limit": msg("a number has too many digits"),
    "Illegal character": msg("a character stands there that TOML does not allow"),
    "Found invalid": msg("a character stands there that TOML does not allow"),
}


def read_toml(text: str, *, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    r"""Return the table that ``text`` describes.

    Raises
    ------
    WrongValue
        Where it is no TOML; its message says the line and why.

    Examples
    --------
    >>> read_toml("a = 1")
    {'a': 1}
    >>> read_toml('a = 1\nb = "x')
    Traceback (most recent call last):
    areaplan.reasons.values.WrongValue: at the end of the file a text is not closed by its quotation mark
    """
    try:
        return tomllib.loads(text, parse_float=parse_float)
    except RecursionError:
        raise WrongValue(msg("brackets stand inside brackets too often")) from None
    except ValueError as e:
        raise WrongValue(_reason(str(e))) from None


def _reason(said: str) -> Message:
    place = _PLACE.search(said)
    plain = said[: place.start()] if place else said.removesuffix(" (at end of document)")
    why = next((m for start, m in _SAID.items() if plain.startswith(start)), Message("{said}", {"said": plain[:200]}))
    if place:
        return msg("line {line}, column {column}: {why}", line=int(place[1]), column=int(place[2]), why=why)
    return msg("at the end of the file {why}", why=why) if plain != said else why
