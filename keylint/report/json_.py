"""For programs: an array of findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.engine import Run
    from keylint.model import Finding, Span
    from keylint.source import Source


def lines(run: Run, *, color: bool = False) -> Iterator[str]:
    """One object a finding, in order."""
    sources = {checked.source.path: checked.source for checked in run.checked.values()}
    objects = [as_object(finding, sources) for finding in run.findings]
    yield json.dumps(objects, indent=2, ensure_ascii=True)


def as_object(finding: Finding, sources: dict[str, Source]) -> dict[str, Any]:
    """A finding as plain data. Rows and columns count from 1, columns in characters."""
    source = sources[finding.path]
    return {
        "code": finding.code,
        "name": finding.name,
        "message": finding.message,
        "outcome": finding.outcome,
        "help": finding.help,
        "filename": finding.path,
        "location": _place(source, finding.span.start),
        "end_location": _place(source, finding.span.end),
        **({"place": finding.place} if finding.place else {}),
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "fix": _fix(finding, source, sources),
        "related": [_note(note.span, note.label, sources.get(note.path, source)) for note in finding.notes],
        "fingerprint": finding.fingerprint,
    }


def _place(source: Source, offset: int) -> dict[str, int]:
    place = source.position(offset)
    return {"row": place.row, "column": place.column}


def _note(span: Span, label: str, source: Source) -> dict[str, Any]:
    return {
        "message": label,
        "filename": source.path,
        "location": _place(source, span.start),
        "end_location": _place(source, span.end),
    }


def _fix(finding: Finding, source: Source, sources: dict[str, Source]) -> dict[str, Any] | None:
    if finding.fix is None:
        return None
    edits = []
    for edit in finding.fix.edits:
        made: dict[str, Any] = {"content": edit.text}
        if not edit.path or edit.path in sources:
            where = sources.get(edit.path, source)
            made |= {"location": _place(where, edit.span.start), "end_location": _place(where, edit.span.end)}
        if edit.path:
            made["filename"] = edit.path
        edits.append(made)
    return {"applicability": finding.fix.applicability.value, "message": finding.fix.title, "edits": edits}
