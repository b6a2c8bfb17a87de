"""SDK clients: which calls build one, what they are given, and where its requests go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.syntax import Argument, Assignment, Call, Entry, Expr
from keylint.lazy import regex
from keylint.model import (
    Address,
    Client,
    Endpoint,
    Env,
    Fact,
    Join,
    Literal,
    Opaque,
    RetriesOff,
    Slot,
    Span,
    Use,
    Value,
)
from keylint.providers.catalogue import GENERIC
from keylint.wiring import anchors, hosts
from keylint.wiring.names import BASE_URL_SETTING, KEY_NAMES, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keylint.languages.code import CodeFile
    from keylint.providers.catalogue import Catalogue
    from keylint.providers.schema import ClientSpec
    from keylint.wiring.headers import HeaderWiring

_SETS_BASE_URL = regex(r"(?:with|set)?_?(?:base_?ur[li]|api_?base|base_?path)", re.IGNORECASE)

# Options that take the sending of requests out of the SDK's hands.
RETRIES = {"max_retries", "maxRetries", "WithMaxRetries"}
IN_BROWSER = {"dangerouslyAllowBrowser"}
TRANSPORTS = {"fetch", "http_client", "transport", "httpClient", "dispatcher", "async_client", "http_async_client"}
# What follows an object's name where it is given an address.
_LED_AWAY = regex(
    rb"\s*\.\s*(?:base_?ur[li]|api_?base|base_?path|endpoint|transport|http_?client|configuration)\w*\s*=[^=]",
    re.IGNORECASE,
)


class ClientWiring:
    """Makes the facts about the clients of one file. `keywords`: the language's clients take named arguments only."""

    def __init__(
        self, file: CodeFile, language: str, catalogue: Catalogue, headers: HeaderWiring, *, keywords: bool
    ) -> None:
        self.file = file
        self.language = language
        self.keywords = keywords
        self.catalogue = catalogue
        self.headers = headers
        self._endpoint: tuple[Endpoint, str] | None = None
        self._teller = ""  # whose variable it is that says so

    def specs(self, call: Call) -> list[ClientSpec]:
        """The SDK entry points that a callee can be."""
        parts = call.name.split(".")
        module = ".".join(parts[:-1]) if parts[-1] == "default" else call.name
        found = [spec for spec in self.catalogue.defaults(self.language, module) if call.known]
        sure: list[ClientSpec] = []
        for count in (1, 2):
            name, module = ".".join(parts[-count:]), ".".join(parts[:-count])
            for spec in self.catalogue.clients(self.language, name):
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

    def _is_loaded(self, spec: ClientSpec) -> bool:
        """Whether the file makes a module's names its own: ``using OpenAI;``."""
        return any(
            made == known or made.startswith((known + ".", known + "/"))
            for made in self.file.loaded()
            for known in spec.modules
        )

    def built(self, call: Call) -> list[Fact]:
        """``Client.builder().apiKey(key)``: a slot that is filled by a method in a chain."""
        specs = self.catalogue.builders(self.language, call.method) if len(call.args) == 1 else []
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

    def unretried(self, call: Call) -> Iterator[RetriesOff]:
        """``Client.builder().maxRetries(0)``."""
        if call.method not in RETRIES or len(call.args) != 1 or self.file.text(call.args[0].expr.node) != "0":
            return
        for spec in self.catalogue.builders(self.language, "apiKey"):
            if any(f".{name}." in f".{call.name}." for name in spec.names):
                start = self.file.data.rindex(call.method.encode(), call.span.start, call.span.end)
                yield RetriesOff(spec.provider, Span(start, call.span.end), self._chain_endpoint(call, spec)[0])
                return

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
        return self.file_endpoint(spec.provider)

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
            endpoint, host = self.file_endpoint(provider)
        spread = spread or self._is_led_away(call)
        if (spread or self._has_transport(call, spec)) and base is None and endpoint is Endpoint.DEFAULT:
            endpoint = Endpoint.UNKNOWN
        filled, more = self._options(call, len(next((one.positional for one in specs if one.positional), ())))
        spread = spread or more
        yield Client(
            provider,
            call.written,
            call.callee,
            call.span,
            (*by_slot, *filled),
            endpoint,
            any(spec.environment for spec in specs),
            call.lazy,
            spread,
            tuple(misnamed),
            self._option(call, spec, IN_BROWSER, "true"),
            stray,
        )
        if (off := self._option(call, spec, RETRIES, "0")) is not None:
            yield RetriesOff(provider, off, endpoint)
        for slot, argument in given:
            value = argument.expr.value
            if slot in (Slot.BASE_URL, Slot.ENDPOINT):
                yield Address(provider, value, argument.expr.span, slot)
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

    def _options(self, call: Call, places: int) -> tuple[list[Slot], bool]:
        """What Go's options fill, ``NewClient(option.WithAPIKey(key))``, and whether there may be more that is not seen."""
        filled: list[Slot] = []
        more = False
        for argument in call.positional()[places:] if self.language == "go" else ():
            shape = self.file.shape(self.file.unparenthesized(argument.expr.node))
            specs = self.specs(shape) if isinstance(shape, Call) else []
            filled += [Slot(name) for spec in specs for name in spec.positional if name]
            more = more or not specs
        return filled, more

    def _option(self, call: Call, spec: ClientSpec, names: set[str], text: str) -> Span | None:
        """``max_retries=0``, ``dangerouslyAllowBrowser: true``."""
        positional = call.positional()
        found = None
        if spec.options is not None and len(positional) > spec.options:
            found = self.file.entries(positional[spec.options].expr.node)
        given = [(entry.key, entry.expr, entry.span) for entry in found[0]] if found else []
        for argument in call.args:
            shape = self.file.shape(self.file.unparenthesized(argument.expr.node)) if self.language == "go" else None
            if isinstance(shape, Call) and len(shape.args) == 1:  # option.WithMaxRetries(0)
                given.append((shape.method, shape.args[0].expr, argument.span))
            given.append((argument.name, argument.expr, argument.span))
        return next((span for name, expr, span in given if name in names and self.file.text(expr.node) == text), None)

    def _is_led_away(self, call: Call) -> bool:
        """Whether an object that is handed over is given an address or a transport by itself: ``options.baseURL = url``."""
        for argument in call.args:
            node = self.file.unparenthesized(argument.expr.node)
            if node.type not in self.file.names:
                continue
            name = self.file.text(node)
            made = (one.expr for one in self.file.bindings(name) if one.expr is not None)
            if any(re.search(r"\bTransport\s*=[^=]", self.file.text(expr)) for expr in made):
                return True
            for leaf in self.file.occurrences(name):
                rest = self.file.data[leaf.end_byte : leaf.end_byte + 120]
                if _LED_AWAY.match(rest):
                    return True
        return False

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
                self.keywords
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

    def file_endpoint(self, provider: str = "") -> tuple[Endpoint, str]:
        """Where the file's clients go when the call itself does not say: a base URL that is set anywhere in the file.

        One that is set by another vendor's variable is none for `provider`'s clients.
        """
        endpoint = self._any_endpoint()
        anybody = "" in (provider, self._teller) or GENERIC in (provider, self._teller)
        same = provider == self._teller or {provider, self._teller} == {"openai", "azure"}
        return endpoint if anybody or same else (Endpoint.DEFAULT, "")

    def _any_endpoint(self) -> tuple[Endpoint, str]:
        if self._endpoint is None:
            self._endpoint = (Endpoint.DEFAULT, "")
            for shape in self.file.shapes(anchors.of(self.file.data, self.catalogue).base_urls):
                expr: Expr | None = None
                known = None
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
                        self._endpoint, self._teller = found, known[0] if known else ""
                        break
        return self._endpoint


def _names_package(module: str, spec: ClientSpec) -> bool:
    """Whether a bare package name can be one of a client's modules: `openai` of "github.com/sashabaranov/go-openai"."""
    words = {word for known in spec.modules for part in known.split("/") for word in (part, *part.split("-"))}
    return module in words


def _is_text(value: Value) -> bool:
    """Whether a value is certainly a text (or nothing), and not an object."""
    if isinstance(value, Opaque):
        return False
    return isinstance(value, Literal | Env | Join)
