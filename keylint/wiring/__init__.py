"""From shapes to facts: what a call, an assignment or an entry means for a credential.

Here the providers' data meets the program: which callee is an SDK's client, which option is which slot, which header goes
to whose host. It knows no language's syntax; what differs between languages is the data of an ``Idiom``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keylint.judge import is_random
from keylint.languages.syntax import Argument, Assignment, Call, Entry, Expr, Read
from keylint.model import (
    Client,
    Endpoint,
    Env,
    EnvDefinition,
    EnvLoad,
    EnvRead,
    Fact,
    Join,
    Literal,
    Opaque,
    Slot,
    Span,
    Text,
    Use,
    Value,
)
from keylint.providers.catalogue import GENERIC, Catalogue
from keylint.wiring import anchors, hosts
from keylint.wiring.headers import HeaderWiring
from keylint.wiring.names import BASE_URL, BASE_URL_SETTING, KEY_NAMES, plain
from keylint.wiring.requests import SINKS, RequestWiring

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keylint.languages.code import CodeFile
    from keylint.providers.schema import ClientSpec


@dataclass(frozen=True)
class Idiom:
    """What a language's libraries are called. `loaders` maps a callee to the loader's name, "" for one that only looks."""

    language: str
    loaders: Mapping[str, str] = field(default_factory=dict)
    writers: Mapping[str, str] = field(default_factory=dict)  # callee(name, value) sets a variable
    updaters: frozenset[str] = frozenset()  # callee({name: value}) sets variables
    environment: str = ""  # the mapping that is the environment: "os.environ"
    keywords: bool = False  # clients take named arguments only
    sinks: re.Pattern[str] = SINKS  # callees, as written, that print or log what they are given


_SETS_BASE_URL = re.compile(r"(?:with|set)?_?(?:base_?ur[li]|api_?base|base_?path)", re.IGNORECASE)

# Options that take the sending of requests out of the SDK's hands.
TRANSPORTS = {"fetch", "http_client", "transport", "httpClient", "dispatcher", "async_client", "http_async_client"}


class Wiring:
    """Makes the facts of one file of source code."""

    def __init__(self, file: CodeFile, idiom: Idiom, catalogue: Catalogue) -> None:
        self.file = file
        self.idiom = idiom
        self.catalogue = catalogue
        self.headers = HeaderWiring(file, catalogue)
        self.requests = RequestWiring(file, catalogue, self.headers, idiom.sinks)
        self.requests.is_sent = self.is_sent
        self._endpoint: tuple[Endpoint, str] | None = None

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
        return facts

    # ------------------------------------------------------------------------------------------------------ calls

    def call(self, call: Call) -> Iterator[Fact]:
        """A client that is built, a header that is set, a loader that runs, a variable that is written."""
        parts = call.name.split(".")
        names = (call.name, ".".join(parts[-3:]), ".".join(parts[-2:]))
        loader = next((self.idiom.loaders[name] for name in names if name in self.idiom.loaders), "")
        if loader:
            yield EnvLoad(loader, call.span, call.node is None or not self.file.in_function(call.node))
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
        specs = self.specs(call)
        if specs:
            yield from self.client(call, specs)
            return
        built = self.built(call)
        if built:
            yield from built
            return
        yield from self.headers.from_call(call)
        yield from self.requests.misplaced(call)
        yield from self.requests.logged(call)
        yield from self.arguments(call)

    def specs(self, call: Call) -> list[ClientSpec]:
        """The SDK entry points that a callee can be."""
        parts = call.name.split(".")
        module = ".".join(parts[:-1]) if parts[-1] == "default" else call.name
        found = [spec for spec in self.catalogue.defaults(self.idiom.language, module) if call.known]
        sure: list[ClientSpec] = []
        for count in (1, 2):
            name, module = ".".join(parts[-count:]), ".".join(parts[:-count])
            for spec in self.catalogue.clients(self.idiom.language, name):
                within = (not spec.modules and bool(module)) or any(
                    module == known or module.startswith((known + ".", known + "/")) for known in spec.modules
                )
                usable = not spec.imported or self._is_loaded(spec) or (not module and self.file.is_fragment())
                guessed = bool(module) and not call.known and self.file.is_fragment() and _names_package(module, spec)
                if within or guessed or (not call.known and usable and (not module or count == 2)):
                    found.append(spec)
                if within:
                    sure.append(spec)
        return sure or found

    def _nested_endpoint(self, call: Call) -> tuple[Endpoint, str]:
        """A base URL in an options object that is handed over, where it stands or by a name."""
        for argument in call.args:
            node = self.file.unparenthesized(argument.expr.node)
            bindings = self.file.bindings(self.file.text(node)) if node.type in self.file.names else []
            if len(bindings) == 1 and bindings[0].expr is not None:
                node = self.file.unparenthesized(bindings[0].expr)
            shape = self.file.shape(node)
            for spec in self.specs(shape) if isinstance(shape, Call) and shape.span != call.span else ():
                for given in shape.args if isinstance(shape, Call) else ():
                    if spec.slots.get(given.name) in (Slot.BASE_URL, Slot.ENDPOINT):
                        return hosts.endpoint(given.expr.value, self.catalogue)
        return Endpoint.DEFAULT, ""

    def is_sent(self, name: str) -> bool:
        """Whether what a name holds goes to a vendor: into a client, a header, a call that names a vendor's host."""
        for leaf in self.file.occurrences(name):
            for call in self.file.calls_around(leaf):
                if self.requests.prints(call):
                    break
                header = bool(call.args) and self.file.header_name(call.args[0].expr).lower() == "authorization"
                if self.specs(call) or self.built(call) or header or self.headers.destination_of(call).provider:
                    return True
            for above in self.file.ancestors(leaf):
                shape = self.file.shape(above)
                if isinstance(shape, Entry) and shape.key.lower() == "authorization":
                    return True
                if above.type in self.file.statements:
                    break
        return False

    def _is_loaded(self, spec: ClientSpec) -> bool:
        """Whether the file makes a module's names its own: ``using OpenAI;``."""
        return any(
            made == known or made.startswith((known + ".", known + "/"))
            for made in self.file.loaded()
            for known in spec.modules
        )

    def built(self, call: Call) -> list[Fact]:
        """``Client.builder().apiKey(key)``: a slot that is filled by a method in a chain."""
        specs = self.catalogue.builders(self.idiom.language, call.method) if len(call.args) == 1 else []
        if not specs:
            return []
        first, _, rest = call.name.partition(".")
        whole = f".{self.file.origin(call.node, first) or first}.{rest}."
        spec = next((one for one in specs if any(f".{name}." in whole for name in one.names)), None)
        if spec is None:
            return []
        slot = spec.slots[call.method]
        if slot in (Slot.BASE_URL, Slot.ENDPOINT, Slot.API_TYPE):
            return []
        endpoint, host = self._chain_endpoint(call, spec)
        expr = call.args[0].expr
        place = f"{call.method}(…)"
        return [
            Use(
                spec.provider,
                slot,
                expr.value,
                expr.span,
                place,
                "client",
                endpoint,
                host,
                self.file.is_tested(expr.value),
            )
        ]

    def _chain_endpoint(self, call: Call, spec: ClientSpec) -> tuple[Endpoint, str]:
        """A base URL among the calls of the same chain, else in the file."""
        chain = [call, *self.file.calls_around(call.node)]
        inner = self.file.receiver(call.node)
        for _ in range(40):
            shape = self.file.shape(inner) if inner is not None else None
            if not isinstance(shape, Call):
                break
            chain.append(shape)
            inner = self.file.receiver(shape.node)
        for made in chain:
            if spec.slots.get(made.method) is Slot.BASE_URL and made.args:
                return hosts.endpoint(made.args[0].expr.value, self.catalogue)
        return self.file_endpoint()

    def client(self, call: Call, specs: list[ClientSpec]) -> Iterator[Fact]:
        """A client and what it is given."""
        slots: dict[str, Slot] = {}
        for spec in specs:
            slots.update(spec.slots)
        spec = specs[0]
        provider = spec.provider
        given, spread, misnamed, stray = self._given(call, specs, slots)
        by_slot = dict(given)
        base = by_slot.get(Slot.BASE_URL)
        endpoint, host = hosts.endpoint(base.expr.value, self.catalogue) if base else self._nested_endpoint(call)
        if base is None and endpoint is Endpoint.DEFAULT:
            endpoint, host = self.file_endpoint()
        if (spread or self._has_transport(call, spec)) and base is None and endpoint is Endpoint.DEFAULT:
            endpoint = Endpoint.UNKNOWN
        yield Client(
            provider,
            call.written,
            call.callee,
            call.span,
            tuple(by_slot),
            endpoint,
            any(spec.environment for spec in specs),
            call.lazy,
            spread,
            tuple(misnamed),
            stray,
        )
        for slot, argument in given:
            value = argument.expr.value
            if slot in (Slot.BASE_URL, Slot.ENDPOINT, Slot.API_TYPE):
                continue
            if slot is Slot.HEADERS:
                found = self.file.entries(argument.expr.node)
                target = provider if endpoint is Endpoint.DEFAULT else host
                for entry in found[0] if found and target else ():
                    yield from self.headers.from_entry(entry, target)
                continue
            place = f"{call.written}({argument.name}=…)" if argument.name else f"{call.written}(…)"
            yield Use(
                provider, slot, value, argument.expr.span, place, "client", endpoint, host, self.file.is_tested(value)
            )

    def _has_transport(self, call: Call, spec: ClientSpec) -> bool:
        """Whether the client is given a transport of its own, which may go anywhere and add its own credentials."""
        names = {argument.name for argument in call.args}
        positional = call.positional()
        if spec.options is not None and len(positional) > spec.options:
            found = self.file.entries(positional[spec.options].expr.node)
            names |= {entry.key for entry in found[0]} if found else set()
        return bool(names & TRANSPORTS)

    def _given(
        self, call: Call, specs: list[ClientSpec], slots: Mapping[str, Slot]
    ) -> tuple[list[tuple[Slot, Argument]], bool, list[tuple[str, Span, str]], tuple[Span, Value] | None]:
        """The slots that a call fills, whether there may be more, options it ignores, a value in the options' place."""
        spec = specs[0]
        if spec.options is None:
            given = [(slots[arg.name], arg) for arg in call.args if arg.name in slots]
            positional = call.positional()
            places = next((one.positional for one in specs if one.positional), ())
            given += [(Slot(name), arg) for name, arg in zip(places, positional, strict=False) if name]
            stray = None
            if (
                self.idiom.keywords
                and positional
                and not spec.positional
                and _is_text(positional[0].expr.value)
                and "api_key" in slots.values()
            ):
                stray = (positional[0].span, positional[0].expr.value)
            return given, call.spread, self._unknown(call, spec, slots), stray
        positional = call.positional()
        if len(positional) <= spec.options:
            return [], call.spread, [], None
        options = positional[spec.options]
        found = self.file.entries(options.expr.node)
        if found is None:
            value = options.expr.value
            return [], True, [], (options.span, value) if _is_text(value) else None
        given, misnamed = [], []
        entries = [(entry.key, entry) for entry in found[0]]
        for key, entry in list(entries):
            inner = self.file.entries(entry.expr.node) if any(name.startswith(key + ".") for name in slots) else None
            entries += [(f"{key}.{nested.key}", nested) for nested in (inner[0] if inner else ())]
        for key, entry in entries:
            if key in slots:
                given.append((slots[key], Argument(key, entry.expr, entry.span, entry.key_span)))
            elif plain(key) in KEY_NAMES and not any(
                slot.is_secret and name in dict(entries) for name, slot in slots.items()
            ):
                misnamed.append((key, entry.key_span, next(name for name, slot in slots.items() if slot.is_secret)))
        return given, found[1], misnamed, None

    def _unknown(self, call: Call, spec: ClientSpec, slots: Mapping[str, Slot]) -> list[tuple[str, Span, str]]:
        """Named arguments that mean the key in another library, where the client takes none but its own."""
        names = {argument.name for argument in call.args}
        own = next((name for name, slot in slots.items() if slot.is_secret), "")
        if not spec.strict or not own or own in names:
            return []
        return [
            (argument.name, argument.name_span, own)
            for argument in call.args
            if argument.name and plain(argument.name) in KEY_NAMES and argument.name not in slots
        ]

    def arguments(self, call: Call) -> Iterator[Fact]:
        """Arguments of callees that are no known client, by names that speak for themselves."""
        for argument in call.args:
            known = self.catalogue.parameter(argument.name) if argument.name else None
            if known is None or known[1] is Slot.BASE_URL:
                continue
            provider, slot = known
            base = next((arg for arg in call.args if BASE_URL.match(arg.name)), None)
            endpoint, host = hosts.endpoint(base.expr.value, self.catalogue) if base else self.file_endpoint()
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
        if last.startswith("[") or any("header" in part.lower() for part in path):
            yield from self.headers.from_assignment(assignment)
            return
        if len(path) >= 2:
            known = self.catalogue.attributes(self.idiom.language, ".".join(path[:-1]), last)
            if known is None and len(path) == 2 and (origin := self.file.origin(assignment.node, path[0])):
                known = self._attribute_of(origin, last)
            if known and known[1] not in (Slot.BASE_URL, Slot.API_TYPE):
                endpoint, host = self.file_endpoint()
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
            endpoint, host = self.file_endpoint()
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
            endpoint, host = self.file_endpoint()
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
        )

    def definition(self, name: Expr, value: Expr) -> Iterator[Fact]:
        """A variable that the program itself sets."""
        literal = name.value
        if isinstance(literal, Literal):
            yield from self._definition(literal.text, name.span, value)

    def _definition(self, name: str, name_span: Span, expr: Expr) -> Iterator[Fact]:
        known = self.catalogue.variable(name)
        endpoint, host = self.file_endpoint()
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

    def file_endpoint(self) -> tuple[Endpoint, str]:
        """Where the file's clients go when the call itself does not say: a base URL that is set anywhere in the file."""
        if self._endpoint is None:
            self._endpoint = (Endpoint.DEFAULT, "")
            for shape in self.file.shapes(anchors.of(self.file.data, self.catalogue).base_urls):
                expr: Expr | None = None
                if isinstance(shape, Assignment):
                    last = shape.path[-1].strip("[]")
                    known = self.catalogue.variable(last)
                    is_base = (known and known[1] is Slot.BASE_URL) or (
                        BASE_URL_SETTING.match(last) and len(shape.path) > 1
                    )
                    expr = shape.expr if is_base else None
                elif isinstance(shape, Call):
                    is_base = len(shape.args) == 1 and bool(_SETS_BASE_URL.fullmatch(shape.method))
                    expr = shape.args[0].expr if is_base else None
                elif isinstance(shape, Entry):
                    known = self.catalogue.variable(shape.key)
                    expr = shape.expr if known and known[1] is Slot.BASE_URL else None
                if expr is not None:
                    found = hosts.endpoint(expr.value, self.catalogue)
                    if found[0] is not Endpoint.DEFAULT:
                        self._endpoint = found
                        break
        return self._endpoint


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


def _names_package(module: str, spec: ClientSpec) -> bool:
    """Whether a bare package name can be one of a client's modules: `openai` of "github.com/sashabaranov/go-openai"."""
    words = {word for known in spec.modules for part in known.split("/") for word in (part, *part.split("-"))}
    return module in words


def _is_text(value: Value) -> bool:
    """Whether a value is certainly a text (or nothing), and not an object."""
    if isinstance(value, Opaque):
        return False
    return isinstance(value, Literal | Env | Join)
