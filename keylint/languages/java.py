"""Java."""

from __future__ import annotations

import re

from keylint.languages.code import span
from keylint.languages.family import FamilyAdapter, FamilyFile, Words
from keylint.languages.jvm import JVM_BEARERS, JVM_GETTERS, JVM_LOADERS, JVM_SINKS
from keylint.languages.syntax import Import
from keylint.lazy import regex
from keylint.wiring import Idiom


class JavaFile(FamilyFile):
    """One file of Java."""

    names = frozenset({"identifier", "type_identifier"})
    strings = frozenset({"string_literal"})
    calls = frozenset({"method_invocation", "object_creation_expression"})
    argument_lists = frozenset({"argument_list", "annotation_argument_list", "element_value_array_initializer"})
    members = frozenset({"field_access", "scoped_identifier", "scoped_type_identifier"})
    subscripts = frozenset({"array_access"})
    assignments = frozenset({"assignment_expression", "variable_declarator"})
    parameters = frozenset({"formal_parameter", "spread_parameter", "catch_formal_parameter"})
    binaries = frozenset({"binary_expression"})
    concatenations = frozenset({"binary_expression"})
    lists = frozenset({"array_initializer"})
    wrappers = frozenset({"parenthesized_expression", "cast_expression"})
    conditionals = frozenset({"ternary_expression", "switch_expression"})
    classes = frozenset({"class_body", "enum_body", "record_declaration", "interface_body"})
    functions = frozenset({"method_declaration", "constructor_declaration", "lambda_expression"})
    scopes = functions | classes | frozenset({"program"})
    branches = frozenset(
        {
            "if_statement",
            "for_statement",
            "enhanced_for_statement",
            "while_statement",
            "switch_block_statement_group",
            "try_statement",
            "catch_clause",
        }
    )
    conditions = frozenset({"if_statement", "while_statement", "ternary_expression"})
    tests = frozenset({"binary_expression", "unary_expression"})
    transparent = frozenset(
        {
            "parenthesized_expression",
            "argument_list",
            "method_invocation",
            "field_access",
            "unary_expression",
            "binary_expression",
        }
    )
    statements = frozenset(
        {"expression_statement", "local_variable_declaration", "return_statement", "field_declaration", "if_statement"}
    )
    import_types = frozenset({"import_declaration"})
    nothing = {"null": "null"}
    fillers = regex(rb"String\.format\(\s*[A-Za-z_]|[A-Za-z_]\.formatted\(|\.replace\(|MessageFormat")
    getters = JVM_GETTERS
    converters = frozenset(
        {
            "AzureKeyCredential",
            "AzureApiKeyCredential.create",
            "BearerTokenCredential.create",
            "URI.create",
            "Optional.of",
            "String",
        }
    )
    stringifiers = frozenset({"String.valueOf", "Objects.toString"})
    file_readers = frozenset({"Files.readString", "Files.readAllBytes"})
    passers = frozenset({"toString", "get", "orElseThrow"})
    defaulters = frozenset({"orElse"})
    formatters = {"String.format": "%", "formatted": "%", "MessageFormat.format": "{"}
    bearers = JVM_BEARERS
    header_lines = True
    map_makers = frozenset({"of"})

    def imports(self) -> list[Import]:
        """``import a.b.C;``."""
        found = []
        for node in self.root.children:
            match = (
                re.match(r"import\s+(?:static\s+)?([\w.]+)", self.text(node))
                if node.type == "import_declaration"
                else None
            )
            if match:
                found.append(Import(match.group(1), span(node)))
        return found

    def imported(self) -> dict[str, str]:
        """A class by its last name."""
        return {made.module.rpartition(".")[2]: made.module for made in self.imports() if not made.module.endswith("*")}


class JavaAdapter(FamilyAdapter):
    """Lowers Java to facts."""

    name = "java"
    null_word = "null"
    trim = ".strip()"
    file_class = JavaFile
    grammar = ("tree_sitter_java", "language")
    wrappers = ((b"class _ { void _() {", b"} }"), (b"class _ { void _() {", b"; } }"), (b"class _ {", b"}"))
    words = Words(read='System.getenv("{}")')
    idiom = Idiom(language="java", loaders=JVM_LOADERS, writers={"System.setProperty": ""}, sinks=JVM_SINKS)


ADAPTER = JavaAdapter()
