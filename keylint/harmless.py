"""Contents of a history that hold no secret: the next time they are not looked at again.

git's name of a content is a hash of it, so that what is remembered of a name stays true. A hash of the first path that git
lists it by goes with it, since that decides how it is read. A content that holds anything that may be a secret is not
remembered.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from keylint import remembered, store

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

PREFIX = "history-"
MOST = 200_000  # contents that are remembered, so that a long history needs no more memory than a short one


class _Hashes(dict[bytes, bytes]):
    """A short hash of each path that is asked for."""

    def __missing__(self, path: bytes) -> bytes:
        made = self[path] = blake2b(path, digest_size=8).hexdigest().encode()
        return made


class Harmless:
    """The lines of ``git.blob_names`` of such contents, in a repository and for what decides what they hold."""

    def __init__(self, top: str, depends: Iterable[object], *, cached: bool = True) -> None:
        self._table = store.Table(PREFIX, [remembered.state(), top, *map(repr, depends)], cached=cached)
        body = self._table.read()
        self._marks = set(body.split(b"\n")) if body else set()
        self._before = len(self._marks)
        self._hashes = _Hashes()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is remembered."""
        return not self._marks

    def left(self, lines: Sequence[bytes]) -> list[bytes]:
        """Those that have to be looked at."""
        known, hashes = self._marks, self._hashes
        return [line for line in lines for name, _, path in (line.partition(b" "),) if name + hashes[path] not in known]

    def add(self, lines: Iterable[bytes], others: Container[str]) -> None:
        """Remember lines, without those of the contents that are named."""
        for line in lines if self._table.path else ():
            name, _, path = line.partition(b" ")
            if len(self._marks) >= MOST:
                break
            if name.decode("ascii", "replace") not in others:
                self._marks.add(name + self._hashes[path])

    def save(self) -> None:
        """Write down what is new."""
        if len(self._marks) > self._before:
            self._table.write(b"\n".join(self._marks))
