"""What a program does when a request fails: tries again, gives up, says nothing, sends all at once."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from keylint.languages.code import span
from keylint.languages.syntax import Call
from keylint.model import Edit, Fact, FanOut, Removed, Retry, Span, Swallowed, Unchecked
from keylint.wiring import attempts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from keylint.languages.code import CodeFile
    from keylint.providers.catalogue import Catalogue
    from keylint.providers.schema import RemovedSpec
    from keylint.wiring.attempts import Attempt
    from keylint.wiring.headers import HeaderWiring

MAX_REQUESTS = 300
_COUNTED = re.compile(
    r"attempt|retr|tries|depth|count|\w\s*[-+]\s*\w", re.IGNORECASE
)  # what a call is given that counts
_SENDERS = re.compile(
    rb"\b(?:requests|httpx|session|http|client|aiohttp|axios|got|ky|superagent|\$http)(?:\.(?:post|get|put|request))?\s*\(|\bfetch\s*\("
)
LIMITED = re.compile(r"RateLimit|rate_?limit|rate limit|TooManyRequests|\b429\b|too many requests", re.IGNORECASE)
_FAILED = re.compile(r"\berr\s*!=\s*nil")
_QUOTA = re.compile(r"insufficient_quota|quota|billing", re.IGNORECASE)
_EVERYTHING = re.compile(
    r"^(?:except|catch|rescue)\b\s*(?::|$|\{|\(\s*\w*\s*(?::\s*(?:any|unknown))?\)|(?:\(\s*)?(?:final\s+)?(?:Base)?(?:Exception|Throwable|StandardError|Error)\b"
    r"|.*\b(?:OpenAIError|APIError|APIStatusError)\b|=>)",
)
_NOTHING = re.compile(
    r"(?:return\s*(?:None|null|undefined|nil|\[\s*\]|\{\s*\}|\(?['\"`]\s*['\"`]\)?|std::nullopt|Optional\.empty\(\))?\s*;?|pass|continue;?|nil|null|\"\s*\"|)"
)
_BOUNDED = re.compile(
    rb"semaphore|p-?limit|p-?queue|p-?map|bottleneck|throttl|limiter|concurren|chunk|batch|\.slice\(|islice|max_workers"
    rb"|aiometer|rate_?limit_?per|\bSIZE\b|\[\s*i\s*:\s*i\s*\+",
    re.IGNORECASE,
)
_TOGETHER = re.compile(
    r"(?:^|\.)(?:Promise\.(?:all|allSettled)|asyncio\.gather|gather|Task\.WhenAll|WhenAll|Future\.wait)$"
)
_CHECKED = re.compile(
    rb"raise_for_status|status_code|\.status\b|\.ok\b|statusText|is_success|is_error|StatusCode"
    rb"|[\"']error[\"']|\.error\b|\.get\(\s*[\"']choices|[\"']choices[\"'] in"
)
_PARTS = "choices|content|candidates|data|output"
_TAKEN = re.compile(rf"\.json\(\)\s*\)?\s*(?:\[\s*[\"'](?:{_PARTS})[\"']\s*\]|\.(?:{_PARTS})\b)".encode())
_READ = re.compile(rb"\b([A-Za-z_]\w*)\s*=\s*(?:await\s+)?\(?[A-Za-z_]\w*\.json\(\)")
_OF_NAME = rf"\b%s(?:\[\s*[\"'](?:{_PARTS})[\"']\s*\]|\.(?:{_PARTS})\b)".encode()
_GIVEN = re.compile(
    r"^\s*(?:(?:const|let|var)\s+)?([A-Za-z_]\w*)\s*=\s*(?:await\s+)?[A-Za-z_]",
    re.MULTILINE,
)
_CALLED = re.compile(  # the function that is called for each: "[ask(", ".map(ask)", ".map(row => ask("
    r"(?:^[\[(]*\s*|\.(?:map|Select)\(\s*(?:async\s*)?(?:\(?\w*\)?\s*=>\s*)?(?:await\s+)?)([A-Za-z_]\w*)\b"
)


class Request(NamedTuple):
    """A call that sends a request to a vendor."""

    node: Node
    provider: str
    raw: bool  # an HTTP library's call, and no SDK's


class FailureWiring:
    """Makes the facts about failed requests of one file."""

    def __init__(self, file: CodeFile, language: str, catalogue: Catalogue, headers: HeaderWiring) -> None:
        self.file = file
        self.language = language
        self.catalogue = catalogue
        self.headers = headers

    def facts(self) -> Iterator[Fact]:
        """All facts of the file."""
        yield from self._removed()
        if not self.catalogue.request_pattern.search(self.file.data) and not _SENDERS.search(self.file.data):
            return
        for attempt in attempts.attempts(self.file):
            yield from self._attempt(attempt)
        yield from self._error_values()
        yield from self._decorators()
        yield from self._fan_outs()
        yield from self._unchecked()

    # --------------------------------------------------------------------------------------------------- requests

    @cached_property
    def requests(self) -> list[Request]:
        """The calls that send something to a vendor."""
        found: dict[int, Request] = {}
        for number, match in enumerate(self.catalogue.request_pattern.finditer(self.file.data)):
            call = self._call_at(match.end() - 1) if number < MAX_REQUESTS else None
            if call is not None:
                provider = self.headers.of_file().provider or self.catalogue.sender(match.group(1).decode())
                found[call.node.id] = Request(call.node, provider, raw=False)
        for number, match in enumerate(_SENDERS.finditer(self.file.data)):
            call = self._call_at(match.end() - 1) if number < MAX_REQUESTS else None
            provider = self.headers.destination_of(call).provider if call is not None else ""
            if call is not None and provider:
                found[call.node.id] = Request(call.node, provider, raw=True)
        return list(found.values())

    def _call_at(self, parenthesis: int) -> Call | None:
        """The call whose arguments begin at an offset."""
        leaf = self.file.leaf(parenthesis)
        for above in self.file.ancestors(leaf) if leaf is not None else ():
            shape = self.file.shape(above)
            if isinstance(shape, Call):
                return shape if shape.callee.start <= parenthesis <= shape.span.end else None
            if above.type in self.file.statements:
                return None
        return None

    def _within(self, where: Span) -> Request | None:
        """The first request in a stretch of code."""
        return next((made for made in self.requests if where.holds(span(made.node))), None)

    def _sends(self, function: Node) -> Request | None:
        return self._within(span(function))

    @cached_property
    def provider(self) -> str:
        """Whose API the file speaks to."""
        return self.headers.of_file().provider or next((made.provider for made in self.requests), "")

    # --------------------------------------------------------------------------------------------------- attempts

    def _attempt(self, attempt: Attempt) -> Iterator[Fact]:
        request = self._within(attempt.tried)
        words = attempt.header + attempt.body
        limited = bool(LIMITED.search(words))
        everything = bool(_EVERYTHING.match(attempt.header.strip()))
        if request is None and not (limited and self.provider):
            return
        if not limited and not everything:
            return
        provider = request.provider if request is not None else self.provider
        swallowed = self._swallowed(attempt, limited=limited)
        if swallowed is not None and request is not None:
            yield Swallowed(provider, Span(attempt.handler.start_byte, attempt.handler.end_byte), swallowed, limited)
        loop = attempt.loop
        if loop is not None and (attempts.is_counting(self.file, loop) or attempts.is_endless(self.file, loop)):
            yield self._loop(attempt, loop, provider, limited=limited)
        else:
            yield from self._recursion(attempt, provider, limited=limited)

    def _loop(self, attempt: Attempt, loop: Node, provider: str, *, limited: bool) -> Retry:
        endless = attempts.is_endless(self.file, loop)
        gives_up = attempts.gives_up(self.file, attempt.handler)
        ends = ""
        if endless and not gives_up and not self._counts(loop):
            ends = "never"
        text = attempt.body
        follows = "".join(self.file.text(node) for node in attempts.after(attempt.node))
        return Retry(
            provider,
            Span(attempt.handler.start_byte, attempt.handler.end_byte),
            span(loop),
            "loop",
            ends,
            attempts.waiting(text + follows) if not gives_up or _continues(text) else "",
            limited,
            bool(_QUOTA.search(self.file.text(loop))),
            "" if endless or gives_up else self._lost(attempt, loop),
        )

    def _error_values(self) -> Iterator[Retry]:
        """``for { answer, err := send(); if err != nil { sleep; continue } … }``: Go hands errors over as values."""
        for request in self.requests if self.language == "go" else ():
            loop = attempts.loop_around(self.file, request.node)
            if loop is None or not attempts.is_endless(self.file, loop) or self._counts(loop):
                continue
            failed = next(
                (one for one in attempts.branches(loop) if _FAILED.search(self.file.text(one).partition("{")[0])), None
            )
            if failed is None or any(True for _ in attempts.words(self.file, failed, attempts.EXITS)):
                continue
            text = self.file.text(failed)
            yield Retry(
                request.provider,
                span(failed),
                span(loop),
                "loop",
                "never",
                attempts.waiting(text),
                bool(LIMITED.search(text)),
                bool(_QUOTA.search(text)),
            )

    def _counts(self, loop: Node) -> bool:
        """Whether a loop that has no end in its head leaves by a count inside."""
        for word in attempts.words(self.file, loop, attempts.EXITS):
            condition = attempts.condition(self.file, word, loop)
            if condition is not None and attempts.is_count(condition):
                return True
        return False

    def _recursion(self, attempt: Attempt, provider: str, *, limited: bool) -> Iterator[Retry]:
        """A handler that calls the function it stands in."""
        name = attempts.name_of(self.file, attempt.function) if attempt.function.id != self.file.root.id else ""
        if not name or attempt.loop is not None:
            return
        match = re.search(rf"(?<![\w]){re.escape(name)}\s*\(([^;\n]*)\)|^\s*(retry)\s*$", attempt.body, re.MULTILINE)
        if match is None:
            return
        counts = _COUNTED.search(match.group(1) or "")
        yield Retry(
            provider,
            Span(attempt.handler.start_byte, attempt.handler.end_byte),
            span(attempt.function),
            "recursion",
            "" if counts or attempts.gives_up(self.file, attempt.handler, attempts.THROWS, again=True) else "never",
            attempts.waiting(attempt.body),
            limited,
            bool(_QUOTA.search(attempt.body)),
        )

    def _lost(self, attempt: Attempt, loop: Node) -> str:
        """What is left when the last attempt failed; "" if the program says what then."""
        following = attempts.after(loop)
        if "else" in {child.type for child in loop.children} or any(
            child.type == "else_clause" for child in loop.children
        ):
            return ""
        if any(True for node in following for _ in attempts.words(self.file, node, attempts.EXITS)):
            return "" if not self._named(attempt, loop, following) else self._named(attempt, loop, following)
        tried = self.file.data[attempt.tried.start : attempt.tried.end].decode("utf-8", "replace")
        if re.search(r"\breturn\s+[^\s;]", tried) and not following and loop.parent is not None:
            return self.file.missing_word or "nothing"
        return self._named(attempt, loop, following)

    def _named(self, attempt: Attempt, loop: Node, following: list[Node]) -> str:
        """A name that only the attempt gives a value, and that is used after the loop."""
        tried = self.file.data[attempt.tried.start : attempt.tried.end].decode("utf-8", "replace")
        if not re.search(r"\bbreak\b", self.file.text(loop)):
            return ""
        rest = "\n".join(self.file.text(node) for node in following)
        for match in _GIVEN.finditer(tried):
            name = match.group(1)
            if not re.search(rf"\b{name}\b", rest) or self.file.name_is_tested(name):
                continue
            before = [
                binding
                for binding in self.file.bindings(name)
                if binding.end <= loop.start_byte and binding.kind != "declare" and binding.expr is not None
            ]
            if not before:
                return name
        return ""

    def _swallowed(self, attempt: Attempt, *, limited: bool) -> str | None:
        """The empty thing that takes the answer's place; None if the handler does more than that."""
        if limited and not LIMITED.search(attempt.header):
            return self._swallowed_branch(attempt)
        body = _bare(attempt.body)
        goes_on = "continue" in body or body in ("pass", "")
        around = attempts.loop_around(self.file, attempt.handler)
        retried = goes_on and around is not None and attempts.is_counting(self.file, around)
        if retried or not _NOTHING.fullmatch(body):
            return None
        return body.rstrip(";") or "nothing"

    def _swallowed_branch(self, attempt: Attempt) -> str | None:
        """``catch (e) { if (e.status === 429) return ""; throw e }``."""
        for word in attempts.words(self.file, attempt.handler, frozenset({"return"})):
            condition = attempts.condition(self.file, word, attempt.handler)
            if condition is None or not LIMITED.search(condition) or "!=" in condition:
                continue
            made = self.file.parent(word)
            block = self.file.parent(made) if made is not None else None
            if made is not None and block is not None and _NOTHING.fullmatch(self.file.text(made).strip()):
                others = [child for child in block.named_children if "comment" not in child.type]
                if "block" not in block.type or len(others) == 1:
                    return self.file.text(made).strip().rstrip(";")
        return None

    # ------------------------------------------------------------------------------------------------- decorators

    def _decorators(self) -> Iterator[Retry]:
        """``@retry`` of tenacity without an end, around a function that sends a request."""
        if b"tenacity" not in self.file.data or self.language != "python":
            return
        for match in re.finditer(rb"^[ \t]*@(?:tenacity\.)?retry\b", self.file.data, re.MULTILINE):
            leaf = self.file.leaf(match.end() - 1)
            decorator = (
                next((node for node in self.file.ancestors(leaf) if node.type == "decorator"), None) if leaf else None
            )
            function = self.file.parent(decorator) if decorator is not None else None
            request = self._sends(function) if function is not None else None
            if decorator is None or function is None or request is None:
                continue
            text = self.file.text(decorator)
            yield Retry(
                request.provider,
                span(decorator),
                span(function),
                "decorator",
                "" if "stop" in text or "**" in text else "never",
                "growing" if "wait" in text else "no",
                bool(LIMITED.search(text)),
                bool(_QUOTA.search(text)) or "retry_if_exception(" in text,
            )

    # ------------------------------------------------------------------------------------------------ all at once

    def _fan_outs(self) -> Iterator[FanOut]:
        """``Promise.all(rows.map(ask))``, ``asyncio.gather(*[ask(row) for row in rows])``."""
        if _BOUNDED.search(self.file.data):
            return
        for match in re.finditer(
            rb"Promise\.all(?:Settled)?\s*\(|\bgather\s*\(|WhenAll\s*\(|Future\.wait\s*\(", self.file.data
        ):
            call = self._call_at(match.end() - 1)
            if call is None or not _TOGETHER.search(call.written):
                continue
            items = call.args[0].expr.node if call.args else self._spread(call)
            made = self._each(items)
            request = self._sent_for_each(made) if made is not None else self._appended(items)
            if request is not None:
                yield FanOut(request.provider, call.span, call.written)

    def _spread(self, call: Call) -> Node | None:
        """What stands behind the star of ``gather(*…)``."""
        for above in call.node.named_children:
            for child in above.named_children:
                if child.type in ("list_splat", "spread_element") and child.named_children:
                    return child.named_children[0]  # type: ignore[no-any-return]
        return None

    def _appended(self, items: Node | None) -> Request | None:
        """``tasks.append(ask(row))`` in a loop over items."""
        if items is not None and items.type in ("list_splat", "spread_element") and items.named_children:
            items = items.named_children[0]
        if items is None or items.type not in self.file.names:
            return None
        for leaf in self.file.occurrences(self.file.text(items)):
            member = self.file.parent(leaf)
            call = self.file.parent(member) if member is not None else None
            if call is None or not re.search(r"\.(?:append|push|Add)$", self.file.text(member)):  # type: ignore[arg-type]
                continue
            loop = attempts.loop_around(self.file, call)
            if loop is not None and not attempts.is_counting(self.file, loop):
                arguments = call.named_children[-1]
                return self._sent_for_each(arguments)
        return None

    def _each(self, node: Node | None) -> Node | None:
        """The expression that makes something for each of many items, also through a name."""
        if node is None:
            return None
        node = self.file.unparenthesized(node)
        if node.type in ("list_splat", "spread_element") and node.named_children:
            node = self.file.unparenthesized(node.named_children[0])
        if node.type in self.file.names:
            bindings = [one for one in self.file.bindings(self.file.text(node)) if one.expr is not None]
            node = (
                self.file.unparenthesized(bindings[0].expr)
                if len(bindings) == 1 and bindings[0].expr is not None
                else node
            )
        if node.type in ("list_comprehension", "generator_expression"):
            clause = next((child for child in node.children if child.type == "for_in_clause"), None)
            source = clause.child_by_field_name("right") if clause is not None else None
            return node if source is not None and not self._is_few(source) else None
        function = node.child_by_field_name("function")
        if function is not None and re.search(r"\.(?:map|Select|flatMap)$", self.file.text(function)):
            owner = function.named_children[0]
            return node if not self._is_few(owner) else None
        return None

    def _is_few(self, source: Node) -> bool:
        """Whether a list is written down, or a small number counted to."""
        source = self.file.unparenthesized(source)
        if source.type in self.file.names:
            bindings = [one for one in self.file.bindings(self.file.text(source)) if one.expr is not None]
            if len(bindings) == 1 and bindings[0].expr is not None:
                source = self.file.unparenthesized(bindings[0].expr)
        text = self.file.text(source)
        return (
            source.type in ("list", "array", "tuple", "array_creation_expression")
            or '"""' in text
            or bool(re.fullmatch(r"range\(\s*\d{1,2}\s*\)|\w*\(?\[[^\]]*\]\)?", self.file.text(source)))
        )

    def _sent_for_each(self, made: Node) -> Request | None:
        request = self._within(span(made))
        if request is not None:
            return request
        names = {match.group(1) for match in _CALLED.finditer(self.file.text(made))}
        for name in names:
            for leaf in self.file.occurrences(name):
                above = self.file.parent(leaf)
                if above is None:
                    continue
                if above.type in self.file.functions or above.type == "variable_declarator":
                    request = self._sends(above)
                if request is not None:
                    return request
        return None

    # -------------------------------------------------------------------------------------------------- unchecked

    def _unchecked(self) -> Iterator[Unchecked]:
        """``requests.post(…).json()["choices"]`` where nothing in the function looks at the status."""
        for where in self._taken_apart():
            leaf = self.file.leaf(where.start)
            function = self.file.enclosing(leaf, self.file.functions) if leaf is not None else None
            if leaf is None or function is None:
                continue
            around = self.file.data[function.start_byte : function.end_byte]
            request = next((made for made in self.requests if made.raw and span(function).holds(span(made.node))), None)
            if request is None or _CHECKED.search(around) or self.file.text(request.node).startswith("axios"):
                continue
            if b"except" in around or b"catch" in around or b"rescue" in around:
                continue
            yield Unchecked(request.provider, where, self._is_repeated(function, request.node))

    def _taken_apart(self) -> Iterator[Span]:
        """``r.json()["choices"]``, ``data = r.json()`` and ``data.choices`` below it."""
        for match in _TAKEN.finditer(self.file.data):
            yield Span(*match.span())
        for match in _READ.finditer(self.file.data):
            part = re.compile(_OF_NAME % re.escape(match.group(1))).search(
                self.file.data, match.end(), match.end() + 1000
            )
            if part is not None:
                yield Span(*part.span())

    def _is_repeated(self, function: Node, request: Node) -> bool:
        """Whether a request is sent in a loop, or its function is called in one."""
        if attempts.loop_around(self.file, request) is not None:
            return True
        name = attempts.name_of(self.file, function) if function.id != self.file.root.id else ""
        for leaf in self.file.occurrences(name) if name else ():
            if function.start_byte <= leaf.start_byte < function.end_byte:
                continue
            if attempts.loop_around(self.file, leaf) is not None or any(
                above.type
                in ("list_comprehension", "dictionary_comprehension", "generator_expression", "set_comprehension")
                or (above.type == "call_expression" and re.search(r"\.(?:map|forEach)\(", self.file.text(above)[:200]))
                for above in self.file.ancestors(leaf)
            ):
                return True
        return False

    # ---------------------------------------------------------------------------------------------------- removed

    def _removed(self) -> Iterator[Removed]:
        """Names that a later major version of the SDK has no more."""
        for provider in self.catalogue.providers.values():
            for spec in provider.removed:
                if spec.language == self.language and spec.names:
                    yield from self._removed_names(provider.id, spec)

    def _removed_names(self, provider: str, spec: RemovedSpec) -> Iterator[Removed]:
        modules = {name.rpartition(".")[0] for name in spec.names}
        certain = bool(re.search(rb"\b(?:Async)?(?:Azure)?OpenAI\s*\(", self.file.data))
        for module in modules:
            for match in re.finditer(rf"\b{re.escape(module)}\.(\w+)".encode(), self.file.data):
                name = match.group().decode()
                now = spec.names.get(name)
                leaf = self.file.leaf(match.end() - 1)
                if (
                    now is None
                    or leaf is None
                    or leaf.type not in self.file.names
                    or self.file.is_comment(match.start())
                ):
                    continue
                where = Span(*match.span())
                yield Removed(provider, spec.package, spec.since, name, now, where, certain, (Edit(where, now),))
            pattern = rf"^[ \t]*from[ \t]+{re.escape(module)}[ \t]+import[ \t]+([\w, \t]+?)[ \t\r]*$".encode()
            for match in re.finditer(pattern, self.file.data, re.MULTILINE):
                names = [part.strip() for part in match.group(1).decode().split(",")]
                known = [spec.names.get(f"{module}.{name.split(' ')[0]}", "") for name in names]
                if not all(known) or self.file.is_comment(match.start(1)):
                    continue
                same = all(name.split(" ")[0] == new.rpartition(".")[2] for name, new in zip(names, known, strict=True))
                start = match.start() + self.file.data[match.start() : match.end()].index(module.encode())
                where = Span(start, start + len(module))
                repair = (Edit(where, module.rpartition(".")[0]),) if same else ()
                yield Removed(
                    provider, spec.package, spec.since, f"{module}.{names[0]}", known[0], where, certain, repair
                )


def _continues(text: str) -> bool:
    return bool(re.search(r"\bcontinue\b|\bsleep\b|\bretry\b", text))


def _bare(body: str) -> str:
    """A handler's body without braces, comments and white space around."""
    text = re.sub(r"(?m)(?://|#)[^\n]*$|/\*.*?\*/", "", body).strip()
    while text.startswith("{") and text.endswith("}") and text != "{}":
        text = text[1:-1].strip()
    return text
