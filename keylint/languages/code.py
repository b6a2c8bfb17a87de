"""The part of an adapter that all tree-sitter grammars of programming languages share.

It starts at anchors (places where a word of interest stands), climbs to the call, assignment or entry around each, and
lets the language turn the nodes into shapes. Names are resolved on demand, from their occurrences in the file, so that
the work follows the number of anchors and not the size of the file.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from keylint.languages.parsing import parsed
from keylint.languages.syntax import Argument, Call, Entry, Expr, Shape
from keylint.lazy import regex
from keylint.model import Env, Hop, Join, Literal, Missing, Opaque, Span, Value, through
from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from keylint.languages.parsing import Parser
    from keylint.source import Source

MAX_DEPTH = 24  # of nested expressions and chains of names: deeper is not worth knowing
MAX_OCCURRENCES = 2000  # of one name in one file
MAX_NESTING = 400  # nodes around a node: further out is not looked

# "Bearer " is not joined to the text behind it, so that the token keeps the place where it was written; nor is what is in
# front of it where a header is one text.
WHOLE_SCHEME = regex(
    r"\s*(?:(?:authorization|(?:x-|x-goog-)?api-key)\s*:\s*(?:(?:bearer|basic|token)\s+)?|(?:bearer|basic|token)\s+)",
    re.IGNORECASE,
)
_WORD_BYTES = frozenset(bytes([byte]) for byte in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")


def span(node: Node) -> Span:
    """A node's byte offsets."""
    return Span(node.start_byte, node.end_byte)


class Binding(Record):
    """A place that gives a name a value. `expr` is None when the value cannot be known (loop, import, parameter)."""

    leaf: Node
    expr: Node | None
    scope: Node
    block: Node  # the innermost branch or scope around it
    end: int
    kind: str  # "assign", "declare", "parameter", "default", "other", "shared"


class Tables:
    """Node types that differ by language. A subclass of CodeFile overrides them."""

    scopes: frozenset[str] = frozenset()  # functions, classes, the file
    functions: frozenset[str] = frozenset()
    branches: frozenset[str] = frozenset()  # statements run or not, or more than once
    conditions: frozenset[str] = frozenset()  # nodes that test what stands in them
    tests: frozenset[str] = frozenset()  # comparisons and negations
    transparent: frozenset[str] = frozenset()  # what may stand between a name and the test of it
    names: frozenset[str] = frozenset({"identifier"})
    statements: frozenset[str] = frozenset()
    concatenations: frozenset[str] = frozenset()  # what puts texts together
    members: frozenset[str] = frozenset()  # what takes a part out of something that has a name
    fillers: re.Pattern[bytes] | None = None  # what fills in a template that is written elsewhere
    bearers: ClassVar[frozenset[str]] = frozenset()  # methods that set Authorization: Bearer, given the token
    reversed_setters: ClassVar[frozenset[str]] = frozenset()  # methods that take a header's value before its name


class CodeFile(ABC, Tables):
    """One parsed file."""

    def __init__(self, source: Source, parser: Parser) -> None:
        self.source = source
        self.data = source.data
        self.root = parsed(parser, self.data).root_node
        self._bindings: dict[str, list[Binding]] = {}
        self._kinds: dict[str, list[tuple[Node, str]]] = {}
        self._imported_as: dict[str, tuple[str, ...]] = {}
        self._values: dict[int, Value] = {}
        self._occurrences: dict[str, list[Node]] = {}
        self._parents: dict[int, Node | None] = {}
        self._depth = 0

    # ------------------------------------------------------------------------------------------- for the language

    @abstractmethod
    def shape(self, node: Node) -> Shape | None:
        """The shape that a node has, if it has one."""

    @abstractmethod
    def evaluate(self, node: Node) -> Value:
        """The value of an expression node; use ``value`` for nested ones."""

    @abstractmethod
    def bind(self, leaf: Node) -> Binding | None:
        """The binding that an occurrence of a name makes, None if it only reads it."""

    @abstractmethod
    def mapping(self, node: Node) -> list[Entry] | None:
        """The entries of a mapping literal, None if the node is none."""

    @abstractmethod
    def path(self, node: Node) -> tuple[str, ...]:
        """A dotted name as a tuple, subscripts with a literal key in brackets; () if it is anything else."""

    # --------------------------------------------------------------------------------------------------- climbing

    def text(self, node: Node) -> str:
        """The source text of a node."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def leaf(self, offset: int) -> Node | None:
        """The smallest node at an offset."""
        return self.root.descendant_for_byte_range(offset, min(offset + 1, len(self.data)))

    def parent(self, node: Node) -> Node | None:
        """The node around a node, asked once: for the grammar's library each answer is a search from the root."""
        if node.id not in self._parents:
            self._parents[node.id] = node.parent
        return self._parents[node.id]

    def ancestors(self, node: Node) -> Iterator[Node]:
        """The nodes around a node, innermost first."""
        above = self.parent(node)
        for _ in range(MAX_NESTING):
            if above is None:
                return
            yield above
            above = self.parent(above)

    def enclosing(self, node: Node, kinds: frozenset[str]) -> Node:
        """The innermost node around `node` that has one of the types; the file if none has."""
        return next((above for above in self.ancestors(node) if above.type in kinds), self.root)

    def shapes(self, offsets: list[int]) -> list[Shape]:
        """All shapes around the offsets, each once, in the order they stand in the file."""
        seen: set[int] = set()
        found: dict[int, Shape] = {}
        for offset in offsets:
            node = self.leaf(offset)
            while node is not None and node.id not in seen:
                seen.add(node.id)
                shape = self.shape(node)
                if shape is not None:
                    found[node.id] = shape
                node = self.parent(node)
        return sorted(found.values(), key=lambda shape: (shape.span.start, -shape.span.end))

    def expr(self, node: Node) -> Expr:
        """A node as an expression of the neutral shapes."""
        return Expr(node, span(node), self.value)

    def value(self, node: Node) -> Value:
        """The value of an expression node, worked out once."""
        known = self._values.get(node.id)
        if known is not None:
            return known
        if self._depth >= MAX_DEPTH:
            return Opaque("nested too deep", span(node))
        self._depth += 1
        self._values[node.id] = Opaque("refers to itself", span(node))
        try:
            value = self.evaluate(node)
        finally:
            self._depth -= 1
        self._values[node.id] = value
        return value

    def concatenation(self, offset: int) -> Value | None:
        """The value of the outermost concatenation around an offset; None if there is none."""
        found: Node | None = None
        node = self.leaf(offset)
        while node is not None and node.type not in self.statements:
            if node.type in self.concatenations:
                found = node
            node = self.parent(node)
        return self.value(found) if found is not None else None

    def is_comment(self, offset: int) -> bool:
        """Whether an offset lies in a comment."""
        node = self.leaf(offset)
        return node is not None and "comment" in node.type

    def calls_around(self, node: Node) -> Iterator[Call]:
        """The calls that a node is an argument of, innermost first, up to the statement."""
        for above in self.ancestors(node):
            if above.type in self.statements or above.type in self.functions:
                return
            shape = self.shape(above)
            if isinstance(shape, Call):
                yield shape

    def in_function(self, node: Node) -> bool:
        """Whether a node stands inside a function."""
        return any(above.type in self.functions for above in self.ancestors(node))

    def is_lazy(self, node: Node) -> bool:
        """Whether a node runs later than the file is loaded, or not at all when it is imported."""
        return self.in_function(node)

    def receiver(self, node: Node) -> Node | None:
        """The call that a method is called on the result of: for ``a(…).b(…)`` the call of `a`."""
        owner = node.child_by_field_name("function")
        return owner.child_by_field_name("object") if owner is not None else None

    def header_name(self, expr: Expr) -> str:
        """The name of a header where one is set; "" if it cannot be told."""
        value = expr.value
        return value.text if isinstance(value, Literal) else ""

    def origin(self, node: Node, name: str) -> str:
        """The dotted name of the call whose result a name holds where a node stands; "" if that cannot be told."""
        return ""

    def is_fragment(self) -> bool:
        """Whether a file of a language that has to import what it uses imports nothing: a piece of one."""
        return False

    def loaded(self) -> frozenset[str]:
        """Modules, packages or namespaces whose names can be used as they are."""
        return frozenset()

    def unparenthesized(self, node: Node) -> Node:
        """The expression inside parentheses."""
        while node.type == "parenthesized_expression" and node.named_child_count:
            node = node.named_children[0]
        return node

    # ------------------------------------------------------------------------------------------------------ names

    def occurrences(self, name: str) -> list[Node]:
        """The leaves that are this very name."""
        known = self._occurrences.get(name)
        if known is not None:
            return known
        raw = name.encode()
        found: list[Node] = []
        at = self.data.find(raw) if raw else -1
        while at >= 0 and len(found) <= MAX_OCCURRENCES:
            end = at + len(raw)
            if self.data[at - 1 : at] not in _WORD_BYTES and self.data[end : end + 1] not in _WORD_BYTES:
                node = self.leaf(at)
                if node is not None and node.type in self.names and node.end_byte - node.start_byte == len(raw):
                    found.append(node)
            at = self.data.find(raw, end)
        self._occurrences[name] = found = found if len(found) <= MAX_OCCURRENCES else []
        return found

    def bindings(self, name: str) -> list[Binding]:
        """All places that give a name a value."""
        if name not in self._bindings:
            self._bindings[name] = [binding for leaf in self.occurrences(name) if (binding := self.bind(leaf))]
        return self._bindings[name]

    def kinds(self, name: str) -> list[tuple[Node, str]]:
        """The places that give a name a value, and how: ``bindings`` without where they are seen, which takes climbing."""
        known = self._kinds.get(name)
        if known is None:
            known = self._kinds[name] = [
                (leaf, made[0])
                for leaf in self.occurrences(name)
                if (above := self.parent(leaf)) is not None and (made := self.given(leaf, above)) is not None
            ]
        return known

    def given(self, leaf: Node, parent: Node) -> tuple[str, Node | None] | None:
        """How an occurrence of a name is given a value, and the expression that it is given; None if it only reads it."""
        binding = self.bind(leaf)
        return (binding.kind, binding.expr) if binding is not None else None

    def imported_as(self, name: str) -> tuple[str, ...]:
        """What a name is imported as; () if it is not imported."""
        known = self._imported_as.get(name)
        if known is None:
            leaf = next((leaf for leaf, kind in self.kinds(name) if kind == "import"), None)
            known = self._imported_as[name] = self.imported_name(leaf) if leaf is not None else ()
        return known

    def imported_name(self, leaf: Node) -> tuple[str, ...]:
        """The full name of what an import binds at a leaf."""
        return (self.text(leaf),)

    def resolve(self, node: Node, name: str) -> Value:
        """What a name stands for where it is read: the one assignment that reaches it, or Opaque."""
        bindings = self.bindings(name)
        where = span(node)
        if any(binding.kind == "shared" for binding in bindings):
            return Opaque("assigned in more than one function", where, name=name)
        inner = self.enclosing(node, self.scopes)
        scope: Node | None = inner
        while scope is not None:
            here = [binding for binding in bindings if binding.scope.id == scope.id]
            if here and (scope.id == inner.id or self.visible(scope)):
                return self._reached(here, node, name, same=scope.id == inner.id)
            scope = None if scope.id == self.root.id else self.enclosing(scope, self.scopes)
        return self.unbound(node, name)

    def member(self, owner: Node, key: str, where: Span) -> Value | None:
        """``CONFIG["key"]``: the entry of a mapping literal that a name holds for good; None if that cannot be told."""
        name = self.text(owner)
        bindings = self.bindings(name) if owner.type in self.names else []
        if len(bindings) != 1 or bindings[0].expr is None:
            return None
        literal = self.unparenthesized(bindings[0].expr)
        entries = [entry for entry in self.mapping(literal) or () if entry.key == key]
        if len(entries) != 1 or self.is_spread(literal):
            return None
        others = (leaf for leaf in self.occurrences(name) if leaf.id != bindings[0].leaf.id)
        return None if any(map(self._may_change, others)) else through(entries[0].expr.value, Hop(name, where))

    def _may_change(self, leaf: Node) -> bool:
        """Whether a mapping can become another one where its name stands: anything but a look at one of its entries."""
        part = self.parent(leaf)
        use = self.parent(part) if part is not None else None
        if part is None or use is None or part.type not in self.members or part.children[0].id != leaf.id:
            return True
        if "assignment" in use.type or "update" in use.type:
            return bool(use.child_by_field_name("left") == part or "update" in use.type)
        return (
            "delete" in use.type or self.text(use).startswith("delete ") or use.child_by_field_name("function") == part
        )

    def visible(self, scope: Node) -> bool:
        """Whether names of a scope can be seen in the functions inside it (Python's classes: no)."""
        return True

    def unbound(self, node: Node, name: str) -> Value:
        """The value of a name that nothing in the file gives one."""
        return Opaque("not assigned in this file", span(node), name=name)

    def _reached(self, bindings: list[Binding], node: Node, name: str, *, same: bool) -> Value:
        where = span(node)
        if same and len(bindings) > 1:
            before = [binding for binding in bindings if binding.end <= node.start_byte]
            if not before:
                return Opaque("assigned after it is read", where, name=name)
            last = before[-1]
            blocks = {above.id for above in self.ancestors(node)} | {self.root.id}
            if last.block.id not in blocks:
                return Opaque("assigned on one branch", where, name=name)
            binding = last
        elif len(bindings) > 1:
            declared = [binding for binding in bindings if binding.kind != "declare"]
            if len(declared) != 1:
                return Opaque("assigned more than once", where, name=name)
            binding = declared[0]
        else:
            binding = bindings[0]
            if same and binding.kind == "assign" and binding.end > node.start_byte:
                return Opaque("assigned after it is read", where, name=name)
        return self._bound(binding, node, name)

    def _bound(self, binding: Binding, node: Node, name: str) -> Value:
        where = span(node)
        if binding.expr is None:
            if binding.kind == "declare":
                return Missing("unassigned", span(binding.leaf), (Hop(name, where),), self.missing_word)
            return Opaque(binding.kind, where, name=name)
        value = self.value(binding.expr)
        if binding.kind == "default" and isinstance(value, Missing):
            return Opaque("a parameter", where, name=name)  # "none unless you say so": the caller says
        if isinstance(value, Opaque):
            return Opaque(value.reason, where, (Hop(name, where), *value.hops), name, value.fallback, value.nullable)
        return through(value, Hop(name, where))

    missing_word = ""

    # ------------------------------------------------------------------------------------------------------ tests

    def is_tested(self, value: Value) -> bool:
        """Whether the program looks at the value before it uses it: a test of a name it went through, or of its text.

        A template that something in the file may fill in later counts too.
        """
        if (
            isinstance(value, Literal)
            and self.fillers is not None
            and re.search(r"[{$%]", value.text)
            and self.fillers.search(self.data)
        ):
            return True
        if isinstance(value, Join) and any(self.is_tested(part) for part in value.parts):
            return True
        if isinstance(value, Env) and self._text_is_compared(value.name, literal=False):
            return True
        names = {hop.name for hop in value.hops}
        if any(self._is_compared(leaf) for name in names for leaf in self.occurrences(name.rpartition(".")[2])):
            return True
        return isinstance(value, Literal) and len(value.text) >= 3 and self._text_is_compared(value.text)

    def is_under_condition(self, offset: int, word: str) -> bool:
        """Whether a place is only reached under a condition in which a word stands."""
        node = self.leaf(offset)
        for above in self.ancestors(node) if node is not None else ():
            tested = above.child_by_field_name("condition") if above.type in self.conditions else None
            if tested is not None and word.lower() in self.text(tested).lower():
                return True
        return False

    def name_is_tested(self, name: str) -> bool:
        """Whether a name is tested anywhere in the file."""
        return any(self._is_compared(leaf) for leaf in self.occurrences(name))

    def outcome_is_tested(self, leaf: Node) -> bool:
        """Whether the outcome of a call is tested, at once or by the name that it is given: ``if (!(await ask()))``."""
        if self._is_compared(leaf):
            return True
        for above in self.ancestors(leaf):
            if above.type in self.functions or above.type in self.statements:
                return False
            target = above.child_by_field_name("left") or above.child_by_field_name("name")
            if target is not None and target.type in self.names and not span(target).holds(span(leaf)):
                return self.name_is_tested(self.text(target))
        return False

    def _text_is_compared(self, text: str, *, literal: bool = True) -> bool:
        raw = text.encode()
        at = self.data.find(raw)
        for _ in range(MAX_OCCURRENCES):
            if at < 0:
                break
            node = self.leaf(at)
            if node is not None and self._is_compared(node, literal=literal):
                return True
            at = self.data.find(raw, at + 1)
        return False

    def _is_compared(self, node: Node, *, literal: bool = False) -> bool:
        """Whether a leaf stands in a comparison or a condition. A literal has to be compared, not merely stand in one."""
        child = node
        for parent in self.ancestors(node):
            if parent.type in self.tests and self.is_test(parent, child):
                return True
            if parent.type in self.conditions:
                return not literal and self.is_condition(parent, child)
            if parent.type not in self.transparent:
                return False
            child = parent
        return False

    def is_test(self, node: Node, child: Node) -> bool:
        """Whether a node of one of the `tests` types really is one (languages with one type for all operators)."""
        return True

    def is_condition(self, node: Node, child: Node) -> bool:
        """Whether a child of a conditional statement is what it tests, not what it then runs."""
        tested = node.child_by_field_name("condition")
        return tested is not None and tested.id == child.id

    # ------------------------------------------------------------------------------------------------------ texts

    def joined(self, parts: list[Value], where: Span) -> Value:
        """A concatenation; literals that stand side by side become one."""
        flat: list[Value] = []
        for part in parts:
            for inner in part.parts if isinstance(part, Join) and not part.hops else (part,):
                empty = isinstance(inner, Missing) and inner.kind == "empty"
                item = Literal("", inner.span, inner.span, inner.hops) if empty else inner
                last = flat[-1] if flat else None
                if isinstance(item, Literal) and isinstance(last, Literal) and not WHOLE_SCHEME.fullmatch(last.text):
                    spans = (*(last.parts or (last.span,)), *(item.parts or (item.span,)))
                    flat[-1] = Literal(
                        last.text + item.text, where, where, last.hops or item.hops, parts=spans, escaped=True
                    )
                else:
                    flat.append(item)
        flat = [part for part in flat if not (isinstance(part, Literal) and not part.text)] if len(flat) > 1 else flat
        if len(flat) == 1 and isinstance(flat[0], Literal):
            return flat[0]
        return Join(tuple(flat), where)

    def argument(
        self, node: Node, name: str = "", name_node: Node | None = None, whole: Node | None = None
    ) -> Argument:
        """An argument of a call."""
        return Argument(name, self.expr(node), span(whole or node), span(name_node or node))

    def entries(self, node: Node) -> tuple[list[Entry], bool] | None:
        """The entries of a mapping and whether there may be more, also through a name that leads to a literal one."""
        node = self.unparenthesized(node)
        found = self.mapping(node)
        if found is not None:
            return found, self.is_spread(node)
        if node.type in self.names:
            bindings = self.bindings(self.text(node))
            if len(bindings) == 1 and bindings[0].expr is not None:
                inner = self.unparenthesized(bindings[0].expr)
                found = self.mapping(inner)
                if found is not None:
                    return found, self.is_spread(inner)
        return None

    def is_spread(self, node: Node) -> bool:
        """Whether a mapping literal takes over the entries of another one."""
        return False

    def first(self, node: Node, *types: str) -> Node | None:
        """The first child of one of the types."""
        return next((child for child in node.children if child.type in types), None)


def field(node: Node, name: str) -> Any:
    """A child by its field's name; the grammar guarantees it, error recovery does not."""
    return node.child_by_field_name(name)


def either(first: Value, second: Value, where: Span) -> Value:
    """The value of ``first or second``, in any language that has it."""
    if isinstance(first, Env):
        inner = (
            second
            if first.default is None or isinstance(first.default, Missing)
            else either(first.default, second, where)
        )
        if isinstance(inner, Missing) and inner.kind == "null":
            return Env(first.name, where, first.name_span, first.unset, None, first.hops, first.call)
        return Env(first.name, where, first.name_span, first.unset, inner, first.hops, first.call)
    if isinstance(first, Missing):
        return second
    if isinstance(first, Literal):
        return first
    if isinstance(first, Opaque):
        return Opaque(first.reason, where, first.hops, first.name, second, first.nullable)
    return Opaque("depends on a condition", where)
