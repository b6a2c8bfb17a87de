"""Files of variables: `.env` and its kin.

There is no grammar: eight readers read eight dialects. A line is taken as most libraries take it (quotes and a comment
behind the value go, `export` and spaces around `=` are allowed), and what any of them makes something else of is noted as
damage. The dialects were compared on python-dotenv 1.2, npm dotenv 17, Node 20 --env-file, bash, docker and compose.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint import roles
from keylint.languages.syntax import Adapter
from keylint.lazy import regex
from keylint.model import (
    Damage,
    Edit,
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
    rb"^[ \t]*(?P<comment>#[# \t]*)?(?P<word>export[ \t]+"
    rb"|set[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)(?P<sign>[ \t]*=[ \t]*|:[ \t]+)(?P<value>[^\r\n]*)\r?$",
    re.MULTILINE,
)
_REFERENCE = regex(r"\$\{[^}]*\}|\$\([^)]*\)|(?<![\w-])\$[A-Za-z_]\w*")
_CURLY = "“”‘’«»„"


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
            comment = re.search(rb"\s#", raw)
            bare = raw[: comment.start()] if comment else raw
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
    end = data.find(b"\n", at)
    end = len(data) if end < 0 else end
    return end - 1 if end > 0 and data[end - 1 : end] == b"\r" else end


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
        endpoint, host = self._endpoint(found, catalogue)
        facts: list[Fact] = []
        for line in found:
            known = catalogue.variable(line.name)
            provider, slot = known or ("", None)
            value = self._value(line)
            damages = tuple(self._damages(line, source)) if known or SECRET_NAME.search(line.name) else ()
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

    def _endpoint(self, found: list[Line], catalogue: Catalogue) -> tuple[Endpoint, str]:
        """A base URL in the same file says where the keys go."""
        for line in found:
            known = catalogue.variable(line.name)
            if known and known[1] is Slot.BASE_URL and known[0] != "azure" and not line.commented and line.text:
                return hosts.endpoint(self._value(line), catalogue) if "$" not in line.text else (Endpoint.UNKNOWN, "")
        return Endpoint.DEFAULT, ""

    def _value(self, line: Line) -> Value:
        quoted = len(line.quote)
        whole = Span(line.content.start - quoted, line.content.end + (quoted if line.closed else 0))
        if not line.text:
            return Missing("empty", whole)
        if line.quote != "'" and _REFERENCE.search(line.text) and "${{" not in line.text:
            return Opaque("refers to another variable", whole)
        return Literal(line.text, whole, line.content, quote=line.quote)

    def _damages(self, line: Line, source: Source) -> Iterator[Damage]:
        """What readers make of the line that its author cannot have meant."""
        if line.commented:
            return
        if line.word is not None and source.data[line.word.start : line.word.end].startswith(b"set"):
            yield Damage("set", line.word, "`set` makes most readers skip the line", (Edit(line.word, ""),))
        if source.data[line.sign.start : line.sign.end].startswith(b":"):
            yield Damage(
                "colon",
                line.sign,
                "python-dotenv skips a line with a colon, Node --env-file misreads it",
                (Edit(line.sign, "="),),
            )
        if line.quote and not line.closed:
            opening = Span(line.content.start - 1, line.content.end)
            yield Damage(
                "unterminated-quote",
                opening,
                "the quote is never closed: the next lines are swallowed, or the quote is kept",
                (),
            )
            return
        behind = source.data[line.behind.start : line.behind.end].decode("utf-8", "replace")
        if line.quote and re.match(r"\s*[;,]", behind):
            sign = behind.strip()[0]
            at = line.behind.start + behind.index(sign)
            kind = "trailing-semicolon" if sign == ";" else "trailing-comma"
            yield Damage(
                kind,
                Span(at, at + 1),
                f"readers drop the line or keep the {kind.rpartition('-')[2]}",
                (Edit(Span(at, at + 1), ""),),
            )
        elif not line.quote and re.fullmatch(r"[\w-]{8,}[;,]", line.text):
            sign = "trailing-semicolon" if line.text.endswith(";") else "trailing-comma"
            spot = Span(line.content.end - 1, line.content.end)
            yield Damage(sign, spot, f"the {sign.rpartition('-')[2]} becomes a part of the value", (Edit(spot, ""),))
        if not line.quote and line.text[:1] in _CURLY and line.text[:1]:
            yield Damage(
                "curly-quotes", line.content, "curly quotes are kept as a part of the value", self._uncurl(line)
            )

    def _uncurl(self, line: Line) -> tuple[Edit, ...]:
        """All of them, however many there are; none if one side has none, or nothing is between them."""
        text = line.text
        left, right = text.lstrip(_CURLY), text.rstrip(_CURLY)
        if not left or left == text or right == text:
            return ()
        first, last = len(text.encode()) - len(left.encode()), len(right.encode())
        return (
            Edit(Span(line.content.start, line.content.start + first), ""),
            Edit(Span(line.content.start + last, line.content.end), ""),
        )

    def is_comment(self, source: Source, offset: int) -> bool:
        """Whether a `#` begins the line, or stands behind a space before the offset."""
        line = source.line(source.row(offset))
        before = source.data[line.start : offset + 1]
        return before.lstrip().startswith(b"#") or b" #" in before

    def broken(self, data: bytes) -> bool:
        """Whether a quote is left open."""
        return any(not line.closed for line in lines(data))


ADAPTER = DotenvAdapter()
