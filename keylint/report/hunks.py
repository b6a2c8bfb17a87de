"""What a fix would change, as lines to look at: secrets masked, nothing applied."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from keylint.mask import hide
from keylint.model import Span
from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.model import Edit, Finding
    from keylint.report.entries import Files
    from keylint.source import Source

AROUND = 1  # lines of context
LONGEST = 4000  # bytes of a hunk; more is a line of a bundle, which nobody reads


class Hunk(Record):
    """A stretch of a file before and after: (sign, line) with the sign of a unified diff; `row` is its first line."""

    path: str
    row: int
    lines: list[tuple[str, str]]


def hunks(finding: Finding, files: Files) -> Iterator[Hunk]:
    """The changes of a finding's fix, file by file, from top to bottom."""
    by_path: dict[str, list[Edit]] = {}
    for edit in finding.fix.edits if finding.fix is not None else ():
        by_path.setdefault(edit.path or finding.path, []).append(edit)
    for path, edits in by_path.items():
        source = files.source(path)
        for group in _groups(sorted(edits, key=lambda edit: edit.span), source):
            yield from _hunk(path, group, source, files)


def _groups(edits: list[Edit], source: Source) -> Iterator[list[Edit]]:
    """Edits whose lines, with their context, touch each other."""
    group: list[Edit] = []
    last = 0
    for edit in edits:
        if group and source.row(edit.span.start) > last + 2 * AROUND:
            yield group
            group = []
        last = max(last if group else 0, source.row(edit.span.end))
        group.append(edit)
    if group:
        yield group


def _hunk(path: str, edits: list[Edit], source: Source, files: Files) -> Iterator[Hunk]:
    first = max(source.row(edits[0].span.start) - AROUND, 0)
    last = min(source.row(max(edit.span.end for edit in edits)) + AROUND, len(source.lines) - 1)
    whole = Span(source.line(first).start, source.line(last).end)
    if whole.end - whole.start > LONGEST:
        return
    before = _lines(files.text(path, whole))
    made, at = "", whole.start
    for edit in edits:
        made += files.text(path, Span(at, max(edit.span.start, at))) + edit.text
        at = max(edit.span.end, at)
    after = _lines(hide(made + files.text(path, Span(at, whole.end))))
    shown = list(_compared(before, after))
    changed = [index for index, (sign, _) in enumerate(shown) if sign != " "]
    if changed:
        start = max(changed[0] - AROUND, 0)
        told = shown[start : changed[-1] + AROUND + 1]
        yield Hunk(path, first + 1 + start, told[:-1] if told[-1] == (" ", "") else told)


def _compared(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from ((" ", line) for line in before[a:b])
        else:
            yield from (("-", line) for line in before[a:b])
            yield from (("+", line) for line in after[c:d])


def _lines(text: str) -> list[str]:
    return [line.rstrip("\r") for line in text.split("\n")]
