"""What YAML, JSON and TOML have in common: settings, found by their path, and who reads them.

A format's parser yields ``Setting``s; here they become facts. Which references a reader expands is known for the readers
in ``READERS``; in any other file a reference may be one, so nothing is said of it.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from keylint.judge import REFERENCE as KEPT_ELSEWHERE
from keylint.languages import encoded
from keylint.languages.readers import REFERENCES, reader_of
from keylint.languages.scripts import holds_script
from keylint.languages.variables import header, quotes_kept, read_of, with_references
from keylint.lazy import regex
from keylint.model import (
    Bundled,
    Damage,
    Edit,
    Endpoint,
    Env,
    EnvDefinition,
    Fact,
    Literal,
    Log,
    Missing,
    Opaque,
    Role,
    Slot,
    Span,
    Unset,
    Use,
    Value,
)
from keylint.providers.catalogue import GENERIC, Catalogue
from keylint.record import Record
from keylint.roles import of as of_path
from keylint.wiring import hosts
from keylint.wiring.names import BASE_URL, PUBLIC_PREFIX, SECRET_NAME, header_meant, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keylint.source import Source


class Setting(Record):
    """A scalar and the keys that lead to it; `siblings` are the other scalars of its mapping, by their plain names."""

    path: tuple[str, ...]
    text: str | None  # None for null
    span: Span
    content: Span
    key_span: Span
    quote: str = ""
    siblings: Mapping[str, str] = MappingProxyType({})
    listed: bool = False  # an item of a list
    in_list: bool = False  # of a mapping that is an item of a list


# Settings that are references to a value kept elsewhere, whoever reads them.
REFERENCE = regex(
    r"^\s*(?:\$\{|\$\(|\{\{|<%|%\{|#\{|\$[A-Za-z_]|%[A-Za-z_]\w*%|@[A-Za-z_.]+[(@]|!|\{env:)|\{\{.*\}\}|\$\{\{.*\}\}"
    rf"|{KEPT_ELSEWHERE.pattern}",
    re.IGNORECASE,
)
# A reference in the middle of a header; what stands around it is sent as it is.
_INSIDE = regex(
    r"\$\{\{\s*(?:\w+\.)?([\w-]+)\s*\}\}|\{\{\s*([\w.]+)[^}]*\}\}|\$\{([A-Za-z_]\w*)[^}]*\}|\$\(([\w.]+)\)|\$([A-Za-z_]\w*)"
    r"|%([A-Za-z_]\w*)%|<%[^%]*%>"
)
_LISTED = regex(r"([A-Za-z_]\w*)=(.*)$", re.DOTALL)
_ENVIRONMENT = {
    "env",
    "environment",
    "envs",
    "variables",
    "env_variables",
    "environmentvariables",
    "vars",
    "stringdata",
    "data",
    "envvars",
}
_KEY = {"apikey", "key", "token", "accesstoken", "secretkey", "apitoken", "authtoken", "secret"}
_ORGANIZATION = {"organization", "organizationid", "orgid", "org"}
_PROJECT = {"project", "projectid"}


class ConfigWiring:
    """Makes the facts of one file of settings."""

    def __init__(self, source: Source, settings: list[Setting], catalogue: Catalogue) -> None:
        self.source = source
        self.settings = settings
        self.catalogue = catalogue
        self.reader = reader_of(source)
        self.live = source.role is not Role.TEMPLATE
        self.headers = frozenset(catalogue.header_names())
        self.lists: dict[tuple[str, ...], dict[str, str]] = {}  # the variables of each list of NAME=value, by its path
        for setting in settings:
            if setting.listed and setting.text and (match := _LISTED.match(setting.text)):
                self.lists.setdefault(setting.path, {})[match.group(1)] = match.group(2)

    def facts(self) -> list[Fact]:
        """All facts of the file."""
        return [fact for setting in self.settings for fact in self._of(setting)]

    def _of(self, setting: Setting) -> Iterator[Fact]:
        if not setting.path:
            return
        last = setting.path[-1]
        if setting.path[0] == "pytest" or setting.path[:2] == ("tool", "pytest"):
            return  # what tests are run with
        if setting.path[:2] == ("template", "environment"):
            return  # netlify.toml: what a person is asked for who deploys it, https://docs.netlify.com/deploy/create-deploys/
        if holds_script(self.reader, setting.path):
            return
        if setting.text and setting.listed and setting.path[-2:] == ("flutter", "assets"):
            name = setting.text.strip().rpartition("/")[2]
            if name.startswith(".env") and of_path(name) is not Role.TEMPLATE:
                yield Bundled(GENERIC, f"the keys in {name}", setting.content, "assets", setting.span)
            return
        if setting.text and last == "build-args" and self.reader.name == "github-actions":
            yield from self._build_arguments(setting, setting.text)
            return
        if setting.listed and setting.text and setting.path[-2:] == ("build", "args"):
            yield from self._build_arguments(setting, setting.text)
            return
        if setting.listed and setting.text and (match := _LISTED.match(setting.text)):
            yield from self._listed(setting, match.group(1), match.group(2))
            return
        if (
            self.reader.name == "ansible"
            and any("debug" in part for part in setting.path[-2:-1])
            and last in ("msg", "var")
            and setting.text
        ):
            yield from self._shown(setting, setting.text)
            return
        if last == "value" and "name" in setting.siblings and self.catalogue.variable(setting.siblings["name"]):
            yield from self._definition(setting, setting.siblings["name"])
            return
        if self.catalogue.variable(last):
            yield from self._definition(
                setting, last, self._mapped(setting) or encoded.in_setting(setting, self.catalogue)
            )
            return
        if last == "value" and any("header" in part.lower() for part in setting.path[:-1]):
            name = setting.siblings.get("key") or setting.siblings.get("name") or ""  # Postman, HAR
            if header_meant(name, self.headers):
                yield from self._header(setting, name)
                return
        if any("header" in part.lower() for part in setting.path[:-1]) and header_meant(last, self.headers):
            yield from self._header(setting, last)
            return
        yield from self._setting(setting, last)

    def _build_arguments(self, setting: Setting, text: str) -> Iterator[Fact]:
        """``build-args:`` of docker/build-push-action, a line each; compose's ``args:``, an item each."""
        for match in re.finditer(r"^\s*([A-Za-z_]\w*)(?==|\s*$)", text, re.MULTILINE):
            known = self.catalogue.variable(match.group(1))
            at = self.source.data.find(match.group(1).encode(), setting.span.start, setting.span.end)
            if known is not None and at >= 0:
                where = Span(at, at + len(match.group(1)))
                yield EnvDefinition(
                    match.group(1), where, Opaque("given to the build", where), where, "build-argument", *known
                )

    def _shown(self, setting: Setting, text: str) -> Iterator[Fact]:
        """Ansible's debug task, with a key in what it prints."""
        names = re.findall(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}", text) if setting.path[-1] == "msg" else [text.strip()]
        for name in names:
            known = self.catalogue.variable(name) or self.catalogue.parameter(name)
            if known and known[0] != GENERIC and known[1].is_secret:
                yield Log(setting.span, setting.span, "the key", "debug", known[0])

    def _mapped(self, setting: Setting) -> tuple[Damage, ...]:
        """``- NAME: value`` in compose's list of variables: a mapping, where an assignment is wanted."""
        if self.reader.name != "compose" or not setting.in_list or "environment" not in map(plain, setting.path[-2:-1]):
            return ()
        gap = Span(setting.key_span.end, setting.content.start)
        repair = (Edit(gap, "="),) if not setting.quote else ()
        return (Damage("mapping", gap, "in a list this is a mapping, which compose refuses", repair),)

    def value(self, setting: Setting, text: str | None, content: Span) -> Value:
        """What a scalar is known to be, given who reads it."""
        if text is None or text == "":
            return Missing("null" if text is None else "empty", setting.span)
        reference = REFERENCES[self.reader.name].fullmatch(text.strip()) if self.reader.name in REFERENCES else None
        if reference is not None:
            return Env(reference.group(1), setting.span, setting.span, Unset.EMPTY)
        escaped = text != self.source.slice(content)
        if self.reader.foreign is not None and self.reader.foreign.search(text):
            return Literal(text, setting.span, content, quote=setting.quote, escaped=escaped)
        if self.reader.strict:
            if self.reader.expands is not None and self.reader.expands.search(text):
                return Opaque("a reference that the reader expands", setting.span)
            if not REFERENCE.search(text) or re.match(r"\s*(?:\$|%|\{\{|\{env:)", text):
                return Literal(text, setting.span, content, quote=setting.quote, escaped=escaped)
            return Opaque("a reference", setting.span)
        if self.reader.name == "compose" and "$" not in text.replace("$$", ""):
            return Literal(text.replace("$$", "$"), setting.span, content, quote=setting.quote, escaped="$$" in text)
        if REFERENCE.search(text) or (self.reader.expands is not None and self.reader.expands.search(text)):
            return Opaque("a reference", setting.span)
        return Literal(text, setting.span, content, quote=setting.quote, escaped=escaped)

    # -------------------------------------------------------------------------------------------------- variables

    def _listed(self, setting: Setting, name: str, text: str) -> Iterator[Fact]:
        """``- NAME=value`` in a list of variables."""
        if not self.catalogue.variable(name) or not any(plain(part) in _ENVIRONMENT for part in setting.path):
            return
        start = setting.content.start + len(name) + 1
        where = Span(start, setting.content.end)
        damages: tuple[Damage, ...] = ()
        if not setting.quote and len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
            repair = (Edit(Span(where.start, where.start + 1), ""), Edit(Span(where.end - 1, where.end), ""))
            damages = (Damage("quotes-kept", where, "in a list the quotes become a part of the value", repair),)
            text, where = text[1:-1], Span(where.start + 1, where.end - 1)
        beside = self.lists.get(setting.path, setting.siblings)
        inner = Setting((*setting.path, name), text, where, where, Span(setting.content.start, start - 1), "", beside)
        yield from self._definition(inner, name, damages)

    def _definition(self, setting: Setting, name: str, damages: tuple[Damage, ...] = ()) -> Iterator[Fact]:
        provider, slot = self.catalogue.variable(name) or ("", None)
        in_secret = (
            self.reader.name == "kubernetes"
            and "data" in setting.path
            and re.search(rb"^kind:\s*Secret", self.source.data, re.MULTILINE)
        )
        value = Opaque("in base64", setting.span) if in_secret else self.value(setting, setting.text, setting.content)
        endpoint, host = self._endpoint(setting, provider)
        built = {"build", "args"} <= set(setting.path[:-1])
        reader = "build-argument" if built and self.reader.name == "compose" else self.reader.name
        yield EnvDefinition(
            name, setting.key_span, value, setting.span, reader, provider, slot, damages, endpoint, self.live
        )
        if slot is not None and slot is not Slot.BASE_URL and self.live:
            paired = setting.path[-1] == "value"
            via = "definition" if paired or self._is_environment(setting) or self.reader.strict else "setting"
            yield Use(provider, slot, value, setting.span, name, via, endpoint, host)

    def _is_environment(self, setting: Setting) -> bool:
        return any(plain(part) in {plain(word) for word in _ENVIRONMENT} for part in setting.path[:-1])

    def _endpoint(self, setting: Setting, provider: str) -> tuple[Endpoint, str]:
        """A base URL beside the setting says where the key goes."""
        for name, text in setting.siblings.items():
            known = self.catalogue.variable(name)
            if (
                (known and known[1] is Slot.BASE_URL)
                or (BASE_URL.match(name) and known is None)
                or plain(name) in ("url", "apiurl")
            ):
                if not text or REFERENCE.search(text):
                    return Endpoint.UNKNOWN, ""
                return hosts.endpoint(Literal(text, setting.span, setting.span), self.catalogue)
        return Endpoint.DEFAULT, ""

    # --------------------------------------------------------------------------------------------------- settings

    def _setting(self, setting: Setting, last: str) -> Iterator[Fact]:
        """``openai: { apiKey: … }``, ``spring.ai.openai.api-key: …``."""
        if self._is_environment(setting) and SECRET_NAME.search(last) and PUBLIC_PREFIX.match(last):
            value = self.value(setting, setting.text, setting.content)
            reader = self.reader.name
            yield EnvDefinition(last, setting.key_span, value, setting.span, reader, "", None, (), live=self.live)
        known = self.catalogue.parameter(last)
        slot = self._slot(last)
        provider = (
            known[0] if known and known[0] != GENERIC else self._provider(setting.path) if slot is not None else ""
        )
        if known and known[0] != GENERIC:
            slot = known[1]
        elif self.reader.name == "litellm" and slot is not None and "litellm_params" in setting.path:
            provider = self._provider((setting.siblings.get("model", "").partition("/")[0],)) or provider
        if not provider or slot is None or slot is Slot.BASE_URL:
            return
        if slot.is_secret and setting.text and self.live:
            yield from read_of(setting.text, setting.content, self.reader.name, setting.path, provider, slot)
        endpoint, host = self._endpoint(setting, provider)
        if self.source.path.endswith(".properties") and setting.text:
            damages = quotes_kept(
                setting.text, setting.content, "in a properties file the quotes are a part of the value"
            )
            value = self.value(setting, setting.text, setting.content)
            name = ".".join(setting.path)
            yield EnvDefinition(name, setting.key_span, value, setting.span, "properties", provider, slot, damages)
        via = "definition" if self.reader.strict else "setting"
        if self.live:
            yield Use(
                provider,
                slot,
                self.value(setting, setting.text, setting.content),
                setting.span,
                ".".join(setting.path),
                via,
                endpoint,
                host,
            )

    def _slot(self, name: str) -> Slot | None:
        word = plain(name.rpartition(".")[2])
        if word in _KEY or word.endswith("apikey"):
            return Slot.API_KEY
        if word in _ORGANIZATION:
            return Slot.ORGANIZATION
        return Slot.PROJECT if word in _PROJECT else None

    def _provider(self, path: tuple[str, ...]) -> str:
        """The provider that a path names."""
        joined = " ".join(path).lower().replace("-", "").replace("_", "")
        found = ""
        for provider in self.catalogue.providers.values():
            if any(
                word.replace("_", "").replace("-", "") in joined
                for word in (*provider.words, provider.id)
                if provider.id != GENERIC
            ) and (not found or provider.id in ("azure", "openrouter")):
                found = provider.id
        return found

    def _header(self, setting: Setting, name: str) -> Iterator[Fact]:
        """A header in a mapping of headers."""
        value = self.value(setting, setting.text, setting.content)
        if isinstance(value, Opaque) and setting.text and setting.text == self.source.slice(setting.content):
            value = with_references(setting.text, setting.content, _INSIDE, setting.span)
        url = next((text for key, text in setting.siblings.items() if plain(key) in ("url", "baseurl")), "")
        where = (
            hosts.destination(Literal(url, setting.span, setting.span), self.catalogue)
            if url
            else hosts.of_file(self.source.data, self.catalogue)
        )
        yield from header(self.catalogue, name, setting.key_span, value, setting.span, where)
