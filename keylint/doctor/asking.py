"""One request to an API, and only where it may go. The only module that uses the network; loaded for `doctor --online`.

The standard library's client: it takes proxies from the environment, costs nothing to install, and keylint asks once. It
follows no redirect, so that the key stays with the host that was named.
"""

from __future__ import annotations

import email.message
import email.utils
import http.client
import json
import os
import socket
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

from keylint.doctor import answers
from keylint.doctor.answers import Answer, Failure
from keylint.mask import mask, quote
from keylint.model import Slot
from keylint.providers.catalogue import load
from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from keylint.doctor.examining import Patient

ATTEMPTS = 3  # as the vendors' clients: two retries
LONGEST_WAIT = 10.0  # seconds that are waited for because an answer asks for it
MAX_BODY = 1 << 16
_PASSING = (408, 409, 500, 502, 503, 504, 529)  # worth another try; 429 only if it is no quota
_BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_LOCAL = ("localhost", "127.0.0.1", "::1")


class Request(Record):
    """What is sent: an address, the headers, and those of them that name an organization or a project."""

    url: str
    host: str
    headers: Mapping[str, str]
    extra: frozenset[str]
    told: str  # what goes where, for a person, before it goes
    body: bytes | None = None

    def __repr__(self) -> str:
        return f"Request({self.host})"


def request(patient: Patient, model: str, hosts: Iterable[str], *, generate: bool = False) -> Request | str:
    """The request that tries a sender's credentials; why there is none, in a few words, if there is none.

    It goes to a host of the vendor as keylint knows it, or to one of `hosts`: what the project's files say, its configuration
    included, is not enough to send a key there.
    """
    online = patient.provider.online
    key = next((one for one in patient.sent.values() if one.slot.is_secret and one.value), None)
    if online is None:
        return f"keylint knows no request to {patient.provider.name} that costs nothing"
    if key is None or not key.value:
        return "no key is known here"
    if not key.value.isascii() or not key.value.isprintable() or key.value != key.value.strip():
        return "no client can send this key"
    base = patient.sent[Slot.BASE_URL]
    address = online.base if base.is_default else base.value
    if not address:
        return f"the address is not known here{f': {base.note}' if base.note else ''}"
    path = online.generate if generate else online.model if model else online.path
    if not path:
        return f"keylint knows no request for a model of {patient.provider.name}"
    path = path.replace("MODEL", urllib.parse.quote(model, safe=":"))
    url = address.rstrip("/") + path
    reason = _refusal(url, patient, set(hosts))
    if reason:
        return reason
    headers, extra = _headers(patient, dict(online.headers))
    host = urllib.parse.urlsplit(url).netloc.rpartition("@")[2]
    with_ids = "".join(f", {name}: {quote(headers[name])}" for name in sorted(extra))
    body = json.dumps(_filled(json.loads(online.body), model)).encode() if generate else None
    if body is not None:
        headers["Content-Type"] = "application/json"
    verb = f"has {quote(model)} say a word at" if generate else "asks"
    told = f"{verb} {url.partition('?')[0]} with the key {mask(key.value)} of {key.name or 'the code'}{with_ids}"
    return Request(url, host, headers, frozenset(extra), told, body)


def _filled(item: Any, model: str) -> Any:
    """A body with the model's name in the place of MODEL."""
    if isinstance(item, dict):
        return {key: _filled(value, model) for key, value in item.items()}
    return [_filled(value, model) for value in item] if isinstance(item, list) else model if item == "MODEL" else item


def _refusal(url: str, patient: Patient, hosts: set[str]) -> str:
    """Why nothing is sent there; "" if it may be."""
    try:
        parts = urllib.parse.urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "its address is none"
    if parts.scheme not in ("http", "https") or not host or not url.isascii() or not url.isprintable() or " " in url:
        return "its address is none"
    if parts.scheme == "http" and host not in _LOCAL:
        return f"{quote(host)} would get the key in the clear: its address begins with http://"
    if host in hosts or load().host(host) == patient.provider.id:
        return ""
    return f"{quote(host, 80)} is no host of {patient.provider.name}; if the key may go there, add --host {host}"


def _headers(patient: Patient, headers: dict[str, str]) -> tuple[dict[str, str], set[str]]:
    """The vendor's headers with what is sent, the first that carries a key only; and those that name an ID."""
    extra, has_key = set(), False
    for spec in patient.provider.headers:
        one = patient.sent.get(spec.slot)
        value = one.value if one is not None else None
        if not value or not value.isascii() or not value.isprintable() or (spec.slot.is_secret and has_key):
            continue
        headers[spec.name] = f"{spec.scheme} {value}" if spec.scheme else value
        if spec.slot.is_secret:
            has_key = True
        else:
            extra.add(spec.name)
    return headers, extra


# -------------------------------------------------------------------------------------------------------------- asking


def ask(patient: Patient, request: Request, timeout: float) -> None:
    """Send it, and put what comes back into the patient's problems."""
    answer = _sent(request, request.headers, timeout)
    alone: Answer | Failure | None = None
    if isinstance(answer, Answer) and answer.status in (401, 403, 404) and request.extra:
        headers = {name: value for name, value in request.headers.items() if name not in request.extra}
        alone = _sent(request, headers, timeout)
    explained = answers.explain(patient, request.host, answer, alone)
    patient.problems[:0] = [explained.problem] if explained.problem is not None else []
    patient.told += explained.told
    if explained.problem is None and request.body is None:
        patient.told.append("money and limits were not tried: --model NAME --generate does")
    patient.online = explained.data


def _sent(request: Request, headers: Mapping[str, str], timeout: float) -> Answer | Failure:
    """The last answer of some attempts."""
    wait = 0.5
    for attempt in range(1, ATTEMPTS + 1):
        got = _once(request, headers, timeout)
        last = attempt == ATTEMPTS
        if isinstance(got, Failure):
            if last or not got.passing:
                return got
        elif last or not (got.status in _PASSING or (got.status == 429 and not answers.is_quota(got))):
            return got
        else:
            asked = answers.retry_after(got)
            if asked is not None and asked > LONGEST_WAIT:
                return got
            wait = asked if asked is not None else wait
        time.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT) or 0.5
    raise AssertionError


class _Staying(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like others: following it would hand the key to another host."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def _context() -> ssl.SSLContext:
    """The system's certificates, and those that the environment names for the common clients."""
    context = ssl.create_default_context()
    for name in _BUNDLES:
        path = os.environ.get(name, "")
        if path and os.path.isfile(path):
            context.load_verify_locations(path)
    return context


def _once(request: Request, headers: Mapping[str, str], timeout: float) -> Answer | Failure:
    """One exchange. What a library says of it is never shown: it may hold the headers."""
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    try:
        opener = urllib.request.build_opener(_Staying(), urllib.request.HTTPSHandler(context=_context()))
        made = urllib.request.Request(  # noqa: S310 the scheme was looked at
            request.url, data=request.body, headers={"User-Agent": "keylint-doctor", **headers}
        )
        try:
            with opener.open(made, timeout=timeout) as response:
                return _answer(response.status, response.headers, _body(response, timeout))
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.headers, _body(error, timeout))
    except urllib.error.URLError as error:
        return _failure(error.reason, host)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return _failure(error, host)


def _body(response: http.client.HTTPResponse | urllib.error.HTTPError, timeout: float) -> bytes:
    """The beginning of a body, of one that comes drop by drop as much as came in time."""
    made, end = b"", time.monotonic() + timeout
    while len(made) < MAX_BODY and time.monotonic() < end and (piece := response.read1(8192)):
        made += piece
    return made


def _answer(status: int, headers: email.message.Message, body: bytes) -> Answer:
    lower = {name.lower(): value for name, value in headers.items()}
    said = email.utils.parsedate_tz(lower.get("date", ""))
    skew = time.time() - email.utils.mktime_tz(said) if said is not None else 0.0
    return Answer(status, body.decode("utf-8", "replace"), lower, skew)


def _failure(error: object, host: str) -> Failure:
    """What kept an answer from coming, by the kind of the error."""
    proxy = urllib.request.getproxies().get("https") or urllib.request.getproxies().get("http") or ""
    through = urllib.parse.urlsplit(proxy).hostname or "" if proxy and not urllib.request.proxy_bypass(host) else ""
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in (9, 10):  # not yet valid, or expired
            return Failure("clock", host)
        return Failure("certificate", host, through)
    if isinstance(error, ssl.SSLError):
        return Failure("tls", host, through)
    if isinstance(error, socket.gaierror):
        return Failure("name", through or host, through)
    if isinstance(error, TimeoutError):
        return Failure("timeout", host, through, passing=True)
    if isinstance(error, ConnectionRefusedError):
        return Failure("refused", through or host, through)
    if isinstance(error, OSError) and "Tunnel connection failed: 407" in str(error):
        return Failure("proxy-login", through, through)
    if isinstance(error, OSError) and "Tunnel connection failed" in str(error):
        return Failure("proxy", through, through)
    if isinstance(error, OSError | http.client.HTTPException):
        return Failure("broken", host, through, passing=True)
    return Failure("unsendable", host)
