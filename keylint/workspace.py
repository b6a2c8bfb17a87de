"""Which files are checked, and their bytes.

Files that are named are always checked. In a folder, git says which files there are: tracked ones, and untracked ones that
it does not ignore. Where there is no git the folder is walked, without the folders that hold other people's files. Links
are not followed, except one that is named.
"""

from __future__ import annotations

import errno
import os
import stat
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from keylint.settings import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from keylint.settings import Finder
    from keylint.trees import Tree

Tell: TypeAlias = "Callable[[str, list[str]], None]"  # called with a folder and the names of its tracked files

LARGE = 32 << 20  # a larger file is mapped and scanned in windows, and only key shapes are looked for

# Not entered where git does not say what belongs to the project.
FOREIGN_FOLDERS = frozenset(
    [
        ".git",
        ".hg",
        ".svn",
        ".bzr",
        "node_modules",
        "bower_components",
        ".venv",
        "venv",
        "site-packages",
        "__pypackages__",
        "__pycache__",
        ".tox",
        ".nox",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        ".ipynb_checkpoints",
        ".next",
        ".nuxt",
        ".svelte-kit",
        ".gradle",
        ".idea",
        ".terraform",
        "target",
    ]
)
# Files that hold a developer's or an environment's own values, which git is made to ignore.
ENV_PATTERNS = tuple(
    f":(glob)**/{name}"
    for name in (".env", ".env.*", "*.env", ".dev.vars", ".flaskenv", "*.tfvars", "appsettings.*.json")
)


def is_env_file(path: str) -> bool:
    """Whether a file of variables is meant by a name: few, small, and of interest even where they name no provider."""
    name = path.replace(os.sep, "/").rpartition("/")[2]
    return (name.startswith(".env") and not name.startswith(".envrc")) or name.endswith(".env")


def folder_of(path: str) -> str:
    """The folder of a path, which is not tidied: a third of the time of ``os.path.dirname``, for those who ask very often."""
    return (path.rpartition("/")[0] if os.sep == "/" else "") or os.path.dirname(path)


def repository(folder: str) -> str:
    """The nearest folder upwards that holds a `.git`; "" if there is none."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return ""
        folder = parent
    return folder


# A pipe must not make us wait, nor a program that we start inherit the file. Some systems lack some of these.
OPEN = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


class File(NamedTuple):
    """A file to check: its name as it is shown, whether it was named by the user, whether git ignores it."""

    path: str
    named: bool = False
    ignored: bool = False
    base: str = ""  # the folder that was named; "" for a file


class Unreadable(Exception):
    """A file cannot be read; the message says why. `quiet` if nobody would expect it to be."""

    def __init__(self, reason: str, *, quiet: bool = False) -> None:
        super().__init__(reason)
        self.quiet = quiet


class Large:
    """A file that is not held in memory as a whole. It is read, not mapped: one that is cut off would end the process."""

    def __init__(self, handle: int, size: int) -> None:
        self.size = size
        self._handle = handle

    def piece(self, start: int, end: int) -> bytes:
        """The bytes from one offset to another, as many as there still are. Raises Unreadable."""
        parts = []
        try:
            os.lseek(self._handle, start, os.SEEK_SET)
            while start < end and (data := os.read(self._handle, end - start)):
                parts.append(data)
                start += len(data)
        except OSError as error:
            raise Unreadable(error.strerror or "cannot be read") from None
        return b"".join(parts)

    def __bytes__(self) -> bytes:
        return self.piece(0, self.size)

    def __del__(self) -> None:
        os.close(self._handle)


def collect(
    paths: Iterable[str],
    finder: Finder,
    *,
    force_exclude: bool = False,
    tree: Tree | None = None,
    tell: Tell | None = None,
) -> Iterator[File]:
    """The files behind the paths, each once, in a fixed order; those of a `tree` if they are not the disk's.

    `tell` hears of the tracked files of each folder, by their names from there, before the first of them comes.
    """
    seen: set[str] = set()
    names = [os.path.normpath(path) for path in paths]
    for name in names:
        is_folder = tree.is_folder(name) if tree is not None else os.path.isdir(name)
        if is_folder and len(names) == 1:
            yield from _folder(name, finder, tree, tell)
            return
        for file in _folder(name, finder, tree, tell) if is_folder else (File(name, True),):
            if file.path in seen or (force_exclude and file.named and is_excluded(file.path, finder)):
                continue
            seen.add(file.path)
            yield file


def is_excluded(path: str, finder: Finder) -> bool:
    """Whether a configuration leaves a file out: its own, or that of a folder above it."""
    full = os.path.abspath(path)
    return _excluded(full, finder) or _is_below_excluded(os.path.dirname(full), finder, "", {})


def _excluded(full: str, finder: Finder) -> bool:
    """Whether a file or folder is left out by the configuration that is nearest to it."""
    settings = finder.of(os.path.dirname(full))
    return bool(settings.exclude) and matches(settings.exclude, full, settings.root)


def _is_below_excluded(folder: str, finder: Finder, stop: str, known: dict[str, bool]) -> bool:
    """Whether a folder, or one above it and below `stop`, is left out."""
    if folder == stop:
        return False
    found = known.get(folder)
    if found is None:
        above = os.path.dirname(folder)
        found = known[folder] = above != folder and (
            _excluded(folder, finder) or _is_below_excluded(above, finder, stop, known)
        )
    return found


def _folder(folder: str, finder: Finder, tree: Tree | None, tell: Tell | None) -> Iterator[File]:
    """The files of a folder, excluded ones left out."""
    return chosen(folder, finder, tree.listed(folder) if tree is not None else listed(folder, tell))


def prefix_of(folder: str) -> str:
    """What stands before the names of the files of a folder that was named."""
    return "" if folder == "." else os.path.join(folder, "")


def chosen(folder: str, finder: Finder, names: Iterable[tuple[str, bool]]) -> Iterator[File]:
    """The files of a folder by their names, and whether git ignores them; excluded ones left out."""
    prefix = prefix_of(folder)
    full_base = os.path.abspath(folder)
    base = os.path.join(full_base, "")
    known: dict[str, bool] = {}
    above, left_out, settings = None, False, finder.of(full_base)
    for name, ignored in names:
        below = folder_of(name)
        if below != above:
            above = below
            full = os.path.join(full_base, above) if above else full_base
            left_out = _is_below_excluded(full, finder, full_base, known)
            settings = finder.of(full)
        if not (left_out or settings.exclude):
            yield File(prefix + name, False, ignored, folder)
            continue
        path = base + name
        if left_out or (settings.exclude and matches(settings.exclude, path, settings.root)):
            own = settings.own
            if own is not None and (own.exclude == settings.exclude or matches(own.exclude, path, settings.root)):
                settings.excluded.add(path)
            continue
        yield File(prefix + name, False, ignored, folder)


def listed(folder: str, tell: Tell | None = None) -> Iterator[tuple[str, bool]]:
    """Names below a folder, and whether git ignores them: tracked ones first, which `tell` hears of.

    git searches the work tree for the others while whoever asks is busy with those.
    """
    from threading import Thread

    from keylint import git

    names = git.tracked_files(folder)
    if names is None:
        yield from _walked(folder)
        return
    if tell is not None:
        tell(folder, names)
    others: list[tuple[str, bool]] = []
    unsearched: list[BaseException] = []

    def search() -> None:
        try:
            untracked, unopened = git.untracked_files(folder)
            others.extend(
                (name, False) for name in (*untracked, *unopened)
            )  # reading a folder says what is wrong with it
            others.extend((name, True) for name in git.ignored_files(folder, ENV_PATTERNS))
        except BaseException as error:  # noqa: BLE001  # raised where somebody hears it
            unsearched.append(error)

    searching = Thread(target=search, daemon=True)
    try:
        searching.start()
    except RuntimeError:  # no room for another thread
        searching.run()
        yield from zip(names, repeat(False))
    else:
        yield from zip(names, repeat(False))
        searching.join()
    if unsearched:
        raise unsearched[0]
    for name, is_ignored in sorted(others):
        if name.endswith("/"):
            yield from ((name + inner, flag) for inner, flag in listed(os.path.join(folder, name)))
        else:
            yield name, is_ignored


def _walked(folder: str) -> Iterator[tuple[str, bool]]:
    unopened: list[str] = []
    for current, folders, names in os.walk(folder, onerror=lambda error: unopened.append(error.filename)):
        below = os.path.relpath(current, folder)
        prefix = "" if below == "." else below + os.sep
        if prefix and ".git" in folders + names:
            folders.clear()
            yield from ((prefix + inner, flag) for inner, flag in listed(current))
            continue
        folders[:] = sorted(name for name in folders if name not in FOREIGN_FOLDERS)
        for name in sorted(names):
            yield prefix + name, False
    for name in unopened:  # reading a folder says what is wrong with it
        yield os.path.relpath(name, folder), False


def read(file: File) -> bytes | Large:
    """A file's bytes, or what reads them if it is large. Raises Unreadable."""
    return opened(file)[0]


def opened(file: File) -> tuple[bytes | Large, os.stat_result]:
    """The same, with what the system said of the file before. Raises Unreadable."""
    try:
        handle = os.open(file.path, OPEN if file.named else OPEN | NO_FOLLOW)
    except OSError as error:
        link = error.errno == errno.ELOOP and not file.named
        raise Unreadable(
            "a link that is not followed" if link else error.strerror or "cannot be read", quiet=link
        ) from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("not a regular file", quiet=not file.named)
        if status.st_size > LARGE:
            return Large(os.dup(handle), status.st_size), status
        return _all(handle, status.st_size), status
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be read") from None
    finally:
        os.close(handle)


def contents(path: str, most: int = LARGE) -> bytes | None:
    """The first bytes of a file that keylint looks for by itself; None if there is none.

    No link is followed, no pipe waited for, no device read: a repository may hold a link to anything.
    """
    try:
        data = read(File(path))
        return data.piece(0, most) if isinstance(data, Large) else data[:most]
    except Unreadable:
        return None


def _all(handle: int, size: int) -> bytes:
    data = os.read(handle, size + 1)
    if len(data) == size:
        return data
    parts = [data]
    while data := os.read(handle, 1 << 20):
        parts.append(data)
        if sum(map(len, parts)) > LARGE:
            break
    return b"".join(parts)
