"""JavaScript and TypeScript, JSX included: shapes, names and bindings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import Binding, CodeFile, field, span
from keylint.languages.javascript import values
from keylint.languages.syntax import Argument, Assignment, Call, Entry, Import, Read, Shape
from keylint.model import Env, Hop, Literal, Missing, Opaque, Span, Unset, Value, through

if TYPE_CHECKING:
    from tree_sitter import Node

_TRANSPARENT_EXPRESSIONS = frozenset(
    {
        "parenthesized_expression",
        "await_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "type_assertion",
    }
)
_COMPARISONS = frozenset({"==", "===", "!=", "!==", "<", ">", "<=", ">=", "in", "instanceof"})
_GLOBALS = {"process", "String", "fetch", "Deno", "Bun", "import.meta"}


class JavaScriptFile(CodeFile):
    """One file of JavaScript, TypeScript or their JSX forms."""

    scopes = frozenset(
        {
            "program",
            "function_declaration",
            "function_expression",
            "generator_function_declaration",
            "generator_function",
            "arrow_function",
            "method_definition",
            "class_body",
        }
    )
    functions = frozenset(
        {
            "function_declaration",
            "function_expression",
            "generator_function_declaration",
            "generator_function",
            "arrow_function",
            "method_definition",
        }
    )
    branches = frozenset(
        {
            "if_statement",
            "else_clause",
            "for_statement",
            "for_in_statement",
            "while_statement",
            "do_statement",
            "catch_clause",
            "switch_case",
            "switch_default",
        }
    )
    conditions = frozenset(
        {"if_statement", "while_statement", "do_statement", "ternary_expression", "for_statement", "switch_statement"}
    )
    tests = frozenset({"binary_expression", "unary_expression"})
    transparent = frozenset(
        {
            "parenthesized_expression",
            "member_expression",
            "subscript_expression",
            "call_expression",
            "arguments",
            "binary_expression",
            "unary_expression",
            "string",
            "template_string",
            "array",
            "non_null_expression",
            "as_expression",
            "optional_chain",
        }
    )
    names = frozenset({"identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"})
    statements = frozenset(
        {
            "expression_statement",
            "return_statement",
            "lexical_declaration",
            "variable_declaration",
            "statement_block",
            "program",
        }
    )
    members = frozenset({"member_expression", "subscript_expression"})
    concatenations = frozenset({"binary_expression", "call_expression", "template_string"})
    missing_word = "undefined"
    fillers = re.compile(
        rb"\.replace(?:All)?\(\s*(?:/[^/\n]*[{$%]|[\"'`][^\"'`\n]*[{$%])|[Mm]ustache|[Hh]andlebars|_\.template|\bejs\b|interpolate\(|expandEnv|resolveEnv|substitut"
    )

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
        return any(binding.kind in ("a definition", "import") for binding in self.bindings(name))

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

    def positional(self, node: Node) -> list[Node]:
        """The arguments of a call."""
        arguments = field(node, "arguments")
        if arguments is None or arguments.type != "arguments":
            return []
        return [child for child in arguments.named_children if child.type not in ("comment", "spread_element")]

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

    # ------------------------------------------------------------------------------------------------------ names

    def path(self, node: Node | None) -> tuple[str, ...]:
        """``a.b["c"]`` as ("a", "b", "[c]"); ``require("m").x`` as ("m", "x")."""
        if node is None:
            return ()
        if node.type in ("identifier", "this", "shorthand_property_identifier"):
            return (self.text(node),)
        if node.type == "meta_property" or (node.type == "member_expression" and self.text(node) == "import.meta"):
            return ("import.meta",)
        if node.type in _TRANSPARENT_EXPRESSIONS and node.named_children:
            return self.path(node.named_children[0])
        if node.type == "member_expression":
            owner = self.path(field(node, "object"))
            return (*owner, self.text(field(node, "property"))) if owner else ()
        if node.type == "subscript_expression":
            owner = self.path(field(node, "object"))
            index = field(node, "index")
            key = self.value(index) if index is not None else None
            return (*owner, f"[{key.text}]") if owner and isinstance(key, Literal) else ()
        module = self._required(node)
        return (module,) if module else ()

    def _required(self, node: Node) -> str:
        """The module of ``require("m")`` or ``await import("m")``."""
        if node.type != "call_expression" or self.text(field(node, "function")) not in ("require", "import"):
            return ""
        arguments = self.positional(node)
        value = self.value(arguments[0]) if arguments else None
        return value.text if isinstance(value, Literal) else ""

    def canonical(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """A dotted name with its first name replaced by what it was imported as."""
        if not path:
            return ()
        for binding in self.bindings(path[0]):
            if binding.kind == "import":
                made = (*self._imported(binding.leaf), *path[1:])
                return tuple(part for index, part in enumerate(made) if part != "default" or index == len(made) - 1)
        return path

    def _imported(self, leaf: Node) -> tuple[str, ...]:
        parent = leaf.parent
        for above in self.ancestors(leaf):
            if above.type == "import_statement":
                module = self.value(field(above, "source"))
                name = module.text if isinstance(module, Literal) else "?"
                if parent is not None and parent.type == "import_specifier":
                    return (name, self.text(field(parent, "name")))
                return (name,) if parent is not None and parent.type == "namespace_import" else (name, "default")
            if above.type == "variable_declarator":
                module_path = self.path(field(above, "value"))
                if parent is not None and parent.type == "pair_pattern":
                    return (*module_path, self.text(field(parent, "key")))
                return (
                    (*module_path, self.text(leaf))
                    if leaf.type == "shorthand_property_identifier_pattern"
                    else module_path
                )
        return (self.text(leaf),)

    def imports(self) -> list[Import]:
        """Import statements, which run before the file does, and top-level calls of ``require``."""
        found = []
        stack = list(reversed(self.root.children))
        while stack:
            node = stack.pop()
            if node.type in ("import_statement", "export_statement") and field(node, "source") is not None:
                module = self.value(field(node, "source"))
                if isinstance(module, Literal) and not self.text(node).startswith("import type"):
                    found.append(Import(module.text, span(node), True))
            elif (
                node.type == "call_expression"
                and self._required(node)
                and self.text(field(node, "function")) == "require"
            ):
                found.append(Import(self._required(node), span(node)))
            elif node.type not in self.functions and node.end_byte - node.start_byte < 100_000:
                stack += reversed(node.named_children)
        return sorted(found, key=lambda made: (not made.hoisted, made.span.start))

    def bind(self, leaf: Node) -> Binding | None:
        """The binding that an occurrence of a name makes."""
        parent = leaf.parent
        made = self._bind(leaf, parent) if parent is not None else None
        if made is None or parent is None:
            return None
        kind, value = made
        start = parent if parent.type in ("function_declaration", "class_declaration") else leaf
        scope = self.enclosing(start, self.scopes)
        block = self.enclosing(leaf, self.branches | self.scopes)
        if kind == "assign":
            end = self.enclosing(leaf, frozenset({"variable_declarator", "assignment_expression"})).end_byte
        else:
            end = leaf.end_byte
        return Binding(leaf, value, scope, block, end, kind)

    def _bind(self, leaf: Node, parent: Node) -> tuple[str, Node | None] | None:
        kind = parent.type
        if kind == "variable_declarator" and field(parent, "name") == leaf:
            value = field(parent, "value")
            if value is None:
                return "declare", None
            return ("import", None) if self._is_import(value) else ("assign", value)
        if kind == "assignment_expression" and field(parent, "left") == leaf:
            return ("assign", field(parent, "right")) if self._is_local(leaf) else ("shared", None)
        if kind in ("augmented_assignment_expression", "update_expression", "for_in_statement") and leaf in (
            field(parent, "left"),
            field(parent, "argument"),
        ):
            return "changed in a loop or by an operator", None
        if kind in ("import_specifier", "import_clause", "namespace_import"):
            return (
                ("import", None)
                if kind != "import_specifier" or (field(parent, "alias") or field(parent, "name")) == leaf
                else None
            )
        if (
            kind in ("function_declaration", "class_declaration", "generator_function_declaration")
            and field(parent, "name") == leaf
        ):
            return "a definition", None
        if kind in (
            "formal_parameters",
            "required_parameter",
            "optional_parameter",
            "rest_pattern",
            "catch_clause",
        ) or (kind == "arrow_function" and field(parent, "parameter") == leaf):
            default = field(parent, "value") if kind in ("required_parameter", "optional_parameter") else None
            if default is leaf:
                return None
            return ("default", default) if default is not None else ("a parameter", None)
        if kind == "assignment_pattern" and field(parent, "left") == leaf:
            return "default", field(parent, "right")
        return self._bind_pattern(leaf, parent)

    def _bind_pattern(self, leaf: Node, parent: Node) -> tuple[str, Node | None] | None:
        """Names in ``{ a, b: c } = x``."""
        if leaf.type != "shorthand_property_identifier_pattern" and not (
            parent.type == "pair_pattern" and field(parent, "value") == leaf
        ):
            return ("unpacked", None) if parent.type == "array_pattern" else None
        declarator = self.enclosing(leaf, frozenset({"variable_declarator", "formal_parameters"}))
        if declarator.type == "variable_declarator" and field(declarator, "value") is not None:
            if self._is_import(field(declarator, "value")):
                return "import", None
            return "assign", leaf
        return "unpacked", None

    def _is_import(self, value: Node) -> bool:
        while (
            value.type in ("member_expression", "await_expression", "parenthesized_expression") and value.named_children
        ):
            value = field(value, "object") or value.named_children[0]
        return bool(self._required(value))

    def _is_local(self, leaf: Node) -> bool:
        """Whether an assigned name is declared in the same function, or assigned at the top level."""
        scope = self.enclosing(leaf, self.scopes)
        if scope.type == "program":
            return True
        for other in self.occurrences(self.text(leaf)):
            parent = other.parent
            declares = parent is not None and parent.type in (
                "variable_declarator",
                "formal_parameters",
                "required_parameter",
            )
            if declares and self.enclosing(other, self.scopes) == scope:
                return True
        return False

    def visible(self, scope: Node) -> bool:
        """A class's fields are not names."""
        return scope.type != "class_body"

    def is_test(self, node: Node, child: Node) -> bool:
        """Comparisons, ``!x``, and the left side of ``&&``."""
        operator = field(node, "operator")
        if operator is None:
            return False
        if node.type == "unary_expression":
            return operator.type in ("!", "typeof")
        return operator.type in _COMPARISONS or (operator.type == "&&" and field(node, "left") == child)

    def is_condition(self, node: Node, child: Node) -> bool:
        """``if (x)``, ``x ? a : b``, ``switch (x)``."""
        tested = field(node, "condition") or (field(node, "value") if node.type == "switch_statement" else None)
        return tested is not None and tested.id == child.id

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
        if len(found) == 1:
            return through(self.value(found[0]), Hop(f"this.{name}", where))
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


__all__ = ["JavaScriptFile", "Span"]
