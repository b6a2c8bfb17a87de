"""Attempts in source code: what is tried, what catches its failure, what repeats it.

The grammars call these by few names, and their words stand in the tree as they are written, so one reading serves all
languages that have exceptions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Span
from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from keylint.languages.code import CodeFile

MAX_ATTEMPTS = 300
# What a program says that speaks of 429, and of its second meaning.
LIMITED = regex(r"RateLimit|rate_?limit|rate limit|TooManyRequests|\b429\b|too many requests", re.IGNORECASE)
# What tells one 429 from another: OpenAI's code for the one that passes is as good as that for the one that does not.
QUOTA = regex(r"insufficient_quota|quota|billing|code\W{1,6}rate_limit_exceeded", re.IGNORECASE)
_MAY_WAIT = regex(r"\b\w*(?:wait|delay|sleep|back_?off|pause|throttle|rate_?limit)\w*\s*\(", re.IGNORECASE)
MAX_NODES = 20_000
_WORDS = regex(rb"\b(?:except|catch|rescue)\b")
HANDLERS = frozenset({"except_clause", "except_group_clause", "catch_clause", "catch_block", "rescue"})
_LOOP = regex(
    r"(?:for|while|until|loop|foreach|for_each|for_in|do|do_while|repeat|repeat_while|enhanced_for|for_of)(?:_(?:statement|expression|loop))?"
)
_ENDLESS = regex(
    r"(?:while|until)\s*\(?\s*(?:True|true|1|false)\s*\)?\s*[:{]?\s*$|for\s*\(\s*;\s*;\s*\)\s*\{?\s*$|^(?:for|loop)\s*\{?\s*$"
)
_COUNTING = regex(r"range\s*\(|;|\bwhile\b|\buntil\b|\.\.|\btimes\b|attempt|retr|\btries\b", re.IGNORECASE)
EXITS = frozenset({"raise", "throw", "rethrow", "return", "break"})
THROWS = frozenset({"raise", "throw", "rethrow"})
_COUNTERS = regex(r"attempt|retr|\btries\b|\bmax|\blast\b|remaining|count|elapsed|deadline", re.IGNORECASE)
_COMPARED = regex(r"[\w.]+\s*(?:[<>]=?|\+\+|--)\s*[\w.]*|\b[a-z]\w?\s*={2,3}\s*[\w.]+")
_SLEEP = regex(r"(?<!\w)(?!await\b)\w*(?:sleep|settimeout|delay|wait|pause|backoff)\w*\s*\(", re.IGNORECASE)
_GROWTH = regex(
    r"\*\*|<<|\bpow\b|Math\.pow|\*=|retry[-_]?after|random|jitter|uniform|exponential|\*\s*\(?\s*(?:attempt|i|n|retry|retries|try|tries)\b"
    r"|\b(?:attempt|i|n|retry|retries|tries)\s*\*|\*\s*2",
    re.IGNORECASE,
)
_NUMBER = regex(r"\(\s*[\d_.]+\s*\)|,\s*[\d_.]+\s*\)|=>\s*setTimeout\(\w+,\s*[\d_.]+\)|\([\d_.\s*]+\)")


class Attempt(Record):
    """One handler of a try: what is tried stands in `tried`, what is done about its failure in `handler`."""

    tried: Span
    node: Node  # the whole try
    handler: Node
    header: str  # what the handler says it catches
    body: str
    loop: Node | None  # what repeats it, within the function
    function: Node


def attempts(file: CodeFile) -> Iterator[Attempt]:
    """All handlers of a file."""
    seen: set[int] = set()
    for number, match in enumerate(_WORDS.finditer(file.data)):
        leaf = file.leaf(match.start()) if number < MAX_ATTEMPTS else None
        handler = file.parent(leaf) if leaf is not None else None
        if handler is None or handler.type not in HANDLERS or handler.id in seen:
            continue
        seen.add(handler.id)
        whole = file.parent(handler)
        if whole is None:
            continue
        first = next((child for child in whole.children if child.type in HANDLERS), handler)
        header, body = _split(file, handler)
        yield Attempt(
            Span(whole.start_byte, first.start_byte),
            whole,
            handler,
            header,
            body,
            loop_around(file, whole),
            file.enclosing(whole, file.functions),
        )


def _split(file: CodeFile, handler: Node) -> tuple[str, str]:
    """What a handler catches, and what it does."""
    block = next((child for child in reversed(handler.named_children) if _is_block(child)), None)
    if block is None:
        first, _, rest = file.text(handler).partition("\n")
        return first, rest
    return file.data[handler.start_byte : block.start_byte].decode("utf-8", "replace"), file.text(block)


def _is_block(node: Node) -> bool:
    return "block" in node.type or node.type in ("compound_statement", "then", "statements", "body")


def loop_around(file: CodeFile, node: Node) -> Node | None:
    """The innermost loop around a node, within its function."""
    for above in file.ancestors(node):
        if above.type in file.functions:
            return None
        if _LOOP.fullmatch(above.type):
            return above
    return None


def head(file: CodeFile, loop: Node) -> str:
    """What a loop says before its body."""
    body = next((child for child in loop.children if _is_block(child)), None)
    if loop.type.startswith("do") and body is not None:  # its condition stands behind it
        return file.data[body.end_byte : loop.end_byte].decode("utf-8", "replace").rstrip("; \t\r\n")
    return file.data[loop.start_byte : body.start_byte if body is not None else loop.end_byte].decode(
        "utf-8", "replace"
    )


def is_endless(file: CodeFile, loop: Node) -> bool:
    """``while True``, ``for (;;)``."""
    return bool(_ENDLESS.search(head(file, loop).strip().rstrip("{:").strip()))


def is_counting(file: CodeFile, loop: Node) -> bool:
    """Whether a loop counts, as one that repeats an attempt does, and does not go through items."""
    return bool(_COUNTING.search(head(file, loop)))


def words(file: CodeFile, node: Node, kinds: frozenset[str]) -> Iterator[Node]:
    """The words of a node that change where the program goes on, those of functions inside it not."""
    stack = [node]
    for _ in range(MAX_NODES):
        if not stack:
            return
        current = stack.pop()
        if current.type in file.functions and current.id != node.id:
            continue
        if current.child_count == 0:
            spoken = current.type == "identifier" and "raise" in kinds and file.text(current) in ("raise", "throw")
            if current.type in kinds or spoken:
                yield current
            continue
        stack += reversed(current.children)


def branches(loop: Node) -> Iterator[Node]:
    """The conditional statements that stand in a loop itself."""
    stack = [child for child in loop.named_children if _is_block(child)]
    while stack:
        node = stack.pop()
        if node.type in ("if_statement", "if_expression"):
            yield node
        elif node.type.endswith(("block", "statement_list")):
            stack += reversed(node.named_children)


def gives_up(file: CodeFile, handler: Node, kinds: frozenset[str] = EXITS, *, again: bool = False) -> bool:
    """Whether a handler comes to an end by its own count: without a condition, or under one about attempts.

    `again`: the handler has a branch that goes round, so that what stands without a condition is for other failures. One
    that goes round only below a number of attempts leaves the last of them to what follows.
    """
    again = again or any(
        not is_compared(condition(file, word, handler) or "") for word in words(file, handler, frozenset({"continue"}))
    )
    for word in words(file, handler, kinds):
        where = condition(file, word, handler)
        if (where is None and not again) or (where is not None and is_count(where)):
            return True
    return False


def is_count(condition: str) -> bool:
    """Whether a condition speaks of attempts: ``attempt == retries - 1``, ``i === 4``."""
    return bool(_COUNTERS.search(condition)) or is_compared(condition)


def is_compared(condition: str) -> bool:
    """Whether a condition compares numbers that are no status: ``attempt < retries``."""
    return any(not re.search(r"status|code", match.group(), re.IGNORECASE) for match in _COMPARED.finditer(condition))


def asking(file: CodeFile, leaf: Node, kinds: Sequence[str]) -> tuple[Node, str] | None:
    """The nearest conditional statement and its condition, if a leaf stands in that; else None."""
    for above in file.ancestors(leaf):
        if above.type in kinds:
            tested = above.child_by_field_name("condition")
            if tested is None or not tested.start_byte <= leaf.start_byte < tested.end_byte:
                return None
            return above, file.text(tested)
        if above.type in file.functions:
            return None
    return None


def condition(file: CodeFile, word: Node, within: Node) -> str | None:
    """The condition that a word stands under; None if it stands under none."""
    for above in file.ancestors(word):
        if above.id == within.id:
            return None
        if above.type in (
            "if_statement",
            "elif_clause",
            "if_expression",
            "if",
            "conditional_expression",
            "if_modifier",
        ):
            tested = above.child_by_field_name("condition")
            return (
                file.text(tested)
                if tested is not None
                else file.text(above.children[1])
                if above.child_count > 1
                else ""
            )
    return None


def waiting(text: str) -> str:
    """How a handler waits before the next attempt: "no", "fixed", "growing", "" if that cannot be told."""
    if not _SLEEP.search(text):
        return "" if _MAY_WAIT.search(text) else "no"
    if _GROWTH.search(text):
        return "growing"
    return (
        "fixed"
        if any(_NUMBER.search(text[match.start() :].partition("\n")[0]) for match in _SLEEP.finditer(text))
        else ""
    )


def after(node: Node) -> list[Node]:
    """The statements that follow a node in its block."""
    found: list[Node] = []
    following = node.next_named_sibling
    while following is not None and len(found) < 50:
        if "comment" not in following.type:
            found.append(following)
        following = following.next_named_sibling
    return found


def name_of(file: CodeFile, function: Node) -> str:
    """The name of a function; "" if it has none."""
    named = function.child_by_field_name("name")
    if named is not None:
        return file.text(named)
    above = file.parent(function)
    bound = above.child_by_field_name("name") if above is not None else None
    return file.text(bound) if bound is not None else ""
