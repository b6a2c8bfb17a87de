"""One line a finding, for lists and for other programs' patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Applicability
from keylint.report.excerpt import safe
from keylint.report.summary import summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.engine import Run


def lines(run: Run, *, color: bool = False) -> Iterator[str]:
    """``path:row:column: code message``; [*] marks what --fix mends."""
    sources = {checked.source.path: checked.source for checked in run.checked.values()}
    for finding in run.findings:
        place = sources[finding.path].position(finding.span.start)
        mark = " [*]" if finding.fix is not None and finding.fix.applicability is Applicability.SAFE else ""
        yield f"{safe(finding.path)}:{place.row}:{place.column}: {finding.code}{mark} {safe(finding.message)}" + (
            f" ({finding.place})" if finding.place else ""
        )
    yield from summary(run)
