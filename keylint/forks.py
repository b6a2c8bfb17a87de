"""Copies of this process that do a part of its work on another processor.

Only where that was measured and is safe: on Linux, and while there is no other thread, since a lock that one holds would stay
shut in a copy. A copy says what it has found line by line through a pipe, and nothing is kept on a disk. Whoever has started it
does by itself what the copy has not said: one that fails, is killed or cannot be started costs time and nothing else.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    Send: TypeAlias = Callable[[bytes], None]

MOST = 3  # copies: each has the memory that it changes to itself
PIPE = 1 << 20  # bytes that a copy can be ahead with
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ, which Python has a name for since 3.10 where the system has it


def room() -> int:
    """How many copies can work beside this process; 0 if there can be none."""
    try:
        if sys.platform != "linux" or len(os.listdir("/proc/self/task")) > 1:
            return 0
        return min(len(os.sched_getaffinity(0)) - 1, MOST)
    except OSError:
        return 0


class Fork:
    """A copy that is at work. `ended` once it has said all that it will say."""

    def __init__(self, pid: int, handle: int) -> None:
        self.ended = False
        self._pid = pid
        self._handle = handle
        self._rest = b""

    def lines(self, *, wait: bool = False) -> list[bytes]:
        """What it has said since, in whole lines; with `wait` there is one at least, unless it has ended."""
        os.set_blocking(self._handle, wait)
        found: list[bytes] = []
        while not found and not self.ended:
            try:
                piece = os.read(self._handle, PIPE)
            except BlockingIOError:
                break
            self.ended = not piece
            *found, self._rest = (self._rest + piece).split(b"\n")
        return found

    def close(self) -> int:
        """End it. Returns how it has ended: 0 if it had done everything."""
        if self._pid:
            os.close(self._handle)
            if not self.ended:
                os.kill(self._pid, signal.SIGKILL)
            self._status = os.waitpid(self._pid, 0)[1]
            self._pid = 0
            self.ended = True
        return self._status


def start(work: Callable[[Send], None]) -> Fork | None:
    """A copy of this process that does some work, which is handed what sends lines; None if the system gives none."""
    try:
        out, into = os.pipe()
    except OSError:
        return None
    widen(into)
    # An interrupt between copying and getting ready would make a second keylint of the copy.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        pid = os.fork()
        if not pid:
            _work(work, into, before)
    except OSError:
        os.close(out)
        os.close(into)
        return None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    os.close(into)
    return Fork(pid, out)


def widen(handle: int) -> None:
    """Let a pipe hold more than it is made for, where the system can do that."""
    from contextlib import suppress

    with suppress(ImportError, OSError):
        import fcntl

        fcntl.fcntl(handle, _SET_PIPE_SIZE, PIPE)


def _work(work: Callable[[Send], None], into: int, mask: set[int | signal.Signals]) -> None:
    """What a copy does. It ends here, whatever happens, and neither says a word nor writes what this process has yet to write."""
    code = 1
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        work(lambda line: _write(into, line))
        code = 0
    finally:
        os._exit(code)


def _write(handle: int, data: bytes) -> None:
    """All of the data; if nobody reads it any more, that is an error, and the copy's end."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
