"""One line a finding, for lists and for other programs' patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Applicability
from keylint.report.entries import Files, entries
from keylint.report.excerpt import safe
from keylint.report.summary import summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.engine import Run


def lines(run: Run, *, color: bool = False) -> Iterator[str]:
    """``path:row:column: code message``; [*] marks what --fix mends. .github/keylint-matcher.json reads it."""
    for entry in entries(run, Files(run)):
        finding = entry.finding
        place = entry.source.position(finding.span.start)
        mark = " [*]" if finding.fix is not None and finding.fix.applicability is Applicability.SAFE else ""
        told = f" ({finding.place})" if finding.place else ""
        told += " (silenced)" if entry.silenced else ""
        yield f"{safe(finding.path)}:{place.row}:{place.column}: {finding.code}{mark} {safe(finding.message)}{told}"
    yield from summary(run)
