"""Shell: the requests that curl and its kind send, and the headers in their arguments and in what they read."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.syntax import Expr
from keylint.lazy import regex
from keylint.model import Endpoint, Env, Fact, Join, Literal, Log, Missing, Slot, Span, Use, Value
from keylint.wiring import hosts
from keylint.wiring.headers import HeaderWiring
from keylint.wiring.hosts import Destination

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from keylint.languages.shell.file import Command, ShellFile
    from keylint.providers.catalogue import Catalogue

CLIENTS = {"curl", "wget", "http", "https", "xh", "xhs", "curlie", "grpcurl", "wscat", "websocat"}
MASKED = regex(r"(?:^|/)\.github/(?:workflows|actions)/")  # secrets are masked in the logs of these jobs
_HEADER_OPTION = regex(r"^(?:-H|--header)$")
_GLUED_OPTION = regex(r"^(?:-H|--header=)(?=.)")
# The shell writes each command before it runs it, its variables expanded: bash(1), "set -x".
_TRACING = regex(
    rb"^[ \t]*set[ \t]+(?:(?P<on>-[a-z]*x[a-z]*\b|-o[ \t]+xtrace|-[a-z]+o[ \t]+xtrace)|\+[a-z]*x\b|\+o[ \t]+xtrace)"
    rb"|^\#![^\n]*sh[ \t]+(?P<first>-[a-z]*x)|set[ \t]+\+x",
    re.MULTILINE,
)
_SETTING_LINE = regex(rb"^[ \t]*-{0,2}header[ \t]*[=: \t][ \t]*\"([^\"\n]*)\"", re.MULTILINE)
_HEADER_LINE = regex(rb"^([A-Za-z][\w-]*:[^\n]*)$", re.MULTILINE)


class ShellRequests:
    """Makes the facts about the requests of one script."""

    def __init__(self, file: ShellFile, catalogue: Catalogue) -> None:
        self.file = file
        self.catalogue = catalogue
        self.headers = HeaderWiring(file, catalogue)

    def sent(self, command: Command) -> Iterator[Fact]:
        """Curl and its kind: headers as arguments, and the URL they go to."""
        where = self._destination(command)
        yield from self.headers_among(command.arguments, where, fields=command.name in ("http", "https", "xh", "xhs"))
        yield from self._traced(command, where)

    def given(self, statement: Node) -> Iterator[Fact]:
        """``curl --config - <<'EOF'``: what is read from a here-document whose quoted mark keeps it from being expanded."""
        body = statement.child_by_field_name("body")
        command = self.file.command(body) if body is not None else None
        if command is None or command.name not in CLIENTS:
            return
        options = (
            self.file.text(statement).partition("<<")[0].split()
        )  # the grammar gives a single - to neither of the two
        pairs = set(itertools.pairwise(options))
        lines = (
            _SETTING_LINE
            if pairs & {("--config", "-"), ("-K", "-")} or "-K-" in options
            else _HEADER_LINE
            if pairs & {("-H", "@-"), ("--header", "@-")} or "-H@-" in options
            else None
        )
        where = self._destination(command)
        for redirect in statement.named_children if lines is not None else ():
            mark, read = self.file.first(redirect, "heredoc_start"), self.file.first(redirect, "heredoc_body")
            if mark is None or read is None or not re.search(r"[\"'\\\\]", self.file.text(mark)):
                continue
            for match in lines.finditer(self.file.data, read.start_byte, read.end_byte):  # type: ignore[union-attr]
                inner = Span(*match.span(1))
                text = self.file.data[inner.start : inner.end].decode("utf-8", "replace")
                found = hosts.of_file(self.file.data[read.start_byte : read.end_byte], self.catalogue)
                yield from self._header(Literal(text, inner, inner), inner, where if where.provider else found)

    def _traced(self, command: Command, where: Destination) -> Iterator[Fact]:
        """``set -x`` above a request with the key in it: the whole line is written out, the key expanded."""
        if MASKED.search(self.file.source.path) or self.file.source.language != "shell":
            return
        last = None
        for match in _TRACING.finditer(self.file.data, 0, command.node.start_byte):
            last = match
        if last is None or not (last.group("on") or last.group("first")):
            return
        for argument in command.arguments:
            value = self.file.value(argument)
            parts = value.parts if isinstance(value, Join) else (value,)
            for part in parts:
                known = self.catalogue.variable(part.name) if isinstance(part, Env) else None
                if known and known[1].is_secret:
                    yield Log(span(argument), span(command.node), "the key", "set -x", where.provider or known[0])
                    return

    def headers_among(self, arguments: list[Node], where: Destination, *, fields: bool = False) -> Iterator[Fact]:
        """The headers among the arguments of a request; `fields` if a bare ``Name:value`` is one."""
        for index, argument in enumerate(arguments):
            text = self.file.text(argument)
            if _HEADER_OPTION.match(text) and index + 1 < len(arguments):
                yield from self._header(self.file.value(arguments[index + 1]), span(arguments[index + 1]), where)
            elif _GLUED_OPTION.match(text.strip("\"'")) or (fields and re.match(r"[\"']?[Aa]uthorization:", text)):
                yield from self._header(self.file.value(argument), span(argument), where)
            elif text == "--oauth2-bearer" and index + 1 < len(arguments):
                value = self.file.value(arguments[index + 1])
                yield Use(
                    where.provider or "generic",
                    Slot.API_KEY,
                    value,
                    span(arguments[index + 1]),
                    "curl --oauth2-bearer",
                    "header",
                    Endpoint.CLOUD,
                    where.provider,
                    self._tested(value),
                )

    def _tested(self, value: Value) -> bool:
        parts = value.parts if isinstance(value, Join) else (value,)
        return any(
            isinstance(part, Env) and self.file.name_is_tested(part.name) for part in parts
        ) or self.file.is_tested(value)

    def _destination(self, command: Command) -> Destination:
        foreign = False
        for argument in command.arguments:
            found = hosts.destination(self.file.value(argument), self.catalogue)
            if found.provider:
                return found
            # A bare name with a dot in it can be a file.
            foreign = foreign or (found.foreign and "://" in self.file.text(argument))
        return Destination(foreign=foreign)

    def _header(self, value: Value, whole: Span, where: Destination) -> Iterator[Fact]:
        """``Name: value`` in one text."""
        lead = value if isinstance(value, Literal) else value.parts[0] if isinstance(value, Join) else None
        if not isinstance(lead, Literal):
            return
        match = re.match(r"(?:-H|--header=)?\s*([A-Za-z][\w-]*(?:\s+[Bb]earer\b(?![\s]*:))?)\s*(:?)\s*", lead.text)
        if match is None or (not match.group(2) and not re.search(r"\sbearer$", match.group(1), re.IGNORECASE)):
            return
        name, rest = match.group(1), lead.text[match.end() :]
        written = self.file.data[lead.content.start : lead.content.end]
        named = max(written.find(name.encode()), 0)
        colon = re.compile(rb"[\s:]*").match(written, named + len(name.encode()))
        start = lead.content.start + (colon.end() if colon else 0)
        end = (
            lead.content.end
            if isinstance(value, Literal) and not lead.escaped
            else whole.end - (1 if self.file.data[whole.end - 1 : whole.end] in (b'"', b"'") else 0)
        )
        inner = Span(start, end)
        token: Value
        if isinstance(value, Literal):
            token = Literal(rest, inner, inner, escaped=lead.escaped) if rest else Missing("empty", inner)
        else:
            parts = value.parts[1:] if isinstance(value, Join) else ()
            first = Literal(rest, Span(start, lead.content.end), Span(start, lead.content.end), escaped=lead.escaped)
            kept = (first, *parts) if rest else parts
            token = kept[0] if len(kept) == 1 else Join(kept, inner)
        name_span = Span(lead.content.start + named, lead.content.start + named + len(name.encode()))
        yield from self.headers.emit(name, name_span, Expr(None, inner, lambda _: token), whole, where, in_headers=True)
