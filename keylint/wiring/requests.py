"""Calls that send a request or print something: headers in the wrong argument, keys in a log."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Edit, Env, Join, Literal, Log, Misplaced, Missing, Opaque, Slot, Span, Value
from keylint.wiring.headers import token_of
from keylint.wiring.names import AUTHORIZATION, SECRET_NAME, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from keylint.languages.code import CodeFile
    from keylint.languages.syntax import Argument, Assignment, Call, Entry
    from keylint.model import Fact
    from keylint.providers.catalogue import Catalogue
    from keylint.wiring.headers import HeaderWiring

SINKS = regex(
    r"^(?:print|pprint|pprint\.pprint|sys\.stdout\.write|sys\.stderr\.write|st\.(?:write|text|code|success|info)"
    r"|console\.(?:log|info|debug|warn|error|dir|table)|(?:self\.|this\.|app\.)?_?(?:logger|logging|log)\.(?:debug|info|warning|warn|error|critical|exception|log|trace|success))$"
)

# What the positional arguments of a call are, from the second on.
_ARGUMENTS = {
    "axios.post": ("the body", "the configuration"),
    "axios.put": ("the body", "the configuration"),
    "axios.patch": ("the body", "the configuration"),
    "axios.get": ("the configuration",),
    "axios.delete": ("the configuration",),
    "axios.head": ("the configuration",),
    "fetch": ("the options",),
    "axios": ("the configuration",),
    "axios.request": ("the configuration",),
    "requests.post": ("the body", "the body"),
    "requests.put": ("the body",),
    "requests.patch": ("the body",),
    "requests.get": ("the query",),
    "requests.delete": ("other arguments",),
}
_PHP_SENDERS = regex(r"\.(?:post|get|put|request|requestAsync|postAsync)$|^\\?wp_(?:safe_)?remote_\w+$")
_PHP_OPTIONS = {"json", "body", "formparams", "query", "timeout", "httperrors", "stream", "method"}
_BODIES = {"json", "data"}
SCHEME = "the scheme alone"  # Misplaced.taken_for
# What of a failed request's error holds the request's headers.
_REQUEST_OF = regex(
    r"\b(\w+)\??\.(?:config|request|toJSON\(\))(?![\w(]|\??\.(?:url|method|data|baseURL|timeout|path|host))"
    r"|JSON\.stringify\(\s*(\w+)\s*[,)]"
)
_ONE_ARGUMENT = {"axios", "axios.request"}  # take the URL among the rest


# Names that speak of a key and hold something about it.
_ABOUT_KEY = regex(
    r"(?:name|arn|path|file|param|parameter|url|uri|header|prefix|length|type|version|ttl)s?$", re.IGNORECASE
)


class RequestWiring:
    """Makes the facts about what calls send and print."""

    def __init__(
        self, file: CodeFile, catalogue: Catalogue, headers: HeaderWiring, sinks: re.Pattern[str] = SINKS
    ) -> None:
        self.file = file
        self.sinks = sinks
        self.is_sent: Callable[[str], bool] = lambda name: False
        self.catalogue = catalogue
        self.headers = headers
        self.names = frozenset(name.lower() for name in catalogue.header_names())

    def misplaced(self, call: Call) -> Iterator[Fact]:
        """``axios.post(url, data, headers)``, ``requests.post(url, headers)``, headers inside the body."""
        yield from self._basic(call)
        yield from self._in_one(call)
        yield from self._curl(call)
        yield from self._php_options(call)
        kinds = _ARGUMENTS.get(re.sub(r"\.default\b", "", call.name)) or _ARGUMENTS.get(call.written)
        if kinds is None:
            return
        where = self.headers.destination_of(call)
        if not where.provider:
            return
        named = [(argument, "the body") for argument in call.args if argument.name in _BODIES]
        first = 0 if call.written in _ONE_ARGUMENT else 1
        for argument, kind in [*zip(call.positional()[first:], kinds, strict=False), *named]:
            found = self.file.entries(argument.expr.node)
            entries = found[0] if found else []
            direct = any(self._is_credential(entry) for entry in entries)
            nested = kind == "the body" and any(
                plain(entry.key) == "headers" and self._holds_credential(entry) for entry in entries
            )
            nested = nested or any(entry.key == "body" and self._stringified(entry) for entry in entries)
            beside = any(plain(entry.key) == "headers" for entry in entries)
            if (direct and not beside) or nested:
                repair = self._repair(call, argument, kind) if direct else ()
                taken_for = kind if direct else "the body"
                yield Misplaced(argument.expr.span, call.written, taken_for, where.provider, repair)

    def _basic(self, call: Call) -> Iterator[Fact]:
        """``auth=("Bearer", key)``: basic authentication, with Bearer as the user's name."""
        argument = call.named("auth")
        if argument is not None and self._is_scheme_and_key(argument.expr.node):
            provider = self.headers.destination_of(call).provider
            if provider:
                taken_for = "a user name and a password"
                yield Misplaced(argument.span, call.written, taken_for, provider, what="the scheme and the key")

    def basic(self, assignment: Assignment) -> Iterator[Fact]:
        """``session.auth = ("Bearer", key)``."""
        provider = self.headers.of_file().provider
        if provider and self._is_scheme_and_key(assignment.expr.node):
            taken_for, what = "a user name and a password", "the scheme and the key"
            yield Misplaced(assignment.expr.span, ".".join(assignment.path), taken_for, provider, what=what)

    def _in_one(self, call: Call) -> Iterator[Fact]:
        """``new AuthenticationHeaderValue("Bearer " + key)``: with one argument, that is the scheme."""
        if call.name.rpartition(".")[2] != "AuthenticationHeaderValue" or len(call.args) != 1:
            return
        argument = call.args[0]
        value = argument.expr.value
        first = value.parts[0] if isinstance(value, Join) else value
        if isinstance(first, Literal) and re.match(r"\w+\s", first.text) and self.headers.of_file().provider:
            gap = re.compile(rb"(\"\w+)\s+(\"\s*)\+").search(self.file.data, argument.span.start, argument.span.end)
            repair = (Edit(Span(gap.end(1), gap.end()), '",'),) if gap else ()
            what = "the scheme and the key"
            yield Misplaced(argument.span, call.written, SCHEME, self.headers.of_file().provider, repair, what)

    def _curl(self, call: Call) -> Iterator[Fact]:
        """``CURLOPT_HTTPHEADER => ["Authorization" => …]``: PHP sends the values as lines, and drops the names."""
        if call.written not in ("curl_setopt", "curl_setopt_array") or not self.headers.of_file().provider:
            return
        arguments = [argument.expr.node for argument in call.args]
        if call.written == "curl_setopt":
            options = [arguments[2]] if len(arguments) == 3 and self._is_header_option(arguments[1]) else []
        else:
            pairs = arguments[1].named_children if len(arguments) == 2 else []
            options = [pair.named_children[-1] for pair in pairs if self._is_header_option(pair)]
        for node in options:
            found = self.file.entries(node)
            entries = [entry for entry in (found[0] if found else []) if not entry.header]
            if any(self._is_credential(entry) for entry in entries):
                where = Span(node.start_byte, node.end_byte)
                repair = self._as_lines(entries)
                provider = self.headers.of_file().provider
                yield Misplaced(where, call.written, "lines, without their names", provider, repair)

    def _php_options(self, call: Call) -> Iterator[Fact]:
        """Guzzle's, Laravel's and WordPress's calls, with a header where options or the body are wanted."""
        positional = call.positional()
        most = 3 if call.method.lower().startswith("request") else 2  # one that takes more is another library's
        if not _PHP_SENDERS.search(call.written) or not 2 <= len(positional) <= most or not self._is_php():
            return
        found = self.file.entries(positional[-1].expr.node)
        keys = {plain(entry.key) for entry in (found[0] if found else ())}
        provider = self.headers.destination_of(call).provider if found and "headers" not in keys else ""
        if provider and any(self._is_credential(entry) for entry in found[0]):  # type: ignore[index]
            taken_for = "the options" if keys & _PHP_OPTIONS or call.written.startswith("wp_") else "the body"
            yield Misplaced(positional[-1].expr.span, call.written, taken_for, provider)

    def _is_php(self) -> bool:
        return self.file.data.lstrip()[:5] in (b"<?php", b"<?=") or b"<?php" in self.file.data

    def _is_header_option(self, node: Node) -> bool:
        return self.file.text(node).startswith(("CURLOPT_HTTPHEADER", "\\CURLOPT_HTTPHEADER"))

    def _as_lines(self, entries: list[Entry]) -> tuple[Edit, ...]:
        """``"Name" => "value"`` as ``"Name: value"``; nothing if one of them cannot be told."""
        edits = []
        for entry in entries:
            value, quote = entry.expr.span.start, self.file.data[entry.key_span.end - 1 : entry.key_span.end]
            if quote not in (b'"', b"'") or self.file.data[value : value + 1] != quote:
                return ()
            edits.append(Edit(Span(entry.key_span.end - 1, value + 1), ": "))
        return tuple(edits)

    def _stringified(self, entry: Entry) -> bool:
        """``body: JSON.stringify({ headers: … })``."""
        shape = self.file.shape(entry.expr.node)
        if getattr(shape, "written", "") != "JSON.stringify" or not shape.args:  # type: ignore[union-attr]
            return False
        found = self.file.entries(shape.args[0].expr.node)  # type: ignore[union-attr]
        return any(
            plain(inner.key) == "headers" and self._holds_credential(inner) for inner in (found[0] if found else ())
        )

    def _is_scheme_and_key(self, node: Node) -> bool:
        """``("Bearer", key)``."""
        items = node.named_children if node.type in ("tuple", "list", "array") else []
        first = self.file.value(items[0]) if len(items) == 2 else None
        return isinstance(first, Literal) and plain(first.text) in ("bearer", "token", "apikey")

    def _is_credential(self, entry: Entry) -> bool:
        key = entry.key.lower()
        if key == AUTHORIZATION:
            return token_of(entry.expr.value) is not None
        return key.endswith("-key") and key in self.names and not isinstance(entry.expr.value, Missing)

    def _holds_credential(self, entry: Entry) -> bool:
        inner = self.file.entries(entry.expr.node)
        return inner is not None and any(self._is_credential(made) for made in inner[0])

    def _repair(self, call: Call, argument: Argument, kind: str) -> tuple[Edit, ...]:
        """``{ headers }`` around the argument; ``headers=`` before it."""
        if call.written in _ONE_ARGUMENT:
            return ()
        text = self.file.text(argument.expr.node)
        start = Span(argument.span.start, argument.span.start)
        if call.written.startswith("requests."):
            return (Edit(start, "headers="),) if argument is call.positional()[-1] else ()
        if kind == "the body":
            return ()
        if text == "headers":
            return (Edit(argument.span, "{ headers }"),)
        return (Edit(start, "{ headers: "), Edit(Span(argument.span.end, argument.span.end), " }"))

    def prints(self, call: Call) -> bool:
        """Whether a call shows what it is given."""
        return bool(self.sinks.match(call.written))

    def logged(self, call: Call) -> Iterator[Fact]:
        """A call that prints: arguments that are, or hold, a key."""
        if not self.prints(call):
            return
        for argument in call.args:
            if b"axios" in self.file.data and self._holds_request(argument):
                provider = self.headers.of_file().provider
                yield Log(
                    argument.span, call.span, "the request with its headers, the key in them", call.written, provider
                )
                continue
            found = self.file.entries(argument.expr.node)
            if found is not None and any(self._is_credential(entry) for entry in found[0]):
                yield Log(
                    argument.span,
                    call.span,
                    "the headers, with the key in them",
                    call.written,
                    self.headers.of_file().provider,
                )
                continue
            owner = self._provider_of_key(argument.expr.value)
            if owner is not None:
                yield Log(argument.span, call.span, "the key", call.written, owner)

    def _holds_request(self, argument: Argument) -> bool:
        """Whether an argument shows what axios keeps in its errors: ``error.config``, ``JSON.stringify(error)``."""
        match = _REQUEST_OF.search(self.file.text(argument.expr.node))
        if match is None or not self.headers.of_file().provider or b"uthorization" not in self.file.data:
            return False
        caught = re.compile(rf"(?:^catch\s*\(|\bcatch\s*\(\s*(?:async\s*)?\(?)\s*{match.group(1) or match.group(2)}\b")
        return any(
            caught.search(self.file.text(above)[:2000])
            for above in self.file.ancestors(argument.expr.node)
            if above.type in ("catch_clause", "call_expression")
        )

    def _provider_of_key(self, value: Value) -> str | None:
        """The vendor whose key a printed value holds; None if it holds none."""
        if isinstance(value, Join):
            return next((found for part in value.parts if (found := self._provider_of_key(part)) is not None), None)
        if isinstance(value, Env):
            known = self.catalogue.variable(value.name)
            if known is None:
                is_key = SECRET_NAME.search(value.name) and not _ABOUT_KEY.search(value.name)
                return (self.catalogue.spoken_of(value.name) or None) if is_key else None
            return known[0] if known[1].is_secret else None
        if isinstance(value, Opaque | Missing):
            name = value.name if isinstance(value, Opaque) else value.hops[0].name if value.hops else ""
            last = re.split(r"[.\[]", name)[-1].strip("[]\"'")
            known = self.catalogue.variable(last) or self.catalogue.parameter(last)
            if not known or known[1] is not Slot.API_KEY:
                return None
            if last.lower() not in ("api_key", "apikey"):
                return known[0]
            return self.headers.of_file().provider if self.is_sent(last) else None
        if isinstance(value, Literal) and value.hops:
            key = self.catalogue.identify(value.text)
            return key.provider if key else None
        return None
