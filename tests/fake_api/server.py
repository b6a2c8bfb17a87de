"""One port that is everything: an HTTP server, an HTTPS server for the vendors' names, and a CONNECT proxy that leads to it.

A proxy instead of another address in the program: what keylint is to judge is what runs. Names that are no vendor's are
refused, so nothing leaves the machine.
"""

from __future__ import annotations

import contextlib
import fnmatch
import http.server
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType

from tests.fake_api import anthropic, azure, gemini, openai
from tests.fake_api.exchange import Account, Answer, Request

VENDORS: dict[str, ModuleType] = {"openai": openai, "azure": azure, "anthropic": anthropic, "gemini": gemini}
NAMES = tuple(name for vendor in VENDORS.values() for name in vendor.HOSTS)
_TLS_HANDSHAKE = b"\x16"


@dataclass
class Api:
    """A running fake: its base URL, the key and organization that OpenAI's accepts, what the others accept, what was answered."""

    url: str
    key: str
    organization: str
    answers: list[int] = field(default_factory=list)
    given: list[Answer] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    limits: list[str] = field(default_factory=list)  # the 429s that the next requests with right credentials get
    says: Answer | None = None  # to whatever is asked
    seen: list[Request] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """Where it listens, as a proxy is named."""
        return self.url.removesuffix("/v1")

    def forget(self) -> None:
        """Begin a new record."""
        self.answers.clear()
        self.given.clear()
        self.seen.clear()
        self.says = None


@contextlib.contextmanager
def running(
    key: str, organization: str, accounts: dict[str, Account] | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[Api]:
    """The fakes, for as long as the block runs. With a TLS context they are a proxy to the vendors' names too."""
    accounts = {"openai": Account({key}, organization), **(accounts or {})}
    api = Api("", key, organization, accounts=accounts)
    handler = type("Handler", (_Handler,), {"api": api, "tls": tls})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(http.server.BaseHTTPRequestHandler):
    api: Api
    tls: ssl.SSLContext | None
    protocol_version = "HTTP/1.1"
    timeout = 60

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # a client that hangs up is no failure of the fake
            if self.tls is not None and self.connection.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE:
                self._encrypt()
            super().handle()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        if self.tls is not None:
            self.connection.close()  # the server closes what it accepted, and that is no longer this

    def _encrypt(self) -> None:
        assert self.tls is not None
        self.connection = self.request = self.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb", -1)
        self.wfile = self.connection.makefile("wb", 0)  # type: ignore[assignment]

    def do_CONNECT(self) -> None:
        host = self.path.rpartition(":")[0]
        if self.tls is None or not any(fnmatch.fnmatch(host, name) for name in NAMES):
            self.send_error(502, "This proxy leads to the fakes only")
            return
        self.send_response(200, "Connection established")
        self.end_headers()
        self.close_connection = False  # urllib3 asks for the tunnel in HTTP/1.0
        self._encrypt()

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        host = headers.get("host", "").partition(":")[0]
        request = Request(self.command, host, self.path, headers, self.rfile.read(length))
        name = _vendor(request)
        limit = ""
        account = self.api.accounts.get(name, Account())
        answer = VENDORS[name].answer(request, account)
        if answer.status == 200 and self.api.limits:
            limit = self.api.limits.pop(0)
            answer = VENDORS[name].answer(request, account, limit)
        if self.api.says is not None:
            answer = self.api.says
        self.api.seen.append(request)
        self.api.answers.append(answer.status)
        self.api.given.append(answer)
        raw = json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for header, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(header, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_POST = do_GET  # noqa: N815 the name that the base class looks for

    def log_message(self, format: str, *args: object) -> None:
        pass


def _vendor(request: Request) -> str:
    """Whose request it is: by its host, or under a base URL by what only one vendor's paths look like."""
    for name, vendor in VENDORS.items():
        if any(fnmatch.fnmatch(request.host, host) for host in vendor.HOSTS):
            return name
    if request.path.startswith("/v1beta/"):
        return "gemini"
    if request.path.startswith("/openai/"):
        return "azure"
    return "anthropic" if "anthropic-version" in request.headers or request.path == "/v1/messages" else "openai"
