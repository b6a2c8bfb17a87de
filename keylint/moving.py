"""Moving keys out of the source: which can be moved, where they go, what is written for it, what a person has to be told.

A finding says where its key stands. The key itself is taken from the facts of the file when the writing is planned, so that
nothing that is reported holds it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keylint import envfile, fixes, loading
from keylint.envfile import EnvFile, Refused
from keylint.model import Edit, Env, EnvRead, Finding, Literal, Role, Span, Use, Value
from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.engine import Run
    from keylint.model import Move

_GONE = "its fix does not go together with another one"


class Ready(Record):
    """A key that can be moved."""

    finding: Finding
    move: Move
    env: EnvFile
    vendor: str
    key_page: str
    edits: tuple[Edit, ...] = ()  # that load the file
    missing: str = ""  # how a person loads it, if nothing will


class Moving:
    """The keys of a run that can be moved to `.env`, and why others cannot."""

    def __init__(self, run: Run, *, alone: bool = True) -> None:
        """Plan the moves; with the other fixes if they are not to be `alone`."""
        self._run = run
        self._left_out: set[Finding] = set()
        while True:
            self.ready: list[Ready] = []
            self.refused: list[tuple[Finding, str]] = []
            self._files: dict[str, EnvFile | Refused] = {}
            self._collect()
            moves = {item.finding: item.edits for item in self.ready}
            findings = list(moves) if alone else run.findings
            self._changes = fixes.plan(findings, run.checked, unsafe=True, moves=moves)
            dropped = set(moves) - {finding for change in self._changes for finding in change.mended}
            if not dropped:
                break
            self._left_out |= dropped

    def _collect(self) -> None:
        for finding in self._run.findings:
            move = finding.fix.move if finding.fix is not None else None
            if move is None:
                continue
            try:
                self.ready.append(self._ready(finding, move, self._run.checked[finding.path]))
            except Refused as reason:
                self.refused.append((finding, str(reason)))

    def _ready(self, finding: Finding, move: Move, checked: Checked) -> Ready:
        if finding in self._left_out:
            raise Refused(_GONE)
        project = self._run.project_of(finding.path)
        real, top = os.path.realpath(finding.path), os.path.realpath(project.root)
        if not real.startswith(os.path.join(top, "")):
            raise Refused("the file lies outside the project")
        value = _value(checked, move.span)
        if value is None:
            raise Refused("what it is cannot be told")
        env = self._env_file(project.root, os.path.dirname(os.path.abspath(finding.path)))
        env.add(move.variable, value)
        language = checked.context.adapter_at(finding.span).name
        path = os.path.relpath(os.path.abspath(finding.path), project.root).replace(os.sep, "/")
        vendor = checked.context.provider(move.provider)
        made = Ready(finding, move, env, vendor.name, vendor.key_page)
        if checked.source.role is Role.DOCUMENTATION or loading.is_loaded(project, path, checked, language):
            return made
        edit = (
            checked.adapter.load_env(checked.source, finding.span)
            if loading.has_library(project, path, language)
            else None
        )
        if edit is None:
            return made._replace(missing=loading.advice(language, env.path.replace(os.sep, "/")))
        return made._replace(edits=(Edit(edit.span, checked.adapter.spell(checked.source, edit)),))

    def _env_file(self, root: str, folder: str) -> EnvFile:
        """The `.env` of the nearest folder that has one, else the project's."""
        folder = envfile.nearest(folder, root, ".env")
        known = self._files.get(folder)
        if known is None:
            try:
                known = EnvFile(root, folder)
            except Refused as reason:
                known = reason
            self._files[folder] = known
        if isinstance(known, Refused):
            raise known
        return known

    # ------------------------------------------------------------------------------------------------------ what it makes

    def changes(self) -> list[fixes.Change]:
        """All that is written, in its order: what keeps git away, the keys, then the code without them."""
        code = list(self._changes)
        kept = []
        for env in self._env_files():
            for text in env.texts():
                known = next(
                    (change for change in code if os.path.abspath(change.path) == os.path.abspath(text.path)), None
                )
                if known is not None:
                    code.remove(known)
                after = known.after if known is not None else text.data
                kept.append(
                    fixes.Change(
                        text.path,
                        text.source,
                        text.data,
                        text.applied(after),
                        known.mended if known is not None else [],
                        values=None if text is env.ignore else envfile.shown_values,
                        private=text is env.env,
                        linked=False,
                    )
                )
        return kept + code

    def proof(self, path: str) -> str:
        """Why a file may not stay as it was written: git does not ignore `.env` by it."""
        for env in self._env_files():
            if env.ignore is not None and env.ignore.path == path and not env.is_ignored():
                return f"git would not ignore {env.path}"
        return ""

    def _env_files(self) -> list[EnvFile]:
        return [file for file in self._files.values() if isinstance(file, EnvFile)]

    # ------------------------------------------------------------------------------------------------------- what is said

    def keys(self) -> str:
        """How many keys go where: "2 keys to .env"."""
        files = sorted({item.env.path for item in self.ready})
        count = len({(item.env.path, item.move.variable) for item in self.ready})
        return f"{count} {'key' if count == 1 else 'keys'} to {' and '.join(files)}"

    def names(self) -> str:
        """The variables that the keys go to."""
        return ", ".join(sorted({item.move.variable for item in self.ready}))

    def reasons(self) -> Iterator[str]:
        """Why keys stay where they are."""
        for finding, reason in self.refused:
            yield f"{self._place(finding)}: the key is not moved: {reason}"

    def told(self) -> Iterator[str]:
        """What a person has to know once the keys are moved, or would be."""
        for path in sorted({item.finding.path for item in self.ready}):
            missing = next((item.missing for item in self.ready if item.finding.path == path and item.missing), "")
            if missing:
                yield f"{path}: nothing loads .env for it yet: {missing}"
        for vendor, page in sorted({(item.vendor, item.key_page) for item in self.ready}):
            yield (
                f"revoke the {vendor} key and make a new one ({page}): it was in the source, "
                "and git's history keeps it wherever it was committed"
            )

    def _place(self, finding: Finding) -> str:
        return f"{finding.path}:{self._run.checked[finding.path].source.position(finding.span.start).row}"


def _value(checked: Checked, span: Span) -> str | None:
    """The text of the key that stands at a place."""
    for fact in checked.facts:
        if isinstance(fact, EnvRead) and fact.name_span == span:
            return fact.name
        if isinstance(fact, EnvRead | Use):
            found = _literal(fact.value, span)
            if found is not None:
                return found.text
    return None


def _literal(value: Value | None, span: Span) -> Literal | None:
    while isinstance(value, Env):
        value = value.default
    return value if isinstance(value, Literal) and value.content == span else None
