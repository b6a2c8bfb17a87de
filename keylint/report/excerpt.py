"""Lines of source for a person to look at: secrets masked, control characters made visible, a caret under the place."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.mask import _UNKNOWN, ELLIPSIS, hide, hide_known, looks_secret, mask
from keylint.model import Span
from keylint.record import Record
from keylint.secrets_in import cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keylint.source import Source

WIDTH = 120  # columns of a line that are shown around the place
NEAR = 2000  # bytes on each side of it that are looked at to make them
_UNKNOWN_PART = regex(rb"[A-Za-z0-9_\-+/=.]")  # as mask knows them


class Excerpt(Record):
    """A line as it is shown: its number, its text, and the columns (from 0) to underline."""

    row: int
    text: str
    start: int
    end: int


def excerpt(source: Source, span: Span, secrets: Sequence[Span]) -> Excerpt:
    """The first line of a span."""
    row = source.row(span.start)
    line = source.line(row)
    place = Span(max(span.start, line.start), min(max(span.end, span.start + 1), line.end))
    line = _near(source.data, line, place.start, secrets)
    place = Span(place.start, min(place.end, line.end))
    text, start, end = "", -1, -1
    for piece, where, secret in _pieces(source, line, secrets):
        if secret:
            shown = mask(piece)
            if start < 0 and place.start < where.end and where.start <= place.end:
                start = len(text) + (len(shown) if place.start >= where.end else 0)
            text += shown
            if where.start < place.end:
                end = len(text)
            continue
        raw = piece.encode("utf-8", "surrogateescape")
        for offset, target in ((place.start, "start"), (place.end, "end")):
            if where.start <= offset <= where.end:
                column = len(text) + len(visible(raw[: offset - where.start].decode("utf-8", "replace")))
                if target == "start" and start < 0:
                    start = column
                elif target == "end":
                    end = column
        text += visible(piece)
    start = max(start, 0)
    end = max(end, start + 1)
    return _fit(row + 1, text, start, end)


def _near(data: bytes, line: Span, place: int, secrets: Sequence[Span]) -> Span:
    """The part of a very long line that may be shown: no secret is cut in two, nor what could be one."""
    if line.end - line.start <= 2 * NEAR:
        return line
    start, end = max(line.start, place - NEAR), min(line.end, place + NEAR)
    start = max(_around(secrets, start).start, line.start)
    end = min(_around(secrets, end).end, line.end)
    while line.start < start < place and not _stands_apart(data[start - 1]):
        start += 1
    while place < end < line.end and not _stands_apart(data[end]):
        end -= 1
    return Span(start, end)


def _around(secrets: Sequence[Span], offset: int) -> Span:
    """The secret that an offset would cut in two; the offset itself if there is none."""
    at = bisect_right(secrets, offset, key=lambda secret: secret.end)
    return secrets[at] if at < len(secrets) and secrets[at].start < offset else Span(offset, offset)


def _stands_apart(byte: int) -> bool:
    """Whether a byte is neither a part of what may be a secret nor of a character of several bytes."""
    return byte < 0x80 and not _UNKNOWN_PART.match(bytes((byte,)))


def _pieces(source: Source, line: Span, secrets: Sequence[Span]) -> list[tuple[str, Span, bool]]:
    """The line cut at its secrets."""
    pieces = [(source.slice(where), where, secret) for where, secret in cut(line, secrets)] or [("", line, False)]
    return [part for piece in pieces for part in (_unknown(*piece) if not piece[2] else [piece])]


def _unknown(text: str, span: Span, secret: bool) -> list[tuple[str, Span, bool]]:
    """Stretches that look like secrets of unknown format become pieces of their own."""
    pieces: list[tuple[str, Span, bool]] = []
    at = 0
    start = span.start
    for match in _UNKNOWN.finditer(text):
        if not looks_secret(match.group()):
            continue
        before = text[at : match.start()]
        if before:
            pieces.append((before, Span(start, start + len(before.encode("utf-8", "surrogateescape"))), False))
            start = pieces[-1][1].end
        pieces.append((match.group(), Span(start, start + len(match.group().encode())), True))
        start = pieces[-1][1].end
        at = match.end()
    pieces.append((text[at:], Span(start, span.end), False))
    return pieces


def visible(text: str) -> str:
    """Tabs as spaces, control and direction characters as a mark: nothing that shows the text must act on them."""
    return "".join(
        "    " if char == "\t" else "\ufffd" if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") else char
        for char in text
    )


def _fit(row: int, text: str, start: int, end: int) -> Excerpt:
    if len(text) <= WIDTH:
        return Excerpt(row, text, start, min(end, max(len(text), start + 1)))
    left = max(0, min(start - WIDTH // 3, len(text) - WIDTH))
    shown = text[left : left + WIDTH]
    head = ELLIPSIS if left else ""
    tail = ELLIPSIS if left + WIDTH < len(text) else ""
    shift = len(head) - left
    return Excerpt(row, head + shown + tail, start + shift, min(end + shift, len(head) + WIDTH))


def display_width(text: str) -> int:
    """Columns that a text takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def safe(text: str) -> str:
    """A path or message for a terminal: nothing in it can move the cursor, or is a key."""
    if text.isprintable():
        return hide_known(text)
    return hide_known(
        "".join(
            char if char.isprintable() else "\ufffd"
            for char in text.encode("utf-8", "replace").decode("utf-8", "replace")
        )
    )


__all__ = ["Excerpt", "display_width", "excerpt", "hide", "safe", "visible"]
