"""JavaScript and TypeScript: shapes, arguments and values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.languages.code import field, span
from keylint.languages.javascript import values
from keylint.languages.javascript.names import _TRANSPARENT_EXPRESSIONS, JavaScriptNames
from keylint.languages.syntax import Argument, Assignment, Call, Entry, Read, Shape
from keylint.model import Env, Hop, Literal, Missing, Opaque, Unset, Value, through

if TYPE_CHECKING:
    from tree_sitter import Node

_GLOBALS = {"process", "String", "fetch", "Deno", "Bun", "import.meta"}


class JavaScriptFile(JavaScriptNames):
    """One file of JavaScript, TypeScript or their JSX forms."""

    # ----------------------------------------------------------------------------------------------------- shapes

    def shape(self, node: Node) -> Shape | None:
        """Calls, constructions, assignments, fields with a value, pairs, reads of the environment."""
        kind = node.type
        if kind in ("call_expression", "new_expression"):
            return self._read(node) or self._call(node)
        if kind in ("member_expression", "subscript_expression", "shorthand_property_identifier_pattern"):
            return self._read(node)
        if kind in (
            "assignment_expression",
            "augmented_assignment_expression",
            "variable_declarator",
            "public_field_definition",
            "field_definition",
        ):
            return self._assignment(node)
        if kind in ("pair", "shorthand_property_identifier"):
            return self._entry(node)
        if kind == "import_specifier":
            return self._imported_variable(node)
        if (
            kind == "import_statement"
            and field(node, "source") is not None
            and field(node, "source").start_byte - node.start_byte <= 8
        ):
            module = self.value(field(node, "source"))
            name = f"import:{module.text}" if isinstance(module, Literal) else ""
            return Call(name, name, span(node), span(node), [], True, node=node)
        return None

    def _read(self, node: Node) -> Read | None:
        value = self.value(node)
        broken = ""
        if not isinstance(value, Env) or value.span != span(node):
            made = self._broken(node)
            if made is None:
                return None
            broken, value = made
        parent = node.parent
        if parent is not None and parent.type == "assignment_expression" and field(parent, "left") == node:
            return None
        fallback = parent is not None and self._is_fallback(parent) and field(parent, "right") == node
        return Read(
            self._with_fallback(node, value), span(node), node, self.is_lazy(node), broken, self._target(node), fallback
        )

    def _imported_variable(self, node: Node) -> Read | None:
        """``import { X } from "$env/static/public"`` of SvelteKit: the variable X."""
        source = field(self.enclosing(node, frozenset({"import_statement"})), "source")
        module = self.value(source) if source is not None else None
        name = field(node, "name")
        if not isinstance(module, Literal) or not module.text.startswith("$env/static/") or name is None:
            return None
        value = Env(self.text(name), span(node), span(name), Unset.NULL, call=module.text)
        return Read(value, span(node), node, self.is_lazy(node))

    def _broken(self, node: Node) -> tuple[str, Env] | None:
        """``process.env("X")``, ``process.env.get("X")``: how it is broken, and the read that is meant."""
        path = self.path(field(node, "function")) if node.type == "call_expression" else ()
        how = {("process", "env"): "process.env called", ("process", "env", "get"): "process.env.get"}.get(path, "")
        arguments = self.positional(node) if how else []
        name = self.value(arguments[0]) if len(arguments) == 1 else None
        if not isinstance(name, Literal):
            return None
        return how, Env(name.text, span(node), name.span, Unset.ERROR, call=".".join(path))

    def _is_fallback(self, node: Node | None) -> bool:
        """Whether a node is ``a || b`` or ``a ?? b``."""
        operator = field(node, "operator") if node is not None and node.type == "binary_expression" else None
        return operator is not None and operator.type in ("||", "??")

    def _with_fallback(self, node: Node, value: Env) -> Env:
        """The read together with the fallbacks to its right."""
        parent = node.parent
        while parent is not None and (
            (self._is_fallback(parent) and field(parent, "left") == node) or parent.type in _TRANSPARENT_EXPRESSIONS
        ):
            whole = self.value(parent)
            value = whole if isinstance(whole, Env) and whole.name == value.name else value
            node, parent = parent, parent.parent
        return value

    def _target(self, node: Node) -> str:
        """The name that an expression's value is given to at once."""
        if node.type == "shorthand_property_identifier_pattern":
            return self.text(node)
        for above in self.ancestors(node):
            if above.type in ("variable_declarator", "public_field_definition", "field_definition"):
                return self.text(field(above, "name") or field(above, "property"))
            if above.type == "assignment_expression":
                return ".".join(self.path(field(above, "left")))
            if above.type not in _TRANSPARENT_EXPRESSIONS and above.type not in (
                "binary_expression",
                "call_expression",
                "member_expression",
                "arguments",
            ):
                return ""
        return ""

    def _call(self, node: Node) -> Call | None:
        function = field(node, "function") or field(node, "constructor")
        if function is None or function.type == "import":
            return None
        path = self.path(function)
        name = self.canonical(path)
        args, spread = self.arguments(node)
        known = name != path or path[:1] == ("this",) or bool(path and (path[0] in _GLOBALS or self._declared(path[0])))
        method = self.text(field(function, "property")) if function.type == "member_expression" else ""
        return Call(
            ".".join(name),
            ".".join(path),
            span(node),
            span(function),
            args,
            known,
            spread,
            self.is_lazy(node),
            method,
            node,
        )

    def _declared(self, name: str) -> bool:
        return any(kind in ("a definition", "import") for _, kind in self.kinds(name))

    def _assignment(self, node: Node) -> Assignment | None:
        left = field(node, "left") or field(node, "name") or field(node, "property")
        right = field(node, "right") or field(node, "value")
        if left is None or right is None:
            return None
        path = (
            (self.text(left),)
            if left.type in ("property_identifier", "private_property_identifier")
            else self.path(left)
        )
        if not path:
            return None
        operator = field(node, "operator")
        key = (
            span(field(left, "index"))
            if left.type == "subscript_expression"
            else span(field(left, "property"))
            if left.type == "member_expression"
            else None
        )
        written = self.text(operator) if operator is not None else "="
        return Assignment(
            self.canonical(path), span(left), self.expr(right), span(node), written, self.is_lazy(node), key, node
        )

    def _entry(self, node: Node) -> Entry | None:
        if node.type == "shorthand_property_identifier":
            return Entry(self.text(node), span(node), self.expr(node), span(node), node)
        key, value = field(node, "key"), field(node, "value")
        if key is None or value is None:
            return None
        if key.type in ("property_identifier", "number"):
            return Entry(self.text(key), span(key), self.expr(value), span(node), node)
        literal = self.value(
            key.named_children[0] if key.type == "computed_property_name" and key.named_children else key
        )
        return (
            Entry(literal.text, span(key), self.expr(value), span(node), node) if isinstance(literal, Literal) else None
        )

    # -------------------------------------------------------------------------------------------------- arguments

    def arguments(self, node: Node) -> tuple[list[Argument], bool]:
        """The arguments of a call, and whether there are more that cannot be seen."""
        arguments = field(node, "arguments")
        spread = arguments is not None and any(child.type == "spread_element" for child in arguments.named_children)
        return [self.argument(child) for child in self.positional(node)], spread

    def mapping(self, node: Node) -> list[Entry] | None:
        """``{...}``, also as the argument of ``new Headers``."""
        if node.type == "object":
            return [
                entry
                for child in node.named_children
                if (entry := self._entry(child) if child.type in ("pair", "shorthand_property_identifier") else None)
            ]
        if node.type == "new_expression" and self.text(field(node, "constructor")) in ("Headers", "Map"):
            arguments = self.positional(node)
            return self.mapping(arguments[0]) if arguments else None
        if node.type in _TRANSPARENT_EXPRESSIONS and node.named_children:
            return self.mapping(node.named_children[0])
        return None

    def is_spread(self, node: Node) -> bool:
        """``{...other}``."""
        return any(child.type == "spread_element" for child in node.named_children)

    # ----------------------------------------------------------------------------------------------------- values

    def evaluate(self, node: Node) -> Value:
        """The value of an expression."""
        kind = node.type
        where = span(node)
        if kind in ("string", "template_string"):
            return values.string_value(self, node)
        if kind in ("null", "undefined"):
            return Missing("null", where, word=kind)
        if kind in ("identifier", "shorthand_property_identifier"):
            name = self.text(node)
            return Missing("null", where, word="undefined") if name == "undefined" else self.resolve(node, name)
        if kind == "shorthand_property_identifier_pattern" or (
            (above := self.parent(node)) is not None and above.type == "pair_pattern"
        ):
            return self._unpacked(node)
        if kind in _TRANSPARENT_EXPRESSIONS:
            inner = (
                node.named_children[-1]
                if kind == "type_assertion" and node.named_children
                else (node.named_children[0] if node.named_children else None)
            )
            return self.value(inner) if inner is not None else Opaque("incomplete", where)
        if kind in ("member_expression", "subscript_expression"):
            return values.member_value(self, node)
        if kind == "binary_expression":
            return values.binary_value(self, node)
        if kind == "call_expression":
            return values.call_value(self, node)
        if kind == "ternary_expression":
            return Opaque("depends on a condition", where)
        return Opaque(f"a {kind.replace('_', ' ')}", where)

    def _unpacked(self, node: Node) -> Value:
        """``const { X } = process.env`` reads the variable X; with ``= default`` inside, X or the default."""
        where = span(node)
        declarator = self.enclosing(node, frozenset({"variable_declarator"}))
        source = self.path(field(declarator, "value")) if declarator.type == "variable_declarator" else ()
        if self.canonical(source) not in values.ENVIRONMENTS:
            return Opaque("unpacked", where, name=self.text(node))
        parent = node.parent
        name = field(parent, "key") if parent is not None and parent.type == "pair_pattern" else node
        return Env(self.text(name), where, span(name), Unset.NULL, call=".".join(source))

    def own_property(self, node: Node, name: str) -> Value:
        """``this.key``, if the class assigns it exactly once."""
        where = span(node)
        owner = self.enclosing(node, frozenset({"class_body"}))
        found = []
        for above in self._property_leaves(name):
            parent = above.parent
            if parent is None or self.enclosing(above, frozenset({"class_body"})) != owner:
                continue
            if parent.type in ("public_field_definition", "field_definition") and field(parent, "value") is not None:
                found.append(field(parent, "value"))
            elif (
                parent.type == "member_expression"
                and parent.parent is not None
                and parent.parent.type == "assignment_expression"
                and field(parent.parent, "left") == parent
            ):
                found.append(field(parent.parent, "right"))
        known = self.value(found[0]) if len(found) == 1 else None
        if known is not None and not isinstance(known, Missing):  # what is nothing at first is set from outside
            return through(known, Hop(f"this.{name}", where))
        return Opaque("a property", where, name=f"this.{name}")

    def _property_leaves(self, name: str) -> list[Node]:
        raw = name.encode()
        leaves = []
        at = self.data.find(raw)
        while at >= 0:
            node = self.leaf(at)
            if (
                node is not None
                and node.type in ("property_identifier", "private_property_identifier")
                and self.text(node) == name
            ):
                leaves.append(node)
            at = self.data.find(raw, at + 1)
        return leaves
