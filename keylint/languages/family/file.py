"""One file class for the languages whose grammars differ in names only: shapes, arguments, names.

Grammars call the same things by other names, and give their parts other fields or none. What they share is order: a target
stands before the sign that gives it its value, a callee before its arguments, a key before its arrow. So the parts are
found around those signs, and a language is a list of names (``GrammarTables``) and whatever it really does differently.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from keylint.languages.code import MAX_OCCURRENCES, Binding, either, span
from keylint.languages.family import values
from keylint.languages.family.tables import Getter, GrammarTables
from keylint.languages.syntax import Argument, Assignment, Call, Entry, Expr, Import, Read, Shape
from keylint.model import Env, Hop, Literal, Missing, Opaque, Span, Unset, Value, through

if TYPE_CHECKING:
    from tree_sitter import Node

_WORD = re.compile(rb"[A-Za-z0-9_]")
_HEADER_LINE = re.compile(r"\s*([A-Za-z][A-Za-z-]{3,39})\s*:\s*")
MAX_CHAIN = 40  # calls in one chain


class FamilyFile(GrammarTables):
    """One parsed file of a language of the family."""

    # ----------------------------------------------------------------------------------------------------- pieces

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

    def hole(self, node: Node) -> Span:
        """What an expression inside a text takes up there."""
        return span(node)

    def more_holes(self, node: Node) -> list[tuple[int, int, Value]]:
        """Expressions in a text that the grammar does not tell."""
        return []

    def short_conditional(self, node: Node) -> Value:
        """``a ?: b``."""
        parts = [self.value(child) for child in node.named_children]
        return either(parts[0], parts[1], span(node)) if len(parts) == 2 else Opaque("incomplete", span(node))

    def filled(self, pattern: Literal, given: list[Node], style: str, where: Span) -> Value:
        """A template with its places filled."""
        return values.template(self, pattern, given, style, where)

    def variable(self, node: Node, name: str, start: int, unset: Unset, how: str) -> Env:
        """A read of a variable whose name stands at an offset."""
        return Env(name, span(node), Span(start, start + len(name.encode())), unset, call=how)

    def environment_read(self, node: Node, path: tuple[str, ...], given: list[Argument]) -> Value:
        """A look-up in the environment where the grammar takes it for a call."""
        unset = self.environments.get(".".join(path))
        if unset is None or len(given) != 1:
            return Opaque("an entry", span(node), name=".".join(path))
        name = given[0].expr
        if not isinstance(name.value, Literal):
            return Opaque("an environment variable whose name is not written here", span(node))
        return Env(name.value.text, span(node), name.span, unset, call=".".join(path))

    def getter_value(self, node: Node, getter: Getter, name: str) -> Value:
        """What a call reads that is known to be a getter."""
        return values.read(self, node, getter, name)

    def scheme_and_token(self, scheme: Node, token: Node) -> Value:
        """What a library sends that is given the two apart: a space between them."""
        return values.credential(self, [scheme, token], span(token))

    def leaf_of(self, text: Literal) -> Node:
        """The node of a text."""
        return self.leaf(text.span.start) or self.root

    def owner(self, node: Node) -> Node | None:
        """What the method of a call is called on."""
        parts = [child for child in node.named_children if "comment" not in child.type]
        before = next((at for at, child in enumerate(parts) if child.type in self.argument_lists), len(parts))
        callee = parts[:before]
        if len(callee) >= 2:
            return callee[0]
        if callee and callee[0].type in self.members and callee[0].named_child_count > 1:
            return callee[0].named_children[0]
        return None

    def unset_after(self, method: str, unset: Unset) -> Unset:
        """What an unset variable gives after a method was called on what was read."""
        return unset

    def unparenthesized(self, node: Node) -> Node:
        """The expression inside what merely wraps it."""
        return self.inner(node)

    def name_of(self, node: Node) -> str:
        """A name without its sigil or its mark of a symbol."""
        return self.text(node).lstrip(self.sigils) if self.sigils else self.text(node)

    # ----------------------------------------------------------------------------------------------------- shapes

    def shape(self, node: Node) -> Shape | None:
        """Calls, assignments, pairs, reads of the environment, headers written as one text."""
        kind = node.type
        if kind in self.calls:
            return self.read(node) or self.call(node)
        if kind in self.members or kind in self.subscripts:
            return self.read(node)
        if kind in self.assignments or kind in self.parameters:
            return self.assignment(node)
        if kind in self.pairs or (kind in self.binaries and self.around(node, self.arrows - {":"})):
            return self.pair(node)
        if kind in self.tuples:
            return self.tuple_entry(node)
        if self.header_lines and (kind in self.strings or kind in self.binaries):
            return self.header_line(node)
        return None

    binaries: frozenset[str] = frozenset()

    def read(self, node: Node) -> Read | None:
        """A read of an environment variable."""
        value = self.value(node)
        if not isinstance(value, Env) or value.span != span(node) or self.is_target(node):
            return None
        whole = self._with_fallback(node, value)
        parent = self.parent(node)
        fallback = (
            parent is not None
            and parent.type in self.binaries
            and (parts := self.around(parent, self.fallbacks)) is not None
            and parts[1].id == node.id
        )
        return Read(whole, span(node), node, self.is_lazy(node), "", self._target(node), fallback)

    def is_target(self, node: Node) -> bool:
        """Whether a node is what an assignment gives a value to."""
        child = node
        for above in self.ancestors(node):
            if above.type in self.assignments:
                parts = self.around(above, self.gives | self.changes)
                return parts is not None and parts[0].start_byte <= child.start_byte < parts[0].end_byte
            if above.type not in self.holders and not self.is_alike(above, child):
                return False
            child = above
        return False

    def _with_fallback(self, node: Node, value: Env) -> Env:
        """The read together with what stands in for it, to its right or in the calls on it."""
        for above in self.ancestors(node):
            if above.type not in (*self.binaries, *self.calls, *self.members, *self.wrappers, *self.conditionals):
                break
            whole = self.value(above)
            if not isinstance(whole, Env) or whole.name != value.name:
                break
            value = whole
        return value

    def _target(self, node: Node) -> str:
        """The name that an expression's value is given to at once."""
        for above in self.ancestors(node):
            if above.type in self.assignments:
                parts = self.around(above, self.gives)
                return ".".join(self.path(self.inner(parts[0]))) if parts else ""
            if above.type in self.statements or above.type in self.functions:
                return ""
        return ""

    def call(self, node: Node) -> Call | None:
        """A call or a construction."""
        path = self.callee(node)
        if not path:
            return None
        name = self.canonical(path)
        args, spread = self.arguments(node)
        lists = [child for child in node.children if child.type in self.argument_lists]
        end = lists[0].start_byte if lists else node.end_byte
        known = name != path or path[0] in self.own
        method = path[-1] if len(path) > 1 else ""
        written = ".".join(path[-2:] if len(path) > 2 else path)
        return Call(
            ".".join(name),
            written,
            span(node),
            Span(node.start_byte, end),
            args,
            known,
            spread,
            self.is_lazy(node),
            method,
            node,
        )

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

    def receiver(self, node: Node) -> Node | None:
        """What a method is called on: for ``a.b(…).c(…)`` the call of `b`."""
        first = next((child for child in node.named_children if child.type not in self.argument_lists), None)
        for _ in range(3):
            if first is None or first.type in self.calls:
                return first
            if first.type not in self.members:
                return None
            first = first.named_children[0] if first.named_children else None
        return None

    def assignment(self, node: Node) -> Assignment | None:
        """``target = value`` in all its forms; a parameter's default counts as one."""
        parts = self.around(node, self.gives | self.changes)
        if parts is None:
            return None
        left, right, mark = parts
        left = self.inner_target(left)
        path = self.path(left)
        if not path:
            return None
        operator = self.sign(mark)
        written = "=" if operator in self.gives else operator
        if node.type in self.parameters:
            written = "default"
        key = self._last_part(left)
        return Assignment(
            self.canonical(path),
            span(left),
            self.expr(self.first_value(right)),
            span(node),
            written,
            self.is_lazy(node),
            key,
            node,
        )

    def inner_target(self, node: Node) -> Node:
        """The name inside a declaration's left side."""
        for _ in range(8):
            if node.type in self.names or node.type in self.members or node.type in self.subscripts:
                return node
            children = [child for child in node.named_children if "comment" not in child.type]
            if not children or not (node.type in self.holders or self.is_alike(node, children[0])):
                return node
            node = children[0]
        return node

    def first_value(self, node: Node) -> Node:
        """The value of a right side that may be a list of them."""
        return self.inner(node)

    def _last_part(self, node: Node) -> Span | None:
        if node.type in self.subscripts or node.type in self.members:
            children = [child for child in node.named_children if "comment" not in child.type]
            return span(self.inner(children[-1])) if len(children) > 1 else None
        return None

    def pair(self, node: Node) -> Entry | None:
        """A key and its value."""
        parts = self.around(node, self.arrows | self.gives)
        if parts is None:
            return None
        key = self.key_text(parts[0])
        if not key:
            return None
        where, expr = span(self.inner(parts[0])), self.expr(self.inner(parts[1]))
        return Entry(key, where, expr, span(node), node, member=self.is_member(node))

    def is_member(self, node: Node) -> bool:
        """Whether a pair is a field of a structure."""
        return False

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

    def tuple_entry(self, node: Node) -> Entry | None:
        """``{"Authorization", value}``: a pair only where its first part is a text."""
        children = [self.inner(child) for child in node.named_children if "comment" not in child.type]
        if len(children) != 2 or children[0].type not in self.strings:
            return None
        key = self.key_text(children[0])
        return Entry(key, span(children[0]), self.expr(children[1]), span(node), node) if key else None

    def header_line(self, node: Node) -> Entry | None:
        """``"Authorization: Bearer …"`` as an item of a list or an argument."""
        above = self.parent(node)
        while above is not None and above.type in (*self.wrappers, *self.argument_types):
            above = self.parent(above)
        if above is None or not (above.type in self.lists or self._takes_headers(above)):
            return None
        value = self.value(node)
        first = value if isinstance(value, Literal) else getattr(value, "parts", (None,))[0]
        match = _HEADER_LINE.match(first.text) if isinstance(first, Literal) else None
        if match is None or not isinstance(first, Literal):
            return None
        rest = values.behind(value, match.end())
        name = Span(first.content.start, first.content.start + len(match.group(1)))
        expr = self.expr(node)
        expr._value = rest  # noqa: SLF001 the part of the text behind the name
        return Entry(match.group(1), name, expr, span(node), node, header=True)

    def _takes_headers(self, node: Node) -> bool:
        """Whether arguments are those of something that is about headers."""
        around = self.parent(node)
        return node.type in self.argument_lists and around is not None and "header" in self.text(around)[:80].lower()

    # -------------------------------------------------------------------------------------------------- arguments

    def arguments(self, node: Node) -> tuple[list[Argument], bool]:
        """The arguments of a call, and whether there are more that cannot be seen."""
        made: list[Argument] = []
        spread = False
        for children in map(self._listed, (child for child in node.children if child.type in self.argument_lists)):
            for child in children:
                if "comment" in child.type:
                    continue
                if child.type in self.spreads:
                    spread = True
                    continue
                made += self._argument(child)
        return made, spread

    def _listed(self, node: Node) -> list[Node]:
        """What stands in a list of arguments, also one inside another node of that kind."""
        children = node.named_children
        while len(children) >= 1 and children[0].type in self.argument_lists:
            children = children[0].named_children
        return children

    def _argument(self, node: Node) -> list[Argument]:
        if node.type in self.pairs or node.type in self.assignments:
            entry = self.pair(node)
            if entry is None or not self.is_named_argument(node):
                return [self.argument(node)]
            return [Argument(entry.key, entry.expr, span(node), entry.key_span)]
        if node.type in self.argument_types:
            parts = self.around(node, frozenset({":", "="}))
            if parts is not None:
                return [self.argument(self.inner(parts[1]), self.text(parts[0]).strip(": "), parts[0], node)]
            children = [child for child in node.named_children if "comment" not in child.type]
            if children and all(child.type in self.pairs for child in children):
                return [made for child in children for made in self._argument(child)]
            return [self.argument(self.inner(children[-1]), whole=node)] if children else []
        return [self.argument(self.inner(node), whole=node)]

    def is_named_argument(self, node: Node) -> bool:
        """Whether a pair among a call's arguments names one of them."""
        return True

    def mapping(self, node: Node) -> list[Entry] | None:
        """The entries of a mapping literal or of a call that makes one."""
        node = self.inner(node)
        if node.type in self.maps or node.type in self.lists:
            found = [entry for child in node.named_children for entry in self._entries(child)]
            return found if found or node.type in self.maps else None
        if node.type in self.calls and self.callee(node)[-1:] and self.callee(node)[-1] in self.map_makers:
            return self._made(node)
        return None

    def _entries(self, node: Node) -> list[Entry]:
        shape = self.shape(node)
        if isinstance(shape, Entry):
            return [shape]
        if node.type in (*self.argument_types, *self.holders, *self.wrappers):
            return [entry for child in node.named_children for entry in self._entries(child)]
        return []

    def _made(self, node: Node) -> list[Entry]:
        """``mapOf(k to v)``, ``Map.of(k, v, …)``."""
        nodes = [child for child in node.children if child.type in self.argument_lists]
        inside = [child for one in nodes for child in self._listed(one) if "comment" not in child.type]
        pairs = [entry for child in inside for entry in self._entries(child)]
        if pairs or not inside:
            return pairs
        items = [self.inner(child) for child in inside]
        return [
            Entry(key, span(name), self.expr(value), Span(name.start_byte, value.end_byte), name)
            for name, value in zip(items[::2], items[1::2], strict=False)
            if (key := self.key_text(name))
        ]

    # ------------------------------------------------------------------------------------------------------ names

    def path(self, node: Node) -> tuple[str, ...]:
        """A dotted name, through calls and subscripts with a literal key; () if it is anything else."""
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

    def bind(self, leaf: Node) -> Binding | None:
        """The binding that an occurrence of a name makes."""
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
        """What a name stands for; a class's field that is nothing at first is set from outside."""
        name = self.name_of(node)
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

    # ----------------------------------------------------------------------------------------------------- values

    def evaluate(self, node: Node) -> Value:
        """The value of an expression."""
        return values.evaluate(self, node)

    def is_test(self, node: Node, child: Node) -> bool:
        """A comparison, a negation, the left side of ``&&``."""
        signs = {self.sign(part) for part in node.children}
        if signs & (self.comparisons | {"!", "not", "-not", "-eq", "-ne"}):
            return True
        return bool(signs & {"&&", "and"}) and node.children[0].id == child.id

    def is_condition(self, node: Node, child: Node) -> bool:
        """What stands in front of the branch: the first named child, or the field of that name."""
        tested = node.child_by_field_name("condition")
        if tested is not None:
            return tested.id == child.id
        first = next((part for part in node.named_children if "comment" not in part.type), None)
        return first is not None and first.id == child.id
