"""A fake OpenAI API on loopback that checks credentials as the real one documents.

https://platform.openai.com/docs/guides/error-codes: no bearer token and an unknown key answer 401, an organization that
does not match the key answers 401 too.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Api:
    """A running fake: its base URL, the key and organization it accepts, the requests it saw."""

    url: str
    key: str
    organization: str
    answers: list[int] = field(default_factory=list)


@contextlib.contextmanager
def running(key: str, organization: str) -> Iterator[Api]:
    """The fake, for as long as the block runs."""
    api = Api("", key, organization)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = self._answer()
            api.answers.append(status)
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def _answer(self) -> tuple[int, dict[str, object]]:
            given = self.headers.get("Authorization") or ""
            scheme, _, token = given.partition(" ")
            if scheme.lower() != "bearer" or not token.strip():
                return 401, _error(
                    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth",
                    None,
                )
            if token != api.key:
                return 401, _error(
                    "Incorrect API key provided: ***. You can find your API key at https://platform.openai.com/account/api-keys.",
                    "invalid_api_key",
                )
            sent = self.headers.get("OpenAI-Organization")
            if sent is not None and sent != api.organization:
                return 401, _error(
                    "OpenAI-Organization header should match organization for API key", "mismatched_organization"
                )
            return 200, {
                "object": "list",
                "data": [{"id": "gpt-5-mini", "object": "model", "created": 1, "owned_by": "openai"}],
            }

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _error(message: str, code: str | None) -> dict[str, object]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
