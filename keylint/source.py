"""One file as the other stages see it: UTF-8 bytes, and what is needed to write an edited version back exactly.

Every offset in keylint is a byte offset into ``Source.data``. For a file in another encoding `data` is its text in UTF-8,
and ``encode`` turns an edited text back into the bytes that belong on disk.
"""

from __future__ import annotations

import codecs
from bisect import bisect_right
from functools import cached_property
from hashlib import blake2b
from itertools import accumulate
from typing import TYPE_CHECKING

from keylint.model import Role, Span
from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

BINARY = "binary file"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


# Bytes that Windows-1252 gives no character are the control characters of the same numbers, as browsers read them
# (https://encoding.spec.whatwg.org/#legacy-single-byte-encodings).
_CONTROLS = {0xDC00 + byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_BYTES = {byte: escape for escape, byte in _CONTROLS.items()}


class Undecodable(ValueError):
    """The bytes are no text; the message says why, in a few words."""


class Position(Record):
    """Where a person finds it: line and column, both from 1, the column in characters."""

    row: int
    column: int


def decode(raw: bytes) -> tuple[str, str, bytes]:
    """The text of a file, its encoding and its byte order mark.

    A mark decides; then UTF-8; then UTF-16 without a mark, if every other byte of the beginning is zero; then Windows-1252,
    which any byte sequence without a zero is. Raises Undecodable for anything else that holds a zero byte.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            try:
                return raw[len(mark) :].decode(encoding), encoding, mark
            except UnicodeDecodeError as error:
                raise Undecodable(f"not valid {encoding.upper()}: {error.reason}") from None
    if b"\0" in raw:
        encoding = _unmarked_utf16(raw[:512])
        if encoding:
            try:
                return raw.decode(encoding), encoding, b""
            except UnicodeDecodeError:
                pass
        raise Undecodable(BINARY)
    try:
        return raw.decode("utf-8"), "utf-8", b""
    except UnicodeDecodeError:
        return raw.decode("cp1252", "surrogateescape").translate(_CONTROLS), "cp1252", b""


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _unmarked_utf16(head: bytes) -> str:
    """Text of mostly Latin letters has a zero in every pair of bytes, always on the same side."""
    if len(head) < 4:
        return ""
    even, odd = head[0::2], head[1::2]
    if odd.count(0) > 0.7 * len(odd) and not even.count(0):
        return "utf-16-le"
    if even.count(0) > 0.7 * len(even) and not odd.count(0):
        return "utf-16-be"
    return ""


class Source:
    """A file's content with its name, language and role.

    `path` is how the file was named, with forward slashes; `root` the project it belongs to, if that is known.
    """

    def __init__(
        self, path: str, data: bytes, encoding: str = "utf-8", mark: bytes = b"", *, language: str = ""
    ) -> None:
        self.path = path
        self.data = data
        self.encoding = encoding
        self.mark = mark
        self.language = language
        self.role = Role.PRODUCTION
        self.root = ""
        self.ignored = False  # git ignores it
        self.stamp = ""  # what tells on this machine whether the file is still the same, see ``unchanged.stamp``
        self.unparsed = ""  # why its syntax is not known, though a grammar is
        self._last = (-1, 0)  # the offset whose column was asked for last, and the column
        self.secrets_only = False  # nothing but what may be a secret is asked for: facts about requests may be left out

    @property
    def text(self) -> str:
        """`data` as text; made anew each time, since sources are many and few are asked."""
        return self.data.decode("utf-8", "surrogateescape")

    @classmethod
    def from_bytes(cls, path: str, raw: bytes) -> Source:
        """Decode a file's bytes; raises Undecodable."""
        text, encoding, mark = decode(raw)
        return cls(path, raw if (encoding, mark) == ("utf-8", b"") else _bytes(text), encoding, mark)

    def inner(self, data: bytes, language: str) -> Source:
        """Text that stands in this file, or around it, as a source of the same place."""
        made = Source(self.path, data, self.encoding, self.mark, language=language)
        made.role, made.root, made.ignored, made.unparsed = self.role, self.root, self.ignored, self.unparsed
        made.secrets_only = self.secrets_only
        return made

    def encode(self, data: bytes) -> bytes:
        """What belongs on disk for edited `data`. Raises UnicodeError if the file's encoding cannot say it."""
        text = data.decode("utf-8", "surrogateescape")
        if self.encoding == "cp1252":
            return text.translate(_BYTES).encode("cp1252", "surrogateescape")
        return self.mark + text.encode(self.encoding, "surrogateescape" if self.encoding == "utf-8" else "strict")

    @cached_property
    def identity(self) -> str:
        """A hash of the path, the project and the content; asked for only once all three are known."""
        digest = self._place.copy()
        digest.update(self.data)
        return digest.hexdigest()

    @cached_property
    def place(self) -> str:
        """A hash of the path, the project and the stamp: it says nothing about the content. "" without a stamp."""
        digest = self._place.copy()
        digest.update(self.stamp.encode())
        return digest.hexdigest() if self.stamp else ""

    @property
    def where(self) -> str:
        """A hash of the path and the project."""
        return self._place.hexdigest()

    @cached_property
    def _place(self) -> blake2b:
        return blake2b(f"{self.path}\0{self.root}\0".encode("utf-8", "surrogateescape"), digest_size=16)

    @cached_property
    def newline(self) -> str:
        """The line end that the file uses first; a line feed if it has none."""
        at = self.data.find(b"\n")
        return "\r\n" if at > 0 and self.data[at - 1 : at] == b"\r" else "\n"

    @cached_property
    def lines(self) -> list[int]:
        """Where each line starts."""
        sizes = map(len, self.data.split(b"\n"))
        return list(accumulate(sizes, lambda start, size: start + size + 1, initial=0))[:-1]

    def row(self, offset: int) -> int:
        """The line, from 0, that holds an offset."""
        return bisect_right(self.lines, offset) - 1

    def line(self, row: int) -> Span:
        """The span of a line, from 0, without its line end."""
        start = self.lines[row]
        end = self.lines[row + 1] - 1 if row + 1 < len(self.lines) else len(self.data)
        if end > start and self.data[end - 1 : end] == b"\r":
            end -= 1
        return Span(start, end)

    def position(self, offset: int) -> Position:
        """Line and column of an offset."""
        row = self.row(offset)
        start, column = self.lines[row], 1
        if start <= self._last[0] <= offset and self.data[self._last[0] : offset].isascii():
            start, column = self._last  # what is asked for in a row on a long line is not counted from its beginning
        column += len(self.data[start:offset].decode("utf-8", "surrogateescape"))
        self._last = (offset, column)
        return Position(row + 1, column)

    def slice(self, span: Span) -> str:
        """The text of a span."""
        return self.data[span.start : span.end].decode("utf-8", "replace")


class Later(Source):
    """A source whose language and role are known; `read` gives it with its text, and is called when that is asked for."""

    def __init__(self, path: str, read: Callable[[], Source], language: str, role: Role) -> None:
        super().__init__(path, b"", language=language)
        self.role = role
        self._read = read
        del self.data

    @cached_property
    def data(self) -> bytes:  # type: ignore[override]
        """The text in UTF-8."""
        made = self._read()
        self.encoding, self.mark = made.encoding, made.mark
        return made.data
