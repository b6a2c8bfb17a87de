"""Contents of a history that hold no secret: the next time they are not looked at again.

git's name of a content is a hash of it, so that what is remembered of a name stays true. The first path that git lists it by
goes with it, since that decides how it is read. A content that holds anything that may be a secret is not remembered.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keylint import remembered, store

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

PREFIX = "history-"
MOST = 200_000  # contents that are remembered, so that a long history needs no more memory than a short one


class Harmless:
    """The lines of ``git.blob_names`` of such contents, in a repository and with what decides what they hold."""

    def __init__(self, top: str, depends: Iterable[object], *, cached: bool = True) -> None:
        said = "\0".join([remembered.state(), top, *map(repr, depends)])
        self._head = said.encode("utf-8", "surrogateescape")
        folder = store.folder() if cached else None
        self._path = os.path.join(folder, PREFIX + store.digest([self._head])) if folder else ""
        body = store.read_table(self._path, self._head) if self._path else None
        self._lines = set(body.split(b"\n")) if body else set()
        self._before = len(self._lines)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is remembered."""
        return not self._lines

    def left(self, lines: Sequence[bytes]) -> list[bytes]:
        """Those that have to be looked at."""
        known = self._lines
        return [line for line in lines if line not in known]

    def add(self, lines: Iterable[bytes], others: Container[str]) -> None:
        """Remember lines, without those of the contents that are named."""
        if self._path:
            for line in lines:
                if len(self._lines) >= MOST:
                    break
                if line[: line.find(b" ")].decode("ascii", "replace") not in others:
                    self._lines.add(line)

    def save(self) -> None:
        """Write down what is new."""
        if len(self._lines) > self._before and store.write_table(self._path, self._head, b"\n".join(self._lines)):
            store.clear(PREFIX)
