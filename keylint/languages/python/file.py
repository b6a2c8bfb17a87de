"""Python: shapes, arguments and values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import field, span
from keylint.languages.python import values
from keylint.languages.python.names import PythonNames
from keylint.languages.syntax import Argument, Assignment, Call, Entry, Read, Shape
from keylint.model import BYTES, Env, Hop, Literal, Missing, Opaque, Span, Unset, Value, through

if TYPE_CHECKING:
    from tree_sitter import Node

_BUILT_IN = {"os", "open", "str", "dict", "print"}


class PythonFile(PythonNames):
    """One Python file."""

    # ----------------------------------------------------------------------------------------------------- shapes

    def shape(self, node: Node) -> Shape | None:
        """Calls, assignments, parameters with defaults, dictionary pairs, reads of the environment."""
        kind = node.type
        if kind == "call":
            return self._read(node) or self._call(node)
        if kind == "subscript":
            return self._read(node)
        if kind in ("assignment", "augmented_assignment"):
            return self._assignment(node)
        if kind in ("default_parameter", "typed_default_parameter"):
            return self._parameter(node)
        if kind == "pair":
            return self._pair(node)
        return None

    def _read(self, node: Node) -> Read | None:
        value = self.value(node)
        function = field(node, "function") or field(node, "value")
        path = self.canonical(self.path(function)) if function else ()
        broken = ""
        if not isinstance(value, Env) or value.span != span(node):
            broken = self._broken(node, path)
            if not broken:
                return None
            argument = (self.positional(node) if node.type == "call" else node.children_by_field_name("subscript"))[0]
            literal = self.value(argument)
            name = literal.text if isinstance(literal, Literal) else self.text(argument)
            value = Env(name, span(node), span(argument), Unset.ERROR, call=".".join(path))
        parent = node.parent
        fallback = parent is not None and parent.type == "boolean_operator" and field(parent, "left") != node
        return Read(
            self._with_fallback(node, value), span(node), node, self.is_lazy(node), broken, self._target(node), fallback
        )

    def _with_fallback(self, node: Node, value: Env) -> Env:
        """The read together with the fallbacks to its right: ``os.getenv("A") or b``."""
        parent = node.parent
        while parent is not None and (
            parent.type == "parenthesized_expression"
            or (parent.type == "boolean_operator" and field(parent, "left") == node)
        ):
            whole = self.value(parent)
            value = whole if isinstance(whole, Env) and whole.name == value.name else value
            node, parent = parent, parent.parent
        return value

    def _broken(self, node: Node, path: tuple[str, ...]) -> str:
        """How a read goes wrong: ``os.environ("X")``, ``os.getenv["X"]``, ``os.getenv(X)`` without quotes."""
        if node.type == "call" and path == ("os", "environ") and len(self.positional(node)) >= 1:
            return "called"
        if node.type == "subscript" and path in (("os", "getenv"), ("os", "environ", "get")):
            return "subscripted"
        if node.type == "call" and path in values.GETTERS and self.positional(node):
            argument = self.positional(node)[0]
            name = self.text(argument)
            if argument.type == "identifier" and name.isupper() and not self.bindings(name) and not self._star_import():
                return "bare-name"
        return ""

    def _star_import(self) -> bool:
        return b"import *" in self.data

    def _target(self, node: Node) -> str:
        """The name that an expression's value is given to at once."""
        for above in self.ancestors(node):
            if above.type == "assignment":
                return ".".join(self.path(field(above, "left")))
            if above.type not in (
                "boolean_operator",
                "parenthesized_expression",
                "conditional_expression",
                "call",
                "argument_list",
                "attribute",
            ):
                return ""
        return ""

    def _call(self, node: Node) -> Call | None:
        function = field(node, "function")
        if function is None:
            return None
        path = self.path(function)
        name = self.canonical(path)
        args, spread = self.arguments(node)
        known = (
            name != path
            or path[:1] == ("self",)
            or (path[:1] and path[0] in _BUILT_IN)
            or bool(path and self.kinds(path[0]))
        )
        method = self.text(field(function, "attribute")) if function.type == "attribute" else ""
        return Call(
            ".".join(name),
            ".".join(path),
            span(node),
            span(function),
            args,
            bool(known),
            spread,
            self.is_lazy(node),
            method,
            node,
        )

    def _assignment(self, node: Node) -> Assignment | None:
        left, right = field(node, "left"), field(node, "right")
        path = self.path(left) if left is not None else ()
        if not path or right is None:
            return None
        operator = field(node, "operator")
        key = self._subscript_key(left)
        return Assignment(
            self.canonical(path),
            span(left),
            self.expr(right),
            span(node),
            self.text(operator) if operator else "=",
            self.is_lazy(node),
            key,
            node,
        )

    def _subscript_key(self, left: Node) -> Span | None:
        return span(left.children_by_field_name("subscript")[0]) if left.type == "subscript" else None

    def _parameter(self, node: Node) -> Assignment | None:
        name, value = field(node, "name"), field(node, "value")
        if name is None or value is None:
            return None
        return Assignment((self.text(name),), span(name), self.expr(value), span(node), "default", True, None, node)

    def _pair(self, node: Node) -> Entry | None:
        key, value = field(node, "key"), field(node, "value")
        if key is None or value is None:
            return None
        literal = self.value(key)
        if not isinstance(literal, Literal):
            return None
        return Entry(literal.text, span(key), self.expr(value), span(node), node)

    # -------------------------------------------------------------------------------------------------- arguments

    def positional(self, node: Node) -> list[Node]:
        """The positional arguments of a call."""
        arguments = field(node, "arguments")
        if arguments is None or arguments.type != "argument_list":
            return []
        return [
            child
            for child in arguments.named_children
            if child.type not in ("keyword_argument", "dictionary_splat", "list_splat", "comment")
        ]

    def keyword(self, node: Node, name: str) -> Node | None:
        """The value of a keyword argument."""
        arguments = field(node, "arguments")
        for child in arguments.named_children if arguments is not None else ():
            if child.type == "keyword_argument" and self.text(field(child, "name")) == name:
                return field(child, "value")  # type: ignore[no-any-return]
        return None

    def arguments(self, node: Node) -> tuple[list[Argument], bool]:
        """All arguments of a call, those of an unpacked dictionary that can be seen included."""
        arguments = field(node, "arguments")
        args: list[Argument] = []
        spread = False
        if arguments is None or arguments.type != "argument_list":
            return args, False
        for child in arguments.named_children:
            if child.type == "keyword_argument" and field(child, "value") is not None:
                name = field(child, "name")
                args.append(self.argument(field(child, "value"), self.text(name), name, child))
            elif child.type == "dictionary_splat":
                found = self.entries(child.named_children[0]) if child.named_children else None
                spread = spread or found is None or found[1]
                args += [
                    Argument(entry.key, entry.expr, entry.span, entry.key_span) for entry in (found[0] if found else ())
                ]
            elif child.type == "list_splat":
                spread = True
            elif child.type != "comment":
                args.append(self.argument(child))
        return args, spread

    def mapping(self, node: Node) -> list[Entry] | None:
        """``{...}`` and ``dict(a=b)``."""
        if node.type == "dictionary":
            return [entry for child in node.named_children if child.type == "pair" and (entry := self._pair(child))]
        if node.type == "call" and self.path(field(node, "function")) == ("dict",):
            return [
                Entry(arg.name, arg.name_span, arg.expr, arg.span, node) for arg in self.arguments(node)[0] if arg.name
            ]
        return None

    def is_spread(self, node: Node) -> bool:
        """``{**other}``."""
        return any(child.type == "dictionary_splat" for child in node.named_children)

    # ----------------------------------------------------------------------------------------------------- values

    def evaluate(self, node: Node) -> Value:
        """The value of an expression."""
        kind = node.type
        where = span(node)
        if kind == "string":
            return values.string_value(self, node)
        if kind == "concatenated_string":
            return self.joined([self.value(child) for child in node.named_children if child.type == "string"], where)
        if kind == "none":
            return Missing("null", where, word="None")
        if kind in ("parenthesized_expression", "await", "named_expression", "type_conversion"):
            inner = field(node, "value") or (node.named_children[-1] if node.named_children else None)
            return self.value(inner) if inner else Opaque("incomplete", where)
        if kind == "identifier":
            return self.resolve(node, self.text(node))
        if kind == "attribute":
            return self._attribute(node)
        if kind == "subscript":
            return self._subscript(node)
        if kind == "call":
            return values.call_value(self, node)
        if kind == "binary_operator":
            return values.binary_value(self, node)
        if kind == "boolean_operator":
            return values.fallback_value(self, node)
        if kind == "conditional_expression":
            return Opaque("depends on a condition", where)
        return Opaque(f"a {kind.replace('_', ' ')}", where)

    def _subscript(self, node: Node) -> Value:
        where = span(node)
        keys = node.children_by_field_name("subscript")
        owner = self.canonical(self.path(field(node, "value")))
        if owner == ("os", "environ") and len(keys) == 1:
            name = self.value(keys[0])
            if isinstance(name, Literal):
                return Env(name.text, where, span(keys[0]), Unset.ERROR, call="os.environ")
        key = self.value(keys[0]) if len(keys) == 1 else None
        known = self.member(field(node, "value"), key.text, where) if isinstance(key, Literal) else None
        if known is not None:
            return known
        if isinstance(key, Literal) and key.text in values.BYTES_ENTRIES:
            return Opaque(BYTES, where)
        return Opaque("an item of a collection", where, name=".".join(self.path(node)))

    def _attribute(self, node: Node) -> Value:
        """``self.key``, if the class assigns it exactly once; anything else cannot be seen."""
        where = span(node)
        path = self.path(node)
        name = ".".join(path)
        if len(path) == 2 and path[0] in ("self", "cls"):
            owner = self.enclosing(node, frozenset({"class_definition"}))
            found = [
                value
                for leaf in self.occurrences(path[1])
                if (value := self._assigned_attribute(leaf, owner, node)) is not None
            ]
            known = self.value(found[0]) if len(found) == 1 else None
            if known is not None and not isinstance(known, Missing):  # what is nothing at first is set from outside
                return through(known, Hop(name, where))
        elif len(path) == 2:
            given = self._class_attribute(path[0], path[1], node)
            if given is not None:
                return through(self.value(given), Hop(name, where))
        return Opaque("an attribute", where, name=name)

    def _class_attribute(self, name: str, member: str, reader: Node) -> Node | None:
        """``Config.KEY``, ``Config().key``: what the class gives it, if nothing else in the file does."""
        bindings = self.bindings(name)
        made = bindings[0].expr if len(bindings) == 1 else None
        given: list[Argument] = []
        if made is not None and made.type == "call":
            arguments, spread = self.arguments(made)
            given = [argument for argument in arguments if argument.name == member]
            if spread or any(not argument.name for argument in arguments):
                return None
            bindings = self.bindings(self.text(field(made, "function")))
        if len(bindings) != 1 or bindings[0].kind != "a definition":
            return None
        owner = bindings[0].leaf.parent
        if owner is None or owner.type != "class_definition" or self._is_settled_elsewhere(owner):
            return None
        if given:
            return given[0].expr.node  # type: ignore[no-any-return]
        found = []
        for leaf in self.occurrences(member):
            parent = leaf.parent
            above = parent.parent if parent is not None else None
            if parent is not None and parent.type == "assignment" and field(parent, "left") == leaf:
                if self.enclosing(leaf, self.scopes) == owner:
                    found.append(field(parent, "right"))
            elif above is not None and "assignment" in above.type and field(above, "left") == parent:
                return None  # set from outside
        return found[0] if len(found) == 1 else None

    def _is_settled_elsewhere(self, owner: Node) -> bool:
        """Whether a class takes its values from a base (settings that read the environment) or works on them."""
        bases = self.text(field(owner, "superclasses")).strip("()") if field(owner, "superclasses") is not None else ""
        return bases not in ("", "object", "BaseModel") or bool(
            re.search(r"\bdef __(?:post_init|init|getattribute|getattr|new)__\b", self.text(owner))
        )

    def _assigned_attribute(self, leaf: Node, owner: Node, reader: Node) -> Node | None:
        parent = leaf.parent
        if parent is None or self.enclosing(leaf, frozenset({"class_definition"})) != owner:
            return None
        if parent.type == "assignment" and field(parent, "left") == leaf and self.enclosing(leaf, self.scopes) == owner:
            return field(parent, "right")  # type: ignore[no-any-return]
        above = parent.parent
        if (
            parent.type == "attribute"
            and parent != reader
            and above is not None
            and above.type == "assignment"
            and field(above, "left") == parent
        ):
            return field(above, "right")  # type: ignore[no-any-return]
        return None
