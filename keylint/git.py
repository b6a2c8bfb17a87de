"""What git knows of a tree: which files it tracks, which it ignores, what they hold. It is asked, never imitated.

Nothing that a repository configures is run: the monitor and the hooks are switched off on each call, and nothing is fetched
though objects are missing (a partial clone). No git, no repository and no answer are all the same to `run`: None. A machine
that has nothing left to start git with is not.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import subprocess
from typing import IO, TYPE_CHECKING, TypeAlias

from keylint.lazy import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_SAFE = (
    "--no-pager",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.quotePath=false",
    "-c",
    "submodule.recurse=false",
    "-c",
    "safe.bareRepository=explicit",  # a folder of the work tree that looks like a repository is none (git 2.38)
)
_TIMEOUT = 120  # seconds; a listing that takes longer is given up
_UNOPENED = regex(rb"^warning: could not open directory '(.+?)(?:/?': .*)?$", re.MULTILINE)  # it cuts off a long line
_SHORT = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)  # git is there, and nothing to start it with
PIECE = 1 << 16  # bytes that are read of a stream at a time
BUFFER = 1 << 20  # bytes of contents that are read ahead
AHEAD = 16 << 20  # bytes of a call that are kept while another one is waited for


# Identity, a path and the content of a file. The content is None if it is larger than was asked for, and, with a question mark
# before the identity, if this clone does not have it.
Blob: TypeAlias = "tuple[str, str, bytes | None]"
_LISTING = ("rev-list", "--objects", "--filter=object:type=blob", "--filter-provided-objects", "--missing=print")


class Failed(Exception):
    """git cannot be run, ended before it had said everything, or said what it never says; the message names the command."""


def _environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of every call. An empty list of protocols allows none, whatever the configuration says."""
    made = {
        **os.environ,
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",  # what others get is the original
        "GIT_ALLOW_PROTOCOL": "",
        "LC_ALL": "C",
    }
    if settings:  # not with -c: the name of a filter may hold an equals sign
        counted = made.get("GIT_CONFIG_COUNT", "")
        first = int(counted) if counted.isdigit() else 0
        made["GIT_CONFIG_COUNT"] = str(first + len(settings))
        for number, (name, value) in enumerate(settings.items(), first):
            made[f"GIT_CONFIG_KEY_{number}"], made[f"GIT_CONFIG_VALUE_{number}"] = name, value
    return made


def run(
    arguments: Sequence[str],
    folder: str,
    stdin: bytes | None = None,
    accept: Sequence[int] = (0,),
    settings: Mapping[str, str] | None = None,
    warnings: list[bytes] | None = None,
) -> bytes | None:
    """Git's standard output; None if it is not there, fails, or takes too long. `settings` go before all configuration.

    What it says on standard error is put into `warnings`.
    Raises Failed if the machine has no room for another process.
    """
    environment = _environment(settings)
    try:
        done = subprocess.run(
            ["git", *_SAFE, *arguments],
            cwd=folder,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if warnings is None else subprocess.PIPE,
            env=environment,
            timeout=_TIMEOUT,
            check=False,
        )
    except OSError as error:
        if error.errno in _SHORT:
            raise Failed(f"git cannot be run: {error.strerror}") from None
        return None
    except subprocess.SubprocessError:
        return None
    if warnings is not None:
        warnings.append(done.stderr)
    return done.stdout if done.returncode in accept else None


def is_there(folder: str) -> bool:
    """Whether git can be asked at all."""
    return run(["--version"], folder) is not None


def toplevel(folder: str) -> str | None:
    """The root of the work tree that a folder lies in."""
    found = run(["rev-parse", "--show-toplevel"], folder)
    return os.fsdecode(found.rstrip(b"\n")) if found else None


def _sorted(names: bytes) -> list[str]:
    """The names of a list that git ends with zeros."""
    return sorted(name for name in os.fsdecode(names).split("\0") if name)


def files(folder: str, patterns: Sequence[str] = (".",)) -> list[str] | None:
    """Tracked files and untracked ones that are not ignored, relative to `folder`, sorted.

    A name that ends with a slash is a repository inside this one.
    """
    found = run(
        ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", *patterns], folder
    )
    return _sorted(found) if found is not None else None


def tracked_files(folder: str) -> list[str] | None:
    """Tracked files, relative to `folder`, sorted; quick, since only the index is read. None if there is no repository."""
    found = run(["ls-files", "-z", "--cached", "--deduplicate"], folder)
    return _sorted(found) if found is not None else None


def untracked_files(folder: str) -> tuple[list[str], list[str]]:
    """Untracked files that are not ignored, sorted; see ``files``. The work tree is searched for them.

    With them the folders that git could not open, of whose files it knows nothing. Raises Failed.
    """
    warnings: list[bytes] = []
    found = run(["ls-files", "-z", "--others", "--exclude-standard"], folder, warnings=warnings)
    if found is None:
        raise Failed("git could not list the untracked files")
    return _sorted(found), [os.fsdecode(name) for name in _UNOPENED.findall(b"".join(warnings))]


def ignored_files(folder: str, patterns: Sequence[str]) -> list[str]:
    """Ignored files that match one of git's path patterns, outside of ignored folders. Raises Failed."""
    found = run(
        ["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory", "--", *patterns], folder
    )
    if found is None:
        raise Failed("git could not list the ignored files")
    return [name for name in _sorted(found) if not name.endswith("/")]


def ignored(folder: str, names: Iterable[str]) -> set[str] | None:
    """Those of the names that git ignores; a tracked file is not ignored. None if git does not answer."""
    found = run(["check-ignore", "-z", "--stdin"], folder, _paths(names), accept=(0, 1))
    return _names(found) if found is not None else None


def _paths(names: Iterable[str]) -> bytes:
    """Names as check-ignore is given them: a colon at the beginning would be the beginning of a pattern."""
    return b"".join(b"./" + os.fsencode(name) + b"\0" for name in names)


def _names(found: bytes) -> set[str]:
    return {os.fsdecode(name[2:]) for name in found.split(b"\0") if name}


def ignored_without_repository(folder: str, names: Iterable[str]) -> set[str]:
    """Which names the `.gitignore` files of a folder that is no repository would make git ignore, once it is one."""
    import tempfile

    with tempfile.TemporaryDirectory() as empty:
        if run(["init", "-q", "--bare", empty], folder) is None:
            return set()
        outside = ["--git-dir", empty, "--work-tree", folder]
        found = run([*outside, "check-ignore", "-z", "--stdin", "--no-index"], folder, _paths(names), accept=(0, 1))
    return _names(found or b"")


def tracked(folder: str, names: Iterable[str]) -> set[str]:
    """Those of the names (relative to `folder`) that git tracks."""
    found = run(["--literal-pathspecs", "ls-files", "-z", "--cached", "--", *names], folder)
    return {os.fsdecode(name) for name in (found or b"").split(b"\0") if name}


def without_filters(folder: str) -> dict[str, str]:
    """The settings with which git compares the files of a work tree and runs none of the filters that are configured."""
    found = run(["config", "-z", "--name-only", "--get-regexp", r"^filter\."], folder) or b""
    names = {os.fsdecode(key).rpartition(".")[0] for key in found.split(b"\0") if key}
    return {
        f"{name}.{key}": value
        for name in sorted(names)
        for key, value in (("clean", ""), ("smudge", ""), ("process", ""), ("required", "false"))
    }


class Blobs:
    """The contents of objects, by one `git cat-file --batch` that is started with the first."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, identity: str) -> bytes | None:
        """The bytes of an object; None if git does not have it. Raises Failed if git cannot be asked."""
        if self._process is None:
            self._process = _start(["cat-file", "--batch"], self._folder, subprocess.PIPE)
        out, into = _pipe(self._process.stdout), _pipe(self._process.stdin)
        try:
            into.write(identity.encode() + b"\n")
            into.flush()
            head = out.readline().split()
        except OSError:
            head = []
        if not head or head[-1] == b"missing":
            if not head:
                self.close()  # an object that would have to be fetched ends git; the next one starts it again
            return None
        size = int(head[2]) if len(head) == 3 and head[2].isdigit() and len(head[2]) < 19 else -1
        data = out.read(size) if size >= 0 else b""
        if len(data) != size:
            self.close()  # what comes after it would be taken for the answer to the next question
            return None
        out.read(1)
        return data

    def close(self) -> None:
        """End git."""
        if self._process is not None:
            _end(self._process)
            self._process = None


def blob_names(
    arguments: Sequence[str], folder: str, most: int, meanwhile: Call | None = None
) -> Iterator[list[bytes]]:
    """Each file that `git rev-list` reaches, each content once, as git lists it: in pieces of so many lines. Raises Failed.

    `arguments` are those of rev-list; ``named_blobs`` gives the contents. What another call says `meanwhile` is taken.
    """
    lister = _start([*_LISTING, *arguments], folder)
    try:
        out = _pipe(lister.stdout)
        lines: list[bytes] = []
        rest = b""
        while piece := meanwhile.read(out) if meanwhile is not None else out.read(PIECE):
            *whole, rest = (rest + piece).split(b"\n")
            lines += whole
            if len(lines) >= most:
                yield lines
                lines = []
        _finished(lister)
        if lines:
            yield lines
    finally:
        _end(lister)


def named_blobs(names: Sequence[bytes], folder: str, largest: int) -> Iterator[Blob]:
    """The contents that some lines of ``blob_names`` are for. Raises Failed."""
    try:
        listing = _empty_file()
    except OSError as error:
        raise Failed(f"git cannot be run: {error.strerror}") from None
    with listing:
        listing.write(b"\n".join((*names, b"")))
        listing.seek(0)
        yield from _contents(listing, folder, largest)


def _empty_file() -> IO[bytes]:
    """A file without a name: git reads names as it comes to them, and a pipe would have to be fed meanwhile."""
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create("names"), "w+b")
    import tempfile

    return tempfile.TemporaryFile()


def _contents(names: IO[bytes], folder: str, largest: int) -> Iterator[Blob]:
    """What is behind names that git reads from a stream; this process has no need of the stream any more."""
    reader = _start(
        ["cat-file", "--batch=%(objectname) %(objecttype) %(objectsize) %(rest)", "--buffer"], folder, names, BUFFER
    )
    try:
        out = _pipe(reader.stdout)
        names.close()  # the reader has its own end of it
        while line := out.readline():
            head = line.rstrip(b"\n").split(b" ", 3)
            if head[1:2] == [b"missing"]:
                yield head[0].decode("utf-8", "replace"), "", None
                continue
            if len(head) < 3 or not head[2].isdigit():
                raise Failed(f"git {_command(reader)} said what cannot be read")
            size = int(head[2])
            data = out.read(size) if size <= largest else None
            if data is not None and len(data) < size:
                raise Failed(f"git {_command(reader)} ended early")
            _pass(out, 1 if data is not None else size + 1)
            if head[1] == b"blob":
                yield head[0].decode("utf-8", "replace"), os.fsdecode(head[3]) if len(head) > 3 else "", data
        _finished(reader)
    finally:
        _end(reader)


def _pass(out: IO[bytes], size: int) -> None:
    """Read bytes that nobody needs."""
    while size:
        size -= len(out.read(min(size, PIECE))) or size


class Call:
    """A call of git that may go on beside another one. Raises Failed, now and later."""

    def __init__(self, arguments: Sequence[str], folder: str) -> None:
        self._process = _start(arguments, folder)
        self._out = _pipe(self._process.stdout)
        self._taken: list[bytes] = []
        self._size = 0

    def read(self, other: IO[bytes]) -> bytes:
        """The next bytes of another stream; what this call says while they are waited for is kept, up to a limit."""
        from select import select

        streams = [other, self._out]
        while True:
            ready = select(streams if self._size < AHEAD else streams[:1], [], [])[0]
            if other in ready:
                return os.read(other.fileno(), PIECE)
            piece = os.read(self._out.fileno(), PIECE)
            self._taken.append(piece)
            self._size += len(piece) or AHEAD  # nothing more to wait for

    def parts(self, separator: bytes) -> Iterator[bytes]:
        """All that it says, cut at a separator, as it comes."""
        try:
            rest = b""
            while piece := self._taken.pop(0) if self._taken else self._out.read(PIECE):
                *whole, rest = (rest + piece).split(separator)
                yield from whole
            if rest:
                yield rest
            _finished(self._process)
        finally:
            self.close()

    def fileno(self) -> int:
        """The end of the pipe that it speaks through."""
        return self._out.fileno()

    def close(self) -> None:
        """End it."""
        _end(self._process)


def _start(
    arguments: Sequence[str], folder: str, stdin: IO[bytes] | int | None = subprocess.DEVNULL, buffer: int = -1
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            ["git", *_SAFE, *arguments],
            bufsize=buffer,
            cwd=folder,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
    except OSError as error:
        raise Failed(f"git cannot be run: {error.strerror}") from None


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    """A stream that was asked for when the process was started."""
    if stream is None:
        raise Failed("git has no such stream")
    return stream


def _finished(process: subprocess.Popen[bytes]) -> None:
    if process.wait(_TIMEOUT):
        raise Failed(f"git {_command(process)} ended with {process.returncode}")


def _command(process: subprocess.Popen[bytes]) -> str:
    return str(process.args[len(_SAFE) + 1])  # type: ignore[index]


def _end(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    if process.poll() is None:
        process.terminate()
    process.wait()
