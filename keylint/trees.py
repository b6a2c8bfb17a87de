"""The files of a repository where the work tree is not what is checked: the index, and what was there before a change.

A tree knows its files by their full paths, since the same file is called `a.py` and `../a.py` from different folders. What
lies outside of the repository comes from the disk.
"""

from __future__ import annotations

import contextlib
import os
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING

from keylint import git, workspace
from keylint.record import Record
from keylint.settings import ConfigError
from keylint.workspace import File, Large, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REGULAR = ("100644", "100755", "100664")  # the last one is of repositories older than git 1.0
LINK, SUBMODULE, UNMERGED = "120000", "160000", "unmerged"


class Entry(Record):
    """A file as git keeps it: its mode, and the identity of its content."""

    mode: str
    identity: str


class Tree:
    """What the engine asks: which files there are below a folder, and what they hold."""

    def listed(self, folder: str) -> Iterator[tuple[str, bool]]:
        """The files below a folder, by their paths from there, and whether git ignores them; sorted."""
        raise NotImplementedError

    def is_folder(self, path: str) -> bool:
        """Whether there are files below a path."""
        raise NotImplementedError

    def read(self, file: File) -> bytes | Large:
        """A file's bytes. Raises Unreadable."""
        raise NotImplementedError

    def has(self, path: str) -> bool:
        """Whether there is a file of a full path."""
        raise NotImplementedError

    def content(self, path: str) -> bytes | None:
        """The bytes of a file that may not be there."""
        try:
            return bytes(self.read(File(path)))
        except Unreadable:
            return None


class Index(Tree):
    """The index: what a commit would hold.

    Files of variables that git does not track are added from the disk: they are no part of any commit, and still what
    the program finds where it runs. A file that git says is the same on the disk is read there, which is quicker; those that are
    `exact` (full paths) never are.
    """

    def __init__(self, top: str, blobs: git.Blobs) -> None:
        self._top = top
        self._blobs = blobs
        self._same: set[str] = set()
        self.exact: set[str] = set()

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """All files of the index, by full path; submodules are not among them. Raises ConfigError if git does not say."""
        found: dict[str, Entry] = {}
        same: set[str] = set()
        listing = git.run(["ls-files", "-z", "--stage", "-v"], self._top)
        if listing is None or (listing and not listing.endswith(b"\0")):
            raise ConfigError("git could not list the index")
        for line in listing.split(b"\0")[:-1]:
            head, _, name = line.partition(b"\t")
            fields = head.decode("utf-8", "replace").split()
            if len(fields) != 4 or not name:
                raise ConfigError("git could not list the index")
            tag, mode, identity, stage = fields
            if mode != SUBMODULE:
                path = os.path.join(self._top, os.path.normpath(os.fsdecode(name)))
                found[path] = Entry(mode if stage == "0" else UNMERGED, identity)
                if tag == "H":  # neither told to be left alone nor left out of the work tree
                    same.add(path)
        quick = ["diff-files", "-z", "--name-only", "--ignore-submodules=all", "--no-ext-diff"]
        dirty = git.run(quick, self._top, settings=git.without_filters(self._top))
        if dirty is not None:
            self._same = same - {os.path.join(self._top, os.fsdecode(name)) for name in dirty.split(b"\0") if name}
        return found

    @cached_property
    def _loose(self) -> Mapping[str, bool]:
        """The files of variables that are not in the index, and whether git ignores them."""
        others = git.run(["ls-files", "-z", "--others", "--exclude-standard", "--", *workspace.ENV_PATTERNS], self._top)
        if others is None:
            raise ConfigError("git could not list the untracked files")
        names = {os.fsdecode(name): False for name in others.split(b"\0") if name}
        names |= dict.fromkeys(git.ignored_files(self._top, workspace.ENV_PATTERNS), True)
        return {os.path.join(self._top, os.path.normpath(name)): flag for name, flag in names.items()}

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted({*self.entries, *self._loose})

    def listed(self, folder: str) -> Iterator[tuple[str, bool]]:
        """The files of the index, and the loose files of variables."""
        above = os.path.join(os.path.abspath(folder), "")
        for path in self._sorted[bisect_left(self._sorted, above) :]:
            if not path.startswith(above):
                break
            yield path[len(above) :], self._loose.get(path, False)

    def is_folder(self, path: str) -> bool:
        """Whether the index has files below a path; the root of the repository is a folder in any case."""
        full = os.path.abspath(path)
        return full == self._top or any(True for _ in self.listed(full))

    def has(self, path: str) -> bool:
        """Whether a file is in the index, or is a loose one."""
        return path in self.entries or path in self._loose

    def read(self, file: File) -> bytes | Large:
        """The blob of a file. Links are not followed, whoever names them: their targets are other entries, or no one's."""
        full = os.path.abspath(file.path)
        entry = self.entries.get(full)
        if entry is not None:
            if full in self._same and full not in self.exact and entry.mode in REGULAR:
                with contextlib.suppress(Unreadable):
                    return workspace.read(File(file.path))
            return of_entry(entry, self._blobs)
        if full in self._loose or not full.startswith(os.path.join(self._top, "")):
            return workspace.read(file)
        raise Unreadable("not in the index")


class Before(Tree):
    """What was there before a change: `old` has the former entry of each file that changed, None if there was none.

    All other files are those of `after`, or of the disk.
    """

    def __init__(self, after: Tree | None, old: Mapping[str, Entry | None], blobs: git.Blobs) -> None:
        self._after = after
        self._old = old
        self._blobs = blobs

    def listed(self, folder: str) -> Iterator[tuple[str, bool]]:
        """The files of `after` without the new ones, and with the ones that are gone."""
        above = os.path.join(os.path.abspath(folder), "")
        now = self._after.listed(folder) if self._after is not None else workspace.listed(folder)
        names = {name: flag for name, flag in now if above + name not in self._old}
        names |= {path[len(above) :]: False for path, entry in self._old.items() if entry and path.startswith(above)}
        yield from sorted(names.items())

    def is_folder(self, path: str) -> bool:
        """Whether there were files below a path, or are."""
        above = os.path.join(os.path.abspath(path), "")
        now = self._after.is_folder(path) if self._after is not None else os.path.isdir(path)
        return now or any(old.startswith(above) for old in self._old)

    def has(self, path: str) -> bool:
        """Whether there was a file."""
        if path in self._old:
            return self._old[path] is not None
        return self._after.has(path) if self._after is not None else os.path.lexists(path)

    def read(self, file: File) -> bytes | Large:
        """The former content of a file that changed, the content of any other."""
        full = os.path.abspath(file.path)
        if full not in self._old:
            return self._after.read(file) if self._after is not None else workspace.read(file)
        entry = self._old[full]
        if entry is None:
            raise Unreadable("was not there")
        return of_entry(entry, self._blobs)


def of_entry(entry: Entry, blobs: git.Blobs) -> bytes:
    """The content of an entry. Raises Unreadable."""
    if entry.mode == UNMERGED:
        raise Unreadable("has conflicts that are not resolved")
    if entry.mode == LINK:
        raise Unreadable("a link that is not followed", quiet=True)
    data = blobs.read(entry.identity) if entry.mode in REGULAR else None
    if data is None:
        raise Unreadable("git does not have its content here (a partial clone?)")
    return data
