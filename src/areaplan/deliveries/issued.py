"""The issued list, filled in one column and otherwise equal byte for byte.

A superior office compares what comes back with what it sent, and a spreadsheet program that saves a list changes its encoding, quotes, line ends and leading zeros.
So the file is never read and written as a table: the bytes of the empty fields are replaced, and no others. A list that comes as a workbook is edited part by part
(:mod:`areaplan.deliveries.issued_book`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from areaplan.deliveries.issued_book import IssuedBook, read_book
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

    @cached_property
    def texts(self) -> list[list[str]]:
        """Every field as text."""
        return [[self.text(s) for s in row] for row in self.rows]

    def written(self, column: int, values: Mapping[int, int]) -> bytes:
        """Return the bytes with numbers in one column, by row."""
        out, last = bytearray(), 0
        for row, value in sorted(values.items()):
            start, end = self.rows[row][column]
            quoted = self.data[start:end].strip().startswith(b'"')
            out += self.data[last:start] + (b'"%d"' if quoted else b"%d") % value
            last = end
        return bytes(out + self.data[last:])


def filled_in(
    path: Path, values: Mapping[str, int | None], key: str | None = None, fill: str | None = None
) -> tuple[bytes, list[str], list[str]]:
    """Return the list's bytes with the values filled in, the codes of the list that have no value, and the codes that the list lacks.

    Parameters
    ----------
    path
        A CSV file with a head: UTF-8 (with or without mark) or GB18030, separated by comma, semicolon or tab; or an XLSX workbook, of which the first visible sheet
        is filled in.
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
    table: _List | IssuedBook = read_book(path) if path.suffix.lower() == ".xlsx" else _read(path)
    if len(table.texts) < 2:
        raise InputError(msg("{path}: has no rows below its head", path=path.name))
    head, *rows = table.texts
    body = {i: row for i, row in enumerate(rows, 1) if any(row)}
    ragged = [i + 1 for i, row in body.items() if len(row) != len(head)]
    if ragged:
        raise InputError(msg("{path}: row {row} has not as many fields as the head", path=path.name, row=ragged[0]))
    code_at = _column(path, head, key) if key else _code_column(path, head, body, values)
    fill_at = _column(path, head, fill) if fill else _empty_column(path, head, body)
    full = [row[code_at] for row in body.values() if row[fill_at]]
    if full:
        raise InputError(
            msg(
                "{path}: the column {column} holds something already, for example at {code}",
                path=path.name,
                column=head[fill_at],
                code=full[0],
            )
        )
    given = {i: values.get(row[code_at]) for i, row in body.items()}
    left = [body[i][code_at] for i, value in given.items() if value is None]
    data = table.written(fill_at, {i: value for i, value in given.items() if value is not None})
    return data, left, sorted(set(values) - {row[code_at] for row in body.values()})


def _read(path: Path) -> _List:
    try:
        data = path.read_bytes()
    except OSError as e:
        raise InputError(msg("{path}: cannot be read ({reason})", path=path, reason=e.strerror or e)) from None
    encoding = next((e for e in ("utf-8-sig", "gb18030") if _decodes(data, e)), None)
    if encoding is None or b"\0" in data:
        raise InputError(
            msg(
                "{path}: is neither an XLSX workbook nor a CSV file in UTF-8 or GB18030; save the issued list as one of them",
                path=path.name,
            )
        )
    begin = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    head = data[begin : (data.find(b"\n") + 1) or len(data)]
    separator = max(b",;\t", key=head.count)
    rows = _rows(data, begin, separator)
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


def _code_column(path: Path, head: list[str], body: Mapping[int, list[str]], values: Mapping[str, int | None]) -> int:
    hits = [sum(row[i] in values for row in body.values()) for i in range(len(head))]
    if not max(hits, default=0):
        raise InputError(
            msg("{path}: no column holds codes of this plan; name it in the field mapping", path=path.name)
        )
    return hits.index(max(hits))


def _empty_column(path: Path, head: list[str], body: Mapping[int, list[str]]) -> int:
    empty = [i for i in range(len(head)) if not any(row[i] for row in body.values())]
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
