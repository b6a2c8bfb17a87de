"""Files that say nothing, known by what the system says of them: as long as it says the same, they are not read.

A table for each project, and each state of keylint and of the providers. It holds no path and nothing of a content, only what
a file is, and a stamp of it: device, number, size, and when its content and its state were changed. Programs can set the
one time, and only the system the other. Nothing is kept of a file that was changed in the minute before it was read, since
a program that has mapped it may go on writing without a new time, nor where the system's times are coarse; see ``stamp``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keylint import remembered, store

if TYPE_CHECKING:
    from collections.abc import Iterable

SETTLED = 60_000_000_000  # nanoseconds that a file must have been left alone
COARSE = 1_000_000  # a time that is a multiple of this many nanoseconds comes from a system that keeps no finer ones
NEWS = 16  # a table is written again if this part of it is new
SPARE = 4  # how many times as many stamps as were seen are kept: other folders of the project
PREFIX = "clean-"


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_dev} {status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def stamp(status: os.stat_result, now: int) -> str:
    """What a regular file has as long as nobody writes to it or puts another one in its place; "" if that cannot be told.

    `status` is what the system said of it, and `now` when that was, in nanoseconds.
    """
    changed = status.st_ctime_ns
    return _stamp(status) if os.name == "posix" and changed % COARSE and changed < now - SETTLED else ""


class Unchanged:
    """The table of one project, rooted in a folder; `depends` is what decides what a file is, beside keylint itself.

    It is read when it is made, which costs as much as reading two hundred files. `now` is a time before any of them is read.
    """

    def __init__(self, root: str, depends: Iterable[object], now: int) -> None:
        parts = [remembered.state(), root, *map(repr, depends)]
        self._table = store.Table(PREFIX, parts, cached=os.name == "posix")
        self._now = now
        self._known = self._read()  # what was not asked for yet
        self._seen: dict[str, str] = {}
        self._size = len(self._known)
        self._new = 0

    def known(self, path: str, *, follow: bool) -> str | None:
        """What was kept of a file, "" if nothing is to be done about it; None if it has to be read."""
        if not self._size:
            return None
        try:
            status = os.stat(path) if follow else os.lstat(path)
        except OSError:
            return None
        mark = _stamp(status)
        what = self._known.pop(mark, None)
        if what is None:
            return self._seen.get(mark)
        self._seen[mark] = what
        return what

    def keep(self, status: os.stat_result, kind: str = "", said: str = "") -> None:
        """Remember what a file is, as it was when it was opened.

        "" if nothing in it is worth a look; "skipped", with the reason; "notes" if it says how the environment is filled, with
        the labels of what it says; "quiet" if it names a vendor and says nothing more, with its language, its role and the hash
        of its path.
        """
        what = f"{kind} {said}" if kind else ""
        mark = stamp(status, self._now)
        if mark:
            self._new += self._seen.get(mark, self._known.pop(mark, None)) != what
            self._seen[mark] = what

    def save(self) -> None:
        """Write the table, if that saves the next run more than it costs."""
        if not self._table.path or self._new * NEWS <= self._size:
            return
        kept = {**self._known, **self._seen}
        if len(kept) > SPARE * len(self._seen):
            kept = self._seen
        by_kind: dict[str, list[str]] = {}
        for mark, what in kept.items():
            by_kind.setdefault(what, [what]).append(mark)
        self._table.write("\n\n".join("\n".join(lines) for lines in by_kind.values()).encode())
        self._size, self._new = len(kept), 0

    def _read(self) -> dict[str, str]:
        """The table of earlier runs."""
        known: dict[str, str] = {}
        for part in self._table.read().decode().split("\n\n"):
            what, *marks = part.split("\n")
            for mark in marks:
                known[mark] = what
        return known
