"""What the files of a project say together: definitions, loaders, imports, and what git ignores."""

from __future__ import annotations

import os
import posixpath
from functools import cached_property
from typing import TYPE_CHECKING

from keylint import git
from keylint.model import EnvDefinition, Role
from keylint.workspace import contents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from keylint.analysis import Checked
    from keylint.settings import Settings


class Project:
    """One repository, or one folder that is none.

    `files` are the files that were looked into, by their path from the root; `notes` what triage noted in the others; `names`
    all files there are. `content` reads a file where the disk is not what is checked.
    """

    def __init__(
        self,
        root: str,
        files: Mapping[str, Checked],
        notes: Mapping[str, frozenset[str]],
        names: Iterable[str],
        settings: Settings,
        content: Callable[[str], bytes | None] | None = None,
    ) -> None:
        self.root = root
        self.files = files
        self.notes = notes
        self.names = frozenset(names)
        self.settings = settings
        self._content = content
        self._modules: dict[tuple[str, str, str], str] = {}

    @cached_property
    def called(self) -> Mapping[str, list[str]]:
        """The files of the project by the last part of their names, each list sorted."""
        return self._grouped(posixpath.basename)

    @cached_property
    def in_folder(self) -> Mapping[str, list[str]]:
        """The files of the project by their folder, each list sorted."""
        return self._grouped(posixpath.dirname)

    def _grouped(self, part: Callable[[str], str]) -> dict[str, list[str]]:
        made: dict[str, list[str]] = {}
        for name in sorted(self.names):
            made.setdefault(part(name), []).append(name)
        return made

    def reported(self) -> Iterator[tuple[str, Checked]]:
        """The files that findings may be reported for."""
        for path, checked in self.files.items():
            if checked.reported:
                yield path, checked

    # ------------------------------------------------------------------------------------------------ environment

    @cached_property
    def definitions(self) -> list[tuple[str, Checked, EnvDefinition]]:
        """All definitions of variables, in files of any kind; those that the program itself makes not included."""
        return [
            (path, checked, fact)
            for path, checked in self.files.items()
            if checked.source.role is not Role.TEST
            for fact in checked.facts
            if isinstance(fact, EnvDefinition) and fact.reader != "process" and not fact.commented
        ]

    @cached_property
    def made(self) -> frozenset[str]:
        """The variables that programs of the project set themselves."""
        return frozenset(
            fact.name
            for checked in self.files.values()
            for fact in checked.facts
            if isinstance(fact, EnvDefinition) and fact.reader == "process"
        )

    def defined(self, name: str) -> list[tuple[str, Checked, EnvDefinition]]:
        """The definitions of one variable."""
        return [item for item in self.definitions if item[2].name == name]

    def env_files_for(self, path: str) -> list[str]:
        """The dotenv files in the folder of a file and the folders above it, templates included."""
        folders = set(above(path))
        return [name for name in self._env_files if posixpath.dirname(name) in folders]

    @cached_property
    def _env_files(self) -> list[str]:
        return [name for name, checked in self.files.items() if checked.source.language == "dotenv"]

    def read(self, name: str) -> str:
        """The text of a small file of the project, "" if it cannot be read."""
        known = self.files.get(name)
        if known is not None:
            return known.source.text
        if self._content is not None:
            return (self._content(os.path.join(self.root, name)) or b"")[: 1 << 20].decode("utf-8", "replace")
        return (contents(os.path.join(self.root, name), 1 << 20) or b"").decode("utf-8", "replace")

    def mentions(self, word: str, *, except_for: str) -> bool:
        """Whether another file that was looked into holds a word."""
        raw = word.encode()
        return any(raw in checked.source.data for path, checked in self.files.items() if path != except_for)

    # -------------------------------------------------------------------------------------------------------- git

    @cached_property
    def is_repository(self) -> bool:
        """Whether git manages the folder."""
        return git.toplevel(self.root) is not None

    def unignored(self, names: list[str]) -> list[tuple[str, str]]:
        """Those of the names that git would commit, with how: "tracked", "untracked" or "outside" of any repository."""
        names = [name for name in names if not self._is_behind_link(name)]
        if not names:
            return []
        if not self.is_repository:
            skipped = git.ignored_without_repository(self.root, names)
            return [(name, "outside") for name in names if name not in skipped]
        ignored = git.ignored(self.root, names)
        if ignored is None:
            return []
        tracked = git.tracked(self.root, [name for name in names if name not in ignored])
        return [(name, "tracked" if name in tracked else "untracked") for name in names if name not in ignored]

    def _is_behind_link(self, name: str) -> bool:
        """Whether a folder on the way to a file is a link. git adds no such name, and answers none of a list that has one."""
        parts = name.split("/")
        return any(os.path.islink(os.path.join(self.root, *parts[:depth])) for depth in range(1, len(parts)))

    # ---------------------------------------------------------------------------------------------------- the modules

    def module(self, importer: str, module: str, language: str) -> str:
        """The project's file that an import loads; "" if it is none of the project's."""
        asked = (posixpath.dirname(importer), module, language)
        if asked not in self._modules:
            self._modules[asked] = self._module(*asked)
        return self._modules[asked]

    def _module(self, folder: str, module: str, language: str) -> str:
        if language == "python":
            stem = module.lstrip(".")
            dots = len(module) - len(stem)
            bases = [posixpath.normpath(posixpath.join(folder, *[".."] * (dots - 1)))] if dots else upward(folder)
            tails = (
                [f"{stem.replace('.', '/')}.py", f"{stem.replace('.', '/')}/__init__.py"] if stem else ["__init__.py"]
            )
        elif module.startswith("."):
            bases = [folder]
            tails = [
                module,
                *(
                    f"{module}{ending}"
                    for ending in (".js", ".ts", ".mjs", ".cjs", ".tsx", ".jsx", "/index.js", "/index.ts")
                ),
            ]
            tails += [module[:-3] + ".ts"] if module.endswith(".js") else []
        else:
            return ""
        for base in bases:
            for tail in tails:
                name = posixpath.normpath(posixpath.join(base, tail))
                if name in self.names:
                    return name
        return ""


def above(path: str) -> list[str]:
    """The folder of a path and all folders above it, "" for the root."""
    return upward(posixpath.dirname(path))


def upward(folder: str) -> list[str]:
    """A folder and all folders above it, "" for the root."""
    folders = []
    while folder:
        folders.append(folder)
        folder = posixpath.dirname(folder)
    return [*folders, ""]
