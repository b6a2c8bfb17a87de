"""What an API's answer means: the cause, and the next step. The knowledge is that of `keylint.diagnosis`."""

from __future__ import annotations

import email.utils
import json
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from keylint.diagnosis import diagnose
from keylint.diagnosis.shown import filled
from keylint.doctor.judging import Problem
from keylint.lazy import regex
from keylint.mask import hide
from keylint.model import Severity
from keylint.providers.catalogue import load
from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keylint.doctor.examining import Patient

SKEW = 300  # seconds that a clock may be wrong before it is worth a word
SHOWN = 300  # characters of the vendor's own message
_TOKENS = regex(r"[\w+/=.*…-]{16,}")


class Answer(Record):
    """A status, the body as text, the headers by their names in lower case; `skew` is how far this clock is ahead, in seconds."""

    status: int
    body: str
    headers: Mapping[str, str]
    skew: float = 0.0


class Failure(Record):
    """No answer: why, where, and the proxy on the way; `passing` if it may work the next time."""

    kind: str
    host: str
    proxy: str = ""
    passing: bool = False


class Explained(Record):
    """What is wrong, None if nothing is; what else there is to say; all of it as data."""

    problem: Problem | None
    told: list[str]
    data: dict[str, Any]


_FAILURES = {
    "name": (
        "no answer: the name {host} is not known (DNS)",
        "check the connection and the spelling of the address; in a container or behind a VPN, its resolver",
    ),
    "refused": ("no answer: {host} refuses the connection", "check that it runs, its port, and the proxy's settings"),
    "timeout": (
        "no answer from {host} in time",
        "check the connection, a firewall or a proxy on the way; try again later",
    ),
    "certificate": (
        "no answer: the certificate of {host} is signed by nobody that this system trusts",
        "a proxy that reads TLS is the usual cause: name its certificate in SSL_CERT_FILE (Node: NODE_EXTRA_CA_CERTS)",
    ),
    "clock": (
        "no answer: the certificate of {host} is not valid at the time that this clock shows",
        "set the clock; if it is right, a proxy on the way shows an old certificate",
    ),
    "tls": ("no answer: {host} does not speak TLS there", "check the address and its port, and the proxy on the way"),
    "proxy": (
        "no answer: the proxy {host} does not let the request through",
        "ask who runs it, or add the host to NO_PROXY",
    ),
    "proxy-login": (
        "no answer: the proxy {host} wants a login",
        "put it into HTTPS_PROXY: http://name:password@host:port",
    ),
    "broken": (
        "no answer: the connection to {host} broke off",
        "try again; if it stays, a proxy or a firewall cuts it",
    ),
    "unsendable": ("nothing was sent: no client can make a request of this", "look at the problems above"),
}


def explain(patient: Patient, host: str, answer: Answer | Failure, alone: Answer | Failure | None) -> Explained:
    """Put an answer into words. `alone` is the one to the same request without organization and project."""
    if isinstance(answer, Failure):
        says, help = _FAILURES[answer.kind]
        via = f" (through the proxy {answer.proxy})" if answer.proxy and answer.proxy != answer.host else ""
        data: dict[str, Any] = {"host": host, "status": None, "failure": answer.kind}
        return Explained(Problem(Severity.ERROR, says.format(host=answer.host) + via, "", help), [], data)
    told = list(limits(answer))
    if abs(answer.skew) > SKEW:
        told.append(f"this clock is {round(abs(answer.skew) / 60)} minutes {'ahead' if answer.skew > 0 else 'behind'}")
    data = {"host": host, "status": answer.status, "failure": None}
    if 200 <= answer.status < 300:
        return Explained(None, [f"{host} accepts the key ({answer.status})", *told], data)
    data["code"] = code(answer)
    problem = _redirect(answer, host) or _misplaced_ids(answer, alone) or _meaning(patient, answer)
    said = message(answer)
    if said:
        told.insert(0, f"{host} says: {said}")
    if isinstance(alone, Answer):
        data["alone"] = alone.status
    return Explained(problem, told, data)


def _redirect(answer: Answer, host: str) -> Problem | None:
    if not 300 <= answer.status < 400:
        return None
    where = re.sub(r"[?#].*", "", answer.headers.get("location", ""))
    other = re.match(r"https?://([^/@\s]+)", where)
    target = other[1] if other else host
    return Problem(
        Severity.ERROR,
        f"{answer.status}: {host} sends the request on to {hide(target)}, where the key was not sent",
        "",
        "correct the base URL if that is the vendor's own address; be wary of it if it is not",
    )


def _misplaced_ids(answer: Answer, alone: Answer | Failure | None) -> Problem | None:
    """The same key without organization and project is accepted: they are the cause."""
    if not isinstance(alone, Answer) or not 200 <= alone.status < 300:
        return None
    return Problem(
        Severity.ERROR,
        f"{_status(answer)}: the key is right, and it does not belong to the organization or project that is sent with it",
        "",
        "leave both out (a key knows where it belongs), or copy the IDs from the account that made the key",
    )


def _meaning(patient: Patient, answer: Answer) -> Problem:
    diagnosis = diagnose(f"Error code: {answer.status} - {answer.body}", load(), patient.provider)
    if diagnosis is None:
        kind = "the service has a problem" if answer.status >= 500 else "keylint does not know this answer"
        return Problem(Severity.ERROR, f"{_status(answer)}: {kind}", "", "read what it says below, and try again")
    said = diagnosis.asked or {"says": diagnosis.causes[0].says, "do": diagnosis.causes[0].do}
    told = replace(diagnosis, provider=patient.provider)
    return Problem(Severity.ERROR, f"{_status(answer)}: {filled(said['says'], told)}", "", filled(said["do"], told))


def _status(answer: Answer) -> str:
    return " ".join(filter(None, [str(answer.status), code(answer)]))


# --------------------------------------------------------------------------------------------------- what a body says


def _error(answer: Answer) -> Any:
    try:
        body = json.loads(answer.body)
    except ValueError:
        return {}
    while isinstance(body, list) and body:
        body = body[0]
    found = body.get("error", body) if isinstance(body, dict) else {}
    return found if isinstance(found, dict) else {"message": str(found)}


def code(answer: Answer) -> str:
    """What the body calls the error: ``invalid_api_key``, ``RESOURCE_EXHAUSTED``; "" if it has no name for it."""
    error = _error(answer)
    for name in ("code", "status", "type"):
        value = error.get(name)
        if isinstance(value, str) and re.fullmatch(r"[A-Za-z][A-Za-z_.-]{2,60}", value):
            return value
    return ""


def message(answer: Answer) -> str:
    """The vendor's own words, without anything that could be a part of a key."""
    error = _error(answer)
    said = error.get("message") or error.get("detail") or ""
    text = hide(" ".join(str(said).split()))  # before it is cut: a piece of a key may look like none
    return _TOKENS.sub(lambda match: "…" if re.search(r"\d|\*|…", match.group()) else match.group(), text)[:SHOWN]


def is_quota(answer: Answer) -> bool:
    """Whether a 429 is about money, which waiting does not mend."""
    diagnosis = diagnose(f"Error code: {answer.status} - {answer.body}", load())
    return diagnosis is not None and diagnosis.name == "quota"


def retry_after(answer: Answer) -> float | None:
    """How many seconds an answer asks to wait (RFC 9110, 10.2.3; OpenAI and Azure give milliseconds too)."""
    milliseconds = answer.headers.get("retry-after-ms", "")
    if re.fullmatch(r"\d+(\.\d+)?", milliseconds):
        return float(milliseconds) / 1000
    said = answer.headers.get("retry-after", "")
    if re.fullmatch(r"\d+(\.\d+)?", said):
        return float(said)
    date = email.utils.parsedate_tz(said)
    return max(email.utils.mktime_tz(date) - time.time(), 0.0) if date is not None else None


def limits(answer: Answer) -> Iterator[str]:
    """The headers about limits, in words.

    https://platform.openai.com/docs/guides/rate-limits (x-ratelimit-…), https://platform.claude.com/docs/en/api/rate-limits
    (anthropic-ratelimit-…).
    """
    for prefix in ("x-ratelimit-", "anthropic-ratelimit-"):
        kinds: dict[str, dict[str, str]] = {}
        for name, value in answer.headers.items():
            if name.startswith(prefix):
                rest = name.removeprefix(prefix)
                parts = rest.partition("-")[::2] if prefix.startswith("x-") else rest.rpartition("-")[::2][::-1]
                if parts[0] in ("limit", "remaining", "reset"):
                    kinds.setdefault(parts[1].replace("-", " "), {})[parts[0]] = value
        for kind, told in kinds.items():
            if "limit" in told and "remaining" in told and all(map(str.isdecimal, (told["limit"], told["remaining"]))):
                reset = f", full again {_when(told['reset'])}" if told.get("reset") else ""
                yield f"{told['remaining']} of {told['limit']} {kind} are left{reset}"
    wait = retry_after(answer)
    if wait is not None and answer.status >= 400:
        yield f"it asks to wait {_seconds(wait)} before the next request"


def _when(said: str) -> str:
    """``20s``, ``6m0s`` or a time."""
    if re.fullmatch(r"(?:\d+(?:\.\d+)?(?:ms|[dhms]))+", said):
        return f"in {said}"
    return f"at {said}" if re.fullmatch(r"[\dTZ:.+-]+", said) else "later"


def _seconds(wait: float) -> str:
    return f"{wait:g} seconds" if wait < 120 else f"{round(wait / 60)} minutes"
