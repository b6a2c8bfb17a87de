"""Where the secrets of a file stand, so that no excerpt shows one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.judge import Kind
from keylint.model import Env, EnvDefinition, EnvRead, Fact, Foreign, Join, Literal, Opaque, Span, Text, Use, Value
from keylint.wiring.names import SECRET_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keylint.context import Context

_SHOWN = (Kind.PLACEHOLDER, Kind.NAME, Kind.TEMPLATE, Kind.CODE, Kind.MISSING, Kind.EMPTY)


def spans(facts: Iterable[Fact], context: Context) -> list[Span]:
    """The spans of everything that is, or may be, a secret."""
    found = [span for fact in facts for span in _of(fact, context)]
    return sorted(span for span in found if span.start < span.end)


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
        yield from _literals(fact.value, fact.provider, context)
        if context.judge(fact.name).kind is Kind.KEY:
            yield fact.name_span


def _literals(value: Value | None, provider: str, context: Context) -> Iterator[Span]:
    """Literals that cannot be told from a secret."""
    if isinstance(value, Literal):
        if context.judge(value.text, provider).kind not in _SHOWN:
            yield from value.parts or (value.content,)
    elif isinstance(value, Join):
        for part in value.parts:
            yield from _literals(part, provider, context)
    elif isinstance(value, Env):
        yield from _literals(value.default, provider, context)
    elif isinstance(value, Opaque):
        yield from _literals(value.fallback, provider, context)
