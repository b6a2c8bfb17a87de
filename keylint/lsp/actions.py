"""What an editor can do about findings: fixes, comments that accept them, and all safe fixes at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lsprotocol import types

from keylint import fixes
from keylint.lsp import comments
from keylint.lsp.convert import Converter, text_edits, uri
from keylint.lsp.positions import Positions
from keylint.model import Applicability, Span
from keylint.record import Record
from keylint.report.excerpt import safe
from keylint.source import Source, Undecodable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.lsp.checking import Checker, Found
    from keylint.lsp.session import Result
    from keylint.model import Edit, Fix

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.keylint"
QUICK_FIX = types.CodeActionKind.QuickFix.value
KINDS = [QUICK_FIX, FIX_ALL]
MOVES = "a key never goes through the editor: `keylint check --fix --unsafe-fixes` moves it to .env"

Change = types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile


class Client(Record):
    """What the client can do with actions."""

    converter: Converter
    versioned: bool  # edits that name a document's version
    creates: bool  # edits that make files
    disabled: bool  # actions that only say why they cannot be taken

    @classmethod
    def of(cls, converter: Converter, capabilities: types.ClientCapabilities) -> Client:
        """What a client has said of itself."""
        document, workspace = capabilities.text_document, capabilities.workspace
        edits = workspace.workspace_edit if workspace is not None else None
        action = document.code_action if document is not None else None
        versioned = bool(edits and edits.document_changes)
        creates = edits is not None and types.ResourceOperationKind.Create in (edits.resource_operations or ())
        return cls(converter, versioned, versioned and creates, bool(action and action.disabled_support))


def actions(
    result: Result, params: types.CodeActionParams, client: Client, checker: Checker
) -> Iterator[types.CodeAction]:
    """The actions for a range of a document, those that are preferred first."""
    checked = result.outcome.checked
    if checked is None:
        return
    positions = client.converter.positions(result)
    asked = Span(positions.offset(params.range.start), positions.offset(params.range.end))
    touched = [found for found in result.findings if _touches(found.finding.span, asked)]
    if _wanted(QUICK_FIX, params.context):
        for found in sorted(touched, key=lambda found: not _is_safe(found.finding.fix)):
            yield from _fixed(found, result, positions, client)
        for found in touched:
            yield from _ignored(found, result, positions, client, checker)
    if _wanted(FIX_ALL, params.context):
        yield from _all_fixed(result, positions, client)


def _wanted(kind: str, context: types.CodeActionContext) -> bool:
    """Whether a kind is asked for; `source` asks for `source.fixAll.keylint` too."""
    if context.only is None:
        return True
    asked = [str(getattr(only, "value", only)) for only in context.only]
    return any(only in ("", kind) or kind.startswith(f"{only}.") for only in asked)


def _touches(span: Span, asked: Span) -> bool:
    return span.start <= asked.end and asked.start <= span.end


def _is_safe(fix: Fix | None) -> bool:
    return fix is not None and fix.applicability is Applicability.SAFE


def _fixed(found: Found, result: Result, positions: Positions, client: Client) -> Iterator[types.CodeAction]:
    """The fix of a finding."""
    finding, checked = found.finding, result.outcome.checked
    fix = finding.fix
    if fix is None or checked is None:
        return
    title = safe(fix.title[:1].upper() + fix.title[1:])
    diagnostic = client.converter.diagnostic(found, result, positions)
    if fix.move is not None:
        if client.disabled:
            disabled = types.CodeActionDisabled(reason=MOVES)
            yield types.CodeAction(title, QUICK_FIX, [diagnostic], disabled=disabled)
        return
    if not fixes.plan([finding], {checked.source.path: checked}, unsafe=True):
        return  # it would not parse any more
    edit = _workspace_edit(fix.edits, result, positions, client)
    if edit is None:
        return
    safely = _is_safe(fix)
    yield types.CodeAction(
        title if safely else f"{title} (unsafe: may change what the program does)",
        QUICK_FIX,
        [diagnostic],
        is_preferred=True if safely else None,
        edit=edit,
    )


def _ignored(
    found: Found, result: Result, positions: Positions, client: Client, checker: Checker
) -> Iterator[types.CodeAction]:
    """The comment that accepts a finding."""
    comment = comments.ignoring(found, result, checker)
    edit = _workspace_edit([comment], result, positions, client) if comment is not None else None
    if edit is not None:
        diagnostic = client.converter.diagnostic(found, result, positions)
        yield types.CodeAction(f"Ignore {found.finding.code} on this line", QUICK_FIX, [diagnostic], edit=edit)


def _all_fixed(result: Result, positions: Positions, client: Client) -> Iterator[types.CodeAction]:
    """All safe fixes of the document that do not touch each other, and no other file."""
    checked = result.outcome.checked
    if checked is None:
        return
    here = [
        found.finding
        for found in result.findings
        if found.finding.fix is not None and not any(edit.path for edit in found.finding.fix.edits)
    ]
    edits: dict[Edit, None] = {}
    for change in fixes.plan(here, {checked.source.path: checked}, unsafe=False):
        for finding in change.mended:
            edits.update(dict.fromkeys(finding.fix.edits if finding.fix is not None else ()))
    made = _workspace_edit(list(edits), result, positions, client) if edits else None
    if made is not None:
        yield types.CodeAction("Fix all that keylint can fix safely", FIX_ALL, edit=made)


# -------------------------------------------------------------------------------------------------------------- edits


def _workspace_edit(
    edits: list[Edit] | tuple[Edit, ...], result: Result, positions: Positions, client: Client
) -> types.WorkspaceEdit | None:
    """Edits as the client takes them; None if it cannot make them."""
    document = result.document
    own = text_edits([edit for edit in edits if not edit.path], positions)
    further = [_elsewhere(edit, client) for edit in edits if edit.path]
    if not client.versioned:
        if any(made is None or len(made) > 1 for made in further):
            return None
        changes = {document.uri: own} if own else {}
        for made in further:
            for change in made or ():
                if isinstance(change, types.TextDocumentEdit):
                    changes[change.text_document.uri] = [
                        item for item in change.edits if isinstance(item, types.TextEdit)
                    ]
        return types.WorkspaceEdit(changes=changes)
    steps: list[Change] = []
    for made in further:
        if made is None:
            return None
        steps += made
    if own:
        identifier = types.OptionalVersionedTextDocumentIdentifier(uri=document.uri, version=document.version)
        steps.append(types.TextDocumentEdit(identifier, list(own)))
    return types.WorkspaceEdit(document_changes=steps)


def _elsewhere(edit: Edit, client: Client) -> list[Change] | None:
    """An edit of another file, which is made if it is not there; None if it cannot be placed."""
    path = os.path.abspath(edit.path)
    target = client.converter.uri_of(path)
    identifier = types.OptionalVersionedTextDocumentIdentifier(uri=target)
    try:
        with open(path, "rb") as file:
            raw = file.read()
        source = Source.from_bytes(path, raw)
    except Undecodable:
        return None
    except OSError:
        if not client.creates or edit.span.start:
            return None
        start = types.Position(0, 0)
        made = types.TextEdit(types.Range(start, start), edit.text)
        return [types.CreateFile(uri(path)), types.TextDocumentEdit(identifier, [made])]
    shown = client.converter.shown(path)
    if shown is not None and shown.data != source.mark + source.data:
        return None  # the edit is for what is on disk
    places = Positions(source.data, client.converter.encoding, marked=bool(source.mark))
    return [types.TextDocumentEdit(identifier, list(text_edits([edit], places)))]
