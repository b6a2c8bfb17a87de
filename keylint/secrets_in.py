"""Where the secrets of a file stand, so that no excerpt shows one."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from keylint.judge import Kind
from keylint.lazy import regex
from keylint.mask import looks_secret
from keylint.model import Env, EnvDefinition, EnvRead, Fact, Foreign, Join, Literal, Opaque, Span, Text, Use, Value
from keylint.wiring.names import SECRET_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from keylint.context import Context

# Variables whose fallback is masked whatever it looks like: a weak password looks like any word.
_PRIVATE = regex(r"pass|pwd|secret|token|key|cred|private|salt|auth", re.IGNORECASE)
_WITH_PASSWORD = regex(r"://[^/\s:@]*:[^/\s@]+@")
_SHOWN = (Kind.PLACEHOLDER, Kind.NAME, Kind.TEMPLATE, Kind.CODE, Kind.MISSING, Kind.EMPTY)


def spans(facts: Iterable[Fact], context: Context) -> list[Span]:
    """The spans of everything that is, or may be, a secret: in order, those that overlap made one."""
    merged: list[Span] = []
    for span in sorted(span for fact in facts for span in _of(fact, context)):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        elif span.start < span.end:
            merged.append(span)
    return merged


def cut(within: Span, secrets: Sequence[Span]) -> Iterator[tuple[Span, bool]]:
    """A stretch of source in pieces, in order, and which of them are secrets; `secrets` as ``spans`` gives them."""
    at = within.start
    for index in range(bisect_right(secrets, within.start, key=lambda secret: secret.end), len(secrets)):
        secret = secrets[index]
        start, end = max(secret.start, within.start), min(secret.end, within.end)
        if start >= end:
            break
        if at < start:
            yield Span(at, start), False
        yield Span(start, end), True
        at = end
    if at < within.end:
        yield Span(at, within.end), False


def _of(fact: Fact, context: Context) -> Iterator[Span]:
    if isinstance(fact, Text | Foreign):
        yield fact.span
    elif isinstance(fact, Use) and fact.slot.is_secret:
        yield from _literals(fact.value, fact.host or fact.provider, context)
    elif isinstance(fact, EnvDefinition) and (
        (fact.slot is not None and fact.slot.is_secret) or SECRET_NAME.search(fact.name)
    ):
        yield from _literals(fact.value, fact.provider, context)
    elif isinstance(fact, EnvRead):
        named = (fact.slot is not None and fact.slot.is_secret) or _PRIVATE.search(fact.name)
        yield from _literals(fact.value, fact.provider, context, sure=not named)
        if context.judge(fact.name).kind is Kind.KEY:
            yield fact.name_span


def _literals(value: Value | None, provider: str, context: Context, *, sure: bool = False) -> Iterator[Span]:
    """Literals that cannot be told from a secret; with `sure`, those that look like one."""
    if isinstance(value, Literal):
        kind = context.judge(value.text, provider).kind
        shows = looks_secret(value.text) or _WITH_PASSWORD.search(value.text) is not None
        if (kind in (Kind.KEY, Kind.DAMAGED) or shows) if sure else kind not in _SHOWN:
            yield from value.parts or (value.content,)
    elif isinstance(value, Join):
        for part in value.parts:
            yield from _literals(part, provider, context, sure=sure)
    elif isinstance(value, Env):
        yield from _literals(value.default, provider, context, sure=sure)
    elif isinstance(value, Opaque):
        yield from _literals(value.fallback, provider, context, sure=sure)
