"""Names in a language of the family: dotted paths, what they were imported as, where they get their values."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from keylint.languages.code import MAX_OCCURRENCES, Binding, span
from keylint.languages.family.tables import GrammarTables
from keylint.languages.syntax import Call, Expr, Import
from keylint.lazy import regex
from keylint.model import Hop, Literal, Missing, Opaque, Value, through

if TYPE_CHECKING:
    from tree_sitter import Node

_WORD = regex(rb"[A-Za-z0-9_]")
MAX_CHAIN = 40  # calls in one chain


class FamilyNames(GrammarTables):
    """The names of one file, and the parts around the signs that give them their values."""

    def sign(self, node: Node) -> str:
        """What an operator's node says; "" if the node is no operator."""
        if not node.is_named:
            return node.type
        return self.text(node) if not node.named_child_count and node.end_byte - node.start_byte <= 4 else ""

    def around(self, node: Node, signs: frozenset[str]) -> tuple[Node, Node, Node] | None:
        """The parts before and after the first of the signs among a node's children, and the sign itself."""
        before: Node | None = None
        mark: Node | None = None
        for child in node.children:
            if "comment" in child.type:
                continue
            if mark is not None and child.is_named:
                return (before, child, mark) if before is not None else None
            if mark is None and before is not None and self.sign(child) in signs:
                mark = child
            elif mark is None and child.is_named:
                before = child
        return None

    def inner(self, node: Node) -> Node:
        """The expression that a node merely wraps: parentheses, an argument, a chain of rules with one child each."""
        for _ in range(MAX_CHAIN):
            if node.type in self.strings or node.type in self.calls or node.type in self.names:
                return node
            children = [
                child for child in node.named_children if "comment" not in child.type and child.type not in self.marks
            ]
            if len(children) != 1 or not (node.type in self.wrappers or self.is_alike(node, children[0])):
                return node
            node = children[0]
        return node

    def is_alike(self, node: Node, child: Node) -> bool:
        """Whether a node has the very text of its only child."""
        return (node.start_byte, node.end_byte) == (child.start_byte, child.end_byte) and (
            node.type not in (*self.members, *self.subscripts, *self.maps, *self.lists)
        )

    def unparenthesized(self, node: Node) -> Node:
        """The expression inside what merely wraps it."""
        return self.inner(node)

    def name_of(self, node: Node) -> str:
        """A name without its sigil or its mark of a symbol."""
        return self.text(node).lstrip(self.sigils) if self.sigils else self.text(node)

    def callee(self, node: Node) -> tuple[str, ...]:
        """The dotted name of what is called, through the calls before it in a chain."""
        path: tuple[str, ...] = ()
        for child in node.named_children:
            if child.type in self.argument_lists or "block" in child.type or "lambda" in child.type:
                break
            if "type_argument" in child.type or "comment" in child.type:
                continue
            part = self.path(child)
            if not part:
                part = ("…",) if not path else ()
            path = (*path, *part)
        return path[-MAX_CHAIN:] if path != ("…",) else ()

    def first_value(self, node: Node) -> Node:
        """The value of a right side that may be a list of them."""
        return self.inner(node)

    def key_text(self, node: Node) -> str:
        """The text of a key: a string's content, a bare name, a symbol."""
        node = self.inner(node)
        if node.type in self.strings:
            value = self.value(node)
            return value.text if isinstance(value, Literal) else ""
        dotted = ".".join(self.path(node)[-2:]) if node.type in (*self.members, *self.names) else ""
        if dotted in self.header_names:
            return self.header_names[dotted]
        text = self.text(node)
        return text.strip(":$ \"'`") if len(text) <= 80 and "\n" not in text else ""

    def path(self, node: Node) -> tuple[str, ...]:
        """A dotted name, through calls and subscripts with a literal key; () if it is anything else."""
        known = self._paths.get(node.id)
        if known is None:  # a chain of calls is walked from each of its links
            known = self._paths[node.id] = self._path_of(node)
        return known

    @cached_property
    def _paths(self) -> dict[int, tuple[str, ...]]:
        return {}

    def _path_of(self, node: Node) -> tuple[str, ...]:
        node = self.inner(node)
        if node.type in self.names:
            return (self.name_of(node),)
        if node.type in self.calls:
            return self.callee(node)
        if node.type in self.members:
            return self._member_path(node)
        if node.type in self.subscripts:
            owner, key = self.subscript(node)
            path = self.path(owner) if owner is not None else ()
            return (*path, f"[{key}]") if path and key else ()
        text = self.text(node) if not node.named_child_count else ""
        return (
            (text.lstrip("\\"),)
            if re.fullmatch(r"[\\@]?[A-Za-z_]\w*[!?]?", text) and node.type not in self.strings
            else ()
        )

    def _member_path(self, node: Node) -> tuple[str, ...]:
        children = [child for child in node.children if child.is_named and "comment" not in child.type]
        path: tuple[str, ...] = ()
        for child in children:
            part = self.path(child)
            if not part:
                part = ("…",) if not path else ()
            path = (*path, *part)
        return path

    def subscript(self, node: Node) -> tuple[Node | None, str]:
        """What ``a["b"]`` looks into, and for which literal key."""
        children = [child for child in node.named_children if "comment" not in child.type]
        if len(children) != 2:
            return None, ""
        return children[0], self.key_text(children[1]) if self.inner(children[1]).type in self.strings else ""

    def canonical(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """A dotted name with its first name replaced by what it was imported as."""
        found = self._aliases.get(path[0]) if path else None
        return (found, *path[1:]) if found else path

    @cached_property
    def _aliases(self) -> dict[str, str]:
        return self.imported()

    @cached_property
    def _modules(self) -> frozenset[str]:
        return frozenset(made.module for made in self.imports())

    def imported(self) -> dict[str, str]:
        """Names that stand for something imported, and what that is, dotted."""
        return {}

    def loaded(self) -> frozenset[str]:
        """Modules, packages or namespaces that the file imports."""
        return self._modules

    def imports(self) -> list[Import]:
        """The modules that the file loads."""
        return []

    def header_name(self, expr: Expr) -> str:
        """Also through the constants that libraries have for the names."""
        return super().header_name(expr) or self.key_text(expr.node)

    def origin(self, node: Node, name: str) -> str:
        """Also of a block's parameter: what the block is given to."""
        for binding in self.bindings(name):
            shape = self.shape(self.inner(binding.expr)) if binding.expr is not None else None
            if isinstance(shape, Call):
                return shape.name
        if any(binding.kind == "a parameter" for binding in self.bindings(name)) or not self.bindings(name):
            for above in self.ancestors(node):
                if above.type in self.calls and above.start_byte < node.start_byte:
                    path = self.canonical(self.callee(above))
                    if path and path[0] != name:
                        return ".".join(path)
        return ""

    def occurrences(self, name: str) -> list[Node]:
        """The nodes that are this very name, with or without its sigil."""
        name = name.lstrip(self.sigils) if self.sigils else name
        known = self._occurrences.get(name)
        if known is not None:
            return known
        raw = name.encode()
        found: dict[int, Node] = {}
        at = self.data.find(raw) if raw else -1
        while at >= 0 and len(found) <= MAX_OCCURRENCES:
            end = at + len(raw)
            if not _WORD.match(self.data[at - 1 : at]) and not _WORD.match(self.data[end : end + 1]):
                node = self.leaf(at)
                while node is not None and node.start_byte >= at - len(self.sigils) and node.end_byte <= end:
                    if node.type in self.names and self.name_of(node) == name:
                        above = self.parent(node)
                        if above is not None and above.type in self.names and self.name_of(above) == name:
                            node = above
                        found[node.id] = node
                        break
                    node = self.parent(node)
            at = self.data.find(raw, end)
        self._occurrences[name] = made = list(found.values()) if len(found) <= MAX_OCCURRENCES else []
        return made

    def computed(self, leaf: Node) -> Node | None:
        """What a property gives whose name a leaf is, where a single expression works it out: ``string Key => "…"``."""
        return None

    def bind(self, leaf: Node) -> Binding | None:
        """The binding that an occurrence of a name makes."""
        given = self.computed(leaf)
        if given is not None:
            scope = self.enclosing(leaf, self.classes | self.scopes)
            return Binding(leaf, self.inner(given), scope, scope, leaf.end_byte, "assign")
        child = leaf
        first = True
        for above in self.ancestors(leaf):
            if above.type in self.assignments or above.type in self.parameters:
                return self._bound_by(leaf, child, above, first=first)
            if above.type in self.members and self._is_own(above, child):
                child = above
                continue
            if above.type not in self.holders and not self.is_alike(above, child):
                return None
            names = [node for node in above.named_children if "comment" not in node.type]
            first = first and bool(names) and names[0].id == child.id
            child = above
        return None

    def _is_own(self, member: Node, child: Node) -> bool:
        """Whether a member is ``this.name``."""
        children = [node for node in member.children if node.is_named or node.type in self.own]
        return len(children) == 2 and self.name_of(children[0]) in self.own and children[1].id == child.id

    def _bound_by(self, leaf: Node, child: Node, around: Node, *, first: bool) -> Binding | None:
        parts = self.around(around, self.gives | self.changes)
        own = child.type in self.members or (self.parent(child) is not None and child.type in self.members)
        scope = self.enclosing(around if own or around.type in self.parameters else leaf, self.scopes)
        if own:
            scope = self.enclosing(leaf, self.classes) if self.classes else self.root
        block = self.enclosing(leaf, self.branches | self.scopes)
        if parts is None and around.type in self.binaries:
            return None
        if parts is None:
            names = [node for node in around.named_children if node.type in self.names or node.type in self.holders]
            if around.type in self.parameters:
                named = names if around.type.endswith("parameters") else names[-1:]
                return (
                    Binding(leaf, None, scope, block, leaf.end_byte, "a parameter")
                    if any(node.start_byte <= leaf.start_byte < node.end_byte for node in named)
                    else None
                )
            is_name = bool(names) and names[-1].start_byte <= leaf.start_byte < names[-1].end_byte
            return Binding(leaf, None, scope, block, leaf.end_byte, "declare") if is_name else None
        left, right, mark = parts
        if not left.start_byte <= leaf.start_byte < left.end_byte:
            return None
        if self.sign(mark) in self.changes:
            return Binding(leaf, None, scope, block, around.end_byte, "changed by an operator")
        if around.type in self.parameters:
            return Binding(leaf, right, scope, block, leaf.end_byte, "default")
        if not first:
            return Binding(leaf, None, scope, block, around.end_byte, "unpacked")
        value = self.first_value(right)
        if own and self.in_function(leaf) and value.type in self.names and self.name_of(value) == self.name_of(leaf):
            return Binding(leaf, None, scope, block, around.end_byte, "given to the constructor")
        return Binding(leaf, value, scope, block, around.end_byte, "assign")

    def named(self, node: Node) -> Value:
        """What a name stands for."""
        return self.stands_for(node, self.name_of(node))

    def stands_for(self, node: Node, name: str) -> Value:
        """What a name stands for where a node is; a class's field that is nothing at first is set from outside."""
        known = self.resolve(node, name)
        if isinstance(known, Missing) and any(binding.scope.type in self.classes for binding in self.bindings(name)):
            return Opaque("a field", span(node), name=name)
        return known

    def own_property(self, node: Node, name: str) -> Value:
        """``this.key``, or ``Settings.KEY`` of a class in this file, if it is assigned exactly once."""
        where = span(node)
        found = [
            binding
            for binding in self.bindings(name)
            if binding.scope.type in self.classes or (not self.classes and binding.scope.id == self.root.id)
        ]
        given = [binding for binding in found if binding.expr is not None]
        if len(given) == 1 and all(binding.kind == "declare" for binding in found if binding is not given[0]):
            value = self.value(given[0].expr) if given[0].expr is not None else None
            if value is not None and not isinstance(value, Missing):
                return through(value, Hop(name, where))
        return Opaque("a property", where, name=name)
