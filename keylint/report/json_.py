"""For programs and coding assistants: an array of findings, with what to do about each. docs/formats.md has the fields."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from keylint.mask import hide
from keylint.model import Applicability
from keylint.report.entries import Entry, Files, entries, unicode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.engine import Run
    from keylint.model import Finding, Fix, Span
    from keylint.source import Source


def lines(run: Run, *, color: bool = False) -> Iterator[str]:
    """One object a finding, in order."""
    files = Files(run)
    yield json.dumps([as_object(entry, files) for entry in entries(run, files)], indent=2, ensure_ascii=True)


def as_object(entry: Entry, files: Files) -> dict[str, Any]:
    """A finding as plain data. Rows and columns count from 1, columns in characters; ends are exclusive."""
    finding, source = entry.finding, entry.source
    return {
        "code": finding.code,
        "name": finding.name,
        "message": unicode(finding.message),
        "outcome": unicode(finding.outcome),
        "help": unicode(finding.help),
        "filename": unicode(finding.path),
        "location": _place(source, finding.span.start),
        "end_location": _place(source, finding.span.end),
        "place": unicode(finding.place),
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "fix": _fix(finding.fix, finding, files) if finding.fix is not None else None,
        "related": [
            _note(note.span, note.label, files.source(note.path) if note.path else source) for note in finding.notes
        ],
        "fingerprint": finding.fingerprint,
        "suppressed": entry.silenced,
    }


def _place(source: Source, offset: int) -> dict[str, int]:
    place = source.position(offset)
    return {"row": place.row, "column": place.column}


def _note(span: Span, label: str, source: Source) -> dict[str, Any]:
    return {
        "message": unicode(hide(label)),
        "filename": unicode(source.path),
        "location": _place(source, span.start),
        "end_location": _place(source, span.end),
    }


def _fix(fix: Fix, finding: Finding, files: Files) -> dict[str, Any]:
    edits = []
    for edit in fix.edits:
        path = edit.path or finding.path
        source = files.source(path)
        edits.append(
            {
                "filename": unicode(path),
                "content": unicode(edit.text),
                "location": _place(source, edit.span.start),
                "end_location": _place(source, edit.span.end),
            }
        )
    return {
        "applicability": fix.applicability.value,
        "message": unicode(fix.title),
        "edits": edits,
        "moves_key_to": fix.move.variable if fix.move is not None else None,
        "command": _command(fix, finding),
    }


def _command(fix: Fix, finding: Finding) -> list[str]:
    """The call that applies the fix, and those of the same rule in the file: a list of words, so that no shell reads it."""
    unsafe = ["--unsafe-fixes"] if fix.applicability is Applicability.UNSAFE else []
    return ["keylint", "check", "--fix", *unsafe, "--select", finding.code, "--", unicode(finding.path)]
