"""Requests that a library repeats: decorators, options that mean for ever; and an exhausted quota that is waited for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.syntax import Call
from keylint.lazy import regex
from keylint.model import Retry, Span
from keylint.providers.catalogue import GENERIC
from keylint.wiring import attempts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from keylint.languages.code import CodeFile
    from keylint.wiring.sending import Sending

_LIBRARIES = regex(rb"tenacity|backoff|retrying|^[ \t]*(?:from retry(?:\.\w+)* import|import retry\b)", re.MULTILINE)
_OWN_RETRY = regex(rb"^[ \t]*from (?!tenacity|retrying|retry\b|backoff)[\w.]+ import [^\n]*\bretry\b", re.MULTILINE)
_DECORATOR = regex(rb"^[ \t]*@(?:(?:tenacity\.)?retry(?!\.)|(?:backoff\.)?on_exception)\b", re.MULTILINE)
# Classes of failures that do not pass: a wrong key among them.
_ANY_FAILURE = regex(r"(?<![\w.])Exception\b|\b(?:OpenAI|Anthropic)Error\b|\bAPI(?:Status)?Error\b")
_ENDS = regex(r"stop(?!_never|\s*=\s*(?:tenacity\.)?stop_never)|\*\*|max_tries|max_time|giveup|\btries\s*=\s*(?!-1)")
_RETRYER = regex(rb"\b(?:Async)?Retrying\s*\(")
# Options of libraries for JavaScript: p-retry, async-retry, exponential-backoff, axios-retry.
_FOR_EVER = regex(
    rb"\bforever\s*:\s*true\b|\b(?:retries|numOfAttempts|maxAttempts|maxRetries|attempts|times|limit|tries)\s*:\s*"
    rb"(?:Infinity|Number\.(?:MAX_SAFE_INTEGER|MAX_VALUE|POSITIVE_INFINITY))\b"
)
_RETRIES = regex(r"retry|backoff|attempt", re.IGNORECASE)
_CHOOSES = regex(r"shouldRetry|\bbail\b|AbortError|retryIf|retryCondition|onFailedAttempt|\bretry\s*:")
_SAID = {
    "csharp": regex(rb"\.(?:Wait)?(?:And)?RetryForever(?:Async)?\s*\(|MaxRetryAttempts\s*=\s*int\.MaxValue"),
    "java": regex(rb"maxAttempts\s*(?:\(|=)\s*Integer\.MAX_VALUE"),
    "kotlin": regex(rb"maxAttempts\s*(?:\(|=)\s*Int(?:eger)?\.MAX_VALUE"),
    "go": regex(rb"\bretry\.Attempts\(0\)|MaxElapsedTime\s*=\s*0\b"),
}
_CALLED = regex(r"(?<![\w.])([A-Za-z_]\w*)\s*\(|\(\s*([A-Za-z_]\w*)\s*[,)]")
_NEGATED = regex(r"\bnot\b|!=|!\s*\(?\s*\w|\bunless\b")
_PER_MINUTE = regex(rb"gemini|google|generativeai|vertex", re.IGNORECASE)  # what is called quota there passes


def found(file: CodeFile, language: str, sending: Sending) -> Iterator[Retry]:
    """All that a file has of these."""
    if language == "python" and sending.requests and _LIBRARIES.search(file.data) and not _OWN_RETRY.search(file.data):
        yield from _decorators(file, sending)
        yield from _retryers(file, sending)
    if language in ("javascript", "typescript", "tsx"):
        yield from _options(file, sending)
    said = _SAID.get(language)
    for match in said.finditer(file.data) if said is not None else ():
        if sending.requests and not file.is_comment(match.start()):
            where = Span(*match.span())
            yield Retry(sending.requests[0].provider, where, where, "library", "never", "growing")
    if sending.speaks_of_limits():
        yield from _quota(file, sending)


def _decorators(file: CodeFile, sending: Sending) -> Iterator[Retry]:
    """``@retry`` of tenacity, retrying or retry without an end, around a function that sends a request."""
    for match in _DECORATOR.finditer(file.data):
        leaf = file.leaf(match.end() - 1)
        decorator = next((node for node in file.ancestors(leaf) if node.type == "decorator"), None) if leaf else None
        function = file.parent(decorator) if decorator is not None else None
        request = sending.sends(function) if function is not None else None
        if decorator is None or function is None or request is None:
            continue
        text = file.text(decorator)
        if "on_exception" in text and not _ANY_FAILURE.search(text):
            continue
        yield Retry(
            request.provider,
            span(decorator),
            span(function),
            "decorator",
            "" if _ENDS.search(text) else "never",
            _waits(text),
            bool(attempts.LIMITED.search(text)),
            bool(attempts.QUOTA.search(text)) or "retry_if_exception(" in text,
        )


def _waits(text: str) -> str:
    if re.search(r"wait_fixed|wait=\d|constant|\bdelay\s*=", text) and not re.search(r"backoff\s*=|jitter", text):
        return "fixed"
    return "growing" if re.search(r"wait|expo|fibo|runtime|backoff\s*=|jitter", text) else "no"


def _retryers(file: CodeFile, sending: Sending) -> Iterator[Retry]:
    """``for attempt in Retrying(wait=…)``, ``Retrying(…)(client.responses.create, …)`` without an end."""
    for match in _RETRYER.finditer(file.data):
        call = sending.call_at(match.end() - 1)
        text = file.text(call.node) if call is not None else ""
        if call is None or not sending.requests or _ENDS.search(text) or "retry_if_exception(" in text:
            continue
        yield Retry(sending.requests[0].provider, call.span, call.span, "library", "never", _waits(text))


def _options(file: CodeFile, sending: Sending) -> Iterator[Retry]:
    """``pRetry(() => send(), { forever: true })``."""
    for match in _FOR_EVER.finditer(file.data):
        call = _library_call(file, match.start())
        if call is None or file.is_comment(match.start()):
            continue
        text = file.text(call.node)
        request = sending.within(call.span) or sending.by_name(
            match.group(1) or match.group(2) for match in _CALLED.finditer(text)
        )
        provider = request.provider if request is not None else sending.provider if "axios" in call.written else ""
        if provider and not _CHOOSES.search(text):
            where = Span(*match.span())
            yield Retry(provider, where, call.span, "library", "never", "growing")


def _library_call(file: CodeFile, offset: int) -> Call | None:
    """The call around an offset whose callee speaks of repeating."""
    leaf = file.leaf(offset)
    for above in file.ancestors(leaf) if leaf is not None else ():
        shape = file.shape(above)
        if isinstance(shape, Call) and _RETRIES.search(shape.written):
            return shape
        if above.type in file.statements:
            break
    return None


def _quota(file: CodeFile, sending: Sending) -> Iterator[Retry]:
    """``if error.code == "insufficient_quota": sleep(60); continue``: what does not pass is waited for."""
    seen: set[int] = set()
    for number, match in enumerate(re.finditer(rb"(?i)insufficient_quota|quota", file.data)):
        leaf = file.leaf(match.start()) if number < attempts.MAX_ATTEMPTS else None
        branch = _tested(file, leaf) if leaf is not None else None
        if leaf is None or branch is None or branch.id in seen:
            continue
        seen.add(branch.id)
        if match.group() != b"insufficient_quota" and (
            _PER_MINUTE.search(file.data) or not re.search(rb"(?i)openai", file.data)
        ):
            continue
        taken = branch.child_by_field_name("consequence") or branch.child_by_field_name("body")
        if taken is None or any(True for _ in attempts.words(file, taken, attempts.EXITS)):
            continue
        text = file.text(taken)
        waits = attempts.waiting(text)
        if waits == "no" or not attempts.LIMITED.search(file.text(file.root)):
            continue
        where = Span(branch.start_byte, taken.end_byte)
        yield Retry(sending.provider or GENERIC, where, where, "quota", "", waits, tells_quota=True)


def _tested(file: CodeFile, leaf: Node) -> Node | None:
    """The conditional statement that asks, not negated, for what a leaf says."""
    asks = attempts.asking(file, leaf, ("if_statement", "if_expression", "if", "elif_clause"))
    return asks[0] if asks is not None and not _NEGATED.search(asks[1]) else None
