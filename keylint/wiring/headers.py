"""Request headers in source code: who sets them, where they go, and the token behind the scheme."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from keylint.languages.syntax import Assignment, Call, Entry, Expr
from keylint.lazy import regex
from keylint.model import Endpoint, Env, Fact, Header, Join, Literal, Missing, Opaque, Slot, Span, Use, Value
from keylint.providers.catalogue import GENERIC, Catalogue
from keylint.wiring import hosts
from keylint.wiring.hosts import Destination
from keylint.wiring.names import AUTHORIZATION, URL_NAMES, header_meant, plain, starts_like_a_header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.languages.code import CodeFile

SETTERS = {
    "setrequestheader",
    "setheader",
    "addheader",
    "header",
    "set",
    "append",
    "add",
    "putheader",
    "withheader",
    "headers",
    "setrequestproperty",
    "defaultheader",
    "addunredirectedheader",
    "tryaddwithoutvalidation",
    "addfield",
    "putreqheader",
    "insert",
    "insertheader",
    "withheaders",
    "withhttpheader",
    "setheaderfield",
    "addvalue",
    "setvalue",
    "setdefaultheader",
    "adddefaultheader",
}
SCHEME = regex(r"^\s*(?:bearer|basic|token|key|apikey)\b[\s:=]*", re.IGNORECASE)


def token_of(value: Value) -> Value | None:
    """What stands behind the scheme of an Authorization value; None if there is no scheme."""
    if isinstance(value, Literal):
        match = SCHEME.match(value.text)
        if not match:
            return None
        rest = value.text[match.end() :]
        start = (
            value.content.start + len(value.text[: match.end()].encode()) if not value.escaped else value.content.start
        )
        if not rest:
            return Missing("empty", value.span, value.hops)
        content = Span(start, value.content.end)
        whole = value.span if value.quote or value.escaped else content
        return Literal(rest, whole, content, value.hops, value.quote, value.parts, escaped=value.escaped)
    if isinstance(value, Join) and isinstance(value.parts[0], Literal):
        match = SCHEME.match(value.parts[0].text)
        if not match:
            return None
        rest = value.parts[0].text[match.end() :]
        parts = list(value.parts[1:])
        if rest:
            first = value.parts[0]
            parts.insert(0, Literal(rest, first.span, first.content, first.hops, escaped=True))
        if len(parts) == 1:
            return parts[0]
        return Join(tuple(parts), value.span, value.hops)
    return None


class HeaderWiring:
    """Makes the header facts of one file."""

    def __init__(self, file: CodeFile, catalogue: Catalogue) -> None:
        self.file = file
        self.catalogue = catalogue
        self.known = frozenset(catalogue.header_names())
        self._of_file: Destination | None = None

    # ------------------------------------------------------------------------------------------------------- from

    def from_call(self, call: Call) -> Iterator[Fact]:
        """``x.setRequestHeader("Authorization", value)``."""
        last = call.method or call.name.rpartition(".")[2]
        if last in self.file.bearers and call.args:
            yield from self._bearer(call)
            return
        if len(call.args) < 2 or (plain(last) not in SETTERS and last not in self.file.reversed_setters):
            return
        first, second = call.args[:2] if last not in self.file.reversed_setters else (call.args[1], call.args[0])
        name = self.file.header_name(first.expr)
        method = plain(call.method or call.name)
        if method in ("set", "append", "add", "insert", "setvalue", "addvalue") and not self._on_headers(call):
            return
        if name and starts_like_a_header(name):
            where = self._receiver_destination(call)
            yield from self.emit(name, first.span, second.expr, call.span, where, in_headers=True)

    def _bearer(self, call: Call) -> Iterator[Fact]:
        """``request.bearer_auth(token)``: the library puts the scheme in front."""
        token = call.args[-1].expr
        scheme = Literal("Bearer ", token.span, Span(token.span.start, token.span.start), escaped=True)
        value = Join((scheme, token.value), token.span)
        expr = Expr(token.node, token.span, lambda _: value)
        where = self._receiver_destination(call)
        yield from self.emit("Authorization", call.callee, expr, call.span, where, in_headers=True)

    def _on_headers(self, call: Call) -> bool:
        """Whether ``x.set(…)`` sets a header and not a parameter, a field or a cookie."""
        owner = call.written.rpartition(".")[0].lower()
        if re.search(r"param|query|cookie|form|cache|map|store|session_?state", owner):
            return False
        return bool(re.search(r"header|req|http|client|agent|session", owner)) or not owner

    def from_entry(self, entry: Entry, provider: str = "") -> Iterator[Fact]:
        """``{"Authorization": value}``; `provider` if the mapping is known to be that SDK's headers."""
        if entry.key == "value":
            yield from self._named_beside(entry)
            return
        if entry.member or not starts_like_a_header(entry.key):
            return
        in_headers = bool(provider) or entry.header or self._in_headers(entry)
        meant = header_meant(entry.key, self.known)
        if not in_headers and (
            self.catalogue.parameter(entry.key) or ("_" in entry.key and meant not in ("", AUTHORIZATION))
        ):
            return  # a setting of that name
        if not meant or (
            not in_headers and meant == AUTHORIZATION and entry.key[:1].islower() and token_of(entry.expr.value) is None
        ):
            return  # a field of that name in some other object
        where = Destination(provider) if provider else self.destination(entry.node)
        yield from self.emit(entry.key, entry.key_span, entry.expr, entry.span, where, in_headers=in_headers)

    def _named_beside(self, entry: Entry) -> Iterator[Fact]:
        """``{name: "Authorization", value: …}``."""
        parent = self.file.parent(entry.node)
        for other in (self.file.mapping(parent) if parent is not None else None) or ():
            name = other.expr.value
            if other.key in ("name", "key") and isinstance(name, Literal) and starts_like_a_header(name.text):
                yield from self.emit(
                    name.text, other.expr.span, entry.expr, entry.span, self.destination(entry.node), in_headers=True
                )

    def from_assignment(self, assignment: Assignment) -> Iterator[Fact]:
        """``headers["Authorization"] = value``, ``headers.authorization = value``."""
        name = assignment.path[-1].strip("[]")
        if not starts_like_a_header(name) or assignment.operator not in ("=", "default"):
            return
        if not any(
            "header" in part.lower() or plain(part) in ("req", "request", "session", "defaults")
            for part in assignment.path[:-1]
        ):
            return
        span = assignment.key or assignment.target
        where = self.destination(assignment.node)
        if not where.known:
            where = self._destination_of_name(assignment.path[0])
        yield from self.emit(name, span, assignment.expr, assignment.span, where, in_headers=True)

    # ------------------------------------------------------------------------------------------------------ facts

    def emit(
        self, name: str, name_span: Span, expr: Expr, whole: Span, where: Destination, *, in_headers: bool
    ) -> Iterator[Fact]:
        """The facts of one header: the header itself, and its token as a use of the vendor's slot."""
        meant = header_meant(name, self.known)
        if not meant:
            return
        value = expr.value
        exact = name.lower() == meant
        token = token_of(value) if meant == AUTHORIZATION else value
        if (
            not exact
            and meant == AUTHORIZATION
            and token is None
            and not (in_headers and (isinstance(value, Env) or "bearer" in name.lower()))
        ):
            return  # only what clearly carries a credential is a misspelt Authorization
        if not where.known:
            where = self._by_token(value, meant) or self.of_file()
        tested = self.file.is_tested(value) or (token is not None and self.file.is_tested(token))
        tested = tested or self.file.is_under_condition(whole.start, name)
        grown = self._grown(whole)
        yield Header(
            name,
            name_span,
            value,
            expr.span,
            whole,
            where.provider,
            where.foreign,
            tested,
            grown,
            meant,
            where.compatible,
            in_headers,
        )
        if not where.foreign and token is not None and not (isinstance(token, Missing) and meant == AUTHORIZATION):
            yield from self._use(meant, token, expr, where, name, tested)

    def _use(self, meant: str, token: Value, expr: Expr, where: Destination, name: str, tested: bool) -> Iterator[Fact]:
        """What the header carries, as a use of the provider's slot."""
        specs = dict(self.catalogue.headers(meant))
        provider = where.provider or (next(iter(specs)) if meant != AUTHORIZATION and len(specs) == 1 else GENERIC)
        spec = specs.get(provider) or next(iter(specs.values()), None)
        if spec is not None:
            slot = Slot.API_KEY if spec.slot is Slot.AUTH_TOKEN else spec.slot
            endpoint = Endpoint.CLOUD if where.provider else Endpoint.UNKNOWN
            yield Use(provider, slot, token, expr.span, f"{name} header", "header", endpoint, where.provider, tested)

    def _by_token(self, value: Value, meant: str) -> Destination | None:
        """Whose header it is by the vendor's own header name, or by the variable that the token is read from."""
        owners = self.catalogue.headers(meant)
        if meant != AUTHORIZATION and len(owners) == 1:
            return Destination(owners[0][0])
        parts = value.parts if isinstance(value, Join) else (value,)
        for part in parts:
            name = part.name if isinstance(part, Env | Opaque) else ""
            known = self.catalogue.variable(name) if name else None
            if known and not self.of_file().foreign:
                return Destination(known[0])
        return None

    def _grown(self, whole: Span) -> bool:
        """Whether something is appended to the header later: ``headers["Authorization"] += token``."""
        return bool(
            re.search(
                rb"[Aa]uthorization[\"'\]]*\s*(?:\+=|=\s*[\w.\[\]\"']*[Aa]uthorization[\"'\]]*\s*\+)",
                self.file.data[whole.end :],
            )
        )

    # ----------------------------------------------------------------------------------------------- destinations

    def _in_headers(self, entry: Entry) -> bool:
        """Whether a mapping is a set of headers: by the name it is given to, or by what stands beside the entry."""
        for above in self.file.ancestors(entry.node):
            shape = self.file.shape(above)
            if isinstance(shape, Entry) and shape.node is not entry.node:
                return "header" in shape.key.lower()
            if isinstance(shape, Assignment):
                return (
                    any("header" in part.lower() for part in shape.path)
                    or shape.path[-1] in ("h", "H", "hdr", "hdrs", "auth")
                    or self._beside(entry)
                )
            if isinstance(shape, Call):
                named = [arg for arg in shape.args if arg.span.holds(entry.span)]
                return (
                    self._beside(entry)
                    or any("header" in arg.name.lower() for arg in named)
                    or "header" in shape.name.lower()
                    or (entry.key == "Authorization" and bool(self._of_call(shape).provider))
                )
            if above.type in self.file.statements:
                return self._beside(entry)
        return self._beside(entry)

    def _beside(self, entry: Entry) -> bool:
        parent: Any = entry.node.parent
        siblings = self.file.mapping(parent) if parent is not None else None
        return any(
            other.key_span != entry.key_span
            and "_" not in other.key
            and plain(other.key) in ("contenttype", "accept", "useragent", "openaibeta", "openaiorganization")
            for other in siblings or ()
        )

    def destination(self, node: Any) -> Destination:
        """Where the request goes whose headers stand at a node: the calls and mappings around, then the name they get."""
        for above in self.file.ancestors(node):
            shape = self.file.shape(above)
            if isinstance(shape, Call):
                found = self._of_call(shape)
                if found.known:
                    return found
            entries = self.file.mapping(above)
            for entry in entries or ():
                if entry.key.lower() in URL_NAMES:
                    found = hosts.destination(entry.expr.value, self.catalogue)
                    if found.known:
                        return found
            if isinstance(shape, Assignment):
                return self._destination_of_name(shape.path[-1])
            if above.type in self.file.functions:
                break
        return Destination()

    def destination_of(self, call: Call) -> Destination:
        """Where a call sends its request."""
        return self._of_call(call)

    def _of_call(self, call: Call) -> Destination:
        """A URL among a call's arguments, or the calls before it in a chain."""
        for argument in call.args:
            if not argument.name or argument.name.lower() in URL_NAMES:
                found = hosts.destination(argument.expr.value, self.catalogue)
                if found.known:
                    return found
                inner = self.file.mapping(self.file.unparenthesized(argument.expr.node))
                for entry in inner or ():
                    if entry.key.lower() in URL_NAMES:
                        found = hosts.destination(entry.expr.value, self.catalogue)
                        if found.known:
                            return found
        return self._chained(call)

    def _chained(self, call: Call) -> Destination:
        """``client.post("https://…").header(…)``: the receiver's own call."""
        owner = self.file.receiver(call.node) if call.node is not None else None
        shape = self.file.shape(owner) if owner is not None else None
        return self._of_call(shape) if isinstance(shape, Call) else Destination()

    def _receiver_destination(self, call: Call) -> Destination:
        found = self._of_call(call)
        if not found.known and call.node is not None:
            found = self.destination(call.node)
        receiver = call.name.partition(".")[0]
        return found if found.known or not receiver else self._destination_of_name(receiver)

    def _destination_of_name(self, name: str) -> Destination:
        """Where a set of headers or a request object goes: the URLs in the calls that it takes part in."""
        for binding in self.file.bindings(name.strip("[]")):
            shape = self.file.shape(binding.expr) if binding.expr is not None else None
            found = self._of_call(shape) if isinstance(shape, Call) else Destination()
            if found.known:
                return found
        for leaf in self.file.occurrences(name.strip("[]")):
            for above in self.file.ancestors(leaf):
                if above.type in self.file.statements or above.type in self.file.functions:
                    break
                shape = self.file.shape(above)
                if isinstance(shape, Call):
                    found = self._of_call(shape)
                    if found.known:
                        return found
        return Destination()

    def of_file(self) -> Destination:
        """Where the file's requests go as a whole."""
        if self._of_file is None:
            self._of_file = hosts.of_file(self.file.data, self.catalogue)
        return self._of_file
