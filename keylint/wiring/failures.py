"""What a program does when a request fails: tries again, gives up, says nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.lazy import regex
from keylint.model import Fact, Retry, Span, Swallowed
from keylint.wiring import attempts, repeating, swallowing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from keylint.languages.code import CodeFile
    from keylint.wiring.attempts import Attempt
    from keylint.wiring.sending import Request, Sending

_COUNTED = regex(r"attempt|retr|tries|depth|count|\w\s*[-+]\s*\w", re.IGNORECASE)  # what a call is given that counts
_UNTIL = regex(
    r"^(?:while|until)\s*\(?\s*(?:not\s+(\w+)|!\s*(\w+)|(\w+)\s+is\s+None|(\w+)\s*={2,3}\s*(?:null|undefined|nil|None|False|false))"
    r"\s*\)?\s*[:{]?$"
)
_TAKEN_OFF = regex(rb"\.(?:shift|pop|popleft|dequeue|poll|pollFirst|removeFirst|remove_first|get_nowait)\(")
_SAID = regex(r"[\"'`][^\"'`]{3,}[\"'`]")  # words that the failure is looked through for
_FAILED = regex(r"\berr\s*!=\s*nil")
_EVERYTHING = regex(
    r"^(?:except|catch|rescue)\b\s*(?::|$|\{|\(\s*\w*\s*(?::\s*(?:any|unknown))?\)|(?:\(\s*)?(?:final\s+)?(?:Base)?(?:Exception|Throwable|StandardError|Error)\b"
    r"|.*\b(?:OpenAIError|APIError|APIStatusError)\b|=>)",
)
_GIVEN = regex(
    r"^\s*(?:(?:const|let|var)\s+)?([A-Za-z_]\w*)\s*=\s*(?:await\s+)?[A-Za-z_]",
    re.MULTILINE,
)
# A person is asked: the next round is what they say next, and no second attempt.
_ASKED = regex(
    r"\b(?:input|raw_input|prompt|gets|fgets|readline|readLine|read_line|ReadLine|question|nextLine|getline|scanln|Scanln)"
    r"\s*!?\(|\bread -|\bgets\b|Read-Host|\bquestionary\.|inquirer\.",
)
# What spaces requests out by itself: rateLimiter.execute(…), limiter.schedule(…).
_PACED = regex(rb"\b\w*(?:limiter|throttle|bottleneck)\w*\.\w+\s*\(", re.IGNORECASE)


class FailureWiring:
    """Makes the facts about failed requests of one file."""

    def __init__(self, file: CodeFile, language: str, sending: Sending) -> None:
        self.file = file
        self.language = language
        self.sending = sending

    def facts(self) -> Iterator[Fact]:
        """All facts of the file."""
        limits = self.sending.speaks_of_limits()
        if self.sending.requests or (limits and self.sending.provider):
            for attempt in attempts.attempts(self.file):
                yield from self._attempt(attempt)
        if self.sending.requests:
            yield from self._error_values()
        if self.sending.requests and limits:
            yield from swallowing.by_status(self.file, self.language, self.sending)
        if self.sending.requests or self.sending.provider or limits:
            yield from repeating.found(self.file, self.language, self.sending)

    # --------------------------------------------------------------------------------------------------- attempts

    def _attempt(self, attempt: Attempt) -> Iterator[Fact]:
        request = self.sending.within(attempt.tried)
        words = attempt.header + attempt.body
        limited = bool(attempts.LIMITED.search(words))
        everything = bool(_EVERYTHING.match(attempt.header.strip()))
        if request is None and not (limited and self.sending.provider):
            return
        if not limited and not everything:
            return
        provider = request.provider if request is not None else self.sending.provider
        swallowed = swallowing.by_handler(self.file, attempt, limited=limited)
        if swallowed is not None and request is not None:
            yield Swallowed(provider, Span(attempt.handler.start_byte, attempt.handler.end_byte), swallowed, limited)
        if self._lets_out(attempt) or _PACED.search(self.file.data[attempt.tried.start : attempt.tried.end]):
            return
        loop = attempt.loop
        if loop is not None and _ASKED.search(self.file.text(loop)):
            return
        if loop is not None and (attempts.is_counting(self.file, loop) or attempts.is_endless(self.file, loop)):
            if self._leaves(attempt, request) or self._waits_for(attempt, loop):
                yield self._loop(attempt, loop, provider, limited=limited)
        else:
            yield from self._recursion(attempt, provider, limited=limited)

    def _lets_out(self, attempt: Attempt) -> bool:
        """Whether a handler goes on after other failures only: ``if (isRateLimit(error)) throw error``."""
        return any(
            (where := attempts.condition(self.file, word, attempt.handler)) is not None
            and not self._is_otherwise(word, attempt.handler)
            and attempts.LIMITED.search(where) is not None
            and not re.search(r"!=|!\s*\w|\bnot\b|&&|\band\b", where)
            for word in attempts.words(self.file, attempt.handler, attempts.THROWS)
        )

    def _is_otherwise(self, word: Node, handler: Node) -> bool:
        """Whether a word stands in the branch that is taken if a condition does not hold."""
        child = word
        for above in self.file.ancestors(word):
            if above.id == handler.id:
                return False
            if above.type in ("else_clause", "else") or above.child_by_field_name("alternative") == child:
                return True
            child = above
        return False

    def _leaves(self, attempt: Attempt, request: Request | None) -> bool:
        """Whether an answer ends the loop. Where it does not, the next round is another request, and no second attempt."""
        start = request.node.start_byte if request is not None else attempt.tried.start
        parts = [child for child in attempt.node.children if "clause" not in child.type or child.type == "else_clause"]
        if any(
            self._ends_behind(word, start)
            for part in parts
            if part.id != attempt.handler.id
            for word in attempts.words(self.file, part, attempts.EXITS - attempts.THROWS)
        ):
            return True
        return any(
            attempts.condition(self.file, word, node) is None
            for node in attempts.after(attempt.node)
            for word in attempts.words(self.file, node, attempts.EXITS - attempts.THROWS)
        )

    def _ends_behind(self, word: Node, start: int) -> bool:
        """Whether the statement that a word begins reaches behind an offset: ``return await send()``."""
        statement = self.file.parent(word)
        return statement is not None and statement.end_byte > start

    def _loop(self, attempt: Attempt, loop: Node, provider: str, *, limited: bool) -> Retry:
        endless = attempts.is_endless(self.file, loop) or self._waits_for(attempt, loop)
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
            bool(attempts.QUOTA.search(self.file.text(loop))),
            "" if endless or gives_up else self._lost(attempt, loop),
        )

    def _waits_for(self, attempt: Attempt, loop: Node) -> bool:
        """``while answer is None: try: answer = send()``: only an answer ends the loop."""
        match = _UNTIL.search(attempts.head(self.file, loop).strip())
        name = next((group for group in match.groups() if group), "") if match else ""
        tried = self.file.data[attempt.tried.start : attempt.tried.end].decode("utf-8", "replace")
        return bool(name) and re.search(rf"\b{name}\s*=[^=]", tried) is not None

    def _error_values(self) -> Iterator[Retry]:
        """``for { answer, err := send(); if err != nil { sleep; continue } … }``: errors that are values.

        Go's SDKs have no others, and in all languages a raw request's answer has a status.
        """
        for request in self.sending.requests:
            if self.language != "go" and not request.raw:
                continue
            loop = attempts.loop_around(self.file, request.node)
            if loop is None or not attempts.is_endless(self.file, loop) or self._counts(loop):
                continue
            done = attempts.words(self.file, loop, attempts.EXITS - attempts.THROWS)
            if not any(self._ends_behind(word, request.node.start_byte) for word in done):
                continue
            failed = next((one for one in attempts.branches(loop) if self._is_failure(one, request.node)), None)
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
                bool(attempts.LIMITED.search(text)),
                bool(attempts.QUOTA.search(text)),
            )

    def _is_failure(self, branch: Node, request: Node) -> bool:
        tested = branch.child_by_field_name("condition")
        text = self.file.text(branch).partition("{")[0] if tested is None else self.file.text(tested)
        if branch.start_byte < request.start_byte:
            return False
        if self.language == "go" and _FAILED.search(self.file.text(branch).partition("{")[0]):
            return True
        return attempts.LIMITED.search(text) is not None and "!=" not in text

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
        called = rf"(?:(?<![\w.>:])|(?<=self\.)|(?<=this\.)|(?<=this->)|(?<=self::)){re.escape(name)}"
        match = re.search(rf"{called}\s*\(([^;\n]*)\)|^\s*(retry)\s*$", attempt.body, re.MULTILINE)
        if match is None or self._goes_on(attempt) or self._is_for_another(attempt, match.group().strip()):
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
            bool(attempts.QUOTA.search(attempt.body)),
        )

    def _goes_on(self, attempt: Attempt) -> bool:
        """Whether each call takes what it works on off a queue, so that the next call sends something else."""
        return bool(_TAKEN_OFF.search(self.file.data, attempt.function.start_byte, attempt.handler.start_byte))

    def _is_for_another(self, attempt: Attempt, call: str) -> bool:
        """Whether a call in the handler is made after one certain failure that is no limit."""
        at = self.file.data.find(call.encode(), attempt.handler.start_byte, attempt.handler.end_byte)
        leaf = self.file.leaf(at) if at >= 0 else None
        asked = attempts.condition(self.file, leaf, attempt.handler) if leaf is not None else None
        if asked is None or not _SAID.search(asked):
            return False
        return not (attempts.LIMITED.search(asked) or attempts.QUOTA.search(asked))

    def _lost(self, attempt: Attempt, loop: Node) -> str:
        """What is left when the last attempt failed; "" if the program says what then."""
        following = attempts.after(loop)
        for around in self.file.ancestors(loop):  # what stands behind the statements around it comes after this one too
            if around.type in self.file.functions:
                break
            if not around.type.endswith(("block", "clause", "body")):
                following += attempts.after(around)
        if any(child.type in ("else", "else_clause") for child in loop.children):
            return ""
        if any(True for node in following for _ in attempts.words(self.file, node, attempts.EXITS)):
            return self._named(attempt, loop, following)
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


def _continues(text: str) -> bool:
    return bool(re.search(r"\bcontinue\b|\bsleep\b|\bretry\b", text))
