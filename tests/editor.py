"""A bare client of the language server: it keeps every byte that the server writes."""

from __future__ import annotations

import contextlib
import itertools
import json
import pathlib
import queue
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 30.0
CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "publishDiagnostics": {
            "relatedInformation": True,
            "codeDescriptionSupport": True,
            "tagSupport": {"valueSet": [1, 2]},
        },
        "codeAction": {"disabledSupport": True},
    },
    "workspace": {
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
    },
}


class Editor:
    """One session with a server of its own."""

    def __init__(self, *folders: pathlib.Path, capabilities: dict[str, Any] | None = None) -> None:
        command = [sys.executable, "-m", "keylint", "lsp", "--stdio"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folders[0]
        )
        self.received = bytearray()
        self.errors = bytearray()
        self.messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self.seen: list[dict[str, Any]] = []
        self._ids = itertools.count(1)
        self._threads = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._hear, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        self.initialized = self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": folders[0].as_uri(),
                "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name} for folder in folders],
                "capabilities": CAPABILITIES if capabilities is None else capabilities,
            },
        )["result"]
        self.notify("initialized", {})

    def _read(self) -> None:
        out = self.process.stdout
        assert out is not None
        while header := out.readline():
            self.received += header
            if not header.lower().startswith(b"content-length:"):
                continue
            while (line := out.readline()).strip():
                self.received += line
            body = out.read(int(header.split(b":")[1]))
            self.received += body
            self.messages.put(json.loads(body))

    def _hear(self) -> None:
        assert self.process.stderr is not None
        self.errors += self.process.stderr.read()

    # ------------------------------------------------------------------------------------------------------ messages

    def raw(self, body: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def send(self, **message: Any) -> None:
        self.raw(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def notify(self, method: str, params: Any) -> None:
        self.send(method=method, params=params)

    def ask(self, method: str, params: Any) -> int:
        identity = next(self._ids)
        self.send(id=identity, method=method, params=params)
        return identity

    def request(self, method: str, params: Any) -> dict[str, Any]:
        return self.answer(self.ask(method, params))

    def answer(self, identity: int) -> dict[str, Any]:
        return self.wait(lambda message: message.get("id") == identity and "method" not in message)

    def wait(self, wanted: Callable[[dict[str, Any]], bool], *, patience: float = PATIENCE) -> dict[str, Any]:
        """The next message that is wanted; those before it are kept in `seen`."""
        end = time.monotonic() + patience
        while True:
            message = self.messages.get(timeout=max(end - time.monotonic(), 0.001))
            self.seen.append(message)
            if "method" in message and "id" in message:
                self.send(id=message["id"], result=None)
            if wanted(message):
                return message

    def quiet(self, seconds: float) -> list[dict[str, Any]]:
        """Everything that comes within a time."""
        start = len(self.seen)
        with contextlib.suppress(queue.Empty):
            self.wait(lambda _: False, patience=seconds)
        return self.seen[start:]

    # ----------------------------------------------------------------------------------------------------- documents

    def open(self, uri: str | pathlib.Path, text: str, *, version: int = 1, language: str = "python") -> str:
        name = uri.as_uri() if isinstance(uri, pathlib.Path) else uri
        item = {"uri": name, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return name

    def change(self, uri: str, version: int, *changes: dict[str, Any]) -> None:
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)})

    def save(self, uri: str) -> None:
        self.notify("textDocument/didSave", {"textDocument": {"uri": uri}})

    def close(self, uri: str) -> None:
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def diagnostics(
        self, uri: str, version: int | None = None, *, codes: list[str] | None = None
    ) -> list[dict[str, Any]]:
        """The next diagnostics of a document: of a version, with certain codes."""
        found = self.wait(
            lambda message: (
                message.get("method") == "textDocument/publishDiagnostics"
                and message["params"]["uri"] == uri
                and (version is None or message["params"].get("version") == version)
                and (codes is None or [item["code"] for item in message["params"]["diagnostics"]] == codes)
            )
        )
        return found["params"]["diagnostics"]  # type: ignore[no-any-return]

    def published(self, uri: str) -> list[dict[str, Any]]:
        """Everything that was said of a document up to now."""
        method = "textDocument/publishDiagnostics"
        found = [message["params"] for message in self.seen if message.get("method") == method]
        return [params for params in found if params["uri"] == uri]

    def actions(self, uri: str, place: dict[str, Any], *, only: list[str] | None = None) -> list[dict[str, Any]]:
        context = {"diagnostics": [], **({"only": only} if only is not None else {})}
        params = {"textDocument": {"uri": uri}, "range": place, "context": context}
        return self.request("textDocument/codeAction", params)["result"] or []

    def at(self, method: str, uri: str, line: int, character: int) -> Any:
        params = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        return self.request(f"textDocument/{method}", params)["result"]

    def end(self) -> int:
        """Shut down; the exit code."""
        self.request("shutdown", None)
        self.notify("exit", None)
        return self.process.wait(PATIENCE)

    def clear(self) -> None:
        """Leave nothing behind, however the session ended."""
        self.process.kill()
        self.process.wait()
        for thread in self._threads:
            thread.join(PATIENCE)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(OSError):
                stream.close() if stream is not None else None


@contextlib.contextmanager
def editor(*folders: pathlib.Path, capabilities: dict[str, Any] | None = None) -> Iterator[Editor]:
    """A session that is ended, and that ended well."""
    session = Editor(*folders, capabilities=capabilities)
    try:
        yield session
        assert session.end() == 0
    finally:
        session.clear()
    assert not session.errors, session.errors.decode()


def place(line: int, start: int, end: int) -> dict[str, Any]:
    """A range on one line."""
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


def edited(text: str, edits: list[dict[str, Any]]) -> str:
    """A text after text edits whose columns count UTF-16, as an editor applies them."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)

    def offset(position: dict[str, int]) -> int:
        line = lines[position["line"]].encode("utf-16-le")
        return starts[position["line"]] + len(line[: position["character"] * 2].decode("utf-16-le"))

    spans = [(offset(edit["range"]["start"]), offset(edit["range"]["end"]), edit["newText"]) for edit in edits]
    for start, end, new in sorted(spans, key=lambda span: span[0], reverse=True):
        text = text[:start] + new + text[end:]
    return text
