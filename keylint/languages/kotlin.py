"""Kotlin, build scripts included."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.family import FamilyAdapter, FamilyFile, Words
from keylint.languages.jvm import JVM_BEARERS, JVM_GETTERS, JVM_LOADERS, JVM_SINKS
from keylint.languages.syntax import Import
from keylint.lazy import regex
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.model import Value

_DOLLAR = regex(rb"(?<!\\)\$([A-Za-z_]\w*)")


class KotlinFile(FamilyFile):
    """One file of Kotlin."""

    names = frozenset({"identifier", "type_identifier", "simple_identifier"})
    strings = frozenset({"string_literal", "multiline_string_literal"})
    raw = frozenset({"multiline_string_literal"})
    substitutions = frozenset({"interpolation"})
    calls = frozenset({"call_expression"})
    argument_lists = frozenset({"value_arguments", "annotated_lambda"})
    argument_types = frozenset({"value_argument"})
    members = frozenset({"navigation_expression", "user_type"})
    subscripts = frozenset({"index_expression"})
    assignments = frozenset({"assignment", "property_declaration"})
    parameters = frozenset({"parameter", "class_parameter", "function_value_parameters"})
    holders = frozenset({"variable_declaration"})
    binaries = frozenset({"binary_expression", "infix_expression"})
    concatenations = frozenset({"binary_expression"})
    wrappers = frozenset({"parenthesized_expression", "unary_expression", "as_expression"})
    conditionals = frozenset({"if_expression", "when_expression"})
    classes = frozenset({"class_body"})
    functions = frozenset(
        {"function_declaration", "lambda_literal", "anonymous_function", "secondary_constructor", "getter", "setter"}
    )
    scopes = functions | classes | frozenset({"source_file"})
    branches = frozenset(
        {"if_expression", "when_entry", "for_statement", "while_statement", "try_expression", "catch_block"}
    )
    conditions = frozenset({"if_expression", "while_statement", "when_expression"})
    tests = frozenset({"binary_expression", "unary_expression", "prefix_expression"})
    transparent = frozenset(
        {
            "parenthesized_expression",
            "value_arguments",
            "value_argument",
            "call_expression",
            "navigation_expression",
            "unary_expression",
            "binary_expression",
        }
    )
    statements = frozenset({"property_declaration", "assignment", "return_expression", "jump_expression", "import"})
    import_types = frozenset({"import", "import_header"})
    constants = regex(r"(?:\w+\s+)*const\s+val\b")
    arrows = frozenset({"to", "="})
    fallbacks = frozenset({"?:"})
    nothing = {"null": "null"}
    fillers = regex(rb"\.format\(|\.replace\(")
    getters = JVM_GETTERS
    environments = {}
    converters = frozenset({"OpenAIHost", "AzureKeyCredential", "URI.create", "BearerTokenCredential.create"})
    passers = frozenset({"toString"})
    emptiers = frozenset({"orEmpty"})
    file_readers = frozenset({"File.readText", "Files.readString", "Path.readText", "of.readText"})
    defaulters = frozenset({"getOrElse"})
    formatters = {"format": "%"}
    bearers = JVM_BEARERS
    header_lines = True
    map_makers = frozenset({"mapOf", "mutableMapOf", "hashMapOf", "headersOf", "of"})

    def more_holes(self, node: Node) -> list[tuple[int, int, Value]]:
        """``$name``, which the grammar takes for text in ordinary strings."""
        if node.type != "string_literal":
            return []
        covered = [child for child in node.children if child.type == "interpolation"]
        found = []
        for match in _DOLLAR.finditer(self.data[node.start_byte : node.end_byte]):
            start, end = node.start_byte + match.start(), node.start_byte + match.end()
            if not any(child.start_byte <= start < child.end_byte for child in covered):
                found.append((start, end, self.stands_for(node, match.group(1).decode())))
        return found

    def computed(self, leaf: Node) -> Node | None:
        """``val key get() = …``."""
        declared = self.parent(leaf)
        above = self.parent(declared) if declared is not None and declared.type == "variable_declaration" else None
        getter = self.first(above, "getter") if above is not None else None
        body = self.first(getter, "function_body") if getter is not None else None
        return body.named_children[0] if body is not None and body.named_children[0].type != "block" else None

    def imports(self) -> list[Import]:
        """``import a.b.C``."""
        found = []
        for node in self.root.children:
            match = re.match(r"import\s+([\w.]+)", self.text(node)) if node.type in self.import_types else None
            if match:
                found.append(Import(match.group(1), span(node)))
        return found

    def imported(self) -> dict[str, str]:
        """A class by its last name."""
        return {made.module.rpartition(".")[2]: made.module for made in self.imports()}


class KotlinAdapter(FamilyAdapter):
    """Lowers Kotlin to facts."""

    name = "kotlin"
    null_word = "null"
    trim = ".trim()"
    file_class = KotlinFile
    grammar = ("tree_sitter_kotlin", "language")
    wrappers = ((b"fun _() { _()", b"}"), (b"class _ {", b"}"))
    words = Words(read='System.getenv("{}")')
    idiom = Idiom(language="kotlin", loaders={**JVM_LOADERS, "dotenv": "dotenv"}, sinks=JVM_SINKS)


ADAPTER = KotlinAdapter()
