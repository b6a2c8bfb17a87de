"""JavaScript and TypeScript: what the node types mean, and where names get their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.languages.code import Binding, CodeFile, field, span
from keylint.languages.syntax import Import
from keylint.lazy import regex
from keylint.model import Literal

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.languages.parsing import Parser
    from keylint.source import Source

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


_DECLARING = frozenset({"variable_declarator", "formal_parameters", "required_parameter"})


class JavaScriptNames(CodeFile):
    """The names of one file."""

    def __init__(self, source: Source, parser: Parser) -> None:
        super().__init__(source, parser)
        self._declarers: dict[str, frozenset[int]] = {}

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
    tests = frozenset({"binary_expression", "unary_expression", "call_expression"})
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
    fillers = regex(
        rb"\.replace(?:All)?\(\s*(?:/[^/\n]*[{$%]|[\"'`][^\"'`\n]*[{$%])|[Mm]ustache|[Hh]andlebars|_\.template|\bejs\b|interpolate\(|expandEnv|resolveEnv|substitut"
    )

    # ------------------------------------------------------------------------------------------------------ names

    def positional(self, node: Node) -> list[Node]:
        """The arguments of a call."""
        arguments = field(node, "arguments")
        if arguments is None or arguments.type != "arguments":
            return []
        return [child for child in arguments.named_children if child.type not in ("comment", "spread_element")]

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
        module = self.imported_as(path[0])
        if not module:
            return path
        made = (*module, *path[1:])
        return tuple(part for index, part in enumerate(made) if part != "default" or index == len(made) - 1)

    def imported_name(self, leaf: Node) -> tuple[str, ...]:
        """See ``CodeFile.imported_name``."""
        parent = self.parent(leaf)
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
        parent = self.parent(leaf)
        made = self.given(leaf, parent) if parent is not None else None
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

    def given(self, leaf: Node, parent: Node) -> tuple[str, Node | None] | None:
        """See ``CodeFile.given``."""
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
        return scope.id in self._declaring(self.text(leaf))

    def _declaring(self, name: str) -> frozenset[int]:
        """The functions that declare a name; worked out once."""
        known = self._declarers.get(name)
        if known is None:
            known = self._declarers[name] = frozenset(
                self.enclosing(leaf, self.scopes).id
                for leaf in self.occurrences(name)
                if (above := self.parent(leaf)) is not None and above.type in _DECLARING
            )
        return known

    def visible(self, scope: Node) -> bool:
        """A class's fields are not names."""
        return scope.type != "class_body"

    def is_test(self, node: Node, child: Node) -> bool:
        """Comparisons, ``!x``, ``Boolean(x)``, and the left side of ``&&``."""
        if node.type == "call_expression":
            return self.text(field(node, "function")) == "Boolean"
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
