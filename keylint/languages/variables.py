"""Definitions of variables, in the formats that have their own readers: what is shared between them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.syntax import Adapter
from keylint.lazy import regex
from keylint.model import (
    Damage,
    Edit,
    Endpoint,
    Env,
    EnvDefinition,
    EnvRead,
    Fact,
    Header,
    Join,
    Literal,
    Missing,
    Opaque,
    Role,
    Slot,
    Span,
    Unset,
    Use,
    Value,
)
from keylint.providers.catalogue import GENERIC
from keylint.wiring.headers import token_of
from keylint.wiring.names import AUTHORIZATION, SECRET_NAME, header_meant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source
    from keylint.wiring.hosts import Destination


# `os.environ/X` of LiteLLM, `{env:X}` of opencode, `${env:X}` of the Serverless Framework, `${oc.env:X}` of OmegaConf,
# `%env(X)%` of Symfony.
_ENVIRONMENT = regex(r"os\.environ/(\w+)|\$?\{(?:oc\.)?env:(\w+)\}|%env\((?:\w+:)*(\w+)\)%")
_SPRING = regex(r"\$\{([A-Z][A-Z0-9_]*)\}")


def defined(
    source: Source,
    catalogue: Catalogue,
    name: str,
    name_span: Span,
    value: Value,
    where: Span,
    reader: str,
    damages: tuple[Damage, ...] = (),
    *,
    endpoint: tuple[Endpoint, str] = (Endpoint.DEFAULT, ""),
) -> Iterator[Fact]:
    """The facts of one definition: nothing if the variable is no credential's."""
    known = catalogue.variable(name) or catalogue.variable(name.upper())
    if known is None and not SECRET_NAME.search(name):
        return
    provider, slot = known or ("", None)
    live = source.role is not Role.TEMPLATE
    yield EnvDefinition(name, name_span, value, where, reader, provider, slot, damages, endpoint[0], live)
    if slot is not None and slot is not Slot.BASE_URL and live:
        yield Use(provider, slot, value, where, name, "definition", *endpoint)


def header(
    catalogue: Catalogue, name: str, name_span: Span, value: Value, where: Span, destination: Destination
) -> Iterator[Fact]:
    """The facts of a request header: itself, and what it carries as a use of the vendor's slot."""
    meant = header_meant(name, frozenset(catalogue.header_names()))
    if not meant:
        return
    yield Header(
        name,
        name_span,
        value,
        where,
        Span(name_span.start, where.end),
        destination.provider,
        destination.foreign,
        meant=meant,
        compatible=destination.compatible,
    )
    token = token_of(value) if meant == AUTHORIZATION else value
    if destination.foreign or not isinstance(token, Literal | Join):
        return
    specs = dict(catalogue.headers(meant))
    only = next(iter(specs)) if meant != AUTHORIZATION and len(specs) == 1 else GENERIC
    provider = destination.provider or only
    spec = specs.get(provider) or next(iter(specs.values()), None)
    slot = spec.slot if spec is not None and spec.slot is not Slot.AUTH_TOKEN else Slot.API_KEY
    endpoint = Endpoint.CLOUD if destination.provider else Endpoint.UNKNOWN
    yield Use(provider, slot, token, where, f"{name} header", "header", endpoint, destination.provider)


def quotes_kept(text: str, content: Span, why: str) -> tuple[Damage, ...]:
    """The damage of quotes that the reader does not take away."""
    if len(text) < 2 or text[0] not in "\"'" or text[-1] != text[0]:
        return ()
    repair = (Edit(Span(content.start, content.start + 1), ""), Edit(Span(content.end - 1, content.end), ""))
    return (Damage("quotes-kept", content, why, repair),)


def literal(text: str, content: Span, quote: str = "", whole: Span | None = None) -> Value:
    """A text as a value; "" is nothing."""
    return Literal(text, whole or content, content, quote=quote) if text else Missing("empty", whole or content)


def with_references(text: str, content: Span, reference: re.Pattern[str], whole: Span | None = None) -> Value:
    """A text in which references stand, whose first group that matched is the name of a variable."""
    where = whole or content
    parts: list[Value] = []
    at = 0
    for match in reference.finditer(text):
        start = content.start + len(text[: match.start()].encode())
        span = Span(start, start + len(match.group().encode()))
        if match.start() > at:
            parts.append(_piece(text, at, match.start(), content))
        name = next((group for group in match.groups() if group), "")
        parts.append(Env(name, span, span, Unset.EMPTY) if name else Opaque("a reference", span))
        at = match.end()
    if not parts:
        return literal(text, content, whole=where)
    if at < len(text):
        parts.append(_piece(text, at, len(text), content))
    return parts[0] if len(parts) == 1 else Join(tuple(parts), where)


def read_of(
    text: str, content: Span, reader: str, path: tuple[str, ...], provider: str, slot: Slot
) -> Iterator[EnvRead]:
    """The variable that a setting is nothing but a reference to, in the forms of readers that know the environment."""
    found = _ENVIRONMENT.fullmatch(text) or (_SPRING.fullmatch(text) if reader == "spring" else None)
    if found is None:
        return
    name = next(group for group in found.groups() if group)
    start = content.start + len(text[: text.index(name)].encode())
    where = Span(start, start + len(name))
    env = Env(name, content, where, Unset.ERROR, call=".".join(path))
    yield EnvRead(name, where, content, env.call, env, provider, slot)


def _piece(text: str, start: int, end: int, content: Span) -> Literal:
    first = content.start + len(text[:start].encode())
    where = Span(first, first + len(text[start:end].encode()))
    return Literal(text[start:end], where, where)


class MagicAdapter(Adapter):
    """The line magic ``%env NAME=value`` of a notebook: everything behind the sign is the value."""

    name = "magic"
    comments = ()
    settings = True

    def facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """See ``Adapter.facts``."""
        match = re.search(rb"([A-Za-z_]\w*)=([^\n]*)", source.data)
        if match is None:
            return []
        text = match.group(2).decode("utf-8", "replace").strip()
        content = Span(match.start(2), match.start(2) + len(text.encode()))
        damages = quotes_kept(text, content, "the magic keeps the quotes as a part of the value")
        value = with_references(text, content, re.compile(r"\{(\w+)\}|\$(\w+)"))
        name = match.group(1).decode()
        return list(defined(source, catalogue, name, Span(*match.span(1)), value, content, "process", damages))

    def is_comment(self, source: Source, offset: int) -> bool:
        """A magic has none."""
        return False

    def broken(self, data: bytes) -> bool:
        """Nothing to break."""
        return False


MAGIC = MagicAdapter()
