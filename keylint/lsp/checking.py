"""Calls the engine for open documents. Everything here runs in one thread, which is not the protocol's.

A document by itself is checked in milliseconds, so that is done while somebody types. What the files of a project say together
takes a look at all of them, so that is done when a document is opened or saved, and gives way to everything else.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from keylint.engine import Engine
from keylint.lsp.positions import Positions
from keylint.mask import quote
from keylint.model import EnvRead, Literal, Missing, Role
from keylint.record import Record
from keylint.settings import Finder, Overrides
from keylint.workspace import File, is_excluded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lsprotocol.types import Range

    from keylint.analysis import Checked
    from keylint.engine import Run
    from keylint.model import EnvDefinition, Finding

PATIENCE = 30.0  # seconds: a project that takes longer is left to the command line
UNUSED = "KL001"  # needs to know what the project's rules found


class Snapshot(Record):
    """A version of a document, as the thread that checks it is given it."""

    uri: str
    path: str
    version: int
    data: bytes
    on_disk: bool


class Elsewhere(Record):
    """A note of a finding that stands in another file."""

    path: str
    range: Range
    label: str


class Found(Record):
    """A finding, with what belongs to it in other files."""

    finding: Finding
    elsewhere: tuple[Elsewhere, ...] = ()


class Definition(Record):
    """A place that gives a variable a value: the file, its line from 1, the value fit to be shown."""

    path: str
    row: int
    shown: str
    template: bool


class Known(Record):
    """What a project says about the environment."""

    root: str
    definitions: dict[str, list[Definition]]
    provided: frozenset[str]


class Outcome(Record):
    """What was found in one document: by itself, and with its project; `checked` is None if there is nothing in it."""

    checked: Checked | None
    own: tuple[Found, ...]
    shared: tuple[Found, ...] = ()
    known: Known | None = None


NOTHING = Outcome(None, ())


class Interrupted(Exception):
    """Something else is to be done first."""


class TooLarge(Exception):
    """The files of a project cannot be read in reasonable time; the message says which project."""


class Checker:
    """The engine, with what it keeps between two checks."""

    def __init__(self, folders: Iterable[str], encoding: str) -> None:
        alone = Overrides()
        alone.ignore = ("PROJECT", UNUSED)
        self._alone = Finder(alone)
        self._together = Finder(Overrides())
        self._scopes: dict[int, object] = {}
        self._folders = tuple(folders)
        self._encoding = encoding
        self._too_large: set[str] = set()

    def alone(self, document: Snapshot, data: bytes | None = None) -> Outcome:
        """A document by itself, or with another text. Raises ConfigError."""
        if document.on_disk and is_excluded(document.path, self._alone):
            return NOTHING
        text = document.data if data is None else data
        run = self._engine(self._alone, {document.path: text}).check([File(document.path, True)])
        checked = run.checked.get(document.path)
        return Outcome(checked, tuple(_found(finding, run, self._encoding) for finding in run.findings))

    def root(self, path: str) -> str:
        """The project that a file belongs to."""
        return self._engine(self._together, {}).root_of(path)

    def together(
        self, documents: Sequence[Snapshot], root: str, waiting: Callable[[], bool]
    ) -> list[tuple[Snapshot, Outcome]]:
        """The open documents of a project, with all of its files.

        Raises ConfigError, TooLarge, and Interrupted if something is waiting.
        """
        if root in self._too_large:
            return []
        end = time.monotonic() + PATIENCE

        def pause() -> None:
            if waiting():
                raise Interrupted
            if time.monotonic() > end:
                self._too_large.add(root)
                raise TooLarge(root)

        wanted = [document for document in documents if not is_excluded(document.path, self._together)]
        overlay = {document.path: document.data for document in wanted}
        run = self._engine(self._together, overlay, pause).check([File(path, True) for path in overlay])
        known = _known(run, root)
        return [(document, _outcome(document, run, known, self._encoding)) for document in wanted]

    def _engine(self, finder: Finder, overlay: dict[str, bytes], pause: Callable[[], None] = lambda: None) -> Engine:
        return Engine(finder, overlay=overlay, scopes=self._scopes, folders=self._folders, pause=pause)  # type: ignore[arg-type]


def _outcome(document: Snapshot, run: Run, known: Known | None, encoding: str) -> Outcome:
    from keylint.rules import find

    checked = run.checked.get(document.path)
    own: list[Found] = []
    shared: list[Found] = []
    for finding in checked.findings if checked is not None else ():
        rule = find(finding.code)
        together = rule is not None and (rule.project or rule.code == UNUSED)
        (shared if together else own).append(_found(finding, run, encoding))
    return Outcome(checked, tuple(own), tuple(shared), known)


def _found(finding: Finding, run: Run, encoding: str) -> Found:
    elsewhere = []
    for note in finding.notes:
        if note.path and note.path != finding.path:
            other = next((made for made in run.checked.values() if made.source.path == note.path), None)
            if other is not None:
                places = Positions(other.source.data, encoding, marked=bool(other.source.mark))
                elsewhere.append(Elsewhere(note.path, places.range(note.span), note.label))
    return Found(finding, tuple(elsewhere))


def _known(run: Run, root: str) -> Known | None:
    """What the project defines; None if no open document reads the environment."""
    reads = (
        checked.source.path
        for checked in run.checked.values()
        if checked.reported and any(isinstance(fact, EnvRead) for fact in checked.facts)
    )
    path = next(reads, None)
    if path is None:
        return None
    project = run.project_of(path)
    definitions: dict[str, list[Definition]] = {}
    for name, checked, fact in project.definitions:
        row = checked.source.row(fact.name_span.start) + 1
        template = checked.source.role is Role.TEMPLATE or not fact.live
        definitions.setdefault(fact.name, []).append(
            Definition(os.path.join(root, name), row, _shown(checked, fact), template)
        )
    return Known(root, definitions, frozenset(project.settings.provided))


def _shown(checked: Checked, fact: EnvDefinition) -> str:
    """A definition's value with everything in it masked that cannot be told from a secret."""
    from keylint.analysis import masked

    if isinstance(fact.value, Missing):
        return "empty"
    span = fact.value.content if isinstance(fact.value, Literal) else fact.value.span
    return quote(masked(checked.source, span, checked.secrets))
