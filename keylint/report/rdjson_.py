"""Reviewdog's diagnostic format (https://github.com/reviewdog/reviewdog/tree/master/proto/rdf): comments on a change, with fixes.

Columns are bytes of UTF-8. A suggestion is applied by itself, so there is one only where it is the whole fix.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from keylint.model import Severity
from keylint.report.columns import in_bytes
from keylint.report.entries import Entry, Files, advice, entries, unicode
from keylint.rules import page_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.engine import Run
    from keylint.model import Span
    from keylint.source import Source

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}
_SOURCE = {"name": "keylint", "url": "https://github.com/keylint/keylint"}


def lines(run: Run, *, color: bool = False) -> Iterator[str]:
    """One result with all diagnostics; what comments silenced is left out."""
    files = Files(run)
    found = [_diagnostic(entry) for entry in entries(run, files) if not entry.silenced]
    yield json.dumps({"source": _SOURCE, "diagnostics": found}, indent=2, ensure_ascii=True)


def _diagnostic(entry: Entry) -> dict[str, Any]:
    finding = entry.finding
    made: dict[str, Any] = {
        "message": unicode(advice(finding)),
        "location": {"path": unicode(finding.path), "range": _range(entry.source, finding.span)},
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.code, "url": page_address(finding.code)},
    }
    fix = finding.fix
    if fix is not None and fix.move is None and len(fix.edits) == 1 and fix.edits[0].path in ("", finding.path):
        edit = fix.edits[0]
        made["suggestions"] = [{"range": _range(entry.source, edit.span), "text": unicode(edit.text)}]
    return made


def _range(source: Source, span: Span) -> dict[str, dict[str, int]]:
    start, end = in_bytes(source, span.start), in_bytes(source, span.end)
    return {
        "start": {"line": start.row, "column": start.column},
        "end": {"line": end.row, "column": end.column},
    }
