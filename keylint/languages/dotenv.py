"""Files of variables: `.env` and its kin.

There is no grammar: eight readers read eight dialects. A line is taken as most libraries take it (quotes and a comment
behind the value go, `export` and spaces around `=` are allowed), and what any of them makes something else of is noted as
damage. The dialects were compared on python-dotenv 1.2, npm dotenv 17, Node 20 --env-file, bash, docker and compose.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint import roles
from keylint.languages import dialects
from keylint.languages.syntax import Adapter
from keylint.lazy import regex
from keylint.model import (
    Endpoint,
    EnvDefinition,
    Fact,
    Literal,
    Missing,
    Opaque,
    Role,
    Slot,
    Span,
    Use,
    Value,
)
from keylint.record import Record
from keylint.wiring import hosts
from keylint.wiring.names import SECRET_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source

_LINE = regex(
    rb"(?:^|(?<=\r))[ \t]*(?P<comment>#[# \t]*)?(?P<word>export[ \t]+"
    rb"|set[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)(?P<sign>[ \t]*=[ \t]*|:[ \t]+)(?P<value>[^\r\n]*)(?=[\r\n]|\Z)",
    re.MULTILINE,
)
_REFERENCE = regex(r"\$\{[^}]*\}|\$\([^)]*\)|(?<![\w-])\$[A-Za-z_]\w*")


class Line(Record):
    """One definition as it stands: spans of its parts, the value without quotes, its quote."""

    name: str
    name_span: Span
    whole: Span
    text: str
    content: Span
    quote: str
    closed: bool
    sign: Span
    word: Span | None
    commented: bool
    behind: Span  # what stands between the value and the line's end, comment included


def lines(data: bytes) -> Iterator[Line]:
    """The definitions of a file; a quoted value may span several lines."""
    at = 0
    while match := _LINE.search(data, at):
        start = match.start("value")
        raw = data[start : match.end("value")]
        commented = match.group("comment") is not None
        quote = raw[:1].decode("latin-1") if raw[:1] in (b'"', b"'", b"`") else ""
        end = match.end("value")
        closed = True
        if quote:
            close = _closing(data, start + 1, quote, None if quote != "`" and not commented else end)
            line_close = _closing(data, start + 1, quote, end)
            closed = close >= 0 and (line_close >= 0 or _is_text(data[start:close]))
            content = Span(start + 1, close if closed else end)
            behind = Span(min(content.end + 1, len(data)), _line_end(data, content.end)) if closed else Span(end, end)
            end = max(end, behind.end) if closed else end
        else:
            blank = (
                start - 1 if data[start - 1 : start] in (b" ", b"\t") else start
            )  # `NAME= # a comment, and no value`
            comment = re.search(rb"\s#", data[blank : match.end("value")])
            bare = data[start : blank + comment.start()] if comment else raw
            start = start if bare or not comment else blank
            content = Span(start, start + len(bare.rstrip()))
            behind = Span(content.end, match.end("value"))
        word = Span(match.start("word"), match.end("word")) if match.group("word") else None
        yield Line(
            match.group("name").decode(),
            Span(match.start("name"), match.end("name")),
            Span(match.start("comment") if commented else (word.start if word else match.start("name")), end),
            data[content.start : content.end].decode("utf-8", "replace"),
            content,
            quote,
            closed,
            Span(match.start("sign"), match.end("sign")),
            word,
            commented,
            behind,
        )
        at = max(end, match.end())


def _closing(data: bytes, at: int, quote: str, limit: int | None) -> int:
    """The closing quote, -1 if there is none before `limit`; a backslash protects a double quote."""
    end = len(data) if limit is None else limit
    mark = quote.encode("latin-1")
    found = data.find(mark, at, end)
    while found > 0 and quote == '"' and data[found - 1 : found] == b"\\":
        found = data.find(mark, found + 1, end)
    return found


def _is_text(raw: bytes) -> bool:
    """Whether a value over several lines is meant as one (a private key), not left open by mistake."""
    return b"-----BEGIN" in raw or not re.search(rb"\n[ \t]*(?:export[ \t]+)?[A-Za-z_]\w*[ \t]*=", raw)


def _line_end(data: bytes, at: int) -> int:
    end = re.compile(rb"[\r\n]").search(data, at)
    return end.start() if end else len(data)


def _is_mapping(found: list[Line], source: Source) -> bool:
    """Whether lines shown in documentation are ``name: value`` throughout: a program's own format, wrongly named."""
    if source.role is not Role.DOCUMENTATION or len(found) < 2:
        return False
    return all(source.data[line.sign.start : line.sign.end].startswith(b":") for line in found)


class DotenvAdapter(Adapter):
    """Lowers files of variables to facts."""

    name = "dotenv"
    settings = True
    comments = ("#",)

    def facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """See ``Adapter.facts``."""
        live = source.role is not Role.TEMPLATE and roles.of(source.path) is not Role.TEMPLATE
        found = list(lines(source.data))
        if _is_mapping(found, source):
            return []
        endpoint, host = self._endpoint(found, source.data, catalogue)
        last = max((line.name_span for line in found if catalogue.variable(line.name)), default=Span(0, 0))
        facts: list[Fact] = []
        for line in found:
            known = catalogue.variable(line.name)
            provider, slot = known or ("", None)
            value = self._value(line, source.data)
            told = (
                known
                or SECRET_NAME.search(line.name)
                or (line.name_span < last and dialects.swallows(line, source.data))
            )
            damages = tuple(dialects.damages(line, source.data, known=known is not None)) if told else ()
            facts.append(
                EnvDefinition(
                    line.name,
                    line.name_span,
                    value,
                    line.content,
                    "dotenv",
                    provider,
                    slot,
                    damages,
                    endpoint,
                    live,
                    line.commented,
                )
            )
            if slot is not None and slot is not Slot.BASE_URL and live and not line.commented:
                facts.append(Use(provider, slot, value, line.content, line.name, "definition", endpoint, host))
        return facts

    def _endpoint(self, found: list[Line], data: bytes, catalogue: Catalogue) -> tuple[Endpoint, str]:
        """A base URL in the same file says where the keys go."""
        for line in found:
            known = catalogue.variable(line.name)
            if known and known[1] is Slot.BASE_URL and known[0] != "azure" and not line.commented and line.text:
                return (
                    hosts.endpoint(self._value(line, data), catalogue)
                    if "$" not in line.text
                    else (Endpoint.UNKNOWN, "")
                )
        return Endpoint.DEFAULT, ""

    def _value(self, line: Line, data: bytes) -> Value:
        quoted = len(line.quote)
        whole = Span(line.content.start - quoted, line.content.end + (quoted if line.closed else 0))
        if not line.text:
            return Missing("empty", whole)
        if line.quote != "'" and _REFERENCE.search(line.text) and "${{" not in line.text:
            return Opaque("refers to another variable", whole)
        if dialects.is_disputed(line):
            return Opaque("its readers differ", whole)
        text = dialects.agreed(line, data)
        text = line.text if text is None else text
        return Literal(text, whole, line.content, quote=line.quote, escaped=text != line.text)

    def is_comment(self, source: Source, offset: int) -> bool:
        """Whether a `#` begins the line, or stands behind a space before the offset."""
        line = source.line(source.row(offset))
        before = source.data[line.start : offset + 1]
        return before.lstrip().startswith(b"#") or b" #" in before

    def broken(self, data: bytes) -> bool:
        """Whether a quote is left open."""
        return any(not line.closed for line in lines(data))


ADAPTER = DotenvAdapter()
