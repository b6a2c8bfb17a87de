"""Scala."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.family import FamilyAdapter, FamilyFile, Getter, Words
from keylint.languages.jvm import JVM_BEARERS, JVM_GETTERS, JVM_LOADERS, JVM_SINKS
from keylint.languages.syntax import Import
from keylint.lazy import regex
from keylint.model import Unset
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.model import Value


class ScalaFile(FamilyFile):
    """One file of Scala."""

    names = frozenset({"identifier", "type_identifier"})
    strings = frozenset({"string", "interpolated_string_expression"})
    substitutions = frozenset({"interpolation"})
    calls = frozenset({"call_expression", "instance_expression"})
    argument_lists = frozenset({"arguments"})
    members = frozenset({"field_expression", "stable_identifier", "stable_type_identifier"})
    assignments = frozenset({"val_definition", "var_definition", "assignment_expression"})
    parameters = frozenset({"parameter", "class_parameter"})
    binaries = frozenset({"infix_expression"})
    concatenations = frozenset({"infix_expression"})
    tuples = frozenset({"tuple_expression"})
    wrappers = frozenset({"parenthesized_expression", "block"})
    conditionals = frozenset({"if_expression", "match_expression"})
    classes = frozenset({"template_body"})
    functions = frozenset({"function_definition", "lambda_expression"})
    scopes = functions | classes | frozenset({"compilation_unit"})
    branches = frozenset({"if_expression", "case_clause", "for_expression", "while_expression", "try_expression"})
    conditions = frozenset({"if_expression", "while_expression", "match_expression"})
    tests = frozenset({"infix_expression", "prefix_expression"})
    transparent = frozenset(
        {
            "parenthesized_expression",
            "arguments",
            "call_expression",
            "field_expression",
            "prefix_expression",
            "infix_expression",
        }
    )
    statements = frozenset(
        {"val_definition", "var_definition", "assignment_expression", "return_expression", "template_body"}
    )
    import_types = frozenset({"import_declaration"})
    arrows = frozenset({"->", "="})
    fallbacks = frozenset()
    nothing = {"null": "null", "None": ""}
    fillers = regex(rb"\.format\(|\.replace\(")
    getters = {
        **JVM_GETTERS,
        "sys.env": Getter(Unset.ERROR),
        "sys.env.apply": Getter(Unset.ERROR),
        "sys.env.get": Getter(Unset.NULL),
        "sys.env.getOrElse": Getter(Unset.ERROR, 0, 1),
        "scala.util.Properties.envOrElse": Getter(Unset.ERROR, 0, 1),
        "Properties.envOrElse": Getter(Unset.ERROR, 0, 1),
    }
    converters = frozenset({"Some", "Option", "uri"})
    passers = frozenset({"get", "toString", "orNull"})
    defaulters = frozenset({"getOrElse"})
    formatters = {"format": "%"}
    bearers = JVM_BEARERS
    map_makers = frozenset({"Map", "Seq", "List"})

    def evaluate(self, node: Node) -> Value:
        """Only ``s"…"`` and its like expand; ``raw"…"`` does too, but its backslashes are backslashes."""
        return super().evaluate(node)

    def imports(self) -> list[Import]:
        """``import a.b.C``."""
        found = []
        for node in self.root.children:
            match = re.match(r"import\s+([\w.]+)", self.text(node)) if node.type == "import_declaration" else None
            if match:
                found.append(Import(match.group(1).rstrip("._"), span(node)))
        return found

    def imported(self) -> dict[str, str]:
        """A class by its last name."""
        return {made.module.rpartition(".")[2]: made.module for made in self.imports() if "." in made.module}


class ScalaAdapter(FamilyAdapter):
    """Lowers Scala to facts."""

    name = "scala"
    null_word = "null"
    file_class = ScalaFile
    grammar = ("tree_sitter_scala", "language")
    wrappers = ((b"object _ { _", b"}"), (b"object _ {", b"}"))
    words = Words(
        read='sys.env("{}")',
        interpolated=lambda text: "s" + text if text.startswith('"') else "",
        reference="${{{}}}",
    )
    idiom = Idiom(language="scala", loaders=JVM_LOADERS, sinks=JVM_SINKS)


ADAPTER = ScalaAdapter()
