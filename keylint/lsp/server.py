"""The protocol's requests, each answered by a module of its own."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import sys
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcInternalError
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.uris import to_fs_path

from keylint import __version__
from keylint.lsp.actions import KINDS, Client, actions
from keylint.lsp.completion import TRIGGERS, completions
from keylint.lsp.convert import Converter
from keylint.lsp.documents import Document
from keylint.lsp.hover import hover
from keylint.lsp.positions import characters
from keylint.lsp.session import Result, Session, place
from keylint.mask import hide_known

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pygls.server import ServerErrors

P = TypeVar("P")
T = TypeVar("T")

CONFIGURATIONS = ("pyproject.toml", "keylint.toml", ".keylint.toml")
# What the rules of a project read besides the open documents, and what changes without an editor.
WATCHED = (*(f"**/{name}" for name in CONFIGURATIONS), "**/.env", "**/.env.*", "**/*.env", "**/.gitignore")


class Protocol(LanguageServerProtocol):
    """The protocol, with documents of ours in the place of pygls's."""

    _server: Server

    def _send_response(self, msg_id: Any, result: Any = None, error: Any = None) -> None:
        """An answer. pygls quotes what it was sent in its errors, and adds traces: neither may carry a key on."""
        if error is not None:
            error.message, error.data = hide_known(error.message), None
        super()._send_response(msg_id, result, error)

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """A document is opened."""
        server = self._server
        server.session.opened(Document(params.text_document, server.session.folders[0]))

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """A document is edited."""
        document = params.text_document
        self._server.session.changed(document.uri, document.version, list(params.content_changes))

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """A document is closed: what was said of it is taken back."""
        self._server.session.closed(params.text_document.uri)
        self._server.forget(params.text_document.uri)


class Server(LanguageServer):
    """The server of one client."""

    protocol: Protocol

    def __init__(self) -> None:
        super().__init__("keylint", __version__, protocol_cls=Protocol)
        self.session = Session(self._publish, self._tell)
        self.converter = Converter("utf-16", types.ClientCapabilities(), self.session.shown)
        self.client = Client.of(self.converter, types.ClientCapabilities())
        self._published: dict[str, tuple[int, list[types.Diagnostic]]] = {}

    def start(self) -> None:
        """Once the client has said what it can do."""
        encoding = self.workspace.position_encoding
        capabilities = self.client_capabilities
        self.converter = Converter(str(getattr(encoding, "value", encoding)), capabilities, self.session.shown)
        self.client = Client.of(self.converter, capabilities)
        self.session.encoding = self.converter.encoding
        self.settle_folders()

    def settle_folders(self) -> None:
        """Take over the client's folders; the first is where names without a folder are taken to be."""
        paths = [to_fs_path(folder.uri) for folder in self.workspace.folders.values()] or [self.workspace.root_path]
        folders = [os.path.normpath(path) for path in paths if path] or [os.getcwd()]
        with contextlib.suppress(OSError):
            os.chdir(folders[0])
        self.session.folders = tuple(folders)
        self.session.reload()

    def _publish(self, result: Result) -> None:
        """Send a document's diagnostics, if they are others than those that were sent for it."""
        made = (result.document.version, self.converter.diagnostics(result))
        if self._published.get(result.document.uri) == made:
            return
        self._published[result.document.uri] = made
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(result.document.uri, made[1], version=made[0])
        )

    def forget(self, uri: str) -> None:
        """Take back what was said of a document."""
        if self._published.pop(uri, (0, []))[1]:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def _tell(self, message: str) -> None:
        self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"keylint: {message}"))

    def report_server_error(self, error: Exception, source: ServerErrors) -> None:
        """Tell of an error that no request gets for an answer; not what it holds, which may be a document's text."""
        self.window_log_message(
            types.LogMessageParams(types.MessageType.Error, f"keylint: internal error: {type(error).__name__}")
        )


def run() -> int:
    """Serve over standard input and output. Returns the exit code."""
    logging.getLogger("pygls").addHandler(logging.NullHandler())
    logging.getLogger("pygls").propagate = False  # it logs messages, which hold documents
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing but the protocol may be written there
    server = Server()
    for method, answer, options in FEATURES:
        server.feature(method, options)(answer)
    try:
        server.start_io(sys.stdin.buffer, out)
    finally:
        server.session.end()
    return 0


# ----------------------------------------------------------------------------------------------------------- features


def _discreet(answer: Callable[[Server, P], Awaitable[T]]) -> Callable[[Server, P], Awaitable[T]]:
    """An answer whose errors say where they are from, and nothing of what they hold."""

    @functools.wraps(answer)
    async def wrapped(ls: Server, params: P) -> T:
        try:
            return await answer(ls, params)
        except Exception as error:  # noqa: BLE001 it is answered
            raise JsonRpcInternalError(f"internal error: {type(error).__name__}{place(error)}") from None

    return wrapped


def _initialize(ls: Server, _: types.InitializeParams) -> None:
    ls.start()


def _initialized(ls: Server, _: types.InitializedParams) -> None:
    """Ask to be told of files that change without the editor."""
    workspace = ls.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace is not None else None
    if watching is None or not watching.dynamic_registration:
        return
    watchers = [types.FileSystemWatcher(glob_pattern=pattern) for pattern in WATCHED]
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
    method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
    ls.client_register_capability(types.RegistrationParams([types.Registration("watched", method, options)]))


def _saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    uri = params.text_document.uri
    ls.session.reload() if _is_configuration(uri) else ls.session.saved(uri)


def _watched(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
    if any(_is_configuration(change.uri) for change in params.changes):
        ls.session.reload()
    else:
        ls.session.look_again()


def _is_configuration(uri: str) -> bool:
    return uri.rpartition("/")[2] in CONFIGURATIONS


def _folders(ls: Server, _: types.DidChangeWorkspaceFoldersParams) -> None:
    ls.settle_folders()


def _configuration(ls: Server, _: types.DidChangeConfigurationParams) -> None:
    ls.session.reload()


@_discreet
async def _actions(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    """What can be done; nothing if the document was edited meanwhile."""
    session = ls.session
    result = await session.result(params.text_document.uri)
    if result is None:
        return None
    client, checker = ls.client, session.checker
    made = await session.work(lambda: list(actions(result, params, client, checker)))
    document = session.document(params.text_document.uri)
    return made if document is not None and document.version == result.document.version else None


@_discreet
async def _hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    result = await ls.session.result(params.text_document.uri)
    if result is None:
        return None
    positions = ls.converter.positions(result)
    made = hover(result, positions.offset(params.position))
    if made is None:
        return None
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, made[0]), positions.range(made[1]))


@_discreet
async def _completion(ls: Server, params: types.CompletionParams) -> list[types.CompletionItem] | None:
    """Codes; first those that are reported here without the comment, which silences everything while it is half written."""
    result = await ls.session.result(params.text_document.uri)
    document = ls.session.document(params.text_document.uri)
    row = params.position.line
    if result is None or document is None or row >= len(document.lines):
        return None
    line = document.lines[row]
    before = line[: characters(line, params.position.character, ls.converter.encoding)]
    if "keylint:" not in before:
        return None
    session = ls.session
    checker, snapshot = session.checker, result.document
    unwritten = "".join([*document.lines[:row], line.replace("keylint:", "keylint;"), *document.lines[row + 1 :]])
    outcome = await session.work(lambda: checker.alone(snapshot, unwritten.encode("utf-8", "replace")))
    positions = ls.converter.positions(result._replace(outcome=outcome))
    rows = ((found.finding.code, positions.position(found.finding.span.start).line) for found in outcome.own)
    return completions(before, {code for code, at in rows if at in (row, row + 1)})


FEATURES: tuple[tuple[str, Callable[..., Any], Any], ...] = (
    (types.INITIALIZE, _initialize, None),
    (types.INITIALIZED, _initialized, None),
    (types.TEXT_DOCUMENT_DID_SAVE, _saved, None),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, _watched, None),
    (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, _folders, None),
    (types.WORKSPACE_DID_CHANGE_CONFIGURATION, _configuration, None),
    (types.TEXT_DOCUMENT_CODE_ACTION, _actions, types.CodeActionOptions(KINDS)),
    (types.TEXT_DOCUMENT_HOVER, _hover, None),
    (types.TEXT_DOCUMENT_COMPLETION, _completion, types.CompletionOptions(trigger_characters=TRIGGERS)),
)
