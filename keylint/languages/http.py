"""Requests in files: `.http` and `.rest`, as the REST clients of editors have them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.syntax import Adapter, Code
from keylint.languages.variables import header, with_references
from keylint.lazy import regex
from keylint.model import Edit, Fact, Literal, Span, Use
from keylint.wiring import hosts
from keylint.wiring.hosts import Destination

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source

_SEPARATOR = regex(r"^###")
_VARIABLE = regex(r"^\s*@(?P<name>[\w.-]+)\s*=\s*(?P<value>.*?)\s*$")
_REQUEST = regex(
    r"^\s*(?:(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|WEBSOCKET|GRAPHQL|CONNECT|TRACE)\s+)?(?P<url>(?:https?://|\{\{)\S*)",
    re.IGNORECASE,
)
_HEADER = regex(r"^(?P<name>[A-Za-z][\w-]*)\s*:\s*(?P<value>.*?)\s*$")
_REFERENCE = regex(r"\{\{\s*(?:\$(?:dotenv|processEnv|env)\s+%?)?\$?([\w.-]+)[^}]*\}\}")


class HttpAdapter(Adapter):
    """Lowers the requests of a file to facts."""

    name = "http"
    comments = ("#", "//")
    settings = True
    expands = "write {{$dotenv NAME}} or {{$processEnv NAME}}"

    def facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """See ``Adapter.facts``."""
        return list(self._facts(source, catalogue))

    def _facts(self, source: Source, catalogue: Catalogue) -> Iterator[Fact]:
        where = Destination()
        variables: dict[str, str] = {}
        headers = False
        for row in range(len(source.lines)):
            line = source.line(row)
            text = source.slice(line)
            request, given, variable = _REQUEST.match(text), _HEADER.match(text), _VARIABLE.match(text)
            if _SEPARATOR.match(text):
                where, headers = Destination(), False
            elif text.lstrip().startswith(("#", "//")):
                continue
            elif variable:
                variables[variable.group("name")] = variable.group("value")
                yield from self._variable(source, catalogue, variable, line)
            elif request and not headers:
                url = _REFERENCE.sub(lambda found: variables.get(found.group(1), found.group()), request.group("url"))
                where, headers = hosts.destination(Literal(url, line, line), catalogue), True
            elif headers and given:
                content = _within(text, given, "value", line)
                value = with_references(given.group("value"), content, _REFERENCE)
                yield from header(
                    catalogue, given.group("name"), _within(text, given, "name", line), value, content, where
                )
            elif headers and not text.strip():
                headers = False  # the body follows

    def _variable(self, source: Source, catalogue: Catalogue, match: re.Match[str], line: Span) -> Iterator[Fact]:
        known = catalogue.variable(match.group("name").upper()) or catalogue.parameter(match.group("name"))
        if known is None or not known[1].is_secret:
            return
        content = _within(source.slice(line), match, "value", line)
        value = with_references(match.group("value"), content, _REFERENCE)
        yield Use(known[0], known[1], value, content, match.group("name"), "setting")

    def write_env(
        self, source: Source, variable: str, at: Span, *, before: str = "", required: bool = True
    ) -> Code | None:
        """``{{$dotenv X}}``."""
        return Code(f"{before}{{{{$dotenv {variable}}}}}")

    def prefix(self, source: Source, at: Span, before: str) -> list[Edit] | None:
        """The text in front."""
        return [Edit(Span(at.start, at.start), before)]

    def is_comment(self, source: Source, offset: int) -> bool:
        """A line that begins with a mark."""
        return source.slice(source.line(source.row(offset))).lstrip().startswith(("#", "//"))

    def broken(self, data: bytes) -> bool:
        """Nothing that a fix writes can break a line."""
        return False


def _within(text: str, match: re.Match[str], group: str, line: Span) -> Span:
    return Span(
        line.start + len(text[: match.start(group)].encode()), line.start + len(text[: match.end(group)].encode())
    )


ADAPTER = HttpAdapter()
