"""keylint's cache of compiled databases: one file each, in a folder of the user's own.

A file that is missing, half written, from another Hyperscan or for another processor is as good as none.
"""

from __future__ import annotations

import os
import sys
import time
import zlib
from typing import TYPE_CHECKING

import hyperscan

from keylint import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

MAGIC = b"keylint 2\n"
STALE = 30 * 86_400  # seconds after which what is kept of a project is thrown away if nothing was added to it

read_only = False  # set in a copy of the process, which may be ended at any time


def digest(parts: Iterable[bytes]) -> str:
    """A name for the parts, and for the versions that made the database.

    Two checksums and the length: enough to tell versions of a few small files of one's own apart, and hashlib costs four
    milliseconds to import.
    """
    whole = b"".join(len(part).to_bytes(8, "little") + part for part in parts)
    whole += f"{__version__} {getattr(hyperscan, '__version__', '')}".encode()
    return f"{zlib.crc32(whole):08x}{zlib.adler32(whole):08x}{len(whole):x}"


def folder() -> str | None:
    """Where keylint may keep files of its own; None if there is no such place, or if others can write there.

    What is kept there is handed to Hyperscan as it is: native code, which a made-up database could lead anywhere.
    """
    place = _place()
    if place is None or not hasattr(os, "geteuid"):
        return place
    try:
        status = os.stat(place)
    except OSError:
        return place  # it is made when something is written
    return place if status.st_uid == os.geteuid() and not status.st_mode & 0o022 else None


def _place() -> str | None:
    chosen = os.environ.get("KEYLINT_CACHE_DIR")
    if chosen:
        return chosen
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "keylint") if base and os.path.isabs(base) else None


def read(kind: str, key: str) -> tuple[hyperscan.Database, str] | None:
    """A database and the text that was stored with it; None if there is none that can be used here."""
    place = folder()
    if place is None:
        return None
    try:
        with open(os.path.join(place, f"{kind}-{key}"), "rb") as file:
            if file.readline() != MAGIC:
                return None
            size, checksum = map(int, file.readline().split())
            raw = file.read(size)
            text = raw.decode()
            if zlib.crc32(raw) != checksum:
                return None
            return hyperscan.loadb(file.read(), hyperscan.HS_MODE_BLOCK), text
    except (OSError, ValueError, hyperscan.error):
        return None


def write(kind: str, key: str, database: hyperscan.Database, text: str = "") -> None:
    """Keep a database. A cache that cannot be written is no error."""
    place = folder()
    if place is None:
        return
    raw = text.encode()
    head = MAGIC + f"{len(raw)} {zlib.crc32(raw)}\n".encode()  # the database has a checksum of its own
    replace(os.path.join(place, f"{kind}-{key}"), head + raw + hyperscan.dumpb(database))


class Table:
    """A file of the cache that is kept for one state of things: `parts` say which. None is read or written if not `cached`."""

    def __init__(self, prefix: str, parts: Iterable[str], *, cached: bool = True) -> None:
        self._head = "\0".join(parts).encode("utf-8", "surrogateescape")
        self._prefix = prefix
        place = folder() if cached else None
        self.path = os.path.join(place, prefix + digest([self._head])) if place else ""

    def read(self) -> bytes:
        """What was written; nothing if the file is missing, damaged, or for another state."""
        try:
            with open(self.path, "rb") as file:
                if file.readline().rstrip(b"\n") != self._head.hex().encode():
                    return b""
                checksum = int(file.readline())
                body = file.read()
        except (OSError, ValueError):
            return b""
        return body if zlib.crc32(body) == checksum else b""

    def write(self, body: bytes) -> None:
        """Keep a body. A table that cannot be written is no error."""
        if self.path and replace(self.path, b"%b\n%d\n%b" % (self._head.hex().encode(), zlib.crc32(body), body)):
            clear(self.path, self._prefix)


def replace(path: str, data: bytes) -> bool:
    """Put a file of the cache in its place, written beside and renamed; False if that cannot be done."""
    if read_only:
        return False
    beside = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(beside, "wb") as file:
            file.write(data)
        os.replace(beside, path)
    except BaseException as error:
        from contextlib import suppress

        with suppress(OSError):
            os.unlink(beside)
        if isinstance(error, OSError):
            return False
        raise
    return True


def clear(beside: str, prefix: str) -> None:
    """Throw away what was kept of projects that nothing was heard of for long: files beside one, whose names begin so."""
    try:
        with os.scandir(os.path.dirname(beside)) as found:
            for entry in found:
                if entry.name.startswith(prefix) and entry.stat().st_mtime < time.time() - STALE:
                    os.unlink(entry.path)
    except OSError:
        return
