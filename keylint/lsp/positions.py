"""Byte offsets to the protocol's lines and characters, and back. The only place that knows how these are counted.

The protocol ends a line at a line feed, a carriage return, or both together, and counts characters in units of the encoding
that client and server agreed on.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from lsprotocol.types import Position, PositionEncodingKind, Range

from keylint.lazy import regex

if TYPE_CHECKING:
    from keylint.model import Span

UTF8, UTF16, UTF32 = PositionEncodingKind.Utf8.value, PositionEncodingKind.Utf16.value, PositionEncodingKind.Utf32.value

_END = regex(rb"\r\n?|\n")
_CODEC = {UTF8: ("utf-8", 1), UTF16: ("utf-16-le", 2), UTF32: ("utf-32-le", 4)}


def units(text: str, encoding: str) -> int:
    """How many units a text takes."""
    if text.isascii() or encoding == UTF32:
        return len(text)
    codec, size = _CODEC[encoding]
    return len(text.encode(codec, "surrogatepass")) // size


def characters(text: str, count: int, encoding: str) -> int:
    """How many characters of a text the first units are; a unit inside a character does not count it."""
    if text.isascii() or encoding == UTF32:
        return min(count, len(text))
    codec, size = _CODEC[encoding]
    return len(text.encode(codec, "surrogatepass")[: count * size].decode(codec, "ignore"))


class Positions:
    """The places of one text, which is given in UTF-8 without its byte order mark; `marked` if it had one."""

    def __init__(self, data: bytes, encoding: str, *, marked: bool = False) -> None:
        self._data = data
        self._encoding = encoding
        self._shift = units("\ufeff", encoding) if marked else 0
        self._starts = [0, *(match.end() for match in _END.finditer(data))]

    def position(self, offset: int) -> Position:
        """Where an offset is."""
        row = bisect_right(self._starts, offset) - 1
        before = self._data[self._starts[row] : offset].decode("utf-8", "replace")
        return Position(row, units(before, self._encoding) + (0 if row else self._shift))

    def range(self, span: Span) -> Range:
        """Where a span is."""
        return Range(self.position(span.start), self.position(span.end))

    def offset(self, place: Position) -> int:
        """The offset of a place; the end of its line if that is shorter, of the text if it has fewer lines."""
        if place.line >= len(self._starts):
            return len(self._data)
        start = self._starts[place.line]
        end = self._starts[place.line + 1] if place.line + 1 < len(self._starts) else len(self._data)
        line = self._data[start:end].rstrip(b"\r\n").decode("utf-8", "replace")
        count = max(place.character - (0 if place.line else self._shift), 0)
        return start + len(line[: characters(line, count, self._encoding)].encode())
