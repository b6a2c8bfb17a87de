"""Python: what the node types mean, and where names get their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.languages.code import Binding, CodeFile, field, span
from keylint.languages.syntax import Import
from keylint.lazy import regex
from keylint.model import Literal

if TYPE_CHECKING:
    from tree_sitter import Node

_IMPORTS = frozenset({"import_statement", "import_from_statement"})


class PythonNames(CodeFile):
    """The names of one file."""

    scopes = frozenset(
        {
            "module",
            "function_definition",
            "lambda",
            "class_definition",
            "list_comprehension",
            "dictionary_comprehension",
            "set_comprehension",
            "generator_expression",
        }
    )
    functions = frozenset({"function_definition", "lambda"})
    branches = frozenset(
        {
            "if_statement",
            "elif_clause",
            "else_clause",
            "for_statement",
            "while_statement",
            "except_clause",
            "case_clause",
        }
    )
    conditions = frozenset(
        {
            "if_statement",
            "elif_clause",
            "while_statement",
            "conditional_expression",
            "assert_statement",
            "if_clause",
            "match_statement",
        }
    )
    tests = frozenset({"comparison_operator", "not_operator", "boolean_operator", "call"})
    transparent = frozenset(
        {
            "boolean_operator",
            "parenthesized_expression",
            "attribute",
            "call",
            "argument_list",
            "string",
            "string_content",
            "tuple",
            "list",
            "set",
            "unary_operator",
            "subscript",
            "named_expression",
        }
    )
    statements = frozenset({"expression_statement", "return_statement", "with_statement", "block", "module"})
    members = frozenset({"attribute", "subscript"})
    concatenations = frozenset({"binary_operator", "concatenated_string", "call"})
    missing_word = "None"
    fillers = regex(
        rb"(?<![\"'])\.format(?:_map)?\(|\bTemplate\(|\.substitute\(|\.safe_substitute\(|\.render\(|expandvars|\bjinja2?\b"
    )

    # ------------------------------------------------------------------------------------------------------ names

    def path(self, node: Node | None) -> tuple[str, ...]:
        """``a.b["c"]`` as ("a", "b", "[c]")."""
        if node is None:
            return ()
        if node.type == "identifier":
            return (self.text(node),)
        if node.type == "attribute":
            owner = self.path(field(node, "object"))
            return (*owner, self.text(field(node, "attribute"))) if owner else ()
        if node.type == "subscript":
            owner = self.path(field(node, "value"))
            keys = node.children_by_field_name("subscript")
            key = self.value(keys[0]) if len(keys) == 1 else None
            return (*owner, f"[{key.text}]") if owner and isinstance(key, Literal) else ()
        return ()

    def canonical(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """A dotted name with its first name replaced by what it was imported as."""
        if not path:
            return ()
        module = self.imported_as(path[0])
        if module:
            return (*module, *path[1:])
        if path[0] in ("environ", "getenv"):
            return ("os", *path)
        return path

    def imported_name(self, leaf: Node) -> tuple[str, ...]:
        """See ``CodeFile.imported_name``."""
        statement = self.enclosing(leaf, _IMPORTS)
        name = tuple(self.text(leaf).split("."))
        aliased = self.enclosing(leaf, frozenset({"aliased_import"}))
        if aliased.type == "aliased_import":
            name = tuple(self.text(field(aliased, "name")).split("."))
        if statement.type == "import_from_statement":
            module = field(statement, "module_name")
            return (*self.text(module).split("."), *name)
        return name if aliased.type == "aliased_import" else name[:1]

    def imports(self) -> list[Import]:
        """The import statements at the top level, those in branches included."""
        found = []
        stack = list(reversed(self.root.children))
        while stack:
            node = stack.pop()
            if node.type == "import_from_statement":
                module = self.text(field(node, "module_name"))
                names = [
                    self.text(field(name, "name") if name.type == "aliased_import" else name)
                    for name in node.children_by_field_name("name")
                ]
                found.append(Import(module, span(node)))
                found += [
                    Import(f"{module}.{name}" if not module.endswith(".") else f"{module}{name}", span(node))
                    for name in names
                ]
            elif node.type == "import_statement":
                for name in node.children_by_field_name("name"):
                    found.append(Import(self.text(field(name, "name") or name), span(node)))
            elif node.type in (
                "if_statement",
                "try_statement",
                "block",
                "with_statement",
                "else_clause",
                "except_clause",
            ):
                stack += reversed(node.children)
        return found

    def bind(self, leaf: Node) -> Binding | None:
        """The binding that an occurrence of a name makes."""
        parent = self.parent(leaf)
        if parent is None:
            return None
        made = self.given(leaf, parent)
        if made is None:
            return None
        kind, value = made
        scope = self.enclosing(
            parent if parent.type in ("function_definition", "class_definition") else leaf, self.scopes
        )
        block = self.enclosing(leaf, self.branches | self.scopes)
        end = self.enclosing(leaf, frozenset({"expression_statement"})).end_byte if kind == "assign" else leaf.end_byte
        return Binding(leaf, value, scope, block, end, kind)

    def given(self, leaf: Node, parent: Node) -> tuple[str, Node | None] | None:
        """See ``CodeFile.given``."""
        kind = parent.type
        if kind == "assignment":
            if field(parent, "left") != leaf:
                return None
            right = field(parent, "right")
            return ("assign", right) if right is not None else None  # `key: str` alone declares a type, not a value
        if kind in ("augmented_assignment", "for_statement", "for_in_clause") and field(parent, "left") == leaf:
            return "changed in a loop or by an operator", None
        if kind == "named_expression" and field(parent, "name") == leaf:
            return "assign", field(parent, "value")
        if kind in ("default_parameter", "typed_default_parameter") and field(parent, "name") == leaf:
            return "default", field(parent, "value")
        if kind in (
            "parameters",
            "lambda_parameters",
            "typed_parameter",
            "list_splat_pattern",
            "dictionary_splat_pattern",
        ):
            return "a parameter", None
        if kind in ("function_definition", "class_definition") and field(parent, "name") == leaf:
            return "a definition", None
        if kind in ("global_statement", "nonlocal_statement"):
            return "shared", None
        if kind == "as_pattern_target":
            value = parent.parent.named_children[0] if parent.parent is not None else None
            return "with", value
        if kind == "aliased_import":
            return ("import", None) if field(parent, "alias") == leaf else None
        if kind == "dotted_name" and parent.parent is not None and parent.parent.type in _IMPORTS:
            is_module = field(parent.parent, "module_name") == parent
            return None if is_module or parent.named_children[0] != leaf else ("import", None)
        if kind in ("pattern_list", "tuple_pattern", "list_pattern"):
            return self._bind_unpacked(leaf, parent)
        return None

    def _bind_unpacked(self, leaf: Node, pattern: Node) -> tuple[str, Node | None]:
        """``a, b = 1, 2``: the value at the same place, if the right side is as long."""
        statement = pattern.parent
        right = field(statement, "right") if statement is not None and statement.type == "assignment" else None
        if (
            right is not None
            and right.type in ("expression_list", "tuple")
            and right.named_child_count == pattern.named_child_count
        ):
            return "assign", right.named_children[pattern.named_children.index(leaf)]
        return "unpacked", None

    def is_lazy(self, node: Node) -> bool:
        """Functions, and what stands behind ``if __name__ == "__main__"``."""
        return self.in_function(node) or any(
            above.type == "if_statement" and "__name__" in self.text(field(above, "condition"))
            for above in self.ancestors(node)
        )

    def visible(self, scope: Node) -> bool:
        """A class's names are not seen in its methods."""
        return scope.type != "class_definition"

    def is_test(self, node: Node, child: Node) -> bool:
        """Comparisons, ``not x``, the left side of ``and``, and a ``bool(x)`` that is kept."""
        if node.type == "boolean_operator":
            return bool(field(node, "operator").type == "and" and field(node, "left") == child)
        if node.type == "call":
            return self.text(field(node, "function")) == "bool" and self._is_kept(node)
        return True

    def _is_kept(self, node: Node) -> bool:
        """Whether a name is given the outcome, or a function gives it back, alone or with other conditions."""
        around = ("boolean_operator", "parenthesized_expression")
        above = next((above for above in self.ancestors(node) if above.type not in around), node)
        return above.type in ("assignment", "return_statement", "named_expression")

    def is_condition(self, node: Node, child: Node) -> bool:
        """The middle of ``a if b else c``; the test of a comprehension or an assertion; the subject of a match."""
        if node.type == "conditional_expression":
            return node.named_child_count > 1 and node.named_children[1].id == child.id
        if node.type in ("assert_statement", "if_clause", "match_statement"):
            return True
        return super().is_condition(node, child)
