"""Tokens of the scripting languages that have no grammar with wheels, told by a table of each language's signs."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from keylint.lazy import regex
from keylint.record import Record

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

NAME = regex(rb"[A-Za-z_$@\x80-\xff][\w\x80-\xff]*")
MAX_STRING = 200_000  # bytes: a quote that is never closed does not swallow more


class Token(NamedTuple):
    """`kind` is "string", "name", "number", "sign", "newline" or "comment"."""

    kind: str
    text: str
    start: int
    end: int
    holes: tuple[tuple[int, int, int, int], ...] = ()  # (start, end, inner start, inner end) of expressions in a text


class Quote(Record):
    """One way to write a text: how it opens and closes, and whether names in it are expanded."""

    opens: re.Pattern[bytes]
    closes: str  # "" if the opening group `q` says it
    escape: bool = True
    doubled: bool = False  # the quote twice is the quote
    expands: re.Pattern[bytes] | None = None  # a hole; its group 1 is a name, or it opens a brace
    lines: bool = True  # may go over several lines


class Lexicon(Record):
    """The signs of a language."""

    quotes: tuple[Quote, ...]
    comments: re.Pattern[bytes]
    name: re.Pattern[bytes] = NAME
    signs: tuple[str, ...] = ()  # of more than one character, longest first
    continues: re.Pattern[bytes] | None = None  # a line end that is none
    words: Mapping[str, str] = MappingProxyType({})  # names that are signs: "and", "Or"


_SPACE = regex(rb"[ \t\f\v\x00]+")
_NEWLINE = regex(rb"\r?\n|\r")
_NUMBER = regex(rb"\d[\w.]*")
_PAIRS = {b"(": b")", b"[": b"]", b"{": b"}", b"<": b">"}


def tokens(data: bytes, lexicon: Lexicon) -> list[Token]:
    """All tokens of a text. Linear, and no text makes it fail."""
    found: list[Token] = []
    at = 0
    signs = tuple(sign.encode() for sign in lexicon.signs)
    while at < len(data):
        if lexicon.continues is not None and (match := lexicon.continues.match(data, at)):
            at = match.end()
            continue
        match = _SPACE.match(data, at)
        if match:
            at = match.end()
            continue
        token = _one(data, at, lexicon, signs, found[-1] if found else None)
        found.append(token)
        at = max(token.end, at + 1)
    return found


def _one(data: bytes, at: int, lexicon: Lexicon, signs: tuple[bytes, ...], before: Token | None) -> Token:
    match = lexicon.comments.match(data, at)
    if match:
        return Token("comment", "", at, match.end())
    match = _NEWLINE.match(data, at)
    if match:
        return Token("newline", "\n", at, match.end())
    for quote in lexicon.quotes:
        opened = quote.opens.match(data, at)
        if opened:
            return _string(data, at, opened, quote)
    match = lexicon.name.match(data, at)
    if match:
        text = match.group().decode("utf-8", "replace")
        return Token("sign" if text in lexicon.words else "name", lexicon.words.get(text, text), at, match.end())
    match = _NUMBER.match(data, at)
    if match:
        return Token("number", match.group().decode(), at, match.end())
    for sign in signs:
        if data.startswith(sign, at):
            return Token("sign", sign.decode(), at, at + len(sign))
    return Token("sign", data[at : at + 1].decode("latin-1"), at, at + 1)


def _string(data: bytes, at: int, opened: re.Match[bytes], quote: Quote) -> Token:
    close = quote.closes.encode() if quote.closes else opened.group("q")
    close = _PAIRS.get(close, close)
    end = opened.end()
    holes: list[tuple[int, int, int, int]] = []
    stop = min(len(data), at + MAX_STRING)
    while end < stop:
        if quote.escape and data[end : end + 1] == b"\\":
            end += 2
            continue
        if data.startswith(close, end):
            if quote.doubled and data.startswith(close, end + len(close)):
                end += 2 * len(close)
                continue
            return Token("string", "", at, end + len(close), tuple(holes))
        if not quote.lines and data[end : end + 1] in (b"\n", b"\r"):
            break
        hole = quote.expands.match(data, end) if quote.expands is not None else None
        if hole:
            named = bool(hole.re.groups) and hole.group(1) is not None
            inner = hole.span(1) if named else _braced(data, hole.end(), stop)
            finish = hole.end() if named else min(inner[1] + 1, stop)
            holes.append((end, finish, *inner))
            end = finish
            continue
        end += 1
    return Token("string", "", at, min(end, stop), tuple(holes))


def _braced(data: bytes, start: int, stop: int) -> tuple[int, int]:
    """Where the expression behind an opening brace ends."""
    depth = 1
    for at in range(start, min(stop, start + 2000)):
        if data[at : at + 1] in (b"{", b"("):
            depth += 1
        elif data[at : at + 1] in (b"}", b")"):
            depth -= 1
            if not depth:
                return start, at
    return start, min(stop, start)
