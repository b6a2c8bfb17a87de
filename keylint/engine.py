"""check(): files in, findings out. The command line, the hook and the tests call it and nothing else.

The loop that every file passes imports next to nothing; what candidates need is loaded with the first of them.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from keylint import triage
from keylint.interest import is_always_read, is_recipe, matters, takes_env_file
from keylint.scope import Scope
from keylint.workspace import File, Large, Unreadable, chosen, folder_of, is_env_file, opened, prefix_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from keylint.ahead import Ahead, Facts
    from keylint.analysis import Checked
    from keylint.model import Finding
    from keylint.project import Project
    from keylint.rules.rule import Rule
    from keylint.settings import Finder
    from keylint.source import Source
    from keylint.trees import Tree
    from keylint.unchanged import Unchanged


MANY = 200  # files that are read before the table of those that need not be: it costs as much

# Notes that make a file worth parsing once a project rule asks for it: it may call a loader.
LOADING = frozenset({"dotenv", "environs", "django-environ", "node"})


class Run:
    """What a check found: findings in order, the files they lie in, and what was left out and why."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.checked: dict[str, Checked] = {}
        self.skipped: list[tuple[str, str, bool]] = []  # path, reason, whether a person should hear of it
        self.files = 0
        self.suppressed = 0
        self.silenced: list[Finding] = []  # what `suppressed` counts, for a caller that has asked for it
        self.baselined = 0  # findings that a baseline accepts
        self.left_out = 0  # findings that a configuration takes out of some files
        self.owned: list[str] = []  # what else configurations leave out, in words
        self.remarks: list[str] = []  # what there is to say about baselines
        self.project_of: Callable[[str], Project]  # the project around a file; read when it is asked for

    def show_silenced(self) -> None:
        """Make findings of what comments have silenced."""
        if self.suppressed:
            from keylint.analysis import silenced

            self.silenced = [one for made in self.checked.values() if made.reported for one in silenced(made)]


class Engine:
    """One check over many files.

    `overlay` gives the bytes of files that are not read from disk; `tree` lists and reads all files, if not the disk does.
    For a program that checks again and again: `scopes` keeps what was made for a configuration (by the same `finder`),
    `folders` are where projects are rooted that are no repository, and `pause` is called between files: what it raises ends
    the check. `whole` says that the files are all that the named folders hold.
    """

    def __init__(
        self,
        finder: Finder,
        *,
        cache: bool = True,
        overlay: dict[str, bytes] | None = None,
        tree: Tree | None = None,
        scopes: dict[int, Scope] | None = None,
        folders: Iterable[str] = (),
        pause: Callable[[], None] = lambda: None,
        whole: bool = False,
    ) -> None:
        self._finder = finder
        self._cache = cache
        self._tree = tree
        self._overlay = overlay or {}
        self.progress: Callable[[int], None] | None = None  # told how many files are done, now and then
        self._scopes: dict[int, Scope] = {} if scopes is None else scopes
        self._folders = sorted(folders, key=len, reverse=True)
        self._pause = pause
        self._whole = whole
        self._listed: dict[str, list[File]] = {}  # by the named folder, in full
        self._here = os.getcwd()
        self._now = time.time_ns()  # before anything is read
        self._asked = 0  # files
        self._by_folder: dict[str, Scope] = {}
        self._named: dict[str, list[File]] = {}  # the files of the folders that were named
        self._bases: set[str] = set()  # the same, in full
        self._roots: dict[str, str] = {}  # of the projects, by folder
        self._spelled: dict[str, str] = {}  # the same, by the folder as it was named
        self._repositories: dict[str, str] = {}
        self._noted: list[tuple[File, frozenset[str], bool]] = []  # files that say how the environment is filled
        self._projects: dict[str, Project] = {}
        self._ahead: Ahead | None = None
        self.run = Run()
        self.run.project_of = self._project_of

    def read_ahead(self, folder: str, names: list[str]) -> None:
        """Have other processes parse too, if a folder has many files of which nothing is remembered. Before they are read."""
        from keylint.ahead import ENOUGH, Ahead
        from keylint.forks import room

        if self._ahead is not None or len(names) < ENOUGH or not room():
            return
        prefix = prefix_of(folder)
        scope = self._scope(prefix + names[0])  # its patterns too, which else each process would load
        remembered = scope.remembered(self._root(os.path.abspath(folder)), {})
        if remembered is None or not remembered.was_empty:
            return
        self._ahead = Ahead(
            [prefix + name for name in names],
            lambda mine: chosen(folder, self._finder, ((path[len(prefix) :], False) for path in mine)),
            self._facts_of,
        )
        remembered.lent = self._ahead.facts

    def stop(self) -> None:
        """End the other processes."""
        if self._ahead is not None:
            self._ahead.close()

    def check(self, files: Iterable[File]) -> Run:
        """Check the files, then what they say together."""
        for number, file in enumerate(files):
            if self.progress is not None and not number & 255:
                self.progress(number)
            self._pause()
            if file.base:
                if file.base not in self._named:
                    full = os.path.abspath(file.base)
                    self._bases.add(full)
                    self._named[file.base] = self._listed.setdefault(full, [])
                self._named[file.base].append(file)
            self._one(file, reported=True)
        self.stop()
        if self.run.checked:
            self._together()
            self._finish()
        for scope in self._scopes.values():
            scope.save()
        return self.run

    # -------------------------------------------------------------------------------------------------- one file

    def _scope(self, path: str) -> Scope:
        folder = folder_of(path)
        scope = self._by_folder.get(folder)
        if scope is None:
            is_plain = folder and ".." not in folder
            full = os.path.join(self._here, folder) if is_plain else os.path.abspath(folder)
            settings = self._finder.of(full)
            scope = self._scopes.get(id(settings))
            if scope is None:
                scope = self._scopes[id(settings)] = Scope(settings, self._cache)
            self._by_folder[folder] = scope
        return scope

    def _one(self, file: File, *, reported: bool, again: bool = False) -> None:
        """Triage a file; look into it if it is a candidate. `again` if it was counted before."""
        run = self.run
        path = file.path
        scope = self._by_folder.get(folder_of(path)) or self._scope(path)
        table = None
        self._asked += 1
        if self._asked > MANY and self._tree is None and path not in self._overlay and not is_always_read(path):
            table = scope.table or scope.unchanged(self.root_of(path), self._now)
        if table is not None:
            known = table.known(path, follow=file.named)
            if known == "":
                run.files += reported and not again
                return
            if known is not None and self._take_known(file, known, scope, reported):
                return
        try:
            data, status = self._opened(file)
            if isinstance(data, Large):
                hits = scope.triage.scan_large(data.size, data.piece)
                data = bytes(data) if hits is not None else b""
            elif data.find(b"\0", 0, 4096) >= 0:
                text = _wide_text(data)
                if isinstance(text, str):
                    if table is not None and status is not None:
                        table.keep(status, "skipped", text)
                    if reported:
                        run.skipped.append((path, text, file.named))
                    return
                hits = scope.triage.scan(text)
            else:
                hits = scope.triage.scan(data)
        except Unreadable as error:
            if reported:
                run.skipped.append((path, str(error), not error.quiet))
            return
        run.files += reported and not again
        if hits is None:
            if table is not None and status is not None:
                table.keep(status)
        elif triage.is_candidate(hits) or (file.named and self._labels(hits, scope) & LOADING):
            self._candidate(file, data, hits, scope, reported, status, table)
            return
        else:
            labels = self._labels(hits, scope)
            self._noted.append((file, labels, reported))
            if table is not None and status is not None:
                table.keep(status, "notes", " ".join(sorted(labels)))
        if (".env" in path and is_env_file(path)) or takes_env_file(file, data):
            self._candidate(file, data, hits or triage.Hits([], 0), scope, reported)

    def _take_known(self, file: File, known: str, scope: Scope, reported: bool) -> bool:
        """Do what there is to do about a file that is known to be no clean one; False if it has to be read."""
        kind, _, said = known.partition(" ")
        if kind == "skipped":
            if reported:
                self.run.skipped.append((file.path, said, file.named))
            return True
        if kind == "notes":
            labels = frozenset(said.split(" "))
            if file.named and labels & LOADING:
                return False
            self._noted.append((file, labels, reported))
        elif not self._take_quiet(file, said, scope, reported):
            return False
        self.run.files += reported
        return True

    def _take_quiet(self, file: File, said: str, scope: Scope, reported: bool) -> bool:
        """See to a file that names a vendor and says nothing more; False if that was said of the file by another path."""
        from keylint import analysis
        from keylint.model import Role
        from keylint.source import Later, Source, Undecodable

        def read() -> Source:
            try:
                return self._source(file, bytes(self._opened(file)[0]))
            except (Unreadable, Undecodable):  # it is gone by now
                return Source(file.path, b"")

        language, role, place = said.split(" ")
        source = Later(file.path.replace(os.sep, "/"), read, language, Role(role))
        source.ignored = file.ignored
        source.root = self._role_root(file)
        if source.where != place:
            return False
        remembered = scope.remembered(self.root_of(file.path))
        self.run.checked[file.path] = analysis.quiet(
            source, scope.catalogue, scope.settings, remembered, reported=reported
        )
        return True

    def _facts_of(self, file: File) -> Facts:
        """The facts of a file, for the process that has asked for them to be read ahead."""
        scope = self._scope(file.path)
        try:
            data, _ = self._opened(file)
            if (
                isinstance(data, Large)
                or data.find(b"\0", 0, 4096) >= 0
                or not triage.is_candidate(scope.triage.scan(data))
            ):
                return None
            from keylint import analysis
            from keylint.source import Undecodable

            try:
                source = self._source(file, data)
            except Undecodable:
                return None
        except Unreadable:
            return None
        remembered = scope.remembered(self.root_of(file.path), {})
        return analysis.ahead(source, scope.catalogue, remembered) if remembered is not None else None

    def _opened(self, file: File) -> tuple[bytes | Large, os.stat_result | None]:
        """A file's bytes, from where they are, and its state on the disk. Raises Unreadable."""
        if file.path in self._overlay:
            return self._overlay[file.path], None
        return opened(file) if self._tree is None else (self._tree.read(file), None)

    def _source(self, file: File, data: bytes) -> Source:
        """A file as the other stages see it. Raises Undecodable."""
        from keylint.source import Source

        source = Source.from_bytes(file.path.replace(os.sep, "/"), data)
        source.ignored = file.ignored
        source.root = self._role_root(file)
        return source

    def _candidate(
        self,
        file: File,
        data: bytes,
        hits: triage.Hits,
        scope: Scope,
        reported: bool,
        status: os.stat_result | None = None,
        table: Unchanged | None = None,
    ) -> None:
        from keylint import analysis
        from keylint.source import Undecodable
        from keylint.unchanged import stamp

        try:
            source = self._source(file, data)
        except Undecodable as error:
            if reported:
                self.run.skipped.append((file.path, str(error), file.named))
            return
        source.stamp = stamp(status, self._now) if status is not None else ""
        if source.encoding != "utf-8" or source.mark:  # offsets are those of the decoded text
            hits = scope.triage.scan(source.data) or hits
        if self._ahead is not None:
            self._ahead.reach(file.path)
        # What an editor holds changes with every keystroke: nothing of it is remembered.
        lent = self._ahead.facts if self._ahead is not None else None
        remembered = scope.remembered(self.root_of(file.path), lent) if file.path not in self._overlay else None
        checked = analysis.check(
            source,
            hits,
            scope.triage,
            scope.catalogue,
            scope.settings,
            scope.rules,
            reported=reported,
            remembered=remembered,
        )
        self.run.checked[file.path] = checked
        if source.unparsed and reported:
            self.run.skipped.append((file.path, source.unparsed, True))
        if checked.notes:
            self._noted.append((file, checked.notes, reported))
        elif table is not None and status is not None and analysis.is_quiet(checked, hits) and not matters(checked):
            table.keep(status, "quiet", f"{source.language} {source.role.value} {source.where}")

    @staticmethod
    def _labels(hits: triage.Hits, scope: Scope) -> frozenset[str]:
        return frozenset(
            scope.triage.labels[identity] for identity, _ in hits.found if scope.triage.kinds[identity] == triage.NOTE
        )

    # -------------------------------------------------------------------------------------------------- together

    def root_of(self, path: str) -> str:
        """The folder that a file's project is rooted in.

        A folder with a configuration of its own, else the repository, else the folder that was named, else the file's own.
        """
        named = os.path.dirname(path)
        known = self._spelled.get(named)
        if known is None:
            folder = os.path.abspath(named)
            if folder not in self._roots:
                self._roots[folder] = self._root(folder)
            known = self._spelled[named] = self._roots[folder]
        return known

    def _root(self, folder: str) -> str:
        bases = (*self._bases, *self._folders)
        base = next((base for base in bases if folder == base or folder.startswith(base + os.sep)), "")
        root = self._repository(folder) or base or _package(folder)
        settings = self._finder.of(folder)
        return settings.root if settings.path and settings.root.startswith(root + os.sep) else root

    def _repository(self, folder: str) -> str:
        """The repository around a folder, "" if there is none; no folder is looked into twice."""
        passed = []
        while folder not in self._repositories:
            passed.append(folder)
            parent = os.path.dirname(folder)
            if os.path.lexists(os.path.join(folder, ".git")):
                self._repositories[folder] = folder
            elif parent == folder:
                self._repositories[folder] = ""
            else:
                folder = parent
        found = self._repositories[folder]
        self._repositories.update(dict.fromkeys(passed, found))
        return found

    def _role_root(self, file: File) -> str:
        """The part of a path that says nothing about the file's role: what is above the project."""
        if not os.path.isabs(file.path) and not file.path.startswith(".."):
            return ""
        root = self.root_of(file.path)
        return (root if os.path.isabs(file.path) else os.path.relpath(root)).replace(os.sep, "/")

    def _inside(self, root: str, path: str) -> str:
        if root == self._here and ".." not in path and not os.path.isabs(path):
            return path if os.sep == "/" else path.replace(os.sep, "/")
        full = path if os.path.isabs(path) else os.path.join(self._here, path)
        if ".." in path or not full.startswith(root + os.sep):
            full = os.path.abspath(path)
            return os.path.relpath(full, root).replace(os.sep, "/")
        return full[len(root) + 1 :].replace(os.sep, "/")

    def _together(self) -> None:
        """The rules that see a whole project, once for each root."""
        roots: dict[str, list[str]] = {}
        for path in self.run.checked:
            roots.setdefault(self.root_of(path), []).append(path)
        for root, paths in roots.items():
            rules = [rule for rule in self._scope(paths[0]).rules if rule.project]
            if rules and any(matters(self.run.checked[path]) for path in paths):
                self._project_rules(root, paths, rules)

    def _project_rules(self, root: str, paths: list[str], rules: list[Rule]) -> None:
        from keylint.analysis import accept

        project = self._projects[root] = self._project(root, paths)
        for rule in rules:
            for problem in rule.check(project, None):  # type: ignore[arg-type]
                checked = project.files[problem.path]
                accept(checked, [(rule, problem)], self._scope(checked.source.path).settings)

    def _project_of(self, path: str) -> Project:
        root = self.root_of(path)
        if root not in self._projects:
            self._projects[root] = self._project(
                root, [file for file in self.run.checked if self.root_of(file) == root]
            )
        return self._projects[root]

    def _project(self, root: str, paths: list[str]) -> Project:
        """The project around the checked files: what was not named is read for what it defines and loads."""
        from keylint.project import Project

        names = self._files_of(root, paths)
        notes: dict[str, frozenset[str]] = {}
        for file, labels, reported in list(self._noted):
            if self.root_of(file.path) != root:
                continue
            notes[self._inside(root, file.path)] = labels
            if labels & LOADING and file.path not in self.run.checked:
                self._one(file._replace(named=True), reported=reported, again=True)
        for file in [file for file in names.values() if is_recipe(file.path)]:
            if file.path not in self.run.checked and self.root_of(file.path) == root:
                self._recipe(file, root)
        files = {
            self._inside(root, path): checked
            for path, checked in self.run.checked.items()
            if self.root_of(path) == root
        }
        content = self._tree.content if self._tree is not None else None
        return Project(root, files, notes, names, self._scope(paths[0]).settings, content)

    def _files_of(self, root: str, paths: list[str]) -> dict[str, File]:
        """All files of a project, by their names in it; those around the checked ones are read while git searches for more."""
        listed = self._listed.get(root) if self._whole else None
        if listed and listed is self._named.get(os.curdir) and os.sep == "/":
            return {file.path: file for file in listed}
        from keylint.workspace import collect

        is_around = not any(root == base or root.startswith(base + os.sep) for base in self._bases)
        known = {self._inside(root, path) for path in paths}
        folder = root if os.path.isabs(paths[0]) else os.path.relpath(root)
        tell = self.read_ahead if is_around else None
        names: dict[str, File] = {}
        for file in listed or collect([folder], self._finder, tree=self._tree, tell=tell):
            self._pause()
            name = self._inside(root, file.path)
            names[name] = file
            if is_around and name not in known and file.path not in self.run.checked:
                self._one(file, reported=False)
        self.stop()
        return names

    def _recipe(self, file: File, root: str) -> None:
        """A file that says nothing of a vendor, and still what a program is given where it runs."""
        try:
            data, _ = self._opened(file)
        except Unreadable:
            return
        if isinstance(data, bytes) and b"\0" not in data:
            named = any(root == base or root.startswith(base + os.sep) for base in self._bases) or file.named
            self._candidate(file, data, triage.Hits([], 0), self._scope(file.path), named)

    def _finish(self) -> None:
        """Unused comments, then everything in order."""
        from keylint.analysis import accept

        for checked in self.run.checked.values():
            if not checked.reported:
                continue
            scope = self._scope(checked.source.path)
            for rule in scope.rules:
                if rule.sees == ("suppression",):
                    accept(
                        checked,
                        [
                            (rule, problem)
                            for ignore in checked.suppressions.unused()
                            for problem in rule.check(ignore, checked.context)
                        ],
                        scope.settings,
                    )
            self.run.findings += checked.findings
            self.run.suppressed += checked.suppressed
            self.run.left_out += checked.left_out
        self.run.findings.sort(key=lambda finding: (finding.path, finding.span, finding.code))


def _wide_text(data: bytes) -> bytes | str:
    """UTF-16 text as UTF-8; why it is none, if the zeros say that it is no text at all."""
    from keylint.source import Undecodable, decode

    try:
        return decode(data)[0].encode("utf-8", "surrogateescape")
    except Undecodable as error:
        return str(error)


def _package(folder: str) -> str:
    """The nearest folder upwards that looks like a project's root; the folder itself if none does."""
    current = folder
    for _ in range(8):
        if any(
            os.path.exists(os.path.join(current, name))
            for name in ("pyproject.toml", "package.json", "requirements.txt", "setup.py", "keylint.toml")
        ):
            return current
        parent = os.path.dirname(current)
        if parent == current:
            break
        current = parent
    return folder


__all__ = ["Engine", "Run"]
