"""GitLab's code quality report (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from keylint.model import Severity
from keylint.report.entries import Entry, Files, entries, from_root, root, unicode
from keylint.rules import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.engine import Run

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def lines(run: Run, *, color: bool = False) -> Iterator[str]:
    """An array of issues, what comments silenced left out: GitLab has no word for it."""
    files = Files(run)
    base = root()
    found = [_issue(entry, base) for entry in entries(run, files) if not entry.silenced]
    yield json.dumps(found, indent=2, ensure_ascii=True)


def _issue(entry: Entry, base: str) -> dict[str, Any]:
    """An issue. GitLab takes two with one fingerprint for the same: ours tells equal lines of a file apart."""
    finding, source = entry.finding, entry.source
    rule = find(finding.code)
    leak = rule is not None and rule.secret and finding.severity is Severity.ERROR
    help = finding.help[:1].upper() + finding.help[1:]
    return {
        "description": unicode(f"{finding.code}: {finding.message}. {help}"),
        "check_name": finding.name,
        "fingerprint": finding.fingerprint,
        "severity": "critical" if leak else _SEVERITIES[finding.severity],
        "location": {
            "path": unicode(from_root(finding.path, base)),
            "lines": {
                "begin": source.position(finding.span.start).row,
                "end": source.position(max(finding.span.start, finding.span.end - 1)).row,
            },
        },
    }
