"""What a list of accepted findings is asked about, and what it answers."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from keylint.analysis import content
from keylint.model import Foreign
from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from keylint.analysis import Checked
    from keylint.engine import Run
    from keylint.model import Finding
    from keylint.rules.rule import Rule


class Scope(Record):
    """What a check was about: so that an entry is called gone only if it was looked for.

    `covers` says of a full path whether its file, if there is one, was checked; `exists` whether there is one; `rules` are
    the codes that were looked for.
    """

    covers: Callable[[str], bool]
    exists: Callable[[str], bool]
    rules: frozenset[str]


@dataclass
class Subject:
    """A finding as lists of accepted ones know it.

    `path` is relative to the folder of the list, with forward slashes; `text` the line without its secrets; `number` counts
    the findings of one rule on lines of one text in the file, from 0; `commit` brought the file in, "" for one of now.
    """

    finding: Finding
    rule: Rule
    checked: Checked
    path: str
    text: str
    number: int
    commit: str = ""

    @property
    def rows(self) -> tuple[int, int]:
        """The first and the last row of the finding, from 1."""
        source, span = self.checked.source, self.finding.span
        return source.row(span.start) + 1, source.row(max(span.start, span.end - 1)) + 1

    @cached_property
    def foreign(self) -> list[Foreign]:
        """The secrets of other services that the finding is about."""
        facts = self.checked.facts
        return [fact for fact in facts if isinstance(fact, Foreign) and fact.span.overlaps(self.finding.span)]

    def secrets(self) -> Iterator[str]:
        """The texts that may be the secret that the finding is about. They are compared, and go nowhere."""
        source, whole = self.checked.source, self.finding.span
        spans = {whole, *(span for span in self.checked.secrets if span.overlaps(whole))}
        for text in map(source.slice, spans):
            yield text
            yield text.strip("\"'`")
        from keylint.detectors import classes

        line = source.slice(source.line(source.row(whole.start)))
        for fact in self.foreign:
            shown = source.slice(fact.span)
            for text in classes()[fact.detector]().analyze_string(line):
                if text in shown or shown in text:
                    yield text


@dataclass
class Answer:
    """The subjects that a list accepts, and what a person should know about the list."""

    accepted: list[Subject] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class Accepted(Protocol):
    """A list of accepted findings."""

    def accept(self, subjects: Sequence[Subject], scope: Scope) -> Answer:
        """Which of the findings are in the list."""


def subjects(run: Run, folder: str, commit: str = "") -> list[Subject]:
    """The findings of a run as a list in a folder knows them."""
    from keylint.rules import all_rules

    rules = {rule.code: rule for rule in all_rules()}
    sources = {checked.source.path: checked for checked in run.checked.values()}
    counted: dict[tuple[str, str, str], int] = {}
    made = []
    for finding in run.findings:
        checked = sources[finding.path]
        path = os.path.relpath(os.path.abspath(finding.path), folder).replace(os.sep, "/")
        text = content(checked.source, finding.span, checked.secrets)
        number = counted.get((finding.code, path, text), 0)
        counted[finding.code, path, text] = number + 1
        made.append(Subject(finding, rules[finding.code], checked, path, text, number, commit))
    return made
