"""What holds of the changes that an editor sends: the document is what a plain reading of the protocol makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from keylint.lsp.documents import Document
from keylint.lsp.positions import UTF8, UTF16, UTF32, Positions

if TYPE_CHECKING:
    from collections.abc import Iterator

_CODECS = {UTF8: ("utf-8", 1), UTF16: ("utf-16-le", 2), UTF32: ("utf-32-le", 4)}
_ENCODINGS = tuple(_CODECS)
_CHANGES = 12  # of one input


def changes(data: bytes) -> None:
    """Changes one after another, against the whole text cut at code units."""
    encoding = _ENCODINGS[data[0] % 3] if data else UTF16
    first, *rest = data[1:].decode("utf-8", "replace").split("\x1f")
    document = Document(types.TextDocumentItem("file:///a.py", "python", 0, first), "/")
    text = first
    for version, part in enumerate(rest[:_CHANGES], 1):
        numbers, made = [ord(char) % 64 for char in part[:4]], part[4:]
        if len(numbers) < 4:
            change: types.TextDocumentContentChangeEvent = types.TextDocumentContentChangeWholeDocument(part)
            text = part
        else:
            one = types.Position(numbers[0] % 8, numbers[1])
            two = types.Position(numbers[2] % 8, numbers[3])
            start, end = sorted((one, two), key=lambda place: (place.line, place.character))
            change = types.TextDocumentContentChangePartial(range=types.Range(start, end), text=made)
            left, right = _offset(text, start, encoding), _offset(text, end, encoding)
            text = text[:left] + made + text[max(left, right) :]
        document.change([change], version, encoding)
        assert document.data.decode() == text
        assert document.version == version


def places(data: bytes) -> None:
    """A place's offset has that place again, and no place lies outside."""
    text = data.decode("utf-8", "replace").encode()
    for encoding in _ENCODINGS:
        positions = Positions(text, encoding)
        for offset in _starts(text):
            if text[offset - 1 : offset + 1] != b"\r\n":
                assert positions.offset(positions.position(offset)) == offset
        assert positions.offset(types.Position(len(text) + 1, 0)) == len(text)


def _starts(text: bytes) -> Iterator[int]:
    """The offsets at which a character begins."""
    return (at for at in range(len(text) + 1) if at == len(text) or text[at] & 0xC0 != 0x80)


def _offset(text: str, place: types.Position, encoding: str) -> int:
    """Where a place is, by counting."""
    at = 0
    for _ in range(place.line):
        ends = [(text.find(end, at), end) for end in ("\r\n", "\n", "\r") if text.find(end, at) >= 0]
        if not ends:
            return len(text)
        found, end = min(ends, key=lambda item: (item[0], -len(item[1])))
        at = found + len(end)
    codec, size = _CODECS[encoding]
    count = place.character
    while at < len(text) and text[at] not in "\r\n":
        count -= len(text[at].encode(codec)) // size
        if count < 0:
            break
        at += 1
    return at
