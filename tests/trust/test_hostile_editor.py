"""A client that says anything: the server answers, or says no, and still serves the next one."""

from __future__ import annotations

import copy
import json
import pathlib
import random
import subprocess
import sys
from typing import Any

import pytest

from tests.samples import sample
from tests.test_secrecy import clean

pytest.importorskip("pygls")

KEY = sample("openai")
MESSAGES = 1500
CODE = f'from openai import OpenAI\nclient = OpenAI(api_key="{KEY}")\n'
ODD: list[Any] = [
    *(None, True, -1, 0, 2**31, 2**63, 1e308, "", "\ud800", "\0", "é😀", "../../etc/passwd", "file://", "file:///%00", "file://host/a", KEY),
    *([], {}, [[]], {"": {}}, [None] * 50, "x" * 10_000, {"line": -1, "character": -1}, {"line": 10**9, "character": 10**9}),
]  # fmt: skip


def message(method: str, params: Any, identity: int | None = None) -> dict[str, Any]:
    made = {"jsonrpc": "2.0", "method": method, "params": params}
    return made if identity is None else {**made, "id": identity}


def valid(uri: str) -> list[dict[str, Any]]:
    """What editors send."""
    document = {"uri": uri}
    place = {"line": 1, "character": 20}
    where = {"start": {"line": 0, "character": 0}, "end": place}
    change = {"range": where, "text": "x"}
    return [
        message(
            "textDocument/didOpen", {"textDocument": {**document, "languageId": "python", "version": 1, "text": CODE}}
        ),
        message("textDocument/didChange", {"textDocument": {**document, "version": 2}, "contentChanges": [change]}),
        message(
            "textDocument/didChange", {"textDocument": {**document, "version": 3}, "contentChanges": [{"text": CODE}]}
        ),
        message("textDocument/didSave", {"textDocument": document, "text": CODE}),
        message(
            "textDocument/codeAction", {"textDocument": document, "range": where, "context": {"diagnostics": []}}, 1
        ),
        message("textDocument/hover", {"textDocument": document, "position": place}, 1),
        message("textDocument/completion", {"textDocument": document, "position": place}, 1),
        message("textDocument/didClose", {"textDocument": document}),
        message("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri, "type": 2}]}),
        message("workspace/didChangeConfiguration", {"settings": {}}),
        message(
            "workspace/didChangeWorkspaceFolders", {"event": {"added": [{"uri": uri, "name": "x"}], "removed": []}}
        ),
        message("workspace/executeCommand", {"command": "keylint.fix", "arguments": [document]}, 1),
        message("$/cancelRequest", {"id": 1}),
        message("$/setTrace", {"value": "verbose"}),
        message("codeAction/resolve", {"title": "x", "data": {"uri": uri}}, 1),
        message("no/such/method", {"a": [1]}, 1),
    ]


def spoiled(made: dict[str, Any], generator: random.Random) -> dict[str, Any]:
    """A message with some of its parts replaced, taken out, or put where they do not belong."""
    made = copy.deepcopy(made)
    for _ in range(generator.randint(0, 3)):
        at: Any = made
        while True:
            keys = list(at) if isinstance(at, dict) else list(range(len(at)))
            keys = [key for key in keys if key not in ("jsonrpc", "method")]
            if not keys:
                break
            key = generator.choice(keys)
            if isinstance(at[key], dict | list) and at[key] and generator.random() < 0.7:
                at = at[key]
                continue
            if generator.random() < 0.2 and isinstance(at, dict):
                del at[key]
            else:
                at[key] = copy.deepcopy(generator.choice(ODD[:-9] if key == "id" else ODD))  # an ID comes back as it is
            break
    return made


def framed(made: Any) -> bytes:
    raw = made if isinstance(made, bytes) else json.dumps(made).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(raw), raw)


@pytest.mark.parametrize("seed", range(3))
def test_a_client_that_says_anything(project: pathlib.Path, seed: int) -> None:
    generator = random.Random(seed)
    (project / "a.py").write_text(CODE)
    uri = (project / "a.py").as_uri()
    root = {"processId": None, "rootUri": project.as_uri(), "capabilities": {}}
    sent = [message("initialize", root, 0), message("initialized", {})]
    sent += [spoiled(generator.choice(valid(uri)), generator) for _ in range(MESSAGES)]
    odd = [b"{", b"[]", b"null", b"\xff\xfe", b'{"jsonrpc": "2.0"}', b"[" * 10_000, b'{"id": 5, "method": 7}']
    stream = b"".join(framed(one) for one in sent) + b"".join(framed(one) for one in odd)
    last = valid(uri)[0]
    stream += framed(last) + framed(message("shutdown", None, "the end")) + framed(message("exit", None))
    done = subprocess.run(
        [sys.executable, "-m", "keylint", "lsp", "--stdio"], input=stream, capture_output=True, cwd=project, timeout=300
    )
    answers = [json.loads(part.partition(b"\r\n\r\n")[2] or b"{}") for part in _parts(done.stdout)]
    assert any(answer.get("id") == "the end" and "result" in answer for answer in answers), done.stderr[-2000:]
    assert done.returncode == 0, done.stderr[-2000:]
    clean(KEY, done.stderr)
    told = [answer for answer in answers if answer.get("method") != "textDocument/publishDiagnostics"]
    for answer in told:
        if "error" in answer or "method" in answer:
            clean(KEY, json.dumps(answer))


def _parts(out: bytes) -> list[bytes]:
    """The messages of a stream, their heads with them."""
    made = []
    while out:
        head, _, rest = out.partition(b"\r\n\r\n")
        size = next(
            int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
        )
        made.append(head + b"\r\n\r\n" + rest[:size])
        out = rest[size:]
    return made
