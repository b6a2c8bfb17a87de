"""Columns as other programs count them. Rows and columns are from 1, as everywhere; lines end with a line feed."""

from __future__ import annotations

import codecs

from keylint.source import Position, Source


def _before(source: Source, offset: int) -> tuple[int, bytes]:
    """The line, from 1, and what stands before the offset on it."""
    row = source.row(offset)
    return row + 1, source.data[source.lines[row] : offset]


def in_utf16(source: Source, offset: int) -> Position:
    """In UTF-16 code units, as SARIF's columnKind `utf16CodeUnits` and most editors count."""
    row, before = _before(source, offset)
    text = before.decode("utf-8", "surrogateescape")
    return Position(row, len(text.encode("utf-16-le", "surrogatepass")) // 2 + 1)


def in_bytes(source: Source, offset: int) -> Position:
    """In bytes of UTF-8, a byte order mark among them: reviewdog takes the line as it is in the file."""
    row, before = _before(source, offset)
    mark = len(source.mark) if row == 1 and source.mark == codecs.BOM_UTF8 else 0
    return Position(row, mark + len(before) + 1)
