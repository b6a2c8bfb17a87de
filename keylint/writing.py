"""Files of a project are written here and nowhere else: beside their place and then renamed, all that belong together or none.

What belongs together is a key that is moved from one file to another.
"""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import sys
import tempfile
import threading
from typing import TYPE_CHECKING

from keylint.record import Record
from keylint.workspace import NO_FOLLOW, OPEN, File, Unreadable, read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from keylint.fixes import Change

BESIDE = ".keylint-part-"  # what the name of a file begins with that is not in its place yet


class _Whole:
    """Signals that end keylint wait until what is being written is in its place, or is taken back."""

    def __enter__(self) -> None:
        self._came: list[int] = []
        self._before: dict[int, Any] = {}
        if threading.current_thread() is not threading.main_thread():
            return  # no signal ends a thread
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) not in (None, signal.SIG_IGN):
                self._before[number] = signal.signal(number, lambda came, _: self._came.append(came))

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        for number in self._came:
            signal.raise_signal(number)


class NotWritten(Exception):
    """A file could not be written, or was changed by someone else meanwhile."""


def write(change: Change) -> None:
    """Put a change on disk, whole or not at all. Raises NotWritten."""
    write_together([change])


def write_together(changes: Sequence[Change], proof: Callable[[str], str] = lambda _: "") -> None:
    """Put changes on disk in their order, all of them or none. Raises NotWritten.

    All are written beside their files before the first is put in its place. `proof` is asked about each file when it is
    there, and gives the reason if it may not stay so.
    """
    with _Whole():
        _write_together(changes, proof)


def _write_together(changes: Sequence[Change], proof: Callable[[str], str]) -> None:
    staged: list[_Staged] = []
    written: set[str] = set()
    path = ""
    try:
        for change in changes:
            path = change.path
            staged.append(_stage(change))
        for item in staged:
            path = item.path
            if item.target not in written:  # several `.env` may share a `.gitignore`
                _look_again(item)
            os.replace(item.beside, item.target)
            written.add(item.target)
            _hold(path, proof(path))
    except BaseException as error:
        _take_back(staged)
        if isinstance(error, OSError):
            raise NotWritten(f"{path}: cannot be written: {error.strerror}") from None
        raise
    finally:
        for item in staged:
            with contextlib.suppress(OSError):
                os.unlink(item.beside)
            with contextlib.suppress(OSError):
                os.close(item.lock)
        for folder in {os.path.dirname(item.target) for item in staged}:
            _sweep(folder)


def _look_again(item: _Staged) -> None:
    """Raises NotWritten if somebody else has changed a file since it was read, or made it."""
    now = None
    if item.old is not None or os.path.lexists(item.target):
        now = _present(item.path, item.target)
    if now != item.old:
        raise NotWritten(f"{item.path}: changed while it was checked, left alone")


def _present(path: str, target: str) -> bytes:
    """What stands in a file now; a pipe that was put in its place is not waited for. Raises NotWritten."""
    try:
        return bytes(read(File(target)))
    except Unreadable as error:
        raise NotWritten(f"{path}: changed while it was checked: {error}") from None


def put(path: str, content: bytes) -> None:
    """Write a file that the user has asked for, folders included: whole, or not at all. Raises NotWritten.

    What is no plain file (a pipe, a device) is written to as it is.
    """
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as file:
                file.write(content)
            return
        target = os.path.realpath(path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with _Whole():
            beside, lock = _beside(target, content)
            try:
                os.replace(beside, target)
            except BaseException:
                os.unlink(beside)
                raise
            finally:
                with contextlib.suppress(OSError):
                    os.close(lock)
    except OSError as error:
        raise NotWritten(f"{path}: cannot be written: {error.strerror}") from None


def _hold(path: str, reason: str) -> None:
    if reason:
        raise NotWritten(f"{path}: {reason}")


class _Staged(Record):
    """A change that is written beside its file; `old` is what stands there, None for a new file."""

    path: str
    target: str
    beside: str
    lock: int
    old: bytes | None


def _stage(change: Change) -> _Staged:
    target = os.path.realpath(change.path) if change.linked else os.path.abspath(change.path)
    before, after = change.before, change.after
    if change.source is not None:
        try:
            before, after = change.source.encode(before), change.source.encode(after)
        except UnicodeError:
            raise NotWritten(f"{change.path}: the fix cannot be written in {change.source.encoding}") from None
    old = None
    if change.source is not None or os.path.lexists(target):
        old = _present(change.path, target)
        if old != before or os.path.islink(target):
            raise NotWritten(f"{change.path}: changed while it was checked, left alone")
    return _Staged(change.path, target, *_beside(target, after, private=change.private), old)


def _take_back(staged: Sequence[_Staged]) -> None:
    """Put the old files back, the last one first; one that cannot be keeps those before it, which hold what it lost."""
    with contextlib.suppress(OSError):
        for item in reversed(staged):
            if os.path.lexists(item.beside):
                continue  # it was never put in its place
            if item.old is None:
                os.unlink(item.target)
            else:
                beside, lock = _beside(item.target, item.old)
                os.replace(beside, item.target)
                os.close(lock)


def _beside(target: str, content: bytes, *, private: bool = False) -> tuple[str, int]:
    """A file beside another one, with that one's mode and owner, or those of a new file; and what locks it."""
    handle, beside = tempfile.mkstemp(prefix=BESIDE, dir=os.path.dirname(target) or ".")
    lock = _locked(handle)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):
            status = os.stat(target)
            os.chmod(beside, stat.S_IMODE(status.st_mode))
            if hasattr(os, "chown") and (status.st_uid, status.st_gid) != (os.getuid(), os.getgid()):
                os.chown(beside, status.st_uid, status.st_gid)
        if not os.path.exists(target) and not private:
            os.chmod(beside, 0o666 & ~_umask())
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        with contextlib.suppress(OSError):
            os.close(lock)
        raise
    return beside, lock


def _locked(handle: int) -> int:
    """A second handle of a file, which is locked as long as it is open; -1 where there are no such locks."""
    if sys.platform == "win32":
        return -1  # a file that is open could not be renamed
    import fcntl

    with contextlib.suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.dup(handle)
    return -1


def _sweep(folder: str) -> None:
    """Take away what a keylint that was killed has left in a folder: a file of ours that nobody has locked.

    It may hold a key. An empty one may be another keylint's, which has not come to lock it yet.
    """
    if sys.platform == "win32":
        return
    import fcntl

    for name in os.listdir(folder):
        if not name.startswith(BESIDE):
            continue
        path = os.path.join(folder, name)
        with contextlib.suppress(OSError):
            handle = os.open(path, OPEN | NO_FOLLOW)
            try:
                status = os.fstat(handle)
                if stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and status.st_size:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    os.unlink(path)
            finally:
                os.close(handle)


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current
