"""Requests for many items: all at the same moment, or one after the other with nobody looking at the answers' status."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.lazy import regex
from keylint.model import FanOut, Span, Unchecked
from keylint.record import Record
from keylint.wiring import attempts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from keylint.languages.code import CodeFile
    from keylint.languages.syntax import Call
    from keylint.wiring.sending import Request, Sending

_BOUNDED = regex(
    rb"semaphore|\bsem\b|SetLimit|make\(chan struct|worker|p-?limit|p-?queue|p-?map|bottleneck|throttl|limiter"
    rb"|concurren|chunk|batch|\.slice\(|islice|max_workers"
    rb"|aiometer|rate_?limit_?per|\bSIZE\b|\[\s*i\s*:\s*i\s*\+",
    re.IGNORECASE,
)
# Lists that are made of others.
_WORKED_OUT = frozenset({"list_comprehension", "generator_expression", "call", "call_expression", "subscript"})
_TOGETHER = regex(
    r"(?:^|\.)(?:Promise\.(?:all|allSettled)|(?:asyncio|tqdm\w*)\.gather|Task\.WhenAll|Future\.wait)$|^(?:gather|WhenAll)$"
)
_CHECKED = regex(
    rb"raise_for_status|status_code|\.status\b|\.ok\b|statusText|is_success|is_error|StatusCode"
    rb"|[\"']error[\"']|\.error\b|\.get\(\s*[\"']choices|[\"']choices[\"'] in"
)
_PARTS = "choices|content|candidates|data|output"
_TAKEN = regex(rf"\.json\(\)\s*\)?\s*(?:\[\s*[\"'](?:{_PARTS})[\"']\s*\]|\.(?:{_PARTS})\b)".encode())
_READ = regex(rb"\b([A-Za-z_]\w*)\s*=\s*(?:await\s+)?\(?[A-Za-z_]\w*\.json\(\)")
_OF_NAME = rf"\b%s(?:\[\s*[\"'](?:{_PARTS})[\"']\s*\]|\.(?:{_PARTS})\b)".encode()
_STARTS = regex(
    rb"\.forEach\s*\(\s*async\b|\bgo\s+[A-Za-z_]|\b(?:tg|task_?group|group)\.(?:create_task|start_soon)\s*\("
)
_CALLED = regex(  # the function that is called for each: "[ask(", ".map(ask)", ".map(row => ask("
    r"(?:^(?:go\s+)?[\[(]*\s*(?:[\w.]*(?:create_task|ensure_future)\(\s*)?|\.(?:map|Select)\(\s*(?:async\s*)?(?:\(?\w*\)?\s*=>\s*)?(?:await\s+)?)(?:self\.|this\.)?([A-Za-z_]\w*)\b"
)


class _Ways(Record):
    """How a language's programs send requests, take answers apart, and look at what came."""

    sent: re.Pattern[bytes]
    taken: re.Pattern[bytes]
    looked_at: re.Pattern[bytes]


_WAYS = {
    "go": _Ways(
        regex(rb"\.Do\(|\bhttp\.Post\("),
        regex(rb"\b\w+\.(?:Choices|Data|Content|Candidates|Output)\[0\]"),
        regex(
            rb"StatusCode|\.Status\b|\blen\(\s*\w+\.(?:Choices|Data|Content|Candidates|Output)|(?<!err)\.Error\b(?!\()"
        ),
    ),
    "php": _Ways(
        regex(rb"\bcurl_exec\("),
        regex(
            rb"\$\w+(?:\[\s*['\"](?:choices|content|candidates|data|output)['\"]\s*\]|->(?:choices|content|candidates|data|output))\[0\]"
        ),
        regex(
            rb"CURLINFO_|curl_getinfo|isset|['\"]error['\"]|->error\b|\?\?|\bempty\(|array_key_exists|FAILONERROR|catch",
            re.IGNORECASE,
        ),
    ),
    "csharp": _Ways(
        regex(rb"\.(?:SendAsync|PostAsync|PostAsJsonAsync)\("),
        regex(
            rb"GetProperty\(\"(?:choices|content|candidates|data|output)\"\)|\[\"(?:choices|content|candidates|data|output)\"\]!?\[0\]"
        ),
        regex(rb"SuccessStatusCode|StatusCode|TryGetProperty|\bcatch\b"),
    ),
    "java": _Ways(
        regex(rb"\.(?:send|execute)\("),
        regex(
            rb"getJSONArray\(\"(?:choices|content|candidates|data|output)\"\)|\.get\(\"(?:choices|content|data)\"\)\s*\.get\(0\)"
        ),
        regex(rb"statusCode\(|isSuccessful|\.code\(|getStatus|\bhas\(|\boptJSON|\bcatch\b|\"error\""),
    ),
}


# The models or vendors that are asked at once: a few, and each has limits of its own.
_CHOICES = regex(r"(?:model|provider|engine|vendor|llm)s(?:ToUse)?(?:\.filter\(.*\))?$", re.IGNORECASE | re.DOTALL)


class FloodWiring:
    """Makes the facts about many requests of one file."""

    def __init__(self, file: CodeFile, language: str, sending: Sending) -> None:
        self.file = file
        self.language = language
        self.sending = sending

    def fan_outs(self) -> Iterator[FanOut]:
        """``Promise.all(rows.map(ask))``, ``asyncio.gather(*[ask(row) for row in rows])``."""
        if not self.sending.requests or _BOUNDED.search(self.file.data):
            return
        for match in re.finditer(
            rb"Promise\.all(?:Settled)?\s*\(|\bgather\s*\(|WhenAll\s*\(|Future\.wait\s*\(", self.file.data
        ):
            call = self.sending.call_at(match.end() - 1)
            if call is None or not _TOGETHER.search(call.written):
                continue
            items = call.args[0].expr.node if call.args else self._spread(call)
            made = self._each(items)
            request = self._sent_for_each(made) if made is not None else self._appended(items)
            if request is not None:
                yield FanOut(request.provider, call.span, call.written)
        yield from self._started()

    def _started(self) -> Iterator[FanOut]:
        """What nobody waits for before the next begins: ``rows.forEach(async …)``, ``go ask(row)``, a task group in a loop."""
        for match in _STARTS.finditer(self.file.data):
            said = match.group().decode()
            kinds = ("go_statement",) if said.startswith("go") else ("call_expression", "call")
            leaf = self.file.leaf(match.end() - 1)
            made = next((node for node in self.file.ancestors(leaf) if node.type in kinds), None) if leaf else None
            if made is None or self.file.is_comment(match.start()):
                continue
            arguments = made.named_children[-1]
            if said.startswith(".forEach"):
                many = not self._is_few(made.named_children[0].named_children[0])
            else:
                loop = attempts.loop_around(self.file, made)
                many = loop is not None and self._goes_through(loop)
            request = self._sent_for_each(arguments) if many else None
            if request is not None:
                name = "go" if said.startswith("go") else said.strip(" .(").partition("(")[0]
                yield FanOut(request.provider, span(made), name)

    def _goes_through(self, loop: Node) -> bool:
        """Whether a loop goes through many items, and not through a few that are written down or counted to."""
        source = loop.child_by_field_name("right") or next(
            (
                part.child_by_field_name("right")
                for part in loop.named_children
                if part.type == "range_clause" and part.child_by_field_name("right") is not None
            ),
            None,
        )
        return source is not None and not self._is_few(source)

    def _spread(self, call: Call) -> Node | None:
        """What stands behind the star of ``gather(*…)``."""
        for above in call.node.named_children:
            for child in above.named_children:
                if child.type in ("list_splat", "spread_element") and child.named_children:
                    return child.named_children[0]  # type: ignore[no-any-return]
        return None

    def _appended(self, items: Node | None) -> Request | None:
        """``tasks.append(ask(row))`` in a loop over items."""
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
        if _CHOICES.search(self.file.text(source)):
            return True
        if source.type in self.file.names:
            bindings = [one for one in self.file.bindings(self.file.text(source)) if one.expr is not None]
            if len(bindings) == 1 and bindings[0].expr is not None:
                source = self.file.unparenthesized(bindings[0].expr)
        text = self.file.text(source)
        if '"""' in text or re.fullmatch(r"range\(\s*\d{1,2}\s*\)", text):
            return True
        return (
            bool(re.match(r"\(|\w*\(?\[", text))
            and source.type not in _WORKED_OUT
            and not re.search(r"\.\.\.|\*", text)
        )

    def _sent_for_each(self, made: Node) -> Request | None:
        names = dict.fromkeys(match.group(1) for match in _CALLED.finditer(self.file.text(made)))
        return self.sending.within(span(made)) or self.sending.by_name(names)

    def unchecked(self) -> Iterator[Unchecked]:
        """``requests.post(…).json()["choices"]`` where nothing in the function looks at the status."""
        for where in self._taken_apart() if any(made.raw for made in self.sending.requests) else ():
            leaf = self.file.leaf(where.start)
            function = self.file.enclosing(leaf, self.file.functions) if leaf is not None else None
            if leaf is None or function is None:
                continue
            around = self.file.data[function.start_byte : function.end_byte]
            request = next(
                (made for made in self.sending.requests if made.raw and span(function).holds(span(made.node))), None
            )
            if request is None or _CHECKED.search(around) or self.file.text(request.node).startswith("axios"):
                continue
            if b"except" in around or b"catch" in around or b"rescue" in around:
                continue
            yield Unchecked(request.provider, where, self._is_repeated(function, request.node))

        yield from self._values()

    def _values(self) -> Iterator[Unchecked]:
        """Languages whose HTTP libraries throw nothing: ``reply.Choices[0]``, ``$json['choices'][0]``."""
        ways = _WAYS.get(self.language)
        provider = (
            self.sending.headers.of_file().provider if ways is not None and ways.sent.search(self.file.data) else ""
        )
        if ways is None or not provider:
            return
        seen: set[int] = set()
        for match in ways.taken.finditer(self.file.data):
            leaf = self.file.leaf(match.start())
            function = self.file.enclosing(leaf, self.file.functions) if leaf is not None else None
            if leaf is None or function is None or function.id in seen or self.file.is_comment(match.start()):
                continue
            around = self.file.data[function.start_byte : function.end_byte]
            sent = ways.sent.search(self.file.data, function.start_byte, match.start())
            if sent is None or ways.looked_at.search(around):
                continue
            seen.add(function.id)
            request = self.file.leaf(sent.start())
            where = Span(*match.span())
            yield Unchecked(provider, where, request is not None and self._is_repeated(function, request))

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
