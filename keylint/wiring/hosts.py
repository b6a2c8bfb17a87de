"""Where requests go: host names in values, in the call around a header, in the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Endpoint, Env, Join, Literal, Opaque, Value
from keylint.record import Record

if TYPE_CHECKING:
    from keylint.providers.catalogue import Catalogue

_URL = regex(r"(?:https?|wss?)://(?:[^/@\s\"'`]*@)?([A-Za-z0-9.\-\[\]]*)")
_RAW_URL = regex(rb"(?:https?|wss?)://([A-Za-z0-9.-]+)")
_ADDRESS = regex(r"^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$")

# Hosts that a file names without calling them: documentation, badges, standards, code hosting.
_TALK = regex(
    rb"(?:^|\.)(?:github\.com|githubusercontent\.com|gitlab\.com|stackoverflow\.com|wikipedia\.org|w3\.org|python\.org|npmjs\.com|pypi\.org"
    rb"|readthedocs\.io|mozilla\.org|medium\.com|youtube\.com|twitter\.com|x\.com|platform\.openai\.com|help\.openai\.com|console\.anthropic\.com"
    rb"|docs\.[a-z0-9-]+\.[a-z]+|example\.(?:com|org)|schemas?\.[a-z0-9.-]+|json-schema\.org|jsdelivr\.net|unpkg\.com|googleapis\.com|gstatic\.com)$"
)
_AZURE_PATHS = ("/openai/deployments/", "?api-version=")


class Destination(Record):
    """Whose host it is: a provider's id, or "" with `foreign` telling an unknown host from no host at all."""

    provider: str = ""
    foreign: bool = False
    compatible: bool = False

    @property
    def known(self) -> bool:
        """Whether anything is known of where the request goes."""
        return bool(self.provider) or self.foreign


def hosts_of(value: Value) -> list[str]:
    """The host names in a value that is, or begins with, a URL; "" for a URL whose host is put together at run time."""
    if isinstance(value, Literal):
        found = [match.group(1).lower() for match in _URL.finditer(value.text)]
        if not found and _ADDRESS.match(value.text) and "." in value.text:
            found = [value.text.lower()]
        return found
    if isinstance(value, Join):
        text = "".join(part.text if isinstance(part, Literal) else "\0" for part in value.parts)
        return [match.group(1).lower() for match in re.finditer(r"(?:https?|wss?)://([^/\s]*)", text)]
    if isinstance(value, Env) and value.default is not None:
        return hosts_of(value.default)
    if isinstance(value, Opaque) and value.fallback is not None:
        return hosts_of(value.fallback)
    return []


def destination(value: Value, catalogue: Catalogue) -> Destination:
    """Whose host a URL value names."""
    hosts = hosts_of(value)
    if any(mark in _text(value) for mark in _AZURE_PATHS):
        return Destination("azure")  # https://learn.microsoft.com/azure/ai-foundry/openai/reference
    for host in hosts:
        provider = catalogue.host(
            host.rpartition("\0")[2].lstrip(".") if "\0" in host and not host.endswith("\0") else host
        )
        provider = provider or _by_suffix(host, catalogue)
        if provider:
            path = catalogue[provider].compatible
            return Destination(provider, compatible=bool(path) and path in _text(value))
    return Destination(foreign=any(host and host != "\0" for host in hosts))


def _text(value: Value) -> str:
    parts = value.parts if isinstance(value, Join) else (value,)
    return "".join(part.text for part in parts if isinstance(part, Literal))


def _by_suffix(host: str, catalogue: Catalogue) -> str:
    """``{resource}.openai.azure.com`` put together at run time."""
    return catalogue.host("x" + host[host.rindex("\0") + 1 :]) if "\0." in host else ""


def endpoint(value: Value | None, catalogue: Catalogue) -> tuple[Endpoint, str]:
    """What a base URL makes of a client, and the id of the provider whose host it is."""
    if value is None:
        return Endpoint.DEFAULT, ""
    if isinstance(value, Literal | Join | Env | Opaque):
        found = destination(value, catalogue)
        if found.provider and isinstance(value, Env | Opaque):
            return Endpoint.UNKNOWN, found.provider  # the vendor's host is only what is left if nobody names another
        if found.provider:
            return Endpoint.CLOUD, found.provider
        if isinstance(value, Literal) or found.foreign:
            return Endpoint.CUSTOM, ""
        return Endpoint.UNKNOWN, ""
    return Endpoint.DEFAULT, ""  # None and "" leave the default in place


def of_file(data: bytes, catalogue: Catalogue) -> Destination:
    """Whose hosts a whole file names, where nothing nearer tells: one provider's, or none that can be told."""
    providers: set[str] = set()
    foreign = False
    for match in _RAW_URL.finditer(data):
        host = match.group(1).decode()
        provider = catalogue.host(host)
        if provider:
            providers.add(provider)
        elif not _TALK.search(match.group(1).lower()):
            foreign = True
    if len(providers) == 1 and not foreign:
        return Destination(providers.pop())
    return Destination(foreign=foreign and not providers)
