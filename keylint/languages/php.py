"""PHP, with the HTML around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.family import FamilyAdapter, FamilyFile, Getter, Words
from keylint.languages.syntax import Import
from keylint.lazy import regex
from keylint.model import Span, Unset
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.model import Value


class PhpFile(FamilyFile):
    """One file of PHP."""

    names = frozenset({"variable_name", "name"})
    sigils = "$"
    strings = frozenset({"string", "encapsed_string", "heredoc", "nowdoc"})
    raw = frozenset({"string", "nowdoc"})
    substitutions = frozenset(
        {"variable_name", "member_access_expression", "subscript_expression", "dynamic_variable_name"}
    )
    calls = frozenset(
        {
            "function_call_expression",
            "scoped_call_expression",
            "member_call_expression",
            "nullsafe_member_call_expression",
            "object_creation_expression",
        }
    )
    argument_lists = frozenset({"arguments"})
    argument_types = frozenset({"argument", "array_element_initializer"})
    spreads = frozenset({"variadic_unpacking"})
    members = frozenset(
        {
            "member_access_expression",
            "nullsafe_member_access_expression",
            "class_constant_access_expression",
            "scoped_property_access_expression",
            "qualified_name",
        }
    )
    subscripts = frozenset({"subscript_expression"})
    assignments = frozenset(
        {"assignment_expression", "augmented_assignment_expression", "property_element", "const_element"}
    )
    parameters = frozenset({"simple_parameter", "property_promotion_parameter", "variadic_parameter"})
    pairs = frozenset({"array_element_initializer"})
    maps = frozenset({"array_creation_expression"})
    lists = frozenset({"array_creation_expression"})
    binaries = frozenset({"binary_expression"})
    concatenations = frozenset({"binary_expression"})
    wrappers = frozenset({"parenthesized_expression", "argument", "cast_expression"})
    conditionals = frozenset({"match_expression", "conditional_expression"})
    classes = frozenset({"declaration_list"})
    functions = frozenset({"function_definition", "method_declaration", "anonymous_function", "arrow_function"})
    scopes = functions | classes | frozenset({"program"})
    branches = frozenset(
        {
            "if_statement",
            "for_statement",
            "foreach_statement",
            "while_statement",
            "case_statement",
            "try_statement",
            "catch_clause",
            "else_clause",
        }
    )
    conditions = frozenset({"if_statement", "while_statement", "conditional_expression"})
    tests = frozenset({"binary_expression", "unary_op_expression"})
    transparent = frozenset(
        {
            "parenthesized_expression",
            "arguments",
            "argument",
            "function_call_expression",
            "member_access_expression",
            "unary_op_expression",
            "binary_expression",
        }
    )
    statements = frozenset(
        {
            "expression_statement",
            "return_statement",
            "property_declaration",
            "const_declaration",
            "echo_statement",
            "if_statement",
        }
    )
    import_types = frozenset({"namespace_use_declaration"})
    constants = regex(r"(?:\w+\s+)*const\b|(?:(?:private|protected|public|static|readonly|var)\s+)+(?:\??\w+\s+)?\$")
    arrows = frozenset({"=>"})
    joins = frozenset({"."})
    fallbacks = frozenset({"??", "?:", "||"})
    own = frozenset({"this", "self", "static"})
    nothing = {"null": "", "NULL": "", "false": ""}
    fillers = regex(rb"str_replace|strtr\(|sprintf|preg_replace")
    header_lines = True
    getters = {
        "getenv": Getter(Unset.NULL),
        "env": Getter(Unset.NULL, 0, 1),
        "Env.get": Getter(Unset.NULL, 0, 1),
    }
    environments = {"_ENV": Unset.NULL, "_SERVER": Unset.NULL}
    trimmers = frozenset()
    cutters = frozenset({"trim", "rtrim", "chop"})
    converters = frozenset({"strval"})
    file_readers = frozenset({"file_get_contents"})
    glue = {"implode": "", "join": ""}
    formatters = {"sprintf": "%"}
    bearers = frozenset({"withToken"})

    def evaluate(self, node: Node) -> Value:
        """Also ``a ?: b``."""
        inner = self.inner(node)
        if inner.type == "conditional_expression" and inner.child_by_field_name("body") is None:
            return self.short_conditional(inner)
        return super().evaluate(node)

    def hole(self, node: Node) -> Span:
        """With the braces around it: ``"{$x}"``."""
        before, after = node.prev_sibling, node.next_sibling
        braces = before is not None and after is not None and before.type == "{" and after.type == "}"
        return Span(node.start_byte - 1, node.end_byte + 1) if braces else span(node)

    def key_text(self, node: Node) -> str:
        """Constants are no keys that can be known, names of arguments are."""
        text = super().key_text(node)
        return "" if self.inner(node).type == "variable_name" else text

    def imports(self) -> list[Import]:
        r"""``use A\B;``."""
        found = []
        for node in self.root.children:
            if node.type == "namespace_use_declaration":
                found += [
                    Import(name.replace("\\", "."), span(node)) for name in re.findall(r"[\w\\]+\\\w+", self.text(node))
                ]
        return found


class PhpAdapter(FamilyAdapter):
    """Lowers PHP to facts."""

    name = "php"
    comments = ("//", "/*", "#")
    file_class = PhpFile
    grammar = ("tree_sitter_php", "language_php")
    wrappers = ((b"<?php ", b""), (b"<?php ", b";"), (b"<?php class _ {", b"}"))
    words = Words(
        read="getenv('{}')",
        join="'{0}' . {1}",
        interpolated=lambda text: f'"{text[1:-1]}"' if '"' not in text[1:-1] else "",
        reference="${}",
    )
    idiom = Idiom(
        language="php",
        loaders={
            "Dotenv.createImmutable.load": "dotenv",
            "Dotenv.createMutable.load": "dotenv",
            "Dotenv.createUnsafeImmutable.load": "dotenv",
            "Dotenv.createImmutable.safeLoad": "dotenv",
        },
        environment="_ENV",
        sinks=regex(
            r"^(?:error_log|var_dump|print_r|printf|dump|dd|print|syslog|Log\.(?:debug|info|warning|error|notice)|logger\.(?:debug|info|warning|error))$"
        ),
    )


ADAPTER = PhpAdapter()
