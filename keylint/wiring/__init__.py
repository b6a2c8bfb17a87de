"""From shapes to facts: what a call, an assignment or an entry means for a credential.

Here the providers' data meets the program: which callee is an SDK's client, which option is which slot, which header goes
to whose host. It knows no language's syntax; what differs between languages is the data of an ``Idiom``.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from keylint.judge import is_random
from keylint.languages.syntax import Argument as Argument
from keylint.languages.syntax import Assignment, Call, Entry, Expr, Read
from keylint.lazy import regex
from keylint.model import (
    Client as Client,
)
from keylint.model import (
    Endpoint as Endpoint,
)
from keylint.model import (
    Env as Env,
)
from keylint.model import (
    EnvDefinition,
    EnvLoad,
    EnvRead,
    Fact,
    Literal,
    Slot,
    Span,
    Text,
    Use,
    Value,
)
from keylint.model import (
    Join as Join,
)
from keylint.model import (
    Opaque as Opaque,
)
from keylint.providers.catalogue import GENERIC, Catalogue
from keylint.record import Record
from keylint.wiring import anchors, bundles, hosts, removed
from keylint.wiring.clients import ClientWiring
from keylint.wiring.failures import FailureWiring
from keylint.wiring.floods import FloodWiring
from keylint.wiring.headers import HeaderWiring
from keylint.wiring.names import BASE_URL
from keylint.wiring.names import BASE_URL_SETTING as BASE_URL_SETTING
from keylint.wiring.names import KEY_NAMES as KEY_NAMES
from keylint.wiring.names import plain as plain
from keylint.wiring.requests import SINKS, RequestWiring
from keylint.wiring.sending import Sending

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping

    from keylint.languages.code import CodeFile
    from keylint.providers.schema import ClientSpec as ClientSpec

# What a loader's argument that names the file is called.
_TARGETS = frozenset({"dotenv_path", "path", "stream"})
# What makes a loader replace what is set already: an argument, or another function of the library.
_OVERRIDES = frozenset({"override", "overwrite"})
_OVERRIDING = regex(r"[oO]verload$|[cC]reate(?:Unsafe)?Mutable$")


class Idiom(Record):
    """What a language's libraries are called. `loaders` maps a callee to the loader's name, "" for one that only looks."""

    language: str
    loaders: Mapping[str, str] = MappingProxyType({})
    writers: Mapping[str, str] = MappingProxyType({})  # callee(name, value) sets a variable
    updaters: frozenset[str] = frozenset()  # callee({name: value}) sets variables
    environment: str = ""  # the mapping that is the environment: "os.environ"
    keywords: bool = False  # clients take named arguments only
    sinks: re.Pattern[str] = SINKS  # callees, as written, that print or log what they are given


class Wiring:
    """Makes the facts of one file of source code."""

    def __init__(self, file: CodeFile, idiom: Idiom, catalogue: Catalogue) -> None:
        self.file = file
        self.idiom = idiom
        self.catalogue = catalogue
        self.headers = HeaderWiring(file, catalogue)
        self.requests = RequestWiring(file, catalogue, self.headers, idiom.sinks)
        self.requests.is_sent = self.is_sent
        self.sending = Sending(file, catalogue, self.headers)
        self.clients = ClientWiring(file, idiom.language, catalogue, self.headers, keywords=idiom.keywords)

    def facts(self) -> list[Fact]:
        """All facts of the file, in the order they stand there."""
        shapes = self.file.shapes(anchors.of(self.file.data, self.catalogue).words)
        facts: list[Fact] = []
        for shape in shapes:
            if isinstance(shape, Call):
                facts += self.call(shape)
            elif isinstance(shape, Assignment):
                facts += self.assignment(shape)
            elif isinstance(shape, Entry):
                facts += self.entry(shape)
            else:
                facts.append(self.read(shape))
        facts += split_keys(self.file, self.catalogue)
        if self.file.source.secrets_only:
            return facts
        facts += removed.found(self.file, self.idiom.language, self.catalogue)
        if self.sending.is_possible():
            facts += removed.of_failures(self.file, self.idiom.language, self.sending)
            facts += FailureWiring(self.file, self.idiom.language, self.sending).facts()
            floods = FloodWiring(self.file, self.idiom.language, self.sending)
            facts += [*floods.fan_outs(), *floods.unchecked()]
        facts += bundles.found(self.file, self.catalogue)
        return facts

    # ------------------------------------------------------------------------------------------------------ calls

    def call(self, call: Call) -> Iterator[Fact]:
        """A client that is built, a header that is set, a loader that runs, a variable that is written."""
        parts = call.name.split(".")
        names = (call.name, ".".join(parts[-3:]), ".".join(parts[-2:]))
        loader = next((self.idiom.loaders[name] for name in names if name in self.idiom.loaders), "")
        if loader:
            top_level = call.node is None or not self.file.in_function(call.node)
            target = self._target(call) if loader == "dotenv" else None
            overrides = loader == "dotenv" and self._overrides(call)
            within = self._within(call.node)
            yield EnvLoad(loader, call.span, top_level, target=target, within=within, overrides=overrides)
            return
        if call.name in self.idiom.writers and len(call.args) >= 2:
            yield from self.definition(call.args[0].expr, call.args[1].expr)
            return
        if call.name in self.idiom.updaters and call.args:
            for argument in call.args:
                if argument.name:
                    yield from self._definition(argument.name, argument.name_span, argument.expr)
            found = self.file.entries(call.args[0].expr.node) if not call.args[0].name else None
            for entry in found[0] if found else ():
                yield from self._definition(entry.key, entry.key_span, entry.expr)
            return
        specs = self.clients.specs(call)
        if specs:
            yield from self.clients.client(call, specs)
            return
        yield from self.clients.unretried(call)
        built = self.clients.built(call)
        if built:
            yield from built
            return
        yield from self.headers.from_call(call)
        yield from self.requests.misplaced(call)
        yield from self.requests.logged(call)
        yield from self.arguments(call)

    def _target(self, call: Call) -> str | None:
        """The file that a loader is told to read, see ``EnvLoad``."""
        told = list(call.args)
        if told and (found := self.file.entries(told[0].expr.node)) is not None:
            told = []
            for entry in found[0]:
                if entry.key in _TARGETS:
                    value = entry.expr.value
                    return value.text if isinstance(value, Literal) else None
            if found[1]:
                return None
        for argument in told:
            if not argument.name or argument.name in _TARGETS:
                value = argument.expr.value
                return value.text if isinstance(value, Literal) else None
        return ""

    def _overrides(self, call: Call) -> bool:
        """Whether a loader replaces what is set already."""
        if _OVERRIDING.search(call.name):
            return True
        told = [(argument.name, argument.expr) for argument in call.args]
        for argument in call.args:
            found = self.file.entries(argument.expr.node) if not argument.name else None
            told += [(entry.key, entry.expr) for entry in found[0]] if found else []
        return any(name in _OVERRIDES and self.file.text(expr.node).lower() == "true" for name, expr in told)

    def is_sent(self, name: str) -> bool:
        """Whether what a name holds goes to a vendor: into a client, a header, a call that names a vendor's host."""
        for leaf in self.file.occurrences(name):
            for call in self.file.calls_around(leaf):
                if self.requests.prints(call):
                    break
                header = bool(call.args) and self.file.header_name(call.args[0].expr).lower() == "authorization"
                if (
                    self.clients.specs(call)
                    or self.clients.built(call)
                    or header
                    or self.headers.destination_of(call).provider
                ):
                    return True
            for above in self.file.ancestors(leaf):
                shape = self.file.shape(above)
                if isinstance(shape, Entry) and shape.key.lower() == "authorization":
                    return True
                if above.type in self.file.statements:
                    break
        return False

    def arguments(self, call: Call) -> Iterator[Fact]:
        """Arguments of callees that are no known client, by names that speak for themselves."""
        for argument in call.args:
            known = self.catalogue.parameter(argument.name) if argument.name else None
            if known is None or known[1] is Slot.BASE_URL:
                continue
            provider, slot = known
            base = next((arg for arg in call.args if BASE_URL.match(arg.name)), None)
            endpoint, host = hosts.endpoint(base.expr.value, self.catalogue) if base else self.clients.file_endpoint()
            value = argument.expr.value
            via = "argument" if provider == GENERIC else "named"
            place = f"{call.written or '…'}({argument.name}=…)"
            yield Use(provider, slot, value, argument.expr.span, place, via, endpoint, host, self.file.is_tested(value))

    # ------------------------------------------------------------------------------------- assignments and entries

    def assignment(self, assignment: Assignment) -> Iterator[Fact]:
        """A module's setting, a variable of the environment, a header, a name that speaks for itself."""
        path, expr = assignment.path, assignment.expr
        yield from self._split(expr.value)
        last = path[-1]
        if len(path) > 1 and ".".join(path[:-1]) == self.idiom.environment:
            if assignment.operator == "=":
                yield from self._definition(last.strip("[]"), assignment.key or assignment.target, expr)
            return
        if last == "auth" and len(path) > 1:
            yield from self.requests.basic(assignment)
            return
        if last.startswith("[") or any("header" in part.lower() for part in path):
            yield from self.headers.from_assignment(assignment)
            return
        if len(path) >= 2:
            known = self.catalogue.attributes(self.idiom.language, ".".join(path[:-1]), last)
            if known is None and len(path) == 2 and (origin := self.file.origin(assignment.node, path[0])):
                known = self._attribute_of(origin, last)
            if known and known[1] not in (Slot.BASE_URL, Slot.API_TYPE):
                endpoint, host = self.clients.file_endpoint()
                tested = self.file.is_tested(expr.value) or self.file.name_is_tested(last)
                yield Use(
                    known[0], known[1], expr.value, expr.span, ".".join(path), "attribute", endpoint, host, tested
                )
                return
        parameter = self.catalogue.parameter(last) or self.catalogue.variable(last)
        if (
            parameter
            and parameter[0] != GENERIC
            and assignment.operator != "default"
            and parameter[1] is not Slot.BASE_URL
        ):
            endpoint, host = self.clients.file_endpoint()
            tested = self.file.is_tested(expr.value) or self.file.name_is_tested(last)
            yield Use(parameter[0], parameter[1], expr.value, expr.span, last, "variable", endpoint, host, tested)

    def _attribute_of(self, origin: str, last: str) -> tuple[str, Slot] | None:
        """The slot of a property of what a call gives, by the last one or two names of the call."""
        parts = origin.split(".")
        names = (origin, ".".join(parts[-2:]), parts[-1])
        found = (self.catalogue.attributes(self.idiom.language, name, last) for name in names)
        return next((known for known in found if known), None)

    def _split(self, value: Value) -> Iterator[Fact]:
        """A key that is put together from several literals by names."""
        if isinstance(value, Literal) and len(value.parts) > 1:
            format = self.catalogue.identify(value.text)
            if format is not None and is_random(value.text, format):
                yield Text(format.provider, format.name, value.span, format.slot, "split")

    def entry(self, entry: Entry) -> Iterator[Fact]:
        """A header in a mapping, or a setting whose name speaks for itself."""
        found = list(self.headers.from_entry(entry))
        if found:
            yield from found
            return
        known = self.catalogue.parameter(entry.key) or self.catalogue.variable(entry.key)
        if known and known[0] != GENERIC and known[1] is not Slot.BASE_URL:
            endpoint, host = self.clients.file_endpoint()
            tested = self.file.is_tested(entry.expr.value)
            yield Use(
                known[0], known[1], entry.expr.value, entry.expr.span, entry.key, "setting", endpoint, host, tested
            )

    # ------------------------------------------------------------------------------------------------ environment

    def read(self, read: Read) -> EnvRead:
        """A read of the environment, with what is known of the variable."""
        value = read.value
        known = self.catalogue.variable(value.name)
        tested = bool(read.target) and self.file.name_is_tested(read.target.rpartition(".")[2])
        return EnvRead(
            value.name,
            value.name_span,
            read.span,
            value.call,
            value,
            known[0] if known else "",
            known[1] if known else None,
            read.broken,
            tested,
            read.lazy,
            read.fallback,
            self._within(read.node),
        )

    def _within(self, node: Any) -> Span | None:
        """The innermost function around a node; None outside of all."""
        found = self.file.enclosing(node, self.file.functions) if node is not None else None
        return (
            Span(found.start_byte, found.end_byte) if found is not None and found.type in self.file.functions else None
        )

    def definition(self, name: Expr, value: Expr) -> Iterator[Fact]:
        """A variable that the program itself sets."""
        literal = name.value
        if isinstance(literal, Literal):
            yield from self._definition(literal.text, name.span, value)

    def _definition(self, name: str, name_span: Span, expr: Expr) -> Iterator[Fact]:
        known = self.catalogue.variable(name)
        endpoint, host = self.clients.file_endpoint()
        provider, slot = known or ("", None)
        tested = self.file.is_tested(expr.value)
        yield EnvDefinition(
            name, name_span, expr.value, expr.span, "process", provider, slot, endpoint=endpoint, guarded=tested
        )
        if slot is not None and slot is not Slot.BASE_URL:
            yield Use(
                provider,
                slot,
                expr.value,
                expr.span,
                f"{self.idiom.environment}: {name}",
                "definition",
                endpoint,
                host,
                tested,
            )


def split_keys(file: CodeFile, catalogue: Catalogue) -> Iterator[Fact]:
    """Keys that are put together from several literals, whatever becomes of them."""
    seen: set[Span] = set()
    for offset in _beginnings(file, catalogue):
        value = file.concatenation(offset)
        if isinstance(value, Literal) and len(value.parts) > 1 and value.span not in seen:
            seen.add(value.span)
            format = catalogue.identify(value.text)
            if format is not None and is_random(value.text, format):
                yield Text(format.provider, format.name, value.span, format.slot, "split")


def _beginnings(file: CodeFile, catalogue: Catalogue) -> Iterator[int]:
    """Where a key can begin: at a prefix, and wherever a name stands that holds one."""
    for offset in anchors.of(file.data, catalogue).prefixes:
        yield offset
        leaf = file.leaf(offset)
        for above in file.ancestors(leaf) if leaf is not None else ():
            shape = file.shape(above)
            if isinstance(shape, Assignment):
                yield from (node.start_byte for node in file.occurrences(shape.path[-1]) if len(shape.path) == 1)
            if shape is not None or above.type in file.statements:
                break
