"""The issued list, filled in one column and otherwise equal byte for byte.

A superior office compares what comes back with what it sent, and a spreadsheet program that saves a list changes its encoding, quotes, line ends and leading zeros.
So the file is never read and written as a table: the bytes of the empty fields are replaced, and no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from areaplan.errors import InputError
from areaplan.messages import msg

__all__ = ["filled_in"]

Span = tuple[int, int]
_QUOTE = ord('"')


@dataclass(frozen=True)
class _List:
    """Hold the bytes of a list and where its fields lie, row by row, head first."""

    name: str
    data: bytes
    encoding: str
    rows: list[list[Span]]

    def text(self, span: Span) -> str:
        """Return a field as text, without its quotes and the apostrophe or ``="…"`` that keeps a code text."""
        raw = self.data[slice(*span)].decode(self.encoding).strip()
        if raw.startswith('"') and raw.endswith('"') and len(raw) > 1:
            raw = raw[1:-1].replace('""', '"')
        return raw.removeprefix('="').removesuffix('"').removeprefix("'").strip()


def filled_in(
    path: Path, values: Mapping[str, int | None], key: str | None = None, fill: str | None = None
) -> tuple[bytes, list[str], list[str]]:
    """Return the list's bytes with the values filled in, the codes of the list that have no value, and the codes that the list lacks.

    Parameters
    ----------
    path
        A CSV file with a head: UTF-8 (with or without mark) or GB18030, separated by comma, semicolon or tab.
    values
        By code.
    key
        The column of codes; default: the one that holds most of them.
    fill
        The column to fill; default: the only one that is empty in every row.

    Raises
    ------
    InputError
        When the file is no such list, a column is not there, the column to fill is not certain, or it holds something already.
    """
    table = _read(path)
    head = [table.text(s) for s in table.rows[0]]
    body = [r for r in table.rows[1:] if any(table.text(s) for s in r)]
    ragged = [i for i, r in enumerate(table.rows[1:], 2) if r in body and len(r) != len(head)]
    if ragged:
        raise InputError(msg("{path}: row {row} has not as many fields as the head", path=path.name, row=ragged[0]))
    code_at = _column(path, head, key) if key else _code_column(path, table, body, values)
    fill_at = _column(path, head, fill) if fill else _empty_column(path, head, table, body)
    full = [table.text(r[code_at]) for r in body if table.text(r[fill_at])]
    if full:
        raise InputError(
            msg(
                "{path}: the column {column} holds something already, for example at {code}",
                path=path.name,
                column=head[fill_at],
                code=full[0],
            )
        )
    out, last, left, seen = bytearray(), 0, [], set()
    for row in body:
        code = table.text(row[code_at])
        seen.add(code)
        if values.get(code) is None:
            left.append(code)
            continue
        start, end = row[fill_at]
        quoted = table.data[start:end].strip().startswith(b'"')
        out += table.data[last:start] + (b'"%d"' if quoted else b"%d") % values[code]
        last = end
    return bytes(out + table.data[last:]), left, sorted(set(values) - seen)


def _read(path: Path) -> _List:
    try:
        data = path.read_bytes()
    except OSError as e:
        raise InputError(msg("{path}: cannot be read ({reason})", path=path, reason=e.strerror or e)) from None
    encoding = next((e for e in ("utf-8-sig", "gb18030") if _decodes(data, e)), None)
    if encoding is None or b"\0" in data:
        raise InputError(
            msg("{path}: is not a CSV file in UTF-8 or GB18030; save the issued list as CSV", path=path.name)
        )
    begin = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    head = data[begin : (data.find(b"\n") + 1) or len(data)]
    separator = max(b",;\t", key=head.count)
    rows = _rows(data, begin, separator)
    if len(rows) < 2:
        raise InputError(msg("{path}: has no rows below its head", path=path.name))
    return _List(path.name, data, "utf-8" if encoding == "utf-8-sig" else encoding, rows)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _rows(data: bytes, begin: int, separator: int) -> list[list[Span]]:
    """Return where the fields lie. Separators, quotes and line ends are never part of a character, in UTF-8 nor in GB18030."""
    rows, row, start, quoted = [], list[Span](), begin, False
    for i in range(begin, len(data)):
        byte = data[i]
        if byte == _QUOTE:
            quoted = not quoted
        elif quoted:
            continue
        elif byte == separator:
            row.append((start, i))
            start = i + 1
        elif byte == ord("\n"):
            row.append((start, i - 1 if i > start and data[i - 1] == ord("\r") else i))
            rows.append(row)
            row, start = [], i + 1
    if start < len(data) or row:
        rows.append([*row, (start, len(data))])
    return rows


def _column(path: Path, head: list[str], name: str) -> int:
    if name not in head:
        raise InputError(
            msg("{path}: has no column {column}; it has {known}", path=path.name, column=name, known=", ".join(head))
        )
    return head.index(name)


def _code_column(path: Path, table: _List, body: list[list[Span]], values: Mapping[str, int | None]) -> int:
    hits = [sum(table.text(r[i]) in values for r in body) for i in range(len(table.rows[0]))]
    if not max(hits, default=0):
        raise InputError(
            msg("{path}: no column holds codes of this plan; name it in the field mapping", path=path.name)
        )
    return hits.index(max(hits))


def _empty_column(path: Path, head: list[str], table: _List, body: list[list[Span]]) -> int:
    empty = [i for i in range(len(head)) if not any(table.text(r[i]) for r in body)]
    if len(empty) != 1:
        found = ", ".join(head[i] for i in empty) or "-"
        raise InputError(
            msg(
                "{path}: one column must be empty, but these are: {found}; name the one to fill in the field mapping",
                path=path.name,
                found=found,
            )
        )
    return empty[0]
