"""What changed between a commit and the work tree, or the index: files and lines, as git says it.

Contents are compared by git, with every program that a repository could have it run switched off: external differs, text
conversions, filters, submodules.
"""

from __future__ import annotations

import os
import re
from functools import cached_property
from typing import TYPE_CHECKING

from keylint import git
from keylint.lazy import regex
from keylint.record import Record
from keylint.settings import ConfigError
from keylint.trees import REGULAR, UNMERGED, Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

_HUNK = regex(rb"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_RAW = ("--raw", "-z", "--no-abbrev", "--ignore-submodules=all", "--no-ext-diff", "--no-textconv")
_LINES = ("-U0", "--inter-hunk-context=0", "--text", "--no-color", "--no-ext-diff", "--no-textconv")


class Change(Record):
    """A file that is not what it was. `path` and `was` are full paths, "" if there is, or was, no such file.

    `old` and `new` are its entries; git may not keep the content of a new one that only the work tree has.
    """

    path: str
    was: str
    old: Entry | None
    new: Entry | None


class Rows(Record):
    """The rows, from 0, that a change touches: first and last of each stretch; all of them in a new file."""

    stretches: tuple[tuple[int, int], ...]
    everything: bool = False

    def touch(self, first: int, last: int) -> bool:
        """Whether a stretch of rows has a touched one."""
        return self.everything or any(start <= last and first <= end for start, end in self.stretches)


class Repository:
    """The repository that a folder lies in."""

    def __init__(self, folder: str) -> None:
        """Raises ConfigError if the folder lies in the work tree of no repository."""
        up = git.run(["rev-parse", "--show-cdup"], folder)
        inside = git.run(["rev-parse", "--is-inside-work-tree"], folder)
        if up is None or inside is None or inside.strip() != b"true":
            raise ConfigError("this is not the work tree of a git repository, or git is not there")
        self.top = os.path.normpath(os.path.join(os.path.abspath(folder), os.fsdecode(up.rstrip(b"\n"))))
        self.blobs = git.Blobs(self.top)

    def commit(self, revision: str) -> str:
        """The identity of a commit. Raises ConfigError if there is none of that name."""
        found = None
        if not revision.startswith("-"):
            found = git.run(["rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"], self.top)
        if not found:
            hint = " (this clone is shallow: fetch more of its history)" if self.is_shallow else ""
            raise ConfigError(f"git knows no commit `{revision}` here{hint}")
        return found.decode().strip()

    def merge_base(self, revision: str) -> str:
        """The commit that a revision and HEAD both come from. Raises ConfigError if there is none."""
        found = git.run(["merge-base", self.commit(revision), self.commit("HEAD")], self.top)
        if not found:
            hint = ": this clone is shallow, fetch more of its history" if self.is_shallow else ""
            raise ConfigError(f"`{revision}` and HEAD have no commit in common{hint}")
        return found.decode().split()[0]

    @property
    def is_shallow(self) -> bool:
        """Whether older commits were left out of the clone."""
        return (git.run(["rev-parse", "--is-shallow-repository"], self.top) or b"").strip() == b"true"

    def staged(self) -> list[Change]:
        """What the next commit changes; everything is new to the first one."""
        head = git.run(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], self.top)
        against = head or git.run(["hash-object", "-t", "tree", "--stdin"], self.top, b"") or b""
        return self.since(against.decode().strip(), index=True)

    def since(self, commit: str, *, index: bool) -> list[Change]:
        """How the index, or the work tree with its new files, differs from a commit. Raises ConfigError."""
        where = ("--cached", "--ita-invisible-in-index") if index else ()
        raw = git.run(["diff-index", *_RAW, *where, "-M", commit, "--"], self.top, settings=self._no_filters)
        if raw is None:
            raise ConfigError(f"git could not compare with {commit}")
        changes = list(self._changes(raw, index=index))
        return changes if index else self._with_new_files(changes)

    def touched(self, change: Change, *, index: bool) -> Rows:
        """The rows that a change touches in the file as it is now, in the index or in the work tree."""
        if change.old is None or change.new is None or change.old.mode not in REGULAR:
            return Rows((), everything=True)
        if change.old.identity == change.new.identity:
            return Rows(())
        if index:
            compared = [change.old.identity, change.new.identity]
        else:
            compared = [change.old.identity, "--", os.path.relpath(change.path, self.top)]
        arguments = ["--literal-pathspecs", "diff", *_LINES, *compared]
        found = git.run(arguments, self.top, settings=self._no_filters)
        if found is None:
            return Rows((), everything=True)
        return Rows(tuple(_stretches(found)))

    @cached_property
    def _no_filters(self) -> dict[str, str]:
        return git.without_filters(self.top)

    def _changes(self, raw: bytes, *, index: bool) -> Iterator[Change]:
        parts = iter(raw.split(b"\0"))
        for head in parts:
            if not head.startswith(b":"):
                continue
            fields = head[1:].decode("utf-8", "replace").split(" ")
            first = next(parts, b"")
            second = next(parts, b"") if fields[-1][:1] in ("R", "C") else first
            if len(fields) != 5 or not fields[-1] or not second:
                raise ConfigError("git diff-index ended in the middle")
            old_mode, new_mode, old, new, status = fields
            was, now = self._full(first), self._full(second)
            if status[0] == "U":
                if index:  # in a work tree its content is compared too, by another line
                    yield Change(was, "", None, Entry(UNMERGED, new))
                continue
            before = Entry(old_mode, old) if old_mode in REGULAR else None
            after = Entry(new_mode, new) if new_mode in REGULAR else None
            if status[0] == "R":
                yield Change(now, was, before, after)
            elif before or after:  # a link that became another one is none
                yield Change(now if after else "", was if before else "", before, after)

    def _full(self, name: bytes) -> str:
        return os.path.join(self.top, os.path.normpath(os.fsdecode(name)))

    def _with_new_files(self, changes: list[Change]) -> list[Change]:
        """Files that git does not track and does not ignore are new; one that only left the index is what it was."""
        others = git.run(["ls-files", "-z", "--others", "--exclude-standard"], self.top)
        if others is None:
            raise ConfigError("git could not list the untracked files")
        paths = [self._full(name) for name in others.split(b"\0") if name and not name.endswith(b"/")]
        gone = {change.was: change.old for change in changes if change.new is None}
        new = Entry(REGULAR[0], "0")
        made = [Change(path, path if path in gone else "", gone.get(path), new) for path in paths]
        known = set(paths)
        return [change for change in changes if change.new is not None or change.was not in known] + made


def _stretches(diff: bytes) -> Iterator[tuple[int, int]]:
    for match in _HUNK.finditer(diff):
        first, count = int(match.group(1)), int(match.group(2) or 1)
        if count:
            yield max(first - 1, 0), first + count - 2
