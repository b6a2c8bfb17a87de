"""Files of `name = value` lines: properties, INI, cfg, systemd units, `.npmrc` and their kin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.config import ConfigWiring, Setting
from keylint.languages.escapes import joined
from keylint.languages.syntax import Adapter
from keylint.languages.variables import defined, literal
from keylint.lazy import regex
from keylint.model import Endpoint, Fact, Literal, Slot, Span
from keylint.wiring import hosts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source

_SECTION = regex(rb"^[ \t]*\[(?P<name>[^\]\r\n]*)\]")
_LINE = regex(
    rb"^[ \t]*(?P<name>[^\s=:#;!\[][^=:\r\n]*?)[ \t]*(?P<sign>[=:])[ \t]*(?P<value>(?:[^\r\n\\]|\\\r?\n|\\.)*?)[ \t]*\r?$"
)
_EQUALS = regex(rb"^[ \t]*(?P<name>[^\s=#;!\[][^=\r\n]*?)[ \t]*(?P<sign>=)[ \t]*(?P<value>[^\r\n]*?)[ \t]*\r?$")
_ENVIRONMENT = regex(r"(?P<quote>[\"']?)(?P<name>[A-Za-z_]\w*)=(?P<value>(?:(?!(?P=quote)(?:\s|$)).)*)")
_ESCAPE = regex(r"\\(?:u(?P<code>[0-9a-fA-F]{4})|(?P<letter>.))")  # of properties
_LETTERS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_UNIT = regex(r"\.(?:service|timer|socket|container|pod)(?:\.d/[^/]*\.conf)?$")


class IniAdapter(Adapter):
    """Lowers settings to facts."""

    name = "ini"
    comments = ("#", ";", "!")
    settings = True

    def facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """See ``Adapter.facts``."""
        found = list(self._settings(source))
        if _UNIT.search(source.path):
            endpoint = _endpoint(source, catalogue)
            return [fact for setting in found for fact in self._unit(source, setting, catalogue, endpoint)]
        return ConfigWiring(source, found, catalogue).facts()

    def _settings(self, source: Source) -> Iterator[Setting]:
        section: tuple[str, ...] = ()
        siblings: dict[str, str] = {}
        properties = source.path.endswith(".properties")
        above: int | None = None  # how far the setting above is indented; what is further may be a part of it
        is_unit = _UNIT.search(source.path) is not None
        pattern = _LINE if properties else _EQUALS
        for row in range(len(source.lines)):
            line = source.line(row)
            raw = source.data[line.start : line.end]
            opened = _SECTION.match(raw)
            if opened:
                above = None
                section, siblings = tuple(opened.group("name").decode("utf-8", "replace").strip().split(".")), {}
                continue
            if not raw.strip() or _is_comment(raw):
                continue
            goes_on = above is not None and _indent(raw) > above
            above = above if goes_on else _indent(raw)
            match = pattern.match(raw)
            if match is None or (not properties and not is_unit and (goes_on or self._goes_on(source, row))):
                continue
            name = match.group("name").decode("utf-8", "replace").strip()
            content = Span(line.start + match.start("value"), line.start + match.end("value"))
            text = source.slice(content)
            quote = text[0] if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0] and not properties else ""
            inner = Span(content.start + 1, content.end - 1) if quote else content
            key = Span(line.start + match.start("name"), line.start + match.end("name"))
            text = joined(_ESCAPE.sub(_unescaped, source.slice(inner))) if properties else source.slice(inner)
            siblings[name] = text
            path = (*section, *(name.split(".") if "." in name and "_" not in name.rpartition(".")[2] else [name]))
            yield Setting(path, text, content, inner, key, quote, siblings)

    def _goes_on(self, source: Source, row: int) -> bool:
        """Whether the next text is indented further, so that some readers take it for a part of the value."""
        for below in range(row + 1, len(source.lines)):
            text = source.data[slice(*source.line(below))]
            if text.strip() and not _is_comment(text):
                return _indent(text) > _indent(source.data[slice(*source.line(row))])
        return False

    def _unit(
        self, source: Source, setting: Setting, catalogue: Catalogue, endpoint: tuple[Endpoint, str]
    ) -> Iterator[Fact]:
        """``Environment=NAME=value "OTHER=value"`` of systemd."""
        if setting.path[-1] != "Environment":
            return
        text = source.slice(setting.span)
        for match in _ENVIRONMENT.finditer(text):
            at = [setting.span.start + len(text[: match.start(group)].encode()) for group in ("name", "value")]
            content = Span(at[1], at[1] + len(match.group("value").encode()))
            name = Span(at[0], at[0] + len(match.group("name")))
            yield from defined(
                source,
                catalogue,
                match.group("name"),
                name,
                literal(match.group("value"), content),
                content,
                "systemd",
                endpoint=endpoint,
            )

    def is_comment(self, source: Source, offset: int) -> bool:
        """A line that begins with a mark."""
        line = source.slice(source.line(source.row(offset))).lstrip()
        return line.startswith(("#", ";", "!"))

    def broken(self, data: bytes) -> bool:
        """Nothing that a fix writes can break a line."""
        return False


def _unescaped(match: re.Match[str]) -> str:
    code, letter = match.group("code"), match.group("letter")
    return chr(int(code, 16)) if code else _LETTERS.get(letter, letter)


def _is_comment(line: bytes) -> bool:
    return line.lstrip().startswith((b"#", b";", b"!"))


def _indent(line: bytes) -> int:
    return len(line) - len(line.lstrip())


def _endpoint(source: Source, catalogue: Catalogue) -> tuple[Endpoint, str]:
    """Where the program that the unit starts sends its requests: a base URL among its variables."""
    for match in re.finditer(r"\b([A-Z_]+)=([^\s\"']+)", source.text):
        known = catalogue.variable(match.group(1))
        if known and known[1] is Slot.BASE_URL:
            return hosts.endpoint(Literal(match.group(2), Span(0, 0), Span(0, 0)), catalogue)
    return Endpoint.DEFAULT, ""


ADAPTER = IniAdapter()
