"""Findings of the whole project, kept while a document is edited.

They were made for an older text. What the edit left alone, before and behind it, has only moved; the rest is dropped until
the project is looked at again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Note, Span, relocated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keylint.lsp.checking import Found
    from keylint.model import Finding


def carried(found: Sequence[Found], before: bytes, after: bytes, own: Sequence[Found]) -> Iterator[Found]:
    """The findings for `before` that hold for `after`, those left out whose cause has a finding among `own`."""
    if not found:
        return
    move = _Move(before, after)
    for item in found:
        finding = move.finding(item.finding)
        if finding is not None and not any(finding.cause.overlaps(other.finding.cause) for other in own):
            yield item._replace(finding=finding)


class _Edited(Exception):
    """A place was edited."""


class _Move:
    """From the offsets of one text to those of another, which differ in one stretch."""

    def __init__(self, before: bytes, after: bytes) -> None:
        self._by = len(after) - len(before)
        self._head = _common(before, after)
        room = min(len(before), len(after)) - self._head
        self._tail = len(before) - _common(before[::-1], after[::-1], room)

    def offset(self, offset: int, *, end: bool = False) -> int:
        if offset <= self._head and (end or offset < self._head or not self._by):
            return offset
        if offset >= self._tail:
            return offset + self._by
        raise _Edited

    def span(self, span: Span) -> Span:
        made = relocated(span, self.offset)
        if made.end - made.start != span.end - span.start:
            raise _Edited
        return made

    def finding(self, finding: Finding) -> Finding | None:
        try:
            notes = []
            for note in finding.notes:
                here = not note.path or note.path == finding.path
                notes.append(Note(self.span(note.span), note.label, note.path) if here else note)
            span, cause = self.span(finding.span), self.span(finding.cause)
        except _Edited:
            return None
        fix = finding.fix
        if fix is not None:
            try:
                edits = tuple(edit if edit.path else edit._replace(span=self.span(edit.span)) for edit in fix.edits)
                fix = fix._replace(edits=edits)
            except _Edited:
                fix = None
        return finding._replace(span=span, cause=cause, notes=tuple(notes), fix=fix)


def _common(one: bytes, other: bytes, most: int | None = None) -> int:
    """How long the two begin alike; looked for by halves, because comparing slices is quick."""
    low, high = 0, min(len(one), len(other)) if most is None else most
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


__all__ = ["carried"]
