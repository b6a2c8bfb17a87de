"""Findings as the protocol's diagnostics, and edits as its text edits."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.uris import from_fs_path

from keylint.lsp.positions import Positions
from keylint.model import Severity
from keylint.report.excerpt import safe
from keylint.rules import page_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from keylint.lsp.checking import Found
    from keylint.lsp.documents import Document
    from keylint.lsp.session import Result
    from keylint.model import Edit

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
# Editors fade the one and strike the other through.
_TAGS = {
    "unused-ignore": types.DiagnosticTag.Unnecessary,
    "removed-exception": types.DiagnosticTag.Deprecated,
}


def uri(path: str) -> str:
    """The URI of a file."""
    made = from_fs_path(path)
    return made if made is not None else path


class Converter:
    """One client's view: its encoding, what it understands, and the open document of a file."""

    def __init__(
        self, encoding: str, capabilities: types.ClientCapabilities, shown: Callable[[str], Document | None]
    ) -> None:
        self.encoding = encoding
        self.shown = shown
        document = capabilities.text_document
        diagnostics = document.publish_diagnostics if document is not None else None
        self._related = bool(diagnostics and diagnostics.related_information)
        self._pages = bool(diagnostics and diagnostics.code_description_support)
        self._tags = bool(diagnostics and diagnostics.tag_support)

    def uri_of(self, path: str) -> str:
        """The URI of a file, spelled as the client does if the file is open."""
        document = self.shown(os.path.normpath(path))
        return document.uri if document is not None else uri(path)

    def positions(self, result: Result) -> Positions:
        """The places of the text that a result is for."""
        checked = result.outcome.checked
        if checked is None:
            return Positions(result.document.data, self.encoding)
        return Positions(checked.source.data, self.encoding, marked=bool(checked.source.mark))

    def diagnostics(self, result: Result) -> list[types.Diagnostic]:
        """The diagnostics of a document, in order."""
        if not result.findings:
            return []
        positions = self.positions(result)
        found = sorted(result.findings, key=lambda found: (found.finding.span, found.finding.code))
        return [self.diagnostic(item, result, positions) for item in found]

    def diagnostic(self, found: Found, result: Result, positions: Positions) -> types.Diagnostic:
        """One finding."""
        finding = found.finding
        tag = _TAGS.get(finding.name)
        lines = (finding.message, f"answer: {finding.outcome}", f"help: {finding.help}")
        return types.Diagnostic(
            range=positions.range(finding.span),
            message="\n".join(safe(line) for line in lines),
            severity=_SEVERITIES[finding.severity],
            code=finding.code,
            code_description=types.CodeDescription(page_address(finding.code)) if self._pages else None,
            source="keylint",
            tags=[tag] if tag is not None and self._tags else None,
            related_information=list(self._notes(found, result, positions)) or None if self._related else None,
        )

    def _notes(
        self, found: Found, result: Result, positions: Positions
    ) -> Iterable[types.DiagnosticRelatedInformation]:
        for note in found.finding.notes:
            if not note.path or note.path == found.finding.path:
                place = types.Location(result.document.uri, positions.range(note.span))
                yield types.DiagnosticRelatedInformation(place, safe(note.label))
        for other in found.elsewhere:
            yield types.DiagnosticRelatedInformation(
                types.Location(self.uri_of(other.path), other.range), safe(other.label)
            )


def text_edits(edits: Iterable[Edit], positions: Positions) -> list[types.TextEdit]:
    """Edits of one text, in its order; two at one place stay in theirs."""
    ordered = sorted(edits, key=lambda edit: (edit.span.start, edit.span.end))
    return [types.TextEdit(positions.range(edit.span), edit.text) for edit in ordered]


__all__ = ["Converter", "text_edits", "uri"]
