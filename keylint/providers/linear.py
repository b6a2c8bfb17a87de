"""Expressions that somebody else has written, matched in one pass over a text whatever they are: by Hyperscan.

Python's own matcher goes back when it does not get on, and a made expression has it do so for ever. The configuration of a
repository is not to be trusted with that.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import hyperscan

from keylint.lazy import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDE = regex(r"[^\x00-\x7f]")


class Refused(Exception):
    """An expression that cannot be matched in one pass; the message says what of it."""


class Match:
    """A stretch that matches, by offsets of characters."""

    __slots__ = ("_end", "_start")

    def __init__(self, start: int, end: int) -> None:
        self._start = start
        self._end = end

    def start(self) -> int:
        """Where it begins."""
        return self._start

    def end(self) -> int:
        """Where it ends."""
        return self._end


@cache
def _compiled(pattern: str) -> hyperscan.Database:
    """The database of an expression, which a configuration's check and each of its uses ask for."""
    if not pattern.isascii():
        raise Refused("only ASCII characters")
    database = hyperscan.Database()
    try:
        database.compile(expressions=[pattern.encode()], ids=[0], elements=1, flags=[hyperscan.HS_FLAG_SOM_LEFTMOST])
    except hyperscan.error as error:
        raise Refused(str(error).rstrip(".")) from None
    return database


class Linear:
    """An expression with those methods of a compiled one that key formats need.

    `before` and `after` must match, without width, where a stretch begins and ends. Characters outside of ASCII are matched by
    what takes any character. Raises Refused.
    """

    def __init__(self, pattern: str, before: str = "", after: str = "") -> None:
        self._before = re.compile(before)
        self._after = re.compile(after)
        self._database = _compiled(pattern)

    def finditer(self, text: str) -> Iterator[Match]:
        """The stretches that match, the longest that begins first; they do not overlap."""
        longest: dict[int, int] = {}
        end_of_last = 0
        for start, end in self._all(text):
            if self._before.match(text, start) and self._after.match(text, end):
                longest[start] = max(end, longest.get(start, 0))
        for start, end in sorted(longest.items()):
            if start >= end_of_last:
                end_of_last = end
                yield Match(start, end)

    def search(self, text: str) -> Match | None:
        """The first stretch that matches."""
        return next(self.finditer(text), None)

    def fullmatch(self, text: str) -> Match | None:
        """Whether the whole text matches."""
        whole = (0, len(text))
        return Match(*whole) if whole in self._all(text) else None

    def _all(self, text: str) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        data = (text if text.isascii() else _WIDE.sub("\xff", text)).encode("latin-1")
        if data:
            self._database.scan(data, match_event_handler=lambda _, start, end, *__: found.append((start, end)))
        return found
