"""One file class for the languages whose grammars differ in names only: shapes, arguments, names.

Grammars call the same things by other names, and give their parts other fields or none. What they share is order: a target
stands before the sign that gives it its value, a callee before its arguments, a key before its arrow. So the parts are
found around those signs, and a language is a list of names (``GrammarTables``) and whatever it really does differently.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.languages.code import either, span
from keylint.languages.family import values
from keylint.languages.family.names import FamilyNames
from keylint.languages.syntax import Argument, Assignment, Call, Entry, Read, Shape
from keylint.lazy import regex
from keylint.model import Env, Literal, Opaque, Span, Unset, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.languages.family.tables import Getter

_HEADER_LINE = regex(r"\s*([A-Za-z][A-Za-z-]{3,39})\s*:\s*")


class FamilyFile(FamilyNames):
    """One parsed file of a language of the family."""

    # ----------------------------------------------------------------------------------------------------- pieces

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
