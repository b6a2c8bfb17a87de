"""Which part of a check is asked for: what is staged, what a change brought, one share of many.

Each is the plain check of the same paths, of which some findings are left out: what is reported here is reported by
`keylint check` too, with the same words.
"""

from __future__ import annotations

import os
import zlib
from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from keylint.settings import ConfigError
from keylint.workspace import File, collect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from keylint.analysis import Checked
    from keylint.changes import Change, Repository, Rows
    from keylint.engine import Run
    from keylint.model import Finding, Span
    from keylint.settings import Finder, Overrides
    from keylint.trees import Index, Tree

_Kind = TypeVar("_Kind")


class Selection:
    """The part that is asked for. `share` is (number, of how many), the number from 1."""

    def __init__(
        self,
        paths: Sequence[str],
        *,
        staged: bool = False,
        since: str = "",
        diff_base: str = "",
        share: tuple[int, int] = (1, 1),
        force_exclude: bool = False,
    ) -> None:
        """Asks git for the commits. Raises ConfigError if it does not know them."""
        self._paths = paths
        self._staged = staged
        self._share = share
        self._force_exclude = force_exclude
        self._changes: list[Change] = []
        self._changed: set[str] = set()  # their paths
        self._commit = ""  # what the lines are compared with
        self._repository: Repository | None = None
        self._top = ""
        self._index: Index | None = None
        if staged or since or diff_base or share[1] > 1:
            self._ask_git(since, diff_base)

    def _ask_git(self, since: str, diff_base: str) -> None:
        from keylint.changes import Repository

        try:
            self._repository = Repository(os.getcwd())
        except ConfigError:
            if self._staged or since or diff_base:
                raise
        self._top = self._repository.top if self._repository is not None else os.getcwd()
        if self._repository is None:
            return
        if since:
            self._commit = self._repository.commit(since)
        elif diff_base:
            self._commit = self._repository.merge_base(diff_base)
        if self._staged:
            from keylint.trees import Index

            self._index = Index(self._repository.top, self._repository.blobs)

    @property
    def tree(self) -> Tree | None:
        """Where the files are, if not on the disk."""
        return self._index

    def adapt(self, overrides: Overrides) -> Overrides:
        """The rules of the whole project, and the one about comments that silence nothing, run on the first share."""
        if self._share[0] > 1:
            overrides.ignore = (*overrides.ignore, "PROJECT", "unused-ignore")
        return overrides

    def check(self, finder: Finder, accept: Callable[[Run], None], *, cache: bool) -> Run:
        """The run, with the findings that are asked for. `accept` takes accepted ones out of it while it is whole."""
        from keylint.engine import Engine

        try:
            if self._repository is not None and self._commit:
                self._changes = self._repository.since(self._commit, index=self._staged)
            elif self._repository is not None and self._staged:
                self._changes = self._repository.staged()
            self._changed = {change.path for change in self._changes}
            if self._index is not None:
                self._index.exact = self._changed
            run = Engine(finder, cache=cache, tree=self.tree).check(self._files(finder))
            accept(run)
            if self._repository is not None and self._commit:
                run.findings = self._caused(run, finder, self._repository, cache=cache)
                gone = {change.was for change in self._changes if change.new is None}
                run.skipped = [item for item in run.skipped if os.path.abspath(item[0]) not in gone]
        finally:
            if self._repository is not None:
                self._repository.blobs.close()
        if self._share[0] == 1 < self._share[1]:
            run.findings = [finding for finding in run.findings if self._is_ours(finding)]
        return run

    def covers(self, path: str) -> bool:
        """Whether all findings of a file (a full path) are looked for."""
        if self._commit or (self._staged and path not in self._changed):
            return False
        return (self._share[1] == 1 or self._shard(path) == self._share[0]) and below(self._paths, path)

    def exists(self, path: str) -> bool:
        """Whether there is a file of a full path in what is checked."""
        return os.path.lexists(path) if self.tree is None else self.tree.has(path)

    def _files(self, finder: Finder) -> Iterable[File]:
        found: Iterable[File] = collect(self._paths, finder, force_exclude=self._force_exclude, tree=self.tree)
        if self._staged and not self._commit:
            found = (File(file.path) for file in found if os.path.abspath(file.path) in self._changed)
        if self._share[0] > 1:
            found = (file for file in found if self._shard(file.path) == self._share[0])
        return found

    # ----------------------------------------------------------------------------------------------------- shares

    def _shard(self, path: str) -> int:
        """The share of a file, by its path below the repository: the same wherever keylint is called."""
        relative = os.path.relpath(path, self._top)
        return zlib.crc32(os.fsencode(relative.replace(os.sep, "/"))) % self._share[1] + 1

    def _is_ours(self, finding: Finding) -> bool:
        """The first share has the findings that no other one looks for."""
        from keylint.rules import find

        rule = find(finding.code)
        whole = rule is not None and (rule.project or rule.sees == ("suppression",))
        return whole or self._shard(finding.path) == self._share[0]

    # ------------------------------------------------------------------------------------------------ what changed

    def _caused(self, run: Run, finder: Finder, repository: Repository, *, cache: bool) -> list[Finding]:
        """The findings on touched lines, and those that were not there before.

        Of the rules about the whole project some report a mistake at the first place that shows it, and that may now be
        another one: for them, what is said of the same mistake before decides.
        """
        if not self._changes:
            return []
        touched = _Touched(self._changes, repository, index=self._staged)
        elsewhere = [finding for finding in run.findings if not touched.by(finding, run)]
        if not elsewhere:
            return run.findings
        before = self._before(finder, repository, cache=cache)
        names = {change.path: change.was for change in self._changes if change.was}
        known = Counter(_mark(finding, before, {}) for finding in before.findings)
        untouched = {id(finding) for finding in elsewhere}
        left = [finding for finding in elsewhere if not _taken(known, _mark(finding, run, names))]
        for finding in run.findings:
            if id(finding) not in untouched:
                _taken(known, _mark(finding, run, names))
        told = Counter(
            (finding.code, finding.message)
            for finding in before.findings
            if _is_whole(finding.code) and _taken(known, _mark(finding, before, {}))
        )
        new = {id(finding) for finding in left if not _taken(told, (finding.code, finding.message))}
        return [finding for finding in run.findings if id(finding) not in untouched - new]

    def _before(self, finder: Finder, repository: Repository, *, cache: bool) -> Run:
        """The run over the same paths as they were before the change."""
        from keylint.engine import Engine
        from keylint.trees import Before, Entry

        old: dict[str, Entry | None] = {}
        for change in self._changes:
            if change.was:
                old[change.was] = change.old
            if change.path:
                old.setdefault(change.path, None)
        names = {change.path: change.was for change in self._changes if change.path}
        paths = [os.path.relpath(was) if (was := names.get(os.path.abspath(path))) else path for path in self._paths]
        tree = Before(self.tree, old, repository.blobs)
        files = collect(paths, finder, force_exclude=self._force_exclude, tree=tree)
        return Engine(finder, cache=cache, tree=tree).check(files)


class _Touched:
    """Whether findings lie on lines that a change touches; git is asked for the lines of a file once."""

    def __init__(self, changes: Iterable[Change], repository: Repository, *, index: bool) -> None:
        self._index = index
        self._changes = {change.path: change for change in changes if change.path}
        self._repository = repository
        self._rows: dict[str, Rows] = {}

    def by(self, finding: Finding, run: Run) -> bool:
        """Whether the change touches the place of a finding, or one of the further places that it shows."""
        places = [(finding.path, finding.span), *((note.path or finding.path, note.span) for note in finding.notes)]
        return any(self._touches(path, span, run) for path, span in places)

    def _touches(self, path: str, span: Span, run: Run) -> bool:
        full = os.path.abspath(path)
        change = self._changes.get(full)
        if change is None:
            return False
        if full not in self._rows:
            self._rows[full] = self._repository.touched(change, index=self._index)
        source = _checked(run, path).source
        return self._rows[full].touch(source.row(span.start), source.row(max(span.start, span.end - 1)))


def _taken(counter: Counter[_Kind], kind: _Kind) -> bool:
    """Take one of a kind out of a counter; whether there was one."""
    there = counter[kind] > 0
    counter[kind] -= there
    return there


def _is_whole(code: str) -> bool:
    """Whether a rule sees the whole project."""
    from keylint.rules import find

    rule = find(code)
    return rule is not None and rule.project


def _mark(finding: Finding, run: Run, names: dict[str, str]) -> tuple[str, str, str]:
    """What a finding is known by before and after: its rule, the path that its file had, the text of its line."""
    from keylint.analysis import content

    full = os.path.abspath(finding.path)
    checked = _checked(run, finding.path)
    return finding.code, names.get(full, full), content(checked.source, finding.span, checked.secrets)


def _checked(run: Run, path: str) -> Checked:
    """The file of a path as findings name it, with forward slashes."""
    known = run.checked.get(path)
    return known or next(checked for checked in run.checked.values() if checked.source.path == path)


def below(paths: Iterable[str], path: str) -> bool:
    """Whether a full path is one of the paths, or lies below one."""
    return any(path == full or path.startswith(os.path.join(full, "")) for full in map(os.path.abspath, paths))
