"""The findings of a run beside the files they lie in: what every format for programs starts from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keylint.analysis import masked
from keylint.mask import hide, hide_known
from keylint.model import Severity
from keylint.record import Record
from keylint.source import Source, Undecodable
from keylint.workspace import contents, repository

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keylint.analysis import Checked
    from keylint.engine import Run
    from keylint.model import Finding, Span

_WORST = [Severity.ERROR, Severity.WARNING, Severity.INFO]


class Entry(Record):
    """A finding and its file; `silenced` if a comment accepts it and the caller wants to see it all the same."""

    finding: Finding
    checked: Checked
    silenced: bool = False

    @property
    def source(self) -> Source:
        """The file that the finding lies in."""
        return self.checked.source


class Files:
    """The files of a run by the names that findings and edits give them."""

    def __init__(self, run: Run) -> None:
        self.checked: dict[str, Checked] = {checked.source.path: checked for checked in run.checked.values()}
        self._others: dict[str, Source] = {}

    def source(self, path: str) -> Source:
        """A file's content. One that was not checked (a fix may add a line to it) is read; a new one is empty."""
        if path in self.checked:
            return self.checked[path].source
        if path not in self._others:
            try:
                self._others[path] = Source.from_bytes(path, contents(path) or b"")
            except Undecodable:
                self._others[path] = Source(path, b"")
        return self._others[path]

    def text(self, path: str, span: Span) -> str:
        """What stands at a span, its secrets masked."""
        checked = self.checked.get(path)
        return hide(masked(self.source(path), span, checked.secrets if checked is not None else ()))


def entries(run: Run, files: Files) -> list[Entry]:
    """All that is reported, in order; silenced findings among them if the caller asked for them."""
    made = [Entry(finding, files.checked[finding.path]) for finding in run.findings]
    if run.silenced:
        made += [Entry(finding, files.checked[finding.path], silenced=True) for finding in run.silenced]
        made.sort(key=lambda entry: (entry.finding.path, entry.finding.span, entry.finding.code))
    return made


def worst_first(found: Iterable[Entry]) -> list[Entry]:
    """By severity, then by how sure they are; otherwise in order."""
    return sorted(found, key=lambda entry: (_WORST.index(entry.finding.severity), -entry.finding.confidence.rank))


def advice(finding: Finding, separator: str = "\n") -> str:
    """What is wrong, what the API will answer and what to do, as plain text."""
    return separator.join([finding.message, f"answer: {finding.outcome}", f"help: {finding.help}"])


def unicode(text: str) -> str:
    """A text as every reader of JSON takes it: keys are masked, what is no character of Unicode (a name's byte) is replaced."""
    return hide_known(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def root() -> str:
    """The folder that code hosts count paths from.

    What their CI says (GITHUB_WORKSPACE, CI_PROJECT_DIR), if that holds the working folder; else the repository around it;
    else the working folder itself.
    """
    here = os.path.realpath(os.getcwd())
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        told = os.path.realpath(os.environ.get(name) or os.devnull)
        if here == told or here.startswith(told.rstrip(os.sep) + os.sep):
            return told
    return repository(here) or here


def from_root(path: str, base: str) -> str:
    """A path as seen from `base`, with forward slashes; in full if it lies elsewhere. A link to the folder is followed."""
    full = os.path.normpath(os.path.join(os.path.realpath(os.getcwd()), path))
    folder, name = os.path.split(full)
    for one in (full, os.path.join(os.path.realpath(folder), name)):
        if one.startswith(base.rstrip(os.sep) + os.sep):
            full = os.path.relpath(one, base)
            break
    return hide_known(full.replace(os.sep, "/"))
