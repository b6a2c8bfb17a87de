"""Where a key goes, and where it never does: other hosts, redirects, proxies, certificates."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.server
import pathlib
import socket
import ssl
import threading
from collections.abc import Iterator

import pytest

from tests.doctor.patient import doctor
from tests.fake_api import running
from tests.fake_api.exchange import Answer
from tests.fake_api.server import NAMES
from tests.proof.machine import Machine, accounts, live, variables
from tests.test_secrecy import clean
from tests.tool import write

PROGRAM = "from openai import OpenAI\nclient = OpenAI()\n"
ASKED = ("--online", "--yes")


@contextlib.contextmanager
def listening(status: int = 200, body: bytes = b"{}", **headers: str) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server of somebody else: its origin, and the headers that reached it."""
    got: list[dict[str, str]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            got.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_CONNECT = do_GET  # noqa: N815 the name that the base class looks for

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", got
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def project(folder: pathlib.Path, **env: str) -> pathlib.Path:
    write(folder, {"ask.py": PROGRAM, ".env": "".join(f"{name}={value}\n" for name, value in env.items())})
    return folder


def test_nothing_is_sent_unasked(machine: Machine, tmp_path: pathlib.Path) -> None:
    machine.api.forget()
    doctor(machine, project(tmp_path), **variables("openai"))
    visit = doctor(machine, tmp_path, "--online", **variables("openai"))
    assert machine.api.seen == []
    assert "nobody said yes" in visit.out
    assert "asks https://api.openai.com/v1/models with the key sk-proj-…" in visit.err


@pytest.mark.parametrize("place", ["variable", "code", "configuration"])
def test_a_host_that_only_the_project_names(machine: Machine, tmp_path: pathlib.Path, place: str) -> None:
    with listening() as (origin, got):
        more = {}
        project(tmp_path)
        if place == "variable":
            more["OPENAI_BASE_URL"] = f"{origin}/v1"
        elif place == "code":
            write(tmp_path, {"ask.py": PROGRAM.replace("()", f'(base_url="{origin}/v1")')})
        else:
            write(tmp_path, {"keylint.toml": f'base-urls = ["{origin}"]\n[providers.openai]\nhosts = ["127.0.0.1"]\n'})
            more["OPENAI_BASE_URL"] = f"{origin}/v1"
        visit = doctor(machine, tmp_path, *ASKED, no_proxy="127.0.0.1", **more, **variables("openai"))
        assert got == []
        assert "`127.0.0.1` is no host of OpenAI; if the key may go there, add --host 127.0.0.1" in visit.out
        told = doctor(
            machine, tmp_path, *ASKED, "--host", "127.0.0.1", no_proxy="127.0.0.1", **more, **variables("openai")
        )
        assert [sent["authorization"] for sent in got] == [f"Bearer {live('openai')}"]
        clean(live("openai"), visit.out, visit.err, told.out, told.err)


def test_no_key_in_the_clear(machine: Machine, tmp_path: pathlib.Path) -> None:
    machine.api.forget()
    visit = doctor(
        machine, project(tmp_path), *ASKED, OPENAI_BASE_URL="http://api.openai.com/v1", **variables("openai")
    )
    assert machine.api.seen == []
    assert "would get the key in the clear" in visit.out


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_gets_no_key(machine: Machine, tmp_path: pathlib.Path, status: int) -> None:
    with listening() as (origin, got):
        machine.api.forget()
        machine.api.says = Answer(status, {}, headers={"Location": f"{origin}/v1/models"})
        visit = doctor(machine, project(tmp_path), *ASKED, no_proxy="127.0.0.1", **variables("openai"))
        assert got == []
        assert f"{status}: api.openai.com sends the request on to 127.0.0.1" in visit.out
        assert visit.code == 1


def test_a_proxy_is_used_and_named(machine: Machine, tmp_path: pathlib.Path) -> None:
    machine.api.forget()
    visit = doctor(machine, project(tmp_path), *ASKED, **variables("openai"))
    assert [request.host for request in machine.api.seen] == ["api.openai.com"]  # it came through the proxy
    assert visit.code == 0
    for status, said in ((407, "wants a login"), (403, "does not let the request through")):
        with listening(status) as (origin, got):
            visit = doctor(machine, tmp_path, *ASKED, HTTPS_PROXY=origin, https_proxy=origin, **variables("openai"))
        assert said in visit.out
        assert all("authorization" not in sent for sent in got)


def test_a_certificate_that_nobody_vouches_for(machine: Machine, tmp_path: pathlib.Path) -> None:
    machine.api.forget()
    bundles = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
    visit = doctor(machine, project(tmp_path), *ASKED, **dict.fromkeys(bundles, ""), **variables("openai"))
    assert machine.api.seen == []
    assert "the certificate of api.openai.com is signed by nobody that this system trusts" in visit.out
    for bundle in bundles:  # each of them alone is enough
        chosen = {**dict.fromkeys(bundles, ""), bundle: str(machine.authority.pem)}
        assert doctor(machine, tmp_path, *ASKED, **chosen, **variables("openai")).code == 0


def test_a_certificate_of_another_time(machine: Machine, tmp_path: pathlib.Path) -> None:
    yesterday = dt.datetime.now(dt.timezone.utc) - dt.timedelta(days=1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    machine.authority.ca.issue_cert(*NAMES, not_after=yesterday).configure_cert(context)
    with running(live("openai"), "", accounts(), context) as api:
        visit = doctor(
            machine, project(tmp_path), *ASKED, HTTPS_PROXY=api.origin, https_proxy=api.origin, **variables("openai")
        )
    assert api.seen == []
    assert "is not valid at the time that this clock shows" in visit.out


def test_an_answer_that_shows_the_key(machine: Machine, tmp_path: pathlib.Path) -> None:
    key = live("openai")
    error = {"message": f"Incorrect API key provided: {key}.", "type": key, "code": key, "param": key}
    headers = {
        "Location": f"https://{key}.example/{key}",
        "retry-after": key,
        "x-ratelimit-limit-requests": key,
        "x-request-id": key,
    }
    for status in (200, 302, 401, 429, 500):
        machine.api.forget()
        machine.api.says = Answer(status, {"error": error, key: key}, headers=headers)
        for form in ("text", "json"):
            visit = doctor(machine, project(tmp_path), *ASKED, "--output-format", form, **variables("openai"))
            clean(key, visit.out, visit.err)
            assert visit.code in (0, 1)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[[[[", b'{"error": 5}', b'{"error": [1]}', b'[{"error": {"message": {}}}]', b"\xff\xfe", b'"x"'],
)
def test_an_answer_that_makes_no_sense(machine: Machine, tmp_path: pathlib.Path, body: bytes) -> None:
    with listening(418, body=body) as (origin, _):
        visit = doctor(
            machine,
            project(tmp_path),
            *ASKED,
            "--host",
            "127.0.0.1",
            OPENAI_BASE_URL=origin,
            no_proxy="127.0.0.1",
            **variables("openai"),
        )
    assert visit.code == 1
    assert "error: 418: keylint does not know this answer" in visit.out


def test_no_answer(machine: Machine, tmp_path: pathlib.Path) -> None:
    project(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    refused = f"http://127.0.0.1:{port}"
    visit = doctor(machine, tmp_path, *ASKED, HTTPS_PROXY=refused, https_proxy=refused, **variables("openai"))
    assert "127.0.0.1 refuses the connection" in visit.out
    unknown = "http://no-such-host.invalid:1"
    visit = doctor(machine, tmp_path, *ASKED, HTTPS_PROXY=unknown, https_proxy=unknown, **variables("openai"))
    assert "the name no-such-host.invalid is not known (DNS)" in visit.out
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        mute = f"http://127.0.0.1:{silent.getsockname()[1]}"
        visit = doctor(
            machine, tmp_path, *ASKED, "--timeout", "0.3", HTTPS_PROXY=mute, https_proxy=mute, **variables("openai")
        )
    assert "no answer from api.openai.com in time" in visit.out
    assert visit.code == 1


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://api.openai.com",
        "https://",
        "api.openai.com",
        "https://[",
        "https://api.openai.com:x",
    ],
)
def test_an_address_that_is_none(machine: Machine, tmp_path: pathlib.Path, url: str) -> None:
    machine.api.forget()
    visit = doctor(machine, project(tmp_path), *ASKED, OPENAI_BASE_URL=url, **variables("openai"))
    assert machine.api.seen == []
    assert "not asked: its address is none" in visit.out


def test_a_model(machine: Machine, tmp_path: pathlib.Path) -> None:
    machine.api.forget()
    visit = doctor(machine, project(tmp_path), *ASKED, "--model", "gpt/5?x", **variables("openai"))
    assert [request.target for request in machine.api.seen] == ["/v1/models/gpt%2F5%3Fx"]
    assert visit.code == 1
    machine.api.forget()
    visit = doctor(machine, tmp_path, *ASKED, "--model", 'a"b', "--generate", **variables("openai"))
    assert machine.api.seen[0].json["model"] == 'a"b'
    assert visit.code == 0
