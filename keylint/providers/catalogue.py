"""All providers together, and the questions that are asked of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, Any

import tomli

from keylint.lazy import regex
from keylint.providers import raw_files
from keylint.providers.schema import ClientSpec, HeaderSpec, KeyFormat, Provider, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from keylint.model import Slot
    from keylint.providers.linear import Linear

GENERIC = "generic"

# What may stand directly before a key: no letter or digit, unless it ends an escape (\n), a percent code or a scheme.
BEFORE = r"(?:(?<![A-Za-z0-9_\-])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2})|(?<=[Bb]earer))"
AFTER = r"(?![A-Za-z0-9_\-])"


def load(extra: Mapping[str, Mapping[str, Any]] | None = None, own: Iterable[str] = ()) -> Catalogue:
    """The built-in providers and the user's own; a user's table of a known id adds to that provider's.

    `own` are base URLs of gateways of the user's: hosts that no provider's rules are for.
    """
    tables: dict[str, dict[str, Any]] = {name: tomli.loads(raw.decode()) for name, raw in raw_files()}
    built_in = {name: len(table.get("keys", ())) for name, table in tables.items()}
    for name, table in (extra or {}).items():
        tables[name] = _merged(tables.get(name, {}), dict(table))
    parsed = [
        parse(name, table, "" if name not in (extra or {}) else f"providers.{name}", built_in.get(name, 0))
        for name, table in tables.items()
    ]
    return Catalogue(parsed, own)


def _merged(old: Any, new: Any) -> Any:
    """Tables are merged, lists appended, anything else replaced."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: _merged(old[key], value) if key in old else value for key, value in new.items()}}
    if isinstance(old, list) and isinstance(new, list):
        return [*old, *new]
    return new


class Catalogue:
    """All providers, and look-ups across them."""

    def __init__(self, providers: Iterable[Provider], own: Iterable[str] = ()) -> None:
        self.cached = True  # whether what is compiled for it may be kept in keylint's cache
        self._own = {re.sub(r"^\w+://|[:/].*$", "", url.lower()) for url in own}
        self.providers: dict[str, Provider] = {provider.id: provider for provider in providers}
        self._variables: dict[str, tuple[str, Slot]] = {}
        self._parameters: dict[str, tuple[str, Slot]] = {}
        self._headers: dict[str, list[tuple[str, HeaderSpec]]] = {}
        self._clients: dict[tuple[str, str], list[ClientSpec]] = {}
        self._defaults: dict[tuple[str, str], list[ClientSpec]] = {}
        self._builders: dict[tuple[str, str], list[ClientSpec]] = {}
        for provider in self.providers.values():
            for slot, names in provider.variables.items():
                for name in names:
                    self._variables.setdefault(name, (provider.id, slot))
            for slot, names in provider.parameters.items():
                for name in names:
                    self._parameters.setdefault(name, (provider.id, slot))
            for header in provider.headers:
                self._headers.setdefault(header.name.lower(), []).append((provider.id, header))
            for client in provider.clients:
                if client.builder:
                    for method in client.slots:
                        self._builders.setdefault((client.language, method), []).append(client)
                    continue
                for name in client.names:
                    self._clients.setdefault((client.language, name), []).append(client)
                for module in client.modules if client.default else ():
                    self._defaults.setdefault((client.language, module), [client])
        self.formats: tuple[KeyFormat, ...] = tuple(
            sorted((key for provider in self.providers.values() for key in provider.keys), key=_specific_first)
        )
        self._full = [(key, expression(key)) for key in self.formats]
        self._standalone = [
            (key, expression(key, "" if key.anchor in key.pattern and not key.random else BEFORE, AFTER))
            for key in self.formats
            if key.standalone
        ]

    def __getitem__(self, identity: str) -> Provider:
        return self.providers.get(identity) or self.providers[GENERIC]

    @property
    def generic(self) -> Provider:
        """The provider that stands for "some service"."""
        return self.providers[GENERIC]

    @cached_property
    def request_pattern(self) -> re.Pattern[bytes]:
        """A call of a method that sends a request; group 1 is the method's name as it is written."""
        names = sorted(
            {name for provider in self.providers.values() for name in provider.requests}, key=len, reverse=True
        )
        written = "|".join(re.escape(name).replace(r"\.", r"(?:\(\))?\s*(?:\.|->|::)") for name in names)
        return re.compile(rf"(?<![A-Za-z0-9_])({written})\s*\(".encode())

    def sender(self, method: str) -> str:
        """The provider whose SDK has a method that sends a request."""
        plain = re.sub(r"\(\)|\s|->|::", lambda match: "." if match.group() in ("->", "::") else "", method)
        return next((provider.id for provider in self.providers.values() if plain in provider.requests), "")

    def variable(self, name: str) -> tuple[str, Slot] | None:
        """The provider and slot that an environment variable's exact name belongs to."""
        return self._variables.get(name)

    def spoken_of(self, name: str) -> str:
        """The provider that a name speaks of, one with keys: `openai` of ``MY_OPENAI_TOKEN``; "" if it is none."""
        words = set(re.split(r"[^a-z0-9]+", name.lower()))
        named = (one for one in self.providers.values() if one.keys and words & {one.id, *one.words})
        return next((provider.id for provider in named), "")

    def variables(self) -> Mapping[str, tuple[str, Slot]]:
        """All variables known by name."""
        return self._variables

    def parameter(self, name: str) -> tuple[str, Slot] | None:
        """The provider and slot of a parameter or option name that speaks for itself."""
        return self._parameters.get(name)

    def headers(self, name: str) -> list[tuple[str, HeaderSpec]]:
        """The providers that know a header of this name (in any case), with what they say of it."""
        return self._headers.get(name.lower(), [])

    def header_names(self) -> Iterable[str]:
        """All known header names, lower case."""
        return self._headers

    def clients(self, language: str, name: str) -> list[ClientSpec]:
        """SDK entry points of this (last, or last two) name in a language."""
        return self._clients.get((language, name), [])

    def defaults(self, language: str, module: str) -> list[ClientSpec]:
        """The entry points that are a module's default export."""
        return self._defaults.get((language, module), [])

    def builders(self, language: str, method: str) -> list[ClientSpec]:
        """The builders that have a method of this name for a slot."""
        return self._builders.get((language, method), [])

    def client_names(self, language: str) -> set[str]:
        """All names of SDK entry points in a language."""
        return {name for known, name in self._clients if known == language}

    def attributes(self, language: str, module: str, name: str) -> tuple[str, Slot] | None:
        """The provider and slot of a module-level setting such as ``openai.api_key``."""
        for provider in self.providers.values():
            for spec in provider.attributes:
                if spec.language == language and spec.module == module and name in spec.slots:
                    return provider.id, spec.slots[name]
        return None

    def host(self, host: str) -> str:
        """The id of the provider that a host name (without port) belongs to; "" if it is no known one."""
        host = host.lower()
        if host in self._own:
            return ""
        for provider in self.providers.values():
            for known in provider.hosts:
                if host == known or (known.startswith("*.") and host.endswith(known[1:])):
                    return provider.id
        return ""

    def identify(self, text: str, provider: str = "") -> KeyFormat | None:
        """The format that a whole text has. Formats without a prefix count only for the provider that is asked about."""
        for key, pattern in self._full:
            if (key.standalone or key.provider == provider) and pattern.fullmatch(text):
                return key
        return None

    def find(self, text: str) -> list[tuple[int, int, KeyFormat]]:
        """All key-shaped stretches of a text as (start, end, format), first come first; overlaps are dropped."""
        found: list[tuple[int, int, KeyFormat]] = []
        for key, pattern in self._standalone:
            before = len(found)  # matches of one pattern do not overlap
            for match in pattern.finditer(text):
                at = bisect_left(found, match.end(), 0, before, key=lambda item: item[0])
                if at == 0 or found[at - 1][1] <= match.start():
                    found.append((match.start(), match.end(), key))
            if len(found) > before:
                found.sort(key=lambda item: item[0])
        return found

    def vendor_by_prefix(self, text: str) -> str:
        """The vendor whose prefix a text bears, if only one vendor's keys begin so; for texts that are no whole key."""
        best = ""
        owner = ""
        for key in self.formats:
            if key.prefix and text.startswith(key.prefix) and len(key.prefix) > len(best):
                best, owner = key.prefix, key.provider
        return owner if len(best) > len("sk-") else ""


def expression(key: KeyFormat, before: str = "", after: str = "") -> re.Pattern[str] | Linear:
    """What matches a key of a format, between what must stand before it and behind it."""
    if not key.foreign:
        return regex(before + key.pattern + after)
    from keylint.providers.linear import Linear

    return Linear(key.pattern, before, after)


def _specific_first(key: KeyFormat) -> tuple[int, int, int]:
    """Formats with a marker or a long prefix are tried before those that say little."""
    return (key.random, not key.standalone, -len(key.prefix))
