"""C#."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.dotnet import (
    DOTNET_BEARERS,
    DOTNET_CREDENTIALS,
    DOTNET_FILLERS,
    DOTNET_GETTERS,
    DOTNET_LOADERS,
    DOTNET_SINKS,
    DOTNET_WRITERS,
)
from keylint.languages.family import FamilyAdapter, FamilyFile, Words
from keylint.languages.syntax import Import
from keylint.lazy import regex
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from tree_sitter import Node


class CSharpFile(FamilyFile):
    """One file of C#."""

    names = frozenset({"identifier"})
    strings = frozenset(
        {"string_literal", "verbatim_string_literal", "raw_string_literal", "interpolated_string_expression"}
    )
    raw = frozenset({"verbatim_string_literal", "raw_string_literal"})
    substitutions = frozenset({"interpolation"})
    calls = frozenset({"invocation_expression", "object_creation_expression", "implicit_object_creation_expression"})
    argument_lists = frozenset({"argument_list", "initializer_expression"})
    argument_types = frozenset({"argument"})
    members = frozenset(
        {"member_access_expression", "conditional_access_expression", "member_binding_expression", "qualified_name"}
    )
    subscripts = frozenset({"element_access_expression", "element_binding_expression"})
    assignments = frozenset({"assignment_expression", "variable_declarator", "property_declaration"})
    parameters = frozenset({"parameter"})
    holders = frozenset({"variable_declaration"})
    binaries = frozenset({"binary_expression"})
    concatenations = frozenset({"binary_expression"})
    maps = frozenset({"initializer_expression", "anonymous_object_creation_expression"})
    tuples = frozenset({"initializer_expression"})
    wrappers = frozenset(
        {
            "parenthesized_expression",
            "argument",
            "postfix_unary_expression",
            "await_expression",
            "bracketed_argument_list",
        }
    )
    conditionals = frozenset({"conditional_expression", "switch_expression"})
    classes = frozenset({"class_declaration", "record_declaration", "struct_declaration"})
    functions = frozenset(
        {
            "method_declaration",
            "constructor_declaration",
            "local_function_statement",
            "lambda_expression",
            "anonymous_method_expression",
            "accessor_declaration",
        }
    )
    scopes = functions | classes | frozenset({"compilation_unit"})
    branches = frozenset(
        {
            "if_statement",
            "for_statement",
            "foreach_statement",
            "while_statement",
            "switch_section",
            "try_statement",
            "catch_clause",
        }
    )
    conditions = frozenset({"if_statement", "while_statement", "conditional_expression"})
    tests = frozenset({"binary_expression", "prefix_unary_expression", "is_pattern_expression"})
    transparent = frozenset(
        {
            "parenthesized_expression",
            "argument",
            "argument_list",
            "invocation_expression",
            "member_access_expression",
            "prefix_unary_expression",
            "binary_expression",
        }
    )
    statements = frozenset(
        {
            "expression_statement",
            "local_declaration_statement",
            "return_statement",
            "field_declaration",
            "property_declaration",
            "if_statement",
        }
    )
    import_types = frozenset({"using_directive"})
    constants = regex(r"(?:\w+\s+)*const\b")
    nothing = {"null": "", "default": ""}
    fillers = DOTNET_FILLERS
    getters = DOTNET_GETTERS
    converters = frozenset({"ApiKeyCredential", "AzureKeyCredential", "Uri", "ToString"})
    passers = frozenset({"ToString"})
    empties = frozenset({"string.Empty", "String.Empty"})
    file_readers = frozenset({"File.ReadAllText", "File.ReadAllTextAsync"})
    glue = {"string.Concat": "", "String.Concat": ""}
    formatters = {"string.Format": "{", "String.Format": "{"}
    credentials = DOTNET_CREDENTIALS
    bearers = DOTNET_BEARERS

    def computed(self, leaf: Node) -> Node | None:
        """``string Key => …;``."""
        above = self.parent(leaf)
        if above is None or above.type != "property_declaration" or above.child_by_field_name("name") != leaf:
            return None
        value = above.child_by_field_name("value")
        return value.named_children[-1] if value is not None and value.type == "arrow_expression_clause" else None

    def callee(self, node: Node) -> tuple[str, ...]:
        """Also of ``ChatClient client = new(…)``: the declared type."""
        if node.type != "implicit_object_creation_expression":
            return super().callee(node)
        for above in self.ancestors(node):
            declared = above.child_by_field_name("type")
            if declared is not None:
                return self.path(declared)
            if above.type in self.statements or above.type in self.argument_lists:
                break
        return ()

    def imports(self) -> list[Import]:
        """``using X;``."""
        found = []
        for node in self.root.children:
            match = (
                re.match(r"(?:global\s+)?using\s+(?:static\s+)?([\w.]+)\s*;", self.text(node))
                if node.type == "using_directive"
                else None
            )
            if match:
                found.append(Import(match.group(1), span(node)))
        return found

    def is_fragment(self) -> bool:
        """Whether nothing is imported: a piece of a file, or a project that imports for all its files."""
        return not any(node.type == "using_directive" for node in self.root.children)

    def is_named_argument(self, node: Node) -> bool:
        """``{ ApiKey = key }`` names a property; ``M(a = b)`` assigns."""
        above = self.parent(node)
        return above is not None and above.type == "initializer_expression"


class CSharpAdapter(FamilyAdapter):
    """Lowers C# to facts."""

    name = "csharp"
    expands = "put a $ before the quotes"
    trim = ".Trim()"
    file_class = CSharpFile
    grammar = ("tree_sitter_c_sharp", "language")
    wrappers = ((b"class _ { void _() {", b"} }"), (b"class _ {", b"}"))
    words = Words(
        read='Environment.GetEnvironmentVariable("{}")',
        module="using {};",
        needs=("System",),
        interpolated=lambda text: "$" + text if text.startswith('"') else "",
        reference="{{{}}}",
    )
    idiom = Idiom(language="csharp", loaders=DOTNET_LOADERS, writers=DOTNET_WRITERS, sinks=DOTNET_SINKS)


ADAPTER = CSharpAdapter()
