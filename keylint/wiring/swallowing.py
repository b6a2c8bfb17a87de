"""A rate limit that is taken for an empty answer, in handlers and where a status is looked at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.lazy import regex
from keylint.model import Swallowed
from keylint.wiring import attempts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from keylint.languages.code import CodeFile
    from keylint.wiring.attempts import Attempt
    from keylint.wiring.sending import Sending

# What is nothing, or empty, in one language or another.
_EMPTY = (
    r"(?:None|null|undefined|nil|default|''|\"\"|``|['\"`]\s*['\"`]|\[\s*\]|\{\s*\}|\(\s*\)"
    r"|[Ss]tring\.Empty|std::nullopt|Optional\.empty\(\)|Collections\.empty\w+\(\)|(?:List|Set|Map)\.of\(\)"
    r"|Array\.Empty<[^>]*>\(\)|Enumerable\.Empty<[^>]*>\(\)|(?:emptyList|emptyMap|listOf|mapOf|list|dict|str)(?:<[^>]*>)?\(\)"
    r"|new\s+\w*(?:List|Map|Dictionary|Set)(?:<[^>]*>)?\(\)|\[\]\w+\{\}|Task\.FromResult\(\s*(?:\"\"|null|string\.Empty)\s*\)"
    r"|Mono\.empty\(\)|Promise\.resolve\((?:null|undefined|\"\"|''|\[\])?\))"
)
_NOTHING = regex(rf"return\s*\(?{_EMPTY}?\)?\s*;?|pass|continue;?|{_EMPTY}|")
_GO_NOTHING = regex(rf"return\s+{_EMPTY}\s*,\s*nil")
_GIVES = regex(rf"return\s*\(?{_EMPTY}\)?\s*;?")
_OTHER_STATUS = regex(
    r"!={1,2}\s*(?:[\w.]*TooManyRequests|[\w.]*TOO_MANY_REQUESTS|429)|\bnot\b|!\s*\w*(?:[rR]ate|[iI]s)"
)


def by_handler(file: CodeFile, attempt: Attempt, *, limited: bool) -> str | None:
    """The empty thing that takes the answer's place; None if the handler does more than that."""
    if limited and not attempts.LIMITED.search(attempt.header):
        return _by_branch(file, attempt)
    body = _bare(attempt.body)
    goes_on = "continue" in body or body in ("pass", "")
    around = attempts.loop_around(file, attempt.handler)
    retried = goes_on and around is not None and attempts.is_counting(file, around)
    if retried or not _NOTHING.fullmatch(body) or ("return" in body and _is_looked_at(file, attempt.function)):
        return None
    return body.rstrip(";") or "nothing"


def _is_looked_at(file: CodeFile, function: Node) -> bool:
    """Whether what a function gives back is tested where the file calls it: then nothing is an answer like others."""
    return any(file.outcome_is_tested(leaf) for leaf in file.occurrences(attempts.name_of(file, function)))


def _by_branch(file: CodeFile, attempt: Attempt) -> str | None:
    """``catch (e) { if (e.status === 429) return ""; throw e }``."""
    for word in attempts.words(file, attempt.handler, frozenset({"return"})):
        condition = attempts.condition(file, word, attempt.handler)
        if condition is None or not attempts.LIMITED.search(condition) or "!=" in condition:
            continue
        made = file.parent(word)
        if made is not None and _NOTHING.fullmatch(file.text(made).strip()) and _is_alone(file, made):
            return file.text(made).strip().rstrip(";")
    return None


def _is_alone(file: CodeFile, statement: Node) -> bool:
    """Whether a statement is all that its block does."""
    block = file.parent(statement)
    if block is None:
        return False
    others = [child for child in block.named_children if "comment" not in child.type]
    return not block.type.endswith(("block", "statement_list", "compound_statement")) or len(others) == 1


def by_status(file: CodeFile, language: str, sending: Sending) -> Iterator[Swallowed]:
    """``if res.StatusCode == 429 { return "", nil }``: errors that are values, and raw answers."""
    seen: set[int] = set()
    for number, match in enumerate(re.finditer(rb"(?i)\b429\b|TooManyRequests|TOO_MANY_REQUESTS", file.data)):
        leaf = file.leaf(match.start()) if number < attempts.MAX_ATTEMPTS else None
        branch = _branch(file, leaf) if leaf is not None else None
        if branch is None or branch.id in seen or _is_handled(file, branch):
            continue
        seen.add(branch.id)
        function = file.enclosing(branch, file.functions)
        request = sending.sends(function)
        if request is None or request.node.start_byte > branch.start_byte or not (request.raw or language == "go"):
            continue
        word = next(attempts.words(file, branch, frozenset({"return"})), None)
        made = file.parent(word) if word is not None else None
        gives = file.text(made).strip() if made is not None else ""
        if (
            made is not None
            and (_GO_NOTHING if language == "go" else _GIVES).fullmatch(gives)
            and _is_alone(file, made)
        ):
            yield Swallowed(request.provider, span(branch), gives.rstrip(";"))


def _branch(file: CodeFile, leaf: Node) -> Node | None:
    """The conditional statement without another branch in whose condition a leaf stands."""
    asks = attempts.asking(file, leaf, ("if_statement", "if_expression", "if"))
    if asks is None or asks[0].child_by_field_name("alternative") is not None or _OTHER_STATUS.search(asks[1]):
        return None
    return asks[0]


def _is_handled(file: CodeFile, node: Node) -> bool:
    """Whether a node stands in the handler of an attempt, which is read with the attempt."""
    return any(above.type in attempts.HANDLERS for above in file.ancestors(node))


def _bare(body: str) -> str:
    """A handler's body without braces, comments and white space around."""
    text = re.sub(r"(?m)(?://|#)[^\n]*$|/\*.*?\*/", "", body).strip()
    while text.startswith("{") and text.endswith("}") and text != "{}":
        text = text[1:-1].strip()
    return text
