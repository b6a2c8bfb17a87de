"""Trees of the scripting languages: statements, calls, assignments, pairs and texts, as far as credentials need them.

Not a grammar: what a language does not share with the others stays a row of names and signs, of which nothing is said.
Never fails, and takes no more than its bounds: what is nested deeper is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.languages.script.lexer import Lexicon, Token, tokens
from keylint.languages.tree import Node, Tree
from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_DEPTH = 60
_CLOSERS = {"(": ")", "[": "]", "{": "}"}


class Grammar(Record):
    """What the signs of a language mean. Operators are listed from the loosest to the tightest."""

    lexicon: Lexicon
    assigns: frozenset[str]
    arrows: frozenset[str]
    operators: tuple[frozenset[str], ...]
    dots: frozenset[str]
    prefixes: frozenset[str] = frozenset({"!", "-", "\\", "not", "~", "*", "&"})
    modifiers: frozenset[str] = frozenset()  # words before a declared name
    typed: frozenset[str] = frozenset()  # words between a declared name and its type: `As`
    conditions: frozenset[str] = frozenset({"if", "unless", "elsif", "while", "ElseIf", "If"})
    functions: frozenset[str] = frozenset({"sub", "def", "function"})
    commands: bool = True  # `name "text"` is a call
    newlines: bool = True  # a line end ends a statement
    spaces: frozenset[str] = frozenset()  # words before a construction: "new"
    initializers: frozenset[str] = frozenset()  # words between a construction and its properties: "With"


class ScriptParser:
    """A parser with the interface of the grammars'."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar

    def parse(self, data: bytes) -> Tree:
        """The tree of a text."""
        reading = _Reading(data, self.grammar)
        return Tree(reading.root(), tuple((token.start, token.end) for token in reading.comments))


class _Reading:
    def __init__(self, data: bytes, grammar: Grammar) -> None:
        self.data = data
        self.grammar = grammar
        found = tokens(data, grammar.lexicon)
        self.tokens = [token for token in found if token.kind != "comment"]
        self.comments = [token for token in found if token.kind == "comment"]
        self.closed = self._match()

    def _match(self) -> dict[int, int]:
        """Index of each opening bracket → index of the one that closes it."""
        found: dict[int, int] = {}
        stack: list[int] = []
        for index, token in enumerate(self.tokens):
            if token.kind != "sign":
                continue
            if token.text in _CLOSERS:
                stack.append(index)
            elif stack and token.text == _CLOSERS[self.tokens[stack[-1]].text]:
                found[stack.pop()] = index
        return found

    def root(self) -> Node:
        root = Node("source", 0, len(self.data), error=False)
        for node in self._with_comments(self.statements(0, len(self.tokens), 0)):
            root.append(node)
        return root

    def _with_comments(self, nodes: list[Node]) -> list[Node]:
        ends = iter([*nodes, None])
        node = next(ends)
        loose = []
        for token in self.comments:
            while node is not None and node.end_byte <= token.start:
                node = next(ends)
            if node is None or token.start < node.start_byte:
                loose.append(Node("comment", token.start, token.end))
        return sorted([*nodes, *loose], key=lambda node: node.start_byte)

    # ------------------------------------------------------------------------------------------------- statements

    def statements(self, first: int, last: int, depth: int) -> list[Node]:
        """The statements among a run of tokens."""
        made: list[Node] = []
        start = at = first
        while at <= last:
            token = self.tokens[at] if at < last else None
            ends = token is None or token.text == ";" or (token.kind == "newline" and self._ends(at, start, last))
            if ends:
                node = self.statement(start, at, depth)
                if node is not None:
                    made.append(node)
                start = at + 1
            elif token is not None and token.text in _CLOSERS and at in self.closed:
                block = token.text == "{" and not self._is_value(at, start)
                at = self.closed[at]
                if block and at < last:
                    following = self.tokens[at + 1] if at + 1 < last else None
                    if following is not None and following.kind in ("name", "newline"):
                        node = self.statement(start, at + 1, depth)
                        made += [node] if node is not None else []
                        start = at + 1
            at += 1
        return made

    def _ends(self, at: int, start: int, last: int) -> bool:
        if not self.grammar.newlines:
            return False
        before = self.tokens[at - 1] if at > start else None
        following = next((token for token in self.tokens[at + 1 : min(at + 6, last)] if token.kind != "newline"), None)
        binds = (
            self.grammar.assigns | self.grammar.arrows | {sign for group in self.grammar.operators for sign in group}
        )
        if before is not None and before.kind == "sign" and before.text in (binds | self.grammar.dots | {","}):
            return False
        return following is None or following.text not in self.grammar.dots - {":"}

    def _is_value(self, at: int, start: int) -> bool:
        """Whether a brace opens a mapping and not a block: it stands behind a sign."""
        before = self.tokens[at - 1] if at > start else None
        return before is not None and before.kind == "sign" and before.text not in (")", "}")

    def statement(self, first: int, last: int, depth: int) -> Node | None:
        """One statement."""
        first, last = self._trimmed(first, last)
        if first >= last or depth > MAX_DEPTH:
            return None
        begin, end = self.tokens[first].start, self.tokens[last - 1].end
        word = self.tokens[first].text if self.tokens[first].kind == "name" else ""
        if word in self.grammar.conditions and last - first > 1:
            return self._conditional(first, last, depth)
        node = Node("function" if word in self.grammar.functions else "statement", begin, end)
        children = (
            self.row(first, last, depth + 1) if node.type == "function" else [self.expression(first, last, depth + 1)]
        )
        for child in children:
            if child is not None:
                node.append(child)
        return node

    def _conditional(self, first: int, last: int, depth: int) -> Node:
        node = Node("conditional", self.tokens[first].start, self.tokens[last - 1].end)
        at = first + 1
        end = (
            self.closed[at] + 1
            if at in self.closed
            else next((index for index in range(at, last) if self.tokens[index].text in ("{", "Then", "then")), last)
        )
        tested = self.expression(at, end, depth + 1)
        if tested is not None:
            node.append(tested)
            node.fields["condition"] = tested
        for child in self.row(end, last, depth + 1):
            node.append(child)
        return node

    def _trimmed(self, first: int, last: int) -> tuple[int, int]:
        while first < last and self.tokens[first].kind == "newline":
            first += 1
        while last > first and self.tokens[last - 1].kind == "newline":
            last -= 1
        return first, last

    def row(self, first: int, last: int, depth: int) -> list[Node]:
        """Tokens that make no expression: names, brackets and blocks, one after the other."""
        made: list[Node] = []
        at = first
        while at < last and depth <= MAX_DEPTH:
            token = self.tokens[at]
            if token.text == "{" and at in self.closed:
                made.append(self.block(at, depth))
                at = self.closed[at] + 1
            elif token.kind in ("name", "string", "number") or (token.text in _CLOSERS and at in self.closed):
                stop = self._primary_end(at, last)
                node = self.primary(at, stop, depth + 1)
                made += [node] if node is not None else []
                at = stop
            else:
                at += 1
        return made

    def block(self, at: int, depth: int) -> Node:
        """``{ … }`` with statements in it."""
        end = self.closed[at]
        node = Node("block", self.tokens[at].start, self.tokens[end].end)
        for child in self.statements(at + 1, end, depth + 1):
            node.append(child)
        return node

    # ------------------------------------------------------------------------------------------------ expressions

    def expression(self, first: int, last: int, depth: int) -> Node | None:
        """An expression: split at its loosest operator, else a primary with what follows it."""
        first, last = self._trimmed(first, last)
        if first >= last or depth > MAX_DEPTH:
            return None
        if self.grammar.modifiers and self.tokens[first].text in self.grammar.modifiers:
            while first < last - 1 and self.tokens[first].text in self.grammar.modifiers:
                first += 1
        for kind, signs in (("assign", self.grammar.assigns), ("pair", self.grammar.arrows)):
            at = self._find(first, last, signs, leftmost=True)
            if at is not None:
                return self._split(kind, first, at, last, depth)
        for signs in self.grammar.operators:
            at = self._find(first, last, signs, leftmost=False)
            if at is not None:
                return self._split("binary", first, at, last, depth)
        if self.tokens[first].kind == "sign" and self.tokens[first].text in self.grammar.prefixes and last - first > 1:
            inner = self.expression(first + 1, last, depth + 1)
            node = Node("unary", self.tokens[first].start, self.tokens[last - 1].end)
            node.append(self._sign(first))
            if inner is not None:
                node.append(inner)
            return node
        return self.primary(first, last, depth)

    def _find(self, first: int, last: int, signs: frozenset[str], *, leftmost: bool) -> int | None:
        found = None
        at = first
        while at < last:
            token = self.tokens[at]
            if token.text in _CLOSERS and at in self.closed and self.closed[at] < last:
                at = self.closed[at] + 1
                continue
            if token.kind == "sign" and token.text in signs and first < at < last - 1:
                if leftmost:
                    return at
                found = at
            at += 1
        return found

    def _split(self, kind: str, first: int, at: int, last: int, depth: int) -> Node | None:
        left_end = at
        if kind == "assign" and self.grammar.typed:
            left_end = next((index for index in range(first, at) if self.tokens[index].text in self.grammar.typed), at)
        left = self.expression(first, left_end, depth + 1)
        right = self.expression(at + 1, last, depth + 1)
        node = Node(kind, self.tokens[first].start, self.tokens[last - 1].end)
        for child, name in ((left, "left"), (self._sign(at), "operator"), (right, "right")):
            if child is not None:
                node.append(child)
                node.fields[name] = child
        return node

    def _sign(self, at: int) -> Node:
        token = self.tokens[at]
        return Node(token.text, token.start, token.end, named=False)

    def _primary_end(self, at: int, last: int) -> int:
        """Where a primary with its dots, calls and indices ends."""
        end = self.closed[at] + 1 if at in self.closed else at + 1
        while end < last:
            token = self.tokens[end]
            if token.text in self.grammar.dots and end + 1 < last and self.tokens[end + 1].kind in ("name", "string"):
                end += 2
            elif token.text in self.grammar.dots and end + 1 < last and end + 1 in self.closed:
                end = self.closed[end + 1] + 1
            elif token.text in ("(", "[") and end in self.closed:
                end = self.closed[end] + 1
            else:
                break
        return min(end, last)

    def primary(self, first: int, last: int, depth: int) -> Node | None:
        """A name, text or bracket with its dots, calls and indices; what is left over makes it a command."""
        if first >= last or depth > MAX_DEPTH:
            return None
        if self.tokens[first].text in self.grammar.spaces and last - first > 1:
            first += 1
        if self.tokens[first].text in self.grammar.dots and last - first > 1 and self.tokens[first + 1].kind == "name":
            first += 1
        node = self.atom(first, depth)
        at = self.closed[first] + 1 if first in self.closed else first + 1
        while at < last and node is not None:
            token = self.tokens[at]
            if token.text in self.grammar.dots and at + 1 < last and self.tokens[at + 1].kind in ("name", "string"):
                name = self.atom(at + 1, depth)
                node = Node(
                    "member",
                    node.start_byte,
                    self.tokens[at + 1].end,
                    [node, self._sign(at), *([name] if name else [])],
                )
                at += 2
            elif token.text in self.grammar.dots and at + 1 in self.closed:
                at += 1
            elif token.text in self.grammar.initializers and at + 1 in self.closed:
                made = self.atom(at + 1, depth)
                owner = [node] if node.type != "call" else node.children
                if made is not None:
                    made.type = "map"
                    node = Node("call", node.start_byte, made.end_byte, [*owner, made])
                at = self.closed[at + 1] + 1
            elif token.text in ("(", "[") or (token.text == "{" and self.tokens[at - 1].text in self.grammar.dots):
                if at not in self.closed:
                    break
                node = self._postfix(node, at, depth)
                at = self.closed[at] + 1
            else:
                break
        if node is None or at >= last:
            return node
        return self._command(node, at, last, depth)

    def _postfix(self, node: Node, at: int, depth: int) -> Node:
        end = self.tokens[self.closed[at]].end
        items = self.items(at + 1, self.closed[at], depth + 1)
        if self.tokens[at].text == "(":
            arguments = Node("arguments", self.tokens[at].start, end, items)
            return Node("call", node.start_byte, end, [node, arguments])
        return Node("index", node.start_byte, end, [node, *items])

    def _command(self, node: Node, at: int, last: int, depth: int) -> Node:
        """``print $x``, ``buildConfigField "a", "b"``, a call with a block behind it."""
        braced = self.tokens[at].text == "{" and at in self.closed
        if braced and self.closed[at] == last - 1:
            block = self.block(at, depth)
            if node.type == "call":
                node.append(block)
                node.end_byte = block.end_byte
                return node
            return Node("call", node.start_byte, block.end_byte, [node, block])
        if (
            self.grammar.commands
            and node.type in ("name", "member")
            and self.tokens[at].text not in (")", "]", "}", ",")
        ):
            items = self.items(at, last, depth + 1)
            if items:
                arguments = Node("arguments", items[0].start_byte, items[-1].end_byte, items)
                return Node("call", node.start_byte, arguments.end_byte, [node, arguments])
        rest = self.row(at, last, depth + 1)
        end = rest[-1].end_byte if rest else node.end_byte
        return Node("row", node.start_byte, end, [node, *rest])

    def items(self, first: int, last: int, depth: int) -> list[Node]:
        """What stands between commas, or on lines of its own."""
        made: list[Node] = []
        start = at = first
        while at <= last:
            if at == last or self.tokens[at].text == ",":
                node = self.expression(start, at, depth)
                made += [node] if node is not None else []
                start = at + 1
            elif self.tokens[at].text in _CLOSERS and at in self.closed:
                at = self.closed[at]
            at += 1
        return made

    def atom(self, at: int, depth: int) -> Node | None:
        """One token, or what stands between brackets."""
        token = self.tokens[at]
        if token.kind == "string":
            return self._text(token, depth)
        if token.kind in ("name", "number"):
            return Node(token.kind, token.start, token.end)
        if token.text not in _CLOSERS or at not in self.closed:
            return Node("sign", token.start, token.end)
        end = self.tokens[self.closed[at]].end
        if token.text == "{" and self._has_statements(at):
            return self.block(at, depth)
        kind = {"(": "paren", "[": "list", "{": "map"}[token.text]
        return Node(kind, token.start, end, self.items(at + 1, self.closed[at], depth + 1))

    def _has_statements(self, at: int) -> bool:
        inside = self.tokens[at + 1 : self.closed[at]]
        signs = {token.text for token in inside if token.kind == "sign"}
        return ";" in signs or not (signs & (self.grammar.arrows | self.grammar.assigns | {","}))

    def _text(self, token: Token, depth: int) -> Node:
        node = Node("string", token.start, token.end)
        for start, end, inner_start, inner_end in token.holes:
            hole = Node("hole", start, end)
            if depth < MAX_DEPTH:
                inner = _Reading(self.data[inner_start:inner_end], self.grammar)
                made = inner.expression(0, len(inner.tokens), depth + 1)
                if made is not None:
                    hole.append(_shifted(made, inner_start))
            node.append(hole)
        return node


def _shifted(node: Node, by: int) -> Node:
    stack: Sequence[Node] = [node]
    pending = list(stack)
    while pending:
        one = pending.pop()
        one.start_byte += by
        one.end_byte += by
        pending += one.children
    return node
